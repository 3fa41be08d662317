/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "place.h"

#include <glib/gstdio.h>

#include "granary-inspect.h"
#include "granary-local.h"
#include "granary-metric.h"
#include "widget-test.h"

/* Waiting for an answer. */

typedef struct
{
  GObject      *source;
  GAsyncResult *result;
} Answer;

static void
answer_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Answer *answer = user_data;

  answer->source = g_object_ref (source);
  answer->result = g_object_ref (result);
}

static gboolean
is_answered (gpointer data)
{
  return ((Answer *) data)->result != NULL;
}

static void
answer_wait (Answer *answer)
{
  widget_test_wait (is_answered, answer);
}

static void
answer_clear (Answer *answer)
{
  g_clear_object (&answer->source);
  g_clear_object (&answer->result);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/* Place. */

Place *
place_new (void)
{
  Place *self = g_new0 (Place, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *repository = NULL;

  self->folder = g_dir_make_tmp ("granary-place-XXXXXX", &error);
  g_assert_no_error (error);
  repository = g_build_filename (self->folder, "repository", NULL);
  self->connection = granary_local_open (repository, NULL, &error);
  g_assert_no_error (error);

  return self;
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  /* Stored files and their folders may be read-only. */
  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_chmod (path, 0700);
      dir = g_dir_open (path, 0, NULL);
      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);

          remove_all (child);
        }
    }
  g_remove (path);
}

void
place_free (Place *self)
{
  granary_catalog_close (granary_connection_get_catalog (self->connection));
  g_object_unref (self->connection);
  remove_all (self->folder);
  g_free (self->folder);
  g_free (self);
}

char *
place_write (Place      *self,
             const char *path,
             const char *content)
{
  char *full = g_build_filename (self->folder, "files", path, NULL);
  g_autofree char *parent = g_path_get_dirname (full);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (full, content, -1, &error));
  g_assert_no_error (error);

  return full;
}

GranaryVersion *
place_import (Place              *self,
              const char         *name,
              gint64              model_id,
              const char * const *paths,
              const char         *metric)
{
  GranaryRepository *repository = granary_connection_get_repository (self->connection);
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, name);
  g_auto (Answer) answer = { NULL };
  g_autoptr (GError) error = NULL;
  static guint n_imports = 0;
  g_autofree char *folder = g_strdup_printf ("import-%u", n_imports++);
  g_autofree char *root = g_build_filename (self->folder, "files", folder, NULL);
  const char *chosen[] = { root, NULL };
  GranaryVersion *version;

  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autofree char *inside = g_build_filename (folder, paths[i], NULL);
      g_autofree char *written =
        place_write (self, inside, g_str_equal (paths[i], "config.json") ? "{}\n" : paths[i]);

      g_assert_nonnull (written);
    }

  request->name = g_strdup (name);
  request->model_id = model_id;
  request->source = GRANARY_SOURCE_FILES;
  request->files = granary_file_set_scan (chosen, NULL, NULL, &error);
  g_assert_no_error (error);
  if (metric != NULL)
    {
      GranaryMetric *parsed = granary_metric_parse (metric, &error);

      g_assert_no_error (error);
      if (request->metrics == NULL)
        request->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
      g_ptr_array_add (request->metrics, parsed);
    }

  granary_repository_import_async (repository, request, transfer, answer_cb, &answer);
  answer_wait (&answer);
  version = granary_repository_import_finish (repository, answer.result, &error);
  g_assert_no_error (error);

  return version;
}

gboolean
place_edit (Place              *self,
            GranaryEditRequest *request)
{
  GranaryRepository *repository = granary_connection_get_repository (self->connection);
  g_auto (Answer) answer = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean done;

  granary_repository_edit_async (repository, request, NULL, answer_cb, &answer);
  answer_wait (&answer);
  done = granary_repository_edit_finish (repository, answer.result, &error);
  g_assert_no_error (error);

  return done;
}

