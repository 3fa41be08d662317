# SPDX-License-Identifier: GPL-3.0-or-later
"""What objects consist of: bytes in memory, bytes made up on demand, or nothing but their sum."""

import functools
import random

from . import checksum


class Memory:
    """Bytes in one or more pieces, as the parts of an upload left them."""

    readable = True

    def __init__(self, pieces, crc):
        self.pieces = [piece for piece in pieces if len(piece)]
        self.size = sum(len(piece) for piece in self.pieces)
        self.crc = crc

    @classmethod
    def of(cls, data):
        return cls([data], checksum.crc64(data))

    def buffers(self, start, end):
        """Yields lists of buffers with the bytes from start to before end."""
        position = 0
        for piece in self.pieces:
            first = max(0, start - position)
            last = min(len(piece), end - position)
            if first < last:
                yield [memoryview(piece)[first:last]]
            position += len(piece)

    def read(self, start=0, end=None):
        end = self.size if end is None else end
        return b''.join(bytes(buffer) for group in self.buffers(start, end) for buffer in group)

    def slice(self, start, end):
        return Memory.of(self.read(start, end))

    def forget(self):
        return Void(self.size, self.crc)


@functools.lru_cache(maxsize=16)
def _block(seed, size):
    return random.Random(seed).randbytes(size)


class Pattern:
    """Bytes that follow from a seed: blocks of a MiB, alike but for their number in front.

    No two blocks are equal, so that a block in the wrong place shows in the sum.
    """

    readable = True
    BLOCK = 1 << 20
    _NUMBER = 8

    def __init__(self, size, seed=0):
        self.size = size
        self.seed = seed
        self._block = _block(seed, self.BLOCK)
        self.crc = self._sum()

    def _number(self, block):
        return (block ^ 0x5DEECE66D).to_bytes(self._NUMBER, 'little')

    def _sum(self):
        whole, rest = divmod(self.size, self.BLOCK)
        tail = self._block[self._NUMBER:]
        tail_crc = checksum.crc64(tail)
        behind = checksum.Shift(len(tail))
        next_block = checksum.Shift(self.BLOCK)
        crc = 0
        for block in range(whole):
            crc = next_block.combine(
                crc, behind.combine(checksum.crc64(self._number(block)), tail_crc))
        if rest:
            last = (self._number(whole) + tail)[:rest]
            crc = checksum.combine(crc, checksum.crc64(last), rest)
        return crc

    def buffers(self, start, end):
        tail = memoryview(self._block)
        group = []
        while start < end:
            block, offset = divmod(start, self.BLOCK)
            last = min(self.BLOCK, offset + end - start)
            if offset < self._NUMBER:
                group.append(self._number(block)[offset:last])
            if last > self._NUMBER:
                group.append(tail[max(offset, self._NUMBER):last])
            start += last - offset
            if len(group) >= 8:
                yield group
                group = []
        if group:
            yield group

    def read(self, start=0, end=None):
        end = self.size if end is None else end
        return b''.join(bytes(buffer) for group in self.buffers(start, end) for buffer in group)

    def slice(self, start, end):
        if end - start <= self.BLOCK * 16:
            return Memory.of(self.read(start, end))
        crc = 0
        for group in self.buffers(start, end):
            for buffer in group:
                crc = checksum.crc64(buffer, crc)
        return Void(end - start, crc)

    def forget(self):
        return Void(self.size, self.crc)


class Void:
    """Only the size and the sum of what was once there: what black holes keep."""

    readable = False

    def __init__(self, size, crc):
        self.size = size
        self.crc = crc

    def slice(self, start, end):
        return Void(end - start, None)


def join(parts):
    """The content of a completed upload. Its sum is unknown if that of one part is."""
    crc = 0
    for part in parts:
        if part.crc is None:
            crc = None
            break
        crc = checksum.combine(crc, part.crc, part.size) if part.size != parts[0].size \
            else _same_size(part.size).combine(crc, part.crc)
    if all(isinstance(part, Memory) for part in parts):
        return Memory([piece for part in parts for piece in part.pieces], crc)
    if len(parts) == 1:
        return parts[0]
    return Void(sum(part.size for part in parts), crc)


_shifts = {}


def _same_size(size):
    if size not in _shifts:
        if len(_shifts) > 32:
            _shifts.clear()
        _shifts[size] = checksum.Shift(size)
    return _shifts[size]
