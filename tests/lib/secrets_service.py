# SPDX-License-Identifier: GPL-3.0-or-later
"""A Secret Service of the test's own: GNOME Keyring on the session bus that build-aux/headless made,
with an unlocked keyring in the test's private home."""

import subprocess


class Keyring:
    PATIENCE = '20'

    def __init__(self, password='test'):
        self.process = subprocess.Popen(
            ['gnome-keyring-daemon', '--foreground', '--components=secrets', '--unlock'],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.process.stdin.write(password.encode())
        self.process.stdin.close()
        # Without asking for the name as such: the bus would start a second one.
        subprocess.run(['gdbus', 'wait', '--session', '--timeout', self.PATIENCE,
                        'org.freedesktop.secrets'], check=True)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
