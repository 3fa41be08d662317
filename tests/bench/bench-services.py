# SPDX-License-Identifier: GPL-3.0-or-later
"""What serving a model costs: bench-services.py BUILD SOURCE FOLDER [PART…]

Parts: `http`, requests through the runner against a bare http.server that calls the same function;
`publish`, from `granary-cli publish` of the bundled sample to its first answer; `request`, what a
service adds to one request of the sample; `memory`, of granary-serviced and of what it runs.
"""

import functools
import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse

from measure import ROUNDS, report, rotate, timed
from published import Published

BUILD, SOURCE, FOLDER = sys.argv[1:4]
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'lib'))
from runner import TOKEN, Runner  # noqa: E402

MODULES = os.path.join(BUILD, 'data', 'runner', 'modules')
SECONDS = float(os.environ.get('GRANARY_BENCH_SECONDS', '1'))
CALLERS = (1, 8, 64)
VALUES = list(range(64))
FUNCTION = '''
def answer(request):
    return {'sum': sum(request['values'])}
'''
MODEL = FUNCTION + '''
import tiinfer
class Sum(tiinfer.Model):
    def predict(self, request):
        return answer(request)
'''
# As it comes, every request has a connection and a thread; `kept` is as fast as it gets:
# connections are kept, and an answer leaves in one piece at once.
SERVER = '''
import http.server, json, sys
class Handler(http.server.BaseHTTPRequestHandler):
    if sys.argv[1:] == ['kept']:
        protocol_version = 'HTTP/1.1'
        disable_nagle_algorithm = True
        wbufsize = 65536
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        data = json.dumps(answer(request)).encode('utf-8')
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    def log_message(self, *arguments):
        pass
class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
    def handle_error(self, request, client_address):
        pass  # callers go when their time is over
server = Server(('127.0.0.1', 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
'''
# The bundled sample without any of Granary: PYTHON -c DIRECT MODULES FOLDER
DIRECT = '''
import json, os, sys
modules, folder = sys.argv[1:3]
del sys.argv[1:3]
sys.path[:0] = [modules, folder]
import model_service
answer = model_service.DigitsModel(folder)
answer.load()
with open(os.path.join(folder, 'config.json'), encoding='utf-8') as file:
    example = json.load(file)['example']
'''
ONCE = DIRECT + 'print(answer(example))'
# For each line of input as many calls as it says; prints the median of their seconds.
CALLS = DIRECT + '''
import statistics, time
def call():
    begin = time.perf_counter()
    answer(example)
    return time.perf_counter() - begin
for line in sys.stdin:
    print(statistics.median(call() for _ in range(int(line))), flush=True)
'''
REQUESTS = 500  # a round
SERVICES = 10
PROCESSES = {'bwrap': 'bwrap', 'granary-serviced': 'guard', 'main.py': 'front of the runner',
             'worker.py': 'worker'}


