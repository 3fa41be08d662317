#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Transfers against curl: bench-cloud.py GRANARY-BENCH-COS FOLDER

Both talk over loopback to the test cloud, which computes the checksum of all that comes in, a
thread for each connection; curl neither signs nor checks anything. FOLDER is on the disk to be
measured; all that is written goes below it and is removed. GRANARY_BENCH_MIB sets the size of the
file, 1024; GRANARY_BENCH_GIB the sizes at which memory is looked at, "1 4 16".
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time

from measure import report, rotate, timed

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))

from cloud import BLACK_HOLE, BUCKET, Cloud  # noqa: E402

PROGRAM, FOLDER = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
MIB = int(os.environ.get('GRANARY_BENCH_MIB', '1024'))
SIZES = [int(size) for size in os.environ.get('GRANARY_BENCH_GIB', '1 4 16').split()]
SOURCE = os.path.join(FOLDER, 'source.bin')
SPARSE = os.path.join(FOLDER, 'sparse.bin')
TARGET = os.path.join(FOLDER, 'target.bin')
MANY = os.path.join(FOLDER, 'many')
N_MANY = 10000


class Bench:
    def __init__(self, cloud):
        self.cloud = cloud
        self.environment = {**os.environ, **cloud.environment()}
        self.runs = {'upload': [], 'download': []}

    def url(self, bucket, key):
        return f'http://{bucket}.localhost:{self.cloud.port}/{key}'

    def ours(self, *words):
        """What the program says of itself, and the seconds with its start and end."""
        begin = time.perf_counter()
        result = subprocess.run(
            [PROGRAM, '--endpoint', self.cloud.cos_template,
             '--store', os.path.join(FOLDER, 'store'), *words],
            check=True, text=True, stdout=subprocess.PIPE, env=self.environment)
        return {**json.loads(result.stdout), 'seconds': time.perf_counter() - begin}

    def upload(self):
        run = self.ours('upload', SOURCE, BLACK_HOLE, 'ours.bin')
        self.runs['upload'].append(run)
        return run['seconds']

    def curl_upload(self):
        return timed('curl', '-sSf', '-H', 'Expect:', '-T', SOURCE,
                     self.url(BLACK_HOLE, 'curl.bin'))

    def download(self):
        clear(TARGET)
        run = self.ours('download', BUCKET, 'pattern.bin', TARGET)
        self.runs['download'].append(run)
        return run['seconds']

    def curl_download(self):
        clear(TARGET)
        return timed('curl', '-sSf', '-o', TARGET, self.url(BUCKET, 'pattern.bin'))

    def many(self):
        self.cloud.control(clear_log=True)
        return self.ours('upload-folder', MANY, BLACK_HOLE, 'many/')['seconds']

    def curl_many(self):
        self.cloud.control(clear_log=True)
        return timed('curl', '-sSf', '--parallel', '--parallel-max', '4', '-K',
                     os.path.join(FOLDER, 'many.curl'))


def clear(path):
    """What was written before is on the disk and out of the way when the clock starts."""
    if os.path.exists(path):
        os.remove(path)
    os.sync()


def write_source():
    block = os.urandom(1 << 20)
    with open(SOURCE, 'wb') as output:
        for number in range(MIB):
            output.write(number.to_bytes(8, 'little') + block[8:])


def write_many(bench):
    os.makedirs(MANY)
    block = os.urandom(1 << 20)
    with open(os.path.join(FOLDER, 'many.curl'), 'w', encoding='utf-8') as config:
        for number in range(N_MANY):
            path = os.path.join(MANY, f'{number:05}.bin')
            with open(path, 'wb') as output:
                output.write(block[number:number + 4096])
            config.write(f'upload-file = "{path}"\nurl = "{bench.url(BLACK_HOLE, "curl/")}"\n')


def memory(bench):
    """Peaks and processor time at sizes far apart."""
    for size in SIZES:
        with open(SPARSE, 'wb') as output:
            output.truncate(size << 30)
        up = bench.ours('upload', SPARSE, BLACK_HOLE, 'sparse.bin')
        clear(SPARSE)
        lines = {'upload': up}
        clear(TARGET)
        room = os.statvfs(FOLDER)
        if room.f_bavail * room.f_frsize > (size + 4) << 30:
            bench.cloud.control(put_object={'bucket': BUCKET, 'key': 'large.bin',
                                            'pattern': {'size': size << 30}})
            lines['download'] = bench.ours('download', BUCKET, 'large.bin', TARGET)
            clear(TARGET)
        for name, run in lines.items():
            print(f'{name} of {size:2} GiB: {run["above_idle_kib"] / 1024:5.1f} MiB above '
                  f'{run["idle_kib"] / 1024:.1f} MiB idle, {run["cpu"] / size:.2f} CPU s a GiB, '
                  f'{run["seconds"] / size:.2f} s a GiB', flush=True)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    with Cloud('none', '--auth', 'off') as cloud:
        bench = Bench(cloud)
        try:
            cloud.control(make_bucket={'name': BLACK_HOLE}, put_object={
                'bucket': BUCKET, 'key': 'pattern.bin', 'pattern': {'size': MIB << 20}})
            write_source()
            write_many(bench)
            os.sync()
            # In turn, so that a slow minute of the machine hits both alike.
            up = rotate({'curl -T': bench.curl_upload, 'ours': bench.upload})
            down = rotate({'curl -o': bench.curl_download, 'ours': bench.download})
            many = rotate({'curl --parallel': bench.curl_many, 'ours': bench.many}, 3)
            report(f'upload {MIB} MiB', up.pop('ours'), up, 1.3)
            report(f'download {MIB} MiB', down.pop('ours'), down, 1.0)
            for name, runs in bench.runs.items():
                cpu = statistics.median(run['cpu'] for run in runs[1:])
                report(f'{name}: processor a GiB', cpu * 1024 / MIB, {'1 CPU s': 1.0}, 1.2)
            print(f'{N_MANY / many["ours"]:.0f} objects of 4 KiB a second', flush=True)
            report(f'upload {N_MANY} objects of 4 KiB', many.pop('ours'), many, 2.0)
            memory(bench)
        finally:
            shutil.rmtree(FOLDER)


if __name__ == '__main__':
    main()
