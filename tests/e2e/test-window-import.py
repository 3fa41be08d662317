#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was trained on this computer, imported: test-window-import.py BUILD SOURCE LANGUAGE

Runs of training tools are found in a folder and become models and versions: as tasks, by copy and
by cut; as automatic learning of images and of text, with the key of its configuration.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

from window import Desk, Missing, key, wait_for
from wizard import Wizard, expect

desk = Desk('window-import')
words = desk.words
wizard = Wizard(desk)
RUNS = desk.path('runs')
TRAIN = os.path.join(RUNS, 'runs', 'detect', 'train7')
OCR = os.path.join(RUNS, 'ocr', '车牌识别')
# As somebody wrote it: no byte of it changes but the value.
CONFIG = '{\n\t"version": 1e0,  "key" : "old",\n\t"labels": ["\\u4eac", "沪"]\n}\n'


def make_runs():
    make = os.path.join(desk.source, 'tests', 'data', 'runs', 'make.py')
    subprocess.run([sys.executable, make, RUNS], check=True)
    inference = os.path.join(OCR, 'best_accuracy', 'inference')
    pathlib.Path(inference, 'config.json').write_text(CONFIG, encoding='utf-8')


def imported(model, version):
    return wait_for(lambda: ready(model, version), f'{model} {version} in the catalogue')


def ready(model, version):
    try:
        found = desk.version(model, version)
    except Missing:
        return None
    return found if found and found['status'] == 'ready' else None


def paths(version):
    return sorted(file['path'] for file in version['files'])


def find_runs():
    make_runs()
    desk.open()
    desk.window.find('label', words('No Models Yet'))
    dialog = wizard.open('From Task')
    dialog.find('label', words('C_hoose…')).click()
    desk.button('_Add Folder…', dialog).press()
    desk.choose(words('Add Folder of Training Runs'), RUNS)
    for name in ('train7', '花卉分类', '车牌识别', '情感分析'):
        dialog.find('label', name)
    key('Escape')
    key('Escape')
    desk.window.gone('dialog', words('Import Model'))


def task_as_model():
    dialog = wizard.open('From Task')
    wizard.choose_task(dialog, 'train7')
    expect('framework', dialog.find('text', words('F_ramework')).text, 'PyTorch')
    dialog.find('label', words('from the task'))
    wizard.name_it(dialog, 'detector')
    wizard.run(dialog)
    desk.row('detector')
    version = imported('detector', 'v1')
    expect('source', version['source'], 'task')
    expect('files', paths(version), ['args.yaml', 'best.pt'])
    # The row of the best epoch, not the last one.
    expect('metric', float(version['metrics']['metrics/mAP50-95(B)']), 0.52)
    for name in ('weights/best.pt', 'args.yaml'):
        if not os.path.exists(os.path.join(TRAIN, name)):
            raise Missing(f'{name} is gone from the run')


def task_as_version():
    dialog = wizard.open('From Task')
    wizard.choose_task(dialog, 'train7')
    wizard.into(dialog, 'detector')
    dialog.find('radio button', words('C_ut'), showing=False).press()
    wizard.run(dialog)
    version = imported('detector', 'v2')
    expect('source', version['source'], 'task')
    for name in ('weights/best.pt', 'args.yaml'):
        wait_for(lambda name=name: not os.path.exists(os.path.join(TRAIN, name)), f'end of {name}')
    if not os.path.exists(os.path.join(TRAIN, 'weights', 'last.pt')):
        raise Missing('more was cut than was imported')


def files_as_model_and_version():
    """The second tab, with the same files."""
    path = os.path.join(RUNS, 'paddle', 'output_inference', 'ppyoloe_crn_s')
    for version in ('v1', 'v2'):
        dialog = wizard.open('From Files')
        desk.button('Choose F_older…', dialog).press()
        desk.choose(words('Choose Model Folder'), path)
        dialog.find('label', re.compile(r'infer_cfg\.yml'))
        if version == 'v1':
            wizard.name_it(dialog, 'from-files')
        else:
            wizard.into(dialog, 'from-files')
        wizard.run(dialog)
        found = imported('from-files', version)
        expect('source', found['source'], 'files')
        expect('files', paths(found), ['infer_cfg.yml', 'model.json', 'model.pdiparams'])


