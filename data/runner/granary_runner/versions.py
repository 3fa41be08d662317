# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of Python packages, by the rules of PEP 440, as far as requirements need them."""

from __future__ import annotations

import re

VERSION = re.compile(
    r'v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)'
    r'(?:[-_.]?(?P<pre>alpha|beta|preview|pre|a|b|c|rc)[-_.]?(?P<pre_number>\d*))?'
    r'(?P<post>-(?P<post_short>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_number>\d*))?'
    r'(?P<dev>[-_.]?dev[-_.]?(?P<dev_number>\d*))?'
    r'(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\Z')
SPECIFIER = re.compile(r'(~=|===|==|!=|<=|>=|<|>)\s*([^\s,;()]+)\Z')
PRE = {'alpha': 'a', 'beta': 'b', 'preview': 'rc', 'pre': 'rc', 'c': 'rc'}
LOWEST = ('', -1)  # before every word that stands for a pre-release
HIGHEST = ('~', 0)


class Version:
    """Comparable parts of a version; ValueError when it is none."""

    def __init__(self, text):
        match = VERSION.match(text.strip().lower())
        if not match:
            raise ValueError('{} is no version'.format(text))
        self.epoch = int(match['epoch'] or 0)
        self.release = tuple(int(part) for part in match['release'].split('.'))
        pre = match['pre']
        self.pre = (PRE.get(pre, pre), int(match['pre_number'] or 0)) if pre else None
        self.post = None
        if match['post']:
            self.post = int(match['post_short'] or match['post_number'] or 0)
        self.dev = int(match['dev_number'] or 0) if match['dev'] else None
        self.local = match['local']

    def trimmed(self):
        release = self.release
        while len(release) > 1 and release[-1] == 0:
            release = release[:-1]
        return release

    def key(self):
        """Orders versions; the local part is left out, as specifiers ignore it."""
        pre = self.pre or HIGHEST
        if self.pre is None and self.post is None and self.dev is not None:
            pre = LOWEST
        return (self.epoch, self.trimmed(), pre, -1 if self.post is None else self.post,
                float('inf') if self.dev is None else self.dev)


def has_prefix(version, text):
    """Whether it begins like `1.4` of `== 1.4.*`."""
    prefix = Version(text)
    length = len(prefix.release)
    release = version.release + (0,) * (length - len(version.release))
    return version.epoch == prefix.epoch and release[:length] == prefix.release


def compare(version, operator, text):
    """Whether one clause holds."""
    if operator == '===':
        raise ValueError('=== compares text')
    if text.endswith('.*'):
        if operator not in ('==', '!='):
            raise ValueError('.* has no order')
        return has_prefix(version, text[:-2]) == (operator == '==')
    wanted = Version(text)
    own, other = version.key(), wanted.key()
    if operator in ('==', '!='):
        equal = own == other and (wanted.local is None or wanted.local == version.local)
        return equal == (operator == '==')
    if operator == '~=':
        if len(wanted.release) < 2:
            raise ValueError('~= wants two numbers')
        return own >= other and has_prefix(
            version, '{}!{}'.format(wanted.epoch, '.'.join(map(str, wanted.release[:-1]))))
    if operator == '<=':
        return own <= other
    if operator == '>=':
        return own >= other
    same = (version.epoch, version.trimmed()) == (wanted.epoch, wanted.trimmed())
    if operator == '<':
        # A pre-release of what is excluded is not meant.
        is_early = version.pre is not None or version.dev is not None
        return own < other and not (same and is_early and wanted.pre is None and wanted.dev is None)
    is_late = version.post is not None
    return own > other and not (same and is_late and wanted.post is None)


def satisfies(installed, specifiers):
    """Whether a version meets `>=1.2, !=1.5.*`; ValueError when that is not understood."""
    clauses = [clause.strip() for clause in specifiers.split(',') if clause.strip()]
    for clause in clauses:
        match = SPECIFIER.match(clause)
        if not match:
            raise ValueError('{} is no version specifier'.format(clause))
        operator, text = match.groups()
        if operator == '===':
            if installed.strip().lower() != text.lower():
                return False
        elif not compare(Version(installed), operator, text):
            return False
    return True
