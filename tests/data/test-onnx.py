# SPDX-License-Identifier: GPL-3.0-or-later
"""Inspection reads every ONNX model of libonnx-testdata as python3-onnx does.

test-onnx.py INSPECT-DUMP SOURCE-FOLDER
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

from tap import Tap

dump = sys.argv[1]
source = pathlib.Path(sys.argv[2])
folder = pathlib.Path('/usr/share/libonnx-testdata/data')

TYPES = {
    TensorProto.FLOAT: 'float32', TensorProto.DOUBLE: 'float64',
    **{getattr(TensorProto, name): name.lower()
       for name in ('UINT8', 'INT8', 'UINT16', 'INT16', 'INT32', 'INT64', 'STRING', 'BOOL',
                    'FLOAT16', 'UINT32', 'UINT64', 'COMPLEX64', 'COMPLEX128', 'BFLOAT16',
                    'FLOAT8E4M3FN', 'FLOAT8E4M3FNUZ', 'FLOAT8E5M2', 'FLOAT8E5M2FNUZ', 'UINT4',
                    'INT4', 'FLOAT4E2M1') if hasattr(TensorProto, name)},
}


def describe_dimension(dimension):
    kind = dimension.WhichOneof('value')
    if kind == 'dim_value':
        return str(dimension.dim_value)
    return (dimension.dim_param if kind == 'dim_param' else '') or '?'


def describe_shape(tensor):
    return ','.join(map(describe_dimension, tensor.shape.dim)) if tensor.HasField('shape') else None


def describe_type(value):
    """Type and shape as inspection writes them."""
    kind = value.WhichOneof('value')
    if kind == 'tensor_type':
        return TYPES.get(value.tensor_type.elem_type), describe_shape(value.tensor_type)
    if kind == 'sparse_tensor_type':
        element = TYPES.get(value.sparse_tensor_type.elem_type, '?')
        return f'sparse<{element}>', describe_shape(value.sparse_tensor_type)
    if kind in ('sequence_type', 'optional_type'):
        inner = describe_type(getattr(value, kind).elem_type)[0] or '?'
        return f'{kind.removesuffix("_type")}<{inner}>', None
    if kind == 'map_type':
        inner = describe_type(value.map_type.value_type)[0] or '?'
        return f'map<{TYPES.get(value.map_type.key_type, "?")},{inner}>', None
    return None, None


def describe_values(values):
    result = []
    for value in values:
        kind, shape = describe_type(value.type)
        described = {'name': value.name, 'type': kind, 'shape': shape}
        result.append({key: text for key, text in described.items() if text is not None})
    return result


def product(numbers):
    result = 1
    for number in numbers:
        result *= number
    return result


def list_graphs(graph):
    """A graph with those of its branches and loops."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs]:
                if inner.ByteSize():
                    yield from list_graphs(inner)


def count_parameters(model):
    graphs = list(list_graphs(model.graph))
    for function in model.functions:
        for node in function.node:
            for attribute in node.attribute:
                for inner in [attribute.g, *attribute.graphs]:
                    if inner.ByteSize():
                        graphs.extend(list_graphs(inner))
    return sum(product(tensor.dims) for graph in graphs
               for tensor in [*graph.initializer, *(s.values for s in graph.sparse_initializer)])


def describe(path):
    model = onnx.load(path, load_external_data=False)
    names = {tensor.name for tensor in model.graph.initializer}
    names |= {tensor.values.name for tensor in model.graph.sparse_initializer}
    opsets = [entry.version for entry in model.opset_import if entry.domain in ('', 'ai.onnx')]
    producer = ' '.join(filter(None, [model.producer_name, model.producer_version]))
    external = {entry.value for graph in list_graphs(model.graph) for tensor in graph.initializer
                for entry in tensor.external_data if entry.key == 'location'}
    described = {
        'format': 'ONNX',
        'framework': 'ONNX',
        'producer': producer if model.producer_name else None,
        'opset': opsets[-1] if opsets else None,
        'ir_version': model.ir_version,
        'parameters': count_parameters(model),
        'inputs': describe_values(v for v in model.graph.input if v.name not in names) or None,
        'outputs': describe_values(model.graph.output) or None,
        'metadata': {entry.key: entry.value for entry in model.metadata_props} or None,
        'files': [path.name, *sorted(external)],
    }
    return {key: value for key, value in described.items() if value is not None}


paths = sorted([*folder.rglob('*.onnx'), *(source / 'data/samples').rglob('*.onnx'),
                *(source / 'tests/data/models').rglob('*.onnx')])
lines = subprocess.run([dump], input='\n'.join(map(str, paths)) + '\n', stdout=subprocess.PIPE,
                       text=True, check=True).stdout.splitlines()


def check_number():
    if len(paths) < 1000:
        yield f'only {len(paths)} models: is libonnx-testdata there?'
    if len(lines) != len(paths):
        yield f'{len(paths)} models, {len(lines)} answers'


def check_equal():
    for path, line in zip(paths, lines, strict=True):
        found = json.loads(line.split('\t', 1)[1])
        found.pop('types', None)
        expected = describe(path)
        for key in sorted({*found, *expected}):
            if found.get(key) != expected.get(key):
                yield f'{path}: {key} is {expected.get(key)}, not {found.get(key)}'


def check_weights_skipped():
    """Of a model that is mostly weights nearly nothing is read."""
    weights = numpy.ones((4, 1024, 1024), dtype=numpy.float32)
    graph = helper.make_graph(
        [helper.make_node('Add', ['x', f'w{n}'], [f'y{n}']) for n in range(3)], 'large',
        [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['N', 1024])],
        [helper.make_tensor_value_info(f'y{n}', TensorProto.FLOAT, None) for n in range(3)],
        [numpy_helper.from_array(weights, f'w{n}') for n in range(3)])
    with tempfile.TemporaryDirectory() as work:
        path = pathlib.Path(work) / 'large.onnx'
        onnx.save(helper.make_model(graph), path)
        size = path.stat().st_size
        answer = subprocess.run([dump, path], stdout=subprocess.PIPE, text=True, check=True).stdout
        expected = describe(path)
    read, found = answer.split('\t', 1)
    if size < 3 * weights.nbytes or int(read) > 8192:
        yield f'{read} bytes read of a file of {size}'
    found = json.loads(found)
    if found.pop('types') != {'float32': 3 * weights.size} or found != expected:
        yield f'{expected} became {found}'


tap = Tap()
tap.check('there are models, and an answer for each', check_number)
tap.check(f'{len(paths)} models are described as python3-onnx does', check_equal)
tap.check('weights are not read', check_weights_skipped)
tap.done()
