# SPDX-License-Identifier: GPL-3.0-or-later
"""What serving a model costs: bench-services.py BUILD SOURCE FOLDER [PART…]

Parts: `http`, requests through the runner against a bare http.server that calls the same function.
"""

import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import time

from measure import ROUNDS, report

BUILD, SOURCE, FOLDER = sys.argv[1:4]
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'lib'))
from runner import TOKEN, Runner  # noqa: E402

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
BARE = FUNCTION + '''
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


class Caller:
    """Asks again as soon as it is answered, over the same connection where that is kept."""

    def __init__(self, port):
        body = json.dumps({'values': VALUES}).encode('ascii')
        self.request = (f'POST /inference HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n'
                        f'Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n'
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


def start_bare(*arguments):
    process = subprocess.Popen([sys.executable, '-c', BARE, *arguments], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True)
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


PARTS = {'http': measure_http}

for part in sys.argv[4:] or PARTS:
    PARTS[part]()
