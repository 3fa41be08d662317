/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect.h"

#include <stdlib.h>
#include <string.h>

#include "granary-error.h"
#include "granary-inspect-private.h"

/* A version may hold thousands of files: those named like models are looked into first, and no
 * more than these. */
#define MAX_OPENED 512
#define MAX_BYTES (256 * 1024 * 1024)

typedef enum
{
  NAMED_LIKE_MODEL,
  NAMED_UNLIKE,
  NAMED_OTHERWISE,
} Likeness;

typedef struct
{
  const char *path;
  const char *target;
  Likeness    likeness;
  guint       depth;
} Candidate;

typedef struct
{
  GranaryInspectOpenFunc open;
  gpointer           open_data;
  GHashTable        *targets; /* (element-type utf8): all of the set */
  GHashTable        *found;   /* target → GranaryInspection */
  GranaryInspection *best;    /* (owned) (nullable) */
  const char        *best_target;
  int                best_rank;
  gint64             best_size;
  GranaryInspection *others;  /* (owned): warnings of the other files */
  gint64             bytes_read;
  gboolean           is_alone;
} Search;

static const char * const model_endings[] = {
  ".onnx", ".safetensors", ".safetensors.index.json", ".pt", ".pth", ".bin", ".ckpt", ".pt2",
  ".gguf", ".h5", ".hdf5", ".keras", ".pb", ".tflite", ".pkl", ".pickle", ".joblib", ".model",
  ".pdmodel", ".pdiparams", ".pdparams", ".pmml", ".ubj", ".cbm", ".engine", ".plan", ".ort",
  ".pte", ".mlmodel", ".weights", ".params", ".nb", ".pdopt", ".circle", ".ms", ".ggml",
  "variables.index", "__model__",
};

static const char * const other_endings[] = {
  ".py", ".pyc", ".md", ".rst", ".html", ".htm", ".css", ".js", ".json", ".jsonl", ".png", ".jpg",
  ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".svg", ".csv", ".tsv", ".parquet", ".arrow",
  ".yaml", ".yml", ".toml", ".ini", ".cfg", ".log", ".sh", ".ipynb", ".c", ".h", ".cc", ".cpp",
  ".so", ".dll", ".exe", ".dylib", ".mp4", ".wav", ".mp3", ".npy", ".npz",
};

static gboolean
ends_with (const char *name,
           const char *ending)
{
  gsize length = strlen (name);
  gsize ending_length = strlen (ending);

  return length >= ending_length &&
         g_ascii_strcasecmp (name + length - ending_length, ending) == 0;
}

/* A text of Paddle's is a model when weights of the same name stand beside it. */
static gboolean
has_paddle_weights (const char *target,
                    GHashTable *targets)
{
  g_autofree char *weights = NULL;

  if (!ends_with (target, ".json"))
    return FALSE;
  weights = g_strdup_printf ("%.*s.pdiparams", (int) (strlen (target) - strlen (".json")), target);

  return ends_with (target, "inference.json") || g_hash_table_contains (targets, weights);
}

/* JSON is mostly no model; programs for tables write some, and people call it so. */
static gboolean
is_json_of_model (const char *target)
{
  static const char * const parts[] = { "model", "booster", "xgb", "catboost" };
  g_autofree char *base = g_path_get_basename (target);
  g_autofree char *lower = g_ascii_strdown (base, -1);

  if (!g_str_has_suffix (lower, ".json"))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (lower, parts[i]) != NULL)
      return TRUE;

  return FALSE;
}

static Likeness
find_likeness (const char *target,
               GHashTable *targets)
{
  if (has_paddle_weights (target, targets))
    return NAMED_LIKE_MODEL;
  for (guint i = 0; i < G_N_ELEMENTS (model_endings); i++)
    if (ends_with (target, model_endings[i]))
      return NAMED_LIKE_MODEL;
  if (is_json_of_model (target))
    return NAMED_UNLIKE;
  for (guint i = 0; i < G_N_ELEMENTS (other_endings); i++)
    if (ends_with (target, other_endings[i]))
      return NAMED_OTHERWISE;

  return NAMED_UNLIKE;
}

