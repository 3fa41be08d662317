# SPDX-License-Identifier: GPL-3.0-or-later
"""Several of them at work on one repository."""

import json

from cli_harness import PATIENCE, Tap, box


def finish(process):
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out.decode(), err.decode()


def same_model():
    """Each new version gets a number of its own."""
    with box() as place:
        place.write('w.bin')
        place.json('import', 'm1', '--files', place.files / 'w.bin')
        running = []
        for index in range(8):
            place.write(f'{index}/w.bin', str(index) * 1000)
            running.append(place.start('--json', 'import', '--into', 'm1', '--files',
                                       place.files / str(index)))
        results = [finish(process) for process in running]
        assert all(code == 0 for code, _out, _err in results), results
        numbers = sorted(int(json.loads(out)['version'][1:]) for _code, out, _err in results)
        assert numbers == list(range(2, 10)), numbers
        assert len(place.json('show', 'm1').json['versions']) == 9
        assert place.leftovers() == []
        place.verify()


def same_name():
    """One of them gets the name; the others are told."""
    with box() as place:
        place.write('w.bin')
        running = [place.start('--json', 'import', 'wanted', '--files', place.files / 'w.bin')
                   for _index in range(6)]
        results = [finish(process) for process in running]
        assert sorted(code for code, _out, _err in results) == [0, 1, 1, 1, 1, 1], results
        for code, _out, err in results:
            if code == 1:
                assert json.loads(err.splitlines()[-1])['error']['reason'] == 'name-taken', err
        assert place.json('models').json['total'] == 1
        assert place.leftovers() == []
        place.verify()


def readers():
    """Reading goes on while others write."""
    with box() as place:
        place.write('w.bin', b'x' * 100000)
        place.json('import', 'm0', '--files', place.files / 'w.bin')
        writers = [place.start('--json', 'import', f'm{index}', '--files', place.files / 'w.bin')
                   for index in range(1, 6)]
        seen = []
        while any(process.poll() is None for process in writers):
            listed = place.json('models').json
            assert listed['total'] == len(listed['models'])
            seen.append(listed['total'])
        for process in writers:
            code, _out, err = finish(process)
            assert code == 0, err
        assert seen == sorted(seen), seen
        assert place.json('models').json['total'] == 6
        place.verify()


def main():
    tap = Tap()
    for check in (same_model, same_name, readers):
        tap.check(check.__name__, check)
    tap.done()


main()
