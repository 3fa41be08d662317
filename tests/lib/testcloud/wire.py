# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 on a socket: heads are parsed, bodies pass through one reused buffer."""

import socket
import struct
import threading
import time
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from .checksum import address_of
from .errors import Disconnected

BUFFER_SIZE = 1 << 20
_HEAD_LIMIT = 128 * 1024

_buffers = threading.local()


def reused_buffer():
    """This thread's buffer: a view of it and its address."""
    if not hasattr(_buffers, 'view'):
        memory = bytearray(BUFFER_SIZE)
        _buffers.view = memoryview(memory)
        _buffers.address = address_of(memory)
    return _buffers.view, _buffers.address


def decode(text):
    """Percent-encoded UTF-8, or None when it is not UTF-8."""
    if '%' not in text and text.isascii():
        return text
    try:
        return unquote_to_bytes(text).decode('utf-8')
    except UnicodeDecodeError:
        return None


class Request:
    """The head of a request, and its body while it is read."""

    def __init__(self, connection, method, target, headers):
        self.connection = connection
        self.method = method
        self.target = target
        self.headers = headers
        self.raw_path, _, self.raw_query = target.partition('?')
        self.length = None
        self.received = 0
        self.rate = 0  # bytes a second the body is read with, 0 for all that comes
        self.awaits_continue = headers.get('expect', '').lower() == '100-continue'
        self.chunked = 'chunked' in headers.get('transfer-encoding', '').lower()
        length = headers.get('content-length')
        if length is not None and length.isdecimal():
            self.length = int(length)
        elif not self.chunked:
            self.length = 0 if length is None else None
        self.keep_alive = headers.get('connection', '').lower() != 'close'

    def query(self):
        """Names and values, decoded, in the order sent."""
        pairs = []
        for piece in self.raw_query.split('&'):
            if piece:
                name, _, value = piece.partition('=')
                pairs.append((decode(name) or name, decode(value) or ''))
        return pairs

    def header(self, name, default=''):
        return self.headers.get(name, default)

    def _start_body(self):
        if self.awaits_continue:
            self.awaits_continue = False
            self.connection.send([b'HTTP/1.1 100 Continue\r\n\r\n'])

    def read_into(self, view):
        """Fills the whole view with the next bytes of the body."""
        self._start_body()
        if self.rate:
            time.sleep(len(view) / self.rate)
        self.connection.receive_into(view)
        self.received += len(view)

    def pieces(self):
        """The rest of the body in views of the reused buffer, each with its address."""
        buffer, address = reused_buffer()
        limit = len(buffer)
        if self.rate:
            limit = max(1, min(limit, self.rate // 4))
        while self.received < self.length:
            size = min(limit, self.length - self.received)
            self.read_into(buffer[:size])
            yield buffer[:size], address

    def read(self):
        """The rest of the body, in one piece."""
        data = bytearray(self.length - self.received)
        with memoryview(data) as view:
            for start in range(0, len(data), BUFFER_SIZE):
                self.read_into(view[start:start + BUFFER_SIZE])
        return bytes(data)

    def drain(self):
        """Reads what is left of the body, so that an answer is seen and the connection stays."""
        if self.length is None or (self.awaits_continue and self.length):
            self.keep_alive = False  # never asked for: what follows cannot be told apart
            return
        for _ in self.pieces():
            pass


class Response:
    """An answer. The body is bytes, or yields lists of buffers that are size bytes together."""

    def __init__(self, status=200, headers=(), body=b'', size=None, kind=None):
        self.status = status
        self.headers = dict(headers)
        self.body = body
        self.size = len(body) if size is None else size
        if kind:
            self.headers['Content-Type'] = kind
        self.without_body = False  # a HEAD: the size is told, nothing follows
        self.prelude = 0  # blanks that are trickled before the body, which goes out in chunks
        self.prelude_seconds = 0
        self.rate = 0
        self.cut = None  # bytes of the body after which the connection ends
        self.corrupt = None  # offset of a byte that is flipped on its way

    def buffers(self):
        if isinstance(self.body, (bytes, bytearray)):
            return iter([[self.body]] if self.body else [])
        return iter(self.body)


class Connection:
    """One client. With TLS, calls that the ssl module lacks have slower stand-ins."""

    def __init__(self, sock, secure):
        self.sock = sock
        self.secure = secure
        self.pending = b''
        self.bytes_out = 0
        self._is_tls = secure

    def read_head(self):
        """The next request, or None when the client has left."""
        data = self.pending
        while (end := data.find(b'\r\n\r\n')) < 0:
            if len(data) > _HEAD_LIMIT:
                raise Disconnected(reset=True)
            more = self.sock.recv(65536)
            if not more:
                return None
            data += more
        self.pending = data[end + 4:]
        lines = data[:end].decode('latin-1').lstrip('\r\n').split('\r\n')
        try:
            method, target, version = lines[0].split(' ')
        except ValueError:
            raise Disconnected(reset=True) from None
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(':')
            name = name.lower()
            value = value.strip()
            headers[name] = f'{headers[name]},{value}' if name in headers else value
        request = Request(self, method, target, headers)
        if version == 'HTTP/1.0':
            request.keep_alive = False
        return request

    def receive_into(self, view):
        """Fills a view, first with what came along with the head."""
        filled = min(len(self.pending), len(view))
        if filled:
            view[:filled] = self.pending[:filled]
            self.pending = self.pending[filled:]
        while filled < len(view):
            rest = view[filled:]
            if self._is_tls:
                size = self.sock.recv_into(rest)
            else:
                size = self.sock.recv_into(rest, len(rest), socket.MSG_WAITALL)
            if not size:
                raise Disconnected
            filled += size

    def send(self, buffers):
        """Sends a list of buffers."""
        if self._is_tls:
            data = b''.join(buffers)
            self.sock.sendall(data)
            self.bytes_out += len(data)
            return
        total = sum(len(buffer) for buffer in buffers)
        sent = self.sock.sendmsg(buffers)
        if sent < total:
            skipped = 0
            for buffer in buffers:
                size = len(buffer)
                if sent < skipped + size:
                    start = max(0, sent - skipped)
                    self.sock.sendall(memoryview(buffer)[start:] if start else buffer)
                skipped += size
        self.bytes_out += total

    def send_response(self, response, keep_alive):
        try:
            phrase = HTTPStatus(response.status).phrase
        except ValueError:
            phrase = 'Unknown'
        lines = [f'HTTP/1.1 {response.status} {phrase}']
        lines += [f'{name}: {value}' for name, value in response.headers.items()]
        chunked = response.prelude > 0 and not response.without_body
        if chunked:
            lines.append('Transfer-Encoding: chunked')
        elif response.status != 304 and response.status != 204:
            lines.append(f'Content-Length: {response.size}')
        lines.append('Connection: ' + ('keep-alive' if keep_alive else 'close'))
        # latin-1 carries the bytes of header values that came in the same way.
        head = ('\r\n'.join(lines) + '\r\n\r\n').encode('latin-1', 'replace')
        if response.without_body or response.status in (204, 304):
            self.send([head])
        elif chunked:
            self._send_chunked(head, response)
        elif isinstance(response.body, (bytes, bytearray)) and not (
                response.rate or response.cut is not None or response.corrupt is not None):
            self.send([head, response.body] if response.body else [head])
        else:
            self.send([head])
            self._send_body(response)

    def _send_chunked(self, head, response):
        self.send([head])
        for _ in range(response.prelude):
            self.send([b'1\r\n \r\n'])
            if response.prelude_seconds:
                time.sleep(response.prelude_seconds / response.prelude)
        body = b''.join(bytes(buffer) for group in response.buffers() for buffer in group)
        if response.cut is not None:
            self.send([f'{len(body):x}\r\n'.encode(), body[:len(body) // 2]])
            raise Disconnected
        self.send([f'{len(body):x}\r\n'.encode(), body, b'\r\n0\r\n\r\n'])

    def _send_body(self, response):
        position = 0
        for group in response.buffers():
            if response.rate or response.cut is not None or response.corrupt is not None:
                for buffer in group:
                    self._send_spoiled(response, memoryview(buffer), position)
                    position += len(buffer)
            else:
                self.send(group)

    def _send_spoiled(self, response, view, position):
        if response.corrupt is not None and position <= response.corrupt < position + len(view):
            data = bytearray(view)
            data[response.corrupt - position] ^= 0x40
            view = memoryview(data)
        end = len(view)
        if response.cut is not None:
            end = min(end, response.cut - position)
        step = max(1, min(BUFFER_SIZE, response.rate // 4)) if response.rate else BUFFER_SIZE
        for start in range(0, end, step):
            piece = view[start:min(start + step, end)]
            if response.rate:
                time.sleep(len(piece) / response.rate)
            self.send([piece])
        if end < len(view) or (response.cut is not None and position + end >= response.cut):
            raise Disconnected

    def close(self, reset=False):
        try:
            if reset:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                if self._is_tls:
                    # Closed below TLS: no farewell goes out.
                    socket.socket(fileno=self.sock.detach()).close()
                    return
            else:
                self.sock.shutdown(socket.SHUT_WR)
            self.sock.close()
        except OSError:
            self.sock.close()
