# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cloud holds when it starts."""


def fill(cloud, name):
    """none: two empty buckets."""
    cloud.buckets.make('models-1250000000', 'ap-guangzhou')
    cloud.buckets.make('blackhole-1250000000', 'ap-guangzhou')
    if name != 'none':
        raise SystemExit(f'testcloud: unknown seed {name}')
