# SPDX-License-Identifier: GPL-3.0-or-later
"""TI-ONE: what there is to run services on, and what it costs."""

import re

from .errors import ApiError
from .tionemodels import check_filters

_NAMES = '''
TI.S.MEDIUM.POST 2C4G 76
TI.S.LARGE.POST 4C8G 152
TI.S.2XLARGE16.POST 8C16G 304
TI.S.2XLARGE32.POST 8C32G 392
TI.S.4XLARGE32.POST 16C32G 608
TI.S.4XLARGE64.POST 16C64G 784
TI.S.6XLARGE48.POST 24C48G 912
TI.S.8XLARGE64.POST 32C64G 1216
TI.S.8XLARGE128.POST 32C128G 1568
TI.GN7.LARGE20.POST 4C20G T4*1/4 304
TI.GN7.2XLARGE40.POST 10C40G T4*1/2 608
TI.GN7.2XLARGE32.POST 8C32G T4*1 1068
TI.GN7.5XLARGE80.POST 20C80G T4*1 1216
TI.GN7.10XLARGE160.POST 40C160G T4*2 2432
TI.GN7.20XLARGE320.POST 80C320G T4*4 4864
'''
_SOLD_OUT = 'TI.GN7.20XLARGE320.POST'
_PRICE_LIMIT = 4_200_000_000


class Spec:
    def __init__(self, line):
        words = line.split()
        self.name = words[0]
        self.alias = ' '.join(words[1:-1])
        self.price = int(words[-1])  # fen for an hour
        self.gpu = 'T4' if 'T4' in self.alias else ''
        self.available = self.name != _SOLD_OUT

    def describe(self):
        return {
            'SpecId': re.sub(r'[^a-z0-9]', '-', self.name.lower()), 'SpecName': self.name,
            'SpecAlias': self.alias, 'Available': self.available,
            'AvailableRegion': [] if self.available else ['ap-shanghai'],
            'SpecFeatures': None, 'SpecType': 'GPU' if self.gpu else 'CPU',
            'GpuType': self.gpu, 'CategoryId': '',
        }


SPECS = {spec.name: spec for spec in (Spec(line) for line in _NAMES.split('\n') if line)}


def _resource(cpu, memory, gpu):
    return {'Cpu': cpu, 'Memory': memory, 'Gpu': gpu,
            'GpuDetailSet': [{'Name': 'T4', 'Value': gpu}] if gpu else None}


class BillingCalls:
    def __init__(self, cloud):
        self.cloud = cloud
        self.handlers = {
            'DescribeBillingSpecs': self.specs,
            'DescribeBillingSpecsPrice': self.prices,
            'DescribeBillingResourceGroups': self.resource_groups,
            'DescribeBillingResourceGroup': self.resource_group,
        }

    def specs(self, call):
        if call.get('ChargeType') not in ('POSTPAID_BY_HOUR', 'PREPAID'):
            raise ApiError('InvalidParameterValue', 'The charge type is not known.')
        kind = call.get('ResourceType', '')
        if call.get('ChargeType') == 'PREPAID' or call.get('TaskType', '') == 'EMS':
            return {'Specs': None}
        return {'Specs': [spec.describe() for spec in SPECS.values()
                          if kind in ('', 'CALC') or (kind == 'GPU') == bool(spec.gpu)]}

    def prices(self, call):
        prices = []
        for wanted in call.get('SpecsParam'):
            spec = SPECS.get(wanted['SpecName'])
            if spec is None:
                raise ApiError('InvalidParameterValue', f'{wanted["SpecName"]} is not known.')
            total = spec.price * wanted['SpecCount'] * self.cloud.settings.price_percent // 100
            if total > _PRICE_LIMIT:
                total = 0
            prices.append({'SpecName': spec.name, 'SpecCount': wanted['SpecCount'],
                           'TotalCost': total, 'RealTotalCost': total * 9 // 10})
        return {'SpecsPrice': prices}

    def resource_groups(self, call):
        if call.get('Type') not in ('', 'TRAIN', 'INFERENCE'):
            raise ApiError('InvalidParameterValue', 'The type is not known.')
        check_filters(call.get('Filters', []))
        if len(call.get('Filters', [])) > 5:
            raise ApiError('InvalidParameter', 'A request takes at most 5 filters.')
        first, count = call.page(20, 100)
        groups = [self._group(), ] if call.get('Type') != 'TRAIN' else []
        groups = [group for group in groups if call.get('SearchWord', '') in
                  group['ResourceGroupName']]
        return {'TotalCount': len(groups), 'ResourceGroupSet': groups[first:first + count] or None}

    @staticmethod
    def _group():
        return {
            'ResourceGroupId': 'rsg-testcloud', 'ResourceGroupName': '推理资源组',
            'FreeInstance': 1, 'TotalInstance': 2,
            'UsedResource': _resource(8000, 16384, 100),
            'TotalResource': _resource(16000, 65536, 200),
            'InstanceSet': None, 'TagSet': None, 'TagList': None,
        }

    def resource_group(self, call):
        if call.get('ResourceGroupId') != 'rsg-testcloud':
            raise ApiError('ResourceNotFound', 'The resource group does not exist.')
        first, count = call.page(20, 100)
        nodes = [{
            'InstanceId': f'node-{index}', 'InstanceStatus': 'RUNNING',
            'UsedResource': _resource(8000 * index, 16384 * index, 100 * index),
            'TotalResource': _resource(8000, 32768, 100),
            'AvailableResource': _resource(8000 * (1 - index), 32768 - 16384 * index,
                                           100 * (1 - index)),
            'SpecAlias': '8C32G T4*1', 'ExpireTime': '2027-01-01 00:00:00', 'SpecId': '',
            'AutoRenewFlag': 'NOTIFY_AND_MANUAL_RENEW', 'SubmitTime': '', 'ResourceGroupId':
            'rsg-testcloud', 'ErrCode': '', 'ErrMsg': '',
        } for index in range(2)]
        return {'TotalCount': len(nodes), 'InstanceSet': nodes[first:first + count]}
