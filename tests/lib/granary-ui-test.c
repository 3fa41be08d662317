/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-ui-test.h"

#include <glib/gstdio.h>

#include "granary-metric.h"
#include "granary-names.h"

/* A repository that can do nothing: each verb answers that it is not supported. */
#define TEST_TYPE_REPOSITORY (test_repository_get_type ())
G_DECLARE_FINAL_TYPE (TestRepository, test_repository, TEST, REPOSITORY, GObject)

struct _TestRepository
{
  GObject parent_instance;
};

static char *
test_repository_dup_path (GranaryRepository *repository,
                          const char        *model_name,
                          int                number,
                          const char        *path)
{
  g_autofree char *version = g_strdup_printf ("v%d", number);

  return g_build_filename ("/test/models", model_name, version, path, NULL);
}

static void
repository_init (GranaryRepositoryInterface *iface)
{
  iface->dup_path = test_repository_dup_path;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestRepository, test_repository, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_REPOSITORY, repository_init))

static void
test_repository_class_init (TestRepositoryClass *klass)
{
}

static void
test_repository_init (TestRepository *self)
{
}

typedef struct
{
  GranaryUiTest *test;
  const char    *name;
  const char    *key;
  const char    *value;
  gint64         model_id;
  guint          n;
} Change;

static void
write_change (GranaryUiTest    *test,
              GranaryWriteFunc  func,
              Change           *change)
{
  g_autoptr (GError) error = NULL;

  granary_catalog_write (test->catalog, func, change, &error);
  g_assert_no_error (error);
}

void
granary_ui_test_set_up (GranaryUiTest *test)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GranaryRepository) repository = g_object_new (TEST_TYPE_REPOSITORY, NULL);

  test->folder = g_dir_make_tmp ("granary-ui-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (test->folder, "catalog.db", NULL);
  test->catalog = granary_catalog_open (path, GRANARY_CATALOG_MIRROR, NULL, &error);
  g_assert_no_error (error);
  test->connection = granary_connection_new (GRANARY_CONNECTION_LOCAL, "test", "Test", test->folder,
                                             test->catalog, repository, NULL);
  granary_connection_set_features (test->connection,
                                   GRANARY_FEATURE_TRASH | GRANARY_FEATURE_RENAME |
                                   GRANARY_FEATURE_DESCRIBE | GRANARY_FEATURE_FOLDER |
                                   GRANARY_FEATURE_REMOVE_FILES);
}

