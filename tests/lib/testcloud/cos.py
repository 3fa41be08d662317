# SPDX-License-Identifier: GPL-3.0-or-later
"""COS: which call a request is, whether it is allowed, and its answer around the call's own."""

import re
import urllib.parse

from . import cosauth, cosxml, times
from .cosmultipart import Multipart
from .cosobjects import ObjectCalls
from .errors import CosError
from .wire import Response, decode

_WRITES = {'PutObject', 'PutObjectCopy', 'DeleteObject', 'DeleteMultipleObjects',
           'InitiateMultipartUpload', 'UploadPart', 'UploadPartCopy', 'CompleteMultipartUpload',
           'AbortMultipartUpload'}
_KEY_LIMIT = 850


class Target:
    """What a request addresses."""

    def __init__(self, bucket, region, key, action, part):
        self.bucket = bucket  # None for the list of buckets
        self.region = region  # None unless the host tells
        self.key = key
        self.action = action
        self.part = part


def host_parts(host):
    """Bucket and region of a host: BUCKET.localhost:1, BUCKET.cos.REGION.myqcloud.com."""
    labels = host.rsplit(':', 1)[0].split('.')
    region = next((label for label in labels[1:] if re.fullmatch(r'[a-z]{2}-[a-z]+(-\d+)?', label)),
                  None)
    if labels[0] in ('service', 'cos'):
        return None, region
    return labels[0], region


def target_of(request):
    """Never fails: what is wrong with an address is found later."""
    bucket, region = host_parts(request.header('host'))
    names = {urllib.parse.unquote(piece.partition('=')[0]).lower(): piece.partition('=')[2]
             for piece in request.raw_query.split('&')}
    key = (decode(request.raw_path) or '/')[1:]
    method = request.method
    part = None
    if bucket is None:
        action = 'GetService'
    elif not key:
        if method == 'POST':
            action = 'DeleteMultipleObjects'
        elif method == 'HEAD':
            action = 'HeadBucket'
        else:
            action = 'ListMultipartUploads' if 'uploads' in names else 'GetBucket'
    elif 'uploads' in names and method == 'POST':
        action = 'InitiateMultipartUpload'
    elif 'uploadid' in names:
        action = {'PUT': 'UploadPart', 'GET': 'ListParts', 'POST': 'CompleteMultipartUpload',
                  'DELETE': 'AbortMultipartUpload'}.get(method, 'UploadPart')
        number = names.get('partnumber', '')
        part = int(number) if number.isdecimal() else None
        if action == 'UploadPart' and 'x-cos-copy-source' in request.headers:
            action = 'UploadPartCopy'
    else:
        action = {'PUT': 'PutObject', 'GET': 'GetObject', 'HEAD': 'HeadObject',
                  'DELETE': 'DeleteObject'}.get(method, method)
        if action == 'PutObject' and 'x-cos-copy-source' in request.headers:
            action = 'PutObjectCopy'
    return Target(bucket, region, key, action, part)


def check_key(key):
    """The rules for keys that are written or read."""
    if len(key.encode('utf-8', 'surrogatepass')) > _KEY_LIMIT:
        raise CosError(400, 'KeyTooLong', 'Your key is too long.')
    if key[0] in '/\\':
        raise CosError(400, 'InvalidURI', 'A key must not begin with a slash.')
    if any('\x18' <= character <= '\x1b' for character in key):
        raise CosError(400, 'InvalidURI', 'The key holds control characters.')
    depth = []
    for piece in key.split('/'):
        if piece == '..':
            depth = depth[:-1]
        elif piece not in ('', '.'):
            depth.append(piece)
    if not depth:
        raise CosError(400, 'InvalidURI', 'The key comes down to nothing.')


class Cos:
    """The service. One instance serves all connections."""

    def __init__(self, cloud):
        self.cloud = cloud
        objects = ObjectCalls(cloud)
        multipart = Multipart(cloud, objects)
        self._calls = {
            'GetService': objects.get_service,
            'HeadBucket': objects.head_bucket,
            'GetBucket': objects.get_bucket,
            'HeadObject': objects.head_object,
            'GetObject': objects.get_object,
            'PutObject': objects.put_object,
            'PutObjectCopy': objects.copy_object,
            'DeleteObject': objects.delete_object,
            'DeleteMultipleObjects': objects.delete_objects,
            'InitiateMultipartUpload': multipart.initiate,
            'UploadPart': multipart.upload_part,
            'UploadPartCopy': multipart.copy_part,
            'ListParts': multipart.list_parts,
            'ListMultipartUploads': multipart.list_uploads,
            'CompleteMultipartUpload': multipart.complete,
            'AbortMultipartUpload': multipart.abort,
        }

    def check(self, request, target):
        """Everything that the head of a request can be refused for."""
        if decode(request.raw_path) is None:
            raise CosError(400, 'InvalidURI', 'The path is not UTF-8.')
        account, parameters = cosauth.check(self.cloud, request)
        if target.action not in self._calls:
            raise CosError(405, 'MethodNotAllowed',
                           'The specified method is not allowed against this resource.')
        if account.read_only and target.action in _WRITES:
            raise CosError(403, 'AccessDenied', 'Access Denied.')
        if target.bucket is not None:
            with self.cloud.lock:
                bucket = self.cloud.buckets.find(target.bucket)
            if target.region and target.region != bucket.region:
                raise CosError(404, 'NoSuchBucket', 'The specified bucket does not exist.')
        if target.key:
            check_key(target.key)
        if request.method in ('PUT', 'POST') and request.length is None:
            raise CosError(411, 'MissingContentLength', 'You must provide the Content-Length.')
        target.query = {name.lower(): value for name, value in parameters}

    def run(self, request, target):
        response = self._calls[target.action](request, target)
        request.drain()
        return response

    def failure(self, error, request, target):
        """The answer to a request that failed."""
        request.drain()
        request_id = self._request_id()
        resource = f'{request.header("host")}/{cosxml.url(target.key)}'
        response = Response(error.status, error.members.get('headers', {}),
                            cosxml.error(error, resource, request_id, 'T' + request_id),
                            kind='application/xml')
        response.headers['x-cos-trace-id'] = 'T' + request_id
        self.finish(response, request, request_id)
        return response

    def finish(self, response, request, request_id=None):
        """What all answers carry."""
        response.headers['Server'] = 'tencent-cos'
        response.headers['Date'] = times.http(self.cloud.now())
        response.headers['x-cos-request-id'] = request_id or self._request_id()
        if self.cloud.settings.no_crc:
            response.headers.pop('x-cos-hash-crc64ecma', None)
        if request.method == 'HEAD':
            response.without_body = True
            if response.status >= 400:
                response.size = 0

    def _request_id(self):
        return f'NjUx{self.cloud.random.getrandbits(96):024x}'
