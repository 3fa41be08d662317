# SPDX-License-Identifier: GPL-3.0-or-later
"""TI-ONE: the calls of the model repository."""

import re

from . import times
from .errors import ApiError
from .tagcalls import check_tags

_NAME = re.compile(r'[\u4e00-\u9fffA-Za-z0-9][\u4e00-\u9fffA-Za-z0-9_-]{0,59}')
_VERSION = re.compile(r'v[1-9][0-9]{0,8}')
_FRAMEWORKS = ('', 'PYTORCH', 'TENSORFLOW', 'DETECTRON2', 'PMML', 'MMDETECTION', 'ONNX', 'SPARK',
               'PYSPARK', 'LIGHT', 'OTHER')
_FORMATS = ('', 'PYTORCH', 'TORCH_SCRIPT', 'DETECTRON2', 'SAVED_MODEL', 'FROZEN_GRAPH', 'PMML',
            'MMDETECTION', 'ONNX', 'HUGGING_FACE', 'HUGGING_FACE_BERT',
            'HUGGING_FACE_STABLE_DIFFUSION', 'HUGGING_FACE_STABLE_DIFFUSION_LORA',
            'WEB_UI_STABLE_DIFFUSION')
_LIST_LIMIT = 100


def invalid(name, reason):
    return ApiError('InvalidParameterValue', f'The value of `{name}` is not valid: {reason}.',
                    f'参数 `{name}` 的取值不正确：{reason}。')


def missing(name):
    return ApiError('MissingParameter', f'The request is missing a required parameter `{name}`.',
                    f'缺少参数 `{name}`。')


def check_filters(filters):
    if len(filters) > 10:
        raise ApiError('InvalidParameter', 'A request takes at most 10 filters.')
    for item in filters:
        if len(item.get('Values', [])) > 100:
            raise ApiError('InvalidParameter', 'A filter takes at most 100 values.')


def filter_matches(item, text, exact=False):
    """One value may be a part of the text, several are compared whole."""
    values = item.get('Values', [])
    if len(values) == 1 and not exact:
        found = values[0].lower() in text.lower()
    else:
        found = text in values
    return found != item.get('Negative', False)


