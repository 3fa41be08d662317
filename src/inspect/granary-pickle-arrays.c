/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-pickle-private.h"

/* What joblib puts between the instructions of a pickle: the elements of numpy's arrays. */

/* A pickle inside of an array inside of a pickle, and no further. */
#define MAX_NESTED 3

/* An item of a dictionary, mostly of an object's attributes. */
void
granary_pickle_note_item (Machine     *machine,
                          const Value *key,
                          const Value *value)
{
  if (text_is (key, "shape"))
    machine->shape = *value;
  else if (text_is (key, "dtype"))
    machine->type = *value;
  else if (text_is (key, "numpy_array_alignment_bytes"))
    machine->alignment = *value;
  else if (text_is (key, "_sklearn_version") && value->kind == VALUE_TEXT &&
           machine->result->sklearn_version == NULL)
    {
      g_autofree char *text = g_strndup ((const char *) value->at, MIN (value->length, 64));

      machine->result->sklearn_version = g_utf8_make_valid (text, -1);
    }
}

/* Bytes of an element of a numpy type, such as `f8`, `V64` and `U10`; -1 if it has none. */
static gint64
find_item_size (const Value *type)
{
  gint64 size = 0;

  if (type->kind != VALUE_OBJECT || type->at == NULL || type->length < 2 || type->length > 12)
    return -1;
  for (guint i = 1; i < type->length; i++)
    {
      if (!g_ascii_isdigit (type->at[i]))
        return -1;
      size = size * 10 + (type->at[i] - '0');
    }

  return type->at[0] == 'U' ? size * 4 : size;
}

/* An array of objects is a pickle of its own. */
static gboolean
scan_nested (Machine *machine)
{
  g_autoptr (GranaryPickle) inner = NULL;

  if (machine->nested >= MAX_NESTED)
    return FALSE;

  inner = granary_pickle_scan_nested (machine->data + machine->position,
                                      machine->length - machine->position, NULL, NULL,
                                      machine->nested + 1, machine->cancellable);
  for (guint i = 0; i < inner->imports->len; i++)
    {
      const char *name = g_ptr_array_index (inner->imports, i);

      if (!g_ptr_array_find_with_equal_func (machine->result->imports, name, g_str_equal, NULL))
        granary_pickle_add_import (machine->result, name);
    }
  machine->result->truncated |= inner->truncated;
  if (inner->complete)
    machine->position += inner->length;

  return inner->complete;
}

/* joblib's NumpyArrayWrapper is followed by the array itself: a byte that tells how many bytes fill
 * up to where it may begin, these, and the elements end to end (joblib/numpy_pickle.py). */
gboolean
granary_pickle_skip_array (Machine *machine)
{
  Value shape = machine->shape;
  Value type = machine->type;
  gboolean is_aligned = machine->alignment.kind == VALUE_INT;
  gint64 length = find_item_size (&type);
  guint64 padding = 0;

  machine->result->has_arrays = TRUE;
  machine->shape = other;
  machine->type = other;
  machine->alignment = other;
  if (type.kind == VALUE_OBJECT && type.at != NULL && type.length > 0 && type.at[0] == 'O')
    return scan_nested (machine);
  if (length < 0 || shape.kind != VALUE_TUPLE || shape.length > shape.length_of_tuple)
    return FALSE;

  for (guint i = 0; i < shape.length_of_tuple; i++)
    {
      Value dimension = tuple_item (machine, &shape, i);

      if (dimension.kind != VALUE_INT || dimension.number < 0 ||
          __builtin_mul_overflow (length, dimension.number, &length))
        return FALSE;
    }

  return (!is_aligned || (take_number (machine, 1, &padding) &&
                          take_bytes (machine, padding, NULL))) &&
         take_bytes (machine, (guint64) length, NULL);
}
