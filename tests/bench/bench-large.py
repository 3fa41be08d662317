#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository of 100,000 models and 1,000,000 versions: bench-large.py BUILD FOLDER catalog|list

catalog: its queries against plain SQLite on the same file. list: the window's list of it against a
bare column view of the same shape. The repository is generated once and kept in FOLDER.
"""

import os
import subprocess
import sys

BUILD, FOLDER, WHAT = sys.argv[1:4]
PROGRAMS = os.path.join(BUILD, 'tests', 'bench')
REPOSITORY = os.path.join(FOLDER, 'large')
CATALOG = os.path.join(REPOSITORY, 'catalog.db')


def generate():
    program = os.path.join(PROGRAMS, 'granary-bench-catalog')
    if os.path.exists(CATALOG) and os.path.getmtime(CATALOG) > os.path.getmtime(program):
        return
    os.makedirs(REPOSITORY, exist_ok=True)
    for ending in ('', '-wal', '-shm'):
        if os.path.exists(CATALOG + ending):
            os.unlink(CATALOG + ending)
    subprocess.run([program, 'generate', CATALOG], check=True)


def main():
    generate()
    if WHAT == 'catalog':
        command = [os.path.join(PROGRAMS, 'granary-bench-catalog'), 'measure', CATALOG]
    else:
        command = [os.path.join(PROGRAMS, 'granary-bench-list'), REPOSITORY]
    sys.exit(subprocess.run(command, check=False).returncode)


if __name__ == '__main__':
    main()
