# SPDX-License-Identifier: GPL-3.0-or-later
"""The control channel: what tests tell the cloud, and what they ask it."""

import base64
import json

from .buckets import Upload
from .content import Memory, Pattern
from .wire import Response

PATH = '/__control'
_SETTINGS = {
    'clock_skew': (int, float), 'offline': bool, 'withdrawn': bool, 'min_part_size': int,
    'max_memory': int, 'md5': str, 'list_delay': (int, float), 'upload_id_spelling': str,
    'no_crc': bool, 'complete_blanks': int, 'complete_seconds': (int, float),
    'deny_delete': list, 'import_polls': int, 'import_seconds': (int, float), 'import_fail': str,
    'service_polls': int, 'infer_templates': bool, 'automl_import': bool, 'rate_limit': int,
    'strict': bool, 'internet': bool, 'old_call_info': bool, 'keep_groups': bool,
    'price_percent': int,
}


def is_control(request):
    return request.raw_path == PATH or request.raw_path.startswith(PATH + '/')


class Control:
    """One request may hold several operations; they are done in the order of this class."""

    def __init__(self, cloud):
        self.cloud = cloud
        self._operations = {
            'clear_faults': self._clear_faults,
            'faults': self._faults,
            'clear_log': self._clear_log,
            'expire_token': self._expire_token,
            'make_bucket': self._make_bucket,
            'delete_bucket': self._delete_bucket,
            'put_object': self._put_object,
            'delete_object': self._delete_object,
            'create_upload': self._create_upload,
            'drop_upload': self._drop_upload,
            'create_model': self._create_model,
            'drop_version': self._drop_version,
            'create_task': self._create_task,
            'create_service': self._create_service,
            'create_registry': self._create_registry,
            'state': self._state,
        }

    def answer(self, request):
        if request.method == 'GET' and request.raw_path == PATH + '/log':
            return _json({'log': self.cloud.log.entries()})
        if request.method != 'POST' or request.raw_path != PATH:
            return _json({'error': 'POST /__control or GET /__control/log'}, 404)
        try:
            operations = json.loads(request.read())
            return _json(self._run(operations))
        except (ValueError, KeyError, TypeError, AttributeError) as failure:
            return _json({'error': f'{type(failure).__name__}: {failure}'}, 400)

    def _run(self, operations):
        unknown = set(operations) - set(self._operations) - set(_SETTINGS)
        if unknown:
            raise ValueError(f'unknown operations: {", ".join(sorted(unknown))}')
        answer = {'ok': True}
        with self.cloud.lock:
            for name, kind in _SETTINGS.items():
                if name in operations:
                    if not isinstance(operations[name], kind):
                        raise TypeError(f'{name} has the wrong type')
                    setattr(self.cloud.settings, name, operations[name])
            for name, operation in self._operations.items():
                if name in operations:
                    answer.update(operation(operations[name]) or {})
        return answer

    def _clear_faults(self, wanted):
        if wanted:
            self.cloud.faults.clear()

    def _faults(self, descriptions):
        self.cloud.faults.add(descriptions)

    def _clear_log(self, wanted):
        if wanted:
            self.cloud.log.clear()

    def _expire_token(self, wanted):
        self.cloud.settings.token_expired = bool(wanted)

    def _make_bucket(self, arguments):
        self.cloud.buckets.make(arguments['name'], arguments.get('region', 'ap-guangzhou'))

    def _delete_bucket(self, name):
        del self.cloud.buckets.buckets[name]

    def _put_object(self, arguments):
        if 'pattern' in arguments:
            content = Pattern(arguments['pattern']['size'], arguments['pattern'].get('seed', 0))
        elif 'base64' in arguments:
            content = Memory.of(base64.b64decode(arguments['base64'], validate=True))
        else:
            content = Memory.of(arguments['text'].encode())
        item = self.cloud.buckets.put_content(
            arguments['bucket'], arguments['key'], content,
            arguments.get('content_type', 'application/octet-stream'))
        item.headers.update(arguments.get('headers', {}))
        if arguments.get('no_crc'):
            item.content.crc = None
        return {'object': _object(item)}

    def _delete_object(self, arguments):
        self.cloud.buckets.buckets[arguments['bucket']].remove(arguments['key'])

    def _create_upload(self, arguments):
        """An upload that somebody else has begun."""
        bucket = self.cloud.buckets.buckets[arguments['bucket']]
        upload_id = f'other{self.cloud.random.getrandbits(256):064x}'
        bucket.uploads[upload_id] = Upload(upload_id, arguments['key'], {}, self.cloud.now())
        return {'upload_id': upload_id}

    def _drop_upload(self, arguments):
        bucket = self.cloud.buckets.buckets[arguments['bucket']]
        dropped = [upload_id for upload_id, upload in bucket.uploads.items()
                   if upload.key == arguments['key']]
        for upload_id in dropped:
            del bucket.uploads[upload_id]
        return {'dropped': len(dropped)}

    def _create_model(self, arguments):
        """A model with versions past all checks: name, region, tags, versions."""
        region = arguments.get('region', 'ap-guangzhou')
        model = self.cloud.repository.add_model(region, arguments['name'], arguments.get('id'),
                                                arguments.get('created'))
        resource = self.cloud.tags.model_resource(region, model.model_id)
        for key, value in arguments.get('tags', {}).items():
            self.cloud.tags.attach(resource, key, value)
        versions = []
        for wanted in arguments.get('versions', [{}]):
            versions.append(self._create_version(region, model, wanted))
        return {'model_id': model.model_id,
                'version_ids': [version.version_id for version in versions]}

    def _create_version(self, region, model, wanted):
        wanted = dict(wanted)
        version = self.cloud.repository.add_version(
            region, model, wanted.pop('number', None), wanted.pop('id', None),
            wanted.pop('created', None))
        bucket = wanted.pop('bucket', 'models-1250000000')
        prefix = wanted.pop('prefix', f'ti-models/{model.model_id}/{version.version_id}/')
        version.path = {'Bucket': bucket, 'Region': wanted.pop('bucket_region', region),
                        'Paths': [prefix]}
        for path, text in wanted.pop('files', {}).items():
            self.cloud.buckets.put_bytes(bucket, prefix + path, text.encode())
        for name, value in wanted.items():
            if not hasattr(version, name):
                raise ValueError(f'a version has no {name}')
            setattr(version, name, value)
        return version

    def _drop_version(self, version_id):
        """Somebody else deletes a version."""
        for name, region in self.cloud.repository.regions().items():
            version = region.find_version(version_id)
            if version:
                self.cloud.repository.remove_version(name, version, False)

    def _create_task(self, arguments):
        arguments = dict(arguments)
        region = arguments.pop('region', 'ap-guangzhou')
        task = self.cloud.tasks.add(region, arguments.pop('name'), **arguments)
        return {'task_id': task.task_id}

    def _create_service(self, arguments):
        """A service in a group that is made when there is none of that name; status,
        version_id of the model version it is built on, or model_info as the call takes it."""
        region = arguments.get('region', 'ap-guangzhou')
        groups = self.cloud.services.region(region)
        name = arguments['name']
        group = next((group for group in groups.values() if group.name == name), None) \
            or self.cloud.services.add_group(region, name)
        group.create_source = arguments.get('create_source', group.create_source)
        info = arguments.get('model_info')
        if 'version_id' in arguments:
            version = self.cloud.repository.region(region).find_version(arguments['version_id'])
            info = version.model_info()
        service = self.cloud.services.add_service(
            group, {'ModelInfo': info, 'ChargeType': 'POSTPAID_BY_HOUR',
                    'InstanceType': 'TI.S.LARGE.POST', 'Replicas': arguments.get('replicas', 1),
                    'ImageInfo': {'ImageType': 'PRE_SET', 'ImageUrl': 'ccr.ccs.tencentyun.com/a'}},
            arguments.get('status', 'Normal'))
        service.fail_with = arguments.get('fail_with', '')
        return {'group_id': group.group_id, 'service_id': service.service_id}

    def _create_registry(self, arguments):
        """name for an enterprise instance, none for the personal edition; images by repository."""
        registries = self.cloud.registries
        if 'name' in arguments:
            instance = registries.add_instance(arguments['name'],
                                               arguments.get('region', 'ap-guangzhou'),
                                               arguments.get('status', 'Running'))
            repositories, registry_id = instance.repositories, instance.registry_id
        else:
            registries.personal = registries.personal or {}
            repositories, registry_id = registries.personal, ''
        for name, tags in arguments.get('repositories', {}).items():
            registries.add_images(repositories, name, tags)
        return {'registry_id': registry_id}

    def _state(self, wanted):
        return {'state': describe(self.cloud)} if wanted else {}


