#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the start of a program to its first frame: bench-start.py GRANARY EMPTY-WINDOW

The screen itself tells: an X server that keeps its picture in a file, in which the black of an empty
screen turns into a window. Both programs are drawn by cairo, as everything is on such a screen.
"""

import mmap
import os
import shutil
import subprocess
import sys
import tempfile
import time

from measure import report, rotate

GRANARY, EMPTY = sys.argv[1:3]
WIDTH, HEIGHT = 1280, 800


class Screen:
    def __init__(self, folder):
        read, write = os.pipe()
        self.process = subprocess.Popen(
            ['Xvfb', '-displayfd', str(write), '-screen', '0', f'{WIDTH}x{HEIGHT}x24', '-fbdir',
             folder, '-nolisten', 'tcp', '-noreset'], pass_fds=[write], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            self.display = ':' + number.readline().strip()
        self.file = open(os.path.join(folder, 'Xvfb_screen0'), 'rb')
        self.picture = mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ)
        # The pixels stand at the end of the file, four bytes each; this one is in the middle.
        self.middle = len(self.picture) - WIDTH * HEIGHT * 4 + (HEIGHT // 2 * WIDTH + WIDTH // 2) * 4

    def is_drawn(self):
        return self.picture[self.middle:self.middle + 3] != b'\0\0\0'

    def first_frame(self, command, environment):
        while self.is_drawn():
            time.sleep(0.02)
        begin = time.perf_counter()
        program = subprocess.Popen(command, env={**environment, 'DISPLAY': self.display},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        try:
            while not self.is_drawn():
                if program.poll() is not None:
                    sys.exit(f'{command[0]} ended: {program.stderr.read()}')
                if time.perf_counter() - begin > 60:
                    sys.exit(f'{command[0]} draws nothing')
                time.sleep(0.0005)
            return time.perf_counter() - begin
        finally:
            program.kill()
            program.wait()
            program.stderr.close()

    def stop(self):
        self.picture.close()
        self.file.close()
        self.process.terminate()
        self.process.wait()


def main():
    folder = tempfile.mkdtemp()
    screen = Screen(folder)
    environment = {**os.environ, 'G_APPLICATION_NON_UNIQUE': '1'}
    repository = os.path.join(folder, 'repository')
    try:
        medians = rotate({
            'ours': lambda: screen.first_frame([GRANARY, '--repository', repository], environment),
            'an empty AdwApplicationWindow': lambda: screen.first_frame([EMPTY], environment),
        }, 9)
        report('first frame, list empty', medians.pop('ours'), medians, 1.3)
    finally:
        screen.stop()
        shutil.rmtree(folder)


if __name__ == '__main__':
    main()
