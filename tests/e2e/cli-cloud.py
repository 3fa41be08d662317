# SPDX-License-Identifier: GPL-3.0-or-later
"""granary-cli on a cloud connection: the test cloud, a private bus and a keyring of its own."""

import contextlib
import json
import os
import pathlib
import re
import stat
import subprocess
import sys

from cli_harness import PATIENCE, PROGRAM, Result, Tap, Terminal, box

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
import cloud as clouds  # noqa: E402
from cloud import BUCKET, REGION, SECRET_ID, SECRET_KEY, TOKEN, Cloud  # noqa: E402
from keyring import Keyring  # noqa: E402

SECRETS = (SECRET_KEY, TOKEN, clouds.TEMPORARY_SECRET_KEY, clouds.READ_ONLY_SECRET_KEY)
DEBUG = re.compile(rb'(?m)^\(granary-cli[^:\n]*:\d+\): [^\n]*DEBUG[^\n]*\n')
NAMES = ('TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY', 'TENCENTCLOUD_TOKEN',
         'TENCENTCLOUD_REGION')


class Place:
    """A box with an account: everything that is printed is kept, to look for secrets in it."""

    def __init__(self, inner, cloud, keyring):
        self.box = inner
        self.cloud = cloud
        self.keyring = keyring
        self.files = inner.files
        self.printed = []
        environment = inner.environment
        for name in NAMES:
            environment.pop(name, None)
        environment.update(keyring.environment)
        environment.update({'XDG_CONFIG_HOME': str(inner.folder / 'config'),
                            'XDG_CACHE_HOME': str(inner.folder / 'cache'),
                            'XDG_RUNTIME_DIR': str(inner.folder / 'run'),
                            'GRANARY_RETRY_SCALE': '0.02', 'G_MESSAGES_DEBUG': 'all'})
        environment.pop('DISPLAY', None)
        (inner.folder / 'run').mkdir(mode=0o700)

    def run(self, *arguments, code=0, given=None, **environment):
        process = subprocess.run(
            [PROGRAM, *map(os.fspath, arguments)], env={**self.box.environment, **environment},
            input=given.encode() if given is not None else b'', stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
        self.printed.append(process.stdout + process.stderr)
        # Debug messages are looked at for secrets only.
        result = Result(process.returncode, DEBUG.sub(b'', process.stdout),
                        DEBUG.sub(b'', process.stderr))
        assert result.code == code, f'{arguments}: expected exit {code}, got {result!r}'
        return result

    def json(self, *arguments, code=0, **options):
        return self.run('--json', *arguments, code=code, **options)

    def error(self, *arguments, code=1, **options):
        """The error of a command, which has to have a sentence and a way out."""
        error = self.json(*arguments, code=code, **options).error
        assert error['message'], error
        return error

    def connect(self, name='demo', *options, code=0, given=None, **environment):
        endpoints = []
        for service, url in self.cloud.endpoints().items():
            endpoints += ['--endpoint', f'{service}={url}']
        return self.json('connect', name, '--region', REGION, '--bucket', BUCKET, *endpoints,
                         *options, code=code,
                         given=f'{SECRET_ID}\n{SECRET_KEY}\n' if given is None else given,
                         **environment)

    def assert_no_secret(self):
        for secret in SECRETS:
            for printed in self.printed:
                assert secret.encode() not in printed, printed.decode(errors='replace')
            for folder, _folders, names in os.walk(self.box.folder):
                # The keyring's own file is encrypted; it is looked at all the same.
                for name in names:
                    path = pathlib.Path(folder, name)
                    # Not sockets, and not what a link leads to.
                    content = path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) else b''
                    assert secret.encode() not in content, f'{secret} is in {folder}/{name}'


@contextlib.contextmanager
def connected(seed='demo', daemon=True, connect=True):
    with box() as inner, Cloud(seed) as cloud, \
            Keyring(inner.folder / 'keyring', daemon) as keyring:
        place = Place(inner, cloud, keyring)
        if connect:
            place.connect()
        yield place
        place.assert_no_secret()


