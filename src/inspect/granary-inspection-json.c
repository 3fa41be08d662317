/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspection-private.h"

#include "granary-json.h"

static void
read_tensors (JsonNode                  *node,
              const char                *member,
              GranaryInspection         *self,
              void (*add) (GranaryInspection *, const char *, const char *, const char *))
{
  JsonArray *array = granary_json_get_array (node, member);
  guint length = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *item = json_array_get_element (array, i);
      const char *name = granary_json_get_string (item, "name");

      add (self, name != NULL ? name : "", granary_json_get_string (item, "type"),
           granary_json_get_string (item, "shape"));
    }
}

static void
read_warnings (JsonNode          *node,
               GranaryInspection *self)
{
  JsonArray *array = granary_json_get_array (node, "warnings");
  guint length = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *item = json_array_get_element (array, i);
      const char *id = granary_json_get_string (item, "code");

      for (guint code = 0; id != NULL && code < GRANARY_N_INSPECTION_WARNINGS; code++)
        if (g_str_equal (id, granary_inspection_warning_to_id ((GranaryInspectionWarning) code)))
          granary_inspection_add_warning (self, (GranaryInspectionWarning) code,
                                          granary_json_get_string (item, "subject"));
    }
}

/**
 * granary_inspection_new_from_json:
 * @text: (nullable): what granary_inspection_to_json() made
 *
 * Reads an inspection back. What cannot be understood, such as members of a newer version, is left
 * out; a text that is no JSON object gives an inspection that knows nothing.
 *
 * Returns: (transfer full): the inspection
 */
GranaryInspection *
granary_inspection_new_from_json (const char *text)
{
  g_autoptr (GranaryInspection) self = granary_inspection_new ();
  g_autoptr (JsonNode) node = NULL;
  JsonObjectIter iter;
  JsonObject *object;
  JsonArray *files;
  const char *key;
  JsonNode *value;
  gint64 number;

  if (text == NULL)
    return g_steal_pointer (&self);
  node = granary_json_parse (text, -1, NULL, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return g_steal_pointer (&self);

  granary_inspection_set_format (self, granary_json_get_string (node, "format"));
  granary_inspection_set_framework (self, granary_json_get_string (node, "framework"));
  granary_inspection_set_producer (self, granary_json_get_string (node, "producer"));
  if (granary_json_get_int (node, "opset", &number))
    granary_inspection_set_opset (self, number);
  if (granary_json_get_int (node, "ir_version", &number))
    granary_inspection_set_ir_version (self, number);

  object = granary_json_get_object (node, "types");
  if (object != NULL)
    {
      json_object_iter_init_ordered (&iter, object);
      while (json_object_iter_next_ordered (&iter, &key, &value))
        if (JSON_NODE_HOLDS_VALUE (value))
          granary_inspection_add_parameters (self, key, json_node_get_int (value));
    }
  if (granary_json_get_int (node, "parameters", &number) && number >= 0)
    self->parameters = number;

  read_tensors (node, "inputs", self, granary_inspection_add_input);
  read_tensors (node, "outputs", self, granary_inspection_add_output);

  object = granary_json_get_object (node, "metadata");
  if (object != NULL)
    {
      json_object_iter_init_ordered (&iter, object);
      while (json_object_iter_next_ordered (&iter, &key, &value))
        if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
          granary_inspection_set_metadata (self, key, json_node_get_string (value));
    }

  files = granary_json_get_array (node, "files");
  for (guint i = 0; files != NULL && i < json_array_get_length (files); i++)
    {
      value = json_array_get_element (files, i);
      if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
        granary_inspection_add_file (self, json_node_get_string (value));
    }

  read_warnings (node, self);

  return g_steal_pointer (&self);
}

static void
write_text (JsonBuilder *builder,
            const char  *member,
            const char  *value)
{
  if (value == NULL)
    return;

  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, value);
}

static void
write_tensors (JsonBuilder *builder,
               const char  *member,
               GArray      *tensors)
{
  if (tensors->len == 0)
    return;

  json_builder_set_member_name (builder, member);
  json_builder_begin_array (builder);
  for (guint i = 0; i < tensors->len; i++)
    {
      const GranaryTensor *tensor = &g_array_index (tensors, GranaryTensor, i);

      json_builder_begin_object (builder);
      write_text (builder, "name", tensor->name);
      write_text (builder, "type", tensor->type);
      write_text (builder, "shape", tensor->shape);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
write_number (JsonBuilder *builder,
              const char  *member,
              gint64       value)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_int_value (builder, value);
}

static void
write_lists (GranaryInspection *self,
             JsonBuilder       *builder)
{
  if (self->metadata->len > 0)
    {
      json_builder_set_member_name (builder, "metadata");
      json_builder_begin_object (builder);
      for (guint i = 0; i < self->metadata->len; i++)
        {
          const GranaryInspectionPair *pair =
            &g_array_index (self->metadata, GranaryInspectionPair, i);

          write_text (builder, pair->key, pair->value);
        }
      json_builder_end_object (builder);
    }

  if (self->files->len > 0)
    {
      json_builder_set_member_name (builder, "files");
      json_builder_begin_array (builder);
      for (guint i = 0; i < self->files->len; i++)
        json_builder_add_string_value (builder, g_ptr_array_index (self->files, i));
      json_builder_end_array (builder);
    }

  if (self->warnings->len > 0)
    {
      json_builder_set_member_name (builder, "warnings");
      json_builder_begin_array (builder);
      for (guint i = 0; i < self->warnings->len; i++)
        {
          const GranaryInspectionNote *warning =
            &g_array_index (self->warnings, GranaryInspectionNote, i);

          json_builder_begin_object (builder);
          write_text (builder, "code", granary_inspection_warning_to_id (warning->code));
          write_text (builder, "subject", warning->subject);
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
    }
}

/**
 * granary_inspection_to_json:
 * @self: an inspection
 *
 * Returns: (transfer full): JSON object in one line
 */
char *
granary_inspection_to_json (GranaryInspection *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), NULL);

  json_builder_begin_object (builder);
  write_text (builder, "format", self->format);
  write_text (builder, "framework", self->framework);
  write_text (builder, "producer", self->producer);
  if (self->opset > 0)
    write_number (builder, "opset", self->opset);
  if (self->ir_version > 0)
    write_number (builder, "ir_version", self->ir_version);
  if (self->parameters >= 0)
    write_number (builder, "parameters", self->parameters);
  if (self->types->len > 0 && self->parameters >= 0)
    {
      json_builder_set_member_name (builder, "types");
      json_builder_begin_object (builder);
      for (guint i = 0; i < self->types->len; i++)
        {
          const GranaryInspectionType *type =
            &g_array_index (self->types, GranaryInspectionType, i);

          write_number (builder, type->name, type->count);
        }
      json_builder_end_object (builder);
    }
  write_tensors (builder, "inputs", self->inputs);
  write_tensors (builder, "outputs", self->outputs);
  write_lists (self, builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);

  return granary_json_to_text (root, FALSE);
}
