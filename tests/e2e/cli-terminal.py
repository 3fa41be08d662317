# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person at a terminal sees: progress, questions, and Ctrl-C that leaves nothing behind."""

import os
import re
import signal
import time

from cli_harness import PATIENCE, Tap, Terminal, box

LARGE = 6 << 30


def sparse(place):
    """A large file that takes no room on the disk of the test."""
    folder = place.files / 'large'
    folder.mkdir()
    with open(folder / 'weights.bin', 'wb') as file:
        file.truncate(LARGE)
    return folder


def wait_for_staging(place, process):
    """Until files are on their way into the repository."""
    end = time.monotonic() + PATIENCE
    while not place.leftovers():
        assert process.poll() is None, 'it ended before it could be stopped'
        assert time.monotonic() < end, 'nothing is being staged'
        time.sleep(0.01)


def assert_clean(place, models):
    assert place.leftovers() == [], place.leftovers()
    found = place.json('models').json
    assert [model['name'] for model in found['models']] == models, found
    assert place.json('trash').json['trash'] == []
    place.verify()


def cancelled_by(number):
    with box() as place:
        place.write('w.bin')
        place.json('import', 'kept', '--files', place.files / 'w.bin')
        folder = sparse(place)
        process = place.start('--json', 'import', 'large', '--files', folder)
        wait_for_staging(place, process)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130, (process.returncode, err)
        assert out == b'' and b'"cancelled"' in err, (out, err)
        assert_clean(place, ['kept'])
        assert (folder / 'weights.bin').stat().st_size == LARGE
        # The name was not used up.
        place.json('import', 'large', '--files', place.files / 'w.bin')
        assert_clean(place, ['kept', 'large'])


def interrupted():
    cancelled_by(signal.SIGINT)


def terminated():
    cancelled_by(signal.SIGTERM)


def new_version():
    """A cancelled new version leaves the model as it was."""
    with box() as place:
        place.write('w.bin')
        place.json('import', 'm1', '--files', place.files / 'w.bin')
        process = place.start('import', '--into', 'm1', '--move', '--files', sparse(place))
        wait_for_staging(place, process)
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130 and err == b'granary-cli: cancelled\n', err
        assert (place.files / 'large' / 'weights.bin').stat().st_size == LARGE
        shown = place.json('show', 'm1').json
        assert [version['version'] for version in shown['versions']] == ['v1'], shown
        assert_clean(place, ['m1'])


def killed():
    """What kill -9 leaves is put right by the next command, which says so."""
    with box() as place:
        place.write('w.bin')
        place.json('import', 'm1', '--files', place.files / 'w.bin')
        folder = sparse(place)
        for arguments in (['large'], ['--into', 'm1']):
            process = place.start('import', *arguments, '--files', folder)
            wait_for_staging(place, process)
            process.kill()
            process.communicate(timeout=PATIENCE)
            assert place.leftovers() != []
            listed = place.json('models')
            assert [model['name'] for model in listed.json['models']] == ['m1'], listed
            note, = listed.messages
            assert 'undone' in note['note']['message'], listed
            assert place.json('models').messages == []
            assert_clean(place, ['m1'])
        shown = place.json('show', 'm1').json
        assert [version['version'] for version in shown['versions']] == ['v1'], shown


def progress():
    """One line on the terminal, gone in the end; standard output has the data alone."""
    with box() as place:
        terminal = Terminal(place, 'import', 'large', '--files', sparse(place), size=(24, 60))
        terminal.wait_for('%')
        # Ctrl-C as the terminal gives it.
        terminal.type('\x03')
        code, out, seen = terminal.end()
        assert code == 130 and out == '', (code, out, seen)
        lines = re.split(r'\r\n?|\n', seen)
        # The terminal itself echoes ^C.
        shown = [line.replace('\x1b[K', '').removesuffix('^C') for line in lines if '%' in line]
        assert shown and all('large' in line for line in shown), seen
        assert all(len(line) < 60 for line in shown), shown
        assert any(re.search(r'\d+(\.\d)?\s(kB|MB|GB)', line) for line in shown), shown
        assert seen.endswith('granary-cli: cancelled\r\n'), seen
        assert_clean(place, [])


def no_terminal():
    """Nothing but data and errors where nobody looks."""
    with box() as place:
        place.write('m/w.bin', os.urandom(30 << 20))
        result = place.run('import', 'm1', '--files', place.files / 'm')
        assert (result.out, result.err) == ('m1:v1\n', ''), result


def questions():
    """delete asks, and does only what was answered."""
    with box() as place:
        place.write('w.bin')
        place.json('import', 'm1', '--files', place.files / 'w.bin')
        for answer, code in (('n\n', 130), ('\n', 130), ('\x04', 130), ('\x03', 130), ('y\n', 0)):
            terminal = Terminal(place, 'delete', 'm1')
            terminal.wait_for('[y/N]')
            assert 'm1' in terminal.seen.decode() and 'trash' in terminal.seen.decode()
            assert place.json('models').json['total'] == 1
            terminal.type(answer)
            found, _out, seen = terminal.end()
            assert found == code, (answer, found, seen)
        assert place.json('models').json['total'] == 0

        terminal = Terminal(place, 'trash', 'empty')
        terminal.wait_for('[y/N]')
        terminal.type('n\n')
        assert terminal.end()[0] == 130
        assert len(place.json('trash').json['trash']) == 1
        terminal = Terminal(place, 'trash', 'empty')
        terminal.wait_for('[y/N]')
        terminal.type('yes\n')
        assert terminal.end()[0] == 0
        assert place.json('trash').json['trash'] == []


def main():
    tap = Tap()
    for check in (interrupted, terminated, new_version, killed, progress, no_terminal, questions):
        tap.check(check.__name__, check)
    tap.done()


main()
