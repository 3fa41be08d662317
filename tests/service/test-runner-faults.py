# SPDX-License-Identifier: GPL-3.0-or-later
"""The runner outlives, or reports, what a model does: test-runner-faults.py RUNNER SOURCE"""

import os
import pathlib
import signal
import sys
import threading
import types

RUNNER, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
MAIN = os.path.join(RUNNER, 'main.py')
sys.path.insert(0, str(SOURCE / 'tests/data'))
sys.path.insert(0, str(SOURCE / 'tests/lib'))
sys.path.insert(0, RUNNER)

from tap import Tap  # noqa: E402
from runner import SECONDS, TOKEN, Runner  # noqa: E402
from granary_runner.process import Worker  # noqa: E402


def serve(code, *arguments, **options):
    return Runner(MAIN, {'model_service.py': code}, arguments=arguments, **options)


def predict(*lines, first=''):
    """A module whose model predicts by these lines; `request` is what came."""
    return (f'import os, sys, time, signal, tiinfer\n{first}\n'
            'class A(tiinfer.Model):\n    def predict(self, request):\n        ' +
            '\n        '.join(lines or ['return request']) + '\n')


def wait_for(condition):
    gate = threading.Event()
    for _ in range(SECONDS * 500):
        if condition():
            return
        gate.wait(0.002)
    raise AssertionError('it did not happen')


def is_alive(pid):
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii', errors='replace') as file:
            return file.read().rpartition(')')[2].split()[0] not in 'ZX'
    except OSError:
        return False


def read_pids(runner, name='pids'):
    """What a model wrote down, when it is whole."""
    path = os.path.join(runner.folder, name)
    wait_for(lambda: os.path.exists(path) and open(path, encoding='ascii').read().endswith('.'))
    with open(path, encoding='ascii') as file:
        return [int(text) for text in file.read()[:-1].split()]


def check_loop_at_import():
    with serve('import os\nwhile True: os.path.exists("x")') as runner:
        runner.wait('loading')
        for _ in range(3):
            if runner.request('GET', '/health', token=False)[0] != 200:
                yield '/health is not answered'
            if runner.request('GET', '/ready', token=False)[0] != 503:
                yield 'it says it is ready'
            if runner.request('POST', '/', b'{}')[0] != 503:
                yield 'a request was not refused for the moment'
        if runner.stop() != 0:
            yield f'stopped with {runner.process.returncode}'
        if runner.status.readline():
            yield 'it told something else'


FORKS = '''
pids = [os.getpid()]
def live():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True: time.sleep(60)
for kind in range(3):
    pid = os.fork()
    if pid == 0:
        if kind == 1: os.setsid()
        if kind == 2:  # an orphan in a session of its own
            inner = os.fork()
            if inner:
                open('inner', 'w').write(f'{inner}.')
                os._exit(0)
            os.setsid()
        live()
    pids.append(pid)
open('pids', 'w').write(' '.join(map(str, pids)) + '.')
'''


def check_forks():
    """However the service ends, nothing that its code started is left."""
    def stop(runner):
        runner.stop()

    def leave(runner):
        runner.leave()

    def crash(runner):
        os.kill(read_pids(runner)[0], signal.SIGKILL)
        if runner.failure() != ('killed', 'SIGKILL', 70):
            raise AssertionError('the end of the worker was not told')

    for end in (stop, leave, crash):
        with serve(predict(first=FORKS)) as runner:
            runner.ready()
            pids = read_pids(runner) + read_pids(runner, 'inner')
            # The third child ends, as its own child is an orphan then.
            wait_for(lambda: sum(map(is_alive, pids)) == 4)
            end(runner)
            left = [pid for pid in pids if is_alive(pid)]
            if left:
                yield f'{end.__name__}: {len(left)} processes are left'
    with serve(predict(first=FORKS)) as runner:
        runner.ready()
        worker = read_pids(runner)[0]
        runner.process.kill()
        runner.process.wait()
        wait_for(lambda: not is_alive(worker))
        for pid in read_pids(runner) + read_pids(runner, 'inner'):
            if is_alive(pid):  # the supervisor's part: its sandbox, or its group
                os.kill(pid, signal.SIGKILL)
    code = predict('if request.get("fork") and os.fork() == 0: return {"child": 1}',
                   'return {"parent": 1}')
    with serve(code) as runner:
        runner.ready()
        for _ in range(5):
            if runner.call({'fork': 1}) != (200, {'parent': 1}):
                yield 'a copy of the worker answered'
        if runner.call({}) != (200, {'parent': 1}):
            yield 'after that nothing is answered'


