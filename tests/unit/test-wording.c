/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-catalog-writer.h"
#include "granary-error.h"
#include "granary-metric.h"
#include "granary-names.h"
#include "granary-wording.h"

#include <locale.h>
#include <string.h>

#define SUBJECT "the-subject-视觉"

/* Reasons about something that is not there: their sentence has nothing to name. */
static gboolean
has_nothing_to_name (GranaryReason reason)
{
  return reason == GRANARY_REASON_NAME_EMPTY || reason == GRANARY_REASON_PATH_EMPTY ||
         reason == GRANARY_REASON_SOURCE_NONE;
}

static void
assert_sentence (const char *text)
{
  g_assert_nonnull (text);
  g_assert_cmpuint (strlen (text), >, 8);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (g_str_has_suffix (text, "."));
  g_assert_null (strstr (text, "%"));
  g_assert_null (strstr (text, "  "));
}

static void
assert_wording (const GranaryWording *wording)
{
  g_assert_nonnull (wording);
  g_assert_nonnull (wording->title);
  g_assert_cmpuint (strlen (wording->title), >, 5);
  g_assert_null (strstr (wording->title, "%"));
  g_assert_false (g_str_has_suffix (wording->title, "."));
  assert_sentence (wording->body);
  if (wording->way_out != GRANARY_WAY_OUT_NONE)
    g_assert_nonnull (strchr (wording->action, '_'));
}

static void
test_errors_total (void)
{
  for (int verb = 0; verb < (int) GRANARY_N_VERBS; verb++)
    for (int code = 0; code < (int) GRANARY_N_ERRORS; code++)
      for (int reason = 0; reason < (int) GRANARY_N_REASONS; reason++)
        for (int with_object = 0; with_object < 2; with_object++)
          {
            g_autoptr (GError) error = NULL;
            g_autoptr (GranaryWording) wording = NULL;
            g_autofree char *problem = NULL;
            const char *object = with_object ? "plate-ocr v6" : NULL;

            granary_set_error (&error, code, reason, SUBJECT, "log text");
            wording = granary_wording_for_error (error, verb, object);
            problem = granary_wording_for_problem (error);

            assert_wording (wording);
            assert_sentence (problem);
            g_assert_null (strstr (wording->body, "log text"));
            /* The way out follows the fault. */
            g_assert_true (g_str_has_prefix (wording->body, problem));
            g_assert_cmpuint (strlen (wording->body), >, strlen (problem) + 8);
            if (!has_nothing_to_name (reason))
              {
                g_assert_nonnull (strstr (wording->body, SUBJECT));
                g_assert_nonnull (strstr (problem, SUBJECT));
              }
            if (object != NULL)
              g_assert_nonnull (strstr (wording->title, object));
            if (wording->way_out == GRANARY_WAY_OUT_NONE)
              g_assert_null (wording->action);
          }
}

static void
test_errors_distinct (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int reason = GRANARY_REASON_NONE + 1; reason < (int) GRANARY_N_REASONS; reason++)
    {
      g_autoptr (GError) error = NULL;
      char *problem;

      granary_set_error (&error, GRANARY_ERROR_FILE, reason, SUBJECT, "x");
      problem = granary_wording_for_problem (error);
      g_test_message ("%s", problem);
      g_assert_true (g_hash_table_add (seen, problem));
    }
}

static void
test_errors_limits (void)
{
  struct
  {
    GranaryReason reason;
    int           limit;
  } limits[] = {
    { GRANARY_REASON_NAME_TOO_LONG, GRANARY_NAME_MAX_CHARS },
    { GRANARY_REASON_TAG_KEY_TOO_LONG, GRANARY_TAG_KEY_MAX_CHARS },
    { GRANARY_REASON_TAG_VALUE_TOO_LONG, GRANARY_TAG_VALUE_MAX_CHARS },
    { GRANARY_REASON_TAGS_TOO_MANY, GRANARY_TAGS_MAX },
    { GRANARY_REASON_SOURCE_TOO_DEEP, GRANARY_FILE_SET_MAX_DEPTH },
  };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *problem = NULL;
      g_autofree char *number = g_strdup_printf ("%d", limits[i].limit);

      granary_set_error (&error, GRANARY_ERROR_INVALID_INPUT, limits[i].reason, SUBJECT, "x");
      problem = granary_wording_for_problem (error);
      g_assert_nonnull (strstr (problem, number));
    }

  /* Told in words. */
  g_assert_cmpint (GRANARY_FILE_SET_MAX_FILES, ==, 1000000);
}

