/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-call-part.h"

#include <string.h>

#include "granary-error.h"

/* More values are not sent just to try a service. */
#define MAX_ZEROS (4 * 1024 * 1024)

#define MAX_NAME_CHARS 60

typedef struct
{
  const char *type;
  gsize       offset;
  const char *magic;
  gsize       length;
} ImageMagic;

static const ImageMagic magics[] = {
  { "image/png", 0, "\x89PNG\r\n\x1a\n", 8 },
  { "image/jpeg", 0, "\xff\xd8\xff", 3 },
  { "image/gif", 0, "GIF87a", 6 },
  { "image/gif", 0, "GIF89a", 6 },
  { "image/webp", 8, "WEBP", 4 },
  { "image/bmp", 0, "BM", 2 },
  { "image/tiff", 0, "II*\0", 4 },
  { "image/tiff", 0, "MM\0*", 4 },
  { "image/avif", 4, "ftypavif", 8 },
  { "image/heic", 4, "ftypheic", 8 },
  { "image/heic", 4, "ftypmif1", 8 },
};

/* Two letters are little proof: a bitmap states its size and where its pixels begin. */
static gboolean
is_bitmap (const guint8 *data,
           gsize         length)
{
  guint32 header;

  if (length < 26)
    return FALSE;
  header = (guint32) data[14] | (guint32) data[15] << 8 | (guint32) data[16] << 16 |
           (guint32) data[17] << 24;

  return header == 12 || (header >= 40 && header <= 124);
}

/**
 * granary_call_image_type:
 * @data: the beginning of a file
 * @length: its bytes
 *
 * Returns: (nullable): the media type, if it is that of an image
 */
const char *
granary_call_image_type (const void *data,
                         gsize       length)
{
  const guint8 *bytes = data;

  for (guint i = 0; i < G_N_ELEMENTS (magics); i++)
    {
      const ImageMagic *magic = &magics[i];

      if (length < magic->offset + magic->length ||
          memcmp (bytes + magic->offset, magic->magic, magic->length) != 0)
        continue;
      if (g_str_equal (magic->type, "image/webp") && memcmp (bytes, "RIFF", 4) != 0)
        continue;
      if (g_str_equal (magic->type, "image/bmp") && !is_bitmap (bytes, length))
        continue;
      return magic->type;
    }

  return NULL;
}

/**
 * granary_call_image_check:
 * @bytes: content of a file
 *
 * Returns: whether it can be sent as an image
 */
GranaryCallImageProblem
granary_call_image_check (GBytes *bytes)
{
  gsize length;
  const void *data;

  g_return_val_if_fail (bytes != NULL, GRANARY_CALL_IMAGE_EMPTY);

  data = g_bytes_get_data (bytes, &length);
  if (length == 0)
    return GRANARY_CALL_IMAGE_EMPTY;
  if (granary_call_image_type (data, length) == NULL)
    return GRANARY_CALL_IMAGE_OTHER;

  return length > GRANARY_CALL_IMAGE_MAX ? GRANARY_CALL_IMAGE_TOO_LARGE : GRANARY_CALL_IMAGE_GOOD;
}

static GranaryCallPart *
part_new (void)
{
  return g_atomic_rc_box_new0 (GranaryCallPart);
}

/* Labels stand in JSON as they are, so they hold nothing that is escaped there. */
static char *
make_plain (const char *name)
{
  g_autofree char *shown = granary_display_path (name);

  g_strdelimit (shown, "\"", '\'');
  g_strdelimit (shown, "\\", '/');
  if (g_utf8_strlen (shown, -1) > MAX_NAME_CHARS)
    {
      char *end = g_utf8_offset_to_pointer (shown, MAX_NAME_CHARS - 1);

      *end = '\0';
      return g_strconcat (shown, "…", NULL);
    }

  return g_steal_pointer (&shown);
}

/**
 * granary_call_part_new_image:
 * @name: what to call it
 * @path: (nullable): the file it came from
 * @bytes: what is in it
 * @count: 0, or a number that makes the label another
 *
 * Returns: (transfer full): an image
 */
GranaryCallPart *
granary_call_part_new_image (const char *name,
                             const char *path,
                             GBytes     *bytes,
                             guint       count)
{
  GranaryCallPart *self;
  g_autofree char *plain = NULL;
  g_autofree char *size = NULL;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (bytes != NULL, NULL);

  plain = make_plain (name);
  size = g_format_size (g_bytes_get_size (bytes));
  self = part_new ();
  self->label = count > 0 ? g_strdup_printf ("<%s, %s, %u>", plain, size, count)
                          : g_strdup_printf ("<%s, %s>", plain, size);
  self->bytes = g_bytes_ref (bytes);
  self->path = g_strdup (path);

  return self;
}

