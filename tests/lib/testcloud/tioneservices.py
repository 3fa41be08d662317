# SPDX-License-Identifier: GPL-3.0-or-later
"""TI-ONE: the calls on model services and their groups."""

import re

from . import times
from .errors import ApiError
from .inference import address_of
from .tagcalls import check_tags
from .tionebilling import SPECS
from .tionemodels import check_filters, invalid, missing

_NAME = re.compile(r'[A-Za-z0-9][A-Za-z0-9_-]{0,59}')
_UPDATABLE = ('ModelInfo', 'ImageInfo', 'Env', 'Resources', 'InstanceType', 'ScaleMode',
              'HorizontalPodAutoscaler', 'LogEnable', 'LogConfig', 'CronScaleJobs',
              'ScaleStrategy', 'ServiceLimit', 'ScheduledAction', 'Command', 'ServicePort',
              'ModelHotUpdateEnable', 'ServiceDescription')
_GROUP_FILTERS = ('ClusterId', 'ServiceId', 'ServiceGroupName', 'ServiceGroupId', 'Status',
                  'CreatedBy', 'ModelVersionId')


class ServiceCalls:
    def __init__(self, cloud):
        self.cloud = cloud
        self.handlers = {
            'DescribeModelServiceGroups': self.describe_groups,
            'DescribeModelServiceGroup': self.describe_group,
            'DescribeModelServices': self.describe_services,
            'DescribeModelService': self.describe_service,
            'DescribeModelServiceHistory': self.history,
            'CreateModelService': self.create,
            'ModifyModelService': self.modify,
            'ModifyModelServicePartialConfig': self.modify_partly,
            'DeleteModelService': self.delete_service,
            'DeleteModelServiceGroup': self.delete_group,
            'ModifyServiceGroupWeights': self.modify_weights,
            'DescribeModelServiceCallInfo': self.call_info,
            'DescribeModelServiceHotUpdated': self.hot_updated,
        }

    def _tags(self, group):
        return self.cloud.tags.listed(
            self.cloud.tags.group_resource(group.region, group.group_id))

    def _group(self, call):
        group = self.cloud.services.region(call.region).get(call.get('ServiceGroupId'))
        if group is None:
            raise ApiError('ResourceNotFound', 'The service group does not exist.',
                           '服务组不存在。')
        return group

    def _service(self, call):
        service = self.cloud.services.find(call.region, call.get('ServiceId'))
        if service is None:
            raise ApiError('ResourceNotFound', 'The service does not exist.', '服务不存在。')
        return service

    # Reading

    @staticmethod
    def _values(group, name):
        """What a filter of this name looks at."""
        if name == 'ModelVersionId':
            return [(service.configuration.get('ModelInfo') or {}).get('ModelVersionId')
                    for service in group.services]
        if name == 'ServiceId':
            return [service.service_id for service in group.services]
        return [{'ServiceGroupName': group.name, 'ServiceGroupId': group.group_id,
                 'Status': group.status(), 'CreatedBy': 'data-scientist',
                 'ClusterId': 'cls-testcloud'}[name]]

    def _matches(self, group, item):
        if item.get('Name') not in _GROUP_FILTERS:
            raise ApiError('InvalidParameter', 'The name of a filter is not supported.')
        wanted = item.get('Values', [])
        values = self._values(group, item['Name'])
        if item['Name'] == 'ServiceGroupName' and len(wanted) == 1:
            found = wanted[0] in values[0]
        else:
            found = any(value in wanted for value in values)
        return found != item.get('Negative', False)

    def describe_groups(self, call):
        first, count = call.page(20, 100)
        filters = call.get('Filters', [])
        check_filters(filters)
        everything = list(self.cloud.services.region(call.region).values())
        groups = [group for group in everything
                  if all(self._matches(group, item) for item in filters)]
        for item in call.get('TagFilters', []):
            tags = {group.group_id: self.cloud.tags.of(self.cloud.tags.group_resource(
                group.region, group.group_id)) for group in groups}
            groups = [group for group in groups if item['TagKey'] in tags[group.group_id]
                      and tags[group.group_id][item['TagKey']] in item.get('TagValues', [])]
        order = call.get('OrderField', 'CreateTime')
        if order not in ('CreateTime', 'UpdateTime'):
            raise ApiError('InvalidParameterValue', 'OrderField is not supported.')
        groups.sort(key=lambda group: group.created if order == 'CreateTime' else group.updated,
                    reverse=call.get('Order', 'DESC') != 'ASC')
        for group in groups[first:first + count]:
            self.cloud.services.poll(group)
        return {'TotalCount': len(groups), 'GlobalTotalCount': len(everything),
                'ServiceGroups': [group.describe(self._tags(group))
                                  for group in groups[first:first + count]] or None}

    def describe_group(self, call):
        group = self._group(call)
        self.cloud.services.poll(group)
        return {'ServiceGroup': group.describe(self._tags(group))}

    def describe_service(self, call):
        service = self._service(call)
        self.cloud.services.poll(service.group)
        return {'Service': service.describe(self._tags(service.group))}

    def describe_services(self, call):
        first, count = call.page(20, 20)
        services = [service for group in self.cloud.services.region(call.region).values()
                    for service in group.services]
        for item in call.get('Filters', []):
            if item.get('Name') != 'ModelId':
                raise ApiError('InvalidParameter', 'The name of a filter is not supported.')
            services = [service for service in services if (
                service.configuration.get('ModelInfo') or {}).get('ModelId') in item['Values']]
        return {'TotalCount': len(services), 'Services': [
            service.describe(self._tags(service.group))
            for service in services[first:first + count]] or None}

    def history(self, call):
        service = self._service(call)
        info = service.configuration
        return {'TotalCount': 1, 'ServiceHistory': [{
            'Revision': '1', 'UpdateTime': times.utc(service.updated),
            'Image': (info.get('ImageInfo') or {}).get('ImageUrl', ''), 'ModelFile': '',
            'RawData': '', 'Message': ''}]}

    # Creating

    def create(self, call):
        self._check_configuration(call)
        if call.get('NewVersion'):
            group = self._group(call)
        else:
            group = self._new_group(call)
        configuration = {name: call.get(name) for name in call.parameters
                         if name not in ('ServiceGroupId', 'ServiceGroupName', 'Tags',
                                         'NewVersion')}
        service = self.cloud.services.add_service(group, configuration)
        group.updated = self.cloud.now()
        return {'Service': service.describe(self._tags(group))}

    def _new_group(self, call):
        name = call.get('ServiceGroupName')
        if call.get('ServiceGroupId'):
            raise invalid('NewVersion', 'a group that exists takes new versions only')
        if not name:
            raise missing('ServiceGroupName')
        if not _NAME.fullmatch(name):
            raise invalid('ServiceGroupName', 'up to 60 letters, digits, _ and -')
        if any(group.name == name
               for group in self.cloud.services.region(call.region).values()):
            raise ApiError('FailedOperation.DuplicateName',
                           f'There is a service group named {name}.', '服务组名称重复。')
        tags = call.get('Tags', [])
        check_tags({tag['TagKey']: tag['TagValue'] for tag in tags}, len(tags))
        group = self.cloud.services.add_group(call.region, name)
        group.create_source = call.get('CreateSource', 'DEFAULT')
        group.needs_authorization = call.get('AuthorizationEnable', False)
        resource = self.cloud.tags.group_resource(call.region, group.group_id)
        for tag in tags:
            self.cloud.tags.attach(resource, tag['TagKey'], tag['TagValue'])
        return group

    def _check_configuration(self, call):
        charge = call.get('ChargeType')
        if charge == 'POSTPAID_BY_HOUR':
            spec = SPECS.get(call.get('InstanceType', ''))
            if spec is None:
                raise ApiError('FailedOperation.UnknownInstanceType',
                               'The instance type is not known.', '未知的机型。')
            if not spec.available:
                raise ApiError('ResourceInsufficient', 'The instance type is sold out.',
                               '资源不足。')
        elif charge in ('PREPAID', 'HYBRID_PAID'):
            if not call.get('ResourceGroupId') or not call.get('Resources'):
                raise missing('ResourceGroupId')
        else:
            raise invalid('ChargeType', 'PREPAID or POSTPAID_BY_HOUR')
        if not call.get('ImageInfo'):
            raise missing('ImageInfo')
        self._check_model(call)
        self._check_scale(call)
        port = call.get('ServicePort', 8501)
        if port != 8501 and (8501 <= port <= 8510 or port in (6006, 9092)):
            raise invalid('ServicePort', 'reserved')

    def _check_model(self, call):
        model = call.get('ModelInfo')
        if model and model.get('ModelType', 'NORMAL') != 'AUTO_ML':
            version = self.cloud.repository.region(call.region).find_version(
                model['ModelVersionId'])
            if version is None:
                raise ApiError('ResourceNotFound', 'The model version does not exist.',
                               '模型版本不存在。')
            if version.status == 'STATUS_RUNNING':
                raise ApiError('InvalidParameter.ModelFileInvalid',
                               'The model version is still being imported.')

    @staticmethod
    def _check_scale(call):
        mode = call.get('ScaleMode', 'MANUAL')
        if mode not in ('MANUAL', 'AUTO'):
            raise invalid('ScaleMode', 'MANUAL or AUTO')
        if mode == 'AUTO' and call.get('ScaleStrategy', 'HPA') == 'HPA':
            scaler = call.get('HorizontalPodAutoscaler')
            if not scaler:
                raise missing('HorizontalPodAutoscaler')
            limits = {'gpu-util': (10, 100), 'cpu-util': (10, 100), 'memory-util': (10, 100),
                      'service-qps': (1, 5000), 'concurrency-util': (1, 100000)}
            for metric in scaler['HpaMetrics']:
                low, high = limits.get(metric['Name'], (1, 0))
                if not low <= metric['Value'] <= high:
                    raise invalid('HpaMetrics', f'{metric["Name"]} {metric["Value"]}')

    # Changing

    def modify(self, call):
        service = self._service(call)
        action = call.get('ServiceAction')
        if action is None:
            self._update(call, service)
        elif action == 'STOP':
            if service.status in ('Stopped', 'Stopping'):
                raise ApiError('UnsupportedOperation', 'The service does not run.')
            service.status = 'Stopping'
            service.old_replicas, service.replicas = service.replicas or 1, 0
        elif action == 'RESUME':
            self._check_model(_Wanted(call.region, service.configuration))
            service.status = 'Pending'
            service.replicas = service.replicas or service.old_replicas or 1
        elif action == 'SCALE':
            service.replicas = call.get('Replicas', service.replicas)
            service.status = 'Waiting'
        else:
            raise invalid('ServiceAction', 'STOP, RESUME or SCALE')
        service.polls = 0
        service.updated = service.group.updated = self.cloud.now()
        return {'Service': service.describe(self._tags(service.group))}

    def _update(self, call, service):
        self._check_model(call)
        self._check_scale(call)
        for name in _UPDATABLE:
            if name in call.parameters:
                service.configuration[name] = call.get(name)
        service.replicas = call.get('Replicas', service.replicas)
        if service.status not in ('Stopped', 'Stopping'):
            service.status = 'Waiting'

    def modify_partly(self, call):
        service = self._service(call)
        for name in ('ScheduledAction', 'ServiceLimit'):
            if name in call.parameters:
                service.configuration[name] = call.get(name)
        return {'Service': service.describe(self._tags(service.group))}

    def modify_weights(self, call):
        group = self._group(call)
        weights = {item['ServiceId']: item['Weight'] for item in call.get('Weights')}
        services = {service.service_id: service for service in group.services}
        if not set(weights) <= set(services) or sum(weights.values()) != 100:
            raise invalid('Weights', 'services of the group, 100 together')
        for service_id, weight in weights.items():
            services[service_id].weight = weight
        group.weight_update = 'UPDATING'
        return {'ServiceGroup': group.describe(self._tags(group))}

    def delete_service(self, call):
        service = self._service(call)
        service.group.services.remove(service)
        if not service.group.services and not self.cloud.settings.keep_groups:
            self._forget(service.group)

    def delete_group(self, call):
        self._forget(self._group(call))

    def _forget(self, group):
        del self.cloud.services.region(group.region)[group.group_id]
        self.cloud.tags.forget(self.cloud.tags.group_resource(group.region, group.group_id))

    # Calling

    def call_info(self, call):
        group = self._group(call)
        settings = self.cloud.settings
        host = f'{group.group_id}-1250000000-sw.gw.{group.region}.ti.tencentcs.com'
        outer = address_of(self.cloud, group) if settings.internet else ''
        return {
            'ServiceCallInfo': {
                'ServiceGroupId': group.group_id, 'InnerHttpAddr': '', 'InnerHttpsAddr': '',
                'OuterHttpAddr': outer, 'OuterHttpsAddr': outer,
                'AppKey': 'secret-app-key', 'AppSecret': 'secret-app-secret', 'AuthorizationEnable': group.needs_authorization},
            'InferGatewayCallInfo': None,
            'DefaultNginxGatewayCallInfo': {'Host': host},
            'TJCallInfo': None,
            'IntranetCallInfo': None,
            'ServiceCallInfoV2': None if settings.old_call_info else {
                'ServiceGroupId': group.group_id, 'InternetEndpoint': outer,
                'AuthorizationEnable': group.needs_authorization,
                'AuthToken': group.token if group.needs_authorization else '',
                'AuthTokens': None},
        }

    def hot_updated(self, call):
        return {'ModelTurboFlag': 'Forbidden'}


class _Wanted:
    """A configuration in the shape of a call."""

    def __init__(self, region, configuration):
        self.region = region
        self._configuration = configuration

    def get(self, name, default=None):
        return self._configuration.get(name, default)
