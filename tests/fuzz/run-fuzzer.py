# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a fuzzer for some seconds, as a test.

run-fuzzer.py FUZZER SEEDS

What it learns is thrown away and its dice are always the same, so that a failure comes again. The
input that broke something is kept in the working folder. GRANARY_FUZZ_SECONDS: how long.
"""

import os
import re
import subprocess
import sys
import tempfile


def main():
    fuzzer, seeds = sys.argv[1:]
    name = os.path.basename(fuzzer)
    seconds = os.environ.get('GRANARY_FUZZ_SECONDS', '15')
    with tempfile.TemporaryDirectory() as learned:
        result = subprocess.run(
            [fuzzer, '-seed=1', f'-max_total_time={seconds}', '-timeout=30', '-rss_limit_mb=2048',
             '-print_final_stats=1', f'-artifact_prefix={name}-', learned, seeds],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace',
            check=False)
    runs = re.search(r'number_of_executed_units: *(\d+)', result.stdout)
    number = int(runs.group(1)) if runs else 0
    passed = result.returncode == 0 and number > 0
    print(f'{"ok" if passed else "not ok"} 1 - {number} inputs')
    print('1..1')
    if not passed:
        print('\n'.join(result.stdout.splitlines()[-80:]), file=sys.stderr)
    sys.exit(0 if passed else 1)


if __name__ == '__main__':
    main()
