/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What transfers remember of files under way: rows, claims, age. */

#include <glib/gstdio.h>

#include "granary-database.h"
#include "granary-error.h"
#include "granary-transfer-store.h"

#define PATH "/models/net \xff.bin"
#define ADDRESS "cos://models-1/plate/net.bin"

typedef struct
{
  char                 *folder;
  GranaryTransferStore *store;
} Fixture;

static GranaryTransferStore *
open_store (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GranaryTransferStore *store = granary_transfer_store_open (fixture->folder, &error);

  g_assert_no_error (error);
  return store;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("granary-resume-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->store = open_store (fixture);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_finalize_object (fixture->store);
  remove_all (fixture->folder);
  g_free (fixture->folder);
}

static GranaryResume *
make_resume (const char *path,
             const char *address)
{
  GranaryResume *resume = granary_resume_new ();

  resume->is_upload = TRUE;
  resume->path = g_strdup (path);
  resume->address = g_strdup (address);
  resume->size = G_GINT64_CONSTANT (5) << 40;
  resume->mtime = G_GINT64_CONSTANT (1700000000123456789);
  resume->device = G_MAXUINT64;
  resume->inode = G_MAXUINT64 - 1;
  resume->crc64 = G_MAXUINT64 - 2;
  resume->part_size = 8 << 20;

  return resume;
}

static void
add (GranaryTransferStore *store,
     GranaryResume        *resume)
{
  g_autoptr (GError) error = NULL;

  granary_transfer_store_add_resume (store, resume, &error);
  g_assert_no_error (error);
  g_assert_cmpint (resume->id, >, 0);
}

static GranaryResume *
claim (GranaryTransferStore *store,
       const char           *path,
       const char           *address)
{
  g_autoptr (GError) error = NULL;
  GranaryResume *resume = NULL;

  g_assert_true (granary_transfer_store_claim_resume (store, TRUE, path, address, &resume,
                                                      &error));
  g_assert_no_error (error);
  return resume;
}

static void
assert_busy (GranaryTransferStore *store)
{
  g_autoptr (GError) error = NULL;
  GranaryResume *resume = NULL;

  g_assert_false (granary_transfer_store_claim_resume (store, TRUE, PATH, ADDRESS, &resume,
                                                       &error));
  g_assert_null (resume);
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_CONFLICT);
  g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_BUSY);
}

static void
release (GranaryTransferStore *store,
         gint64                id)
{
  g_autoptr (GError) error = NULL;

  granary_transfer_store_release_resume (store, id, &error);
  g_assert_no_error (error);
}

static void
test_everything_is_remembered (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autoptr (GranaryResume) resume = make_resume (PATH, ADDRESS);
  const GranaryResumePart last = { 10000, 1, (char *) "\"e2\"", G_MAXUINT64 };
  const GranaryResumePart first = { 1, 8 << 20, (char *) "\"e1\"", 42 };
  const GranaryResumePart again = { 1, 8 << 20, NULL, 43 };
  g_autoptr (GranaryResume) found = NULL;
  g_autoptr (GError) error = NULL;
  GranaryResumePart *part;

  g_assert_null (claim (fixture->store, PATH, ADDRESS));
  add (fixture->store, resume);
  g_assert_true (granary_transfer_store_set_upload_id (fixture->store, resume->id, "id 1",
                                                       &error));
  g_assert_true (granary_transfer_store_add_part (fixture->store, resume->id, &last, &error));
  g_assert_true (granary_transfer_store_add_part (fixture->store, resume->id, &first, &error));
  g_assert_true (granary_transfer_store_add_part (fixture->store, resume->id, &again, &error));
  g_assert_no_error (error);

  /* The next process. */
  g_assert_finalize_object (fixture->store);
  fixture->store = open_store (fixture);
  found = claim (fixture->store, PATH, ADDRESS);
  g_assert_nonnull (found);
  g_assert_cmpint (found->id, ==, resume->id);
  g_assert_true (found->is_upload);
  g_assert_cmpstr (found->path, ==, PATH);
  g_assert_cmpstr (found->address, ==, ADDRESS);
  g_assert_cmpint (found->size, ==, resume->size);
  g_assert_cmpint (found->mtime, ==, resume->mtime);
  g_assert_cmpuint (found->device, ==, resume->device);
  g_assert_cmpuint (found->inode, ==, resume->inode);
  g_assert_cmpuint (found->crc64, ==, resume->crc64);
  g_assert_cmpint (found->part_size, ==, resume->part_size);
  g_assert_cmpstr (found->upload_id, ==, "id 1");
  g_assert_null (found->etag);

  g_assert_cmpuint (found->parts->len, ==, 2);
  part = g_ptr_array_index (found->parts, 0);
  g_assert_cmpint (part->number, ==, 1);
  g_assert_null (part->etag);
  g_assert_cmpuint (part->crc64, ==, 43);
  part = g_ptr_array_index (found->parts, 1);
  g_assert_cmpint (part->number, ==, 10000);
  g_assert_cmpint (part->size, ==, 1);
  g_assert_cmpstr (part->etag, ==, "\"e2\"");
  g_assert_cmpuint (part->crc64, ==, G_MAXUINT64);
}

