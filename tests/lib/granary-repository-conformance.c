/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-repository-conformance.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "granary-crc64.h"
#include "granary-error.h"
#include "granary-metric.h"
#include "granary-names.h"
#include "granary-test-spoil.h"

/* Auxiliary functions */

static void
set_up (GranaryTestPlace *place,
        gconstpointer     data)
{
  granary_test_place_set_up (place, (GranaryTestOpen) data);
}

static void
tear_down (GranaryTestPlace *place,
           gconstpointer     data)
{
  granary_test_place_tear_down (place);
}

static gboolean
has (GranaryTestPlace *place,
     GranaryFeatures   feature)
{
  return granary_connection_has (place->connection, feature);
}

/* A folder of three files, one below a folder of its own. */
static char *
make_source (GranaryTestPlace *place,
             const char       *name,
             guint32           seed)
{
  g_autofree char *folder = granary_test_place_path (place, name);
  g_autofree char *weights = granary_test_write_size (folder, "weights.bin", 70000, seed);
  g_autofree char *config = granary_test_write (folder, "config.json", "{}");
  g_autofree char *vocabulary = granary_test_write_size (folder, "tokens/vocab.txt", 900, seed + 2);

  g_assert_nonnull (weights);
  g_assert_nonnull (config);
  g_assert_nonnull (vocabulary);
  return g_steal_pointer (&folder);
}

static GranaryVersion *
import (GranaryTestPlace *place,
        const char       *name,
        guint32           seed)
{
  g_autofree char *folder_name = g_strdup_printf ("source-%u", seed);
  g_autofree char *source = make_source (place, folder_name, seed);
  g_autoptr (GError) error = NULL;
  GranaryVersion *version = granary_test_import (place, name, source, FALSE, &error);

  g_assert_no_error (error);
  return version;
}

/* Where the content of a version can be read: its own folder, or one that it is downloaded to. */
static char *
get_folder (GranaryTestPlace *place,
            GranaryVersion   *version)
{
  g_autoptr (GPtrArray) paths = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *folder = NULL;

  if (has (place, GRANARY_FEATURE_FOLDER))
    return granary_repository_dup_path (place->repository, version->model_name, version->number,
                                        NULL);

  name = granary_uid_new ("content");
  folder = granary_test_place_path (place, name);
  g_assert_no_errno (g_mkdir (folder, 0755));
  paths = granary_test_download (place, version->id, folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (paths->len, ==, 1);

  return g_strdup (g_ptr_array_index (paths, 0));
}

static void
assert_content (GranaryTestPlace *place,
                GranaryVersion   *version,
                const char       *path,
                const char       *source)
{
  g_autofree char *folder = get_folder (place, version);
  g_autofree char *stored = g_build_filename (folder, path, NULL);
  g_autofree char *text = NULL;
  g_autofree char *wanted = NULL;
  gsize length;
  gsize wanted_length;

  g_assert_true (g_file_get_contents (stored, &text, &length, NULL));
  g_assert_true (g_file_get_contents (source, &wanted, &wanted_length, NULL));
  g_assert_cmpmem (text, length, wanted, wanted_length);
}

static gboolean
has_event (GranaryTestPlace *place,
           gint64            model_id,
           GranaryEventKind  kind,
           int               number)
{
  g_autoptr (GPtrArray) events = granary_catalog_list_events (place->catalog, model_id, 100, NULL);

  for (guint i = 0; i < events->len; i++)
    {
      const GranaryEvent *event = g_ptr_array_index (events, i);

      if (event->kind == kind && event->number == number)
        return TRUE;
    }

  return FALSE;
}

/* Import */

static void
test_import (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autofree char *source = make_source (place, "resnet", 1);
  g_autofree char *weights = g_build_filename (source, "weights.bin", NULL);
  g_autofree char *vocabulary = g_build_filename (source, "tokens/vocab.txt", NULL);
  g_autofree char *stored = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *content = NULL;
  g_autofree char *wanted = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  const GranaryFile *file;
  struct stat before;
  struct stat after;
  gsize length;

  version = granary_test_import (place, "resnet", source, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (version->number, ==, 1);
  g_assert_cmpint (version->status, ==, GRANARY_STATUS_READY);
  g_assert_cmpint (version->size, ==, 70000 + 2 + 900);
  g_assert_cmpint (version->n_files, ==, 3);
  g_assert_nonnull (granary_version_find_file (version, "tokens/vocab.txt"));
  assert_content (place, version, "weights.bin", weights);
  assert_content (place, version, "tokens/vocab.txt", vocabulary);

  /* The digest is that of the content. */
  g_assert_true (g_file_get_contents (weights, &content, &length, NULL));
  file = granary_version_find_file (version, "weights.bin");
  if (has (place, GRANARY_FEATURE_FOLDER))
    {
      wanted = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) content, length);
      digest = granary_sha256_to_text (file->sha256);
    }
  else
    {
      wanted = g_strdup_printf ("%" G_GUINT64_FORMAT, granary_crc64_update (0, content, length));
      digest = g_strdup (file->crc64);
    }
  g_assert_cmpstr (digest, ==, wanted);

  /* Read-only, as old as the source, and not the source itself. */
  if (has (place, GRANARY_FEATURE_FOLDER))
    {
      stored = granary_repository_dup_path (place->repository, "resnet", 1, "weights.bin");
      g_assert_no_errno (g_stat (weights, &before));
      g_assert_no_errno (g_stat (stored, &after));
      g_assert_cmpint (after.st_mode & 0777, ==, 0444);
      g_assert_cmpint (after.st_mtim.tv_sec, ==, before.st_mtim.tv_sec);
      g_assert_cmpint (after.st_mtim.tv_nsec, ==, before.st_mtim.tv_nsec);
      g_assert_cmpuint (after.st_ino, !=, before.st_ino);
    }
  else
    {
      stored = granary_repository_dup_path (place->repository, "resnet", 1, "weights.bin");
      g_assert_null (stored);
      g_assert_true (g_file_test (weights, G_FILE_TEST_EXISTS));
    }

  g_assert_true (has_event (place, version->model_id, GRANARY_EVENT_CREATED, 0));
  g_assert_true (has_event (place, version->model_id, GRANARY_EVENT_IMPORTED, 1));
  granary_test_assert_clean (place);
}

