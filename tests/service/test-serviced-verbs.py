# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done with services of a repository, through granary-serviced, and what is refused."""

import json
import os
import pathlib
import stat
import zipfile

from serviced import ECHO, REASONS, Refused, Tap, kill, place, refused, served, wait_for

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def publish():
    with place() as there:
        version = there.import_echo()
        there.start()
        assert there.client.facts['sandbox'] is True
        uid = there.publish(version, 'digits-1')

        row = there.row(uid)
        assert (row['name'], row['number'], row['model_name'], row['version_number']) == (
            'digits-1', 1, 'echo', 1), row
        assert (row['is_wanted'], row['failure'], row['available']) == (1, 'none', 1), row
        assert 0 < row['files_as_of'] <= row['started'] == row['created'], row
        assert row['group_uid'].startswith('grp-') and uid.startswith('svc-'), row
        assert os.path.isabs(json.loads(row['profile'])['python']), row

        assert there.word(uid) == 'first'
        assert there.ask(uid, {}, token='0' * 64)[0] == 401

        token = there.path(uid, 'token')
        assert stat.S_IMODE(token.stat().st_mode) == 0o600
        assert len(there.token(uid)) == 64 and int(there.token(uid), 16) >= 0
        assert stat.S_IMODE(there.path(uid).stat().st_mode) == 0o700
        stored = there.repository / 'models' / 'echo' / 'v1'
        snapshot = there.path(uid, 'revision-1')
        assert sorted(os.listdir(snapshot)) == sorted(os.listdir(stored))
        for name in os.listdir(stored):
            assert stat.S_IMODE((snapshot / name).stat().st_mode) == 0o444, name
            is_linked = os.path.samefile(snapshot / name, stored / name)
            assert is_linked == (name == 'word.txt'), name
        there.stop()


def sample():
    """The bundled one, and its file alone with the built-in handler."""
    digits = SOURCE / 'data' / 'samples' / 'digits'
    paper = [[0] * 8 for _ in range(8)]
    with place() as there:
        version = there.import_files('digits', *(digits / name for name in os.listdir(digits)))
        alone = there.import_files('plain', digits / 'digits.onnx')
        there.start()
        uid = there.publish(version, 'digits')
        status, answer = there.ask(uid, {'image': paper})
        assert status == 200 and answer['results'][0]['digit'] in '0123456789', answer
        plain = there.publish(alone, 'plain')
        status, answer = there.ask(plain, {'image': [sum(paper, [])]})
        assert status == 200, answer
        there.stop()


def groups():
    with place() as there:
        version = there.import_echo()
        client = there.start()
        first = there.publish(version, 'one')
        group = there.row(first)['group_uid']

        def add():
            return client.call('publish', version_id=version, group_uid=group, profile={})['uid']

        second = add()
        assert (there.row(second)['name'], there.row(second)['number']) == ('one', 2)
        assert refused(there.publish, version, 'one').reason == 'SERVICE_NAME_TAKEN'
        for name in ('', '-x', 'a b', 'a/b', '名', 'x' * 61):
            assert refused(there.publish, version, name).reason == 'SERVICE_NAME_INVALID', name
        assert refused(client.call, 'publish', version_id=version, group_uid='grp-none',
                       profile={}).reason == 'SERVICE_MISSING'

        # Of two at once with one name, one comes too late.
        numbers = [client.send('publish', version_id=version, name='race', profile={})
                   for _ in range(2)]
        answers = [client.receive(), client.receive()]
        assert sorted(answer['id'] for answer in answers) == numbers
        late = [answer['error'] for answer in answers if 'error' in answer]
        assert len(late) == 1 and REASONS[late[0]['reason']] == 'SERVICE_NAME_TAKEN', answers
        race = [row['uid'] for row in there.services() if row['name'] == 'race']
        assert len(race) == 1 and there.leftovers() == []
        client.call('remove', uid=race[0])

        # A number is not used again while the group is there.
        client.call('remove', uid=second)
        third = add()
        assert there.row(third)['number'] == 3
        client.call('remove', uid=third)
        client.call('remove', uid=first)
        assert there.services() == [] and there.leftovers() == []
        there.publish(version, 'one')
        assert there.services()[0]['number'] == 1
        there.stop()


