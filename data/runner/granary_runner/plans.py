# SPDX-License-Identifier: GPL-3.0-or-later
"""The styles in which a model_service.py is written, and the stages each of them makes."""

from __future__ import annotations

import importlib
import os

from .handlers import Stage, pickled, read_json, unpickle, write_json
from .status import describe_error, log

MODULE = 'model_service'
MOST_BATCH = 512


class Unfit(Exception):
    """The version cannot be served; failure is why, as the supervisor knows it."""

    def __init__(self, failure, text=''):
        super().__init__(text)
        self.failure = failure


class StagePlan:
    """A stage before it has workers; environments is empty or has one for each of them."""

    def __init__(self, count, batch, environments=(), steps=(), worker=None):
        self.count = count
        self.batch = batch
        self.environments = list(environments)
        self.steps = steps
        self.worker = worker


class Plan:
    """The stages of a service; kind is the type of its answers."""

    kind = 'application/json'

    def __init__(self, stages):
        self.stages = stages

    def describe(self):
        """What the front is told."""
        return {'type': self.kind,
                'stages': [{'count': stage.count, 'batch': stage.batch,
                            'environments': stage.environments} for stage in self.stages]}

    def wrap(self, number, forward):
        is_first = number == 0
        is_last = number == len(self.stages) - 1
        return Stage(forward, self.stages[number].batch, read_json if is_first else unpickle,
                     write_json if is_last else pickled, is_last)


class ModelPlan(Plan):
    """A subclass of tiinfer.Model, in one process or with its steps in processes of their own."""

    def __init__(self, make, counts, batch):
        before, count, after = counts
        steps = ['preprocess', 'predict', 'postprocess']
        stages = []
        if before > 0:
            stages.append(StagePlan(before, 1, steps=steps[:1]))
            del steps[0]
        if after > 0:
            del steps[-1]
        stages.append(StagePlan(count, batch, steps=steps))
        if after > 0:
            stages.append(StagePlan(after, 1, steps=['postprocess']))
        super().__init__(stages)
        self.make = make

    def make_stage(self, number, index, folder):
        """Constructs the model; only where it predicts its weights are wanted."""
        del index
        steps = self.stages[number].steps
        model = self.make(folder)
        if 'predict' in steps:
            loaded = model.load()
            if not loaded:
                log('load() returned {!r}'.format(loaded))
                raise Unfit('load')
        if len(steps) == 3:
            return self.wrap(number, model)
        functions = [getattr(model, step) for step in steps]

        def forward(value):
            for function in functions:
                value = function(value)
            return value
        return self.wrap(number, forward)


class WorkerPlan(Plan):
    """Subclasses of mosec.Worker that were given to tiinfer.append_worker()."""

    def __init__(self, workers):
        super().__init__([StagePlan(worker['num'], worker['max_batch_size'], worker['env'] or (),
                                    worker=worker['worker']) for worker in workers])
        kind = workers[-1]['worker'].resp_mime_type
        if not isinstance(kind, str) or not kind or not kind.isascii() or not kind.isprintable():
            raise Unfit('handler', 'resp_mime_type is no media type: {!r}'.format(kind))
        self.kind = kind

    def make_stage(self, number, index, folder):
        from mosec import Worker  # pylint: disable=import-outside-toplevel,import-error
        del folder
        plan = self.stages[number]
        kind = plan.worker
        is_first = number == 0
        is_last = number == len(self.stages) - 1
        # Known before it is constructed, as a constructor may choose a device by its number.
        worker = kind.__new__(kind)
        worker._worker_id = index + 1
        worker._stage = number
        worker._max_batch_size = plan.batch
        worker.__init__()
        stage = self.wrap(number, worker.forward)
        if not is_first:
            stage.decode = worker.deserialize_ipc
        elif kind.deserialize is not Worker.deserialize:
            stage.decode = worker.deserialize
        if not is_last:
            stage.encode = worker.serialize_ipc
        elif kind.serialize is not Worker.serialize:
            stage.encode = worker.serialize
        examples = getattr(worker, 'multi_examples', None) or (
            [worker.example] if getattr(worker, 'example', None) is not None else [])
        for example in examples:
            worker.forward(example)
        return stage


def import_service():
    return importlib.import_module(MODULE)


def find_plan(module):
    """The first subclass of tiinfer.Model by name, as the platform's server looks for it."""
    import tiinfer  # pylint: disable=import-outside-toplevel,import-error
    found = [value for _, value in sorted(vars(module).items())
             if isinstance(value, type) and issubclass(value, tiinfer.Model)
             and value is not tiinfer.Model]
    if not found:
        workers = tiinfer.get_mosec_workers()
        if not workers:
            raise Unfit('handler', 'model_service.py has neither a subclass of tiinfer.Model nor '
                        'calls tiinfer.append_worker()')
        log('{} stages of workers'.format(len(workers)))
        return WorkerPlan(workers)
    if len(found) > 1:
        log('{} subclasses of tiinfer.Model, {} is the first by name'.format(
            len(found), found[0].__name__))
    counts = (max(0, tiinfer.get_ti_preprocess_nums()), max(1, tiinfer.get_ti_inference_nums()),
              max(0, tiinfer.get_ti_postprocess_nums()))
    batch = min(max(1, tiinfer.get_ti_inference_max_batch_size()), MOST_BATCH)
    log('serving {} with {} + {} + {} workers, batches of {}'.format(
        found[0].__name__, *counts, batch))
    return ModelPlan(found[0], counts, batch)


def plan_onnx(path):
    """The built-in handler, for a version without code of its own."""
    try:
        from .onnx import OnnxModel  # pylint: disable=import-outside-toplevel
    except ImportError as error:
        raise Unfit('requirements', describe_missing(error)) from error
    log('serving {}'.format(os.path.basename(path)))
    return ModelPlan(lambda folder: OnnxModel(path), (0, 1, 0), 1)


def describe_missing(error):
    return error.name if getattr(error, 'name', None) else describe_error(error)
