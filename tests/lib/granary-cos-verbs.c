/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-cos-verbs.h"

#include "granary-crc64.h"

#define BUCKET GRANARY_COS_BUCKET
#define TEXT GRANARY_COS_TEXT
#define TEXT_SIZE GRANARY_COS_TEXT_SIZE
#define TEXT_CRC GRANARY_COS_TEXT_CRC

/* GranaryCosFixture */

void
granary_cos_fixture_set_up (GranaryCosFixture *self,
                            gconstpointer      data)
{
  g_autoptr (GranaryCredentials) credentials =
    granary_credentials_new (GRANARY_TEST_CLOUD_SECRET_ID, GRANARY_TEST_CLOUD_SECRET_KEY, NULL);
  g_autoptr (GError) error = NULL;

  self->cloud = granary_test_cloud_start ("none");
  self->http = granary_http_new (16);
  self->account = granary_account_new ("Work", "work", GRANARY_TEST_CLOUD_REGION);
  granary_account_set_credentials (self->account, credentials);
  granary_account_set_endpoint (self->account, GRANARY_CLOUD_COS,
                                granary_test_cloud_get_cos_template (self->cloud), &error);
  g_assert_no_error (error);
  granary_test_cloud_tell (self->cloud, "{\"min_part_size\":1}");
}

void
granary_cos_fixture_tear_down (GranaryCosFixture *self,
                               gconstpointer      data)
{
  g_clear_object (&self->account);
  g_clear_object (&self->http);
  g_clear_pointer (&self->cloud, granary_test_cloud_stop);
}

static GInputStream *
make_stream ( void)
{
  return g_memory_input_stream_new_from_data (TEXT, TEXT_SIZE, NULL);
}

void
granary_cos_case_begin (GranaryCosCase       *self,
                        GranaryCosFixture    *fixture,
                        const GranaryCosVerb *verb)
{
  g_autofree char *key = g_strdup_printf ("case %u/对象", ++fixture->n_cases);
  g_autofree char *source = g_strdup_printf ("source %u", fixture->n_cases);
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (fixture->cloud,
                           "{\"clear_faults\":true,\"clock_skew\":0,\"expire_token\":false,"
                           "\"put_object\":{\"bucket\":\"" BUCKET "\",\"key\":\"%s\","
                           "\"text\":\"" TEXT "\"}}", source);
  if (!verb->is_write || g_str_equal (verb->action, "DeleteMultipleObjects"))
    granary_test_cloud_tell (fixture->cloud,
                             "{\"put_object\":{\"bucket\":\"" BUCKET "\",\"key\":\"%s\","
                             "\"text\":\"" TEXT "\"}}", key);

  self->fixture = fixture;
  self->client = granary_cos_client_new (fixture->account, fixture->http);
  self->place = granary_object_place_new (BUCKET, NULL, key);
  self->source = granary_object_place_new (BUCKET, NULL, source);
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_cos_part_free);
  if (verb->has_upload)
    {
      self->upload_id = granary_cos_client_initiate (self->client, self->place, NULL, &error);
      g_assert_no_error (error);
      for (int i = 1; i <= 2; i++)
        {
          g_autoptr (GInputStream) stream = make_stream ();

          g_ptr_array_add (self->parts,
                           granary_cos_client_put_part (self->client, self->place,
                                                        self->upload_id, i, stream, TEXT_SIZE,
                                                        NULL, &error));
          g_assert_no_error (error);
        }
    }
  granary_test_cloud_tell (fixture->cloud, "{\"clear_log\":true}");
}

void
granary_cos_case_end (GranaryCosCase *self)
{
  if (self->fixture == NULL)
    return;

  granary_test_cloud_tell (self->fixture->cloud,
                           "{\"clear_faults\":true,\"clock_skew\":0,\"expire_token\":false}");
  g_clear_object (&self->client);
  g_clear_pointer (&self->place, granary_object_place_free);
  g_clear_pointer (&self->source, granary_object_place_free);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_free (self->upload_id);
}

/* What the cloud has of the bucket; NULL when that is gone. */
static JsonObject *
get_bucket (JsonNode *answer)
{
  JsonObject *state = json_object_get_object_member (json_node_get_object (answer), "state");
  JsonObject *buckets = json_object_get_object_member (state, "buckets");

  return json_object_has_member (buckets, BUCKET) ? json_object_get_object_member (buckets, BUCKET)
                                                  : NULL;
}

static gboolean
has_object (GranaryCosCase *self,
            gint64          size)
{
  g_autoptr (JsonNode) answer = granary_test_cloud_control (self->fixture->cloud,
                                                            "{\"state\":true}");
  JsonObject *objects = json_object_get_object_member (get_bucket (answer), "objects");

  return json_object_has_member (objects, self->place->key) &&
         json_object_get_int_member (json_object_get_object_member (objects, self->place->key),
                                     "size") == size;
}

