# SPDX-License-Identifier: GPL-3.0-or-later
"""TC3-HMAC-SHA256 and the q-sign signature of COS, computed from what a request says of itself."""

import functools
import hashlib
import hmac
import time
from urllib.parse import quote


def _sha256(data):
    return hashlib.sha256(data).hexdigest()


def _hmac256(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def utc_date(timestamp):
    return time.strftime('%Y-%m-%d', time.gmtime(timestamp))


def tc3_canonical(method, query, headers, signed, body):
    """The canonical request; headers are those sent, by lower-case name, signed the names to use."""
    lines = []
    for name in signed:
        value = headers[name].strip()
        lines.append(f'{name}:{value.lower() if name == "x-tc-action" else value}\n')
    return '\n'.join([method, '/', query, ''.join(lines), ';'.join(signed), _sha256(body)])


def tc3_signature(secret_key, timestamp, service, canonical):
    """The signature of a canonical request, as hexadecimal text."""
    date = utc_date(timestamp)
    scope = f'{date}/{service}/tc3_request'
    text = f'TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{_sha256(canonical.encode())}'
    key = _hmac256(('TC3' + secret_key).encode(), date)
    key = _hmac256(key, service)
    key = _hmac256(key, 'tc3_request')
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def tc3_authorization(secret_id, secret_key, timestamp, service, method, query, headers, signed,
                      body):
    """The whole Authorization header, for clients in tests."""
    canonical = tc3_canonical(method, query, headers, signed, body)
    return (f'TC3-HMAC-SHA256 Credential={secret_id}/{utc_date(timestamp)}/{service}/tc3_request, '
            f'SignedHeaders={";".join(signed)}, '
            f'Signature={tc3_signature(secret_key, timestamp, service, canonical)}')


@functools.lru_cache(maxsize=4096)
def encode(text):
    """What COS calls URL encoding in signatures: nothing but A-Z a-z 0-9 - _ . ~ stays."""
    return quote(text, safe='')


def _parameters(pairs):
    encoded = sorted((encode(name).lower(), encode(value)) for name, value in pairs)
    return (';'.join(name for name, _ in encoded),
            '&'.join(f'{name}={value}' for name, value in encoded))


def cos_lists(headers, query):
    """The two lists of names that an Authorization of COS carries."""
    return _parameters(headers)[0], _parameters(query)[0]


def cos_http_string(method, path, query, headers):
    """path is decoded; query and headers are the signed pairs."""
    return (f'{method.lower()}\n{path}\n{_parameters(query)[1]}\n{_parameters(headers)[1]}\n')


def cos_signature(secret_key, key_time, http_string):
    sign_key = hmac.new(secret_key.encode(), key_time.encode(), hashlib.sha1).hexdigest()
    text = f'sha1\n{key_time}\n{hashlib.sha1(http_string.encode()).hexdigest()}\n'
    return hmac.new(sign_key.encode(), text.encode(), hashlib.sha1).hexdigest()


def cos_authorization(secret_id, secret_key, key_time, method, path, query, headers):
    """The whole Authorization header, for clients in tests; headers and query are all signed."""
    header_list, parameter_list = cos_lists(headers, query)
    signature = cos_signature(secret_key, key_time,
                              cos_http_string(method, path, query, headers))
    return (f'q-sign-algorithm=sha1&q-ak={secret_id}&q-sign-time={key_time}&q-key-time={key_time}'
            f'&q-header-list={header_list}&q-url-param-list={parameter_list}'
            f'&q-signature={signature}')
