#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of build-aux/lint: lint.py SOURCE [FILE…]"""

import difflib
import os
import re
import shutil
import subprocess
import sys

SOURCE = os.path.realpath(sys.argv[1])
LONGEST_FILE = 1000
LONGEST_LINE = 100
LONGEST_PROTOTYPE = 120  # in headers, where the types of all are lined up
LAYERS = ('core', 'catalog', 'inspect', 'repository', 'local', 'cos', 'tione', 'wording', 'cli',
          'ui')
# What each layer may include of the others; ui and cli compose everything.
MAY_INCLUDE = {
    'core': set(),
    'catalog': {'core'},
    'inspect': {'core'},
    'repository': {'core', 'catalog', 'inspect'},
    'local': {'core', 'catalog', 'inspect', 'repository'},
    'cos': {'core', 'catalog', 'inspect', 'repository'},
    'tione': {'core', 'catalog', 'inspect', 'repository', 'cos'},
    'wording': {'core', 'catalog', 'inspect', 'repository'},
    'cli': {'core', 'catalog', 'inspect', 'repository', 'local', 'cos', 'tione', 'wording'},
    'ui': {'core', 'catalog', 'inspect', 'repository', 'local', 'cos', 'tione', 'wording'},
}
SQL = re.compile(r'"[^"]*\b(?:SELECT\s.*\sFROM|INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET'
                 r'|DELETE\s+FROM|CREATE\s+(?:TABLE|INDEX|VIRTUAL|TRIGGER)|PRAGMA\s+\w+)\b')
troubles = []


def trouble(path, number, text):
    troubles.append(f'{os.path.relpath(path, SOURCE)}:{number}: {text}')


def sources(*folders, endings=('.c', '.h')):
    for folder in folders:
        for root, names, leaves in os.walk(os.path.join(SOURCE, folder)):
            names.sort()
            for leaf in sorted(leaves):
                if leaf.endswith(endings):
                    yield os.path.join(root, leaf)


def without_comments_and_strings(text):
    """The code with comments blanked and strings emptied, positions of lines kept."""
    def blank(match):
        found = match[0]
        if found.startswith('/'):
            return re.sub(r'[^\n]', ' ', found)
        return found[0] + ' ' * (len(found) - 2) + found[-1]
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.S)


def check_lines(path, text, code):
    lines = text.split('\n')
    if len(lines) > LONGEST_FILE:
        trouble(path, len(lines), f'longer than {LONGEST_FILE} lines')
    if not lines[0].startswith('/* SPDX-License-Identifier: GPL-3.0-or-later */'):
        trouble(path, 1, 'the first line names no licence')
    for number, line in enumerate(lines, 1):
        # A wide character takes two columns.
        width = sum(2 if ord(letter) > 0x2e7f else 1 for letter in line)
        if width > (LONGEST_PROTOTYPE if path.endswith('.h') else LONGEST_LINE):
            trouble(path, number, f'{width} columns')
        if line != line.rstrip():
            trouble(path, number, 'spaces at the end')
        if '\t' in line:
            trouble(path, number, 'a tab')
        if re.search(r'\b(?:TODO|FIXME|XXX)\b', line):
            trouble(path, number, 'a loose end')
    for number, line in enumerate(code.split('\n'), 1):
        if line.lstrip().startswith('#'):
            continue
        call = re.search(r'\b(?!_\b|C_\b|N_\b|NC_\b|Q_\b)([A-Za-z_]\w+)\(', line)
        if call:
            trouble(path, number, f'no space between {call[1]} and its parenthesis')
        if re.search(r'\b(?:sprintf|strcpy|strcat|gets|strtok|system|alloca)\s*\(', line):
            trouble(path, number, 'a function that has no place here')
    if text and not text.endswith('\n'):
        trouble(path, len(lines), 'no end of line at the end')


