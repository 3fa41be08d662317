# SPDX-License-Identifier: GPL-3.0-or-later
"""TCR: its calls. Offsets count items for instances and in the personal edition, else pages."""

from . import times
from .errors import ApiError


class TcrCalls:
    def __init__(self, cloud):
        self.cloud = cloud
        self.handlers = {'tcr': {
            'DescribeInstances': self.instances,
            'DescribeNamespaces': self.namespaces,
            'DescribeRepositories': self.repositories,
            'DescribeImages': self.images,
            'DescribeRepositoryOwnerPersonal': self.personal_repositories,
            'DescribeRepositoryFilterPersonal': self.personal_repositories,
            'DescribeNamespacePersonal': self.personal_namespaces,
            'DescribeImagePersonal': self.personal_images,
        }}

    # Enterprise

    def instances(self, call):
        first, count = call.page(20, 100)
        wanted = call.get('Registryids')
        found = [one for one in self.cloud.registries.instances.values()
                 if (wanted is None or one.registry_id in wanted)
                 and (call.get('AllRegion') or one.region == call.region)]
        return {'TotalCount': len(found),
                'Registries': [one.describe() for one in found[first:first + count]] or None}

    def _instance(self, call):
        instance = self.cloud.registries.instances.get(call.get('RegistryId'))
        if instance is None or instance.region != call.region:
            raise ApiError('ResourceNotFound.TcrResourceNotFound',
                           'The registry does not exist in this region.')
        if instance.status != 'Running':
            raise ApiError('ResourceInsufficient.ErrorInstanceNotRunning',
                           'The registry is not running.')
        return instance

    @staticmethod
    def _numbered_page(call, items):
        """Offset is the number of a page, from 1 on."""
        number, count = call.page(20, 100)
        first = (max(1, number) - 1) * count
        return items[first:first + count] or None

    def namespaces(self, call):
        instance = self._instance(call)
        found = [name for name in instance.namespaces()
                 if call.get('NamespaceName', '') in name]
        page = found if call.get('All') else self._numbered_page(call, found)
        return {'TotalCount': len(found), 'NamespaceList': [{
            'Name': name, 'CreationTime': times.go_beijing(instance.created), 'Public': False,
            'NamespaceId': index, 'TagSpecification': None, 'Metadata': None,
            'CVEWhitelistItems': None, 'AutoScan': False, 'PreventVUL': False, 'Severity': '',
        } for index, name in enumerate(page or [])]}

    def repositories(self, call):
        instance = self._instance(call)
        space = call.get('NamespaceName')
        found = [name for name in sorted(instance.repositories)
                 if (not space or name.partition('/')[0] == space)
                 and call.get('RepositoryName', '') in name.partition('/')[2]]
        page = self._numbered_page(call, found)
        return {'TotalCount': len(found), 'RepositoryList': page and [{
            'Name': name, 'Namespace': name.partition('/')[0],
            'CreationTime': times.go_utc(instance.created + 0.806284), 'Public': False,
            'Description': '', 'BriefDescription': '',
            'UpdateTime': times.go_utc(instance.repositories[name][0].updated),
        } for name in page]}

    def images(self, call):
        instance = self._instance(call)
        name = f'{call.get("NamespaceName")}/{call.get("RepositoryName")}'
        images = instance.repositories.get(name)
        if images is None:
            raise ApiError('ResourceNotFound.ErrNoRepo', f'The repository {name} does not exist.')
        wanted = call.get('ImageVersion', '')
        found = [image for image in images
                 if (image.tag == wanted if call.get('ExactMatch') and wanted
                     else wanted in image.tag)
                 and call.get('Digest', image.digest) == image.digest]
        page = self._numbered_page(call, found)
        return {'TotalCount': len(found), 'ImageInfoList': page and [{
            'Digest': image.digest, 'Size': image.size, 'ImageVersion': image.tag,
            'UpdateTime': times.go_utc(image.updated), 'Kind': 'Docker-Image',
            'KmsSignature': '',
        } for image in page]}

    # Personal edition

    def _personal(self):
        if self.cloud.registries.personal is None:
            raise ApiError('ResourceNotFound.ErrNoUser', 'The user does not exist.')
        return self.cloud.registries.personal

    def personal_repositories(self, call):
        repositories = self._personal()
        first, count = call.page(20, 100)
        found = [name for name in sorted(repositories) if call.get('RepoName', '') in name
                 and call.get('Namespace', '') in ('', name.partition('/')[0])]
        return {'Data': {'TotalCount': len(found), 'Server': self.cloud.registries.SERVER,
                         'PrivilegeFiltered': None, 'RepoInfo': [{
                             'RepoName': name, 'RepoType': '', 'Public': 0,
                             'TagCount': len(repositories[name]), 'PullCount': 3, 'FavorCount': 0,
                             'IsUserFavor': False, 'IsQcloudOfficial': False, 'Description': '',
                             'CreationTime': times.beijing(repositories[name][-1].updated),
                             'UpdateTime': times.beijing(repositories[name][0].updated),
                         } for name in found[first:first + count]] or None}}

    def personal_namespaces(self, call):
        first, count = call.page(20, 100)
        spaces = sorted({name.partition('/')[0] for name in self._personal()
                         if call.get('Namespace') in name.partition('/')[0]})
        return {'Data': {'NamespaceCount': len(spaces), 'NamespaceInfo': [
            {'Namespace': name, 'CreationTime': '2019-10-17 15:59:30 +0800 CST', 'RepoCount': 1}
            for name in spaces[first:first + count]] or None}}

    def personal_images(self, call):
        first, count = call.page(20, 100)
        name = call.get('RepoName')
        images = self._personal().get(name)
        if images is None:
            raise ApiError('ResourceNotFound.ErrNoRepo', f'The repository {name} does not exist.')
        found = [image for image in images if call.get('Tag', '') in image.tag]
        return {'Data': {
            'TagCount': len(found), 'Server': self.cloud.registries.SERVER, 'RepoName': name,
            'TagInfo': [{
                'TagName': image.tag, 'TagId': image.digest, 'ImageId': image.digest,
                'Size': f'{image.size >> 20} MB', 'SizeByte': image.size,
                'CreationTime': times.beijing(image.updated), 'DurationDays': '1',
                'Author': '', 'Architecture': 'amd64', 'DockerVersion': '', 'OS': 'linux',
                'PushTime': times.beijing(image.updated),
                'UpdateTime': times.beijing(image.updated), 'Id': index, 'Kind': '',
            } for index, image in enumerate(found[first:first + count])] or None}}
