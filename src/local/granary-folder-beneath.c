/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-folder-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-io.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)
#define NAME_MAX_BYTES 255

/* The kernel asks to try again when something was renamed on the way. */
#define RACES_MAX 16

/* Auxiliary functions */

/* Where openat2() is missing, or kept from sandboxes: part by part, without any link. */
static int
open_by_parts (int         fd,
               const char *path,
               int         flags)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  g_autofd int at = openat (fd, ".", FOLDER_FLAGS);

  for (guint i = 0; at >= 0 && parts[i] != NULL; i++)
    {
      const gboolean is_last = parts[i + 1] == NULL;
      int next;

      if (g_str_equal (parts[i], ".."))
        {
          errno = EXDEV;
          return -1;
        }
      next = openat (at, parts[i], (is_last ? flags : FOLDER_FLAGS) | O_NOFOLLOW);
      close (at);
      at = next;
    }

  if (at < 0 && errno == ELOOP)
    errno = EXDEV;
  return g_steal_fd (&at);
}

static gboolean
fail_key (GError     **error,
          const char  *key,
          const char  *rule)
{
  g_autofree char *shown = granary_display_path (key);

  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_OBJECT_KEY, shown,
                     "key “%s” %s", shown, rule);
  return FALSE;
}

/* Public functions */

gboolean
granary_folder_is_stage (const char *name)
{
  return g_str_has_prefix (name, GRANARY_FOLDER_STAGE_PREFIX) &&
         g_str_has_suffix (name, GRANARY_FOLDER_STAGE_SUFFIX);
}

/* Always FALSE. */
gboolean
granary_folder_fail (GError                   **error,
                     int                        saved_errno,
                     const GranaryObjectPlace  *place,
                     const char                *action)
{
  g_autofree char *path = *place->key != '\0' ? g_strconcat (place->bucket, "/", place->key, NULL)
                                              : g_strdup (place->bucket);
  g_autofree char *shown = granary_display_path (path);

  if (saved_errno == ENOENT || saved_errno == ENOTDIR)
    granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_OBJECT_MISSING, shown,
                       "%s: %s: %s", action, shown, g_strerror (saved_errno));
  else if (saved_errno == EXDEV)
    granary_set_error (error, GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_SOURCE_LINK_OUTSIDE, shown,
                       "%s: %s leads out of its bucket", action, shown);
  else
    granary_set_error_from_errno (error, saved_errno, shown, action);
  return FALSE;
}

/* What the rule for keys allows and a folder cannot hold. */
gboolean
granary_folder_check_key (const char  *key,
                          GError     **error)
{
  g_auto (GStrv) parts = NULL;

  if (!granary_object_key_check (key, error))
    return FALSE;

  parts = g_strsplit (key, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (*parts[i] == '\0')
        return fail_key (error, key, "has an empty part, which no file can have");
      if (strlen (parts[i]) > NAME_MAX_BYTES)
        return fail_key (error, key, "has a part of more than 255 bytes");
      if (granary_folder_is_stage (parts[i]))
        return fail_key (error, key, "is kept for files that are being written");
    }

  return TRUE;
}

int
granary_folder_open_beneath (int         fd,
                             const char *path,
                             int         flags)
{
  const struct open_how how = {
    .flags = (guint64) (flags | O_CLOEXEC),
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
  };

  for (guint i = 0; i < RACES_MAX; i++)
    {
      long opened = syscall (SYS_openat2, fd, path, &how, sizeof how);

      if (opened >= 0)
        return (int) opened;
      if (errno == ENOSYS || errno == EPERM)
        return open_by_parts (fd, path, flags | O_CLOEXEC);
      if (errno != EAGAIN && errno != EINTR)
        return -1;
    }

  return -1;
}

int
granary_folder_open_bucket (const char  *root,
                            const char  *bucket,
                            GError     **error)
{
  g_autofree char *shown = granary_display_path (bucket);
  g_autofree char *shown_root = granary_display_path (root);
  g_autofd int root_fd = -1;
  int fd;

  /* A hidden folder is none either. */
  if (*bucket == '\0' || *bucket == '.' || strchr (bucket, '/') != NULL)
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_BUCKET_NAME, shown,
                         "“%s” is not the name of a bucket", shown);
      return -1;
    }

  root_fd = open (root, FOLDER_FLAGS);
  if (root_fd < 0)
    {
      granary_set_error_from_errno (error, errno, shown_root, "open");
      return -1;
    }

  fd = granary_folder_open_beneath (root_fd, bucket, FOLDER_FLAGS);
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EXDEV))
    granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_BUCKET_MISSING, shown,
                       "no folder %s in %s", shown, shown_root);
  else if (fd < 0)
    granary_set_error_from_errno (error, errno, shown, "open");
  return fd;
}

int
granary_folder_open_parent (int                        bucket_fd,
                            const GranaryObjectPlace  *place,
                            const char               **name,
                            GError                   **error)
{
  g_autofd int at = openat (bucket_fd, ".", FOLDER_FLAGS);
  const char *part = place->key;
  const char *slash;

  while (at >= 0 && (slash = strchr (part, '/')) != NULL)
    {
      g_autofree char *folder = g_strndup (part, slash - part);
      int next = granary_folder_open_beneath (at, folder, FOLDER_FLAGS);

      if (next < 0 && errno == ENOENT &&
          (granary_local_io_make_folder (at, folder) == 0 || errno == EEXIST))
        next = granary_folder_open_beneath (at, folder, FOLDER_FLAGS);
      close (at);
      at = next;
      part = slash + 1;
    }

  if (at < 0 && errno == ENOTDIR)
    {
      g_autofree char *shown = granary_display_path (place->key);

      /* An object stands where a folder would have to be. */
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_TARGET_EXISTS, shown,
                         "a file is in the way of %s", shown);
      return -1;
    }
  if (at < 0)
    {
      granary_folder_fail (error, errno, place, "make folders");
      return -1;
    }

  *name = part;
  return g_steal_fd (&at);
}

GranaryObject *
granary_folder_make_object (const char        *key,
                            const struct stat *status)
{
  GranaryObject *object = granary_object_new (key);

  object->size = (gint64) status->st_size;
  object->modified = (gint64) status->st_mtim.tv_sec * G_USEC_PER_SEC +
                     status->st_mtim.tv_nsec / 1000;
  /* Changes whenever the content does, as far as a file system tells. */
  object->etag = g_strdup_printf ("%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x%09lx-%"
                                  G_GINT64_MODIFIER "x", (guint64) status->st_size,
                                  (guint64) status->st_mtim.tv_sec,
                                  (gulong) status->st_mtim.tv_nsec, (guint64) status->st_ino);

  return object;
}