static int
compare_candidates (gconstpointer a,
                    gconstpointer b)
{
  const Candidate *left = a;
  const Candidate *right = b;

  if (left->likeness != right->likeness)
    return left->likeness < right->likeness ? -1 : 1;
  if (left->depth != right->depth)
    return left->depth < right->depth ? -1 : 1;

  return strcmp (left->target, right->target);
}

static GArray *
list_candidates (const char * const *paths,
                 const char * const *targets,
                 GHashTable         *all)
{
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (guint i = 0; paths[i] != NULL && targets[i] != NULL; i++)
    {
      Candidate candidate = { paths[i], targets[i], find_likeness (targets[i], all), 0 };

      for (const char *at = strchr (targets[i], '/'); at != NULL; at = strchr (at + 1, '/'))
        candidate.depth++;
      g_array_append_val (candidates, candidate);
    }
  g_array_sort (candidates, compare_candidates);

  return candidates;
}

/* What trainers leave beside the weights is in the same format, and may be larger. */
static int
adjust_rank (int         rank,
             const char *target)
{
  static const char * const beside[] = {
    "optimizer", "scheduler", "training_args", "rng_state", "scaler", "mmproj",
  };
  const char *slash = strrchr (target, '/');
  g_autofree char *base = g_ascii_strdown (slash != NULL ? slash + 1 : target, -1);

  for (guint i = 0; i < G_N_ELEMENTS (beside); i++)
    if (g_str_has_prefix (base, beside[i]))
      return MAX (rank - 50, 1);
  /* Of a model in several files the first one describes it. */
  if (g_str_has_suffix (base, ".gguf") && strstr (base, "-of-") != NULL &&
      strstr (base, "-00001-of-") == NULL)
    return rank - 1;

  return strstr (base, "best") != NULL ? rank + 1 : rank;
}

/* Path of a file that @target refers to by @name; NULL when it leads out of its folder. */
static char *
resolve_companion (const char *target,
                   const char *name)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);
  g_autofree char *folder = g_path_get_dirname (target);
  g_autofree char *joined = NULL;

  if (g_path_is_absolute (name))
    return NULL;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (g_str_equal (parts[i], ".."))
        return NULL;
      if (*parts[i] != '\0' && !g_str_equal (parts[i], "."))
        g_ptr_array_add (kept, parts[i]);
    }
  if (kept->len == 0)
    return NULL;
  g_ptr_array_add (kept, NULL);
  joined = g_strjoinv ("/", (char **) kept->pdata);

  return g_str_equal (folder, ".") ? g_steal_pointer (&joined)
                                   : g_strconcat (folder, "/", joined, NULL);
}

/* NAME-00001-of-00003.safetensors without an index: its neighbours belong to it. */
static void
add_shards (GranaryInspection *inspection,
            const char        *target)
{
  static const char ending[] = ".safetensors";
  const char *slash = strrchr (target, '/');
  const char *base = slash != NULL ? slash + 1 : target;
  gsize length = strlen (base);
  const char *number;
  gint64 count;

  if (length < strlen ("-00001-of-00001.safetensors") || !ends_with (base, ending))
    return;
  number = base + length - strlen ("-00001-of-00001.safetensors");
  if (number[0] != '-' || strncmp (number + 6, "-of-", 4) != 0)
    return;
  for (guint i = 1; i < 15; i++)
    if ((i < 6 || i >= 10) && !g_ascii_isdigit (number[i]))
      return;

  count = g_ascii_strtoll (number + 10, NULL, 10);
  for (gint64 i = 1; i <= MIN (count, 4096); i++)
    {
      g_autofree char *name = g_strdup_printf ("%.*s-%05" G_GINT64_FORMAT "-of-%05" G_GINT64_FORMAT
                                               "%s", (int) (number - base), base, i, count, ending);

      granary_inspection_add_file (inspection, name);
    }
}

