# SPDX-License-Identifier: GPL-3.0-or-later
"""The service runner and its callers, well-behaved and not: test-runner-http.py RUNNER SOURCE"""

import json
import os
import pathlib
import socket
import sys
import threading
import types

RUNNER, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
MAIN = os.path.join(RUNNER, 'main.py')
sys.path.insert(0, str(SOURCE / 'tests/data'))
sys.path.insert(0, str(SOURCE / 'tests/lib'))
sys.path.insert(0, RUNNER)

from tap import Tap  # noqa: E402
from runner import SECONDS, TOKEN, Runner, read_all, statuses  # noqa: E402
from granary_runner import connection as states  # noqa: E402
from granary_runner.front import Front  # noqa: E402

# Waits for a file of the name that the request gives, so that tests need no clock.
MODEL = '''
import os, time, tiinfer
class Echo(tiinfer.Model):
    def predict(self, request):
        if 'wait' in request:
            open(request['wait'] + '.begun', 'w').close()
            while not os.path.exists(request['wait']): time.sleep(0.002)
        if 'long' in request: return {'text': 'x' * request['long']}
        if 'count' in request: return {'length': len(request['count'])}
        return request
'''
AUTH = f'Authorization: Bearer {TOKEN}\r\n'.encode()
HEAD = b'POST /inference HTTP/1.1\r\nHost: here\r\n'
HEALTH = b'GET /health HTTP/1.1\r\nHost: here\r\n'
LATER = 0.002


def serve(*arguments, **options):
    return Runner(MAIN, {'model_service.py': MODEL}, arguments=arguments, **options).ready()


def wait_for(condition):
    gate = threading.Event()
    for _ in range(int(SECONDS / LATER)):
        if condition():
            return
        gate.wait(LATER)
    raise AssertionError('it did not happen')


def post(body, extra=b''):
    return HEAD + AUTH + extra + b'Content-Length: %d\r\n\r\n%s' % (len(body), body)


def check_tokens():
    with serve() as runner:
        cases = [(b'', 401), (AUTH, 200), (AUTH.replace(b'Bearer', b'bearer'), 200),
                 (AUTH.replace(b'Bearer', b'Basic'), 401), (b'Authorization: Bearer\r\n', 401),
                 (b'Authorization: ' + TOKEN.encode() + b'\r\n', 401), (AUTH + AUTH, 400),
                 (AUTH.replace(TOKEN[:4].encode(), b'0000', 1), 401),
                 (b'Authorization: Bearer ' + TOKEN[:-1].encode() + b'\r\n', 401),
                 (b'Authorization: Bearer ' + TOKEN.encode() + b'0\r\n', 401),
                 (b'Authorization: Bearer \xff\xfe\r\n', 401)]
        for header, expected in cases:
            data = runner.raw(HEAD + header + b'Content-Length: 2\r\n\r\n{}')
            if statuses(data) != [expected]:
                yield f'{header} was answered {data[:80]}'
        for path in ('/health', '/ready'):
            if runner.request('GET', path, token=False)[0] != 200:
                yield f'{path} wants a token'
        if TOKEN in runner.log():
            yield 'the token is in the log'


def check_routes():
    with serve() as runner:
        cases = [('GET', '/inference', 405), ('GET', '/', 405), ('PUT', '/inference', 405),
                 ('POST', '/health', 405), ('GET', '/nothing', 404), ('POST', '/../etc', 404),
                 ('HEAD', '/health', 200), ('GET', '/ready?x=1', 200), ('OPTIONS', '/', 405)]
        for method, path, expected in cases:
            status, headers, body = runner.request(method, path)
            if status != expected:
                yield f'{method} {path} was answered {status}'
            if status == 405 and not headers['Allow']:
                yield f'{method} {path}: nothing is said to be allowed'
            if method == 'HEAD' and (body or not int(headers['Content-Length'])):
                yield 'HEAD has a body or no length'
        if runner.request('POST', '/', b'{}', **{'Content-Encoding': 'gzip'})[0] != 415:
            yield 'a compressed request passed'


