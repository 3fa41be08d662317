# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker process as the front sees it, its stage, and the requests that they pass on."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections import deque

from . import frames
from .reading import Reading
from .status import describe_error, log, make_printable

MOST_ANSWER = 256 << 20
GRACE = 0.5  # seconds that the last words of a worker may take after its end
WORKER_DESCRIPTOR = 3


class Job:
    """A request on its way through the stages."""

    __slots__ = ('number', 'payload', 'done', 'since', 'is_cancelled')

    def __init__(self, number, payload, done, since):
        self.number = number
        self.payload = payload
        self.done = done
        self.since = since
        self.is_cancelled = False


class Worker(Reading):
    """A process that runs the model's code. Started before there is an event loop."""

    def __init__(self, command, environment):
        own, theirs = socket.socketpair()
        self.socket = own
        try:
            # No fork of this process: a new interpreter gets its end of the pair and the log.
            self.pid = os.posix_spawn(
                sys.executable, [sys.executable, '-I', '-B', *command, str(os.getpid())],
                environment,
                file_actions=[(os.POSIX_SPAWN_DUP2, theirs.fileno(), WORKER_DESCRIPTOR)],
                setsigdef=[signal.SIGINT, signal.SIGTERM, signal.SIGPIPE])
        finally:
            theirs.close()
        self.pool = None
        self.transport = None
        self.reader = frames.Reader(MOST_ANSWER + 65536)
        self.running = deque()  # batches that were sent, the first of them at work
        self.since = 0.0  # when the first began
        self.stage = None
        self.is_ready = False
        self.is_dismissed = False
        self.status = None  # as waitpid() gave it

    def connection_made(self, transport):
        self.transport = transport

    def received(self, data):
        try:
            for kind, items in self.reader.feed(data):
                self.pool.heard(self, kind, items)
        except Exception as error:  # pylint: disable=broad-except
            # The model's code may write to the socket what it likes.
            log('a worker was not understood: {}'.format(make_printable(describe_error(error))))
            self.kill()

    def connection_lost(self, exc):
        if self.status is not None:
            self.pool.ended(self)
        elif not self.is_dismissed and not self.pool.is_closing:
            # It closed its end but may live on.
            self.pool.loop.call_later(GRACE, self.kill)

    def send(self, batch, now):
        if not self.running:
            self.since = now
        self.running.append(batch)
        for piece in frames.pack(frames.WORK, [(job.number, 0, job.payload) for job in batch]):
            self.transport.write(piece)
        for job in batch:
            job.payload = b''

    def kill(self):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except OSError:
                pass  # it ended in this moment


class Stage:
    """Workers that do the same to a request, and the requests that wait for one of them."""

    def __init__(self, number, count, batch, environments):
        self.number = number
        self.count = count
        self.batch = batch
        self.environments = environments
        self.workers = []
        self.waiting = deque()
        # One more than is at work is with the worker, so that it never waits for the front. A
        # batch is collected until the worker is free instead; and of several workers another one
        # may be free first.
        self.depth = 2 if batch == 1 and count == 1 else 1

    def find_worker(self):
        best = None
        for worker in self.workers:
            load = len(worker.running)
            if load < self.depth and (best is None or load < len(best.running)):
                best = worker
                if load == 0:
                    break
        return best