static void
test_errors_facts (void)
{
  g_autoptr (GError) room = NULL;
  g_autoptr (GError) copy = NULL;
  g_autoptr (GError) line = NULL;
  g_autofree char *room_text = NULL;
  g_autofree char *line_text = NULL;
  gint64 needed;
  gint64 available;

  granary_set_error (&room, GRANARY_ERROR_QUOTA, GRANARY_REASON_NO_SPACE, "/mnt/disk", "x");
  g_assert_false (granary_error_get_room (room, &needed, &available));
  granary_error_set_room (room, 4200000000, 1100000000);
  copy = g_error_copy (room);
  room_text = granary_wording_for_problem (copy);
  g_assert_nonnull (strstr (room_text, "/mnt/disk"));
  g_assert_nonnull (strstr (room_text, "4.2"));
  g_assert_nonnull (strstr (room_text, "1.1"));

  granary_set_error (&line, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_JSON_SYNTAX, "config.json",
                     "x");
  g_assert_cmpint (granary_error_get_line (line), ==, 0);
  granary_error_set_line (line, 17);
  line_text = granary_wording_for_problem (line);
  g_assert_cmpstr (line_text, ==, "“config.json” is not valid JSON: look at line 17.");
}

static void
test_errors_verbs (void)
{
  g_autoptr (GError) full = NULL;
  g_autoptr (GError) taken = NULL;
  g_autoptr (GranaryWording) import = NULL;
  g_autoptr (GranaryWording) download = NULL;
  g_autoptr (GranaryWording) restore = NULL;

  granary_set_error (&full, GRANARY_ERROR_QUOTA, GRANARY_REASON_NO_SPACE, "/mnt", "x");
  import = granary_wording_for_error (full, GRANARY_VERB_IMPORT, "a");
  download = granary_wording_for_error (full, GRANARY_VERB_DOWNLOAD, "a");
  g_assert_cmpint (import->way_out, ==, GRANARY_WAY_OUT_EMPTY_TRASH);
  g_assert_cmpint (download->way_out, ==, GRANARY_WAY_OUT_CHOOSE_FOLDER);

  granary_set_error (&taken, GRANARY_ERROR_CONFLICT, GRANARY_REASON_NAME_TAKEN, "a", "x");
  restore = granary_wording_for_error (taken, GRANARY_VERB_RESTORE, "a");
  g_assert_nonnull (strstr (restore->body, "restore"));
}

/* Errors of other domains, and subjects nobody should print raw. */
static void
test_errors_foreign (void)
{
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "It broke.");
  g_autoptr (GError) cancelled =
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
  g_autoptr (GError) hostile = NULL;
  g_autofree char *name = g_strnfill (5000, 'x');
  g_autoptr (GError) endless = NULL;

  for (int verb = 0; verb < (int) GRANARY_N_VERBS; verb++)
    {
      g_autoptr (GranaryWording) named = granary_wording_for_error (foreign, verb, "a/b");
      g_autoptr (GranaryWording) unnamed = granary_wording_for_error (foreign, verb, NULL);
      g_autoptr (GranaryWording) stopped = granary_wording_for_error (cancelled, verb, NULL);

      assert_wording (named);
      assert_wording (unnamed);
      assert_wording (stopped);
      g_assert_nonnull (strstr (named->body, "It broke."));
      g_assert_nonnull (strstr (unnamed->body, "It broke."));
    }

  granary_set_error (&hostile, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_MISSING,
                     "a\nb\x1b[31m%s%n", "x");
  {
    g_autofree char *problem = granary_wording_for_problem (hostile);

    g_assert_null (strchr (problem, '\n'));
    g_assert_null (strchr (problem, '\x1b'));
    g_assert_nonnull (strstr (problem, "%s%n"));
  }

  granary_set_error (&endless, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_MISSING, name, "x");
  {
    g_autofree char *problem = granary_wording_for_problem (endless);

    g_assert_cmpuint (g_utf8_strlen (problem, -1), <, 200);
  }
}

