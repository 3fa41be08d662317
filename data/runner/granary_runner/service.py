# SPDX-License-Identifier: GPL-3.0-or-later
"""The front's event loop: the supervisor's pipes, the HTTP server and the pool, and their end."""

from __future__ import annotations

import asyncio
import os
import signal
import traceback

from .front import Front
from .status import EXIT_FAILED, log

LEAVE_SECONDS = 1.5  # for workers to end by themselves
FLUSH_SECONDS = 1.0  # for the last answers of a service that failed


class Service:
    """Runs until it is stopped, fails, or is left alone."""

    def __init__(self, status, pool, stop_seconds):
        self.status = status
        self.pool = pool
        self.stop_seconds = stop_seconds
        self.loop = None
        self.front = None
        self.result = None
        self.control = None
        self.words = b''
        self.is_ending = False
        pool.on_ready = self.ready
        pool.on_failed = self.failed

    def run(self, listener, control, token, client_timeout, most_connections):
        """The exit code; processes may still be left."""
        try:
            return asyncio.run(self.serve(listener, control, token, client_timeout,
                                          most_connections))
        except Exception:  # pylint: disable=broad-except  # a fault of the runner itself
            traceback.print_exc()
            self.status.fail('exited', str(EXIT_FAILED))
            return EXIT_FAILED

    async def serve(self, listener, control, token, client_timeout, most_connections):
        self.loop = asyncio.get_running_loop()
        self.result = self.loop.create_future()
        self.control = control
        self.front = Front(self.loop, self.pool, token, client_timeout, most_connections)
        os.set_blocking(control, False)
        self.loop.add_reader(control, self.listen_to_control)
        for number in (signal.SIGTERM, signal.SIGINT):
            self.loop.add_signal_handler(number, self.stop)
        await self.pool.attach(self.loop)
        await self.front.listen(listener)
        return await self.result

    def ready(self):
        self.status.send('ready')
        log('ready')

    def listen_to_control(self):
        try:
            data = os.read(self.control, 4096)
        except BlockingIOError:
            return
        if not data:
            log('the supervisor is gone')
            self.end(EXIT_FAILED)
            return
        *lines, self.words = (self.words + data)[-4096:].split(b'\n')
        if b'stop' in lines:
            self.stop()

    def stop(self):
        """What is under way is finished first."""
        if self.is_ending:
            return
        self.is_ending = True
        log('stopping')
        self.front.stop_accepting()
        self.loop.create_task(self.finish())

    async def finish(self):
        deadline = self.loop.time() + self.stop_seconds
        # A worker that is still importing has nothing to finish.
        was_ready = self.pool.is_ready
        while not self.front.is_quiet() and self.loop.time() < deadline:
            await asyncio.sleep(0.01)
        if not self.front.is_quiet():
            log('requests were still at work')
        self.pool.close()
        deadline = min(deadline, self.loop.time() + LEAVE_SECONDS)
        while was_ready and self.pool.workers and self.loop.time() < deadline:
            await asyncio.sleep(0.01)
        self.end(0)

    def failed(self, failure, detail):
        self.status.fail(failure, detail)
        if self.is_ending:
            return
        self.is_ending = True
        self.front.stop_accepting()
        self.loop.create_task(self.flush())

    async def flush(self):
        deadline = self.loop.time() + FLUSH_SECONDS
        while not self.front.is_quiet() and self.loop.time() < deadline:
            await asyncio.sleep(0.01)
        self.end(EXIT_FAILED)

    def end(self, code):
        if not self.result.done():
            self.result.set_result(code)
