# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs what is compared in turn (A B A B …), so that a slow minute of the machine hits all alike."""

import json
import os
import statistics
import subprocess
import sys
import time

ROUNDS = int(os.environ.get('GRANARY_BENCH_ROUNDS', '5'))


def timed(*command, **options):
    """Seconds a command takes; it must succeed."""
    begin = time.perf_counter()
    result = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **options)
    taken = time.perf_counter() - begin
    if result.returncode:
        sys.exit(f'{" ".join(command)}: exit code {result.returncode}\n{result.stdout}')
    return taken


def rotate(contenders, rounds=ROUNDS):
    """{name: function → seconds} → {name: median}; one round before them is thrown away."""
    taken = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name, function in contenders.items():
            seconds = function()
            if turn:
                taken[name].append(seconds)
    return {name: statistics.median(values) for name, values in taken.items()}


def report(work, seconds, yardsticks, budget):
    """One line for build-aux/bench: yardsticks are names and medians, the slowest counts."""
    name = max(yardsticks, key=yardsticks.get)
    print(json.dumps({'work': work, 'seconds': seconds, 'yardstick': name,
                      'yardstick_seconds': yardsticks[name], 'budget': budget,
                      'others': {other: value for other, value in yardsticks.items()
                                 if other != name}}), flush=True)