static void
test_numbers (GranaryTestPlace *place,
              gconstpointer     data)
{
  g_autoptr (GranaryVersion) first = import (place, "resnet", 1);
  g_autoptr (GranaryVersion) second = import (place, "resnet", 2);
  g_autoptr (GranaryVersion) third = NULL;
  g_autoptr (GranaryVersion) fourth = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *entry = NULL;

  g_assert_cmpint (first->number, ==, 1);
  g_assert_cmpint (second->number, ==, 2);

  /* Neither one in the trash nor one that is gone for good gives its number back. */
  entry = granary_test_delete (place, 0, second->id, &error);
  g_assert_no_error (error);
  third = import (place, "resnet", 3);
  g_assert_cmpint (third->number, ==, 3);
  g_clear_pointer (&entry, g_free);
  entry = granary_test_delete (place, 0, third->id, &error);
  g_assert_no_error (error);
  if (has (place, GRANARY_FEATURE_TRASH))
    {
      granary_test_purge (place, NULL, &error);
      g_assert_no_error (error);
    }
  fourth = import (place, "resnet", 4);
  g_assert_cmpint (fourth->number, ==, 4);
  granary_test_assert_clean (place);
}

static void
test_import_refused (GranaryTestPlace *place,
                     gconstpointer     data)
{
  static const struct
  {
    const char    *name;
    GranaryReason  reason;
  } names[] = {
    { "", GRANARY_REASON_NAME_EMPTY },
    { "../evil", GRANARY_REASON_NAME_CHARACTER },
    { "a/b", GRANARY_REASON_NAME_CHARACTER },
    { "-x", GRANARY_REASON_NAME_FIRST_CHARACTER },
    { "ResNet", GRANARY_REASON_NAME_TAKEN },
  };
  g_autoptr (GranaryVersion) there = import (place, "resnet", 1);
  g_autofree char *source = make_source (place, "more", 7);
  g_autofree char *empty = granary_test_place_path (place, "empty");
  g_autofree char *broken = granary_test_place_path (place, "broken");
  g_autofree char *link = g_build_filename (broken, "link", NULL);
  g_autofree char *file = granary_test_write (broken, "file", "x");
  g_autoptr (GranaryImportRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      request = granary_import_request_new ();
      request->name = g_strdup (names[i].name);
      request->files = granary_test_scan (source, NULL);
      g_assert_null (granary_test_import_request (place->repository, request, NULL, &error));
      granary_assert_reason (error, names[i].reason);
      g_clear_error (&error);
      g_clear_pointer (&request, granary_import_request_free);
    }

  g_assert_no_errno (g_mkdir (empty, 0755));
  g_assert_null (granary_test_import (place, "other", empty, FALSE, &error));
  granary_assert_reason (error, GRANARY_REASON_SOURCE_NONE);
  g_clear_error (&error);

  g_assert_no_errno (symlink ("nowhere", link));
  g_assert_null (granary_test_import (place, "other", broken, FALSE, &error));
  granary_assert_reason (error, GRANARY_REASON_SOURCE_LINK_BROKEN);
  g_clear_error (&error);

  request = granary_import_request_new ();
  request->model_id = 4711;
  request->files = granary_test_scan (source, NULL);
  g_assert_null (granary_test_import_request (place->repository, request, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_MODEL_MISSING);

  /* None of these left a model behind. */
  {
    g_autoptr (GranaryModel) other = granary_test_find (place, "other");

    g_assert_null (other);
  }
  granary_test_assert_clean (place);
}

static void
test_import_facts (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GranaryVersion) second = NULL;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *source = make_source (place, "source", 1);
  gboolean is_folder = has (place, GRANARY_FEATURE_FOLDER);
  const char *environment = is_folder ? "/usr/bin/python3" : "registry.example.com/serve/torch:2.1";

  request->name = g_strdup ("  车牌识别 ");
  if (has (place, GRANARY_FEATURE_DESCRIBE))
    request->description = g_strdup ("Reads plates");
  request->tags = granary_tag_set_new ();
  g_assert_true (granary_tag_set_put (request->tags, "task", "ocr", NULL));
  request->source = GRANARY_SOURCE_TASK;
  request->source_ref = g_strdup ("run-12");
  request->framework = g_strdup ("PyTorch");
  request->format = g_strdup ("safetensors");
  request->environment = g_strdup (environment);
  request->inspection = g_strdup ("{\"format\":\"safetensors\"}");
  request->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  g_ptr_array_add (request->metrics, granary_metric_new ("acc", "0.93"));
  request->files = granary_test_scan (source, NULL);

  version = granary_test_import_request (place->repository, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (version->model_name, ==, "车牌识别");
  g_assert_cmpstr (version->framework, ==, "PyTorch");
  g_assert_cmpstr (version->environment, ==, environment);
  g_assert_cmpstr (version->inspection, ==, "{\"format\":\"safetensors\"}");
  g_assert_cmpuint (version->metrics->len, ==, 1);
  g_assert_cmpstr (((GranaryMetric *) g_ptr_array_index (version->metrics, 0))->name, ==, "acc");
  g_assert_cmpstr (((GranaryMetric *) g_ptr_array_index (version->metrics, 0))->text, ==, "0.93");

  /* What a platform calls by words of its own, it tells in those. */
  if (is_folder)
    {
      g_assert_cmpint (version->source, ==, GRANARY_SOURCE_TASK);
      g_assert_cmpstr (version->source_ref, ==, "run-12");
      g_assert_cmpstr (version->format, ==, "safetensors");
    }

  /* Tags of a later import are added. */
  g_clear_pointer (&request->name, g_free);
  request->model_id = version->model_id;
  g_assert_true (granary_tag_set_put (request->tags, "stage", "test", NULL));
  granary_tag_set_remove (request->tags, "task");
  second = granary_test_import_request (place->repository, request, NULL, &error);
  g_assert_no_error (error);
  model = granary_test_find (place, "车牌识别");
  if (has (place, GRANARY_FEATURE_DESCRIBE))
    g_assert_cmpstr (model->description, ==, "Reads plates");
  g_assert_cmpstr (granary_tag_set_lookup (model->tags, "task"), ==, "ocr");
  g_assert_cmpstr (granary_tag_set_lookup (model->tags, "stage"), ==, "test");
  granary_test_assert_clean (place);
}

static void
test_move (GranaryTestPlace *place,
           gconstpointer     data)
{
  g_autofree char *source = make_source (place, "run", 5);
  g_autofree char *kept = granary_test_write (place->folder, "kept", "stays");
  g_autofree char *weights = granary_test_write_size (place->folder, "same", 70000, 5);
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  version = granary_test_import (place, "resnet", source, TRUE, &error);
  g_assert_no_error (error);
  assert_content (place, version, "weights.bin", weights);
  g_assert_false (g_file_test (source, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  granary_test_assert_clean (place);
}

static void
test_cancel (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autofree char *source = make_source (place, "run", 5);
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;

  request->name = g_strdup ("resnet");
  request->files = granary_test_scan (source, NULL);
  request->move = TRUE;
  granary_transfer_cancel (transfer);
  g_assert_null (granary_test_import_request (place->repository, request, transfer, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (granary_transfer_get_state (transfer), ==, GRANARY_TRANSFER_CANCELLED);
  model = granary_test_find (place, "resnet");
  g_assert_null (model);
  g_assert_cmpuint (granary_test_count (source), ==, 3);
  granary_test_assert_clean (place);
}

static void
test_progress (GranaryTestPlace *place,
               gconstpointer     data)
{
  g_autofree char *source = make_source (place, "run", 5);
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *subject = NULL;

  request->name = g_strdup ("resnet");
  request->files = granary_test_scan (source, NULL);
  version = granary_test_import_request (place->repository, request, transfer, &error);
  g_assert_no_error (error);
  g_assert_cmpint (granary_transfer_get_state (transfer), ==, GRANARY_TRANSFER_DONE);
  g_assert_cmpint (granary_transfer_get_bytes_total (transfer), ==, 70902);
  g_assert_cmpint (granary_transfer_get_bytes_done (transfer), ==, 70902);
  g_assert_cmpint (granary_transfer_get_files_done (transfer), ==, 3);
  subject = granary_transfer_dup_subject (transfer);
  g_assert_cmpstr (subject, ==, "resnet v1");
}

/* Upload */

static void
test_upload (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autoptr (GranaryVersion) version = import (place, "resnet", 1);
  g_autoptr (GranaryVersion) added = NULL;
  g_autoptr (GranaryVersion) same = NULL;
  g_autoptr (GranaryVersion) replaced = NULL;
  g_autoptr (GranaryVersion) removed = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *more = granary_test_write (place->folder, "more/notes.txt", "first");
  g_autofree char *changed = granary_test_write (place->folder, "changed/notes.txt", "other");
  g_autofree char *same_again = granary_test_write (place->folder, "again/notes.txt", "first");

  added = granary_test_upload (place, version->id, more, FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (added->number, ==, 1);
  g_assert_cmpint (added->n_files, ==, 4);
  g_assert_cmpint (added->size, ==, 70902 + 5);
  assert_content (place, added, "notes.txt", more);

  /* The same content is no change. */
  same = granary_test_upload (place, version->id, same_again, FALSE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (same->updated, ==, added->updated);

  /* Other content asks first. */
  g_assert_null (granary_test_upload (place, version->id, changed, FALSE, NULL, &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_CONFLICT);
  granary_assert_reason (error, GRANARY_REASON_WOULD_REPLACE);
  g_assert_cmpstr (granary_error_get_subject (error), ==, "notes.txt");
  g_clear_error (&error);
  assert_content (place, added, "notes.txt", more);

  replaced = granary_test_upload (place, version->id, changed, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (replaced->n_files, ==, 4);
  assert_content (place, replaced, "notes.txt", changed);

  removed = granary_test_upload (place, version->id, NULL, FALSE, "notes.txt\ntokens", &error);
  g_assert_no_error (error);
  g_assert_cmpint (removed->n_files, ==, 2);
  g_assert_null (granary_version_find_file (removed, "tokens/vocab.txt"));

  g_assert_true (has_event (place, version->model_id, GRANARY_EVENT_UPLOADED, 1));
  granary_test_assert_clean (place);
}

static void
test_upload_refused (GranaryTestPlace *place,
                     gconstpointer     data)
{
  g_autoptr (GranaryVersion) version = import (place, "resnet", 1);
  g_autoptr (GranaryVersion) now = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder_as_file = granary_test_write (place->folder, "a/tokens", "x");
  g_autofree char *below_file = granary_test_write (place->folder, "b/config.json/x", "x");
  g_autofree char *below = granary_test_place_path (place, "b");
  g_autofree char *file = granary_test_write (place->folder, "file", "x");

  g_assert_null (granary_test_upload (place, version->id, folder_as_file, TRUE, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_PATH_IS_FOLDER);
  g_clear_error (&error);

  g_assert_null (granary_test_upload (place, version->id, below, TRUE, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_PATH_IS_FOLDER);
  g_clear_error (&error);

  g_assert_null (granary_test_upload (place, version->id, NULL, TRUE, "no-such-file", &error));
  granary_assert_reason (error, GRANARY_REASON_FILE_MISSING);
  g_clear_error (&error);

  g_assert_null (granary_test_upload (place, version->id, NULL, TRUE,
                                      "weights.bin\nconfig.json\ntokens", &error));
  granary_assert_reason (error, GRANARY_REASON_SOURCE_NONE);
  g_clear_error (&error);

  g_assert_null (granary_test_upload (place, 4711, file, TRUE, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_VERSION_MISSING);
  g_clear_error (&error);

  now = granary_catalog_load_version (place->catalog, version->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (now->updated, ==, version->updated);
  granary_test_assert_clean (place);
}

/* Download */

static void
test_download (GranaryTestPlace *place,
               gconstpointer     data)
{
  g_autoptr (GranaryVersion) version = import (place, "resnet", 1);
  g_autoptr (GPtrArray) paths = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = granary_test_place_path (place, "out");
  g_autofree char *wanted = g_build_filename (folder, "resnet-v1", NULL);
  g_autofree char *vocabulary = g_build_filename (wanted, "tokens/vocab.txt", NULL);
  g_autofree char *missing = granary_test_place_path (place, "missing");
  struct stat status;

  g_assert_no_errno (g_mkdir (folder, 0755));
  paths = granary_test_download (place, version->id, folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (paths->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (paths, 0), ==, wanted);
  g_assert_cmpuint (granary_test_count (wanted), ==, 3);
  assert_content (place, version, "tokens/vocab.txt", vocabulary);

  /* Free to be changed: writable, and no link to what is stored. */
  g_assert_no_errno (g_stat (vocabulary, &status));
  g_assert_cmpint (status.st_mode & 0777, ==, 0644);
  g_assert_cmpuint (status.st_nlink, ==, 1);

  /* The same again is no harm; anything else is never overwritten. */
  again = granary_test_download (place, version->id, folder, &error);
  g_assert_no_error (error);
  g_free (granary_test_write (wanted, "config.json", "[]"));
  g_assert_null (granary_test_download (place, version->id, folder, &error));
  granary_assert_reason (error, GRANARY_REASON_TARGET_EXISTS);
  g_clear_error (&error);
  g_assert_cmpuint (granary_test_count (folder), ==, 3);

  g_assert_null (granary_test_download (place, version->id, missing, &error));
  granary_assert_reason (error, GRANARY_REASON_TARGET_UNWRITABLE);
  g_assert_true (has_event (place, version->model_id, GRANARY_EVENT_DOWNLOADED, 1));
}

/* Edit */

static void
test_edit_tags (GranaryTestPlace *place,
                gconstpointer     data)
{
  g_autoptr (GranaryVersion) one = import (place, "one", 1);
  g_autoptr (GranaryVersion) two = import (place, "two", 2);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryEditRequest) request = NULL;
  g_autoptr (GranaryEditRequest) broken = NULL;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;
  gint64 missing = 4711;

  g_array_append_val (ids, one->model_id);
  g_array_append_val (ids, two->model_id);
  request = granary_edit_request_new (ids);
  request->set_tags = granary_tag_set_new ();
  g_assert_true (granary_tag_set_put (request->set_tags, "stage", "prod", NULL));
  g_assert_true (granary_tag_set_put (request->set_tags, "team", "a", NULL));
  g_assert_true (granary_test_edit (place, request, &error));
  g_assert_no_error (error);
  g_clear_pointer (&request->set_tags, granary_tag_set_free);
  request->remove_tags = g_strsplit ("team", ",", -1);
  g_assert_true (granary_test_edit (place, request, &error));
  g_assert_no_error (error);

  /* All or none. */
  g_array_append_val (ids, missing);
  broken = granary_edit_request_new (ids);
  broken->set_tags = granary_tag_set_new ();
  g_assert_true (granary_tag_set_put (broken->set_tags, "stage", "gone", NULL));
  g_assert_false (granary_test_edit (place, broken, &error));
  granary_assert_reason (error, GRANARY_REASON_MODEL_MISSING);

  model = granary_test_find (place, "two");
  g_assert_cmpstr (granary_tag_set_lookup (model->tags, "stage"), ==, "prod");
  g_assert_null (granary_tag_set_lookup (model->tags, "team"));
  g_assert_true (has_event (place, two->model_id, GRANARY_EVENT_TAGGED, 0));
}

static void
test_rename (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autoptr (GranaryVersion) one = import (place, "one", 1);
  g_autoptr (GranaryVersion) two = import (place, "two", 2);
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GranaryModel) before = NULL;
  g_autoptr (GError) error = NULL;

  if (!has (place, GRANARY_FEATURE_RENAME))
    {
      g_assert_false (granary_test_rename (place, one->model_id, "first", &error));
      granary_assert_reason (error, GRANARY_REASON_CLOUD_CANNOT);
      model = granary_test_find (place, "one");
      g_assert_nonnull (model);
      return;
    }

  g_assert_false (granary_test_rename (place, one->model_id, "TWO", &error));
  granary_assert_reason (error, GRANARY_REASON_NAME_TAKEN);
  g_clear_error (&error);
  g_assert_false (granary_test_rename (place, one->model_id, "no/way", &error));
  granary_assert_reason (error, GRANARY_REASON_NAME_CHARACTER);
  g_clear_error (&error);

  g_assert_true (granary_test_rename (place, one->model_id, "One", &error));
  g_assert_no_error (error);
  g_assert_true (granary_test_rename (place, one->model_id, "first", &error));
  g_assert_no_error (error);
  model = granary_test_find (place, "first");
  g_assert_cmpint (model->id, ==, one->model_id);
  before = granary_test_find (place, "one");
  g_assert_null (before);
  g_assert_true (has_event (place, one->model_id, GRANARY_EVENT_RENAMED, 0));
  granary_test_assert_clean (place);
}

static void
test_describe (GranaryTestPlace *place,
               gconstpointer     data)
{
  g_autoptr (GranaryVersion) one = import (place, "one", 1);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryEditRequest) request = NULL;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;

  g_array_append_val (ids, one->model_id);
  request = granary_edit_request_new (ids);
  request->primary_metric = g_strdup ("loss");
  g_assert_true (granary_test_edit (place, request, &error));
  g_assert_no_error (error);
  request->description = g_strdup ("Finds plates\nin pictures");
  if (!has (place, GRANARY_FEATURE_DESCRIBE))
    {
      g_assert_false (granary_test_edit (place, request, &error));
      granary_assert_reason (error, GRANARY_REASON_CLOUD_CANNOT);
      model = granary_test_find (place, "one");
      g_assert_cmpstr (model->primary_metric, ==, "loss");
      return;
    }

  g_assert_true (granary_test_edit (place, request, &error));
  g_assert_no_error (error);
  model = granary_test_find (place, "one");
  g_assert_cmpstr (model->description, ==, "Finds plates\nin pictures");
  g_assert_cmpstr (model->primary_metric, ==, "loss");
  g_assert_true (has_event (place, one->model_id, GRANARY_EVENT_DESCRIBED, 0));
}

/* Trash */

static void
test_delete_version (GranaryTestPlace *place,
                     gconstpointer     data)
{
  g_autoptr (GranaryVersion) one = import (place, "resnet", 1);
  g_autoptr (GranaryVersion) two = import (place, "resnet", 2);
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GranaryModel) restored = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = granary_repository_dup_path (place->repository, "resnet", 1, NULL);
  g_autofree char *entry = NULL;

  entry = granary_test_delete (place, 0, one->id, &error);
  g_assert_no_error (error);
  g_assert_true ((entry != NULL) == has (place, GRANARY_FEATURE_TRASH));
  if (path != NULL)
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  model = granary_test_find (place, "resnet");
  g_assert_cmpuint (model->versions->len, ==, 1);
  g_assert_true (has_event (place, one->model_id, GRANARY_EVENT_DELETED, 1));
  granary_test_assert_clean (place);
  if (!has (place, GRANARY_FEATURE_TRASH))
    {
      g_assert_false (granary_test_restore (place, "t-nothing", NULL, &error));
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_UNSUPPORTED);
      return;
    }

  g_assert_true (granary_test_restore (place, entry, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
  restored = granary_test_find (place, "resnet");
  g_assert_cmpuint (restored->versions->len, ==, 2);
  g_assert_true (has_event (place, one->model_id, GRANARY_EVENT_RESTORED, 1));
  granary_test_assert_clean (place);

  g_assert_false (granary_test_restore (place, entry, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_TRASH_MISSING);
}

static void
test_delete_model (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autoptr (GranaryVersion) one = import (place, "resnet", 1);
  g_autoptr (GranaryVersion) two = import (place, "resnet", 2);
  g_autoptr (GranaryVersion) taker = NULL;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *version_entry = NULL;
  g_autofree char *entry = NULL;

  version_entry = granary_test_delete (place, 0, one->id, &error);
  g_assert_no_error (error);
  entry = granary_test_delete (place, one->model_id, 0, &error);
  g_assert_no_error (error);
  model = granary_test_find (place, "resnet");
  g_assert_null (model);
  granary_test_assert_clean (place);
  if (!has (place, GRANARY_FEATURE_TRASH))
    {
      /* The name is free, for another model. */
      taker = import (place, "resnet", 3);
      g_assert_cmpint (taker->number, ==, 1);
      g_assert_cmpstr (taker->model_uid, !=, one->model_uid);
      return;
    }

  /* A version cannot come back without its model. */
  g_assert_false (granary_test_restore (place, version_entry, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_MODEL_MISSING);
  g_clear_error (&error);

  /* The name is free, and then it is not. */
  taker = import (place, "resnet", 3);
  g_assert_cmpint (taker->number, ==, 1);
  g_assert_false (granary_test_restore (place, entry, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_NAME_TAKEN);
  g_clear_error (&error);
  g_assert_false (granary_test_restore (place, entry, "no way", &error));
  granary_assert_reason (error, GRANARY_REASON_NAME_CHARACTER);
  g_clear_error (&error);
  granary_test_assert_clean (place);

  g_assert_true (granary_test_restore (place, entry, "resnet-old", &error));
  g_assert_no_error (error);
  g_assert_true (granary_test_restore (place, version_entry, NULL, &error));
  g_assert_no_error (error);
  model = granary_test_find (place, "resnet-old");
  g_assert_cmpuint (model->versions->len, ==, 2);
  g_assert_cmpint (model->high_water, ==, 2);
  granary_test_assert_clean (place);
}

static void
test_delete_several (GranaryTestPlace *place,
                     gconstpointer     data)
{
  g_autoptr (GranaryVersion) one = import (place, "one", 1);
  g_autoptr (GranaryVersion) two = import (place, "two", 2);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GranaryModel) gone = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) entries = NULL;
  gint64 missing = 4711;

  /* The last of the three cannot go, so the others stay. */
  g_array_append_val (ids, one->model_id);
  g_array_append_val (ids, two->model_id);
  g_array_append_val (ids, missing);
  g_assert_null (granary_test_delete_models (place, ids, &error));
  granary_assert_reason (error, GRANARY_REASON_MODEL_MISSING);
  g_clear_error (&error);
  model = granary_test_find (place, "one");
  g_assert_nonnull (model);
  granary_test_assert_clean (place);

  g_array_set_size (ids, 2);
  entries = granary_test_delete_models (place, ids, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (entries), ==, has (place, GRANARY_FEATURE_TRASH) ? 2 : 0);
  gone = granary_test_find (place, "one");
  g_assert_null (gone);
  for (guint i = 0; entries[i] != NULL; i++)
    {
      g_assert_true (granary_test_restore (place, entries[i], NULL, &error));
      g_assert_no_error (error);
    }
  granary_test_assert_clean (place);
}

static void
test_purge (GranaryTestPlace *place,
            gconstpointer     data)
{
  g_autoptr (GranaryVersion) one = import (place, "resnet", 1);
  g_autoptr (GranaryVersion) two = import (place, "resnet", 2);
  g_autoptr (GPtrArray) trash = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *version_entry = NULL;
  g_autofree char *entry = NULL;
  gint64 freed;

  if (!has (place, GRANARY_FEATURE_TRASH))
    {
      g_assert_cmpint (granary_test_purge (place, NULL, &error), ==, -1);
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_UNSUPPORTED);
      return;
    }

  g_assert_cmpint (granary_test_purge (place, "t-nothing", &error), ==, -1);
  granary_assert_reason (error, GRANARY_REASON_TRASH_MISSING);
  g_clear_error (&error);
  g_assert_cmpint (granary_test_purge (place, NULL, &error), ==, 0);
  g_assert_no_error (error);

  version_entry = granary_test_delete (place, 0, one->id, &error);
  g_assert_no_error (error);
  freed = granary_test_purge (place, version_entry, &error);
  g_assert_no_error (error);
  /* config.json is shared with the other version. */
  g_assert_cmpint (freed, ==, 70900);
  g_assert_true (has_event (place, one->model_id, GRANARY_EVENT_PURGED, 1));
  granary_test_assert_clean (place);

  entry = granary_test_delete (place, one->model_id, 0, &error);
  g_assert_no_error (error);
  freed = granary_test_purge (place, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (freed, ==, 70902);
  trash = granary_catalog_list_trash (place->catalog, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (trash->len, ==, 0);
  granary_test_assert_clean (place);
}

static void
test_purge_model_with_versions (GranaryTestPlace *place,
                                gconstpointer     data)
{
  g_autoptr (GranaryVersion) one = import (place, "resnet", 1);
  g_autoptr (GranaryVersion) two = import (place, "resnet", 2);
  g_autoptr (GError) error = NULL;
  g_autofree char *version_entry = NULL;
  g_autofree char *entry = NULL;

  if (!has (place, GRANARY_FEATURE_TRASH))
    {
      g_assert_cmpint (granary_test_purge (place, NULL, &error), ==, -1);
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_UNSUPPORTED);
      return;
    }

  version_entry = granary_test_delete (place, 0, one->id, &error);
  g_assert_no_error (error);
  entry = granary_test_delete (place, one->model_id, 0, &error);
  g_assert_no_error (error);
  /* The model takes its single versions along, whichever comes first. */
  g_assert_cmpint (granary_test_purge (place, entry, &error), ==, 2 * 70900 + 2);
  g_assert_no_error (error);
  g_assert_cmpint (granary_test_purge (place, version_entry, &error), ==, -1);
  granary_assert_reason (error, GRANARY_REASON_TRASH_MISSING);
  granary_test_assert_clean (place);
}

/* Verify and check */

static void
test_verify (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autoptr (GranaryVersion) version = import (place, "resnet", 1);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GPtrArray) checked = NULL;
  g_autoptr (GPtrArray) nothing = NULL;
  g_autoptr (GError) error = NULL;
  guint n_missing = 0;
  guint n_changed = 0;
  guint n_unknown = 0;

  nothing = granary_test_check (place, version->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (nothing->len, ==, 0);

  /* One gone, one of the same size but other bytes, one more, one folder more. */
  granary_test_spoil_remove (place, version, "config.json");
  granary_test_spoil_remove (place, version, "weights.bin");
  granary_test_spoil_write (place, version, "weights.bin", 70000);
  granary_test_spoil_write (place, version, "tokens/extra", 1);
  granary_test_spoil_write (place, version, "more/a", 1);

  problems = granary_test_verify (place, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++)
    {
      const GranaryVerifyProblem *problem = g_ptr_array_index (problems, i);
      const char *subject = granary_error_get_subject (problem->error);

      g_assert_cmpint (problem->version_id, ==, version->id);
      if (granary_error_matches_reason (problem->error, GRANARY_REASON_FILE_MISSING))
        {
          g_assert_cmpstr (subject, ==, "resnet v1/config.json");
          n_missing++;
        }
      else if (granary_error_matches_reason (problem->error, GRANARY_REASON_FILE_CHANGED))
        {
          g_assert_cmpstr (subject, ==, "resnet v1/weights.bin");
          n_changed++;
        }
      else
        {
          granary_assert_reason (problem->error, GRANARY_REASON_FILE_UNKNOWN);
          n_unknown++;
        }
    }
  g_assert_cmpuint (n_missing, ==, 1);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_cmpuint (n_unknown, ==, 2);

  checked = granary_test_check (place, version->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (checked->len, ==, 4);
}

void
granary_repository_conformance_add (const char      *prefix,
                                    GranaryTestOpen  open)
{
  static const struct
  {
    const char *name;
    void      (*func) (GranaryTestPlace *place,
                       gconstpointer     data);
  } tests[] = {
    { "import", test_import },
    { "numbers", test_numbers },
    { "import-refused", test_import_refused },
    { "import-facts", test_import_facts },
    { "move", test_move },
    { "cancel", test_cancel },
    { "progress", test_progress },
    { "upload", test_upload },
    { "upload-refused", test_upload_refused },
    { "download", test_download },
    { "edit-tags", test_edit_tags },
    { "rename", test_rename },
    { "describe", test_describe },
    { "delete-version", test_delete_version },
    { "delete-model", test_delete_model },
    { "delete-several", test_delete_several },
    { "purge", test_purge },
    { "purge-model-with-versions", test_purge_model_with_versions },
    { "verify", test_verify },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s", prefix, tests[i].name);

      g_test_add (path, GranaryTestPlace, (gconstpointer) open, set_up, tests[i].func, tear_down);
    }
}