def first_model(place):
    models = place.json('-r', 'demo', 'models').json['models']
    return next(model for model in models if model['versions'])


def connecting():
    with connected(connect=False) as place:
        made = place.connect().json
        assert made['connection'] == 'demo' and made['region'] == REGION, made
        assert [(check['check'], check['reason']) for check in made['checks']] == [
            (name, None) for name in ('network', 'key', 'models', 'storage', 'tags')], made
        assert place.keyring.count() == 1
        listed = place.json('connections').json['connections']
        assert [(one['name'], one['bucket']) for one in listed] == [('demo', BUCKET)], listed
        assert listed[0]['endpoints']['cos'] == place.cloud.cos_template, listed
        assert 'demo' in place.run('connections').out

        # The same name again, also in another case; --replace changes it, and keeps its id.
        assert place.connect('DEMO', code=1).error['reason'] == 'connection-exists'
        again = place.connect('demo', '--replace', '--prefix', 'granary').json
        assert again['id'] == made['id'], again
        assert place.json('connections').json['connections'][0]['prefix'] == 'granary/'
        assert place.keyring.count() == 1

        place.run('connections', 'remove', 'demo', '--yes', '--purge')
        assert place.keyring.count() == 0
        assert place.json('connections').json == {'connections': []}
        kept = place.box.folder / 'data' / 'granary-connections'
        assert not kept.exists() or not list(kept.iterdir()), list(kept.iterdir())
        assert place.error('connections', 'remove', 'demo', '--yes')['reason'] == \
            'connection-missing'


def refusing():
    """Each thing that can be wrong is named; nothing is stored then."""
    with connected(connect=False) as place:
        def refuse(reason, *options, given=None, before=None):
            place.cloud.control(clear_faults=True, **(before or {}))
            result = place.connect('x', *options, code=1, given=given)
            error = result.error
            assert error['reason'] == reason, (reason, error)
            assert error['message'].endswith(('.', '。')), error
            assert place.json('connections').json == {'connections': []}
            assert place.keyring.count() == 0
            return error

        refuse('key-wrong', given=f'{SECRET_ID}\nwrongwrong\n')
        refuse('key-unknown', given=f'AKIDNOBODY\n{SECRET_KEY}\n')
        refuse('key-incomplete', given='')
        refuse('key-incomplete', given=f'{SECRET_ID}\n')
        refuse('key-malformed', given=f'{SECRET_ID}\nwith space\n')
        refuse('key-incomplete', '--token', given=f'{SECRET_ID}\n{SECRET_KEY}\n')
        refuse('token-expired', '--token', before={'expire_token': True},
               given=f'{clouds.TEMPORARY_SECRET_ID}\n{clouds.TEMPORARY_SECRET_KEY}\n{TOKEN}\n')
        fault = {'kind': 'api_error', 'code': 'AuthFailure.SignatureExpire'}
        refuse('clock-skewed',
               before={'faults': [{'match': {'service': 'sts'}, 'times': -1, 'do': fault}]})
        fault = {'kind': 'api_error', 'code': 'UnauthorizedOperation'}
        error = refuse('action-forbidden', before={
            'faults': [{'match': {'service': 'tione'}, 'times': -1, 'do': fault}]})
        assert error['subject'].startswith('tione:Describe'), error
        assert error['remote_code'] == 'UnauthorizedOperation' and error['request_id'], error
        refuse('bucket-missing', '--bucket', 'nothere-1250000000')
        refuse('endpoint-invalid', '--endpoint', 'cos=ftp://x')
        refuse('bucket-name', '--bucket', 'Not/A/Bucket')
        refuse('object-key', '--prefix', '../x')
        refuse('host-unreachable', '--endpoint', 'sts=http://127.0.0.1:1')
        place.cloud.control(clear_faults=True)
        assert place.error('connect', 'a/b', '--region', REGION)['reason'] == 'connection-name'
        assert place.error('connect', 'x', '--region', 'ap nowhere')['reason'] == 'region-unknown'
        assert place.connect('x', '--region', 'ap-nowhere', code=1).error['reason'] == \
            'region-unknown'

        # What is wrong is shown as a table as well; --no-test stores it all the same.
        place.connect('x', '--no-test', given=f'{SECRET_ID}\nwrongwrong\n')
        assert place.error('-r', 'x', 'models')['reason'] == 'key-wrong'


