#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a model service in the window: test-window-services.py BUILD SOURCE LANGUAGE

The sample is published, tried with real images, updated, published again and taken back; its
version is deleted and restored while it is served; the window is closed and opened again. Nothing
of it runs when the story is over, however it ends.
"""

import hashlib
import json
import os
import pathlib
import re
import select
import signal
import socket
import struct

from gi.repository import GLib
from window import App, Desk, key, wait_for, xdotool
from wizard import expect

desk = Desk('window-services')
words = desk.words
SAMPLE = os.path.join(desk.source, 'data', 'samples', 'digits')
IMAGES = os.path.join(desk.source, 'tests', 'data', 'digits', 'digits.json')
NUMERALS = '零一二三四五六七八九'

with open(IMAGES, encoding='utf-8') as images:
    # Those that the network reads as they are; no 2, with which the request begins.
    DIGITS = [one for one in json.load(images) if one['label'] == one['read'] and one['label'] != 2]


class Supervisor:
    """Who runs the services of the repository, known by its socket."""

    def __init__(self):
        digest = hashlib.sha256(os.path.realpath(desk.repository).encode()).hexdigest()[:16]
        self.socket = os.path.join(os.environ['XDG_RUNTIME_DIR'], 'granary', digest + '.socket')

    def pid(self):
        """Its process; None while nobody listens."""
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(self.socket)
            except (FileNotFoundError, ConnectionRefusedError):
                return None
            peer = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize('3i'))
        return struct.unpack('3i', peer)[0]

    def family(self):
        """It and all below it, as descriptors that stay those of these processes."""
        parents = {}
        for entry in pathlib.Path('/proc').iterdir():
            if entry.name.isdigit():
                try:
                    status = (entry / 'stat').read_text().rpartition(')')[2].split()
                except OSError:
                    continue
                parents[int(entry.name)] = int(status[1])
        found = [self.pid()]
        for process in found:
            found += [child for child, parent in parents.items() if parent == process]
        opened = []
        for process in found:
            try:
                opened.append(os.pidfd_open(process))
            except ProcessLookupError:
                continue
        return opened

    def end(self):
        """Asks it to end, and waits until it and all it started have."""
        process = self.pid()
        if process is None:
            return
        family = self.family()
        signal.pidfd_send_signal(family[0], signal.SIGTERM)
        try:
            for one in family:
                wait_for(lambda one=one: select.select([one], [], [], 0)[0],
                         f'end of what process {process} runs')
        finally:
            for one in family:
                os.close(one)


supervisor = Supervisor()


def page(name):
    desk.window.find('list item', re.compile('^' + re.escape(words(name)) + '(?!\\w)')).click()


def service(number, *states, inside=None):
    """The row of a service that says all of these."""
    def says_all(node):
        return all(state in node.name for state in states)
    return (inside or desk.window).find('list item', re.compile(rf'^digits\D*{number}\D'),
                                        where=says_all)


def running(number, *states, **options):
    return service(number, words('Running', 'service'), *states, **options)


def count(number):
    """What the sidebar says of running services."""
    text = desk.words.catalogue.ngettext('%u running', '%u running', number) % number
    desk.window.find('list item', re.compile(re.escape(words('Services')) + '.*'
                                             + re.escape(text)))


def listed():
    return desk.cli('services')['services']


def only_service():
    services = listed()
    expect('number of services', len(services), 1)
    return services[0]


def sentence_with(text):
    """A label with that sentence, whatever it is about."""
    told = words(text)
    return desk.window.find('label', re.compile('.+'.join(
        re.escape(part) for part in told.split('%s'))))


def answer_of(image):
    """What the service answers the command line."""
    request = json.dumps({'image': image})
    return json.loads(desk.cli('call', 'digits', request)['body'])['results'][0]['digit']


def question(text):
    """The question whether to do that to something of digits."""
    return desk.window.find('alert', re.compile('digits.*'.join(
        re.escape(part) for part in words(text).split('%s'))))


def select_version():
    page('Models')
    if next(desk.window.find_all('table row', re.compile('^v1\\b')), None) is None:
        desk.expand('digits', 'v1')
    desk.row('v1').click()
    desk.button('_Publish')


def send(dialog, image):
    """Sends the image from the dialog; the digit that it shows then."""
    dialog.find('text', words('Request')).put_text(json.dumps({'image': image}))
    shown = next(dialog.find_all('text', words('Answer')), None)
    before = shown.text if shown else ''
    desk.button('_Send', dialog, sensitive=True).click()

    def answered():
        node = next(dialog.find_all('text', words('Answer')), None)
        return node and node.text and node.text != before and node.text
    return json.loads(wait_for(answered, 'answer'))['results'][0]['digit']


def start():
    desk.cli('import', 'digits', '--files', SAMPLE)
    desk.open()
    desk.row('digits')
    page('Services')
    desk.window.find('label', words('No Services'))
    expect('process before there is a service', supervisor.pid(), None)


def publish():
    select_version()
    key('ctrl+shift+p')
    dialog = desk.window.find('dialog', words('Publish “%s”') % 'digits v1')
    expect('group', dialog.find('text', words('Name of the _Group')).text, 'digits')
    dialog.find('label', words('Services of a group belong together and can run different versions '
                               'of a model. Each has an address of its own.'))
    desk.button('_Publish', dialog, sensitive=True).press()
    desk.window.gone('dialog')
    count(1)
    page('Services')
    running(1, 'digits v1')
    expect('state', only_service()['status'], 'running')


def try_it():
    running(1).click()
    key('ctrl+t')
    dialog = desk.dialog('Try It')
    begun = wait_for(lambda: '"image"' in dialog.find('text', words('Request')).text
                     and dialog.find('text', words('Request')).text, 'example of the version')
    with open(os.path.join(SAMPLE, 'config.json'), encoding='utf-8') as config:
        expect('example', json.loads(begun), json.load(config)['example'])
    for one in DIGITS[:3]:
        expect('digit', send(dialog, one['image']), str(one['label']))
    key('Escape')
    desk.window.gone('dialog')


def upload():
    with open(os.path.join(SAMPLE, 'config.json'), encoding='utf-8') as config:
        changed = json.load(config)
    changed['labels'] = list(NUMERALS)
    path = pathlib.Path(desk.path('config.json'))
    path.write_text(json.dumps(changed, ensure_ascii=False), encoding='utf-8')
    select_version()
    dialog = desk.drop([str(path)], desk.row('v1'), 'Upload Files')
    dialog.find('label', re.compile(r'config\.json'))
    desk.button('_Replace and Upload', dialog, sensitive=True).press()
    desk.button('Up_date')
    page('Services')
    running(1, words('Update needed'))
    one = DIGITS[0]
    expect('digit before the update', answer_of(one['image']), str(one['label']))


def update():
    desk.button('Update', service(1)).press()
    desk.window.gone('list item', re.compile(re.escape(words('Update needed'))))
    running(1).click()
    key('ctrl+t')
    dialog = desk.dialog('Try It')
    one = DIGITS[0]
    expect('digit', send(dialog, one['image']), NUMERALS[one['label']])
    key('Escape')
    desk.window.gone('dialog')


def rest_on_undo():
    """The button, once the pointer is on it; the toast of before may be on its way out."""
    try:
        undo = desk.button('_Undo')
        xdotool('mousemove', *undo.steady_centre())
        return undo if undo.has('showing') else None
    except GLib.Error:
        return None


def publish_again():
    """With one click; and the Undo of its toast."""
    first = only_service()
    select_version()
    desk.button('_Publish', sensitive=True).press()
    # A toast waits as long as the pointer is on it.
    undo = wait_for(rest_on_undo, 'pointer on the toast')
    second = wait_for(lambda: next((one for one in listed() if one['id'] != first['id']), None),
                      'second service')
    expect('group', second['name'], first['name'])
    expect('number', second['number'], 2)
    count(2)
    undo.press()
    wait_for(lambda: len(listed()) == 1, 'end of the second service')
    desk.window.find('label', words('“%s” is not published') % 'digits v1')
    expect('service that stays', only_service()['id'], first['id'])
    count(1)


def delete():
    select_version()
    key('Delete')
    asked = question('Delete “%s”?')
    asked.find('label', re.compile('digits.*1.*' + words('Running', 'service')))
    desk.button('_View Related Services', asked).press()
    dialog = desk.dialog('Related Services')
    running(1, 'digits v1', inside=dialog)
    key('Escape')
    desk.window.gone('dialog', words('Related Services'))
    desk.button('_Delete', asked, sensitive=True).press()
    desk.no_row('v1')
    expect('version', desk.version('digits', 'v1'), None)
    page('Services')
    running(1, words('deleted'))
    one = DIGITS[1]
    expect('digit', answer_of(one['image']), NUMERALS[one['label']])


def stop_and_be_refused():
    desk.button('Stop', service(1)).press()
    desk.button('_Stop', question('Stop “%s”?')).press()
    desk.button('Start', service(1, words('Stopped', 'service')), sensitive=True).press()
    desk.button('_Details').press()
    reason = sentence_with('The version that “%s” serves was deleted, so it cannot be started '
                           'again.').name
    expect('state', only_service()['status'], 'stopped')
    key('Escape')
    desk.window.gone('label', reason)


def restore():
    page('Trash')
    desk.button('Restore', desk.window.find('list item', re.compile('digits v1'))).press()
    wait_for(lambda: desk.version('digits', 'v1'), 'restored version')
    page('Services')
    desk.window.gone('list item', re.compile(re.escape(words('deleted'))))
    desk.button('Start', service(1), sensitive=True).press()
    running(1)
    one = DIGITS[2]
    expect('digit', answer_of(one['image']), NUMERALS[one['label']])


def close_and_open():
    process = supervisor.pid()
    window = desk.window
    App.started.remove(window)
    key('ctrl+w')
    wait_for(lambda: window.process.poll() is not None, 'end of the window')
    expect('how the window ended', window.process.returncode, 0)
    desk.no_warnings()
    one = DIGITS[3]
    expect('digit without a window', answer_of(one['image']), NUMERALS[one['label']])
    desk.open()
    count(1)
    page('Services')
    running(1)
    expect('process', supervisor.pid(), process)


def remove():
    family = supervisor.family()
    service(1).click()
    key('Delete')
    desk.button('_Remove', question('Remove “%s”?')).press()
    desk.window.find('label', words('No Services'))
    expect('services', listed(), [])
    left = os.path.join(desk.repository, 'services')
    expect('folders of services', [name for name in os.listdir(left) if name.startswith('svc-')],
           [])
    # Its processes: all but the one that would start the next service.
    for one in family[1:]:
        wait_for(lambda one=one: select.select([one], [], [], 0)[0], 'end of the processes')
    supervisor.end()
    expect('process', supervisor.pid(), None)
    for one in family:
        wait_for(lambda one=one: select.select([one], [], [], 0)[0], 'end of the supervisor')
        os.close(one)


def main():
    for name, step in (
            ('no service, and no process for them', start),
            ('the sample is published by the dialog', publish),
            ('real images get their digits', try_it),
            ('an uploaded file is not live, and it is said so', upload),
            ('an update makes it live', update),
            ('published again by one click, and taken back', publish_again),
            ('a version that is served is deleted after showing its services', delete),
            ('stopped, it is not started again, with the reason', stop_and_be_refused),
            ('once its version is restored, it is', restore),
            ('it goes on while the window is closed', close_and_open),
            ('removed, it leaves nothing', remove),
            ('nothing was complained about, and all is as the catalogue says', desk.clean)):
        desk.story.step(name, step)
    desk.done()


if __name__ == '__main__':
    try:
        main()
    finally:
        # Whether windows still run is of no interest any more.
        App.started.clear()
        supervisor.end()
