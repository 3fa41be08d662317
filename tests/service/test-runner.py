# SPDX-License-Identifier: GPL-3.0-or-later
"""The service runner serves models in both styles and ONNX files: test-runner.py RUNNER SOURCE"""

import base64
import json
import os
import pathlib
import shutil
import struct
import sys
import tempfile
import threading
import zlib

RUNNER, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
MAIN = os.path.join(RUNNER, 'main.py')
sys.path.insert(0, str(SOURCE / 'tests/data'))
sys.path.insert(0, str(SOURCE / 'tests/lib'))
sys.path.insert(0, RUNNER)

from tap import Tap  # noqa: E402
from runner import Ended, Runner  # noqa: E402
from granary_runner import requirements, versions  # noqa: E402

DIGITS = SOURCE / 'data/samples/digits'
IMAGES = json.loads((SOURCE / 'tests/data/digits/digits.json').read_text(encoding='utf-8'))

ECHO = '''
import os, tiinfer
class Echo(tiinfer.Model):
    def preprocess(self, request):
        return {'before': os.getpid(), **request}
    def predict(self, request):
        return {'at': os.getpid(), **request}
    def postprocess(self, request):
        return {'after': os.getpid(), **request}
'''


def serve(files=None, **options):
    if isinstance(files, str):
        files = {'model_service.py': files}
    return Runner(MAIN, files, **options)


def check_sample():
    with serve(folder=str(DIGITS)) as runner:
        runner.ready()
        if [event['event'] for event in runner.events] != ['loading', 'ready']:
            yield f'the events are {runner.events}'
        for number, image in enumerate(IMAGES):
            status, answer = runner.call({'image': image['image']})
            if status != 200 or answer['results'][0]['digit'] != str(image['read']):
                yield f'image {number} was answered {status} {answer}'
        if runner.call({'image': IMAGES[0]['image']}, path='/')[0] != 200:
            yield 'the path / is not the same'
        status, answer = runner.call({'image': 'text'})
        if status != 500 or not answer['error'].startswith('ValueError: '):
            yield f'a wrong image was answered {status} {answer}'
        if 'Traceback' not in runner.log() or 'importing model_service' not in runner.log():
            yield 'the log has neither progress nor traceback'
        if runner.stop() != 0:
            yield f'stopped with {runner.process.returncode}'


def check_loading():
    slow = 'import time, tiinfer\nclass A(tiinfer.Model):\n    def load(self):\n' \
           '        while not __import__("os").path.exists("go"): time.sleep(0.01)\n' \
           '        return True\n'
    with serve(slow) as runner:
        runner.wait('loading')
        for path, token, expected in (('/health', False, 200), ('/ready', False, 503)):
            status = runner.request('GET', path, token=token)[0]
            if status != expected:
                yield f'{path} says {status} while the model loads'
        status, headers, _ = runner.request('POST', '/inference', b'{}')
        if status != 503 or not headers['Retry-After']:
            yield f'a request was answered {status} while the model loads'
        pathlib.Path(runner.folder, 'go').touch()
        runner.wait('ready')
        if runner.request('GET', '/ready', token=False)[0] != 200:
            yield '/ready is not 200 after the model was loaded'
        if runner.call({'a': 1}) != (200, {'a': 1}):
            yield 'a model that only loads does not answer with the request'


def check_steps_together():
    with serve(ECHO) as runner:
        _, answer = runner.ready().call({'x': 1})
    if len({answer['before'], answer['at'], answer['after']}) != 1 or answer['x'] != 1:
        yield f'answered {answer}'
    if answer['at'] == runner.process.pid:
        yield 'the model runs in the process that holds the token'


