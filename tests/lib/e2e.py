# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a real window as a person and a screen reader would.

Widgets are found through AT-SPI by role and name; the pointer and the keyboard are the X server's,
moved by xdotool. Everything waits for what it needs and gives up after a time; nothing sleeps for a
fixed one. To be run by build-aux/headless, which gives each test a screen and a bus of its own.
"""

import os
import re
import subprocess
import sys
import time
import traceback

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

# AT-SPI complains of whatever has gone away while it was asked for.
GLib.log_set_handler('dbind', GLib.LogLevelFlags.LEVEL_WARNING, lambda *_: None, None)

PATIENCE = 30.0


class Missing(AssertionError):
    """Something that should be on the screen is not."""


def wait_for(condition, what, timeout=PATIENCE):
    """The first true value of condition (), asked again and again."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        for app in App.started:
            if app.process.poll() is not None:
                raise Missing(f'no {what}: {app.process.args[0]} ended, {app.process.returncode}')
        if time.monotonic() > end:
            raise Missing(f'no {what} after {timeout:g} s')
        time.sleep(0.05)


def xdotool(*words):
    return subprocess.run(['xdotool', *map(str, words)], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


class Node:
    """One accessible object of the window."""

    def __init__(self, accessible, app):
        self.accessible = accessible
        self.app = app

    def __repr__(self):
        return f'{self.role} {self.name!r}'

    @property
    def name(self):
        try:
            return self.accessible.get_name() or ''
        except GLib.Error:
            return ''

    @property
    def description(self):
        try:
            return self.accessible.get_description() or ''
        except GLib.Error:
            return ''

    @property
    def role(self):
        try:
            role = self.accessible.get_role_name()
        except GLib.Error:
            return ''
        # The name of this role changed between releases of AT-SPI.
        return 'button' if role == 'push button' else role

    def has(self, *names):
        try:
            states = self.accessible.get_state_set()
        except GLib.Error:
            return False
        return all(states.contains(getattr(Atspi.StateType, name.upper())) for name in names)

    @property
    def text(self):
        try:
            interface = self.accessible.get_text_iface()
            if interface is None:
                return self.name
            # GTK's entries of one line know no -1.
            return Atspi.Text.get_text(interface, 0, Atspi.Text.get_character_count(interface))
        except GLib.Error:
            return ''

    def children(self):
        try:
            count = self.accessible.get_child_count()
        except GLib.Error:
            return
        for index in range(count):
            try:
                child = self.accessible.get_child_at_index(index)
            except GLib.Error:
                continue
            if child is not None:
                yield Node(child, self.app)

    def walk(self, showing=True):
        """This node and all below it, from top to bottom; hidden branches are left out."""
        if showing and not self.has('showing') and self.role not in ('application', ''):
            return
        yield self
        for child in self.children():
            yield from child.walk(showing)

    def find_all(self, role=None, name=None, showing=True, sensitive=None, where=None):
        """name: a text, or a compiled regular expression that has to be found in it."""
        for node in self.walk(showing):
            if role is not None and node.role not in ((role,) if isinstance(role, str) else role):
                continue
            if name is not None:
                own = node.name
                if hasattr(name, 'search') and not name.search(own):
                    continue
                if isinstance(name, str) and name != own:
                    continue
            if sensitive is not None and node.has('sensitive') != sensitive:
                continue
            if where is not None and not where(node):
                continue
            yield node

    def find(self, role=None, name=None, timeout=PATIENCE, **options):
        what = ' '.join(str(word) for word in (role, name, options or '') if word)
        return wait_for(lambda: next(self.find_all(role, name, **options), None), what, timeout)

    def gone(self, role=None, name=None, timeout=PATIENCE, **options):
        what = f'end of {role} {name} {options or ""}'
        wait_for(lambda: next(self.find_all(role, name, **options), None) is None, what, timeout)

    def parent(self, role):
        """The nearest node above with that role."""
        accessible = self.accessible.get_parent()
        while accessible is not None:
            node = Node(accessible, self.app)
            if node.role in ((role,) if isinstance(role, str) else role):
                return node
            accessible = accessible.get_parent()
        raise Missing(f'no {role} above {self!r}')

    def box(self):
        """x, y, width, height on the screen."""
        extents = Atspi.Component.get_extents(self.accessible.get_component_iface(),
                                              Atspi.CoordType.WINDOW)
        x, y = self.app.content_origin()
        return x + extents.x, y + extents.y, extents.width, extents.height

    def centre(self):
        x, y, width, height = self.box()
        return x + width // 2, y + height // 2

    def steady_centre(self):
        """The centre once it stays where it is: dialogs and panes slide in."""
        last = None

        def steady():
            nonlocal last
            now = self.box()
            still = now == last and now[2] > 0 and now[3] > 0
            last = now
            if not still:
                time.sleep(0.1)
            return still
        wait_for(steady, f'rest of {self!r}')
        return self.centre()

    def click(self, button=1, times=1, modifier=None):
        x, y = self.steady_centre()
        xdotool('mousemove', x, y)
        words = ['click', '--repeat', times, '--delay', 60, button]
        if modifier:
            words = ['keydown', modifier, *words, 'keyup', modifier]
        xdotool(*words)
        return self

    def press(self):
        """The widget's own first action, as a screen reader does it."""
        action = self.accessible.get_action_iface()
        if action is None or Atspi.Action.get_n_actions(action) == 0:
            raise Missing(f'{self!r} has no action')
        Atspi.Action.do_action(action, 0)
        return self

    def focus(self):
        self.accessible.get_component_iface().grab_focus()
        wait_for(lambda: self.has('focused'), f'focus on {self!r}')
        return self

    def put_text(self, text):
        """Replaces what it holds at once, as a screen reader or an input method does."""
        Atspi.EditableText.set_text_contents(self.accessible.get_editable_text_iface(), text)

    def set_text(self, text):
        """Clicks into it, selects all and types."""
        self.click()
        wait_for(lambda: self.has('focused') or any(node.has('focused') for node in self.walk()),
                 f'focus in {self!r}')
        key('ctrl+a')
        if text:
            type_text(text)
        else:
            key('BackSpace')
        return self

    def tree(self, depth=0):
        """A drawing of all that is shown, for the log of a failure."""
        lines = []
        for child in self.children():
            if child.has('showing'):
                text = child.text
                states = ''.join(f' {name}' for name in
                                 ('focused', 'selected', 'checked', 'expanded') if child.has(name))
                lines.append(f'{"  " * depth}{child.role} {child.name!r}'
                             f'{" = " + repr(text) if text and text != child.name else ""}'
                             f'{"" if child.has("sensitive") else " insensitive"}{states}')
                lines += child.tree(depth + 1)
        return lines


def key(*names):
    xdotool('key', '--clearmodifiers', *names)


def type_text(text):
    xdotool('type', '--clearmodifiers', '--delay', 15, text)


def drag(start, end, steps=20):
    """Presses at start, moves in small steps as a hand does, rests, and releases at end."""
    (x0, y0), (x1, y1) = start, end
    xdotool('mousemove', x0, y0, 'mousedown', 1)
    time.sleep(0.2)
    for step in range(1, steps + 1):
        xdotool('mousemove', x0 + (x1 - x0) * step // steps, y0 + (y1 - y0) * step // steps)
        time.sleep(0.03)
    # The target sees the pointer once more where it stays.
    for wiggle in (1, 0, 1, 0):
        xdotool('mousemove', x1 + wiggle, y1)
        time.sleep(0.1)
    xdotool('mouseup', 1)


class App(Node):
    """A program started under test and its window."""

    started = []

    def __init__(self, *command, title=None, env=None, log=None):
        self.log_path = log or os.path.join(os.environ['XDG_RUNTIME_DIR'],
                                            f'app-{len(App.started)}.log')
        with open(self.log_path, 'wb') as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT,
                                            stdin=subprocess.DEVNULL,
                                            env={**os.environ, **(env or {})})
        App.started.append(self)
        self.xid = None
        super().__init__(None, self)
        self.accessible = wait_for(self._application, f'accessible window of {command[0]}')
        self.xid = wait_for(lambda: self._window(title), f'window of {command[0]}')
        self.raise_window()

    def _application(self):
        if self.process.poll() is not None:
            raise Missing(f'the program ended with {self.process.returncode}:\n{self.log()}')
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            try:
                application = desktop.get_child_at_index(index)
                if (application is not None and application.get_process_id() == self.process.pid
                        and application.get_child_count() > 0):
                    return application
            except GLib.Error:
                continue
        return None

    def _window(self, title):
        words = ['search', '--onlyvisible', '--all', '--pid', self.process.pid]
        if title:
            words += ['--name', title]
        found = subprocess.run(['xdotool', *map(str, words)], check=False, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.split()
        return found[-1] if found else None

    def raise_window(self):
        xdotool('windowactivate', '--sync', self.xid)

    def origin(self):
        """Where the window's own coordinates begin on the screen."""
        geometry = xdotool('getwindowgeometry', '--shell', self.xid)
        values = dict(line.split('=') for line in geometry.split())
        return int(values['X']), int(values['Y'])

    def area(self):
        """Where the window is on the screen, without the frame GTK draws for want of shadows."""
        values = dict(line.split('=') for line in
                      xdotool('getwindowgeometry', '--shell', self.xid).split())
        window = next(self.children())
        extents = Atspi.Component.get_extents(window.accessible.get_component_iface(),
                                              Atspi.CoordType.WINDOW)
        frame = -min(extents.x, 0)
        return (int(values['X']) + frame, int(values['Y']) + frame,
                int(values['WIDTH']) - 2 * frame, int(values['HEIGHT']) - 2 * frame)

    def content_origin(self):
        """GTK adds up positions of border boxes in content boxes. The frame that it draws around a
        window on a screen without compositor is so missed twice: once negative, once not at all."""
        window = next(self.children())
        extents = Atspi.Component.get_extents(window.accessible.get_component_iface(),
                                              Atspi.CoordType.WINDOW)
        x, y = self.origin()
        return x - 2 * min(extents.x, 0), y - 2 * min(extents.y, 0)

    def resize(self, width, height):
        xdotool('windowsize', '--sync', self.xid, width, height)

    def move(self, x, y):
        xdotool('windowmove', '--sync', self.xid, x, y)

    def log(self):
        with open(self.log_path, encoding='utf-8', errors='replace') as text:
            return text.read()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    # GTK's own, when a window loses the focus at the moment an entry in it goes away; and that of an
    # alert of Adwaita whose heading fits in its smaller size only, which it then takes.
    HARMLESS = ('did not receive a focus-out event',
                'for width of 324, but it needs at least')

    def warnings(self):
        """What GLib complained about while it ran."""
        return [line for line in self.log().splitlines()
                if not any(known in line for known in self.HARMLESS)
                and re.search(r'(-WARNING|-CRITICAL|-ERROR) \*\*|: (WARNING|CRITICAL|ERROR) \*\*|'
                             r'(Gtk|GLib|Adwaita|Gdk|granary)[\w-]*-(WARNING|CRITICAL)', line)]


class WindowManager:
    """Openbox, so that windows can be moved, focused and dropped on."""

    def __init__(self):
        self.process = subprocess.Popen(['openbox', '--sm-disable'], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        wait_for(self._ready, 'window manager')

    @staticmethod
    def _ready():
        return subprocess.run(['xdotool', 'get_num_desktops'], check=False,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0

    def stop(self):
        self.process.terminate()
        self.process.wait()


def screenshot(path, area=None):
    """A picture of the screen, or of an area of it: x, y, width, height."""
    crop = ['-crop', '{2}x{3}+{0}+{1}'.format(*area), '+repage'] if area else []
    subprocess.run(['import', '-silent', '-define', 'png:exclude-chunks=date,time', '-window',
                    'root', *crop, path], check=True)


def still_picture(path, app, timeout=PATIENCE):
    """A picture of the window once two in a row are alike: nothing slides or spins any more."""
    part = path[:-len('.png')] + '.next.png'
    last = None

    def still():
        nonlocal last
        screenshot(part, app.area())
        with open(part, 'rb') as picture:
            now = picture.read()
        alike = now == last
        last = now
        if not alike:
            time.sleep(0.4)
        return alike
    xdotool('mousemove', 0, 0)
    wait_for(still, 'still picture', timeout)
    colours = subprocess.run(['identify', '-format', '%k', part], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    if int(colours) < 16:
        raise Missing(f'the window shows nothing: {colours} colours')
    os.replace(part, path)


class Story:
    """A test told in steps, reported as TAP. The first step that fails ends it with a picture, the
    tree of what was shown and the program's own messages."""

    def __init__(self, name, artifacts):
        self.name = name
        self.artifacts = artifacts
        self.number = 0

    def step(self, name, function, *arguments):
        self.number += 1
        try:
            result = function(*arguments)
        except Exception as error:
            print(f'not ok {self.number} - {name}')
            print(f'1..{self.number}')
            sys.stdout.flush()
            self._explain(error)
            self.stop()
            sys.exit(1)
        print(f'ok {self.number} - {name}')
        sys.stdout.flush()
        return result

    def _explain(self, error):
        """To standard error, which Meson shows of what failed."""
        def tell(line):
            print(line, file=sys.stderr)
        tell(''.join(traceback.format_exception(error)))
        os.makedirs(self.artifacts, exist_ok=True)
        picture = os.path.join(self.artifacts, self.name + '.png')
        try:
            screenshot(picture)
            tell('picture: ' + picture)
        except (OSError, subprocess.SubprocessError) as failure:
            tell(f'no picture: {failure}')
        for app in App.started:
            tell(f'--- shown by {app.process.args[0]}')
            try:
                tell('\n'.join(app.tree()))
            except GLib.Error as failure:
                tell(failure.message)
            tell('--- its messages')
            tell('\n'.join(app.log().splitlines()[-40:]))

    @staticmethod
    def stop():
        for app in App.started:
            app.stop()

    def done(self):
        self.stop()
        print(f'1..{self.number}')
        sys.exit(0)
