# SPDX-License-Identifier: GPL-3.0-or-later
"""Exceptions that say what a caller is answered."""


class MosecError(Exception):
    """Of all the others; by itself it means 500."""

    status_for_caller = 500


class ClientError(MosecError):
    """The caller is to blame: 400."""

    status_for_caller = 400


class ServerError(MosecError):
    """The service is to blame: 500."""


class DecodingError(ClientError):
    """The request cannot be read: 400."""


class EncodingError(ServerError):
    """The answer cannot be written: 500."""


class ValidationError(MosecError):
    """The request can be read but is not what is wanted: 422."""

    status_for_caller = 422