def check_steps_apart():
    counts = {'TI_PREPROCESS_NUMS': '2', 'TI_INFERENCE_NUMS': '2', 'TI_POSTPROCESS_NUMS': '1'}
    code = ECHO + '    def load(self):\n        print("weights"); return True\n'
    with serve(code, environment=counts) as runner:
        runner.ready()
        answers = call_together(runner, [{'n': n} for n in range(40)])
        if runner.log().count('weights\n') != 2:
            yield 'the weights were not loaded exactly where the model predicts'
    places = {step: {answer[step] for _, answer in answers} for step in ('before', 'at', 'after')}
    if [answer['n'] for _, answer in answers] != list(range(40)):
        yield 'answers went to the wrong callers'
    if len(set.union(*places.values())) != sum(map(len, places.values())):
        yield f'steps share processes: {places}'
    if len(places['after']) != 1 or len(places['at']) > 2:
        yield f'the numbers of processes are not those asked for: {places}'


def call_together(runner, values):
    answers = [None] * len(values)

    def call(number):
        answers[number] = runner.call(values[number])
    threads = [threading.Thread(target=call, args=(number,)) for number in range(len(values))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


BATCH = '''
import os, time, tiinfer
class Batch(tiinfer.Model):
    def preprocess(self, requests):
        assert isinstance(requests, list)
        return requests
    def predict(self, requests):
        while not os.path.exists('go'): time.sleep(0.005)
        if any(request.get('bad') for request in requests): return requests[:-1]
        return [{'n': request['n'], 'size': len(requests)} for request in requests]
'''


def check_batches():
    with serve(BATCH, environment={'TI_INFERENCE_MAX_BATCH_SIZE': '8'}) as runner:
        runner.ready()
        answers = [None] * 17

        def call(number):
            answers[number] = runner.call({'n': number})
        threads = [threading.Thread(target=call, args=(number,)) for number in range(17)]
        for thread in threads:
            thread.start()
        # All of them wait once the seventeenth is refused nothing: the model is let go then.
        wait_for_connections(runner, 17)
        pathlib.Path(runner.folder, 'go').touch()
        for thread in threads:
            thread.join()
        sizes = [answer['size'] for _, answer in answers]
        if [answer['n'] for _, answer in answers] != list(range(17)):
            yield f'answers went to the wrong callers: {answers}'
        if max(sizes) > 8 or max(sizes) < 2:
            yield f'batches were of {sizes}'
        status, answer = runner.call({'n': 1, 'bad': True})
        if status != 500 or 'batch' not in answer['error']:
            yield f'a batch with too few answers became {status} {answer}'
        if runner.request('POST', '/', b'[1]')[0] != 400:
            yield 'a request that is no object passed'


def wait_for_connections(runner, count):
    """Until so many connections are established, as the kernel tells."""
    import time
    port = f':{runner.port:04X}'
    while True:
        with open('/proc/net/tcp', encoding='ascii') as file:
            rows = [line.split() for line in file.readlines()[1:]]
        if sum(row[1].endswith(port) and row[3] == '01' and row[4].endswith(':00000000')
               for row in rows) >= count:
            return
        time.sleep(0.01)


WORKERS = '''
import os, tiinfer
from mosec import Worker, ValidationError, get_logger
get_logger().info('here')
class First(Worker):
    def forward(self, data):
        if 'n' not in data: raise ValidationError('n is wanted')
        return (data['n'], os.environ.get('DEVICE'), self.worker_id)
class Second(Worker):
    def __init__(self):
        super().__init__()
        assert self.worker_id == 1 and self.stage == 1 and self.max_batch_size == 4
    example = [(0, 'warm', 0)]
    def forward(self, data):
        assert isinstance(data, list)
        return [{'n': n * 2, 'device': device, 'id': number} for n, device, number in data]
tiinfer.append_worker(First, num=2, env=[{'DEVICE': 'a'}, {'DEVICE': 'b'}])
tiinfer.append_worker(Second, max_batch_size=4)
'''


def check_workers():
    with serve(WORKERS) as runner:
        runner.ready()
        answers = call_together(runner, [{'n': n} for n in range(30)])
        if [answer.get('n') for _, answer in answers] != [2 * n for n in range(30)]:
            yield f'answered {answers}'
        if not {(answer['device'], answer['id']) for _, answer in answers} <= {('a', 1), ('b', 2)}:
            yield f'the environment of the workers is not theirs: {answers}'
        status, answer = runner.call({})
        if status != 422 or answer != {'error': 'ValidationError: n is wanted'}:
            yield f'a validation error became {status} {answer}'


OWN_FORM = '''
import tiinfer
from mosec import Worker
class Text(Worker):
    resp_mime_type = 'text/plain'
    def deserialize(self, data): return data.decode('ascii')
    def serialize(self, data): return data.encode('ascii')
    def forward(self, data): return data[::-1]
tiinfer.append_worker(Text)
'''


def check_own_form():
    with serve(OWN_FORM) as runner:
        runner.ready()
        status, headers, data = runner.request('POST', '/', b'abc')
        if (status, headers['Content-Type'], data) != (200, 'text/plain', b'cba'):
            yield f'answered {status} {headers["Content-Type"]} {data}'
        if runner.request('POST', '/', b'\xff')[0] != 500:
            yield 'what its deserialize() refuses was not an error'


def check_modules():
    """The runner's own modules come first, and nothing else of it is in the way of the model's."""
    files = {
        'model_service.py': 'import tiinfer, mosec, pool, handlers, granary_runner_is_mine\n'
                            'import sys\nclass A(tiinfer.Model):\n'
                            '    def predict(self, r): return {"pool": pool.name, '
                            '"where": tiinfer.__file__, "path": sys.path, "argv": sys.argv}\n',
        'pool.py': 'name = "mine"', 'handlers.py': '', 'granary_runner_is_mine.py': '',
        'tiinfer.py': 'raise RuntimeError("not this one")',
    }
    with serve(files) as runner:
        _, answer = runner.ready().call({})
        folder = runner.folder
    if answer['pool'] != 'mine' or not answer['where'].startswith(RUNNER):
        yield f'answered {answer}'
    if answer['path'][:2] != [os.path.join(RUNNER, 'modules'), folder] or RUNNER in answer['path']:
        yield f'the path is {answer["path"]}'


def check_first_class():
    code = 'import tiinfer\nfrom tiinfer import Model\n' \
           'class B(Model):\n    def predict(self, r): return {"class": "B"}\n' \
           'class A(Model):\n    def predict(self, r): return {"class": "A"}\n'
    with serve(code) as runner:
        if runner.ready().call({}) != (200, {'class': 'A'}):
            yield 'it is not the first by name'
        if 'first by name' not in runner.log():
            yield 'the log does not say which'


def check_onnx():
    with serve(folder=str(DIGITS), arguments=['--onnx', 'digits.onnx']) as runner:
        runner.ready()
        rows = [sum(image['image'], []) for image in IMAGES]
        for name in ('image', 'input'):
            status, answer = runner.call({name: rows})
            if status != 200 or answer['digit'] != [image['read'] for image in IMAGES]:
                yield f'{name} was answered {status} {answer}'
        if runner.call({'image': rows[0]})[1]['digit'] != [IMAGES[0]['read']]:
            yield 'one image without its batch was not read'
        if len(runner.log().splitlines()) > 20:
            yield f'the log is full: {runner.log()[:500]}'
        for wrong in ({}, {'image': [1, 2]}, {'image': 'text'}, {'image': rows, 'more': 1},
                      {'image': [[[1]]]}):
            status, answer = runner.call(wrong)
            if status != 400 or 'error' not in answer:
                yield f'{str(wrong)[:50]} was answered {status} {answer}'


def make_typed_model(folder):
    """A network that gives back a number, a flag and a byte for each row."""
    import onnx
    from onnx import TensorProto, helper
    kinds = {'number': TensorProto.INT64, 'flag': TensorProto.BOOL, 'byte': TensorProto.UINT8,
             'half': TensorProto.FLOAT16, 'single': TensorProto.FLOAT}
    graph = helper.make_graph(
        [helper.make_node('Identity', [name], ['same_' + name]) for name in kinds], 'typed',
        [helper.make_tensor_value_info(name, kind, ['N']) for name, kind in kinds.items()],
        [helper.make_tensor_value_info('same_' + name, kind, ['N'])
         for name, kind in kinds.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8),
              os.path.join(folder, 'typed.onnx'))


def check_types():
    """A value that an input cannot hold is refused, not made into another one."""
    good = {'number': [-2 ** 63, 2 ** 53 + 1], 'flag': [True, False], 'byte': [0, 255],
            'half': [0.5, -65504.0], 'single': [1.5, None]}
    with tempfile.TemporaryDirectory() as folder:
        make_typed_model(folder)
        with serve(folder=folder, arguments=['--onnx', 'typed.onnx']) as runner:
            runner.ready()
            for more in ({}, {'number': [3.0, True]}, {'flag': [1, 0.0]}, {'number': []}):
                request = {**good, **more}
                status, answer = runner.call(request)
                if status != 200 or answer != {'same_' + name: value
                                               for name, value in request.items()}:
                    yield f'{more} was answered {status} {answer}'
            for wrong in ({'number': [1.7, 2]}, {'number': ['1', '2']}, {'number': [2 ** 63]},
                          {'flag': ['false', 'true']}, {'flag': [0.5]}, {'flag': [2]},
                          {'byte': [256]}, {'byte': [-1]}, {'byte': [1.5]}, {'byte': [None]},
                          {'half': [70000]}, {'single': [1e300]}, {'single': [10 ** 400]}):
                status, answer = runner.call({**good, **wrong})
                if status != 400 or next(iter(wrong)) not in answer['error']:
                    yield f'{wrong} was answered {status} {answer}'


def make_png(rows, kind=2, filters=(0, 1, 2, 3, 4)):
    """Rows of pixels as PNG, each row with the next of the filters."""
    channels = len(rows[0][0])
    lines, above = [], [0] * (len(rows[0]) * channels)
    for number, row in enumerate(rows):
        flat = [value for pixel in row for value in pixel]
        how = filters[number % len(filters)]
        line = [how]
        for x, value in enumerate(flat):
            a = flat[x - channels] if x >= channels else 0
            b, c = above[x], above[x - channels] if x >= channels else 0
            p = a + b - c
            nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            line.append((value - (0, a, b, (a + b) // 2, nearest)[how]) % 256)
        lines.append(bytes(line))
        above = flat

    def chunk(name, data):
        return struct.pack('>I', len(data)) + name + data + struct.pack(
            '>I', zlib.crc32(name + data))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack(
        '>IIBBBBB', len(rows[0]), len(rows), 8, kind, 0, 0, 0)) +
        chunk(b'IDAT', zlib.compress(b''.join(lines))) + chunk(b'IEND', b''))


def make_picture_model(folder):
    """A network that gives its picture back, and 0/0 and 1/0."""
    import onnx
    from onnx import TensorProto, helper
    graph = helper.make_graph(
        [helper.make_node('Identity', ['picture'], ['same']),
         helper.make_node('Sub', ['picture', 'picture'], ['zero']),
         helper.make_node('Div', ['zero', 'zero'], ['nothing']),
         helper.make_node('ReduceMax', ['nothing'], ['odd'], keepdims=0)], 'picture',
        [helper.make_tensor_value_info('picture', TensorProto.FLOAT, ['N', 3, 'H', 'W'])],
        [helper.make_tensor_value_info('same', TensorProto.FLOAT, ['N', 3, 'H', 'W']),
         helper.make_tensor_value_info('odd', TensorProto.FLOAT, [])])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8),
              os.path.join(folder, 'picture.onnx'))