static guint
count_uploads (GranaryCosCase *self)
{
  g_autoptr (JsonNode) answer = granary_test_cloud_control (self->fixture->cloud,
                                                            "{\"state\":true}");
  JsonArray *uploads = json_object_get_array_member (get_bucket (answer), "uploads");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (uploads); i++)
    {
      JsonObject *upload = json_array_get_object_element (uploads, i);

      if (g_str_equal (json_object_get_string_member (upload, "key"), self->place->key))
        n++;
    }

  return n;
}

/* Verbs */

static gboolean
list_buckets (GranaryCosCase  *self,
              GError         **error)
{
  g_autoptr (GPtrArray) buckets = granary_cos_client_list_buckets (self->client, NULL, error);

  g_assert_true (buckets == NULL || buckets->len >= 2);
  return buckets != NULL;
}

static gboolean
list (GranaryCosCase  *self,
      GError         **error)
{
  g_autoptr (GranaryObjectPage) page = granary_cos_client_list (self->client, self->place, NULL,
                                                                NULL, 0, NULL, error);

  g_assert_true (page == NULL || page->objects->len == 1);
  return page != NULL;
}

static gboolean
list_parts (GranaryCosCase  *self,
            GError         **error)
{
  g_autoptr (GPtrArray) parts = granary_cos_client_list_parts (self->client, self->place,
                                                               self->upload_id, NULL, error);

  g_assert_true (parts == NULL || parts->len == 2);
  return parts != NULL;
}

static gboolean
list_uploads (GranaryCosCase  *self,
              GError         **error)
{
  g_auto (GStrv) ids = granary_cos_client_list_uploads (self->client, self->place, NULL, error);

  if (ids != NULL)
    {
      g_assert_cmpuint (g_strv_length (ids), ==, 1);
      g_assert_cmpstr (ids[0], ==, self->upload_id);
    }
  return ids != NULL;
}

static gboolean
stat_object (GranaryCosCase  *self,
             GError         **error)
{
  g_autoptr (GranaryObject) object = granary_cos_client_stat (self->client, self->place, NULL,
                                                              error);

  g_assert_true (object == NULL || object->size == TEXT_SIZE);
  return object != NULL;
}

static gboolean
get_object (GranaryCosCase  *self,
            GError         **error)
{
  g_autoptr (GranaryHttpResponse) response = granary_cos_client_get (self->client, self->place, 2,
                                                                     5, NULL, NULL, error);
  char text[16];
  gsize n;

  if (response == NULL ||
      !g_input_stream_read_all (granary_http_response_get_stream (response), text, sizeof text, &n,
                                NULL, error))
    return FALSE;

  g_assert_cmpmem (text, n, "34567", 5);
  return TRUE;
}

static gboolean
put_bytes (GranaryCosCase  *self,
           GError         **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (TEXT, TEXT_SIZE);
  g_autoptr (GranaryObject) object = granary_cos_client_put (self->client, self->place, bytes,
                                                             NULL, 0, NULL, error);

  g_assert_true (object == NULL || object->size == TEXT_SIZE);
  return object != NULL;
}

static gboolean
put_stream (GranaryCosCase  *self,
            GError         **error)
{
  g_autoptr (GInputStream) stream = make_stream ();
  g_autoptr (GranaryObject) object = granary_cos_client_put (self->client, self->place, NULL,
                                                             stream, TEXT_SIZE, NULL, error);

  return object != NULL;
}

static gboolean
is_put (GranaryCosCase *self)
{
  return has_object (self, TEXT_SIZE);
}

static gboolean
initiate (GranaryCosCase  *self,
          GError         **error)
{
  /* A verb may be tried again. */
  g_free (self->upload_id);
  self->upload_id = granary_cos_client_initiate (self->client, self->place, NULL, error);

  return self->upload_id != NULL;
}

static gboolean
is_initiated (GranaryCosCase *self)
{
  /* Never a second one. */
  g_assert_cmpuint (count_uploads (self), <=, 1);
  return count_uploads (self) == 1;
}

static gboolean
put_part (GranaryCosCase  *self,
          GError         **error)
{
  g_autoptr (GInputStream) stream = make_stream ();
  g_autoptr (GranaryCosPart) part = granary_cos_client_put_part (self->client, self->place,
                                                                 self->upload_id, 3, stream,
                                                                 TEXT_SIZE, NULL, error);

  return part != NULL;
}

static gboolean
copy_part (GranaryCosCase  *self,
           GError         **error)
{
  g_autoptr (GranaryCosPart) part = granary_cos_client_copy_part (self->client, self->place,
                                                                  self->upload_id, 3, self->source,
                                                                  0, TEXT_SIZE, NULL, error);

  g_assert_true (part == NULL || part->crc64 == TEXT_CRC);
  return part != NULL;
}

