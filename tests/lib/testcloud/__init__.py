# SPDX-License-Identifier: GPL-3.0-or-later
"""The test cloud: TI-ONE, Tag, TCR, STS, CAM, Region and COS on the loopback, kept in memory.

It shares no code with the product: signatures, checksums and limits are worked out here a second
time, so that a mistake in one of the two shows.
"""
