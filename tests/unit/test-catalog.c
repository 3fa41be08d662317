/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "granary-catalog-writer.h"
#include "granary-database.h"
#include "granary-error.h"
#include "granary-metric.h"
#include "granary-names.h"

typedef struct
{
  char           *folder;
  char           *path;
  GranaryCatalog *catalog;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("granary-catalog-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "catalog.db", NULL);
  fixture->catalog = granary_catalog_open (fixture->path, GRANARY_CATALOG_NONE, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  granary_catalog_close (fixture->catalog);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->catalog);
  dir = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* One model with one ready version, in one write. */
typedef struct
{
  const char *name;
  const char *tags;
  const char *framework;
  const char *metric;
  guint8      content;
  gint64      size;
  gint64      model_id;
  gint64      version_id;
  int         number;
} Import;

static gboolean
import_func (GranaryWriter  *writer,
             gpointer        data,
             GError        **error)
{
  Import *import = data;
  g_autoptr (GranaryVersion) facts = granary_version_new ();
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  guint8 digest[GRANARY_SHA256_LENGTH];

  memset (digest, import->content, sizeof digest);
  g_ptr_array_add (files, granary_file_new ("model.onnx", import->size, digest, 1, 1));
  facts->source = GRANARY_SOURCE_FILES;
  facts->framework = g_strdup (import->framework);
  if (import->metric != NULL)
    {
      facts->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
      g_ptr_array_add (facts->metrics, granary_metric_parse (import->metric, NULL));
    }
  if (import->tags != NULL && !granary_tag_set_put_text (tags, import->tags, error))
    return FALSE;
  if (import->model_id == 0)
    import->model_id = granary_writer_add_model (writer, NULL, import->name, NULL, tags, error);
  if (import->model_id == 0)
    return FALSE;

  import->version_id = granary_writer_reserve_version (writer, import->model_id, facts,
                                                       &import->number, error);
  return import->version_id != 0 &&
         granary_writer_complete_version (writer, import->version_id, files, error);
}

static gint64
add (Fixture    *fixture,
     const char *name,
     const char *tags,
     const char *framework,
     const char *metric)
{
  Import import = { .name = name, .tags = tags, .framework = framework, .metric = metric,
                    .content = (guint8) name[0], .size = 100 };
  g_autoptr (GError) error = NULL;

  granary_catalog_write (fixture->catalog, import_func, &import, &error);
  g_assert_no_error (error);
  return import.model_id;
}

static char *
list (Fixture        *fixture,
      const char     *text,
      const char     *tag,
      GranarySortKey  key,
      gboolean        descending)
{
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();
  g_autoptr (GranaryQuery) query = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GPtrArray) summaries = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (tag != NULL)
    g_assert_true (granary_tag_set_put_text (tags, tag, NULL));
  query = granary_query_new (text, tags, key, descending);
  ids = granary_catalog_list_ids (fixture->catalog, query, NULL, &error);
  g_assert_no_error (error);
  summaries = granary_catalog_load_summaries (fixture->catalog, (gint64 *) (gpointer) ids->data,
                                              ids->len, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < summaries->len; i++)
    {
      const GranaryModelSummary *summary = g_ptr_array_index (summaries, i);

      g_string_append_printf (names, i > 0 ? " %s" : "%s", summary->name);
    }

  return g_string_free (g_steal_pointer (&names), FALSE);
}

#define assert_list(fixture, text, tag, key, descending, expected) \
  G_STMT_START { \
    g_autofree char *names_ = list (fixture, text, tag, key, descending); \
    g_assert_cmpstr (names_, ==, expected); \
  } G_STMT_END

static void
test_search (Fixture       *fixture,
             gconstpointer  data)
{
  add (fixture, "车牌检测", "team=视觉", "ONNX", "mAP=0.71");
  add (fixture, "plate-ocr", "team=视觉", "PyTorch", "acc=0.97");
  add (fixture, "resnet50", "stage=prod", "PyTorch", "top1=0.76");
  add (fixture, "Café", NULL, NULL, NULL);

  assert_list (fixture, "检测", NULL, GRANARY_SORT_NAME, FALSE, "车牌检测");
  assert_list (fixture, "牌检", NULL, GRANARY_SORT_NAME, FALSE, "车牌检测");
  assert_list (fixture, "测", NULL, GRANARY_SORT_NAME, FALSE, "车牌检测");
  assert_list (fixture, "检车", NULL, GRANARY_SORT_NAME, FALSE, "");
  assert_list (fixture, "视觉", NULL, GRANARY_SORT_NAME, FALSE, "plate-ocr 车牌检测");
  assert_list (fixture, "pla", NULL, GRANARY_SORT_NAME, FALSE, "plate-ocr");
  assert_list (fixture, "OCR pytorch", NULL, GRANARY_SORT_NAME, FALSE, "plate-ocr");
  assert_list (fixture, "50", NULL, GRANARY_SORT_NAME, FALSE, "resnet50");
  assert_list (fixture, "cafe", NULL, GRANARY_SORT_NAME, FALSE, "Café");
  assert_list (fixture, "top1", NULL, GRANARY_SORT_NAME, FALSE, "resnet50");
  assert_list (fixture, "\" OR *", NULL, GRANARY_SORT_NAME, FALSE, "");
  assert_list (fixture, "--", NULL, GRANARY_SORT_NAME, FALSE, "");
  assert_list (fixture, NULL, "team=视觉", GRANARY_SORT_NAME, FALSE, "plate-ocr 车牌检测");
  assert_list (fixture, "ocr", "team=视觉", GRANARY_SORT_NAME, FALSE, "plate-ocr");
  assert_list (fixture, "ocr", "stage=prod", GRANARY_SORT_NAME, FALSE, "");
}

static void
test_sort (Fixture       *fixture,
           gconstpointer  data)
{
  add (fixture, "model10", NULL, "PyTorch", "acc=0.5");
  add (fixture, "Model2", NULL, NULL, NULL);
  add (fixture, "model1", NULL, "onnx", "acc=0.9");

  assert_list (fixture, NULL, NULL, GRANARY_SORT_NAME, FALSE, "model1 Model2 model10");
  assert_list (fixture, NULL, NULL, GRANARY_SORT_NAME, TRUE, "model10 Model2 model1");
  assert_list (fixture, NULL, NULL, GRANARY_SORT_METRIC, FALSE, "model10 model1 Model2");
  assert_list (fixture, NULL, NULL, GRANARY_SORT_METRIC, TRUE, "model1 model10 Model2");
  assert_list (fixture, NULL, NULL, GRANARY_SORT_FRAMEWORK, FALSE, "model1 model10 Model2");
  for (guint key = 0; key < GRANARY_N_SORT_KEYS; key++)
    {
      g_autofree char *up = list (fixture, NULL, NULL, key, FALSE);
      g_autofree char *down = list (fixture, "model", NULL, key, TRUE);

      g_assert_cmpuint (strlen (up), ==, strlen ("model1 Model2 model10"));
      g_assert_cmpuint (strlen (down), ==, strlen (up));
    }
}

static gboolean
trash_func (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  Import *import = data;

  return granary_writer_trash (writer, import->name, import->model_id, import->version_id, error);
}

static gboolean
untrash_func (GranaryWriter  *writer,
              gpointer        data,
              GError        **error)
{
  Import *import = data;

  return granary_writer_untrash (writer, import->name, import->tags, error);
}

static gboolean
purge_func (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  return granary_writer_hide_trash (writer, data, error) &&
         granary_writer_purge_trash (writer, data, error);
}

/* Invariant 1: a number is never used twice in a model. */
static void
test_numbers (Fixture       *fixture,
              gconstpointer  data)
{
  Import import = { .name = "a", .content = 1, .size = 10 };
  Import trash;
  g_autoptr (GError) error = NULL;

  g_assert_true (granary_catalog_write (fixture->catalog, import_func, &import, &error));
  g_assert_cmpint (import.number, ==, 1);
  import.content = 2;
  g_assert_true (granary_catalog_write (fixture->catalog, import_func, &import, &error));
  g_assert_cmpint (import.number, ==, 2);

  trash = (Import) { .name = "t-x", .model_id = import.model_id, .version_id = import.version_id };
  g_assert_true (granary_catalog_write (fixture->catalog, trash_func, &trash, &error));
  g_assert_false (granary_catalog_write (fixture->catalog, trash_func, &trash, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_VERSION_MISSING));
  g_clear_error (&error);

  g_assert_true (granary_catalog_write (fixture->catalog, import_func, &import, &error));
  g_assert_cmpint (import.number, ==, 3);
  g_assert_true (granary_catalog_write (fixture->catalog, purge_func, (gpointer) "t-x", &error));
  g_assert_no_error (error);
  g_assert_true (granary_catalog_write (fixture->catalog, import_func, &import, &error));
  g_assert_cmpint (import.number, ==, 4);
}

static void
test_trash (Fixture       *fixture,
            gconstpointer  data)
{
  gint64 first = add (fixture, "plate-ocr", "team=a", NULL, NULL);
  Import trash = { .name = "t-1", .model_id = first };
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) facets = NULL;
  g_autoptr (GError) error = NULL;
  const GranaryTrashEntry *entry;
  GranaryCounts counts;

  g_assert_true (granary_catalog_write (fixture->catalog, trash_func, &trash, &error));
  assert_list (fixture, NULL, NULL, GRANARY_SORT_NAME, FALSE, "");
  assert_list (fixture, "plate", NULL, GRANARY_SORT_NAME, FALSE, "");
  facets = granary_catalog_list_facets (fixture->catalog, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (facets->len, ==, 0);

  entries = granary_catalog_list_trash (fixture->catalog, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (entries->len, ==, 1);
  entry = g_ptr_array_index (entries, 0);
  g_assert_cmpstr (entry->uid, ==, "t-1");
  g_assert_cmpstr (entry->model_name, ==, "plate-ocr");
  g_assert_cmpint (entry->n_versions, ==, 1);
  g_assert_cmpint (entry->size, ==, 100);

  /* The name is free again; putting the old one back then needs another. */
  add (fixture, "Plate-OCR", NULL, NULL, NULL);
  g_assert_false (granary_catalog_write (fixture->catalog, untrash_func, &trash, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_NAME_TAKEN));
  g_clear_error (&error);
  trash.tags = "plate-ocr-old";
  g_assert_true (granary_catalog_write (fixture->catalog, untrash_func, &trash, &error));
  g_assert_no_error (error);
  assert_list (fixture, "plate", NULL, GRANARY_SORT_NAME, FALSE, "Plate-OCR plate-ocr-old");

  g_assert_true (granary_catalog_load_counts (fixture->catalog, &counts, &error));
  g_assert_cmpint (counts.n_models, ==, 2);
  g_assert_cmpint (counts.n_versions, ==, 2);
  g_assert_cmpint (counts.n_trash, ==, 0);
  g_assert_cmpint (counts.size, ==, 200);
}

static void
test_impact (Fixture       *fixture,
             gconstpointer  data)
{
  Import import = { .name = "a", .content = 1, .size = 10 };
  g_autoptr (GArray) models = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) versions = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;
  GranaryImpact impact;

  g_assert_true (granary_catalog_write (fixture->catalog, import_func, &import, &error));
  g_assert_true (granary_catalog_write (fixture->catalog, import_func, &import, &error));
  g_array_append_val (versions, import.version_id);
  g_array_append_val (models, import.model_id);

  /* Both versions share their content: one alone frees nothing, both free it once. */
  g_assert_true (granary_catalog_load_impact (fixture->catalog, NULL, versions, &impact, &error));
  g_assert_cmpint (impact.n_versions, ==, 1);
  g_assert_cmpint (impact.size, ==, 10);
  g_assert_cmpint (impact.freed, ==, 0);
  g_assert_true (granary_catalog_load_impact (fixture->catalog, models, versions, &impact, &error));
  g_assert_cmpint (impact.n_versions, ==, 2);
  g_assert_cmpint (impact.size, ==, 20);
  g_assert_cmpint (impact.freed, ==, 10);
}

static void
test_trash_impact (Fixture       *fixture,
                   gconstpointer  data)
{
  static const char *const one[] = { "t-1", NULL };
  static const char *const none[] = { "t-\"9", NULL };
  Import import = { .name = "a", .content = 1, .size = 10 };
  Import other = { .name = "b", .content = 1, .size = 10 };
  Import first = { .name = "t-1" };
  Import second = { .name = "t-2" };
  g_autoptr (GError) error = NULL;
  GranaryImpact impact;

  g_assert_true (granary_catalog_write (fixture->catalog, import_func, &import, &error));
  g_assert_true (granary_catalog_write (fixture->catalog, import_func, &other, &error));
  first.model_id = import.model_id;
  first.version_id = import.version_id;
  second.model_id = other.model_id;
  g_assert_true (granary_catalog_write (fixture->catalog, trash_func, &first, &error));
  g_assert_true (granary_catalog_write (fixture->catalog, trash_func, &second, &error));

  /* The other entry shares the content: only both give it back. */
  g_assert_true (granary_catalog_load_trash_impact (fixture->catalog, one, &impact, &error));
  g_assert_cmpint (impact.n_entries, ==, 1);
  g_assert_cmpint (impact.n_versions, ==, 1);
  g_assert_cmpint (impact.freed, ==, 0);
  g_assert_true (granary_catalog_load_trash_impact (fixture->catalog, NULL, &impact, &error));
  g_assert_cmpint (impact.n_entries, ==, 2);
  g_assert_cmpint (impact.size, ==, 20);
  g_assert_cmpint (impact.freed, ==, 10);
  g_assert_true (granary_catalog_load_trash_impact (fixture->catalog, none, &impact, &error));
  g_assert_cmpint (impact.n_entries, ==, 0);
  g_assert_no_error (error);
}

static void
test_trend (Fixture       *fixture,
            gconstpointer  data)
{
  Import import = { .name = "a", .content = 1, .size = 10, .metric = "loss=0.5" };
  g_autoptr (GPtrArray) summaries = NULL;
  g_autoptr (GError) error = NULL;
  const GranaryModelSummary *summary;

  g_assert_true (granary_catalog_write (fixture->catalog, import_func, &import, &error));
  import.metric = "loss=0.4";
  g_assert_true (granary_catalog_write (fixture->catalog, import_func, &import, &error));
  summaries = granary_catalog_load_summaries (fixture->catalog, &import.model_id, 1, &error);
  g_assert_no_error (error);
  summary = g_ptr_array_index (summaries, 0);
  g_assert_cmpint (summary->metric_trend, ==, 1);
  g_assert_cmpstr (summary->metric_text, ==, "0.4");
  g_assert_cmpint (summary->latest, ==, 2);
}

static void
test_gone_summary (Fixture       *fixture,
                   gconstpointer  data)
{
  gint64 ids[] = { 99, 0, 98 };
  g_autoptr (GPtrArray) summaries = NULL;
  g_autoptr (GError) error = NULL;

  ids[1] = add (fixture, "here", NULL, NULL, NULL);
  summaries = granary_catalog_load_summaries (fixture->catalog, ids, G_N_ELEMENTS (ids), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (summaries->len, ==, 3);
  g_assert_null (g_ptr_array_index (summaries, 0));
  g_assert_nonnull (g_ptr_array_index (summaries, 1));
  g_assert_null (g_ptr_array_index (summaries, 2));
}

static void
changed_cb (GranaryCatalog *catalog,
            GArray         *ids,
            GArray         *all)
{
  if (ids != NULL)
    g_array_append_vals (all, ids->data, ids->len);
}

static gboolean
quit_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Another connection to the same file stands for another process. */
static void
test_changes (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryCatalog) other = NULL;
  g_autoptr (GError) error = NULL;
  Import import = { .name = "from-other", .content = 1, .size = 10 };
  gboolean late = FALSE;
  guint source;

  g_signal_connect (fixture->catalog, "changed", G_CALLBACK (changed_cb), seen);
  other = granary_catalog_open (fixture->path, GRANARY_CATALOG_NONE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (granary_catalog_write (other, import_func, &import, &error));

  source = g_timeout_add_seconds (20, quit_cb, &late);
  while (seen->len == 0 && !late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (late);
  g_source_remove (source);
  g_assert_cmpint (g_array_index (seen, gint64, 0), ==, import.model_id);
  granary_catalog_close (other);
}

static void
lost_cb (GranaryCatalog *catalog,
         const GError   *error,
         GError        **seen)
{
  if (*seen == NULL)
    *seen = g_error_copy (error);
}

static void
test_moved (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *elsewhere = g_strconcat (fixture->path, ".moved", NULL);
  g_autoptr (GError) seen = NULL;
  g_autoptr (GError) error = NULL;
  Import import = { .name = "late", .content = 1, .size = 10 };
  gboolean late = FALSE;
  guint source = g_timeout_add_seconds (20, quit_cb, &late);

  g_signal_connect (fixture->catalog, "lost", G_CALLBACK (lost_cb), &seen);
  g_assert_cmpint (g_rename (fixture->path, elsewhere), ==, 0);
  while (seen == NULL && !late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (late);
  g_source_remove (source);
  g_assert_true (granary_error_matches_reason (seen, GRANARY_REASON_REPOSITORY_GONE));

  g_assert_false (granary_catalog_write (fixture->catalog, import_func, &import, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_REPOSITORY_GONE));
  g_assert_cmpint (g_rename (elsewhere, fixture->path), ==, 0);
}

static void
test_newer (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "newer.db", NULL);
  g_autoptr (GranaryCatalog) catalog = NULL;
  g_autoptr (GranaryDatabase) database = NULL;
  g_autoptr (GError) error = NULL;

  catalog = granary_catalog_open (path, GRANARY_CATALOG_NONE, NULL, &error);
  g_assert_no_error (error);
  granary_catalog_close (catalog);
  database = granary_database_open (path, GRANARY_DATABASE_NONE, &error);
  g_assert_true (granary_database_exec (database, "PRAGMA user_version = 999", &error));
  g_clear_object (&catalog);
  catalog = granary_catalog_open (path, GRANARY_CATALOG_NONE, NULL, &error);
  g_assert_null (catalog);
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_UNSUPPORTED);
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_CATALOG_NEWER));
}

