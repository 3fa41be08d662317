# SPDX-License-Identifier: GPL-3.0-or-later
"""granary-cli import from tasks and automatic learning: what is stored, and what is asked for."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys

from cli_harness import PATIENCE, PROGRAM, Result, Tap, box

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from cloud import BUCKET, REGION, Cloud  # noqa: E402

DATA = pathlib.Path(__file__).resolve().parent.parent / 'data'
LEARNED = 'ti-automl-gz-1300000000'
# Spelt as no program would write it again.
CONFIG = '{\n  "model" : "rec",\n  "threshold": 0.50,\n  "key":"发",\n  "z": 1e2\n}\n'.encode()


class Place:
    """A connection to a test cloud, with the key in the environment."""

    def __init__(self, inner, cloud):
        self.inner = inner
        self.cloud = cloud
        self.environment = {
            **inner.environment, **cloud.environment(),
            'XDG_CONFIG_HOME': str(inner.folder / 'config'),
            'XDG_CACHE_HOME': str(inner.folder / 'cache'), 'GRANARY_RETRY_SCALE': '0.02',
            # No keyring is asked.
            'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent',
        }
        endpoints = []
        for service, url in cloud.endpoints().items():
            endpoints += ['--endpoint', f'{service}={url}']
        self.run('connect', 'demo', '--region', REGION, '--bucket', BUCKET, *endpoints)

    def run(self, *arguments, code=0):
        process = subprocess.run(
            [PROGRAM, '--json', *map(os.fspath, arguments)], env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=PATIENCE, check=False)
        result = Result(process.returncode, process.stdout, process.stderr)
        assert result.code == code, f'{arguments}: expected exit {code}, got {result!r}'
        return result

    def take(self, *arguments, code=0):
        return self.run('-r', 'demo', 'import', *arguments, code=code)

    def body(self):
        """What the last CreateTrainingModel said."""
        calls = [entry for entry in self.cloud.log() if entry['action'] == 'CreateTrainingModel']
        body = calls[-1]['body']
        return json.loads(body) if isinstance(body, str) else body

    def show(self, name):
        return self.run('-r', 'demo', 'show', name).json['versions'][0]

    def put(self, bucket, key, content):
        path = self.inner.write('put/' + key.replace('/', '_'), content)
        self.run('-r', 'demo', 'cos', 'put', path, f'cos://{bucket}/{key}')


def same(body, expected):
    """The body but for where it goes, which has a part that is made up each time."""
    output = body.pop('ModelOutputPath')
    assert output['Bucket'] == BUCKET and len(output['Paths']) == 1, output
    assert body == expected, f'{json.dumps(body, indent=1)}\n{json.dumps(expected, indent=1)}'


@contextlib.contextmanager
def connected(seed='none'):
    with box() as inner, Cloud(seed) as cloud:
        yield Place(inner, cloud)


def cloud_task():
    with connected() as place:
        place.cloud.control(withdrawn=False)
        uid = place.cloud.control(create_task={
            'name': '车牌检测-第7轮', 'framework': 'PYTORCH',
            'output': {'Bucket': BUCKET, 'Region': REGION, 'Paths': ['out/']},
            'metrics': [['mAP', [0.7, 0.81]], ['loss', [0.5, 0.25]]]})['task_id']
        place.put(BUCKET, f'out/{uid}/model/model.bin', b'weights')
        source = {'Bucket': BUCKET, 'Region': REGION, 'Paths': [f'out/{uid}/model/']}
        common = {
            'TrainingModelVersion': 'v1', 'TrainingModelSource': 'JOB', 'TrainingJobId': uid,
            'TrainingJobName': '车牌检测-第7轮', 'TrainingModelCosPath': source,
            'AlgorithmFramework': 'PYTORCH', 'ReasoningEnvironmentSource': 'SYSTEM',
            'ReasoningEnvironment': 'ccr.ccs.tencentyun.com/ti-platform/pytorch1.9.0-py38:gpu',
            'ReasoningEnvironmentId': 'pytorch1.9.0-py38(gpu)'}

        made = place.take('plates', '--task', uid, '--tag', 'team=vision').json
        same(place.body(), {
            **common, 'ImportMethod': 'MODEL', 'TrainingModelName': 'plates',
            'Tags': [{'TagKey': 'team', 'TagValue': 'vision'}], 'ModelMoveMode': 'COPY',
            'TrainingModelIndex': 'mAP=0.81,loss=0.25'})
        shown = place.show('plates')
        assert shown['source'] == 'task' and shown['framework'] == 'PyTorch', shown
        assert shown['metrics'] == {'mAP': 0.81, 'loss': 0.25}, shown
        assert shown['task'] == {'id': uid, 'name': '车牌检测-第7轮'}, shown
        assert [file['path'] for file in shown['files']] == ['model.bin'], shown

        # Where the platform no longer tells metrics that is said, and the import goes on.
        place.cloud.control(withdrawn=True)
        result = place.take('bare', '--task', uid)
        assert '车牌检测-第7轮' in result.messages[0]['note']['message'], result
        assert 'TrainingModelIndex' not in place.body()

        # What was given takes the place of what the task tells; cut is another mode.
        place.take('--into', 'plates', '--task', uid, '--move', '--metric', 'f1=0.5')
        same(place.body(), {
            **common, 'ImportMethod': 'VERSION', 'TrainingModelId': made['model'],
            'TrainingModelVersion': 'v2', 'ModelMoveMode': 'CUT', 'TrainingModelIndex': 'f1=0.5'})

        error = place.take('other', '--task', 'train-404404', code=1).error
        assert error['reason'] == 'task-missing', error
        error = place.take('other', '--task', uid, '--task-version', 'v9', code=2).error
        assert error['code'] == 'usage', error


def cloud_automl():
    """An id that nobody lists, as the platform takes it and where it refuses it."""
    with connected() as place:
        place.cloud.control(automl_import=True)
        prefix = 'automl/public/ml-12345678-v2/ems/sdk/'
        place.cloud.control(put_object={'bucket': LEARNED, 'key': prefix + 'config.json',
                                        'text': CONFIG.decode()})
        place.cloud.control(create_service={
            'name': 'ocr-of-bills', 'model_info': {
                'ModelVersionId': 'ml-12345678-v2', 'ModelId': 'ml-12345678-v2',
                'ModelName': '票据识别', 'ModelVersion': 'v2', 'ModelType': 'AUTO_ML',
                'CosPathInfo': {'Bucket': LEARNED, 'Region': REGION, 'Paths': [prefix]}}})

        place.cloud.control(put_object={
            'bucket': LEARNED, 'key': 'automl/public/ml-87654321-v1/ems/sdk/model.pt', 'text': 'x'})
        place.take('by-hand', '--automl', 'ml-87654321-v1', '--scene', 'vision', '--task-version',
                   'v7', '--preference', 'BALANCE', '--framework', 'PyTorch', '--metric', 'ap=0.9')
        body = place.body()
        for name, value in (('TrainingModelSource', 'AUTO_ML'), ('AutoMLTaskId', 'ml-87654321-v1'),
                            ('TrainingJobVersion', 'v7'), ('TrainingPreference', 'BALANCE'),
                            ('TrainingModelIndex', 'ap=0.9')):
            assert body.get(name) == value, (name, body)
        assert 'TrainingModelCosPath' not in body, body

        place.take('bills', '--automl', 'ml-12345678-v2', '--scene', 'ocr', '--config-key', '发票',
                   '--framework', 'PyTorch')
        body = place.body()
        assert body['TrainingModelSource'] == 'AUTO_ML', body
        assert body['AutoMLTaskId'] == 'ml-12345678-v2', body
        assert 'TrainingPreference' not in body, body
        (place.inner.files / 'got').mkdir()
        got = place.run('-r', 'demo', 'download', 'bills:v1', place.inner.files / 'got').json
        config = pathlib.Path(got['folders'][0], 'config.json').read_bytes()
        assert config == CONFIG.replace('"发"'.encode(), '"发票"'.encode()), config

        place.cloud.control(automl_import=False)
        place.take('again', '--automl', 'ml-12345678-v2', '--scene', 'ocr', '--framework',
                   'PyTorch')
        body = place.body()
        assert body['TrainingModelSource'] == 'COS', body
        assert body['TrainingModelCosPath']['Paths'] == [prefix], body


@contextlib.contextmanager
def trained():
    """A repository of this computer, and what was trained there."""
    with box() as place:
        for script, folder in (('runs', 'runs'), ('mlflow', 'mlflow')):
            subprocess.run([sys.executable, DATA / script / 'make.py', place.files / folder],
                           check=True, stdout=subprocess.DEVNULL)
        yield place, place.files


def version_of(place, name, number=1):
    return next(version for version in place.json('show', name).json['versions']
                if version['version'] == f'v{number}')


def paths(version):
    return [file['path'] for file in version['files']]


def local_task():
    with trained() as (place, files):
        run = files / 'runs/runs/detect/train7'
        place.json('import', 'yolo', '--task', run)
        best = version_of(place, 'yolo')
        assert (best['source'], best['framework']) == ('task', 'PyTorch'), best
        assert best['metrics']['metrics/mAP50(B)'] == 0.71, best
        assert paths(best) == ['args.yaml', 'best.pt'], best
        assert best['task']['name'] == 'train7' and best['task']['version'] == 'best', best
        assert best['task']['id'].startswith('ultralytics:'), best
        assert (run / 'weights/best.pt').exists()
        text = place.run('show', 'yolo:v1').out
        assert 'train7' in text and str(run) in text, text

        error = place.json('import', 'other', '--task', run, '--task-version', 'nope', code=2).error
        assert 'best' in error['message'] and 'last' in error['message'], error

        # By the id that was remembered; another checkpoint; cut.
        place.json('import', '--into', 'yolo', '--task', best['task']['id'], '--task-version', 'last',
                   '--move', '--metric', 'mine=1', '--framework', 'ONNX')
        last = version_of(place, 'yolo', 2)
        assert paths(last) == ['args.yaml', 'last.pt'], last
        assert (last['metrics'], last['framework']) == ({'mine': 1.0}, 'ONNX'), last
        assert not (run / 'weights/last.pt').exists() and (run / 'weights/best.pt').exists()

        # From the folder where one is, as a shell user has it.
        process = subprocess.run([PROGRAM, '--json', 'import', 'here', '--task', '.'], check=True,
                                 cwd=files / 'runs/runs/classify/花卉分类', env=place.environment,
                                 stdout=subprocess.PIPE)
        assert json.loads(process.stdout)['version'] == 'v1', process

        store = files / 'mlflow/files-3/mlruns'
        tasks = place.json('tasks', '--folder', files / 'mlflow').json['tasks']
        wanted = next(task for task in tasks if task['importable'])
        place.json('import', 'tracked', '--task', wanted['id'])
        tracked = version_of(place, 'tracked')
        assert tracked['source'] == 'task' and tracked['task']['id'] == wanted['id'], tracked
        assert tracked['files'] and tracked['framework'], tracked

        for arguments, code, reason in (
                (['--task', files / 'nothing'], 1, 'task-missing'),
                (['--task', store / 'nothing'], 1, 'task-missing'),
                (['--automl', files / 'runs/hf/情感分析', '--scene', 'ocr'], 2, None)):
            error = place.json('import', 'other', *arguments, code=code).error
            assert error['reason'] == reason, (arguments, error)
        assert place.leftovers() == []
        place.verify()


def local_automl():
    with trained() as (place, files):
        run = files / 'runs/ocr/车牌识别'
        place.json('import', 'plates', '--automl', run, '--scene', 'ocr')
        plain = version_of(place, 'plates')
        assert (plain['source'], plain['metrics']) == ('automl', {'acc': 0.9731}), plain
        assert plain['task']['version'] == 'best' and plain['task']['scene'] == 'rec', plain
        assert 'config.json' not in paths(plain), plain

        # Where there is no configuration one is made; where there is one only the value changes,
        # in what is stored.
        place.json('import', '--into', 'plates', '--automl', run, '--scene', 'ocr', '--config-key',
                   '发票')
        made = place.repository / 'models/plates/v2/config.json'
        assert json.loads(made.read_text())['key'] == '发票', made.read_text()
        assert not list(run.rglob('config.json'))

        own = run / 'best_accuracy/inference/config.json'
        own.write_bytes(b'{"key": }')
        error = place.json('import', 'bad', '--automl', run, '--scene', 'ocr', '--config-key', 'x',
                           code=1).error
        assert error['reason'] == 'json-syntax', error
        own.write_bytes(CONFIG)
        place.json('import', '--into', 'plates', '--automl', run, '--scene', 'ocr', '--config-key',
                   '发票', '--move')
        stored = (place.repository / 'models/plates/v3/config.json').read_bytes()
        assert stored == CONFIG.replace('"发"'.encode(), '"发票"'.encode()), stored
        assert own.read_bytes() == CONFIG

        place.json('import', 'shapes', '--automl', files / 'runs/runs/detect/train7', '--scene',
                   'vision', '--preference', '均衡')
        shapes = version_of(place, 'shapes')
        assert shapes['task']['preference'] == '均衡', shapes
        assert place.leftovers() == []
        place.verify()


def main():
    tap = Tap()
    for check in (cloud_task, cloud_automl, local_task, local_automl):
        tap.check(check.__name__, check)
    tap.done()


main()
