# SPDX-License-Identifier: GPL-3.0-or-later
"""A real granary-serviced with a repository of its own, spoken to as the window and the CLI do.

Services run in the sandbox of this computer, by the real runner. Nothing waits for a fixed time: what
is waited for is asked for again and again, and missed after PATIENCE seconds.
"""

import contextlib
import errno
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'data'))
from tap import Tap  # noqa: E402,F401

CLI = pathlib.Path(sys.argv[1]).resolve()
PROGRAM = pathlib.Path(os.environ['GRANARY_SERVICED'])
VERSION = sys.argv[2]
PROTOCOL = 1
LINE_MAX = 1024 * 1024
PATIENCE = 120.0

# As in src/core/granary-error.h, in its order.
CODES = ('network auth-required auth-rejected forbidden not-found conflict quota checksum '
         'invalid-input bad-response unsupported file backend database').split()

ECHO = '''
import os
import tiinfer

class Echo(tiinfer.Model):
    def __init__(self, model_dir):
        super().__init__(model_dir)
        self.folder = model_dir
    def load(self):
        with open(os.path.join(self.folder, 'word.txt')) as file:
            self.word = file.read()
        return True
    def predict(self, data):
        if data.get('die'):
            os._exit(3)
        return {'word': self.word, 'echo': data}
'''


class Missed(AssertionError):
    """Something did not come about."""


def wait_for(condition, what):
    """The first true value of condition (); what tells of it, or is called to tell."""
    end = time.monotonic() + PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Missed(f'no {what() if callable(what) else what} after {PATIENCE:g} s')
        time.sleep(0.02)


def reasons():
    """Names of reasons by their numbers, read where they are defined."""
    header = pathlib.Path(__file__).resolve().parents[2] / 'src' / 'core' / 'granary-error.h'
    text = header.read_text(encoding='utf-8')
    names = [line.split(',')[0].strip() for line in text.splitlines()
             if line.startswith('  GRANARY_REASON_')]
    return [name.removeprefix('GRANARY_REASON_') for name in names]


REASONS = reasons()


class Refused(Exception):
    """An error that was answered."""

    def __init__(self, error):
        super().__init__(f'{error}')
        self.code = CODES[error['code']]
        self.reason = REASONS[error['reason']]
        self.subject = error.get('subject')


class Client:
    """A connection to the socket."""

    def __init__(self, path, greet=True):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(os.fspath(path))
        self.socket.settimeout(PATIENCE)
        self.rest = b''
        self.last = 0
        if greet:
            self.facts = self.call('hello', protocol=PROTOCOL, version=VERSION)

    def send(self, verb, **arguments):
        self.last += 1
        line = json.dumps({'id': self.last, 'verb': verb, 'arguments': arguments})
        self.socket.sendall(line.encode() + b'\n')
        return self.last

    def receive(self):
        """The next answer, None at the end."""
        while b'\n' not in self.rest:
            got = self.socket.recv(65536)
            if not got:
                return None
            self.rest += got
        line, self.rest = self.rest.split(b'\n', 1)
        return json.loads(line)

    def result(self, number):
        while True:
            answer = self.receive()
            if answer is None:
                raise Missed('the connection was closed')
            if answer['id'] == number:
                break
        if 'error' in answer:
            raise Refused(answer['error'])
        return answer['result']

    def receive_error(self, number):
        """The refusal of a request, None when it was done."""
        try:
            self.result(number)
        except Refused as error:
            return error
        return None

    def call(self, verb, **arguments):
        return self.result(self.send(verb, **arguments))

    def close(self):
        self.socket.close()


