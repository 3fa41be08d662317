/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whole files to and from the test cloud: sizes around a part, faults of every step, checksums,
 * what is in the way on the disk, calling off. What is left for the next run is in
 * test-cos-resume.c. */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "transfer-test.h"

#define KEY "a folder/模型 v1.bin"
#define SIZE (TRANSFER_PART_SIZE * 11 / 2)
#define N_PARTS 6

/* How soon a call has to end once it was called off, in µs; the machine may be busy. */
/* Long before any of the waits would be over. */
#define CANCEL_LIMIT (20 * G_TIME_SPAN_SECOND)

static char *
target_path (TransferTest *test,
             const char   *name)
{
  return g_build_filename (test->folder, name, NULL);
}

/* Sizes */

static void
test_sizes (TransferTest  *test,
            gconstpointer  data)
{
  static const struct
  {
    gsize size;
    guint n_puts;
    guint n_parts;
  } cases[] = {
    { 0, 1, 0 },
    { 1, 1, 0 },
    { TRANSFER_PART_SIZE - 1, 1, 0 },
    { TRANSFER_PART_SIZE, 1, 0 },
    { TRANSFER_PART_SIZE + 1, 0, 2 },
    { TRANSFER_PART_SIZE * 2, 0, 2 },
    { SIZE, 0, N_PARTS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = transfer_test_make_file (test, "source", cases[i].size, i);
      g_autofree char *copy = target_path (test, "copy");

      granary_test_cloud_tell (test->cloud, "{\"clear_log\": true}");
      transfer_test_upload_ok (test, path, KEY);
      g_assert_cmpuint (transfer_test_count (test, "PutObject"), ==, cases[i].n_puts);
      g_assert_cmpuint (transfer_test_count (test, "UploadPart"), ==, cases[i].n_parts);
      g_assert_cmpuint (transfer_test_count (test, "CompleteMultipartUpload"), ==,
                        cases[i].n_parts > 0);
      g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);

      transfer_test_download_ok (test, KEY, copy);
      g_assert_cmpuint (transfer_test_count (test, "GetObject"), ==,
                        cases[i].size == 0 ? 0 : MAX (cases[i].n_parts, 1));
      g_assert_cmpuint (transfer_test_count_files (test), ==, 2);
      g_assert_cmpint (g_remove (copy), ==, 0);
    }
}

/* Not more parts than are allowed, whatever is wished for. */
static void
test_many_parts (TransferTest  *test,
                 gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", 30001, 1);

  granary_test_cloud_tell (test->cloud, "{\"min_part_size\": 1}");
  granary_cos_transfer_set_part_size (test->engine, 3);
  transfer_test_upload_ok (test, path, KEY);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), ==, 5001);
}

static void
test_parts_in_parallel (TransferTest  *test,
                        gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  g_autofree char *copy = target_path (test, "copy");
  gint64 begin;

  granary_test_cloud_tell (
    test->cloud,
    "{\"faults\": [{\"match\": {\"action\": \"UploadPart\"}, \"times\": -1,"
    "               \"do\": {\"kind\": \"delay\", \"seconds\": 1.5}},"
    "              {\"match\": {\"action\": \"GetObject\"}, \"times\": -1,"
    "               \"do\": {\"kind\": \"delay\", \"seconds\": 1.5}}]}");

  /* Six parts by three threads: two waits of 1.5 s, not six, and not one. */
  begin = g_get_monotonic_time ();
  transfer_test_upload_ok (test, path, KEY);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 8500 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 3000 * G_TIME_SPAN_MILLISECOND);

  begin = g_get_monotonic_time ();
  transfer_test_download_ok (test, KEY, copy);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 8500 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 3000 * G_TIME_SPAN_MILLISECOND);
}

static void
test_no_store (TransferTest  *test,
               gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  g_autofree char *copy = target_path (test, "copy");

  transfer_test_close (test);
  transfer_test_open (test, granary_test_cloud_get_cos_template (test->cloud), NULL);
  transfer_test_upload_ok (test, path, KEY);
  transfer_test_download_ok (test, KEY, copy);
}

/* Faults */

typedef struct
{
  const char *name;
  const char *fault;  /* of the first try of one request */
} Fault;

