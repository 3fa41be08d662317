# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for wrongly is answered with 2, what cannot be done with 1; stdout stays clean."""

import json
import os
import pathlib
import subprocess
import sys

from cli_harness import PROGRAM, Tap, box

COMMANDS = ('models', 'show', 'import', 'upload', 'download', 'tag', 'delete', 'trash', 'inspect',
            'verify', 'connections', 'connect', 'refresh', 'cos', 'tasks', 'publish', 'services',
            'start', 'stop', 'update', 'remove', 'logs', 'call')


def usage():
    with box() as place:
        place.write('w.bin')
        path = place.files / 'w.bin'
        wrong = [
            [], ['no-such-command'], ['--no-such-option'], ['models', '--no-such-option'],
            ['models', '--sort', 'colour'], ['models', '--sort', 'name:up'],
            ['models', '--limit', '-3'], ['models', '--limit', 'x'], ['models', '--tag', 'novalue'],
            ['show'], ['show', 'a', 'b'], ['show', 'a:3'], ['show', ':v1'], ['show', ''],
            ['import'], ['import', 'a'], ['import', 'a', '--files'],
            ['import', '--files', path], ['import', 'a', '--into', 'b', '--files', path],
            ['import', '--into', 'a:v1', '--files', path],
            ['import', '--into', 'a', '--description', 'x', '--files', path],
            ['import', 'a', '--files', path, '--metric', 'novalue'],
            ['import', 'a', '--files', path, '--tag', 'novalue'],
            ['import', 'a', '--task'], ['import', '--task', '1'],
            ['import', 'a', '--task', '1', '--files', path],
            ['import', 'a', '--task', '1', '--automl', '2', '--scene', 'ocr'],
            ['import', 'a', '--task', '1', '--cos', 'cos://b-1/x/'],
            ['import', 'a', '--task', '1', '--scene', 'vision'],
            ['import', 'a', '--task', '1', '--preference', 'x'],
            ['import', 'a', '--task', '1', '--config-key', 'x'],
            ['import', 'a', '--automl', '1'], ['import', 'a', '--automl', '1', '--scene', 'audio'],
            ['import', 'a', '--automl', '1', '--scene', ''],
            ['import', 'a', '--automl', '1', '--scene', 'ocr', '--preference', 'x'],
            ['import', 'a', '--automl', '1', '--scene', 'vision', '--config-key', 'x'],
            ['import', 'a', '--automl', b'\xff', '--scene', 'vision'],
            ['import', 'a', '--files', path, '--scene', 'ocr'],
            ['import', 'a', '--files', path, '--task-version', 'v1'],
            ['import', 'a', '--files', path, '--config-key', 'x'],
            ['import', 'a', '--cos', 'cos://b-1/x/', '--move'],
            ['upload', 'a:v1'], ['upload', 'a', path], ['download', 'a:v1'],
            ['download', 'a', '/tmp'], ['tag'], ['tag', 'a:v1', 'k=v'],
            ['delete'], ['delete', 'a'], ['delete', 'a:v1'],
            ['trash', 'restore'], ['trash', 'burn'], ['trash', 'empty', 'x'],
            ['trash', '--name', 'x'], ['inspect'], ['verify', 'a', 'b'],
            ['-r', 'no-folder', 'models'], ['import', 'a', '--cos', 'cos://b-1/x/'],
            ['import', 'a', '--cos', 'cos://b-1/', '--files', path],
            ['delete', 'a', '--yes', '--keep'], ['connect'], ['connect', 'a'], ['connect', 'a', 'b'],
            ['connect', 'a', '--region', 'ap-guangzhou', '--endpoint', 'ftp=http://x'],
            ['connections', 'x'], ['connections', 'remove'], ['connections', '--yes'],
            ['connections', 'remove', 'x'], ['refresh'], ['refresh', 'a'], ['cos'], ['cos', 'cp'],
            ['cos', 'ls', 'models'], ['cos', 'ls', 'cos://b-1/', 'x'], ['cos', 'ls', '-R'],
            ['cos', 'get'], ['cos', 'get', 'cos://b-1/x/'], ['cos', 'put', path],
            ['cos', 'put', path, 'x'], ['cos', 'rm', 'cos://b-1/x'], ['cos', 'rm', 'cos://b-1/'],
            ['cos', 'ls', 'cos://b-1/x'], ['-r', './x', 'cos', 'ls'],
            ['tasks', '--kind', 'audio'], ['tasks', '--limit', '0'], ['tasks', '--offset', '-1'],
            ['publish'], ['publish', 'a'], ['publish', 'a:v1', 'b'], ['publish', 'a:1'],
            ['publish', 'a:v1', '--service', 'x', '--group', 'y'],
            ['publish', 'a:v1', '--memory', 'much'], ['publish', 'a:v1', '--memory', '-1G'],
            ['publish', 'a:v1', '--memory', '1e300'], ['publish', 'a:v1', '--env-var', 'novalue'],
            ['publish', 'a:v1', '--env-var', '1=x'], ['publish', 'a:v1', '--env-var', b'A=\xff'],
            ['publish', 'a:v1', '--start-timeout', '-1'], ['publish', 'a:v1', '--replicas', 'x'],
            ['publish', 'a:v1', '--cpu', 'nan', '--instance-type', 'x'],
            ['publish', 'a:v1', '--instance-type', 'x', '--resource-group', 'y'],
            ['services', 'a', 'b'], ['services', 'a:3'], ['start'], ['start', 'a', 'b'], ['stop'],
            ['stop', 'a', '--yes'], ['update'], ['remove'], ['remove', 'a'], ['logs'],
            ['logs', 'a', '-n', '-3'], ['logs', 'a', '-n', 'x'], ['call'], ['call', 'a'],
            ['call', 'a', '{}', '{}'], ['call', b'\xff'], ['start', b'\xff'],
        ]
        for arguments in wrong:
            plain = place.run(*arguments, code=2)
            assert plain.out == '', plain
            assert plain.err.startswith('granary-cli: ') and '--help' in plain.err or (
                'is not a' in plain.err), (arguments, plain)
            if arguments[:1] != ['--no-such-option']:
                error = place.json(*arguments, code=2).error
                assert error['code'] in ('usage', 'invalid-input'), error
                assert error['message'], error
        assert not place.repository.exists(), 'a mistake made a repository'


