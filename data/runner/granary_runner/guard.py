# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps the token from the model's code, and processes from being left behind."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import time

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
CAPABILITY_VERSION = 0x20080522  # the third, of two words


def prctl(option, value):
    """Best effort: a kernel or a sandbox may refuse any of these."""
    library = ctypes.CDLL(None, use_errno=True)
    return library.prctl(option, ctypes.c_ulong(value), 0, 0, 0) == 0


def drop_capabilities():
    """A service that is run by the superuser outside a sandbox has no more rights than his files.

    Whoever holds the capability to trace could read the memory of every process.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    header = struct.pack('=Ii', CAPABILITY_VERSION, 0)
    ctypes.CDLL(None).capset(header, struct.pack('=6I', 0, 0, 0, 0, 0, 0))


def protect_front():
    """Other processes of the same user may not look into this one, and it inherits orphans.

    To be called before the token is read.
    """
    drop_capabilities()
    prctl(PR_SET_DUMPABLE, 0)
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def confine_worker(parent):
    """Ends with the front."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # the front ended before it could be noticed


def keep_descriptors(numbers):
    """Only these and the first three stay open, and no program that is started gets them."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(max(numbers) + 1, min(soft if soft > 0 else 65536, 65536))
    for number in numbers:
        os.set_inheritable(number, False)


def allow_connections(wanted):
    """How many connections there may be, after as many descriptors as possible were allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + 256
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    return max(16, soft - 128)


def describe_memory_limit():
    """MiB that a worker may have, nothing when there is no such limit."""
    limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
    return '' if limit == resource.RLIM_INFINITY else str(limit >> 20)


def find_descendants():
    """All processes that came of this one, as far as /proc tells."""
    children = {}
    try:
        names = os.listdir('/proc')
    except OSError:
        return []
    for name in names:
        if not name.isdigit():
            continue
        try:
            with open('/proc/' + name + '/stat', 'rb') as file:
                # The name of a program may hold anything, so what follows the last bracket counts.
                fields = file.read().rpartition(b')')[2].split()
        except OSError:
            continue
        if fields[0] != b'Z':
            children.setdefault(int(fields[1]), []).append(int(name))
    found = []
    pending = [os.getpid()]
    while pending:
        below = children.get(pending.pop(), [])
        found.extend(below)
        pending.extend(below)
    return found


def kill_descendants(known, seconds=2.0):
    """Ends every process that came of this one, also those that left their group and session.

    One that was orphaned became a child of this process, see protect_front().
    """
    deadline = time.monotonic() + seconds
    while True:
        for pid in {*find_descendants(), *known}:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                break
            known = [other for other in known if other != pid]
        if time.monotonic() > deadline:
            return
        time.sleep(0.005)
