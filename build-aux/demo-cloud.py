#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command beside a made-up cloud account: demo-cloud.py SOURCE COMMAND [ARG…]

Run by build-aux/run --demo-cloud. The connection is named demo; it is written where the user folders
of the environment are, so these have to be private ones.
"""

import os
import shlex
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


def write_environment(variables):
    """For a shell that wants to use the command line beside the window."""
    folder = os.path.dirname(os.environ['XDG_CONFIG_HOME'])
    names = ('XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME')
    variables = {**{name: os.environ[name] for name in names}, **variables}
    with open(os.path.join(folder, 'environment'), 'w', encoding='utf-8') as file:
        file.writelines(f'export {name}={shlex.quote(value)}\n'
                        for name, value in variables.items())


def main():
    with test_cloud.Cloud('demo') as cloud:
        write_connection(cloud)
        variables = {**cloud.environment(), 'GRANARY_DEMO_CLOUD': cloud.url}
        write_environment(variables)
        try:
            sys.exit(subprocess.run(sys.argv[2:], env={**os.environ, **variables},
                                    check=False).returncode)
        except KeyboardInterrupt:
            sys.exit(130)


if __name__ == '__main__':
    main()
