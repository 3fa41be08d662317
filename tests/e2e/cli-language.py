# SPDX-License-Identifier: GPL-3.0-or-later
"""Chinese for people, the same words for programs, and UTF-8 whatever the locale."""

import pathlib
import sys

from cli_harness import Tap, Terminal, box

CHINESE = {'LC_ALL': 'zh_CN.UTF-8', 'LANGUAGE': 'zh_CN',
           'GRANARY_LOCALEDIR': str(pathlib.Path(sys.argv[4]).resolve())}


def chinese():
    with box() as place:
        place.write('w.bin')
        place.json('import', '车牌检测', '--files', place.files / 'w.bin')
        listed = place.run('models', environment=CHINESE)
        assert '名称' in listed.out and '车牌检测' in listed.out, listed
        # Headings and names are wide, yet the columns hold.
        heading, row = listed.out.splitlines()
        assert len(heading[:heading.index('最新')].encode('gbk')) == len(
            row[:row.index('v1')].encode('gbk')), listed
        missing = place.run('show', '没有', environment=CHINESE, code=1)
        assert '没有名为“没有”的模型' in missing.err or '“没有”' in missing.err, missing
        assert missing.err.startswith('granary-cli: ') and 'There is' not in missing.err, missing
        help_text = place.run('import', '--help', environment=CHINESE).out
        assert '模型' in help_text and '--metric' in help_text, help_text
        usage = place.run('frobnicate', environment=CHINESE, code=2)
        assert 'nknown' not in usage.err and 'frobnicate' in usage.err, usage


def programs():
    """Codes, reasons and keys do not change with the language; messages do."""
    with box() as place:
        place.write('w.bin')
        place.json('import', 'm1', '--files', place.files / 'w.bin')
        english = place.json('show', 'nothing', code=1).error
        chinese_error = place.json('show', 'nothing', environment=CHINESE, code=1).error
        assert english['message'] != chinese_error['message']
        del english['message'], chinese_error['message']
        assert english == chinese_error, (english, chinese_error)
        assert place.json('show', 'm1').json == place.json('show', 'm1', environment=CHINESE).json


def no_locale():
    """Nothing turns into question marks in the C locale."""
    with box() as place:
        place.write('w.bin')
        environment = {'LC_ALL': 'C'}
        place.json('import', '车牌检测', '--files', place.files / 'w.bin', '--tag', 'team=视觉',
                   '--description', '认车牌', environment=environment)
        assert '车牌检测' in place.run('models', '检测', environment=environment).out
        assert 'team=视觉' in place.run('tag', '车牌检测', 'team=视觉', environment=environment).out
        shown = place.json('show', '车牌检测', environment=environment)
        assert shown.json['description'] == '认车牌' and '车牌' in shown.out, shown


def question():
    with box() as place:
        place.write('w.bin')
        place.json('import', '车牌检测', '--files', place.files / 'w.bin')
        terminal = Terminal(place, 'delete', '车牌检测', **CHINESE)
        terminal.wait_for('[y/N]')
        assert '回收站' in terminal.seen.decode() and '车牌检测' in terminal.seen.decode()
        terminal.type('y\n')
        assert terminal.end()[0] == 0


def main():
    tap = Tap()
    for check in (chinese, programs, no_locale, question):
        tap.check(check.__name__, check)
    tap.done()


main()
