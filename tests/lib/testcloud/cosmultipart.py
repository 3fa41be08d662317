# SPDX-License-Identifier: GPL-3.0-or-later
"""COS: uploads in parts."""

import re

from . import cosxml, times
from .buckets import Object, Part, Upload
from .content import join
from .cosobjects import kept_headers, whole_number
from .cosxml import element
from .errors import CosError
from .wire import Response

_PART_LIMIT = 5 << 30
_NUMBER_LIMIT = 10_000
_PAGE_LIMIT = 1000


class Multipart:
    def __init__(self, cloud, objects):
        self.cloud = cloud
        self._objects = objects

    def _upload(self, target):
        bucket = self.cloud.buckets.find(target.bucket)
        return bucket.find_upload(target.query.get('uploadid', ''), target.key)

    def initiate(self, request, target):
        headers = kept_headers(request)
        with self.cloud.lock:
            bucket = self.cloud.buckets.find(target.bucket)
            upload_id = f'{int(self.cloud.now())}{self.cloud.random.getrandbits(256):064x}'
            bucket.uploads[upload_id] = Upload(upload_id, target.key, headers, self.cloud.now())
        return self._objects.xml(element(
            'InitiateMultipartUploadResult', element('Bucket', bucket.name),
            element('Key', target.key), element('UploadId', upload_id)))

    @staticmethod
    def _number(target):
        text = target.query.get('partnumber', '')
        if not text.isdecimal() or not 1 <= int(text) <= _NUMBER_LIMIT:
            raise CosError(400, 'InvalidArgument', 'partNumber must be between 1 and 10000.')
        return int(text)

    def upload_part(self, request, target):
        number = self._number(target)
        if request.length > _PART_LIMIT:
            raise CosError(400, 'EntityTooLarge', 'A part must not exceed 5 GB.')
        with self.cloud.lock:
            self._upload(target)
            is_black_hole = self.cloud.buckets.find(target.bucket).is_black_hole
        content, etag = self._objects.receive(request, is_black_hole)
        self._keep(target, Part(number, content, etag, self.cloud.now()))
        return Response(200, {'ETag': etag, 'x-cos-hash-crc64ecma': str(content.crc)})

    def _keep(self, target, part):
        with self.cloud.lock:
            upload = self._upload(target)  # it may have ended meanwhile
            if part.content.readable:
                upload.held += part.content.size
            upload.parts[part.number] = part
            if upload.held > self.cloud.settings.max_memory:
                upload.held = 0
                for other in upload.parts.values():
                    if other.content.readable:
                        other.content = other.content.forget()

    def copy_part(self, request, target):
        number = self._number(target)
        with self.cloud.lock:
            source = self._objects.source_of(request)
            start, end = 0, source.content.size
            text = request.header('x-cos-copy-source-range')
            if text:
                match = re.fullmatch(r'bytes=(\d+)-(\d+)', text)
                if not match or not int(match[1]) <= int(match[2]) < end:
                    raise CosError(400, 'InvalidRange', 'The range lies outside the source.')
                start, end = int(match[1]), int(match[2]) + 1
            if end - start > _PART_LIMIT:
                raise CosError(400, 'EntityTooLarge', 'A part must not exceed 5 GB.')
        content = source.content.slice(start, end)
        part = Part(number, content, self.cloud.buckets.opaque_etag(), self.cloud.now())
        self._keep(target, part)
        response = self._objects.xml(element(
            'CopyPartResult', element('ETag', part.etag),
            element('LastModified', times.utc(part.modified))))
        if content.crc is not None:
            response.headers['x-cos-hash-crc64ecma'] = str(content.crc)
        return response

    def list_parts(self, request, target):
        limit = whole_number(target.query, 'max-parts', _PAGE_LIMIT, 1, _PAGE_LIMIT)
        marker = whole_number(target.query, 'part-number-marker', 0, 0, _NUMBER_LIMIT)
        with self.cloud.lock:
            upload = self._upload(target)
            parts = [upload.parts[number] for number in sorted(upload.parts) if number > marker]
        shown = parts[:limit]
        is_truncated = len(parts) > limit
        members = [element('Bucket', target.bucket), element('Key', target.key),
                   element('UploadId', upload.upload_id),
                   element('StorageClass', upload.headers.get('x-cos-storage-class', 'STANDARD')),
                   element('PartNumberMarker', marker)]
        if is_truncated:
            members.append(element('NextPartNumberMarker', shown[-1].number))
        members += [element('MaxParts', limit), element('IsTruncated', is_truncated)]
        members += [element('Part', element('PartNumber', part.number),
                            element('LastModified', times.utc(part.modified)),
                            element('ETag', part.etag), element('Size', part.content.size))
                    for part in shown]
        return self._objects.xml(element('ListPartsResult', *members))

    def list_uploads(self, request, target):
        query = target.query
        limit = whole_number(query, 'max-uploads', _PAGE_LIMIT, 1, _PAGE_LIMIT)
        prefix = query.get('prefix', '')
        after = (query.get('key-marker', ''), query.get('upload-id-marker', ''))
        show = cosxml.url if query.get('encoding-type') == 'url' else str
        with self.cloud.lock:
            bucket = self.cloud.buckets.find(target.bucket)
            uploads = sorted(bucket.uploads.values(), key=lambda item: (item.key, item.upload_id))
        uploads = [item for item in uploads if item.key.startswith(prefix) and (
            (item.key, item.upload_id) > after if after[1] else item.key > after[0])]
        shown = uploads[:limit]
        spelling = self.cloud.settings.upload_id_spelling
        members = [element('Bucket', bucket.name), element('Prefix', show(prefix)),
                   element('KeyMarker', show(after[0])), element('UploadIdMarker', after[1]),
                   element('MaxUploads', limit), element('IsTruncated', len(uploads) > limit)]
        if len(uploads) > limit:
            members += [element('NextKeyMarker', show(shown[-1].key)),
                        element('NextUploadIdMarker', shown[-1].upload_id)]
        members += [element('Upload', element('Key', show(item.key)),
                            element(spelling, item.upload_id),
                            element('StorageClass',
                                    item.headers.get('x-cos-storage-class', 'STANDARD')),
                            element('Initiated', times.utc(item.initiated))) for item in shown]
        return self._objects.xml(element('ListMultipartUploadsResult', *members))

    def complete(self, request, target):
        root = cosxml.parse(request.read())
        listed = [(item.findtext('PartNumber', '').strip(), item.findtext('ETag', '').strip())
                  for item in root.findall('Part')]
        if root.tag != 'CompleteMultipartUpload' or not listed \
                or not all(number.isdecimal() for number, _ in listed):
            raise CosError(400, 'MalformedXML', 'The list of parts is empty or not well formed.')
        listed = [(int(number), etag) for number, etag in listed]
        if any(first[0] >= second[0] for first, second in zip(listed, listed[1:])):
            raise CosError(400, 'InvalidPartOrder', 'The parts were not in ascending order.')
        with self.cloud.lock:
            upload = self._upload(target)
            bucket = self.cloud.buckets.find(target.bucket)
            parts = [self._listed_part(upload, number, etag) for number, etag in listed]
            if any(part.content.size < self.cloud.settings.min_part_size for part in parts[:-1]):
                raise CosError(400, 'EntityTooSmall',
                               'A part is smaller than the minimum allowed size.')
            content = join([part.content for part in parts])
            item = Object(target.key, content, self.cloud.buckets.opaque_etag(len(parts)),
                          self.cloud.now(), upload.headers)
            bucket.put(item)
            del bucket.uploads[upload.upload_id]
        response = self._objects.xml(element(
            'CompleteMultipartUploadResult',
            element('Location', f'{request.header("host")}/{cosxml.url(target.key)}'),
            element('Bucket', bucket.name), element('Key', target.key),
            element('ETag', item.etag)))
        if content.crc is not None:
            response.headers['x-cos-hash-crc64ecma'] = str(content.crc)
        response.prelude = self.cloud.settings.complete_blanks
        response.prelude_seconds = self.cloud.settings.complete_seconds
        return response

    @staticmethod
    def _listed_part(upload, number, etag):
        part = upload.parts.get(number)
        if part is None or part.etag.strip('"') != etag.strip('"'):
            raise CosError(400, 'InvalidPart',
                           f'Part {number} could not be found, or its ETag did not match.')
        return part

    def abort(self, request, target):
        with self.cloud.lock:
            upload = self._upload(target)
            del self.cloud.buckets.find(target.bucket).uploads[upload.upload_id]
        return Response(204)