def helps():
    with box() as place:
        overview = place.run('--help')
        assert overview.err == '', overview
        for command in COMMANDS:
            assert f'  {command} ' in overview.out, command
            text = place.run(command, '--help')
            assert text.err == '' and f'granary-cli {command}' in text.out, text
            assert '--json' in text.out, text
        version = place.run('--version').out.split()
        assert version[0] == 'granary-cli' and version[1][0].isdigit(), version


def missing():
    with box() as place:
        place.write('w.bin')
        path = place.files / 'w.bin'
        place.json('models')
        for arguments, reason in (
                (['show', 'nothing'], 'model-missing'),
                (['tag', 'nothing', 'a=b'], 'model-missing'),
                (['delete', 'nothing', '--yes'], 'model-missing'),
                (['verify', 'nothing'], 'model-missing'),
                (['import', '--into', 'nothing', '--files', path], 'model-missing'),
                (['import', 'a', '--files', place.files / 'gone'], 'source-missing'),
                (['inspect', place.files / 'gone'], 'source-missing'),
                (['trash', 'restore', 'nothing'], 'trash-missing'),
                (['upload', 'nothing:v1', path], 'model-missing'),
                (['download', 'nothing:v1', place.folder], 'model-missing'),
                (['publish', 'nothing:v1'], 'model-missing'),
                (['services', 'nothing'], 'model-missing'),
                (['start', 'nothing'], 'service-missing'),
                (['stop', 'nothing/1'], 'service-missing'),
                (['update', 'nothing'], 'service-missing'),
                (['remove', 'nothing', '--yes'], 'service-missing'),
                (['logs', 'nothing'], 'service-missing'),
                (['call', 'nothing', '{}'], 'service-missing'),
                (['call', 'nothing', '{'], 'request-not-json'),
                (['call', 'nothing', ''], 'request-not-json'),
                (['call', 'nothing', '@' + str(path)], 'request-not-json'),
                (['call', 'nothing', '-'], 'request-not-json'),
                (['call', 'nothing', '@/nowhere/request.json'], 'source-missing')):
            result = place.json(*arguments, code=1)
            assert result.out == '', result
            assert list(result.error) == ['code', 'reason', 'subject', 'message'], result
            assert result.error['reason'] == reason, (arguments, result)
        place.json('import', 'a', '--files', path)
        assert place.json('show', 'a:v9', code=1).error['reason'] == 'version-missing'
        assert place.json('import', 'A', '--files', path, code=1).error['reason'] == 'name-taken'
        assert place.json('import', 'b', '--files', path, '--metric', 'x=1', '--metric', 'x=2',
                          code=1).error['reason'] == 'metric-duplicate'
        assert place.json('publish', 'a:v9', code=1).error['reason'] == 'version-missing'
        assert place.json('publish', 'a:v1', code=1).error['reason'] == 'handler-missing'
        assert place.json('publish', 'a:v1', '--service', 'no blanks', code=1).error[
            'reason'] == 'service-name-invalid'
        assert place.json('publish', 'a:v1', '--replicas', '2', code=2).error['code'] == 'usage'
        assert place.json('services', 'a:v1').json == {'services': []}
        empty = place.files / 'empty'
        empty.mkdir()
        assert place.json('import', 'b', '--files', empty, code=1).error['reason'] == 'source-none'
        place.verify()


