# SPDX-License-Identifier: GPL-3.0-or-later
"""Services come back whatever ends, and there are never two of one."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.parse

from serviced import ECHO, LINE_MAX, Client, Missed, Tap, kill, place, refused, served, wait_for


def port_of(there, uid):
    return urllib.parse.urlsplit(there.row(uid)['url']).port


def autostart(there):
    folder = there.config / 'autostart'
    return [path.read_text(encoding='utf-8') for path in folder.iterdir()] if folder.is_dir() else []


def two_programs():
    with served() as (there, uid):
        runs = there.runs(uid)
        for _ in range(3):
            other = there.start_program()
            assert other.wait(60) == 0
        assert there.word(uid) == 'first' and there.runs(uid) == runs
        assert there.connect().facts['pid'] == there.process.pid
        there.stop()


def many_starts():
    """At once: one of them stays."""
    with served() as (there, uid):
        there.stop()
        started = [there.start_program() for _ in range(8)]
        client = there.connect()
        there.process = next(one for one in started if one.pid == client.facts['pid'])
        there.client = client
        for one in started:
            if one is not there.process:
                assert one.wait(60) == 0
        there.wait_state(uid, 'running')
        assert there.word(uid) == 'first'
        there.stop()


def program_killed():
    with served() as (there, uid):
        version = there.version('echo')
        stopped = there.publish(version, 'stopped')
        there.stop_service(stopped)
        before = there.row(uid)
        runs = there.runs(uid)

        there.kill()
        assert there.row(uid)['state'] == 'running'
        there.start()
        there.wait_again(uid, is_wanted=1)
        assert there.word(uid) == 'first'
        assert not set(runs) & set(there.runs(uid))
        assert there.row(uid)['url'] == before['url'], there.log(uid)
        assert there.row(stopped)['state'] == 'stopped' and there.runs(stopped) == []

        # Nobody comes after it: nothing is left running.
        there.kill()
        wait_for(lambda: there.runs(uid) == [], 'end of all runs')
        assert not there.answers(uid)
        there.start()
        there.wait_again(uid)
        there.stop()


def killed_at_every_moment():
    """The row says what it says; the next one makes it true."""
    for state in ('running', 'starting', 'stopping', 'failed', 'unknown'):
        with served() as (there, uid):
            there.kill()
            for is_wanted in (0, 1):
                there.execute('UPDATE services SET state = ?, is_wanted = ?', state, is_wanted)
                there.start()
                if is_wanted:
                    there.wait_again(uid)
                    assert there.word(uid) == 'first'
                else:
                    there.wait_state(uid, 'failed' if state == 'failed' else 'stopped')
                    wait_for(lambda: there.runs(uid) == [], 'end of all runs')
                there.kill()


def run_killed():
    with served() as (there, uid):
        url = there.row(uid)['url']
        for number in (1, 2):
            runs = there.runs(uid)
            for pid in runs:
                with contextlib.suppress(ProcessLookupError):
                    kill(pid)
            row = there.wait_state(uid, 'running', n_restarts=number)
            assert (row['failure'], row['failure_detail']) == ('killed', 'SIGKILL'), row
            assert row['url'] == url and there.word(uid) == 'first', row
            assert not set(runs) & set(there.runs(uid))
        there.stop_service(uid)
        there.start_service(uid, n_restarts=0, failure='none')
        there.stop()


def crash_loop():
    code = ECHO.replace('        return True', '        os._exit(9)')
    with place() as there:
        version = there.import_echo(code=code)
        client = there.start()
        uid = client.call('publish', version_id=version, name='loop', profile={})['uid']
        row = there.wait_state(uid, 'failed')
        assert row['n_restarts'] == 5 and row['failure'] in ('exited', 'load'), row
        assert row['is_wanted'] == 0 and row['available'] == 0, row
        assert not there.answers(uid) and there.runs(uid) == []
        assert autostart(there) == []
        there.stop()
        # It is not tried again at the next login, but when somebody wants it.
        there.start()
        assert there.row(uid)['state'] == 'failed'
        there.client.call('start', uid=uid)
        there.wait_state(uid, 'failed', n_restarts=5)
        there.stop()


def ended():
    """As a session does: what was meant to run is meant to run still."""
    for word in (signal.SIGTERM, signal.SIGINT, 'quit'):
        with served() as (there, uid):
            client = there.client
            assert len(autostart(there)) == 1
            if word == 'quit':
                client.call('quit')
            else:
                there.process.send_signal(word)
            assert there.wait_end() == 0
            row = there.row(uid)
            assert (row['state'], row['is_wanted']) == ('stopped', 1), row
            assert there.runs(uid) == [] and len(autostart(there)) == 1
            assert there.socket_path is None
            there.start()
            there.wait_state(uid, 'running')
            assert there.word(uid) == 'first'
            there.stop()


def terminal_gone():
    with place() as there:
        there.import_echo()
        there.start()
        there.process.send_signal(signal.SIGHUP)
        assert there.connect().facts['pid'] == there.process.pid
        there.stop()


def port_taken():
    with served() as (there, uid):
        port = port_of(there, uid)
        there.stop_service(uid)
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(('127.0.0.1', port))
            other.listen()
            there.start_service(uid, failure='none')
            assert port_of(there, uid) != port
            assert there.word(uid) == 'first' and str(port) in there.log(uid)
        # The new one is its own from now on.
        port = port_of(there, uid)
        there.stop_service(uid)
        there.start_service(uid)
        assert port_of(there, uid) == port
        there.stop()


def systemd_hangs():
    """Whoever asks meanwhile is answered."""
    with place() as there:
        version = there.import_echo()
        programs = there.folder / 'programs'
        programs.mkdir()
        asked, told = there.folder / 'asked', there.folder / 'told'
        os.mkfifo(told)
        systemd_run = programs / 'systemd-run'
        systemd_run.write_text(f'#!/bin/sh\n: > {asked}\ncat {told}\nexit 1\n', encoding='utf-8')
        systemd_run.chmod(0o755)
        there.environment['PATH'] = f'{programs}:{os.environ["PATH"]}'
        client = there.start()
        uid = client.call('publish', version_id=version, name='service',
                          profile={'memory_limit': 4 << 30})['uid']
        wait_for(asked.exists, 'question to systemd')
        assert there.connect().facts['pid'] == there.process.pid
        assert there.row(uid)['state'] == 'starting' and there.runs(uid) == []
        told.write_text('', encoding='utf-8')
        there.wait_state(uid, 'running')
        assert there.word(uid) == 'first'
        there.stop()


def interpreter_gone():
    with place() as there:
        version = there.import_echo()
        python = there.folder / 'python3'
        python.symlink_to(os.path.realpath(shutil.which('python3')))
        client = there.start()
        uid = there.publish(version, python=str(python))
        assert json.loads(there.row(uid)['profile'])['python'] == str(python)
        python.unlink()
        there.ask(uid, {'die': True})
        row = there.wait_state(uid, 'failed')
        assert (row['failure'], row['failure_detail']) == ('python', str(python)), row
        error = refused(client.call, 'start', uid=uid)
        assert (error.reason, error.subject) == ('PYTHON_MISSING', str(python)), error
        client.call('start', uid=uid, profile={})
        there.wait_state(uid, 'running', failure='none')
        there.stop()


def files_gone():
    with served() as (there, uid):
        client = there.client
        there.stop_service(uid)
        shutil.rmtree(there.path(uid, 'revision-1'))
        client.call('start', uid=uid)
        row = there.wait_state(uid, 'failed')
        assert row['failure'] == 'files' and uid in row['failure_detail'], row
        # An update makes them anew.
        there.update_service(uid, failure='none')
        token = there.token(uid)
        there.stop_service(uid)
        # A token that others can read is none.
        there.path(uid, 'token').chmod(0o644)
        there.start_service(uid)
        assert there.token(uid) != token and there.word(uid) == 'first'
        there.stop_service(uid)
        shutil.rmtree(there.path(uid))
        client.call('start', uid=uid)
        there.wait_state(uid, 'failed', failure='files')
        client.call('remove', uid=uid)
        assert there.services() == []
        there.stop()


def left_behind():
    """Of work that did not come to its end."""
    with served() as (there, uid):
        there.kill()
        services = there.repository / 'services'
        for folder in ('svc-aaaa', 'svc-aaaa/revision-1', f'{uid}/revision-2.part'):
            (services / folder).mkdir()
        for name in ('svc-aaaa/token', f'{uid}/revision-2.part/word.txt', 'grp-aaaa', 'notes.txt'):
            (services / name).write_text('2', encoding='utf-8')
        there.start()
        there.wait_again(uid)
        assert there.leftovers() == ['notes.txt'] and there.revisions(uid) == ['revision-1']
        assert there.word(uid) == 'first'
        there.stop()


def moved():
    with served() as (there, uid):
        there.repository.rename(there.folder / 'elsewhere')
        assert there.wait_end() == 0
        there.client.close()
        assert autostart(there) == []
        assert there.runs(uid) == []
        there.repository = there.folder / 'elsewhere'
        there.start()
        there.wait_state(uid, 'running')
        assert there.word(uid) == 'first'
        assert str(there.repository) in autostart(there)[0]
        there.stop()


def other_name():
    """By whatever name a repository is opened, it is the same."""
    with place() as there:
        version = there.import_echo()
        link = there.folder / 'link'
        link.symlink_to(there.repository)
        there.environment['GRANARY_REPOSITORY'] = str(link)
        real, there.repository = there.repository, link
        there.start()
        uid = there.publish(version)
        there.cli('-r', real, 'stop', 'service')
        there.wait_state(uid, 'stopped')
        there.cli('-r', link, 'start', 'service')
        there.wait_state(uid, 'running')
        assert len(autostart(there)) == 1

        real.rename(there.folder / 'elsewhere')
        assert there.wait_end() == 0
        there.client.close()
        assert autostart(there) == []


def at_login():
    with place() as there:
        there.folder /= 'a "b" $c %d `e'
        there.folder.mkdir()
        there.repository = there.folder / 'repository'
        there.environment['GRANARY_REPOSITORY'] = str(there.repository)
        version = there.import_echo()
        client = there.start()
        assert autostart(there) == []
        uid = there.publish(version)
        entry = there.config / 'autostart' / os.listdir(there.config / 'autostart')[0]
        checked = subprocess.run(['desktop-file-validate', entry], stdout=subprocess.PIPE, text=True)
        assert checked.returncode == 0, checked.stdout
        there.kill()

        # What the desktop makes of it is this program with this repository.
        subprocess.run(['python3', '-c', '''
import gi, sys
gi.require_version('GioUnix', '2.0')
from gi.repository import GioUnix
info = GioUnix.DesktopAppInfo.new_from_filename(sys.argv[1])
assert info.launch([], None)
''', entry], env=there.environment, check=True)
        there.client = there.connect()
        there.wait_again(uid)
        assert there.word(uid) == 'first'
        there.client.call('stop', uid=uid)
        wait_for(lambda: autostart(there) == [], 'removal of the entry')
        pid = there.client.facts['pid']
        there.client.call('quit')
        wait_for(lambda: not os.path.exists(f'/proc/{pid}/exe'), 'end')
        assert client is not there.client


def no_repository():
    with place() as there:
        version = there.import_echo()
        there.start()
        there.publish(version)
        there.kill()
        assert len(autostart(there)) == 1
        there.repository.rename(there.folder / 'elsewhere')
        assert there.start_program().wait(60) == 1
        assert autostart(there) == [] and not there.repository.exists()


def idle():
    with served() as (there, uid):
        there.stop()
        # A service keeps it, then a client does.
        there.start('--idle-timeout', '0')
        there.wait_state(uid, 'running')
        there.client.close()
        client = there.connect()
        assert client.facts['pid'] == there.process.pid
        client.call('stop', uid=uid)
        there.wait_state(uid, 'stopped')
        assert there.process.poll() is None
        client.close()
        assert there.wait_end() == 0
        assert there.socket_path is None and there.row(uid)['state'] == 'stopped'


def stale_socket():
    with place() as there:
        there.import_echo()
        there.start()
        path = there.socket_path
        there.kill()
        assert path.exists()
        there.runtime.joinpath('granary').chmod(0o755)
        there.start()
        assert there.socket_path == path and path.parent.stat().st_mode & 0o777 == 0o700
        there.stop()


def hostile():
    with served() as (there, uid):
        version = there.version('echo')
        lines = [
            b'', b'{', b'[]', b'null', b'7', b'"x"', b'\x00', b'\xff\xfe', b'{} {}',
            b'{"id": "x", "verb": "stop"}', b'{"id": 1}', b'{"id": 1, "verb": 7}',
            b'{"id": 1e99, "verb": "stop"}', b'{"id": 1, "verb": "fly"}',
            b'{"id": 1, "verb": "stop"}', b'{"id": 1, "verb": "stop", "arguments": []}',
            b'{"id": 1, "verb": "stop", "arguments": {"uid": 7}}',
            b'{"id": 1, "verb": "stop", "arguments": {"uid": "../../x"}}',
            b'{"id": 1, "verb": "remove", "arguments": {"uid": "svc-"}}',
            b'{"id": 1, "verb": "remove", "arguments": {"uid": "lock"}}',
            b'{"id": 1, "verb": "publish", "arguments": {}}',
            b'{"id": 1, "verb": "publish", "arguments": {"version_id": -1, "name": "x"}}',
            b'{"id": 1, "verb": "publish", "arguments": {"version_id": 1}}',
            b'{"id": 1, "verb": "publish", "arguments": {"version_id": 1, "name": "x",'
            b' "group_uid": "y"}}',
            b'{"id": 1, "verb": "publish", "arguments": {"version_id": 1, "name": "x",'
            b' "profile": {"environment": ["=1"]}}}',
            b'{"id": 1, "verb": "publish", "arguments": {"version_id": 1, "name": "a/../b"}}',
            b'{"id": 1, "verb": "cancel", "arguments": {"request": "x"}}',
            b'{"id": 1, "verb": "hello", "arguments": {"protocol": "x", "version": 9}}',
            b'[' * 100000, b'{"a":' * 100000,
            b'{"id": 1, "verb": "' + b'x' * 100000 + b'"}',
        ]
        for line in lines:
            client = Client(there.socket_path)
            client.socket.sendall(line + b'\n{"id": 77, "verb": "hello", "arguments": {}}\n')
            wait_for(lambda: client.receive()['id'] == 77, f'answer after {line[:60]}')
            client.close()

        # Too long a line ends the connection, as does not reading the answers.
        client = Client(there.socket_path)
        with contextlib.suppress(OSError):
            client.socket.sendall(b'x' * (LINE_MAX + 65536))
        with contextlib.suppress(ConnectionResetError):
            assert client.receive() is None
        client = Client(there.socket_path)
        line = b'{"id": 1, "verb": "' + b'y' * 100000 + b'"}\n'
        try:
            for _ in range(2000):
                client.socket.sendall(line)
        except OSError:
            pass
        else:
            raise Missed('it goes on taking what it cannot answer')

        # Clients beyond a bound are sent away; those that are there stay.
        crowd = [Client(there.socket_path, greet=False) for _ in range(80)]
        assert there.client.call('cancel', request=1) == {}
        for one in crowd:
            one.close()

        assert there.connect().facts['pid'] == there.process.pid
        assert there.word(uid) == 'first' and len(there.services()) == 1
        there.stop()


def stranger():
    """Of another version it is told who this is, and can only make it end."""
    with place() as there:
        there.import_echo()
        there.start()
        client = Client(there.socket_path, greet=False)
        assert refused(client.call, 'stop', uid='svc-a').reason == 'SUPERVISOR_OTHER'
        facts = client.call('hello', protocol=99, version='9.9')
        assert facts['pid'] == there.process.pid and facts['protocol'] == 1, facts
        assert refused(client.call, 'stop', uid='svc-a').reason == 'SUPERVISOR_OTHER'
        client.call('quit')
        assert there.wait_end() == 0


CHECKS = (two_programs, many_starts, program_killed, killed_at_every_moment, run_killed,
          crash_loop, ended, terminal_gone, port_taken, systemd_hangs, interpreter_gone, files_gone,
          left_behind, moved, other_name, at_login, no_repository, idle, stale_socket, hostile,
          stranger)

if __name__ == '__main__':
    tap = Tap()
    for check in CHECKS:
        tap.check(check.__name__.replace('_', ' '), check)
    tap.done()
