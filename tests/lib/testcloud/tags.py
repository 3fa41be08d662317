# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tags exist and what they are attached to. Whoever calls holds the cloud's lock."""

UIN = '100000000001'
SYSTEM_PREFIXES = ('qcs:',)


class Tags:
    def __init__(self, cloud):
        self._cloud = cloud
        self.defined = {}  # key → set of values
        self.resources = {}  # six-segment name → {key: value}

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
        return self.resources.get(resource, {})

    def attach(self, resource, key, value):
        self.define(key, value)
        self.resources.setdefault(resource, {})[key] = value

    def detach(self, resource, key):
        tags = self.resources.get(resource, {})
        tags.pop(key, None)
        if not tags:
            self.resources.pop(resource, None)

    def forget(self, resource):
        self.resources.pop(resource, None)

    def listed(self, resource):
        """As calls other than those of the Tag service return them: null for none."""
        return [{'TagKey': key, 'TagValue': value}
                for key, value in self.of(resource).items()] or None
