# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection of a caller: reads requests, one after the other, and writes their answers."""

from __future__ import annotations

import json

from . import heads
from .heads import Refused
from .reading import Reading

# What a connection is at. IDLE between requests, DRAIN while what still comes is thrown away.
IDLE, HEAD, BODY, CHUNKS, WORK, DRAIN = range(6)

MOST_AHEAD = 65536  # bytes read while an answer is awaited
LONGEST_CHUNK_LINE = 1024
LONGEST_TRAILERS = 8192


class Connection(Reading):
    """Owned by its transport; known to the front while it is open."""

    __slots__ = ('front', 'loop', 'transport', 'buffer', 'state', 'since', 'scanned', 'request',
                 'chunks', 'left', 'reserved', 'job', 'ended', 'paused', 'blocked', 'unsent',
                 'unsent_since', 'is_advancing', 'last_head', 'last_request')

    def __init__(self, front):
        self.front = front
        self.loop = front.loop
        self.transport = None
        self.buffer = bytearray()
        self.state = HEAD
        self.since = self.loop.time()
        self.scanned = 0
        self.request = None
        self.chunks = None
        self.left = 0
        self.reserved = 0
        self.job = None
        self.ended = False  # the caller sends no more
        self.paused = False  # nothing is read for the moment
        self.blocked = False  # the caller does not read its answers
        self.unsent = 0
        self.unsent_since = 0.0
        self.is_advancing = False
        self.last_head = None
        self.last_request = None

    # The protocol

    def connection_made(self, transport):
        self.transport = transport
        self.front.opened(self)

    def connection_lost(self, exc):
        self.state = DRAIN
        self.release()
        if self.job is not None:
            self.front.pool.cancel(self.job)
            self.job = None
        self.front.closed(self)
        self.buffer = bytearray()

    def received(self, data):
        if self.state == DRAIN:
            return
        self.buffer += data
        if self.state == WORK or self.blocked:
            if len(self.buffer) > MOST_AHEAD and not self.paused:
                self.paused = True
                self.transport.pause_reading()
            return
        self.advance()

    def eof_received(self):
        self.ended = True
        # A caller that shut down its side may still wait for an answer, also of what was read
        # ahead. Otherwise the transport closes once what was written is sent.
        return self.state == WORK or (self.blocked and self.state != DRAIN)

    def pause_writing(self):
        self.blocked = True

    def resume_writing(self):
        self.blocked = False
        if self.state != WORK:
            self.advance()

    # Reading

    def advance(self):
        """Reads as many requests as there are, until one is at work."""
        if self.is_advancing:
            return
        self.is_advancing = True
        try:
            while self.state < WORK and not self.blocked and self.step():
                pass
        except Refused as refused:
            self.refuse(refused.status, str(refused))
        finally:
            self.is_advancing = False
        if self.paused and self.state < WORK and not self.blocked:
            self.paused = False
            self.transport.resume_reading()
        if self.ended and self.state < WORK and not self.blocked:
            self.transport.close()

    def step(self):
        """Whether it came one part further."""
        if self.state == BODY:
            return self.read_body()
        if self.state == CHUNKS:
            return self.read_chunks()
        return self.read_head()

    def read_head(self):
        buffer = self.buffer
        while buffer.startswith(b'\r\n'):
            del buffer[:2]
        if not buffer:
            return False
        if self.state == IDLE:
            self.state = HEAD
            self.since = self.loop.time()
            self.front.busy(self)
        end = buffer.find(b'\r\n\r\n', max(0, self.scanned - 3))
        if end > heads.LONGEST_HEAD or (end < 0 and len(buffer) > heads.LONGEST_HEAD):
            raise Refused(431, 'the head of the request is too long')
        if end < 0:
            self.scanned = len(buffer)
            return False
        head = bytes(buffer[:end])
        del buffer[:end + 4]
        self.scanned = 0
        # Most callers say the same each time.
        if head != self.last_head:
            self.last_request = heads.read_head(head)
            self.last_head = head
        self.request = request = self.last_request
        trouble = self.front.route(self, request)
        if trouble is not None:
            self.answer_at_once(*trouble)
            return True
        if request.expects and not buffer:
            self.transport.write(b'HTTP/1.1 100 Continue\r\n\r\n')
        if request.length is None:
            self.chunks = bytearray()
            self.left = -1
            self.state = CHUNKS
        else:
            self.reserve(request.length)
            self.state = BODY
        return True

    def read_body(self):
        length = self.request.length
        if len(self.buffer) < length:
            return False
        if len(self.buffer) == length:
            body = bytes(self.buffer)
            self.buffer.clear()
        else:
            with memoryview(self.buffer) as view:
                body = bytes(view[:length])
            del self.buffer[:length]
        self.submit(body)
        return True

    def read_chunks(self):
        """One chunk; left is -1 before its size is known, -2 after the last."""
        buffer = self.buffer
        if self.left == -2:
            return self.read_trailers()
        if self.left < 0:
            end = buffer.find(b'\r\n')
            if end > LONGEST_CHUNK_LINE or (end < 0 and len(buffer) > LONGEST_CHUNK_LINE):
                raise Refused(400, 'the size of a chunk is too long')
            if end < 0:
                return False
            size = heads.read_chunk_size(bytes(buffer[:end]))
            if len(self.chunks) + size > self.front.most_body:
                raise Refused(413, self.front.describe_most_body())
            self.reserve(size)
            del buffer[:end + 2]
            self.left = size or -2
            return True
        if len(buffer) < self.left + 2:
            return False
        if buffer[self.left:self.left + 2] != b'\r\n':
            raise Refused(400, 'a chunk is longer than its size')
        with memoryview(buffer) as view:
            self.chunks += view[:self.left]
        del buffer[:self.left + 2]
        self.left = -1
        return True

    def read_trailers(self):
        """What stands after the last chunk is passed over."""
        end = 0 if self.buffer.startswith(b'\r\n') else self.buffer.find(b'\r\n\r\n') + 2
        if end < 2 and not self.buffer.startswith(b'\r\n'):
            if len(self.buffer) > LONGEST_TRAILERS:
                raise Refused(431, 'what follows the last chunk is too long')
            return False
        heads.read_headers(bytes(self.buffer[:end]).split(b'\r\n')[:-1])
        del self.buffer[:end + 2]
        body = bytes(self.chunks)
        self.chunks = None
        self.submit(body)
        return True

    def reserve(self, length):
        if not self.front.reserve(length):
            raise Refused(503, 'too much is being sent at the same time')
        self.reserved += length

    def release(self):
        self.front.release(self.reserved)
        self.reserved = 0

    # Answering

    def submit(self, body):
        self.state = WORK
        trouble = self.front.submit(self, body)
        if trouble is not None:
            self.finish(*trouble)

    def answer_at_once(self, status, answer, extra=b''):
        """An answer that needs no worker, before the body of the request was read."""
        request = self.request
        if request.length != 0:
            self.refuse(status, answer, extra)
            return
        self.state = WORK
        self.finish(status, answer, extra=extra)

    def finish(self, status, answer, kind=b'application/json', extra=b''):
        """Writes the answer of the request at work, then goes on to the next."""
        self.job = None
        request = self.request
        self.release()
        keep = (request.keep_alive and not self.front.is_stopping and
                (not self.ended or bool(self.buffer)))
        if not isinstance(answer, bytes):
            answer = json.dumps(answer, ensure_ascii=True).encode('ascii')
        self.write(status, answer, kind, keep, extra, request.method == b'HEAD')
        self.request = None
        if not keep:
            self.close_gently()
            return
        self.state = IDLE
        self.since = self.loop.time()
        self.front.idle(self)
        if self.buffer or self.paused:
            self.advance()

    def write(self, status, body, kind, keep, extra, is_bare):
        front = self.front
        head = front.head(status)
        line = b'%sContent-Type: %s\r\nContent-Length: %d\r\n%s' % (head, kind, len(body), extra)
        if not keep:
            line += b'Connection: close\r\n'
        elif self.request is not None and self.request.old:
            line += b'Connection: keep-alive\r\n'
        if is_bare:
            self.transport.write(line + b'\r\n')
        elif len(body) < 65536:
            self.transport.write(b'%s\r\n%s' % (line, body))
        else:
            self.transport.write(line + b'\r\n')
            self.transport.write(body)

    def refuse(self, status, answer, extra=b''):
        """Answers and closes; what still comes is not read as a request."""
        self.release()
        if isinstance(answer, str):
            answer = {'error': answer}
        if not isinstance(answer, bytes):
            answer = json.dumps(answer).encode('ascii')
        if status == 503:
            extra += b'Retry-After: 1\r\n'
        is_bare = self.request is not None and self.request.method == b'HEAD'
        self.write(status, answer, b'application/json', False, extra, is_bare)
        self.close_gently()

    def close_gently(self):
        """Closes after what was written was read: closing with input unread would cut it short."""
        self.state = DRAIN
        self.since = self.loop.time()
        self.buffer.clear()
        if self.paused:
            self.paused = False
            self.transport.resume_reading()
        if self.ended or not self.transport.can_write_eof():
            self.transport.close()
        else:
            self.transport.write_eof()
