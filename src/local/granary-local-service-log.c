/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-service-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-serviced-protocol.h"

/* The log of a service is two files: granary-serviced renames the one it writes, once that is large
 * enough, over the older one, and begins another. A position is which file it was and how far into
 * it, so that it stays what it is after that. */

#define TAIL_SIZE (64 * 1024)
/* What is left out of it so that it begins with a line. */
#define LEFT_OUT_MAX (16 * 1024)
/* A file may grow beyond what it should, where something else writes it. */
#define PIECE_MAX (4 * (gsize) GRANARY_SERVICED_LOG_MAX)
#define RACES_MAX 16

typedef struct
{
  int     fd;
  gint64  size;
  guint32 tag; /* tells one file from another, never 0; 0 when there is no file */
} Part;

static void
part_clear (Part *self)
{
  if (self->fd >= 0)
    close (self->fd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Part, part_clear)

/* Auxiliary functions */

/* The number of a file that is gone is given to another one, which was made at another time. */
static guint32
make_tag (const struct statx *status)
{
  guint64 hash = 14695981039346656037u;
  const guint64 facts[] = {
    status->stx_ino,
    status->stx_mask & STATX_BTIME ? (guint64) status->stx_btime.tv_sec : 0,
    status->stx_mask & STATX_BTIME ? (guint64) status->stx_btime.tv_nsec : 0,
  };

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    for (guint bit = 0; bit < 64; bit += 8)
      hash = (hash ^ ((facts[i] >> bit) & 0xff)) * 1099511628211u;

  return (guint32) ((hash ^ (hash >> 31)) & 0x3fffffff) + 1;
}

/* A part that is not there is none; links are not followed, and nothing but files is waited for. */
static gboolean
open_part (Part        *self,
           const char  *folder,
           const char  *name,
           GError     **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *shown = granary_display_path (path);
  struct statx status;

  self->tag = 0;
  self->size = 0;
  self->fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (self->fd < 0)
    {
      if (errno == ENOENT || errno == ELOOP)
        return TRUE;
      granary_set_error_from_errno (error, errno, shown, "open");
      return FALSE;
    }

  if (statx (self->fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &status) != 0)
    {
      granary_set_error_from_errno (error, errno, shown, "statx");
      return FALSE;
    }
  if (S_ISREG (status.stx_mode))
    {
      self->tag = make_tag (&status);
      self->size = (gint64) status.stx_size;
    }

  return TRUE;
}

/* Both as they were at one moment. */
static gboolean
open_parts (Part        *newer,
            Part        *older,
            const char  *folder,
            GError     **error)
{
  for (guint i = 0; i < RACES_MAX; i++)
    {
      if (!open_part (newer, folder, GRANARY_SERVICED_LOG, error) ||
          !open_part (older, folder, GRANARY_SERVICED_OLD_LOG, error))
        return FALSE;
      if (newer->tag == 0 || newer->tag != older->tag)
        return TRUE;

      /* It was renamed in between. */
      part_clear (newer);
      part_clear (older);
      newer->fd = -1;
      older->fd = -1;
    }

  newer->tag = 0;
  older->tag = 0;
  return TRUE;
}

static void
append (GString    *text,
        const Part *part,
        gint64      from)
{
  while (part->tag != 0 && from < part->size && text->len < PIECE_MAX)
    {
      char buffer[65536];
      gssize n = pread (part->fd, buffer, MIN ((gint64) sizeof buffer, part->size - from), from);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return;
      g_string_append_len (text, buffer, n);
      from += n;
    }
}

/* How many bytes at the end are the beginning of a character whose rest is still to come. */
static gsize
count_unfinished (const GString *text)
{
  for (gsize n = 1; n <= 3 && n <= text->len; n++)
    {
      guchar byte = (guchar) text->str[text->len - n];
      gsize length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;

      if ((byte & 0xc0) != 0x80)
        return length > n ? n : 0;
    }

  return 0;
}

/* About the last TAIL_SIZE bytes, from the beginning of a line on; where that is too far away there
 * may be no other line, and it is that of a character. */
static void
append_tail (GString    *text,
             const Part *older,
             const Part *newer)
{
  gint64 begin = MAX (newer->size - TAIL_SIZE, 0);
  gint64 older_begin = MAX (older->size - MAX (TAIL_SIZE - newer->size, 0), 0);
  const char *line;
  gsize n_cut = 0;

  append (text, older, older_begin);
  append (text, newer, begin);
  if (begin == 0 && older_begin == 0)
    return;

  line = memchr (text->str, '\n', MIN (text->len, LEFT_OUT_MAX));
  if (line != NULL)
    n_cut = (gsize) (line + 1 - text->str);
  else
    while (n_cut < 3 && n_cut < text->len && ((guchar) text->str[n_cut] & 0xc0) == 0x80)
      n_cut++;
  g_string_erase (text, 0, (gssize) n_cut);
}

/* Public functions */

GranaryServiceLog *
granary_local_service_read_log (GranaryLocalStore  *store,
                                const char         *uid,
                                gint64              from,
                                GError            **error)
{
  g_autoptr (GranaryService) service = granary_local_service_load (store, uid, error);
  g_autoptr (GranaryServiceLog) log = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *folder = NULL;
  g_auto (Part) newer = { -1, 0, 0 };
  g_auto (Part) older = { -1, 0, 0 };
  const guint32 tag = from > 0 ? (guint32) (from >> 32) : 0;
  const gint64 offset = from > 0 ? from & 0xffffffff : 0;
  gint64 end;

  if (service == NULL)
    return NULL;
  folder = granary_serviced_dup_path (store->root, uid, NULL);
  if (!open_parts (&newer, &older, folder, error))
    return NULL;

  log = g_new0 (GranaryServiceLog, 1);
  if (from == GRANARY_SERVICE_LOG_TAIL)
    append_tail (text, &older, &newer);
  else if (tag != 0 && tag == newer.tag && offset <= newer.size)
    append (text, &newer, offset);
  else
    {
      gboolean goes_on = tag != 0 && tag == older.tag && offset <= older.size;

      append (text, &older, goes_on ? offset : 0);
      append (text, &newer, 0);
      log->is_new = tag != 0 && !goes_on;
    }

  end = newer.size;
  if (newer.tag != 0)
    {
      gsize unfinished = MIN (count_unfinished (text), (gsize) end);

      g_string_truncate (text, text->len - unfinished);
      end -= (gint64) unfinished;
      log->next = ((gint64) newer.tag << 32) | end;
    }
  else if (older.tag != 0)
    log->next = ((gint64) older.tag << 32) | older.size;
  else
    log->next = GRANARY_SERVICE_LOG_BEGIN;
  log->text = g_utf8_make_valid (text->str, (gssize) text->len);

  return g_steal_pointer (&log);
}
