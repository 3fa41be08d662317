/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-pickle.h"

#include <string.h>

G_BEGIN_DECLS

/* The shadow machine, for the parts of the scanner. */

#define MAX_TUPLE 8

typedef enum
{
  VALUE_OTHER,
  VALUE_MARK,
  VALUE_INT,
  VALUE_TEXT,
  VALUE_IMPORT,  /* number: position among the names */
  VALUE_TUPLE,   /* number: first of its items; length: how many were kept */
  VALUE_DICT,
  VALUE_LIST,
  VALUE_OBJECT,  /* number: position of its class among the names; at: of numpy.dtype its type */
  VALUE_STORAGE, /* number: position of its class among the names; at: its key */
} ValueKind;

typedef struct
{
  guint8        kind;
  guint8        length_of_tuple;
  guint32       length; /* of a text */
  gint64        number;
  const guint8 *at;     /* (nullable): a text inside the data */
} Value;

typedef struct
{
  const guint8            *data;
  gsize                    length;
  gsize                    position;
  GArray                  *stack;    /* (element-type Value) */
  GHashTable              *memo;     /* gint64 → guint position in kept */
  GArray                  *kept;     /* (element-type Value) */
  GArray                  *items;    /* (element-type Value): of tuples */
  GPtrArray               *names;    /* (element-type utf8): each import ever made, not unique */
  GHashTable              *by_name;  /* utf8 → position in names */
  GHashTable              *tensors;  /* keys of tensors already counted */
  GranaryPickleTensorFunc  tensor_func;
  gpointer                 tensor_data;
  guint                    nested;
  Value                    shape;     /* of joblib's array that is being described */
  Value                    type;
  Value                    alignment;
  GCancellable            *cancellable; /* (nullable) */
  GranaryPickle           *result;
} Machine;

static const Value other = { .kind = VALUE_OTHER };

static inline gboolean
take_bytes (Machine       *machine,
            guint64        n,
            const guint8 **bytes)
{
  if (n > machine->length - machine->position)
    {
      machine->result->truncated = TRUE;
      return FALSE;
    }

  if (bytes != NULL)
    *bytes = machine->data + machine->position;
  machine->position += (gsize) n;

  return TRUE;
}

static inline gboolean
take_number (Machine *machine,
             guint    n,
             guint64 *number)
{
  const guint8 *bytes;

  if (!take_bytes (machine, n, &bytes))
    return FALSE;

  *number = 0;
  for (guint i = n; i > 0; i--)
    *number = *number << 8 | bytes[i - 1];

  return TRUE;
}

static inline Value
tuple_item (Machine     *machine,
            const Value *tuple,
            guint        position)
{
  if (tuple->kind != VALUE_TUPLE || position >= tuple->length_of_tuple)
    return other;

  return g_array_index (machine->items, Value, (guint) tuple->number + position);
}

static inline gboolean
text_is (const Value *value,
         const char  *text)
{
  return value->kind == VALUE_TEXT && value->length == strlen (text) &&
         memcmp (value->at, text, value->length) == 0;
}

void           granary_pickle_add_import  (GranaryPickle           *self,
                                           const char              *name);
GranaryPickle *granary_pickle_scan_nested (const guint8            *data,
                                           gsize                    length,
                                           GranaryPickleTensorFunc  tensor_func,
                                           gpointer                 tensor_data,
                                           guint                    nested,
                                           GCancellable            *cancellable) G_GNUC_WARN_UNUSED_RESULT;
void           granary_pickle_note_item   (Machine                 *machine,
                                           const Value             *key,
                                           const Value             *value);
gboolean       granary_pickle_skip_array  (Machine                 *machine);

G_END_DECLS