static const Fault part_faults[] = {
  { "reset-before", "{\"kind\": \"reset_before\"}" },
  { "reset-after", "{\"kind\": \"reset_after\"}" },
  { "refuse", "{\"kind\": \"refuse\"}" },
  { "unavailable", "{\"kind\": \"status\", \"code\": 503}" },
  { "internal-error", "{\"kind\": \"cos_error\", \"status\": 500, \"code\": \"InternalError\"}" },
  { "slow-down", "{\"kind\": \"throttle\", \"retry_after\": 1}" },
  { "wrong-crc", "{\"kind\": \"wrong_crc\"}" },
};

/* A part, or a single request, that fails twice goes through the third time. */
static void
test_upload_fault (TransferTest  *test,
                   gconstpointer  data)
{
  const Fault *fault = data;
  g_autofree char *large = transfer_test_make_file (test, "large", SIZE, 1);
  g_autofree char *small = transfer_test_make_file (test, "small", 1000, 2);

  granary_test_cloud_tell (
    test->cloud,
    "{\"faults\": [{\"match\": {\"action\": \"UploadPart\", \"part\": 3}, \"times\": 2,"
    "               \"do\": %s},"
    "              {\"match\": {\"action\": \"PutObject\"}, \"times\": 2, \"do\": %s}]}",
    fault->fault, fault->fault);
  transfer_test_upload_ok (test, large, KEY);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), ==, N_PARTS + 2);
  g_assert_cmpuint (transfer_test_count (test, "InitiateMultipartUpload"), ==, 1);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);

  transfer_test_upload_ok (test, small, "small");
}

static const Fault range_faults[] = {
  { "reset-before", "{\"kind\": \"reset_before\"}" },
  { "reset-after", "{\"kind\": \"reset_after\"}" },
  { "unavailable", "{\"kind\": \"status\", \"code\": 503}" },
  { "truncated", "{\"kind\": \"truncate\"}" },
};

static void
test_download_fault (TransferTest  *test,
                     gconstpointer  data)
{
  const Fault *fault = data;
  g_autofree char *copy = target_path (test, "copy");

  transfer_test_put_pattern (test, KEY, SIZE, 1);
  granary_test_cloud_tell (test->cloud,
                           "{\"faults\": [{\"match\": {\"action\": \"GetObject\", \"skip\": 2},"
                           " \"times\": 2, \"do\": %s}]}", fault->fault);
  transfer_test_download_ok (test, KEY, copy);
}

/* Three tries, then it is over; bytes that did not arrive are not counted. */
static void
test_part_keeps_failing (TransferTest  *test,
                         gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (
    test->cloud,
    "{\"faults\": [{\"match\": {\"action\": \"UploadPart\", \"part\": 6}, \"times\": -1,"
    "               \"do\": {\"kind\": \"reset_after\"}}]}");
  g_assert_null (transfer_test_upload (test, path, KEY, &error));
  transfer_test_assert_error (error, GRANARY_REASON_CONNECTION_BROKEN);
  g_assert_false (transfer_test_find_object (test, KEY, NULL, NULL));
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), ==, N_PARTS + 2);
  g_assert_cmpint (granary_transfer_get_bytes_done (test->transfer), ==, 5 * TRANSFER_PART_SIZE);
}

/* The server never has what was sent: nothing is left under the key. */
static void
test_wrong_checksum (TransferTest  *test,
                     gconstpointer  data)
{
  g_autofree char *large = transfer_test_make_file (test, "large", SIZE, 1);
  g_autofree char *small = transfer_test_make_file (test, "small", 1000, 2);
  g_autoptr (GError) part_error = NULL;
  g_autoptr (GError) whole_error = NULL;
  g_autoptr (GError) put_error = NULL;

  granary_test_cloud_tell (
    test->cloud,
    "{\"faults\": [{\"match\": {\"action\": \"UploadPart\"}, \"times\": 3,"
    "               \"do\": {\"kind\": \"wrong_crc\"}},"
    "              {\"match\": {\"action\": \"CompleteMultipartUpload\"},"
    "               \"do\": {\"kind\": \"wrong_crc\"}},"
    "              {\"match\": {\"action\": \"PutObject\"}, \"times\": 3,"
    "               \"do\": {\"kind\": \"wrong_crc\"}}]}");

  g_assert_null (transfer_test_upload (test, small, "small", &put_error));
  transfer_test_assert_error (put_error, GRANARY_REASON_CRC_MISMATCH);
  g_assert_false (transfer_test_find_object (test, "small", NULL, NULL));
  g_assert_cmpint (granary_transfer_get_bytes_done (test->transfer), ==, 0);

  /* The first three of the parts are of different parts: they go through in the end. */
  g_assert_null (transfer_test_upload (test, large, KEY, &whole_error));
  transfer_test_assert_error (whole_error, GRANARY_REASON_CRC_MISMATCH);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), ==, N_PARTS + 3);
  g_assert_false (transfer_test_find_object (test, KEY, NULL, NULL));
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);

  granary_test_cloud_tell (
    test->cloud,
    "{\"faults\": [{\"match\": {\"action\": \"UploadPart\", \"part\": 2}, \"times\": 3,"
    "               \"do\": {\"kind\": \"wrong_crc\"}}]}");
  g_assert_null (transfer_test_upload (test, large, KEY, &part_error));
  transfer_test_assert_error (part_error, GRANARY_REASON_CRC_MISMATCH);

  /* And the next try is not hindered by all that. */
  transfer_test_upload_ok (test, large, KEY);
}

