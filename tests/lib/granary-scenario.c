/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-scenario.h"

#include <dirent.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "granary-catalog-writer.h"
#include "granary-error.h"

/* Small files, but more than one write's worth and in more than one folder. The same seed gives the
 * same bytes, so that content can be checked from another process. */

static const struct
{
  const char *name;
  gsize       size;
} parts[] = {
  { "weights.bin", 300000 },
  { "config.json", 800 },
  { "tokens/vocab.txt", 5000 },
  { "tokens/deep/merges.txt", 70 },
};

/* Auxiliary functions */

static char *
make_source (GranaryTestPlace *place,
             const char       *name,
             guint32           seed)
{
  g_autofree char *folder = granary_test_place_path (place, name);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_free (granary_test_write_size (folder, parts[i].name, parts[i].size, seed + 2 * i));

  return g_steal_pointer (&folder);
}

static void
import_prepared (GranaryTestPlace *place,
                 const char       *name,
                 guint32           seed)
{
  g_autofree char *folder_name = g_strdup_printf ("prepared-%u", seed);
  g_autofree char *source = make_source (place, folder_name, seed);
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  version = granary_test_import (place, name, source, FALSE, &error);
  g_assert_no_error (error);
}

/* Whether all parts lie below @folder with the bytes of @seed. */
static gboolean
has_parts (const char *folder,
           guint32     seed)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *path = g_build_filename (folder, parts[i].name, NULL);
      g_autofree char *content = NULL;
      gsize length;
      guint32 state = (seed + 2 * i) | 1;

      if (!g_file_get_contents (path, &content, &length, NULL) || length != parts[i].size)
        return FALSE;
      for (gsize at = 0; at + sizeof state <= length; at += sizeof state)
        {
          state ^= state << 13;
          state ^= state >> 17;
          state ^= state << 5;
          if (memcmp (content + at, &state, sizeof state) != 0)
            return FALSE;
        }
    }

  return TRUE;
}

static GranaryVersion *
find_version (GranaryTestPlace *place,
              const char       *name,
              int               number)
{
  g_autoptr (GranaryModel) model = granary_test_find (place, name);

  for (guint i = 0; model != NULL && i < model->versions->len; i++)
    {
      GranaryVersion *version = g_ptr_array_index (model->versions, i);

      if (version->number == number)
        return granary_catalog_load_version (place->catalog, version->id, NULL);
    }

  return NULL;
}

static void
assert_version (GranaryTestPlace *place,
                GranaryVersion   *version,
                guint32           seed)
{
  g_autofree char *folder = granary_repository_dup_path (place->repository, version->model_name,
                                                         version->number, NULL);

  g_assert_cmpint (version->status, ==, GRANARY_STATUS_READY);
  g_assert_cmpint (version->n_files, ==, G_N_ELEMENTS (parts));
  g_assert_true (has_parts (folder, seed));
}

static char *
first_entry (GranaryTestPlace *place)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = granary_catalog_list_trash (place->catalog, &error);

  g_assert_no_error (error);
  return entries->len > 0 ? g_strdup (((GranaryTrashEntry *) g_ptr_array_index (entries, 0))->uid)
                          : NULL;
}

/* Import */

static void
prepare_nothing (GranaryTestPlace *place)
{
  g_autofree char *source = make_source (place, "source", 1001);

  g_assert_nonnull (source);
}

static gboolean
act_import (GranaryTestPlace  *place,
            GError           **error)
{
  g_autofree char *source = granary_test_place_path (place, "source");
  g_autoptr (GranaryVersion) version = granary_test_import (place, "m", source, FALSE, error);

  return version != NULL;
}

static gboolean
import_is_new (GranaryTestPlace *place)
{
  g_autofree char *source = granary_test_place_path (place, "source");
  g_autoptr (GranaryVersion) version = find_version (place, "m", 1);
  g_autoptr (GranaryModel) model = granary_test_find (place, "m");
  g_autofree char *folder = granary_repository_dup_path (place->repository, "m", 0, NULL);

  g_assert_true (has_parts (source, 1001));
  if (version != NULL)
    {
      assert_version (place, version, 1001);
      return TRUE;
    }

  /* Nor a model without versions, nor its folder. */
  g_assert_null (model);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  return FALSE;
}

static void
prepare_one (GranaryTestPlace *place)
{
  import_prepared (place, "m", 1);
  prepare_nothing (place);
}