def check_memory():
    limit = 600 << 20
    with serve('x = bytearray(1 << 30)', memory=limit) as runner:
        if runner.failure() != ('memory', '600', 70):
            yield f'import: {runner.events}'
    with serve(predict(first='').replace('predict(', 'load(').replace('request', 'x=0').replace(
            'return x=0', 'self.data = [0] * (1 << 28)'), memory=limit) as runner:
        if runner.failure() != ('memory', '600', 70):
            yield f'load: {runner.events}'
    with serve(predict('if "much" in request: bytearray(1 << 30)', 'return request'),
               memory=limit) as runner:
        runner.ready()
        for _ in range(3):
            status, answer = runner.call({'much': 1})
            if status != 500 or not answer['error'].startswith('MemoryError'):
                yield f'too much was answered {status} {answer}'
        if runner.call({'a': 1}) != (200, {'a': 1}):
            yield 'one request that was too much stopped the service'


def check_ends():
    """A worker that ends in the middle of a request."""
    cases = [('sys.exit(3)', 'exited', '3'), ('sys.exit("bye")', 'exited', '1'),
             ('os._exit(0)', 'exited', '0'), ('raise KeyboardInterrupt', 'killed', 'SIGINT'),
             ('os.kill(os.getpid(), signal.SIGSEGV)', 'killed', 'SIGSEGV'),
             ('__import__("ctypes").string_at(0)', 'killed', 'SIGSEGV'),
             ('os.abort()', 'killed', 'SIGABRT'),
             ('os.kill(os.getpid(), signal.SIGTERM)', 'killed', 'SIGTERM'),
             ('os.closerange(3, 100); time.sleep(60)', 'killed', 'SIGKILL')]
    for line, failure, detail in cases:
        with serve(predict(line)) as runner:
            status, answer = runner.ready().call({})
            found = runner.failure()
            if found != (failure, detail, 70):
                yield f'{line} ended as {found}'
            if status != 500 or 'error' not in answer:
                yield f'{line}: the caller was answered {status} {answer}'


def check_waiting():
    """When a worker ends, whose request was not begun is told to come again."""
    code = predict('open("begun", "w").close()', 'while not os.path.exists("go"): time.sleep(0.01)',
                   'os._exit(5)')
    with serve(code) as runner:
        runner.ready()
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(runner.request(
            'POST', '/', b'{}')[:2])) for _ in range(6)]
        threads[0].start()
        wait_for(lambda: os.path.exists(os.path.join(runner.folder, 'begun')))
        for thread in threads[1:]:
            thread.start()
        wait_for(lambda: count_read(runner.port) == 6)
        pathlib.Path(runner.folder, 'go').touch()
        for thread in threads:
            thread.join()
        if sorted(status for status, _ in answers) != [500] + [503] * 5:
            yield f'answered {[status for status, _ in answers]}'
        if any(not headers['Retry-After'] for status, headers in answers if status == 503):
            yield 'they are not told when'
        if runner.failure()[:2] != ('exited', '5'):
            yield f'told {runner.events}'


def count_read(port):
    """Connections whose callers sent something that the runner has read."""
    with open('/proc/net/tcp', encoding='ascii') as file:
        rows = [line.split() for line in file.readlines()[1:]]
    return sum(row[1].endswith(f':{port:04X}') and row[3] == '01' and
               row[4].endswith(':00000000') for row in rows)


def check_stuck():
    with serve(predict('signal.signal(signal.SIGTERM, signal.SIG_IGN)',
                       'while True: time.sleep(60)'), '--request-timeout', '0.5') as runner:
        status, answer = runner.ready().call({})
        if status != 504 or 'error' not in answer:
            yield f'the caller was answered {status} {answer}'
        if runner.failure() != ('stuck', '0.5', 70):
            yield f'told {runner.events}'


def check_deaf():
    """Code that ignores every signal it can, and a stop while it is at work."""
    first = ('for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n'
             '    signal.signal(number, signal.SIG_IGN)\n'
             'import atexit\natexit.register(time.sleep, 600)\n'
             'open("pids", "w").write(f"{os.getpid()}.")')
    with serve(predict(first=first)) as runner:
        runner.ready()
        pid, = read_pids(runner)
        os.kill(pid, signal.SIGTERM)
        if runner.call({'a': 1}) != (200, {'a': 1}):
            yield 'it does not serve'
        if runner.stop() != 0 or is_alive(pid):
            yield f'stopped with {runner.process.returncode}, alive: {is_alive(pid)}'


