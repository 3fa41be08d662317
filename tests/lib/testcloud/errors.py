# SPDX-License-Identifier: GPL-3.0-or-later
"""What a request can be refused with, in the words of each kind of service."""


class ApiError(Exception):
    """An error of API 3.0: reported inside an answer with status 200."""

    def __init__(self, code, message, chinese=None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.chinese = chinese or message


class CosError(Exception):
    """An error of COS: a status, and a document unless the request was a HEAD."""

    def __init__(self, status, code, message='', **members):
        super().__init__(message or code)
        self.status = status
        self.code = code
        self.message = message or code
        self.members = members


class Disconnected(Exception):
    """The client is gone, or is to be left: reset tells that the connection is to be torn down."""

    def __init__(self, reset=False):
        super().__init__('disconnected')
        self.reset = reset
