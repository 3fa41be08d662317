/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

/* Files of a version that belong to a model when they are there, without being missed otherwise,
 * and those of which only the set of files tells the names. */

#define MAX_COMPANIONS 4096

static int
compare_paths (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/* All files whose path begins with @start, in order; how many there are. */
static guint
add_beginning_with (GranaryInspection *inspection,
                    GHashTable        *targets,
                    const char        *start)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, targets);
  while (g_hash_table_iter_next (&iter, &path, NULL) && found->len < MAX_COMPANIONS)
    if (g_str_has_prefix (path, start))
      g_ptr_array_add (found, path);

  g_ptr_array_sort (found, compare_paths);
  for (guint i = 0; i < found->len; i++)
    granary_inspection_add_file (inspection, g_ptr_array_index (found, i));

  return found->len;
}

static void
add_if_there (GranaryInspection *inspection,
              GHashTable        *targets,
              const char        *folder,
              const char        *name)
{
  g_autofree char *path = g_strconcat (folder, name, NULL);

  if (g_hash_table_contains (targets, path))
    granary_inspection_add_file (inspection, path);
}

/* Weights are spread over any number of files, whose names tell how many. */
static void
add_saved_model (GranaryInspection *inspection,
                 GHashTable        *targets,
                 const char        *folder)
{
  static const char * const beside[] = {
    "fingerprint.pb", "keras_metadata.pb", "saved_model.pbtxt",
  };
  g_autofree char *index = g_strconcat (folder, "variables/variables.index", NULL);
  g_autofree char *weights = g_strconcat (folder, "variables/variables.data-", NULL);
  g_autofree char *assets = g_strconcat (folder, "assets", NULL);

  if (add_beginning_with (inspection, targets, weights) == 0 &&
      g_hash_table_contains (targets, index))
    {
      g_autofree char *missing = g_strconcat (weights, "00000-of-00001", NULL);

      granary_inspection_add_warning (inspection, GRANARY_WARNING_EXTERNAL_DATA_MISSING, missing);
    }
  for (guint i = 0; i < G_N_ELEMENTS (beside); i++)
    add_if_there (inspection, targets, folder, beside[i]);
  add_beginning_with (inspection, targets, assets);
}

static void
add_paddle (GranaryInspection *inspection,
            GHashTable        *targets,
            const char        *target,
            const char        *folder)
{
  static const char * const beside[] = { "inference.yml", "__params__" };
  const char *dot = strrchr (target + strlen (folder), '.');

  if (dot != NULL)
    {
      g_autofree char *info = g_strdup_printf ("%.*s.pdiparams.info", (int) (dot - target), target);

      add_if_there (inspection, targets, "", info);
    }
  for (guint i = 0; i < G_N_ELEMENTS (beside); i++)
    add_if_there (inspection, targets, folder, beside[i]);
}

/**
 * granary_inspect_add_companions:
 * @inspection: what is known of a model
 * @target: its path inside the version
 * @targets: (element-type utf8): paths of all files of the version
 *
 * Adds the files that belong to the model by their place and name alone.
 */
void
granary_inspect_add_companions (GranaryInspection *inspection,
                                const char        *target,
                                GHashTable        *targets)
{
  const char *format = granary_inspection_get_format (inspection);
  const char *slash = strrchr (target, '/');
  g_autofree char *folder = g_strndup (target, slash != NULL ? (gsize) (slash + 1 - target) : 0);

  if (g_strcmp0 (format, "SavedModel") == 0)
    add_saved_model (inspection, targets, folder);
  else if (g_strcmp0 (format, "Paddle") == 0 &&
           granary_inspection_find_metadata (inspection, "content") == NULL)
    add_paddle (inspection, targets, target, folder);
}
