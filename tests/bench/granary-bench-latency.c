/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How long the main thread of the window is kept from its other work while files are uploaded.
 *
 *   granary-bench-latency API-URL COS-URL FOLDER
 *
 * Opens the window on the cloud at these addresses, with the key of the environment, starts three
 * uploads of files that it makes in FOLDER, and asks the main loop every millisecond whether it still
 * answers: first with nothing under way, then until the uploads are done. Prints the longest time, the
 * 99th percentile in ms, how many were over 8 ms, and how many samples there were. */

#include "config.h"

#include <adwaita.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

#include "granary-keyring.h"
#include "granary-shell.h"
#include "granary-tione.h"
#include "granary-window.h"

#define N_UPLOADS 3
#define FILE_SIZE (G_GINT64_CONSTANT (512) * 1024 * 1024)
#define BUCKET "blackhole-1250000000"
#define LIMIT_MS 8.0
#define IDLE_SECONDS 3

typedef struct
{
  GArray *gaps; /* (element-type double): ms */
  gint64  last;
  guint   source;
  guint   n_left;
  GError *error;
} Bench;

static gboolean
sample_cb (gpointer data)
{
  Bench *bench = data;
  gint64 now = g_get_monotonic_time ();
  /* One of them is the wait that was asked for. */
  double gap = MAX (0.0, (double) (now - bench->last) / 1000.0 - 1.0);

  g_array_append_val (bench->gaps, gap);
  bench->last = now;

  return G_SOURCE_CONTINUE;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  double first = *(const double *) a;
  double second = *(const double *) b;

  return first < second ? -1 : first > second;
}

static void
begin (Bench *bench)
{
  bench->gaps = g_array_new (FALSE, FALSE, sizeof (double));
  bench->last = g_get_monotonic_time ();
  bench->source = g_timeout_add_full (G_PRIORITY_HIGH, 1, sample_cb, bench, NULL);
}

static void
end (Bench      *bench,
     const char *what)
{
  guint n_over = 0;

  g_clear_handle_id (&bench->source, g_source_remove);
  if (bench->error != NULL)
    g_error ("%s", bench->error->message);
  if (bench->gaps->len == 0)
    g_error ("%s: over before it was measured", what);

  g_array_sort (bench->gaps, compare);
  for (guint i = 0; i < bench->gaps->len; i++)
    n_over += g_array_index (bench->gaps, double, i) > LIMIT_MS;
  g_print ("main thread, %s: longest %.1f ms, 99th percentile %.2f ms, %u of %u over %.0f ms\n", what,
           g_array_index (bench->gaps, double, bench->gaps->len - 1),
           g_array_index (bench->gaps, double, bench->gaps->len * 99 / 100), n_over,
           bench->gaps->len, LIMIT_MS);
  g_clear_pointer (&bench->gaps, g_array_unref);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Bench *bench = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryObject) object = NULL;

  object = granary_object_storage_write_finish (GRANARY_OBJECT_STORAGE (source), result, &error);
  if (object == NULL && bench->error == NULL)
    bench->error = g_steal_pointer (&error);
  bench->n_left--;
}

static void
upload (Bench             *bench,
        GranaryWindow     *window,
        GranaryConnection *connection,
        const char        *folder,
        guint              number)
{
  g_autofree char *name = g_strdup_printf ("latency-%u.bin", number);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GranaryObjectPlace) place = granary_object_place_new (BUCKET, NULL, name);
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, name);
  int fd = g_open (path, O_CREAT | O_TRUNC | O_WRONLY, 0644);

  if (fd < 0 || ftruncate (fd, FILE_SIZE) != 0 || !g_close (fd, NULL))
    g_error ("%s cannot be made", path);

  granary_transfer_set_total (transfer, FILE_SIZE, 1);
  granary_shell_add_transfer (GRANARY_SHELL (window), transfer);
  bench->n_left++;
  granary_object_storage_write_async (granary_connection_get_storage (connection), path, place,
                                      transfer, written_cb, bench);
}

static void
remove_files (const char *folder)
{
  for (guint i = 0; i < N_UPLOADS; i++)
    {
      g_autofree char *name = g_strdup_printf ("latency-%u.bin", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
}

static GranaryConnection *
open_cloud (const char *api,
            const char *cos)
{
  g_autoptr (GranaryAccount) account = granary_account_new ("bench", "bench", "ap-guangzhou");
  g_autoptr (GranaryCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;
  GranaryConnection *connection = NULL;

  credentials = granary_credentials_take_from_environment (&error);
  if (credentials == NULL)
    g_error ("there is no key in the environment");
  granary_account_set_credentials (account, credentials);
  for (int service = 0; error == NULL && service < (int) GRANARY_N_CLOUD_SERVICES; service++)
    granary_account_set_endpoint (account, service, service == GRANARY_CLOUD_COS ? cos : api, &error);
  if (error == NULL)
    connection = granary_tione_open (account, GRANARY_TIONE_BACKGROUND, NULL, &error);
  if (connection == NULL)
    g_error ("%s", error->message);

  return connection;
}

static gboolean
stop_waiting_cb (gpointer data)
{
  *(gboolean *) data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
wait_seconds (guint seconds)
{
  gboolean over = FALSE;

  g_timeout_add_seconds (seconds, stop_waiting_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GSettings) settings = NULL;
  g_autoptr (GranaryFolders) folders = NULL;
  g_autoptr (GranaryConnection) connection = NULL;
  GranaryWindow *window;
  Bench bench = { NULL };

  if (argc != 4)
    {
      g_printerr ("usage: granary-bench-latency API-URL COS-URL FOLDER\n");
      return 2;
    }

  setlocale (LC_ALL, "");
  adw_init ();
  settings = g_settings_new (GRANARY_SETTINGS_ID);
  folders = granary_folders_new (settings);
  connection = open_cloud (argv[1], argv[2]);
  window = granary_window_new (NULL, settings, folders);
  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 800);
  granary_window_set_connection (window, connection);
  gtk_window_present (GTK_WINDOW (window));
  wait_seconds (IDLE_SECONDS);

  begin (&bench);
  wait_seconds (IDLE_SECONDS);
  end (&bench, "idle");

  for (guint i = 0; i < N_UPLOADS; i++)
    upload (&bench, window, connection, argv[3], i);
  begin (&bench);
  while (bench.n_left > 0)
    g_main_context_iteration (NULL, TRUE);
  end (&bench, "3 uploads");

  remove_files (argv[3]);
  gtk_window_destroy (GTK_WINDOW (window));

  return EXIT_SUCCESS;
}