static gboolean
has_part_3 (GranaryCosCase *self)
{
  g_autoptr (GPtrArray) parts = NULL;

  granary_test_cloud_tell (self->fixture->cloud, "{\"clear_faults\":true}");
  parts = granary_cos_client_list_parts (self->client, self->place, self->upload_id, NULL, NULL);
  return parts != NULL && parts->len == 3;
}

static gboolean
complete (GranaryCosCase  *self,
          GError         **error)
{
  g_autoptr (GranaryObject) object = granary_cos_client_complete (self->client, self->place,
                                                                  self->upload_id, self->parts,
                                                                  NULL, error);

  if (object != NULL)
    {
      g_assert_cmpint (object->size, ==, 2 * TEXT_SIZE);
      g_assert_true (object->has_crc64);
      g_assert_true (object->crc64 == granary_crc64_combine (TEXT_CRC, TEXT_CRC, TEXT_SIZE));
    }
  return object != NULL;
}

static gboolean
is_completed (GranaryCosCase *self)
{
  return has_object (self, 2 * TEXT_SIZE) && count_uploads (self) == 0;
}

static gboolean
abort_upload (GranaryCosCase  *self,
              GError         **error)
{
  return granary_cos_client_abort (self->client, self->place, self->upload_id, NULL, error);
}

static gboolean
is_aborted (GranaryCosCase *self)
{
  return count_uploads (self) == 0;
}

static gboolean
copy (GranaryCosCase  *self,
      GError         **error)
{
  g_autoptr (GranaryObject) object = granary_cos_client_copy (self->client, self->source,
                                                              self->place, NULL, error);

  g_assert_true (object == NULL || (object->size == TEXT_SIZE && object->crc64 == TEXT_CRC));
  return object != NULL;
}

static gboolean
delete (GranaryCosCase  *self,
        GError         **error)
{
  const char *keys[] = { self->place->key, "never there", NULL };

  return granary_cos_client_delete (self->client, self->place, keys, NULL, error);
}

static gboolean
is_deleted (GranaryCosCase *self)
{
  return !has_object (self, TEXT_SIZE);
}

const GranaryCosVerb granary_cos_verbs[GRANARY_COS_N_VERBS] = {
  { "GetService", GRANARY_COS_SHAPE_XML, FALSE, FALSE, FALSE, list_buckets, NULL },
  { "GetBucket", GRANARY_COS_SHAPE_XML, TRUE, FALSE, FALSE, list, NULL },
  { "ListParts", GRANARY_COS_SHAPE_XML, TRUE, TRUE, FALSE, list_parts, NULL },
  { "ListMultipartUploads", GRANARY_COS_SHAPE_XML, TRUE, TRUE, FALSE, list_uploads, NULL },
  { "HeadObject", GRANARY_COS_SHAPE_HEAD, TRUE, FALSE, FALSE, stat_object, NULL },
  { "GetObject", GRANARY_COS_SHAPE_GET, TRUE, FALSE, FALSE, get_object, NULL },
  { "PutObject", GRANARY_COS_SHAPE_PUT, TRUE, FALSE, TRUE, put_bytes, is_put },
  { "PutObject", GRANARY_COS_SHAPE_STREAM, TRUE, FALSE, TRUE, put_stream, is_put },
  { "InitiateMultipartUpload", GRANARY_COS_SHAPE_ONCE, TRUE, FALSE, TRUE, initiate, is_initiated },
  { "UploadPart", GRANARY_COS_SHAPE_STREAM, TRUE, TRUE, TRUE, put_part, has_part_3 },
  { "UploadPartCopy", GRANARY_COS_SHAPE_XML, TRUE, TRUE, TRUE, copy_part, has_part_3 },
  { "CompleteMultipartUpload", GRANARY_COS_SHAPE_ONCE, TRUE, TRUE, TRUE, complete, is_completed },
  { "AbortMultipartUpload", GRANARY_COS_SHAPE_DELETE, TRUE, TRUE, TRUE, abort_upload, is_aborted },
  { "PutObjectCopy", GRANARY_COS_SHAPE_ONCE, TRUE, FALSE, TRUE, copy, is_put },
  { "DeleteMultipleObjects", GRANARY_COS_SHAPE_XML, TRUE, FALSE, TRUE, delete, is_deleted },
};

void
granary_cos_case_arm (GranaryCosCase       *self,
                      const GranaryCosVerb *verb,
                      const char           *what,
                      int                   times)
{
  granary_test_cloud_tell (self->fixture->cloud,
                           "{\"faults\":[{\"match\":{\"action\":\"%s\"},\"times\":%d,"
                           "\"do\":{%s}}]}", verb->action, times, what);
}

void
granary_cos_assert_reason (const GError  *error,
                           GranaryReason  reason)
{
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_true (error->domain == GRANARY_ERROR);
  g_assert_cmpint (granary_error_get_reason (error), ==, reason);
  g_assert_nonnull (granary_error_get_subject (error));
}
