# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end-to-end stories share: the program under test, its words, and small real files."""

import gettext
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
from e2e import (App, Missing, Story, WindowManager, drag, key, type_text, wait_for,  # noqa: E402
                 xdotool)

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib')
DRAG_SOURCE = os.path.join(LIB, 'drag-source.py')
DROP_TARGET = os.path.join(LIB, 'drop-target.py')


def safetensors(path, value, count=64):
    """A small real file of weights."""
    header = json.dumps({'weight': {'dtype': 'F32', 'shape': [count],
                                    'data_offsets': [0, 4 * count]}}).encode()
    with open(path, 'wb') as output:
        output.write(struct.pack('<Q', len(header)) + header
                     + struct.pack(f'<{count}f', *[value] * count))
    return path


def windows_called(title):
    """The X windows with that title."""
    return subprocess.run(['xdotool', 'search', '--onlyvisible', '--name', f'^{re.escape(title)}$'],
                          check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout.split()


class Words:
    """The window's own words in the language under test, as a screen reader hears them."""

    def __init__(self, build, language):
        self.language = language
        self.catalogue = gettext.NullTranslations()
        if language != 'en':
            self.catalogue = gettext.translation('granary', os.path.join(build, 'po'), [language])

    def __call__(self, text, context=None):
        told = self.catalogue.pgettext(context, text) if context else self.catalogue.gettext(text)
        if self.language != 'en' and told == text:
            raise Missing(f'{text!r} is not translated')
        return told.replace('_', '')


class Desk:
    """A repository, a folder of files, a window on the repository, and windows to drag from."""

    def __init__(self, name):
        self.build, self.source, language = sys.argv[1:4]
        self.words = Words(self.build, language)
        self.folder = tempfile.mkdtemp(prefix='files-', dir=os.environ['XDG_RUNTIME_DIR'])
        self.repository = os.path.join(self.folder, 'repository')
        self.environment = {
            'GSETTINGS_SCHEMA_DIR': os.path.join(self.build, 'data'),
            'GRANARY_LOCALEDIR': os.path.join(self.build, 'po'),
            'LC_ALL': 'zh_CN.UTF-8' if language == 'zh_CN' else 'C.UTF-8',
            'LANGUAGE': '',
        }
        self.story = Story(f'{name}-{language}', os.path.join(self.build, 'e2e'))
        self.manager = WindowManager()
        self.window = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def open(self, *arguments):
        self.window = App(os.path.join(self.build, 'src', 'granary'), '--repository',
                          self.repository, *arguments, env=self.environment)
        self.window.move(0, 0)
        return self.window

    def cli(self, *arguments):
        """What granary-cli prints, as JSON if it is."""
        result = subprocess.run(
            [os.path.join(self.build, 'src', 'cli', 'granary-cli'), '-r', self.repository, '--json',
             *arguments], check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, env={**os.environ, 'LC_ALL': 'C.UTF-8'})
        if result.returncode:
            raise Missing(f'granary-cli {" ".join(arguments)}: {result.stderr}')
        try:
            return json.loads(result.stdout)
        except ValueError:
            return result.stdout

    def version(self, model, version):
        """What the catalogue says of one version."""
        for one in self.cli('show', model)['versions']:
            if one['version'] == version:
                return one
        return None

    def dragging(self, *paths):
        """A second window, of another program, that offers the files to be dragged."""
        source = App(sys.executable, DRAG_SOURCE, *paths)
        source.move(960, 20)
        return source

    def drop(self, paths, target, title):
        """Drags files from another program's window to a node of ours, or a point of the screen,
        and returns the dialog this opens. The other program stays until then: the files are asked
        from it once they were dropped."""
        source = self.dragging(*paths)
        try:
            end = target if isinstance(target, tuple) else target.steady_centre()
            drag(source.find('button', 'Drag me').steady_centre(), end)
            dialog = self.dialog(title)
        finally:
            source.stop()
            App.started.remove(source)
        self.window.raise_window()
        return dialog

    def drag_out(self, name):
        """Drags a row into another program's window; what that says it got."""
        _x, _y, width, height = self.window.area()
        # Pressing the row brings its window to the front: the other must stand beside it.
        self.window.resize(1010, height)
        wait_for(lambda: self.window.area()[2] < width, 'narrower window')
        target = App(sys.executable, DROP_TARGET)
        try:
            target.move(1040, 300)
            drag(self.row(name).steady_centre(), target.find('label', 'Drop here').steady_centre())
            return target.find('label', re.compile(': /')).name
        finally:
            target.stop()
            App.started.remove(target)
            self.window.resize(width, height)
            self.window.raise_window()

    def row(self, name, **options):
        """The row of a model (or of a version, by its number)."""
        return self.window.find('table row', re.compile(rf'^{re.escape(name)}\b'), **options)

    def expand(self, model, version):
        """Opens a model by its arrow."""
        row = self.row(model)
        row.steady_centre()
        x, y, _width, height = row.box()
        xdotool('mousemove', x + 14, y + height // 2, 'click', 1)
        return self.row(version)

    def no_row(self, name):
        self.window.gone('table row', re.compile(rf'^{re.escape(name)}\b'))

    def button(self, text, inside=None, **options):
        return (inside or self.window).find('button', self.words(text), **options)

    def mnemonic(self, text):
        """The key that chooses it in a menu, in the language under test."""
        told = self.words.catalogue.gettext(text)
        return told[told.index('_') + 1].lower()

    def dialog(self, title):
        return self.window.find('dialog', self.words(title))

    def choose(self, title, path):
        """Answers GTK's file chooser by a path, whose first slash it takes as the start of one."""
        chooser = self.window.find('dialog', title)
        wait_for(lambda: any(node.has('focused') for node in chooser.walk()), f'focus in {title}')
        type_text('/')
        entry = chooser.find('text', where=lambda node: node.has('focused'))
        # As a whole: the chooser completes what is typed letter by letter.
        entry.put_text(path)
        key('Return')
        # GTK 4.18 crashes when asked for the children of a chooser that is just going away.
        wait_for(lambda: not windows_called(title), f'end of {title}')

    def no_warnings(self):
        """Nothing was complained about."""
        warnings = self.window.warnings()
        if warnings:
            raise Missing('warnings while it ran:\n' + '\n'.join(warnings))

    def clean(self):
        """Nothing was complained about, and the repository is as its catalogue says."""
        self.no_warnings()
        self.cli('verify')

    def done(self):
        self.story.stop()
        self.manager.stop()
        self.story.done()


__all__ = ['App', 'Desk', 'Missing', 'key', 'safetensors', 'type_text', 'wait_for', 'xdotool']
