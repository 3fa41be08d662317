# SPDX-License-Identifier: GPL-3.0-or-later
"""The import dialog, as the stories that import use it."""

import re

from window import Missing, key, type_text, wait_for, xdotool


def expect(what, found, wanted):
    if found != wanted:
        raise Missing(f'{what}: {found!r} instead of {wanted!r}')


class Wizard:
    """The dialog of the window of a desk."""

    def __init__(self, desk):
        self.desk = desk
        self.words = desk.words

    def open(self, tab):
        key('ctrl+n')
        dialog = self.desk.dialog('Import Model')
        dialog.find('page tab', self.words(tab)).click()
        return dialog

    def choose_task(self, dialog, name):
        """On the page that the row's button opens."""
        dialog.find('label', self.words('C_hoose…')).click()
        dialog.find('label', name).click()
        dialog.find('list item', re.compile('^' + re.escape(name)))

    def name_it(self, dialog, name):
        dialog.find('text', self.words('N_ame')).set_text('')
        dialog.find('text', self.words('N_ame')).put_text(name)

    def into(self, dialog, name):
        """As a new version of that model, which is found by its name."""
        dialog.find('radio button', self.words('New _Version')).click()
        dialog.find('toggle button', self.words('_Model')).click()
        type_text(name)
        # The list grows and shrinks while it is searched: no place to click at.
        dialog.find('list item', re.compile('^' + re.escape(name)))
        key('Return')
        dialog.gone('entry', self.words('Search models'))
        dialog.find('label', re.compile(re.escape(name)))

    @staticmethod
    def reveal(dialog, node):
        """Turns the wheel until the node can be clicked."""
        x, y, _width, height = dialog.find('scroll pane').box()
        top, bottom = y + 60, y + height - 40

        def turn():
            _x, at = node.steady_centre()
            if not top < at < bottom:
                xdotool('mousemove', x + 12, y + height // 2, 'click', 5 if at > top else 4)
            return top < at < bottom
        wait_for(turn, f'{node!r} in sight')
        return node

    def run(self, dialog):
        self.desk.button('_Import', dialog, sensitive=True).press()


__all__ = ['Wizard', 'expect']
