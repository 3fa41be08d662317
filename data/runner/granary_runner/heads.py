# SPDX-License-Identifier: GPL-3.0-or-later
"""The head of an HTTP request, read strictly: what servers could read differently is refused."""

from __future__ import annotations

import re

LONGEST_HEAD = 65536
TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
LINE = re.compile(rb"([A-Z]{1,32}) ([!-~]{1,8192}) HTTP/([0-9])\.([0-9])\Z")
VALUE = re.compile(rb'[\t -~\x80-\xff]*\Z')
LENGTH = re.compile(rb'[0-9]{1,15}\Z')
CHUNK = re.compile(rb'([0-9A-Fa-f]{1,8})(?:[ \t]*;[\t -~\x80-\xff]*)?\Z')
ONCE = frozenset((b'authorization', b'content-length', b'transfer-encoding', b'host', b'expect',
                  b'content-encoding'))
KNOWN = ONCE | {b'connection'}

REASONS = {
    200: 'OK', 400: 'Bad Request', 401: 'Unauthorized', 404: 'Not Found',
    405: 'Method Not Allowed', 408: 'Request Timeout', 413: 'Content Too Large',
    415: 'Unsupported Media Type', 417: 'Expectation Failed', 422: 'Unprocessable Content',
    431: 'Request Header Fields Too Large', 500: 'Internal Server Error',
    501: 'Not Implemented', 503: 'Service Unavailable', 504: 'Gateway Timeout',
    505: 'HTTP Version Not Supported',
}


class Refused(Exception):
    """The request cannot be served, and nothing that follows on the connection is trusted."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class Request:
    """A head; length is None when the body is chunked."""

    __slots__ = ('method', 'path', 'length', 'authorization', 'keep_alive', 'old', 'expects',
                 'encoding')

    def __init__(self, method, path, old):
        self.method = method
        self.path = path
        self.old = old


def read_headers(lines):
    """{name: value} of those that matter here; each of them once."""
    found = {}
    for line in lines:
        name, colon, value = line.partition(b':')
        if not colon or not TOKEN.match(name) or not VALUE.match(value):
            raise Refused(400, 'a header is malformed')
        name = name.lower()
        if name not in KNOWN:
            continue
        value = value.strip(b' \t')
        if name not in found:
            found[name] = value
        elif name in ONCE:
            raise Refused(400, 'a header that may stand once stands twice')
        else:
            found[name] += b',' + value
    return found


def read_head(head):
    """Makes a request of what precedes the empty line; raises Refused."""
    lines = head.split(b'\r\n')
    match = LINE.match(lines[0])
    if not match:
        raise Refused(400, 'the request line is malformed')
    method, target, major, minor = match.groups()
    if major != b'1' or minor not in b'01':
        raise Refused(505, 'only HTTP/1.1 is spoken here')
    if target.startswith(b'http://'):
        target = b'/' + target[7:].partition(b'/')[2]
    elif not target.startswith(b'/'):
        raise Refused(400, 'the request is for no path')
    request = Request(method, target.partition(b'?')[0], minor == b'0')
    headers = read_headers(lines[1:])
    if b'host' not in headers and not request.old:
        raise Refused(400, 'there is no Host header')
    options = headers.get(b'connection', b'').lower().replace(b' ', b'').split(b',')
    request.keep_alive = b'keep-alive' in options if request.old else b'close' not in options
    request.authorization = headers.get(b'authorization')
    request.encoding = headers.get(b'content-encoding')
    request.expects = read_expectation(headers.get(b'expect'))
    request.length = read_length(headers, request.old)
    return request


def read_expectation(value):
    if value is None:
        return False
    if value.lower() != b'100-continue':
        raise Refused(417, 'this expectation cannot be met')
    return True


def read_length(headers, old):
    length = headers.get(b'content-length')
    coding = headers.get(b'transfer-encoding')
    if coding is None:
        if length is None:
            return 0
        if not LENGTH.match(length):
            raise Refused(400, 'Content-Length is no number')
        return int(length)
    if length is not None:
        raise Refused(400, 'both Content-Length and Transfer-Encoding are given')
    if old:
        raise Refused(400, 'HTTP/1.0 knows no Transfer-Encoding')
    if coding.lower() != b'chunked':
        raise Refused(501, 'the only Transfer-Encoding known here is chunked')
    return None


def read_chunk_size(line):
    match = CHUNK.match(line)
    if not match:
        raise Refused(400, 'the size of a chunk is no number')
    return int(match[1], 16)
