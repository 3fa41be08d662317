# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cloud holds when it starts."""

import re


def fill(cloud, name):
    """none: two empty buckets; demo: a believable account; mirror:MODELS:VERSIONS: very many."""
    if name == 'demo':
        from . import demo  # what is not asked for need not be read
        demo.fill(cloud)
        return
    cloud.buckets.make('models-1250000000', 'ap-guangzhou')
    cloud.buckets.make('blackhole-1250000000', 'ap-guangzhou')
    many = re.fullmatch(r'mirror:(\d+):(\d+)', name)
    if many:
        from . import mirror
        mirror.fill(cloud, int(many[1]), int(many[2]))
    elif name != 'none':
        raise SystemExit(f'testcloud: there is no seed named {name}')