/* A server that computes none cannot be compared with: no error. */
static void
test_no_checksum (TransferTest  *test,
                  gconstpointer  data)
{
  g_autofree char *large = transfer_test_make_file (test, "large", SIZE, 1);
  g_autofree char *small = transfer_test_make_file (test, "small", 1000, 2);
  g_autofree char *copy = target_path (test, "copy");

  granary_test_cloud_tell (test->cloud, "{\"no_crc\": true}");
  transfer_test_upload_ok (test, large, KEY);
  transfer_test_upload_ok (test, small, "small");
  transfer_test_download_ok (test, KEY, copy);
}

/* Done, but the answer lost: found out, not sent again. */
static void
test_lost_answers (TransferTest  *test,
                   gconstpointer  data)
{
  g_autofree char *large = transfer_test_make_file (test, "large", SIZE, 1);
  g_autofree char *small = transfer_test_make_file (test, "small", 1000, 2);

  granary_test_cloud_tell (
    test->cloud,
    "{\"faults\": [{\"match\": {\"action\": \"PutObject\"}, \"do\": {\"kind\": \"reset_after\"}},"
    "              {\"match\": {\"action\": \"InitiateMultipartUpload\"},"
    "               \"do\": {\"kind\": \"reset_after\"}},"
    "              {\"match\": {\"action\": \"CompleteMultipartUpload\"},"
    "               \"do\": {\"kind\": \"reset_after\"}}]}");
  transfer_test_upload_ok (test, small, "small");
  g_assert_cmpuint (transfer_test_count (test, "PutObject"), ==, 1);

  transfer_test_upload_ok (test, large, KEY);
  g_assert_cmpuint (transfer_test_count (test, "InitiateMultipartUpload"), ==, 1);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), ==, N_PARTS);
  g_assert_cmpuint (transfer_test_count (test, "CompleteMultipartUpload"), ==, 1);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);
}

/* The upload id goes away under the upload: it begins anew, once. */
static void
test_upload_vanishes (TransferTest  *test,
                      gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (
    test->cloud,
    "{\"faults\": [{\"match\": {\"action\": \"UploadPart\", \"skip\": 3},"
    "               \"do\": {\"kind\": \"cos_error\", \"status\": 404,"
    "                        \"code\": \"NoSuchUpload\"}}]}");
  transfer_test_upload_ok (test, path, KEY);

  granary_test_cloud_tell (
    test->cloud,
    "{\"clear_log\": true,"
    " \"faults\": [{\"match\": {\"action\": \"UploadPart\"}, \"times\": -1,"
    "               \"do\": {\"kind\": \"cos_error\", \"status\": 404,"
    "                        \"code\": \"NoSuchUpload\"}}]}");
  g_assert_null (transfer_test_upload (test, path, "other", &error));
  transfer_test_assert_error (error, GRANARY_REASON_UPLOAD_VANISHED);
  g_assert_cmpuint (transfer_test_count (test, "InitiateMultipartUpload"), <=, 2);
}

