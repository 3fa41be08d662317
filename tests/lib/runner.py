# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the service runner as granary-serviced does, without a sandbox, and calls it."""

import fcntl
import http.client
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

TOKEN = '5f0c' * 16
SECONDS = 60  # after which a test is given up


class Ended(Exception):
    """The runner closed its pipe without the event that was waited for."""


class Runner:
    """A runner over a folder made of {name: text}; use it with `with`."""

    def __init__(self, main, files=None, folder=None, arguments=(), environment=None,
                 memory=None, token=TOKEN):
        self.work = tempfile.mkdtemp(prefix='runner-')
        self.folder = folder or os.path.join(self.work, 'model')
        for name, text in (files or {}).items():
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as file:
                file.write(text if isinstance(text, bytes) else text.encode('utf-8'))
        os.makedirs(self.folder, exist_ok=True)
        self.log_path = os.path.join(self.work, 'log')
        self.events = []
        self.token = token
        self.start([sys.executable, '-I', '-B', main, '--model-dir', self.folder, *arguments],
                   environment or {}, memory)

    def start(self, command, environment, memory):
        self.listener = socket.socket()
        self.listener.bind(('127.0.0.1', 0))
        self.listener.listen(1024)
        self.port = self.listener.getsockname()[1]
        status, status_end = os.pipe()
        token_end, token = os.pipe()
        control_end, self.control = os.pipe()
        # Out of the way of the numbers they get in the child.
        given = [fcntl.fcntl(number, fcntl.F_DUPFD, 64) for number in (
            self.listener.fileno(), status_end, token_end, control_end)]

        def place():
            for wanted, number in enumerate(given, 3):
                os.dup2(number, wanted)
            if memory:
                resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        with open(self.log_path, 'wb') as log:
            self.process = subprocess.Popen(
                command, preexec_fn=place, pass_fds=(3, 4, 5, 6), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
                env={'PATH': os.environ['PATH'], 'HOME': '/tmp', 'LANG': 'C.UTF-8',
                     'TI_MODEL_DIR': self.folder, **environment})
        for number in (*given, status_end, token_end, control_end):
            os.close(number)
        os.write(token, self.token.encode('ascii'))
        os.close(token)
        self.status = os.fdopen(status, 'rb')
        # A runner that never says what is waited for fails its test, not the whole run.
        self.alarm = threading.Timer(SECONDS, self.process.kill)
        self.alarm.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.alarm.cancel()
        if self.control is not None:
            os.close(self.control)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.status.close()
        self.listener.close()
        shutil.rmtree(self.work, ignore_errors=True)

    # Events

    def next_event(self):
        line = self.status.readline()
        if not line:
            raise Ended(f'the runner ended after {self.events}: {self.log()[-2000:]}')
        self.events.append(json.loads(line))
        return self.events[-1]

    def wait(self, event):
        while True:
            found = self.next_event()
            if found['event'] == event:
                return found
            if found['event'] == 'failed':
                raise Ended(f'{found}: {self.log()[-2000:]}')

    def ready(self):
        self.wait('ready')
        return self

    def failure(self):
        """(failure, detail, exit code)"""
        while True:
            found = self.next_event()
            if found['event'] == 'failed':
                return found['failure'], found['detail'], self.process.wait()

    def log(self):
        with open(self.log_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def stop(self):
        os.write(self.control, b'stop\n')
        return self.process.wait()

    def leave(self):
        """As when the supervisor dies."""
        os.close(self.control)
        self.control = None
        return self.process.wait()

    # Calls

    def connect(self):
        return http.client.HTTPConnection('127.0.0.1', self.port, timeout=SECONDS)

    def request(self, method, path, body=None, token=None, **headers):
        """(status, headers, body) over a connection of its own."""
        connection = self.connect()
        if token is not False:
            headers['Authorization'] = f'Bearer {token or self.token}'
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response.status, response.headers, data

    def call(self, value, path='/inference'):
        """(status, answer) of a request that is JSON."""
        status, _, data = self.request('POST', path, json.dumps(value))
        return status, json.loads(data)

    def raw(self, data, half=True):
        """All that comes back for these bytes until the runner closes."""
        with socket.create_connection(('127.0.0.1', self.port), SECONDS) as plain:
            plain.sendall(data)
            if half:
                plain.shutdown(socket.SHUT_WR)
            return read_all(plain)


def read_all(plain):
    pieces = []
    while True:
        try:
            data = plain.recv(65536)
        except ConnectionResetError:
            break
        if not data:
            break
        pieces.append(data)
    return b''.join(pieces)


def statuses(data):
    """The statuses of the answers in what came back."""
    return [int(number) for number in re.findall(rb'HTTP/1\.1 (\d{3}) ', data)]