def check_answers():
    """What JSON cannot hold is a readable error, and the next request is served."""
    cases = ['return b"bytes"', 'return {"a": {1, 2}}', 'return {"a": b"x"}', 'return None',
             'return [1]', 'return "text"', 'return {"a": float("nan")}',
             'return {"a": [float("inf")]}', 'return {"a": object()}', 'return {(1, 2): 3}',
             'a = {}; a["a"] = a; return a', 'return {"a": lambda: 1}', 'yield 1',
             'raise ValueError("why \\x1b[31m\\n" + "long" * 100000)',
             'class Odd(Exception):\n            def __str__(self): raise RuntimeError\n'
             '        raise Odd', 'raise type("E", (Exception,), {"status": 200})("x")',
             'return {"a": __import__("numpy").float32(1)}', 'x = []; x.append(x); return {"a": x}']
    dispatch = '\n'.join(f'def case{number}(request):\n        {case}'
                         for number, case in enumerate(cases))
    code = predict('number = request.get("case")',
                   'return request if number is None else globals()[f"case{number}"](request)',
                   first=dispatch)
    with serve(code) as runner:
        runner.ready()
        for number, case in enumerate(cases):
            status, answer = runner.call({'case': number})
            if status != 500 or not isinstance(answer.get('error'), str) or \
                    len(answer['error']) > 2100:
                yield f'{case} was answered {status} {str(answer)[:200]}'
            if runner.call({'a': number}) != (200, {'a': number}):
                yield f'after {case} it does not answer'


def check_log_taken():
    """Code that closes its streams or puts others in their place is served all the same."""
    lines = ['if "why" in request: raise ValueError(request["why"])',
             'return {"a": {1}} if "bad" in request else request']
    streams = ['sys.stderr.close()', 'sys.stdout.close()', 'os.close(1); os.close(2)',
               'sys.stdout = sys.stderr = None',
               'class Stream:\n    def write(self, text): pass\n'
               'sys.stdout = sys.stderr = Stream()',
               'class Stream:\n    def __getattr__(self, name): raise RuntimeError(name)\n'
               'sys.stdout = sys.stderr = Stream()']
    for first in streams:
        with serve(predict(*lines, first=first)) as runner:
            runner.ready()
            if runner.call({'why': 'it'}) != (500, {'error': 'ValueError: it'}):
                yield f'{first}: an exception was not answered'
            if runner.call({'bad': 1})[0] != 500 or runner.call({'a': 1}) != (200, {'a': 1}):
                yield f'{first}: it does not go on'
    with serve('import sys\nsys.stderr.close()\nraise ValueError("it")') as runner:
        if runner.failure() != ('import', 'ValueError: it', 70):
            yield f'without a stream the import failed with {runner.events}'


def check_panics():
    """An exception that is none, as extensions in Rust raise, ends one request, not the service."""
    first = ('import asyncio\n'
             'class Panic(BaseException): pass\n'
             'class Odd(Exception):\n    def __getattr__(self, name): raise RuntimeError(name)')
    code = predict('if "raise" in request: raise eval(request["raise"])', 'return request',
                   first=first)
    batch = code.replace('def predict(self, request):',
                         'def predict(self, requests):\n        request = requests[0]').replace(
                             'return request\n', 'return requests\n')
    for text, environment in ((code, {}), (batch, {'TI_INFERENCE_MAX_BATCH_SIZE': '4'})):
        with serve(text, environment=environment) as runner:
            runner.ready()
            for raised in ('Panic("why")', 'Odd("why")', 'asyncio.CancelledError("why")',
                           'GeneratorExit("why")'):
                expected = raised.partition('(')[0].rpartition('.')[2] + ': why'
                if runner.call({'raise': raised}) != (500, {'error': expected}):
                    yield f'{raised} ended it: {runner.log()[-500:]}'
                    break
            else:
                if runner.call({'a': 1}) != (200, {'a': 1}):
                    yield 'after that it does not answer'


