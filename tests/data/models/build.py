#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the small model files of this folder whose own writers Debian does not have.

    build.py FOLDER

Each is put together by the layout its writer documents; field numbers are those of the schemas
named in the comments. Needs python3-flatbuffers, python3-numpy and, for ORT, python3-onnxruntime of
Debian 13. The versions that wrote what is committed stand in README.md.
"""

import json
import pathlib
import pickle
import struct
import sys
import zipfile

import flatbuffers
import numpy


# GGUF, docs/gguf.md of ggml.

UINT32, STRING, ARRAY, UINT64 = 4, 8, 9, 10


class Gguf:
    """Numbers of one byte order and one width of counts."""

    def __init__(self, version, order='<'):
        self.version, self.order = version, order
        self.count = 'I' if version == 1 else 'Q'

    def number(self, form, value):
        return struct.pack(self.order + form, value)

    def string(self, text):
        data = text.encode()
        return self.number(self.count, len(data)) + data

    def entry(self, key, kind, value):
        return self.string(key) + self.number('I', kind) + value

    def strings(self, texts):
        return (self.number('I', STRING) + self.number(self.count, len(texts)) +
                b''.join(map(self.string, texts)))

    def file(self, entries, tensors, alignment=32):
        """tensors: name → (dimensions, number of the type, bytes)"""
        infos, data = b'', b''
        for name, (dimensions, kind, content) in tensors.items():
            data += b'\0' * (-len(data) % alignment)
            infos += self.string(name) + self.number('I', len(dimensions))
            infos += b''.join(self.number(self.count, size) for size in dimensions)
            infos += self.number('I', kind) + self.number('Q', len(data))
            data += content
        head = (b'GGUF' + self.number('I', self.version) + self.number(self.count, len(tensors)) +
                self.number(self.count, len(entries)) + b''.join(entries) + infos)
        return head + b'\0' * (-len(head) % alignment) + data


def write_gguf(folder):
    for name, gguf in (('small.gguf', Gguf(3)), ('big-endian.gguf', Gguf(3, '>')),
                       ('version-1.gguf', Gguf(1))):
        entries = [
            gguf.entry('general.architecture', STRING, gguf.string('llama')),
            gguf.entry('general.name', STRING, gguf.string('小模型')),
            gguf.entry('general.file_type', UINT32, gguf.number('I', 15)),
            gguf.entry('llama.context_length', UINT32, gguf.number('I', 4096)),
            gguf.entry('tokenizer.ggml.tokens', ARRAY, gguf.strings(['<s>', '</s>', '你好'])),
            gguf.entry('tokenizer.chat_template', STRING, gguf.string('{{ messages }}')),
        ]
        (folder / name).write_bytes(gguf.file(entries, {
            'token_embd.weight': ([256, 3], 12, b'\1' * (3 * 144)),
            'output_norm.weight': ([256], 0, b'\2' * 1024),
        }))


# FlatBuffers.

def table(builder, n_fields, *fields):
    """fields: (number, how to add it, value); offsets that are 0 are left out."""
    builder.StartObject(n_fields)
    for number, kind, value in fields:
        if kind == 'offset':
            if value:
                builder.PrependUOffsetTRelativeSlot(number, value, 0)
        else:
            getattr(builder, f'Prepend{kind}Slot')(number, value, None)
    return builder.EndObject()


def vector(builder, kind, width, values):
    builder.StartVector(width, len(values), width)
    for value in reversed(values):
        if kind == 'offset':
            builder.PrependUOffsetTRelative(value)
        else:
            getattr(builder, f'Prepend{kind}')(value)
    return builder.EndVector()


def make_tflite(identifier):
    """tensorflow/lite/schema/schema.fbs"""
    b = flatbuffers.Builder(1024)
    weights = b.CreateByteVector(numpy.arange(12, dtype=numpy.float32).tobytes())
    oldest = b.CreateByteVector(b'1.5.0'.ljust(16, b'\0'))
    buffers = vector(b, 'offset', 4, [table(b, 1), table(b, 1, (0, 'offset', weights)),
                                      table(b, 1, (0, 'offset', oldest))])

    def tensor(name, kind, shape, buffer=0, signature=None):
        name, shape = b.CreateString(name), vector(b, 'Int32', 4, shape)
        signature = signature and vector(b, 'Int32', 4, signature)
        return table(b, 8, (0, 'offset', shape), (1, 'Int8', kind), (2, 'Uint32', buffer),
                     (3, 'offset', name), (7, 'offset', signature))

    tensors = vector(b, 'offset', 4, [
        tensor('图像', 0, [1, 4], signature=[-1, 4]), tensor('w', 0, [3, 4], 1),
        tensor('scores', 9, [1, 3])])
    graph = table(b, 5, (0, 'offset', tensors), (1, 'offset', vector(b, 'Int32', 4, [0])),
                  (2, 'offset', vector(b, 'Int32', 4, [2])))
    metadata = table(b, 2, (0, 'offset', b.CreateString('min_runtime_version')), (1, 'Uint32', 2))
    description = b.CreateString('build.py')
    model = table(b, 8, (0, 'Uint32', 3), (2, 'offset', vector(b, 'offset', 4, [graph])),
                  (3, 'offset', description), (4, 'offset', buffers),
                  (6, 'offset', vector(b, 'offset', 4, [metadata])))
    b.Finish(model, file_identifier=identifier)
    return bytes(b.Output())


def make_executorch():
    """schema/program.fbs of ExecuTorch; the extended header is exir/_serialize/_program.py's."""
    b = flatbuffers.Builder(1024)

    def value(kind, inner):
        return table(b, 2, (0, 'Uint8', kind), (1, 'offset', inner))

    def tensor(kind, sizes):
        sizes = vector(b, 'Int32', 4, sizes)
        return table(b, 10, (0, 'Int8', kind), (2, 'offset', sizes))

    values = vector(b, 'offset', 4, [value(5, tensor(6, [1, 3, 8, 8])), value(5, tensor(4, [1, 2])),
                                     value(2, table(b, 1, (0, 'Int64', 7)))])
    plans = []
    for name, inputs in (('warm_up', [2]), ('forward', [0, 2])):
        name = b.CreateString(name)
        plans.append(table(b, 9, (0, 'offset', name), (2, 'offset', values),
                           (3, 'offset', vector(b, 'Int32', 4, inputs)),
                           (4, 'offset', vector(b, 'Int32', 4, [1]))))
    b.Finish(table(b, 8, (0, 'Uint32', 0), (1, 'offset', vector(b, 'offset', 4, plans))),
             file_identifier=b'ET12')
    data = bytes(b.Output())
    root = struct.unpack('<I', data[:4])[0]
    # Behind the identifier; the root moves along by as many bytes.
    length, weights = len(data) + 32, b'\3' * 64
    start = length + -length % 64
    head = struct.pack('<I4s4sIQQQ', root + 32, b'ET12', b'eh00', 32, length, start, len(weights))
    return head + data[8:] + b'\0' * (start - length) + weights


