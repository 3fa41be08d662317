#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that the test cloud does wrong on request, and what it remembers of it."""

import http.client
import json
import os
import socket
import ssl
import subprocess
import tempfile
import time

from cloud_client import Client, Refused, differs, raises
from tap import Tap

import cloud as test_cloud
from testcloud import checksum

DATA = bytes(range(256)) * 4096


def fault(cloud, action, kind, match=None, times=1, **members):
    cloud.control(faults=[{'match': {'action': action, **(match or {})}, 'times': times,
                           'do': {'kind': kind, **members}}])


def broken(function, *arguments, **parameters):
    """What a connection ends with, as a trouble if it does not."""
    try:
        answer = function(*arguments, **parameters)
    except (http.client.HTTPException, ConnectionError, TimeoutError) as failure:
        return type(failure).__name__
    return f'answered {answer}'


def connections(cloud):
    client = Client(cloud)
    client.cos('PUT', 'a', body=DATA)
    fault(cloud, 'GetObject', 'refuse')
    yield from differs('refuse', broken(client.cos, 'GET', 'a'), 'RemoteDisconnected')
    fault(cloud, 'PutObject', 'reset_before')
    yield from differs('before', broken(client.cos, 'PUT', 'b', body=b'x'), 'ConnectionResetError')
    yield from differs('no effect', client.cos('HEAD', 'b').status, 404)
    fault(cloud, 'PutObject', 'reset_after')
    yield from differs('after', broken(client.cos, 'PUT', 'b', body=b'x'), 'ConnectionResetError')
    yield from differs('effect', client.cos('HEAD', 'b').status, 200)
    fault(cloud, 'GetObject', 'timeout', seconds=0.3)
    started = time.monotonic()
    yield from differs('timeout', broken(client.cos, 'GET', 'a'), 'RemoteDisconnected')
    if time.monotonic() - started < 0.3:
        yield 'the timeout was short'
    fault(cloud, 'GetObject', 'truncate')
    yield from differs('truncate', broken(client.cos, 'GET', 'a'), 'IncompleteRead')
    fault(cloud, 'DescribeTrainingTasks', 'truncate')
    yield from differs('truncate', broken(client.tione, 'DescribeTrainingTasks'),
                       'IncompleteRead')
    cloud.control(offline=True)
    yield from differs('offline', broken(client.cos, 'GET', 'a'), 'ConnectionResetError')
    cloud.control(offline=False)
    yield from differs('online', client.cos('GET', 'a').status, 200)


def answers(cloud):
    client = Client(cloud)
    fault(cloud, 'GetObject', 'status', code=502, body='<html>bad</html>', headers={'X-A': 'b'})
    answer = client.cos('GET', 'a')
    yield from differs('status', (answer.status, answer.body, answer.headers['x-a']),
                       (502, b'<html>bad</html>', 'b'))
    fault(cloud, 'DescribeTrainingTasks', 'api_error', code='FailedOperation.Processing')
    yield from raises('FailedOperation.Processing', client.tione, 'DescribeTrainingTasks')
    fault(cloud, 'HeadObject', 'cos_error', status=503, code='ServiceUnavailable')
    answer = client.cos('HEAD', 'a')
    yield from differs('head', (answer.status, answer.body), (503, b''))
    fault(cloud, 'PutObject', 'cos_error', status=500, apply=True)
    yield from differs('applied', client.cos('PUT', 'applied', body=b'x').code, 'InternalError')
    yield from differs('applied', client.cos('HEAD', 'applied').status, 200)
    fault(cloud, 'DescribeTrainingTasks', 'throttle')
    yield from raises('RequestLimitExceeded', client.tione, 'DescribeTrainingTasks')
    fault(cloud, 'GetObject', 'throttle', retry_after=7)
    answer = client.cos('GET', 'a')
    yield from differs('slow down', (answer.status, answer.code, answer.headers['retry-after']),
                       (503, 'SlowDown', '7'))
    fault(cloud, 'DescribeTrainingTasks', 'throttle', status=429)
    answer = client.exchange('POST', '/', client.api_headers(
        'tione', 'DescribeTrainingTasks', b'{}'), b'{}')
    yield from differs('too many', (answer.status, answer.headers['retry-after']), (429, '1'))
    fault(cloud, 'GetObject', 'redirect', location='http://example.invalid/')
    answer = client.cos('GET', 'a')
    yield from differs('redirect', (answer.status, answer.headers['location']),
                       (302, 'http://example.invalid/'))


