/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-tensorflow.h"
#include "granary-wire.h"

/* TensorFlow's SavedModel: saved_model.pb, one message by saved_model.proto and meta_graph.proto of
 * tensorflow/core/protobuf, with the weights in the folder `variables` next to it. Field numbers
 * below are from there. */

#define MAX_NAME 256
#define MAX_SIGNATURES 64
#define MAX_GRAPH (16 * 1024 * 1024)

typedef struct
{
  GranaryInspectSubject *subject;
  GranaryCursor         *cursor;
  gboolean               truncated;
  gboolean               has_meta_graph;
  gboolean               has_saver;
  GString               *tags;
  GString               *signatures;
  guint                  n_signatures;
  GString               *code;
  gint64                 chosen_start; /* of the signature that is shown; 0: none yet */
  gint64                 chosen_end;
  gboolean               is_default;
} SavedWalk;

static void
append_listed (GString    *list,
               const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  if (list->len > 0)
    g_string_append (list, ", ");
  g_string_append (list, text);
}

/* MetaGraphDef begins with meta_info_def 1, whose fields are few and of known encodings. */
static gboolean
looks_like_meta_graph (GranaryCursor          *cursor,
                       const GranaryWireField *meta_graph)
{
  GranaryWireField field = { 0 };
  GranaryWireField part = { 0 };
  gboolean truncated = FALSE;

  /* Cut off right at its beginning it may still be one. */
  if (!granary_wire_next (cursor, meta_graph->end, &truncated, &field))
    return cursor->state == GRANARY_CURSOR_TRUNCATED || cursor->position == cursor->size;
  if (field.type != GRANARY_WIRE_BYTES || field.number == 0 || field.number > 7)
    return FALSE;
  if (field.number != 1)
    return TRUE;

  while (granary_wire_next (cursor, field.end, &truncated, &part))
    if (part.number > 8 ||
        part.type != (part.number == 7 ? GRANARY_WIRE_VARINT : GRANARY_WIRE_BYTES))
      return FALSE;

  return cursor->state == GRANARY_CURSOR_OK || cursor->state == GRANARY_CURSOR_TRUNCATED ||
         cursor->state == GRANARY_CURSOR_EXHAUSTED;
}

static gboolean
detect_saved_model (GranaryInspectSubject *subject)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  gboolean named = granary_inspect_is_named (subject, "saved_model.pb");
  GranaryWireField field = { 0 };
  gboolean truncated = FALSE;
  gboolean found = FALSE;

  /* saved_model_schema_version 1 is 1; meta_graphs 2 follows. */
  if (!granary_inspect_starts (subject, 0, "\x08\x01", 2))
    return FALSE;
  if (subject->size == 2)
    return named;

  cursor = granary_cursor_new (subject->reader, 65536, subject->cancellable);
  granary_cursor_seek (cursor, 2);
  if (granary_wire_next (cursor, cursor->size, &truncated, &field))
    found = field.number == 2 && field.type == GRANARY_WIRE_BYTES &&
            looks_like_meta_graph (cursor, &field);
  else
    found = named;

  if (cursor->state == GRANARY_CURSOR_FAILED)
    {
      subject->error = g_steal_pointer (&cursor->error);
      return FALSE;
    }

  return found;
}

/* MetaInfoDef: tags 4, tensorflow_version 5. */
static void
read_meta_info (SavedWalk *walk,
                gint64     end)
{
  GranaryWireField field = { 0 };

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 4 || field.number == 5)
      {
        g_autofree char *text = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
        g_autofree char *producer = NULL;

        if (field.number == 4)
          append_listed (walk->tags, text);
        else if (text != NULL && *text != '\0')
          {
            producer = g_strconcat ("TensorFlow ", text, NULL);
            granary_inspection_set_producer (walk->subject->inspection, producer);
          }
      }
}

/* NodeDef: op 2. */
static void
walk_node (SavedWalk *walk,
           gint64     end)
{
  GranaryWireField field = { 0 };

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 2)
      {
        g_autofree char *op = granary_wire_read_text (walk->cursor, &field, MAX_NAME);

        if (granary_tensorflow_runs_code (op) && strstr (walk->code->str, op) == NULL)
          append_listed (walk->code, op);
        return;
      }
}

/* GraphDef: node 1, library 2 { FunctionDefLibrary: function 1 { FunctionDef: node_def 3 } }. */
static void
walk_nodes (SavedWalk *walk,
            gint64     end,
            guint      depth)
{
  static const guint node_field[] = { 1, 0, 3 };
  static const guint inner_field[] = { 2, 1, 0 };
  GranaryWireField field = { 0 };

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    {
      if (field.type != GRANARY_WIRE_BYTES)
        continue;
      if (field.number == node_field[depth])
        walk_node (walk, field.end);
      else if (field.number == inner_field[depth])
        walk_nodes (walk, field.end, depth + 1);
    }
}

/* An entry of the map signature_def: key 1, value 2. The default one is shown, or the first that
 * is not there for loading alone. */
static void
note_signature (SavedWalk *walk,
                gint64     end)
{
  GranaryWireField field = { 0 };
  g_autofree char *name = NULL;
  gint64 start = 0;
  gint64 stop = 0;
  gboolean is_default;

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 1)
      {
        g_free (name);
        name = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
      }
    else if (field.number == 2 && field.type == GRANARY_WIRE_BYTES)
      {
        start = field.start;
        stop = field.end;
      }

  if (name == NULL || start == 0 || g_str_has_prefix (name, "__"))
    return;
  if (walk->n_signatures++ < MAX_SIGNATURES)
    append_listed (walk->signatures, name);
  is_default = g_str_equal (name, "serving_default");
  if (walk->chosen_start == 0 || (is_default && !walk->is_default))
    {
      walk->chosen_start = start;
      walk->chosen_end = stop;
      walk->is_default = is_default;
    }
}

