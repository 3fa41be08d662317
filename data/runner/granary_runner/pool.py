# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages that a request passes through, and what becomes of their workers."""

from __future__ import annotations

import json
import os
import signal

from . import frames, heads
from .guard import describe_memory_limit
from .process import GRACE, Job, Stage, Worker
from .status import EXIT_MEMORY

MOST_WORKERS = 64


class Pool:
    """All workers. `on_ready`, `on_failed (failure, detail)` tell what became of them."""

    def __init__(self, command, request_timeout):
        self.command = command
        self.request_timeout = request_timeout
        self.loop = None
        self.stages = []
        self.workers = {}
        self.jobs = {}
        self.kind = b'application/json'
        self.is_ready = False
        self.has_failed = False
        self.is_closing = False
        self.last_number = 0
        self.on_ready = None
        self.on_failed = None
        self.scout = self.spawn(-1, 0, {})
        self.workers[self.scout.pid] = self.scout

    @property
    def count(self):
        """Requests at work or waiting."""
        return len(self.jobs)

    def spawn(self, stage, index, environment):
        """Starts a worker; the first is for no stage yet: it finds out which there are."""
        command = [*self.command, str(stage), str(index)]
        return Worker(command, {**os.environ, **environment})

    async def attach(self, loop):
        self.loop = loop
        loop.add_signal_handler(signal.SIGCHLD, self.reap)
        await self.adopt(self.scout)
        self.reap()
        self.watch()

    async def adopt(self, worker):
        worker.pool = self
        await self.loop.create_unix_connection(lambda: worker, sock=worker.socket)

    # Requests

    def submit(self, payload, done):
        self.last_number = (self.last_number + 1) & 0xffffffff
        job = Job(self.last_number, payload, done, self.loop.time())
        self.jobs[job.number] = job
        self.put(self.stages[0], job)
        return job

    def cancel(self, job):
        """Its caller is gone: it is not begun any more, and its answer goes nowhere."""
        job.is_cancelled = True
        job.payload = b''
        self.jobs.pop(job.number, None)

    def put(self, stage, job):
        stage.waiting.append(job)
        self.pump(stage)

    def pump(self, stage):
        """Hands out what waits as far as there are workers."""
        while stage.waiting:
            worker = stage.find_worker()
            if worker is None:
                return
            batch = []
            while stage.waiting and len(batch) < stage.batch:
                job = stage.waiting.popleft()
                if not job.is_cancelled:
                    batch.append(job)
            if batch:
                worker.send(batch, self.loop.time())

    def finish(self, job, status, payload, kind=b'application/json', extra=b''):
        self.jobs.pop(job.number, None)
        if not job.is_cancelled:
            job.done(status, payload, kind, extra)

    # What workers say

    def heard(self, worker, kind, items):
        if self.has_failed:
            return
        if kind == frames.DONE:
            self.take_answers(worker, items)
        elif kind == frames.READY:
            worker.is_ready = True
            worker.stage.workers.append(worker)
            self.check_ready()
        elif kind == frames.PLAN and worker is self.scout and not self.stages:
            self.take_plan(worker, json.loads(items[0][2]))
        elif kind == frames.FAILED:
            told = json.loads(items[0][2])
            self.fail(str(told['failure']), str(told['detail']))
        else:
            raise ValueError('an unexpected message')

    def take_answers(self, worker, items):
        if not worker.running or [job.number for job in worker.running[0]] != [
                number for number, _, _ in items]:
            raise ValueError('an answer to no question')
        batch = worker.running.popleft()
        worker.since = self.loop.time()
        stage = worker.stage
        following = stage.number + 1
        for job, (_, status, payload) in zip(batch, items):
            if status == frames.PASS_ON and following < len(self.stages) and not job.is_cancelled:
                job.payload = payload
                job.since = worker.since
                self.put(self.stages[following], job)
            else:
                self.finish(job, status or 500, payload,
                            self.kind if status == 200 else b'application/json')
        if stage.waiting:
            self.pump(stage)

    def take_plan(self, worker, plan):
        """Starts the other workers, now that the first knows what the model wants."""
        self.kind = plan['type'].encode('ascii')
        if not heads.VALUE.match(self.kind):
            raise ValueError('a type that is none')
        for number, stage in enumerate(plan['stages']):
            self.stages.append(Stage(number, int(stage['count']), int(stage['batch']),
                                     stage['environments']))
        if not all(1 <= stage.batch <= frames.MOST_ITEMS for stage in self.stages):
            raise ValueError('batches that there are not')
        total = sum(stage.count for stage in self.stages)
        if not 0 < total <= MOST_WORKERS or any(stage.count < 1 for stage in self.stages):
            self.fail('handler', '{} workers are wanted; 1 to {} can be had'.format(
                total, MOST_WORKERS))
            return
        first = self.stages[0]
        for stage in self.stages:
            for index in range(stage.count):
                environment = stage.environments[index] if stage.environments else {}
                if stage is first and index == 0 and not environment:
                    worker.stage = first
                    continue
                self.add_worker(stage, index, environment)
        if worker.stage is None:
            # Its place needs an environment that was not there when the code was imported.
            self.dismiss(worker)

    def add_worker(self, stage, index, environment):
        worker = self.spawn(stage.number, index, environment)
        worker.stage = stage
        self.workers[worker.pid] = worker
        self.loop.create_task(self.adopt(worker))

    def dismiss(self, worker):
        worker.is_dismissed = True
        worker.transport.close()
        self.loop.call_later(GRACE, worker.kill)

    def check_ready(self):
        if all(len(stage.workers) == stage.count for stage in self.stages):
            self.is_ready = True
            self.on_ready()

    # Ends

    def reap(self):
        """Collects what ended: workers, and orphans of the model's code."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            worker = self.workers.pop(pid, None)
            if worker is None:
                continue
            worker.status = status
            if worker.transport is None or worker.transport.is_closing():
                self.ended(worker)
            else:
                # What it said last may not have been read yet; and a child of its own may hold the
                # socket open.
                self.loop.call_later(GRACE, self.ended, worker)

    def ended(self, worker):
        if worker.is_dismissed or self.is_closing or self.has_failed:
            return
        status = worker.status
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            try:
                name = signal.Signals(number).name
            except ValueError:
                name = 'signal {}'.format(number)
            self.fail('killed', name)
        elif os.WEXITSTATUS(status) == EXIT_MEMORY:
            self.fail('memory', describe_memory_limit())
        else:
            self.fail('exited', str(os.WEXITSTATUS(status)))

    def watch(self):
        """Whether a request takes too long, at work or waiting."""
        now = self.loop.time()
        limit = self.request_timeout
        for stage in self.stages:
            for worker in stage.workers:
                if worker.running and now - worker.since > limit and not self.has_failed:
                    self.fail('stuck', '{:g}'.format(limit), worker.running[0])
            while stage.waiting and now - stage.waiting[0].since > limit:
                self.finish(stage.waiting.popleft(), 503,
                            {'error': 'the request waited for {:g} seconds'.format(limit)},
                            extra=b'Retry-After: 1\r\n')
        self.loop.call_later(min(0.25, limit / 4), self.watch)

    def fail(self, failure, detail, overdue=()):
        """Answers all that is under way, then tells."""
        if self.has_failed or self.is_closing:
            return
        self.has_failed = True
        self.is_ready = False
        begun = {job.number for stage in self.stages for worker in stage.workers
                 for job in (worker.running[0] if worker.running else ())}
        late = {job.number for job in overdue}
        for job in list(self.jobs.values()):
            if job.number in late:
                self.finish(job, 504, {'error': 'the request took more than {:g} seconds'.format(
                    self.request_timeout)})
            elif job.number in begun:
                self.finish(job, 500, {'error': 'the model ended while it was at work'})
            else:
                self.finish(job, 503, {'error': 'the model ended before the request was begun'},
                            extra=b'Retry-After: 1\r\n')
        self.on_failed(failure, detail)

    def close(self):
        """Lets the workers end by themselves: what they read from comes to its end."""
        self.is_closing = True
        for worker in self.workers.values():
            if worker.transport is not None:
                worker.transport.close()