def check_large_answers():
    cases = {'text': '{"a": "x" * (1 << 30)}', 'deep': '{"a": [{"b": ["x" * (300 << 20)]}]}',
             'pieces': '{"a": ["x" * (1 << 20)] * 300}',
             'numbers': '{"a": [1234567890123456789] * (14 << 20)}'}
    code = predict(f'return {{{", ".join(f"{n!r}: lambda: {c}" for n, c in cases.items())}}}'
                   '[request["case"]]() if "case" in request else request')
    with serve(code) as runner:
        runner.ready()
        for name in cases:
            status, answer = runner.call({'case': name})
            if status != 500 or answer != {
                    'error': 'ValueError: the answer is longer than 256 MiB'}:
                yield f'{name} was answered {status} {str(answer)[:100]}'
        if runner.call({'a': 1}) != (200, {'a': 1}):
            yield 'it does not answer any more'


SEARCH = '''
import ctypes, glob, json
TOKEN_START = 'TOKEN_START'
def look(path):
    try:
        with open(path, 'rb') as file: return file.read()
    except OSError as error: return b''
def search():
    found = {}
    front = os.getppid()
    found['environment'] = str(dict(os.environ))
    for pid in (front, os.getpid()):
        for name in ('environ', 'cmdline'):
            found[f'{name} of {pid}'] = look(f'/proc/{pid}/{name}').decode('latin-1')
    found['descriptors'] = ' '.join(os.readlink(path) for path in glob.glob('/proc/self/fd/*')
                                    if os.path.islink(path))
    opened = {}
    for what in ('mem', 'fd/4', 'fd/5', 'fd/6', 'maps', 'environ'):
        try:
            with open(f'/proc/{front}/{what}', 'rb') as file: opened[what] = True
        except OSError as error:
            opened[what] = False
    libc = ctypes.CDLL(None, use_errno=True)
    opened['ptrace'] = libc.ptrace(16, front, 0, 0) == 0
    if opened['ptrace']:  # or it would stand still, and the test with it
        os.waitpid(front, 0x40000000)
        libc.ptrace(17, front, 0, 0)
    try:
        import gc
        found['heap'] = str([o for o in gc.get_objects() if isinstance(o, (dict, list))])[:10000000]
    except Exception: pass
    numbers = sorted(int(name) for name in os.listdir('/proc/self/fd'))
    return {'found': found, 'opened': opened, 'numbers': numbers,
            'sockets': [os.readlink(f'/proc/self/fd/{n}') for n in numbers
                        if os.path.exists(f'/proc/self/fd/{n}')]}
'''


def check_secrets():
    """The code of a model looks for the token wherever it could be."""
    with serve(predict('return search()', first=SEARCH)) as runner:
        status, answer = runner.ready().call({})
        if status != 200:
            yield f'the search itself failed: {answer}'
            return
        for place, text in answer['found'].items():
            if TOKEN in text:
                yield f'the token stands in: {place}'
        if any(answer['opened'].values()):
            yield f'the front can be looked into: {answer["opened"]}'
        inodes = [os.readlink(f'/proc/self/fd/{one.fileno()}') for one in (
            runner.listener, runner.status)] + [os.readlink(f'/proc/self/fd/{runner.control}')]
        shared = [name for name in inodes if name in answer['sockets']]
        if shared:
            yield f'it holds what is between front and supervisor: {shared}'
        if TOKEN in runner.log():
            yield 'the token is in the log'
    # What a model prints of what it can reach is in its log, and only there.
    with serve(predict('print(dict(os.environ), sys.argv, flush=True); return {}')) as runner:
        runner.ready().call({})
        if 'TI_MODEL_DIR' not in runner.log() or TOKEN in runner.log():
            yield 'the log does not hold what was printed, or more than that'


def check_last_moments():
    """A worker whose connection the front closed is left the time that a stop gives it."""
    for is_closing in (True, False):
        calls = []
        worker = Worker.__new__(Worker)
        worker.status = None
        worker.is_dismissed = False
        worker.pool = types.SimpleNamespace(is_closing=is_closing, loop=types.SimpleNamespace(
            call_later=lambda seconds, function, calls=calls: calls.append(function)))
        worker.connection_lost(None)
        if calls != ([] if is_closing else [worker.kill]):
            yield f'closing: {is_closing}, then: {calls}'


WRITES = '''
import json, os, struct
def tell(kind, *items):
    head = struct.pack('>BH', kind, len(items))
    os.write(3, head + b''.join(struct.pack('>IHI', 0, 0, len(item)) for item in items) +
             b''.join(items))
def plan(**stage):
    stage = {'count': 1, 'batch': 1, 'environments': [], **stage}
    return json.dumps({'type': 'text/plain', 'stages': [stage]}).encode()
'''


