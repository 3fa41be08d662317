# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what requirements.txt asks for is installed; nothing of it is imported."""

from __future__ import annotations

import os
import platform
import re
import sys
from importlib import metadata

from .versions import Version, compare, satisfies

REQUIREMENT = re.compile(
    r'(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*'
    r'(?:\[(?P<extras>[A-Za-z0-9,._\s-]*)\])?\s*'
    r'(?:@\s*(?P<address>\S+)|\(?(?P<specifiers>[^;()@]*)\)?)\s*'
    r'(?:;(?P<marker>.*))?\Z')
WORD = re.compile(r'\s*(?:(?P<text>"[^"]*"|\'[^\']*\')|(?P<operator>===|~=|==|!=|<=|>=|<|>|\(|\))'
                  r'|(?P<word>[A-Za-z_.]+))')


def describe_environment():
    """What markers compare."""
    info = sys.version_info
    return {
        'python_version': '{}.{}'.format(*info[:2]),
        'python_full_version': platform.python_version(),
        'os_name': os.name,
        'sys_platform': sys.platform,
        'platform_system': platform.system(),
        'platform_machine': platform.machine(),
        'platform_release': platform.release(),
        'platform_version': platform.version(),
        'platform_python_implementation': platform.python_implementation(),
        'implementation_name': sys.implementation.name,
        'implementation_version': '{}.{}.{}'.format(*sys.implementation.version[:3]),
        'extra': '',
    }


class Marker:
    """Evaluates `python_version < "3.9" and sys_platform == "linux"`; ValueError when it cannot."""

    def __init__(self, text):
        self.words = []
        position = 0
        text = text.strip()
        while position < len(text):
            match = WORD.match(text, position)
            if not match:
                raise ValueError('the marker is not understood')
            self.words.append(match)
            position = match.end()
        self.environment = describe_environment()

    def peek(self):
        return self.words[0][0].strip() if self.words else None

    def evaluate(self):
        result = self.any_of()
        if self.words:
            raise ValueError('the marker goes on')
        return result

    def any_of(self):
        result = self.all_of()
        while self.peek() == 'or':
            del self.words[0]
            result = self.all_of() or result
        return result

    def all_of(self):
        result = self.one()
        while self.peek() == 'and':
            del self.words[0]
            result = self.one() and result
        return result

    def one(self):
        if self.peek() == '(':
            del self.words[0]
            result = self.any_of()
            if self.peek() != ')':
                raise ValueError('a bracket is missing')
            del self.words[0]
            return result
        left, is_version = self.value()
        operator = self.operator()
        right, is_other_version = self.value()
        if operator in ('in', 'not in'):
            return (left in right) == (operator == 'in')
        if (is_version or is_other_version) and operator != '===':
            try:
                return compare(Version(left), operator, right)
            except ValueError:
                pass  # they are compared as text
        return self.compare_text(left, operator, right)

    def value(self):
        if not self.words:
            raise ValueError('a value is missing')
        match = self.words.pop(0)
        if match['text']:
            return match['text'][1:-1], False
        name = match['word']
        if name not in self.environment:
            raise ValueError('{} is not known'.format(name))
        return self.environment[name], name.endswith('version')

    def operator(self):
        word = self.peek()
        if word is None:
            raise ValueError('a comparison is missing')
        match = self.words.pop(0)
        if word == 'not' and self.peek() == 'in':
            del self.words[0]
            return 'not in'
        if word != 'in' and (not match['operator'] or word in '()'):
            raise ValueError('{} compares nothing'.format(word))
        return word

    @staticmethod
    def compare_text(left, operator, right):
        if operator in ('==', '==='):
            return left == right
        if operator == '!=':
            return left != right
        if operator == '~=':
            raise ValueError('~= compares versions')
        return {'<': left < right, '<=': left <= right, '>': left > right,
                '>=': left >= right}[operator]


def find_version(name):
    """The installed version of a package, None when it is not there."""
    for spelling in (name, re.sub(r'[-_.]+', '-', name), re.sub(r'[-_.]+', '_', name),
                     re.sub(r'[-_.]+', '.', name), name.lower()):
        try:
            return metadata.version(spelling)
        except metadata.PackageNotFoundError:
            continue
    return None


def is_met(line):
    """ValueError when the line is not understood."""
    match = REQUIREMENT.match(line)
    if not match:
        raise ValueError('the line is not understood')
    if match['marker'] is not None and not Marker(match['marker']).evaluate():
        return True
    installed = find_version(match['name'])
    if installed is None:
        return False
    return match['address'] is not None or satisfies(installed, match['specifiers'] or '')


def find_unmet(text, log):
    """The lines whose packages are not there; what cannot be understood is logged."""
    unmet = []
    for line in text.replace('\\\r\n', ' ').replace('\\\n', ' ').splitlines():
        line = re.sub(r'(?:^|\s)#.*', '', line)
        line = re.sub(r'\s--(?:hash|config-settings|global-option)[=\s].*', '', line).strip()
        if not line:
            continue
        try:
            met = is_met(line)
        except Exception as error:  # pylint: disable=broad-except  # a broken package says anything
            log('requirements.txt: {!r} is passed over: {}'.format(line[:200], error))
            continue
        if not met:
            unmet.append(line)
    return unmet
