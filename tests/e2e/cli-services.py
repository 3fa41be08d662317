# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions that run as services of this computer, through the real supervisor, runner and sandbox."""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from cli_harness import PATIENCE, PROGRAM, Tap, Terminal, box

SAMPLE = pathlib.Path(__file__).resolve().parents[2] / 'data' / 'samples' / 'digits'
SUPERVISOR = PROGRAM.parents[1] / 'serviced' / 'granary-serviced'

ECHO = '''
import tiinfer

class Echo(tiinfer.Model):
    def load(self):
        print('loading with care')
        return True

    def predict(self, data):
        if data.get('raise'):
            raise RuntimeError('asked to fail \\x1b[31m')
        return {'echo': data, 'answer': ANSWER}

ANSWER = 1
'''
SLOW = '''
import time
import tiinfer

class Slow(tiinfer.Model):
    def load(self):
        print('still loading', flush=True)
        time.sleep(600)
        return True

    def predict(self, data):
        return {}
'''
BROKEN = '''
print('about to fail')
import a_module_that_is_not_there

class Broken:
    pass
'''


def until(what, message):
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, message
        time.sleep(0.05)


class Place:
    """A repository with a runtime folder of its own, so that nothing else is its supervisor."""

    def __init__(self, inner, runtime):
        self.inner = inner
        self.folder = inner.folder
        self.environment = inner.environment
        self.environment.update({
            'XDG_RUNTIME_DIR': str(runtime),
            'XDG_CONFIG_HOME': str(self.folder / 'config'),
            'TENCENTCLOUD_SECRET_ID': 'an-id',
            'TENCENTCLOUD_SECRET_KEY': 'a-secret-key',
        })
        digest = hashlib.sha256(str(inner.repository).encode()).hexdigest()[:16]
        self.socket = pathlib.Path(runtime) / 'granary' / f'{digest}.socket'
        self.run = inner.run
        self.json = inner.json
        self.start = inner.start
        self.write = inner.write

    def add(self, name, code, **files):
        for path, content in {'model_service.py': code, **files}.items():
            self.write(f'{name}/{path}', content)
        self.json('import', name, '--files', self.inner.files / name)

    def services(self, *arguments):
        return self.json('services', *arguments).json['services']

    def service(self, name, number=1):
        found = [one for one in self.services() if (one['name'], one['number']) == (name, number)]
        assert len(found) == 1, self.services()
        return found[0]

    def ask(self, service, body):
        """What a caller gets: status and answer."""
        request = urllib.request.Request(
            service['url'], json.dumps(body).encode(), {
                'Authorization': 'Bearer ' + service['token'], 'Content-Type': 'application/json'})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, None

    def processes(self):
        """The supervisor, and the guards that it has beside its services: with their parents."""
        found = {}
        for entry in pathlib.Path('/proc').iterdir():
            with contextlib.suppress(OSError):
                words = (entry / 'cmdline').read_bytes().split(b'\0')
                if entry.name.isdigit() and words[0].endswith(b'granary-serviced') and \
                        os.fsencode(self.inner.repository) in words:
                    status = (entry / 'stat').read_text().rpartition(')')[2].split()
                    found[int(entry.name)] = int(status[1])
        return found

    def supervisors(self):
        processes = self.processes()
        return [process for process, parent in processes.items() if parent not in processes]

    def quit(self):
        """Ends the supervisor, and waits until it has let go of the repository."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            client.connect(str(self.socket))
            version = self.run('--version').out.split()[1]
            for number, verb in enumerate(('hello', 'quit'), 1):
                client.sendall(json.dumps({'id': number, 'verb': verb, 'arguments': {
                    'protocol': 1, 'version': version}}).encode() + b'\n')
                client.recv(65536)
            while client.recv(65536):
                pass
        until(lambda: not self.processes(), 'the supervisor does not end')


@contextlib.contextmanager
def place_of_services():
    runtime = tempfile.mkdtemp(prefix='granary-run-')
    with box() as inner:
        place = Place(inner, runtime)
        try:
            yield place
        finally:
            place.quit()
            shutil.rmtree(runtime)


def story():
    with place_of_services() as place:
        place.json('import', 'digits', '--files', SAMPLE)
        assert place.services() == []
        assert place.supervisors() == [], 'looking needs no supervisor'

        published = place.json('publish', 'digits:v1').json
        assert list(published)[:7] == ['name', 'model', 'version', 'status', 'url', 'token',
                                       'update_needed'], published
        assert published['status'] == 'running', published
        listed = place.services()
        assert listed == [published], (listed, published)
        assert place.services('digits:v1') == listed == place.services('digits')
        assert (listed[0]['name'], listed[0]['model'], listed[0]['version']) == (
            'digits', 'digits', 'v1'), listed
        assert listed[0]['update_needed'] is False
        text = place.run('services').out
        assert 'digits/1' in text and 'digits:v1' in text and 'Running' in text, text
        assert published['token'] not in text, 'a token on a terminal'

        example = json.loads((SAMPLE / 'config.json').read_text())['example']
        place.write('request.json', json.dumps(example))
        answer = place.run('call', 'digits', json.dumps(example))
        assert json.loads(answer.out)['results'][0]['digit'] == '2', answer
        assert len(json.loads(answer.out)['results'][0]['top']) == 3, answer
        request = place.inner.files / 'request.json'
        assert place.run('call', 'digits/1', '@' + str(request)).out == answer.out
        piped = subprocess.run([PROGRAM, 'call', published['id'], '-'], env=place.environment,
                               input=request.read_bytes(), stdout=subprocess.PIPE, check=True)
        assert piped.stdout.decode() == answer.out, piped
        wrapped = place.json('call', 'digits', '@' + str(request)).json
        assert wrapped['status'] == 200 and wrapped['body'] == answer.out, wrapped
        assert wrapped['latency_us'] > 0 and wrapped['is_cut'] is False, wrapped

        # Uploaded files are live once it is updated.
        config = json.loads((SAMPLE / 'config.json').read_text())
        config['top'] = 1
        changed = place.write('config.json', json.dumps(config))
        place.json('upload', 'digits:v1', changed, '--replace')
        assert place.service('digits')['update_needed'] is True
        assert 'update needed' in place.run('services').out
        assert place.run('call', 'digits', '@' + str(request)).out == answer.out
        updated = place.json('update', 'digits').json
        assert updated['status'] == 'running' and updated['update_needed'] is False, updated
        assert updated['url'] == published['url'], 'its address changed'
        again = json.loads(place.run('call', 'digits', '@' + str(request)).out)
        assert len(again['results'][0]['top']) == 1, again

        stopped = place.json('stop', 'digits').json
        assert stopped['status'] == 'stopped' and stopped['url'] == published['url'], stopped
        refused = place.json('call', 'digits', '{}', code=1).error
        assert refused['reason'] == 'service-not-running', refused
        assert place.json('start', 'digits').json['url'] == published['url']
        assert place.run('remove', 'digits', '--yes').out == ''
        assert place.services() == []
        assert not list((place.inner.repository / 'services').glob('svc-*'))


def errors_of_a_call():
    with place_of_services() as place:
        place.add('echo', ECHO)
        line = place.run('publish', 'echo:v1')
        service = place.service('echo')
        assert line.out == f'echo/1 {service["url"]}\n', line

        failed = place.run('call', 'echo', '{"raise": true}', code=1)
        assert failed.out == '' and 'asked to fail' in failed.err and '500' in failed.err, failed
        assert '\x1b' not in failed.err, failed
        error = place.json('call', 'echo', '{"raise": true}', code=1).error
        assert error['remote_code'] == '500' and 'asked to fail' in error['remote_message'], error
        assert place.json('call', 'echo', '[1]', code=1).error['remote_code'] == '400'
        status, _body = place.ask({**service, 'token': '0' * 64}, {})
        assert status == 401, status

        # On a terminal what stands in the log moves no cursor.
        written, = place.inner.repository.glob('services/*/log')
        with open(written, 'ab') as file:
            file.write(b'red \x1b[31m ink\n')
        logs = place.run('logs', 'echo').out
        assert 'asked to fail' in logs and 'loading with care' in logs, logs
        assert 'red \x1b[31m ink\n' in logs, logs
        master, slave = pty.openpty()
        shown = subprocess.Popen([PROGRAM, 'logs', 'echo'], env=place.environment, stdout=slave)
        os.close(slave)
        seen = b''
        with contextlib.suppress(OSError):
            while piece := os.read(master, 65536):
                seen += piece
        os.close(master)
        assert shown.wait() == 0
        assert b'red \\x1b[31m ink' in seen and b'\x1b' not in seen, seen


def logs():
    with place_of_services() as place:
        place.add('echo', ECHO)
        place.json('publish', 'echo:v1', '--memory', '0')
        everything = place.run('logs', 'echo').out.splitlines()
        assert place.run('logs', 'echo', '-n', '2').out.splitlines() == everything[-2:]
        assert place.run('logs', 'echo', '-n', '0').out == ''
        assert place.run('logs', 'echo', '-n', '100000').out.splitlines() == everything
        assert place.json('logs', 'echo').json['log'].splitlines() == everything

        follower = place.start('logs', 'echo', '-f', '-n', '1')
        try:
            first = follower.stdout.readline()
            assert first.decode().rstrip('\n') == everything[-1], first
            place.run('call', 'echo', '{"raise": true}', code=1)
            while b'asked to fail' not in (line := follower.stdout.readline()):
                assert line, 'it does not go on'
            follower.send_signal(signal.SIGINT)
            _rest, errors = follower.communicate(timeout=PATIENCE)
        finally:
            if follower.poll() is None:
                follower.kill()
        assert follower.returncode == 0 and errors == b'', (follower.returncode, errors)

        # A program gets each piece as it comes; once it reads no more, there is nothing to follow.
        # It is started where the signal that tells this is ignored.
        follower = place.start('--json', 'logs', 'echo', '-f', '-n', '1', restore_signals=False)
        try:
            assert select.select([follower.stdout], [], [], PATIENCE)[0], 'it is kept back'
            assert json.loads(follower.stdout.readline())['log'].strip()
            follower.stdout.close()
            place.run('call', 'echo', '{"raise": true}', code=1)
            assert follower.wait(PATIENCE) == 1
        finally:
            if follower.poll() is None:
                follower.kill()
            follower.stderr.close()


def failures():
    """What does not get ready says why, where it was asked for."""
    with place_of_services() as place:
        place.add('broken', BROKEN)
        failed = place.run('publish', 'broken:v1', code=1)
        assert failed.out == '', failed
        for text in ('about to fail', 'a_module_that_is_not_there', 'model_service.py'):
            assert text in failed.err, (text, failed)
        service = place.service('broken')
        assert service['status'] == 'failed' and service['failure'] == 'import', service
        assert 'a_module_that_is_not_there' in service['failure_message'], service
        assert place.json('start', 'broken', code=1).error['reason'] == 'service-start-failed'
        again = place.json('publish', 'broken:v1', '--service', 'other', code=1)
        assert again.error['reason'] == 'service-start-failed', again
        assert any('about to fail' in message['note']['message'] for message in again.messages
                   if 'note' in message), again

        place.add('needy', ECHO, **{'requirements.txt': 'surely-not-installed>=3\n'})
        needy = place.run('publish', 'needy:v1', code=1)
        assert needy.err.count('surely-not-installed>=3') >= 2 and '--install' in needy.err, needy
        gone = place.json('publish', 'needy:v1', '--python', '/nowhere/python3', code=1)
        assert gone.error['reason'] in ('python-missing', 'service-start-failed'), gone


def groups():
    with place_of_services() as place:
        place.add('echo', ECHO)
        place.write('second/model_service.py', ECHO.replace('ANSWER = 1', 'ANSWER = 2'))
        place.json('import', '--into', 'echo', '--files', place.inner.files / 'second')
        place.json('publish', 'echo:v1', '--service', 'both')
        taken = place.json('publish', 'echo:v2', '--service', 'both', code=1).error
        assert taken['reason'] == 'service-name-taken', taken
        missing = place.json('publish', 'echo:v2', '--group', 'neither', code=1).error
        assert missing['reason'] == 'service-missing', missing
        second = place.json('publish', 'echo:v2', '--group', 'both').json
        assert (second['name'], second['number'], second['version']) == ('both', 2, 'v2'), second

        ambiguous = place.json('call', 'both', '{}', code=1)
        assert ambiguous.error['reason'] == 'service-ambiguous', ambiguous
        assert any('both/2' in message['note']['message'] for message in ambiguous.messages
                   if 'note' in message), ambiguous
        for number in (1, 2):
            answer = json.loads(place.run('call', f'both/{number}', '{"a": [1.50]}').out)
            assert answer['answer'] == number, answer
        assert [one['version'] for one in place.services('echo:v2')] == ['v2']
        place.json('stop', 'both/1')
        assert place.service('both', 1)['status'] == 'stopped'
        assert place.service('both', 2)['status'] == 'running'


def deleting():
    """Who deletes is told what depends on it; a running service goes on until it is stopped."""
    with place_of_services() as place:
        place.add('echo', ECHO)
        place.json('publish', 'echo:v1')
        place.json('publish', 'echo:v1', '--service', 'idle')
        place.json('stop', 'idle')

        terminal = Terminal(place, 'delete', 'echo')
        terminal.wait_for('[y/N]')
        terminal.type('n\n')
        code, out, seen = terminal.end()
        assert code == 130 and out == '', (code, out, seen)
        assert 'echo/1 (Running)' in seen and 'idle/1 (Stopped)' in seen, seen
        assert 'cannot be started again' in ' '.join(seen.split()), seen

        place.json('stop', 'echo')
        terminal = Terminal(place, 'delete', 'echo:v1')
        terminal.wait_for('[y/N]')
        terminal.type('n\n')
        seen = ' '.join(terminal.end()[2].split())
        assert 'echo/1 (Stopped), idle/1 (Stopped)' in seen, seen
        assert 'can be started again' in seen or 'cannot be started again' in seen, seen
        place.json('start', 'echo')

        trashed = place.json('delete', 'echo:v1', '--yes').json['trash']
        service = place.service('echo')
        assert service['status'] == 'running' and service['version_deleted'] is True, service
        assert 'version deleted' in place.run('services').out
        assert place.ask(service, {'x': 1}) == (200, {'echo': {'x': 1}, 'answer': 1})
        assert place.json('start', 'idle', code=1).error['reason'] == 'service-version-deleted'
        place.json('stop', 'echo')
        assert place.json('start', 'echo', code=1).error['reason'] == 'service-version-deleted'
        place.json('trash', 'restore', trashed)
        assert place.json('start', 'echo').json['status'] == 'running'
        assert place.json('start', 'idle').json['status'] == 'running'


def removing():
    with place_of_services() as place:
        place.add('echo', ECHO)
        place.json('publish', 'echo:v1')
        assert place.json('remove', 'echo', code=2).error['code'] == 'usage'
        terminal = Terminal(place, 'remove', 'echo')
        terminal.wait_for('[y/N]')
        terminal.type('n\n')
        assert terminal.end()[0] == 130
        assert place.service('echo')['status'] == 'running'
        terminal = Terminal(place, 'remove', 'echo')
        terminal.wait_for('[y/N]')
        terminal.type('y\n')
        assert terminal.end()[0] == 0
        assert place.services() == []


def called_off():
    """Ctrl-C ends the waiting, not the service."""
    with place_of_services() as place:
        place.add('slow', SLOW)
        waiting = place.start('publish', 'slow:v1')
        try:
            until(lambda: b'still loading' in b''.join(
                path.read_bytes() for path in place.inner.repository.glob('services/*/log')),
                'it does not start')
            waiting.send_signal(signal.SIGINT)
            out, errors = waiting.communicate(timeout=PATIENCE)
        finally:
            if waiting.poll() is None:
                waiting.kill()
        assert waiting.returncode == 130 and out == b'', (waiting.returncode, out, errors)
        assert b'granary-cli stop slow/1' in errors, errors
        assert place.service('slow')['status'] == 'starting'
        assert place.json('stop', 'slow').json['status'] == 'stopped'
        started = place.json('start', 'slow', '--no-wait').json
        assert started['status'] == 'starting', started


def killed():
    """Nothing is left over, nothing runs twice, and what is meant to run does so again."""
    with place_of_services() as place:
        place.add('echo', ECHO)
        before = place.json('publish', 'echo:v1').json
        supervisor, = place.supervisors()
        secrets = pathlib.Path(f'/proc/{supervisor}/environ').read_bytes()
        assert b'a-secret-key' not in secrets and b'an-id' not in secrets
        assert os.getsid(supervisor) == supervisor, 'it would end with the terminal'

        os.kill(supervisor, signal.SIGKILL)
        until(lambda: not place.processes(), 'it is still there')
        port = int(before['url'].split(':')[2].split('/')[0])

        def is_free():
            with socket.socket() as probe:
                return probe.connect_ex(('127.0.0.1', port)) != 0

        until(is_free, 'a service outlives its supervisor')
        listed = place.service('echo')
        assert listed['status'] in ('starting', 'running'), listed
        # What the catalogue says may be of before.
        def is_back():
            try:
                return place.ask(before, {})[0] == 200
            except OSError:
                return False

        until(is_back, 'it does not come back')
        until(lambda: place.service('echo')['status'] == 'running', 'it is not said to be back')
        after = place.service('echo')
        assert (after['url'], after['token']) == (before['url'], before['token']), after
        assert json.loads(place.run('call', 'echo', '{}').out)['answer'] == 1
        assert len(place.supervisors()) == 1, place.supervisors()

        # A stopped one stays so.
        place.json('stop', 'echo')
        os.kill(place.supervisors()[0], signal.SIGKILL)
        until(lambda: not place.processes(), 'it is still there')
        assert place.service('echo')['status'] == 'stopped'


def frozen():
    """A supervisor that does not answer is no reason to wait for ever, nor to start another."""
    with place_of_services() as place:
        place.add('echo', ECHO)
        service = place.json('publish', 'echo:v1').json
        supervisor, = place.supervisors()
        os.kill(supervisor, signal.SIGSTOP)
        try:
            error = place.json('stop', 'echo', code=1).error
            assert error['reason'] == 'supervisor-unreachable', error
            listed = place.json('services')
            assert listed.json['services'][0]['status'] == 'running', listed
            assert any('does not answer' in message['note']['message']
                       for message in listed.messages), listed
            assert place.ask(service, {})[0] == 200, 'the service itself is well'
            assert place.supervisors() == [supervisor], place.supervisors()
        finally:
            os.kill(supervisor, signal.SIGCONT)
        assert place.json('stop', 'echo').json['status'] == 'stopped'


def many_at_once():
    """Several that start at one moment agree on one supervisor."""
    with place_of_services() as place:
        place.add('echo', ECHO)
        results = []

        def publish(number):
            results.append(place.json('publish', 'echo:v1', '--service', f'echo-{number}').json)

        threads = [threading.Thread(target=publish, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 4 and all(one['status'] == 'running' for one in results), results
        assert len({one['url'] for one in results}) == 4, results
        assert len(place.supervisors()) == 1, place.supervisors()
        with open(place.inner.repository / 'services' / 'lock', 'rb') as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                raise AssertionError('the lock is free')
            except BlockingIOError:
                pass


def secrets():
    with place_of_services() as place:
        place.add('echo', ECHO)
        service = place.json('publish', 'echo:v1').json
        token = service['token'].encode()
        path = place.inner.repository / 'services' / service['id'] / 'token'
        assert path.stat().st_mode & 0o777 == 0o600, oct(path.stat().st_mode)
        assert path.read_bytes().strip() == token
        for other in place.inner.repository.rglob('*'):
            if other.is_file() and other != path:
                assert token not in other.read_bytes(), other
        for entry in pathlib.Path('/proc').iterdir():
            for name in ('cmdline', 'environ'):
                with contextlib.suppress(OSError):
                    assert token not in (entry / name).read_bytes(), (entry, name)


def without_sandbox():
    """Nothing runs without a sandbox unless that was agreed to."""
    with place_of_services() as place:
        place.add('echo', ECHO)
        empty = place.folder / 'empty'
        empty.mkdir()
        place.environment['PATH'] = str(empty)
        refused = place.json('publish', 'echo:v1', code=1).error
        assert refused['reason'] == 'sandbox-missing', refused
        assert place.services() == []

        terminal = Terminal(place, 'publish', 'echo:v1')
        terminal.wait_for('[y/N]')
        terminal.type('n\n')
        code, out, seen = terminal.end()
        assert code == 130 and out == '' and 'read and change your files' in ' '.join(
            seen.split()), (code, out, seen)
        assert place.services() == []

        terminal = Terminal(place, 'publish', 'echo:v1')
        terminal.wait_for('[y/N]')
        terminal.type('y\n')
        code, out, seen = terminal.end()
        assert code == 0 and out.startswith('echo/1 http://127.0.0.1:'), (code, out, seen)
        assert place.json('publish', 'echo:v1', '--no-sandbox').json['status'] == 'running'


def main():
    assert SUPERVISOR.exists(), SUPERVISOR
    tap = Tap()
    for check in (story, errors_of_a_call, logs, failures, groups, deleting, removing, called_off,
                  killed, frozen, many_at_once, secrets, without_sandbox):
        tap.check(check.__name__, check)
    tap.done()


main()
