# SPDX-License-Identifier: GPL-3.0-or-later
"""TI-ONE: the calls on training tasks, their metrics, and images to run models in."""

from .errors import ApiError
from .tionemodels import check_filters, filter_matches

_TEMPLATES = (
    ('TENSORFLOW', '2.4', ('TENSORFLOW', 'LIGHT'), ('tf2.4-py38-cpu', 'tf2.4-py38-gpu')),
    ('TENSORFLOW', '1.15', ('TENSORFLOW', 'LIGHT'), ('tf1.15-py36-cpu', 'tf1.15-py36-gpu')),
    ('PYTORCH', '1.9', ('PYTORCH', 'LIGHT'), ('py1.9.0-py36-cpu', 'py1.9.0-py36-cu111')),
    ('PMML', '0.9.12', ('SPARK', 'PYSPARK'), ('pmml-py36',)),
)
_IMAGES = (
    ('PyTorch', '1.9.0', 'pytorch1.9.0-py38(gpu)', ('Inference',), ('T4', 'V100')),
    ('PyTorch', '2.0.0', 'pytorch2.0.0-py310(gpu)', ('Inference', 'Train'), ('T4', 'A10', 'A100')),
    ('TensorFlow', '2.4', 'tensorflow2.4-py38(gpu)', ('Inference',), ('T4',)),
    ('TensorFlow', '1.15', 'tensorflow1.15-py36(cpu)', ('Inference',), ()),
    ('ONNX', '1.11.0', 'onnx1.11.0-py38(gpu)', ('Inference',), ('T4',)),
    ('PMML', '0.6.2', 'jpmml0.6.2-java8(cpu)', ('Inference',), ()),
    ('vLLM', '0.9.1', 'vllm(0.9.1)', ('Inference',), ('A10', 'A100', 'H20')),
    ('PyTorch', '1.12.1', 'torch1.12.1-py3.8-cuda11.3-gpu', ('Train', 'Notebook'), ('T4', 'V100')),
)
_TASK_FILTERS = {'Name': 'name', 'Id': 'task_id', 'Status': 'status'}


def image_url(name):
    repository, _, tag = name.partition('(')
    tag = tag.strip(')') or 'latest'
    return f'ccr.ccs.tencentyun.com/ti-platform/{repository}:{tag}'