class Caller:
    """Asks again as soon as it is answered, over the same connection where that is kept."""

    def __init__(self, port, value=None, token=TOKEN):
        body = json.dumps(value or {'values': VALUES}).encode('ascii')
        self.request = (f'POST /inference HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n'
                        f'Authorization: Bearer {token}\r\nContent-Type: application/json\r\n'
                        f'Content-Length: {len(body)}\r\n\r\n').encode('ascii') + body
        self.port = port
        self.socket = None
        self.data = b''

    def ask(self, chooser):
        self.begun = time.perf_counter()
        if self.socket is None:
            self.socket = socket.create_connection(('127.0.0.1', self.port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            chooser.register(self.socket, selectors.EVENT_READ, self)
        self.socket.sendall(self.request)

    def close(self, chooser):
        chooser.unregister(self.socket)
        self.socket.close()
        self.socket = None

    def receive(self, chooser):
        """Seconds that the answer took, None before it is whole."""
        data = self.socket.recv(65536)
        self.data += data
        head, ended, body = self.data.partition(b'\r\n\r\n')
        if not data or (ended and b' 200 ' not in head[:16]):
            sys.exit(f'granary: a service answered {self.data!r}')
        if not ended or len(body) < int(head.lower().partition(b'content-length:')[2].split()[0]):
            return None
        self.data = b''
        if head.startswith(b'HTTP/1.0'):
            self.close(chooser)
        return time.perf_counter() - self.begun


def load(port, count):
    """(seconds for each request, 99th percentile of what one waited) of so many callers."""
    chooser = selectors.DefaultSelector()
    callers = [Caller(port) for _ in range(count)]
    taken = []
    begin = time.perf_counter()
    for caller in callers:
        caller.ask(chooser)
    while time.perf_counter() < begin + SECONDS:
        for key, _ in chooser.select():
            seconds = key.data.receive(chooser)
            if seconds is not None:
                taken.append(seconds)
                key.data.ask(chooser)
    passed = time.perf_counter() - begin
    for caller in callers:
        caller.close(chooser)
    return passed / len(taken), statistics.quantiles(taken, n=100)[98]


def start_python(code, *arguments):
    """In a session of its own, as a service is: the kernel shares the processors by sessions."""
    # Importing onnxruntime makes a thousand lines of errors on some systems.
    with open(os.path.join(FOLDER, 'services.log'), 'ab') as log:
        return subprocess.Popen([sys.executable, '-I', '-B', '-c', code, *arguments], text=True,
                                start_new_session=True, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=log)


def start_bare(*arguments, code=FUNCTION):
    process = start_python(code + SERVER, *arguments)
    return process, int(process.stdout.readline())


def measure_http():
    main = os.path.join(BUILD, 'data', 'runner', 'main.py')
    bare, bare_port = start_bare()
    kept, kept_port = start_bare('kept')
    with bare, kept, Runner(main, {'model_service.py': MODEL}) as runner:
        runner.ready()
        # It would end a runner that hangs in a test; here all rounds together take longer.
        runner.alarm.cancel()
        ports = {'runner': runner.port, 'bare http.server': bare_port,
                 'keeping connections': kept_port}
        for count in CALLERS:
            measure_callers(ports, count)
        bare.terminate()
        kept.terminate()


def measure_callers(ports, count):
    found = {name: [] for name in ports}
    for turn in range(ROUNDS + 1):
        for name, port in ports.items():
            result = load(port, count)
            if turn:
                found[name].append(result)
    callers = f'{count} caller{"s" if count > 1 else ""}'
    for which, what in enumerate(('a request', 'p99')):
        medians = {name: statistics.median(pair[which] for pair in pairs)
                   for name, pairs in found.items()}
        if which == 0:
            print(f'service, {callers}: ' + ', '.join(
                f'{name} {1 / seconds:.0f} requests/s' for name, seconds in medians.items()),
                file=sys.stderr)
        report(f'service: {what}, {callers}', medians.pop('runner'), medians, 1.0)


def measure_publish():
    with Published(BUILD, SOURCE, FOLDER) as place:
        def publish(quits):
            if quits:
                place.quit()
            begin = time.perf_counter()
            service = place.publish()
            place.ask(service)
            passed = time.perf_counter() - begin
            place.run('remove', service['id'], '--yes')
            return passed

        python = (sys.executable, '-I', '-B', '-c')
        found = rotate({
            'service': lambda: publish(False),
            'service and granary-serviced': lambda: publish(True),
            'the same calls in a bare interpreter':
                lambda: timed(*python, ONCE, MODULES, place.sample),
            'import numpy, onnxruntime': lambda: timed(*python, 'import numpy, onnxruntime'),
            'an interpreter': lambda: timed(*python, 'pass'),
        })
    running = found.pop('service')
    whole = found.pop('service and granary-serviced')
    # The front of the runner is an interpreter, then its worker is one that imports these.
    start = 2 * found['an interpreter']
    imports = found['import numpy, onnxruntime'] - found['an interpreter']
    print(f'service, publish → first answer: {running:.3f} s, {start / running:.0%} of it the '
          f'start of two interpreters, {imports / running:.0%} importing numpy and onnxruntime; '
          f'{whole:.3f} s where granary-serviced is started first', file=sys.stderr)
    report('service: publish → first answer', running, found, 2.0)
    report('service: the same, and granary-serviced', whole, found, 2.5)


def time_requests(port, value, token):
    """Median of what one caller waits, over one connection."""
    chooser = selectors.DefaultSelector()
    caller = Caller(port, value, token)
    taken = []
    while len(taken) < REQUESTS:
        caller.ask(chooser)
        seconds = None
        while seconds is None:
            chooser.select()
            seconds = caller.receive(chooser)
        taken.append(seconds)
    caller.close(chooser)
    return statistics.median(taken)


def time_calls(process):
    process.stdin.write(f'{REQUESTS}\n')
    process.stdin.flush()
    return float(process.stdout.readline())


def measure_request():
    with Published(BUILD, SOURCE, FOLDER) as place:
        service = place.publish()
        port = urllib.parse.urlsplit(service['url']).port
        kept, kept_port = start_bare(MODULES, place.sample, 'kept', code=DIRECT)
        with kept, start_python(CALLS, MODULES, place.sample) as direct:
            found = rotate({
                'service': lambda: time_requests(port, place.example, service['token']),
                'http.server, keeping connections':
                    lambda: time_requests(kept_port, place.example, TOKEN),
                'the call in a bare interpreter': lambda: time_calls(direct),
            })
            kept.terminate()
            direct.stdin.close()
    seconds = found.pop('service')
    called = found['the call in a bare interpreter']
    served = found['http.server, keeping connections']
    print(f'service, one request: {seconds * 1e6:.0f} µs, {(seconds - called) * 1e6:.0f} µs more '
          f'than the call; http.server adds {(served - called) * 1e6:.0f} µs', file=sys.stderr)
    report('service: one request of the sample', seconds, found, 1.5)


def read_memory(process):
    """(resident, and of that its own) MiB of a process."""
    with open(f'/proc/{process}/status', encoding='ascii') as file:
        facts = dict(line.split(':', 1) for line in file)
    return tuple(int(facts[name].split()[0]) / 1024 for name in ('VmRSS', 'RssAnon'))


def find_below(process):
    """Name and number of all processes that came of this one."""
    with open(f'/proc/{process}/task/{process}/children', encoding='ascii') as file:
        for child in map(int, file.read().split()):
            with open(f'/proc/{child}/cmdline', 'rb') as line:
                words = [os.path.basename(word) for word in line.read().decode().split('\0')]
            # bwrap names the script that it starts, too.
            known = (PROCESSES[word] for word in words if word in PROCESSES)
            yield next(known, words[0]), child
            yield from find_below(child)


def describe_memory(process):
    return '{:.1f} MiB, {:.1f} of it anonymous'.format(*read_memory(process))


def measure_memory():
    """Not in the table, which has seconds."""
    say = functools.partial(print, file=sys.stderr)
    with Published(BUILD, SOURCE, FOLDER) as place:
        for number in range(1, SERVICES + 1):
            place.ask(place.publish(f'digits-{number}'))
            if number not in (1, SERVICES):
                continue
            supervisor = place.find_supervisor()
            say(f'memory, {number} service{"s" if number > 1 else ""}: granary-serviced '
                + describe_memory(supervisor))
            if number == 1:
                for name, process in find_below(supervisor):
                    say(f'memory, 1 service: {name} {describe_memory(process)}')
        total = {}
        for name, process in find_below(supervisor):
            total.setdefault(name, []).append(read_memory(process))
        for name, each in total.items():
            resident, anonymous = (sum(column) for column in zip(*each))
            say(f'memory, {SERVICES} services: {len(each)} × {name} {resident:.1f} MiB, '
                f'{anonymous:.1f} of it anonymous')
        for name, code, arguments in (('an interpreter', '', ()),
                                      ('which calls the sample', DIRECT, (MODULES, place.sample))):
            with start_python(code + '\nprint(flush=True)\ninput()', *arguments) as bare:
                bare.stdout.readline()
                say(f'memory, {name}: {describe_memory(bare.pid)}')
                bare.communicate('\n')


PARTS = {'http': measure_http, 'publish': measure_publish, 'request': measure_request,
         'memory': measure_memory}

for part in sys.argv[4:] or PARTS:
    PARTS[part]()
