#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a model in the window: test-window.py BUILD SOURCE LANGUAGE

Imported by the dialog, dropped from another program's window as a new version, tagged, searched,
uploaded to with a replacement, deleted, brought back, and watched while the command line works on
the same repository.
"""

import os
import re

from window import Desk, Missing, key, safetensors, type_text, wait_for

desk = Desk('window')
words = desk.words


def empty():
    desk.open()
    desk.window.find('label', words('No Models Yet'))
    desk.window.find('button', words('_Import Model…'))


def import_by_dialog():
    path = safetensors(desk.path('weights.safetensors'), 0.5)
    key('ctrl+n')
    dialog = desk.dialog('Import Model')
    button = desk.button('_Import', dialog)
    if button.has('sensitive'):
        raise Missing('Import can be pressed before there is anything to import')
    dialog.find('text', words('N_ame')).set_text('plate-ocr')
    dialog.find('button', words('Choose _Files…')).press()
    desk.choose(words('Choose Model Files'), path)
    dialog.find('label', re.compile(r'weights\.safetensors'))
    desk.button('_Import', dialog, sensitive=True).press()
    desk.row('plate-ocr')
    if desk.version('plate-ocr', 'v1')['format'] != 'safetensors':
        raise Missing('the format was not recognised')


def drop_a_version():
    path = safetensors(desk.path('second.safetensors'), 1.5)
    dialog = desk.drop([path], desk.row('plate-ocr'), 'Import Model')
    dialog.find('radio button', words('New _Version'), where=lambda node: node.has('checked'))
    dialog.find('label', re.compile(r'second\.safetensors'))
    desk.button('_Import', dialog, sensitive=True).press()
    wait_for(lambda: desk.version('plate-ocr', 'v2'), 'second version in the catalogue')


def drop_a_model():
    path = safetensors(desk.path('faces.safetensors'), 2.5)
    table = desk.window.find('tree table')
    x, y, width, height = table.box()
    dialog = desk.drop([path], (x + width // 2, y + height // 2), 'Import Model')
    dialog.find('radio button', words('_New Model'), where=lambda node: node.has('checked'))
    dialog.find('text', words('N_ame')).set_text('faces')
    desk.button('_Import', dialog, sensitive=True).press()
    desk.row('faces')


def tag():
    desk.row('plate-ocr').click()
    key('ctrl+t')
    dialog = desk.dialog('Edit Tags')
    dialog.find('text', words('Add a tag')).set_text('team=vision')
    key('Return')
    desk.button('_Save', dialog, sensitive=True).press()
    desk.window.find('table row', re.compile(r'plate-ocr.*team:vision'))
    desk.window.find('check box', re.compile('team.*vision'))


def search():
    key('ctrl+f')
    type_text('faces')
    desk.no_row('plate-ocr')
    desk.row('faces')
    key('ctrl+a')
    type_text('no such model')
    desk.window.find('label', words('No Results Found'))
    desk.button('_Show All Models').press()
    desk.row('plate-ocr')
    desk.row('faces')


def filter_by_tag():
    box = desk.window.find('check box', re.compile('team.*vision'))
    box.click()
    desk.no_row('faces')
    box.click()
    desk.row('faces')


def expand():
    row = desk.row('plate-ocr').click()
    key('Right')
    row.find(where=lambda node: node is not row and node.has('focused'))
    key('shift+Right')
    desk.row('v2')
    desk.row('v1')


def upload_with_replacement():
    path = safetensors(desk.path('weights.safetensors'), 9.5)
    before = desk.version('plate-ocr', 'v1')['files']
    dialog = desk.drop([path], desk.row('v1'), 'Upload Files')
    dialog.find('label', re.compile(r'weights\.safetensors'))
    if desk.version('plate-ocr', 'v1')['files'] != before:
        raise Missing('files were replaced before it was asked')
    desk.button('_Replace and Upload', dialog, sensitive=True).press()
    wait_for(lambda: desk.version('plate-ocr', 'v1')['files'][0]['sha256'] != before[0]['sha256'],
             'replaced file in the catalogue')
    stored = os.path.join(desk.repository, 'models', 'plate-ocr', 'v1', 'weights.safetensors')
    with open(stored, 'rb') as ours, open(path, 'rb') as theirs:
        if ours.read() != theirs.read():
            raise Missing('the stored file is not what was dropped')


def drag_out():
    got = desk.drag_out('v1')
    stored = os.path.join(desk.repository, 'models', 'plate-ocr', 'v1')
    if not got.startswith('copy: ') or got.split(': ')[1] != stored:
        raise Missing(f'another program got {got}')
    if desk.version('plate-ocr', 'v1')['status'] != 'ready':
        raise Missing('the version was taken away')


def delete_and_undo():
    desk.row('v2').click()
    key('Delete')
    desk.button('_Delete', sensitive=True).press()
    desk.no_row('v2')
    if desk.version('plate-ocr', 'v2'):
        raise Missing('the catalogue still lists it')
    desk.button('_Undo').press()
    desk.row('v2')
    if not desk.version('plate-ocr', 'v2'):
        raise Missing('the catalogue does not list it again')


def delete_a_model():
    desk.row('faces').click()
    key('Delete')
    desk.button('_Delete', sensitive=True).press()
    desk.no_row('faces')
    desk.window.find('list item', re.compile('^' + words('Trash'))).click()
    desk.window.find(name=re.compile('faces'))
    desk.window.find('list item', re.compile('^' + words('Models'))).click()
    desk.row('plate-ocr')


def follow_the_command_line():
    path = safetensors(desk.path('cli.safetensors'), 3.5)
    desk.cli('import', 'churn', '--files', path, '--tag', 'stage=prod')
    desk.row('churn')
    desk.cli('tag', 'churn', 'stage=dev')
    desk.window.find('table row', re.compile(r'churn.*stage:dev'))
    desk.cli('import', '--into', 'churn', '--files', path)
    desk.cli('delete', 'churn:v2', '--yes')
    version = desk.cli('import', '--into', 'churn', '--files', path)['version']
    if version != 'v3':
        raise Missing(f'the number of a deleted version was given to {version}')
    desk.cli('delete', 'churn', '--yes')
    desk.no_row('churn')


def main():
    for name, step in (
            ('the empty repository says what to do', empty),
            ('a model is imported by the dialog', import_by_dialog),
            ('files dropped on a model become its next version', drop_a_version),
            ('files dropped beside the rows become a new model', drop_a_model),
            ('a tag is given', tag),
            ('search finds, and says when it does not', search),
            ('a tag filters', filter_by_tag),
            ('a model is expanded by the keyboard', expand),
            ('files dropped on a version replace after asking', upload_with_replacement),
            ('a version is dragged out as a folder, to be copied', drag_out),
            ('a deleted version comes back by Undo', delete_and_undo),
            ('a deleted model is in the trash', delete_a_model),
            ('the window follows the command line', follow_the_command_line),
            ('nothing was complained about, and all files are whole', desk.clean)):
        desk.story.step(name, step)
    desk.done()


if __name__ == '__main__':
    main()