def check_pictures():
    rows = [[((x * 37 + y * 11) % 256, (x * y * 5) % 256, (255 - x * 9) % 256) for x in range(7)]
            for y in range(10)]
    expected = [[[row[x][c] for x in range(7)] for row in rows] for c in range(3)]
    with tempfile.TemporaryDirectory() as folder:
        make_picture_model(folder)
        with serve(folder=folder, arguments=['--onnx', 'picture.onnx']) as runner:
            runner.ready()
            data = b'P6 7 10 255\n' + bytes(v for row in rows for pixel in row for v in pixel)
            for name, picture in (('PNG', make_png(rows)), ('PPM', data)):
                status, answer = runner.call({'image': base64.b64encode(picture).decode()})
                if status != 200:
                    yield f'{name} was answered {status} {answer}'
                    continue
                found = [[[round(value * 255) for value in row] for row in plane]
                         for plane in answer['same'][0]]
                if found != expected:
                    yield f'the pixels of the {name} are others'
                if answer['odd'] is not None:
                    yield f'what is no number became {answer["odd"]}'
            for wrong in ('%%%', base64.b64encode(b'\xff\xd8\xff\xe0').decode(),
                          base64.b64encode(make_png(rows)[:70]).decode()):
                status, answer = runner.call({'image': wrong})
                if status != 400:
                    yield f'a wrong image was answered {status} {answer}'


