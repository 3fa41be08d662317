# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: who may ask what, how many at a time, and how long they may take."""

from __future__ import annotations

import time
from hmac import compare_digest

from . import connection as states
from .connection import Connection
from .heads import REASONS

MOST_CONNECTIONS = 1024
MOST_WAITING = 256
MOST_BODY = 64 << 20
MOST_BODIES = 8 * MOST_BODY  # of all requests that are under way
IDLE_SECONDS = 120
DRAIN_SECONDS = 2
UNAVAILABLE = b'Retry-After: 1\r\n'


class Front:
    """Owns the connections; hands what they ask to the pool."""

    def __init__(self, loop, pool, token, client_timeout, most_connections=MOST_CONNECTIONS):
        self.loop = loop
        self.pool = pool
        self.bearer = b'bearer ' + token
        self.client_timeout = client_timeout
        self.most_connections = most_connections
        self.most_body = MOST_BODY
        self.is_stopping = False
        self.connections = set()
        self.idlers = {}  # in the order in which they became idle
        self.reserved = 0
        self.lines = {}
        self.server = None
        self.sweep()

    async def listen(self, listener):
        self.server = await self.loop.create_server(lambda: Connection(self), sock=listener,
                                                    backlog=1024)

    # Connections

    def opened(self, connection):
        if len(self.connections) >= self.most_connections:
            # One whose answer is still on its way asks nothing more, but is not idle.
            oldest = next((one for one in self.idlers
                           if not one.transport.get_write_buffer_size()), self.find_slowest())
            if oldest is None:
                connection.transport.abort()
                return
            self.drop(oldest)
        self.connections.add(connection)

    def find_slowest(self):
        """The connection that has been sending its request for longest."""
        slow = [one for one in self.connections if states.IDLE < one.state < states.WORK]
        return min(slow, key=lambda one: one.since, default=None)

    def drop(self, connection):
        self.closed(connection)
        connection.transport.abort()

    def closed(self, connection):
        self.connections.discard(connection)
        self.idlers.pop(connection, None)

    def idle(self, connection):
        self.idlers[connection] = None

    def busy(self, connection):
        self.idlers.pop(connection, None)

    def reserve(self, length):
        """Room for a body; the bodies of all requests under way are limited together."""
        if self.reserved + length > MOST_BODIES:
            return False
        self.reserved += length
        return True

    def release(self, length):
        self.reserved -= length

    # Requests

    def route(self, connection, request):
        """What is wrong with a request by its head or, as for /health, its whole answer."""
        del connection
        path = request.path
        if path in (b'/health', b'/ready'):
            return self.answer_probe(request)
        if path not in (b'/', b'/inference'):
            return 404, {'error': 'nothing is here; requests go to /inference'}
        if request.method != b'POST':
            return 405, {'error': 'requests are POST'}, b'Allow: POST\r\n'
        if not self.is_authorized(request.authorization):
            return (401, {'error': 'the token of this service is wanted as Authorization: Bearer'},
                    b'WWW-Authenticate: Bearer\r\n')
        if request.encoding not in (None, b'identity'):
            return 415, {'error': 'a compressed request is not read here'}
        if request.length is not None and request.length > self.most_body:
            return 413, {'error': self.describe_most_body()}
        return self.find_obstacle()

    def answer_probe(self, request):
        if request.method not in (b'GET', b'HEAD'):
            return 405, {'error': 'this is only read'}, b'Allow: GET, HEAD\r\n'
        if request.path == b'/health':
            return 200, {'status': 'alive'}
        if self.pool.is_ready and not self.is_stopping:
            return 200, {'status': 'ready'}
        return 503, {'status': 'not ready'}

    def is_authorized(self, value):
        if value is None:
            return False
        scheme, _, token = value.partition(b' ')
        return compare_digest(scheme.lower() + b' ' + token.strip(b' '), self.bearer)

    def find_obstacle(self):
        if self.is_stopping:
            return 503, {'error': 'the service is being stopped'}
        if not self.pool.is_ready:
            return 503, {'error': 'the model is not loaded yet'}
        if self.pool.count >= MOST_WAITING:
            return 503, {'error': 'too many requests are waiting'}
        return None

    def describe_most_body(self):
        return 'a request is {} MiB at most'.format(self.most_body >> 20)

    def submit(self, connection, body):
        """Puts a request to the workers; what it returns is the answer when it cannot."""
        if not body:
            return 400, {'error': 'the request is empty'}
        obstacle = self.find_obstacle()
        if obstacle is not None:
            return obstacle[0], obstacle[1], b'application/json', UNAVAILABLE
        connection.job = self.pool.submit(body, connection.finish)
        return None

    # Answers

    def head(self, status):
        """Status line and date, made once a second."""
        line = self.lines.get(status)
        if line is None:
            date = time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime())
            line = 'HTTP/1.1 {} {}\r\nDate: {}\r\n'.format(status, REASONS.get(status, 'Error'),
                                                         date).encode('ascii')
            self.lines[status] = line
        return line

    # Time

    def sweep(self):
        """Once a second: who took too long."""
        self.lines.clear()
        now = self.loop.time()
        for connection in list(self.connections):
            self.check(connection, now)
        self.loop.call_later(min(1.0, self.client_timeout / 4), self.sweep)

    def check(self, connection, now):
        waiting = now - connection.since
        unsent = connection.transport.get_write_buffer_size()
        if unsent and unsent == connection.unsent:
            if now - connection.unsent_since > self.client_timeout:
                connection.transport.abort()
                return
        else:
            connection.unsent = unsent
            connection.unsent_since = now
        if unsent:
            return
        if connection.state == states.IDLE and waiting > IDLE_SECONDS:
            connection.transport.close()
        elif connection.state in (states.HEAD, states.BODY, states.CHUNKS):
            if waiting > self.client_timeout:
                connection.refuse(408, 'the request did not come within {:g} seconds'.format(
                    self.client_timeout))
        elif connection.state == states.DRAIN and now - max(
                connection.since, connection.unsent_since) > DRAIN_SECONDS:
            connection.transport.abort()

    # The end

    def stop_accepting(self):
        """No more connections; those that ask nothing are closed, the others after their answer."""
        self.is_stopping = True
        if self.server is not None:
            self.server.close()
        for connection in list(self.connections):
            if connection.state == states.IDLE:
                connection.transport.close()
            elif connection.state < states.WORK:
                if connection.buffer or connection.state != states.HEAD:
                    connection.refuse(503, 'the service is being stopped')
                else:
                    connection.transport.close()

    def is_quiet(self):
        """Whether every answer that was due is written."""
        return not any(connection.state == states.WORK or
                       connection.transport.get_write_buffer_size()
                       for connection in self.connections)
