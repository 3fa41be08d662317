# SPDX-License-Identifier: GPL-3.0-or-later
"""API 3.0: signatures, versions, regions and parameters are checked, then the call answers."""

import json
import re
import threading
import time

from . import signatures, state, times
from .errors import ApiError
from .log import body_of
from .specs import ACTIONS, STRUCTURES, VERSIONS
from .wire import Response

_AUTHORIZATION = re.compile(
    r'TC3-HMAC-SHA256 Credential=([^/,]+)/(\d{4}-\d\d-\d\d)/([a-z]+)/tc3_request, ?'
    r'SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})')
_CLOCK_TOLERANCE = 300
_BODY_LIMIT = 10 << 20
_REGION_LESS = ('sts', 'cam', 'region', 'tag')
_READS = ('Describe', 'Get', 'List')
WITHDRAWN = ('DescribeTrainingModels', 'DescribeTrainingFrameworks',
             'DescribeLatestTrainingMetrics', 'DescribeTrainingMetrics', 'DescribeModelServices',
             'DescribeModelServiceHistory', 'ModifyModelServicePartialConfig')
_TYPES = {'s': str, 'i': int, 'b': bool, 'f': (int, float), 'o': dict}


class Call:
    """One call: who asks for what, where."""

    def __init__(self, service, action):
        self.service = service
        self.action = action
        self.region = ''
        self.account = None
        self.parameters = {}
        self.request_id = ''

    def get(self, name, default=None):
        return self.parameters.get(name, default)

    def page(self, default, maximum, offset='Offset', limit='Limit'):
        """Where a page begins and how long it is."""
        first = self.get(offset, 0)
        count = self.get(limit, default)
        if first < 0 or not 0 <= count <= maximum:
            raise ApiError('InvalidParameterValue',
                           f'The value of {limit} must be between 0 and {maximum}.',
                           f'参数 {limit} 的取值应在 0 和 {maximum} 之间。')
        return first, count


def target_of(request):
    """Service and action of a request, for log and faults, before anything is checked."""
    match = re.search(r'Credential=[^/]+/[^/]+/([a-z]+)/', request.header('authorization'))
    service = match[1] if match else ''
    if not service:
        version = request.header('x-tc-version')
        service = next((name for name, known in VERSIONS.items() if known == version), 'api')
    return Call(service, request.header('x-tc-action'))


