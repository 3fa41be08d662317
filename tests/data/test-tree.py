#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source tree itself: test-tree.py SOURCE"""

import os
import re
import sys
import xml.etree.ElementTree as ElementTree

from tap import Tap, run

SOURCE = sys.argv[1]
SKIPPED = {'.git', '__pycache__'}
BINARY = ('.png', '.onnx', '.safetensors', '.pt', '.pth', '.db', '.npz', '.zip', '.tar', '.gz', '.data',
          '.pt2', '.pkl', '.joblib', '.ubj', '.deprecated',
          '.circle', '.gguf', '.h5', '.index', '.keras', '.nb', '.ort', '.pb', '.pdiparams', '.pdmodel',
          '.pdparams', '.pte', '.tflite', '.data-00000-of-00001', '.cbm')


def files(*folders, suffix=''):
    """Paths relative to the source tree, generated and version-control folders left out."""
    for folder in folders or ('',):
        for root, names, leaves in os.walk(os.path.join(SOURCE, folder)):
            names[:] = sorted(name for name in names
                              if name not in SKIPPED and not name.startswith('_build'))
            for leaf in sorted(leaves):
                if leaf.endswith(suffix) and leaf not in SKIPPED:
                    yield os.path.relpath(os.path.join(root, leaf), SOURCE)


def read(path):
    with open(os.path.join(SOURCE, path), encoding='utf-8') as text:
        return text.read()


def blueprints():
    return list(files('resources', suffix='.blp'))


def blueprint_format():
    paths = [os.path.join(SOURCE, path) for path in blueprints()]
    if not paths:
        return ['there is no Blueprint file']
    return run('blueprint-compiler', 'format', *paths)


def templates_have_classes():
    """Each template is the template of exactly one class, which takes it from where it is."""
    code = {path: read(path) for path in files('src', suffix='.c')}
    for path in blueprints():
        names = re.findall(r'^template \$(\w+)', read(path), re.M)
        if not names:
            continue
        resource = '/io/github/granary/Granary/' + re.sub(r'^resources/', '', path)
        resource = re.sub(r'\.blp$', '.ui', resource)
        for name in names:
            owners = [source for source, text in code.items()
                      if re.search(rf'G_DEFINE_\w*TYPE\w*\s*\(\s*{name}\b', text)]
            if len(owners) != 1:
                yield f'{path}: {name} is defined in {owners or "no file"}'
                continue
            text = code[owners[0]].replace('GRANARY_RESOURCE_PATH "', '"/io/github/granary/Granary')
            text = re.sub(r'"\s*"', '', text)
            if resource not in text:
                yield f'{path}: {owners[0]} does not take its template from {resource}'


def callbacks_are_bound():
    """Template children and callbacks that a Blueprint names exist in the code and vice versa."""
    code = {path: read(path) for path in files('src', suffix='.c')}
    for path in blueprints():
        text = read(path)
        match = re.search(r'^template \$(\w+)', text, re.M)
        if not match:
            continue
        owner = next((source for source in code.values()
                      if re.search(rf'G_DEFINE_\w*TYPE\w*\s*\(\s*{match[1]}\b', source)), '')
        named = set(re.findall(r'[\w.$]+\s+(\w+)\s*\{', text))
        for child in re.findall(r'gtk_widget_class_bind_template_child(?:_private)?\s*'
                                r'\([^,]+,[^,]+,\s*(\w+)\)', owner):
            if child not in named:
                yield f'{path}: the class binds {child}, which the template does not name'
        bound = set(re.findall(r'bind_template_callback(?:_full)?\s*\([^,]+,\s*"?(\w+)', owner))
        for callback in set(re.findall(r'=>\s*\$(\w+)\s*\(', text)):
            if callback not in bound:
                yield f'{path}: {callback} is not bound by the class'


def resources_are_listed():
    """Every Blueprint and style sheet is in the resource bundle."""
    listed = {item.get('alias') or item.text.strip()
              for item in ElementTree.parse(os.path.join(SOURCE, 'resources',
                                                         'granary.gresource.xml')).iter('file')}
    for path in blueprints():
        inside = re.sub(r'\.blp$', '.ui', os.path.relpath(path, 'resources'))
        if inside not in listed:
            yield f'{path} is not in granary.gresource.xml'


