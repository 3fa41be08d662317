/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "transfer-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "granary-crc64.h"

/* Life */

/* An engine of the cloud at @endpoint, also in a child that has no TransferTest of its own yet. */
void
transfer_test_open (TransferTest *test,
                    const char   *endpoint,
                    const char   *store_folder)
{
  g_autoptr (GranaryAccount) account = NULL;
  g_autoptr (GranaryCredentials) key = NULL;
  g_autoptr (GranaryHttp) http = NULL;
  g_autoptr (GError) error = NULL;

  account = granary_account_new ("test", "test", GRANARY_TEST_CLOUD_REGION);
  key = granary_credentials_new (GRANARY_TEST_CLOUD_SECRET_ID, GRANARY_TEST_CLOUD_SECRET_KEY, NULL);
  granary_account_set_credentials (account, key);
  granary_account_set_endpoint (account, GRANARY_CLOUD_COS, endpoint, &error);
  g_assert_no_error (error);

  http = granary_http_new (8);
  test->client = granary_cos_client_new (account, http);
  if (store_folder != NULL)
    test->store = granary_transfer_store_open (store_folder, &error);
  g_assert_no_error (error);
  test->engine = granary_cos_transfer_new (test->client, test->store, 3);
  granary_cos_transfer_set_part_size (test->engine, TRANSFER_PART_SIZE);
}

void
transfer_test_close (TransferTest *test)
{
  g_clear_object (&test->transfer);
  g_assert_finalize_object (test->engine);
  if (test->store != NULL)
    g_assert_finalize_object (test->store);
  g_assert_finalize_object (test->client);
  test->store = NULL;
}

/* As another process would: nothing is known but what was stored. */
void
transfer_test_open_again (TransferTest *test)
{
  transfer_test_close (test);
  transfer_test_open (test, granary_test_cloud_get_cos_template (test->cloud),
                      test->store_folder);
}

void
transfer_test_set_up (TransferTest  *test,
                      gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  test->folder = g_dir_make_tmp ("granary-transfer-XXXXXX", &error);
  g_assert_no_error (error);
  test->store_folder = g_dir_make_tmp ("granary-store-XXXXXX", &error);
  g_assert_no_error (error);

  test->cloud = granary_test_cloud_start ("none");
  granary_test_cloud_tell (test->cloud, "{\"make_bucket\": {\"name\": \"" TRANSFER_BUCKET "\"},"
                           " \"min_part_size\": %d}", TRANSFER_PART_SIZE);
  transfer_test_open (test, granary_test_cloud_get_cos_template (test->cloud),
                      test->store_folder);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) folder = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    folder = g_dir_open (path, 0, NULL);
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

void
transfer_test_tear_down (TransferTest  *test,
                         gconstpointer  data)
{
  transfer_test_close (test);
  granary_test_cloud_stop (test->cloud);
  remove_all (test->folder);
  remove_all (test->store_folder);
  g_free (test->folder);
  g_free (test->store_folder);
}

/* Content */

/* Bytes that differ from part to part, the same for the same seed. */
GBytes *
transfer_test_make_bytes (gsize   size,
                          guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  guint8 *data = g_malloc (size + sizeof (guint32));

  for (gsize i = 0; i < size; i += sizeof (guint32))
    {
      guint32 value = g_rand_int (random);

      memcpy (data + i, &value, sizeof value);
    }

  return g_bytes_new_take (data, size);
}

char *
transfer_test_make_file (TransferTest *test,
                         const char   *name,
                         gsize         size,
                         guint32       seed)
{
  g_autoptr (GBytes) bytes = transfer_test_make_bytes (size, seed);
  char *path = g_build_filename (test->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL) != NULL
                                    ? g_bytes_get_data (bytes, NULL) : "",
                            (gssize) size, G_FILE_SET_CONTENTS_NONE, 0644, &error);
  g_assert_no_error (error);

  return path;
}

void
transfer_test_put_pattern (TransferTest *test,
                           const char   *key,
                           gint64        size,
                           int           seed)
{
  granary_test_cloud_tell (test->cloud, "{\"put_object\": {\"bucket\": \"" TRANSFER_BUCKET "\","
                           " \"key\": \"%s\", \"pattern\": {\"size\": %" G_GINT64_FORMAT
                           ", \"seed\": %d}}}", key, size, seed);
}

guint64
transfer_test_get_file_crc (const char *path,
                            gint64     *size)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  *size = (gint64) length;

  return granary_crc64_update (0, data, length);
}

/* Files in the folder, hidden ones too. */
guint
transfer_test_count_files (TransferTest *test)
{
  g_autoptr (GDir) folder = g_dir_open (test->folder, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (folder) != NULL)
    count++;

  return count;
}

/* Verbs */

static void
renew_transfer (TransferTest        *test,
                GranaryTransferKind  kind)
{
  g_clear_object (&test->transfer);
  test->transfer = granary_transfer_new (kind, NULL);
}

GranaryObject *
transfer_test_upload (TransferTest  *test,
                      const char    *path,
                      const char    *key,
                      GError       **error)
{
  g_autoptr (GranaryObjectPlace) place = granary_object_place_new (TRANSFER_BUCKET, NULL, key);

  if (test->transfer == NULL ||
      g_cancellable_is_cancelled (granary_transfer_get_cancellable (test->transfer)) ||
      granary_transfer_get_bytes_done (test->transfer) != 0)
    renew_transfer (test, GRANARY_TRANSFER_UPLOAD);

  return granary_cos_transfer_upload (test->engine, path, place, test->transfer, NULL, error);
}

