/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspection-private.h"

G_DEFINE_FINAL_TYPE (GranaryInspection, granary_inspection, G_TYPE_OBJECT)

static const char * const warning_ids[GRANARY_N_INSPECTION_WARNINGS] = {
  [GRANARY_WARNING_TRUNCATED] = "truncated",
  [GRANARY_WARNING_NOT_A_MODEL] = "not-a-model",
  [GRANARY_WARNING_EXTERNAL_DATA_MISSING] = "external-data-missing",
  [GRANARY_WARNING_RUNS_CODE] = "runs-code",
  [GRANARY_WARNING_UNREADABLE] = "unreadable",
  [GRANARY_WARNING_BOUND_TO_DEVICE] = "bound-to-device",
  [GRANARY_WARNING_OUTDATED] = "outdated",
};

static void
tensor_clear (gpointer data)
{
  GranaryTensor *tensor = data;

  g_free (tensor->name);
  g_free (tensor->type);
  g_free (tensor->shape);
}

static void
pair_clear (gpointer data)
{
  GranaryInspectionPair *pair = data;

  g_free (pair->key);
  g_free (pair->value);
}

static void
type_count_clear (gpointer data)
{
  GranaryInspectionType *type = data;

  g_free (type->name);
}

static void
warning_clear (gpointer data)
{
  GranaryInspectionNote *warning = data;

  g_free (warning->subject);
}

static GArray *
new_list (gsize          element_size,
          GDestroyNotify clear)
{
  GArray *list = g_array_new (FALSE, TRUE, (guint) element_size);

  g_array_set_clear_func (list, clear);

  return list;
}

static void
granary_inspection_finalize (GObject *object)
{
  GranaryInspection *self = GRANARY_INSPECTION (object);

  g_free (self->format);
  g_free (self->framework);
  g_free (self->producer);
  g_array_unref (self->types);
  g_array_unref (self->inputs);
  g_array_unref (self->outputs);
  g_array_unref (self->metadata);
  g_ptr_array_unref (self->files);
  g_array_unref (self->warnings);

  G_OBJECT_CLASS (granary_inspection_parent_class)->finalize (object);
}

static void
granary_inspection_class_init (GranaryInspectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_inspection_finalize;
}

static void
granary_inspection_init (GranaryInspection *self)
{
  self->parameters = -1;
  self->types = new_list (sizeof (GranaryInspectionType), type_count_clear);
  self->inputs = new_list (sizeof (GranaryTensor), tensor_clear);
  self->outputs = new_list (sizeof (GranaryTensor), tensor_clear);
  self->metadata = new_list (sizeof (GranaryInspectionPair), pair_clear);
  self->files = g_ptr_array_new_with_free_func (g_free);
  self->warnings = new_list (sizeof (GranaryInspectionNote), warning_clear);
}

/**
 * granary_inspection_new:
 *
 * Returns: (transfer full): an inspection that knows nothing
 */
GranaryInspection *
granary_inspection_new (void)
{
  return g_object_new (GRANARY_TYPE_INSPECTION, NULL);
}

/**
 * granary_inspection_get_format:
 * @self: an inspection
 *
 * Returns: (nullable) (transfer none): such as `ONNX`
 */
const char *
granary_inspection_get_format (GranaryInspection *self)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), NULL);

  return self->format;
}

/**
 * granary_inspection_get_framework:
 * @self: an inspection
 *
 * Returns: (nullable) (transfer none): such as `PyTorch`
 */
const char *
granary_inspection_get_framework (GranaryInspection *self)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), NULL);

  return self->framework;
}

/**
 * granary_inspection_get_producer:
 * @self: an inspection
 *
 * Returns: (nullable) (transfer none): the program that wrote it, such as `pytorch 1.13`
 */
const char *
granary_inspection_get_producer (GranaryInspection *self)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), NULL);

  return self->producer;
}

/**
 * granary_inspection_get_opset:
 * @self: an inspection
 *
 * Returns: version of ONNX's default operator set, 0 if unknown
 */
int
granary_inspection_get_opset (GranaryInspection *self)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), 0);

  return self->opset;
}

/**
 * granary_inspection_get_ir_version:
 * @self: an inspection
 *
 * Returns: version of ONNX's file format, 0 if unknown
 */
int
granary_inspection_get_ir_version (GranaryInspection *self)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), 0);

  return self->ir_version;
}

/**
 * granary_inspection_get_parameters:
 * @self: an inspection
 *
 * Returns: how many numbers its weights are, -1 if unknown
 */
gint64
granary_inspection_get_parameters (GranaryInspection *self)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), -1);

  return self->parameters;
}

/**
 * granary_inspection_get_n_types:
 * @self: an inspection
 *
 * Returns: how many element types its weights have
 */
guint
granary_inspection_get_n_types (GranaryInspection *self)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), 0);

  return self->types->len;
}

/**
 * granary_inspection_get_type_name:
 * @self: an inspection
 * @position: less than the number of types
 * @parameters: (out) (optional): how many parameters have it
 *
 * Returns: (transfer none): an element type of the weights, such as `float16`
 */