def make_catboost():
    """model.fbs and features.fbs of catboost/libs/model/flatbuffers, behind magic and length."""
    builder = flatbuffers.Builder(1024)

    def pair(key, value):
        key, value = builder.CreateString(key), builder.CreateString(value)
        return table(builder, 2, (0, 'offset', key), (1, 'offset', value))

    def feature(n_fields, number, name):
        return table(builder, n_fields, (number, 'offset', builder.CreateString(name)))

    pairs = vector(builder, 'offset', 4, [
        pair('catboost_version_info', 'CatBoost 1.2.5'),
        pair('params', '{"loss_function":{"params":{},"type":"MultiClass"},"task_type":"GPU"}')])
    floats = vector(builder, 'offset', 4, [feature(6, 4, 'age'), feature(6, 4, '身高')])
    categories = vector(builder, 'offset', 4, [feature(4, 2, 'city')])
    sizes = vector(builder, 'Int32', 4, [6, 6, 5])
    trees = table(builder, 14, (2, 'offset', sizes), (4, 'offset', categories),
                  (5, 'offset', floats))
    version = builder.CreateString('FlabuffersModel_v1')
    builder.Finish(table(builder, 4, (0, 'offset', version), (1, 'offset', trees),
                         (2, 'offset', pairs)))
    core = bytes(builder.Output())
    return b'CBM1' + struct.pack('<I', len(core)) + core


def write_flatbuffers(folder):
    (folder / 'small.cbm').write_bytes(make_catboost())
    (folder / 'small.tflite').write_bytes(make_tflite(b'TFL3'))
    (folder / 'small.circle').write_bytes(make_tflite(b'CIR0'))
    (folder / 'small.pte').write_bytes(make_executorch())


