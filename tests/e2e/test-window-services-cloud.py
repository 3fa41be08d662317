#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a model service on the cloud: test-window-services-cloud.py BUILD SOURCE LANGUAGE

A version is published at a price that was shown, tried, published again by one click, updated, and
deleted while it is served; its services are stopped and removed. What the platform is told is
compared to the last member.
"""

import json
import os
import pathlib
import re
import urllib.request

from window import Desk, Missing, key, type_text, wait_for
from wizard import expect
from cloud import BUCKET, REGION, Cloud  # after window, which knows where it is

MODEL = 'vehicle-detector'
SPEC = 'TI.S.MEDIUM.POST'
IMAGE = {'ImageType': 'PreSet',
         'ImageUrl': 'ccr.ccs.tencentyun.com/ti-platform/pytorch1.9.0-py38:gpu'}
PRICE = 'DescribeBillingSpecsPrice'

desk = Desk('window-services-cloud')
words = desk.words
cloud = Cloud('demo')


def asked(*actions):
    """The bodies of those calls since the log was cleared."""
    return [json.loads(entry['body']) for entry in cloud.log() if entry.get('action') in actions]


def waited(action):
    """The same, once there is one."""
    return wait_for(lambda: asked(action), action)


def clear_log():
    cloud.control(clear_log=True)


def open_window():
    cloud.control(keep_groups=True)
    folder = pathlib.Path(os.environ['XDG_CONFIG_HOME']) / 'granary'
    folder.mkdir(parents=True, exist_ok=True)
    endpoints = ''.join(f'endpoint-{service}={address}\n'
                        for service, address in cloud.endpoints().items())
    (folder / 'connections.ini').write_text(
        f'[demo]\nuid=demo-1\nregion={REGION}\nbucket={BUCKET}\nprefix=models/\n{endpoints}',
        encoding='utf-8')
    desk.environment.update(cloud.environment())
    desk.repository = 'demo'
    desk.open()
    desk.row('ad-ctr')
    key('ctrl+f')
    type_text(MODEL)
    desk.no_row('ad-ctr')
    desk.expand(MODEL, 'v4')


# What there is on the platform

def version():
    """The id of the model, and what is known of its version."""
    for uid, model in cloud.state()['models'][REGION].items():
        if model['name'] == MODEL:
            return uid, model['versions']['v4']
    raise Missing(MODEL)


def group():
    """The id of the group, and its services by their ids."""
    for uid, one in cloud.state()['services'][REGION].items():
        if one['name'] == MODEL:
            return uid, one['services']
    raise Missing(f'group {MODEL}')


def service_id(number):
    return f'{group()[0]}-{number}'


def model_info():
    model, found = version()
    return {'ModelVersionId': found['id'], 'ModelId': model, 'ModelName': MODEL,
            'ModelVersion': 'v4', 'ModelSource': 'JOB', 'ModelType': 'NORMAL',
            'CosPathInfo': found['path'], 'AlgorithmFramework': 'DETECTRON2',
            'ModelFormat': 'DETECTRON2'}


def creation(**target):
    return {**target, 'ChargeType': 'POSTPAID_BY_HOUR', 'InstanceType': SPEC,
            'ModelInfo': model_info(), 'ImageInfo': IMAGE, 'Replicas': 1,
            'AuthorizationEnable': True}


# Parts of the window

def page(name):
    desk.window.find('list item', re.compile('^' + re.escape(words(name)) + '(?!\\w)')).click()


def services():
    """The page of services, of which those of the model are shown."""
    page('Services')
    key('ctrl+f')
    key('ctrl+a')
    type_text(MODEL)


def service(number, *states, **options):
    """The row of a service that says all of these."""
    return desk.window.find('list item', re.compile(rf'^{MODEL}\D*{number}\D'),
                            where=lambda node: all(state in node.name for state in states),
                            **options)


def running(number, *states):
    return service(number, words('Running', 'service'), *states)


def select(number, row):
    """By its name: in the middle of it is a link."""
    row.find('label', f'{MODEL} #{number}').click()


def question(text):
    """The question whether to do that to something of the model."""
    return desk.window.find('alert', re.compile(f'{MODEL}.*'.join(
        re.escape(part) for part in words(text).split('%s'))))


def select_version():
    page('Models')
    desk.row('v4').click()
    desk.button('_Publish')


def publish_dialog():
    return desk.window.find('dialog', words('Publish “%s”') % f'{MODEL} v4')


def priced_button(dialog, price, **options):
    return dialog.find('button', words('_Publish for %s/h') % price, **options)


def no_dialog():
    desk.window.gone('dialog')


# The story

def wait_for_the_price():
    """Without a price nothing can be published."""
    cloud.control(faults=[{'match': {'action': PRICE}, 'times': 1000,
                           'do': {'kind': 'status', 'code': 502, 'body': 'no'}}])
    select_version()
    key('ctrl+shift+p')
    dialog = publish_dialog()
    again = desk.button('_Try Again', dialog)
    desk.button('_Publish', dialog, sensitive=False)
    cloud.control(clear_faults=True)
    again.press()


def publish():
    clear_log()
    dialog = publish_dialog()
    button = priced_button(dialog, '¥0.68', sensitive=True)
    dialog.find('label', re.compile(re.escape('¥0.68') + '.* · '))
    expect('price of', asked(PRICE)[-1], {'SpecsParam': [{'SpecName': SPEC, 'SpecCount': 1}]})
    expect('group', dialog.find('text', words('Name of the _Group')).text, MODEL)
    button.press()
    no_dialog()
    expect('calls', waited('CreateModelService'), [creation(ServiceGroupName=MODEL)])
    services()
    running(1, f'{MODEL} v4')


def try_it():
    select(1, running(1))
    key('ctrl+t')
    dialog = desk.dialog('Try It')
    dialog.find('text', words('Request')).put_text(json.dumps({'image': 'a picture'}))
    desk.button('_Send', dialog, sensitive=True).click()
    answer = wait_for(lambda: dialog.find('text', words('Answer')).text, 'answer')
    expect('answer', json.loads(answer),
           {'service': service_id(1), 'model': MODEL, 'version': 'v4',
            'result': {'image': 'a picture'}})
    key('Escape')
    no_dialog()


def publish_by_one_click():
    clear_log()
    select_version()
    desk.button('_Publish', sensitive=True).press()
    expect('calls', waited('CreateModelService'),
           [creation(ServiceGroupId=group()[0], NewVersion=True)])
    if any(desk.window.find_all('dialog')):
        raise Missing('it was asked for consent that it had')
    services()
    running(2, f'{MODEL} v4')


def ask_when_the_price_changed():
    clear_log()
    cloud.control(price_percent=200)
    select_version()
    desk.button('_Publish', sensitive=True).press()
    dialog = publish_dialog()
    priced_button(dialog, '¥1.36', sensitive=True)
    key('Escape')
    no_dialog()
    expect('calls', asked('CreateModelService'), [])
    cloud.control(price_percent=100)


def upload():
    path = pathlib.Path(desk.path('config.json'))
    path.write_text('{"threshold": 0.75}', encoding='utf-8')
    select_version()
    dialog = desk.drop([str(path)], desk.row('v4'), 'Upload Files')
    dialog.find('label', re.compile(r'config\.json'))
    desk.button('_Replace and Upload', dialog, sensitive=True).press()
    services()
    for number in (1, 2):
        running(number, words('Update needed'))


def update():
    clear_log()
    desk.button('Update', running(1)).press()
    expect('calls', waited('ModifyModelService'),
           [{'ServiceId': service_id(1), 'ModelInfo': model_info(), 'ImageInfo': IMAGE,
             'InstanceType': SPEC, 'Replicas': 1}])
    wait_for(lambda: words('Update needed') not in running(1).name, 'service that is up to date')
    running(2, words('Update needed'))


def delete():
    select_version()
    clear_log()
    uid = version()[1]['id']
    key('Delete')
    asking = question('Delete “%s”?')
    shown = words('%1$s (%2$s)', 'service').replace('%2$s', words('Running', 'service'))
    for number in (1, 2):
        asking.find('label', shown.replace('%1$s', f'{MODEL} #{number}'))
    desk.button('_View Related Services', asking).press()
    dialog = desk.dialog('Related Services')
    for number in (1, 2):
        dialog.find(name=re.compile(rf'^{MODEL} #{number}.*' + words('Running', 'service')))
    key('Escape')
    desk.window.gone('dialog', words('Related Services'))
    expect('calls', asked('DeleteTrainingModelVersion'), [])
    desk.button('_Delete', asking, sensitive=True).press()
    expect('calls', waited('DeleteTrainingModelVersion'),
           [{'TrainingModelVersionId': uid, 'EnableDeleteCos': True}])
    desk.no_row('v4')


def still_running():
    services()
    for number in (1, 2):
        running(number, words('deleted'))
    uid = group()[0]
    request = urllib.request.Request(f'{cloud.url}/__service/{uid}', b'{"asked": 1}',
                                     {'Authorization': f'secret-token-of-{uid}'})
    with urllib.request.urlopen(request) as response:
        expect('answer', json.load(response)['result'], {'asked': 1})


def stop_and_be_refused():
    clear_log()
    desk.button('Stop', running(1)).press()
    asking = question('Stop “%s”?')
    expect('calls', asked('ModifyModelService'), [])
    desk.button('_Stop', asking).press()
    expect('calls', waited('ModifyModelService'),
           [{'ServiceId': service_id(1), 'ServiceAction': 'STOP'}])
    desk.window.gone('alert', asking.name)
    stopped = service(1, words('Stopped', 'service'))
    clear_log()
    desk.button('Start', stopped, sensitive=True).press()
    desk.button('_Details').press()
    told = words('The version that “%s” serves was deleted, so it cannot be started again.')
    told = re.compile('.+'.join(map(re.escape, told.split('%s'))))
    reason = desk.window.find('label', told).name
    expect('calls', asked('ModifyModelService'), [])
    key('Escape')
    desk.window.gone('label', reason)


def remove():
    uid = group()[0]
    for number, shown in ((1, 'Stopped'), (2, 'Running')):
        clear_log()
        select(number, service(number, words(shown, 'service')))
        key('Delete')
        desk.button('_Remove', question('Remove “%s”?')).press()
        desk.window.gone('list item', re.compile(rf'^{MODEL}\D*{number}\D'))
        expect('calls', asked('DeleteModelService'), [{'ServiceId': f'{uid}-{number}'}])
        # The group goes with its last service.
        expect('calls', asked('DeleteModelServiceGroup'),
               [{'ServiceGroupId': uid}] if number == 2 else [])
    expect('group', uid in cloud.state()['services'][REGION], False)


def main():
    try:
        for name, step in (
                ('the models of the cloud are there', open_window),
                ('nothing is published while its price is not known', wait_for_the_price),
                ('a version is published at the price that its button says', publish),
                ('the service answers', try_it),
                ('one click makes the next service of the group', publish_by_one_click),
                ('at another price it is asked again', ask_when_the_price_changed),
                ('an uploaded file is not live, and it is said so', upload),
                ('an update makes it live, and changes nothing else', update),
                ('a version that is served is deleted after showing its services', delete),
                ('its services go on', still_running),
                ('stopped, one is not started again, with the reason', stop_and_be_refused),
                ('removed, they leave no group', remove),
                ('nothing was complained about', desk.no_warnings)):
            desk.story.step(name, step)
        desk.done()
    finally:
        cloud.stop()


if __name__ == '__main__':
    main()