class TaskCalls:
    def __init__(self, cloud):
        self.cloud = cloud
        self.handlers = {
            'DescribeTrainingTasks': self.describe_tasks,
            'DescribeTrainingTask': self.describe_task,
            'DescribeLatestTrainingMetrics': self.latest_metrics,
            'DescribeTrainingMetrics': self.all_metrics,
            'PushTrainingMetrics': self.push_metrics,
            'DescribeInferTemplates': self.infer_templates,
            'DescribeTrainingFrameworks': self.training_frameworks,
            'DescribePlatformImages': self.platform_images,
            'DescribePresetImageList': self.preset_images,
            'DescribeBuildInImages': self.built_in_images,
            'DescribeWorkspaces': self.workspaces,
        }

    def find(self, region, task_id):
        task = self.cloud.tasks.region(region).get(task_id)
        if task is None:
            raise ApiError('ResourceNotFound', f'The task {task_id} does not exist.',
                           f'任务 {task_id} 不存在。')
        return task

    def describe_tasks(self, call):
        first = call.get('Offset', 0)
        count = call.get('Limit', 10)
        if not 0 <= count <= 50 or first < 0:
            raise ApiError('InvalidParameterValue.PageLimitExceeded',
                           'Limit must not exceed 50.', '分页大小超过 50。')
        filters = call.get('Filters', [])
        check_filters(filters)
        tasks = list(self.cloud.tasks.region(call.region).values())
        for item in filters:
            field = _TASK_FILTERS.get(item.get('Name'))
            if field is None:
                if item.get('Name') in ('ResourceGroupId', 'Creator', 'ChargeType',
                                        'CHARGE_STATUS'):
                    continue
                raise ApiError('InvalidParameter', 'The name of a filter is not supported.')
            tasks = [task for task in tasks if filter_matches(item, getattr(task, field),
                                                              exact=field == 'task_id')]
        for item in call.get('TagFilters', []):
            tasks = [task for task in tasks if item['TagKey'] in task.tags and (
                not item.get('TagValues') or task.tags[item['TagKey']] in item['TagValues'])]
        if call.get('OrderField', 'UpdateTime') not in ('CreateTime', 'UpdateTime', 'StartTime'):
            raise ApiError('InvalidParameterValue', 'OrderField is not supported.')
        tasks.sort(key=lambda task: task.created, reverse=call.get('Order', 'DESC') != 'ASC')
        return {'TotalCount': len(tasks),
                'TrainingTaskSet': [task.summary() for task in tasks[first:first + count]] or None}

    def describe_task(self, call):
        return {'TrainingTaskDetail': self.find(call.region, call.get('Id')).detail(call.region)}

    # Metrics

    def latest_metrics(self, call):
        """Said to be one point for each metric; the two last come all the same."""
        task = self.find(call.region, call.get('TaskId'))
        metrics = []
        for name, values in task.metrics:
            start = int(task.created)
            last = values[-2:]
            steps = list(range(len(values) - len(last) + 1, len(values) + 1))
            metrics.append({
                'MetricName': name,
                'Values': [{'Timestamp': start + step * 60, 'Value': value}
                           for step, value in zip(steps, last)],
                'Epochs': steps, 'Steps': steps, 'TotalSteps': [len(values)] * len(last)})
        return {'TaskId': task.task_id, 'Metrics': metrics or None}

    def all_metrics(self, call):
        task = self.find(call.region, call.get('TaskId'))
        return {'TaskId': task.task_id, 'Data': [{
            'MetricName': name,
            'Metrics': [{'XType': 'EPOCH', 'Points': [
                {'XValue': epoch, 'YValue': value} for epoch, value in enumerate(values, 1)]}],
        } for name, values in task.metrics] or None}

    def push_metrics(self, call):
        for data in call.get('Data'):
            points = data.get('Points', [])
            if len(points) > 10:
                raise ApiError('InvalidParameter', 'At most 10 points at once.')
            task = self.find(call.region, data.get('TaskId', ''))
            metrics = dict(task.metrics)
            for point in points:
                metrics.setdefault(point['Name'], []).append(point['Value'])
            task.metrics = list(metrics.items())

    # Images

    def infer_templates(self, call):
        if not self.cloud.settings.infer_templates:
            return {'FrameworkTemplates': None}
        return {'FrameworkTemplates': [{
            'Framework': framework, 'FrameworkVersion': version, 'Groups': list(groups),
            'InferTemplates': [{'InferTemplateId': name, 'InferTemplateImage': image_url(name)}
                               for name in names],
        } for framework, version, groups, names in _TEMPLATES]}

    def training_frameworks(self, call):
        return {'FrameworkInfos': [
            {'Name': 'PYTORCH', 'VersionInfos': [{
                'Version': '1.9', 'TrainingModes': ['DDP', 'MPI', 'HOROVOD'],
                'Environment': 'torch1.9-py3.8-cuda11.1-gpu'}]},
            {'Name': 'TENSORFLOW', 'VersionInfos': [{
                'Version': '2.4', 'TrainingModes': ['PS_WORKER', 'MPI'],
                'Environment': 'tf2.4-py3.8-cuda11.1-gpu'}]}]}

    def _page(self, call, items, name, default=100):
        first, count = call.page(default, 100)
        return {'TotalCount': len(items), name: items[first:first + count] or None}

    def platform_images(self, call):
        wanted = _IMAGES
        for item in call.get('Filters', []):
            values = item.get('Values', [])
            if item.get('Name') == 'ImageRange':
                wanted = [image for image in wanted if set(values) & set(image[3])]
            elif item.get('Name') in ('ImageName', 'ImageId'):
                wanted = [image for image in wanted if filter_matches(item, image[2])]
        return self._page(call, [{
            'Framework': framework, 'FrameworkVersion': version, 'ImageType': 'ccr',
            'ImageUrl': image_url(name), 'RegistryRegion': call.region, 'RegistryId': '',
            'ImageName': name, 'ImageId': f'image-{index:04d}', 'SupportGpuList': list(gpus) or None,
            'Description': '', 'ExtraAttributes': None, 'ImageRange': list(ranges),
            'SupportDistributedDeploy': False, 'RegionScope': 'general',
        } for index, (framework, version, name, ranges, gpus) in enumerate(wanted)],
            'PlatformImageInfos')

    def preset_images(self, call):
        return self._page(call, [{
            'ImageId': f'preset-{index:04d}', 'ImageName': name,
            'ImageRepo': image_url(name).rpartition(':')[0],
            'ImageTag': image_url(name).rpartition(':')[2], 'ImageUrl': image_url(name),
            'ImageSize': str(5_000_000_000 + index), 'Description': '',
            'ApplicableModuleList': list(ranges), 'Scenario': '', 'Framework': framework,
            'FrameworkVersion': version, 'ChipTypeList': ['GPU' if gpus else 'CPU'],
            'ComputeLibVersion': '', 'PythonVersion': '3.8', 'OS': 'ubuntu', 'RuntimeLibList': None,
            'SupportGpuList': list(gpus) or None, 'ExtraAttributeList': None,
            'SupportDistributedDeploy': False, 'IsLatestStable': index == 1, 'Version': '1',
            'CreateTime': '2025-05-28T18:18:33+08', 'UpdateTime': '2025-05-28T18:18:33+08',
            'ImageType': 'PRE_SET',
        } for index, (framework, version, name, ranges, gpus) in enumerate(_IMAGES)],
            'PresetImageList', 20)

    def built_in_images(self, call):
        return {'BuildInImageInfos': [{
            'ImageType': 'SYSTEM', 'ImageUrl': image_url(name), 'RegistryRegion': '',
            'RegistryId': '', 'AllowSaveAllContent': False, 'ImageName': name,
            'SupportDataPipeline': False, 'ImageSecret': None,
        } for _, _, name, ranges, _ in _IMAGES if 'Inference' in ranges]}

    def workspaces(self, call):
        return {'TotalCount': 0, 'Workspaces': None}
