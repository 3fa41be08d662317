/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-call-draft.h"

#include <string.h>

#include "granary-json-edit.h"
#include "granary-json-tokens.h"

/* Images that an undone edit, or an earlier request, can still name. */
#define MAX_IMAGES 6

#define EMPTY_IMAGE "{\n  \"" GRANARY_CALL_IMAGE_MEMBER "\": \"\"\n}"

struct _GranaryCallDraft
{
  char      *text;  /* (owned) */
  GPtrArray *parts; /* (owned) (element-type GranaryCallPart): oldest first */
};

static void
unref_part (gpointer data)
{
  granary_call_part_unref (data);
}

GranaryCallDraft *
granary_call_draft_new (const char *text)
{
  GranaryCallDraft *self;

  g_return_val_if_fail (text != NULL, NULL);

  self = g_new0 (GranaryCallDraft, 1);
  self->text = g_strdup (text);
  self->parts = g_ptr_array_new_with_free_func (unref_part);

  return self;
}

/* The parts are shared, their bytes are not copied. */
GranaryCallDraft *
granary_call_draft_copy (const GranaryCallDraft *self)
{
  GranaryCallDraft *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = granary_call_draft_new (self->text);
  for (guint i = 0; i < self->parts->len; i++)
    g_ptr_array_add (copy->parts, granary_call_part_ref (self->parts->pdata[i]));

  return copy;
}

void
granary_call_draft_free (GranaryCallDraft *self)
{
  if (self == NULL)
    return;

  g_free (self->text);
  g_ptr_array_unref (self->parts);
  g_free (self);
}

const char *
granary_call_draft_get_text (const GranaryCallDraft *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

void
granary_call_draft_set_text (GranaryCallDraft *self,
                             const char       *text)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (text != NULL);

  g_set_str (&self->text, text);
}

/**
 * granary_call_draft_check:
 * @self: a request
 * @line: (out) (optional): line of the problem, from 1; 0 if it has none
 *
 * Returns: what is wrong with it
 */
GranaryCallProblem
granary_call_draft_check (const GranaryCallDraft *self,
                          int                    *line)
{
  g_return_val_if_fail (self != NULL, GRANARY_CALL_EMPTY);

  if (line != NULL)
    *line = 0;
  if (self->text[strspn (self->text, " \t\r\n")] == '\0')
    return GRANARY_CALL_EMPTY;

  switch (granary_json_check (self->text, -1, line))
    {
    case GRANARY_JSON_OBJECT:
      return GRANARY_CALL_GOOD;

    case GRANARY_JSON_OTHER:
      return GRANARY_CALL_NOT_OBJECT;

    case GRANARY_JSON_BROKEN:
    default:
      return GRANARY_CALL_SYNTAX;
    }
}

GranaryCallPart *
granary_call_draft_find_part (const GranaryCallDraft *self,
                              const char             *string,
                              gsize                   length)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (string != NULL, NULL);

  for (guint i = self->parts->len; i > 0; i--)
    {
      GranaryCallPart *part = self->parts->pdata[i - 1];

      if (strlen (part->label) + 2 == length &&
          memcmp (part->label, string + 1, length - 2) == 0)
        return part;
    }

  return NULL;
}

static gboolean
is_named (const GranaryCallDraft *self,
          const GranaryCallPart  *part)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", part->label);

  return strstr (self->text, quoted) != NULL;
}

/* Images that the text does not name go, oldest first, when there are many. */
static void
forget_images (GranaryCallDraft *self)
{
  guint n_images = 0;

  for (guint i = self->parts->len; i > 0; i--)
    {
      GranaryCallPart *part = self->parts->pdata[i - 1];

      if (part->bytes == NULL)
        continue;
      n_images++;
      if (n_images > MAX_IMAGES && !is_named (self, part))
        g_ptr_array_remove_index (self->parts, i - 1);
    }
}

/**
 * granary_call_draft_add_part:
 * @self: a request
 * @part: (transfer none): what strings of its label shall stand for
 */
void
granary_call_draft_add_part (GranaryCallDraft *self,
                             GranaryCallPart  *part)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (part != NULL);

  g_ptr_array_add (self->parts, granary_call_part_ref (part));
  forget_images (self);
}

static GranaryCallPart *
find_label (const GranaryCallDraft *self,
            const char             *label)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", label);

  return granary_call_draft_find_part (self, quoted, strlen (quoted));
}