/* Companions are named from the model's folder; from here on from the version's. */
static void
resolve_companions (Search            *search,
                    GranaryInspection *inspection,
                    const char        *target)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  if (g_strcmp0 (granary_inspection_get_format (inspection), "safetensors") == 0)
    add_shards (inspection, target);

  for (guint i = 1; i < granary_inspection_get_n_files (inspection); i++)
    g_ptr_array_add (names, g_strdup (granary_inspection_get_file (inspection, i)));
  granary_inspection_clear_files (inspection);
  granary_inspection_add_file (inspection, target);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *resolved = resolve_companion (target, name);

      if (resolved != NULL && g_hash_table_contains (search->targets, resolved))
        granary_inspection_add_file (inspection, resolved);
      else
        granary_inspection_add_warning (inspection, GRANARY_WARNING_EXTERNAL_DATA_MISSING,
                                        resolved != NULL ? resolved : name);
    }
  granary_inspect_add_companions (inspection, target, search->targets);
}

static void
take_result (Search            *search,
             const Candidate   *candidate,
             GranaryInspection *inspection,
             int                rank,
             gint64             size)
{
  const char *content = granary_inspection_find_metadata (inspection, "content");

  if (rank == 0)
    {
      /* A page or a library may well accompany a model: only what is named like one is amiss. */
      if (candidate->likeness != NAMED_LIKE_MODEL && !search->is_alone)
        return;
      granary_inspection_add_warnings_of (search->others, inspection);
      granary_inspection_set_metadata (search->others, "content", content);
      return;
    }

  resolve_companions (search, inspection, candidate->target);
  g_hash_table_insert (search->found, (char *) candidate->target, g_object_ref (inspection));

  rank = adjust_rank (rank, candidate->target);
  if (search->best != NULL &&
      (rank < search->best_rank || (rank == search->best_rank && size <= search->best_size)))
    {
      granary_inspection_add_warnings_of (search->others, inspection);
      return;
    }

  if (search->best != NULL)
    granary_inspection_add_warnings_of (search->others, search->best);
  g_set_object (&search->best, inspection);
  search->best_target = candidate->target;
  search->best_rank = rank;
  search->best_size = size;
}