def speaks_of_the_product_alone():
    """No path, host or address of a machine it was written on; no loose ends."""
    own = ('tests/data/test-tree.py', 'build-aux/lint.py')
    strange = re.compile(
        r'(?<![\w$}])/(?:root|home/\w{2,}|work|tmp/granary/)\b'  # whose machine?
        r'|\b(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+\b'  # whose network?
        r'|\b(?:deb|ftp|mirrors?)\.[\w-]+\.[a-z]{2,}\b'  # whose mirror?
        r'|\b(?:TODO|FIXME|XXX|HACK)\b')
    for path in files():
        if path in own or path.endswith(BINARY):
            continue
        try:
            text = read(path)
        except UnicodeDecodeError:
            yield f'{path}: neither text nor of a known binary kind'
            continue
        for number, line in enumerate(text.splitlines(), 1):
            found = strange.search(line)
            if found:
                yield f'{path}:{number}: {found[0]}'


def licences_are_named():
    for path in files('src', 'tests', suffix=''):
        if path.endswith(('.c', '.h', '.py')):
            first = read(path)[:200]
            if 'SPDX-License-Identifier: GPL-3.0-or-later' not in first:
                yield f'{path}: no SPDX line at the top'
    for path in ('COPYING', 'LICENSES/CC0-1.0.txt', 'LICENSES/GPL-3.0-or-later.txt'):
        if len(read(path)) < 5000:
            yield f'{path} is not the whole text'


def scripts_parse():
    for path in [*files('build-aux'), *files('.ci')]:
        text = read(path)
        if text.startswith('#!') and 'bash' in text.split('\n', 1)[0]:
            yield from run('bash', '-n', os.path.join(SOURCE, path))
        if text.startswith('#!') and not os.access(os.path.join(SOURCE, path), os.X_OK):
            yield f'{path} is not executable'


def readme_is_true():
    """Commands, files and pictures the README names exist; each direct dependency is explained."""
    text = read('README.md')
    for command in sorted(set(re.findall(r'build-aux/[\w-]+', text))):
        if not os.access(os.path.join(SOURCE, command), os.X_OK):
            yield f'README.md names {command}, which is no program'
    for name in re.findall(r'\]\(([^)#:]+)\)', text):
        if not os.path.exists(os.path.join(SOURCE, name)):
            yield f'README.md links to {name}, which does not exist'
    for name in re.findall(r'^\| `([\w./-]+/)`', text, re.M):
        if not os.path.isdir(os.path.join(SOURCE, name)):
            yield f'README.md explains the folder {name}, which does not exist'
    for name in re.findall(r"dependency\('([^']+)'", read('meson.build')):
        if f'`{name}`' not in text:
            yield f'README.md does not say why {name} is needed'


def packages_are_known():
    """The list of packages is what build-aux/env can read, each named once."""
    seen = set()
    for number, line in enumerate(read('build-aux/packages').splitlines(), 1):
        name = line.split('#')[0].strip()
        if name and not re.fullmatch(r'[a-z0-9][a-z0-9+.-]+', name):
            yield f'build-aux/packages:{number}: {name!r} is no package name'
        if name and name in seen:
            yield f'build-aux/packages:{number}: {name} stands there twice'
        seen.add(name)


def nothing_generated_is_kept():
    for path in files():
        if path.endswith(('.o', '.a', '~', '.pyc', '.mo', '.gmo', '.gresource', '.compiled')):
            yield f'{path} is a generated file'


def main():
    tap = Tap()
    for check in (blueprint_format, templates_have_classes, callbacks_are_bound,
                  resources_are_listed, speaks_of_the_product_alone, licences_are_named,
                  scripts_parse, readme_is_true, packages_are_known, nothing_generated_is_kept):
        tap.check(check.__name__.replace('_', ' '), check)
    tap.done()


if __name__ == '__main__':
    main()