def check_layers(path, text, headers):
    parts = os.path.relpath(path, SOURCE).split(os.sep)
    if parts[0] != 'src' or parts[1] not in LAYERS:
        return
    layer = parts[1]
    if path.endswith('.h') and '#pragma once' not in text:
        trouble(path, 1, 'no #pragma once')
    if path.endswith('.c'):
        first = re.findall(r'^#include [<"]([^>"]+)[>"]', text, re.M)[:2]
        own = os.path.basename(path)[:-2] + '.h'
        if not first or first[0] != 'config.h':
            trouble(path, 1, 'config.h is not included first')
        if os.path.exists(os.path.join(os.path.dirname(path), own)) and first[1:2] not in (
                [own], [own[:-2] + '-private.h']):
            trouble(path, 1, f'{own} is not included second')
        if not re.search(r'^#define G_LOG_DOMAIN "granary', text, re.M):
            trouble(path, 1, 'no G_LOG_DOMAIN')
    for number, line in enumerate(text.split('\n'), 1):
        include = re.match(r'#include [<"]([^>"]+)[>"]', line)
        if include:
            name = include[1]
            if layer != 'ui' and re.match(r'(gtk|gdk|adwaita|gtksourceview)\b', name):
                trouble(path, number, f'{layer} knows nothing of {name}')
            if 'glib/gi18n' in name and layer not in ('ui', 'cli', 'wording'):
                trouble(path, number, f'{layer} has no text for users')
            owner = headers.get(os.path.basename(name))
            if owner and owner != layer and owner not in MAY_INCLUDE[layer]:
                trouble(path, number, f'{layer} may not use {owner}')
        # The store of transfers has tables of its own.
        if (layer not in ('catalog', 'local', 'core') and SQL.search(line) and
                not os.path.basename(path).startswith('granary-transfer-')):
            trouble(path, number, 'SQL outside the catalogue')
        # So is the database of another program, which is only read.
        if (layer in ('core', 'local') and re.search(SQL, line) and 'PRAGMA' not in line and
                os.path.basename(path) != 'granary-mlflow-store.c'):
            trouble(path, number, 'SQL outside the catalogue')


def parameter_lists(code):
    """(start line, [parameter line…]) of function definitions and prototypes at top level."""
    lines = code.split('\n')
    depth = 0
    number = 0
    while number < len(lines):
        line = lines[number]
        opened = re.match(r'(?:[A-Za-z_][\w\s*]*?\**)?\b[a-z_]\w* +\((?!\*)', line)
        if depth == 0 and opened and not line.startswith((' ', '#', 'G_', 'typedef')):
            column = opened.end()
            found = [(number, line[column:], column)]
            balance = line.count('(') - line.count(')')
            while balance > 0 and number + 1 < len(lines):
                number += 1
                found.append((number, lines[number], None))
                balance += lines[number].count('(') - lines[number].count(')')
            yield found
        depth += lines[number].count('{') - lines[number].count('}')
        number += 1


def check_parameters(path, code):
    """One parameter a line, under each other: the types begin in one column, the names in one."""
    for found in parameter_lists(code):
        texts = []
        column = found[0][2]
        for number, text, own in found:
            if own is None:
                indent = len(text) - len(text.lstrip())
                if indent != column:
                    trouble(path, number + 1, f'the parameter begins in column {indent + 1}, '
                                              f'not {column + 1}')
                text = text.lstrip()
            texts.append((number, text))
        # Function pointers and attributes have a layout of their own.
        plain = [(number, re.sub(r'\).*$', ')', text)) for number, text in texts
                 if '(' not in text.split(')')[0]]
        if len(plain) != len(texts):
            continue
        for number, text in plain:
            inner = text.rstrip().rstrip(',)')
            if ',' in inner:
                trouble(path, number + 1, 'more than one parameter in a line')
        if len(plain) < 2:
            continue
        names = set()
        for number, text in plain:
            name = re.search(r'(\w+)(?:\[[^]]*\])?\s*[,)]*\s*;?$', text.rstrip())
            if name and not text.lstrip().startswith('...'):
                names.add(name.start(1))
        if len(names) > 1:
            trouble(path, plain[0][0] + 1, 'the names of the parameters are not lined up')


