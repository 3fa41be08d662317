/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "granary-catalog-mirror.h"
#include "granary-database.h"
#include "granary-error.h"
#include "granary-metric.h"

/* A catalogue that repeats what a service tells. */

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

  fixture->folder = g_dir_make_tmp ("granary-mirror-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "catalog.db", NULL);
  fixture->catalog = granary_catalog_open (fixture->path, GRANARY_CATALOG_MIRROR, NULL, &error);
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

/* What a service tells */

static GranaryModel *
make_model (const char *uid,
            const char *name,
            const char *tag)
{
  GranaryModel *model = granary_model_new ();

  model->uid = g_strdup (uid);
  model->name = g_strdup (name);
  model->created = 1000;
  if (tag != NULL)
    {
      model->tags = granary_tag_set_new ();
      if (*tag != '\0')
        g_assert_true (granary_tag_set_put_text (model->tags, tag, NULL));
    }
  model->versions = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_version_unref);
  return model;
}

static GranaryVersion *
make_version (const char    *uid,
              int            number,
              GranaryStatus  status,
              const char    *location)
{
  GranaryVersion *version = granary_version_new ();

  version->uid = g_strdup (uid);
  version->number = number;
  version->status = status;
  version->source = GRANARY_SOURCE_TASK;
  version->source_ref = g_strdup ("train-1");
  version->framework = g_strdup ("PYTORCH");
  version->location = g_strdup (location);
  version->remote = g_strdup ("{\"task_name\":\"夜间检测\",\"creator\":\"100\"}");
  version->size = -1;
  version->n_files = -1;
  version->created = 1000 + number;
  version->updated = version->created;
  version->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  g_ptr_array_add (version->metrics, granary_metric_new ("acc", "0.5"));
  return version;
}

static GranaryModel *
make_usual (void)
{
  GranaryModel *model = make_model ("m-1", "detector", "team=vision");

  g_ptr_array_add (model->versions,
                   make_version ("mv-2", 2, GRANARY_STATUS_READY, "cos://b-1/m/2/"));
  g_ptr_array_add (model->versions,
                   make_version ("mv-1", 1, GRANARY_STATUS_READY, "cos://b-1/m/1/"));
  return model;
}

/* Writing it */

typedef struct
{
  GranaryModel *model;
  gboolean      without_versions;
  gint64        model_id;
  gboolean      changed;
} Told;

static gboolean
tell_func (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  Told *told = data;

  return granary_writer_mirror_model (writer, told->model, !told->without_versions, &told->model_id,
                                      &told->changed, error);
}

static gint64
tell (Fixture      *fixture,
      GranaryModel *model,
      gboolean     *changed)
{
  g_autoptr (GError) error = NULL;
  Told told = { .model = model };

  granary_catalog_write (fixture->catalog, tell_func, &told, &error);
  g_assert_no_error (error);
  if (changed != NULL)
    *changed = told.changed;
  return told.model_id;
}

static gboolean
forget_func (GranaryWriter  *writer,
             gpointer        data,
             GError        **error)
{
  return granary_writer_mirror_forget (writer, *(gint64 *) data, error);
}

static void
forget (Fixture *fixture,
        gint64   model_id)
{
  g_autoptr (GError) error = NULL;

  granary_catalog_write (fixture->catalog, forget_func, &model_id, &error);
  g_assert_no_error (error);
}

typedef struct
{
  const char *uid;
  int         number;
} HighWater;

static gboolean
high_water_func (GranaryWriter  *writer,
                 gpointer        data,
                 GError        **error)
{
  HighWater *asked = data;

  asked->number = granary_writer_get_high_water (writer, asked->uid);
  return TRUE;
}

static int
get_high_water (Fixture    *fixture,
                const char *uid)
{
  HighWater asked = { .uid = uid, .number = -1 };

  g_assert_true (granary_catalog_write (fixture->catalog, high_water_func, &asked, NULL));
  return asked.number;
}

static GranaryModel *
load (Fixture *fixture,
      gint64   model_id)
{
  g_autoptr (GError) error = NULL;
  GranaryModel *model = granary_catalog_load_model (fixture->catalog, model_id, &error);

  g_assert_no_error (error);
  return model;
}