def vision_as_model():
    dialog = wizard.open('From Automatic Learning')
    wizard.choose_task(dialog, '花卉分类')
    expect('preference', dialog.find('text', words('Trainin_g Preference')).text, 'yolo11s-cls')
    wizard.name_it(dialog, '花卉')
    wizard.run(dialog)
    version = imported('花卉', 'v1')
    expect('source', version['source'], 'automl')
    expect('files', [path for path in paths(version) if path.endswith('.pt')], ['best.pt'])


def vision_as_version():
    dialog = wizard.open('From Automatic Learning')
    wizard.choose_task(dialog, 'ag-20250301_101500')
    wizard.into(dialog, 'detector')
    dialog.find('text', words('Trainin_g Preference'), showing=False).put_text('high_quality')
    wizard.run(dialog)
    version = imported('detector', 'v3')
    expect('source', version['source'], 'automl')
    expect('metric', float(version['metrics']['accuracy']), 0.9125)
    expect('preference', version['task']['preference'], 'high_quality')


def ocr(dialog, new_key):
    dialog.find('radio button', words('_OCR', 'automatic learning')).click()
    wizard.choose_task(dialog, '车牌识别')
    expect('scene', dialog.find('text', words('Scene')).text, 'rec')
    entry = dialog.find('text', words('Ke_y of config.json'), showing=False)
    expect('key', entry.text, 'old')
    entry.put_text(new_key)


def config_of(model, version):
    path = os.path.join(desk.repository, 'models', model, version, 'config.json')
    return pathlib.Path(path).read_text(encoding='utf-8')


def ocr_as_model():
    dialog = wizard.open('From Automatic Learning')
    ocr(dialog, '车"牌')
    wizard.name_it(dialog, 'plates')
    wizard.run(dialog)
    version = imported('plates', 'v1')
    expect('source', version['source'], 'automl')
    expect('configuration', config_of('plates', 'v1'),
           CONFIG.replace('"old"', json.dumps('车"牌', ensure_ascii=False)))
    unchanged = os.path.join(OCR, 'best_accuracy', 'inference', 'config.json')
    expect('the one of the run', pathlib.Path(unchanged).read_text(encoding='utf-8'), CONFIG)


def ocr_as_version():
    dialog = wizard.open('From Automatic Learning')
    ocr(dialog, 'second')
    wizard.into(dialog, 'plates')
    wizard.run(dialog)
    version = imported('plates', 'v2')
    expect('scene', version['task']['scene'], 'rec')
    expect('configuration', config_of('plates', 'v2'), CONFIG.replace('"old"', '"second"'))


def leave():
    """With something entered it asks, and nothing is left of it."""
    dialog = wizard.open('From Task')
    wizard.choose_task(dialog, '情感分析')
    wizard.name_it(dialog, 'never')
    key('Escape')
    desk.button('_Discard').press()
    desk.window.gone('dialog', words('Import Model'))
    desk.no_row('never')


def main():
    for name, step in (
            ('runs are found in a folder that is added', find_runs),
            ('a task becomes a model', task_as_model),
            ('a task becomes a version, by cut', task_as_version),
            ('files become a model and a version', files_as_model_and_version),
            ('learned vision becomes a model', vision_as_model),
            ('learned vision becomes a version', vision_as_version),
            ('learned text becomes a model, with its key', ocr_as_model),
            ('learned text becomes a version', ocr_as_version),
            ('leaving asks', leave),
            ('nothing was complained about, and all is as the catalogue says', desk.clean)):
        desk.story.step(name, step)
    desk.done()


if __name__ == '__main__':
    main()
