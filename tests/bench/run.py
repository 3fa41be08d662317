#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the benchmarks and makes a table of what they report: run.py BUILD FOLDER [NAME…]"""

import json
import os
import subprocess
import sys

BUILD, FOLDER = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))


def benchmarks():
    """Name → command: the scripts here, then what Meson knows under `bench`."""
    found = {
        'start': [sys.executable, os.path.join(HERE, 'bench-start.py'),
                  os.path.join(BUILD, 'src', 'granary'),
                  os.path.join(BUILD, 'tests', 'bench', 'empty-window')],
        'import': [sys.executable, os.path.join(HERE, 'bench-import.py'),
                   os.path.join(BUILD, 'src', 'cli', 'granary-cli'), FOLDER],
        'inspect': [sys.executable, os.path.join(HERE, 'bench-inspect.py'),
                    os.path.join(BUILD, 'tests', 'lib', 'inspect-dump'), FOLDER],
        'cloud': [sys.executable, os.path.join(HERE, 'bench-cloud.py'),
                  os.path.join(BUILD, 'tests', 'bench', 'granary-bench-cos'),
                  os.path.join(FOLDER, 'cloud')],
        **{name: [sys.executable, os.path.join(HERE, 'bench-large.py'), BUILD, FOLDER, name]
           for name in ('catalog', 'list')},
        'mirror': [sys.executable, os.path.join(HERE, 'bench-mirror.py'), BUILD, FOLDER],
        'tasks': [sys.executable, os.path.join(HERE, 'bench-tasks.py'), BUILD,
                  os.path.dirname(os.path.dirname(HERE)), FOLDER],
        'latency': [sys.executable, os.path.join(HERE, 'bench-latency.py'), BUILD,
                    os.path.dirname(os.path.dirname(HERE)), FOLDER],
        'services': [sys.executable, os.path.join(HERE, 'bench-services.py'), BUILD,
                     os.path.dirname(os.path.dirname(HERE)), FOLDER],
    }
    listed = subprocess.run(['meson', 'introspect', BUILD, '--benchmarks'], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    for entry in json.loads(listed):
        found[entry['name']] = entry['cmd']
    return found


def seconds(value):
    if value < 0.001:
        return f'{value * 1e6:.0f} µs'
    return f'{value * 1000:.1f} ms' if value < 1 else f'{value:.2f} s'


def main():
    known = benchmarks()
    wanted = sys.argv[3:] or list(known)
    strangers = [name for name in wanted if name not in known]
    if strangers:
        sys.exit(f'granary: no benchmark is called {", ".join(strangers)}; there are '
                 f'{", ".join(known)}')
    rows = []
    for name in wanted:
        print(f'granary: measuring {name}', file=sys.stderr, flush=True)
        # What is made for a moment is on the same disk as all else.
        os.makedirs(FOLDER, exist_ok=True)
        with subprocess.Popen(known[name], text=True, stdout=subprocess.PIPE,
                              stdin=subprocess.DEVNULL,
                              env={**os.environ, 'TMPDIR': FOLDER}) as running:
            for line in running.stdout:
                try:
                    row = json.loads(line)
                    rows.append(row)
                except ValueError:
                    print(line, end='', flush=True)
        if running.returncode:
            sys.exit(f'granary: {name} failed')
    if not rows:
        return
    print(f'\n{"work":44} {"granary":>10} {"yardstick":>10} {"ratio":>6} {"budget":>6}  measured by')
    for row in rows:
        ratio = row['seconds'] / row['yardstick_seconds']
        print(f'{row["work"]:44} {seconds(row["seconds"]):>10} '
              f'{seconds(row["yardstick_seconds"]):>10} {ratio:6.2f} {row["budget"]:6.2f}  '
              f'{row["yardstick"]}'
              + ''.join(f' ({name}: {seconds(value)})' for name, value in row['others'].items()))


if __name__ == '__main__':
    main()
