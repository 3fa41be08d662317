#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inspection of large models: bench-inspect.py INSPECT-DUMP FOLDER

A safetensors file of 2 GiB and an ONNX file of 1 GiB, whose weights are holes, against dd reading
as many bytes as inspection did, and against cat reading the whole.
"""

import json
import os
import struct
import subprocess
import sys

from measure import report, rotate, timed

DUMP, FOLDER = sys.argv[1:3]
MIB = 1024 * 1024
N_TENSORS = 512


def write_safetensors(path, size):
    each = size // N_TENSORS
    header = {f'model.layers.{n}.mlp.weight': {'dtype': 'BF16', 'shape': [each // 2],
                                               'data_offsets': [n * each, (n + 1) * each]}
              for n in range(N_TENSORS)}
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        file.truncate(8 + len(text) + size)


def varint(value):
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def write_onnx(path, size):
    """ModelProto with a graph that is initializers of float32, by the format's description."""
    each = size // N_TENSORS
    heads = []
    for n in range(N_TENSORS):
        tensor = (b'\x08' + varint(each // 4) + b'\x10\x01' + field(8, f'layers.{n}.weight'.encode())
                  + varint(9 << 3 | 2) + varint(each))
        heads.append(varint(5 << 3 | 2) + varint(len(tensor) + each) + tensor)
    graph = sum(len(head) + each for head in heads)
    with open(path, 'wb') as file:
        file.write(b'\x08\x08' + field(8, b'\x10\x11') + varint(7 << 3 | 2) + varint(graph))
        for head in heads:
            file.write(head)
            file.seek(each, os.SEEK_CUR)
        file.truncate()


def measure(name, path):
    answer = subprocess.run([DUMP, path], check=True, text=True, stdout=subprocess.PIPE).stdout
    read, facts = answer.split('\t', 1)
    facts = json.loads(facts)
    if facts.get('warnings') or not facts.get('parameters'):
        sys.exit(f'{path}: {facts}')
    times = rotate({
        'granary': lambda: timed(DUMP, path),
        'dd': lambda: timed('dd', f'if={path}', 'of=/dev/null', f'bs={read}', 'count=1'),
        'cat': lambda: timed('sh', '-c', f'cat "{path}" >/dev/null'),
    })
    # The start of a program with all its libraries is in it, as is that of dd.
    work = f'inspect {name}, {int(read) / 1024:.0f} KiB read'
    report(work, times['granary'], {'dd of as many bytes': times['dd']}, 10)
    report(work, times['granary'], {'cat of the whole': times['cat']}, 1)


def main():
    files = {'2 GiB of safetensors': ('large.safetensors', 2048 * MIB, write_safetensors),
             '1 GiB of ONNX': ('large.onnx', 1024 * MIB, write_onnx)}
    os.makedirs(FOLDER, exist_ok=True)
    for name, (base, size, write) in files.items():
        path = os.path.join(FOLDER, base)
        write(path, size)
        measure(name, path)
        os.unlink(path)


if __name__ == '__main__':
    main()
