/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-wire.h"

/* TensorFlow's checkpoints: NAME.index, a sorted table as of LevelDB whose first entry, without a
 * key, is a BundleHeaderProto (tensor_bundle.proto), and NAME.data-00000-of-00001 with the weights.
 */

#define MAX_SHARDS 4096

static const guint8 table_magic[] = { 0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb };

static gboolean
detect_checkpoint (GranaryInspectSubject *subject)
{
  guint8 magic[sizeof table_magic];

  /* An entry with no key, then the header's first field, the number of shards. */
  if (!granary_inspect_starts (subject, 0, "\0\0", 2) ||
      !granary_inspect_starts (subject, 3, "\x08", 1) || subject->size < 48)
    return FALSE;

  return granary_range_reader_read_exact (subject->reader, subject->size - (gint64) sizeof magic,
                                          magic, sizeof magic, subject->cancellable,
                                          &subject->error) &&
         memcmp (magic, table_magic, sizeof magic) == 0;
}

/* BundleHeaderProto: num_shards 1. */
static gboolean
read_checkpoint (GranaryInspectSubject  *subject,
                 GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  GranaryWireField field = { 0 };
  gboolean truncated = FALSE;
  const char *slash = strrchr (subject->name, '/');
  const char *base = slash != NULL ? slash + 1 : subject->name;
  guint64 n_shards = 0;

  granary_inspection_set_format (subject->inspection, "TensorFlow checkpoint");
  granary_inspection_set_framework (subject->inspection, "TensorFlow");

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_HEAD, subject->cancellable);
  granary_cursor_seek (cursor, 3);
  while (granary_wire_next (cursor, 3 + (gint64) subject->head[2], &truncated, &field))
    if (field.number == 1 && field.type == GRANARY_WIRE_VARINT)
      n_shards = field.value;

  if (granary_inspect_is_named (subject, ".index") && n_shards <= MAX_SHARDS)
    for (guint64 i = 0; i < n_shards; i++)
      {
        g_autofree char *shard = g_strdup_printf ("%.*s.data-%05" G_GUINT64_FORMAT "-of-%05"
                                                  G_GUINT64_FORMAT,
                                                  (int) (strlen (base) - strlen (".index")), base,
                                                  i, n_shards);

        granary_inspection_add_file (subject->inspection, shard);
      }

  return granary_inspect_settle (subject, cursor, FALSE, error);
}

const GranaryInspectParser granary_inspect_tf_checkpoint = {
  .rank = 35,
  .detect = detect_checkpoint,
  .read = read_checkpoint,
};
