# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real granary-cli on repositories of its own."""

import contextlib
import errno
import json
import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'data'))
from tap import Tap  # noqa: E402,F401

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
PATIENCE = 300.0


class Result:
    def __init__(self, code, out, err):
        self.code = code
        self.raw = out
        self.out = out.decode('utf-8')
        self.err = err.decode('utf-8')

    def __repr__(self):
        return f'exit {self.code}\n{self.out}{self.err}'

    @property
    def json(self):
        assert self.out.count('\n') == 1 and self.out.endswith('\n'), f'not one line: {self!r}'
        return json.loads(self.out)

    @property
    def messages(self):
        """Standard error of a run with --json: one object a line."""
        return [json.loads(line) for line in self.err.splitlines()]

    @property
    def error(self):
        errors = [message['error'] for message in self.messages if 'error' in message]
        assert len(errors) == 1, f'not one error: {self!r}'
        return errors[0]


class Box:
    """A folder with a repository and a place for files; goes when the test is over."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.repository = self.folder / 'repository'
        self.files = self.folder / 'files'
        self.files.mkdir()
        self.environment = {
            **os.environ,
            'HOME': str(self.folder / 'home'),
            'XDG_DATA_HOME': str(self.folder / 'data'),
            'GRANARY_REPOSITORY': str(self.repository),
            'LC_ALL': 'C.UTF-8',
        }
        (self.folder / 'home').mkdir()

    def write(self, path, content=b'content'):
        target = self.files / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return target

    def start(self, *arguments, **options):
        environment = {**self.environment, **options.pop('environment', {})}
        return subprocess.Popen([PROGRAM, *map(os.fspath, arguments)], env=environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **options)

    def run(self, *arguments, code=0, **options):
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=PATIENCE)
        result = Result(process.returncode, out, err)
        assert result.code == code, f'{arguments}: expected exit {code}, got {result!r}'
        return result

    def json(self, *arguments, code=0, **options):
        return self.run('--json', *arguments, code=code, **options)

    def verify(self):
        problems = self.json('verify').json['problems']
        assert problems == [], problems

    def leftovers(self):
        """What an interrupted operation would leave behind."""
        staging = self.repository / 'staging'
        if not staging.is_dir():
            return []
        # Locks tell which processes are at work; an old one goes with the next open.
        return sorted(name for name in os.listdir(staging) if not name.endswith('.lock'))


@contextlib.contextmanager
def box():
    folder = tempfile.mkdtemp(prefix='granary-cli-')
    try:
        yield Box(folder)
    finally:
        # Stored files are read-only, and so are hostile ones.
        for place, folders, _files in os.walk(folder):
            for name in folders:
                path = os.path.join(place, name)
                if not os.path.islink(path):
                    os.chmod(path, 0o700)
        shutil.rmtree(folder)


class Terminal:
    """The program with a terminal on its standard input and error; output goes to a pipe."""

    def __init__(self, place, *arguments, size=(24, 80), **environment):
        self.master, slave = pty.openpty()
        import fcntl
        import struct
        import termios
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', *size, 0, 0))
        self.process = subprocess.Popen(
            [PROGRAM, *map(os.fspath, arguments)], env={**place.environment, **environment},
            stdin=slave, stdout=subprocess.PIPE, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.seen = b''

    def read(self, timeout):
        ready, _, _ = select.select([self.master], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return False
        self.seen += data
        return bool(data)

    def wait_for(self, text, timeout=PATIENCE):
        end = time.monotonic() + timeout
        while text.encode() not in self.seen:
            assert time.monotonic() < end, f'no {text!r} in {self.seen!r}'
            if not self.read(0.5) and self.process.poll() is not None:
                self.read(0.1)
                assert text.encode() in self.seen, f'ended without {text!r}: {self.seen!r}'

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self):
        """Exit code, standard output, and what stood on the terminal."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < end, f'still running: {self.seen!r}'
            self.read(0.1)
        while self.read(0.1):
            pass
        out = self.process.stdout.read()
        self.process.stdout.close()
        os.close(self.master)
        return self.process.returncode, out.decode(), self.seen.decode(errors='replace')
