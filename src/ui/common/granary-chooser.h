/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Choosing files with the desktop's dialog. The callback is not called when the user calls it off,
 * nor when @widget has left its window meanwhile. */

typedef void (*GranaryChosenFunc) (GtkWidget          *widget,
                                   const char * const *paths,
                                   gpointer            user_data);

void   granary_choose_files       (GtkWidget         *widget,
                                   const char        *title,
                                   GranaryChosenFunc  func,
                                   gpointer           user_data,
                                   GDestroyNotify     user_data_free);
void   granary_choose_folder      (GtkWidget         *widget,
                                   const char        *title,
                                   GranaryChosenFunc  func,
                                   gpointer           user_data,
                                   GDestroyNotify     user_data_free);

/* Paths of a dropped GDK_TYPE_FILE_LIST, NULL if none of them is a file of a file system. */
char **granary_dup_dropped_paths  (const GValue      *value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
