# SPDX-License-Identifier: GPL-3.0-or-later
"""What a worker does with requests, whatever kind of model it has."""

from __future__ import annotations

import json
import pickle

from .frames import PASS_ON
from .status import describe_error, log, log_traceback

LARGEST_ANSWER = 256 << 20
LONGEST_ERROR = 2000
MOST_WEIGHED = 1000
ENDS = (SystemExit, KeyboardInterrupt)  # of the process, not of a request


class BadRequest(Exception):
    """The caller is to blame."""

    status_for_caller = 400


def refuse_constant(text):
    raise ValueError('{} is no JSON'.format(text))


DECODER = json.JSONDecoder(parse_constant=refuse_constant)
ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(',', ':'))


def read_json(data):
    """The object that a request is."""
    try:
        value = DECODER.decode(data.decode('utf-8-sig'))
    except (ValueError, RecursionError) as error:
        raise BadRequest('the request is no JSON: {}'.format(error)) from None
    if not isinstance(value, dict):
        raise BadRequest('the request is no JSON object')
    return value


def weigh(value):
    """Bytes of text in it, as far as that can be told without going through very much."""
    total = 0
    pending = [value]
    left = MOST_WEIGHED
    while pending and left:
        left -= 1
        one = pending.pop()
        if isinstance(one, str):
            total += len(one)
        elif isinstance(one, dict):
            pending.extend(list(one.values())[:MOST_WEIGHED])
        elif isinstance(one, (list, tuple)):
            pending.extend(one[:MOST_WEIGHED])
    return total


def write_json(value):
    """The answer as it is sent; raises what JSON cannot hold."""
    if not isinstance(value, dict):
        raise TypeError('the answer is no JSON object but of type {}'.format(type(value).__name__))
    if weigh(value) > LARGEST_ANSWER:
        raise ValueError('the answer is longer than {} MiB'.format(LARGEST_ANSWER >> 20))
    text = ENCODER.encode(value)
    try:
        return text.encode('utf-8')
    except UnicodeEncodeError:  # halves of characters, which JSON can only write escaped
        return json.dumps(value, allow_nan=False).encode('ascii')


def unpickle(data):
    """What another worker of the same model sent; the front has only passed it on."""
    return pickle.loads(data)


def pickled(value):
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def explain(error):
    """(status, answer) for what went wrong with a request."""
    text = describe_error(error)
    if isinstance(error, BadRequest):
        text = str(error)
    try:
        status = getattr(error, 'status_for_caller', None)
    except Exception:  # pylint: disable=broad-except  # it is the model's own class
        status = None
    if not isinstance(status, int) or not 400 <= status < 600:
        status = 500
    if len(text) > LONGEST_ERROR:
        text = text[:LONGEST_ERROR] + '…'
    return status, json.dumps({'error': text}).encode('ascii')


class Stage:
    """What one worker does: decode, forward, encode. With batch > 1 forward gets a list."""

    def __init__(self, forward, batch, decode, encode, is_last):
        self.forward = forward
        self.batch = batch
        self.decode = decode
        self.encode = encode
        self.done = 200 if is_last else PASS_ON

    def run(self, items):
        """[(number, status, bytes)] for requests of the same form, in their order.

        The front sends several at once only when a batch is wanted.
        """
        if self.batch == 1 and len(items) == 1:
            number, _, payload = items[0]
            return [(number, *self.run_one(payload))]
        answers = {number: None for number, _, _ in items}
        values = []
        for number, _, payload in items:
            try:
                values.append((number, self.decode(payload)))
            except ENDS:
                raise
            except BaseException as error:  # pylint: disable=broad-except
                answers[number] = explain(error)
        try:
            results = self.compute([value for _, value in values]) if values else []
        except ENDS:
            raise
        except BaseException as error:  # pylint: disable=broad-except  # see run_one()
            log_traceback()
            for number, _ in values:
                answers[number] = explain(error)
        else:
            for (number, _), result in zip(values, results):
                answers[number] = self.finish(result)
        return [(number, *answer) for number, answer in answers.items()]

    def run_one(self, payload):
        try:
            value = self.decode(payload)
        except ENDS:
            raise
        except BaseException as error:  # pylint: disable=broad-except
            return explain(error)
        try:
            result = self.forward(value)
        except ENDS:
            raise
        except BaseException as error:  # pylint: disable=broad-except
            # It is the model's. A panic of an extension in Rust is no Exception, but neither is it
            # a reason to end the service for all callers.
            log_traceback()
            return explain(error)
        return self.finish(result)

    def compute(self, values):
        results = self.forward(values)
        if not isinstance(results, (list, tuple)) or len(results) != len(values):
            raise TypeError('a batch of {} needs a list of as many answers'.format(len(values)))
        return results

    def finish(self, result):
        try:
            data = self.encode(result)
            if not isinstance(data, (bytes, bytearray)):
                raise TypeError('serialize() made no bytes')
            if len(data) > LARGEST_ANSWER:
                raise ValueError('the answer is longer than {} MiB'.format(LARGEST_ANSWER >> 20))
            return self.done, data
        except ENDS:
            raise
        except BaseException as error:  # pylint: disable=broad-except
            log('an answer cannot be sent: {}'.format(describe_error(error)))
            return explain(error)
