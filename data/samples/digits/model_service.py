"""Inference code of the sample classifier of handwritten digits.

Requests are {"image": rows of pixels} or {"images": [rows of pixels, …]}: by default eight rows of
eight numbers, from 0 for paper to 16 for ink. "maximum" says what ink is in the request, such as
255. An image may also be a PNG file in base64, of dark ink on light paper: 8 bits a channel, without
palette, not interlaced. The answer holds one result for each image:

    {"results": [{"digit": "3", "probability": 0.998,
                  "top": [{"digit": "3", "probability": 0.998}, …]}]}
"""

import base64
import json
import os
import struct
import zlib

import numpy
import onnxruntime
import tiinfer

PNG = b'\x89PNG\r\n\x1a\n'
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
MAX_SIDE = 2048


class DigitsModel(tiinfer.Model):
    def __init__(self, model_dir):
        super().__init__(model_dir)
        self.folder = model_dir
        self.config = {}
        self.session = None

    def load(self):
        with open(os.path.join(self.folder, 'config.json'), encoding='utf-8') as file:
            self.config = json.load(file)
        self.session = onnxruntime.InferenceSession(
            os.path.join(self.folder, self.config['model']), providers=['CPUExecutionProvider'])
        return True

    def preprocess(self, data):
        images = data['images'] if 'images' in data else [data['image']]
        shape = (self.config['height'], self.config['width'])
        if any(isinstance(image, str) for image in images):
            images = [self.read_picture(image, shape) for image in images]
        pixels = numpy.asarray(images, dtype=numpy.float32)
        if pixels.ndim != 3 or pixels.shape[1:] != shape:
            raise ValueError('an image is {} rows of {} numbers'.format(*shape))
        pixels *= self.config['maximum'] / float(data.get('maximum', self.config['maximum']))
        return {'image': pixels.reshape(len(pixels), -1).clip(0, self.config['maximum'])}

    def read_picture(self, text, shape):
        """A digit on paper as rows of ink: cut out, scaled to the height, put into the middle."""
        ink = 255 - read_grey(base64.b64decode(text))
        rows = numpy.flatnonzero(ink.max(axis=1) > 64)
        columns = numpy.flatnonzero(ink.max(axis=0) > 64)
        if not len(rows):
            raise ValueError('there is no ink in the image')
        ink = ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
        height, width = shape
        fitting = min(width, max(1, round(ink.shape[1] * height / ink.shape[0])))
        digit = numpy.zeros(shape)
        left = (width - fitting + 1) // 2
        digit[:, left:left + fitting] = shrink(shrink(ink, height).T, fitting).T
        return digit * self.config['maximum'] / 255

    def predict(self, data):
        digit, probabilities = self.session.run(['digit', 'probabilities'], data)
        return {'digit': digit, 'probabilities': probabilities}

    def postprocess(self, data):
        return {'results': [self.describe(digit, row)
                            for digit, row in zip(data['digit'], data['probabilities'])]}

    def describe(self, digit, probabilities):
        labels = self.config['labels']
        best = numpy.argsort(-probabilities)[:self.config['top']]
        return {
            'digit': labels[digit],
            'probability': float(probabilities[digit]),
            'top': [{'digit': labels[i], 'probability': float(probabilities[i])} for i in best],
        }


def shrink(pixels, count):
    """As many rows as wanted, each the mean of the part of the picture that it stands for."""
    sums = numpy.concatenate((numpy.zeros((1, pixels.shape[1])), numpy.cumsum(pixels, axis=0)))
    places = numpy.linspace(0, len(pixels), count + 1)
    low = places.astype(int).clip(0, len(pixels) - 1)
    sums = sums[low] + (places - low)[:, None] * pixels[low]
    return numpy.diff(sums, axis=0) * count / len(pixels)


def read_grey(content):
    """The grey values of a PNG file, with the standard library alone."""
    if not content.startswith(PNG) or len(content) < 33:
        raise ValueError('an image is a PNG file, or rows of numbers')
    width, height, depth, colour, _, _, interlaced = struct.unpack_from('>IIBBBBB', content, 16)
    if depth != 8 or colour not in CHANNELS or interlaced:
        raise ValueError('the PNG file has to have 8 bits a channel, and no palette')
    if not 0 < width <= MAX_SIDE or not 0 < height <= MAX_SIDE:
        raise ValueError(f'the PNG file may have {MAX_SIDE} pixels a side')
    packed, at = b'', len(PNG)
    while at + 8 <= len(content):
        length, kind = struct.unpack_from('>I4s', content, at)
        if kind == b'IDAT':
            packed += content[at + 8:at + 8 + length]
        at += length + 12

    step = CHANNELS[colour]
    stride = width * step
    raw = zlib.decompressobj().decompress(packed, height * (stride + 1))
    if len(raw) < height * (stride + 1):
        raise ValueError('the PNG file is cut off')
    rows, above = [], bytes(stride)
    for start in range(0, len(raw), stride + 1):
        above = undo_filter(raw[start], raw[start + 1:start + 1 + stride], above, step)
        rows.append(above)
    pixels = numpy.frombuffer(b''.join(rows), numpy.uint8).reshape(height, width, step)
    pixels = pixels.astype(numpy.float32)
    colours = pixels[:, :, :step - (step + 1) % 2]
    alpha = pixels[:, :, -1:] / 255 if step % 2 == 0 else 1
    return (colours * alpha + 255 * (1 - alpha)).mean(axis=2)


def undo_filter(kind, row, above, step):
    line = bytearray(row)
    for at, value in enumerate(row):
        left = line[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[at]
        elif kind == 3:
            guess = (left + above[at]) // 2
        elif kind == 4:
            base = left + above[at] - corner
            apart = abs(base - left), abs(base - above[at]), abs(base - corner)
            guess = (left, above[at], corner)[apart.index(min(apart))]
        else:
            guess = 0
        line[at] = (value + guess) & 255
    return bytes(line)
