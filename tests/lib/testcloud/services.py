# SPDX-License-Identifier: GPL-3.0-or-later
"""Model services and their groups, in each region by itself. Whoever calls holds the cloud's lock.

A service moves on with each look at it: a new one becomes Normal, a stopping one Stopped.
"""

from . import times

_NEXT = {
    '': 'CREATING', 'CREATING': 'Waiting', 'Pending': 'Waiting', 'Waiting': 'Normal',
    'Stopping': 'Stopped',
}
_CREATE_FAILED = 'CREATE_FAILED'


class Service:
    def __init__(self, group, service_id, version, created):
        self.group = group
        self.service_id = service_id
        self.version = version  # "1"
        self.created = created
        self.updated = created
        self.status = ''
        self.polls = 0
        self.fail_with = ''  # what creation is going to fail with
        self.business_status = 'CREATING'
        self.create_failed_reason = ''
        self.weight = 100
        self.replicas = 1
        self.old_replicas = 0
        self.configuration = {}  # what it was created or updated with

    @property
    def is_running(self):
        return self.status == 'Normal'

    def _workload(self):
        if self.status in ('', 'CREATING', _CREATE_FAILED):
            return None
        ready = self.replicas if self.is_running else 0
        return {
            'Replicas': self.replicas, 'UpdatedReplicas': ready, 'ReadyReplicas': ready,
            'AvailableReplicas': ready, 'UnavailableReplicas': self.replicas - ready,
            'Status': self.status, 'StatefulSetCondition': None,
            'Reason': 'CrashLoopBackOff' if self.status == 'Abnormal' else '',
            'Conditions': [{
                'Message': '', 'Reason': 'MinimumReplicasAvailable',
                'Status': 'True' if self.is_running else 'False', 'Type': 'Available',
                'LastTransitionTime': times.offset(self.updated),
                'LastUpdateTime': times.offset(self.updated)}],
        }

    def _model_info(self):
        """The place names a file of the directory, as the platform answers."""
        info = self.configuration.get('ModelInfo')
        if not info:
            return None
        path = info.get('CosPathInfo')
        if path:
            path = dict(path, Paths=[path['Paths'][0] + 'model_service.py'])
        return {'ModelId': '', 'ModelName': '', 'ModelVersion': '', 'ModelSource': '',
                'ModelType': 'NORMAL', 'AlgorithmFramework': '', 'ModelFormat': '', **info,
                'CosPathInfo': path}

    def describe(self, tags):
        values = self.configuration
        path = (values.get('ModelInfo') or {}).get('CosPathInfo')
        return {
            'ServiceGroupId': self.group.group_id, 'ServiceId': self.service_id,
            'ServiceGroupName': self.group.name,
            'ServiceDescription': values.get('ServiceDescription', ''),
            'ServiceInfo': {
                'Replicas': self.replicas, 'OldReplicas': self.old_replicas,
                'ImageInfo': values.get('ImageInfo'), 'Env': values.get('Env'),
                'Resources': values.get('Resources') or {'Cpu': 8000, 'Memory': 16384, 'Gpu': 0,
                                                         'GpuType': ''},
                'ResourceTotal': None, 'InstanceType': values.get('InstanceType', ''),
                'InstanceAlias': '', 'ModelInfo': self._model_info(),
                'InferCodeInfo': path and {'CosPathInfo': dict(
                    path, Paths=[path['Paths'][0] + 'model_service.py'])},
                'VolumeMount': None, 'Status': self._workload(),
                'ScaleMode': values.get('ScaleMode', ''),
                'ScaleStrategy': values.get('ScaleStrategy', ''),
                'HorizontalPodAutoscaler': values.get('HorizontalPodAutoscaler'),
                'CronScaleJobs': values.get('CronScaleJobs'), 'ScheduledAction': '',
                'ServiceLimit': values.get('ServiceLimit'),
                'LogEnable': values.get('LogEnable', False), 'LogConfig': values.get('LogConfig'),
                'AuthorizationEnable': self.group.needs_authorization,
                'ModelHotUpdateEnable': values.get('ModelHotUpdateEnable', False),
                'ModelTurboEnable': False, 'Command': values.get('Command', ''),
                'ServicePort': values.get('ServicePort', 8501), 'PodInfos': None,
                'PodList': None,
            },
            'ClusterId': 'cls-testcloud', 'Region': self.group.region, 'Namespace': 'tione',
            'ChargeType': values.get('ChargeType', 'POSTPAID_BY_HOUR'),
            'ResourceGroupId': values.get('ResourceGroupId', ''), 'ResourceGroupName': '',
            'ResourceGroupSWType': 'NORMAL', 'CreatedBy': 'data-scientist',
            'CreateTime': times.utc(self.created), 'UpdateTime': times.utc(self.updated),
            'Uin': '100000000001', 'SubUin': '100000000002', 'AppId': 1250000000,
            'BusinessStatus': self.business_status, 'ServiceLimit': values.get('ServiceLimit'),
            'ScheduledAction': values.get('ScheduledAction'), 'Status': self.status,
            'BillingInfo': '', 'Tags': tags, 'CreateSource': self.group.create_source,
            'Version': self.version, 'LatestVersion': self.group.latest_version(),
            'CreateFailedReason': self.create_failed_reason, 'ArchiveStatus': 'Waiting',
            'DeployType': values.get('DeployType', 'STANDARD'), 'Weight': self.weight,
            'InstancePerReplicas': str(values.get('InstancePerReplicas', 1)),
            'MonitorSource': '', 'ResourceGroupType': '', 'CreatedByName': '',
        }


