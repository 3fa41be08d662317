#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the pictures of data/screenshots: screenshots.py BUILD SOURCE

The models are real files: the bundled classifier of digits, Debian's small copies of well-known
networks where onnx's test data is installed, and weights written here.
"""

import json
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys

BUILD, SOURCE = sys.argv[1:3]
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'lib'))
from cloud import BUCKET, REGION, Cloud  # noqa: E402
from e2e import App, WindowManager, drag, key, still_picture, type_text  # noqa: E402

PICTURES = os.path.join(SOURCE, 'data', 'screenshots')
NETWORKS = '/usr/share/libonnx-testdata/data/light'
SAMPLE = os.path.join(SOURCE, 'data', 'samples', 'digits')
# A version folder made by data/samples/ocr/README.md: without one its picture is left as it is.
READER = os.environ.get('GRANARY_OCR')

# Name, files (a network of Debian's, or the shapes of layers written here), tags, metric by version.
MODELS = (
    ('人脸检测', {'backbone.conv1': (16, 3, 3, 3), 'head.weight': (128, 16)},
     {'team': '视觉', 'stage': 'dev'}, 'mAP', (0.62, 0.68, 0.71)),
    ('churn-forest', {'trees.weight': (64, 40)}, {'team': '风控', 'stage': 'prod'}, 'auc',
     (0.84, 0.88)),
    ('speech-encoder', {'encoder.layers.0.weight': (96, 96), 'encoder.layers.1.weight': (96, 96)},
     {'team': 'speech', 'stage': 'dev'}, 'wer', (0.121,)),
    ('densenet-121', 'light_densenet121.onnx', {'team': '视觉', 'stage': 'prod'}, 'top1',
     (0.744, 0.749)),
    ('squeezenet', 'light_squeezenet.onnx', {'team': '视觉', 'stage': 'archive'}, 'top1', (0.575,)),
    ('resnet-50', 'light_resnet50.onnx', {'team': '视觉', 'stage': 'prod'}, 'top1',
     (0.752, 0.761, 0.766)),
)


def weights(path, layers, seed):
    """A safetensors file of those layers."""
    numbers = random.Random(seed)
    header, body = {}, b''
    for name, shape in layers.items():
        count = 1
        for size in shape:
            count *= size
        values = struct.pack(f'<{count}f', *(numbers.gauss(0, 0.02) for _ in range(count)))
        header[name] = {'dtype': 'F32', 'shape': shape,
                        'data_offsets': [len(body), len(body) + len(values)]}
        body += values
    text = json.dumps(header).encode()
    with open(path, 'wb') as output:
        output.write(struct.pack('<Q', len(text)) + text + body)


class Studio:
    def __init__(self, folder):
        self.folder = folder
        self.repository = os.path.join(folder, 'models')
        self.manager = WindowManager()
        self.locale = {'LC_ALL': 'C.UTF-8', 'LANGUAGE': ''}

    def cli(self, *arguments):
        subprocess.run([os.path.join(BUILD, 'src', 'cli', 'granary-cli'), '-r', self.repository,
                        *arguments], check=True, stdout=subprocess.DEVNULL)

    def fill(self):
        for number, (name, files, tags, metric, values) in enumerate(MODELS):
            if isinstance(files, str) and not os.path.exists(os.path.join(NETWORKS, files)):
                continue
            for version, value in enumerate(values):
                if isinstance(files, str):
                    path = os.path.join(NETWORKS, files)
                else:
                    path = os.path.join(self.folder, 'model.safetensors')
                    weights(path, files, 100 * number + version)
                self.import_version(name, version, [path], tags, f'{metric}={value}')
        trained = os.path.join(self.folder, 'digits')
        shutil.copytree(SAMPLE, trained)
        sample = sorted(os.path.join(trained, leaf) for leaf in os.listdir(trained))
        for version, value in enumerate((0.951, 0.968, 0.973)):
            self.import_version('digits', version, sample, {'team': '视觉', 'stage': 'prod'},
                                f'accuracy={value}', 'Reads handwritten digits of 8 × 8 pixels.')

    def import_version(self, name, version, files, tags, metric, description=None):
        words = ['import', '--into', name] if version else ['import', name]
        words += ['--files', *files, '--metric', metric]
        if not version:
            for one, value in tags.items():
                words += ['--tag', f'{one}={value}']
            if description:
                words += ['--description', description]
        self.cli(*words)

    def open(self, *arguments, size=(1000, 700), repository=None, **environment):
        app = App(os.path.join(BUILD, 'src', 'granary'), '--repository',
                  repository or self.repository, *arguments, env={**self.locale, **environment})
        # Without shadows GTK draws a frame of five pixels, which the picture leaves out.
        app.resize(size[0] + 10, size[1] + 10)
        app.move(0, 0)
        return app

    def train(self):
        """Runs of training tools, in a folder that the window knows."""
        runs = os.path.join(self.folder, 'runs')
        subprocess.run([sys.executable,
                        os.path.join(SOURCE, 'tests', 'data', 'runs', 'make.py'), runs], check=True)
        config = os.path.join(os.environ['XDG_CONFIG_HOME'], 'granary')
        os.makedirs(config, exist_ok=True)
        with open(os.path.join(config, 'tasks.ini'), 'w', encoding='utf-8') as output:
            output.write(f'[Tasks]\nfolders={pathlib.Path(runs).as_uri()};\n')

    @staticmethod
    def take(name, app):
        still_picture(os.path.join(PICTURES, name + '.png'), app)
        app.stop()
        App.started.remove(app)
        print('granary: ' + name, file=sys.stderr)

    def with_details(self, name, select='digits:v3', shown='model_service.py', **environment):
        app = self.open('--select', select, size=(1200, 760), **environment)
        app.find(name=re.compile(shown))
        self.take(name, app)

    def empty(self):
        app = self.open(repository=os.path.join(self.folder, 'empty'))
        app.find('label', 'No Models Yet')
        self.take('empty', app)

    def importing(self):
        path = os.path.join(self.folder, 'plate-ocr.safetensors')
        weights(path, {'rec.conv1.weight': (32, 1, 3, 3), 'rec.head.weight': (64, 128)}, 7)
        app = self.open(path)
        dialog = app.find('dialog', 'Import Model')
        dialog.find('button', 'Import', sensitive=True)
        self.take('import', app)

    def tab(self, picture, title, choose, task, **environment):
        """A tab of the import dialog, with a task chosen."""
        app = self.open(size=(760, 760), **environment)
        app.find('table row', re.compile('^digits'))
        key('ctrl+n')
        app.find('page tab', title).click()
        app.find('label', choose).click()
        app.find('label', task).click()
        app.find('list item', re.compile('^' + task))
        self.take(picture, app)

    def tabs(self):
        chinese = {'LC_ALL': 'zh_CN.UTF-8', 'GRANARY_LOCALEDIR': os.path.join(BUILD, 'po')}
        self.train()
        self.tab('import-task', 'From Task', 'Choose…', 'train7')
        self.tab('import-learning', 'From Automatic Learning', 'Choose…', '花卉分类')
        self.tab('import-task-chinese', '从任务导入', '选择(H)…', 'train7', **chinese)
        self.tab('import-learning-chinese', '从自动学习导入', '选择(H)…', '花卉分类', **chinese)

    def storage(self, picture, title, browse, **environment):
        """The tab of object storage, on the cloud that the tests are run against."""
        with Cloud('demo') as cloud:
            config = os.path.join(os.environ['XDG_CONFIG_HOME'], 'granary')
            endpoints = ''.join(f'endpoint-{service}={url}\n'
                                for service, url in cloud.endpoints().items())
            with open(os.path.join(config, 'connections.ini'), 'w', encoding='utf-8') as output:
                output.write(f'[work]\nuid=work-1\nregion={REGION}\nbucket={BUCKET}\n{endpoints}')
            app = App(os.path.join(BUILD, 'src', 'granary'), '-r', 'work',
                      env={**self.locale, **cloud.environment(), **environment})
            app.resize(770, 770)
            app.move(0, 0)
            app.find('table row', re.compile('^ad-ctr'))
            key('ctrl+n')
            app.find('page tab', title).click()
            app.find('radio button', browse[0]).click()
            entry = app.find('text', browse[1])
            entry.click()
            entry.put_text('cos://training-1250000000/upload/新模型/')
            key('Return')
            app.find('label', re.compile('ONNX'), showing=False)
            self.take(picture, app)

    def tags(self):
        app = self.open('--select', 'digits')
        app.find('table row', re.compile('^digits')).click()
        key('ctrl+t')
        dialog = app.find('dialog', 'Edit Tags')
        dialog.find('text', 'Add a tag').click()
        type_text('stage=')
        app.find(name=re.compile('archive'))
        self.take('tags', app)

    def trying(self, name, version, image=None):
        """Try It with a service of this version, and an image dropped on it."""
        self.cli('publish', version)
        app = self.open(size=(1200, 760))
        app.find('label', 'Services').click()
        app.find('list item', re.compile(version.partition(':')[0])).click()
        key('ctrl+t')
        dialog = app.find('dialog', 'Try It')
        if image:
            source = App(sys.executable,
                         os.path.join(SOURCE, 'tests', 'lib', 'drag-source.py'), image)
            source.move(1090, 670)
            drag(source.find('button', 'Drag me').steady_centre(),
                 dialog.find('text', 'Request').steady_centre())
            dialog.find('label', re.compile('^' + os.path.basename(image)))
            source.stop()
            App.started.remove(source)
            app.raise_window()
        dialog.find('button', 'Send').click()
        dialog.find('label', re.compile('^Status 200'))
        self.take(name, app)
        self.cli('remove', '--yes', version.partition(':')[0])

    def reading(self):
        """A model that reads text, on an image of some."""
        image = os.path.join(self.folder, 'receipt.png')
        subprocess.run(['convert', '-size', '760x300', 'xc:white',
                        '-font', '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
                        '-fill', '#222222', '-pointsize', '44',
                        '-annotate', '+40+80', 'Granary keeps your models',
                        '-pointsize', '40', '-annotate', '+40+160', '模型仓库 · 发布封装',
                        '-fill', '#1a5fb4', '-pointsize', '34',
                        '-annotate', '+40+240', 'Invoice No. 2026-1123  ¥ 1,280.50', image],
                       check=True)
        files = sorted(os.path.join(READER, leaf) for leaf in os.listdir(READER))
        self.import_version('text-reader', 0, files, {'team': '视觉', 'stage': 'dev'}, 'ned=0.94')
        self.trying('try-ocr', 'text-reader:v1', image)

    def narrow(self):
        app = self.open(size=(360, 640))
        app.find('table row', re.compile('^digits'))
        self.take('narrow', app)


def main():
    os.makedirs(PICTURES, exist_ok=True)
    # In the private home of build-aux/headless, so that the pictures show a place people have.
    folder = os.path.join(os.environ['HOME'], 'runs')
    os.makedirs(folder)
    studio = Studio(folder)
    try:
        studio.fill()
        studio.with_details('window')
        studio.with_details('details', 'resnet-50', 'v3 imported')
        studio.with_details('dark', ADW_DEBUG_COLOR_SCHEME='prefer-dark')
        studio.with_details('chinese', LC_ALL='zh_CN.UTF-8')
        studio.importing()
        studio.tabs()
        studio.storage('import-storage', 'From COS', ('Object Storage', 'Folder in Object Storage'))
        studio.storage('import-storage-chinese', '从 COS 导入', ('对象存储', '对象存储中的文件夹(F)'),
                       LC_ALL='zh_CN.UTF-8', GRANARY_LOCALEDIR=os.path.join(BUILD, 'po'))
        studio.tags()
        studio.empty()
        studio.narrow()
        studio.trying('try', 'digits:v3')
        if READER:
            studio.reading()
    finally:
        for app in App.started:
            app.stop()
        studio.manager.stop()
        shutil.rmtree(folder)


if __name__ == '__main__':
    main()
