#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection to the cloud in the window: test-window-cloud.py BUILD SOURCE LANGUAGE

Added by its dialog, browsed, tagged, uploaded to by a drop, deleted from after a look at the services,
and looked at while the cloud is gone.
"""

import os
import re

from window import Desk, Missing, key, safetensors, type_text, wait_for
from cloud import Cloud, SECRET_ID, SECRET_KEY  # after window, which knows where it is
from secrets_service import Keyring

MODEL = 'vehicle-detector'

desk = Desk('window-cloud')
words = desk.words
OFFLINE = re.compile(words('Offline · %s').split('·', maxsplit=1)[0].strip())
cloud = Cloud('demo')
keyring = Keyring()


def calls(action):
    """The requests with that action so far."""
    return [entry for entry in cloud.log() if entry.get('action') == action]


def model_state(name=MODEL):
    for model in cloud.state()['models']:
        if model['name'] == name:
            return model
    return None


def fill(dialog, label, text):
    dialog.find('text', words(label)).set_text(text)


def test(dialog):
    """A row that acts has no action for a screen reader; its mnemonic presses it."""
    desk.button('_Test Connection', dialog, sensitive=True)
    key('alt+' + desk.mnemonic('_Test Connection'))


def connect():
    desk.open()
    desk.window.find('label', words('No Models Yet'))
    switcher = re.compile('^' + re.escape(words('Repository: %s').split('%s', maxsplit=1)[0]))
    desk.window.find('toggle button', switcher).click()
    desk.window.find('menu item', where=lambda node: node.has('focused'))
    # GTK names no item of such a menu for a screen reader; its mnemonic chooses it.
    key(desk.mnemonic('_Add Connection…'))
    dialog = desk.dialog('Add Connection')
    add = desk.button('_Add', dialog)
    if add.has('sensitive'):
        raise Missing('Add can be pressed before anything was entered')
    fill(dialog, '_Name', 'work')
    fill(dialog, '_Region', 'ap-guangzhou')
    # Names of the platform, the same in every language.
    dialog.find('text', 'SecretId').set_text(SECRET_ID)
    dialog.find('text', 'SecretKey').set_text(SECRET_KEY[:-1] + 'x')
    dialog.find('list item', words('A_dvanced')).click()
    for service, address in (('TI-ONE', cloud.url), ('COS', cloud.cos_template), ('Tag', cloud.url),
                             ('TCR', cloud.url), ('STS', cloud.url), ('CAM', cloud.url)):
        dialog.find('text', service, showing=False).put_text(address)
    test(dialog)
    dialog.find('label', re.compile('SecretKey'), where=lambda node: 'work' in node.name)
    # Scrolled out of sight by now.
    dialog.find('text', 'SecretKey', showing=False).put_text(SECRET_KEY)
    desk.button('_Test Connection', dialog, sensitive=True).click()
    dialog.find('label', words('All is well', 'test of a connection'))
    desk.button('_Add', dialog, sensitive=True).press()
    desk.row('ad-ctr')


def search(text):
    key('ctrl+f')
    key('ctrl+a')
    type_text(text)


def secret_is_nowhere():
    for base in (os.environ['XDG_CONFIG_HOME'], os.environ['XDG_DATA_HOME']):
        for folder, _folders, names in os.walk(base):
            if 'keyrings' in folder:
                continue
            for name in names:
                with open(os.path.join(folder, name), 'rb') as content:
                    if SECRET_KEY.encode() in content.read():
                        raise Missing(f'the key is in {folder}/{name}')
    if SECRET_KEY in desk.window.log():
        raise Missing('the key was printed')


def browse():
    desk.row('安全帽检测')
    search('vehicle')
    desk.expand(MODEL, 'v4').click()
    desk.window.find('label', re.compile('cos://models-1250000000/'))
    desk.window.find('label', re.compile(r'^config\.json'))


def tag():
    desk.row(MODEL).click()
    key('ctrl+t')
    dialog = desk.dialog('Edit Tags')
    dialog.find('text', words('Add a tag')).set_text('stage=prod')
    key('Return')
    desk.button('_Save', dialog, sensitive=True).press()
    wait_for(lambda: calls('ModifyResourceTags'), 'call of the Tag service')
    desk.window.find('table row', re.compile(rf'{MODEL}.*stage:prod'))


def stored():
    objects = cloud.state()['buckets']['models-1250000000']['objects']
    return any(name.endswith('/extra.safetensors') for name in objects)


def upload():
    path = safetensors(desk.path('extra.safetensors'), 4.5, 200000)
    dialog = desk.drop([path], desk.row('v4'), 'Upload Files')
    dialog.find('label', re.compile(r'extra\.safetensors'))
    desk.button('_Upload', dialog, sensitive=True).press()
    wait_for(stored, 'the object in the storage')
    desk.row('v4').click()
    desk.window.find('label', re.compile(r'^extra\.safetensors'))


def delete_with_services():
    # Models are found by the services that run them.
    search('helmet-online')
    desk.no_row(MODEL)
    desk.expand('安全帽检测', 'v3').click()
    key('Delete')
    desk.button('_View Related Services').press()
    services = desk.dialog('Related Services')
    services.find('label', 'helmet-online')
    key('Escape')
    desk.window.gone('dialog', words('Related Services'))
    desk.button('_Delete', sensitive=True).press()
    wait_for(lambda: calls('DeleteTrainingModelVersion'), 'call of the platform')
    desk.no_row('v3')


def offline():
    cloud.control(offline=True)
    key('F5')
    desk.window.find('label', OFFLINE)
    search('vehicle')
    desk.row(MODEL).click()
    key('ctrl+t')
    dialog = desk.dialog('Edit Tags')
    dialog.find('text', words('Add a tag')).set_text('stage=dev')
    key('Return')
    desk.button('_Save', dialog, sensitive=True).press()
    dialog.find('label', re.compile('127.0.0.1|tione|tag'))
    key('Escape')
    desk.button('_Discard').press()
    cloud.control(offline=False)
    desk.button('_Try Again').press()
    desk.window.gone('label', OFFLINE)


def main():
    try:
        for name, step in (
                ('a connection is added, and a wrong key is named', connect),
                ('the key is in the Secret Service only', secret_is_nowhere),
                ('models, versions and files are there', browse),
                ('a tag reaches the Tag service', tag),
                ('files dropped on a version reach the storage', upload),
                ('a version is deleted after a look at its services', delete_with_services),
                ('without the cloud the tree stays, and actions say why not', offline),
                ('nothing was complained about', warnings)):
            desk.story.step(name, step)
        desk.done()
    finally:
        cloud.stop()
        keyring.stop()


def warnings():
    found = desk.window.warnings()
    if found:
        raise Missing('warnings while it ran:\n' + '\n'.join(found))


if __name__ == '__main__':
    main()
