# SPDX-License-Identifier: GPL-3.0-or-later
"""The translations: every file with texts is listed, and every text is translated, in each language.

  test-translations.py ROOT             checks, in TAP
  test-translations.py ROOT --update    writes po/POTFILES.in anew and merges new texts into po/*.po
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

from tap import Tap, run

MARK = re.compile(r'\b(?:_|C_|N_|NC_|ngettext|dngettext|g_dngettext|g_dpgettext2)\s*\(\s*"')
FOLDERS = ('src', 'resources', 'data')
CODE = ('.c', '.h', '.blp')
FORMS = ('.desktop.in', '.metainfo.xml.in', '.mime.xml.in', '.gschema.xml', '.ui')
# The arguments of Meson's preset "glib", which makes the templates in the build.
XGETTEXT = [
    'xgettext', '--from-code=UTF-8', '--add-comments=Translators', '--package-name=granary',
    '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '--keyword=NC_:1c,2',
    '--keyword=g_dcgettext:2', '--keyword=g_dngettext:2,3', '--keyword=g_dpgettext2:2c,3',
    '--flag=N_:1:pass-c-format', '--flag=C_:2:pass-c-format', '--flag=NC_:2:pass-c-format',
    '--flag=g_dngettext:2:pass-c-format', '--flag=g_strdup_printf:1:c-format',
    '--flag=g_string_printf:2:c-format', '--flag=g_string_append_printf:2:c-format',
    '--flag=g_error_new:3:c-format', '--flag=g_set_error:4:c-format',
    '--msgid-bugs-address=https://github.com/granary/granary/issues',
]


def files_with_texts(root):
    """Every file that holds a text to be translated."""
    found = []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob('*')):
            name = path.name
            if not path.is_file():
                continue
            if name.endswith(CODE):
                if MARK.search(path.read_text(encoding='utf-8')):
                    found.append(path)
            elif name.endswith(FORMS):
                text = path.read_text(encoding='utf-8')
                if not name.endswith('.ui') or 'translatable="' in text:
                    found.append(path)
    return sorted(path.relative_to(root).as_posix() for path in found)


def listed_files(root):
    lines = (root / 'po' / 'POTFILES.in').read_text(encoding='utf-8').splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith('#')]


def languages(root):
    lines = (root / 'po' / 'LINGUAS').read_text(encoding='utf-8').splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith('#')]


def extract(root, into):
    """All texts of the source, as they are now. Trouble is returned as lines."""
    result = subprocess.run(
        [*XGETTEXT, '-o', str(into), *listed_files(root)], cwd=root, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    # Blueprint is read as C; xgettext says for each file that it guesses so.
    said = [line for line in result.stdout.splitlines() if "file name extension" not in line
            and "extension 'blp' is unknown" not in line and 'will try C' not in line]
    return said if said or result.returncode == 0 else [f'exit code {result.returncode}']


def check_listed(root):
    listed = listed_files(root)
    have = files_with_texts(root)
    for path in have:
        if path not in listed:
            yield f'{path} has texts but is not in po/POTFILES.in'
    for path in listed:
        if not (root / path).is_file():
            yield f'po/POTFILES.in lists {path}, which does not exist'
        elif path not in have:
            yield f'po/POTFILES.in lists {path}, which has no texts'
    if listed != sorted(set(listed)):
        yield 'po/POTFILES.in is not sorted or lists something twice'


def check_quotes(root):
    """Straight quotes and three dots in texts that people read."""
    with tempfile.TemporaryDirectory() as folder:
        template = pathlib.Path(folder) / 'all.pot'
        troubles = extract(root, template)
        if troubles:
            yield from troubles
            return
        for match in re.finditer(r'^msgid(?:_plural)? ((?:"(?:[^"\\]|\\.)*"\n)+)',
                                 template.read_text(encoding='utf-8'), re.M):
            text = ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', match.group(1)))
            if '...' in text:
                yield f'three dots instead of an ellipsis: {text}'
            if '\\"' in text and '{' not in text and '<' not in text:
                yield f'straight quotation marks: {text}'


def check_language(root, language):
    """Syntax and formats; then that nothing is missing, fuzzy or left over."""
    catalogue = root / 'po' / f'{language}.po'
    with tempfile.TemporaryDirectory() as folder:
        template = pathlib.Path(folder) / 'all.pot'
        merged = pathlib.Path(folder) / 'merged.po'
        yield from extract(root, template)
        yield from run('msgfmt', '--check', '--output-file=/dev/null', str(catalogue))
        yield from run('msgmerge', '--quiet', '--no-fuzzy-matching', '--output-file', str(merged),
                       str(catalogue), str(template))
        for kind in ('untranslated', 'fuzzy', 'obsolete'):
            listed = subprocess.run(
                ['msgattrib', f'--{"only-" if kind != "untranslated" else ""}{kind}', '--no-wrap',
                 str(merged)], stdout=subprocess.PIPE, text=True, check=True).stdout
            texts = re.findall(r'^(?:#~ )?msgid "(.+)"$', listed, re.M)
            for text in texts:
                yield f'{kind}: {text}'


def update(root):
    header = '# Files with texts to be translated; test-translations.py --update writes this list.\n'
    (root / 'po' / 'POTFILES.in').write_text(
        header + ''.join(path + '\n' for path in files_with_texts(root)), encoding='utf-8')
    with tempfile.TemporaryDirectory() as folder:
        template = pathlib.Path(folder) / 'all.pot'
        for trouble in extract(root, template):
            print(trouble)
        for language in languages(root):
            catalogue = root / 'po' / f'{language}.po'
            subprocess.run(['msgmerge', '--quiet', '--no-fuzzy-matching', '--update',
                            '--backup=none', '--no-location', str(catalogue), str(template)],
                           check=True)
            subprocess.run(['msgattrib', '--no-obsolete', '--no-location', '--output-file',
                            str(catalogue), str(catalogue)], check=True)


def main():
    root = pathlib.Path(sys.argv[1])
    os.environ['LC_ALL'] = 'C.UTF-8'
    if '--update' in sys.argv:
        update(root)
        return

    tap = Tap()
    tap.check('every file with texts is listed', check_listed, root)
    tap.check('texts use typographic quotation marks and ellipses', check_quotes, root)
    for language in languages(root):
        tap.check(f'{language} is complete', check_language, root, language)
    tap.done()


main()