def statements(text):
    """[(line number, how far it goes in, its characters)]: without spaces, and with continuations
    and initializers joined to where they began, for these are laid out by hand."""
    result = []
    balance = 0
    initializers = 0
    continued = False
    previous = ''
    lines = zip(text.split('\n'), without_comments_and_strings(text).split('\n'))
    for number, (line, bare) in enumerate(lines, 1):
        bare = bare.rstrip()
        joined = (previous.endswith('\\') or balance > 0 or initializers > 0
                  or continued and bare.lstrip() != '{' or line.lstrip().startswith('*'))
        packed = re.sub(r'\s+', '', line)
        if joined and result:
            result[-1][2] += packed
        elif packed:
            result.append([number, len(line) - len(line.lstrip()), packed])
        balance = max(0, balance + bare.count('(') - bare.count(')'))
        if initializers or re.search(r'=\s*\{|[(,]\s*\{|\)\s*\{.*\}|=$|^\s*(?:typedef )?enum\b', bare):
            initializers = max(0, initializers + bare.count('{') - bare.count('}'))
        if bare.strip() and not bare.lstrip().startswith('#'):
            continued = not re.search(r'[;{}:]$', bare)
        previous = bare
    return result


def check_format(paths):
    for path in paths:
        with open(path, encoding='utf-8') as text:
            own = text.read()
        formatted = subprocess.run(['clang-format', f'--style=file:{SOURCE}/.clang-format', path],
                                   check=True, stdout=subprocess.PIPE, text=True).stdout
        before, after = statements(own), statements(formatted)
        matcher = difflib.SequenceMatcher(None, [tuple(one[1:]) for one in before],
                                          [tuple(one[1:]) for one in after], autojunk=False)
        lines = own.split('\n')
        for tag, start, end, _, _ in matcher.get_opcodes():
            if tag != 'equal':
                number = before[min(start, len(before) - 1)][0]
                trouble(path, number, f'layout: {lines[number - 1].strip()[:60]!r}')


def check_scripts():
    scripts = []
    for folder in ('build-aux', '.ci'):
        for name in sorted(os.listdir(os.path.join(SOURCE, folder))):
            path = os.path.join(SOURCE, folder, name)
            with open(path, encoding='utf-8') as text:
                if re.match(r'#!.*\b(?:ba)?sh\b', text.readline()):
                    scripts.append(path)
    if shutil.which('shellcheck'):
        result = subprocess.run(['shellcheck', '-x', '-S', 'warning', *scripts], check=False,
                                stdout=subprocess.PIPE, text=True)
        if result.returncode:
            troubles.append(result.stdout)
    else:
        for path in scripts:
            result = subprocess.run(['bash', '-n', path], check=False, stderr=subprocess.PIPE,
                                    text=True)
            if result.returncode:
                troubles.append(result.stderr)


def check_blueprints():
    paths = list(sources('resources', endings='.blp'))
    if paths:
        result = subprocess.run(['blueprint-compiler', 'format', *paths], check=False,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode:
            troubles.append(result.stdout)


def main():
    asked = [os.path.realpath(path) for path in sys.argv[2:]]
    paths = asked or list(sources('src', 'tests'))
    headers = {os.path.basename(path): os.path.relpath(path, SOURCE).split(os.sep)[1]
               for path in sources('src', endings='.h')}
    for path in paths:
        with open(path, encoding='utf-8') as content:
            text = content.read()
        code = without_comments_and_strings(text)
        check_lines(path, text, code)
        check_layers(path, text, headers)
        check_parameters(path, code)
    check_format([path for path in paths if path.endswith('.c')])
    if not asked:
        check_blueprints()
        check_scripts()
    for line in troubles:
        print(line)
    print(f'granary: {len(paths)} files, {len(troubles) or "no"} complaints', file=sys.stderr)
    sys.exit(1 if troubles else 0)


if __name__ == '__main__':
    main()