def check_bodies():
    with serve() as runner:
        cases = [b'', b'x', b'[]', b'1', b'null', b'"a"', b'{"a": NaN}', b'{"a": Infinity}',
                 b'{"a": 1} x', b'\xff\xfe{}', b'{"a": ' * 100000, b'[' * 200000, b"{'a': 1}"]
        for body in cases:
            status, _, answer = runner.request('POST', '/', body)
            if status != 400 or 'error' not in json.loads(answer):
                yield f'{body[:20]} was answered {status} {answer[:80]}'
        for value in ({'a': '文本 \U0001f600'}, {'a': '\ud800'},
                      {'a': [1.5, None, True, -0.0, 1e300]}):
            if runner.call(value) != (200, value):
                yield f'{value} came back as something else'


def check_keep_alive():
    with serve() as runner:
        connection = runner.connect()
        for number in range(50):
            connection.request('POST', '/', json.dumps({'n': number}),
                               {'Authorization': f'Bearer {TOKEN}'})
            answer = json.loads(connection.getresponse().read())
            if answer != {'n': number}:
                yield f'request {number} was answered {answer}'
            if number == 0:
                first = connection.sock
            if connection.sock is not first:
                yield f'the connection was closed after request {number}'
        connection.close()
        closing = runner.raw(post(b'{}', b'Connection: close\r\n') + post(b'{}'), half=False)
        if statuses(closing) != [200] or b'Connection: close' not in closing:
            yield f'Connection: close was answered {closing[:200]}'
        old = post(b'{}').replace(b'1.1', b'1.0', 1)
        if statuses(runner.raw(old, half=False)) != [200]:
            yield 'HTTP/1.0 is not closed'
        kept = old.replace(b'Host', b'Connection: Keep-Alive\r\nHost')
        data = runner.raw(kept + old, half=False)
        if statuses(data) != [200, 200] or data.count(b'Connection: keep-alive') != 1:
            yield f'HTTP/1.0 with keep-alive was answered {data}'


def check_pipelined():
    with serve() as runner:
        requests = b''.join(post(b'{"n": %d}' % n) + HEALTH + b'\r\n' for n in range(2000))
        with socket.create_connection(('127.0.0.1', runner.port), SECONDS) as plain:
            sender = threading.Thread(target=plain.sendall, args=(requests,))
            sender.start()
            data = b''
            while data.count(b'HTTP/1.1 ') < 4000 or not data.endswith(b'}'):
                data += plain.recv(1 << 20)
            sender.join()
        numbers = [json.loads(part.split(b'\r\n\r\n')[1]) for part in data.split(b'HTTP/1.1 ')[1:]]
        if [one.get('n') for one in numbers[::2]] != list(range(2000)):
            yield 'the answers are not in the order of the requests'
        if any(one != {'status': 'alive'} for one in numbers[1::2]):
            yield 'what was asked between them got lost'
        pieces = post(b'{"a": "b"}')
        with socket.create_connection(('127.0.0.1', runner.port), SECONDS) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in pieces:
                plain.sendall(bytes([byte]))
            plain.shutdown(socket.SHUT_WR)
            if statuses(read_all(plain)) != [200]:
                yield 'a request that came byte by byte was not answered'


def chunked(*lines, head=b'Transfer-Encoding: chunked\r\n'):
    return HEAD + AUTH + head + b'\r\n' + b''.join(lines)


def check_chunks():
    with serve() as runner:
        good = [chunked(b'2\r\n{}\r\n', b'0\r\n\r\n'),
                chunked(b'1\r\n{\r\n', b'01;name="x"\r\n}\r\n', b'0\r\n\r\n'),
                chunked(b'2\r\n{}\r\n', b'0\r\nExpires: never\r\nMore: 1\r\n\r\n'),
                chunked(b'A\r\n{"a": "b"}\r\n'.replace(b'A', b'a'), b'000\r\n\r\n')]
        for data in good:
            # Something follows, so that the end of each is found exactly.
            found = statuses(runner.raw(data + HEALTH + b'\r\n'))
            if found != [200, 200]:
                yield f'{data[-60:]} was answered {found}'
        bad = [chunked(b'x\r\n{}\r\n0\r\n\r\n'), chunked(b'-2\r\n{}\r\n0\r\n\r\n'),
               chunked(b'0x2\r\n{}\r\n0\r\n\r\n'), chunked(b' 2\r\n{}\r\n0\r\n\r\n'),
               chunked(b'2 \r\n{}\r\n0\r\n\r\n'), chunked(b'3\r\n{}\r\n0\r\n\r\n'),
               chunked(b'1\r\n{}\r\n0\r\n\r\n'), chunked(b'2\n{}\r\n0\r\n\r\n'),
               chunked(b'fffffffff\r\n'), chunked(b'\r\n{}\r\n0\r\n\r\n'), chunked(b'1' * 2000),
               chunked(b'2\r\n{}\r\n0\r\nbad trailer\r\n\r\n')]
        for data in bad:
            found = statuses(runner.raw(data + HEALTH + b'\r\n'))
            if found != [400]:
                yield f'{data[-60:]} was answered {found}'
        large = chunked(b'4000001\r\n')
        if statuses(runner.raw(large)) != [413]:
            yield 'a chunk over 64 MiB was begun to be read'