def check_large_pictures():
    """A PNG that would take longer than a request may is left to Pillow."""
    from granary_runner import pictures
    rows = [[((x * 37 + y * 11) % 256,) for x in range(7)] for y in range(10)]
    slow, fast = make_png(rows, kind=0, filters=(3, 4)), make_png(rows, kind=0, filters=(0, 1, 2))
    for most, expected in ((70, rows), (69, None)):
        pictures.MOST_SLOW = most
        picture = pictures.read_png(slow)
        found = picture if picture is None else [[tuple(pixel) for pixel in row]
                                                 for row in picture.tolist()]
        if found != expected:
            yield f'with {most} pixels it became {found}'
        if pictures.read_png(fast) is None:
            yield 'one that is read at once was left to Pillow'


def check_requirements():
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(DIGITS, folder, dirs_exist_ok=True)
        path = pathlib.Path(folder, 'requirements.txt')
        path.write_text('# what it needs\nnumpy>=1.0  # arrays\n\nnot-there-at-all==1.0\n'
                        'numpy<0.1\n-r other.txt\n'
                        'gone; python_version < "3"\nabsent[x]>=2 ; sys_platform == "linux"\n',
                        encoding='utf-8')
        with serve(folder=folder) as runner:
            failure = runner.failure()
            expected = 'not-there-at-all==1.0, numpy<0.1, absent[x]>=2 ; sys_platform == "linux"'
            if failure != ('requirements', expected, 70):
                yield f'failed with {failure}'
            if "'-r other.txt' is passed over" not in runner.log():
                yield 'the log does not say what was passed over'
            if 'importing' in runner.log():
                yield 'it was imported all the same'
        path.write_text('numpy\nonnxruntime>=1.0,!=0.9.*\n', encoding='utf-8')
        with serve(folder=folder) as runner:
            runner.ready()