def temporary_key():
    with connected(connect=False) as place:
        place.connect('demo', '--token', given=f'{clouds.TEMPORARY_SECRET_ID}\n'
                      f'{clouds.TEMPORARY_SECRET_KEY}\n{TOKEN}\n')
        assert place.json('-r', 'demo', 'refresh').json['models'] > 0
        place.cloud.control(expire_token=True)
        error = place.error('-r', 'demo', 'refresh')
        assert error['reason'] == 'token-expired' and error['subject'] == 'demo', error


def terminal():
    """On a terminal the key is asked for, and not shown."""
    with connected(connect=False) as place:
        options = []
        for service, url in place.cloud.endpoints().items():
            options += ['--endpoint', f'{service}={url}']
        shell = Terminal(place.box, 'connect', 'demo', '--region', REGION, *options,
                         G_MESSAGES_DEBUG='')
        shell.wait_for('SecretId:')
        shell.type(SECRET_ID + '\n')
        shell.wait_for('SecretKey')
        shell.type(SECRET_KEY + '\n')
        code, out, seen = shell.end()
        place.printed += [out.encode(), seen.encode()]
        assert code == 0, (code, out, seen)
        assert SECRET_ID in seen and SECRET_KEY not in seen, seen

        # Ctrl-C in between leaves nothing, and the terminal as it was.
        shell = Terminal(place.box, 'connect', 'other', '--region', REGION, *options,
                         G_MESSAGES_DEBUG='')
        shell.wait_for('SecretId:')
        shell.type(SECRET_ID + '\n')
        shell.wait_for('SecretKey')
        shell.type('\x03')
        code, out, seen = shell.end()
        assert code == 130, (code, out, seen)
        assert len(place.json('connections').json['connections']) == 1

        shell = Terminal(place.box, 'connections', 'remove', 'demo', G_MESSAGES_DEBUG='')
        shell.wait_for('[y/N]')
        shell.type('y\n')
        shell.wait_for('this computer as well')
        shell.type('n\n')
        assert shell.end()[0] == 0
        assert place.keyring.count() == 0


def keyrings():
    """Missing, locked, emptied: said as what it is; what was seen last can still be read."""
    with connected(daemon=False, connect=False) as place:
        assert place.connect(code=1).error['reason'] == 'keyring-missing'
        assert place.json('connections').json == {'connections': []}

    with connected() as place:
        total = place.json('-r', 'demo', 'models').json['total']
        assert total > 0
        place.keyring.lock()
        assert place.json('-r', 'demo', 'models').json['total'] == total
        error = place.error('-r', 'demo', 'refresh')
        assert (error['reason'], error['subject']) == ('keyring-locked', 'demo'), error
        assert place.error('connections', 'remove', 'demo', '--yes')['reason'] == 'keyring-locked'
        assert len(place.json('connections').json['connections']) == 1

        place.keyring.stop()
        assert place.json('-r', 'demo', 'models').json['total'] == total
        place.cloud.stop()
        assert place.json('-r', 'demo', 'models').json['total'] == total


