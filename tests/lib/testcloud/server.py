# SPDX-License-Identifier: GPL-3.0-or-later
"""The server: a thread for each connection, which hands every request to its service."""

import socket
import sys
import threading

from . import cosauth, faults
from .api import Api, target_of as api_target_of
from .control import Control, is_control
from .cos import Cos, target_of as cos_target_of
from .errors import ApiError, CosError, Disconnected
from .identity import Identity
from .inference import Inference, is_inference
from .tagcalls import TagCalls
from .tcrcalls import TcrCalls
from .tionebilling import BillingCalls
from .tionemodels import ModelCalls
from .tioneservices import ServiceCalls
from .tionetasks import TaskCalls
from .wire import Connection

_TLS_HANDSHAKE = b'\x16'


def all_handlers(cloud):
    """Every call of API 3.0, by service and action."""
    tione = {}
    for part in (ModelCalls(cloud), TaskCalls(cloud), ServiceCalls(cloud), BillingCalls(cloud)):
        tione.update(part.handlers)
    return {'tione': tione, **Identity(cloud).handlers, **TagCalls(cloud).handlers,
            **TcrCalls(cloud).handlers}


class Server:
    def __init__(self, cloud, port=0, certificate=None, key=None, verbose=False):
        self.cloud = cloud
        self.api = Api(cloud, all_handlers(cloud))
        self.cos = Cos(cloud)
        self.control = Control(cloud)
        self.inference = Inference(cloud)
        self._verbose = verbose
        self._tls = None
        if certificate:
            import ssl  # which most tests need not wait for
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate, key)
        self._listener = socket.create_server(('127.0.0.1', port), backlog=512)
        self.port = self._listener.getsockname()[1]
        cloud.origin = f'{"https" if certificate else "http"}://127.0.0.1:{self.port}'

    def serve(self):
        """Accepts until the listener is closed."""
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve_client, args=(sock,), daemon=True).start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve_client(self, sock):
        connection = None
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            secure = False
            if self._tls:
                # The control channel stays plain on the same port.
                secure = sock.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE
                if secure:
                    sock = self._tls.wrap_socket(sock, server_side=True)
            connection = Connection(sock, secure)
            while (request := connection.read_head()) is not None:
                if not self._handle(connection, request):
                    break
            connection.close()
        except Disconnected as leaving:
            connection.close(leaving.reset)
        except OSError:
            # The client left, or did not like the certificate.
            sock.close()
        except Exception:
            sys.excepthook(*sys.exc_info())
            sys.stderr.flush()
            sock.close()

    def _handle(self, connection, request):
        """Answers one request; False when the connection is to end."""
        if is_control(request):
            response = self.control.answer(request)
            request.drain()
            connection.send_response(response, request.keep_alive)
            return request.keep_alive
        if self.cloud.settings.offline or (self._tls and not connection.secure):
            raise Disconnected(reset=True)
        if is_inference(request):
            return self._infer(connection, request)
        is_api = _is_api(request)
        if is_api:
            target = api_target_of(request)
            service, facts = self.api, {'service': target.service, 'action': target.action}
        else:
            target = cos_target_of(request)
            service, facts = self.cos, {'service': 'cos', 'action': target.action,
                                        'bucket': target.bucket or '', 'key': target.key,
                                        'part': target.part}
        facts['method'] = request.method
        entry = self.cloud.log.begin(request, facts['service'], facts['action'])
        sent_before = connection.bytes_out
        try:
            do = self.cloud.faults.find(facts)
            if do:
                entry['fault'] = do['kind']
                faults.before_body(do, request)
            response = self._respond(service, request, target, entry, do, is_api)
            entry['status'] = response.status
            connection.send_response(response, request.keep_alive)
        finally:
            entry['bytes_in'] = request.received
            entry['bytes_out'] = connection.bytes_out - sent_before
            if self._verbose:
                print(f'{request.method} {entry["host"]}{entry["target"]} {facts["action"]} '
                      f'{entry["status"]} {entry["error"]}', file=sys.stderr, flush=True)
        return request.keep_alive

    def _infer(self, connection, request):
        """A call of a service; what came and went along is not kept."""
        entry = self.cloud.log.begin(request, 'inference', 'Infer')
        do = self.cloud.faults.find({'service': 'inference', 'action': 'Infer',
                                     'method': request.method})
        if do:
            entry['fault'] = do['kind']
            faults.before_body(do, request)
        response = (faults.instead(do, True) if do else None) or self.inference.answer(request)
        request.drain()
        if do:
            response = faults.spoil(do, response, True)
        entry['status'] = response.status
        connection.send_response(response, request.keep_alive)
        return request.keep_alive

    def _respond(self, service, request, target, entry, do, is_api):
        try:
            if is_api:
                service.check(request, target, entry)
            else:
                service.check(request, target)
            response = None
            if do:
                if do.get('apply'):
                    service.run(target) if is_api else service.run(request, target)
                response = faults.instead(do, is_api)
            if response is not None:
                request.drain()
            else:
                response = service.run(target) if is_api else service.run(request, target)
        except (ApiError, CosError) as failure:
            entry['error'] = failure.code
            if isinstance(failure, ApiError) != is_api:
                # A fault that was meant for the other kind of service.
                raise ValueError('an api_error for COS, or the reverse') from failure
            response = service.failure(failure, request, target)
        else:
            if not is_api:
                service.finish(response, request)
        return faults.spoil(do, response, is_api) if do else response


def _is_api(request):
    headers = request.headers
    if headers.get('authorization', '').startswith('TC3') or 'x-tc-action' in headers:
        return True
    if cosauth.is_signed(request):
        return False
    host = headers.get('host', '').rsplit(':', 1)[0]
    return host in ('127.0.0.1', 'localhost', '[::1]')