def write_ort(folder):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(folder / 'small.ort')
    options.add_session_config_entry('session.save_model_format', 'ORT')
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    onnxruntime.InferenceSession(str(folder / 'small.onnx'), options,
                                 providers=['CPUExecutionProvider'])


# Protocol Buffers.

def varint(value):
    value &= (1 << 64) - 1
    data = b''
    while value >= 0x80:
        data += bytes([value & 0x7f | 0x80])
        value >>= 7
    return data + bytes([value])


def message(*fields):
    """fields: (number, a number, text, bytes or message)"""
    data = b''
    for number, value in fields:
        if isinstance(value, int):
            data += varint(number << 3) + varint(value)
        else:
            value = value.encode() if isinstance(value, str) else value
            data += varint(number << 3 | 2) + varint(len(value)) + value
    return data


FLOAT, INT32, INT64 = 1, 3, 9


def tf_shape(*sizes):
    return message(*((2, message((1, size))) for size in sizes))


def tf_node(name, op, inputs=(), **attributes):
    """tensorflow/core/framework/node_def.proto and attr_value.proto"""
    return message((1, name), (2, op), *((3, text) for text in inputs),
                   *((5, message((1, key), (2, value))) for key, value in attributes.items()))


def tf_constant(name, array):
    kind = {'f': FLOAT, 'i': INT32}[array.dtype.kind]
    tensor = message((1, kind), (2, tf_shape(*array.shape)), (4, array.tobytes()))
    return tf_node(name, 'Const', dtype=message((6, kind)), value=message((8, tensor)))


def make_graph():
    """tensorflow/core/framework/graph.proto"""
    nodes = [
        tf_node('x', 'Placeholder', dtype=message((6, FLOAT)), shape=message((7, tf_shape(-1, 4)))),
        tf_constant('w', numpy.zeros((4, 3), numpy.float32)),
        tf_constant('axis', numpy.array(1, numpy.int32)),
        tf_node('matmul', 'MatMul', ['x', 'w']),
        tf_node('softmax', 'Softmax', ['matmul:0', '^axis']),
    ]
    return message(*((1, node) for node in nodes), (4, message((1, 1286))))


def make_saved_model():
    """tensorflow/core/protobuf/saved_model.proto and meta_graph.proto"""
    def info(name, kind, shape):
        return message((1, name), (2, kind), (3, shape))

    def signature(inputs, outputs):
        return message(*((1, message((1, key), (2, value))) for key, value in inputs.items()),
                       *((2, message((1, key), (2, value))) for key, value in outputs.items()),
                       (3, 'tensorflow/serving/predict'))

    graph = message((1, tf_node('w', 'VarHandleOp')),
                    (1, tf_node('serving_default_x', 'Placeholder', dtype=message((6, FLOAT)))),
                    (2, message((1, message((1, message((1, '__inference_call'))),
                                            (3, tf_node('m', 'MatMul', ['x', 'w'])))))),
                    (4, message((1, 1286))))
    unknown = message((3, 1))
    serving = signature(
        {'图像': info('serving_default_x:0', FLOAT, tf_shape(-1, 224, 224, 3))},
        {'scores': info('StatefulPartitionedCall:0', FLOAT, tf_shape(-1, 10)),
         'any': info('StatefulPartitionedCall:1', INT64, unknown)})
    others = {'__saved_model_init_op': signature({}, {'op': info('NoOp', 0, unknown)}),
              'classify': signature({'id': info('id:0', INT64, tf_shape(-1))}, {})}
    meta_graph = message(
        (1, message((2, message()), (4, 'serve'), (5, '2.12.0'), (6, 'v2.12.0-rc1'), (7, 1))),
        (2, graph),
        (3, message((1, 'saver_filename:0'), (2, 'StatefulPartitionedCall_1:0'), (7, 2))),
        *((5, message((1, key), (2, value))) for key, value in others.items()),
        (5, message((1, 'serving_default'), (2, serving))))
    return message((1, 1), (2, meta_graph))