char **
place_delete (Place  *self,
              gint64  model_id,
              gint64  version_id)
{
  GranaryRepository *repository = granary_connection_get_repository (self->connection);
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_DELETE, "it");
  g_autoptr (GArray) models = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) versions = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (Answer) answer = { NULL };
  g_autoptr (GError) error = NULL;
  char **entries;

  if (version_id != 0)
    g_array_append_val (versions, version_id);
  else
    g_array_append_val (models, model_id);
  granary_repository_delete_async (repository, models, versions, transfer, answer_cb, &answer);
  answer_wait (&answer);
  entries = granary_repository_delete_finish (repository, answer.result, &error);
  g_assert_no_error (error);

  return entries;
}

GranaryVersion *
place_load (Place  *self,
            gint64  version_id)
{
  GranaryCatalog *catalog = granary_connection_get_catalog (self->connection);
  g_auto (Answer) answer = { NULL };
  g_autoptr (GError) error = NULL;
  GranaryVersion *version;

  granary_catalog_load_version_async (catalog, version_id, NULL, answer_cb, &answer);
  answer_wait (&answer);
  version = granary_catalog_read_finish (catalog, answer.result, &error);
  g_assert_no_error (error);

  return version;
}

static gpointer
list_trash (GranaryCatalog  *catalog,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  return granary_catalog_list_trash (catalog, error);
}

static void
free_array (gpointer data)
{
  g_ptr_array_unref (data);
}

guint
place_count_trash (Place *self)
{
  GranaryCatalog *catalog = granary_connection_get_catalog (self->connection);
  g_auto (Answer) answer = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) trash = NULL;

  granary_catalog_read_async (catalog, list_trash, NULL, NULL, free_array, NULL, answer_cb,
                              &answer);
  answer_wait (&answer);
  trash = granary_catalog_read_finish (catalog, answer.result, &error);
  g_assert_no_error (error);

  return trash->len;
}

/* Shell. */

struct _TestShell
{
  AdwBin     parent_instance;

  GPtrArray *toasts;    /* (owned) (element-type AdwToast) */
  GPtrArray *transfers; /* (owned) (element-type GranaryTransfer) */
  gint64     model_id;
  int        number;
};

static void
add_toast (GranaryShell *shell,
           AdwToast     *toast)
{
  TestShell *self = TEST_SHELL (shell);

  g_ptr_array_add (self->toasts, g_object_ref (toast));
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (adw_bin_get_child (ADW_BIN (self))), toast);
}

static void
add_transfer (GranaryShell    *shell,
              GranaryTransfer *transfer)
{
  g_ptr_array_add (TEST_SHELL (shell)->transfers, g_object_ref (transfer));
}

static void
reveal (GranaryShell *shell,
        gint64        model_id,
        int           number)
{
  TEST_SHELL (shell)->model_id = model_id;
  TEST_SHELL (shell)->number = number;
}

static void
shell_init (GranaryShellInterface *iface)
{
  iface->add_toast = add_toast;
  iface->add_transfer = add_transfer;
  iface->reveal = reveal;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestShell, test_shell, ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_SHELL, shell_init))

static void
test_shell_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_SHELL (object)->toasts);
  g_ptr_array_unref (TEST_SHELL (object)->transfers);

  G_OBJECT_CLASS (test_shell_parent_class)->finalize (object);
}

static void
test_shell_class_init (TestShellClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_shell_finalize;
}

static void
test_shell_init (TestShell *self)
{
  self->toasts = g_ptr_array_new_with_free_func (g_object_unref);
  self->transfers = g_ptr_array_new_with_free_func (g_object_unref);
  adw_bin_set_child (ADW_BIN (self), adw_toast_overlay_new ());
}

GtkWidget *
test_shell_new (void)
{
  return g_object_new (TEST_TYPE_SHELL, NULL);
}

void
test_shell_set_content (TestShell *self,
                        GtkWidget *content)
{
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (adw_bin_get_child (ADW_BIN (self))), content);
}

guint
test_shell_get_n_toasts (TestShell *self)
{
  return self->toasts->len;
}

/* The latest. */
AdwToast *
test_shell_get_toast (TestShell *self)
{
  g_assert_cmpuint (self->toasts->len, >, 0);

  return g_ptr_array_index (self->toasts, self->toasts->len - 1);
}

guint
test_shell_get_n_transfers (TestShell *self)
{
  return self->transfers->len;
}

void
test_shell_get_revealed (TestShell *self,
                         gint64    *model_id,
                         int       *number)
{
  *model_id = self->model_id;
  *number = self->number;
}
