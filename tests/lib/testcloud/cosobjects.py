# SPDX-License-Identifier: GPL-3.0-or-later
"""COS: the calls on buckets, listings and whole objects."""

import base64
import binascii
import bisect
import hashlib
import re
from fnmatch import fnmatchcase

from . import checksum, cosxml, times
from .buckets import Object
from .content import Memory, Void
from .cosxml import element
from .errors import CosError
from .wire import Response, decode

_KEPT_HEADERS = ('content-type', 'cache-control', 'content-disposition', 'content-encoding',
                 'content-language', 'expires', 'x-cos-storage-class')
_SHOWN_NAMES = {'content-type': 'Content-Type', 'cache-control': 'Cache-Control',
                'content-disposition': 'Content-Disposition', 'expires': 'Expires',
                'content-encoding': 'Content-Encoding', 'content-language': 'Content-Language'}
_RESPONSE_PARAMETERS = ('content-type', 'content-language', 'expires', 'cache-control',
                        'content-disposition', 'content-encoding')
_PUT_LIMIT = 5 << 30
_METADATA_LIMIT = 2048
_PAGE_LIMIT = 1000
_SMALL = 8 << 20  # ETags up to here are sums
_SMALL_IN_BLACK_HOLE = 1 << 16
_OWNER = element('Owner', element('ID', 'qcs::cam::uin/100000000001:uin/100000000001'),
                 element('DisplayName', '100000000001'))


def kept_headers(request):
    """What of a request's headers belongs to the object."""
    kept = {}
    size = 0
    for name, value in request.headers.items():
        if name in _KEPT_HEADERS and value:
            kept[_SHOWN_NAMES.get(name, name)] = value
        elif name.startswith('x-cos-meta-'):
            kept[name] = value
            size += len(name) + len(value)
    if size > _METADATA_LIMIT:
        raise CosError(400, 'MetadataTooLarge', 'Your metadata is larger than 2 KB.')
    kept.setdefault('Content-Type', 'application/octet-stream')
    return kept


def whole_number(query, name, default, low, high):
    """A parameter that is a number in a range."""
    text = query.get(name, '')
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise CosError(400, 'InvalidArgument', f'{name} must be between {low} and {high}.')
    return int(text)


