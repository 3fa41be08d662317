#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command beside a made-up cloud account: demo-cloud.py SOURCE COMMAND [ARG…]

Run by build-aux/run --demo-cloud. The connection is named demo; it is written where the user folders
of the environment are, so these have to be private ones.
"""

import os
import subprocess
import sys

SOURCE = sys.argv[1]
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'lib'))
import cloud as test_cloud  # noqa: E402


def write_connection(cloud):
    folder = os.path.join(os.environ['XDG_CONFIG_HOME'], 'granary')
    os.makedirs(folder, mode=0o700, exist_ok=True)
    lines = ['[demo]', 'uid=demo', f'region={test_cloud.REGION}', f'bucket={test_cloud.BUCKET}',
             'prefix=uploads/']
    lines += [f'endpoint-{service}={url}' for service, url in cloud.endpoints().items()]
    with open(os.path.join(folder, 'connections.ini'), 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines) + '\n')


def main():
    with test_cloud.Cloud('demo') as cloud:
        write_connection(cloud)
        environment = {**os.environ, **cloud.environment(), 'GRANARY_DEMO_CLOUD': cloud.url}
        try:
            sys.exit(subprocess.run(sys.argv[2:], env=environment, check=False).returncode)
        except KeyboardInterrupt:
            sys.exit(130)


if __name__ == '__main__':
    main()
