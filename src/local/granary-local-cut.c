/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-cut-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-local-io.h"
#include "granary-local-verbs-private.h"

/* The second half of a cut: after the commit the sources go. The detail of the operation is
 *
 *   { "sources": [ [path, inode, size, mtime, target or null], … ], "folders": [ path, … ] }
 *
 * with paths escaped as C strings, since they may be of any encoding, and `target` only where the
 * stored file is the source itself. */

static void
add_path (JsonBuilder *builder,
          const char  *path)
{
  g_autofree char *escaped = g_strescape (path, NULL);

  json_builder_add_string_value (builder, escaped);
}

static char *
get_path (JsonNode *node)
{
  const char *escaped = node != NULL && JSON_NODE_HOLDS_VALUE (node)
                        ? json_node_get_string (node) : NULL;

  return escaped != NULL ? g_strcompress (escaped) : NULL;
}

char *
granary_local_cut_describe (GranaryFileSet    *files,
                            GranaryLocalStage *stage)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GPtrArray) folders = granary_file_set_list_folders (files);
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "sources");
  json_builder_begin_array (builder);
  for (guint i = 0; i < granary_file_set_get_n_files (files); i++)
    {
      const GranarySourceFile *file = granary_file_set_get_file (files, i);

      json_builder_begin_array (builder);
      add_path (builder, file->path);
      json_builder_add_int_value (builder, (gint64) file->inode);
      json_builder_add_int_value (builder, file->size);
      json_builder_add_int_value (builder, file->mtime);
      if (granary_local_stage_is_linked (stage, i))
        json_builder_add_string_value (builder, file->target);
      else
        json_builder_add_null_value (builder);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "folders");
  json_builder_begin_array (builder);
  for (guint i = 0; i < folders->len; i++)
    add_path (builder, g_ptr_array_index (folders, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  return granary_json_to_text (root, FALSE);
}

static void
warn_not_removed (GranaryTransfer *transfer,
                  const char      *path,
                  int              error_number)
{
  g_autofree char *shown = granary_display_path (path);
  g_autoptr (GError) warning = NULL;

  if (transfer == NULL)
    return;

  granary_set_error (&warning, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_NOT_REMOVED, shown,
                     "%s stays where it is: %s", shown,
                     error_number != 0 ? g_strerror (error_number) : "it was changed");
  granary_transfer_add_warning (transfer, warning);
}

/* Links go in the first pass: once their targets are gone they cannot be told apart from links
 * that were broken all along. */
static void
remove_source (JsonArray       *source,
               const char      *path,
               gboolean         is_link_pass,
               GHashTable      *parents,
               GranaryTransfer *transfer)
{
  struct stat status;
  gboolean is_link;

  if (lstat (path, &status) != 0)
    {
      if (errno != ENOENT && errno != ENOTDIR)
        warn_not_removed (transfer, path, errno);
      return;
    }
  is_link = S_ISLNK (status.st_mode);
  if (is_link != is_link_pass)
    return;

  /* What was written to since is not what was stored. */
  if ((is_link && stat (path, &status) != 0) ||
      (gint64) status.st_ino != json_array_get_int_element (source, 1) ||
      status.st_size != json_array_get_int_element (source, 2) ||
      granary_local_mtime (&status) != json_array_get_int_element (source, 3))
    {
      warn_not_removed (transfer, path, 0);
      return;
    }
  if (granary_local_io_unlink (AT_FDCWD, path) != 0)
    {
      if (errno != ENOENT)
        warn_not_removed (transfer, path, errno);
      return;
    }
  g_hash_table_add (parents, g_path_get_dirname (path));
}

static gboolean
make_read_only (GranaryLocalStore  *store,
                JsonArray          *source,
                const char         *version,
                GError            **error)
{
  g_autofree char *stored = NULL;

  if (json_array_get_null_element (source, 4))
    return TRUE;

  stored = g_build_filename (version, json_array_get_string_element (source, 4), NULL);
  if (granary_local_io_set_mode (store->root_fd, stored, 0444) != 0 && errno != ENOENT)
    {
      granary_set_error_from_errno (error, errno, stored, "chmod");
      return FALSE;
    }

  return TRUE;
}

static void
remove_folders (JsonArray       *folders,
                GHashTable      *parents,
                GranaryTransfer *transfer)
{
  for (guint i = 0; folders != NULL && i < json_array_get_length (folders); i++)
    {
      g_autofree char *path = get_path (json_array_get_element (folders, i));

      if (path == NULL)
        continue;
      if (granary_local_io_remove_folder (AT_FDCWD, path) == 0)
        {
          g_hash_table_remove (parents, path);
          g_hash_table_add (parents, g_path_get_dirname (path));
        }
      else if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOENT && errno != ENOTDIR)
        {
          warn_not_removed (transfer, path, errno);
        }
    }
}

static void
sync_parents (GHashTable *parents)
{
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, parents);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    {
      g_autofd int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

      /* Failing to, a source may come back after a power loss. Nothing is lost by that. */
      if (fd >= 0)
        granary_local_io_sync_folder (fd);
    }
}

/**
 * granary_local_finish_cut:
 * @store: the repository
 * @detail: of the operation
 * @model_name: name of the model
 * @number: number of the version
 * @transfer: (nullable): takes the warnings
 * @error: return location
 *
 * Removes the sources of a cut that is committed. Those that cannot be removed, or were written to
 * since, stay and become warnings.
 *
 * Returns: whether the stored files are as they should be
 */
gboolean
granary_local_finish_cut (GranaryLocalStore  *store,
                          const char         *detail,
                          const char         *model_name,
                          int                 number,
                          GranaryTransfer    *transfer,
                          GError            **error)
{
  g_autoptr (JsonNode) root = granary_json_parse (detail, -1, GRANARY_LOCAL_CATALOG, error);
  g_autoptr (GHashTable) parents = NULL;
  g_autofree char *version = granary_local_version_path (model_name, number);
  JsonArray *sources;

  if (root == NULL)
    return FALSE;

  parents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sources = granary_json_get_array (root, "sources");
  for (int is_link_pass = 1; is_link_pass >= 0; is_link_pass--)
    {
      for (guint i = 0; sources != NULL && i < json_array_get_length (sources); i++)
        {
          JsonNode *node = json_array_get_element (sources, i);
          JsonArray *source = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
          g_autofree char *path = NULL;

          if (source == NULL || json_array_get_length (source) != 5)
            continue;
          path = get_path (json_array_get_element (source, 0));
          if (path == NULL)
            continue;
          remove_source (source, path, is_link_pass, parents, transfer);
          if (!is_link_pass && !make_read_only (store, source, version, error))
            return FALSE;
        }
    }
  remove_folders (granary_json_get_array (root, "folders"), parents, transfer);
  sync_parents (parents);

  return TRUE;
}