def wanted_md5(request):
    """The Content-MD5 that was sent, as bytes, or None."""
    text = request.header('content-md5')
    if not text:
        return None
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error:
        digest = b''
    if len(digest) != 16:
        raise CosError(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.')
    return digest


class ObjectCalls:
    def __init__(self, cloud):
        self.cloud = cloud

    def bucket(self, target):
        return self.cloud.buckets.find(target.bucket)

    def receive(self, request, is_black_hole):
        """The body of a request as content, and its ETag; other requests run meanwhile."""
        settings = self.cloud.settings
        wanted = wanted_md5(request)
        keeps = not is_black_hole and request.length <= settings.max_memory
        # A sum of every byte would make the server slower than what it is to measure.
        small = _SMALL_IN_BLACK_HOLE if is_black_hole else _SMALL
        hashes = wanted is not None or settings.md5 == 'always' or (
            settings.md5 == 'small' and request.length <= small)
        digest = hashlib.md5(usedforsecurity=False) if hashes else None
        crc = 0
        memory = bytearray(request.length) if keeps else None
        position = 0
        for view, address in request.pieces():
            crc = checksum.crc64_at(address, len(view), crc)
            if digest:
                digest.update(view)
            if keeps:
                memory[position:position + len(view)] = view
                position += len(view)
        if wanted is not None and digest.digest() != wanted:
            raise CosError(400, 'BadDigest',
                           'The Content-MD5 you specified did not match what we received.')
        content = Memory([memory], crc) if keeps else Void(request.length, crc)
        return content, f'"{digest.hexdigest()}"' if digest else self.cloud.buckets.opaque_etag()

    # Buckets

    def get_service(self, request, target):
        with self.cloud.lock:
            buckets = sorted(self.cloud.buckets.buckets.values(), key=lambda item: item.name)
        items = [element('Bucket', element('Name', item.name), element('Location', item.region),
                         element('CreationDate', times.utc(item.created)),
                         element('BucketType', 'cos'))
                 for item in buckets
                 if item.name.endswith('-1250000000') and target.region in (None, item.region)]
        return self.xml(element('ListAllMyBucketsResult', _OWNER,
                                element('Buckets', cosxml.join(items))))

    def head_bucket(self, request, target):
        return Response(200, {'x-cos-bucket-region': self.bucket(target).region})

    def get_bucket(self, request, target):
        """The first version of listing: a page of keys after a marker."""
        query = target.query
        limit = whole_number(query, 'max-keys', _PAGE_LIMIT, 0, _PAGE_LIMIT)
        prefix, delimiter = query.get('prefix', ''), query.get('delimiter', '')
        marker, encoding = query.get('marker', ''), query.get('encoding-type', '')
        if encoding not in ('', 'url'):
            raise CosError(400, 'InvalidArgument', 'encoding-type must be url.')
        with self.cloud.lock:
            bucket = self.bucket(target)
            items, prefixes, next_marker = self._page(bucket, prefix, delimiter, marker, limit)
        show = cosxml.url if encoding else str
        parts = [element('Name', bucket.name), element('Prefix', show(prefix)),
                 element('Marker', show(marker)), element('MaxKeys', limit)]
        if delimiter:
            parts.append(element('Delimiter', show(delimiter)))
        if encoding:
            parts.append(element('EncodingType', encoding))
        parts.append(element('IsTruncated', bool(next_marker)))
        if next_marker:
            parts.append(element('NextMarker', show(next_marker)))
        parts += [element('Contents', element('Key', show(item.key)),
                          element('LastModified', times.utc(item.modified)),
                          element('ETag', item.etag), element('Size', item.content.size), _OWNER,
                          element('StorageClass', item.storage_class)) for item in items]
        parts += [element('CommonPrefixes', element('Prefix', show(item))) for item in prefixes]
        return self.xml(element('ListBucketResult', *parts))

    def _page(self, bucket, prefix, delimiter, marker, limit):
        """Objects, common prefixes, and where the next page begins, "" at the end."""
        visible_until = self.cloud.now() - self.cloud.settings.list_delay
        items, prefixes, last = [], [], ''
        index = max(bisect.bisect_left(bucket.keys, prefix),
                    bisect.bisect_right(bucket.keys, marker))
        while index < len(bucket.keys):
            key = bucket.keys[index]
            if not key.startswith(prefix):
                break
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            group = key[:end + len(delimiter)] if end >= 0 else None
            if group is not None and group <= marker:
                index = bisect.bisect_left(bucket.keys, group + '\U0010ffff', index)
                continue
            if group is None and bucket.objects[key].modified > visible_until:
                index += 1
                continue
            if len(items) + len(prefixes) >= limit:
                return items, prefixes, last if limit else ''
            if group is not None:
                prefixes.append(group)
                last = group
                index = bisect.bisect_left(bucket.keys, group + '\U0010ffff', index)
            else:
                items.append(bucket.objects[key])
                last = key
                index += 1
        return items, prefixes, ''

    # Objects

    def find(self, target):
        item = self.bucket(target).objects.get(target.key)
        if item is None:
            raise CosError(404, 'NoSuchKey', 'The specified key does not exist.')
        return item

    @staticmethod
    def check_conditions(item, headers, prefix=''):
        """The If- headers; False when the object was not modified."""
        def moment(name):
            return times.from_http(headers.get(prefix + name, ''))

        def matches(text):
            return text == '*' or item.etag.strip('"') in [one.strip(' "')
                                                           for one in text.split(',')]

        match = headers.get(prefix + 'if-match')
        none_match = headers.get(prefix + 'if-none-match')
        since, unmodified = moment('if-modified-since'), moment('if-unmodified-since')
        if (match and not matches(match)) or (
                not match and unmodified is not None and int(item.modified) > unmodified):
            raise CosError(412, 'PreconditionFailed',
                           'At least one of the preconditions you specified did not hold.')
        if none_match:
            return not matches(none_match)
        return since is None or int(item.modified) > since

    def _object_headers(self, item):
        headers = {name: value for name, value in item.headers.items()
                   if name != 'x-cos-storage-class' or value != 'STANDARD'}
        headers['ETag'] = item.etag
        headers['Last-Modified'] = times.http(item.modified)
        headers['Accept-Ranges'] = 'bytes'
        if item.content.crc is not None:
            headers['x-cos-hash-crc64ecma'] = str(item.content.crc)
        return headers

    def head_object(self, request, target):
        with self.cloud.lock:
            item = self.find(target)
        headers = self._object_headers(item)
        if not self.check_conditions(item, request.headers):
            return Response(304, headers)
        return Response(200, headers, size=item.content.size)

    def get_object(self, request, target):
        with self.cloud.lock:
            item = self.find(target)
        if item.storage_class in ('ARCHIVE', 'DEEP_ARCHIVE'):
            raise CosError(403, 'InvalidObjectState',
                           "The operation is not valid for the object's storage class.")
        headers = self._object_headers(item)
        if not self.check_conditions(item, request.headers):
            return Response(304, headers)
        if not item.content.readable:
            raise CosError(403, 'InvalidObjectState', 'No bytes were kept of this object.')
        for name in _RESPONSE_PARAMETERS:
            if target.query.get('response-' + name):
                headers[_SHOWN_NAMES[name]] = target.query['response-' + name]
        size = item.content.size
        start, end, status = self._range(request.header('range'), size)
        if status == 206:
            headers['Content-Range'] = f'bytes {start}-{end - 1}/{size}'
        return Response(status, headers, item.content.buffers(start, end), size=end - start)

    @staticmethod
    def _range(text, size):
        match = re.fullmatch(r'bytes=(\d*)-(\d*)', text)
        if not match or match[0] == 'bytes=-':
            return 0, size, 200
        if match[1]:
            start = int(match[1])
            end = min(int(match[2]) + 1, size) if match[2] else size
        else:
            start, end = max(0, size - int(match[2])), size
        if start >= size or start >= end:
            raise CosError(416, 'InvalidRange', 'The requested range cannot be satisfied.',
                           headers={'Content-Range': f'bytes */{size}'})
        return start, end, 206

    def put_object(self, request, target):
        if request.length > _PUT_LIMIT:
            raise CosError(400, 'EntityTooLarge', 'Your proposed upload exceeds 5 GB.')
        headers = kept_headers(request)
        with self.cloud.lock:
            is_black_hole = self.bucket(target).is_black_hole
        content, etag = self.receive(request, is_black_hole)
        with self.cloud.lock:
            self.bucket(target).put(Object(target.key, content, etag, self.cloud.now(), headers))
        return Response(200, {'ETag': etag, 'x-cos-hash-crc64ecma': str(content.crc)})

    def source_of(self, request):
        """The object that x-cos-copy-source names, with its conditions kept."""
        host, _, rest = request.header('x-cos-copy-source').partition('/')
        path = rest.partition('?')[0]
        labels = host.rsplit(':', 1)[0].split('.')
        key = decode(path)
        if not path or key is None or len(labels) < 2:
            raise CosError(400, 'InvalidArgument', 'x-cos-copy-source is not well formed.')
        bucket = self.cloud.buckets.find(labels[0])
        item = bucket.objects.get(key)
        if item is None:
            raise CosError(404, 'NoSuchKey', 'The source of the copy does not exist.')
        if not self.check_conditions(item, request.headers, 'x-cos-copy-source-'):
            raise CosError(412, 'PreconditionFailed', 'The source of the copy was not modified.')
        return item

    def copy_object(self, request, target):
        with self.cloud.lock:
            source = self.source_of(request)
            if source.content.size > _PUT_LIMIT:
                raise CosError(400, 'InvalidRequest', 'The source of the copy exceeds 5 GB.')
            headers = dict(source.headers)
            if request.header('x-cos-metadata-directive', 'Copy').lower() == 'replaced':
                headers = kept_headers(request)
            elif 'x-cos-storage-class' in request.headers:
                headers['x-cos-storage-class'] = request.header('x-cos-storage-class')
            item = Object(target.key, source.content, source.etag, self.cloud.now(), headers)
            self.bucket(target).put(item)
        members = [element('ETag', item.etag), element('LastModified', times.utc(item.modified))]
        response_headers = {}
        if item.content.crc is not None:
            members.append(element('CRC64', item.content.crc))
            response_headers['x-cos-hash-crc64ecma'] = str(item.content.crc)
        response = self.xml(element('CopyObjectResult', *members))
        response.headers.update(response_headers)
        return response

    def delete_object(self, request, target):
        with self.cloud.lock:
            self.bucket(target).remove(target.key)
        return Response(204)

    def delete_objects(self, request, target):
        if 'delete' not in target.query:
            raise CosError(405, 'MethodNotAllowed', 'POST on a bucket is for ?delete.')
        wanted = wanted_md5(request)
        if wanted is None:
            raise CosError(400, 'InvalidDigest', 'Content-MD5 is required for this request.')
        data = request.read()
        if hashlib.md5(data).digest() != wanted:
            raise CosError(400, 'BadDigest', 'The Content-MD5 did not match what we received.')
        root = cosxml.parse(data)
        keys = [item.text or '' for item in root.findall('./Object/Key')]
        if root.tag != 'Delete' or not 1 <= len(keys) <= _PAGE_LIMIT:
            raise CosError(400, 'MalformedXML', 'Between 1 and 1000 keys can be deleted at once.')
        is_quiet = root.findtext('Quiet', 'false').strip() == 'true'
        results = []
        with self.cloud.lock:
            bucket = self.bucket(target)
            for key in keys:
                if any(fnmatchcase(key, pattern) for pattern in self.cloud.settings.deny_delete):
                    results.append(element('Error', element('Key', key),
                                           element('Code', 'AccessDenied'),
                                           element('Message', 'Access Denied.')))
                    continue
                bucket.remove(key)
                if not is_quiet:
                    results.append(element('Deleted', element('Key', key)))
        return self.xml(element('DeleteResult', *results))

    @staticmethod
    def xml(markup):
        return Response(200, body=cosxml.document(markup), kind='application/xml')
