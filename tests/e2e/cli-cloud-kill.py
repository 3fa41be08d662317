# SPDX-License-Identifier: GPL-3.0-or-later
"""`cos put` and `cos get` of a large file, killed again and again, go on where they were.

GRANARY_TEST_KILL_MIB sets the size (256) and GRANARY_TEST_KILLS how often it is killed (10).
"""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

from cli_harness import PATIENCE, PROGRAM, Tap, box

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'lib'))
from cloud import BLACK_HOLE, BUCKET, REGION, Cloud  # noqa: E402

SIZE = int(os.environ.get('GRANARY_TEST_KILL_MIB', '256')) << 20
KILLS = int(os.environ.get('GRANARY_TEST_KILLS', '10'))
BLOCK = 1 << 20
PART = 2 << 20
# What is lost by a kill: the parts under way.
IN_FLIGHT = 6 * PART


def write_large(path):
    """Mostly holes, with something else in every block, so that no two parts are alike."""
    with open(path, 'wb') as file:
        for block in range(SIZE // BLOCK):
            file.seek(block * BLOCK + random.randrange(BLOCK - 16))
            file.write(block.to_bytes(16, 'little'))
        file.truncate(SIZE)


def prepare(inner, cloud):
    environment = {**inner.environment, **cloud.environment(),
                   'XDG_CONFIG_HOME': str(inner.folder / 'config'), 'GRANARY_RETRY_SCALE': '0.05'}
    environment.pop('DBUS_SESSION_BUS_ADDRESS', None)
    endpoints = []
    for service, url in cloud.endpoints().items():
        endpoints += ['--endpoint', f'{service}={url}']
    subprocess.run([PROGRAM, 'connect', 'demo', '--region', REGION, *endpoints], check=True,
                   env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   stdin=subprocess.DEVNULL, timeout=PATIENCE)
    return environment


def moved(cloud, action, member):
    """Bytes of bodies that went over the wire."""
    return sum(entry[member] for entry in cloud.log() if entry['action'] == action)


def start(environment, arguments):
    return subprocess.Popen([PROGRAM, '--json', '-r', 'demo', 'cos', *arguments], env=environment,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)


def kill_within(environment, arguments, cloud, action, member, n_parts):
    """Starts it and kills it at any instant of its first @n_parts parts.

    The server keeps all later ones waiting, so that it cannot be through before, however slow
    this process or fast the other."""
    cloud.control(clear_faults=True, faults=[{'match': {'action': action, 'skip': n_parts},
                                              'times': -1,
                                              'do': {'kind': 'delay', 'seconds': PATIENCE}}])
    goal = moved(cloud, action, member) + random.randint(0, n_parts) * PART
    process = start(environment, arguments)
    end = time.monotonic() + PATIENCE
    while process.poll() is None and moved(cloud, action, member) < goal:
        assert time.monotonic() < end, 'it does not get on'
        time.sleep(0.005)
    time.sleep(random.random() * 0.03)
    process.send_signal(signal.SIGKILL)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL, (process.returncode, out, err)
    cloud.control(clear_faults=True)


def finish(environment, arguments):
    process = start(environment, arguments)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, (out, err)
    return json.loads(out)


def assert_same(environment, arguments):
    """The command compares the checksums of both sides; nothing is moved again."""
    assert finish(environment, arguments) == {'files': 0, 'unchanged': 1, 'failed': 0}


def count_uploads(cloud):
    return sum(entry['action'] == 'InitiateMultipartUpload' and entry['status'] == 200
               for entry in cloud.log())


def trials(arguments_of, prepare_trial, action, member):
    """Killed once each time, at another point, and finished. The most that was moved."""
    worst = 0.0
    with box() as inner, Cloud('none') as cloud:
        environment = prepare(inner, cloud)
        for trial in range(KILLS):
            prepare_trial(inner, cloud, trial)
            cloud.control(clear_log=True)
            arguments = arguments_of(inner, trial)
            kill_within(environment, arguments, cloud, action, member,
                        random.randrange(SIZE // PART))
            finish(environment, arguments)
            worst = max(worst, moved(cloud, action, member) / SIZE)
            if action == 'UploadPart':
                assert count_uploads(cloud) == 1, f'{count_uploads(cloud)} upload ids'
            assert_same(environment, arguments)
    print(f'# killed {KILLS} times, at most {worst:.3f} of the bytes moved')
    assert worst < 1.1, f'{worst:.3f} times the bytes were moved'


def put():
    def prepare_trial(inner, _cloud, trial):
        (inner.files / f'{trial - 1}.bin').unlink(missing_ok=True)
        write_large(inner.files / f'{trial}.bin')

    trials(lambda inner, trial: ['put', inner.files / f'{trial}.bin', f'cos://{BLACK_HOLE}/k/'],
           prepare_trial, 'UploadPart', 'bytes_in')


def get():
    def prepare_trial(inner, cloud, trial):
        for path in inner.files.iterdir():
            assert path.name == f'{trial - 1}.bin' and path.stat().st_size == SIZE, path
            path.unlink()
        cloud.control(put_object={'bucket': BUCKET, 'key': f'{trial}.bin',
                                  'pattern': {'size': SIZE, 'seed': trial}})

    trials(lambda inner, trial: ['get', f'cos://{BUCKET}/{trial}.bin', inner.files],
           prepare_trial, 'GetObject', 'bytes_out')


def put_again_and_again():
    """One upload, killed a little further each time: it ends, and with one upload id."""
    with box() as inner, Cloud('none') as cloud:
        path = inner.files / 'large.bin'
        write_large(path)
        environment = prepare(inner, cloud)
        cloud.control(clear_log=True)
        arguments = ['put', path, f'cos://{BLACK_HOLE}/k/large.bin']
        for _kill in range(KILLS):
            kill_within(environment, arguments, cloud, 'UploadPart', 'bytes_in',
                        SIZE // PART // (KILLS + 1))
        finish(environment, arguments)
        sent = moved(cloud, 'UploadPart', 'bytes_in') / SIZE
        print(f'# killed {KILLS} times in a row, {sent:.3f} of the bytes sent')
        assert count_uploads(cloud) == 1, f'{count_uploads(cloud)} upload ids'
        assert sent < 1 + KILLS * IN_FLIGHT / SIZE, f'{sent:.3f} times the bytes were sent'
        assert_same(environment, arguments)


def main():
    seed = int(os.environ.get('GRANARY_TEST_SEED', random.randrange(1 << 30)))
    print(f'# GRANARY_TEST_SEED={seed}')
    random.seed(seed)
    tap = Tap()
    tap.check('put is killed and goes on', put)
    tap.check('get is killed and goes on', get)
    tap.check('put is killed again and again', put_again_and_again)
    tap.done()


if __name__ == '__main__':
    main()
