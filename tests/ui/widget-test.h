/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What tests of widgets share. */

typedef gboolean (*WidgetTestFunc) (gpointer data);

void       widget_test_init        (int             *argc,
                                    char          ***argv);

/* Runs the main loop until @condition holds; a condition that never does ends the test. */
void       widget_test_wait        (WidgetTestFunc   condition,
                                    gpointer         data);
/* Gives up the last reference to @object, which then goes, once work under way lets go of it. */
void       widget_test_finalize    (gpointer         object);
/* Runs the main loop until nothing is left to do. */
void       widget_test_settle      (void);

/* The @position-th widget of @type (or derived) below @root, in the order of the tree, that is to
 * be seen; NULL when there are not so many. */
GtkWidget *widget_test_find        (GtkWidget       *root,
                                    GType            type,
                                    guint            position);
guint      widget_test_count       (GtkWidget       *root,
                                    GType            type);
/* The visible label or button with exactly this text. */
GtkWidget *widget_test_find_text   (GtkWidget       *root,
                                    const char      *text);
/* What a key does that is pressed in @widget: its own key controllers are asked. */
gboolean   widget_test_press       (GtkWidget       *widget,
                                    guint            keyval);

/* A window of that size with @child, presented. */
GtkWindow *widget_test_window      (GtkWidget       *child,
                                    int              width,
                                    int              height);
/* Checks that @widget, and all it shows, gets along with @width. */
void       widget_test_assert_fits (GtkWidget       *widget,
                                    int              width);

G_END_DECLS
