# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository with the bundled sample, whose services run as the product runs them."""

import http.client
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.parse

MODEL = 'digits'


class Published:
    """Publishes through granary-cli, with a granary-serviced of its own; use it with `with`."""

    def __init__(self, build, source, folder):
        self.cli = os.path.join(build, 'src', 'cli', 'granary-cli')
        self.sample = os.path.join(source, 'data', 'samples', MODEL)
        with open(os.path.join(self.sample, 'config.json'), encoding='utf-8') as file:
            self.example = json.load(file)['example']
        self.folder = tempfile.mkdtemp(prefix='services-', dir=folder)
        # The path of a socket is short.
        self.runtime = tempfile.mkdtemp(prefix='granary-run-', dir='/tmp')
        self.environment = {
            **os.environ,
            'HOME': self.folder,
            'XDG_DATA_HOME': os.path.join(self.folder, 'data'),
            'XDG_CONFIG_HOME': os.path.join(self.folder, 'config'),
            'XDG_RUNTIME_DIR': self.runtime,
            'GRANARY_REPOSITORY': os.path.join(self.folder, 'repository'),
            'GRANARY_SERVICED': os.path.join(build, 'src', 'serviced', 'granary-serviced'),
            'GRANARY_RUNNER': os.path.join(build, 'data', 'runner'),
            'LC_ALL': 'C.UTF-8',
        }
        self.run('import', MODEL, '--files', self.sample)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for service in self.run('services')['services']:
            self.run('remove', service['id'], '--yes')
        self.quit()
        for place, folders, _ in os.walk(self.folder):
            for name in folders:  # stored files are read-only
                if not os.path.islink(os.path.join(place, name)):
                    os.chmod(os.path.join(place, name), 0o700)
        shutil.rmtree(self.folder)
        shutil.rmtree(self.runtime)

    def run(self, *arguments):
        result = subprocess.run([self.cli, '--json', *arguments], check=True, text=True,
                                env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE)
        return json.loads(result.stdout) if result.stdout else None

    def publish(self, name=MODEL):
        """The service, which runs."""
        return self.run('publish', MODEL + ':v1', '--service', name)

    def ask(self, service):
        """One request over a connection of its own; it must be answered."""
        url = urllib.parse.urlsplit(service['url'])
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
        connection.request('POST', url.path, json.dumps(self.example), {
            'Authorization': 'Bearer ' + service['token'], 'Content-Type': 'application/json'})
        response = connection.getresponse()
        data = response.read()
        connection.close()
        if response.status != 200:
            raise RuntimeError(f'the service answered {response.status}: {data!r}')
        return json.loads(data)

    # The supervisor

    def find_supervisor(self):
        """Its process, None when there is none."""
        folder = os.path.join(self.runtime, 'granary')
        names = os.listdir(folder) if os.path.isdir(folder) else []
        for name in names:
            if not name.endswith('.socket'):
                continue
            with socket.socket(socket.AF_UNIX) as client:
                try:
                    client.connect(os.path.join(folder, name))
                except ConnectionRefusedError:
                    continue
                credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
                return int.from_bytes(credentials[:4], 'little')
        return None

    def quit(self):
        """Waits until the supervisor is gone; nothing is to run."""
        process = self.find_supervisor()
        if process is None:
            return
        watched = os.pidfd_open(process)
        signal.pidfd_send_signal(watched, signal.SIGTERM)
        select.select([watched], [], [])
        os.close(watched)
