#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports against what the system's own tools need: bench-import.py GRANARY-CLI FOLDER

FOLDER is on the disk to be measured; all that is written goes below it and is removed.
GRANARY_BENCH_MIB sets the size of the large file, 2048.
"""

import glob
import os
import shutil
import sys
import time

from measure import report, rotate, timed

CLI, FOLDER = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
MIB = int(os.environ.get('GRANARY_BENCH_MIB', '2048'))
LARGE = os.path.join(FOLDER, 'large.bin')
MANY = os.path.join(FOLDER, 'many')
REPOSITORY = os.path.join(FOLDER, 'repository')
COPY = os.path.join(FOLDER, 'copy')


def clear():
    for path in (REPOSITORY, COPY):
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.exists(path):
            os.remove(path)
    os.sync()


def read(path):
    """Everything is compared with its source in memory."""
    with open(path, 'rb', buffering=0) as source:
        while source.read(1 << 22):
            pass


def prepare():
    os.makedirs(FOLDER, exist_ok=True)
    block = os.urandom(1 << 20)
    with open(LARGE, 'wb') as output:
        for number in range(MIB):
            output.write(number.to_bytes(8, 'little') + block[8:])
    os.makedirs(MANY, exist_ok=True)
    for number in range(10000):
        folder = os.path.join(MANY, f'{number // 100:03}')
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f'{number:05}.bin'), 'wb') as output:
            output.write(number.to_bytes(8, 'little') + block[number:number + 20472])
    os.sync()


def empty_repository():
    """The catalogue is made before the clock runs: it is made once in its life."""
    clear()
    seed = os.path.join(FOLDER, 'seed.bin')
    with open(seed, 'wb') as output:
        output.write(b'seed')
    timed(CLI, '-r', REPOSITORY, 'import', 'seed', '--files', seed)


def import_copy(source):
    def run():
        empty_repository()
        read_all(source)
        return timed(CLI, '-r', REPOSITORY, 'import', 'model', '--files', source)
    return run


def read_all(source):
    if os.path.isdir(source):
        for path in glob.glob(os.path.join(source, '*', '*')):
            read(path)
    else:
        read(source)


def import_cut():
    empty_repository()
    read(LARGE)
    taken = timed(CLI, '-r', REPOSITORY, 'import', 'model', '--move', '--files', LARGE)
    if os.path.exists(LARGE):
        sys.exit('the source of the cut is still there')
    stored = os.path.join(REPOSITORY, 'models', 'model', 'v1', os.path.basename(LARGE))
    os.chmod(stored, 0o644)
    os.rename(stored, LARGE)
    return taken


def copy_and_sync(source, *options):
    def run():
        clear()
        read_all(source)
        begin = time.perf_counter()
        timed('cp', *options, source, COPY)
        timed('sync', '-f', COPY)
        return time.perf_counter() - begin
    return run


def digest():
    read(LARGE)
    return timed('openssl', 'dgst', '-sha256', LARGE)


def main():
    prepare()
    try:
        # `ours` stands between the yardsticks, so that none profits from what the other leaves.
        large = rotate({'openssl dgst -sha256': digest, 'copy': import_copy(LARGE),
                        'cp; sync -f': copy_and_sync(LARGE), 'cut': import_cut}, 3)
        ours, cut = large.pop('copy'), large.pop('cut')
        report(f'import {MIB} MiB by copy', ours, large, 1.1)
        report(f'import {MIB} MiB by cut', cut,
               {'openssl dgst -sha256': large['openssl dgst -sha256']}, 1.1)
        many = rotate({'ours': import_copy(MANY), 'cp -r; sync -f': copy_and_sync(MANY, '-r')}, 3)
        report('import 10,000 files of 20 KiB', many.pop('ours'), many, 1.2)
    finally:
        shutil.rmtree(FOLDER)


if __name__ == '__main__':
    main()