def make_checkpoint_index():
    """tensorflow/core/protobuf/tensor_bundle.proto in a table as of LevelDB. Check sums are 0."""
    def entry(key, value):
        return varint(0) + varint(len(key)) + varint(len(value)) + key + value

    def block(entries):
        return entries + struct.pack('<II', 0, 1) + b'\0' * 5

    header = message((1, 1), (3, message((1, 1))))
    tensor = message((1, FLOAT), (2, tf_shape(4, 3)), (5, 48))
    data = block(entry(b'', header) + entry(b'w/.ATTRIBUTES/VARIABLE_VALUE', tensor))
    meta = block(b'')
    handle = varint(0) + varint(len(data) - 5)
    index = block(entry(b'w\xff', handle))
    footer = (varint(len(data)) + varint(len(meta) - 5) + varint(len(data) + len(meta)) +
              varint(len(index) - 5))
    return data + meta + index + footer.ljust(40, b'\0') + bytes.fromhex('57fb808b247547db')


def write_tensorflow(folder):
    (folder / 'frozen.pb').write_bytes(make_graph())
    saved = folder / 'saved-model'
    (saved / 'variables').mkdir(parents=True, exist_ok=True)
    (saved / 'saved_model.pb').write_bytes(make_saved_model())
    (saved / 'variables' / 'variables.index').write_bytes(make_checkpoint_index())
    (saved / 'variables' / 'variables.data-00000-of-00001').write_bytes(b'\0' * 48)


# Keras 3: keras/src/saving/saving_lib.py.

def layer(class_name, module='keras.layers', **config):
    return {'module': module, 'class_name': class_name, 'config': config,
            'registered_name': None if module == 'keras.layers' else f'mine>{class_name}'}


def write_keras(folder):
    dense = layer('Dense', name='dense', units=3, dtype={
        'module': 'keras', 'class_name': 'DTypePolicy', 'config': {'name': 'float32'},
        'registered_name': None})
    plain = {'module': 'keras.src.models.functional', 'class_name': 'Functional', 'config': {
        'name': '小模型', 'trainable': True,
        'layers': [layer('InputLayer', batch_shape=[None, 28, 28, 1], dtype='float32',
                         sparse=False, name='image'), dense],
        'input_layers': [['image', 0, 0]], 'output_layers': [['dense', 0, 0]]},
        'registered_name': 'Functional', 'build_config': {'input_shape': None}}
    function = {'class_name': '__lambda__', 'config': {'code': '4wEAAAA=', 'defaults': None}}
    code = {'module': 'keras', 'class_name': 'Sequential', 'config': {
        'name': 'sequential',
        'layers': [layer('InputLayer', batch_shape=[None, 4], dtype='float32', name='x'),
                   layer('Lambda', name='lambda', function=function),
                   layer('Attention', 'mine.layers', name='attention'), dense]},
        'registered_name': 'Sequential'}
    for name, config in (('small.keras', plain), ('code.keras', code)):
        with zipfile.ZipFile(folder / name, 'w') as archive:
            for member, data in (
                    ('metadata.json', json.dumps({'keras_version': '3.3.3',
                                                  'date_saved': '2026-05-01@10:00:00'})),
                    ('config.json', json.dumps(config)),
                    ('model.weights.h5', b'\x89HDF\r\n\x1a\n' + b'\0' * 88)):
                archive.writestr(zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0)), data)
    (folder / 'user-block.h5').write_bytes(b'\0' * 8192 + b'\x89HDF\r\n\x1a\n' + b'\0' * 88)


# Paddle: paddle/fluid/framework/framework.proto and pir/serialize_deserialize/include/schema.h.

PADDLE_FP32, PADDLE_LOD_TENSOR, PADDLE_FEED, PADDLE_FETCH = 5, 7, 9, 10


def tensor_desc(kind, sizes):
    return message((1, kind), *((2, size) for size in sizes))


def paddle_variable(name, sizes, persistable=False):
    tensor = message((1, tensor_desc(PADDLE_FP32, sizes)), (2, 0))
    return message((1, name), (2, message((1, PADDLE_LOD_TENSOR), (3, tensor))),
                   (3, int(persistable)))


def paddle_op(kind, inputs, outputs):
    def variables(number, named):
        return ((number, message((1, key), (2, value))) for key, value in named.items())

    return message(*variables(1, inputs), *variables(2, outputs), (3, kind))