static void
test_refusals (TransferTest  *test,
               gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  g_autofree char *copy = target_path (test, "copy");
  g_autoptr (GError) put_error = NULL;
  g_autoptr (GError) key_error = NULL;
  g_autoptr (GError) get_error = NULL;

  granary_test_cloud_tell (
    test->cloud,
    "{\"faults\": [{\"match\": {\"action\": \"UploadPart\"}, \"times\": -1,"
    "               \"do\": {\"kind\": \"cos_error\", \"status\": 403,"
    "                        \"code\": \"AccessDenied\"}}]}");
  g_assert_null (transfer_test_upload (test, path, KEY, &put_error));
  transfer_test_assert_error (put_error, GRANARY_REASON_ACTION_FORBIDDEN);
  /* What is refused is not tried again. */
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), <=, 3);

  g_assert_null (transfer_test_upload (test, path, "/absolute", &key_error));
  transfer_test_assert_error (key_error, GRANARY_REASON_OBJECT_KEY);
  g_assert_null (transfer_test_download (test, "nothing", copy, &get_error));
  transfer_test_assert_error (get_error, GRANARY_REASON_OBJECT_MISSING);
  g_assert_cmpuint (transfer_test_count_files (test), ==, 1);
}

/* Source */

static void
append (gpointer path)
{
  g_autofd int fd = open (path, O_WRONLY | O_APPEND | O_CLOEXEC);

  g_assert_cmpint (write (fd, "x", 1), ==, 1);
}

static void
touch (gpointer path)
{
  g_assert_cmpint (utimensat (AT_FDCWD, path, NULL, 0), ==, 0);
}

static void
cut (gpointer path)
{
  g_assert_cmpint (truncate (path, 1000), ==, 0);
}

static void
replace (gpointer path)
{
  g_autofree char *other = g_strconcat (path, ".new", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (other, "new", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_rename (other, path), ==, 0);
}

static void
test_source_changes (TransferTest  *test,
                     gconstpointer  data)
{
  void (* const changes[]) (gpointer) = { append, touch, cut, replace };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *path = transfer_test_make_file (test, "source", SIZE, i);
      g_autoptr (GError) error = NULL;
      GThread *thread;

      granary_test_cloud_tell (
        test->cloud,
        "{\"clear_faults\": true,"
        " \"faults\": [{\"match\": {\"action\": \"UploadPart\"}, \"times\": -1,"
        "               \"do\": {\"kind\": \"delay\", \"seconds\": 0.4}}]}");
      thread = transfer_test_later (200, changes[i], path);
      g_assert_null (transfer_test_upload (test, path, KEY, &error));
      g_thread_join (thread);
      transfer_test_assert_error (error, GRANARY_REASON_SOURCE_CHANGED);
      g_assert_false (transfer_test_find_object (test, KEY, NULL, NULL));
      g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);
    }
}

static void
test_bad_sources (TransferTest  *test,
                  gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", 10, 1);
  g_autofree char *missing = target_path (test, "missing");
  g_autofree char *link = target_path (test, "link");
  g_autofree char *fifo = target_path (test, "fifo");
  const char *bad[] = { missing, link, fifo, test->folder };
  const GranaryReason reasons[] = {
    GRANARY_REASON_SOURCE_MISSING, GRANARY_REASON_SOURCE_SPECIAL, GRANARY_REASON_SOURCE_SPECIAL,
    GRANARY_REASON_SOURCE_SPECIAL,
  };

  g_assert_cmpint (symlink (path, link), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (transfer_test_upload (test, bad[i], KEY, &error));
      transfer_test_assert_error (error, reasons[i]);
    }
  g_assert_cmpuint (transfer_test_count (test, "PutObject"), ==, 0);
}

/* Target */

static void
test_target_in_the_way (TransferTest  *test,
                        gconstpointer  data)
{
  g_autofree char *outside = transfer_test_make_file (test, "outside", 20, 1);
  g_autofree char *copy = target_path (test, "copy");
  g_autofree char *staged = target_path (test, ".copy.part");
  gint64 size;
  const guint64 crc64 = transfer_test_get_file_crc (outside, &size);

  transfer_test_put_pattern (test, KEY, SIZE, 1);
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (GError) error = NULL;

      switch (i)
        {
        case 0: /* a file */
          g_assert_cmpint (link (outside, copy), ==, 0);
          break;
        case 1: /* a link that leads nowhere */
          g_assert_cmpint (symlink ("nowhere", copy), ==, 0);
          break;
        case 2:
          g_assert_cmpint (g_mkdir (copy, 0755), ==, 0);
          break;
        case 3: /* in place of the staged file: ways out of the folder */
          g_assert_cmpint (symlink (outside, staged), ==, 0);
          break;
        case 4:
          g_assert_cmpint (link (outside, staged), ==, 0);
          break;
        default:
          g_assert_cmpint (mkfifo (staged, 0600), ==, 0);
          break;
        }

      g_assert_null (transfer_test_download (test, KEY, copy, &error));
      transfer_test_assert_error (error, GRANARY_REASON_TARGET_EXISTS);
      g_assert_cmpint (g_remove (i < 3 ? copy : staged), ==, 0);
      g_assert_cmpuint (transfer_test_get_file_crc (outside, &size), ==, crc64);
      g_assert_cmpint (size, ==, 20);
    }
  g_assert_cmpuint (transfer_test_count (test, "GetObject"), ==, 0);

  transfer_test_download_ok (test, KEY, copy);
}