/* Another direction, file or place is another record. */
static void
test_each_place_has_its_own (Fixture       *fixture,
                             gconstpointer  data)
{
  g_autoptr (GranaryResume) resume = make_resume (PATH, ADDRESS);
  g_autoptr (GranaryResume) found = NULL;
  g_autoptr (GError) error = NULL;

  add (fixture->store, resume);
  release (fixture->store, resume->id);
  g_assert_true (granary_transfer_store_claim_resume (fixture->store, FALSE, PATH, ADDRESS, &found,
                                                      &error));
  g_assert_no_error (error);
  g_assert_null (found);
  g_assert_null (claim (fixture->store, PATH, ADDRESS ".txt"));
  g_assert_null (claim (fixture->store, "/models/net", ADDRESS));
}

static void
test_one_works_at_a_time (Fixture       *fixture,
                          gconstpointer  data)
{
  GranaryTransferStore *other = open_store (fixture);
  g_autoptr (GranaryResume) resume = make_resume (PATH, ADDRESS);
  g_autoptr (GranaryResume) rival = make_resume (PATH, ADDRESS);
  g_autoptr (GranaryResume) found = NULL;
  g_autoptr (GError) error = NULL;

  add (fixture->store, resume);
  assert_busy (fixture->store);
  assert_busy (other);

  /* Nor can a record be replaced under its owner, who never learns of it. */
  g_assert_false (granary_transfer_store_add_resume (other, rival, &error));
  g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_BUSY);

  release (fixture->store, resume->id);
  found = claim (other, PATH, ADDRESS);
  g_assert_nonnull (found);
  assert_busy (fixture->store);

  /* What a session that has ended had claimed is free. */
  g_assert_finalize_object (other);
  g_clear_pointer (&found, granary_resume_free);
  found = claim (fixture->store, PATH, ADDRESS);
  g_assert_nonnull (found);
}

