/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

/* HDF5, identified only. Its signature is at 0 or, behind a block of the user's, at 512, 1024,
 * 2048, … (HDF5 File Format Specification, "Disk Format: Level 0A"). */

#define MAX_USER_BLOCK (16 * 1024 * 1024)

static const char signature[] = "\x89HDF\r\n\x1a\n";

static gboolean
is_named_hdf5 (GranaryInspectSubject *subject)
{
  return granary_inspect_is_named (subject, ".h5") || granary_inspect_is_named (subject, ".hdf5");
}

static gboolean
detect_hdf5 (GranaryInspectSubject *subject)
{
  gint64 at;

  for (at = 0; at < (gint64) subject->head_length; at = at == 0 ? 512 : at * 2)
    if (granary_inspect_starts (subject, (gsize) at, signature, strlen (signature)))
      return TRUE;

  /* Looking further costs a read each time: only for what says that it is. */
  if (!is_named_hdf5 (subject))
    return FALSE;
  for (; at <= MAX_USER_BLOCK && at <= subject->size - (gint64) strlen (signature); at *= 2)
    {
      char bytes[sizeof signature - 1];

      if (!granary_range_reader_read_exact (subject->reader, at, bytes, sizeof bytes,
                                            subject->cancellable, &subject->error))
        return FALSE;
      if (memcmp (bytes, signature, sizeof bytes) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
read_hdf5 (GranaryInspectSubject  *subject,
           GError                **error)
{
  granary_inspection_set_format (subject->inspection, "HDF5");
  if (granary_inspect_is_named (subject, ".h5") || granary_inspect_is_named (subject, ".keras"))
    granary_inspection_set_framework (subject->inspection, "Keras");

  return TRUE;
}

const GranaryInspectParser granary_inspect_hdf5 = {
  .rank = 60,
  .detect = detect_hdf5,
  .read = read_hdf5,
};