def _object(item):
    content = item.content
    return {'size': content.size, 'etag': item.etag,
            'crc': None if content.crc is None else str(content.crc)}


def _bucket(bucket):
    return {
        'region': bucket.region,
        'objects': {key: _object(bucket.objects[key]) for key in bucket.keys},
        'uploads': [{'key': upload.key, 'upload_id': upload.upload_id, 'parts': [
            {'number': part.number, 'size': part.content.size, 'etag': part.etag,
             'crc': None if part.content.crc is None else str(part.content.crc)}
            for _, part in sorted(upload.parts.items())]} for upload in bucket.uploads.values()],
    }


def describe(cloud):
    """Everything in short, numbers of 64 bits as text."""
    models = {}
    for name, region in cloud.repository.regions().items():
        models[name] = {model.model_id: {
            'name': model.name,
            'versions': {version.number: {
                'id': version.version_id, 'status': version.status, 'path': version.path,
                'metrics': version.metrics} for version in model.versions},
        } for model in region.models.values()}
    return {
        'buckets': {name: _bucket(bucket) for name, bucket in cloud.buckets.buckets.items()},
        'models': models,
        'services': {name: {group.group_id: {
            'name': group.name,
            'services': {service.service_id: {
                'status': service.status, 'replicas': service.replicas,
                'model_info': service.configuration.get('ModelInfo')}
                for service in group.services},
        } for group in groups.values()} for name, groups in cloud.services.regions().items()},
        'tags': cloud.tags.resources,
    }


def _json(document, status=200):
    return Response(status, body=json.dumps(document, ensure_ascii=False).encode(),
                    kind='application/json')