static void
test_delete (void)
{
  static const GranaryImpact impacts[] = {
    { 1, 3, 0, 12000000, 8000000 },
    { 1, 3, 2, 12000000, 0 },
    { 1, 1, 1, 12000000, 12000000 },
    { 1, 0, 0, 0, 0 },
    { 0, 1, 0, 4000000, 4000000 },
    { 0, 1, 0, 4000000, 0 },
    { 0, 5, 3, 4000000, 1000 },
    { 4, 9, 0, 4000000, 1000 },
    { 4, 0, 0, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (impacts); i++)
    {
      g_autoptr (GranaryWording) model = granary_wording_for_delete ("plate-ocr", 0, &impacts[i]);
      g_autoptr (GranaryWording) version = granary_wording_for_delete ("plate-ocr", 2,
                                                                       &impacts[i]);
      g_autoptr (GranaryWording) several = granary_wording_for_delete (NULL, 0, &impacts[i]);

      assert_wording (model);
      assert_wording (version);
      assert_wording (several);
      g_assert_cmpstr (model->action, ==, "_Delete");
      g_assert_cmpstr (model->title, ==, "Delete “plate-ocr”?");
      g_assert_cmpstr (version->title, ==, "Delete “plate-ocr v2”?");
      g_assert_nonnull (strstr (model->body, "trash"));
      g_assert_cmpint (strstr (model->body, "service") != NULL, ==, impacts[i].n_services > 0);
      if (impacts[i].n_versions > 1)
        {
          g_autofree char *number = g_strdup_printf ("%d versions", impacts[i].n_versions);

          g_assert_nonnull (strstr (model->body, number));
        }
      if (impacts[i].freed > 0)
        {
          g_autofree char *freed = g_format_size (impacts[i].freed);

          g_assert_nonnull (strstr (model->body, freed));
        }
      g_test_message ("%s | %s", several->title, several->body);
    }
}

static void
test_purge_and_replace (void)
{
  g_autoptr (GranaryWording) one = granary_wording_for_purge (1, 5000000);
  g_autoptr (GranaryWording) shared = granary_wording_for_purge (3, 0);
  g_autoptr (GranaryWording) unknown = granary_wording_for_purge (3, -1);
  g_autoptr (GranaryWording) replace = granary_wording_for_replace ("plate-ocr v6", 3);
  g_autoptr (GranaryWording) replace_one = granary_wording_for_replace (NULL, 1);
  g_autofree char *freed = granary_wording_for_freed (5000000);
  g_autofree char *nothing = granary_wording_for_freed (0);

  assert_wording (one);
  assert_wording (shared);
  assert_wording (unknown);
  assert_wording (replace);
  assert_wording (replace_one);
  g_assert_nonnull (strstr (one->body, "5.0"));
  g_assert_cmpstr (shared->body, !=, unknown->body);
  g_assert_cmpstr (replace->title, ==, "Replace 3 Files?");
  g_assert_cmpstr (replace_one->title, ==, "Replace 1 File?");
  g_assert_nonnull (strstr (replace->body, "plate-ocr v6"));
  g_assert_nonnull (strstr (freed, "5.0"));
  g_assert_null (strstr (nothing, "0"));
}

static void
test_repairs (void)
{
  g_autoptr (GPtrArray) repairs = g_ptr_array_new ();
  GranaryRepair all[GRANARY_OPERATION_RENAME + 1] = { 0 };
  g_autofree char *none = granary_wording_for_repairs (repairs);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *many = NULL;

  g_assert_null (none);

  for (int kind = 0; kind <= GRANARY_OPERATION_RENAME; kind++)
    for (int finished = 0; finished < 2; finished++)
      {
        char *text;

        all[kind] = (GranaryRepair) { kind, finished, (char *) "plate-ocr", 4 };
        g_ptr_array_set_size (repairs, 0);
        g_ptr_array_add (repairs, &all[kind]);
        text = granary_wording_for_repairs (repairs);
        assert_sentence (text);
        g_assert_nonnull (strstr (text, "plate-ocr v4"));
        g_assert_true (g_hash_table_add (seen, text));
      }

  g_ptr_array_set_size (repairs, 0);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_ptr_array_add (repairs, &all[i]);
  many = granary_wording_for_repairs (repairs);
  assert_sentence (many);
  g_assert_true (g_str_has_suffix (many, "4 more interrupted operations were put right."));
}

static void
assert_event (GranaryEventKind  kind,
              int               number,
              const char       *detail,
              const char       *expected)
{
  GranaryEvent event = { 0, kind, (char *) "plate-ocr", number, (char *) detail, NULL };
  g_autofree char *text = granary_wording_event (&event);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_events (void)
{
  static const char *const operations[] = {
    "import", "upload", "cut", "delete", "restore", "purge", "rename",
  };

  for (int kind = 0; kind < (int) GRANARY_N_EVENT_KINDS; kind++)
    for (int number = 0; number < 2; number++)
      {
        GranaryEvent event = { 0, kind, NULL, number, NULL, NULL };
        g_autofree char *text = granary_wording_event (&event);

        g_assert_cmpuint (strlen (text), >, 4);
        g_assert_null (strstr (text, "null"));
      }

  assert_event (GRANARY_EVENT_IMPORTED, 3, NULL, "v3 imported");
  assert_event (GRANARY_EVENT_TAGGED, 0, "team=视觉, stage=prod",
                "Tags edited: team=视觉, stage=prod");
  assert_event (GRANARY_EVENT_TAGGED, 0, "", "All tags removed");
  assert_event (GRANARY_EVENT_UPLOADED, 3, "2 1", "v3: 2 files added, 1 file replaced");
  assert_event (GRANARY_EVENT_UPLOADED, 3, "1 0", "v3: 1 file added");
  assert_event (GRANARY_EVENT_UPLOADED, 3, "0 4", "v3: 4 files replaced");
  assert_event (GRANARY_EVENT_UPLOADED, 3, NULL, "Files of v3 changed");
  assert_event (GRANARY_EVENT_RENAMED, 0, "old", "Renamed from “old”");
  assert_event (GRANARY_EVENT_DOWNLOADED, 2, "/home/a\nb", "v2 downloaded to /home/a\\nb");

  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    {
      GranaryEvent known = { 0, GRANARY_EVENT_REPAIRED, NULL, 1, (char *) operations[i], NULL };
      GranaryEvent unknown = { 0, GRANARY_EVENT_REPAIRED, NULL, 1, (char *) "?", NULL };
      g_autofree char *known_text = granary_wording_event (&known);
      g_autofree char *unknown_text = granary_wording_event (&unknown);

      g_assert_cmpstr (known_text, !=, unknown_text);
    }
}

static void
assert_age (gint64      seconds,
            const char *expected)
{
  gint64 now = G_GINT64_CONSTANT (1795361520) * G_USEC_PER_SEC;
  g_autofree char *text = granary_wording_age (now - seconds * G_USEC_PER_SEC, now);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_times (void)
{
  g_autofree char *unrepresentable = granary_wording_time (G_MAXINT64);

  assert_age (0, "Just now");
  assert_age (-7200, "Just now");
  assert_age (59, "Just now");
  assert_age (60, "1 minute ago");
  assert_age (7199, "1 hour ago");
  assert_age (7200, "2 hours ago");
  assert_age (86400, "1 day ago");
  assert_age (6 * 86400, "6 days ago");
  assert_age (30 * 86400, "23 Oct 2026");
  g_assert_cmpuint (strlen (unrepresentable), >, 0);
}

static void
test_metrics (void)
{
  g_autoptr (GPtrArray) metrics =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  g_autofree char *none = granary_wording_metrics (metrics);
  g_autofree char *unset = granary_wording_metrics (NULL);
  g_autofree char *text = NULL;

  g_assert_cmpstr (none, ==, "");
  g_assert_cmpstr (unset, ==, "");
  g_ptr_array_add (metrics, granary_metric_new ("acc", "0.9730"));
  g_ptr_array_add (metrics, granary_metric_new ("note", "n/a"));
  text = granary_wording_metrics (metrics);
  g_assert_cmpstr (text, ==, "acc 0.9730 · note n/a");
}

static void
test_things (void)
{
  g_autofree char *one_file = granary_wording_n_files (1);
  g_autofree char *files = granary_wording_n_files (100000);
  g_autofree char *version = granary_wording_version ("plate-ocr", 6);
  g_autofree char *model = granary_wording_version ("plate-ocr", 0);
  g_autofree char *one_version = granary_wording_n_versions (1);
  g_autofree char *negative = granary_wording_size (-5);

  g_assert_cmpstr (one_file, ==, "1 file");
  g_assert_cmpstr (files, ==, "100000 files");
  g_assert_cmpstr (version, ==, "plate-ocr v6");
  g_assert_cmpstr (model, ==, "plate-ocr");
  g_assert_cmpstr (one_version, ==, "1 version");
  g_assert_cmpstr (negative, ==, "—");

  for (int status = 0; status <= GRANARY_STATUS_FAILED; status++)
    g_assert_cmpuint (strlen (granary_wording_status (status)), >, 0);
  for (int source = 0; source <= GRANARY_SOURCE_AUTOML; source++)
    g_assert_cmpuint (strlen (granary_wording_source (source)), >, 0);
  for (int warning = 0; warning < (int) GRANARY_N_INSPECTION_WARNINGS; warning++)
    {
      g_autofree char *text = granary_wording_inspection_warning (warning, "model.onnx");
      g_autofree char *nameless = granary_wording_inspection_warning (warning, NULL);

      assert_sentence (text);
      assert_sentence (nameless);
      g_assert_nonnull (strstr (text, "model.onnx"));
    }
}

/* NBSP between number and unit is GLib's business, not what is tested here. */
static char *
make_line (GranaryTransfer *transfer)
{
  g_autofree char *line = granary_wording_transfer_line (transfer);
  g_auto (GStrv) parts = g_strsplit (line, "\302\240", -1);

  return g_strjoinv (" ", parts);
}

static void
test_transfers (void)
{
  for (int kind = 0; kind <= GRANARY_TRANSFER_PUBLISH; kind++)
    {
      g_autoptr (GranaryTransfer) named = granary_transfer_new (kind, "plate-ocr v6");
      g_autoptr (GranaryTransfer) unnamed = granary_transfer_new (kind, NULL);
      g_autofree char *title = granary_wording_transfer_title (named);
      g_autofree char *short_title = granary_wording_transfer_title (unnamed);

      g_assert_nonnull (strstr (title, "“plate-ocr v6”"));
      g_assert_cmpuint (strlen (short_title), >, 4);
      g_assert_null (strstr (short_title, "“"));
    }

  for (int state = 0; state <= GRANARY_TRANSFER_RETRYING; state++)
    {
      g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, "a");
      g_autofree char *line = NULL;

      if (state < GRANARY_TRANSFER_DONE || state == GRANARY_TRANSFER_PAUSED ||
          state == GRANARY_TRANSFER_RETRYING)
        granary_transfer_set_state (transfer, state);
      else if (state == GRANARY_TRANSFER_DONE)
        granary_transfer_finish (transfer, NULL);
      else
        {
          g_autoptr (GError) error = NULL;

          if (state == GRANARY_TRANSFER_FAILED)
            granary_set_error (&error, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_CHANGED,
                               "w.bin", "x");
          else
            error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
          granary_transfer_finish (transfer, error);
        }
      g_assert_cmpint (granary_transfer_get_state (transfer), ==, state);
      line = make_line (transfer);
      g_assert_cmpuint (strlen (line), >, 3);
      if (state == GRANARY_TRANSFER_FAILED)
        g_assert_cmpstr (line, ==, "“w.bin” was changed while it was being read.");
      if (state == GRANARY_TRANSFER_CANCELLED)
        g_assert_cmpstr (line, ==, "Cancelled");
    }
}

static void
test_transfer_amounts (void)
{
  g_autoptr (GranaryTransfer) bytes = granary_transfer_new (GRANARY_TRANSFER_IMPORT, "a");
  g_autoptr (GranaryTransfer) files = granary_transfer_new (GRANARY_TRANSFER_DELETE, "a");
  g_autofree char *unknown = NULL;
  g_autofree char *half = NULL;
  g_autofree char *verifying = NULL;
  g_autofree char *beyond = NULL;
  g_autofree char *counted = NULL;
  g_autofree char *done = NULL;

  granary_transfer_set_state (bytes, GRANARY_TRANSFER_RUNNING);
  unknown = make_line (bytes);
  g_assert_true (g_str_has_prefix (unknown, "Preparing"));

  granary_transfer_set_total (bytes, 4000000000, 3);
  granary_transfer_add_bytes (bytes, 1200000000);
  half = make_line (bytes);
  g_assert_true (g_str_has_prefix (half, "1.2 of 4.0 GB"));

  granary_transfer_set_state (bytes, GRANARY_TRANSFER_VERIFYING);
  verifying = make_line (bytes);
  g_assert_true (g_str_has_prefix (verifying, "Verifying · 1.2 of 4.0 GB"));

  /* A file may grow while it is read; more than all is never said. */
  granary_transfer_add_bytes (bytes, 9000000000);
  beyond = make_line (bytes);
  g_assert_true (g_str_has_prefix (beyond, "Verifying · 4.0 of 4.0 GB"));
  granary_transfer_finish (bytes, NULL);
  done = make_line (bytes);
  g_assert_cmpstr (done, ==, "Done · 4.0 GB");

  granary_transfer_set_state (files, GRANARY_TRANSFER_RUNNING);
  granary_transfer_set_total (files, 0, 12);
  granary_transfer_add_files (files, 5);
  counted = make_line (files);
  g_assert_true (g_str_has_prefix (counted, "5 of 12 files"));
}

static void
test_transfer_waits (void)
{
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, "ocr v2");
  g_autoptr (GError) error = NULL;
  g_autofree char *waiting = NULL;
  g_autofree char *paused = NULL;
  g_autofree char *retrying = NULL;
  g_autofree char *due = NULL;
  g_autofree char *progress = NULL;
  g_autofree char *importing = NULL;
  g_autofree char *ready = NULL;
  g_autofree char *title = NULL;

  granary_transfer_set_total (transfer, 4000000000, 3);
  waiting = make_line (transfer);
  g_assert_cmpstr (waiting, ==, "Waiting · 4.0 GB");

  granary_transfer_add_bytes (transfer, 800000000);
  granary_transfer_set_state (transfer, GRANARY_TRANSFER_PAUSED);
  paused = make_line (transfer);
  g_assert_cmpstr (paused, ==, "Paused · 800.0 MB of 4.0 GB");

  granary_set_error (&error, GRANARY_ERROR_NETWORK, GRANARY_REASON_HOST_UNREACHABLE, "cos.test",
                     "x");
  granary_transfer_retry_later (transfer, error, 8);
  retrying = make_line (transfer);
  g_assert_cmpstr (retrying, ==, "Paused: “cos.test” cannot be reached. Retrying in 8 s.");
  granary_transfer_set_retry_in (transfer, 0);
  due = make_line (transfer);
  g_assert_cmpstr (due, ==, "Paused: “cos.test” cannot be reached. Retrying now.");

  progress = granary_wording_transfer_progress (transfer);
  g_assert_cmpstr (progress, ==, "Uploading 20%");
  importing = granary_wording_status_progress (GRANARY_STATUS_IMPORTING, 42);
  g_assert_cmpstr (importing, ==, "Importing 42%");
  ready = granary_wording_status_progress (GRANARY_STATUS_READY, 42);
  g_assert_cmpstr (ready, ==, "Ready");

  granary_transfer_finish (transfer, NULL);
  title = granary_wording_transfer_title (transfer);
  g_assert_cmpstr (title, ==, "Uploaded to “ocr v2”");
}

static void
test_place (void)
{
  const char *home = g_get_home_dir ();
  g_autofree char *inside = g_build_filename (home, "runs", "train7", NULL);
  g_autofree char *beside = g_strconcat (home, "-other/runs", NULL);
  g_autofree char *shown_inside = granary_wording_place (inside);
  g_autofree char *shown_beside = granary_wording_place (beside);
  g_autofree char *shown_hostile = granary_wording_place ("/srv/a\nb");

  g_assert_cmpstr (shown_inside, ==, "~/runs/train7");
  g_assert_cmpstr (shown_beside, ==, beside);
  g_assert_cmpstr (shown_hostile, ==, "/srv/a\\nb");
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/wording/errors/total", test_errors_total);
  g_test_add_func ("/wording/errors/distinct", test_errors_distinct);
  g_test_add_func ("/wording/errors/limits", test_errors_limits);
  g_test_add_func ("/wording/errors/facts", test_errors_facts);
  g_test_add_func ("/wording/errors/verbs", test_errors_verbs);
  g_test_add_func ("/wording/errors/foreign", test_errors_foreign);
  g_test_add_func ("/wording/delete", test_delete);
  g_test_add_func ("/wording/purge-and-replace", test_purge_and_replace);
  g_test_add_func ("/wording/repairs", test_repairs);
  g_test_add_func ("/wording/events", test_events);
  g_test_add_func ("/wording/times", test_times);
  g_test_add_func ("/wording/metrics", test_metrics);
  g_test_add_func ("/wording/things", test_things);
  g_test_add_func ("/wording/place", test_place);
  g_test_add_func ("/wording/transfers", test_transfers);
  g_test_add_func ("/wording/transfer-amounts", test_transfer_amounts);
  g_test_add_func ("/wording/transfer-waits", test_transfer_waits);

  return g_test_run ();
}