static gboolean
second_is_new (GranaryTestPlace *place)
{
  g_autoptr (GranaryVersion) first = find_version (place, "m", 1);
  g_autoptr (GranaryVersion) second = find_version (place, "m", 2);

  g_assert_nonnull (first);
  assert_version (place, first, 1);
  if (second != NULL)
    assert_version (place, second, 1001);

  return second != NULL;
}

/* Content that is there already: nothing but links. */
static void
prepare_same (GranaryTestPlace *place)
{
  import_prepared (place, "other", 1001);
  prepare_nothing (place);
}

/* Cut */

static void
prepare_cut (GranaryTestPlace *place)
{
  g_autofree char *source = make_source (place, "source", 1001);
  g_autofree char *config = g_build_filename (source, "config.json", NULL);
  g_autofree char *elsewhere = granary_test_place_path (place, "elsewhere");

  /* One with another name outside has to be copied. */
  g_assert_no_errno (link (config, elsewhere));
}

static gboolean
act_cut (GranaryTestPlace  *place,
         GError           **error)
{
  g_autofree char *source = granary_test_place_path (place, "source");
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GPtrArray) warnings = NULL;

  request->name = g_strdup ("m");
  request->files = granary_test_scan (source, NULL);
  request->move = TRUE;
  version = granary_test_import_request (place->repository, request, transfer, error);
  warnings = granary_transfer_dup_warnings (transfer);

  /* What it says to have left is noted for the check. */
  if (warnings->len > 0)
    g_free (granary_test_write (place->folder, "warned", ""));
  return version != NULL;
}

static gboolean
cut_is_new (GranaryTestPlace *place)
{
  g_autofree char *source = granary_test_place_path (place, "source");
  g_autofree char *elsewhere = granary_test_place_path (place, "elsewhere");
  g_autofree char *warned = granary_test_place_path (place, "warned");
  g_autoptr (GranaryVersion) version = find_version (place, "m", 1);

  g_assert_true (g_file_test (elsewhere, G_FILE_TEST_EXISTS));
  if (version == NULL)
    {
      /* Not stored: whole where it was. */
      g_assert_true (has_parts (source, 1001));
      return FALSE;
    }

  assert_version (place, version, 1001);
  if (!g_file_test (warned, G_FILE_TEST_EXISTS))
    g_assert_false (g_file_test (source, G_FILE_TEST_EXISTS));
  return TRUE;
}

/* Upload */

static void
prepare_upload (GranaryTestPlace *place)
{
  g_autofree char *folder = granary_test_place_path (place, "change");

  import_prepared (place, "m", 1);
  g_free (granary_test_write_size (folder, "weights.bin", 200000, 77));
  g_free (granary_test_write (folder, "notes/new.txt", "new"));
}

static gboolean
act_upload (GranaryTestPlace  *place,
            GError           **error)
{
  g_autofree char *folder = granary_test_place_path (place, "change");
  g_autoptr (GranaryVersion) before = find_version (place, "m", 1);
  g_autoptr (GranaryVersion) version = NULL;

  version = granary_test_upload (place, before->id, folder, TRUE, "tokens/deep/merges.txt", error);
  return version != NULL;
}

static gboolean
upload_is_new (GranaryTestPlace *place)
{
  g_autoptr (GranaryVersion) version = find_version (place, "m", 1);
  g_autofree char *path = NULL;
  g_autofree char *content = NULL;
  gboolean is_new;

  g_assert_nonnull (version);
  is_new = granary_version_find_file (version, "notes/new.txt") != NULL;
  if (!is_new)
    {
      assert_version (place, version, 1);
      return FALSE;
    }

  g_assert_cmpint (version->n_files, ==, 4);
  g_assert_cmpint (granary_version_find_file (version, "weights.bin")->size, ==, 200000);
  g_assert_null (granary_version_find_file (version, "tokens/deep/merges.txt"));
  path = granary_repository_dup_path (place->repository, "m", 1, "notes/new.txt");
  content = granary_test_read (path);
  g_assert_cmpstr (content, ==, "new");
  return TRUE;
}

/* Delete, restore, purge */

static void
prepare_two (GranaryTestPlace *place)
{
  import_prepared (place, "m", 1);
  import_prepared (place, "m", 101);
}

