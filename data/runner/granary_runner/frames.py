# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages between the front and its workers, over a pair of sockets.

A message is a kind and any number of items; an item is a number, a status and bytes. A request goes
to a worker as the bytes that came, and its answer comes back as the bytes that are sent: the front
never takes JSON apart, nor what one stage hands to the next.
"""

from __future__ import annotations

import struct

HEAD = struct.Struct('>BH')
ITEM = struct.Struct('>IHI')
SINGLE = struct.Struct('>BHIHI')  # both, of the usual message of one item

WORK = 1  # to a worker: requests; a batch when there are several
DONE = 2  # from a worker: their answers, in the same order
PLAN = 3  # from the first worker: the stages, as JSON
READY = 4  # from a worker: it takes requests
FAILED = 5  # from a worker: why it never will, as JSON

PASS_ON = 0  # status of an answer that is meant for the next stage
MOST_ITEMS = 1024


def pack(kind, items=()):
    """Bytes of a message, in pieces; items are (number, status, bytes)."""
    if len(items) == 1:
        number, status, payload = items[0]
        head = SINGLE.pack(kind, 1, number, status, len(payload))
        return [head + payload] if len(payload) <= 65536 else [head, payload]
    pieces = [HEAD.pack(kind, len(items))]
    pieces.extend(ITEM.pack(number, status, len(payload)) for number, status, payload in items)
    pieces.extend(payload for _, _, payload in items)
    if sum(map(len, pieces)) <= 65536:
        return [b''.join(pieces)]
    return pieces


class Reader:
    """Takes messages out of bytes that come in any portions."""

    def __init__(self, most):
        self.most = most
        self.buffer = bytearray()
        self.wanted = HEAD.size

    def feed(self, data):
        """(kind, items) of each message that is complete; ValueError when it is none.

        The data is bytes or a view of them, of which nothing is kept.
        """
        if not self.buffer and len(data) >= SINGLE.size:
            kind, count, number, status, length = SINGLE.unpack_from(data)
            if kind == DONE and count == 1 and len(data) == SINGLE.size + length <= self.most:
                return [(kind, [(number, status, bytes(data[SINGLE.size:]))])]
        return self.feed_slowly(data)

    def feed_slowly(self, data):
        self.buffer += data
        messages = []
        while len(self.buffer) >= self.wanted:
            message = self.take()
            if message is not None:
                messages.append(message)
        return messages

    def take(self):
        """The first message, or nothing when more is wanted of it."""
        kind, count = HEAD.unpack_from(self.buffer)
        if kind not in (WORK, DONE, PLAN, READY, FAILED) or count > MOST_ITEMS:
            raise ValueError('not a message')
        position = HEAD.size + count * ITEM.size
        if len(self.buffer) < position:
            self.wanted = position
            return None
        heads = [ITEM.unpack_from(self.buffer, HEAD.size + number * ITEM.size)
                 for number in range(count)]
        total = sum(length for _, _, length in heads)
        if any(length > self.most for _, _, length in heads):
            raise ValueError('a message that is too long')
        if len(self.buffer) < position + total:
            self.wanted = position + total
            return None
        items = []
        with memoryview(self.buffer) as view:
            for number, status, length in heads:
                items.append((number, status, bytes(view[position:position + length])))
                position += length
        del self.buffer[:position]
        self.wanted = HEAD.size
        return kind, items


def read(stream):
    """The next message of a file, None at its end."""
    head = stream.read(SINGLE.size)
    if len(head) < SINGLE.size:
        return None
    # The front sends no message without items.
    kind, count, *first = SINGLE.unpack(head)
    heads = [first]
    heads.extend(ITEM.unpack(stream.read(ITEM.size)) for _ in range(count - 1))
    return kind, [(number, status, stream.read(length)) for number, status, length in heads]
