#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the bundled sample in the window and leaves a picture: picture.py SOURCE PICTURE [ARG…]

Run by build-aux/run inside build-aux/headless when there is no display. With arguments of its own
the program is started with those instead.
"""

import os
import shutil
import subprocess
import sys
import tempfile

SOURCE, PICTURE = sys.argv[1:3]
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'lib'))
from e2e import App, Story, WindowManager, still_picture  # noqa: E402

SAMPLE = os.path.join(SOURCE, 'data', 'samples', 'digits')


def import_sample(repository):
    subprocess.run([os.path.join(SOURCE, '_build', 'src', 'cli', 'granary-cli'), '-r', repository,
                    'import', 'digits', '--files',
                    *sorted(os.path.join(SAMPLE, name) for name in os.listdir(SAMPLE)),
                    '--tag', 'task=digits', '--tag', 'stage=sample',
                    '--description', 'Reads handwritten digits of 8 × 8 pixels.'],
                   check=True, stdout=subprocess.DEVNULL)


def main():
    folder = tempfile.mkdtemp(prefix='granary-run-')
    repository = os.path.join(folder, 'repository')
    manager = WindowManager()
    try:
        import_sample(repository)
        arguments = sys.argv[3:] or ['--repository', repository, '--select', 'digits:v1']
        window = App(os.path.join(SOURCE, '_build', 'src', 'granary'), *arguments)
        if not sys.argv[3:]:
            window.find(name='model_service.py')
        still_picture(PICTURE, window)
        for line in window.warnings():
            print(line, file=sys.stderr)
    finally:
        Story.stop()
        manager.stop()
        shutil.rmtree(folder)
    print(f'granary: the window is shown in {os.path.relpath(PICTURE, SOURCE)}', file=sys.stderr)


if __name__ == '__main__':
    main()
