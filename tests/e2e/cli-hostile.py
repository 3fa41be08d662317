# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and files that nobody should make, and some do."""

import os
import socket

from cli_harness import Tap, box


def names():
    """None reaches the disk; each answer is one printable line."""
    with box() as place:
        place.write('w.bin')
        path = place.files / 'w.bin'
        for name, reason in (
                ('../escape', 'name-character'), ('a/b', 'name-character'),
                ('..', 'name-character'), ('.', 'name-character'),
                ('-x', 'name-first-character'), ('a b', 'name-character'),
                ('a\nb', 'name-character'),
                ('a\x1b[31mb', 'name-character'), ('_a', 'name-first-character'),
                ('x' * 61, 'name-too-long'), ('a:v1', 'name-character'), ('a\u202eb', None),
                ('é\u0301x', None), (b'\xff\xfe', 'name-encoding'), (b'a\xc3', 'name-encoding')):
            result = place.json('import', '--files', path, '--', name, code=1)
            if reason is not None:
                assert result.error['reason'] == reason, (name, result)
            assert result.out == '' and len(result.err.splitlines()) == 1, result
            plain = place.run('import', '--files', path, '--', name, code=1)
            assert '\x1b' not in plain.err and len(plain.err.splitlines()) == 1, plain
        assert not place.repository.exists() or place.json('models').json['total'] == 0
        assert sorted(os.listdir(place.folder)) in (
            ['files', 'home'], ['files', 'home', 'repository'])


def good_names():
    with box() as place:
        place.write('w.bin')
        for name in ('车牌检测_v-2', 'x' * 60, '检' * 60, '0', 'A-b_C'):
            assert place.json('import', name, '--files', place.files / 'w.bin').json['name'] == name
        assert place.json('models').json['total'] == 5
        place.verify()


def paths():
    """Files that cannot be stored are told, and nothing is stored then."""
    with box() as place:
        def folder(name):
            made = place.files / name
            made.mkdir()
            (made / 'ok.bin').write_bytes(b'ok')
            return made

        newline = folder('newline')
        (newline / 'a\nb').write_bytes(b'x')
        encoding = folder('encoding')
        with open(os.fsencode(encoding) + b'/\xff\xfe', 'wb') as bad:
            bad.write(b'x')
        escape = folder('escape')
        (escape / '\x1b[31mred').write_bytes(b'x')
        outside = folder('outside')
        (outside / 'link').symlink_to('/etc/passwd')
        loop = folder('loop')
        (loop / 'a').symlink_to('b')
        (loop / 'b').symlink_to('a')
        circle = folder('circle')
        (circle / 'again').symlink_to('.')
        broken = folder('broken')
        (broken / 'link').symlink_to('nothing')
        pipe = folder('pipe')
        os.mkfifo(pipe / 'fifo')
        plug = folder('plug')
        with socket.socket(socket.AF_UNIX) as listener:
            here = os.getcwd()
            os.chdir(plug)
            listener.bind('s')
            os.chdir(here)
        expected = {
            newline: {'path-control-character'}, encoding: {'path-encoding'},
            escape: {'path-control-character'}, outside: {'source-link-outside'},
            loop: {'source-link-loop', 'source-link-broken'}, circle: {'source-link-loop'},
            broken: {'source-link-broken'}, pipe: {'source-special'}, plug: {'source-special'},
        }
        for place_of_it, reasons in expected.items():
            result = place.json('import', 'bad', '--files', place_of_it, code=1)
            assert result.error['reason'] in reasons, (place_of_it, result)
            plain = place.run('import', 'bad', '--files', place_of_it, code=1)
            assert '\x1b' not in plain.err and plain.out == '', plain
        assert place.json('import', 'bad', '--files', '/dev/null', code=1).error['reason'] == (
            'source-special')
        assert place.json('models').json['total'] == 0
        assert place.leftovers() == []
        place.verify()


def odd_but_good():
    """Strange, yet nothing is wrong with it."""
    with box() as place:
        name = 'n' * 255
        place.write(f'm/{name}', '')
        place.write('m/-rf', 'x')
        place.write('m/a b "c" \'d\' $e;f', 'x')
        place.write('m/车牌 模型.bin', 'x')
        (place.files / 'm' / 'inside').symlink_to('-rf')
        place.json('import', 'odd', '--files', place.files / 'm')
        files = {file['path']: file['size']
                 for file in place.json('show', 'odd:v1').json['versions'][0]['files']}
        assert files == {name: 0, '-rf': 1, 'a b "c" \'d\' $e;f': 1, '车牌 模型.bin': 1,
                         'inside': 1}, files
        place.json('import', '--into', 'odd', f'--files={place.files / "m" / "-rf"}')
        place.verify()


def service_files():
    """What a service starts from is checked before it is stored."""
    with box() as place:
        place.write('json/config.json', '{"key": "x",\n "list": [1,\n 2 3]}')
        place.write('list/config.json', '[1, 2]')
        place.write('python/model_service.py', b'\x00\x01\x02\x7fELF')
        for name, reason in (('json', 'json-syntax'), ('list', 'json-not-object'),
                             ('python', 'python-implausible')):
            error = place.json('import', 'm1', '--files', place.files / name, code=1).error
            assert error['reason'] == reason, error
            assert 'look at line 3' in error['message'] or name != 'json', error
        assert place.json('models').json['total'] == 0


def read_only():
    """A repository that cannot be written to is read, and says so when written."""
    if os.geteuid() == 0:
        # Permissions do not hold root; a catalogue that is no catalogue holds everyone.
        with box() as place:
            place.write('w.bin')
            place.json('import', 'm1', '--files', place.files / 'w.bin')
            (place.repository / 'catalog.db').write_bytes(b'not a database at all' * 1000)
            for leftover in ('catalog.db-wal', 'catalog.db-shm'):
                (place.repository / leftover).unlink(missing_ok=True)
            error = place.json('models', code=1).error
            assert error['reason'] == 'catalog-corrupt', error
            return
    with box() as place:
        place.write('w.bin')
        place.json('import', 'm1', '--files', place.files / 'w.bin')
        os.chmod(place.repository, 0o555)
        error = place.json('import', 'm2', '--files', place.files / 'w.bin', code=1).error
        assert error['reason'] in ('permission', 'read-only', 'catalog-read-only'), error


def main():
    tap = Tap()
    for check in (names, good_names, paths, odd_but_good, service_files, read_only):
        tap.check(check.__name__, check)
    tap.done()


main()