def documents(cloud):
    client = Client(cloud)
    cloud.control(create_task={'name': 'one'})

    def raw():
        return client.exchange('POST', '/', client.api_headers(
            'tione', 'DescribeTrainingTasks', b'{}'), b'{}').body

    fault(cloud, 'DescribeTrainingTasks', 'malformed')
    try:
        json.loads(raw())
        yield 'malformed JSON can be read'
    except ValueError:
        pass
    fault(cloud, 'GetBucket', 'malformed')
    yield from differs('malformed', client.cos('GET').body[:6], b'<Error')
    fault(cloud, 'DescribeTrainingTasks', 'wrong_types')
    wrong = json.loads(raw())['Response']
    yield from differs('types', (wrong['TotalCount'], type(wrong['TrainingTaskSet'])),
                       ('many', dict))
    fault(cloud, 'DescribeTrainingTasks', 'nulls')
    nulls = json.loads(raw())['Response']
    yield from differs('nulls', (nulls['TotalCount'], set(nulls['TrainingTaskSet'][0].values())),
                       (None, {None}))
    for service, exchange in (('tione', raw), ('cos', lambda: client.cos('GET').body)):
        fault(cloud, '*', 'huge', {'service': service}, size=5 << 20)
        size = len(exchange())
        if not 4 << 20 < size < 6 << 20:
            yield f'{service}: the huge answer has {size} bytes'


def sums(cloud):
    client = Client(cloud)
    right = str(checksum.crc64(DATA))
    for kind, expected in (('wrong_crc', str(int(right) ^ 0xDEADBEEF)), ('no_crc', None)):
        fault(cloud, 'GetObject', kind)
        answer = client.cos('GET', 'a')
        yield from differs(kind, (answer.headers.get('x-cos-hash-crc64ecma'), answer.body == DATA),
                           (expected, True))
    fault(cloud, 'GetObject', 'corrupt_body')
    answer = client.cos('GET', 'a')
    yield from differs('corrupt', (answer.headers['x-cos-hash-crc64ecma'], len(answer.body),
                                   sum(x != y for x, y in zip(answer.body, DATA))),
                       (right, len(DATA), 1))
    cloud.control(no_crc=True)
    yield from differs('never', client.cos('HEAD', 'a').headers.get('x-cos-hash-crc64ecma'), None)
    cloud.control(no_crc=False)


def pace(cloud):
    client = Client(cloud)
    for action, method, body in (('GetObject', 'GET', None), ('PutObject', 'PUT', DATA[:100000])):
        fault(cloud, action, 'slow', bytes_per_second=200000)
        client.cos('PUT', 'slow', body=DATA[:100000]) if method == 'GET' else None
        started = time.monotonic()
        client.cos(method, 'slow', body=body)
        if time.monotonic() - started < 0.4:
            yield f'{action} took {time.monotonic() - started:.2f} s'
    fault(cloud, 'HeadObject', 'delay', seconds=0.3)
    started = time.monotonic()
    yield from differs('late', client.cos('HEAD', 'a').status, 200)
    if time.monotonic() - started < 0.3:
        yield 'there was no delay'


def matching(cloud):
    client = Client(cloud)
    cloud.control(clear_faults=True)
    fault(cloud, 'HeadObject', 'cos_error', {'key': 'a*', 'skip': 1}, times=2)
    seen = [client.cos('HEAD', key).status for key in ('a', 'b', 'a', 'a', 'a')]
    yield from differs('skip and times', seen, [200, 200, 500, 500, 200])
    fault(cloud, 'UploadPart', 'cos_error', {'part': 2}, times=-1)
    upload_id = client.cos('POST', 'p', query={'uploads': ''}).xml.findtext('UploadId')
    seen = [client.cos('PUT', 'p', query={'partNumber': number, 'uploadId': upload_id},
                       body=b'').status for number in (1, 2, 3, 2)]
    yield from differs('parts', seen, [200, 500, 200, 500])
    cloud.control(clear_faults=True)
    yield from differs('cleared', client.cos('PUT', 'p', query={
        'partNumber': 2, 'uploadId': upload_id}, body=b'').status, 200)
    for description in ({'do': {'kind': 'nonsense'}}, {'do': {'kind': 'slow', 'rate': 1}},
                        {'match': {'verb': 'x'}, 'do': {'kind': 'refuse'}}):
        try:
            cloud.control(faults=[description])
            yield f'{description} was taken'
        except RuntimeError:
            pass