def update():
    with served() as (there, uid):
        client = there.client
        version = there.version('echo')
        before = there.row(uid)

        there.cli('upload', 'echo:v1', '--replace', there.write('word.txt', 'second'))
        assert there.word(uid) == 'first'
        changed = there.query('SELECT files_changed FROM versions WHERE id = ?', version)[0]
        assert changed['files_changed'] > there.row(uid)['files_as_of']

        after = there.update_service(uid)
        assert there.word(uid) == 'second'
        assert changed['files_changed'] < after['files_as_of']
        assert after['url'] == before['url'] and there.revisions(uid) == ['revision-2']
        assert after['created'] == before['created'] < after['started']

        # One that was stopped runs again, with the profile that came with it.
        there.stop_service(uid)
        there.cli('upload', 'echo:v1', '--replace', there.write('word.txt', 'third'))
        client.call('update', uid=uid, profile={'request_timeout': 7})
        row = there.wait_state(uid, 'running')
        assert there.word(uid) == 'third' and there.revisions(uid) == ['revision-3']
        assert json.loads(row['profile'])['request_timeout'] == 7, row
        there.stop()


def update_broken():
    """What cannot be loaded is what is served from then on, and says so."""
    with served() as (there, uid):
        client = there.client
        there.cli('upload', 'echo:v1', '--replace', there.write('model_service.py', 'import nothing_x'))
        client.call('update', uid=uid)
        row = there.wait_state(uid, 'failed')
        assert row['failure'] == 'import' and 'nothing_x' in row['failure_detail'], row
        assert row['is_wanted'] == 0 and not there.answers(uid), row

        there.cli('upload', 'echo:v1', '--replace', there.write('model_service.py', ECHO))
        there.update_service(uid, failure='none')
        assert there.word(uid) == 'first'
        there.stop()


def deleted():
    with served() as (there, uid):
        client = there.client
        version = there.version('echo')

        there.cli('delete', 'echo:v1', '--yes')
        assert there.word(uid) == 'first'
        # By itself it comes back from its snapshot.
        there.ask(uid, {'die': True})
        there.wait_state(uid, 'running', n_restarts=1)
        assert there.word(uid) == 'first'
        error = refused(client.call, 'update', uid=uid)
        assert (error.reason, error.subject) == ('SERVICE_VERSION_DELETED', 'service #1')
        assert there.word(uid) == 'first'

        there.stop_service(uid)
        error = refused(client.call, 'start', uid=uid)
        assert (error.reason, error.code) == ('SERVICE_VERSION_DELETED', 'not-found')
        assert refused(client.call, 'publish', version_id=version, name='again',
                       profile={}).reason == 'VERSION_MISSING'
        assert there.row(uid)['state'] == 'stopped' and there.leftovers() == []

        entry = there.query('SELECT uid FROM trash')[0]['uid']
        there.cli('trash', 'restore', entry)
        there.start_service(uid)
        assert there.word(uid) == 'first'

        # The same with the whole model, for good.
        there.cli('delete', 'echo', '--yes')
        there.cli('trash', 'empty', '--yes')
        assert there.word(uid) == 'first'
        there.stop_service(uid)
        assert refused(client.call, 'start', uid=uid).reason == 'SERVICE_VERSION_DELETED'
        client.call('remove', uid=uid)
        assert there.services() == [] and there.leftovers() == []
        there.stop()


def stop_and_start():
    with served() as (there, uid):
        client = there.client
        url = there.row(uid)['url']
        # What is so already is no error.
        client.call('start', uid=uid)
        client.call('stop', uid=uid)
        row = there.wait_state(uid, 'stopped')
        assert (row['is_wanted'], row['available'], row['url']) == (0, 0, url), row
        assert not there.answers(uid) and there.runs(uid) == []
        client.call('stop', uid=uid)

        there.start_service(uid)
        assert there.row(uid)['url'] == url and there.word(uid) == 'first'

        # All at once: the last word counts.
        numbers = [client.send(verb, uid=uid)
                   for verb in ('stop', 'start', 'stop', 'update', 'start', 'stop')]
        answers = [client.receive() for _ in numbers]
        assert sorted(answer['id'] for answer in answers) == numbers
        there.wait_state(uid, 'stopped', is_wanted=0)
        wait_for(lambda: there.runs(uid) == [], 'end of all runs')
        there.start_service(uid)
        assert there.revisions(uid) == ['revision-2'], there.revisions(uid)
        there.stop()


def remove():
    slow = ECHO.replace('        return True', '        import time; time.sleep(600)')
    with served() as (there, uid):
        client = there.client
        client.call('remove', uid=uid)
        assert there.services() == [] and there.leftovers() == []
        wait_for(lambda: there.runs(uid) == [], 'end of the run')
        for verb in ('start', 'stop', 'update', 'remove'):
            assert refused(client.call, verb, uid=uid).reason == 'SERVICE_MISSING', verb

        # While it is starting, and by two at once.
        version = there.import_echo('slow', slow)
        uid = client.call('publish', version_id=version, name='slow', profile={})['uid']
        wait_for(lambda: there.runs(uid), 'run')
        one, other = client.send('remove', uid=uid), client.send('remove', uid=uid)
        answers = {answer['id']: answer for answer in (client.receive(), client.receive())}
        assert 'error' in answers[other] and 'error' not in answers[one], answers
        assert there.services() == [] and there.leftovers() == []
        wait_for(lambda: there.runs(uid) == [], 'end of the run')
        there.stop()


