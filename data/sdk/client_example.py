#!/usr/bin/env python3
# SPDX-License-Identifier: 0BSD
"""Sends an image to a model service and prints what it answers.

    python3 client_example.py URL IMAGE

URL is the address of the service. Where it wants authorization, put the value of the header
"Authorization" into the environment variable GRANARY_SERVICE_AUTHORIZATION, for example
"Bearer TOKEN": both are copied from the service in Granary. Nothing but Python 3 is needed.
"""

import base64
import json
import os
import sys
import urllib.error
import urllib.request


def ask(url, image, authorization=None, timeout=60):
    """Posts the bytes of an image; returns status and answer, decoded when it is JSON."""
    body = json.dumps({'image': base64.b64encode(image).decode('ascii')}).encode()
    request = urllib.request.Request(url, data=body, method='POST',
                                     headers={'Content-Type': 'application/json'})
    if authorization:
        request.add_header('Authorization', authorization)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            status, answer = response.status, response.read()
    except urllib.error.HTTPError as failure:
        status, answer = failure.code, failure.read()
    try:
        return status, json.loads(answer)
    except ValueError:
        return status, answer.decode('utf-8', 'replace')


def main(arguments):
    if len(arguments) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    url, path = arguments
    try:
        with open(path, 'rb') as file:
            image = file.read()
        status, answer = ask(url, image, os.environ.get('GRANARY_SERVICE_AUTHORIZATION'))
    except (OSError, ValueError) as failure:
        print(f'client_example.py: {failure}', file=sys.stderr)
        return 1
    if isinstance(answer, str):
        print(answer)
    else:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    return 0 if 200 <= status < 300 else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