def environment():
    """A key of the environment is used for one run, and not kept."""
    with connected(daemon=False, connect=False) as place:
        key = place.cloud.environment()
        made = place.connect(given='', **key)
        assert any('environment' in message.get('note', {}).get('message', '')
                   for message in made.messages), made
        assert place.error('-r', 'demo', 'models')['reason'] == 'keyring-missing'
        assert place.json('-r', 'demo', 'models', **key).json['total'] > 0
        assert place.json('-r', 'demo', 'models').json['total'] > 0

        wrong = dict(key, TENCENTCLOUD_SECRET_KEY='wrongwrong')
        assert place.error('-r', 'demo', 'refresh', **wrong)['reason'] == 'key-wrong'
        half = {'TENCENTCLOUD_SECRET_ID': SECRET_ID}
        error = place.error('-r', 'demo', 'refresh', **half)
        assert (error['reason'], error['subject']) == ('key-incomplete',
                                                       'TENCENTCLOUD_SECRET_KEY'), error
        # A repository on this computer does not care.
        place.json('models', **half)

        # Another region is another repository, with a catalogue of its own.
        shanghai = dict(key, TENCENTCLOUD_REGION='ap-shanghai')
        here = place.json('-r', 'demo', 'models', **key).json['total']
        there = place.json('-r', 'demo', 'models', **shanghai).json['total']
        assert there < here, (here, there)
        assert place.json('-r', 'demo', 'models', **key).json['total'] == here

        missing = place.error('-r', 'nothing', 'models', code=2, **key)
        assert 'granary-cli connect nothing' in missing['message'], missing
        error = place.error('cos', 'ls', code=2)
        assert 'TENCENTCLOUD_SECRET_ID' in error['message'], error
        key.pop('TENCENTCLOUD_REGION')
        assert 'TENCENTCLOUD_REGION' in place.error('cos', 'ls', code=2, **key)['message']


def reading():
    with connected() as place:
        listed = place.json('-r', 'demo', 'models').json
        assert listed['total'] == len(listed['models']) > 20
        model = first_model(place)
        assert model['size'] is None or model['size'] > 0, model
        shown = place.json('-r', 'demo', 'show', model['id']).json
        assert shown['name'] == model['name'] and shown['versions'], shown
        assert all(version['size'] is None or version['size'] >= 0
                   for version in shown['versions']), shown
        number = shown['latest']
        text = place.run('-r', 'demo', 'show', f'{model["id"]}:{number}').out
        assert 'cos://' in text, text
        assert '—' in place.run('-r', 'demo', 'models').out
        assert place.error('-r', 'demo', 'trash')['reason'] == 'no-trash'
        assert place.error('-r', 'demo', 'show', 'nothing')['reason'] == 'model-missing'


def refreshing():
    """Models of an account that is offered no list are found, or added by their id."""
    with connected(seed='none') as place:
        assert place.json('-r', 'demo', 'models').json['total'] == 0
        place.cloud.control(withdrawn=True)
        made = place.cloud.control(create_model={'name': 'by-hand', 'versions': [{}]})
        uid = made['model_id']
        place.json('-r', 'demo', 'refresh')
        found = place.json('-r', 'demo', 'refresh', uid).json
        assert found['models'] == 1, found
        assert place.json('-r', 'demo', 'show', 'by-hand').json['id'] == uid
        assert place.json('-r', 'demo', 'refresh', 'by-hand').json['models'] == 1
        assert place.json('-r', 'demo', 'refresh').json['models'] == 1, 'it is remembered'
        assert place.error('-r', 'demo', 'refresh', 'no such')['reason'] == 'model-missing'
        place.error('-r', 'demo', 'refresh', 'm-404404')


