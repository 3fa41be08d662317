#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The import dialog on the cloud: test-window-import-cloud.py BUILD SOURCE LANGUAGE

Each of its tabs makes a model and then a version of it, and what the platform is told is compared
to the last member.
"""

import hashlib
import json
import os
import pathlib
import re

from window import Desk, Missing, key, type_text, wait_for
from wizard import Wizard, expect
from cloud import BUCKET, REGION, Cloud  # after window, which knows where it is

TRAINING = 'training-1250000000'
PLATFORM = 'ti-automl-gz-1300000000'
PLACE = 'ccr.ccs.tencentyun.com/ti-platform/'
IMAGE = PLACE + 'pytorch2.0.0-py310:gpu'
BUILT_IN = {
    'ReasoningEnvironmentSource': 'SYSTEM',
    'ReasoningEnvironment': IMAGE,
    'ReasoningEnvironmentId': 'pytorch2.0.0-py310(gpu)',
}
# The call needs one, also where none was chosen.
DEFAULT = {
    'ReasoningEnvironmentSource': 'SYSTEM',
    'ReasoningEnvironment': PLACE + 'pytorch1.9.0-py38:gpu',
    'ReasoningEnvironmentId': 'pytorch1.9.0-py38(gpu)',
}
# As somebody wrote it: no byte of it changes but the value.
CONFIG = '{\n\t"version": 1e0,  "key" : "old",\n\t"labels": ["\\u4eac", "沪"]\n}\n'

desk = Desk('window-import-cloud')
words = desk.words
wizard = Wizard(desk)
NO_METRICS = re.compile(words('The platform does not tell the metrics of “%s”.')
                        % 'vehicle-detector-r101')
cloud = Cloud('demo')


def asked(action):
    """The bodies of those calls since the log was cleared."""
    return [json.loads(entry['body']) for entry in cloud.log() if entry.get('action') == action]


def place(bucket, folder):
    return {'Bucket': bucket, 'Region': REGION, 'Paths': [folder]}


def open_window():
    cloud.control(import_seconds=0, import_polls=1)
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


# What was asked for

def model_of(name):
    """Its id, and its versions by their numbers."""
    for uid, model in cloud.state()['models'][REGION].items():
        if model['name'] == name:
            return uid, model['versions']
    return None, {}


def target(name, version):
    if version == 'v1':
        return {'ImportMethod': 'MODEL', 'TrainingModelName': name, 'TrainingModelVersion': version}
    return {'ImportMethod': 'VERSION', 'TrainingModelId': model_of(name)[0],
            'TrainingModelVersion': version}


def imported(name, version, *bodies):
    """Imports what the dialog shows: the calls are these, and the version is there."""
    wait_for(lambda: model_of(name)[1].get(version, {}).get('status') == 'STATUS_SUCCESS',
             f'{name} {version} on the platform')
    calls = asked('CreateTrainingModel')
    for call in calls:
        output = call.pop('ModelOutputPath')
        expect('bucket', (output['Bucket'], output['Region']), (BUCKET, REGION))
        if not re.fullmatch(rf'models/{name}/{version}-[0-9a-z]+/', output['Paths'][0]):
            raise Missing(f'it goes to {output["Paths"]}')
    expect('calls', calls, [{**target(name, version), **body} for body in bodies])
    expect('place', model_of(name)[1][version]['path']['Bucket'], BUCKET)
    key('ctrl+f')
    key('ctrl+a')
    type_text(name)
    desk.no_row('ad-ctr')
    return (desk.row(name) if version == 'v1' else desk.expand(name, version)).name


def run(dialog):
    cloud.control(clear_log=True)
    wizard.run(dialog)
    desk.window.gone('dialog', words('Import Model'))


def shows(row, text):
    if text not in row:
        raise Missing(f'{text} in {row!r}')


# Parts of the dialog

def text_of(dialog, label):
    return dialog.find('text', words(label), showing=False).text


def metrics_of(dialog):
    names, values = ([entry.text for entry in dialog.find_all('text', words(label))]
                     for label in ('Name of the metric', 'Value of the metric'))
    return dict(zip(names, values))


def open_environments(dialog):
    wizard.reveal(dialog, dialog.find('list item', words('Runtime _Environment'))).click()
    dialog.find('page tab', words('Built In'))


def pick_built_in(dialog):
    open_environments(dialog)
    dialog.find('list item', 'pytorch2.0.0-py310(gpu)').click()
    dialog.find('label', IMAGE)


def as_last_time(dialog, address):
    """What was chosen for the same framework before."""
    dialog.find('label', words('%s (as last time)') % address)


def pick_from_registry(dialog, *steps):
    open_environments(dialog)
    dialog.find('page tab', words('Registry')).click()
    for step in steps:
        dialog.find('list item', re.compile('^' + re.escape(step))).click()


# From a task

def job():
    (task,) = [body['Id'] for body in asked('DescribeTrainingTask')][-1:]
    return {
        'TrainingModelSource': 'JOB', 'TrainingJobId': task,
        'TrainingJobName': 'vehicle-detector-r101',
        'TrainingModelCosPath': place(TRAINING, f'out/{task}/model/'),
        'AlgorithmFramework': 'PYTORCH', **BUILT_IN,
    }


def choose_found_task(dialog):
    dialog.find('label', words('C_hoose…')).click()
    dialog.find('list item', 'flower-resnet50')
    type_text('vehicle')
    dialog.find('list item', 'vehicle-detector-r101', where=lambda node: not any(
        dialog.find_all('list item', 'flower-resnet50'))).click()
    dialog.find('label', words('from the task'))
    expect('framework', text_of(dialog, 'F_ramework'), 'PyTorch')


def task_as_model():
    cloud.control(withdrawn=False)
    dialog = wizard.open('From Task')
    choose_found_task(dialog)
    wait_for(lambda: metrics_of(dialog) == {'mAP50': '0.851', 'loss': '0.204'}, 'latest metrics')
    wizard.name_it(dialog, 'from-task')
    pick_built_in(dialog)
    body = job()
    run(dialog)
    row = imported('from-task', 'v1', {**body, 'ModelMoveMode': 'COPY',
                                       'TrainingModelIndex': 'mAP50=0.851,loss=0.204'})
    shows(row, 'mAP50 0.851')


def task_as_version():
    cloud.control(withdrawn=True)
    dialog = wizard.open('From Task')
    choose_found_task(dialog)
    dialog.find('label', NO_METRICS)
    expect('metrics', metrics_of(dialog), {})
    wizard.into(dialog, 'from-task')
    as_last_time(dialog, IMAGE)
    dialog.find('radio button', words('C_ut'), showing=False).press()
    body = job()
    run(dialog)
    imported('from-task', 'v2', {**body, 'ModelMoveMode': 'CUT'})
    folder = body['TrainingModelCosPath']['Paths'][0]
    left = [name for name in cloud.state()['buckets'][TRAINING]['objects']
            if name.startswith(folder)]
    expect('left of the task', left, [])


# From object storage

DETECTOR = 'vision-images.tencentcloudcr.com/inference/detector:2.1'


def storage(registry):
    return {
        'TrainingModelSource': 'COS',
        'TrainingModelCosPath': place(TRAINING, 'upload/新模型/'),
        'ModelMoveMode': 'COPY',
        'AlgorithmFramework': 'ONNX', 'ModelFormat': 'ONNX',
        'ReasoningEnvironmentSource': 'CUSTOM',
        'ReasoningImageInfo': {'ImageType': 'TCR', 'ImageUrl': DETECTOR, 'RegistryRegion': REGION,
                               'RegistryId': registry},
    }


def browse(dialog):
    dialog.find('radio button', words('Object Storage')).click()
    desk.button('_Browse…', dialog).press()
    for step in (TRAINING, 'upload', '新模型'):
        dialog.find('list item', re.compile('^' + step)).click()
    dialog.find('list item', re.compile(r'^config\.json'))
    desk.button('_Choose This Folder', dialog, sensitive=True).press()
    expect('folder', text_of(dialog, '_Folder in Object Storage'),
           f'cos://{TRAINING}/upload/新模型/')
    for name in ('config.json', 'model_service.py'):
        dialog.find('list item', name).find('label', words('Present'))
    # Its weights are made up: nothing tells what they are.
    for label in ('F_ramework', 'For_mat'):
        dialog.find('text', words(label), showing=False).put_text('ONNX')


def storage_as_model():
    dialog = wizard.open('From COS')
    browse(dialog)
    wizard.name_it(dialog, 'from-storage')
    pick_from_registry(dialog, 'vision-images', 'inference', 'detector', '2.1')
    dialog.find('label', DETECTOR)
    registry = asked('DescribeNamespaces')[-1]['RegistryId']
    run(dialog)
    imported('from-storage', 'v1', storage(registry))
    return registry


def storage_as_version(registry):
    dialog = wizard.open('From COS')
    browse(dialog)
    wizard.into(dialog, 'from-storage')
    as_last_time(dialog, DETECTOR)
    run(dialog)
    imported('from-storage', 'v2', storage(registry))


# From automatic learning

def learned():
    """The task that a service was made of."""
    service = next(service for group in cloud.state()['services'][REGION].values()
                   for service in group['services'].values()
                   if group['name'] == 'shelf-automl')
    info = service['model_info']
    return {
        'TrainingModelSource': 'AUTO_ML', 'AutoMLTaskId': info['ModelVersionId'],
        'TrainingJobName': info['ModelName'], 'TrainingJobVersion': 'v2',
        'TrainingPreference': 'BALANCE', 'TrainingModelCosPath': info['CosPathInfo'],
        'ModelMoveMode': 'COPY', 'AlgorithmFramework': 'PYTORCH', **BUILT_IN,
    }


def fill_vision(dialog):
    dialog.find('text', words('Tas_k Version')).put_text('v2')
    dialog.find('text', words('Trainin_g Preference')).put_text('BALANCE')
    dialog.find('text', words('F_ramework'), showing=False).put_text('PyTorch')
    as_last_time(dialog, IMAGE)


def vision_as_model():
    cloud.control(automl_import=True)
    dialog = wizard.open('From Automatic Learning')
    wizard.choose_task(dialog, '货架检测-自动学习')
    wizard.name_it(dialog, 'learned-vision')
    fill_vision(dialog)
    run(dialog)
    imported('learned-vision', 'v1', learned())


def vision_as_version():
    """The platform knows no such import: the same files are imported as what they are."""
    cloud.control(automl_import=False)
    dialog = wizard.open('From Automatic Learning')
    wizard.choose_task(dialog, '货架检测-自动学习')
    wizard.into(dialog, 'learned-vision')
    fill_vision(dialog)
    run(dialog)
    first = learned()
    second = {name: value for name, value in first.items()
              if name not in ('AutoMLTaskId', 'TrainingJobName', 'TrainingJobVersion',
                              'TrainingPreference')}
    imported('learned-vision', 'v2', first, {**second, 'TrainingModelSource': 'COS'})


def fill_text(dialog, task, new_key):
    dialog.find('radio button', words('_OCR', 'automatic learning')).click()
    dialog.find('label', words('C_hoose…')).click()
    dialog.find('text', words('Task _ID')).set_text(task)
    key('Return')
    dialog.find('text', words('Tas_k Version')).put_text('v3')
    dialog.find('text', words('Scene')).put_text('票据')
    dialog.find('text', words('Ke_y of config.json'), showing=False).put_text(new_key)


def text(task, version, new_key):
    name = 'learned-text'
    cloud.control(automl_import=True, put_object={
        'bucket': PLATFORM, 'key': f'automl/public/{task}/ems/sdk/config.json', 'text': CONFIG})
    dialog = wizard.open('From Automatic Learning')
    fill_text(dialog, task, new_key)
    if version == 'v1':
        wizard.name_it(dialog, name)
    else:
        wizard.into(dialog, name)
    run(dialog)
    imported(name, version, {
        'TrainingModelSource': 'AUTO_ML', 'AutoMLTaskId': task, 'TrainingJobName': task,
        'TrainingJobVersion': 'v3', 'ModelMoveMode': 'COPY', **DEFAULT})
    wanted = CONFIG.replace('"old"', json.dumps(new_key, ensure_ascii=False)).encode()
    wanted = (len(wanted), f'"{hashlib.md5(wanted).hexdigest()}"')
    where = model_of(name)[1][version]['path']
    wait_for(lambda: stored(where, 'config.json') == wanted, f'key in the configuration of {name}')


def stored(where, name):
    found = cloud.state()['buckets'][where['Bucket']]['objects'][where['Paths'][0] + name]
    return found['size'], found['etag']


def warnings():
    found = desk.window.warnings()
    if found:
        raise Missing('warnings while it ran:\n' + '\n'.join(found))


def main():
    step = desk.story.step
    try:
        step('the models of the cloud are there', open_window)
        step('a task becomes a model, with its latest metrics', task_as_model)
        step('a task becomes a version, by cut, with no metrics to be had', task_as_version)
        registry = step('a folder of object storage becomes a model', storage_as_model)
        step('a folder of object storage becomes a version', storage_as_version, registry)
        step('learned vision becomes a model', vision_as_model)
        step('learned vision that is refused becomes a version by its files', vision_as_version)
        step('learned text becomes a model, with its key', text, 'ml-receipt7-v3', 'v1', '车"牌')
        step('learned text becomes a version', text, 'ml-receipt8-v3', 'v2', 'second')
        step('nothing was complained about', warnings)
        desk.done()
    finally:
        cloud.stop()


if __name__ == '__main__':
    main()
