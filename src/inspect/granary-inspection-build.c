/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspection-private.h"

#include <string.h>

#include "granary-error.h"

/* Bounds of what is kept of one model. Real models stay far below; hostile ones must not fill the
 * catalogue. */
#define MAX_TENSORS 1024
#define MAX_METADATA 256
#define MAX_FILES 4096
#define MAX_WARNINGS 64
#define MAX_TYPES 32
#define MAX_TEXT 1024

/* Printable and of bearable length, whatever a file says. */
static char *
clean_text (const char *text)
{
  g_autofree char *shown = NULL;
  char *cut;

  if (text == NULL)
    return NULL;

  shown = granary_display_path (text);
  if (strlen (shown) <= MAX_TEXT)
    return g_steal_pointer (&shown);

  cut = g_utf8_find_prev_char (shown, shown + MAX_TEXT);
  g_assert (cut != NULL);

  return g_strdup_printf ("%.*s…", (int) (cut - shown), shown);
}

static void
take_text (char       **field,
           const char  *text)
{
  g_free (*field);
  *field = text != NULL && *text != '\0' ? clean_text (text) : NULL;
}

void
granary_inspection_set_format (GranaryInspection *self,
                               const char        *format)
{
  take_text (&self->format, format);
}

void
granary_inspection_set_framework (GranaryInspection *self,
                                  const char        *framework)
{
  take_text (&self->framework, framework);
}

void
granary_inspection_set_producer (GranaryInspection *self,
                                 const char        *producer)
{
  take_text (&self->producer, producer);
}

void
granary_inspection_set_opset (GranaryInspection *self,
                              gint64             opset)
{
  self->opset = opset > 0 && opset <= G_MAXINT ? (int) opset : 0;
}

void
granary_inspection_set_ir_version (GranaryInspection *self,
                                   gint64             ir_version)
{
  self->ir_version = ir_version > 0 && ir_version <= G_MAXINT ? (int) ir_version : 0;
}

/* Adds to the count. A count that cannot be, or does not fit, makes it unknown for good. */
void
granary_inspection_add_parameters (GranaryInspection *self,
                                   const char        *type,
                                   gint64             count)
{
  GranaryInspectionType *found = NULL;

  if (self->uncountable)
    return;
  if (count < 0 || count > G_MAXINT64 - MAX (self->parameters, 0))
    {
      granary_inspection_forget_parameters (self);
      return;
    }

  self->parameters = MAX (self->parameters, 0) + count;
  if (type == NULL || count == 0)
    return;

  for (guint i = 0; i < self->types->len && found == NULL; i++)
    if (g_str_equal (g_array_index (self->types, GranaryInspectionType, i).name, type))
      found = &g_array_index (self->types, GranaryInspectionType, i);
  if (found != NULL)
    found->count += count;
  else if (self->types->len < MAX_TYPES)
    {
      GranaryInspectionType added = { clean_text (type), count };

      g_array_append_val (self->types, added);
    }
}

/* After a part could not be read: a wrong number is worse than none. */
void
granary_inspection_forget_parameters (GranaryInspection *self)
{
  self->uncountable = TRUE;
  self->parameters = -1;
  g_array_set_size (self->types, 0);
}

static void
add_tensor (GArray     *tensors,
            const char *name,
            const char *type,
            const char *shape)
{
  GranaryTensor tensor;

  if (tensors->len >= MAX_TENSORS)
    return;

  tensor.name = clean_text (name != NULL ? name : "");
  tensor.type = clean_text (type);
  tensor.shape = clean_text (shape);
  g_array_append_val (tensors, tensor);
}

void
granary_inspection_add_input (GranaryInspection *self,
                              const char        *name,
                              const char        *type,
                              const char        *shape)
{
  add_tensor (self->inputs, name, type, shape);
}

void
granary_inspection_add_output (GranaryInspection *self,
                               const char        *name,
                               const char        *type,
                               const char        *shape)
{
  add_tensor (self->outputs, name, type, shape);
}

void
granary_inspection_set_metadata (GranaryInspection *self,
                                 const char        *key,
                                 const char        *value)
{
  g_autofree char *clean_key = clean_text (key);
  GranaryInspectionPair added;

  if (clean_key == NULL || *clean_key == '\0' || value == NULL)
    return;

  for (guint i = 0; i < self->metadata->len; i++)
    {
      GranaryInspectionPair *pair = &g_array_index (self->metadata, GranaryInspectionPair, i);

      if (g_str_equal (pair->key, clean_key))
        {
          g_free (pair->value);
          pair->value = clean_text (value);
          return;
        }
    }

  if (self->metadata->len >= MAX_METADATA)
    return;
  added.key = g_steal_pointer (&clean_key);
  added.value = clean_text (value);
  g_array_append_val (self->metadata, added);
}

void
granary_inspection_add_file (GranaryInspection *self,
                             const char        *path)
{
  g_autofree char *clean = clean_text (path);

  if (clean == NULL || self->files->len >= MAX_FILES ||
      g_ptr_array_find_with_equal_func (self->files, clean, g_str_equal, NULL))
    return;

  g_ptr_array_add (self->files, g_steal_pointer (&clean));
}

void
granary_inspection_clear_files (GranaryInspection *self)
{
  g_ptr_array_set_size (self->files, 0);
}

void
granary_inspection_add_warning (GranaryInspection        *self,
                                GranaryInspectionWarning  warning,
                                const char               *subject)
{
  g_autofree char *clean = clean_text (subject);
  GranaryInspectionNote added;

  for (guint i = 0; i < self->warnings->len; i++)
    {
      const GranaryInspectionNote *known =
        &g_array_index (self->warnings, GranaryInspectionNote, i);

      if (known->code == warning && g_strcmp0 (known->subject, clean) == 0)
        return;
    }

  if (self->warnings->len >= MAX_WARNINGS)
    return;
  added.code = warning;
  added.subject = g_steal_pointer (&clean);
  g_array_append_val (self->warnings, added);
}

void
granary_inspection_add_warnings_of (GranaryInspection *self,
                                    GranaryInspection *other)
{
  for (guint i = 0; i < other->warnings->len; i++)
    {
      const GranaryInspectionNote *warning =
        &g_array_index (other->warnings, GranaryInspectionNote, i);

      granary_inspection_add_warning (self, warning->code, warning->subject);
    }
}

gboolean
granary_inspection_has_warning (GranaryInspection        *self,
                                GranaryInspectionWarning  warning)
{
  for (guint i = 0; i < self->warnings->len; i++)
    if (g_array_index (self->warnings, GranaryInspectionNote, i).code == warning)
      return TRUE;

  return FALSE;
}

gboolean
granary_inspection_multiply (gint64 *product,
                             gint64  factor)
{
  return factor >= 0 && !__builtin_mul_overflow (*product, factor, product);
}