def writing():
    with connected() as place:
        for index in range(3):
            place.box.write(f'new/{index}.bin', os.urandom(100_000 + index))
        made = place.json('-r', 'demo', 'import', 'from-cli', '--files', place.files / 'new',
                          '--framework', 'PyTorch', '--tag', 'team=命令行').json
        assert made['version'] == 'v1', made
        shown = place.json('-r', 'demo', 'show', 'from-cli').json
        assert shown['tags'].get('team') == '命令行', shown
        assert len(shown['versions'][0]['files']) >= 3, shown

        tags = place.json('-r', 'demo', 'tag', 'from-cli', 'stage=test', '--remove', 'team').json
        assert tags['tags'].get('stage') == 'test' and 'team' not in tags['tags'], tags

        place.box.write('more.txt', 'more')
        place.json('-r', 'demo', 'upload', 'from-cli:v1', place.files / 'more.txt')
        place.box.write('more.txt', 'other')
        assert place.error('-r', 'demo', 'upload', 'from-cli:v1',
                           place.files / 'more.txt')['reason'] == 'would-replace'
        place.json('-r', 'demo', 'upload', 'from-cli:v1', place.files / 'more.txt', '--replace')

        (place.files / 'got').mkdir()
        got = place.json('-r', 'demo', 'download', 'from-cli:v1', place.files / 'got').json
        folder = pathlib.Path(got['folders'][0])
        assert (folder / 'more.txt').read_text() == 'other'
        for index in range(3):
            assert (folder / f'{index}.bin').read_bytes() == \
                (place.files / f'new/{index}.bin').read_bytes()
        assert place.json('-r', 'demo', 'verify', 'from-cli').json['problems'] == []

        place.box.write('cos/model.onnx', b'x' * 1000)
        place.json('-r', 'demo', 'cos', 'put', place.files / 'cos', f'cos://{BUCKET}/given/')
        taken = place.json('-r', 'demo', 'import', 'from-cos', '--cos', f'cos://{BUCKET}/given/',
                           '--framework', 'ONNX').json
        assert taken['version'] == 'v1', taken

        gone = place.json('-r', 'demo', 'delete', 'from-cli:v1', '--yes').json
        assert gone['trash'] is None, gone
        place.json('-r', 'demo', 'delete', 'from-cos', '--yes', '--keep-files')
        assert place.error('-r', 'demo', 'show', 'from-cos')['reason'] == 'model-missing'
        kept = place.json('-r', 'demo', 'cos', 'ls', '-R', f'cos://{BUCKET}/given/').json['objects']
        assert [item['key'] for item in kept] == ['given/model.onnx'], kept


