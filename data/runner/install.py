# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the environment of one service and installs what its requirements.txt asks for.

    install.py ENVIRONMENT REQUIREMENTS

Started by granary-serviced by the interpreter that was chosen for the service, in a sandbox that may
write to ENVIRONMENT alone. The last line that is printed says why it failed, if it did.
"""

import os
import shutil
import site
import subprocess
import sys
import sysconfig
import venv


def make(environment):
    """An environment that sees the packages of this interpreter, whatever kind that is."""
    builder = venv.EnvBuilder(system_site_packages=True, clear=True, symlinks=True, with_pip=False)
    builder.create(environment)
    if sys.prefix == sys.base_prefix:
        return

    # Its base would be the one that this environment was made from, without what was added here.
    # `granary-python` tells the sandbox that this one is needed, too.
    places = sysconfig.get_paths(vars={'base': environment, 'platbase': environment})
    with open(os.path.join(places['purelib'], 'granary-parent.pth'), 'w') as file:
        file.writelines(place + '\n' for place in site.getsitepackages([sys.prefix]))
    with open(os.path.join(environment, 'pyvenv.cfg'), 'a') as file:
        file.write('granary-python = %s\n' % sys.executable)


def offer_pip(python):
    """Whether there is a pip now."""
    found = subprocess.call([python, '-I', '-c', 'import pip'], stderr=subprocess.DEVNULL)
    if found == 0:
        return True
    if subprocess.call([python, '-I', '-m', 'ensurepip', '--default-pip']) == 0:
        return True
    print('there is neither pip nor ensurepip for %s' % sys.executable, flush=True)
    return False


def main():
    environment, requirements = sys.argv[1:]
    make(environment)

    # Large packages are unpacked on the disk, not in the memory that /tmp is.
    room = os.path.join(environment, '.tmp')
    os.mkdir(room)
    os.environ['TMPDIR'] = room
    os.environ['HOME'] = room
    python = os.path.join(environment, 'bin', 'python')
    if not offer_pip(python):
        return 1
    code = subprocess.call([python, '-I', '-m', 'pip', 'install', '--no-input', '--no-cache-dir',
                            '--disable-pip-version-check', '--progress-bar', 'off',
                            '-r', requirements])
    shutil.rmtree(room, ignore_errors=True)
    return code


if __name__ == '__main__':
    sys.exit(main())