static const char *
find_zero (const char *type)
{
  if (type == NULL)
    return "0";
  if (g_str_equal (type, "bool"))
    return "false";
  if (g_str_equal (type, "string"))
    return "\"\"";

  return strstr (type, "float") != NULL ? "0.0" : "0";
}

/**
 * granary_call_part_new_zeros:
 * @type: (nullable): element type, such as `float32`
 * @dims: (array length=n_dims): how many of each
 * @n_dims: their number, 0 for a single value
 *
 * Returns: (transfer full) (nullable): nested lists of zeros; %NULL if they are too many to be sent
 */
GranaryCallPart *
granary_call_part_new_zeros (const char   *type,
                             const gint64 *dims,
                             guint         n_dims)
{
  GranaryCallPart *self;
  g_autofree char *plain = NULL;
  g_autoptr (GString) label = NULL;
  gint64 count = 1;

  for (guint i = 0; i < n_dims; i++)
    {
      if (dims[i] < 0 || dims[i] > MAX_ZEROS || count * MAX (dims[i], 1) > MAX_ZEROS)
        return NULL;
      /* One that is empty does not excuse the others: their brackets are written. */
      count *= MAX (dims[i], 1);
    }

  plain = make_plain (type != NULL ? type : "");
  label = g_string_new ("<zeros");
  if (*plain != '\0')
    g_string_append_printf (label, " %s", plain);
  for (guint i = 0; i < n_dims; i++)
    g_string_append_printf (label, "%s%" G_GINT64_FORMAT, i == 0 ? " " : " × ", dims[i]);
  g_string_append_c (label, '>');

  self = part_new ();
  self->label = g_string_free (g_steal_pointer (&label), FALSE);
  self->dims = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n_dims);
  g_array_append_vals (self->dims, dims, n_dims);
  self->zero = g_strdup (find_zero (type));

  return self;
}

GranaryCallPart *
granary_call_part_ref (GranaryCallPart *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
part_clear (gpointer data)
{
  GranaryCallPart *self = data;

  g_free (self->label);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->path);
  g_clear_pointer (&self->dims, g_array_unref);
  g_free (self->zero);
}

void
granary_call_part_unref (GranaryCallPart *self)
{
  g_atomic_rc_box_release_full (self, part_clear);
}

static void
append_zeros (GranaryCallPart *self,
              GString         *to,
              guint            depth)
{
  gint64 n;

  if (depth == self->dims->len)
    {
      g_string_append (to, self->zero);
      return;
    }

  n = g_array_index (self->dims, gint64, depth);
  g_string_append_c (to, '[');
  for (gint64 i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append (to, ", ");
      append_zeros (self, to, depth + 1);
    }
  g_string_append_c (to, ']');
}

void
granary_call_part_append (GranaryCallPart *self,
                          GString         *to)
{
  gsize size, length;
  const guchar *data;
  int state = 0, save = 0;

  g_return_if_fail (self != NULL);
  g_return_if_fail (to != NULL);

  if (self->dims != NULL)
    {
      append_zeros (self, to, 0);
      return;
    }

  /* Encoded where it stays: an image may have tens of megabytes. */
  data = g_bytes_get_data (self->bytes, &size);
  g_string_append_c (to, '"');
  length = to->len;
  g_string_set_size (to, length + (size / 3 + 1) * 4 + 4);
  length += g_base64_encode_step (data, size, FALSE, to->str + length, &state, &save);
  length += g_base64_encode_close (FALSE, to->str + length, &state, &save);
  g_string_truncate (to, length);
  g_string_append_c (to, '"');
}

gsize
granary_call_part_measure (GranaryCallPart *self)
{
  gsize size;

  g_return_val_if_fail (self != NULL, 0);

  if (self->dims == NULL)
    return (g_bytes_get_size (self->bytes) + 2) / 3 * 4 + 2;

  size = strlen (self->zero);
  for (guint i = self->dims->len; i > 0; i--)
    {
      gsize n = (gsize) g_array_index (self->dims, gint64, i - 1);

      size = 2 + n * size + (n > 0 ? (n - 1) * 2 : 0);
    }

  return size;
}
