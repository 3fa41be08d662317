# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked, in order. Signatures and tokens are left out."""

import threading
from collections import deque

_SHOWN = ('host', 'content-type', 'content-length', 'content-md5', 'range', 'expect', 'user-agent',
          'accept-encoding', 'connection', 'if-match', 'if-none-match', 'if-modified-since',
          'if-unmodified-since', 'transfer-encoding')
_BODY_LIMIT = 64 * 1024
_LIMIT = 200_000  # the oldest go first


class Log:
    """The last requests since it was cleared; entries are completed while their request runs."""

    def __init__(self):
        self._lock = threading.Lock()
        self._entries = deque(maxlen=_LIMIT)
        self._count = 0

    def begin(self, request, service, action):
        headers = {name: value for name, value in request.headers.items()
                   if name in _SHOWN or name.startswith(('x-cos-', 'x-tc-'))}
        for name in ('x-tc-token', 'x-cos-security-token'):
            if name in headers:
                headers[name] = '(removed)'
        entry = {
            'n': 0,
            'service': service,
            'action': action,
            'method': request.method,
            'target': _without_secrets(request.target),
            'host': request.header('host'),
            'signed': 'authorization' in request.headers or 'q-signature=' in request.target,
            'status': 0,
            'error': '',
            'fault': '',
            'bytes_in': 0,
            'bytes_out': 0,
            'body': None,
            'headers': headers,
        }
        with self._lock:
            self._count += 1
            entry['n'] = self._count
            self._entries.append(entry)
        return entry

    def entries(self):
        with self._lock:
            return [dict(entry) for entry in self._entries]

    def clear(self):
        with self._lock:
            self._entries.clear()


def body_of(data):
    """The body of an API call as the log shows it."""
    return data[:_BODY_LIMIT].decode('utf-8', 'replace')


def _without_secrets(target):
    path, mark, query = target.partition('?')
    kept = ['q-signature=(removed)' if piece.startswith('q-signature=')
            else 'x-cos-security-token=(removed)' if piece.startswith('x-cos-security-token=')
            else piece for piece in query.split('&')]
    return path + mark + '&'.join(kept)
