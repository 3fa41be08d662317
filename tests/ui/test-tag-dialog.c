/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-catalog-writer.h"
#include "granary-tag-chip.h"
#include "granary-tag-dialog.h"
#include "granary-tag-editor.h"
#include "shell-test.h"
#include "widget-test.h"

typedef struct
{
  ShellTest         *shell;
  GranaryConnection *connection;
  GranaryTagDialog  *dialog;
  GArray            *model_ids;
} Fixture;

static gboolean
add_models (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  Fixture *fixture = data;

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();
      g_autofree char *name = g_strdup_printf ("model-%u", i);
      gint64 id;

      granary_tag_set_put (tags, "stage", "dev", NULL);
      if (i < 2)
        granary_tag_set_put (tags, "team", "a", NULL);
      id = granary_writer_add_model (writer, name, name, "", tags, error);
      if (id == 0)
        return FALSE;
      g_array_append_val (fixture->model_ids, id);
    }

  return TRUE;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  fixture->shell = shell_test_new (600, 600);
  fixture->connection = shell_test_open_repository ("repository");
  fixture->model_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  granary_catalog_write (granary_connection_get_catalog (fixture->connection), add_models, fixture,
                         &error);
  g_assert_no_error (error);
}

static gboolean
has_no_dialog (gpointer data)
{
  return shell_test_get_dialog (((Fixture *) data)->shell) == NULL;
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (!has_no_dialog (fixture))
    adw_dialog_force_close (ADW_DIALOG (fixture->dialog));
  widget_test_wait (has_no_dialog, fixture);
  widget_test_settle ();
  widget_test_finalize (fixture->dialog);
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  widget_test_settle ();
  g_clear_object (&fixture->connection);
  g_array_unref (fixture->model_ids);
}

static gboolean
has_editor (gpointer data)
{
  GtkWidget *editor = widget_test_find (data, GRANARY_TYPE_TAG_EDITOR, 0);

  return editor != NULL && gtk_widget_get_mapped (editor);
}

static void
open_dialog (Fixture *fixture)
{
  fixture->dialog = g_object_ref_sink (granary_tag_dialog_new (fixture->connection,
                                                               fixture->model_ids));
  adw_dialog_present (ADW_DIALOG (fixture->dialog), GTK_WIDGET (fixture->shell));
  widget_test_wait (has_editor, fixture->dialog);
}

static GtkWidget *
get_button (Fixture    *fixture,
            const char *label)
{
  GtkWidget *button;

  for (guint i = 0;
       (button = widget_test_find (GTK_WIDGET (fixture->dialog), GTK_TYPE_BUTTON, i)) != NULL;
       i++)
    {
      if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label) == 0)
        return button;
    }

  g_assert_not_reached ();
}

static void
add_tag (Fixture    *fixture,
         const char *text,
         gboolean    enter)
{
  GtkWidget *entry = widget_test_find (GTK_WIDGET (fixture->dialog), GTK_TYPE_ENTRY, 0);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  if (enter)
    g_signal_emit_by_name (entry, "activate");
}

static void
assert_tags (Fixture    *fixture,
             guint       position,
             const char *expected)
{
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  model = granary_catalog_load_model (granary_connection_get_catalog (fixture->connection),
                                      g_array_index (fixture->model_ids, gint64, position), &error);
  g_assert_no_error (error);
  text = granary_tag_set_to_text (model->tags, ",");
  g_assert_cmpstr (text, ==, expected);
}

static void
test_several (Fixture       *fixture,
              gconstpointer  data)
{
  GtkWidget *chip;

  open_dialog (fixture);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->dialog), "3 models"));
  chip = widget_test_find (GTK_WIDGET (fixture->dialog), GRANARY_TYPE_TAG_CHIP, 1);
  g_assert_nonnull (widget_test_find_text (chip, "2 of 3"));
  g_assert_false (gtk_widget_is_sensitive (get_button (fixture, "_Save")));

  add_tag (fixture, "task=ocr", TRUE);
  g_assert_true (gtk_widget_is_sensitive (get_button (fixture, "_Save")));

  /* Taken back: nothing is left to save. */
  chip = widget_test_find (GTK_WIDGET (fixture->dialog), GRANARY_TYPE_TAG_CHIP, 2);
  g_assert_true (widget_test_press (chip, GDK_KEY_Delete));
  g_assert_false (gtk_widget_is_sensitive (get_button (fixture, "_Save")));

  /* Only what was changed is changed; what still stands in the entry counts. */
  chip = widget_test_find (GTK_WIDGET (fixture->dialog), GRANARY_TYPE_TAG_CHIP, 0);
  g_assert_true (widget_test_press (chip, GDK_KEY_Delete));
  add_tag (fixture, "task=ocr", FALSE);
  g_signal_emit_by_name (get_button (fixture, "_Save"), "clicked");
  widget_test_wait (has_no_dialog, fixture);
  g_assert_cmpstr (shell_test_get_toast (fixture->shell), ==, "Tags of 3 models saved");
  assert_tags (fixture, 0, "task=ocr,team=a");
  assert_tags (fixture, 1, "task=ocr,team=a");
  assert_tags (fixture, 2, "task=ocr");
}