class Api:
    """All API 3.0 services. Handlers are methods named like their action, in snake_case."""

    def __init__(self, cloud, handlers):
        self.cloud = cloud
        self._handlers = handlers
        self._rates = {}
        self._rate_lock = threading.Lock()

    def check(self, request, call, entry):
        """Reads the body and checks all that does not depend on the call."""
        call.request_id = self.cloud.request_id()
        if request.length is None or request.length > _BODY_LIMIT:
            raise ApiError('RequestSizeLimitExceeded', 'The request body exceeds 10 MB.')
        body = request.read()
        entry['body'] = body_of(body)
        headers = request.headers
        for name in ('x-tc-action', 'x-tc-version', 'x-tc-timestamp'):
            if not headers.get(name):
                raise ApiError('MissingParameter',
                               f'The request is missing the required header {name}.')
        call.account = self._account(request, call, body)
        self._check_target(request, call)
        call.parameters = self._parameters(request, body)
        self._check_permission(call)
        self._check_rate(call)

    def _account(self, request, call, body):
        headers = request.headers
        if not self.cloud.settings.strict:
            return state.PERMANENT
        match = _AUTHORIZATION.fullmatch(headers.get('authorization', ''))
        if not match:
            raise ApiError('AuthFailure.InvalidAuthorization',
                           'The `Authorization` in the request header is not correct.')
        secret_id, date, service, signed, signature = match.groups()
        timestamp = headers['x-tc-timestamp']
        if not timestamp.isdecimal():
            raise ApiError('AuthFailure.InvalidAuthorization', 'X-TC-Timestamp is not a number.')
        account = state.ACCOUNTS.get(secret_id)
        if account is None:
            raise ApiError('AuthFailure.SecretIdNotFound',
                           'The SecretId is not found, please ensure that it is correct.',
                           '密钥不存在。请在控制台检查密钥是否已被删除或者禁用。')
        if abs(self.cloud.now() - int(timestamp)) > _CLOCK_TOLERANCE:
            raise ApiError('AuthFailure.SignatureExpire',
                           'The signature has expired: the clock of the client differs by more '
                           'than 5 minutes.', '签名过期。')
        signed = signed.split(';')
        if signed != sorted(signed) or not {'content-type', 'host'} <= set(signed) \
                or not all(name in headers for name in signed):
            raise ApiError('AuthFailure.SignatureFailure', 'The signed headers do not fit.')
        canonical = signatures.tc3_canonical(request.method, request.raw_query, headers, signed,
                                             body)
        expected = signatures.tc3_signature(account.secret_key, int(timestamp), service, canonical)
        if expected != signature or date != signatures.utc_date(int(timestamp)):
            raise ApiError('AuthFailure.SignatureFailure',
                           'The provided credentials could not be validated. Please check your '
                           'signature is correct.', '签名错误。')
        token = headers.get('x-tc-token', '')
        if token != (account.token or '') or (token and self.cloud.settings.token_expired):
            raise ApiError('AuthFailure.TokenFailure', 'The token is not correct or has expired.',
                           'token 错误。')
        return account

    def _check_target(self, request, call):
        if call.service not in VERSIONS:
            raise ApiError('NoSuchProduct', f'The product `{call.service}` does not exist.')
        version = request.header('x-tc-version')
        if version != VERSIONS[call.service]:
            raise ApiError('NoSuchVersion', f'The version `{version}` does not exist.')
        if request.method == 'POST' and \
                not request.header('content-type').startswith('application/json'):
            raise ApiError('UnsupportedProtocol', 'The content type must be application/json.')
        if request.raw_path != '/':
            raise ApiError('InvalidRequest', 'The path must be /.')
        call.region = request.header('x-tc-region')
        if not call.region and call.service not in _REGION_LESS:
            raise ApiError('MissingParameter', 'The request is missing the parameter `Region`.')
        if call.region and call.region not in state.REGIONS:
            raise ApiError('UnsupportedRegion', f'The region `{call.region}` is not supported.')
        specification = ACTIONS.get(call.service, {}).get(call.action)
        if specification is None or (
                call.action in WITHDRAWN and self.cloud.settings.withdrawn):
            raise ApiError('InvalidAction',
                           f'The request interface `{call.action}` is invalid or not in this '
                           'version.', f'接口 `{call.action}` 不存在。')

    def _parameters(self, request, body):
        if request.method == 'GET':
            return dict(request.query())
        try:
            parameters = json.loads(body.decode('utf-8'))
        except (UnicodeDecodeError, ValueError):
            raise ApiError('InvalidParameter', 'The body is not JSON.') from None
        if not isinstance(parameters, dict):
            raise ApiError('InvalidParameter', 'The body is not a JSON object.')
        service, action = target_of(request).service, request.header('x-tc-action')
        check_members(parameters, ACTIONS[service][action], '')
        return parameters

    def _check_permission(self, call):
        if call.account.read_only and not call.action.startswith(_READS):
            raise denied(call)

    def _check_rate(self, call):
        limit = self.cloud.settings.rate_limit
        if not limit:
            return
        second = int(time.monotonic())
        with self._rate_lock:
            start, count = self._rates.get(call.action, (second, 0))
            count = count + 1 if start == second else 1
            self._rates[call.action] = (second, count)
        if count > limit:
            raise ApiError('RequestLimitExceeded',
                           f'Your current request times equals to {count} in a second, which '
                           f'exceeds the frequency limit {limit} for a second.')

    def run(self, call):
        handler = self._handlers[call.service][call.action]
        with self.cloud.lock:
            answer = handler(call) or {}
        if isinstance(answer, str):
            return self._send(answer, call)
        return self._answer(dict(answer), call)

    def failure(self, error, request, call):
        """The answer to a call that failed: status 200 all the same."""
        request.drain()
        chinese = request.header('x-tc-language', 'zh-CN').lower().startswith('zh')
        message = error.chinese if chinese else error.message
        return self._answer({'Error': {'Code': error.code, 'Message': message}}, call)

    def _answer(self, members, call):
        return self._send(json.dumps(members, ensure_ascii=False)[1:-1], call)

    def _send(self, text, call):
        """The members of an answer as text, without the braces around them."""
        request_id = call.request_id or self.cloud.request_id()
        separator = ',' if text else ''
        body = f'{{"Response":{{{text}{separator}"RequestId":"{request_id}"}}}}'.encode()
        return Response(200, {'Server': 'nginx', 'Date': times.http(self.cloud.now())}, body,
                        kind='application/json')


def denied(call):
    """A refusal by access management, which names the action and the resource."""
    operation = f'{call.service}:{call.action}'
    resource = f'qcs::{call.service}:{call.region}:uin/{state.UIN}:*'
    return ApiError(
        'AuthFailure.UnauthorizedOperation',
        f'[request id:{call.request_id}]you are not authorized to perform operation ({operation})\n'
        f'resource ({resource}) has no permission\n')


def check_members(value, members, path):
    """Refuses unknown and missing members and wrong types, as the gateway does."""
    for name in value:
        if name not in members:
            raise ApiError('UnknownParameter', f'The parameter `{path}{name}` is not recognized.')
    for name, (kind, is_list, is_required) in members.items():
        item = value.get(name)
        if item is None:
            if name in value:
                raise ApiError('InvalidParameter', f'The parameter `{path}{name}` is null.')
            if is_required:
                raise ApiError('MissingParameter',
                               f'The request is missing a required parameter `{path}{name}`.',
                               f'缺少参数 `{path}{name}`。')
            continue
        if is_list and not isinstance(item, list):
            raise ApiError('InvalidParameter',
                           f'The parameter `{path}{name}` must be an array.')
        for index, one in enumerate(item if is_list else [item]):
            _check_value(one, kind, f'{path}{name}.{index}' if is_list else path + name)


def _check_value(value, kind, path):
    if kind in STRUCTURES:
        if not isinstance(value, dict):
            raise ApiError('InvalidParameter', f'The parameter `{path}` must be an object.')
        check_members(value, STRUCTURES[kind], path + '.')
        return
    if not isinstance(value, _TYPES[kind]) or (kind in 'if' and isinstance(value, bool)):
        raise ApiError('InvalidParameter', f'The type of the parameter `{path}` is not valid.')
