# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the window's main thread is busy while it uploads: bench-latency.py BUILD SOURCE FOLDER"""

import os
import subprocess
import sys

BUILD, SOURCE, FOLDER = sys.argv[1:4]
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'lib'))
from cloud import BLACK_HOLE, REGION, Cloud  # noqa: E402

with Cloud('demo') as cloud:
    cloud.control(make_bucket={'name': BLACK_HOLE, 'region': REGION})
    subprocess.run([os.path.join(SOURCE, 'build-aux', 'headless'),
                    os.path.join(BUILD, 'tests', 'bench', 'granary-bench-latency'),
                    cloud.url, cloud.cos_template, FOLDER],
                   check=True, stdin=subprocess.DEVNULL,
                   env={**os.environ, **cloud.environment(), 'G_MESSAGES_DEBUG': '',
                        'GSETTINGS_SCHEMA_DIR': os.path.join(BUILD, 'data')})