static guint
search (Fixture    *fixture,
        const char *text)
{
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();
  g_autoptr (GranaryQuery) query = granary_query_new (text, tags, GRANARY_SORT_NAME, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = granary_catalog_list_ids (fixture->catalog, query, NULL, &error);

  g_assert_no_error (error);
  return ids->len;
}

static gint64
count (Fixture    *fixture,
       const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryDatabase) database =
    granary_database_open (fixture->path, GRANARY_DATABASE_READ_ONLY, &error);
  gint64 value = -1;

  g_assert_no_error (error);
  g_assert_true (granary_database_get_int (database, g_intern_string (sql), &value, &error));
  return value;
}

/* Tests */

static void
test_fill (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GranaryModel) told = make_usual ();
  g_autoptr (GranaryModel) model = NULL;
  const GranaryVersion *version;
  gint64 id = tell (fixture, told, NULL);

  model = load (fixture, id);
  g_assert_cmpstr (model->uid, ==, "m-1");
  g_assert_cmpstr (model->name, ==, "detector");
  g_assert_cmpint (model->high_water, ==, 2);
  g_assert_cmpint (model->created, ==, 1000);
  g_assert_cmpint (model->updated, ==, 1002);
  g_assert_cmpint (model->size, ==, 0);
  g_assert_cmpstr (granary_tag_set_lookup (model->tags, "team"), ==, "vision");
  g_assert_cmpuint (model->versions->len, ==, 2);

  version = g_ptr_array_index (model->versions, 0);
  g_assert_cmpstr (version->uid, ==, "mv-2");
  g_assert_cmpint (version->number, ==, 2);
  g_assert_cmpint (version->size, ==, -1);
  g_assert_cmpint (version->n_files, ==, -1);
  g_assert_cmpint (version->progress, ==, -1);
  g_assert_cmpstr (version->location, ==, "cos://b-1/m/2/");
  g_assert_nonnull (strstr (version->remote, "creator"));
  g_assert_cmpuint (version->metrics->len, ==, 1);

  /* Found by name, id on the platform and the task it came from. */
  g_assert_cmpuint (search (fixture, "detector"), ==, 1);
  g_assert_cmpuint (search (fixture, "m-1"), ==, 1);
  g_assert_cmpuint (search (fixture, "检测"), ==, 1);
}

static void
test_unchanged (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GranaryModel) told = make_usual ();
  g_autoptr (GranaryModel) turned = make_usual ();
  g_autoptr (GranaryModel) other = make_usual ();
  GranaryVersion *version;
  gboolean changed = FALSE;
  gint64 id;
  gint64 before;

  id = tell (fixture, told, &changed);
  g_assert_true (changed);
  before = count (fixture, "SELECT max(seq) FROM changes");

  g_assert_cmpint (tell (fixture, told, &changed), ==, id);
  g_assert_false (changed);

  /* The order in which versions come means nothing. */
  version = g_ptr_array_steal_index (turned->versions, 0);
  g_ptr_array_add (turned->versions, version);
  tell (fixture, turned, &changed);
  g_assert_false (changed);
  g_assert_cmpint (count (fixture, "SELECT max(seq) FROM changes"), ==, before);

  ((GranaryVersion *) g_ptr_array_index (other->versions, 0))->status = GRANARY_STATUS_FAILED;
  tell (fixture, other, &changed);
  g_assert_true (changed);
  g_assert_cmpint (count (fixture, "SELECT max(seq) FROM changes"), ==, before + 1);
}

static void
test_follow (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GranaryModel) told = make_usual ();
  g_autoptr (GranaryModel) later = make_model ("m-1", "finder", "");
  g_autoptr (GranaryModel) silent = make_model ("m-1", NULL, NULL);
  g_autoptr (GranaryModel) model = NULL;
  gint64 id = tell (fixture, told, NULL);
  gboolean changed;

  /* v2 went, v5 came; no tag is left, and another name. */
  g_ptr_array_add (later->versions,
                   make_version ("mv-1", 1, GRANARY_STATUS_READY, "cos://b-1/m/1/"));
  g_ptr_array_add (later->versions,
                   make_version ("mv-5", 5, GRANARY_STATUS_IMPORTING, NULL));
  tell (fixture, later, &changed);
  g_assert_true (changed);
  model = load (fixture, id);
  g_assert_cmpstr (model->name, ==, "finder");
  g_assert_cmpuint (granary_tag_set_get_size (model->tags), ==, 0);
  g_assert_cmpuint (model->versions->len, ==, 2);
  g_assert_cmpint (model->high_water, ==, 5);
  g_clear_pointer (&model, granary_model_unref);

  /* What is not told stays, but for versions: those are all that there are. */
  silent->created = 0;
  tell (fixture, silent, &changed);
  g_assert_true (changed);
  model = load (fixture, id);
  g_assert_cmpstr (model->name, ==, "finder");
  g_assert_cmpint (model->created, ==, 1000);
  g_assert_cmpuint (model->versions->len, ==, 0);
  g_assert_cmpint (model->high_water, ==, 5);
}

