#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window with one handle that is a drag of files: drag-source.py PATH…

What another program's file list offers: text/uri-list by X's drag and drop, from another process.
"""

import sys

import gi

gi.require_version('Gtk', '4.0')
from gi.repository import Gdk, Gio, GObject, Gtk  # noqa: E402


def files(paths):
    value = GObject.Value()
    value.init(Gdk.FileList.__gtype__)
    value.set_boxed(Gdk.FileList.new_from_list([Gio.File.new_for_path(path) for path in paths]))
    return Gdk.ContentProvider.new_for_value(value)


def activate(application, paths):
    handle = Gtk.Button(label='Drag me', margin_top=20, margin_bottom=20, margin_start=20,
                        margin_end=20)
    source = Gtk.DragSource(actions=Gdk.DragAction.COPY | Gdk.DragAction.MOVE)
    source.set_propagation_phase(Gtk.PropagationPhase.CAPTURE)
    source.connect('prepare', lambda *_: files(paths))
    handle.add_controller(source)
    window = Gtk.ApplicationWindow(application=application, title='Drag Source', child=handle,
                                   default_width=180, default_height=120)
    window.present()


def main():
    application = Gtk.Application(application_id='io.github.granary.DragSource',
                                  flags=Gio.ApplicationFlags.NON_UNIQUE)
    application.connect('activate', activate, sys.argv[1:])
    application.run([])


if __name__ == '__main__':
    main()