class Group:
    def __init__(self, region, group_id, name, created):
        self.region = region
        self.group_id = group_id
        self.name = name
        self.created = created
        self.updated = created
        self.services = []
        self.create_source = 'DEFAULT'
        self.needs_authorization = False
        self.token = f'secret-token-of-{group_id}'
        self.weight_update = ''
        self.polls = 0
        self.highest = 0  # version that was ever given

    def latest_version(self):
        return str(self.highest)

    def status(self):
        states = [service.status for service in self.services]
        for status in ('Normal', 'Waiting', 'Pending', 'CREATING', '', 'Abnormal', 'Stopping',
                       'CREATE_FAILED'):
            if status in states:
                return status
        return 'Stopped'

    def describe(self, tags):
        running = [service for service in self.services if service.is_running]
        return {
            'ServiceGroupId': self.group_id, 'ServiceGroupName': self.name,
            'CreatedBy': 'data-scientist', 'CreateTime': times.utc(self.created),
            'UpdateTime': times.utc(self.updated), 'Uin': '100000000001',
            'ServiceCount': len(self.services), 'RunningServiceCount': len(running),
            'Services': [service.describe(tags) for service in self.services] or None,
            'Status': self.status(), 'Tags': tags, 'LatestVersion': self.latest_version(),
            'BusinessStatus': self.services[0].business_status if self.services else '',
            'BillingInfo': '', 'CreateSource': self.create_source,
            'WeightUpdateStatus': self.weight_update,
            'ReplicasCount': sum(service.replicas for service in self.services),
            'AvailableReplicasCount': sum(service.replicas for service in running),
            'SubUin': '100000000002', 'SubUinName': 'data-scientist', 'AppId': 1250000000,
            'AuthorizationEnable': self.needs_authorization, 'AuthTokens': None,
            'MonitorSource': '',
        }


class Services:
    def __init__(self, cloud):
        self._cloud = cloud
        self._regions = {}

    def region(self, name):
        return self._regions.setdefault(name, {})

    def regions(self):
        return self._regions

    def find(self, region, service_id):
        return next((service for group in self.region(region).values()
                     for service in group.services if service.service_id == service_id), None)

    def add_group(self, region, name):
        group = Group(region, f'ms-{self._cloud.short_id()}', name, self._cloud.now())
        self.region(region)[group.group_id] = group
        return group

    def add_service(self, group, configuration, status=''):
        group.highest += 1
        service = Service(group, f'{group.group_id}-{group.highest}', str(group.highest),
                          self._cloud.now())
        service.configuration = configuration
        service.replicas = configuration.get('Replicas', 1)
        if status:
            service.status = status
            service.business_status = 'BILLING'
            service.create_failed_reason = 'CREATE_SUCCEED'
            if status == 'Stopped':
                service.old_replicas, service.replicas = service.replicas, 0
        group.services.append(service)
        return service

    def poll(self, group):
        """Looks at a group, which moves its services on."""
        for service in group.services:
            if service.status not in _NEXT:
                continue
            service.polls += 1
            if service.polls < self._cloud.settings.service_polls:
                if service.status == '':
                    service.status = 'CREATING'
                continue
            service.polls = 0
            self._move_on(service)
        if group.weight_update == 'UPDATING':
            group.weight_update = 'UPDATED'

    def _move_on(self, service):
        if service.status in ('', 'CREATING') and service.fail_with:
            service.status = _CREATE_FAILED
            service.business_status = _CREATE_FAILED
            service.create_failed_reason = service.fail_with
            return
        service.status = _NEXT[service.status]
        service.updated = self._cloud.now()
        if service.status in ('Waiting', 'Normal'):
            service.business_status = 'BILLING'
            service.create_failed_reason = 'CREATE_SUCCEED'
        elif service.status == 'Stopped':
            service.business_status = 'CREATE_SUCCEED'
