#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the small model files of this folder.

    make.py FOLDER

Needs python3-torch and python3-onnx of Debian 13. The versions that wrote what is committed stand
in README.md.
"""

import collections
import json
import pathlib
import struct
import sys

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper


class Doubler(torch.nn.Module):
    """A class of its own, so that loading an object of it needs this file."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.full((2,), 2.0))

    def forward(self, x):
        return x * self.weight


def make_network():
    torch.manual_seed(1)
    network = torch.nn.Sequential(collections.OrderedDict(
        first=torch.nn.Linear(4, 3), active=torch.nn.ReLU(), norm=torch.nn.BatchNorm1d(3),
        last=torch.nn.Linear(3, 2)))
    return network.eval()


def write_torch(folder):
    network = make_network()
    torch.save(network.state_dict(), folder / 'state-dict.pt')
    torch.save({'model': network.half().state_dict(), 'epoch': 7,
                'shared': [torch.arange(6).reshape(2, 3)] * 2}, folder / 'checkpoint.pt')
    torch.save(torch.nn.Sequential(make_network(), Doubler()), folder / 'object.pt')
    torch.jit.trace(make_network(), torch.zeros(1, 4)).save(folder / 'script.pt')
    torch.export.save(
        torch.export.export(make_network(), (torch.zeros(2, 4),),
                            dynamic_shapes=({0: torch.export.Dim('batch')},)),
        folder / 'exported.pt2')
    torch.save(make_network().state_dict(), folder / 'legacy.pt',
               _use_new_zipfile_serialization=False)


def write_safetensors(path, tensors, metadata=None):
    """By the format's description: u64 length, JSON padded with spaces, weights end to end."""
    header, buffer = {}, b''
    if metadata:
        header['__metadata__'] = metadata
    for name, (dtype, values) in tensors.items():
        data = values.tobytes()
        header[name] = {'dtype': dtype, 'shape': list(values.shape),
                        'data_offsets': [len(buffer), len(buffer) + len(data)]}
        buffer += data
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    path.write_bytes(struct.pack('<Q', len(text)) + text + buffer)


def write_all_safetensors(folder):
    half = numpy.arange(6, dtype=numpy.float16).reshape(2, 3)
    single = numpy.arange(4, dtype=numpy.float32)
    write_safetensors(folder / 'mixed.safetensors', {
        'a.weight': ('F16', half),
        'b.weight': ('F32', single),
        'b.index': ('I64', numpy.array(3)),
        'empty': ('F32', single[:0]),
    }, {'format': 'pt', 'name': '测试'})

    sharded = folder / 'sharded'
    sharded.mkdir(exist_ok=True)
    names = [f'model-{n:05}-of-00002.safetensors' for n in (1, 2)]
    write_safetensors(sharded / names[0], {'a.weight': ('F16', half)}, {'format': 'pt'})
    write_safetensors(sharded / names[1], {'b.weight': ('F32', single)}, {'format': 'pt'})
    (sharded / 'model.safetensors.index.json').write_text(json.dumps({
        'metadata': {'total_size': half.nbytes + single.nbytes},
        'weight_map': {'a.weight': names[0], 'b.weight': names[1]},
    }, indent=2) + '\n', encoding='utf-8')


def write_onnx(folder):
    value = helper.make_tensor_value_info
    weights = numpy_helper.from_array(numpy.arange(12, dtype=numpy.float32).reshape(3, 4), 'w')
    bias = numpy_helper.from_array(numpy.zeros(3, dtype=numpy.float32), 'b')
    graph = helper.make_graph(
        [helper.make_node('Gemm', ['x', 'w', 'b'], ['y'], transB=1)], 'small',
        [value('x', TensorProto.FLOAT, ['N', 4]), value('w', TensorProto.FLOAT, [3, 4])],
        [value('y', TensorProto.FLOAT, ['N', 3])], [weights, bias])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17),
                                                    helper.make_opsetid('ai.onnx.ml', 3)],
                              producer_name='make.py', producer_version='1', ir_version=8)
    helper.set_model_props(model, {'author': 'Granary', '说明': '小模型'})
    onnx.save(model, folder / 'small.onnx')

    onnx.save(model, folder / 'external.onnx', save_as_external_data=True,
              location='external.onnx.data', size_threshold=0)

    then_branch = helper.make_graph(
        [helper.make_node('Constant', [], ['t'], value=numpy_helper.from_array(numpy.ones(2)))],
        'then', [], [value('t', TensorProto.DOUBLE, [2])])
    else_branch = helper.make_graph(
        [helper.make_node('Identity', ['k'], ['e'])], 'else', [],
        [value('e', TensorProto.DOUBLE, [2])], [numpy_helper.from_array(numpy.zeros(2), 'k')])
    graph = helper.make_graph(
        [helper.make_node('If', ['c'], ['z'], then_branch=then_branch, else_branch=else_branch)],
        'branches', [value('c', TensorProto.BOOL, [])], [value('z', TensorProto.DOUBLE, None)])
    onnx.save(helper.make_model(graph, producer_name='make.py'), folder / 'branches.onnx')


def main():
    folder = pathlib.Path(sys.argv[1])
    write_torch(folder)
    write_all_safetensors(folder)
    write_onnx(folder)


if __name__ == '__main__':
    main()