/* Something takes the name while the bytes come in: it stays. */
static void
put_in_the_way (gpointer path)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "precious", -1, &error);
  g_assert_no_error (error);
}

static void
test_target_appears (TransferTest  *test,
                     gconstpointer  data)
{
  g_autofree char *copy = target_path (test, "copy");
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  transfer_test_put_pattern (test, KEY, SIZE, 1);
  granary_test_cloud_tell (
    test->cloud,
    "{\"faults\": [{\"match\": {\"action\": \"GetObject\"}, \"times\": -1,"
    "               \"do\": {\"kind\": \"delay\", \"seconds\": 0.3}}]}");
  thread = transfer_test_later (150, put_in_the_way, copy);
  g_assert_null (transfer_test_download (test, KEY, copy, &error));
  g_thread_join (thread);
  transfer_test_assert_error (error, GRANARY_REASON_TARGET_EXISTS);
  g_assert_true (g_file_get_contents (copy, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "precious");

  /* And what was fetched is not fetched again once the name is free. */
  g_assert_cmpint (g_remove (copy), ==, 0);
  granary_test_cloud_tell (test->cloud, "{\"clear_log\": true}");
  transfer_test_download_ok (test, KEY, copy);
  g_assert_cmpuint (transfer_test_count (test, "GetObject"), ==, 0);
}

static void
test_bad_targets (TransferTest  *test,
                  gconstpointer  data)
{
  g_autofree char *missing = g_build_filename (test->folder, "no", "folder", NULL);
  g_autofree char *copy = target_path (test, "copy");
  g_autofree char *name = g_strnfill (250, 'n');
  g_autofree char *long_name = target_path (test, name);
  const struct rlimit tight = { 1 << 20, RLIM_INFINITY };
  struct rlimit before;
  g_autoptr (GError) missing_error = NULL;
  g_autoptr (GError) space_error = NULL;
  g_autoptr (GError) limit_error = NULL;
  struct statvfs room;
  gint64 available;
  gint64 needed;
  gint64 huge;

  transfer_test_put_pattern (test, KEY, SIZE, 1);
  g_assert_null (transfer_test_download (test, KEY, missing, &missing_error));
  transfer_test_assert_error (missing_error, GRANARY_REASON_TARGET_UNWRITABLE);

  /* Asked of the file system, not tried. */
  g_assert_cmpint (statvfs (test->folder, &room), ==, 0);
  huge = (gint64) (room.f_bavail * room.f_frsize) + (G_GINT64_CONSTANT (1) << 30);
  transfer_test_put_pattern (test, "huge", huge, 1);
  g_assert_null (transfer_test_download (test, "huge", copy, &space_error));
  transfer_test_assert_error (space_error, GRANARY_REASON_NO_SPACE);
  g_assert_true (granary_error_get_room (space_error, &needed, &available));
  g_assert_cmpint (needed, ==, huge);
  g_assert_cmpint (available, <, needed);

  /* A disk that refuses in spite of what it said. */
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tight), ==, 0);
  g_assert_null (transfer_test_download (test, KEY, copy, &limit_error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_error (limit_error, GRANARY_ERROR, GRANARY_ERROR_FILE);
  g_assert_cmpuint (transfer_test_count_files (test), ==, 0);

  /* A name that leaves no room for more is fine. */
  transfer_test_download_ok (test, KEY, long_name);
}

/* Object */

static void
test_damaged_on_the_way (TransferTest  *test,
                         gconstpointer  data)
{
  g_autofree char *copy = target_path (test, "copy");
  g_autoptr (GError) error = NULL;

  transfer_test_put_pattern (test, KEY, SIZE, 1);
  granary_test_cloud_tell (
    test->cloud,
    "{\"faults\": [{\"match\": {\"action\": \"GetObject\", \"skip\": 3},"
    "               \"do\": {\"kind\": \"corrupt_body\"}}]}");
  g_assert_null (transfer_test_download (test, KEY, copy, &error));
  transfer_test_assert_error (error, GRANARY_REASON_CRC_MISMATCH);
  g_assert_cmpuint (transfer_test_count_files (test), ==, 0);

  transfer_test_download_ok (test, KEY, copy);
}

static void
put_other (gpointer data)
{
  transfer_test_put_pattern (data, KEY, SIZE, 2);
}

static void
test_object_changes (TransferTest  *test,
                     gconstpointer  data)
{
  g_autofree char *copy = target_path (test, "copy");
  g_autoptr (GError) error = NULL;
  GThread *thread;

  transfer_test_put_pattern (test, KEY, SIZE, 1);
  granary_test_cloud_tell (
    test->cloud,
    "{\"faults\": [{\"match\": {\"action\": \"GetObject\"}, \"times\": 6,"
    "               \"do\": {\"kind\": \"delay\", \"seconds\": 0.4}}]}");
  thread = transfer_test_later (200, put_other, test);
  g_assert_null (transfer_test_download (test, KEY, copy, &error));
  g_thread_join (thread);
  transfer_test_assert_error (error, GRANARY_REASON_OBJECT_CHANGED);
  g_assert_cmpuint (transfer_test_count_files (test), ==, 0);

  granary_test_cloud_tell (test->cloud, "{\"clear_faults\": true}");
  transfer_test_download_ok (test, KEY, copy);
}

static void
test_archived (TransferTest  *test,
               gconstpointer  data)
{
  g_autofree char *copy = target_path (test, "copy");
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (
    test->cloud,
    "{\"put_object\": {\"bucket\": \"" TRANSFER_BUCKET "\", \"key\": \"cold\","
    "                  \"pattern\": {\"size\": %d},"
    "                  \"headers\": {\"x-cos-storage-class\": \"ARCHIVE\"}},"
    " \"faults\": [{\"match\": {\"action\": \"GetObject\"}, \"do\": {\"kind\": \"cos_error\","
    "               \"status\": 403, \"code\": \"InvalidObjectState\"}}]}", SIZE);
  g_assert_null (transfer_test_download (test, "cold", copy, &error));
  transfer_test_assert_error (error, GRANARY_REASON_OBJECT_ARCHIVED);
  g_assert_cmpuint (transfer_test_count_files (test), ==, 0);
}

/* Calling off */

static gint64 called_off;

static void
cancel_transfer (gpointer data)
{
  TransferTest *test = data;

  called_off = g_get_monotonic_time ();
  granary_transfer_cancel (test->transfer);
}

static void
test_cancel (TransferTest  *test,
             gconstpointer  data)
{
  static const char *const faults[] = {
    "{\"kind\": \"timeout\", \"seconds\": 60}",
    "{\"kind\": \"slow\", \"bytes_per_second\": 4000}",
    "{\"kind\": \"throttle\", \"retry_after\": 50}",
  };

  transfer_test_put_pattern (test, KEY, SIZE, 1);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (faults); i++)
    {
      const gboolean is_upload = i % 2 == 0;
      g_autofree char *path = transfer_test_make_file (test, "source", SIZE, i);
      g_autofree char *copy = target_path (test, "copy");
      g_autoptr (GError) error = NULL;
      GThread *thread;

      g_clear_object (&test->transfer);
      test->transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, NULL);
      granary_test_cloud_tell (
        test->cloud,
        "{\"clear_faults\": true,"
        " \"faults\": [{\"match\": {\"action\": \"%s\"}, \"times\": -1, \"do\": %s}]}",
        is_upload ? "UploadPart" : "GetObject", faults[i / 2]);

      /* The waits between attempts are not to be shortened here. */
      g_setenv ("GRANARY_RETRY_SCALE", "1", TRUE);
      thread = transfer_test_later (300, cancel_transfer, test);
      if (is_upload)
        g_assert_null (transfer_test_upload (test, path, "new", &error));
      else
        g_assert_null (transfer_test_download (test, KEY, copy, &error));
      g_assert_cmpint (g_get_monotonic_time () - called_off, <, CANCEL_LIMIT);
      g_thread_join (thread);
      g_setenv ("GRANARY_RETRY_SCALE", "0.01", TRUE);

      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_false (transfer_test_find_object (test, "new", NULL, NULL));
      g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));
    }
}

