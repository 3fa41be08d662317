# SPDX-License-Identifier: GPL-3.0-or-later
"""Tag: its calls, with the limits on keys, values and numbers."""

import base64
import binascii
import hashlib
import re

from .errors import ApiError
from .tags import UIN

_TEXT = re.compile(r'[\w \u4e00-\u9fff+\-=.:/@()\[\]（）【】]*')
_RESERVED = ('qcloud', 'tencent', 'project', 'qcs')
_RESOURCE = re.compile(r'qcs::([a-z]+):([a-z0-9-]*):uin/(\d+):([A-Za-z]+)/(.+)')
_TAGS_PER_CALL = 10
_TAGS_PER_RESOURCE = 50
_PAGE = 15


def check_tags(tags, count=None):
    """The rules for tags that are given to something, keys with values."""
    if (len(tags) if count is None else count) > _TAGS_PER_CALL:
        raise ApiError('LimitExceeded.TagNumPerRequest', 'A request takes at most 10 tags.')
    if count is not None and count != len(tags):
        raise ApiError('InvalidParameterValue.TagKeyDuplicate', 'A tag key is given twice.')
    for key, value in tags.items():
        check_key(key)
        if key.lower().startswith(_RESERVED):
            raise ApiError('InvalidParameter.ReservedTagKey', f'The tag key {key} is reserved.',
                           f'标签键 {key} 为系统预留标签键。')
        if len(value) > 255:
            raise ApiError('InvalidParameterValue.TagValueLengthExceeded',
                           'A tag value has at most 255 characters.')
        if not _TEXT.fullmatch(value):
            raise ApiError('InvalidParameterValue.TagValueCharacterIllegal',
                           f'The tag value {value} has characters that are not allowed.')


def check_key(key):
    if not key:
        raise ApiError('InvalidParameterValue.TagKeyEmpty', 'A tag key is empty.')
    if len(key) > 127:
        raise ApiError('InvalidParameterValue.TagKeyLengthExceeded',
                       'A tag key has at most 127 characters.')
    if not _TEXT.fullmatch(key):
        raise ApiError('InvalidParameterValue.TagKeyCharacterIllegal',
                       f'The tag key {key} has characters that are not allowed.')