def services():
    """What costs money is shown and agreed to first; then it is as on this computer."""
    with connected() as place:
        kind = 'TI.S.MEDIUM.POST'
        place.box.write('new/model_service.py', 'class Model:\n    pass\n')
        place.json('-r', 'demo', 'import', 'to-serve', '--files', place.files / 'new',
                   '--framework', 'PyTorch')
        before = place.json('-r', 'demo', 'services').json['services']
        assert all(one['token'] is None for one in before), before
        assert place.json('-r', 'demo', 'services', 'to-serve').json == {'services': []}

        assert place.error('-r', 'demo', 'publish', 'to-serve:v1')['reason'] == 'spec-unset'
        assert place.error('-r', 'demo', 'publish', 'to-serve:v1', '--network', code=2)[
            'code'] == 'usage'
        assert place.error('-r', 'demo', 'publish', 'to-serve:v1', '--instance-type', kind,
                           code=2)['code'] == 'usage', 'without a terminal nobody agrees'
        terminal = Terminal(place.box, '-r', 'demo', 'publish', 'to-serve:v1', '--instance-type',
                            kind, '--replicas', '2', G_MESSAGES_DEBUG='')
        terminal.wait_for('[y/N]')
        terminal.type('n\n')
        code, out, seen = terminal.end()
        assert code == 130 and out == '' and '¥1.36' in seen, (code, out, seen)
        assert place.json('-r', 'demo', 'services', 'to-serve').json == {'services': []}

        made = place.json('-r', 'demo', 'publish', 'to-serve:v1', '--service', 'from-cli',
                          '--instance-type', kind, '--accept-price').json
        assert (made['name'], made['status'], made['token']) == ('from-cli', 'running', None), made
        listed = place.json('-r', 'demo', 'services', 'to-serve').json['services']
        assert [one['id'] for one in listed] == [made['id']], listed
        assert place.error('-r', 'demo', 'logs', 'from-cli')['reason'] == 'service-log-elsewhere'
        assert place.json('-r', 'demo', 'stop', 'from-cli').json['status'] == 'stopped'
        assert place.error('-r', 'demo', 'start', 'from-cli', code=2)['code'] == 'usage'
        started = place.json('-r', 'demo', 'start', 'from-cli', '--accept-price').json
        assert started['status'] == 'running', started
        place.run('-r', 'demo', 'remove', 'from-cli', '--yes')
        assert place.json('-r', 'demo', 'services', 'to-serve').json == {'services': []}

        # What costs nothing, all reductions taken off, needs nobody to agree.
        place.cloud.control(price_percent=2)
        free = place.json('-r', 'demo', 'publish', 'to-serve:v1', '--service', 'free',
                          '--instance-type', kind).json
        assert free['status'] == 'running', free

        # Hundredths of a card are counted as they are typed.
        place.cloud.control(clear_log=True)
        place.json('-r', 'demo', 'publish', 'to-serve:v1', '--service', 'paid', '--no-wait',
                   '--resource-group', 'rsg-testcloud', '--cpu', '4.35', '--memory', '8G',
                   '--gpu-cards', '0.29', '--gpu-type', 'T4')
        created, = [json.loads(entry['body']) for entry in place.cloud.log()
                    if entry['action'] == 'CreateModelService']
        assert created['Resources'] == {'Cpu': 4350, 'Memory': 8192, 'Gpu': 29, 'GpuType': 'T4'}, \
            created

        # One that does not stop is not waited for without end.
        body = {'Response': {'RequestId': '1', 'Service': {
            'ServiceId': free['id'], 'ServiceGroupName': 'free', 'Status': 'Normal'}}}
        place.cloud.control(faults=[{'match': {'action': 'DescribeModelService'}, 'times': -1,
                                     'do': {'kind': 'malformed', 'body': json.dumps(body)}}])
        assert place.error('-r', 'demo', 'stop', 'free')['reason'] == 'service-state'
        place.cloud.control(clear_faults=True)
        place.run('-r', 'demo', 'refresh')

        # Nor one that the account may not look at, alone or in the list.
        place.cloud.control(faults=[
            {'match': {'action': action}, 'times': -1,
             'do': {'kind': 'api_error', 'code': 'UnauthorizedOperation'}}
            for action in ('DescribeModelService', 'DescribeModelServiceGroups')])
        assert place.error('-r', 'demo', 'start', 'free')['reason'] == 'service-untold'
        place.cloud.control(clear_faults=True)

        # What a server calls them moves no cursor.
        place.cloud.control(create_service={'name': 'red \x1b[31m ink', 'status': 'CREATE_FAILED'})
        place.run('-r', 'demo', 'refresh')
        shown = place.run('-r', 'demo', 'services')
        assert 'ink' in shown.err and '\x1b' not in shown.out + shown.err, shown


