# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample model predicts: its own inference code, on images it was not trained with.

test-sample.py INSPECT-DUMP SOURCE-FOLDER
"""

import base64
import hashlib
import importlib.util
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

from tap import Tap

dump = sys.argv[1]
source = pathlib.Path(sys.argv[2])
sample = source / 'data/samples/digits'
sys.path.insert(0, str(source / 'data/runner/modules'))

import tiinfer  # noqa: E402  (the runner's own)


def load_model(folder=sample):
    """As the server does: the first subclass of tiinfer.Model in the module."""
    spec = importlib.util.spec_from_file_location('model_service', folder / 'model_service.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    classes = [value for value in vars(module).values()
               if isinstance(value, type) and issubclass(value, tiinfer.Model)]
    model = classes[0](str(folder))
    assert model.load() is True
    return model


images = json.loads((source / 'tests/data/digits/digits.json').read_text(encoding='utf-8'))


def check_images():
    labels = sorted(image['label'] for image in images)
    if labels != sorted(list(range(10)) * 2):
        yield f'not two of each digit: {labels}'
    if sum(image['label'] != image['read'] for image in images) > 1:
        yield 'the network reads more than one of them wrong'
    for image in images:
        if len(image['image']) != 8 or any(len(row) != 8 for row in image['image']):
            yield 'an image is not 8 by 8'


def check_single():
    model = load_model()
    for number, image in enumerate(images):
        answer = model({'image': image['image']})
        result = json.loads(json.dumps(answer))['results'][0]
        if result['digit'] != str(image['read']):
            yield f'image {number} was read as {image["read"]}, now as {result["digit"]}'
        if not 0.3 < result['probability'] <= 1 or len(result['top']) != 3:
            yield f'image {number}: odd answer {result}'


def check_batch():
    model = load_model()
    # The same images as a scanner of 256 greys would give them.
    grey = [[[pixel * 255 / 16 for pixel in row] for row in image['image']] for image in images]
    results = model({'images': grey, 'maximum': 255})['results']
    for image, result in zip(images, results, strict=True):
        if result['digit'] != str(image['read']):
            yield f'{image["read"]} became {result["digit"]}'


def write_png(rows, scale, colour, kind):
    """A PNG file of those grey values: colour 0 grey, 2 red, green and blue, 4 and 6 with alpha."""
    step = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    lines = []
    for row in rows:
        grey = [value for value in row for _ in range(scale)]
        line = b''.join(bytes([value] * (step - (colour >= 4)) + [255] * (colour >= 4))
                        for value in grey)
        lines += [line] * scale
    packed, above = b'', bytes(len(lines[0]))
    for line in lines:
        packed += bytes([kind]) + bytes(
            (value - guess(kind, line[at - step] if at >= step else 0, above[at],
                           above[at - step] if at >= step else 0)) & 255
            for at, value in enumerate(line))
        above = line

    def chunk(name, data):
        return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))
    return (b'\x89PNG\r\n\x1a\n' +
            chunk(b'IHDR', struct.pack('>IIBBBBB', len(lines[0]) // step, len(lines), 8, colour,
                                       0, 0, 0)) +
            chunk(b'tEXt', b'Title\0a digit') + chunk(b'IDAT', zlib.compress(packed)) +
            chunk(b'IEND', b''))


def guess(kind, left, up, corner):
    """What PNG's filters take off a byte."""
    if kind == 4:
        base = left + up - corner
        return min((left, up, corner), key=lambda value: abs(base - value))
    return (0, left, up, (left + up) // 2)[kind]


def check_pictures():
    """The same images as files: black ink on white paper."""
    model = load_model()
    for number, image in enumerate(images):
        paper = [[round(255 - pixel * 255 / 16) for pixel in row] for row in image['image']]
        picture = write_png(paper, 1 + number % 3 * 5, (0, 2, 4, 6)[number % 4], number % 5)
        result = model({'image': base64.b64encode(picture).decode()})['results'][0]
        if result['digit'] != str(image['read']):
            yield f'picture {number} of a {image["read"]} was read as {result["digit"]}'

    whole = write_png([[0] * 8] * 8, 1, 0, 0)
    for broken in (b'', b'GIF89a', whole[:20], whole[:-40], whole.replace(b'IDAT', b'IDAX'),
                   write_png([[255] * 8] * 8, 1, 0, 0)):
        try:
            model({'image': base64.b64encode(broken).decode()})
        except (ValueError, zlib.error):
            continue
        yield f'{broken[:16]!r}… was read'


def check_depends_on_image():
    """A model that always says the same would be no model."""
    model = load_model()
    blank = model({'image': [[0] * 8] * 8})['results'][0]['top']
    first = model({'image': images[0]['image']})['results'][0]['top']
    if blank == first:
        yield 'an empty image gives the same answer'


def check_bad_request():
    model = load_model()
    for wrong in ([[1, 2], [3, 4]], [], 'text'):
        try:
            model({'image': wrong})
        except ValueError:
            continue
        yield f'{wrong!r} was accepted'


def check_templates():
    """What Granary writes for a model without inference code predicts as it is."""
    def make(mode):
        return subprocess.run([dump, mode, sample / 'digits.onnx'], stdout=subprocess.PIPE,
                              check=True).stdout

    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        shutil.copy(sample / 'digits.onnx', work)
        (work / 'config.json').write_bytes(make('--config'))
        (work / 'model_service.py').write_bytes(make('--service'))
        model = load_model(work)
        if model.config['inputs'] != [{'name': 'image', 'type': 'float32', 'shape': 'N,64'}]:
            yield f'config.json says {model.config}'
        answer = json.loads(json.dumps(model({'image': [sum(image['image'], [])
                                                        for image in images]})))
    if answer['digit'] != [image['read'] for image in images]:
        yield f'the template reads {answer["digit"]}'


def check_readme():
    readme = (source / 'data/samples/README.md').read_text(encoding='utf-8')
    size = (sample / 'digits.onnx').stat().st_size
    if f'{size:,} bytes' not in readme:
        yield f'README.md does not say that the file has {size:,} bytes'
    digest = hashlib.sha256((sample / 'digits.onnx').read_bytes()).hexdigest()
    if not re.search(digest, readme):
        yield 'README.md names another SHA-256'


tap = Tap()
tap.check('the images are two of each digit, nearly all read right', check_images)
tap.check('every held-out image is read as when it was trained', check_single)
tap.check('a batch on another scale is read alike', check_batch)
tap.check('pictures in files are read alike, broken ones refused', check_pictures)
tap.check('the answer depends on the image', check_depends_on_image)
tap.check('what is no image is refused', check_bad_request)
tap.check('inference code made from a template predicts', check_templates)
tap.check('README.md tells size and digest', check_readme)
tap.done()
