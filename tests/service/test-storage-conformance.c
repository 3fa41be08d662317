/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One suite for both object storages; and what only a folder can be asked. */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "granary-cos-range-reader.h"
#include "granary-cos-storage.h"
#include "granary-error.h"
#include "granary-folder-storage.h"
#include "granary-storage-conformance.h"
#include "granary-test-cloud.h"
#include "granary-test-repository.h"

/* A folder */

static GranaryObjectStorage *
open_folder (gpointer *data)
{
  char *root = g_dir_make_tmp ("granary-folder-XXXXXX", NULL);
  g_autofree char *bucket = g_build_filename (root, GRANARY_TEST_CLOUD_BUCKET, NULL);
  g_autofree char *other = g_build_filename (root, "other", NULL);
  g_autofree char *hidden = g_build_filename (root, ".hidden", NULL);

  g_assert_no_errno (g_mkdir (bucket, 0755));
  g_assert_no_errno (g_mkdir (other, 0755));
  g_assert_no_errno (g_mkdir (hidden, 0755));
  *data = root;

  return granary_folder_storage_new (root);
}

static void
close_folder (gpointer data)
{
  g_autofree char *root = data;

  granary_test_remove (root);
}

static gboolean
folder_holds (const char *key)
{
  g_auto (GStrv) parts = g_strsplit (key, "/", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (*parts[i] == '\0' || strlen (parts[i]) > 255)
        return FALSE;
    }

  return TRUE;
}

/* COS */

static GranaryCosClient *
make_client (GranaryTestCloud *cloud)
{
  g_autoptr (GranaryCredentials) credentials =
    granary_credentials_new (GRANARY_TEST_CLOUD_SECRET_ID, GRANARY_TEST_CLOUD_SECRET_KEY, NULL);
  g_autoptr (GranaryAccount) account = granary_account_new ("Work", "work",
                                                            GRANARY_TEST_CLOUD_REGION);
  g_autoptr (GranaryHttp) http = granary_http_new (16);
  g_autoptr (GError) error = NULL;

  granary_account_set_credentials (account, credentials);
  granary_account_set_endpoint (account, GRANARY_CLOUD_COS,
                                granary_test_cloud_get_cos_template (cloud), &error);
  g_assert_no_error (error);

  return granary_cos_client_new (account, http);
}

static GranaryObjectStorage *
open_cloud (gpointer *data)
{
  GranaryTestCloud *cloud = granary_test_cloud_start ("none");
  g_autoptr (GranaryCosClient) client = make_client (cloud);
  g_autoptr (GranaryCosTransfer) transfer = granary_cos_transfer_new (client, NULL, 8);

  *data = cloud;
  return granary_cos_storage_new (client, transfer);
}

static void
close_cloud (gpointer data)
{
  granary_test_cloud_stop (data);
}

static gboolean
cloud_holds (const char *key)
{
  return TRUE;
}

static const GranaryStorageBackEnd back_ends[] = {
  { "folder", GRANARY_TEST_CLOUD_BUCKET, open_folder, close_folder, folder_holds },
  { "cos", GRANARY_TEST_CLOUD_BUCKET, open_cloud, close_cloud, cloud_holds },
};

/* Links of a folder */