class ModelCalls:
    def __init__(self, cloud):
        self.cloud = cloud
        self.handlers = {
            'CreateTrainingModel': self.create,
            'DescribeTrainingModels': self.describe_models,
            'DescribeTrainingModelVersions': self.describe_versions,
            'DescribeTrainingModelVersion': self.describe_version,
            'DeleteTrainingModel': self.delete_model,
            'DeleteTrainingModelVersion': self.delete_version,
        }

    def find_model(self, region, model_id):
        model = self.cloud.repository.region(region).find(model_id)
        if model is None:
            raise ApiError('ResourceNotFound.NoModel', f'The model {model_id} does not exist.',
                           f'模型 {model_id} 不存在。')
        return model

    def find_version(self, region, version_id):
        version = self.cloud.repository.region(region).find_version(version_id)
        if version is None:
            raise ApiError('ResourceNotFound', f'The model version {version_id} does not exist.',
                           f'模型版本 {version_id} 不存在。')
        return version

    # Reading

    def describe_models(self, call):
        first, count = call.page(20, _LIST_LIMIT)
        filters = call.get('Filters', [])
        check_filters(filters)
        region = self.cloud.repository.region(call.region)
        with_versions = call.get('WithModelVersions', False)
        if not filters and not call.get('TagFilters') \
                and call.get('OrderField', 'CreateTime') == 'CreateTime':
            is_descending = call.get('Order', 'DESC') != 'ASC'
            text = region.page_text(first, count, is_descending, with_versions)
            if text is not None:
                return text
            total, models = region.models_page(first, count, is_descending)
        else:
            models = [model for model in region.all_models()
                      if all(self._matches(model, item) for item in filters)
                      and self._has_tags(call.region, model, call.get('TagFilters', []))]
            order = call.get('OrderField', 'CreateTime')
            models.sort(key=lambda model: model.name if order == 'TrainingModelName'
                        else model.created, reverse=call.get('Order', 'DESC') != 'ASC')
            total, models = len(models), models[first:first + count]
        return {'TotalCount': total, 'TrainingModels': [
            self.describe_model(call.region, model, with_versions) for model in models] or None}

    def describe_model(self, region, model, with_versions):
        tags = self.cloud.tags
        for version in model.versions if with_versions else ():
            self.cloud.repository.poll(version)
        return {
            'TrainingModelId': model.model_id,
            'TrainingModelName': model.name,
            'Tags': tags.listed(tags.model_resource(region, model.model_id)),
            # The list tells Beijing time without saying so; old models have another format.
            'CreateTime': (times.beijing if model.model_id.startswith('m-')
                           else times.utc)(model.created),
            'TrainingModelVersions': [version.describe() for version in model.newest_first()]
            if with_versions else None,
        }

    def _matches(self, model, item):
        name = item.get('Name', '')
        if name == 'keyword':
            return filter_matches(item, model.name)
        if name == 'TrainingModelId':
            return filter_matches(item, model.model_id, exact=True)
        fields = {'ModelVersionType': 'kind', 'TrainingModelSource': 'source',
                  'ModelFormat': 'format', 'AlgorithmFramework': 'framework'}
        if name not in fields:
            raise ApiError('InvalidParameter', f'The filter name `{name}` is not supported.')
        found = any(getattr(version, fields[name]) in item.get('Values', [])
                    for version in model.versions)
        return found != item.get('Negative', False)

    def _has_tags(self, region, model, filters):
        tags = self.cloud.tags.of(self.cloud.tags.model_resource(region, model.model_id))
        return all(item.get('TagKey') in tags and (
            not item.get('TagValues') or tags[item['TagKey']] in item['TagValues'])
            for item in filters)

    def describe_versions(self, call):
        filters = call.get('Filters', [])
        check_filters(filters)
        model = self.find_model(call.region, call.get('TrainingModelId'))
        fields = {'TrainingModelVersionId': 'version_id', 'ModelVersionType': 'kind',
                  'ModelFormat': 'format', 'AlgorithmFramework': 'framework'}
        versions = model.newest_first()
        for item in filters:
            if item.get('Name') not in fields:
                raise ApiError('InvalidParameter', 'The name of a filter is not supported.')
            versions = [version for version in versions if filter_matches(
                item, getattr(version, fields[item['Name']]), exact=True)]
        for version in versions:
            self.cloud.repository.poll(version)
        return {'TrainingModelVersions': [version.describe() for version in versions] or None}

    def describe_version(self, call):
        version = self.find_version(call.region, call.get('TrainingModelVersionId'))
        self.cloud.repository.poll(version)
        return {'TrainingModelVersion': version.describe()}

    # Importing

    def create(self, call):
        method = call.get('ImportMethod')
        if method not in ('MODEL', 'VERSION', 'EXIST'):
            raise invalid('ImportMethod', 'MODEL, VERSION or EXIST')
        self._check_create(call)
        source_path = self._source_path(call)
        if method == 'MODEL':
            version = self._new_model(call)
        else:
            model_id = call.get('TrainingModelId')
            if not model_id:
                raise missing('TrainingModelId')
            model = self.find_model(call.region, model_id)
            version = self._new_version(call, model)
        self._fill(call, version)
        self._start(call, version, source_path)
        return {'Id': version.model.model_id, 'TrainingModelVersionId': version.version_id}

    def _check_create(self, call):
        if call.get('ReasoningEnvironmentSource') not in ('SYSTEM', 'CUSTOM'):
            raise invalid('ReasoningEnvironmentSource', 'SYSTEM or CUSTOM')
        if call.get('ReasoningEnvironmentSource') == 'CUSTOM' and not call.get('ReasoningImageInfo'):
            raise missing('ReasoningImageInfo')
        if call.get('AlgorithmFramework', '') not in _FRAMEWORKS:
            raise invalid('AlgorithmFramework', 'not a known framework')
        if call.get('ModelFormat', '') not in _FORMATS:
            raise invalid('ModelFormat', 'not a known format')
        if call.get('ModelMoveMode', 'COPY') not in ('CUT', 'COPY'):
            raise invalid('ModelMoveMode', 'CUT or COPY')
        if call.get('ModelVersionType', 'NORMAL') not in ('NORMAL', 'ACCELERATE'):
            raise invalid('ModelVersionType', 'NORMAL or ACCELERATE')
        if len(call.get('TrainingModelIndex', '')) > 1000:
            raise invalid('TrainingModelIndex', 'longer than 1000 characters')
        number = call.get('TrainingModelVersion')
        if number is not None and not _VERSION.fullmatch(number):
            raise invalid('TrainingModelVersion', 'v and a number')
        if call.get('AutoClean', 'false') not in ('true', 'false'):
            raise invalid('AutoClean', 'the text true or false')
        for name, low, high in (('MaxReservedModels', 1, 24), ('ModelCleanPeriod', 1, 1440)):
            if name in call.parameters and not low <= call.get(name) <= high:
                raise invalid(name, f'between {low} and {high}')
        self._check_source(call)

    def _check_source(self, call):
        source = call.get('TrainingModelSource', 'JOB' if call.get('TrainingJobId') else 'COS')
        if source not in ('JOB', 'COS', 'CFS', 'AUTO_ML'):
            raise invalid('TrainingModelSource', 'JOB or COS')
        if source == 'AUTO_ML':
            if not self.cloud.settings.automl_import:
                raise invalid('TrainingModelSource', 'AUTO_ML is not supported')
            if not call.get('AutoMLTaskId'):
                raise missing('AutoMLTaskId')
        elif source == 'JOB' and not call.get('TrainingJobId'):
            raise missing('TrainingJobId')
        elif not call.get('TrainingModelCosPath'):
            raise missing('TrainingModelCosPath')

    @staticmethod
    def _checked_path(path, name):
        if len(path['Paths']) != 1:
            raise invalid(name, 'one path is supported')
        if path['Paths'][0].startswith('/') or not path['Paths'][0].endswith('/'):
            raise invalid(name, 'a path has no slash in front and one at its end')
        return path

    def _source_path(self, call):
        path = call.get('TrainingModelCosPath')
        output = call.get('ModelOutputPath')
        if output:
            self._checked_path(output, 'ModelOutputPath')
        return self._checked_path(path, 'TrainingModelCosPath') if path else None

    def _new_model(self, call):
        name = call.get('TrainingModelName')
        if not name:
            raise missing('TrainingModelName')
        if not _NAME.fullmatch(name):
            raise invalid('TrainingModelName',
                          'up to 60 Chinese characters, letters, digits, _ and -, the first not '
                          'a sign')
        if call.get('TrainingModelId'):
            raise ApiError('InvalidParameter', 'A new model has no TrainingModelId yet.')
        tags = call.get('Tags', [])
        check_tags({tag['TagKey']: tag['TagValue'] for tag in tags}, len(tags))
        model = self.cloud.repository.add_model(call.region, name)
        resource = self.cloud.tags.model_resource(call.region, model.model_id)
        for tag in tags:
            self.cloud.tags.attach(resource, tag['TagKey'], tag['TagValue'])
        return self.cloud.repository.add_version(call.region, model,
                                                 call.get('TrainingModelVersion', 'v1'))

    def _new_version(self, call, model):
        number = call.get('TrainingModelVersion')
        existing = next((item for item in model.versions if item.number == number), None)
        if call.get('ImportMethod') == 'EXIST':
            if existing is None:
                raise ApiError('ResourceNotFound', f'The version {number} does not exist.')
            return existing
        if existing is not None:
            raise invalid('TrainingModelVersion', f'{number} exists already')
        return self.cloud.repository.add_version(call.region, model, number)

    @staticmethod
    def _fill(call, version):
        version.kind = call.get('ModelVersionType', 'NORMAL')
        version.source = call.get('TrainingModelSource',
                                  'JOB' if call.get('TrainingJobId') else 'COS')
        version.texts = {name: call.get(name, '') for name in (
            'TrainingJobId', 'TrainingJobName', 'TrainingJobVersion', 'TrainingPreference',
            'AutoMLTaskId')}
        version.framework = call.get('AlgorithmFramework', '')
        version.format = call.get('ModelFormat', '')
        version.metrics = call.get('TrainingModelIndex', '')
        version.environment_source = call.get('ReasoningEnvironmentSource')
        version.environment = call.get('ReasoningEnvironment', '')
        version.environment_id = call.get('ReasoningEnvironmentId', '')
        version.image = call.get('ReasoningImageInfo')
        version.auto_clean = call.get('AutoClean', '')
        version.max_reserved = call.get('MaxReservedModels', 0)
        version.clean_period = call.get('ModelCleanPeriod', 0)
        version.is_qat = call.get('IsQAT', False)

    def _start(self, call, version, source_path):
        output = call.get('ModelOutputPath')
        if source_path is None:
            # Automatic learning: the platform knows the place.
            source_path = {'Bucket': 'ti-automl-gz-1300000000', 'Region': call.region,
                           'Paths': [f'automl/public/{call.get("AutoMLTaskId")}/ems/sdk/']}
        if output is None:
            output = {'Bucket': source_path['Bucket'], 'Region': source_path['Region'],
                      'Paths': [f'ti-models/{version.model.model_id}/{version.version_id}/']}
        version.path = output
        self.cloud.repository.start_import(
            version, (source_path['Bucket'], source_path['Paths'][0]),
            (output['Bucket'], output['Paths'][0]), call.get('ModelMoveMode') == 'CUT')

    # Deleting

    def delete_model(self, call):
        model = self.find_model(call.region, call.get('TrainingModelId'))
        kind = call.get('ModelVersionType')
        if kind not in (None, 'NORMAL', 'ACCELERATE'):
            raise invalid('ModelVersionType', 'NORMAL or ACCELERATE')
        for version in list(model.versions):
            if kind in (None, version.kind):
                self.cloud.repository.remove_version(call.region, version,
                                                     call.get('EnableDeleteCos', False))
        if not model.versions:
            self.cloud.repository.remove_model(call.region, model)

    def delete_version(self, call):
        version = self.find_version(call.region, call.get('TrainingModelVersionId'))
        self.cloud.repository.remove_version(call.region, version,
                                             call.get('EnableDeleteCos', False))
