# SPDX-License-Identifier: GPL-3.0-or-later
"""STS, CAM and Region: who the key belongs to, and where there is TI-ONE."""

from . import state
from .errors import ApiError


class Identity:
    def __init__(self, cloud):
        self.cloud = cloud
        self.handlers = {
            'sts': {'GetCallerIdentity': self.get_caller_identity},
            'cam': {'GetUserAppId': self.get_user_app_id},
            'region': {'DescribeRegions': self.describe_regions},
        }

    def get_caller_identity(self, call):
        kind = 'CAMUser' if call.account.token is None else 'CAMRole'
        return {
            'Arn': f'qcs::cam:{call.region or "ap-guangzhou"}:uin/{state.UIN}:uin/{state.SUB_UIN}',
            'AccountId': state.UIN,
            'UserId': state.SUB_UIN,
            'PrincipalId': state.SUB_UIN,
            'Type': kind,
        }

    def get_user_app_id(self, call):
        return {'Uin': state.SUB_UIN, 'OwnerUin': state.UIN, 'AppId': state.APP_ID}

    def describe_regions(self, call):
        if call.get('Product') != 'tione':
            raise ApiError('InvalidParameterValue', 'The product is not known.')
        regions = [{'Region': region, 'RegionName': name, 'RegionState': 'AVAILABLE',
                    'RegionTypeMC': None, 'LocationMC': None, 'RegionNameMC': None,
                    'RegionIdMC': None} for region, name in state.REGIONS.items()]
        return {'TotalCount': len(regions), 'RegionSet': regions}
