# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 tests/lib/testcloud: serves the test cloud on 127.0.0.1 until it is told to end."""

import argparse
import os
import signal
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from testcloud import seed  # noqa: E402
from testcloud.server import Server  # noqa: E402
from testcloud.state import Cloud  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(prog='testcloud', description=__doc__)
    parser.add_argument('--port', type=int, default=0, help='0 for any that is free')
    parser.add_argument('--port-file', metavar='FILE', help='where the port is written')
    parser.add_argument('--seed', default='none', help='none, demo, or mirror:MODELS:VERSIONS')
    parser.add_argument('--auth', choices=('strict', 'off'), default='strict')
    parser.add_argument('--tls', nargs=2, metavar=('CERT', 'KEY'))
    parser.add_argument('--stdin', action='store_true', help='end when standard input ends')
    parser.add_argument('--verbose', action='store_true', help='requests on standard error')
    return parser.parse_args()


def main():
    options = arguments()
    cloud = Cloud()
    cloud.settings.strict = options.auth == 'strict'
    seed.fill(cloud, options.seed)
    certificate, key = options.tls or (None, None)
    server = Server(cloud, options.port, certificate, key, options.verbose)
    threading.Thread(target=server.serve, daemon=True).start()
    if options.port_file:
        temporary = options.port_file + '.new'
        with open(temporary, 'w', encoding='utf-8') as file:
            file.write(f'{server.port}\n')
        os.rename(temporary, options.port_file)
    print(f'ready {server.port}', flush=True)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    if options.stdin:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), ended.set()),
                         daemon=True).start()
    ended.wait()
    # Connections are left as they are: their clients see the end of the process.
    os._exit(0)


if __name__ == '__main__':
    main()