static void
test_high_water (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GranaryModel) told = make_usual ();
  g_autoptr (GranaryModel) again = make_model ("m-1", "detector", "");
  g_autoptr (GranaryModel) model = NULL;
  gint64 id;

  g_assert_cmpint (get_high_water (fixture, "m-1"), ==, 0);

  /* Numbers of versions that are not listed count too. */
  told->high_water = 7;
  id = tell (fixture, told, NULL);
  g_assert_cmpint (get_high_water (fixture, "m-1"), ==, 7);

  forget (fixture, id);
  g_assert_cmpint (get_high_water (fixture, "m-1"), ==, 7);
  g_assert_cmpuint (search (fixture, "detector"), ==, 0);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM versions"), ==, 0);

  id = tell (fixture, again, NULL);
  model = load (fixture, id);
  g_assert_cmpint (model->high_water, ==, 7);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM forgotten"), ==, 0);
}

static void
test_twins (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GranaryModel) one = make_model ("m-1", "Twin", "");
  g_autoptr (GranaryModel) two = make_model ("m-2", "twin", "");
  g_autoptr (GranaryModel) nameless = make_model ("m-3", "", "");
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;
  gint64 first = tell (fixture, one, NULL);
  gint64 second = tell (fixture, two, NULL);
  gint64 third = tell (fixture, nameless, NULL);

  g_assert_cmpint (first, !=, second);
  g_assert_cmpint (granary_catalog_find_model (fixture->catalog, "TWIN", &error), ==, 0);
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_CONFLICT);
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_NAME_AMBIGUOUS));
  g_clear_error (&error);
  g_assert_cmpint (granary_catalog_find_model (fixture->catalog, "m-2", &error), ==, second);
  g_assert_no_error (error);

  forget (fixture, first);
  g_assert_cmpint (granary_catalog_find_model (fixture->catalog, "TWIN", &error), ==, second);
  g_assert_no_error (error);

  model = load (fixture, third);
  g_assert_cmpstr (model->name, ==, "m-3");
}

/* The same numbers twice, none, no id, and a number that wandered. */
static void
test_numbers (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GranaryModel) odd = make_model ("m-1", "odd", "");
  g_autoptr (GranaryModel) swapped = make_model ("m-1", "odd", "");
  g_autoptr (GranaryModel) model = NULL;
  gint64 id;

  g_ptr_array_add (odd->versions, make_version ("mv-1", 1, GRANARY_STATUS_READY, NULL));
  g_ptr_array_add (odd->versions, make_version ("mv-1b", 1, GRANARY_STATUS_READY, NULL));
  g_ptr_array_add (odd->versions, make_version ("mv-0", 0, GRANARY_STATUS_READY, NULL));
  g_ptr_array_add (odd->versions, make_version (NULL, 2, GRANARY_STATUS_READY, NULL));
  g_ptr_array_add (odd->versions, make_version ("mv-3", 3, GRANARY_STATUS_READY, NULL));
  id = tell (fixture, odd, NULL);
  model = load (fixture, id);
  g_assert_cmpuint (model->versions->len, ==, 2);
  g_assert_cmpstr (((GranaryVersion *) g_ptr_array_index (model->versions, 1))->uid, ==, "mv-1");
  g_clear_pointer (&model, granary_model_unref);

  g_ptr_array_add (swapped->versions, make_version ("mv-1", 3, GRANARY_STATUS_READY, NULL));
  g_ptr_array_add (swapped->versions, make_version ("mv-3", 1, GRANARY_STATUS_READY, NULL));
  tell (fixture, swapped, NULL);
  model = load (fixture, id);
  g_assert_cmpuint (model->versions->len, ==, 2);
  g_assert_cmpstr (((GranaryVersion *) g_ptr_array_index (model->versions, 0))->uid, ==, "mv-1");
  g_assert_cmpstr (((GranaryVersion *) g_ptr_array_index (model->versions, 1))->uid, ==, "mv-3");
}

