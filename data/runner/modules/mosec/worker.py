# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stage of a service is derived from."""

import json
import pickle

from .errors import DecodingError, EncodingError


class Worker:
    """One process of a stage. forward() gets a request or, when batches are wanted, a list.

    `example`, or each of `multi_examples`, is given to forward() once before the service is ready.
    """

    example = None
    multi_examples = None
    resp_mime_type = 'application/json'
    _worker_id = 0
    _stage = 0
    _max_batch_size = 1

    @property
    def worker_id(self):
        """From 1 within its stage; already known to __init__()."""
        return self._worker_id

    @property
    def stage(self):
        return self._stage

    @property
    def max_batch_size(self):
        return self._max_batch_size

    def forward(self, data):
        raise NotImplementedError('a worker defines forward()')

    def deserialize(self, data):
        """From the body of a request; called in the first stage."""
        try:
            return json.loads(data) if data else {}
        except ValueError as error:
            raise DecodingError(str(error)) from error

    def serialize(self, data):
        """To the body of an answer; called in the last stage."""
        try:
            return json.dumps(data, ensure_ascii=False).encode('utf-8')
        except (ValueError, TypeError) as error:
            raise EncodingError(str(error)) from error

    def serialize_ipc(self, data):
        """For the next stage."""
        return pickle.dumps(data, pickle.HIGHEST_PROTOCOL)

    def deserialize_ipc(self, data):
        """From the stage before."""
        return pickle.loads(data)
