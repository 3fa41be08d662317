# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves one version of a model over HTTP.

    main.py --model-dir DIR [--onnx PATH] [--request-timeout S] [--client-timeout S]

Started by granary-serviced with these descriptors: 1 and 2 the log, 3 a listening socket, 4 a pipe
for what becomes of the service (see granary_runner/status.py), 5 a pipe with the token, 6 a pipe
that says `stop`, and whose end means that the supervisor is gone.

This process is the front: it speaks HTTP and never imports the code of a model. That runs in worker
processes (worker.py) which get neither the token nor any of these descriptors. Where what they
offer as `tiinfer` and `mosec` differs from the platform is listed in README.md.
"""

import argparse
import os
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from granary_runner import guard  # noqa: E402
from granary_runner.status import EXIT_FAILED, Status, log  # noqa: E402

LISTENER, STATUS, TOKEN, CONTROL = 3, 4, 5, 6
STOP_SECONDS = 9.0  # of ten, after which the supervisor ends what is left
LONGEST_TOKEN = 4096


def read_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--model-dir', required=True)
    parser.add_argument('--onnx', default='')
    parser.add_argument('--request-timeout', type=float, default=60.0)
    parser.add_argument('--client-timeout', type=float, default=30.0)
    return parser.parse_args()


def read_token():
    """The token, whose pipe is closed before any worker is started."""
    with open(TOKEN, 'rb') as pipe:
        token = pipe.read(LONGEST_TOKEN).strip()
    if not token or not token.isalnum():
        sys.exit('granary: there is no token')
    return token


def check_folder(arguments, status):
    """Whether there is something to serve and what it requires is there."""
    folder = arguments.model_dir
    missing = arguments.onnx or 'model_service.py'
    if not os.path.isfile(os.path.join(folder, missing)):
        status.fail('handler', missing)
        return False
    path = os.path.join(folder, 'requirements.txt')
    if not os.path.exists(path):
        return True
    from granary_runner import requirements  # only now, as few versions have any
    try:
        with open(path, encoding='utf-8-sig', errors='replace') as file:
            unmet = requirements.find_unmet(file.read(), log)
    except OSError as error:
        log('requirements.txt is passed over: {}'.format(error.strerror))
        return True
    if unmet:
        status.fail('requirements', ', '.join(unmet))
    return not unmet


def main():
    arguments = read_arguments()
    arguments.model_dir = os.path.abspath(arguments.model_dir)
    guard.protect_front()
    guard.keep_descriptors((LISTENER, STATUS, TOKEN, CONTROL))
    token = read_token()
    status = Status(STATUS)
    status.send('loading')
    if not check_folder(arguments, status):
        sys.exit(EXIT_FAILED)
    most_connections = guard.allow_connections(1024)

    # The worker starts while this process is still importing.
    from granary_runner.pool import Pool
    here = os.path.dirname(os.path.abspath(__file__))
    pool = Pool([os.path.join(here, 'worker.py'), arguments.model_dir, arguments.onnx],
                arguments.request_timeout)
    from granary_runner.service import Service
    service = Service(status, pool, STOP_SECONDS)
    code = service.run(socket.socket(fileno=LISTENER), CONTROL, token, arguments.client_timeout,
                       most_connections)
    guard.kill_descendants(list(pool.workers))
    sys.stdout.flush()
    os._exit(code)


if __name__ == '__main__':
    main()