/* Files */

typedef struct
{
  gint64     model_id;
  gint64     version_id;
  GPtrArray *files;
  GranaryVersion *version;
  GPtrArray *services;
} Write;

static gboolean
files_func (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  Write *write = data;

  return granary_writer_mirror_files (writer, write->version_id, write->files, error);
}

static gboolean
inspect_func (GranaryWriter  *writer,
              gpointer        data,
              GError        **error)
{
  Write *write = data;

  return granary_writer_set_inspection (writer, write->version_id, NULL, NULL, "{\"read\":1}", error);
}

static gboolean
version_func (GranaryWriter  *writer,
              gpointer        data,
              GError        **error)
{
  Write *write = data;

  return granary_writer_mirror_version (writer, write->model_id, write->version,
                                        &write->version_id, error);
}

static void
do_write (Fixture          *fixture,
          GranaryWriteFunc  func,
          Write            *write)
{
  g_autoptr (GError) error = NULL;

  granary_catalog_write (fixture->catalog, func, write, &error);
  g_assert_no_error (error);
}

static void
test_files (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryModel) told = make_usual ();
  g_autoptr (GranaryModel) moved = make_usual ();
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  GranaryImpact impact;
  GranaryFile *file;
  Write write = { .files = files };
  gint64 before;

  write.model_id = tell (fixture, told, NULL);
  write.version_id = granary_catalog_find_version (fixture->catalog, write.model_id, 2, &error);
  g_assert_no_error (error);

  file = granary_file_new ("config.json", 10, NULL, 5000 * 1000, 0);
  file->etag = g_strdup ("\"abc\"");
  file->crc64 = g_strdup ("11051210869376104954");
  g_ptr_array_add (files, file);
  g_ptr_array_add (files, granary_file_new ("model/weights.pt", 10, NULL, 4000 * 1000, 0));
  do_write (fixture, files_func, &write);
  do_write (fixture, inspect_func, &write);

  version = granary_catalog_load_version (fixture->catalog, write.version_id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (version->size, ==, 20);
  g_assert_cmpint (version->n_files, ==, 2);
  g_assert_cmpint (version->updated, ==, 5000);
  g_assert_cmpstr (granary_version_find_file (version, "config.json")->etag, ==, "\"abc\"");
  g_assert_cmpstr (granary_version_find_file (version, "config.json")->crc64, ==,
                   "11051210869376104954");
  g_clear_pointer (&version, granary_version_unref);

  /* The same list again writes nothing. */
  before = count (fixture, "SELECT max(seq) FROM changes");
  do_write (fixture, files_func, &write);
  g_assert_cmpint (count (fixture, "SELECT max(seq) FROM changes"), ==, before);

  /* Files in object storage share nothing, whatever their sizes; unknown ones count nothing. */
  g_array_append_val (ids, write.model_id);
  g_assert_true (granary_catalog_load_impact (fixture->catalog, ids, NULL, &impact, &error));
  g_assert_cmpint (impact.n_versions, ==, 2);
  g_assert_cmpint (impact.size, ==, 20);
  g_assert_cmpint (impact.freed, ==, 20);

  /* A refresh that knows no files leaves them, as long as the place is the same. */
  ((GranaryVersion *) g_ptr_array_index (told->versions, 0))->progress = 100;
  tell (fixture, told, NULL);
  version = granary_catalog_load_version (fixture->catalog, write.version_id, &error);
  g_assert_cmpint (version->size, ==, 20);
  g_assert_cmpint (version->progress, ==, 100);
  g_assert_cmpuint (version->files->len, ==, 2);
  g_assert_cmpstr (version->inspection, ==, "{\"read\":1}");
  g_clear_pointer (&version, granary_version_unref);

  model = load (fixture, write.model_id);
  g_assert_cmpint (model->size, ==, 20);
  g_assert_cmpint (model->updated, ==, 5000);

  g_set_str (&((GranaryVersion *) g_ptr_array_index (moved->versions, 0))->location, "cos://b-2/x/");
  tell (fixture, moved, NULL);
  version = granary_catalog_load_version (fixture->catalog, write.version_id, &error);
  g_assert_cmpint (version->size, ==, -1);
  g_assert_cmpint (version->n_files, ==, -1);
  g_assert_cmpuint (version->files->len, ==, 0);
  g_assert_null (version->inspection);
}

