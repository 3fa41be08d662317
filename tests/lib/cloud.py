# SPDX-License-Identifier: GPL-3.0-or-later
"""The test cloud for tests written in Python: started, told and asked.

    with Cloud('demo') as cloud:
        cloud.control(faults=[…])
"""

import http.client
import json
import os
import subprocess
import sys

SECRET_ID = 'AKIDTESTCLOUD0000000000000000000000'
SECRET_KEY = 'testcloudsecretkey00000000000000'
TEMPORARY_SECRET_ID = 'AKIDTEMPORARY000000000000000000000'
TEMPORARY_SECRET_KEY = 'testcloudtemporary00000000000000'
TOKEN = 'testcloud-session-token'
READ_ONLY_SECRET_ID = 'AKIDREADONLY00000000000000000000000'
READ_ONLY_SECRET_KEY = 'testcloudreadonly000000000000000'
REGION = 'ap-guangzhou'
BUCKET = 'models-1250000000'
BLACK_HOLE = 'blackhole-1250000000'

_PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'testcloud')


class Cloud:
    """A running test cloud. It ends with the block, or with the process that started it."""

    def __init__(self, seed='none', *arguments):
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE='1')
        self.process = subprocess.Popen(
            [sys.executable, _PROGRAM, '--stdin', '--seed', seed, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        line = self.process.stdout.readline()
        if not line.startswith('ready '):
            raise RuntimeError(f'the test cloud did not start: {line!r}')
        self.port = int(line.split()[1])
        self.url = f'http://127.0.0.1:{self.port}'
        self.cos_template = f'http://{{bucket}}.localhost:{self.port}'

    def environment(self, secret_id=SECRET_ID, secret_key=SECRET_KEY, token=None):
        """What the vendor's tools, and granary-cli, read an account from."""
        environment = {'TENCENTCLOUD_SECRET_ID': secret_id, 'TENCENTCLOUD_SECRET_KEY': secret_key,
                       'TENCENTCLOUD_REGION': REGION}
        if token:
            environment['TENCENTCLOUD_TOKEN'] = token
        return environment

    def endpoints(self):
        """The endpoint of each service."""
        endpoints = {name: self.url for name in ('tione', 'tag', 'tcr', 'sts', 'cam')}
        endpoints['cos'] = self.cos_template
        return endpoints

    def _exchange(self, method, path, body=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.port)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f'the test cloud refused {body}: {answer}')
        return answer

    def control(self, **operations):
        """Tells the cloud something; its answer."""
        return self._exchange('POST', '/__control', json.dumps(operations).encode())

    def log(self):
        """The requests so far, as control.py and log.py describe them."""
        return self._exchange('GET', '/__control/log')['log']

    def state(self):
        """What there is, in short."""
        return self.control(state=True)['state']

    def stop(self):
        """Ends it at once; its address refuses connections from then on."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
