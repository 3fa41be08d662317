/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranarySandboxView:
 * @folders: (element-type filename): folders and files to show where they are, no link in their paths
 * @links: (element-type filename): paths of links to make anew, and what each leads to, in turn
 *
 * What of the file system makes an interpreter work.
 */
typedef struct
{
  GPtrArray *folders;
  GPtrArray *links;
} GranarySandboxView;

void granary_sandbox_view_init       (GranarySandboxView *self);
void granary_sandbox_view_clear      (GranarySandboxView *self);
/* All that @python needs: its own prefix, and those that links and pyvenv.cfg lead to. */
void granary_sandbox_view_add_python (GranarySandboxView *self,
                                      const char         *python);
/* @path with the links on the way to it. */
void granary_sandbox_view_add        (GranarySandboxView *self,
                                      const char         *path);

G_END_DECLS