def make_program():
    return message((1, message(
        (1, 0), (2, (1 << 64) - 1),
        (3, message((1, 'feed'), (2, message((1, PADDLE_FEED))), (3, 1))),
        (3, message((1, 'fetch'), (2, message((1, PADDLE_FETCH))), (3, 1))),
        (3, paddle_variable('图像', [-1, 3, 48, -1])),
        (3, paddle_variable('fc_0.w_0', [6, 10], True)),
        (3, paddle_variable('fc_0.b_0', [10], True)),
        (3, paddle_variable('softmax_0.tmp_0', [-1, 10])),
        (4, paddle_op('feed', {'X': 'feed'}, {'Out': '图像'})),
        (4, paddle_op('mul', {'X': '图像', 'Y': 'fc_0.w_0'}, {'Out': 'softmax_0.tmp_0'})),
        (4, paddle_op('fetch', {'X': 'softmax_0.tmp_0'}, {'Out': 'fetch'})))),
        (4, message((1, 2006001))))


def make_params(tensors):
    data = b''
    for array in tensors:
        desc = tensor_desc(PADDLE_FP32, array.shape)
        data += struct.pack('<IQIi', 0, 0, 0, len(desc)) + desc + array.tobytes()
    return data


def make_pir():
    def kind(*sizes):
        return {'#': '0.t_dtensor', 'D': [{'#': '0.t_f32'}, list(sizes), 'NCHW', [], 0]}

    def attribute(name, tag, value):
        return {'AT': {'#': tag, 'D': value}, 'N': name}

    ops = [
        {'#': 'p', 'A': [0, 1, 1, 'fc_0.b_0'], 'O': {'%': 1, 'TT': kind(10)}, 'OA': [1, 0, 1]},
        {'#': 'p', 'A': [0, 1, 1, 'fc_0.w_0'], 'O': {'%': 2, 'TT': kind(6, 10)}, 'OA': [1, 0, 1]},
        {'#': '1.data', 'A': [attribute('name', '0.a_str', 'x'),
                              attribute('shape', '1.a_intarray', [-1, 3, 48, -1]),
                              attribute('dtype', '1.a_dtype', 'float32')],
         'I': [], 'O': [{'%': 3, 'TT': kind(-1, 3, 48, -1)}], 'OA': []},
        {'#': '1.matmul', 'A': [attribute('transpose_x', '0.a_bool', False)],
         'I': [{'%': 3}, {'%': 2}], 'O': [{'%': 4, 'TT': kind(-1, 10)}], 'OA': []},
        {'#': '1.fetch', 'A': [attribute('name', '0.a_str', 'fetch_name_0'),
                               attribute('col', '0.a_i32', 0)],
         'I': [{'%': 4}], 'O': [{'%': 5, 'TT': kind(-1, 10)}], 'OA': []},
    ]
    return json.dumps({'base_code': {'magic': 'pir', 'trainable': False, 'version': 1},
                       'program': {'regions': [{'#': 'region_0', 'blocks': [
                           {'#': 'block_0', 'args': [], 'ops': ops}]}]}}, sort_keys=True,
                      separators=(',', ':')) + '\n'


def write_paddle(folder):
    weights, bias = numpy.zeros((6, 10), numpy.float32), numpy.zeros(10, numpy.float32)
    paddle = folder / 'paddle'
    paddle.mkdir(exist_ok=True)
    for name in ('ocr', 'inference'):
        (paddle / f'{name}.pdiparams').write_bytes(make_params([bias, weights]))
    (paddle / 'ocr.pdmodel').write_bytes(make_program())
    (paddle / 'inference.json').write_text(make_pir(), encoding='utf-8')
    (paddle / 'inference.yml').write_text('Global:\n  model_name: small\n', encoding='utf-8')
    (paddle / 'best_accuracy.pdparams').write_bytes(pickle.dumps(
        {'fc_0.w_0': weights, 'StructuredToParameterName@@': {'fc.weight': 'fc_0.w_0'}}, 4))
    (paddle / 'small.nb').write_bytes(struct.pack('<H', 2) + b'v2.10'.ljust(16, b'\0') + b'\0' * 32)


def main():
    folder = pathlib.Path(sys.argv[1])
    write_gguf(folder)
    write_flatbuffers(folder)
    write_ort(folder)
    write_tensorflow(folder)
    write_keras(folder)
    write_paddle(folder)


if __name__ == '__main__':
    main()
