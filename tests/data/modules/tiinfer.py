# SPDX-License-Identifier: GPL-3.0-or-later
"""The little of the inference server's module `tiinfer` that a model's code builds on."""


class Model:
    """Calling it runs the three steps, as the server does for each request."""

    def __init__(self, model_dir):
        self.model_dir = model_dir

    def load(self):
        return True

    def preprocess(self, data):
        return data

    def predict(self, data):
        return data

    def postprocess(self, data):
        return data

    def __call__(self, data):
        return self.postprocess(self.predict(self.preprocess(data)))
