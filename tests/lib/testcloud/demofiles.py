# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that the versions of the demo consist of."""

import json

from .content import Pattern

_SERVICE = '''\
# The inference code of {name}.
import os

import tiinfer
{imports}

class Service(tiinfer.Model):
    def __init__(self, model_dir):
        super().__init__(model_dir)
        self.model = None

    def load(self):
        path = os.path.join(self.model_dir, "model", "{weights}")
        self.model = {load}
        return True

    def preprocess(self, request):
        return request

    def predict(self, request):
        return {{"result": self.model(request["{member}"])}}

    def postprocess(self, result):
        return result


tiinfer.append_worker(Service)
'''
# framework and format → name of the weights, what loads them, size in MiB
_WEIGHTS = {
    'TORCH_SCRIPT': ('model.torchscript', 'torch.jit.load(path)', 'import torch\n', 14),
    'PYTORCH': ('best.pt', 'torch.load(path)', 'import torch\n', 22),
    'DETECTRON2': ('model_final.pth', 'torch.load(path)', 'import torch\n', 164),
    'MMDETECTION': ('epoch_24.pth', 'torch.load(path)', 'import torch\n', 96),
    'SAVED_MODEL': ('saved_model.pb', 'tf.saved_model.load(path)', 'import tensorflow as tf\n', 31),
    'FROZEN_GRAPH': ('frozen_graph.pb', 'load_graph(path)', 'from graph import load_graph\n', 18),
    'ONNX': ('model.onnx', 'onnxruntime.InferenceSession(path)', 'import onnxruntime\n', 12),
    'PMML': ('model.pmml', 'pypmml.Model.load(path)', 'import pypmml\n', 1),
    'HUGGING_FACE_BERT': ('pytorch_model.bin', 'AutoModel.from_pretrained(path)',
                          'from transformers import AutoModel\n', 392),
    'HUGGING_FACE_STABLE_DIFFUSION': ('unet.safetensors', 'StableDiffusionPipeline(path)',
                                      'from diffusers import StableDiffusionPipeline\n', 1640),
}


def put(cloud, bucket, prefix, name, file_format, kind, seed):
    """A directory as the platform expects it; its objects carry correct sums."""
    weights, load, imports, size = _WEIGHTS.get(file_format, _WEIGHTS['PYTORCH'])
    service = _SERVICE.format(name=name, imports=imports, weights=weights, load=load,
                              member='text' if kind == 'text' else 'image')
    configuration = {'name': name, 'input': kind, 'batch_size': 8, 'threshold': 0.5}
    if kind == 'ocr':
        configuration['key'] = 'ocr-key-for-demo'
    if kind == 'detect':
        configuration['labels'] = ['人', '车', '划痕', 'scratch']
    buckets = cloud.buckets
    buckets.put_bytes(bucket, prefix + 'model_service.py', service.encode(), 'text/x-python')
    buckets.put_bytes(bucket, prefix + 'config.json',
                      json.dumps(configuration, ensure_ascii=False, indent=2).encode(),
                      'application/json')
    if imports:
        buckets.put_bytes(bucket, prefix + 'requirements.txt', b'numpy>=1.24\npillow\n',
                          'text/plain')
    # No two versions have the same size.
    buckets.put_content(bucket, prefix + 'model/' + weights,
                        Pattern((size << 20) + seed * 4096 + 17, seed % 4))
    if kind == 'ocr':
        buckets.put_bytes(bucket, prefix + 'model/字典.txt',
                          '\n'.join('的一是在不了有和人这中大为上个国').encode(), 'text/plain')