class TagCalls:
    def __init__(self, cloud):
        self.cloud = cloud
        self.store = cloud.tags
        self.handlers = {'tag': {
            'DescribeTagKeys': self.describe_keys,
            'DescribeTagValues': self.describe_values,
            'GetTagKeys': self.get_keys,
            'GetTagValues': self.get_values,
            'GetTags': self.get_tags,
            'DescribeTags': self.describe_tags,
            'ModifyResourceTags': self.modify_resource,
            'TagResources': self.tag_resources,
            'UnTagResources': self.untag_resources,
            'AttachResourcesTag': self.attach_resources,
            'DetachResourcesTag': self.detach_resources,
            'ModifyResourcesTagValue': self.attach_resources,
            'AddResourceTag': self.add_resource_tag,
            'DeleteResourceTag': self.delete_resource_tag,
            'UpdateResourceTagValue': self.add_resource_tag,
            'DescribeResourceTagsByResourceIds': self.describe_by_ids,
            'GetResources': self.get_resources,
            'CreateTag': self.create_tag,
            'CreateTags': self.create_tags,
            'DeleteTag': self.delete_tag,
        }}

    # Pages

    def _offset_page(self, call, items):
        """Offset is a multiple of Limit, as the service demands."""
        first, count = call.page(_PAGE, 1000)
        if count and first % count:
            raise ApiError('InvalidParameterValue', 'Offset must be a multiple of Limit.')
        return {'TotalCount': len(items), 'Offset': first, 'Limit': count,
                'Tags': items[first:first + count]}

    def _token_page(self, call, items, name, maximum=1000):
        """The token is opaque; an empty one ends the pages."""
        count = call.get('MaxResults', 50)
        if not 1 <= count <= maximum:
            raise ApiError('InvalidParameterValue', f'MaxResults must be from 1 to {maximum}.')
        token = call.get('PaginationToken', '')
        first = 0
        if token:
            try:
                text = base64.urlsafe_b64decode(token).decode()
            except (binascii.Error, UnicodeDecodeError):
                text = ''
            match = re.fullmatch(r'after-(\d+)', text)
            if not match:
                raise ApiError('InvalidParameter.PaginationTokenInvalid', 'The token is not valid.')
            first = int(match[1])
        last = first + count
        following = ''
        if last < len(items):
            following = base64.urlsafe_b64encode(f'after-{last}'.encode()).decode()
        return {'PaginationToken': following, name: items[first:last]}

    def _category(self, key):
        return 'System' if self.store.is_system(key) else 'Custom'

    def _pairs(self, keys=None):
        return [(key, value) for key in sorted(self.store.defined)
                if keys is None or key in keys for value in sorted(self.store.defined[key])]

    def _keys(self, category):
        return [key for key in sorted(self.store.defined)
                if category in ('All', self._category(key))]

    # Reading

    def describe_keys(self, call):
        return self._offset_page(call, self._keys(call.get('Category', 'All')))

    def describe_values(self, call):
        keys = set(call.get('TagKeys')) & set(self._keys(call.get('Category', 'All')))
        return self._offset_page(call, [
            {'TagKey': key, 'TagValue': value, 'Category': self._category(key)}
            for key, value in self._pairs(keys)])

    def get_keys(self, call):
        return self._token_page(call, self._keys('All'), 'TagKeys')

    def get_values(self, call):
        return self.get_tags(call)

    def get_tags(self, call):
        keys = call.get('TagKeys')
        if keys is not None and not 1 <= len(keys) <= 20:
            raise ApiError('InvalidParameterValue', 'TagKeys takes from 1 to 20 keys.')
        return self._token_page(call, [
            {'TagKey': key, 'TagValue': value, 'Category': self._category(key)}
            for key, value in self._pairs(keys)], 'Tags')

    def describe_tags(self, call):
        key, value = call.get('TagKey'), call.get('TagValue')
        if (key is None) != (value is None):
            raise ApiError('InvalidParameter', 'TagKey and TagValue go together.')
        pairs = self._pairs(call.get('TagKeys'))
        if key is not None:
            pairs = [pair for pair in pairs if pair == (key, value)]
        used = {pair for tags in self.store.resources.values() for pair in tags.items()}
        return self._offset_page(call, [
            {'TagKey': one, 'TagValue': other, 'Category': self._category(one),
             'CanDelete': 0 if (one, other) in used or self.store.is_system(one) else 1}
            for one, other in pairs])

    def describe_by_ids(self, call):
        ids = self._ids(call)
        items = []
        for resource_id in ids:
            for key, value in self.store.of(self._name(call, resource_id)).items():
                items.append({
                    'TagKey': key, 'TagValue': value, 'ResourceId': resource_id,
                    'TagKeyMd5': hashlib.md5(key.encode()).hexdigest(),
                    'TagValueMd5': hashlib.md5(value.encode()).hexdigest(),
                    'ServiceType': call.get('ServiceType'), 'Category': self._category(key)})
        first, count = call.page(_PAGE, 1000)
        return {'TotalCount': len(items), 'Offset': first, 'Limit': count,
                'Tags': items[first:first + count]}

    def get_resources(self, call):
        wanted, filters = call.get('ResourceList'), call.get('TagFilters', [])
        if (wanted is not None and not 1 <= len(wanted) <= 10) or len(filters) > 6 \
                or any(len(item.get('TagValue', [])) > 10 for item in filters):
            raise ApiError('InvalidParameterValue', 'Too many resources or filters.')
        items = []
        for resource in sorted(self.store.names()) if wanted is None else wanted:
            tags = self.store.of(resource)
            if tags and all(item['TagKey'] in tags and (
                    not item.get('TagValue') or tags[item['TagKey']] in item['TagValue'])
                    for item in filters):
                items.append({'Resource': resource, 'Tags': [
                    {'TagKey': key, 'TagValue': value, 'Category': self._category(key)}
                    for key, value in tags.items()]})
        return self._token_page(call, items, 'ResourceTagMappingList', 200)

    # Writing

    def _check_resource(self, resource):
        match = _RESOURCE.fullmatch(resource)
        if not match or match[3] != UIN:
            raise ApiError('InvalidParameterValue.ResourceDescriptionError',
                           f'The resource {resource} is not described correctly.')
        if match[1] != 'tione':
            raise ApiError('InvalidParameter.UnsupportedService', 'The service is not supported.')
        return match

    def _exists(self, resource):
        match = self._check_resource(resource)
        if match[4] == 'model':
            return self.cloud.repository.region(match[2]).find(match[5]) is not None
        return True

    def _attach(self, resource, tags):
        check_tags(tags)
        if not self._exists(resource):
            raise ApiError('InvalidParameterValue.ResourceIdInvalid',
                           f'The resource {resource} does not exist.', '资源不存在。')
        if len({*self.store.of(resource), *tags}) > _TAGS_PER_RESOURCE:
            raise ApiError('LimitExceeded.ResourceAttachedTags',
                           'A resource has at most 50 tags.', '资源关联的标签数超过限制。')
        for key, value in tags.items():
            self.store.attach(resource, key, value)

    @staticmethod
    def _pairs_of(tags):
        pairs = {tag['TagKey']: tag['TagValue'] for tag in tags}
        if len(pairs) != len(tags):
            raise ApiError('InvalidParameterValue.TagKeyDuplicate', 'A tag key is given twice.')
        return pairs

    def modify_resource(self, call):
        replaced, deleted = call.get('ReplaceTags'), call.get('DeleteTags')
        resource = call.get('Resource')
        self._check_resource(resource)
        if replaced is None and deleted is None:
            raise ApiError('InvalidParameter.Tag', 'There is nothing to replace or to delete.')
        if replaced == [] or deleted == []:
            raise ApiError('InvalidParameter.Tag', 'An array of tags is empty.')
        keys = [tag['TagKey'] for tag in deleted or []]
        pairs = self._pairs_of(replaced or [])
        if len(keys) > _TAGS_PER_CALL:
            raise ApiError('LimitExceeded.TagNumPerRequest', 'A request takes at most 10 tags.')
        if set(keys) & set(pairs) or len(set(keys)) != len(keys):
            raise ApiError('InvalidParameterValue.DeleteTagsParamError',
                           'A key is to be deleted twice, or replaced as well.')
        if any(self.store.is_system(key) for key in keys):
            raise ApiError('InvalidParameter.ReservedTagKey', 'A system tag cannot be deleted.')
        for key in keys:
            check_key(key)
        current = set(self.store.of(resource)) - set(keys)
        if len(current | set(pairs)) > _TAGS_PER_RESOURCE:
            raise ApiError('LimitExceeded.ResourceAttachedTags',
                           'A resource has at most 50 tags.', '资源关联的标签数超过限制。')
        check_tags(pairs)
        for key in keys:
            self.store.detach(resource, key)
        self._attach(resource, pairs)

    def _each(self, resources, change):
        """Does something to each resource; the failures go into the answer."""
        if not 1 <= len(resources) <= 10:
            raise ApiError('LimitExceeded.ResourceNumPerRequest', 'From 1 to 10 resources.')
        failed = []
        for resource in resources:
            try:
                change(resource)
            except ApiError as failure:
                failed.append({'Resource': resource, 'Code': failure.code,
                               'Message': failure.message})
        return {'FailedResources': failed}

    def tag_resources(self, call):
        pairs = self._pairs_of(call.get('Tags'))
        check_tags(pairs)
        return self._each(call.get('ResourceList'), lambda one: self._attach(one, pairs))

    def untag_resources(self, call):
        keys = call.get('TagKeys')
        if not 1 <= len(keys) <= _TAGS_PER_CALL:
            raise ApiError('LimitExceeded.TagNumPerRequest', 'From 1 to 10 tag keys.')

        def detach(resource):
            self._check_resource(resource)
            for key in keys:
                self.store.detach(resource, key)

        return self._each(call.get('ResourceList'), detach)

    def _ids(self, call):
        ids = call.get('ResourceIds')
        if not 1 <= len(ids) <= 50:
            raise ApiError('LimitExceeded.ResourceNumPerRequest', 'From 1 to 50 resources.')
        if call.get('ServiceType') != 'tione':
            raise ApiError('InvalidParameterValue.ServiceTypeInvalid', 'The service is not known.')
        return ids

    @staticmethod
    def _name(call, resource_id):
        return (f'qcs::{call.get("ServiceType")}:{call.get("ResourceRegion", "")}:uin/{UIN}:'
                f'{call.get("ResourcePrefix", "")}/{resource_id}')

    def attach_resources(self, call):
        key, value = call.get('TagKey'), call.get('TagValue')
        if value not in self.store.defined.get(key, ()):
            raise ApiError('ResourceNotFound.TagNonExist', 'The tag does not exist.', '标签不存在。')
        for resource_id in self._ids(call):
            self._attach(self._name(call, resource_id), {key: value})

    def detach_resources(self, call):
        for resource_id in self._ids(call):
            self.store.detach(self._name(call, resource_id), call.get('TagKey'))

    def add_resource_tag(self, call):
        self._attach(call.get('Resource'), {call.get('TagKey'): call.get('TagValue')})

    def delete_resource_tag(self, call):
        self._check_resource(call.get('Resource'))
        self.store.detach(call.get('Resource'), call.get('TagKey'))

    def create_tag(self, call):
        pairs = {call.get('TagKey'): call.get('TagValue')}
        check_tags(pairs)
        for key, value in pairs.items():
            if value in self.store.defined.get(key, ()):
                raise ApiError('ResourceInUse.TagDuplicate', 'The tag exists already.')
            self.store.define(key, value)

    def create_tags(self, call):
        pairs = [(tag['TagKey'], tag['TagValue']) for tag in call.get('Tags')]
        check_tags(dict(pairs))
        for key, value in pairs:
            self.store.define(key, value)

    def delete_tag(self, call):
        key, value = call.get('TagKey'), call.get('TagValue')
        if value not in self.store.defined.get(key, ()):
            raise ApiError('ResourceNotFound.TagNonExist', 'The tag does not exist.', '标签不存在。')
        if any(tags.get(key) == value for tags in self.store.resources.values()):
            raise ApiError('ResourceInUse.TagKeyAttached', 'The tag is in use.')
        self.store.defined[key].discard(value)
        if not self.store.defined[key]:
            del self.store.defined[key]
