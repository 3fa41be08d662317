# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a request to COS is signed as it should be, in its header or in its address."""

import re

from . import signatures, state, times
from .errors import CosError
from .wire import decode

_SIGNATURE = ('q-sign-algorithm', 'q-ak', 'q-sign-time', 'q-key-time', 'q-header-list',
              'q-url-param-list', 'q-signature')
_KEY_TIME = re.compile(r'([0-9]{10});([0-9]{10})')


def is_signed(request):
    return (request.header('authorization').startswith('q-sign-algorithm')
            or 'q-signature=' in request.raw_query)


def _refused(message):
    return CosError(403, 'AccessDenied', message)


def _fields(request, query):
    """What the Authorization says; and the query without it when it was there."""
    header = request.header('authorization')
    if header:
        pairs = [piece.partition('=')[::2] for piece in header.split('&')]
    else:
        pairs = [(name, value) for name, value in query if name in _SIGNATURE]
        query = [(name, value) for name, value in query if name not in _SIGNATURE]
    fields = dict(pairs)
    if not fields:
        raise _refused('Request is not signed.')
    if sorted(fields) != sorted(_SIGNATURE) or len(pairs) != len(fields):
        raise CosError(403, 'AccessDenied', 'The Authorization is not complete.')
    return fields, query


def _account(cloud, fields, request, query):
    account = state.ACCOUNTS.get(fields['q-ak'])
    if account is None:
        raise CosError(403, 'InvalidAccessKeyId',
                       'The Access Key Id you provided does not exist in our records.')
    token = request.header('x-cos-security-token') or dict(query).get('x-cos-security-token', '')
    if account.token is None:
        if token:
            raise CosError(403, 'InvalidAccessKeyId', 'The token does not belong to the key.')
    elif cloud.settings.token_expired:
        raise CosError(403, 'AccessDenied', 'The temporary token has expired.')
    elif token != account.token:
        raise CosError(403, 'InvalidAccessKeyId', 'The token is missing or wrong.')
    return account


def _check_time(cloud, fields):
    match = _KEY_TIME.fullmatch(fields['q-key-time'])
    if fields['q-sign-algorithm'] != 'sha1' or fields['q-sign-time'] != fields['q-key-time'] \
            or not match:
        raise _refused('The Authorization is not well formed.')
    start, end = int(match[1]), int(match[2])
    now = int(cloud.now())
    if now < start:
        raise CosError(403, 'RequestTimeTooSkewed',
                       'The difference between the request time and the current time is too large.',
                       ServerTime=times.utc(now))
    if now > end:
        raise CosError(403, 'AccessDenied', 'Request has expired', ServerTime=times.utc(now))


def _signed_headers(request, fields):
    names = fields['q-header-list'].split(';') if fields['q-header-list'] else []
    if names != sorted(names) or len(set(names)) != len(names):
        raise _refused('q-header-list is not in order.')
    if 'host' not in names:
        raise _refused('The host is not signed.')
    sent = {signatures.encode(name).lower(): value for name, value in request.headers.items()}
    pairs = []
    for name in names:
        if name not in sent:
            raise _refused(f'The signed header {name} was not sent.')
        # Names and values were read as latin-1; what was signed is UTF-8.
        pairs.append((name, sent[name].encode('latin-1').decode('utf-8', 'replace')))
    for name in sent:
        if name.startswith('x-cos-') and name != 'x-cos-security-token' and name not in names:
            raise _refused(f'The header {name} is not signed.')
    return pairs


def _signed_query(query, fields):
    names = fields['q-url-param-list'].split(';') if fields['q-url-param-list'] else []
    if names != sorted(names):
        raise _refused('q-url-param-list is not in order.')
    pairs = [(name, value) for name, value in query if name != 'x-cos-security-token']
    sent = sorted(signatures.encode(name).lower() for name, _ in pairs)
    if sent != names:
        raise _refused(f'Parameters signed: {";".join(names)}; sent: {";".join(sent)}.')
    return pairs


def check(cloud, request):
    """The account that signed a request; raises the refusal otherwise."""
    query = request.query()
    if not cloud.settings.strict:
        return state.PERMANENT, [pair for pair in query if pair[0] not in _SIGNATURE]
    fields, query = _fields(request, query)
    account = _account(cloud, fields, request, query)
    _check_time(cloud, fields)
    headers = _signed_headers(request, fields)
    parameters = _signed_query(query, fields)
    path = decode(request.raw_path)
    if path is None:
        raise CosError(400, 'InvalidURI', 'The path is not UTF-8.')
    # Names go through encode() unchanged apart from their case, which signing lowers too.
    text = signatures.cos_http_string(request.method, path, parameters, headers)
    expected = signatures.cos_signature(account.secret_key, fields['q-key-time'], text)
    if expected != fields['q-signature']:
        raise CosError(403, 'SignatureDoesNotMatch',
                       'The Signature you specified is invalid.', FormatString=text)
    return account, parameters