const char *
granary_inspection_get_type_name (GranaryInspection *self,
                                  guint              position,
                                  gint64            *parameters)
{
  const GranaryInspectionType *type;

  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), NULL);
  g_return_val_if_fail (position < self->types->len, NULL);

  type = &g_array_index (self->types, GranaryInspectionType, position);
  if (parameters != NULL)
    *parameters = type->count;

  return type->name;
}

/**
 * granary_inspection_get_n_inputs:
 * @self: an inspection
 *
 * Returns: how many inputs are known
 */
guint
granary_inspection_get_n_inputs (GranaryInspection *self)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), 0);

  return self->inputs->len;
}

/**
 * granary_inspection_get_input:
 * @self: an inspection
 * @position: less than the number of inputs
 *
 * Returns: (transfer none): an input
 */
const GranaryTensor *
granary_inspection_get_input (GranaryInspection *self,
                              guint              position)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), NULL);
  g_return_val_if_fail (position < self->inputs->len, NULL);

  return &g_array_index (self->inputs, GranaryTensor, position);
}

/**
 * granary_inspection_get_n_outputs:
 * @self: an inspection
 *
 * Returns: how many outputs are known
 */
guint
granary_inspection_get_n_outputs (GranaryInspection *self)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), 0);

  return self->outputs->len;
}

/**
 * granary_inspection_get_output:
 * @self: an inspection
 * @position: less than the number of outputs
 *
 * Returns: (transfer none): an output
 */
const GranaryTensor *
granary_inspection_get_output (GranaryInspection *self,
                               guint              position)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), NULL);
  g_return_val_if_fail (position < self->outputs->len, NULL);

  return &g_array_index (self->outputs, GranaryTensor, position);
}

/**
 * granary_inspection_get_n_metadata:
 * @self: an inspection
 *
 * Returns: how many facts the file states of itself
 */
guint
granary_inspection_get_n_metadata (GranaryInspection *self)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), 0);

  return self->metadata->len;
}

/**
 * granary_inspection_get_metadata:
 * @self: an inspection
 * @position: less than the number of metadata
 * @value: (out) (optional) (transfer none): its value
 *
 * Returns: (transfer none): the key
 */
const char *
granary_inspection_get_metadata (GranaryInspection  *self,
                                 guint               position,
                                 const char        **value)
{
  const GranaryInspectionPair *pair;

  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), NULL);
  g_return_val_if_fail (position < self->metadata->len, NULL);

  pair = &g_array_index (self->metadata, GranaryInspectionPair, position);
  if (value != NULL)
    *value = pair->value;

  return pair->key;
}

/**
 * granary_inspection_find_metadata:
 * @self: an inspection
 * @key: which one
 *
 * Returns: (nullable) (transfer none): the value of @key
 */
const char *
granary_inspection_find_metadata (GranaryInspection *self,
                                  const char        *key)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), NULL);
  g_return_val_if_fail (key != NULL, NULL);

  for (guint i = 0; i < self->metadata->len; i++)
    {
      const GranaryInspectionPair *pair = &g_array_index (self->metadata, GranaryInspectionPair, i);

      if (g_str_equal (pair->key, key))
        return pair->value;
    }

  return NULL;
}

/**
 * granary_inspection_get_n_files:
 * @self: an inspection
 *
 * Returns: how many files make up the model
 */
guint
granary_inspection_get_n_files (GranaryInspection *self)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), 0);

  return self->files->len;
}

/**
 * granary_inspection_get_file:
 * @self: an inspection
 * @position: less than the number of files
 *
 * The first one is the model itself, the others are those it needs.
 *
 * Returns: (transfer none): path of a file
 */
const char *
granary_inspection_get_file (GranaryInspection *self,
                             guint              position)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), NULL);
  g_return_val_if_fail (position < self->files->len, NULL);

  return g_ptr_array_index (self->files, position);
}

/**
 * granary_inspection_get_n_warnings:
 * @self: an inspection
 *
 * Returns: how many warnings there are
 */
guint
granary_inspection_get_n_warnings (GranaryInspection *self)
{
  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), 0);

  return self->warnings->len;
}

/**
 * granary_inspection_get_warning:
 * @self: an inspection
 * @position: less than the number of warnings
 * @subject: (out) (optional) (nullable) (transfer none): what it is about
 *
 * Returns: what to be warned of
 */
GranaryInspectionWarning
granary_inspection_get_warning (GranaryInspection  *self,
                                guint               position,
                                const char        **subject)
{
  const GranaryInspectionNote *warning;

  g_return_val_if_fail (GRANARY_IS_INSPECTION (self), GRANARY_WARNING_UNREADABLE);
  g_return_val_if_fail (position < self->warnings->len, GRANARY_WARNING_UNREADABLE);

  warning = &g_array_index (self->warnings, GranaryInspectionNote, position);
  if (subject != NULL)
    *subject = warning->subject;

  return warning->code;
}

/**
 * granary_inspection_warning_to_id:
 * @warning: a warning
 *
 * Returns: (transfer none): its name in JSON, such as `runs-code`
 */
const char *
granary_inspection_warning_to_id (GranaryInspectionWarning warning)
{
  g_return_val_if_fail ((guint) warning < GRANARY_N_INSPECTION_WARNINGS, NULL);

  return warning_ids[warning];
}