static void
test_cancelled_before (TransferTest  *test,
                       gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GranaryObjectPlace) place = granary_object_place_new (TRANSFER_BUCKET, NULL, KEY);
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  g_autofree char *copy = target_path (test, "copy");
  g_autoptr (GError) put_error = NULL;
  g_autoptr (GError) get_error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (granary_cos_transfer_upload (test->engine, path, place, NULL, cancellable,
                                              &put_error));
  g_assert_error (put_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (granary_cos_transfer_download (test->engine, place, copy, NULL, cancellable,
                                                &get_error));
  g_assert_error (get_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (transfer_test_count (test, "PutObject"), ==, 0);
  g_assert_cmpuint (transfer_test_count_files (test), ==, 1);
}

/* Copies */

static void
test_copy (TransferTest  *test,
           gconstpointer  data)
{
  const gint64 sizes[] = { 0, 1000, SIZE };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);
      g_autoptr (GranaryObjectPlace) from = granary_object_place_new (TRANSFER_BUCKET, NULL, KEY);
      g_autoptr (GranaryObjectPlace) to =
        granary_object_place_new (TRANSFER_BUCKET, GRANARY_TEST_CLOUD_REGION, "copy + %20");
      g_autoptr (GranaryObject) object = NULL;
      g_autoptr (GError) error = NULL;
      guint64 stored_crc;
      guint64 crc64;
      gint64 size;

      transfer_test_put_pattern (test, KEY, sizes[i], (int) i);
      object = granary_cos_transfer_copy (test->engine, from, to, transfer, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (granary_transfer_get_bytes_done (transfer), ==, sizes[i]);
      g_assert_true (transfer_test_find_object (test, KEY, NULL, &crc64));
      g_assert_true (transfer_test_find_object (test, to->key, &size, &stored_crc));
      g_assert_cmpint (size, ==, sizes[i]);
      g_assert_cmpuint (stored_crc, ==, crc64);
    }
  g_assert_cmpuint (transfer_test_count (test, "UploadPartCopy"), ==, N_PARTS);
  g_assert_cmpuint (transfer_test_count (test, "PutObjectCopy"), ==, 2);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);
}