static gboolean
set_member (GranaryCallDraft *self,
            const char       *value)
{
  g_autofree char *text = granary_json_edit_set (self->text, -1, GRANARY_CALL_IMAGE_MEMBER, value,
                                                 NULL);

  if (text == NULL)
    return FALSE;

  g_free (self->text);
  self->text = g_steal_pointer (&text);

  return TRUE;
}

/* Whether all that the request holds is zeros in place of an input not given yet. */
static gboolean
is_zeros_only (const GranaryCallDraft *self)
{
  GranaryJsonTokens tokens = { self->text, 0, self->text + strlen (self->text) };
  GranaryJsonPiece piece;
  guint n_keys = 0;
  gboolean is_zeros = FALSE;

  while ((piece = granary_json_tokens_next (&tokens)) != GRANARY_JSON_PIECE_END)
    if (piece == GRANARY_JSON_PIECE_KEY)
      n_keys++;
    else if (piece == GRANARY_JSON_PIECE_STRING)
      {
        GranaryCallPart *part = granary_call_draft_find_part (self, tokens.at, tokens.length);

        is_zeros = part != NULL && part->dims != NULL;
      }
    else if (piece == GRANARY_JSON_PIECE_WORD)
      return FALSE;

  return is_zeros && n_keys == 1;
}

/**
 * granary_call_draft_put_image:
 * @self: a request
 * @name: what to call the image
 * @path: (nullable): the file it came from, in the file system's encoding
 * @bytes: what is in it, as granary_call_image_check() found it good
 *
 * Puts an image into the member `image`; the rest of the text stays as it is written, but for a
 * single input that is still zeros: the image takes its place.
 *
 * Returns: %FALSE, and nothing is changed, while the text is not a JSON object
 */
gboolean
granary_call_draft_put_image (GranaryCallDraft *self,
                              const char       *name,
                              const char       *path,
                              GBytes           *bytes)
{
  g_autoptr (GranaryCallPart) part = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);

  if (is_zeros_only (self))
    granary_call_draft_set_text (self, EMPTY_IMAGE);

  /* Another image of that name and size is another part, and both can be gone back to. */
  for (guint count = 0; part == NULL; count = MAX (2, count + 1))
    {
      GranaryCallPart *known;

      part = granary_call_part_new_image (name, path, bytes, count);
      known = find_label (self, part->label);
      if (known == NULL)
        break;
      if (known->bytes != NULL && g_bytes_equal (known->bytes, bytes) &&
          g_strcmp0 (known->path, path) == 0)
        return set_member (self, known->label);
      g_clear_pointer (&part, granary_call_part_unref);
    }

  if (!set_member (self, part->label))
    return FALSE;
  granary_call_draft_add_part (self, part);

  return TRUE;
}

GranaryCallPart *
granary_call_draft_get_image (const GranaryCallDraft *self)
{
  g_autofree char *value = NULL;
  GranaryCallPart *part;

  g_return_val_if_fail (self != NULL, NULL);

  value = granary_json_edit_get (self->text, -1, GRANARY_CALL_IMAGE_MEMBER, NULL);
  if (value == NULL)
    return NULL;
  part = find_label (self, value);

  return part != NULL && part->bytes != NULL ? part : NULL;
}

void
granary_call_draft_drop_image (GranaryCallDraft *self)
{
  g_return_if_fail (self != NULL);

  if (granary_call_draft_get_image (self) != NULL)
    set_member (self, "");
}

/**
 * granary_call_draft_build:
 * @self: a request without a problem
 *
 * Returns: (transfer full): its text, with the parts where their labels stand
 */
GBytes *
granary_call_draft_build (const GranaryCallDraft *self)
{
  GranaryJsonTokens tokens;
  g_autoptr (GString) body = NULL;
  GranaryJsonPiece piece;
  gsize size;

  g_return_val_if_fail (self != NULL, NULL);

  size = strlen (self->text);
  tokens = (GranaryJsonTokens) { self->text, 0, self->text + size };
  for (guint i = 0; i < self->parts->len; i++)
    if (is_named (self, self->parts->pdata[i]))
      size += granary_call_part_measure (self->parts->pdata[i]);

  body = g_string_sized_new (size + 16);
  while ((piece = granary_json_tokens_next (&tokens)) != GRANARY_JSON_PIECE_END)
    {
      GranaryCallPart *part = NULL;

      if (piece == GRANARY_JSON_PIECE_STRING)
        part = granary_call_draft_find_part (self, tokens.at, tokens.length);
      if (part != NULL)
        granary_call_part_append (part, body);
      else
        g_string_append_len (body, tokens.at, (gssize) tokens.length);
    }

  return g_string_free_to_bytes (g_steal_pointer (&body));
}
