/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One write to the catalogue (the tags of a model) against raw SQLite: the statements that the write
 * runs are recorded once and run again, with other values, through a bare connection of the same
 * durability. Runs in turn; prints the line build-aux/bench reads. */

#define G_LOG_DOMAIN "granary-bench"

#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "granary-catalog-writer.h"

#define N_ROUNDS 9
#define N_WRITES 50

static GPtrArray *recording; /* (nullable) (element-type utf8): from a BEGIN to its COMMIT */
static gpointer recorded;    /* (nullable): the connection that began it */

static int
trace_cb (unsigned  event,
          void     *data,
          void     *statement,
          void     *text)
{
  if (recording == NULL)
    return 0;
  if (recorded == NULL && g_str_has_prefix (text, "BEGIN"))
    recorded = data;

  /* Comments tell of triggers, which the outer statement runs by itself; readers poll. */
  if (recorded == data && data != NULL && !g_str_has_prefix (text, "--"))
    {
      char *expanded = sqlite3_expanded_sql (statement);

      g_ptr_array_add (recording, g_strdup (expanded));
      sqlite3_free (expanded);
    }

  return 0;
}

static int
follow_connection (sqlite3                            *database,
                   char                              **message,
                   const struct sqlite3_api_routines  *api)
{
  return sqlite3_trace_v2 (database, SQLITE_TRACE_STMT, trace_cb, database);
}

typedef struct
{
  gint64 model_id;
  int    number;
} Write;

static gboolean
add_model (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();
  Write *write = data;

  write->model_id = granary_writer_add_model (writer, "0f0e0d0c", "model", "", tags, error);

  return write->model_id > 0;
}

static gboolean
set_tags (GranaryWriter  *writer,
          gpointer        data,
          GError        **error)
{
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();
  const Write *write = data;
  g_autofree char *value = g_strdup_printf ("value-%08d", write->number);

  return granary_tag_set_put (tags, "stage", value, error)
         && granary_writer_set_tags (writer, write->model_id, tags, error);
}

static double
write_ours (GranaryCatalog *catalog,
            Write          *write)
{
  gint64 begin = g_get_monotonic_time ();

  for (int i = 0; i < N_WRITES; i++)
    {
      g_autoptr (GError) error = NULL;

      write->number++;
      if (!granary_catalog_write (catalog, set_tags, write, &error))
        g_error ("%s", error->message);
    }

  return (g_get_monotonic_time () - begin) / (double) G_USEC_PER_SEC / N_WRITES;
}

static double
write_raw (sqlite3   *database,
           GPtrArray *statements,
           Write     *write)
{
  gint64 taken = 0;

  for (int i = 0; i < N_WRITES; i++)
    {
      g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
      g_autofree char *value = NULL;
      gint64 begin;

      write->number++;
      value = g_strdup_printf ("value-%08d", write->number);
      for (guint j = 0; j < statements->len; j++)
        {
          g_autoptr (GString) text = g_string_new (g_ptr_array_index (statements, j));

          g_string_replace (text, "value-00000001", value, 0);
          g_ptr_array_add (texts, g_string_free (g_steal_pointer (&text), FALSE));
        }

      begin = g_get_monotonic_time ();
      for (guint j = 0; j < texts->len; j++)
        {
          char *message = NULL;

          if (sqlite3_exec (database, g_ptr_array_index (texts, j), NULL, NULL, &message)
              != SQLITE_OK)
            g_error ("%s: %s", (char *) g_ptr_array_index (texts, j), message);
        }
      taken += g_get_monotonic_time () - begin;
    }

  return taken / (double) G_USEC_PER_SEC / N_WRITES;
}

static int
compare_seconds (gconstpointer a,
                 gconstpointer b)
{
  const double *first = a;
  const double *second = b;

  return (*first > *second) - (*first < *second);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("granary-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "catalog.db", NULL);
  g_autoptr (GPtrArray) statements = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryCatalog) catalog = NULL;
  double ours[N_ROUNDS];
  double raw[N_ROUNDS];
  Write write = { 0 };
  sqlite3 *database = NULL;

  sqlite3_auto_extension ((void (*) (void)) follow_connection);
  catalog = granary_catalog_open (path, GRANARY_CATALOG_NONE, NULL, &error);
  if (catalog == NULL || !granary_catalog_write (catalog, add_model, &write, &error))
    g_error ("%s", error->message);

  recording = statements;
  write.number = 1;
  if (!granary_catalog_write (catalog, set_tags, &write, &error))
    g_error ("%s", error->message);
  recording = NULL;

  if (sqlite3_open (path, &database) != SQLITE_OK
      || sqlite3_exec (database, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", NULL, NULL,
                       NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (database));
  sqlite3_busy_timeout (database, 5000);

  for (int round = -1; round < N_ROUNDS; round++)
    {
      double taken = write_ours (catalog, &write);
      double bare = write_raw (database, statements, &write);

      /* The first round warms up. */
      if (round >= 0)
        {
          ours[round] = taken;
          raw[round] = bare;
        }
    }

  qsort (ours, N_ROUNDS, sizeof *ours, compare_seconds);
  qsort (raw, N_ROUNDS, sizeof *raw, compare_seconds);
  g_print ("{\"work\": \"one write: the tags of a model\", \"seconds\": %.9f, \"yardstick\": "
           "\"the same %u statements in raw SQLite\", \"yardstick_seconds\": %.9f, "
           "\"budget\": 1.5, \"others\": {}}\n",
           ours[N_ROUNDS / 2], statements->len, raw[N_ROUNDS / 2]);

  sqlite3_close (database);
  g_clear_object (&catalog);
  for (int i = 0; i < 3; i++)
    {
      const char *suffixes[] = { "", "-wal", "-shm" };
      g_autofree char *left = g_strconcat (path, suffixes[i], NULL);

      g_remove (left);
    }
  g_rmdir (folder);

  return 0;
}
