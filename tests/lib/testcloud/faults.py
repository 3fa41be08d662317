# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on request: which answers go wrong, how, and how often."""

import json
import threading
import time
from fnmatch import fnmatchcase

from .errors import ApiError, CosError, Disconnected
from .wire import Response

# Each kind, with what it takes besides.
KINDS = {
    'refuse': (),  # the connection ends without an answer
    'reset_before': (),  # is reset once the head was read
    'reset_after': (),  # is reset once all was done
    'timeout': ('seconds',),  # ends after a while of silence
    'truncate': (),  # ends in the middle of the answer
    'status': ('code', 'body', 'headers', 'apply'),  # a gateway answers
    'api_error': ('code', 'message', 'apply'),
    'cos_error': ('status', 'code', 'message', 'apply'),  # status 200 as well
    'throttle': ('status', 'retry_after', 'apply'),  # status 429 for a gateway's
    'malformed': ('body',),
    'wrong_types': (),
    'nulls': (),
    'huge': ('size',),
    'wrong_crc': (),
    'no_crc': (),
    'corrupt_body': ('offset',),  # one bit is flipped, the sum stays
    'redirect': ('code', 'location', 'apply'),
    'delay': ('seconds',),
    'slow': ('bytes_per_second',),  # both ways
}

# Other names that calls of COS go by.
_ALIASES = {
    'ListObjects': 'GetBucket',
    'CopyObject': 'PutObjectCopy',
    'DeleteMultiple': 'DeleteMultipleObjects',
    'DeleteObjects': 'DeleteMultipleObjects',
    'CreateMultipartUpload': 'InitiateMultipartUpload',
    'ListBuckets': 'GetService',
}
_MATCHES = ('service', 'action', 'key', 'bucket', 'part', 'method', 'skip')
_HUGE = 300 << 20


class Rule:
    """One fault: what it applies to, what it does, how often it is still due."""

    def __init__(self, description):
        match = dict(description.get('match', {}))
        unknown = set(match) - set(_MATCHES)
        if unknown or set(description) - {'match', 'times', 'do'}:
            raise ValueError(f'unknown members in a fault: {description}')
        self.do = {name.lower(): value for name, value in description['do'].items()}
        if self.do.get('kind') not in KINDS:
            raise ValueError(f'unknown kind of fault: {self.do}')
        unknown = set(self.do) - {'kind', *KINDS[self.do['kind']]}
        if unknown:
            raise ValueError(f'{self.do["kind"]} does not take {", ".join(sorted(unknown))}')
        self.skip = match.pop('skip', 0)
        if 'action' in match:
            match['action'] = _ALIASES.get(match['action'], match['action'])
        self.match = match
        self.times = description.get('times', 1)

    def matches(self, facts):
        for name, wanted in self.match.items():
            value = facts.get(name)
            if name == 'part':
                if value != wanted:
                    return False
            elif value is None or not fnmatchcase(value, wanted):
                return False
        return True


class Faults:
    """The rules in force; the first that matches and is due is used up a little."""

    def __init__(self):
        self._lock = threading.Lock()
        self._rules = []

    def add(self, descriptions):
        rules = [Rule(description) for description in descriptions]
        with self._lock:
            self._rules += rules

    def clear(self):
        with self._lock:
            self._rules = []

    def find(self, facts):
        """What to do to this request, or None."""
        if not self._rules:
            return None
        with self._lock:
            for rule in self._rules:
                if rule.times and rule.matches(facts):
                    if rule.skip:
                        rule.skip -= 1
                        return None
                    if rule.times > 0:
                        rule.times -= 1
                    return rule.do
        return None


def before_body(do, request):
    """Faults of the connection, and those that only cost time, before the body is read."""
    kind = do['kind']
    if kind == 'refuse':
        raise Disconnected
    if kind == 'reset_before':
        raise Disconnected(reset=True)
    if kind == 'timeout':
        time.sleep(do.get('seconds', 60))
        raise Disconnected
    if kind == 'delay':
        time.sleep(do.get('seconds', 1))
    elif kind == 'slow':
        request.rate = max(1, int(do.get('bytes_per_second', 65536)))


