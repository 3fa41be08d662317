#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench-mirror.py BUILD FOLDER: the mirror of an account with very many models.

The yardstick is a bare client that fetches the same pages from the same server, one after the
other, and throws them away: what the server alone needs. Waits that keep below the service's
limit of requests are left out for both; at ten a second they add 20 s to the 200 pages.
"""

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import measure

BUILD, FOLDER = sys.argv[1:3]
MODELS = int(os.environ.get('GRANARY_BENCH_MIRROR_MODELS', '20000'))
VERSIONS = 10 * MODELS
PAGE = 100
ROUNDS = min(measure.ROUNDS, 3)
HERE = os.path.dirname(os.path.abspath(__file__))


class Server:
    """The test cloud, in a process of its own."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, '..', 'lib', 'testcloud'), '--auth', 'off',
             '--seed', f'mirror:{MODELS}:{VERSIONS}', '--stdin'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        words = self.process.stdout.readline().split()
        if not words or words[0] != 'ready':
            sys.exit('granary: the test cloud did not start')
        self.port = int(words[1])

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def bare(port):
    """Seconds to fetch all pages and nothing else."""
    begin = time.perf_counter()
    connection = http.client.HTTPConnection('127.0.0.1', port)
    for offset in range(0, MODELS, PAGE):
        body = json.dumps({'Offset': offset, 'Limit': PAGE, 'OrderField': 'CreateTime',
                           'Order': 'DESC', 'WithModelVersions': True})
        connection.request('POST', '/', body, {
            'Content-Type': 'application/json', 'X-TC-Action': 'DescribeTrainingModels',
            'X-TC-Version': '2021-11-11', 'X-TC-Timestamp': str(int(time.time())),
            'X-TC-Region': 'ap-guangzhou'})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            sys.exit(f'granary: the test cloud answered {response.status}')
    connection.close()
    return time.perf_counter() - begin


class Memory(threading.Thread):
    """The most anonymous memory a process had, in MiB; looked at twenty times a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.path = f'/proc/{pid}/status'
        self.most = 0
        self.start()

    def run(self):
        try:
            while True:
                with open(self.path, encoding='ascii') as file:
                    line = next((line for line in file if line.startswith('RssAnon:')), None)
                if line is None:
                    return
                self.most = max(self.most, int(line.split()[1]) / 1024)
                time.sleep(0.05)
        except OSError:
            return


def refresh(port, catalog, times, memory):
    """Seconds of the last of so many refreshes in one process; its memory is added to the list."""
    with subprocess.Popen(
            [os.path.join(BUILD, 'tests', 'bench', 'granary-bench-mirror'),
             f'http://127.0.0.1:{port}', catalog, str(times)], stdout=subprocess.PIPE, text=True,
            env={**os.environ, 'GRANARY_RETRY_SCALE': '0', 'GIO_USE_PROXY_RESOLVER': 'dummy',
                 'G_DEBUG': ''}) as running:
        watching = Memory(running.pid)
        words = running.stdout.read().split()
    if running.returncode or [int(word) for word in words[:2]] != [MODELS, VERSIONS]:
        sys.exit(f'granary: the mirror is not what it should be: {words}')
    memory.append(watching.most)
    return float(words[-1])


def main():
    folder = tempfile.mkdtemp(prefix='mirror-', dir=FOLDER)
    server = Server()
    catalog = os.path.join(folder, 'catalog.db')
    first, again = [], []

    def fill():
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
        return refresh(server.port, catalog, 1, first)

    try:
        medians = measure.rotate({
            'bare client': lambda: bare(server.port),
            'fill': fill,
            'started': lambda: refresh(server.port, catalog, 1, again),
            'unchanged': lambda: refresh(server.port, catalog, 2, again),
        }, ROUNDS)
    finally:
        server.stop()
        shutil.rmtree(folder)
    yardsticks = {'bare client, same pages': medians['bare client']}
    what = f'{MODELS} models, {VERSIONS} versions'
    print(f'mirror of {what}, the yardstick being a bare client that fetches the same pages')
    measure.report('mirror: first fill', medians['fill'], yardsticks, 4.0)
    measure.report('mirror: nothing changed, first refresh', medians['started'], yardsticks, 2.5)
    measure.report('mirror: nothing changed, any later one', medians['unchanged'], yardsticks, 1.2)
    print(f'mirror of {what}: at most {max(first):.0f} MiB of anonymous memory while it fills, '
          f'{max(again):.0f} MiB when nothing changed')


if __name__ == '__main__':
    main()