static void
test_a_new_record_replaces_the_old (Fixture       *fixture,
                                    gconstpointer  data)
{
  g_autoptr (GranaryResume) first = make_resume (PATH, ADDRESS);
  g_autoptr (GranaryResume) second = make_resume (PATH, ADDRESS);
  const GranaryResumePart part = { 1, 8 << 20, (char *) "\"e1\"", 42 };
  g_autoptr (GranaryResume) found = NULL;
  g_autoptr (GError) error = NULL;
  GranaryResumePart *copy;

  add (fixture->store, first);
  g_assert_true (granary_transfer_store_add_part (fixture->store, first->id, &part, &error));
  release (fixture->store, first->id);

  copy = g_new0 (GranaryResumePart, 1);
  *copy = (GranaryResumePart) { 7, 5, g_strdup ("\"e7\""), 77 };
  g_ptr_array_add (second->parts, copy);
  second->size = 100;
  add (fixture->store, second);
  g_assert_cmpint (second->id, !=, first->id);
  release (fixture->store, second->id);

  found = claim (fixture->store, PATH, ADDRESS);
  g_assert_cmpint (found->id, ==, second->id);
  g_assert_cmpint (found->size, ==, 100);
  g_assert_cmpuint (found->parts->len, ==, 1);
  copy = g_ptr_array_index (found->parts, 0);
  g_assert_cmpint (copy->number, ==, 7);

  /* A part of a record that is gone has nowhere to go. */
  g_assert_false (granary_transfer_store_add_part (fixture->store, first->id, &part, &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_DATABASE);
}

static void
test_a_removed_record_is_gone (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autoptr (GranaryResume) resume = make_resume (PATH, ADDRESS);
  g_autoptr (GError) error = NULL;

  add (fixture->store, resume);
  g_assert_true (granary_transfer_store_remove_resume (fixture->store, resume->id, &error));
  g_assert_null (claim (fixture->store, PATH, ADDRESS));
}

static void
test_upload_ids_of_a_place (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autoptr (GranaryResume) mine = make_resume (PATH, ADDRESS);
  g_autoptr (GranaryResume) other = make_resume ("/models/other.bin", ADDRESS);
  g_autoptr (GranaryResume) without = make_resume ("/models/third.bin", ADDRESS);
  g_autoptr (GranaryResume) elsewhere = make_resume (PATH, ADDRESS "2");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = NULL;

  mine->upload_id = g_strdup ("a");
  other->upload_id = g_strdup ("b");
  elsewhere->upload_id = g_strdup ("c");
  add (fixture->store, mine);
  add (fixture->store, other);
  add (fixture->store, without);
  add (fixture->store, elsewhere);

  ids = granary_transfer_store_list_upload_ids (fixture->store, ADDRESS, &error);
  g_assert_no_error (error);
  g_assert_cmpstrv (ids, ((const char * const[]) { "a", "b", NULL }));
}

static void
make_old (Fixture *fixture,
          gint64   id,
          int      days)
{
  g_autofree char *path = g_build_filename (fixture->folder, "transfers.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryDatabase) database =
    granary_database_open (path, GRANARY_DATABASE_NONE, &error);
  g_autofree char *sql =
    g_strdup_printf ("UPDATE resumes SET touched = %" G_GINT64_FORMAT " WHERE id = %"
                     G_GINT64_FORMAT,
                     g_get_real_time () - days * G_TIME_SPAN_DAY, id);

  g_assert_no_error (error);
  granary_database_exec (database, sql, &error);
  g_assert_no_error (error);
}

static void
test_old_records_expire (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autoptr (GranaryResume) old = make_resume ("/old", ADDRESS);
  g_autoptr (GranaryResume) held = make_resume ("/held", ADDRESS);
  g_autoptr (GranaryResume) young = make_resume ("/young", ADDRESS);
  g_autoptr (GranaryResume) found = NULL;
  g_autoptr (GError) error = NULL;

  add (fixture->store, old);
  add (fixture->store, held);
  add (fixture->store, young);
  release (fixture->store, old->id);
  release (fixture->store, young->id);
  make_old (fixture, old->id, 31);
  make_old (fixture, held->id, 31);
  make_old (fixture, young->id, 29);

  granary_transfer_store_expire_resumes (fixture->store, 30, &error);
  g_assert_no_error (error);
  g_assert_null (claim (fixture->store, "/old", ADDRESS));
  found = claim (fixture->store, "/young", ADDRESS);
  g_assert_nonnull (found);
  release (fixture->store, held->id);
  g_clear_pointer (&found, granary_resume_free);
  found = claim (fixture->store, "/held", ADDRESS);
  g_assert_nonnull (found);
}

static void
test_only_so_many_are_kept (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 503; i++)
    {
      g_autofree char *path = g_strdup_printf ("/file %u", i);
      g_autoptr (GranaryResume) resume = make_resume (path, ADDRESS);

      add (fixture->store, resume);
      release (fixture->store, resume->id);
      if (i < 3)
        make_old (fixture, resume->id, 1);
    }

  granary_transfer_store_expire_resumes (fixture->store, 30, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 503; i++)
    {
      g_autofree char *path = g_strdup_printf ("/file %u", i);
      g_autoptr (GranaryResume) found = claim (fixture->store, path, ADDRESS);

      g_assert_cmpint (found != NULL, ==, i >= 3);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, test) \
  g_test_add ("/transfer-resume/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("everything-is-remembered", test_everything_is_remembered);
  ADD ("each-place-has-its-own", test_each_place_has_its_own);
  ADD ("one-works-at-a-time", test_one_works_at_a_time);
  ADD ("a-new-record-replaces-the-old", test_a_new_record_replaces_the_old);
  ADD ("a-removed-record-is-gone", test_a_removed_record_is_gone);
  ADD ("upload-ids-of-a-place", test_upload_ids_of_a_place);
  ADD ("old-records-expire", test_old_records_expire);
  ADD ("only-so-many-are-kept", test_only_so_many_are_kept);
#undef ADD

  return g_test_run ();
}
