# SPDX-License-Identifier: GPL-3.0-or-later
"""A bare client of the test cloud, which signs with its own few lines."""

import hashlib
import hmac
import http.client
import json
import os
import sys
import time
import xml.etree.ElementTree as ElementTree
from urllib.parse import quote

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'lib'))

import cloud as test_cloud  # noqa: E402

VERSIONS = {'tione': '2021-11-11', 'tag': '2018-08-13', 'tcr': '2019-09-24', 'sts': '2018-08-13',
            'cam': '2019-01-16', 'region': '2022-06-27'}


def differs(what, found, expected):
    """A trouble when two things are not equal."""
    return [f'{what}: {found!r} instead of {expected!r}'] if found != expected else []


def raises(code, function, *arguments, **parameters):
    """A trouble unless a call is refused with a code."""
    try:
        function(*arguments, **parameters)
    except Refused as refusal:
        if refusal.code == code:
            return []
        return [f'refused with {refusal} instead of {code}']
    return [f'not refused with {code}']


def tag(key, value):
    """A tag as calls take it."""
    return {'TagKey': key, 'TagValue': value}


def resource_of(model_id):
    """The six-segment name of a model."""
    return f'qcs::tione:ap-guangzhou:uin/100000000001:model/{model_id}'


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Refused(Exception):
    """An error of API 3.0."""

    def __init__(self, code, message):
        super().__init__(f'{code}: {message}')
        self.code = code
        self.message = message


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = body

    @property
    def xml(self):
        return ElementTree.fromstring(self.body.strip())

    @property
    def code(self):
        """The code of an error document, whatever the status."""
        root = self.xml
        return root.findtext('Code') if root.tag == 'Error' else None

    def texts(self, path):
        return [item.text or '' for item in self.xml.findall(path)]


class Client:
    def __init__(self, cloud, secret_id=test_cloud.SECRET_ID, secret_key=test_cloud.SECRET_KEY,
                 token=None, skew=0):
        self.cloud = cloud
        self.secret_id = secret_id
        self.secret_key = secret_key
        self.token = token
        self.skew = skew

    def exchange(self, method, target, headers, body=None, host='127.0.0.1'):
        connection = http.client.HTTPConnection('127.0.0.1', self.cloud.port, timeout=30)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in {'Host': f'{host}:{self.cloud.port}', **headers}.items():
                connection.putheader(name, value if isinstance(value, bytes) else str(value))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            connection.close()

    def api_headers(self, service, action, body, region='ap-guangzhou', **changes):
        now = int(time.time()) + self.skew
        date = time.strftime('%Y-%m-%d', time.gmtime(now))
        kind = 'application/json; charset=utf-8'
        digest = hashlib.sha256(body).hexdigest()
        canonical = (f'POST\n/\n\ncontent-type:{kind}\nhost:127.0.0.1:{self.cloud.port}\n\n'
                     f'content-type;host\n{digest}')
        scope = f'{date}/{service}/tc3_request'
        text = (f'TC3-HMAC-SHA256\n{now}\n{scope}\n'
                + hashlib.sha256(canonical.encode()).hexdigest())
        key = sign(sign(sign(('TC3' + self.secret_key).encode(), date), service), 'tc3_request')
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        headers = {
            'Content-Type': kind, 'X-TC-Action': action, 'X-TC-Version': VERSIONS[service],
            'X-TC-Timestamp': now, 'X-TC-Region': region, 'X-TC-Language': 'en-US',
            'Content-Length': len(body),
            'Authorization': f'TC3-HMAC-SHA256 Credential={self.secret_id}/{scope}, '
                             f'SignedHeaders=content-type;host, Signature={signature}',
        }
        if self.token:
            headers['X-TC-Token'] = self.token
        headers.update(changes)
        return headers

    def api(self, service, action, region='ap-guangzhou', **parameters):
        """The answer of a call; raises what it refuses with."""
        body = json.dumps(parameters).encode()
        answer = self.exchange('POST', '/', self.api_headers(service, action, body, region), body)
        if answer.status != 200:
            raise AssertionError(f'{action} answered {answer.status}')
        members = json.loads(answer.body)['Response']
        if 'Error' in members:
            raise Refused(members['Error']['Code'], members['Error']['Message'])
        return members

    def tione(self, action, **parameters):
        return self.api('tione', action, **parameters)

    def tag(self, action, **parameters):
        return self.api('tag', action, **parameters)

    def cos_authorization(self, method, key, query, headers, start=-1, end=900):
        now = int(time.time()) + self.skew
        span = f'{now + start};{now + end}'

        def encoded(pairs):
            listed = sorted((quote(name, safe='').lower(), quote(str(value), safe=''))
                            for name, value in pairs)
            return (';'.join(name for name, _ in listed),
                    '&'.join(f'{name}={value}' for name, value in listed))

        header_list, header_text = encoded(headers.items())
        query_list, query_text = encoded(query.items())
        text = f'{method.lower()}\n/{key}\n{query_text}\n{header_text}\n'
        sign_key = hmac.new(self.secret_key.encode(), span.encode(), 'sha1').hexdigest()
        text = f'sha1\n{span}\n{hashlib.sha1(text.encode()).hexdigest()}\n'
        signature = hmac.new(sign_key.encode(), text.encode(), 'sha1').hexdigest()
        return (f'q-sign-algorithm=sha1&q-ak={self.secret_id}&q-sign-time={span}&q-key-time={span}'
                f'&q-header-list={header_list}&q-url-param-list={query_list}'
                f'&q-signature={signature}')

    def cos(self, method, key='', query=None, headers=None, body=None,
            bucket=test_cloud.BUCKET):
        """A signed request; query parameters and all headers are signed."""
        query = query or {}
        host = f'{bucket}.localhost'
        signed = {'Host': f'{host}:{self.cloud.port}', **(headers or {})}
        if body is not None or method in ('PUT', 'POST'):
            signed['Content-Length'] = len(body or b'')
        sent = dict(signed)
        del sent['Host']
        sent['Authorization'] = self.cos_authorization(method, key, query, signed)
        if self.token:
            sent['x-cos-security-token'] = self.token
        target = '/' + quote(key, safe='/')
        if query:
            target += '?' + '&'.join(
                quote(name, safe='') + (f'={quote(str(value), safe="")}' if value != '' else '')
                for name, value in query.items())
        return self.exchange(method, target, sent, body, host)