static GranaryFile *
make_file (const char *path,
           const char *etag,
           gint64      time)
{
  GranaryFile *file = granary_file_new (path, 10, NULL, time * 1000, 0);

  file->etag = g_strdup (etag);
  return file;
}

/* When files of a version are others than before; not when they are first heard of. */
static void
test_files_changed (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  g_autoptr (GranaryModel) told = make_usual ();
  g_autofree char *query = NULL;
  g_autoptr (GError) error = NULL;
  Write write = { .files = files };
  gint64 before;

  write.model_id = tell (fixture, told, NULL);
  write.version_id = granary_catalog_find_version (fixture->catalog, write.model_id, 2, &error);
  g_assert_no_error (error);
  query = g_strdup_printf ("SELECT coalesce (files_changed, 0) FROM versions"
                           " WHERE id = %" G_GINT64_FORMAT, write.version_id);

  g_ptr_array_add (files, make_file ("a", "1", 5000));
  g_ptr_array_add (files, make_file ("b", NULL, 5000));
  do_write (fixture, files_func, &write);
  g_assert_cmpint (count (fixture, query), ==, 0);

  /* A tag that is told for the first time is no other one. */
  g_ptr_array_remove_index (files, 1);
  g_ptr_array_add (files, make_file ("b", "2", 5000));
  do_write (fixture, files_func, &write);
  g_assert_cmpint (count (fixture, query), ==, 0);

  g_ptr_array_remove_index (files, 1);
  g_ptr_array_add (files, make_file ("b", "3", 7000));
  do_write (fixture, files_func, &write);
  g_assert_cmpint (count (fixture, query), ==, 7000);

  g_ptr_array_add (files, make_file ("c", "4", 9000));
  do_write (fixture, files_func, &write);
  g_assert_cmpint (count (fixture, query), ==, 9000);

  before = g_get_real_time ();
  g_ptr_array_remove_index (files, 0);
  do_write (fixture, files_func, &write);
  g_assert_cmpint (count (fixture, query), >=, before);
}

/* One version at a time: what an import does, and polling it. */
static void
test_version (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GranaryModel) told = make_usual ();
  g_autoptr (GranaryModel) after = make_usual ();
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GranaryVersion) importing = make_version ("mv-3", 3, GRANARY_STATUS_IMPORTING, NULL);
  g_autoptr (GranaryVersion) ready = make_version ("mv-3", 3, GRANARY_STATUS_READY, "cos://b-1/3/");
  g_autoptr (GranaryVersion) other = make_version ("mv-3b", 3, GRANARY_STATUS_READY, NULL);
  g_autoptr (GranaryVersion) odd = make_version ("mv-0", 0, GRANARY_STATUS_READY, NULL);
  g_autoptr (GError) error = NULL;
  Write write = { .version = importing };
  gint64 first;
  gint64 before;
  gboolean changed;

  write.model_id = tell (fixture, told, NULL);
  importing->progress = 40;
  do_write (fixture, version_func, &write);
  first = write.version_id;
  model = load (fixture, write.model_id);
  g_assert_cmpint (model->high_water, ==, 3);
  g_assert_cmpint (((GranaryVersion *) g_ptr_array_index (model->versions, 0))->progress, ==, 40);
  g_clear_pointer (&model, granary_model_unref);

  before = count (fixture, "SELECT max(seq) FROM changes");
  do_write (fixture, version_func, &write);
  g_assert_cmpint (count (fixture, "SELECT max(seq) FROM changes"), ==, before);

  write.version = ready;
  do_write (fixture, version_func, &write);
  g_assert_cmpint (write.version_id, ==, first);

  /* The list that comes next says the same: nothing is written. */
  g_ptr_array_add (after->versions, granary_version_ref (ready));
  tell (fixture, after, &changed);
  g_assert_false (changed);

  /* Deleted there and made anew under the same number. */
  write.version = other;
  do_write (fixture, version_func, &write);
  g_assert_cmpint (write.version_id, !=, first);
  model = load (fixture, write.model_id);
  g_assert_cmpuint (model->versions->len, ==, 3);

  write.version = odd;
  g_assert_false (granary_catalog_write (fixture->catalog, version_func, &write, &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_BAD_RESPONSE);
}

