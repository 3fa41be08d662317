# SPDX-License-Identifier: GPL-3.0-or-later
"""A session bus of its own with an unlocked keyring on it, for tests written in Python.

    with Keyring(folder) as keyring:
        subprocess.run(…, env={**os.environ, **keyring.environment})
"""

import os
import pathlib
import subprocess
import time

_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Keyring:
    """Nothing is started by itself on the bus: with daemon=False there is no Secret Service."""

    def __init__(self, folder, daemon=True):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        configuration = self.folder / 'bus.conf'
        configuration.write_text(_CONFIGURATION.format(folder=self.folder))
        self.bus = subprocess.Popen(
            ['dbus-daemon', f'--config-file={configuration}', '--nofork', '--nopidfile',
             '--print-address=1'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        address = self.bus.stdout.readline().strip()
        if not address:
            raise RuntimeError('the session bus did not start')
        self.environment = {'DBUS_SESSION_BUS_ADDRESS': address}
        self.daemon = None
        if daemon:
            self.start()

    def start(self):
        data = self.folder / 'data'
        control = self.folder / 'control'
        for place in (data, control):
            place.mkdir(mode=0o700, exist_ok=True)
        environment = {**os.environ, **self.environment, 'HOME': str(data),
                       'XDG_DATA_HOME': str(data), 'XDG_RUNTIME_DIR': str(control)}
        # Warnings of the daemon are its own; and it must not ask anybody on a screen.
        for name in ('G_DEBUG', 'DISPLAY', 'WAYLAND_DISPLAY'):
            environment.pop(name, None)
        self.daemon = subprocess.Popen(
            ['gnome-keyring-daemon', '--foreground', '--components=secrets', '--unlock',
             f'--control-directory={control}'], env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.daemon.stdin.write(b'test')
        self.daemon.stdin.close()
        for _ in range(400):
            if self._call('org.freedesktop.DBus', '/org/freedesktop/DBus',
                          'org.freedesktop.DBus.NameHasOwner',
                          'org.freedesktop.secrets') == '(true,)':
                return
            time.sleep(0.05)
        raise RuntimeError('the keyring did not start')

    def _call(self, name, path, method, *arguments):
        answer = subprocess.run(
            ['gdbus', 'call', '--session', '--dest', name, '--object-path', path, '--method',
             method, *arguments], env={**os.environ, **self.environment}, text=True,
            stdout=subprocess.PIPE, check=True)
        return answer.stdout.strip()

    def lock(self):
        """Locks the keyring; nobody is there to unlock it."""
        self._call('org.freedesktop.secrets', '/org/freedesktop/secrets',
                   'org.freedesktop.Secret.Service.Lock',
                   "['/org/freedesktop/secrets/collection/login']")

    def count(self):
        """How many secrets there are."""
        answer = subprocess.run(
            ['secret-tool', 'search', '--all', 'xdg:schema', 'io.github.granary.Granary.Key'],
            env={**os.environ, **self.environment}, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, check=False)
        return answer.stdout.count('label = ')

    def stop(self):
        for process in (self.daemon, self.bus):
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait()
        self.bus.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
