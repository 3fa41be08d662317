/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-run-reader-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-folder-private.h"

/* Longer is no path that this system knows. */
#define MAX_UID (64 * 1024)
#define READ_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

/* A folder belongs to the first that claims it. */
const GranaryRunReader *const granary_run_readers[] = {
  &granary_mlflow_files_reader,
  &granary_mlflow_db_reader,
  &granary_ultralytics_reader,
  &granary_paddleocr_reader,
  &granary_paddledetection_reader,
  &granary_autogluon_reader,
  &granary_transformers_reader,
  NULL,
};

/* Auxiliary functions */

static const GranaryRunReader *
find_reader (const char *id,
             gsize       length)
{
  for (guint i = 0; granary_run_readers[i] != NULL; i++)
    {
      const GranaryRunReader *reader = granary_run_readers[i];

      if (strlen (reader->id) == length && memcmp (reader->id, id, length) == 0)
        return reader;
    }

  return NULL;
}

/* Nothing that a reader would have said: no detours, no end missing. */
static gboolean
folder_is_plain (const char *folder)
{
  g_autofree char *canonical = NULL;

  if (!g_path_is_absolute (folder))
    return FALSE;

  canonical = g_canonicalize_filename (folder, "/");
  return g_str_equal (canonical, folder);
}

/* NULL for broken escapes and for a zero byte, which no file name has. */
static char *
unescape (const char *text,
          gsize       length)
{
  g_autoptr (GBytes) bytes = g_uri_unescape_bytes (text, (gssize) length, NULL, NULL);
  const char *data;
  gsize size;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  if (size == 0)
    return g_strdup ("");

  return memchr (data, '\0', size) == NULL ? g_strndup (data, size) : NULL;
}

static gboolean
fail_unreadable (GError     **error,
                 const char  *shown,
                 const char  *why)
{
  granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TASK_UNREADABLE, shown, "%s: %s",
                     shown, why);
  return FALSE;
}

/* @fd: as just opened, with errno. */
static char *
read_opened (int          fd,
             const char  *path,
             gsize        max,
             gsize       *length,
             GError     **error)
{
  int saved_errno = errno;
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;
  struct stat status;
  gsize room;
  gsize got = 0;

  shown = granary_display_path (path);
  if (fd >= 0 && fstat (fd, &status) != 0)
    {
      saved_errno = errno;
      fd = -1;
    }
  if (fd < 0)
    {
      granary_set_error_from_errno (error, saved_errno, shown, "open");
      return NULL;
    }
  if (!S_ISREG (status.st_mode))
    {
      fail_unreadable (error, shown, "not a regular file");
      return NULL;
    }
  if (status.st_size < 0 || (guint64) status.st_size > max)
    {
      fail_unreadable (error, shown, "too large");
      return NULL;
    }

  /* What is appended meanwhile is seen the next time. */
  room = (gsize) status.st_size;
  text = g_malloc (room + 1);
  while (got < room)
    {
      ssize_t n = read (fd, text + got, room - got);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          granary_set_error_from_errno (error, errno, shown, "read");
          return NULL;
        }
      if (n == 0)
        break;
      got += (gsize) n;
    }

  text[got] = '\0';
  if (length != NULL)
    *length = got;
  return g_steal_pointer (&text);
}

/* Functions for readers */

/**
 * granary_run_new:
 * @reader: what reads it
 * @folder: absolute path
 * @key: which of the runs there
 * @mtime: ns since the epoch
 *
 * Returns: (transfer full): the run
 */
GranaryRun *
granary_run_new (const GranaryRunReader *reader,
                 const char             *folder,
                 const char             *key,
                 gint64                  mtime)
{
  GranaryRun *self;

  g_return_val_if_fail (reader != NULL, NULL);
  g_return_val_if_fail (folder != NULL && key != NULL, NULL);

  self = g_new0 (GranaryRun, 1);
  self->reader = reader;
  self->folder = g_strdup (folder);
  self->key = g_strdup (key);
  self->mtime = mtime;

  return self;
}

void
granary_run_free (GranaryRun *self)
{
  if (self == NULL)
    return;

  if (self->free_data != NULL)
    self->free_data (self->data);
  g_free (self->folder);
  g_free (self->key);
  g_free (self);
}

