# SPDX-License-Identifier: GPL-3.0-or-later
"""CRC-64/XZ as COS reports it, through liblzma, and the sums of joined and repeated bytes."""

import ctypes
import functools

_POLYNOMIAL = 0xC96C5795D7870F42  # ECMA-182, reflected

_lzma = ctypes.CDLL('liblzma.so.5')
_lzma.lzma_crc64.restype = ctypes.c_uint64
_lzma.lzma_crc64.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint64]


def crc64(data, crc=0):
    """The sum of bytes, going on from the sum of what came before them."""
    if isinstance(data, bytes):
        return _lzma.lzma_crc64(ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p), len(data), crc)
    with memoryview(data) as view:
        if not len(view):
            return crc
        if view.readonly:
            return crc64(bytes(view), crc)
        return crc64_at(address_of(view), len(view), crc)


def crc64_at(address, size, crc=0):
    """The same of memory whose address is known; other threads run meanwhile."""
    return _lzma.lzma_crc64(address, size, crc)


def address_of(buffer):
    """Where the bytes of a writable buffer lie; the caller keeps the buffer."""
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))


def _times(matrix, vector):
    total = 0
    index = 0
    while vector:
        if vector & 1:
            total ^= matrix[index]
        vector >>= 1
        index += 1
    return total


def _square(matrix):
    return [_times(matrix, row) for row in matrix]


@functools.lru_cache(maxsize=64)
def _power(exponent):
    """The operator that appends 2 ** exponent zero bytes to what a sum was made of."""
    if exponent == 0:
        matrix = [_POLYNOMIAL] + [1 << bit for bit in range(63)]  # one bit
        for _ in range(3):
            matrix = _square(matrix)
        return matrix
    return _square(_power(exponent - 1))


def combine(first, second, second_size):
    """The sum of two joined pieces, from theirs and the size of the second."""
    exponent = 0
    while second_size:
        if second_size & 1:
            first = _times(_power(exponent), first)
        second_size >>= 1
        exponent += 1
    return first ^ second


class Shift:
    """combine() for many pieces of one size: a table for each byte of the sum."""

    def __init__(self, size):
        rows = [combine(1 << bit, 0, size) for bit in range(64)]
        self._tables = []
        for byte in range(8):
            part = rows[byte * 8:byte * 8 + 8]
            self._tables.append([_times(part, value) for value in range(256)])

    def combine(self, first, second):
        for table in self._tables:
            second ^= table[first & 255]
            first >>= 8
        return second