class Place:
    """A repository, its services and the folders of a user."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.repository = self.folder / 'repository'
        self.runtime = self.folder / 'run'
        self.config = self.folder / 'config'
        self.process = None
        self.client = None
        for path in (self.runtime, self.folder / 'home'):
            path.mkdir(mode=0o700)
        self.environment = {
            **os.environ,
            'HOME': str(self.folder / 'home'),
            'XDG_RUNTIME_DIR': str(self.runtime),
            'XDG_CONFIG_HOME': str(self.config),
            'XDG_DATA_HOME': str(self.folder / 'data'),
            'GRANARY_REPOSITORY': str(self.repository),
        }

    # Models

    def cli(self, *arguments):
        return subprocess.run([CLI, *map(os.fspath, arguments)], env=self.environment, check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              text=True).stdout

    def write(self, name, text):
        path = self.folder / 'files' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')
        return path

    def import_files(self, model, *paths):
        """The row of the new version."""
        self.cli('import', model, '--files', *paths)
        return self.version(model)

    def import_echo(self, model='echo', code=ECHO, word='first'):
        return self.import_files(model, self.write('model_service.py', code),
                                 self.write('word.txt', word), self.write('config.json', '{}'))

    def query(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.repository / 'catalog.db', timeout=10)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql, values)]

    def execute(self, sql, *values):
        """Changes the catalogue, as another process does."""
        with contextlib.closing(sqlite3.connect(self.repository / 'catalog.db', timeout=10)) as db:
            db.execute(sql, values)
            db.commit()

    def version(self, model):
        return self.query('SELECT v.id FROM versions v JOIN models m ON m.id = v.model_id'
                          ' WHERE m.name = ? ORDER BY v.number DESC', model)[0]['id']

    # Services

    def services(self):
        return self.query('SELECT * FROM services ORDER BY created')

    def row(self, uid):
        rows = self.query('SELECT * FROM services WHERE uid = ?', uid)
        return rows[0] if rows else None

    def wait_state(self, uid, state, **values):
        """The row once it says that, with a snapshot of what it says otherwise."""
        def look():
            row = self.row(uid)
            if row is None or row['state'] != state:
                return None
            return row if all(row[name] == value for name, value in values.items()) else None
        return wait_for(look, lambda: f'{state} {values}: {self.row(uid)}\n{self.log(uid)}')

    def wait_again(self, uid, **values):
        """After a kill: the row may say for a while how it was before, so that the service itself
        has to answer."""
        def is_there():
            try:
                return self.answers(uid) and self.ask(uid, {'a': 1})[0] == 200
            except OSError:
                return False
        wait_for(is_there, lambda: f'answer: {self.row(uid)}\n{self.log(uid)}')
        return self.wait_state(uid, 'running', **values)

    def path(self, uid, name=''):
        return self.repository / 'services' / uid / name

    def revisions(self, uid):
        return sorted(path.name for path in self.path(uid).iterdir()
                      if path.name.startswith('revision-'))

    def log(self, uid):
        try:
            return self.path(uid, 'log').read_text(encoding='utf-8')
        except FileNotFoundError:
            return ''

    def leftovers(self):
        """Folders and files of services that are not there."""
        known = {row[name] for row in self.services() for name in ('uid', 'group_uid')}
        return sorted(set(os.listdir(self.repository / 'services')) - known - {'lock'})

    def token(self, uid):
        return self.path(uid, 'token').read_text(encoding='utf-8')

    def ask(self, uid, body, token=None):
        """Status and answer of one request to a service."""
        url = urllib.parse.urlsplit(self.row(uid)['url'])
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request('POST', url.path, json.dumps(body), {
                'Authorization': f'Bearer {token or self.token(uid)}',
                'Content-Type': 'application/json',
            })
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b'null')

    def word(self, uid):
        status, answer = self.ask(uid, {'a': 1})
        assert status == 200 and answer['echo'] == {'a': 1}, (status, answer)
        return answer['word']

    def answers(self, uid):
        """Whether anybody listens there."""
        url = urllib.parse.urlsplit(self.row(uid)['url'])
        with socket.socket() as probe:
            return probe.connect_ex((url.hostname, url.port)) != errno.ECONNREFUSED

    # The program

    @property
    def socket_path(self):
        found = list((self.runtime / 'granary').glob('*.socket'))
        return found[0] if found else None

    def start_program(self, *options):
        return subprocess.Popen([PROGRAM, *options, self.repository], env=self.environment,
                                stdin=subprocess.DEVNULL)

    def connect(self):
        """Another client of the program that is there."""
        def attempt():
            try:
                return Client(self.socket_path)
            except (OSError, TypeError):
                return None
        return wait_for(attempt, 'granary-serviced')

    def start(self, *options):
        self.process = self.start_program(*options)
        self.client = self.connect()
        assert self.client.facts['pid'] == self.process.pid
        return self.client

    def wait_end(self):
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise Missed('granary-serviced goes on') from error

    def stop(self):
        """As a session that ends does."""
        self.process.terminate()
        assert self.wait_end() == 0
        self.client.close()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.client.close()

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def publish(self, version, name='service', **profile):
        uid = self.client.call('publish', version_id=version, name=name, profile=profile)['uid']
        self.wait_state(uid, 'running')
        return uid

    def start_service(self, uid, **values):
        """The row once it runs."""
        self.client.call('start', uid=uid)
        return self.wait_state(uid, 'running', **values)

    def stop_service(self, uid, **values):
        self.client.call('stop', uid=uid)
        return self.wait_state(uid, 'stopped', **values)

    def update_service(self, uid, **values):
        self.client.call('update', uid=uid)
        return self.wait_state(uid, 'running', **values)

    def runs(self, uid):
        """Processes of a service: those whose command line or files name its folder."""
        found = []
        for entry in os.listdir('/proc'):
            if not entry.isdigit():
                continue
            try:
                command = pathlib.Path('/proc', entry, 'cmdline').read_bytes()
            except OSError:
                continue
            if uid.encode() in command:
                found.append(int(entry))
        return found


def remove(folder):
    for place, _folders, _files in os.walk(folder):
        os.chmod(place, 0o700)
    shutil.rmtree(folder)


@contextlib.contextmanager
def place():
    folder = tempfile.mkdtemp(prefix='granary-services-')
    there = Place(folder)
    try:
        yield there
    finally:
        there.end()
        remove(folder)


@contextlib.contextmanager
def served():
    """A place with its program, and the id of a service that runs there."""
    with place() as there:
        version = there.import_echo()
        there.start()
        yield there, there.publish(version)


def refused(function, *arguments, **options):
    """The refusal that a call ends with."""
    try:
        result = function(*arguments, **options)
    except Refused as error:
        return error
    raise Missed(f'not refused: {result}')


def kill(pid):
    os.kill(pid, signal.SIGKILL)