void
granary_ui_test_tear_down (GranaryUiTest *test)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_clear_object (&test->connection);
  granary_catalog_close (test->catalog);
  g_clear_object (&test->catalog);

  dir = g_dir_open (test->folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (test->folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (test->folder);
  g_clear_pointer (&test->folder, g_free);
}

static gboolean
add_version (GranaryWriter  *writer,
             gint64          model_id,
             const char     *framework,
             guint           index,
             GError        **error)
{
  g_autoptr (GranaryVersion) facts = granary_version_new ();
  g_autoptr (GPtrArray) files = NULL;
  g_autofree char *accuracy = g_strdup_printf ("0.%u", 900 + index);
  guint8 digest[GRANARY_SHA256_LENGTH] = { (guint8) index, (guint8) model_id, 7 };
  gint64 version_id;
  int number;

  facts->source = GRANARY_SOURCE_FILES;
  facts->framework = g_strdup (framework);
  if (facts->metrics == NULL)
    facts->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  g_ptr_array_add (facts->metrics, granary_metric_new ("acc", accuracy));

  version_id = granary_writer_reserve_version (writer, model_id, facts, &number, error);
  if (version_id <= 0)
    return FALSE;

  files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  g_ptr_array_add (files, granary_file_new ("model.onnx", 1000 + index, digest, 0, 0));

  return granary_writer_complete_version (writer, version_id, files, error);
}

static gint64
add_model (GranaryWriter        *writer,
           const char           *name,
           const GranaryTagSet  *tags,
           const char           *framework,
           guint                 n_versions,
           GError              **error)
{
  g_autofree char *uid = granary_uid_new ("m");
  gint64 model_id = granary_writer_add_model (writer, uid, name, "", tags, error);

  for (guint i = 0; model_id > 0 && i < n_versions; i++)
    if (!add_version (writer, model_id, framework, i, error))
      return -1;

  return model_id;
}

static gboolean
add_models_func (GranaryWriter  *writer,
                 gpointer        data,
                 GError        **error)
{
  Change *change = data;

  for (guint i = 0; i < change->n; i++)
    {
      g_autofree char *name = g_strdup_printf ("model-%03u", i);
      g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();

      if (!granary_tag_set_put (tags, "team", i % 2 == 0 ? "a" : "b", error) ||
          (i % 3 == 0 && !granary_tag_set_put (tags, "stage", "prod", error)) ||
          add_model (writer, name, tags, i % 2 == 0 ? "ONNX" : "PyTorch", 1 + i % 3, error) <= 0)
        return FALSE;
    }

  return TRUE;
}

void
granary_ui_test_add_models (GranaryUiTest *test,
                            guint          n_models)
{
  Change change = { .test = test, .n = n_models };

  write_change (test, add_models_func, &change);
}

static gboolean
add_model_func (GranaryWriter  *writer,
                gpointer        data,
                GError        **error)
{
  Change *change = data;
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();

  change->model_id = add_model (writer, change->name, tags, "ONNX", change->n, error);

  return change->model_id > 0;
}

gint64
granary_ui_test_add_model (GranaryUiTest *test,
                           const char    *name,
                           guint          n_versions)
{
  Change change = { .test = test, .name = name, .n = n_versions };

  write_change (test, add_model_func, &change);

  return change.model_id;
}

static gboolean
add_version_func (GranaryWriter  *writer,
                  gpointer        data,
                  GError        **error)
{
  Change *change = data;

  return add_version (writer, change->model_id, "ONNX", 50, error);
}

gint64
granary_ui_test_add_version (GranaryUiTest *test,
                             gint64         model_id)
{
  Change change = { .test = test, .model_id = model_id };
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (GError) error = NULL;

  write_change (test, add_version_func, &change);
  versions = granary_catalog_load_versions (test->catalog, model_id, &error);
  g_assert_no_error (error);

  return ((GranaryVersion *) g_ptr_array_index (versions, 0))->id;
}

static gboolean
rename_func (GranaryWriter  *writer,
             gpointer        data,
             GError        **error)
{
  Change *change = data;

  return granary_writer_rename_model (writer, change->model_id, change->name, error);
}

void
granary_ui_test_rename (GranaryUiTest *test,
                        gint64         model_id,
                        const char    *name)
{
  Change change = { .test = test, .model_id = model_id, .name = name };

  write_change (test, rename_func, &change);
}

static gboolean
set_tag_func (GranaryWriter  *writer,
              gpointer        data,
              GError        **error)
{
  Change *change = data;
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();

  if (change->value != NULL && !granary_tag_set_put (tags, change->key, change->value, error))
    return FALSE;

  return granary_writer_set_tags (writer, change->model_id, tags, error);
}

void
granary_ui_test_set_tag (GranaryUiTest *test,
                         gint64         model_id,
                         const char    *key,
                         const char    *value)
{
  Change change = { .test = test, .model_id = model_id, .key = key, .value = value };

  write_change (test, set_tag_func, &change);
}

static gboolean
remove_func (GranaryWriter  *writer,
             gpointer        data,
             GError        **error)
{
  Change *change = data;

  return granary_writer_remove_model (writer, change->model_id, error);
}

void
granary_ui_test_remove (GranaryUiTest *test,
                        gint64         model_id)
{
  Change change = { .test = test, .model_id = model_id };

  write_change (test, remove_func, &change);
}

static gboolean
trash_func (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  Change *change = data;

  return granary_writer_trash (writer, change->name, change->model_id, 0, error);
}

void
granary_ui_test_trash (GranaryUiTest *test,
                       gint64         model_id,
                       const char    *entry_uid)
{
  Change change = { .test = test, .model_id = model_id, .name = entry_uid };

  write_change (test, trash_func, &change);
}

gint64
granary_ui_test_find (GranaryUiTest *test,
                      const char    *name)
{
  g_autoptr (GError) error = NULL;
  gint64 id = granary_catalog_find_model (test->catalog, name, &error);

  g_assert_no_error (error);

  return id;
}

static gpointer
nothing_func (GranaryCatalog  *catalog,
              gpointer         data,
              GCancellable    *cancellable,
              GError         **error)
{
  return g_strdup ("");
}

static void
settled_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  gboolean *settled = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *nothing = granary_catalog_read_finish (GRANARY_CATALOG (object), result, &error);

  g_assert_no_error (error);
  g_assert_nonnull (nothing);
  *settled = TRUE;
}

void
granary_ui_test_settle (GranaryUiTest *test)
{
  /* Answers ask for more: a page of texts follows the ids, and a frame follows both. */
  for (guint i = 0; i < 4; i++)
    {
      gboolean settled = FALSE;

      granary_catalog_read_async (test->catalog, nothing_func, NULL, NULL, g_free, NULL,
                                  settled_cb, &settled);
      granary_ui_test_wait (settled);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}
