# SPDX-License-Identifier: GPL-3.0-or-later
"""Buckets, the objects in them and the uploads under way. Whoever calls holds the cloud's lock."""

import bisect
import hashlib
import re

from .content import Memory
from .errors import CosError

_BUCKET_NAME = re.compile(r'[a-z0-9][a-z0-9-]{0,48}-[0-9]{6,12}')


class Object:
    def __init__(self, key, content, etag, modified, headers=None):
        self.key = key
        self.content = content
        self.etag = etag  # with its quotes
        self.modified = modified
        self.headers = headers or {}

    @property
    def storage_class(self):
        return self.headers.get('x-cos-storage-class', 'STANDARD')


class Part:
    def __init__(self, number, content, etag, modified):
        self.number = number
        self.content = content
        self.etag = etag
        self.modified = modified


class Upload:
    def __init__(self, upload_id, key, headers, initiated):
        self.upload_id = upload_id
        self.key = key
        self.headers = headers
        self.initiated = initiated
        self.parts = {}
        self.held = 0  # bytes of parts that are kept, those replaced included


class Bucket:
    """Objects by key, with the keys in the order of their UTF-8, which is that of code points."""

    def __init__(self, name, region, created):
        self.name = name
        self.region = region
        self.created = created
        self.is_black_hole = name.startswith('blackhole-')
        self.objects = {}
        self.keys = []
        self.uploads = {}

    def put(self, item):
        if item.key not in self.objects:
            bisect.insort(self.keys, item.key)
        self.objects[item.key] = item

    def remove(self, key):
        if key in self.objects:
            del self.objects[key]
            del self.keys[bisect.bisect_left(self.keys, key)]

    def below(self, prefix):
        """The objects whose keys begin so."""
        found = []
        for index in range(bisect.bisect_left(self.keys, prefix), len(self.keys)):
            if not self.keys[index].startswith(prefix):
                break
            found.append(self.objects[self.keys[index]])
        return found

    def find_upload(self, upload_id, key):
        upload = self.uploads.get(upload_id)
        if upload is None or upload.key != key:
            raise CosError(404, 'NoSuchUpload', 'The specified multipart upload does not exist.')
        return upload


class Buckets:
    """All buckets of the account and a few of others."""

    def __init__(self, cloud):
        self._cloud = cloud
        self.buckets = {}

    def make(self, name, region='ap-guangzhou'):
        if not _BUCKET_NAME.fullmatch(name):
            raise ValueError(f'not the name of a bucket: {name}')
        bucket = Bucket(name, region, self._cloud.now())
        self.buckets[name] = bucket
        return bucket

    def find(self, name):
        bucket = self.buckets.get(name)
        if bucket is None:
            raise CosError(404, 'NoSuchBucket', 'The specified bucket does not exist.')
        return bucket

    def put_content(self, bucket_name, key, content, content_type='application/octet-stream',
                    etag=None):
        """Puts an object there past all checks, as a seed or a test does."""
        bucket = self.buckets.get(bucket_name) or self.make(bucket_name)
        if etag is None:
            small = isinstance(content, Memory) and content.size <= 1 << 20
            etag = f'"{hashlib.md5(content.read()).hexdigest()}"' if small else self.opaque_etag()
        item = Object(key, content, etag, self._cloud.now(), {'Content-Type': content_type})
        bucket.put(item)
        return item

    def put_bytes(self, bucket_name, key, data, content_type='application/octet-stream'):
        return self.put_content(bucket_name, key, Memory.of(data), content_type)

    def opaque_etag(self, parts=0):
        """An ETag that is no sum of anything."""
        digest = f'{self._cloud.random.getrandbits(128):032x}'
        return f'"{digest}-{parts}"' if parts else f'"{digest}"'

    def copy_below(self, source, target, move):
        """Copies what lies below one (bucket, prefix) to below another; the count of objects."""
        from_bucket = self.buckets.get(source[0])
        to_bucket = self.buckets.get(target[0])
        if from_bucket is None or to_bucket is None:
            missing = source[0] if from_bucket is None else target[0]
            raise LookupError(f'bucket {missing} does not exist')
        items = from_bucket.below(source[1])
        for item in items:
            to_bucket.put(Object(target[1] + item.key[len(source[1]):], item.content, item.etag,
                                 self._cloud.now(), dict(item.headers)))
        if move and source != target:
            for item in items:
                from_bucket.remove(item.key)
        return len(items)

    def remove_below(self, bucket_name, prefix):
        bucket = self.buckets.get(bucket_name)
        for item in bucket.below(prefix) if bucket else ():
            bucket.remove(item.key)
