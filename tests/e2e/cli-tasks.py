# SPDX-License-Identifier: GPL-3.0-or-later
"""Training runs in folders are listed, shown and searched, from the command line."""

import os
import pathlib
import subprocess
import sys

from cli_harness import Tap, box

MAKE = pathlib.Path(__file__).resolve().parent.parent / 'data' / 'runs' / 'make.py'


def make(place, *options):
    subprocess.run([sys.executable, MAKE, place.files, *options], check=True)
    return place.files


def listing():
    with box() as place:
        folder = make(place)
        place.environment['XDG_CONFIG_HOME'] = str(place.folder / 'config')
        result = place.json('tasks', '--folder', folder).json
        assert result['has_more'] is False, result
        tasks = {task['name']: task for task in result['tasks']}
        assert {'train7', '花卉分类', '车牌识别', '情感分析'} <= set(tasks), tasks
        train = tasks['train7']
        assert list(train) == ['id', 'name', 'group', 'tool', 'framework', 'status', 'started',
                               'finished', 'size', 'location', 'importable', 'problem'], train
        assert train['tool'] == 'Ultralytics' and train['status'] == 'finished', train
        assert train['importable'] is True and train['problem'] is None, train
        assert not place.repository.exists(), 'a look made a repository'

        table = place.run('tasks', '--folder', folder).out
        assert table.splitlines()[0].split() == ['NAME', 'TOOL', 'FRAMEWORK', 'STATUS', 'FINISHED',
                                                 'SIZE', 'ID'], table
        assert train['id'] in table, table

        ocr = place.json('tasks', '--folder', folder, '--kind', 'ocr').json['tasks']
        assert {task['tool'] for task in ocr} == {'PaddleOCR'}, ocr
        found = place.json('tasks', 'TRAIN7', '--folder', folder).json['tasks']
        assert [task['name'] for task in found] == ['train7'], found
        nothing = place.run('tasks', 'nothing of that name', '--folder', folder)
        assert nothing.out == '' and 'no task' in nothing.err, nothing
        gone = place.json('tasks', '--folder', folder / 'gone')
        assert gone.json['tasks'] == [] and gone.err, gone


def details():
    with box() as place:
        folder = make(place)
        train = place.json('tasks', 'train7', '--folder', folder).json['tasks'][0]
        for name in (train['id'], folder / 'runs' / 'detect' / 'train7'):
            shown = place.json('tasks', name, '--folder', folder).json
            assert shown['id'] == train['id'], shown
            best = shown['outputs'][0]
            assert best['id'] == 'best' and best['scene'] == 'detect', best
            assert best['metrics']['metrics/mAP50-95(B)'] == 0.52, best
            assert [os.path.basename(path) for path in best['paths']] == ['best.pt', 'args.yaml']
        text = place.run('tasks', train['id'], '--folder', folder).out
        assert 'best.onnx' in text and 'metrics/mAP50(B) 0.71' in text, text
        missing = place.json('tasks', 'ultralytics:/nowhere#', '--folder', folder, code=1)
        assert missing.error['reason'] == 'task-missing', missing


def pages():
    with box() as place:
        folder = make(place, '--many', '450')
        first = place.json('tasks', '--folder', folder, '--limit', '3').json
        assert first['has_more'] is True, first
        assert [task['name'] for task in first['tasks']] == ['train449', 'train448', 'train447']
        rest = place.json('tasks', '--folder', folder, '--offset', '10', '--limit', '1000').json
        assert rest['has_more'] is False and len(rest['tasks']) == 440, len(rest['tasks'])
        assert rest['tasks'][-1]['name'] == 'train0', rest['tasks'][-1]


def remembered():
    """Without --folder those of the user's configuration are meant."""
    with box() as place:
        folder = make(place)
        config = place.folder / 'config'
        place.environment['XDG_CONFIG_HOME'] = str(config)
        place.json('models')
        assert place.json('tasks').json['tasks'] == []
        (config / 'granary').mkdir(parents=True)
        (config / 'granary' / 'tasks.ini').write_text(
            f'[Tasks]\nfolders={(folder / "runs").as_uri()};\n', encoding='utf-8')
        names = {task['name'] for task in place.json('tasks').json['tasks']}
        assert names == {'train7', '花卉分类'}, names


def main():
    tap = Tap()
    for check in (listing, details, pages, remembered):
        tap.check(check.__name__, check)
    tap.done()


main()