GranaryObject *
transfer_test_download (TransferTest  *test,
                        const char    *key,
                        const char    *path,
                        GError       **error)
{
  g_autoptr (GranaryObjectPlace) place = granary_object_place_new (TRANSFER_BUCKET, NULL, key);

  if (test->transfer == NULL ||
      g_cancellable_is_cancelled (granary_transfer_get_cancellable (test->transfer)) ||
      granary_transfer_get_bytes_done (test->transfer) != 0)
    renew_transfer (test, GRANARY_TRANSFER_DOWNLOAD);

  return granary_cos_transfer_download (test->engine, place, path, test->transfer, NULL, error);
}

gboolean
transfer_test_discard (TransferTest  *test,
                       const char    *path,
                       const char    *key,
                       GError       **error)
{
  g_autoptr (GranaryObjectPlace) place = granary_object_place_new (TRANSFER_BUCKET, NULL, key);

  return granary_cos_transfer_discard (test->engine, path, place, NULL, error);
}

void
transfer_test_upload_ok (TransferTest *test,
                         const char   *path,
                         const char   *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryObject) object = transfer_test_upload (test, path, key, &error);
  gint64 stored_size;
  guint64 stored_crc;
  gint64 size;
  const guint64 crc64 = transfer_test_get_file_crc (path, &size);

  g_assert_no_error (error);
  g_assert_nonnull (object);
  g_assert_cmpstr (object->key, ==, key);
  g_assert_cmpint (object->size, ==, size);
  g_assert_true (!object->has_crc64 || object->crc64 == crc64);
  g_assert_cmpint (granary_transfer_get_bytes_done (test->transfer), ==, size);

  g_assert_true (transfer_test_find_object (test, key, &stored_size, &stored_crc));
  g_assert_cmpint (stored_size, ==, size);
  g_assert_cmpuint (stored_crc, ==, crc64);
}

void
transfer_test_download_ok (TransferTest *test,
                           const char   *key,
                           const char   *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryObject) object = transfer_test_download (test, key, path, &error);
  gint64 stored_size;
  guint64 stored_crc;
  guint64 crc64;
  gint64 size;

  g_assert_no_error (error);
  g_assert_nonnull (object);
  crc64 = transfer_test_get_file_crc (path, &size);
  g_assert_true (transfer_test_find_object (test, key, &stored_size, &stored_crc));
  g_assert_cmpint (size, ==, stored_size);
  g_assert_cmpuint (crc64, ==, stored_crc);
  g_assert_cmpint (object->size, ==, size);
  g_assert_cmpint (granary_transfer_get_bytes_done (test->transfer), ==, size);
}

void
transfer_test_assert_error (const GError  *error,
                            GranaryReason  reason)
{
  g_assert_nonnull (error);
  if (!granary_error_matches_reason (error, reason))
    g_error ("reason %d expected, got %d: %s", reason, granary_error_get_reason (error),
             error->message);
}

/* Questions to the cloud */

static JsonObject *
get_bucket (JsonNode *answer)
{
  JsonObject *state = json_object_get_object_member (json_node_get_object (answer), "state");
  JsonObject *buckets = json_object_get_object_member (state, "buckets");

  return json_object_get_object_member (buckets, TRANSFER_BUCKET);
}

/* What the cloud has under a key; its CRC-64 when it knows it. */
gboolean
transfer_test_find_object (TransferTest *test,
                           const char   *key,
                           gint64       *size,
                           guint64      *crc64)
{
  g_autoptr (JsonNode) answer = granary_test_cloud_control (test->cloud, "{\"state\": true}");
  JsonObject *objects = json_object_get_object_member (get_bucket (answer), "objects");
  JsonObject *object;

  if (!json_object_has_member (objects, key))
    return FALSE;

  object = json_object_get_object_member (objects, key);
  if (size != NULL)
    *size = json_object_get_int_member (object, "size");
  if (crc64 != NULL)
    g_assert_true (granary_crc64_parse (json_object_get_string_member (object, "crc"), crc64));

  return TRUE;
}

guint
transfer_test_count_uploads (TransferTest *test)
{
  g_autoptr (JsonNode) answer = granary_test_cloud_control (test->cloud, "{\"state\": true}");

  return json_array_get_length (json_object_get_array_member (get_bucket (answer), "uploads"));
}

guint
transfer_test_count (TransferTest *test,
                     const char   *action)
{
  return granary_test_cloud_count (test->cloud, action);
}

/* Of all calls of @action, @member is `bytes_in` or `bytes_out`. */
gint64
transfer_test_sum_bytes (TransferTest *test,
                         const char   *action,
                         const char   *member)
{
  g_autoptr (JsonNode) log = granary_test_cloud_get_log (test->cloud);
  JsonArray *entries = json_node_get_array (log);
  gint64 sum = 0;

  for (guint i = 0; i < json_array_get_length (entries); i++)
    {
      JsonObject *entry = json_array_get_object_element (entries, i);

      if (g_str_equal (json_object_get_string_member (entry, "action"), action))
        sum += json_object_get_int_member (entry, member);
    }

  return sum;
}

/* Meanwhile */

typedef struct
{
  guint      milliseconds;
  void     (*func) (gpointer data);
  gpointer   data;
} Later;

static gpointer
later_thread (gpointer data)
{
  g_autofree Later *later = data;

  g_usleep (later->milliseconds * 1000);
  later->func (later->data);

  return NULL;
}

GThread *
transfer_test_later (guint      milliseconds,
                     void     (*func) (gpointer data),
                     gpointer   data)
{
  Later *later = g_new0 (Later, 1);

  *later = (Later) { milliseconds, func, data };
  return g_thread_new ("later", later_thread, later);
}