def check_versions():
    cases = [('1.0', '==1', True), ('1.0.post1', '>1.0', False), ('1.0rc1', '<1.0', False),
             ('1.0rc1', '>=1.0', False), ('1.10', '>1.9', True), ('2.2.4', '~=2.1', True),
             ('3.0', '~=2.1', False), ('2.2.4', '~=2.2.0', True), ('2.3', '~=2.2.0', False),
             ('1.4.2', '==1.4.*', True), ('1.5', '!=1.4.*', True), ('1.0+local', '==1.0', True),
             ('1.0', '==1.0+local', False), ('1!0.1', '>9', True), ('1.0.dev1', '<1.0a1', True),
             ('2.0a1', '>=1,<2', False), ('1.0', '===1.0', True), ('1.0.0', '===1.0', False),
             ('0.9', '>=0.8, <1', True)]
    for installed, specifiers, expected in cases:
        if versions.satisfies(installed, specifiers) is not expected:
            yield f'{installed} {specifiers} is not {expected}'
    markers = [('python_version >= "3.8"', True), ("os_name == 'nt'", False),
               ('(os_name == "nt" or sys_platform == "linux") and python_version > "3"', True),
               ('"linux" in sys_platform', True), ('sys_platform not in "linux darwin"', False)]
    for text, expected in markers:
        if requirements.Marker(text).evaluate() is not expected:
            yield f'{text} is not {expected}'
    for text in ('python_version', 'unknown == "1"', '(os_name == "nt"', 'os_name "nt"', ''):
        try:
            requirements.Marker(text).evaluate()
        except ValueError:
            continue
        yield f'{text!r} was understood'