static void
test_corrupt (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "corrupt.db", NULL);
  g_autofree char *noise = g_malloc (65536);
  g_autoptr (GError) error = NULL;

  memset (noise, 'x', 65536);
  g_assert_true (g_file_set_contents (path, noise, 65536, NULL));
  g_assert_null (granary_catalog_open (path, GRANARY_CATALOG_NONE, NULL, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_CATALOG_CORRUPT));
}

static void
test_foreign (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "foreign.db", NULL);
  g_autoptr (GranaryDatabase) database = NULL;
  g_autoptr (GError) error = NULL;

  database = granary_database_open (path, GRANARY_DATABASE_CREATE, &error);
  g_assert_true (granary_database_exec (database, "CREATE TABLE mine (x)", &error));
  g_assert_null (granary_catalog_open (path, GRANARY_CATALOG_NONE, NULL, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_REPOSITORY_UNUSABLE));
}

static gboolean
begin_func (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  return granary_writer_begin_operation (writer, data, error);
}

static gboolean
end_func (GranaryWriter  *writer,
          gpointer        data,
          GError        **error)
{
  return granary_writer_end_operation (writer, data, error);
}

static void
test_operations (Fixture       *fixture,
                 gconstpointer  data)
{
  gint64 model = add (fixture, "a", NULL, NULL, NULL);
  GranaryOperation one = { (char *) "o-1", (char *) "s-1", GRANARY_OPERATION_UPLOAD, model, 7, NULL };
  GranaryOperation two = { (char *) "o-2", (char *) "s-1", GRANARY_OPERATION_UPLOAD, model, 8, NULL };
  GranaryOperation same = { (char *) "o-3", (char *) "s-1", GRANARY_OPERATION_DELETE, model, 7, NULL };
  GranaryOperation whole = { (char *) "o-4", (char *) "s-1", GRANARY_OPERATION_DELETE, model, 0, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (granary_catalog_write (fixture->catalog, begin_func, &one, &error));
  g_assert_true (granary_catalog_write (fixture->catalog, begin_func, &two, &error));
  g_assert_false (granary_catalog_write (fixture->catalog, begin_func, &same, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_BUSY));
  g_clear_error (&error);
  g_assert_false (granary_catalog_write (fixture->catalog, begin_func, &whole, &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (granary_catalog_write (fixture->catalog, end_func, (gpointer) "o-1", &error));
  g_assert_true (granary_catalog_write (fixture->catalog, end_func, (gpointer) "o-2", &error));
  g_assert_true (granary_catalog_write (fixture->catalog, begin_func, &whole, &error));
  g_assert_no_error (error);
}

static void
test_history (Fixture       *fixture,
              gconstpointer  data)
{
  gint64 model = add (fixture, "a", NULL, NULL, NULL);
  Import trash = { .name = "t-1", .model_id = model };
  g_autoptr (GPtrArray) events = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (granary_catalog_write (fixture->catalog, trash_func, &trash, &error));
  g_assert_true (granary_catalog_write (fixture->catalog, purge_func, (gpointer) "t-1", &error));
  g_assert_no_error (error);
  events = granary_catalog_list_events (fixture->catalog, model, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (events->len, ==, 3);
  g_assert_cmpint (((GranaryEvent *) g_ptr_array_index (events, 0))->kind, ==, GRANARY_EVENT_PURGED);
  g_assert_cmpint (((GranaryEvent *) g_ptr_array_index (events, 2))->kind, ==, GRANARY_EVENT_CREATED);
  g_assert_cmpstr (((GranaryEvent *) g_ptr_array_index (events, 0))->model_name, ==, "a");
}

/* Traps of old: a page that walks the whole table. */
static void
test_plans (Fixture       *fixture,
            gconstpointer  data)
{
  static const struct
  {
    const char *sql;
    const char *uses;
  } plans[] = {
    { "SELECT m.id FROM models m WHERE m.trash IS NULL ORDER BY m.name_sort, m.id", "models_by_name" },
    { "SELECT m.id FROM models m WHERE m.trash IS NULL ORDER BY m.updated DESC, m.id", "models_by_updated" },
    { "SELECT m.id FROM models m WHERE m.trash IS NULL ORDER BY m.size DESC, m.id", "models_by_size" },
    { "SELECT count(*), sum(n_versions), sum(size) FROM models WHERE trash IS NULL", "models_sums" },
    { "SELECT 1 FROM files WHERE size = 1 LIMIT 1", "files_by_content" },
    { "SELECT id FROM versions WHERE model_id = 1 AND number = 1", "sqlite_autoindex_versions" },
  };
  g_autoptr (GranaryDatabase) database = NULL;
  g_autoptr (GError) error = NULL;

  database = granary_database_open (fixture->path, GRANARY_DATABASE_READ_ONLY, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      g_autofree char *sql = g_strconcat ("EXPLAIN QUERY PLAN ", plans[i].sql, NULL);
      g_autoptr (GranaryStatement) statement = granary_database_prepare (database,
                                                                         g_intern_string (sql),
                                                                         &error);
      g_autoptr (GString) plan = g_string_new (NULL);

      g_assert_no_error (error);
      while (granary_statement_step (statement, &error))
        g_string_append_printf (plan, "%s\n", granary_statement_get_text (statement, 3));
      g_assert_no_error (error);
      if (strstr (plan->str, plans[i].uses) == NULL)
        g_error ("%s\n%s", plans[i].sql, plan->str);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name) g_test_add ("/catalog/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (search);
  ADD (sort);
  ADD (numbers);
  ADD (trash);
  ADD (impact);
  ADD (trash_impact);
  ADD (trend);
  ADD (gone_summary);
  ADD (changes);
  ADD (moved);
  ADD (newer);
  ADD (corrupt);
  ADD (foreign);
  ADD (operations);
  ADD (history);
  ADD (plans);

  return g_test_run ();
}