def places():
    """Only import makes a repository where there is none."""
    with box() as place:
        place.write('w.bin')
        elsewhere = place.folder / 'else where'
        for command in (['models'], ['verify'], ['trash'], ['show', 'a']):
            error = place.json('-r', elsewhere, *command, code=1).error
            assert error['reason'] == 'repository-gone', error
        assert not elsewhere.exists()
        place.json('-r', elsewhere, 'import', 'a', '--files', place.files / 'w.bin')
        assert place.json('models', '-r', elsewhere).json['total'] == 1
        assert place.json('models').json['total'] == 0
        assert place.json('models', environment={'GRANARY_REPOSITORY': str(elsewhere)}).json[
            'total'] == 1
        relative = subprocess.run([PROGRAM, '-r', './else where', '--json', 'models'], check=True,
                                  cwd=place.folder, env=place.environment, stdout=subprocess.PIPE)
        assert json.loads(relative.stdout)['total'] == 1


def full_output():
    """Output that goes nowhere is a failure, not silence."""
    with box() as place:
        place.json('models')
        with open('/dev/full', 'wb') as full:
            process = subprocess.run([PROGRAM, '--json', 'models'], env=place.environment,
                                     stdout=full, stderr=subprocess.PIPE, check=False)
        assert process.returncode == 1, process
        assert b'error' in process.stderr, process


def manual():
    """The page is well formed and knows every command and option."""
    page = pathlib.Path(sys.argv[2]).resolve()
    lint = subprocess.run(['mandoc', '-T', 'lint', '-W', 'warning', page], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    assert lint.returncode == 0 and lint.stdout == '', lint.stdout
    text = subprocess.run(['mandoc', '-T', 'ascii', page], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.replace('_\b', '')
    text = ''.join(character for index, character in enumerate(text)
                   if character != '\b' and text[index + 1:index + 2] != '\b')
    with box() as place:
        for command in COMMANDS:
            assert f'     {command} ' in text, command
            for word in place.run(command, '--help').out.replace('=', ' ').split():
                if word.startswith('--'):
                    assert word.rstrip(',') in text, (command, word)


def completion():
    """The completion knows the commands, and the models of the repository."""
    script = pathlib.Path(sys.argv[3]).resolve()
    with box() as place:
        place.write('w.bin')
        for name in ('plate-ocr', 'plate-seg', '车牌检测'):
            place.json('import', name, '--files', place.files / 'w.bin')
        place.json('import', '--into', 'plate-ocr', '--files', place.files / 'w.bin')

        def complete(*words):
            code = (f'source {script}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
                    'compopt() { :; }; _granary_cli; printf "%s\\n" "${COMPREPLY[@]}"')
            shell = subprocess.run(
                ['bash', '-c', code, 'bash', 'granary-cli', *words], check=True,
                env={**place.environment,
                     'PATH': f'{PROGRAM.parent}:{os.environ["PATH"]}'},
                stdout=subprocess.PIPE, text=True)
            return sorted(shell.stdout.split())

        for command in COMMANDS:
            assert command in complete(''), command
        assert complete('show', 'pl') == ['plate-ocr', 'plate-seg'], complete('show', 'pl')
        assert complete('show', '车') == ['车牌检测']
        assert complete('delete', 'plate-ocr:') == ['plate-ocr:v1', 'plate-ocr:v2']
        assert complete('import', '--into', 'plate-s') == ['plate-seg']
        assert '--replace' in complete('upload', 'plate-ocr:v1', '--')
        assert complete('-r', str(place.repository), 'tag', 'plate-o') == ['plate-ocr']


def main():
    tap = Tap()
    for check in (usage, helps, missing, places, full_output, manual, completion):
        tap.check(check.__name__, check)
    tap.done()


main()
