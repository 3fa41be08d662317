# SPDX-License-Identifier: GPL-3.0-or-later
"""Instants as the services write them: six formats for the same thing, and "" for none."""

import datetime
import functools
import time

_BEIJING = 8 * 3600
_DAYS = ('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')
_MONTHS = ('Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec')


def _format(pattern, instant):
    return time.strftime(pattern, time.gmtime(instant)) if instant else ''


def beijing(instant):
    """2022-11-17 20:09:16: no zone, Beijing is meant."""
    return _format('%Y-%m-%d %H:%M:%S', instant and instant + _BEIJING)


def utc(instant):
    """2022-09-29T03:17:24Z"""
    return _format('%Y-%m-%dT%H:%M:%SZ', instant)


def offset(instant):
    """2023-12-27T16:21:02+08:00"""
    return _format('%Y-%m-%dT%H:%M:%S+08:00', instant and instant + _BEIJING)


def short_offset(instant):
    """2025-05-28T18:18:33+08"""
    return _format('%Y-%m-%dT%H:%M:%S+08', instant and instant + _BEIJING)


def go_utc(instant):
    """2024-12-10 14:30:36.806284 +0000 UTC"""
    if not instant:
        return ''
    return _format(f'%Y-%m-%d %H:%M:%S.{int(instant % 1 * 1e6):06d} +0000 UTC', instant)


def go_beijing(instant):
    """2019-10-17 15:59:30 +0800 CST"""
    return _format('%Y-%m-%d %H:%M:%S +0800 CST', instant and instant + _BEIJING)


def http(instant):
    """The Date and Last-Modified of HTTP."""
    return _http(int(instant))


@functools.lru_cache(maxsize=1024)
def _http(second):
    year, month, day, hour, minute, seconds, weekday = time.gmtime(second)[:7]
    return (f'{_DAYS[weekday]}, {day:02d} {_MONTHS[month - 1]} {year} '
            f'{hour:02d}:{minute:02d}:{seconds:02d} GMT')


def from_http(text):
    """The instant that a Date or If-Modified-Since tells, None when it is none."""
    words = text.split()
    try:
        hour, minute, second = words[4].split(':')
        return datetime.datetime(
            int(words[3]), _MONTHS.index(words[2]) + 1, int(words[1]), int(hour), int(minute),
            int(second), tzinfo=datetime.timezone.utc).timestamp()
    except (IndexError, ValueError):
        return None
