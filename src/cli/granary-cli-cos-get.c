/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-cos.h"

#include "granary-names.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes the folders that @path is in, below @root. A link on the way would lead out of it. */
static gboolean
make_folders (const char  *root,
              const char  *path,
              GError     **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct stat status;

  if (strlen (folder) <= strlen (root))
    {
      if (g_mkdir_with_parents (root, 0777) == 0)
        return TRUE;
      granary_set_error_from_errno (error, errno, root, "make");
      return FALSE;
    }
  if (!make_folders (root, folder, error))
    return FALSE;

  if (g_mkdir (folder, 0777) == 0)
    return TRUE;
  if (errno == EEXIST && lstat (folder, &status) == 0 && S_ISDIR (status.st_mode))
    return TRUE;

  {
    g_autofree char *shown = granary_display_path (folder);

    if (errno == EEXIST)
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_TARGET_EXISTS, shown,
                         "%s is no folder", shown);
    else
      granary_set_error_from_errno (error, errno, shown, "make");
  }
  return FALSE;
}

/* Fetches beside the file that is in the way, and puts it in its place when it is complete. */
static gboolean
replace (GranaryCliCos      *self,
         GranaryCliCosFile  *file,
         GranaryTransfer    *transfer,
         GError            **error)
{
  g_autofree char *folder = g_path_get_dirname (file->path);
  g_autofree char *name = g_path_get_basename (file->path);
  g_autofree char *beside_name = g_strdup_printf (".%s.new", name);
  g_autofree char *beside = g_build_filename (folder, beside_name, NULL);
  g_autoptr (GranaryObject) fetched = NULL;

  /* Of a run that ended between fetching and renaming; it may be of an older object. */
  g_unlink (beside);
  fetched = granary_cos_transfer_download (self->files, file->place, beside, transfer,
                                           granary_transfer_get_cancellable (transfer), error);
  if (fetched == NULL)
    return FALSE;

  if (g_rename (beside, file->path) != 0)
    {
      g_autofree char *shown = granary_display_path (file->path);

      granary_set_error_from_errno (error, errno, shown, "replace");
      return FALSE;
    }

  return TRUE;
}

/* Fetches one object. A file of the same content stays, so that a command that was interrupted goes
 * on when it is given once more. */
static gboolean
get_file (GranaryCliCos      *self,
          GranaryCliCosFile  *file,
          GranaryTransfer    *transfer,
          gboolean           *skipped,
          GError            **error)
{
  GCancellable *cancellable = granary_transfer_get_cancellable (transfer);
  g_autoptr (GranaryObject) fetched = NULL;
  struct stat status;

  if (self->root != NULL && !make_folders (self->root, file->path, error))
    return FALSE;

  if (lstat (file->path, &status) != 0)
    {
      fetched = granary_cos_transfer_download (self->files, file->place, file->path, transfer,
                                               cancellable, error);
      return fetched != NULL;
    }

  if (S_ISREG (status.st_mode) && status.st_size == file->size)
    {
      g_autoptr (GranaryObject) object =
        granary_cos_client_stat (self->client, file->place, cancellable, error);

      if (object == NULL ||
          !granary_cli_cos_is_same (file->path, object, cancellable, skipped, error))
        return FALSE;
      if (*skipped)
        {
          granary_transfer_add_bytes (transfer, file->size);
          return TRUE;
        }
    }
  if (S_ISREG (status.st_mode) && self->replace)
    return replace (self, file, transfer, error);

  {
    g_autofree char *shown = granary_display_path (file->path);

    granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_TARGET_EXISTS, shown,
                       "%s exists", shown);
  }
  return FALSE;
}

static gpointer
stat_object (GranaryCliCos  *self,
             gpointer        data,
             GCancellable   *cancellable,
             GError        **error)
{
  return granary_cos_client_stat (self->client, data, cancellable, error);
}

static gboolean
get_one (GranaryCliCos       *self,
         GranaryObjectPlace  *from,
         const char          *to,
         GError             **error)
{
  g_autoptr (GPtrArray) files =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_cli_cos_file_free);
  g_autoptr (GranaryObject) object = NULL;
  g_autofree char *name = g_path_get_basename (from->key);
  g_autofree char *path = NULL;

  if (g_file_test (to, G_FILE_TEST_IS_DIR))
    {
      if (!granary_path_check (name, error))
        return FALSE;
      path = g_build_filename (to, name, NULL);
    }
  else
    path = g_strdup (to);

  object = granary_cli_cos_call (self, stat_object, from, (GDestroyNotify) granary_object_free,
                                 error);
  if (object == NULL)
    return FALSE;

  g_ptr_array_add (files, granary_cli_cos_file_new (g_steal_pointer (&path),
                                                    granary_object_place_copy (from),
                                                    object->size));
  return granary_cli_cos_move (self, files, GRANARY_TRANSFER_DOWNLOAD, name, get_file, error);
}

