/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "widget-test.h"

/* Long enough for a loaded machine; nothing is measured by it. */
#define PATIENCE_SECONDS 60

/* Icons are recognised by content, also where a test sees folders of its own only. */
static void
keep_content_types (void)
{
  const char * const *folders = g_get_system_data_dirs ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) mime_folders = NULL;

  for (guint i = 0; folders[i] != NULL; i++)
    g_strv_builder_take (builder, g_build_filename (folders[i], "mime", NULL));
  mime_folders = g_strv_builder_end (builder);
  g_content_type_set_mime_dirs ((const char * const *) mime_folders);
}

void
widget_test_init (int    *argc,
                  char ***argv)
{
  keep_content_types ();
  g_test_init (argc, argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  /* Accessible properties are looked at from inside; no bus is asked. */
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_disable_setlocale ();
  adw_init ();
}

static gboolean
give_up_cb (gpointer user_data)
{
  g_error ("What the test waits for did not happen");

  return G_SOURCE_REMOVE;
}

void
widget_test_wait (WidgetTestFunc condition,
                  gpointer       data)
{
  guint give_up_id = g_timeout_add_seconds (PATIENCE_SECONDS, give_up_cb, NULL);

  while (!condition (data))
    g_main_context_iteration (NULL, TRUE);

  g_source_remove (give_up_id);
}

static gboolean
is_null (gpointer data)
{
  return *(gpointer *) data == NULL;
}

void
widget_test_finalize (gpointer object)
{
  gpointer watched = object;

  g_object_add_weak_pointer (object, &watched);
  g_object_unref (object);
  widget_test_wait (is_null, &watched);
}

void
widget_test_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static GtkWidget *
find (GtkWidget *root,
      GType      type,
      guint     *position)
{
  if (!gtk_widget_get_visible (root))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (root), type) && (*position)-- == 0)
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, position);

      if (found != NULL)
        return found;
    }

  return NULL;
}

GtkWidget *
widget_test_find (GtkWidget *root,
                  GType      type,
                  guint      position)
{
  return find (root, type, &position);
}

guint
widget_test_count (GtkWidget *root,
                   GType      type)
{
  guint count = 0;

  while (widget_test_find (root, type, count) != NULL)
    count++;

  return count;
}

GtkWidget *
widget_test_find_text (GtkWidget  *root,
                       const char *text)
{
  GtkWidget *label;

  for (guint i = 0; (label = widget_test_find (root, GTK_TYPE_LABEL, i)) != NULL; i++)
    {
      if (g_str_equal (gtk_label_get_text (GTK_LABEL (label)), text))
        return label;
    }

  return NULL;
}

gboolean
widget_test_press (GtkWidget *widget,
                   guint      keyval)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      gboolean handled = FALSE;

      if (!GTK_IS_EVENT_CONTROLLER_KEY (controller))
        continue;
      g_signal_emit_by_name (controller, "key-pressed", keyval, 0, (GdkModifierType) 0, &handled);
      if (handled)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data);
}

GtkWindow *
widget_test_window (GtkWidget *child,
                    int        width,
                    int        height)
{
  GtkWidget *window = adw_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  adw_window_set_content (ADW_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));
  widget_test_wait (is_mapped, window);

  return GTK_WINDOW (window);
}

void
widget_test_assert_fits (GtkWidget *widget,
                         int        width)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, width);
}
