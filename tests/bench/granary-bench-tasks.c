/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Lists the runs of a folder as the reader of it does: all found, the newest 50 read, then all.
 *
 *   granary-bench-tasks FOLDER
 *
 * Prints a JSON object: seconds until all are found, to the first 50 rows and to all, how many there
 * are, and the peak of the process' memory in MiB. */

#include "config.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "granary-run-reader-private.h"

#define FIRST 50

static int
compare_runs (gconstpointer a,
              gconstpointer b)
{
  const GranaryRun *first = *(const GranaryRun *const *) a;
  const GranaryRun *second = *(const GranaryRun *const *) b;

  return (first->mtime < second->mtime) - (first->mtime > second->mtime);
}

static const GranaryRunReader *
find_reader (const char *folder)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_hash_table_add (names, g_strdup (name));
  for (guint i = 0; granary_run_readers[i] != NULL; i++)
    {
      if (granary_run_readers[i]->claims (folder, names))
        return granary_run_readers[i];
    }

  g_printerr ("granary-bench-tasks: no runs in %s\n", folder);
  exit (1);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_run_free);
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (
    (GDestroyNotify) granary_task_unref);
  gint64 begin = g_get_monotonic_time ();
  gint64 first = begin;
  gint64 listed;
  struct rusage usage;

  if (argc != 2)
    {
      g_printerr ("usage: granary-bench-tasks FOLDER\n");
      return 2;
    }
  if (!find_reader (argv[1])->list (argv[1], runs, NULL, NULL))
    return 1;
  listed = g_get_monotonic_time ();
  g_ptr_array_sort (runs, compare_runs);

  for (guint i = 0; i < runs->len; i++)
    {
      const GranaryRun *run = g_ptr_array_index (runs, i);
      GranaryTask *task = run->reader->read (run, NULL, NULL);

      if (task != NULL)
        g_ptr_array_add (tasks, task);
      if (tasks->len == FIRST)
        first = g_get_monotonic_time ();
    }

  getrusage (RUSAGE_SELF, &usage);
  g_print ("{\"listed\": %.6f, \"first\": %.6f, \"all\": %.6f, \"rows\": %u, \"memory\": %.1f}\n",
           (double) (listed - begin) / G_USEC_PER_SEC, (double) (first - begin) / G_USEC_PER_SEC,
           (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC, tasks->len,
           (double) usage.ru_maxrss / 1024);
  return 0;
}
