#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the sample classifier of handwritten digits and writes it as ONNX.

    train.py [FOLDER]       writes FOLDER/digits.onnx (default: digits/ beside this script)
    train.py --images FILE  besides, writes some held-out images as JSON, each with its label and
                            the digit that the network reads

Needs python3-sklearn and python3-onnx of Debian 13, nothing from the network: the data set is part
of scikit-learn. The same versions give the same file.
"""

import argparse
import json
import pathlib

import numpy
import onnx
import sklearn
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

HIDDEN = 64
SEED = 20


def shift(images, down, right):
    """The images moved by whole pixels; what comes in is paper."""
    moved = numpy.roll(images.reshape(-1, 8, 8), (down, right), axis=(1, 2))
    if down:
        moved[:, 0 if down > 0 else -1, :] = 0
    if right:
        moved[:, :, 0 if right > 0 else -1] = 0
    return moved.reshape(-1, 64)


def train():
    """The trained network, the held-out images and labels."""
    data, labels = load_digits(return_X_y=True)
    train_data, test_data, train_labels, test_labels = train_test_split(
        data, labels, test_size=0.25, stratify=labels, random_state=SEED)
    network = MLPClassifier(hidden_layer_sizes=(HIDDEN,), activation='relu', alpha=1e-3,
                            max_iter=400, random_state=SEED)
    # Writers do not all hit the middle: each image also moved by a pixel to each side.
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
    network.fit(numpy.concatenate([shift(train_data, *move) for move in moves]) / 16,
                numpy.concatenate([train_labels] * len(moves)))
    print(f'{len(train_labels)} images for training, each at {len(moves)} places, '
          f'{len(test_labels)} held out, '
          f'{network.n_iter_} epochs, loss {network.loss_:.4f}')
    return network, test_data, test_labels


def build(network, accuracy):
    """The network as an ONNX graph: pixels from 0 to 16 in, digit and probabilities out."""
    weights = {
        'maximum': numpy.float32(16),
        'hidden.weight': network.coefs_[0].astype(numpy.float32),
        'hidden.bias': network.intercepts_[0].astype(numpy.float32),
        'output.weight': network.coefs_[1].astype(numpy.float32),
        'output.bias': network.intercepts_[1].astype(numpy.float32),
    }
    nodes = [
        helper.make_node('Div', ['image', 'maximum'], ['scaled']),
        helper.make_node('Gemm', ['scaled', 'hidden.weight', 'hidden.bias'], ['hidden']),
        helper.make_node('Relu', ['hidden'], ['active']),
        helper.make_node('Gemm', ['active', 'output.weight', 'output.bias'], ['scores']),
        helper.make_node('Softmax', ['scores'], ['probabilities'], axis=1),
        helper.make_node('ArgMax', ['scores'], ['digit'], axis=1, keepdims=0),
    ]
    graph = helper.make_graph(
        nodes, 'digits',
        [helper.make_tensor_value_info('image', TensorProto.FLOAT, ['N', 64])],
        [helper.make_tensor_value_info('digit', TensorProto.INT64, ['N']),
         helper.make_tensor_value_info('probabilities', TensorProto.FLOAT, ['N', 10])],
        [numpy_helper.from_array(numpy.asarray(value), name) for name, value in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)],
                              producer_name='scikit-learn', producer_version=sklearn.__version__,
                              ir_version=8)
    helper.set_model_props(model, {
        'data': 'Optical Recognition of Handwritten Digits (UCI), test set',
        'network': f'64-{HIDDEN}-10, ReLU',
        'accuracy': f'{accuracy:.4f}',
    })
    onnx.checker.check_model(model, full_check=True)
    return model


def run(model, data):
    """Digits and probabilities by the reference implementation of ONNX."""
    from onnx.reference import ReferenceEvaluator
    return ReferenceEvaluator(model).run(None, {'image': data.astype(numpy.float32)})


def write_images(path, network, data, labels):
    """The first two held-out images of each digit, and as what scikit-learn reads them."""
    answers = network.predict(data / 16)
    chosen = sorted(numpy.flatnonzero(labels == digit)[n] for digit in range(10) for n in range(2))
    lines = [json.dumps({'label': int(labels[i]), 'read': int(answers[i]),
                         'image': data[i].astype(int).reshape(8, 8).tolist()})
             for i in chosen]
    path.write_text('[\n' + ',\n'.join(lines) + '\n]\n', encoding='utf-8')


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('folder', nargs='?', type=pathlib.Path, default=here / 'digits')
    parser.add_argument('--images', type=pathlib.Path)
    arguments = parser.parse_args()

    network, data, labels = train()
    accuracy = network.score(data / 16, labels)
    model = build(network, accuracy)
    digits, probabilities = run(model, data)
    difference = numpy.abs(probabilities - network.predict_proba(data / 16)).max()
    print(f'accuracy on the held-out images: {accuracy:.4f} '
          f'({int((digits == labels).sum())} of {len(labels)} by the ONNX file)')
    print(f'largest difference of a probability: {difference:.1e}')
    print(confusion_matrix(labels, digits))
    if (digits != network.predict(data / 16)).any() or difference > 1e-5:
        raise SystemExit('the ONNX file does not compute what was trained')

    arguments.folder.mkdir(parents=True, exist_ok=True)
    path = arguments.folder / 'digits.onnx'
    onnx.save(model, path)
    print(f'{path.name}: {path.stat().st_size} bytes')
    if arguments.images:
        write_images(arguments.images, network, data, labels)


if __name__ == '__main__':
    main()