/* What was written by hand since makes the next list count, whatever the last one was. */
static gboolean
retag_func (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();

  return granary_tag_set_put_text (tags, "stage=test", error) &&
         granary_writer_set_tags (writer, *(gint64 *) data, tags, error);
}

static void
test_retagged (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GranaryModel) told = make_usual ();
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id = tell (fixture, told, NULL);
  gboolean changed;

  g_assert_true (granary_catalog_write (fixture->catalog, retag_func, &id, &error));
  tell (fixture, told, &changed);
  g_assert_true (changed);
  model = load (fixture, id);
  g_assert_cmpstr (granary_tag_set_lookup (model->tags, "team"), ==, "vision");
  g_assert_null (granary_tag_set_lookup (model->tags, "stage"));
}

/* Services */

static GranaryService *
make_service (const char          *uid,
              const char          *version_uid,
              GranaryServiceState  state)
{
  GranaryService *service = granary_service_new ();

  service->uid = g_strdup (uid);
  service->group_uid = g_strdup ("ms-1");
  service->name = g_strdup ("plates-live");
  service->number = 1;
  service->model_uid = g_strdup ("m-1");
  service->version_uid = g_strdup (version_uid);
  service->state = state;
  service->state_text = g_strdup ("Normal");
  return service;
}

static gboolean
services_func (GranaryWriter  *writer,
               gpointer        data,
               GError        **error)
{
  return granary_writer_mirror_services (writer, ((Write *) data)->services, error);
}

static void
test_services (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GPtrArray) services =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_unref);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) seen = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryModel) told = make_usual ();
  g_autoptr (GError) error = NULL;
  GranaryImpact impact;
  GranaryService *by_number = make_service ("ms-1-3", NULL, GRANARY_SERVICE_FAILED);
  GranaryService *foreign = make_service ("ms-9-1", "mv-9", GRANARY_SERVICE_RUNNING);
  Write write = { .services = services };
  gint64 model_id = tell (fixture, told, NULL);
  gint64 version_id = granary_catalog_find_version (fixture->catalog, model_id, 1, &error);
  gint64 before;

  g_assert_no_error (error);
  by_number->version_number = 1;
  g_set_str (&foreign->model_uid, "m-9");
  g_ptr_array_add (services, make_service ("ms-1-1", "mv-1", GRANARY_SERVICE_STOPPED));
  g_ptr_array_add (services, make_service ("ms-1-2", "mv-2", GRANARY_SERVICE_RUNNING));
  g_ptr_array_add (services, by_number);
  g_ptr_array_add (services, foreign);
  do_write (fixture, services_func, &write);

  seen = granary_catalog_list_services (fixture->catalog, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seen->len, ==, 4);
  g_clear_pointer (&seen, g_ptr_array_unref);

  g_array_append_val (ids, version_id);
  seen = granary_catalog_list_services (fixture->catalog, NULL, ids, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seen->len, ==, 2);
  g_assert_cmpstr (((GranaryService *) g_ptr_array_index (seen, 0))->uid, ==, "ms-1-3");
  g_assert_cmpint (((GranaryService *) g_ptr_array_index (seen, 0))->version_id, ==, version_id);
  g_assert_cmpint (((GranaryService *) g_ptr_array_index (seen, 1))->state, ==,
                   GRANARY_SERVICE_STOPPED);
  g_clear_pointer (&seen, g_ptr_array_unref);
  g_assert_true (granary_catalog_load_impact (fixture->catalog, NULL, ids, &impact, &error));
  g_assert_cmpint (impact.n_services, ==, 1);

  g_array_index (ids, gint64, 0) = model_id;
  seen = granary_catalog_list_services (fixture->catalog, ids, NULL, &error);
  g_assert_cmpuint (seen->len, ==, 3);
  g_assert_cmpstr (((GranaryService *) g_ptr_array_index (seen, 0))->uid, ==, "ms-1-2");
  g_assert_true (granary_catalog_load_impact (fixture->catalog, ids, NULL, &impact, &error));
  g_assert_cmpint (impact.n_services, ==, 2);

  /* A model is found by the name of what runs it. */
  g_assert_cmpuint (search (fixture, "plates"), ==, 1);

  before = count (fixture, "SELECT max(seq) FROM changes");
  do_write (fixture, services_func, &write);
  g_assert_cmpint (count (fixture, "SELECT max(seq) FROM changes"), ==, before);

  write.services = none;
  do_write (fixture, services_func, &write);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM services"), ==, 0);
  g_assert_cmpint (count (fixture, "SELECT max(seq) FROM changes"), >, before);
  g_assert_cmpuint (search (fixture, "plates"), ==, 0);
}

