# SPDX-License-Identifier: GPL-3.0-or-later
"""Training tasks, in each region by itself. Whoever calls holds the cloud's lock."""

from . import times


class Task:
    def __init__(self, task_id, name, framework='PYTORCH', status='SUCCEED', created=0):
        self.task_id = task_id
        self.name = name
        self.framework = framework  # "" for a task that runs an image of the user's
        self.framework_version = '1.9' if framework == 'PYTORCH' else '2.4'
        self.environment = 'torch1.9-py3.8-cuda11.1-gpu' if framework == 'PYTORCH' \
            else 'tf2.4-py3.8-cuda11.1-gpu'
        self.status = status
        self.created = created
        self.seconds = 5400
        self.output = None  # CosPathInfo
        self.metrics = []  # (name, [values])
        self.tags = {}
        self.failure = ''

    def summary(self):
        is_over = self.status in ('SUCCEED', 'FAILED', 'STOPPED', 'SUBMIT_FAILED')
        ended = self.created + self.seconds if is_over else 0
        return {
            'Id': self.task_id,
            'Name': self.name,
            'FrameworkName': self.framework or None,
            'FrameworkVersion': self.framework_version if self.framework else None,
            'FrameworkEnvironment': self.environment if self.framework else None,
            'ChargeType': 'POSTPAID_BY_HOUR',
            'ChargeStatus': 'BILLING' if self.status == 'RUNNING' else 'NOT_BILLING',
            'ResourceGroupId': '',
            'ResourceConfigInfos': [{
                'Role': 'WORKER', 'Cpu': 8000, 'Memory': 32768, 'GpuType': 'T4', 'Gpu': 100,
                'InstanceType': 'TI.GN7.2XLARGE32.POST', 'InstanceTypeAlias': '8C32G T4*1',
                'InstanceNum': 1, 'RDMAConfig': None}],
            'TrainingMode': 'DDP',
            'Status': self.status,
            'RuntimeInSeconds': self.seconds if is_over else 0,
            'CreateTime': times.short_offset(self.created),
            'StartTime': times.short_offset(self.created + 60),
            'EndTime': times.short_offset(ended),
            'Output': self.output or {'Bucket': '', 'Region': '', 'Paths': None},
            'FailureReason': self.failure,
            'UpdateTime': times.short_offset(ended or self.created + 60),
            'BillingInfo': '',
            'ResourceGroupName': '',
            'ImageInfo': {'ImageType': '', 'ImageUrl': '', 'RegistryRegion': '', 'RegistryId': ''},
            'Message': self.failure,
            'Tags': [{'TagKey': key, 'TagValue': value}
                     for key, value in self.tags.items()] or None,
            'CallbackUrl': '',
            'SubUin': '100000000002',
            'SubUinName': 'data-scientist',
            'AppId': '1250000000',
        }

    def detail(self, region):
        return {
            **self.summary(),
            'Uin': '100000000001', 'Region': region,
            'CodePackagePath': {'Bucket': 'datasets-1250000000', 'Region': region,
                                'Paths': ['code/train.zip']},
            'StartCmdInfo': {'StartCmd': 'sh start.sh', 'PsStartCmd': '', 'WorkerStartCmd': ''},
            'DataSource': 'COS', 'DataConfigs': None,
            'TuningParameters': '{"lr":"0.001","epochs":"100"}', 'LogEnable': False,
            'LogConfig': None, 'VpcId': '', 'SubnetId': '', 'LatestInstanceId': '',
            'TensorBoardId': '', 'Remark': '', 'CodeRepos': None,
        }


class Tasks:
    def __init__(self, cloud):
        self._cloud = cloud
        self._regions = {}

    def region(self, name):
        return self._regions.setdefault(name, {})

    def add(self, region, name, **members):
        task = Task(members.pop('task_id', None) or f'train-{self._cloud.long_id()}', name,
                    members.pop('framework', 'PYTORCH'), members.pop('status', 'SUCCEED'),
                    members.pop('created', None) or self._cloud.now() - 86400)
        for member, value in members.items():
            if not hasattr(task, member):
                raise ValueError(f'a task has no {member}')
            setattr(task, member, value)
        self.region(region)[task.task_id] = task
        return task