def check_failures():
    """What never serves, and what the supervisor is told of it."""
    cases = [
        ({}, 'handler', 'model_service.py'),
        ('import not_there_at_all', 'import', 'ModuleNotFoundError: No module named '),
        ('def f(:', 'import', 'SyntaxError: '),
        ('import sys; sys.exit(3)', 'import', 'SystemExit: 3'),
        ('x = 1', 'handler', 'model_service.py has neither'),
        ('import tiinfer\nclass A(tiinfer.Model):\n    def load(self): return False', 'load', ''),
        ('import tiinfer\nclass A(tiinfer.Model):\n    def load(self): pass', 'load', ''),
        ('import tiinfer\nclass A(tiinfer.Model):\n    def load(self): 1 / 0', 'load',
         'ZeroDivisionError: '),
        ('import tiinfer\nclass A(tiinfer.Model):\n    def __init__(self, d): raise '
         'OSError(2, "a\\nb\\x1b" + "c" * 9000)', 'load', 'FileNotFoundError: [Errno 2] a b'),
        ('raise MemoryError', 'memory', ''),
        (OWN_FORM.replace('text/plain', 'text/plain\\r\\nX: y'), 'handler',
         'resp_mime_type is no media type: '),
    ]
    for code, failure, detail in cases:
        with serve(code) as runner:
            found = runner.failure()
            if found[0] != failure or found[2] != 70 or not found[1].startswith(detail) or (
                    not detail and found[1]):
                yield f'{code!r} failed with {found}'
            if len(found[1].encode()) > 500 or not found[1].isprintable():
                yield f'the detail is not one short line: {found[1]!r}'
    with serve({'broken.onnx': b'no network'}, arguments=['--onnx', 'broken.onnx']) as runner:
        if runner.failure()[0] != 'load':
            yield 'a broken ONNX file did not fail to load'
        if 'broken.onnx' not in runner.log():
            yield f'the log does not say why: {runner.log()}'
    with serve({}, token='') as runner:
        try:
            runner.next_event()
            yield 'it started without a token'
        except Ended:
            pass


tap = Tap()
tap.check('the sample reads every digit', check_sample)
tap.check('health and readiness while a model loads', check_loading)
tap.check('all steps run in one process', check_steps_together)
tap.check('steps run in processes of their own', check_steps_apart)
tap.check('what waits is put into batches', check_batches)
tap.check('workers of mosec are stages, each with its environment', check_workers)
tap.check('a worker may have a form of its own', check_own_form)
tap.check('a model sees its own modules and those of the contract', check_modules)
tap.check('the first of several models is served', check_first_class)
tap.check('an ONNX file is served without code', check_onnx)
tap.check('an ONNX file gets the values that were sent', check_types)
tap.check('an ONNX file with pictures takes base64', check_pictures)
tap.check('very large pictures are not read here', check_large_pictures)
tap.check('requirements are checked before anything is imported', check_requirements)
tap.check('versions and markers are compared by their rules', check_versions)
tap.check('what cannot be served says why', check_failures)
tap.done()
