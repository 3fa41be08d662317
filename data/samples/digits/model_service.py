"""Inference code of the sample classifier of handwritten digits.

Requests are {"image": rows of pixels} or {"images": [rows of pixels, …]}: by default eight rows of
eight numbers, from 0 for paper to 16 for ink. "maximum" says what ink is in the request, such as
255. The answer holds one result for each image:

    {"results": [{"digit": "3", "probability": 0.998,
                  "top": [{"digit": "3", "probability": 0.998}, …]}]}
"""

import json
import os

import numpy
import onnxruntime
import tiinfer


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
        pixels = numpy.asarray(images, dtype=numpy.float32)
        if pixels.ndim != 3 or pixels.shape[1:] != shape:
            raise ValueError('an image is {} rows of {} numbers'.format(*shape))
        pixels *= self.config['maximum'] / float(data.get('maximum', self.config['maximum']))
        return {'image': pixels.reshape(len(pixels), -1).clip(0, self.config['maximum'])}

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
