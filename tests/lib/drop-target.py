#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window that takes files, as a file manager does, and shows what it got: drop-target.py

Its label reads "Drop here", then the action and the paths of the drop.
"""

import gi

gi.require_version('Gtk', '4.0')
from gi.repository import Gdk, Gio, Gtk  # noqa: E402


def activate(application):
    label = Gtk.Label(label='Drop here', width_chars=20, height_request=90)

    def drop(target, value, _x, _y):
        paths = ' '.join(file.get_path() for file in value.get_files())
        action = target.get_current_drop().get_actions()
        label.set_label(f'{action.first_value_nick}: {paths}')
        return True

    target = Gtk.DropTarget.new(Gdk.FileList, Gdk.DragAction.COPY | Gdk.DragAction.MOVE)
    target.connect('drop', drop)
    label.add_controller(target)
    window = Gtk.ApplicationWindow(application=application, title='Drop Target', child=label,
                                   default_width=180, default_height=120)
    window.present()


def main():
    application = Gtk.Application(application_id='io.github.granary.DropTarget',
                                  flags=Gio.ApplicationFlags.NON_UNIQUE)
    application.connect('activate', activate)
    application.run([])


if __name__ == '__main__':
    main()