def unservable():
    with place() as there:
        nothing = there.import_files('nothing', there.write('weights.bin', 'x'))
        two = there.import_files('two', there.write('a.onnx', 'x'), there.write('b.onnx', 'y'))
        client = there.start()
        for version, subject in ((nothing, 'nothing v1'), (two, 'two v1')):
            error = refused(there.publish, version)
            assert (error.reason, error.subject) == ('HANDLER_MISSING', subject), error
        assert refused(there.publish, 999).reason == 'VERSION_MISSING'
        echo = there.import_echo()
        error = refused(there.publish, echo, python='/nowhere/python3')
        assert (error.reason, error.subject) == ('PYTHON_MISSING', '/nowhere/python3'), error
        with_bad_name = refused(there.publish, echo, environment=['A-B=1'])
        assert with_bad_name.code == 'invalid-input', with_bad_name
        assert there.services() == [] and there.leftovers() == []
        assert client.facts['pid'] == there.process.pid
        there.stop()


def requirements():
    with place() as there:
        version = there.import_files('wants', there.write('model_service.py', ECHO),
                                     there.write('word.txt', 'x'),
                                     there.write('requirements.txt', 'no-such-package>=3\n'))
        client = there.start()
        uid = client.call('publish', version_id=version, name='wants', profile={})['uid']
        row = there.wait_state(uid, 'failed')
        assert row['failure'] == 'requirements' and 'no-such-package' in row['failure_detail'], row
        there.stop()


