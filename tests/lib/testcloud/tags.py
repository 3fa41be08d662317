# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tags exist and what they are attached to. Whoever calls holds the cloud's lock."""

UIN = '100000000001'
SYSTEM_PREFIXES = ('qcs:',)


class Tags:
    def __init__(self, cloud):
        self._cloud = cloud
        self.defined = {}  # key → set of values
        self.resources = {}  # six-segment name → {key: value}
        self.generated = None  # tags of resources that are made up on demand: of(), names()

    @staticmethod
    def model_resource(region, model_id):
        return f'qcs::tione:{region}:uin/{UIN}:model/{model_id}'

    @staticmethod
    def group_resource(region, group_id):
        return f'qcs::tione:{region}:uin/{UIN}:servicegroup/{group_id}'

    @staticmethod
    def is_system(key):
        return key.startswith(SYSTEM_PREFIXES)

    def define(self, key, value):
        self.defined.setdefault(key, set()).add(value)

    def of(self, resource):
        tags = self.resources.get(resource)
        if tags is None and self.generated:
            tags = self.generated.of(resource)
        return tags or {}

    def names(self):
        """Every resource that has tags."""
        names = {resource for resource, tags in self.resources.items() if tags}
        if self.generated:
            names.update(name for name in self.generated.names() if name not in self.resources)
        return names

    def _own(self, resource):
        if resource not in self.resources:
            self.resources[resource] = dict(self.of(resource))
        return self.resources[resource]

    def attach(self, resource, key, value):
        self.define(key, value)
        self._own(resource)[key] = value

    def detach(self, resource, key):
        self._own(resource).pop(key, None)

    def forget(self, resource):
        self.resources[resource] = {}

    def listed(self, resource):
        """As calls other than those of the Tag service return them: null for none."""
        return [{'TagKey': key, 'TagValue': value}
                for key, value in self.of(resource).items()] or None
