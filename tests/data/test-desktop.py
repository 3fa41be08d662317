#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop parts as they will be installed: test-desktop.py SOURCE BUILD APPLICATION-ID"""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from tap import Tap, run

SOURCE, BUILD, ID = sys.argv[1:4]
DATA = os.path.join(BUILD, 'data')
ICONS = os.path.join(SOURCE, 'data', 'icons', 'hicolor')
MIME = '{http://www.freedesktop.org/standards/shared-mime-info}'
SVG = '{http://www.w3.org/2000/svg}'


def built(name):
    path = os.path.join(DATA, ID + name)
    if not os.path.exists(path):
        raise FileNotFoundError(path)
    return path


def entry():
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read(built('.desktop'), encoding='utf-8')
    return parser


def desktop_file():
    return run('desktop-file-validate', '--warn-kde', built('.desktop'))


def desktop_keys():
    main = entry()['Desktop Entry']
    expected = {'Icon': ID, 'StartupNotify': 'true', 'DBusActivatable': 'true',
                'Terminal': 'false'}
    for key, value in expected.items():
        if main.get(key) != value:
            yield f'{key} is {main.get(key)!r}, not {value!r}'
    for key in ('Categories', 'Keywords', 'MimeType', 'Actions'):
        if not main.get(key, '').endswith(';'):
            yield f'{key} is missing or does not end in a semicolon'


def desktop_actions():
    desktop = entry()
    names = [name for name in desktop['Desktop Entry']['Actions'].split(';') if name]
    code = ''
    for folder, _, files in os.walk(os.path.join(SOURCE, 'src', 'ui')):
        for name in files:
            if name.endswith('.c'):
                with open(os.path.join(folder, name), encoding='utf-8') as text:
                    code += text.read()
    for name in names:
        if f'Desktop Action {name}' not in desktop:
            yield f'the action {name} has no section'
        # DBusActivatable: the desktop activates the application's action of that name.
        if f'"{name}"' not in code:
            yield f'the application has no action {name}'


def metainfo():
    if shutil.which('appstreamcli') is None:
        return ['appstreamcli is not installed']
    told = subprocess.run(['appstreamcli', 'validate', '--no-net', '--explain', '--pedantic',
                           built('.metainfo.xml')], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.splitlines()
    # GNOME's ids end in the capitalised name of the application, which is frowned upon, not wrong.
    issues = [line for line in told if re.match(r'[EWIP]: ', line)
              and 'cid-contains-uppercase-letter' not in line]
    if issues or not told:
        return told or ['appstreamcli says nothing']
    return []


def metainfo_content():
    root = ElementTree.parse(built('.metainfo.xml')).getroot()
    if root.findtext('id') != ID:
        yield f'the id is {root.findtext("id")!r}'
    if root.findtext('launchable') != ID + '.desktop':
        yield f'the launchable is {root.findtext("launchable")!r}'
    summary = root.findtext('summary')
    if len(summary) > 35 or summary.endswith('.') or root.findtext('name') in summary:
        yield f'the summary {summary!r} is too long, a sentence, or repeats the name'
    colours = {colour.get('scheme_preference') for colour in root.iter('color')}
    if colours != {'light', 'dark'}:
        yield f'branding has {colours}'
    for url in ('homepage', 'bugtracker', 'vcs-browser', 'translate', 'contribute'):
        if root.find(f"url[@type='{url}']") is None:
            yield f'no url of type {url}'


def screenshots():
    """Each picture the metainfo shows is kept, is a window's, and has a caption."""
    root = ElementTree.parse(built('.metainfo.xml')).getroot()
    pictures = list(root.iter('screenshot'))
    if len(pictures) < 3:
        yield f'{len(pictures)} screenshots'
    for picture in pictures:
        name = picture.findtext('image').strip().rsplit('/', 1)[-1]
        path = os.path.join(SOURCE, 'data', 'screenshots', name)
        if not os.path.exists(path):
            yield f'{name} is not in data/screenshots'
            continue
        with open(path, 'rb') as content:
            start = content.read(24)
        width, height = (int.from_bytes(start[at:at + 4], 'big') for at in (16, 20))
        if start[:8] != b'\x89PNG\r\n\x1a\n' or not (300 < width <= 1600 and 280 < height <= 900):
            yield f'{name}: not a picture of a window'
        if not picture.findtext('caption'):
            yield f'{name} has no caption'


def metainfo_version():
    root = ElementTree.parse(built('.metainfo.xml')).getroot()
    with open(os.path.join(SOURCE, 'meson.build'), encoding='utf-8') as text:
        version = re.search(r"^  version: '([^']+)'", text.read(), re.M).group(1)
    newest = next(root.iter('release')).get('version')
    if newest != version:
        yield f'the newest release is {newest}, the project is {version}'


def schema():
    return run('glib-compile-schemas', '--strict', '--dry-run', os.path.join(SOURCE, 'data'))


def dbus_service():
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(built('.service'), encoding='utf-8')
    section = parser['D-BUS Service']
    if section['Name'] != ID:
        yield f'the name is {section["Name"]}'
    if not re.fullmatch(r'/\S+/granary --gapplication-service', section['Exec']):
        yield f'it runs {section["Exec"]}'


def mime_types():
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, 'mime')
        os.makedirs(os.path.join(database, 'packages'))
        shutil.copy(built('.xml'), os.path.join(database, 'packages'))
        result = subprocess.run(['update-mime-database', database], check=False, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                env={**os.environ, 'XDG_DATA_HOME': folder})
        if result.returncode or result.stdout.strip():
            yield f'update-mime-database: {result.returncode}'
            yield from result.stdout.splitlines()
        if not os.path.exists(os.path.join(database, 'globs2')):
            yield 'update-mime-database wrote no globs'