/* MetaGraphDef: meta_info_def 1, saver_def 3, signature_def 5. */
static void
read_meta_graph (SavedWalk *walk,
                 gint64     end)
{
  GranaryWireField field = { 0 };

  walk->has_meta_graph = TRUE;
  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    {
      if (field.type != GRANARY_WIRE_BYTES)
        continue;
      if (field.number == 1)
        read_meta_info (walk, field.end);
      else if (field.number == 3)
        walk->has_saver |= field.start != field.end;
      else if (field.number == 5)
        note_signature (walk, field.end);
    }
}

/* An entry of the maps inputs and outputs: key 1, value 2 { TensorInfo: name 1, dtype 2,
 * tensor_shape 3 }. */
static void
read_tensor (SavedWalk *walk,
             gint64     end,
             gboolean   is_input)
{
  GranaryWireField field = { 0 };
  g_autofree char *name = NULL;
  g_autofree char *shape = NULL;
  const char *type = NULL;

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 1)
      {
        g_free (name);
        name = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
      }
    else if (field.number == 2 && field.type == GRANARY_WIRE_BYTES)
      {
        GranaryWireField part = { 0 };

        while (granary_wire_next (walk->cursor, field.end, &walk->truncated, &part))
          if (part.number == 2 && part.type == GRANARY_WIRE_VARINT)
            type = granary_tensorflow_type_name (part.value);
          else if (part.number == 3 && part.type == GRANARY_WIRE_BYTES)
            {
              g_free (shape);
              shape = granary_tensorflow_read_shape (walk->cursor, part.end, &walk->truncated,
                                                     NULL);
            }
      }

  if (is_input)
    granary_inspection_add_input (walk->subject->inspection, name, type, shape);
  else
    granary_inspection_add_output (walk->subject->inspection, name, type, shape);
}

/* SignatureDef: inputs 1, outputs 2. */
static void
read_signature (SavedWalk *walk)
{
  GranaryWireField field = { 0 };

  if (walk->chosen_start == 0 || !granary_cursor_seek (walk->cursor, walk->chosen_start))
    return;
  while (granary_wire_next (walk->cursor, walk->chosen_end, &walk->truncated, &field))
    if ((field.number == 1 || field.number == 2) && field.type == GRANARY_WIRE_BYTES)
      read_tensor (walk, field.end, field.number == 1);
}

/* Graphs may be large: they are looked through last and only as far as this goes. MetaGraphDef:
 * graph_def 2. */
static gboolean
search_code (GranaryInspectSubject  *subject,
             GString                *code,
             GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  GranaryWireField field = { 0 };
  SavedWalk walk = { 0 };

  cursor = granary_cursor_new (subject->reader, MAX_GRAPH, subject->cancellable);
  walk.cursor = cursor;
  walk.code = code;
  while (granary_wire_next (cursor, cursor->size, &walk.truncated, &field))
    {
      GranaryWireField part = { 0 };

      if (field.number != 2 || field.type != GRANARY_WIRE_BYTES)
        continue;
      while (granary_wire_next (cursor, field.end, &walk.truncated, &part))
        if (part.number == 2 && part.type == GRANARY_WIRE_BYTES)
          walk_nodes (&walk, part.end, 0);
    }
  if (code->len > 0)
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_RUNS_CODE, code->str);

  return cursor->state == GRANARY_CURSOR_EXHAUSTED ||
         granary_inspect_settle (subject, cursor, walk.truncated, error);
}

static gboolean
read_saved_model (GranaryInspectSubject  *subject,
                  GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GString) tags = g_string_new (NULL);
  g_autoptr (GString) signatures = g_string_new (NULL);
  g_autoptr (GString) code = g_string_new (NULL);
  SavedWalk walk = { 0 };
  GranaryWireField field = { 0 };

  granary_inspection_set_format (subject->inspection, "SavedModel");
  granary_inspection_set_framework (subject->inspection, "TensorFlow");

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  walk.subject = subject;
  walk.cursor = cursor;
  walk.tags = tags;
  walk.signatures = signatures;
  while (granary_wire_next (cursor, cursor->size, &walk.truncated, &field))
    if (field.number == 2 && field.type == GRANARY_WIRE_BYTES)
      read_meta_graph (&walk, field.end);
  read_signature (&walk);

  if (tags->len > 0)
    granary_inspection_set_metadata (subject->inspection, "tags", tags->str);
  if (signatures->len > 0)
    granary_inspection_set_metadata (subject->inspection, "signatures", signatures->str);
  /* What says how to save is written exactly when something was. */
  if (walk.has_saver)
    granary_inspection_add_file (subject->inspection, "variables/variables.index");

  return granary_inspect_settle (subject, cursor, walk.truncated || !walk.has_meta_graph, error) &&
         (cursor->state != GRANARY_CURSOR_OK || search_code (subject, code, error));
}

const GranaryInspectParser granary_inspect_saved_model = {
  .rank = 88,
  .detect = detect_saved_model,
  .read = read_saved_model,
};