static void
add_faults (const char  *name,
            const Fault *faults,
            gsize        n_faults,
            void       (*func) (TransferTest *, gconstpointer))
{
  for (gsize i = 0; i < n_faults; i++)
    {
      g_autofree char *path = g_strdup_printf ("/cos-transfer/%s/%s", name, faults[i].name);

      g_test_add (path, TransferTest, &faults[i], transfer_test_set_up, func,
                  transfer_test_tear_down);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("GRANARY_RETRY_SCALE", "0.01", TRUE);

#define ADD(name, test) \
  g_test_add ("/cos-transfer/" name, TransferTest, NULL, transfer_test_set_up, test, \
              transfer_test_tear_down)
  ADD ("sizes", test_sizes);
  ADD ("many-parts", test_many_parts);
  ADD ("parts-in-parallel", test_parts_in_parallel);
  ADD ("no-store", test_no_store);
  add_faults ("upload-fault", part_faults, G_N_ELEMENTS (part_faults), test_upload_fault);
  add_faults ("download-fault", range_faults, G_N_ELEMENTS (range_faults), test_download_fault);
  ADD ("part-keeps-failing", test_part_keeps_failing);
  ADD ("wrong-checksum", test_wrong_checksum);
  ADD ("no-checksum", test_no_checksum);
  ADD ("lost-answers", test_lost_answers);
  ADD ("upload-vanishes", test_upload_vanishes);
  ADD ("refusals", test_refusals);
  ADD ("source-changes", test_source_changes);
  ADD ("bad-sources", test_bad_sources);
  ADD ("target-in-the-way", test_target_in_the_way);
  ADD ("target-appears", test_target_appears);
  ADD ("bad-targets", test_bad_targets);
  ADD ("damaged-on-the-way", test_damaged_on_the_way);
  ADD ("object-changes", test_object_changes);
  ADD ("archived", test_archived);
  ADD ("cancel", test_cancel);
  ADD ("cancelled-before", test_cancelled_before);
  ADD ("copy", test_copy);
#undef ADD

  return g_test_run ();
}
