#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the test cloud holds when it starts: the demo, and very many models."""

import os
import subprocess
import sys
import tempfile

from cloud_client import Client, differs, raises, resource_of, tag
from tap import Tap

import cloud as test_cloud


def demo():
    """All that the demo shows is there, and its objects have the sums they claim."""
    with test_cloud.Cloud('demo') as cloud:
        client = Client(cloud)
        yield from raises('InvalidAction', client.tione, 'DescribeTrainingModels')
        cloud.control(withdrawn=False)
        models = client.tione('DescribeTrainingModels', Limit=100, WithModelVersions=True)
        states = {}
        for model in models['TrainingModels']:
            for version in model['TrainingModelVersions']:
                states.setdefault(version['TrainingModelStatus'], []).append(version)
        yield from differs('states', set(states), {'STATUS_SUCCESS', 'STATUS_RUNNING',
                                                   'STATUS_FAILED', None})
        if models['TotalCount'] < 30 or not states['STATUS_FAILED'][0]['TrainingModelErrorMsg']:
            yield 'the demo is not what it should be'
        path = states['STATUS_SUCCESS'][0]['TrainingModelCosPath']
        listed = client.cos('GET', query={'prefix': path['Paths'][0], 'delimiter': '/'},
                            bucket=path['Bucket'])
        names = [key[len(path['Paths'][0]):] for key in listed.texts('./Contents/Key')]
        yield from differs('files', names[:2], ['config.json', 'model_service.py'])
        yield from differs('tasks', client.tione('DescribeTrainingTasks')['TotalCount'], 12)
        groups = client.tione('DescribeModelServiceGroups', Limit=100)['ServiceGroups']
        if len({group['Status'] for group in groups}) < 5:
            yield 'the services are all alike'
        yield from differs('buckets', len(client.cos('GET', bucket='service').texts(
            './Buckets/Bucket')), 5)


_VISITOR = '''
import configparser, os, urllib.request
config = configparser.ConfigParser(interpolation=None)
config.read(os.path.join(os.environ["XDG_CONFIG_HOME"], "granary", "connections.ini"))
url = config["demo"]["endpoint-tione"]
assert url == os.environ["GRANARY_DEMO_CLOUD"], url
assert config["demo"]["endpoint-cos"].startswith("http://{bucket}.localhost:")
assert os.environ["TENCENTCLOUD_SECRET_ID"].startswith("AKID")
assert b"log" in urllib.request.urlopen(url + "/__control/log").read()
'''


def beside():
    """What build-aux/run --demo-cloud starts finds the cloud, and its exit code is told."""
    source = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    with tempfile.TemporaryDirectory() as folder:
        places = {f'XDG_{name}_HOME': os.path.join(folder, name.lower())
                  for name in ('CONFIG', 'DATA', 'STATE', 'CACHE')}
        for code, program in ((0, _VISITOR), (7, 'raise SystemExit(7)')):
            result = subprocess.run(
                [sys.executable, os.path.join(source, 'build-aux', 'demo-cloud.py'), source,
                 sys.executable, '-c', program], env={**os.environ, **places}, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            yield from differs(result.stdout, result.returncode, code)
        with open(os.path.join(folder, 'environment'), encoding='utf-8') as file:
            yield from differs('variables', 'export TENCENTCLOUD_REGION=ap-guangzhou\n' in file,
                               True)


def mirror():
    """Generated pages agree with single models, and with what was changed in between."""
    with test_cloud.Cloud('mirror:500:2500') as cloud:
        client = Client(cloud)

        def page():
            return client.tione('DescribeTrainingModels', Limit=5, Offset=10,
                                WithModelVersions=True)['TrainingModels']

        before = page()
        model = before[2]
        yield from differs('versions', client.tione(
            'DescribeTrainingModelVersions', TrainingModelId=model['TrainingModelId'])[
                'TrainingModelVersions'], model['TrainingModelVersions'])
        client.tag('ModifyResourceTags', Resource=resource_of(model['TrainingModelId']),
                   ReplaceTags=[tag('more', '1')])
        client.tione('DeleteTrainingModelVersion', TrainingModelVersionId=model[
            'TrainingModelVersions'][1]['TrainingModelVersionId'])
        model['Tags'].append(tag('more', '1'))
        del model['TrainingModelVersions'][1]
        yield from differs('changed', page(), before)
        client.tione('DeleteTrainingModel', TrainingModelId=model['TrainingModelId'])
        yield from differs('deleted', [item['TrainingModelId'] for item in page()][:4],
                           [item['TrainingModelId'] for item in before if item is not model])


def main():
    tap = Tap()
    tap.check('the demo', demo)
    tap.check('the demo beside a command', beside)
    tap.check('very many models', mirror)
    tap.done()


if __name__ == '__main__':
    main()
