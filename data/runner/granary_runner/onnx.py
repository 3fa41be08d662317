# SPDX-License-Identifier: GPL-3.0-or-later
"""The built-in handler: serves an ONNX file that has no inference code, through onnxruntime.

A request is {input: nested list, …}; a model of one input also takes {"input": nested list}, and
{"image": base64} when that input has the shape of pictures. A first dimension that is 1 or free may
be left out. The answer is {output: nested list, …}, where what is no finite number is null.

The file does not tell how it wants a picture prepared: it is scaled to the size of the input,
channels are red, green, blue or one of grey, and numbers go from 0 to 1, for whole-number inputs
from 0 to 255. Models that want something else need a model_service.py.
"""

from __future__ import annotations

import math
import os

import numpy
import onnxruntime

from .handlers import BadRequest
from .pictures import fit, read_picture

TYPES = {
    'tensor(bool)': numpy.bool_, 'tensor(double)': numpy.float64, 'tensor(float)': numpy.float32,
    'tensor(float16)': numpy.float16, 'tensor(int8)': numpy.int8, 'tensor(int16)': numpy.int16,
    'tensor(int32)': numpy.int32, 'tensor(int64)': numpy.int64, 'tensor(string)': numpy.object_,
    'tensor(uint8)': numpy.uint8, 'tensor(uint16)': numpy.uint16, 'tensor(uint32)': numpy.uint32,
    'tensor(uint64)': numpy.uint64,
}
PROVIDERS = ('CUDAExecutionProvider', 'ROCMExecutionProvider', 'CPUExecutionProvider')
# y = x: a graph of one Identity, of operators that every onnxruntime has.
SMALLEST = (b'\x08\x04:/\n\x10\n\x01x\x12\x01y"\x08Identity\x12\x01g'
            b'Z\x0b\n\x01x\x12\x06\n\x04\x08\x01\x12\x00'
            b'b\x0b\n\x01y\x12\x06\n\x04\x08\x01\x12\x00B\x02\x10\t')


class OnnxModel:
    """Has the form of a tiinfer.Model."""

    def __init__(self, path):
        self.path = path
        self.session = None
        self.inputs = {}

    def load(self):
        begin_quietly()
        available = onnxruntime.get_available_providers()
        self.session = onnxruntime.InferenceSession(
            self.path, providers=[name for name in PROVIDERS if name in available])
        self.inputs = {wanted.name: wanted for wanted in self.session.get_inputs()}
        strange = [wanted.name for wanted in self.inputs.values() if wanted.type not in TYPES]
        if strange:
            raise TypeError('the input {} is of type {}, which JSON cannot give'.format(
                strange[0], self.inputs[strange[0]].type))
        return True

    def __call__(self, request):
        given = self.read(request)
        try:
            values = self.session.run(None, given)
        except Exception as error:
            if type(error).__name__ == 'InvalidArgument':
                raise BadRequest(str(error)) from None
            raise
        return {output.name: plain(value)
                for output, value in zip(self.session.get_outputs(), values)}

    def read(self, request):
        """The arrays of a request, by their names."""
        if len(self.inputs) == 1:
            (name, wanted), = self.inputs.items()
            if name not in request and 'input' in request:
                request = {name: request['input']}
            text = request.get(name, request.get('image'))
            layout = describe_picture(wanted)
            if isinstance(text, str) and layout is not None:
                return {name: make_picture(text, wanted, layout)}
        unknown = [name for name in request if name not in self.inputs]
        missing = [name for name in self.inputs if name not in request]
        if unknown or missing:
            raise BadRequest('the inputs are {}; {}'.format(', '.join(self.inputs), ', '.join(
                [name + ' is missing' for name in missing] +
                [name + ' is not one of them' for name in unknown])))
        return {name: make_array(wanted, request[name]) for name, wanted in self.inputs.items()}


def begin_quietly():
    """Loads a model of ours first, with what onnxruntime complains of meanwhile kept from the log.

    Debian's has ONNX's operators registered twice, and says so in over a thousand lines with the
    first model of a process. Of the model that is served every line is kept."""
    log_file = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        onnxruntime.InferenceSession(SMALLEST, providers=['CPUExecutionProvider'])
    except Exception:  # pylint: disable=broad-except  # what matters fails again with the model
        pass
    finally:
        os.dup2(log_file, 2)
        os.close(nowhere)
        os.close(log_file)


def make_array(wanted, value):
    kind = TYPES[wanted.type]
    try:
        with numpy.errstate(over='ignore'):
            array = numpy.asarray(value, dtype=kind)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadRequest('{} is no {}: {}'.format(wanted.name, wanted.type, error)) from None
    if kind is numpy.object_ and not all(isinstance(one, str) for one in array.ravel()):
        raise BadRequest('{} is not made of texts'.format(wanted.name))
    # No number of JSON is infinite.
    fits = array.dtype.kind != 'f' or not numpy.isinf(array).any()
    if array.dtype.kind in 'biu':
        # 1.7 would become 1, and any text a true, without a word.
        given = numpy.asarray(value)
        fits = given.dtype.kind in 'biuf' and numpy.array_equal(array, given)
    if not fits:
        raise BadRequest('{} is no {}: not all of its values fit'.format(
            wanted.name, wanted.type))
    shape = wanted.shape
    if shape and array.ndim == len(shape) - 1 and (shape[0] == 1 or not isinstance(shape[0], int)):
        array = array[None]
    return array


def describe_picture(wanted):
    """(channels first, height, width, channels) when it can be a picture; 0 is any size."""
    shape = wanted.shape
    if len(shape or ()) != 4 or wanted.type not in (
            'tensor(float)', 'tensor(float16)', 'tensor(double)', 'tensor(uint8)'):
        return None
    if isinstance(shape[0], int) and shape[0] != 1:
        return None
    sizes = [size if isinstance(size, int) and size > 0 else 0 for size in shape]
    if sizes[1] in (1, 3):
        return True, sizes[2], sizes[3], sizes[1]
    if sizes[3] in (1, 3):
        return False, sizes[1], sizes[2], sizes[3]
    return None


def make_picture(text, wanted, layout):
    is_first, height, width, channels = layout
    picture = read_picture(text)
    picture = fit(picture, height or picture.shape[0], width or picture.shape[1], channels)
    kind = TYPES[wanted.type]
    picture = picture.round() if kind is numpy.uint8 else picture / 255
    if is_first:
        picture = picture.transpose(2, 0, 1)
    return numpy.ascontiguousarray(picture[None], dtype=kind)


def plain(value):
    """What JSON can hold of an output."""
    if isinstance(value, numpy.ndarray):
        if value.dtype.kind == 'f':
            is_finite = numpy.isfinite(value)
            if not is_finite.all():
                value = value.astype(object)
                value[~is_finite] = None
        elif value.dtype.kind == 'O':
            return plain(value.tolist())
        return value.tolist()
    if isinstance(value, numpy.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, bytes):
        return value.decode('utf-8', 'replace')
    return value
