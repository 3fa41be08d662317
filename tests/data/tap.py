# SPDX-License-Identifier: GPL-3.0-or-later
"""The Test Anything Protocol for checks written in Python."""

import subprocess
import sys
import traceback


class Tap:
    """Runs checks one by one; each is a function that raises or returns its troubles as lines."""

    def __init__(self):
        self.number = 0
        self.failed = 0

    def check(self, name, function, *arguments):
        self.number += 1
        try:
            troubles = list(function(*arguments) or [])
        except Exception:  # a check that breaks is a check that fails
            troubles = traceback.format_exc().splitlines()
        if troubles:
            self.failed += 1
        print(f'{"not ok" if troubles else "ok"} {self.number} - {name}')
        for trouble in troubles:
            # Meson shows the standard error of what failed, not the comments of its protocol.
            print('  ' + trouble, file=sys.stderr)
        sys.stdout.flush()

    def done(self):
        print(f'1..{self.number}')
        sys.exit(1 if self.failed or not self.number else 0)


def run(*command, **options):
    """The output of a command as troubles, none if it succeeded."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            check=False, **options)
    if result.returncode == 0:
        return []
    return [' '.join(command), *result.stdout.splitlines(), f'exit code {result.returncode}']