def check_channel():
    """Code that writes to the front itself does not keep it from noticing and ending."""
    cases = ['tell(3, plan(batch=0)); tell(4)', 'tell(3, plan(batch=1 << 20))',
             'tell(3, b\'{"type": "a\\\\r\\\\nX: y", "stages": []}\')', 'tell(3)', 'tell(5)',
             'tell(4)', 'tell(3, b"[]")', 'tell(3, b"[" * 100000)',
             'tell(3, plan()); tell(3, plan())', 'tell(3, plan(count=-1))',
             'tell(3, plan(count=10 ** 9))', 'tell(2, b"{}")', 'os.write(3, b"\\xff" * 4096)']
    for case in cases:
        with serve(f'{WRITES}\n{case}\nimport time\nwhile True: time.sleep(60)') as runner:
            runner.wait('loading')
            event = runner.next_event()
            if event['event'] == 'ready':
                runner.call({})
                event = runner.next_event()
            if event['event'] != 'failed' or runner.process.wait() != 70:
                yield f'{case}: {runner.events}'


def check_left_alone():
    """When the supervisor dies, so does all of it, in the middle of whatever."""
    first = 'open("pids", "w").write(f"{os.getpid()}.")'
    for lines in (['return request'], ['while True: pass']):
        with serve(predict(*lines, first=first)) as runner:
            runner.ready()
            pid, = read_pids(runner)
            if lines[0] != 'return request':
                threading.Thread(target=ignore_errors, args=(runner,), daemon=True).start()
            runner.leave()
            if is_alive(pid):
                yield 'the worker lives on'
    with serve('import os\nopen("pids", "w").write(f"{os.getpid()}.")\nwhile True: pass') as runner:
        pid, = read_pids(runner)
        runner.leave()
        if is_alive(pid):
            yield 'a worker that imports lives on'


def ignore_errors(runner):
    try:
        runner.call({})
    except (OSError, ValueError):
        pass  # its runner is gone, as was meant


def check_log_gone():
    """A model that prints into a log that nobody reads any more."""
    code = predict('print("x" * 100000, flush=True)', 'return {"done": 1}')
    with serve(code) as runner:
        runner.ready()
        for _ in range(3):
            if runner.call({}) != (200, {'done': 1}):
                yield 'it does not answer'
        if runner.log().count('x' * 100000) != 3:
            yield 'what it prints is not in the log'


def check_threads():
    """A model with threads of its own that never end."""
    first = ('import threading\n'
             'threading.Thread(target=lambda: [time.sleep(0.01) for _ in iter(int, 1)]).start()')
    with serve(predict(first=first)) as runner:
        if runner.ready().call({'a': 1}) != (200, {'a': 1}):
            yield 'it does not answer'
        if runner.stop() != 0:
            yield f'stopped with {runner.process.returncode}'


def check_processes():
    """A model that uses multiprocessing."""
    first = ('import multiprocessing\n'
             'def double(n): return 2 * n\n')
    code = predict('with multiprocessing.get_context(request["how"]).Pool(2) as pool:',
                   '    return {"all": pool.map(double, [1, 2, 3])}', first=first)
    with serve(code) as runner:
        runner.ready()
        for how in ('spawn', 'fork', 'forkserver'):
            if runner.call({'how': how}) != (200, {'all': [2, 4, 6]}):
                yield f'{how}: {runner.log()[-1000:]}'


tap = Tap()
tap.check('a module that never ends importing', check_loop_at_import)
tap.check('nothing that was forked is left', check_forks)
tap.check('memory that is not allowed', check_memory)
tap.check('a worker that ends is told by how', check_ends)
tap.check('whose request was not begun may come again', check_waiting)
tap.check('a request that takes too long', check_stuck)
tap.check('code that ignores signals', check_deaf)
tap.check('answers that JSON cannot hold', check_answers)
tap.check('answers that are too large', check_large_answers)
tap.check('a model that takes the streams away', check_log_taken)
tap.check('exceptions that are none', check_panics)
tap.check('the token is out of reach', check_secrets)
tap.check('the last moments of a worker', check_last_moments)
tap.check('code that talks to the front', check_channel)
tap.check('all ends with the supervisor', check_left_alone)
tap.check('what a model prints is in the log', check_log_gone)
tap.check('a model with threads', check_threads)
tap.check('a model with processes', check_processes)
tap.done()
