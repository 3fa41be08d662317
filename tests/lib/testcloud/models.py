# SPDX-License-Identifier: GPL-3.0-or-later
"""The model repository of TI-ONE: models, versions and their imports, in each region by itself.

Whoever calls holds the cloud's lock.
"""

import re
import time

from . import times

SOURCE_TEXTS = ('TrainingJobId', 'TrainingJobName', 'TrainingJobVersion', 'TrainingPreference',
                'AutoMLTaskId')


class Version:
    def __init__(self, model, version_id, number, created):
        self.model = model
        self.version_id = version_id
        self.number = number  # "v3"
        self.created = created
        self.kind = 'NORMAL'
        self.source = 'COS'
        self.texts = {}
        self.framework = ''
        self.format = ''
        self.metrics = ''
        self.environment_source = 'SYSTEM'
        self.environment = ''
        self.environment_id = ''
        self.image = None
        self.path = None  # CosPathInfo: where the files lie now
        self.status = 'STATUS_SUCCESS'
        self.progress = 100
        self.error = ''
        self.task = None  # the import under way
        self.auto_clean = ''
        self.max_reserved = 0
        self.clean_period = 0
        self.is_qat = False

    def describe(self):
        """The version as the calls return it: unset text is "", unset objects are null."""
        answer = {
            'TrainingModelId': self.model.model_id,
            'TrainingModelName': self.model.name,
            'TrainingModelVersionId': self.version_id,
            'TrainingModelVersion': self.number,
            'TrainingModelSource': self.source,
            'VersionType': self.kind,
            'TrainingModelFormat': self.format,
            'AlgorithmFramework': self.framework,
            'TrainingModelIndex': self.metrics,
            'TrainingModelCosPath': self.path,
            'ModelHotUpdatePath': None,
            'ReasoningEnvironmentSource': self.environment_source,
            'ReasoningEnvironment': self.environment,
            'ReasoningEnvironmentId': self.environment_id,
            'ReasoningImageInfo': self.image or {'ImageType': '', 'ImageUrl': '',
                                                 'RegistryRegion': '', 'RegistryId': ''},
            'TrainingModelStatus': self.status,
            'TrainingModelProgress': self.progress,
            'TrainingModelErrorMsg': self.error,
            'TrainingModelCreateTime': times.utc(self.model.created),
            'CreateTime': times.utc(self.created),
            'TrainingModelCreator': '100000000002',
            'GPUType': '',
            'AutoClean': self.auto_clean,
            'MaxReservedModels': self.max_reserved,
            'ModelCleanPeriod': self.clean_period,
            'IsQAT': self.is_qat,
        }
        for name in SOURCE_TEXTS:
            answer[name] = self.texts.get(name, '')
        return answer


    def model_info(self):
        """How a service refers to the version."""
        return {'ModelVersionId': self.version_id, 'ModelId': self.model.model_id,
                'ModelName': self.model.name, 'ModelVersion': self.number,
                'ModelSource': self.source, 'ModelType': self.kind, 'CosPathInfo': self.path,
                'AlgorithmFramework': self.framework, 'ModelFormat': self.format}


class Import:
    """What is still to be done for a version whose status is STATUS_RUNNING."""

    def __init__(self, settings, source, target, move):
        self.polls = 0
        self.polls_needed = settings.import_polls
        self.started = time.monotonic()
        self.seconds = settings.import_seconds
        self.failure = settings.import_fail
        self.source = source  # (bucket, prefix), None when nothing is copied
        self.target = target
        self.move = move
        self.is_endless = False  # progress moves with the clock and begins again: for a seed


class Model:
    def __init__(self, model_id, name, created):
        self.model_id = model_id
        self.name = name
        self.created = created
        self.versions = []

    def newest_first(self):
        return self.versions[::-1]

    def next_number(self):
        highest = 0
        for version in self.versions:
            match = re.fullmatch(r'v(\d+)', version.number)
            highest = max(highest, int(match[1]) if match else 0)
        return f'v{highest + 1}'


class Region:
    """The models of one region, oldest first."""

    def __init__(self):
        self.models = {}
        self.versions = {}

    def add(self, model):
        self.models[model.model_id] = model

    def remove(self, model):
        del self.models[model.model_id]

    def adopt(self, model):
        """Called before a model is changed. Models that are made up on demand are kept then."""

    def find(self, model_id):
        return self.models.get(model_id)

    def find_version(self, version_id):
        return self.versions.get(version_id)

    def all_models(self):
        return list(self.models.values())

    def page_text(self, first, count, is_descending, with_versions):
        """A page as JSON text, where that is at hand; None otherwise."""
        return None

    def models_page(self, first, count, is_descending):
        """The number of models, and a page of them by creation."""
        models = sorted(self.models.values(), key=lambda model: model.created,
                        reverse=is_descending)
        return len(models), models[first:first + count]


class Repository:
    def __init__(self, cloud):
        self._cloud = cloud
        self._regions = {}

    def region(self, name):
        if name not in self._regions:
            self._regions[name] = Region()
        return self._regions[name]

    def regions(self):
        return self._regions

    def replace_region(self, name, region):
        self._regions[name] = region

    def add_model(self, region, name, model_id=None, created=None):
        model = Model(model_id or f'm-{self._cloud.long_id()}', name,
                      created or self._cloud.now())
        self.region(region).add(model)
        return model

    def add_version(self, region, model, number=None, version_id=None, created=None):
        number = number or model.next_number()
        self.region(region).adopt(model)
        version = Version(model, version_id or f'mv-{number}-{self._cloud.long_id()}', number,
                          created or self._cloud.now())
        model.versions.append(version)
        self.region(region).versions[version.version_id] = version
        return version

    def start_import(self, version, source, target, move):
        version.status = 'STATUS_RUNNING'
        version.progress = 0
        version.task = Import(self._cloud.settings, source, target, move)

    def poll(self, version):
        """Looks at an import under way, which moves it on."""
        task = version.task
        if task is None:
            return
        elapsed = time.monotonic() - task.started
        if task.is_endless:
            version.progress = int(elapsed / max(1, task.seconds) * 100 + 7) % 100
            return
        task.polls += 1
        if task.polls < task.polls_needed or elapsed < task.seconds:
            done = task.polls / (task.polls_needed + 1)
            if task.seconds:
                done = min(done, elapsed / task.seconds)
            version.progress = max(version.progress, min(99, int(done * 100)))
            return
        version.task = None
        if task.failure:
            self._fail(version, task.failure)
            return
        try:
            if task.source:
                count = self._cloud.buckets.copy_below(task.source, task.target, task.move)
                if not count:
                    raise LookupError(f'cos path {"/".join(task.source)} is empty')
        except LookupError as failure:
            self._fail(version, f'MoveModelDirFailed: {failure}')
            return
        version.status = 'STATUS_SUCCESS'
        version.progress = 100

    @staticmethod
    def _fail(version, message):
        version.status = 'STATUS_FAILED'
        version.error = message

    def remove_version(self, region, version, with_files):
        self.region(region).adopt(version.model)
        version.model.versions.remove(version)
        del self.region(region).versions[version.version_id]
        if with_files and version.path:
            self._cloud.buckets.remove_below(version.path['Bucket'], version.path['Paths'][0])

    def remove_model(self, region, model):
        self.region(region).adopt(model)
        self.region(region).remove(model)
        self._cloud.tags.forget(self._cloud.tags.model_resource(region, model.model_id))
