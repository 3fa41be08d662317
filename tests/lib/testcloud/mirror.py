# SPDX-License-Identifier: GPL-3.0-or-later
"""A region with very many models that are made up when they are asked for.

Only what is changed is kept. Pages of the list are put together as text: a server that spends its
time on making objects would be what a benchmark of its client measures.
"""

import json
import re

from . import times
from .models import Model, Region, Version

_FIRST_MODEL = 700_000_000_000_000_000
_FIRST_VERSION = 710_000_000_000_000_000
_SPAN = 1000  # ids of versions that belong to a model
_EPOCH = 1_700_000_000
_FRAMEWORKS = (('PYTORCH', 'TORCH_SCRIPT'), ('TENSORFLOW', 'SAVED_MODEL'), ('ONNX', 'ONNX'),
               ('PMML', 'PMML'))
_TEAMS = ('视觉', '文本', '语音', 'search', 'ads')
_NAMES = ('目标检测', 'classifier', '文字识别', 'ranker', '缺陷检测', 'segmentation')


class MirrorRegion(Region):
    def __init__(self, name, models, versions, tags):
        super().__init__()
        self._name = name
        self._tags = tags
        self._count = models
        self._versions_each, self._longer = divmod(versions, models)
        self._taken = set()  # indices of models that are kept, or gone
        self._entries = None  # indices and kept models, oldest first
        self._templates = [self._template(index) for index in range(len(_FRAMEWORKS))]

    # Facts of a generated model

    def _version_count(self, index):
        return self._versions_each + (1 if index < self._longer else 0)

    @staticmethod
    def _created(index):
        return _EPOCH + index * 60

    @staticmethod
    def _model_name(index):
        return f'{_NAMES[index % len(_NAMES)]}-{index:06d}'

    @staticmethod
    def _metrics(index, number):
        return f'mAP50={0.5 + (index * 7 + number * 13) % 499 / 1000:.3f},loss=0.{number:02d}'

    @staticmethod
    def _index_of(model_id):
        match = re.fullmatch(r'm-(\d{18})', model_id)
        return int(match[1]) - _FIRST_MODEL if match else -1

    def make(self, index):
        """A generated model with its versions; nobody else holds it."""
        model = Model(f'm-{_FIRST_MODEL + index}', self._model_name(index), self._created(index))
        for number in range(1, self._version_count(index) + 1):
            version = Version(model, f'mv-v{number}-{_FIRST_VERSION + index * _SPAN + number}',
                              f'v{number}', self._created(index) + number)
            version.framework, version.format = _FRAMEWORKS[index % len(_FRAMEWORKS)]
            version.metrics = self._metrics(index, number)
            version.environment_id = 'pytorch1.9.0-py38(gpu)'
            version.environment = 'ccr.ccs.tencentyun.com/ti-platform/pytorch1.9.0-py38:gpu'
            version.path = {'Bucket': 'models-1250000000', 'Region': self._name,
                            'Paths': [f'mirror/{model.model_id}/v{number}/']}
            model.versions.append(version)
        return model

    # As any region

    def add(self, model):
        super().add(model)
        self._entries = None

    def remove(self, model):
        super().remove(model)
        self._entries = None

    def adopt(self, model):
        index = self._index_of(model.model_id)
        if 0 <= index < self._count and index not in self._taken:
            self._taken.add(index)
            self.add(model)
            self.versions.update({version.version_id: version for version in model.versions})

    def _is_generated(self, index):
        return 0 <= index < self._count and index not in self._taken

    def find(self, model_id):
        index = self._index_of(model_id)
        return self.make(index) if self._is_generated(index) else super().find(model_id)

    def find_version(self, version_id):
        match = re.fullmatch(r'mv-v(\d+)-(\d{18})', version_id)
        if match:
            index, number = divmod(int(match[2]) - _FIRST_VERSION, _SPAN)
            if self._is_generated(index) and 1 <= number <= self._version_count(index):
                return self.make(index).versions[number - 1]
        return super().find_version(version_id)

    def _all_entries(self):
        if self._entries is None:
            entries = [(self._created(index), index) for index in range(self._count)
                       if index not in self._taken]
            entries += [(model.created, model) for model in self.models.values()]
            entries.sort(key=lambda entry: entry[0])
            self._entries = [entry for _, entry in entries]
        return self._entries

    def all_models(self):
        return [self.make(entry) if isinstance(entry, int) else entry
                for entry in self._all_entries()]

    def _slice(self, first, count, is_descending):
        entries = self._all_entries()
        if is_descending:
            last = max(0, len(entries) - first)
            return entries[max(0, last - count):last][::-1]
        return entries[first:first + count]

    def models_page(self, first, count, is_descending):
        return len(self._all_entries()), [
            self.make(entry) if isinstance(entry, int) else entry
            for entry in self._slice(first, count, is_descending)]

    # Pages as text

    def _template(self, framework):
        """The text of a version of this framework with gaps for what differs."""
        version = self.make(framework).versions[0] if self._count > framework \
            and self._version_count(framework) else None
        if version is None:
            return ''
        answer = version.describe()
        answer.update({
            'TrainingModelId': '@model@', 'TrainingModelName': '@name@',
            'TrainingModelVersionId': '@version@', 'TrainingModelVersion': '@number@',
            'TrainingModelIndex': '@metrics@', 'TrainingModelCreateTime': '@created@',
            'CreateTime': '@version_created@'})
        answer['TrainingModelCosPath'] = dict(version.path, Paths=['mirror/@model@/@number@/'])
        text = json.dumps(answer, ensure_ascii=False).replace('%', '%%')
        return re.sub('@([a-z_]+)@', r'%(\1)s', text)

    def _model_text(self, index, with_versions):
        model_id = f'm-{_FIRST_MODEL + index}'
        name = self._model_name(index)
        versions = 'null'
        if with_versions:
            template = self._templates[index % len(_FRAMEWORKS)]
            created = times.utc(self._created(index))
            versions = '[' + ', '.join(template % {
                'model': model_id, 'name': name, 'number': f'v{number}',
                'version': f'mv-v{number}-{_FIRST_VERSION + index * _SPAN + number}',
                'metrics': self._metrics(index, number), 'created': created,
                'version_created': times.utc(self._created(index) + number),
            } for number in range(self._version_count(index), 0, -1)) + ']'
        return (f'{{"TrainingModelId": "{model_id}", "TrainingModelName": "{name}", "Tags": '
                f'[{{"TagKey": "team", "TagValue": "{_TEAMS[index % len(_TEAMS)]}"}}], '
                f'"CreateTime": "{times.beijing(self._created(index))}", '
                f'"TrainingModelVersions": {versions}}}')

    def page_text(self, first, count, is_descending, with_versions):
        """None as soon as one model of the page is kept, or has other tags than at first."""
        entries = self._slice(first, count, is_descending)
        if not entries or not all(isinstance(entry, int) for entry in entries):
            return None
        if self._tags.resources and any(self._tags.model_resource(
                self._name, f'm-{_FIRST_MODEL + entry}') in self._tags.resources
                for entry in entries):
            return None
        models = ', '.join(self._model_text(entry, with_versions) for entry in entries)
        return f'"TotalCount": {len(self._all_entries())}, "TrainingModels": [{models}]'


class MirrorTags:
    """The tags of the generated models."""

    def __init__(self, region, count, resource_of):
        self._region = region
        self._count = count
        self._prefix = resource_of(region, '')

    def of(self, resource):
        if resource.startswith(self._prefix):
            model_id = resource[len(self._prefix):]
            if model_id.startswith('m-7') and model_id[2:].isdecimal():
                index = int(model_id[2:]) - _FIRST_MODEL
                if 0 <= index < self._count:
                    return {'team': _TEAMS[index % len(_TEAMS)]}
        return None

    def names(self):
        return (f'{self._prefix}m-{_FIRST_MODEL + index}' for index in range(self._count))


def fill(cloud, models, versions, region='ap-guangzhou'):
    """Withdrawn calls answer here: the list is what is measured."""
    if not 0 < models <= 1_000_000 or versions > models * (_SPAN - 1):
        raise SystemExit('testcloud: mirror:MODELS:VERSIONS with up to a million models')
    cloud.settings.withdrawn = False
    cloud.repository.replace_region(
        region, MirrorRegion(region, models, versions, cloud.tags))
    cloud.tags.generated = MirrorTags(region, models, cloud.tags.model_resource)
    for team in _TEAMS:
        cloud.tags.define('team', team)