static gboolean
act_delete_version (GranaryTestPlace  *place,
                    GError           **error)
{
  g_autoptr (GranaryVersion) version = find_version (place, "m", 1);
  g_autofree char *entry = granary_test_delete (place, 0, version->id, error);

  return entry != NULL;
}

static gboolean
act_delete_model (GranaryTestPlace  *place,
                  GError           **error)
{
  g_autoptr (GranaryModel) model = granary_test_find (place, "m");
  g_autofree char *entry = granary_test_delete (place, model->id, 0, error);

  return entry != NULL;
}

/* In the trash or not: either way all content is there or comes back. */
static gboolean
trash_is_filled (GranaryTestPlace *place)
{
  g_autofree char *entry = first_entry (place);
  g_autoptr (GranaryVersion) first = NULL;
  g_autoptr (GranaryVersion) second = NULL;
  g_autoptr (GError) error = NULL;

  if (entry != NULL)
    {
      granary_test_restore (place, entry, NULL, &error);
      g_assert_no_error (error);
    }
  first = find_version (place, "m", 1);
  second = find_version (place, "m", 2);
  assert_version (place, first, 1);
  assert_version (place, second, 101);

  return entry != NULL;
}

static gboolean
trash_is_empty (GranaryTestPlace *place)
{
  return !trash_is_filled (place);
}

static void
prepare_trashed_version (GranaryTestPlace *place)
{
  g_autoptr (GError) error = NULL;

  prepare_two (place);
  act_delete_version (place, &error);
  g_assert_no_error (error);
}

static void
prepare_trashed_model (GranaryTestPlace *place)
{
  g_autoptr (GError) error = NULL;

  prepare_two (place);
  act_delete_model (place, &error);
  g_assert_no_error (error);
}

static gboolean
act_restore (GranaryTestPlace  *place,
             GError           **error)
{
  g_autofree char *entry = first_entry (place);

  return granary_test_restore (place, entry, NULL, error);
}

static gboolean
act_purge (GranaryTestPlace  *place,
           GError           **error)
{
  return granary_test_purge (place, NULL, error) >= 0;
}

/* Purged, or still to be had. */
static gboolean
purge_version_is_new (GranaryTestPlace *place)
{
  g_autofree char *entry = first_entry (place);
  g_autoptr (GranaryVersion) second = NULL;

  if (entry != NULL)
    return !trash_is_filled (place);

  second = find_version (place, "m", 2);
  assert_version (place, second, 101);
  return TRUE;
}

static gboolean
purge_model_is_new (GranaryTestPlace *place)
{
  g_autofree char *entry = first_entry (place);
  g_autoptr (GranaryModel) model = NULL;

  if (entry != NULL)
    return !trash_is_filled (place);

  model = granary_test_find (place, "m");
  g_assert_null (model);
  return TRUE;
}

/* Rename */

static gboolean
act_rename (GranaryTestPlace  *place,
            GError           **error)
{
  g_autoptr (GranaryModel) model = granary_test_find (place, "m");

  return granary_test_rename (place, model->id, "renamed", error);
}

static gboolean
rename_is_new (GranaryTestPlace *place)
{
  g_autoptr (GranaryModel) model = granary_test_find (place, "renamed");
  const char *name = model != NULL ? "renamed" : "m";
  g_autoptr (GranaryVersion) first = find_version (place, name, 1);
  g_autoptr (GranaryVersion) second = find_version (place, name, 2);

  g_assert_nonnull (first);
  assert_version (place, first, 1);
  assert_version (place, second, 101);
  return model != NULL;
}

static const GranaryScenario scenarios[] = {
  { "import", FALSE, FALSE, prepare_nothing, act_import, import_is_new },
  { "import-version", FALSE, FALSE, prepare_one, act_import, second_is_new },
  { "import-shared", FALSE, FALSE, prepare_same, act_import, import_is_new },
  { "cut", FALSE, FALSE, prepare_cut, act_cut, cut_is_new },
  { "upload", FALSE, FALSE, prepare_upload, act_upload, upload_is_new },
  { "upload-no-exchange", TRUE, FALSE, prepare_upload, act_upload, upload_is_new },
  { "delete-version", FALSE, FALSE, prepare_two, act_delete_version, trash_is_filled },
  { "delete-model", FALSE, FALSE, prepare_two, act_delete_model, trash_is_filled },
  { "restore-version", FALSE, FALSE, prepare_trashed_version, act_restore, trash_is_empty },
  { "restore-model", FALSE, FALSE, prepare_trashed_model, act_restore, trash_is_empty },
  { "purge-version", FALSE, TRUE, prepare_trashed_version, act_purge, purge_version_is_new },
  { "purge-model", FALSE, TRUE, prepare_trashed_model, act_purge, purge_model_is_new },
  { "rename", FALSE, FALSE, prepare_two, act_rename, rename_is_new },
};

