# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of the module `mosec` as the code of a model needs: its worker, errors and log.

The server itself is not here: workers are given to tiinfer.append_worker().
"""

import logging
import sys

from .errors import ClientError, DecodingError, EncodingError, MosecError, ServerError
from .errors import ValidationError
from .worker import Worker

__all__ = ['ClientError', 'DecodingError', 'EncodingError', 'MosecError', 'ServerError',
           'ValidationError', 'Worker', 'get_logger']


def get_logger():
    """A logger that writes to the log of the service."""
    logger = logging.getLogger('mosec')
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter('%(asctime)s %(levelname)s %(message)s'))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    return logger