static void
test_single (Fixture       *fixture,
             gconstpointer  data)
{
  g_array_set_size (fixture->model_ids, 1);
  open_dialog (fixture);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->dialog), "model-0"));

  add_tag (fixture, "wrong", FALSE);
  g_signal_emit_by_name (get_button (fixture, "_Save"), "clicked");
  g_assert_false (has_no_dialog (fixture));
  assert_tags (fixture, 0, "stage=dev,team=a");

  add_tag (fixture, "team=b", TRUE);
  g_signal_emit_by_name (get_button (fixture, "_Save"), "clicked");
  widget_test_wait (has_no_dialog, fixture);
  g_assert_cmpstr (shell_test_get_toast (fixture->shell), ==, "Tags of “model-0” saved");
  assert_tags (fixture, 0, "stage=dev,team=b");
}

static gboolean
is_banner_revealed (gpointer data)
{
  return adw_banner_get_revealed (ADW_BANNER (widget_test_find (data, ADW_TYPE_BANNER, 0)));
}

static gboolean
remove_first (GranaryWriter  *writer,
              gpointer        data,
              GError        **error)
{
  Fixture *fixture = data;

  return granary_writer_remove_model (writer, g_array_index (fixture->model_ids, gint64, 0), error);
}

/* The model goes while its tags are edited: the reason is said, the tags typed are still there. */
static void
test_failure (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_array_set_size (fixture->model_ids, 1);
  open_dialog (fixture);
  add_tag (fixture, "team=b", TRUE);
  granary_catalog_write (granary_connection_get_catalog (fixture->connection), remove_first, fixture,
                         &error);
  g_assert_no_error (error);

  g_signal_emit_by_name (get_button (fixture, "_Save"), "clicked");
  widget_test_wait (is_banner_revealed, fixture->dialog);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->dialog), "team: b"));
  g_assert_true (gtk_widget_is_sensitive (get_button (fixture, "_Save")));
  g_assert_null (shell_test_get_toast (fixture->shell));
}

static gboolean
has_question (gpointer data)
{
  return ADW_IS_ALERT_DIALOG (shell_test_get_dialog (((Fixture *) data)->shell));
}

static void
test_close (Fixture       *fixture,
            gconstpointer  data)
{
  open_dialog (fixture);
  add_tag (fixture, "task=ocr", TRUE);
  adw_dialog_close (ADW_DIALOG (fixture->dialog));
  widget_test_wait (has_question, fixture);
  g_signal_emit_by_name (shell_test_get_dialog (fixture->shell), "response::discard", "discard");
  adw_dialog_close (shell_test_get_dialog (fixture->shell));
  widget_test_wait (has_no_dialog, fixture);
  assert_tags (fixture, 0, "stage=dev,team=a");
}

static void
test_narrow (Fixture       *fixture,
             gconstpointer  data)
{
  open_dialog (fixture);
  widget_test_assert_fits (adw_dialog_get_child (ADW_DIALOG (fixture->dialog)), 360);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  widget_test_settle ();
  widget_test_assert_fits (adw_dialog_get_child (ADW_DIALOG (fixture->dialog)), 360);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

int
main (int   argc,
      char *argv[])
{
  widget_test_init (&argc, &argv);

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

  ADD ("/tag-dialog/several", test_several);
  ADD ("/tag-dialog/single", test_single);
  ADD ("/tag-dialog/failure", test_failure);
  ADD ("/tag-dialog/close", test_close);
  ADD ("/tag-dialog/narrow", test_narrow);

  return g_test_run ();
}
