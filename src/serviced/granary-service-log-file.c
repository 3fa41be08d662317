/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-log-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-serviced-protocol.h"

/* What is longer is more than one line. */
#define MAX_LINE 8192

/* What stands where the secret stood. */
#define LEFT_OUT "[token]"

struct _GranaryServiceLogFile
{
  char    *path;
  char    *old_path;
  char    *secret;  /* (nullable) */
  GString *begun;   /* line without its end */
  char    *last;    /* (nullable) */
  int      fd;      /* -1 when it is not open */
  gint64   size;    /* of the file that is open */
  guint64  n_lost;  /* lines since the last one that was written */
  int      problem; /* errno of the last of them */
  gboolean is_returned; /* whether a CR ended the last line */
};

/* Auxiliary functions */

static gboolean
open_file (GranaryServiceLogFile *self)
{
  struct stat status;

  self->fd = open (self->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd < 0)
    return FALSE;
  if (fstat (self->fd, &status) != 0)
    {
      int saved_errno = errno;

      g_clear_fd (&self->fd, NULL);
      errno = saved_errno;
      return FALSE;
    }
  self->size = status.st_size;

  return TRUE;
}

/* Whole, or not at all: a line is not begun for which there is no room. */
static gboolean
write_all (GranaryServiceLogFile *self,
           const char            *text,
           gsize                  length)
{
  gsize done = 0;

  if (self->fd >= 0 && self->size + (gint64) length > GRANARY_SERVICED_LOG_MAX && self->size > 0)
    {
      g_clear_fd (&self->fd, NULL);
      if (g_rename (self->path, self->old_path) != 0)
        return FALSE;
    }
  if (self->fd < 0 && !open_file (self))
    return FALSE;

  while (done < length)
    {
      gssize written = write (self->fd, text + done, length - done);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        {
          int saved_errno = written == 0 ? ENOSPC : errno;

          if (done > 0 && ftruncate (self->fd, self->size) != 0)
            g_debug ("log is left with a part of a line: %s", g_strerror (errno));
          errno = saved_errno;
          return FALSE;
        }
      done += (gsize) written;
    }
  self->size += (gint64) length;

  return TRUE;
}

/* With the note before it when lines are missing: alone, it might take the last of the room. */
static void
write_line (GranaryServiceLogFile *self,
            const char            *line)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->n_lost > 0)
    g_string_append_printf (text, "granary: %" G_GUINT64_FORMAT " lines are missing here: %s\n",
                            self->n_lost, g_strerror (self->problem));
  g_string_append_printf (text, "%s\n", line);

  if (write_all (self, text->str, text->len))
    self->n_lost = 0;
  else
    {
      self->problem = errno;
      self->n_lost++;
    }
}

/* Tabs are kept; other control characters would do something to a terminal. */
static char *
make_printable (const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, "\t", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *shown = granary_display_path (parts[i]);

      g_free (parts[i]);
      parts[i] = shown;
    }

  return g_strjoinv ("\t", parts);
}

static void
take_line (GranaryServiceLogFile *self,
           const char            *line)
{
  g_autofree char *shown = make_printable (line);

  if (*shown != '\0')
    g_set_str (&self->last, shown);
  write_line (self, shown);
}

/* The first @length bytes of what was begun. NULs are shown as what they are not: the end. */
static void
end_line (GranaryServiceLogFile *self,
          gsize                  length)
{
  g_autoptr (GString) line = g_string_new_len (self->begun->str, (gssize) length);

  for (gsize i = 0; i < line->len; i++)
    if (line->str[i] == '\0')
      line->str[i] = '\1';
  if (self->secret != NULL)
    g_string_replace (line, self->secret, LEFT_OUT, 0);
  take_line (self, line->str);
  g_string_erase (self->begun, 0, (gssize) length);
}

/* Where a line that is too long is cut: not through the secret, nor through a character. */
static gsize
find_cut (GranaryServiceLogFile *self)
{
  gsize cut = MAX_LINE;
  gsize length = self->secret != NULL ? strlen (self->secret) : 0;

  for (gsize at = length > 0 ? MAX_LINE - length + 1 : MAX_LINE; at < MAX_LINE; at++)
    if (at + length <= self->begun->len &&
        memcmp (self->begun->str + at, self->secret, length) == 0)
      {
        cut = at;
        break;
      }
  for (guint i = 0; i < 4 && cut > 4 && ((guchar) self->begun->str[cut] & 0xc0) == 0x80; i++)
    cut--;

  return cut;
}

/* Public functions */

GranaryServiceLogFile *
granary_service_log_file_new (const char *folder,
                              const char *secret)
{
  GranaryServiceLogFile *self;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_new0 (GranaryServiceLogFile, 1);
  self->path = g_build_filename (folder, GRANARY_SERVICED_LOG, NULL);
  self->old_path = g_build_filename (folder, GRANARY_SERVICED_OLD_LOG, NULL);
  self->secret = secret != NULL && *secret != '\0' ? g_strdup (secret) : NULL;
  self->begun = g_string_new (NULL);
  self->fd = -1;

  return self;
}

void
granary_service_log_file_free (GranaryServiceLogFile *self)
{
  if (self == NULL)
    return;

  g_clear_fd (&self->fd, NULL);
  g_string_free (self->begun, TRUE);
  g_free (self->path);
  g_free (self->old_path);
  g_free (self->secret);
  g_free (self->last);
  g_free (self);
}

void
granary_service_log_file_take (GranaryServiceLogFile *self,
                               const char            *data,
                               gsize                  length)
{
  gsize room;

  g_return_if_fail (self != NULL);
  g_return_if_fail (data != NULL || length == 0);

  room = MAX_LINE + (self->secret != NULL ? strlen (self->secret) : 0);
  for (gsize i = 0; i < length; i++)
    {
      /* Bars of progress go back to the start of their line. */
      if (data[i] == '\n' || data[i] == '\r')
        {
          if (self->begun->len > 0 || (data[i] == '\n' && !self->is_returned))
            end_line (self, self->begun->len);
          self->is_returned = data[i] == '\r';
          continue;
        }
      self->is_returned = FALSE;
      g_string_append_c (self->begun, data[i]);
      if (self->begun->len >= room)
        end_line (self, find_cut (self));
    }
}

void
granary_service_log_file_flush (GranaryServiceLogFile *self)
{
  g_return_if_fail (self != NULL);

  if (self->begun->len > 0)
    end_line (self, self->begun->len);
}

void
granary_service_log_file_note (GranaryServiceLogFile *self,
                               const char            *format,
                               ...)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format_iso8601 (now);
  g_autofree char *text = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *line = NULL;
  va_list arguments;

  g_return_if_fail (self != NULL);

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  /* A line that was begun is written when it is whole, after this one. */
  shown = make_printable (text);
  line = g_strdup_printf ("granary: %s %s", time, shown);
  write_line (self, line);
}

const char *
granary_service_log_file_get_last (GranaryServiceLogFile *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->last;
}

char *
granary_service_printable (const char *text,
                           gsize       max)
{
  g_autofree char *shown = NULL;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);

  shown = granary_display_path (text);
  length = strlen (shown);
  if (length > max)
    {
      length = max;
      while (length > 0 && ((guchar) shown[length] & 0xc0) == 0x80)
        length--;
      shown[length] = '\0';
    }

  return g_steal_pointer (&shown);
}