static gboolean
look_into (Search           *search,
           const Candidate  *candidate,
           GCancellable     *cancellable,
           GError          **error)
{
  g_autoptr (GranaryRangeReader) reader = NULL;
  g_autoptr (GranaryInspection) inspection = NULL;
  g_autoptr (GError) local_error = NULL;
  int rank;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  reader = search->open (candidate->path, search->open_data, &local_error);
  if (reader != NULL)
    inspection = granary_inspect_one (reader, candidate->target, &rank, cancellable, &local_error);
  if (inspection == NULL)
    {
      if (granary_error_is_cancelled (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      g_debug ("%s", local_error->message);
      granary_inspection_add_warning (search->others, GRANARY_WARNING_UNREADABLE,
                                      candidate->target);
      return TRUE;
    }

  search->bytes_read += granary_range_reader_get_bytes_read (reader);
  take_result (search, candidate, inspection, rank, granary_range_reader_get_size (reader));

  return TRUE;
}

/* The weights of a model in several files are those of all of them. */
static void
sum_shards (Search *search)
{
  guint n_files = granary_inspection_get_n_files (search->best);
  gboolean is_index = granary_inspection_get_parameters (search->best) < 0 &&
                      ends_with (search->best_target, ".index.json");

  if (g_strcmp0 (granary_inspection_get_format (search->best), "safetensors") != 0 &&
      g_strcmp0 (granary_inspection_get_format (search->best), "GGUF") != 0)
    return;
  if (granary_inspection_has_warning (search->best, GRANARY_WARNING_EXTERNAL_DATA_MISSING))
    {
      granary_inspection_forget_parameters (search->best);
      return;
    }

  for (guint i = 1; i < n_files; i++)
    {
      const char *target = granary_inspection_get_file (search->best, i);
      GranaryInspection *shard = g_hash_table_lookup (search->found, target);
      gint64 rest;

      if (shard == search->best)
        continue;
      if (shard == NULL || granary_inspection_get_parameters (shard) < 0)
        {
          granary_inspection_forget_parameters (search->best);
          return;
        }
      if (is_index && granary_inspection_get_framework (search->best) == NULL)
        granary_inspection_set_framework (search->best, granary_inspection_get_framework (shard));

      rest = granary_inspection_get_parameters (shard);
      for (guint k = 0; k < granary_inspection_get_n_types (shard); k++)
        {
          gint64 count;
          const char *type = granary_inspection_get_type_name (shard, k, &count);

          granary_inspection_add_parameters (search->best, type, count);
          rest -= count;
        }
      granary_inspection_add_parameters (search->best, NULL, rest);
    }
}

static GranaryRangeReader *
open_file (const char  *path,
           gpointer     user_data,
           GError     **error)
{
  return granary_file_reader_open (path, error);
}

/**
 * granary_inspect_files:
 * @paths: (array zero-terminated=1): where the files are, in the file system's encoding
 * @targets: (array zero-terminated=1): their paths inside the version, as many
 * @cancellable: (nullable): stops it
 * @error: (out) (optional): where to put an error
 *
 * As granary_inspect_files_with(), for files of this computer.
 *
 * Returns: (transfer full): what is known; %NULL when cancelled
 */
GranaryInspection *
granary_inspect_files (const char * const  *paths,
                       const char * const  *targets,
                       GCancellable        *cancellable,
                       GError             **error)
{
  return granary_inspect_files_with (paths, targets, open_file, NULL, cancellable, error);
}

/**
 * granary_inspect_files_with:
 * @paths: (array zero-terminated=1): where the files are, as @open takes them
 * @targets: (array zero-terminated=1): their paths inside the version, as many
 * @open: (scope call): opens one of @paths
 * @open_data: for @open
 * @cancellable: (nullable): stops it
 * @error: (out) (optional): where to put an error
 *
 * Finds the model among the files of a version, by content, and tells what its header says. Files
 * that belong to it but are not there, and what is amiss with the other files that look like
 * models, are warnings. Blocks.
 *
 * Returns: (transfer full): what is known; %NULL when cancelled
 */
GranaryInspection *
granary_inspect_files_with (const char * const      *paths,
                            const char * const      *targets,
                            GranaryInspectOpenFunc   open,
                            gpointer                 open_data,
                            GCancellable            *cancellable,
                            GError                 **error)
{
  g_autoptr (GArray) candidates = NULL;
  g_autoptr (GHashTable) all = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                        g_object_unref);
  g_autoptr (GranaryInspection) others = granary_inspection_new ();
  g_autoptr (GranaryInspection) best = NULL;
  Search search = { .open = open, .open_data = open_data };
  guint n_opened = 0;

  g_return_val_if_fail (paths != NULL && targets != NULL, NULL);
  g_return_val_if_fail (g_strv_length ((GStrv) paths) == g_strv_length ((GStrv) targets), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  for (guint i = 0; targets[i] != NULL; i++)
    g_hash_table_add (all, (char *) targets[i]);
  candidates = list_candidates (paths, targets, all);
  search.targets = all;
  search.found = found;
  search.others = others;
  search.is_alone = candidates->len == 1;

  for (guint i = 0; i < candidates->len; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);

      if (candidate->likeness == NAMED_OTHERWISE && !search.is_alone)
        break;
      if (n_opened++ >= MAX_OPENED || search.bytes_read > MAX_BYTES)
        break;
      if (!look_into (&search, candidate, cancellable, error))
        {
          g_clear_object (&search.best);
          return NULL;
        }
    }

  best = g_steal_pointer (&search.best);
  if (best == NULL)
    return g_steal_pointer (&others);

  search.best = best;
  sum_shards (&search);
  granary_inspection_add_warnings_of (best, others);

  return g_steal_pointer (&best);
}