def objects():
    with connected(seed='none') as place:
        address = f'cos://{BUCKET}/'
        tree = {'a.bin': os.urandom(5_000_000), 'sub/b.txt': b'b', '子/c d+e%&#?.txt': b'c',
                'empty': b''}
        for name, content in tree.items():
            place.box.write(f'tree/{name}', content)

        def cos(*arguments, **options):
            return place.json('-r', 'demo', 'cos', *arguments, **options)

        assert BUCKET in [bucket['name'] for bucket in cos('ls').json['buckets']]
        assert cos('put', place.files / 'tree', address + 'x/').json == {
            'files': 4, 'unchanged': 0, 'failed': 0}
        assert cos('put', place.files / 'tree', address + 'x').json == {
            'files': 0, 'unchanged': 4, 'failed': 0}

        level = cos('ls', address + 'x/').json['objects']
        assert sorted(item['key'] for item in level) == ['x/a.bin', 'x/empty', 'x/sub/', 'x/子/']
        assert {item['key']: item['size'] for item in level}['x/sub/'] is None
        page = cos('ls', '-R', '--limit', '2', address + 'x/').json
        rest = cos('ls', '-R', '--marker', page['next'], address + 'x/').json
        keys = [item['key'] for item in page['objects'] + rest['objects']]
        assert sorted(keys) == sorted('x/' + name for name in tree), keys
        assert rest['next'] is None, rest
        assert 'sub/b.txt' in place.run('-r', 'demo', 'cos', 'ls', '-R', address).out

        assert cos('get', '-R', address + 'x/', place.files / 'back').json['files'] == 4
        for name, content in tree.items():
            assert (place.files / 'back' / name).read_bytes() == content, name
        assert cos('get', '-R', address + 'x/', place.files / 'back').json['unchanged'] == 4

        # One file: into a folder, or under a name; other content is not overwritten by accident.
        cos('get', address + 'x/sub/b.txt', place.files / 'one.txt')
        (place.files / 'folder').mkdir()
        cos('get', address + 'x/sub/b.txt', place.files / 'folder')
        assert (place.files / 'folder' / 'b.txt').read_bytes() == b'b'
        (place.files / 'one.txt').write_bytes(b'?')
        assert cos('get', address + 'x/sub/b.txt', place.files / 'one.txt',
                   code=1).error['reason'] == 'target-exists'
        assert (place.files / 'one.txt').read_bytes() == b'?'
        cos('get', '--replace', address + 'x/sub/b.txt', place.files / 'one.txt')
        assert (place.files / 'one.txt').read_bytes() == b'b'
        (place.files / 'one.txt').write_bytes(b'!')
        assert cos('put', place.files / 'one.txt', address + 'x/sub/b.txt',
                   code=1).error['reason'] == 'would-replace'
        cos('put', '--replace', place.files / 'one.txt', address + 'x/sub/b.txt')
        cos('put', place.files / 'one.txt', address)
        assert cos('get', address + 'no', place.files / 'no', code=1).error['reason'] == \
            'object-missing'
        assert not (place.files / 'no').exists()
        assert cos('ls', 'cos://nothere-1250000000/', code=1).error['reason'] == 'bucket-missing'

        assert cos('rm', '--yes', address + 'one.txt').json == {'deleted': 1}
        assert cos('rm', '--yes', address + 'one.txt', code=1).error['reason'] == 'object-missing'
        assert cos('rm', '--yes', '-R', address + 'x/').json == {'deleted': 4}
        assert cos('ls', '-R', address).json['objects'] == []


def inspecting():
    with connected(seed='none') as place:
        address = f'cos://{BUCKET}/模型/'
        models = pathlib.Path(os.environ['G_TEST_SRCDIR']) / 'data' / 'models'
        for name in ('external.onnx', 'external.onnx.data', 'tables/xgboost.ubj'):
            place.box.write('given/' + name.rpartition('/')[2], (models / name).read_bytes())
        header = b'{"w":{"dtype":"U8","shape":[6000000],"data_offsets":[0,6000000]}}'
        header += b' ' * (-len(header) % 8)
        place.box.write('given/large.safetensors',
                        len(header).to_bytes(8, 'little') + header + bytes(6_000_000))
        place.json('-r', 'demo', 'cos', 'put', place.files / 'given', address)

        def inspect(*operands, **options):
            return place.json('-r', 'demo', 'inspect', *operands, **options)

        for name in ('external.onnx.data', 'large.safetensors', 'xgboost.ubj'):
            here = place.json('inspect', place.files / 'given' / name).json
            assert inspect(f'{address}{name}').json == here, name
        # By itself it lacks its weights; in its folder it has them.
        alone = inspect(f'{address}external.onnx').json
        assert [(item['code'], item['subject']) for item in alone['warnings']] == [
            ('external-data-missing', 'external.onnx.data')], alone
        both = inspect(f'{address}external.onnx', f'{address}external.onnx.data').json
        assert both['files'] == ['external.onnx', 'external.onnx.data'], both
        assert 'warnings' not in both, both
        whole = inspect(f'{address}').json
        assert whole == place.json('inspect', place.files / 'given').json, whole
        text = place.run('-r', 'demo', 'inspect', f'{address}xgboost.ubj').out
        assert 'objective: multi:softprob' in text, text

        # Only ranges were asked for, and of six million bytes few.
        fetched = sum(request['bytes_out'] for request in place.cloud.log()
                      if request['method'] == 'GET' and 'large.safetensors' in request['target'])
        assert 0 < fetched < 1_000_000, fetched

        assert inspect(address + 'no.onnx', code=1).error['reason'] == 'object-missing'
        assert inspect(address + 'no/', code=1).error['reason'] == 'object-missing'
        assert place.json('inspect', 'cos://', code=1).error['message']
        inspect(address, place.files / 'given', code=2)