/**
 * granary_run_make_uid:
 * @self: a run
 *
 * Returns: (transfer full): the uid of its task; of ASCII letters, digits and few signs, so that it
 *   can be copied to a command line
 */
char *
granary_run_make_uid (const GranaryRun *self)
{
  g_autofree char *folder = NULL;
  g_autofree char *key = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  folder = g_uri_escape_bytes ((const guint8 *) self->folder, strlen (self->folder), "/");
  key = g_uri_escape_bytes ((const guint8 *) self->key, strlen (self->key), "/");

  return g_strconcat (self->reader->id, ":", folder, "#", key, NULL);
}

/**
 * granary_run_parse_uid:
 * @uid: whatever somebody took for one
 *
 * Returns: (transfer full) (nullable): the run, of which nothing says that it exists; %NULL when
 *   @uid is none of granary_run_make_uid()
 */
GranaryRun *
granary_run_parse_uid (const char *uid)
{
  const GranaryRunReader *reader;
  const char *colon;
  const char *hash;
  g_autofree char *folder = NULL;
  g_autofree char *key = NULL;

  g_return_val_if_fail (uid != NULL, NULL);

  if (strlen (uid) > MAX_UID)
    return NULL;
  colon = strchr (uid, ':');
  hash = colon != NULL ? strchr (colon, '#') : NULL;
  if (hash == NULL)
    return NULL;
  reader = find_reader (uid, (gsize) (colon - uid));
  if (reader == NULL)
    return NULL;

  folder = unescape (colon + 1, hash - colon - 1);
  key = unescape (hash + 1, strlen (hash + 1));
  if (folder == NULL || key == NULL || !folder_is_plain (folder))
    return NULL;

  return granary_run_new (reader, folder, key, 0);
}

/**
 * granary_run_make_task:
 * @self: a run
 *
 * Returns: (transfer full): a task of which only uid, name, tool and location are known, for the
 *   reader to fill
 */
GranaryTask *
granary_run_make_task (const GranaryRun *self)
{
  g_autofree char *uid = NULL;
  g_autofree char *base = NULL;
  g_autofree char *name = NULL;
  GranaryTask *task;

  g_return_val_if_fail (self != NULL, NULL);

  uid = granary_run_make_uid (self);
  base = g_path_get_basename (*self->key != '\0' ? self->key : self->folder);
  name = granary_display_path (base);
  task = granary_task_new (uid, name, self->reader->tool);
  task->location = granary_display_path (self->folder);

  return task;
}

/**
 * granary_run_read_file:
 * @path: a file
 * @max: how many bytes it may have
 * @length: (out) (optional): how many it has
 * @error: return location
 *
 * Reads a file that may be anything, may grow or vanish meanwhile, or be a pipe that never ends.
 *
 * Errors: %GRANARY_REASON_TASK_UNREADABLE for what is no regular file or too large, those of
 * granary_set_error_from_errno() otherwise.
 *
 * Returns: (transfer full) (nullable): its content with a NUL behind it
 */
char *
granary_run_read_file (const char  *path,
                       gsize        max,
                       gsize       *length,
                       GError     **error)
{
  g_autofd int fd = -1;

  g_return_val_if_fail (path != NULL, NULL);

  fd = open (path, READ_FLAGS);
  return read_opened (fd, path, max, length, error);
}

/**
 * granary_run_read_at:
 * @fd: a folder
 * @path: a file beneath it
 * @max: how many bytes it may have
 * @length: (out) (optional): how many it has
 * @error: return location
 *
 * Reads as granary_run_read_file() does, but nothing that is not in the folder.
 *
 * Returns: (transfer full) (nullable): its content with a NUL behind it
 */
char *
granary_run_read_at (int          fd,
                     const char  *path,
                     gsize        max,
                     gsize       *length,
                     GError     **error)
{
  g_autofd int file = -1;

  g_return_val_if_fail (fd >= 0 && path != NULL, NULL);

  file = granary_folder_open_beneath (fd, path, READ_FLAGS);
  return read_opened (file, path, max, length, error);
}