/* Facts and pins */

static gboolean
facts_func (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  return granary_writer_set_fact (writer, "app_id", data, error) &&
         granary_writer_pin_model (writer, "m-7", error) &&
         granary_writer_pin_model (writer, "m-6", error) &&
         granary_writer_pin_model (writer, "m-7", error);
}

static void
test_facts (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *value = NULL;
  g_auto (GStrv) pins = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (granary_catalog_dup_fact (fixture->catalog, "app_id"));
  g_assert_true (granary_catalog_write (fixture->catalog, facts_func, (gpointer) "1250", &error));
  value = granary_catalog_dup_fact (fixture->catalog, "app_id");
  g_assert_cmpstr (value, ==, "1250");
  pins = granary_catalog_list_pins (fixture->catalog, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (pins), ==, 2);
  g_assert_true (g_strv_contains ((const char * const *) pins, "m-6"));

  g_assert_true (granary_catalog_write (fixture->catalog, facts_func, NULL, &error));
  g_assert_null (granary_catalog_dup_fact (fixture->catalog, "app_id"));
}

/* A file of the program before */
static void
test_migration (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "old.db", NULL);
  g_autofree char *from = g_test_build_filename (G_TEST_DIST, "data", "catalogs", "version-1.sql",
                                                 NULL);
  g_autofree char *sql = NULL;
  g_autoptr (GranaryDatabase) database = NULL;
  g_autoptr (GranaryCatalog) catalog = NULL;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GPtrArray) services = NULL;
  g_autoptr (GError) error = NULL;
  gint64 id;

  g_assert_true (g_file_get_contents (from, &sql, NULL, &error));
  database = granary_database_open (path, GRANARY_DATABASE_CREATE, &error);
  g_assert_no_error (error);
  granary_database_exec (database, sql, &error);
  g_assert_no_error (error);
  g_clear_pointer (&database, granary_database_close);

  catalog = granary_catalog_open (path, GRANARY_CATALOG_NONE, NULL, &error);
  g_assert_no_error (error);
  id = granary_catalog_find_model (catalog, "one", &error);
  g_assert_cmpint (id, ==, 1);
  model = granary_catalog_load_model (catalog, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (model->high_water, ==, 3);
  g_assert_cmpint (model->size, ==, 30);
  g_assert_cmpuint (model->versions->len, ==, 2);
  version = granary_catalog_load_version (catalog, 3, &error);
  g_assert_no_error (error);
  g_assert_null (version->uid);
  g_assert_null (version->location);
  g_assert_cmpint (version->progress, ==, -1);
  g_assert_cmpint (version->size, ==, 20);
  g_assert_cmpuint (version->files->len, ==, 1);
  g_assert_null (((GranaryFile *) g_ptr_array_index (version->files, 0))->etag);
  services = granary_catalog_list_services (catalog, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (services->len, ==, 0);
  granary_catalog_close (catalog);

  /* Names stay unique: not only the program, the file itself insists. */
  database = granary_database_open (path, GRANARY_DATABASE_NONE, &error);
  g_assert_no_error (error);
  g_assert_false (granary_database_exec (database,
                                         "INSERT INTO models (uid, name, name_key, name_sort,"
                                         " created, updated)"
                                         " VALUES ('m-x', 'ONE', 'one', 'one', 1, 1)",
                                         &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_DATABASE);
  g_clear_error (&error);
  g_assert_true (granary_database_exec (database, "PRAGMA integrity_check", &error));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name) g_test_add ("/mirror/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (fill);
  ADD (unchanged);
  ADD (follow);
  ADD (high_water);
  ADD (twins);
  ADD (numbers);
  ADD (files);
  ADD (files_changed);
  ADD (version);
  ADD (retagged);
  ADD (services);
  ADD (facts);
  ADD (migration);

  return g_test_run ();
}