def hostile():
    """Keys that would lead out of the folder are refused, and the others fetched."""
    with connected(seed='none') as place:
        for key in ('p/../../escape', 'p//absolute', 'p/./dot', 'p/good', 'p/new\nline',
                    'p/link/inside'):
            try:
                place.cloud.control(put_object={'bucket': BUCKET, 'key': key, 'text': key})
            except RuntimeError:
                continue
        target = place.files / 'target'
        target.mkdir()
        outside = place.files / 'outside'
        outside.mkdir()
        (target / 'link').symlink_to(outside)
        result = place.json('-r', 'demo', 'cos', 'get', '-R', f'cos://{BUCKET}/p/', target, code=1)
        assert (target / 'good').read_text() == 'p/good'
        assert list(outside.iterdir()) == [], 'a link led out of the folder'
        assert not (place.files / 'escape').exists() and not (place.box.folder / 'escape').exists()
        assert sorted(path.name for path in target.iterdir()) == ['good', 'link'], \
            list(target.iterdir())
        assert result.json['files'] == 1, result

        for key in ('../x', '/x', 'a/../b', 'x' * 900, 'a\x01b'):
            error = place.error('-r', 'demo', 'cos', 'get', f'cos://{BUCKET}/{key}', target / 'n')
            assert error['reason'] == 'object-key', (key, error)


def wording():
    """A person reads what happened and what to do."""
    with connected() as place:
        place.run('-r', 'demo', 'models')
        place.cloud.stop()
        result = place.run('-r', 'demo', 'refresh', code=1)
        assert 'Could not refresh “demo”' in result.err and 'cannot be reached' in result.err, result
        result = place.run('-r', 'demo', 'cos', 'ls', code=1)
        assert 'Could not list the storage' in result.err, result


def child():
    """Nothing that is started inherits the key, and no command line shows it."""
    with connected(seed='none') as place:
        key = place.cloud.environment()
        place.cloud.control(clear_log=True, faults=[{'match': {'action': 'GetBucket'},
                                                     'do': {'kind': 'delay', 'seconds': 3}}])
        process = subprocess.Popen(
            [PROGRAM, '-r', 'demo', 'cos', 'ls', f'cos://{BUCKET}/'],
            env={**place.box.environment, **key}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            while not any(entry['action'] == 'GetBucket' for entry in place.cloud.log()):
                assert process.poll() is None
            shown = pathlib.Path(f'/proc/{process.pid}/environ').read_bytes()
            shown += pathlib.Path(f'/proc/{process.pid}/cmdline').read_bytes()
            assert SECRET_KEY.encode() not in shown
        finally:
            out, err = process.communicate(timeout=PATIENCE)
        place.printed += [out, err]
        assert process.returncode == 0, err


def main():
    tap = Tap()
    for check in (connecting, refusing, temporary_key, terminal, keyrings, environment, reading,
                  refreshing, writing, services, objects, inspecting, hostile, wording, child):
        tap.check(check.__name__.replace('_', ' '), check)
    tap.done()


if __name__ == '__main__':
    main()