/* What may lie in a part of the layout: nothing but what the catalogue knows. */
static void
assert_no_leftovers (GranaryTestPlace *place)
{
  g_autofree char *staging = g_build_filename (place->root, "staging", NULL);
  g_autofree char *trash = g_build_filename (place->root, "trash", NULL);
  g_autoptr (GPtrArray) entries = granary_catalog_list_trash (place->catalog, NULL);
  g_autoptr (GDir) staging_dir = g_dir_open (staging, 0, NULL);
  g_autoptr (GDir) trash_dir = g_dir_open (trash, 0, NULL);
  const char *name;
  guint n_locks = 0;
  guint n_entries = 0;

  g_assert_nonnull (staging_dir);
  while ((name = g_dir_read_name (staging_dir)) != NULL)
    {
      if (!g_str_has_suffix (name, ".lock"))
        g_error ("left in staging: %s", name);
      n_locks++;
    }
  /* Of this session, and of repairing. */
  g_assert_cmpuint (n_locks, ==, 2);

  g_assert_nonnull (trash_dir);
  while ((name = g_dir_read_name (trash_dir)) != NULL)
    n_entries++;
  g_assert_cmpuint (n_entries, ==, entries->len);
}

/* Functions for tests */

guint
granary_scenario_get_n (void)
{
  return G_N_ELEMENTS (scenarios);
}

const GranaryScenario *
granary_scenario_get (guint position)
{
  g_assert (position < G_N_ELEMENTS (scenarios));

  return &scenarios[position];
}

const GranaryScenario *
granary_scenario_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    {
      if (g_str_equal (scenarios[i].name, name))
        return &scenarios[i];
    }

  return NULL;
}

/* A new folder where a sync costs nothing, if the machine has such a place: what is tested here is
 * the order of steps, not the disk. */
char *
granary_scenario_folder (void)
{
  g_autofree char *folder = g_strdup ("/dev/shm/granary-test-XXXXXX");
  g_autoptr (GError) error = NULL;

  if (g_mkdtemp (folder) != NULL)
    return g_steal_pointer (&folder);

  g_free (folder);
  folder = g_dir_make_tmp ("granary-test-XXXXXX", &error);
  g_assert_no_error (error);
  return g_steal_pointer (&folder);
}

/**
 * granary_scenario_check:
 * @self: a scenario
 * @place: its folder, opened anew
 * @outcome: what was reported
 *
 * Fails the test unless everything is as it should be: verify finds nothing, nothing is left over,
 * the state is the old or the new one, and the next number was never used before.
 */
void
granary_scenario_check (const GranaryScenario *self,
                        GranaryTestPlace      *place,
                        GranaryOutcome         outcome)
{
  GPtrArray *repairs = granary_connection_get_repairs (place->connection);
  g_autofree char *source = NULL;
  g_autoptr (GranaryVersion) next = NULL;
  g_autoptr (GranaryModel) before = NULL;
  g_autoptr (GError) error = NULL;
  int highest = 0;
  gboolean is_new;

  granary_test_assert_clean (place);
  assert_no_leftovers (place);
  is_new = self->is_new (place);
  if (outcome == GRANARY_OUTCOME_NEW)
    g_assert_true (is_new);
  if (outcome == GRANARY_OUTCOME_OLD && !self->may_go_on)
    g_assert_false (is_new);
  granary_test_assert_clean (place);

  /* Numbers: those there are, and those that a repair took back. */
  before = granary_test_find (place, "m");
  for (guint i = 0; before != NULL && i < before->versions->len; i++)
    highest = MAX (highest, ((GranaryVersion *) g_ptr_array_index (before->versions, i))->number);
  for (guint i = 0; before != NULL && i < repairs->len; i++)
    highest = MAX (highest, ((GranaryRepair *) g_ptr_array_index (repairs, i))->number);
  source = make_source (place, "next", 5001);
  next = granary_test_import (place, "m", source, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (next->number, >, highest);
}