def mime_lists_agree():
    described = {item.get('type') for item in
                 ElementTree.parse(built('.xml')).getroot().iter(MIME + 'mime-type')}
    opened = {item for item in entry()['Desktop Entry']['MimeType'].split(';') if item}
    provided = {item.text for item in
                ElementTree.parse(built('.metainfo.xml')).getroot().iter('mediatype')}
    if not described == opened == provided:
        yield f'described {described}'
        yield f'opened by the desktop file {opened}'
        yield f'provided by the metainfo {provided}'


# What the first bytes of real files look like, and the type they have to be taken for.
CONTENT = {
    'application/x-onnx': b'\x08\x08\x12\x07pytorch\x1a\x05' + b'2.5.0' + bytes(64),
    'application/x-safetensors': b'\x58\0\0\0\0\0\0\0{"w":{"dtype":"F32","shape":[1],"data_off',
    'application/x-pytorch': b'PK\x03\x04\0\0\x08\x08' + bytes(18) + b'\x10\0\x12\0'
                             + b'archive/data.pkl' + bytes(64),
    'application/x-gguf': b'GGUF\x03\0\0\0' + bytes(64),
    'application/x-tflite': b'\x1c\0\0\0TFL3' + bytes(64),
}


def mime_content():
    """GIO's answer for content without a telling name, with only our package installed."""
    with tempfile.TemporaryDirectory() as folder:
        packages = os.path.join(folder, 'mime', 'packages')
        os.makedirs(packages)
        shutil.copy(built('.xml'), packages)
        subprocess.run(['update-mime-database', os.path.join(folder, 'mime')], check=True,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for expected, content in CONTENT.items():
            path = os.path.join(folder, 'unnamed')
            with open(path, 'wb') as output:
                output.write(content)
            answer = subprocess.run(
                ['gio', 'info', '-a', 'standard::content-type', path], check=True, text=True,
                stdout=subprocess.PIPE,
                env={**os.environ, 'XDG_DATA_HOME': folder}).stdout
            if f'standard::content-type: {expected}\n' not in answer:
                yield f'{expected}: {answer.strip().splitlines()[-1].strip()}'


def icons():
    for path, square in ((f'scalable/apps/{ID}.svg', 128),
                         (f'symbolic/apps/{ID}-symbolic.svg', 16)):
        root = ElementTree.parse(os.path.join(ICONS, path)).getroot()
        size = (root.get('width'), root.get('height'))
        if root.tag != SVG + 'svg' or size != (str(square), str(square)):
            yield f'{path}: {root.tag} of {size}'
        for element in root.iter():
            if element.tag == SVG + 'image' or any('href' in key for key in element.keys()):
                yield f'{path}: refers to something outside itself'


def icons_are_drawn():
    """GdkPixbuf draws both, they are neither empty nor a filled square."""
    program = '''
import sys
import gi
gi.require_version('GdkPixbuf', '2.0')
from gi.repository import GdkPixbuf
picture = GdkPixbuf.Pixbuf.new_from_file_at_size(sys.argv[1], 64, 64)
if not picture.get_has_alpha():
    sys.exit('no transparency')
pixels, stride = picture.get_pixels(), picture.get_rowstride()
opaque = sum(pixels[y * stride + x * 4 + 3] > 128 for y in range(64) for x in range(64))
if not 0.2 < opaque / 4096 < 0.9:
    sys.exit(f'{opaque} of 4096 pixels are opaque')
'''
    for path in (f'scalable/apps/{ID}.svg', f'symbolic/apps/{ID}-symbolic.svg'):
        yield from run(sys.executable, '-c', program, os.path.join(ICONS, path))


def flatpak():
    for name in os.listdir(os.path.join(SOURCE, 'flatpak')):
        with open(os.path.join(SOURCE, 'flatpak', name), encoding='utf-8') as text:
            manifest = json.load(text)
        rights = manifest['finish-args']
        if manifest['id'] + '.json' != name:
            yield f'{name} is about {manifest["id"]}'
        for right in rights:
            if re.match(r'--(filesystem|device=all|socket=(x11|session-bus|system-bus)'
                        r'|talk-name=org\.freedesktop\.Flatpak)', right):
                yield f'{name}: asks for {right}'
        for needed in ('--socket=wayland', '--socket=fallback-x11', '--share=ipc', '--device=dri'):
            if needed not in rights:
                yield f'{name}: lacks {needed}'
        module = manifest['modules'][-1]
        if module['name'] != 'granary' or not module.get('run-tests', False):
            yield f'{name}: does not run the tests'


def main():
    tap = Tap()
    for check in (desktop_file, desktop_keys, desktop_actions, metainfo, metainfo_content,
                  screenshots, metainfo_version, schema, dbus_service, mime_types,
                  mime_lists_agree, mime_content, icons, icons_are_drawn, flatpak):
        tap.check(check.__name__.replace('_', ' '), check)
    tap.done()


if __name__ == '__main__':
    main()
