# SPDX-License-Identifier: GPL-3.0-or-later
"""What the code of a model builds on; the contract is that of TI-ONE's inference server.

A model_service.py either defines a subclass of Model or calls append_worker(). Where this differs
from the platform's own module is listed in README.md beside main.py, in the source of Granary.
"""

import os


class Model:
    """Calling it runs the three steps, as is done for each request."""

    def __init__(self, model_dir):
        self.model_dir = model_dir
        self.ready = False

    def load(self):
        """Whether the model can serve; anything false fails the service."""
        self.ready = True
        return True

    def preprocess(self, request):
        return request

    def predict(self, request):
        return request

    def postprocess(self, request):
        return request

    def __call__(self, request):
        return self.postprocess(self.predict(self.preprocess(request)))


def _number(name, fallback):
    try:
        return int(os.environ[name])
    except (KeyError, ValueError):
        return fallback


_workers = []
_counts = {
    'preprocess': _number('TI_PREPROCESS_NUMS', 0),
    'inference': _number('TI_INFERENCE_NUMS', 1),
    'postprocess': _number('TI_POSTPROCESS_NUMS', 0),
    'batch': _number('TI_INFERENCE_MAX_BATCH_SIZE', 1),
}


def append_worker(worker, num=1, max_batch_size=1, start_method='spawn', env=None):
    """One more stage: `num` processes of a subclass of mosec.Worker.

    `env` is a list with the environment of each process. Every process is a new interpreter,
    whatever `start_method` says.
    """
    import mosec
    if not (isinstance(worker, type) and issubclass(worker, mosec.Worker)):
        raise ValueError('the worker is no subclass of mosec.Worker')
    if num < 1 or not 1 <= max_batch_size <= 512:
        raise ValueError('num is at least 1, max_batch_size is 1 to 512')
    if start_method not in ('spawn', 'fork'):
        raise ValueError('start_method is spawn or fork')
    if env is not None and (len(env) != num or not all(
            isinstance(text, str) for one in env for pair in one.items() for text in pair)):
        raise ValueError('env is a list with a dict of strings for each of num processes')
    _workers.append({'worker': worker, 'num': num, 'max_batch_size': max_batch_size,
                     'start_method': start_method, 'env': env})


def get_mosec_workers():
    return _workers


def get_ti_model_dir():
    return os.environ.get('TI_MODEL_DIR', os.getcwd())


def get_ti_preprocess_nums():
    return _counts['preprocess']


def set_ti_preprocess_nums(num):
    _counts['preprocess'] = int(num)


def get_ti_inference_nums():
    return _counts['inference']


def set_ti_inference_nums(num):
    _counts['inference'] = int(num)


def get_ti_postprocess_nums():
    return _counts['postprocess']


def set_ti_postprocess_nums(num):
    _counts['postprocess'] = int(num)


def get_ti_inference_max_batch_size():
    return _counts['batch']


def set_ti_inference_max_batch_size(num):
    _counts['batch'] = int(num)
