# SPDX-License-Identifier: GPL-3.0-or-later
"""How the front reads, from callers and from workers alike."""

from __future__ import annotations

import asyncio


class Reading(asyncio.BufferedProtocol):
    """Reads into memory that all of them share.

    What asyncio.Protocol is given is new memory of 256 KiB each time, and to get it takes longer
    than to answer a usual request.
    """

    __slots__ = ()

    # There is one event loop, and what was read is taken before it reads on.
    room = memoryview(bytearray(262144))

    def get_buffer(self, sizehint):
        del sizehint
        return self.room

    def buffer_updated(self, nbytes):
        self.received(self.room[:nbytes])

    def received(self, data):
        """Takes what it wants to keep of a memoryview that is overwritten afterwards."""
        raise NotImplementedError