/* The path of an object below the folder: what follows the prefix, checked. NULL for the marks of
 * folders, and with an error for what would lead elsewhere or is no path. */
static char *
make_path (GranaryCliCos        *self,
           const GranaryObject  *object,
           const char           *prefix,
           GError              **error)
{
  const char *relative = object->key + strlen (prefix);

  if (object->is_folder || *relative == '\0' || g_str_has_suffix (relative, "/"))
    return NULL;
  if (!granary_path_check (relative, error))
    return NULL;

  return g_build_filename (self->root, relative, NULL);
}

static gboolean
get_all (GranaryCliCos       *self,
         GranaryObjectPlace  *from,
         const char          *to,
         GError             **error)
{
  g_autoptr (GPtrArray) files =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_cli_cos_file_free);
  g_autoptr (GranaryObjectPlace) prefix = granary_object_place_copy (from);
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GError) refused = NULL;
  g_autofree char *root = g_canonicalize_filename (to, NULL);
  g_autofree char *subject = NULL;
  gboolean done;

  if (*prefix->key != '\0' && !g_str_has_suffix (prefix->key, "/"))
    {
      g_free (prefix->key);
      prefix->key = g_strconcat (from->key, "/", NULL);
    }
  objects = granary_cli_cos_list_all (self, prefix, error);
  if (objects == NULL)
    return FALSE;

  self->root = root;
  for (guint i = 0; i < objects->len; i++)
    {
      const GranaryObject *object = g_ptr_array_index (objects, i);
      g_autoptr (GError) problem = NULL;
      char *path = make_path (self, object, prefix->key, &problem);

      if (path != NULL)
        g_ptr_array_add (files,
                         granary_cli_cos_file_new (path,
                                                   granary_object_place_new (prefix->bucket,
                                                                             prefix->region,
                                                                             object->key),
                                                   object->size));
      else if (problem != NULL)
        {
          g_autofree char *text = granary_wording_for_problem (problem);

          granary_cli_note (self->cli, text);
          if (refused == NULL)
            refused = g_steal_pointer (&problem);
        }
    }

  if (files->len == 0 && refused == NULL)
    {
      g_autofree char *address = granary_object_place_to_address (prefix);
      g_autofree char *shown = granary_display_path (address);

      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_OBJECT_MISSING, shown,
                         "nothing below %s", shown);
      return FALSE;
    }

  subject = granary_object_place_to_address (from);
  done = granary_cli_cos_move (self, files, GRANARY_TRANSFER_DOWNLOAD, subject, get_file, error);
  self->root = NULL;
  if (done && refused != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&refused));
      return FALSE;
    }

  return done;
}

/*
 * granary_cli_cos_get:
 *
 * `cos get cos://BUCKET/KEY [FILE|FOLDER] [--replace]`, `cos get -R cos://BUCKET/PREFIX/ [FOLDER]`
 */
gboolean
granary_cli_cos_get (GranaryCliCos  *self,
                     char          **operands,
                     GError        **error)
{
  g_autofree char *shown = granary_display_path (operands[0]);
  g_autofree char *to = NULL;
  g_autoptr (GranaryObjectPlace) from = NULL;

  granary_cli_begin (self->cli, GRANARY_VERB_DOWNLOAD, shown);
  if (!granary_cli_cos_parse (operands[0], &from, error))
    return FALSE;
  if (self->yes || self->limit > 0 || self->marker != NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("“cos get” takes no other options than --recursive and --replace."));
      return FALSE;
    }
  if (!self->recursive && (*from->key == '\0' || g_str_has_suffix (from->key, "/")))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%s” is a folder: --recursive fetches all that is in it."), shown);
      return FALSE;
    }
  if (!granary_cli_cos_open (self, error))
    return FALSE;

  granary_cli_begin (self->cli, GRANARY_VERB_DOWNLOAD, shown);
  to = g_canonicalize_filename (operands[1] != NULL ? operands[1] : ".", NULL);
  return self->recursive ? get_all (self, from, to, error) : get_one (self, from, to, error);
}
