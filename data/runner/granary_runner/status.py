# SPDX-License-Identifier: GPL-3.0-or-later
"""What the supervisor is told: one JSON object a line."""

from __future__ import annotations

import json
import os
import sys
import traceback

EXIT_FAILED = 70
EXIT_MEMORY = 71  # of a worker whose own part had no memory left
LONGEST_DETAIL = 500  # bytes


def make_printable(text):
    """One line of at most LONGEST_DETAIL bytes of UTF-8 without control characters."""
    text = ' '.join(str(text).split())
    text = ''.join(letter if letter.isprintable() else '\ufffd' for letter in text)
    data = text.encode('utf-8', 'replace')
    if len(data) > LONGEST_DETAIL:
        text = data[:LONGEST_DETAIL - 3].decode('utf-8', 'ignore') + '…'
    return text


def describe_error(error):
    """`ValueError: what it says`."""
    try:
        text = str(error)
    except Exception:  # pylint: disable=broad-except  # it is the model's own class
        text = ''
    name = type(error).__name__
    return '{}: {}'.format(name, text) if text else name


def log(text):
    """A line for the log of the service."""
    write('granary: ' + text)


def log_traceback():
    """Of the exception that is being handled."""
    try:
        text = traceback.format_exc().rstrip('\n')
    except Exception:  # pylint: disable=broad-except  # it is the model's own class
        text = 'an exception that cannot be described'
    write(text)


def write(text):
    try:
        print(text, file=sys.stderr, flush=True)
    except Exception:  # pylint: disable=broad-except
        # The log is full or gone, or code of a model closed the stream or put anything else in its
        # place: the service goes on.
        pass


class Status:
    """The pipe to the supervisor."""

    def __init__(self, descriptor):
        self.descriptor = descriptor

    def send(self, event, **members):
        line = json.dumps({'event': event, **members}) + '\n'
        try:
            os.write(self.descriptor, line.encode('ascii'))
        except OSError as error:
            log('the supervisor cannot be told that this is {}: {}'.format(event, error))

    def fail(self, failure, detail=''):
        detail = make_printable(detail)
        log('failed: {}{}'.format(failure, ': ' + detail if detail else ''))
        self.send('failed', failure=failure, detail=detail)