def instead(do, is_api):
    """Answers that stand in for that of the service; None for faults that change a real one.

    With "apply": true the service has done its work before."""
    kind = do['kind']
    if kind == 'status':
        return Response(do.get('code', 500), {'Content-Type': 'text/html',
                                              **do.get('headers', {})},
                        do.get('body', '<html><body>gateway</body></html>').encode())
    if kind == 'redirect':
        return Response(do.get('code', 302), {'Location': do['location']})
    if kind == 'api_error':
        raise ApiError(do.get('code', 'InternalError'), do.get('message', 'A fault on request.'))
    if kind == 'cos_error':
        raise CosError(do.get('status', 500), do.get('code', 'InternalError'),
                       do.get('message', 'A fault on request.'))
    if kind == 'throttle':
        if do.get('status') == 429:
            return Response(429, {'Retry-After': str(do.get('retry_after', 1))})
        if is_api:
            raise ApiError('RequestLimitExceeded',
                           'Your current request times equals to 21 in a second, which exceeds '
                           'the frequency limit 20.')
        raise CosError(503, 'SlowDown', 'Please reduce your request rate.',
                       headers={'Retry-After': str(do.get('retry_after', 1))})
    return None


def spoil(do, response, is_api):
    """Changes a real answer."""
    kind = do['kind']
    if kind == 'reset_after':
        raise Disconnected(reset=True)
    if kind == 'truncate':
        response.cut = response.size // 2
    elif kind == 'slow':
        response.rate = max(1, int(do.get('bytes_per_second', 65536)))
    elif kind == 'corrupt_body':
        response.corrupt = do.get('offset', response.size // 2)
    elif kind == 'wrong_crc':
        if 'x-cos-hash-crc64ecma' in response.headers:
            crc = int(response.headers['x-cos-hash-crc64ecma'])
            response.headers['x-cos-hash-crc64ecma'] = str(crc ^ 0xDEADBEEF)
    elif kind == 'no_crc':
        response.headers.pop('x-cos-hash-crc64ecma', None)
    elif kind == 'malformed':
        text = do.get('body', '{"Response":{"TotalCount":3,' if is_api else '<Error><Code>Inte')
        _replace(response, text.encode())
    elif kind in ('wrong_types', 'nulls'):
        if not is_api:
            raise ValueError(f'{kind} is for answers in JSON')
        document = json.loads(response.body)
        change = _wrong if kind == 'wrong_types' else _null
        _replace(response, json.dumps({'Response': change(document['Response'])},
                                      ensure_ascii=False).encode())
    elif kind == 'huge':
        _make_huge(response, is_api, do.get('size', _HUGE))
    return response


def _replace(response, body):
    response.body = body
    response.size = len(body)
    response.prelude = 0


def _wrong(answer):
    """Text where a number was, a number where text was, an object for a list and the reverse."""
    changed = {}
    for name, value in answer.items():
        if name in ('RequestId', 'Error'):
            changed[name] = value
        elif isinstance(value, bool):
            changed[name] = 'perhaps'
        elif isinstance(value, (int, float)):
            changed[name] = 'many'
        elif isinstance(value, str):
            changed[name] = 42
        elif isinstance(value, list):
            changed[name] = {'0': value[0]} if value else {}
        elif isinstance(value, dict):
            changed[name] = [value]
        else:
            changed[name] = value
    return changed


def _null(answer):
    """Every member null: at the top and in what the lists hold."""
    changed = {}
    for name, value in answer.items():
        if name in ('RequestId', 'Error'):
            changed[name] = value
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            changed[name] = [{member: None for member in item} for item in value]
        elif isinstance(value, dict):
            changed[name] = {member: None for member in value}
        else:
            changed[name] = None
    return changed


def _make_huge(response, is_api, size):
    if is_api:
        start = b'{"Response":{"RequestId":"huge","Filler":['
        unit, end = b'"0123456789abc",', b'""]}}'
    else:
        start, unit, end = b'<ListBucketResult>', b'<Filler>a</Filler>\n', b'</ListBucketResult>'
    block = unit * (1 << 16)
    count = max(1, size // len(block))
    response.size = len(start) + count * len(block) + len(end)
    response.prelude = 0

    def buffers():
        yield [start]
        for _ in range(count):
            yield [block]
        yield [end]

    response.body = buffers()
