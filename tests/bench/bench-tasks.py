#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the runs of MLflow against tools that only look: bench-tasks.py BUILD SOURCE FOLDER

GRANARY_BENCH_RUNS sets how many there are, 10000. They are made once in FOLDER and kept.
"""

import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

from measure import report, rotate, timed

BUILD, SOURCE = (os.path.abspath(path) for path in sys.argv[1:3])
RUNS = int(os.environ.get('GRANARY_BENCH_RUNS', '10000'))
FOLDER = os.path.join(os.path.abspath(sys.argv[3]), f'mlflow-{RUNS}')
PROGRAM = os.path.join(BUILD, 'tests', 'bench', 'granary-bench-tasks')
# What a tool cannot do without: finding the files that say what runs there are, and reading them.
WALK = 'find mlruns -mindepth 3 -maxdepth 3 -name meta.yaml | wc -l'
READ = ("find mlruns '(' -name meta.yaml -o -name MLmodel ')' -print0 | xargs -0 cat >/dev/null; "
        'du -s mlruns >/dev/null')
QUERY = 'SELECT run_uuid, name, status, start_time, end_time FROM runs ORDER BY start_time DESC'


def prepare():
    if os.path.isdir(FOLDER):
        return
    shutil.rmtree(FOLDER + '.new', ignore_errors=True)
    timed(sys.executable, os.path.join(SOURCE, 'tests', 'data', 'mlflow', 'make.py'), '--runs',
          str(RUNS), FOLDER + '.new')
    os.rename(FOLDER + '.new', FOLDER)


def query(path):
    begin = time.perf_counter()
    database = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
    rows = database.execute(QUERY).fetchall()
    database.close()
    if len(rows) != RUNS:
        sys.exit(f'{path}: {len(rows)} rows')
    return time.perf_counter() - begin


def measure(kind, folder, first, every):
    """Both yardsticks are a name and a function: of the first rows, and of all."""
    found = []

    def ours():
        output = subprocess.run([PROGRAM, folder], check=True, text=True, stdout=subprocess.PIPE)
        found.append(json.loads(output.stdout))
        return found[-1]['all']

    taken = rotate({'granary': ours, first[0]: first[1], every[0]: every[1]})
    # The first round is thrown away there as well.
    middle = {key: statistics.median(row[key] for row in found[1:]) for key in found[0]}
    if middle['rows'] != RUNS:
        sys.exit(f'{folder}: {middle["rows"]} rows')
    report(f'{RUNS} runs in {kind}: found', middle['listed'], {first[0]: taken[first[0]]}, 2)
    report(f'{RUNS} runs in {kind}: 50 rows', middle['first'], {first[0]: taken[first[0]]}, 2)
    report(f'{RUNS} runs in {kind}: all rows', middle['all'], {every[0]: taken[every[0]]}, 3)
    print(f'{RUNS} runs in {kind}: {middle["memory"]:.1f} MiB at most')


def main():
    prepare()
    files, database = (os.path.join(FOLDER, name) for name in ('files', 'database'))
    measure('mlruns/', os.path.join(files, 'mlruns'),
            ('find', lambda: timed('sh', '-c', WALK, cwd=files)),
            ('find, cat, du', lambda: timed('sh', '-c', READ, cwd=files)))
    measure('mlflow.db', database,
            ('one query', lambda: query(os.path.join(database, 'mlflow.db'))),
            ('find, cat, du', lambda: timed('sh', '-c', READ, cwd=database)))


if __name__ == '__main__':
    main()
