# SPDX-License-Identifier: GPL-3.0-or-later
"""Container registries: enterprise instances and the personal edition."""

import hashlib

from . import times


class Image:
    def __init__(self, tag, size, updated):
        self.tag = tag
        self.size = size
        self.updated = updated
        self.digest = 'sha256:' + hashlib.sha256(f'{tag}{size}'.encode()).hexdigest()


class Instance:
    def __init__(self, registry_id, name, region, status, created):
        self.registry_id = registry_id
        self.name = name
        self.region = region
        self.status = status
        self.created = created
        self.repositories = {}  # "ns/repo" → [Image]

    @property
    def domain(self):
        return f'{self.name}.tencentcloudcr.com'

    def namespaces(self):
        return sorted({name.partition('/')[0] for name in self.repositories})

    def describe(self):
        return {
            'RegistryId': self.registry_id, 'RegistryName': self.name, 'RegistryType': 'standard',
            'Status': self.status, 'PublicDomain': self.domain,
            'CreatedAt': times.utc(self.created), 'RegionName': self.region, 'RegionId': 1,
            'EnableAnonymous': False, 'TokenValidTime': 0,
            'InternalEndpoint': '', 'TagSpecification': {'ResourceType': 'instance', 'Tags': [
                {'Key': 'team', 'Value': '视觉'}]},
            'ExpiredAt': '', 'PayMod': 0, 'RenewFlag': 0,
        }


class Registries:
    """Personal repositories are None for a user who never opened that edition."""

    SERVER = 'ccr.ccs.tencentyun.com'

    def __init__(self, cloud):
        self._cloud = cloud
        self.instances = {}
        self.personal = None

    def add_instance(self, name, region='ap-guangzhou', status='Running'):
        instance = Instance(f'tcr-{self._cloud.short_id()}', name, region, status,
                            self._cloud.now() - 200 * 86400)
        self.instances[instance.registry_id] = instance
        return instance

    def add_images(self, repositories, name, tags, size=5_368_709_120):
        """Images from the newest to the oldest, a day apart."""
        repositories[name] = [
            Image(tag, size + index, self._cloud.now() - (index + 1) * 86400 + 0.806284)
            for index, tag in enumerate(tags)]
