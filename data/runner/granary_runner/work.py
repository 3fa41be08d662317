# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a worker: imports and loads a model, then answers until the front is gone."""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import socket
import sys
import time

from . import frames, guard, plans
from .status import EXIT_FAILED, EXIT_MEMORY, describe_error, log, log_traceback, make_printable

DESCRIPTOR = 3


class Channel:
    """The worker's end of the pair of sockets."""

    def __init__(self):
        os.set_inheritable(DESCRIPTOR, False)
        self.socket = socket.socket(fileno=DESCRIPTOR)
        self.stream = self.socket.makefile('rb', 262144)
        self.pid = os.getpid()

    def send(self, kind, items=()):
        for piece in frames.pack(kind, items):
            self.socket.sendall(piece)

    def tell(self, kind, facts):
        self.send(kind, [(0, 0, json.dumps(facts).encode('ascii'))])

    def fail(self, failure, detail=''):
        self.tell(frames.FAILED, {'failure': failure, 'detail': make_printable(detail)})
        leave(EXIT_FAILED)


def leave(code):
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # pylint: disable=broad-except
            pass  # there is no log any more, or a stream of the model's own
    os._exit(code)


def prepare(parent):
    guard.confine_worker(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors='backslashreplace')


def attempt(channel, failure, function, *arguments):
    """What the function returns; whatever it raises is why the service failed."""
    try:
        return function(*arguments)
    except plans.Unfit as error:
        channel.fail(error.failure, str(error))
    except MemoryError:
        log_traceback()
        channel.fail('memory', guard.describe_memory_limit())
    except BaseException as error:  # pylint: disable=broad-except
        # sys.exit() while a module is imported is no reason to start it again and again.
        log_traceback()
        channel.fail(failure, describe_error(error))
    return None


def serve(channel, stage):
    """Answers until the front closes its end."""
    while True:
        message = frames.read(channel.stream)
        if message is None:
            return
        answers = stage.run(message[1])
        if os.getpid() != channel.pid:
            os._exit(0)  # a copy of the process that came back from the model's code
        channel.send(frames.DONE, answers)


def run(folder, onnx, number, index, parent):
    prepare(parent)
    channel = Channel()
    begun = time.monotonic()
    os.environ.setdefault('TI_MODEL_DIR', folder)
    os.chdir(folder)
    sys.path.insert(1, folder)
    if not onnx:
        log('importing model_service')
        source = attempt(channel, 'import', plans.import_service)
        plan = attempt(channel, 'import', plans.find_plan, source)
    else:
        plan = attempt(channel, 'load', plans.plan_onnx, os.path.join(folder, onnx))
    imported = time.monotonic()
    if number < 0:
        channel.tell(frames.PLAN, plan.describe())
        if plan.stages[0].environments and plan.stages[0].environments[0]:
            return  # another worker takes this place, with that environment
        number = 0
    log('loading the model')
    stage = attempt(channel, 'load', plan.make_stage, number, index, folder)
    log('loaded after {:.2f} s (importing {:.2f} s)'.format(time.monotonic() - begun,
                                                           imported - begun))
    channel.send(frames.READY)
    try:
        serve(channel, stage)
    except MemoryError:
        log_traceback()
        leave(EXIT_MEMORY)
    except (BrokenPipeError, ConnectionResetError):
        leave(0)  # the front is gone