def check_smuggling():
    """What two servers could read differently; the request hidden behind it is never served."""
    with serve() as runner:
        both = b'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'
        cases = [
            (HEAD + AUTH + both + b'\r\n0\r\n\r\n', 400),
            (HEAD + AUTH + b'Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}', 400),
            (HEAD + AUTH + b'Content-Length: 2, 2\r\n\r\n{}', 400),
            (HEAD + AUTH + b'Content-Length: +2\r\n\r\n{}', 400),
            (HEAD + AUTH + b'Content-Length: 2_0\r\n\r\n{}', 400),
            (HEAD + AUTH + b'Content-Length: 0x2\r\n\r\n{}', 400),
            (HEAD + AUTH + b'Content-Length: -2\r\n\r\n{}', 400),
            (HEAD + AUTH + b'Content-Length:\r\n\r\n{}', 400),
            (HEAD + AUTH + b'Content-Length: \xd9\xa2\r\n\r\n{}', 400),
            (HEAD + AUTH + b'Content-Length : 2\r\n\r\n{}', 400),
            (HEAD + AUTH + b' Content-Length: 2\r\n\r\n{}', 400),
            (HEAD + AUTH + b'X: a\r\n Content-Length: 2\r\n\r\n{}', 400),
            (HEAD + AUTH + b'X: a\nContent-Length: 2\r\n\r\n{}', 400),
            (HEAD + AUTH + b'X: a\rY: b\r\nContent-Length: 2\r\n\r\n{}', 400),
            (HEAD + AUTH + b'X: a\0b\r\nContent-Length: 2\r\n\r\n{}', 400),
            (chunked(b'0\r\n\r\n', head=b'Transfer-Encoding: gzip, chunked\r\n'), 501),
            (chunked(b'0\r\n\r\n', head=b'Transfer-Encoding: xchunked\r\n'), 501),
            (chunked(b'0\r\n\r\n', head=b'Transfer-Encoding: identity\r\n'), 501),
            (chunked(b'0\r\n\r\n', head=b'Transfer-Encoding: chunked\r\n' * 2), 400),
            (chunked(b'0\r\n\r\n').replace(b'1.1', b'1.0', 1), 400),
            (b'GET /health HTTP/1.1\r\n\r\n', 400),
            (b'GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400),
            (b'GET  /health HTTP/1.1\r\nHost: a\r\n\r\n', 400),
            (b'GET /health HTTP/2.0\r\nHost: a\r\n\r\n', 505),
            (b'GET /health HTTP/1.10\r\nHost: a\r\n\r\n', 400),
            (b'GET /health\r\n\r\n', 400),
            (b'GET health HTTP/1.1\r\nHost: a\r\n\r\n', 400),
            (b'\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n', 400),
            (HEAD + AUTH + b'Expect: something\r\nContent-Length: 2\r\n\r\n{}', 417),
            (HEALTH + b'Content-Length: 3\r\n\r\nabc', 200),
        ]
        for data, expected in cases:
            found = statuses(runner.raw(data + HEALTH + b'\r\n'))
            if found != [expected]:
                yield f'{data[:100]} was answered {found}'


def check_sizes():
    with serve() as runner:
        # Refused before it was sent: nothing of the body ever comes.
        data = runner.raw(HEAD + AUTH + b'Content-Length: 67108865\r\n\r\n', half=False)
        if statuses(data) != [413]:
            yield f'over 64 MiB was answered {data[:100]}'
        data = runner.raw(HEAD + b'Content-Length: 67108865\r\n\r\n', half=False)
        if statuses(data) != [401]:
            yield 'the token is looked at after the size'
        if statuses(runner.raw(HEALTH + b'X: ' + b'a' * 65536)) != [431]:
            yield 'a head that never ends is read on'
        if statuses(runner.raw(HEALTH + b'X: ' + b'a' * 65536 + b'\r\n\r\n')) != [431]:
            yield 'a long head passed'
        if statuses(runner.raw(HEALTH + b'X: ' + b'a' * 60000 + b'\r\n\r\n')) != [200]:
            yield 'a head of 60,000 bytes was refused'
        with socket.create_connection(('127.0.0.1', runner.port), SECONDS) as plain:
            plain.sendall(HEAD + AUTH + b'Expect: 100-continue\r\nContent-Length: 2\r\n\r\n')
            if not plain.recv(100).startswith(b'HTTP/1.1 100 '):
                yield 'it does not say that the body may come'
            plain.sendall(b'{}')
            plain.shutdown(socket.SHUT_WR)
            if statuses(read_all(plain)) != [200]:
                yield 'the body after that was not read'
        largest = (64 << 20) - 13
        status, answer = runner.call({'count': 'x' * largest})
        if (status, answer) != (200, {'length': largest}):
            yield f'64 MiB were answered {status}'
        status, answer = runner.call({'long': 100 << 20})
        if status != 200 or len(answer['text']) != 100 << 20:
            yield f'an answer of 100 MiB became {status}'


def check_many():
    """200 at the same time are answered, each with its own."""
    with serve() as runner:
        answers = {}

        def call(number):
            answers[number] = runner.call({'n': number})
        gate = threading.Thread(target=runner.call, args=({'wait': 'gate'},))
        gate.start()
        wait_for(lambda: os.path.exists(os.path.join(runner.folder, 'gate.begun')))
        threads = [threading.Thread(target=call, args=(number,)) for number in range(200)]
        for thread in threads:
            thread.start()
        pathlib.Path(runner.folder, 'gate').touch()
        for thread in [*threads, gate]:
            thread.join()
        wrong = [number for number in range(200) if answers[number] != (200, {'n': number})]
        if wrong:
            yield f'{len(wrong)} of 200 were not answered, such as {answers[wrong[0]]}'


def check_too_many():
    """The 257th is told to come again."""
    with serve() as runner:
        gate = threading.Thread(target=runner.call, args=({'wait': 'gate'},))
        gate.start()
        wait_for(lambda: os.path.exists(os.path.join(runner.folder, 'gate.begun')))
        waiting = [socket.create_connection(('127.0.0.1', runner.port), SECONDS)
                   for _ in range(255)]
        for plain in waiting:
            plain.sendall(post(b'{}'))
        refused = []

        def is_refused():
            # As long as there is room it joins those that wait, so it must not be waited for.
            with socket.create_connection(('127.0.0.1', runner.port), SECONDS) as plain:
                plain.sendall(post(b'{}'))
                plain.settimeout(0.2)
                try:
                    refused.append(plain.recv(4096))
                except socket.timeout:
                    return False
            return True
        wait_for(is_refused)
        if statuses(refused[0]) != [503] or b'Retry-After: ' not in refused[0]:
            yield f'one too many was answered {refused[0]}'
        if runner.request('GET', '/health', token=False)[0] != 200:
            yield '/health is not answered then'
        pathlib.Path(runner.folder, 'gate').touch()
        gate.join()
        for plain in waiting:
            data = plain.recv(4096)
            if statuses(data) != [200]:
                yield f'one of those that waited was answered {data[:60]}'
                break
        for plain in waiting:
            plain.close()


def check_slow():
    """Callers that do not go on are closed; others are served meanwhile."""
    with serve('--client-timeout', '0.4') as runner:
        starts = [b'', b'POST /inf', HEAD + AUTH, post(b'{"a": 1}')[:-3],
                  chunked(b'2\r\n{}\r\n'), chunked(b'5\r\n{}')]
        slow = [socket.create_connection(('127.0.0.1', runner.port), SECONDS) for _ in starts]
        for plain, start in zip(slow, starts):
            plain.sendall(start)
        if runner.call({'a': 1}) != (200, {'a': 1}):
            yield 'they are in the way of others'
        for plain, start in zip(slow, starts):
            found = statuses(read_all(plain))
            plain.close()
            if found != [408]:
                yield f'{start[:20]} … was answered {found}'
        # One that never reads its answer.
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(('127.0.0.1', runner.port))
            deaf.sendall(post(b'{"long": 50000000}'))
            wait_for(lambda: count_connections(runner.port) == 0)
        if runner.call({'a': 2}) != (200, {'a': 2}):
            yield 'it does not answer any more'


def count_connections(port, is_read=False):
    """Those that are established, as the runner's side has them; or that it read all of."""
    with open('/proc/net/tcp', encoding='ascii') as file:
        rows = [line.split() for line in file.readlines()[1:]]
    return sum(row[1].endswith(f':{port:04X}') and row[3] == '01' and
               (not is_read or row[4].endswith(':00000000')) for row in rows)


def check_connections():
    """Whoever opens connections without end closes out none but himself."""
    with serve() as runner:
        working = threading.Thread(target=lambda: answers.append(runner.call({'wait': 'gate'})))
        answers = []
        working.start()
        wait_for(lambda: os.path.exists(os.path.join(runner.folder, 'gate.begun')))
        idle = []
        for number in range(1100):
            plain = socket.create_connection(('127.0.0.1', runner.port), SECONDS)
            plain.sendall(b'POST /inf' if number % 2 else HEALTH + b'\r\n')
            if number % 2 == 0 and statuses(plain.recv(4096)) != [200]:
                yield f'connection {number} was not answered'
                break
            idle.append(plain)
        if runner.request('GET', '/ready', token=False)[0] != 200:
            yield 'a new caller is not answered'
        if read_all(idle[0]):
            yield 'the oldest idle connection was not closed'
        if count_connections(runner.port) > 1024:
            yield f'{count_connections(runner.port)} connections are open'
        pathlib.Path(runner.folder, 'gate').touch()
        working.join()
        if answers != [(200, {'wait': 'gate'})]:
            yield f'the caller at work was answered {answers}'
        for plain in idle:
            plain.close()


def check_gone():
    """A caller that goes away is not waited for, and takes nobody with it."""
    with serve() as runner:
        gate = threading.Thread(target=runner.call, args=({'wait': 'gate'},))
        gate.start()
        wait_for(lambda: os.path.exists(os.path.join(runner.folder, 'gate.begun')))
        for number in range(20):
            plain = socket.create_connection(('127.0.0.1', runner.port), SECONDS)
            # Closed with a reset, so that the runner knows that nobody waits.
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
            plain.sendall(post(b'{"wait": "never%d"}' % number))
            plain.close()
        wait_for(lambda: count_connections(runner.port) == 1)
        pathlib.Path(runner.folder, 'gate').touch()
        pathlib.Path(runner.folder, 'never0').touch()
        gate.join()
        if runner.call({'a': 1}) != (200, {'a': 1}):
            yield 'it answers nobody any more'
        begun = [name for name in os.listdir(runner.folder) if name.startswith('never')]
        if len(begun) > 2:
            yield f'what nobody waits for was begun: {begun}'


def check_gone_waiting():
    """Those that went away take nobody's place among those that wait."""
    with serve() as runner:
        answers = []
        gate = threading.Thread(target=runner.call, args=({'wait': 'gate'},))
        gate.start()
        wait_for(lambda: os.path.exists(os.path.join(runner.folder, 'gate.begun')))
        gone = [socket.create_connection(('127.0.0.1', runner.port), SECONDS) for _ in range(255)]
        for plain in gone:
            plain.sendall(post(b'{}'))
        wait_for(lambda: count_connections(runner.port, is_read=True) == 256)
        for plain in gone:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\1\0\0\0\0\0\0\0')
            plain.close()
        wait_for(lambda: count_connections(runner.port) == 1)
        caller = threading.Thread(target=lambda: answers.append(runner.call({'a': 1})))
        caller.start()
        wait_for(lambda: answers or count_connections(runner.port, is_read=True) == 2)
        pathlib.Path(runner.folder, 'gate').touch()
        caller.join()
        gate.join()
        if answers != [(200, {'a': 1})]:
            yield f'the next caller was answered {answers}'


def check_half_closed():
    """A connection whose caller sends no more stays open while there is something to answer."""
    front = types.SimpleNamespace(loop=types.SimpleNamespace(time=lambda: 0.0))
    for state, blocked, expected in (
            (states.WORK, False, True), (states.WORK, True, True), (states.IDLE, True, True),
            (states.IDLE, False, False), (states.BODY, False, False), (states.DRAIN, True, False)):
        one = states.Connection(front)
        one.transport = types.SimpleNamespace(get_write_buffer_size=lambda: 1000)
        one.state, one.blocked = state, blocked
        if one.eof_received() is not expected:
            yield f'state {state}, blocked {blocked}: it stays open: {not expected}'


def check_places():
    """Whose place a new caller gets: never that of one whose answer is not sent or not made yet."""
    loop = types.SimpleNamespace(time=lambda: 0.0, call_later=lambda *_: None)

    def connect(front, state, since, unsent=0):
        one = states.Connection(front)
        one.state, one.since = state, since
        one.transport = types.SimpleNamespace(
            get_write_buffer_size=lambda: unsent, abort=lambda: aborted.append(one))
        front.opened(one)
        if state == states.IDLE:
            front.idle(one)
        return one
    for others, expected in (
            ([(states.IDLE, 1, 5), (states.IDLE, 2), (states.HEAD, 0)], 1),
            ([(states.IDLE, 1, 5), (states.BODY, 3), (states.HEAD, 2), (states.WORK, 0)], 2),
            ([(states.IDLE, 1, 5), (states.WORK, 0)], 2)):
        aborted = []
        front = Front(loop, None, b'', 1, len(others))
        all_of_them = [connect(front, *other) for other in others]
        all_of_them.append(connect(front, states.HEAD, 9))
        if aborted != [all_of_them[expected]]:
            yield f'of {others}: {[all_of_them.index(one) for one in aborted]} lost its place'


def check_free_worker():
    """No request waits behind another one while there is a worker that has nothing to do."""
    with serve(environment={'TI_INFERENCE_NUMS': '2'}) as runner:
        long = [threading.Thread(target=runner.call, args=({'wait': name},))
                for name in ('one', 'two')]
        for thread, name in zip(long, ('one', 'two')):
            thread.start()
            wait_for(lambda: os.path.exists(os.path.join(runner.folder, name + '.begun')))
        short = [socket.create_connection(('127.0.0.1', runner.port), SECONDS / 2)
                 for _ in range(4)]
        for plain in short:
            plain.sendall(post(b'{}', b'Connection: close\r\n'))
        wait_for(lambda: count_connections(runner.port, is_read=True) == 6)
        pathlib.Path(runner.folder, 'two').touch()
        for number, plain in enumerate(short):
            try:
                found = statuses(read_all(plain))
            except socket.timeout:
                found = 'nothing'
            if found != [200]:
                yield f'short request {number} was answered {found}'
            plain.close()
        pathlib.Path(runner.folder, 'one').touch()
        for thread in long:
            thread.join()


def check_stop():
    """`stop` finishes what is under way, then nothing is left."""
    with serve() as runner:
        answers = []
        working = [threading.Thread(target=lambda: answers.append(runner.call({'wait': 'gate'})))
                   for _ in range(5)]
        for thread in working:
            thread.start()
        wait_for(lambda: os.path.exists(os.path.join(runner.folder, 'gate.begun')))
        wait_for(lambda: count_connections(runner.port) == 5)
        # The others have been sent when the connections that follow are answered.
        idle = socket.create_connection(('127.0.0.1', runner.port), SECONDS)
        idle.sendall(HEALTH + b'\r\n')
        idle.recv(4096)
        os.write(runner.control, b'stop\n')
        if read_all(idle):
            yield 'an idle connection was told something'
        idle.close()
        pathlib.Path(runner.folder, 'gate').touch()
        for thread in working:
            thread.join()
        if answers != [(200, {'wait': 'gate'})] * 5:
            yield f'what was under way was answered {answers}'
        if runner.process.wait() != 0:
            yield f'ended with {runner.process.returncode}'
        if any(event['event'] == 'failed' for event in runner.events) or runner.status.readline():
            yield 'a stop is told as a failure'


tap = Tap()
tap.check('only its token opens it', check_tokens)
tap.check('paths and methods', check_routes)
tap.check('what is no JSON object is refused', check_bodies)
tap.check('a connection is kept, or closed as asked', check_keep_alive)
tap.check('thousands of requests at once, and one byte by byte', check_pipelined)
tap.check('chunked requests', check_chunks)
tap.check('ambiguous requests are refused', check_smuggling)
tap.check('sizes are limited before anything is read', check_sizes)
tap.check('200 concurrent callers are answered', check_many)
tap.check('more than 256 are told to come again', check_too_many)
tap.check('slow callers are closed', check_slow)
tap.check('connections are limited', check_connections)
tap.check('callers that go away', check_gone)
tap.check('callers that go away while they wait', check_gone_waiting)
tap.check('callers that send no more', check_half_closed)
tap.check('who has to make room', check_places)
tap.check('requests go to the worker that is free', check_free_worker)
tap.check('a stop finishes what is under way', check_stop)
tap.done()