def make_wheel(folder, name, version, code):
    facts = f'{name}-{version}.dist-info'
    with zipfile.ZipFile(folder / f'{name}-{version}-py3-none-any.whl', 'w') as wheel:
        wheel.writestr(f'{name}.py', code)
        wheel.writestr(f'{facts}/METADATA',
                       f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n')
        wheel.writestr(f'{facts}/WHEEL', 'Wheel-Version: 1.0\nGenerator: test\n'
                       'Root-Is-Purelib: true\nTag: py3-none-any\n')
        wheel.writestr(f'{facts}/RECORD', '')


def install():
    code = ECHO.replace("'word': self.word", "'word': __import__('granary_word').WORD")
    with place() as there:
        packages = there.folder / 'packages'
        packages.mkdir()
        make_wheel(packages, 'granary_word', '1.0', 'WORD = "installed"')
        there.environment.update(PIP_NO_INDEX='1', PIP_FIND_LINKS=str(packages))
        version = there.import_files('wants', there.write('model_service.py', code),
                                     there.write('word.txt', 'x'),
                                     there.write('requirements.txt', 'granary-word==1.0\n'))
        client = there.start()
        uid = there.publish(version, install_requirements=True)
        assert there.word(uid) == 'installed'

        # Neither a restart nor the next login needs what it was installed from.
        (packages / 'granary_word-1.0-py3-none-any.whl').unlink()
        there.ask(uid, {'die': True})
        there.wait_state(uid, 'running', n_restarts=1)
        there.kill()
        client = there.start()
        there.wait_again(uid, n_restarts=0)
        assert there.word(uid) == 'installed'

        there.cli('upload', 'wants:v1', '--replace',
                  there.write('requirements.txt', 'granary-word==2.0\n'))
        client.call('update', uid=uid)
        row = there.wait_state(uid, 'failed')
        assert row['failure'] == 'install' and 'granary-word' in row['failure_detail'], row
        make_wheel(packages, 'granary_word', '2.0', 'WORD = "again"')
        there.start_service(uid, failure='none')
        assert there.word(uid) == 'again'

        # Stopped while it is being installed.
        there.cli('upload', 'wants:v1', '--replace',
                  there.write('requirements.txt', 'granary-word==1.0\n'))
        client.call('update', uid=uid)
        there.stop_service(uid, is_wanted=0)
        wait_for(lambda: there.runs(uid) == [], 'end of the installer')
        client.call('remove', uid=uid)
        assert there.leftovers() == []
        there.stop()


def publishing(there, client, version):
    """Publishes a version that somebody is changing just now; the id of the request."""
    stored = there.repository / 'models' / 'echo' / 'v1' / 'word.txt'
    stored.parent.chmod(0o700)
    stored.rename(there.folder / 'aside')
    ids = there.query('SELECT model_id FROM versions WHERE id = ?', version)[0]
    there.execute('INSERT INTO operations (uid, session, kind, model_id, version_id, started)'
                  " VALUES ('x.1', 'x', 1, ?, ?, 0)", ids['model_id'], version)
    number = client.send('publish', version_id=version, name='late', profile={})
    wait_for(there.leftovers, 'begun snapshot')
    return number, stored


def publish_while_changed():
    """Between two steps of an upload it waits; then it has what the catalogue says."""
    with place() as there:
        version = there.import_echo()
        client = there.start()
        number, stored = publishing(there, client, version)
        assert there.services() == []
        (there.folder / 'aside').rename(stored)
        uid = client.result(number)['uid']
        there.wait_state(uid, 'running')
        assert there.word(uid) == 'first'
        there.stop()


def publish_cancelled():
    with place() as there:
        version = there.import_echo()
        client = there.start()
        number, stored = publishing(there, client, version)
        client.call('cancel', request=number)
        (there.folder / 'aside').rename(stored)
        assert client.receive_error(number)
        assert there.services() == [] and there.leftovers() == []

        # Of somebody else it is none of ours, and it goes on when we are gone.
        number, stored = publishing_again(there, client, version)
        other = there.connect()
        other.call('cancel', request=number)
        client.close()
        (there.folder / 'aside').rename(stored)
        wait_for(there.services, 'service')
        there.client = other
        there.wait_state(there.services()[0]['uid'], 'running')
        there.stop()


def publishing_again(there, client, version):
    there.execute("DELETE FROM operations WHERE uid = 'x.1'")
    return publishing(there, client, version)


def publish_while_deleted():
    with place() as there:
        version = there.import_echo()
        client = there.start()
        number, _stored = publishing(there, client, version)
        there.execute("UPDATE versions SET trash = 't-1' WHERE id = ?", version)
        assert refused(client.result, number).reason == 'VERSION_MISSING'
        assert there.services() == [] and there.leftovers() == []
        there.stop()


def changed_outside():
    """A file that is not what was stored is not served."""
    with place() as there:
        version = there.import_echo()
        there.start()
        stored = there.repository / 'models' / 'echo' / 'v1' / 'word.txt'
        stored.parent.chmod(0o700)
        stored.chmod(0o600)
        stored.write_text('FIRST', encoding='utf-8')
        assert refused(there.publish, version).reason == 'FILE_CHANGED'
        stored.write_text('first', encoding='utf-8')
        stored.chmod(0o444)
        uid = there.publish(version)
        assert there.word(uid) == 'first'
        stored.unlink()
        assert refused(there.publish, version, 'other').reason == 'FILE_MISSING'
        assert there.leftovers() == []
        there.stop()


def renamed():
    with served() as (there, uid):
        client = there.client
        number = client.send('update', uid=uid)
        models = there.repository / 'models'
        # As a rename does: first the catalogue, then the folder.
        there.execute("UPDATE models SET name = 'other', name_key = 'other'")
        (models / 'echo').rename(models / 'other')
        try:
            client.result(number)
        except Refused as error:  # the folder had neither name for a moment
            assert error.reason == 'FILE_MISSING', error
            client.call('update', uid=uid)
        there.wait_state(uid, 'running')
        row = there.update_service(uid, model_name='other')
        assert there.word(uid) == 'first' and len(there.revisions(uid)) == 1, row
        there.stop()


def no_sandbox():
    with place() as there:
        version = there.import_echo()
        (there.folder / 'bin').mkdir()
        there.environment['PATH'] = str(there.folder / 'bin')
        client = there.start()
        assert client.facts['sandbox'] is False
        assert refused(there.publish, version).reason == 'SANDBOX_MISSING'
        assert there.leftovers() == []
        uid = there.publish(version, allow_unsandboxed=True)
        assert there.word(uid) == 'first'
        run = there.runs(uid)
        assert run, 'no run'
        # What it was allowed is remembered with it.
        for pid in run:
            kill(pid)
        there.wait_state(uid, 'running', n_restarts=1)
        there.stop_service(uid)
        assert refused(client.call, 'start', uid=uid,
                       profile={'allow_unsandboxed': False}).reason == 'SANDBOX_MISSING'
        there.stop()


CHECKS = (publish, sample, groups, update, update_broken, deleted, stop_and_start, remove,
          unservable, requirements, install, publish_while_changed, publish_cancelled,
          publish_while_deleted, changed_outside, renamed, no_sandbox)

if __name__ == '__main__':
    tap = Tap()
    for check in CHECKS:
        tap.check(check.__name__.replace('_', ' '), check)
    tap.done()