static void
ready_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GBytes *
read_key (GranaryObjectStorage  *storage,
          const char            *bucket,
          const char            *key,
          GError               **error)
{
  g_autoptr (GranaryObjectPlace) place = granary_object_place_new (bucket, NULL, key);
  g_autoptr (GAsyncResult) result = NULL;

  granary_object_storage_read_range_async (storage, place, 0, 100, NULL, ready_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return granary_object_storage_read_range_finish (storage, result, error);
}

static char *
list_keys (GranaryObjectStorage *storage,
           const char           *delimiter)
{
  g_autoptr (GranaryObjectPlace) place = granary_object_place_new (GRANARY_TEST_CLOUD_BUCKET, NULL,
                                                                   "");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GranaryObjectPage) page = NULL;
  g_autoptr (GString) keys = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  granary_object_storage_list_async (storage, place, delimiter, NULL, 0, NULL, ready_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  page = granary_object_storage_list_finish (storage, result, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < page->objects->len; i++)
    g_string_append_printf (keys, "%s ", ((GranaryObject *) page->objects->pdata[i])->key);

  return g_string_free (g_steal_pointer (&keys), FALSE);
}

static void
test_links (void)
{
  gpointer root;
  GranaryObjectStorage *storage = open_folder (&root);
  g_autofree char *bucket = g_build_filename (root, GRANARY_TEST_CLOUD_BUCKET, NULL);
  g_autofree char *inside = granary_test_write (bucket, "blobs/real", "inside");
  g_autofree char *outside = granary_test_write (root, "other/secret", "outside");
  g_autofree char *odd = granary_test_write (bucket, "odd\xff", "not a key");
  g_autofree char *pipe = g_build_filename (bucket, "pipe", NULL);
  g_autofree char *flat = NULL;
  g_autofree char *level = NULL;
  static const char * const links[][2] = {
    { "good", "blobs/real" }, { "folder", "blobs" }, { "loop", "." }, { "out", "../other/secret" },
    { "out-folder", "../other" }, { "absolute", "/etc/passwd" }, { "broken", "nowhere" },
    { "self", "self" },
  };
  static const struct
  {
    const char    *key;
    GranaryReason  reason;
  } cases[] = {
    { "good", GRANARY_REASON_NONE },
    { "folder/real", GRANARY_REASON_NONE },
    { "loop/loop/blobs/real", GRANARY_REASON_NONE },
    { "out", GRANARY_REASON_SOURCE_LINK_OUTSIDE },
    { "out-folder/secret", GRANARY_REASON_SOURCE_LINK_OUTSIDE },
    { "absolute", GRANARY_REASON_SOURCE_LINK_OUTSIDE },
    { "broken", GRANARY_REASON_OBJECT_MISSING },
    { "self", GRANARY_REASON_SOURCE_LINK_LOOP },
    { "pipe", GRANARY_REASON_OBJECT_MISSING },
    { "blobs", GRANARY_REASON_OBJECT_MISSING },
  };

  g_assert_nonnull (inside);
  g_assert_nonnull (outside);
  g_assert_nonnull (odd);
  g_assert_no_errno (mkfifo (pipe, 0600));
  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autofree char *path = g_build_filename (bucket, links[i][0], NULL);

      g_assert_no_errno (symlink (links[i][1], path));
    }

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = read_key (storage, GRANARY_TEST_CLOUD_BUCKET, cases[i].key,
                                           &error);

      g_test_message ("%s", cases[i].key);
      if (cases[i].reason == GRANARY_REASON_NONE)
        {
          g_assert_no_error (error);
          g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "inside", 6);
        }
      else
        {
          g_assert_null (bytes);
          granary_assert_reason (error, cases[i].reason);
        }
    }

  flat = list_keys (storage, NULL);
  g_assert_cmpstr (flat, ==, "blobs/real good ");
  level = list_keys (storage, "/");
  g_assert_cmpstr (level, ==, "blobs/ folder/ good loop/ ");

  for (guint i = 0; i < 4; i++)
    {
      static const char * const names[] = { "..", ".", ".hidden", "../other" };
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = read_key (storage, names[i], "secret", &error);

      g_assert_null (bytes);
      granary_assert_reason (error, GRANARY_REASON_BUCKET_NAME);
    }

  g_object_unref (storage);
  close_folder (root);
}

/* Objects of the cloud read in pieces */

static void
test_range_reader (void)
{
  g_autoptr (GranaryTestCloud) cloud = granary_test_cloud_start ("none");
  g_autoptr (GranaryCosClient) client = make_client (cloud);
  g_autoptr (GranaryObjectPlace) place = granary_object_place_new (GRANARY_TEST_CLOUD_BUCKET, NULL,
                                                                   "large");
  g_autoptr (GranaryRangeReader) reader = NULL;
  g_autoptr (GranaryRangeReader) none = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GranaryObject) object = NULL;
  g_autoptr (GError) error = NULL;
  const gsize size = 3 * 1000 * 1000;
  guint8 *data = g_malloc (size);
  guint8 buffer[5000];

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) ((i * 2654435761u) >> 13);
  bytes = g_bytes_new_take (data, size);
  object = granary_cos_client_put (client, place, bytes, NULL, 0, NULL, &error);
  g_assert_no_error (error);

  reader = granary_cos_range_reader_new (client, place, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (granary_range_reader_get_size (reader), ==, (gint64) size);
  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");

  /* The head, the tail, across a border, and the head again: four blocks. */
  for (guint i = 0; i < 4; i++)
    {
      const gint64 offsets[] = { 100, (gint64) size - 5000, 1048576 - 2500, 200 };

      g_assert_true (granary_range_reader_read_exact (reader, offsets[i], buffer, sizeof buffer,
                                                      NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (buffer, sizeof buffer, data + offsets[i], sizeof buffer);
    }
  g_assert_cmpuint (granary_test_cloud_count (cloud, "GetObject"), ==, 4);

  /* An answer that breaks off is asked for again. */
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":\"GetObject\"},"
                                  "\"do\":{\"kind\":\"truncate\"}}]}");
  g_assert_true (granary_range_reader_read_exact (reader, 600000, buffer, sizeof buffer, NULL,
                                                  &error));
  g_assert_cmpmem (buffer, sizeof buffer, data + 600000, sizeof buffer);

  /* One that changed is not mixed with what it was. */
  granary_test_cloud_tell (cloud, "{\"put_object\":{\"bucket\":\"" GRANARY_TEST_CLOUD_BUCKET "\","
                                  "\"key\":\"large\",\"pattern\":{\"size\":3000000}}}");
  g_assert_false (granary_range_reader_read_exact (reader, 1800000, buffer, sizeof buffer, NULL,
                                                   &error));
  granary_assert_reason (error, GRANARY_REASON_OBJECT_CHANGED);
  g_clear_error (&error);

  g_free (place->key);
  place->key = g_strdup ("missing");
  none = granary_cos_range_reader_new (client, place, NULL, &error);
  g_assert_null (none);
  granary_assert_reason (error, GRANARY_REASON_OBJECT_MISSING);
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_setenv ("GRANARY_RETRY_SCALE", "0.01", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (back_ends); i++)
    granary_storage_conformance_add (&back_ends[i]);
  g_test_add_func ("/storage/folder/links", test_links);
  g_test_add_func ("/storage/cos/range-reader", test_range_reader);

  return g_test_run ();
}
