/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Moves files to and from object storage as the application does, and prints as JSON how long it
 * took, the processor's time and the memory above idle. bench-cloud.py starts it:
 *
 *   granary-bench-cos [OPTION…] upload FILE BUCKET KEY
 *   granary-bench-cos [OPTION…] download BUCKET KEY FILE
 *   granary-bench-cos [OPTION…] upload-folder FOLDER BUCKET PREFIX
 */

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "granary-cos-transfer.h"
#include "granary-worker.h"

#define REGION "ap-guangzhou"

static char *endpoint;
static char *store_folder;
static int n_parts = 4;
static int n_files = 4;
static gint64 part_size;

static GOptionEntry entries[] = {
  { "endpoint", 0, 0, G_OPTION_ARG_STRING, &endpoint, "URL of COS, with {bucket} in it", "URL" },
  { "store", 0, 0, G_OPTION_ARG_FILENAME, &store_folder, "Remember transfers there", "FOLDER" },
  { "parts", 0, 0, G_OPTION_ARG_INT, &n_parts, "Parts at once", "N" },
  { "files", 0, 0, G_OPTION_ARG_INT, &n_files, "Files of a folder at once", "N" },
  { "part-size", 0, 0, G_OPTION_ARG_INT64, &part_size, "Bytes of a part", "BYTES" },
  { NULL }
};

/* In KiB. Peaks start anew at @reset. */
static gint64
get_memory (const char *name)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    g_error ("no /proc");
  line = strstr (status, name);
  g_assert (line != NULL);

  return g_ascii_strtoll (line + strlen (name), NULL, 10);
}

static void
reset_peak (void)
{
  FILE *file = fopen ("/proc/self/clear_refs", "w");

  if (file == NULL || fputs ("5", file) < 0 || fclose (file) != 0)
    g_error ("the peak of memory cannot be reset");
}

static double
get_cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* A folder of files */

typedef struct
{
  GranaryCosTransfer *engine;
  const char         *folder;
  const char         *bucket;
  const char         *prefix;
  GPtrArray          *names;
  gint                next;  /* atomic */
} Folder;

static gpointer
folder_thread (gpointer data)
{
  Folder *self = data;

  for (;;)
    {
      guint index = (guint) g_atomic_int_add (&self->next, 1);
      g_autoptr (GranaryObjectPlace) place = NULL;
      g_autoptr (GranaryObject) object = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *path = NULL;
      g_autofree char *key = NULL;

      if (index >= self->names->len)
        return NULL;
      path = g_build_filename (self->folder, g_ptr_array_index (self->names, index), NULL);
      key = g_strconcat (self->prefix, g_ptr_array_index (self->names, index), NULL);
      place = granary_object_place_new (self->bucket, NULL, key);
      object = granary_cos_transfer_upload (self->engine, path, place, NULL, NULL, &error);
      if (object == NULL)
        g_error ("%s: %s", path, error->message);
    }
}

static void
upload_folder (Folder *self)
{
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, &error);
  const char *name;

  if (folder == NULL)
    g_error ("%s", error->message);
  self->names = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (self->names, g_strdup (name));

  for (int i = 0; i < n_files; i++)
    g_ptr_array_add (threads, g_thread_new ("file", folder_thread, self));
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
  g_ptr_array_unref (self->names);
}

/* One file */

static void
move_file (GranaryCosTransfer *engine,
           char              **words)
{
  const gboolean is_upload = g_str_equal (words[0], "upload");
  g_autoptr (GranaryObjectPlace) place = NULL;
  g_autoptr (GranaryTransfer) transfer = NULL;
  g_autoptr (GranaryObject) object = NULL;
  g_autoptr (GError) error = NULL;

  place = granary_object_place_new (words[is_upload ? 2 : 1], NULL, words[is_upload ? 3 : 2]);
  transfer = granary_transfer_new (is_upload ? GRANARY_TRANSFER_UPLOAD : GRANARY_TRANSFER_DOWNLOAD,
                                   NULL);
  object = is_upload
             ? granary_cos_transfer_upload (engine, words[1], place, transfer, NULL, &error)
             : granary_cos_transfer_download (engine, place, words[3], transfer, NULL, &error);
  if (object == NULL)
    g_error ("%s", error->message);
  if (!object->has_crc64 || granary_transfer_get_bytes_done (transfer) != object->size)
    g_error ("not verified, or not all counted");
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND ARGUMENT…");
  g_autoptr (GranaryTransferStore) store = NULL;
  g_autoptr (GranaryCosTransfer) engine = NULL;
  g_autoptr (GranaryCosClient) client = NULL;
  g_autoptr (GranaryAccount) account = NULL;
  g_autoptr (GranaryCredentials) key = NULL;
  g_autoptr (GranaryHttp) http = NULL;
  g_autoptr (GError) error = NULL;
  gint64 idle;
  gint64 begin;
  double cpu;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 5)
    g_error ("%s", error != NULL ? error->message : "four words are needed");

  account = granary_account_new ("bench", "bench", REGION);
  key = granary_credentials_new (g_getenv ("TENCENTCLOUD_SECRET_ID"),
                                 g_getenv ("TENCENTCLOUD_SECRET_KEY"), NULL);
  granary_account_set_credentials (account, key);
  if (!granary_account_set_endpoint (account, GRANARY_CLOUD_COS, endpoint, &error))
    g_error ("%s", error->message);
  if (store_folder != NULL)
    {
      store = granary_transfer_store_open (store_folder, &error);
      if (store == NULL)
        g_error ("%s", error->message);
    }
  http = granary_http_new ((guint) n_parts + 2);
  client = granary_cos_client_new (account, http);
  engine = granary_cos_transfer_new (client, store, (guint) n_parts);
  granary_cos_transfer_set_part_size (engine, part_size);

  idle = get_memory ("VmRSS:");
  reset_peak ();
  begin = g_get_monotonic_time ();
  cpu = get_cpu_seconds ();
  if (g_str_equal (argv[1], "upload-folder"))
    upload_folder (&(Folder) { engine, argv[2], argv[3], argv[4], NULL, 0 });
  else
    move_file (engine, argv + 1);

  printf ("{\"seconds\": %.4f, \"cpu\": %.4f, \"idle_kib\": %" G_GINT64_FORMAT
          ", \"above_idle_kib\": %" G_GINT64_FORMAT "}\n",
          (double) (g_get_monotonic_time () - begin) / G_TIME_SPAN_SECOND,
          get_cpu_seconds () - cpu, idle, get_memory ("VmHWM:") - idle);

  return 0;
}