def log(cloud):
    client = Client(cloud, test_cloud.TEMPORARY_SECRET_ID, test_cloud.TEMPORARY_SECRET_KEY,
                    token=test_cloud.TOKEN)
    cloud.control(clear_log=True)
    client.cos('PUT', '日志', body=b'12345')
    client.tione('DescribeTrainingTasks', Limit=1)
    fault(cloud, 'GetObject', 'reset_before')
    broken(client.cos, 'GET', '日志')
    entries = cloud.log()
    yield from differs('calls', [(entry['service'], entry['action'], entry['status'],
                                  entry['fault'], entry['bytes_in']) for entry in entries], [
        ('cos', 'PutObject', 200, '', 5),
        ('tione', 'DescribeTrainingTasks', 200, '', 12),
        ('cos', 'GetObject', 0, 'reset_before', 0)])
    yield from differs('body', entries[1]['body'], '{"Limit": 1}')
    text = json.dumps(entries)
    for secret in (test_cloud.TOKEN, 'q-signature=', 'Signature='):
        if secret in text:
            yield f'the log has {secret}'


def wire(cloud):
    """Chunks and pipes of HTTP that clients may use."""
    client = Client(cloud)
    host = f'models-1250000000.localhost:{cloud.port}'
    authorization = client.cos_authorization('PUT', 'w', {}, {'Host': host, 'Content-Length': 5})
    with socket.create_connection(('127.0.0.1', cloud.port)) as sock:
        file = sock.makefile('rb')

        def response():
            head = b''
            while not head.endswith(b'\r\n\r\n'):
                head += file.readline()
            return head

        head = (f'PUT /w HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n'
                f'Expect: 100-continue\r\nAuthorization: {authorization}\r\n\r\n').encode()
        sock.sendall(head)
        yield from differs('continue', response()[:12], b'HTTP/1.1 100')
        sock.sendall(b'12345')
        yield from differs('put', response()[:12], b'HTTP/1.1 200')
        # Two requests at once on the connection that stays.
        authorization = client.cos_authorization('HEAD', 'w', {}, {'Host': host})
        sock.sendall(f'HEAD /w HTTP/1.1\r\nHost: {host}\r\n'
                     f'Authorization: {authorization}\r\n\r\n'.encode() * 2)
        for _ in range(2):
            yield from differs('again', b'Content-Length: 5\r\n' in response(), True)
    answer = client.exchange('PUT', '/w', {
        'Transfer-Encoding': 'chunked',
        'Authorization': client.cos_authorization('PUT', 'w', {}, {'Host': host})}, None,
        'models-1250000000.localhost')
    yield from differs('chunked', answer.code, 'MissingContentLength')


def rights():
    """Without strictness nothing is checked."""
    with test_cloud.Cloud('none', '--auth', 'off') as cloud:
        client = Client(cloud, secret_key='wrong')
        yield from differs('cos', client.cos('PUT', 'a', body=b'').status, 200)
        try:
            client.tione('DescribeTrainingTasks')
        except Refused as refusal:
            yield str(refusal)


def encryption():
    """TLS for the services, the control channel stays plain."""
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = os.path.join(folder, 'cert.pem'), os.path.join(folder, 'key.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                        'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
                        '/CN=localhost', '-keyout', key, '-out', certificate], check=True,
                       capture_output=True)
        with test_cloud.Cloud('none', '--tls', certificate, key) as cloud:
            yield from differs('control', 'buckets' in cloud.state(), True)
            client = Client(cloud)
            yield from differs('plain', broken(client.cos, 'GET'), 'ConnectionResetError')
            context = ssl.create_default_context(cafile=certificate)
            connection = http.client.HTTPSConnection('localhost', cloud.port, context=context)
            body = b'{}'
            headers = client.api_headers('cam', 'GetUserAppId', body)
            connection.request('POST', '/', body, {**headers,
                                                   'Host': f'127.0.0.1:{cloud.port}'})
            answer = json.loads(connection.getresponse().read())
            connection.close()
            yield from differs('secure', answer['Response'].get('AppId'), 1250000000)


def main():
    tap = Tap()
    with test_cloud.Cloud() as cloud:
        for name, function in (
                ('connections that break', connections), ('other answers', answers),
                ('documents that are wrong', documents), ('sums', sums), ('pace', pace),
                ('which requests', matching), ('the log', log), ('HTTP', wire)):
            tap.check(name, function, cloud)
    tap.check('without authentication', rights)
    tap.check('with TLS', encryption)
    tap.done()


if __name__ == '__main__':
    main()
