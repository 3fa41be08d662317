# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service answers to those that call it, at the address that its call info tells."""

import json

from .wire import Response

PATH = '/__service/'


def is_inference(request):
    return request.raw_path.startswith(PATH)


def address_of(cloud, group):
    return f'{cloud.origin}{PATH}{group.group_id}'


class Inference:
    """Answers with the request and what served it; a token is asked for where the group wants one."""

    def __init__(self, cloud):
        self.cloud = cloud

    def answer(self, request):
        body = request.read()
        group_id = request.raw_path[len(PATH):]
        with self.cloud.lock:
            group = next((groups[group_id] for groups in self.cloud.services.regions().values()
                          if group_id in groups), None)
            if group is None:
                return _json({'error': 'there is no such service'}, 404)
            if group.needs_authorization and request.header('authorization') != group.token:
                return _json({'error': 'the token is wrong'}, 401)
            service = next((service for service in group.services if service.is_running), None)
            if service is None:
                return _json({'error': 'the service does not run'}, 503)
            model = service.configuration.get('ModelInfo') or {}
        if request.method != 'POST':
            return _json({'error': 'POST only'}, 405)
        try:
            asked = json.loads(body)
        except ValueError:
            return _json({'error': 'the request is not JSON'}, 400)
        if isinstance(asked, dict) and 'huge' in asked:
            return Response(200, body=b'x' * asked['huge'], kind='text/plain')
        return _json({'service': service.service_id, 'model': model.get('ModelName', ''),
                      'version': model.get('ModelVersion', ''), 'result': asked})


def _json(document, status=200):
    return Response(status, body=json.dumps(document, ensure_ascii=False).encode(),
                    kind='application/json')
