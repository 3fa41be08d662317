/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-xml-pull.h"

/* OpenVINO IR: the network as XML, its weights in a file of the same name that ends in .bin.
 * Layers of type Parameter and Result are what goes in and out, Const layers are the weights.
 * docs.openvino.ai, "Model Representation in OpenVINO". */

typedef struct
{
  char     *type;
  char     *name;
  char     *tensor;    /* of the first port that names one */
  char     *element;
  char     *shape;
  char     *precision; /* of the last port */
  GString  *dimensions; /* of the last port */
  gboolean  is_stored;
} Layer;

typedef struct
{
  GranaryInspectSubject *subject;
  GranaryXmlPull        *pull;
  Layer                  layer;
  char                  *section; /* (owned) (nullable): element at depth 1 */
} Net;

static gboolean
detect_openvino (GranaryInspectSubject *subject)
{
  g_autofree char *root = granary_xml_pull_find_root (subject->head, subject->head_length);

  return g_strcmp0 (root, "net") == 0 &&
         memmem (subject->head, subject->head_length, "version=", 8) != NULL;
}

static void
clear_layer (Layer *layer)
{
  g_clear_pointer (&layer->type, g_free);
  g_clear_pointer (&layer->name, g_free);
  g_clear_pointer (&layer->tensor, g_free);
  g_clear_pointer (&layer->element, g_free);
  g_clear_pointer (&layer->shape, g_free);
  g_clear_pointer (&layer->precision, g_free);
  if (layer->dimensions != NULL)
    g_string_truncate (layer->dimensions, 0);
  layer->is_stored = FALSE;
}

/* Both spellings: `f32` of attributes, `FP32` of ports. */
static const char *
name_type (const char *id)
{
  static const struct
  {
    const char *id;
    const char *name;
  } known[] = {
    { "f32", "float32" }, { "fp32", "float32" }, { "f16", "float16" }, { "fp16", "float16" },
    { "bf16", "bfloat16" }, { "f64", "float64" }, { "fp64", "float64" },
    { "f8e4m3", "float8e4m3fn" }, { "f8e5m2", "float8e5m2" },
    { "i64", "int64" }, { "i32", "int32" }, { "i16", "int16" }, { "i8", "int8" }, { "i4", "int4" },
    { "u64", "uint64" }, { "u32", "uint32" }, { "u16", "uint16" }, { "u8", "uint8" },
    { "u4", "uint4" }, { "u1", "uint1" }, { "boolean", "bool" }, { "bool", "bool" },
  };

  for (guint i = 0; id != NULL && i < G_N_ELEMENTS (known); i++)
    if (g_ascii_strcasecmp (id, known[i].id) == 0)
      return known[i].name;

  return id;
}

/* "1, 3, -1, 5..9" without spaces; -1 is a dimension that is not given. */
static char *
tidy_shape (const char *shape)
{
  g_auto (GStrv) parts = NULL;

  if (shape == NULL)
    return NULL;
  parts = g_strsplit (shape, ",", 256);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_strstrip (parts[i]);
      if (g_str_equal (parts[i], "-1"))
        {
          g_free (parts[i]);
          parts[i] = g_strdup ("?");
        }
    }

  return g_strjoinv (",", parts);
}

static gint64
count_elements (const char *shape)
{
  g_auto (GStrv) parts = g_strsplit (shape != NULL ? shape : "", ",", 256);
  gint64 product = 1;

  for (guint i = 0; parts[i] != NULL && *parts[i] != '\0'; i++)
    {
      guint64 dimension;

      if (!g_ascii_string_to_unsigned (g_strstrip (parts[i]), 10, 0, G_MAXINT64, &dimension,
                                       NULL) ||
          !granary_inspection_multiply (&product, (gint64) dimension))
        return -1;
    }

  return product;
}

static void
finish_layer (Net *net)
{
  static const char sink[] = "/sink_port_";
  GranaryInspection *inspection = net->subject->inspection;
  Layer *layer = &net->layer;
  const char *type = layer->type != NULL ? layer->type : "";
  const char *name = layer->tensor != NULL ? layer->tensor : layer->name;
  g_autofree char *shape = tidy_shape (layer->shape != NULL ? layer->shape
                                                            : layer->dimensions->str);

  if (g_str_equal (type, "Parameter") || g_str_equal (type, "Input"))
    granary_inspection_add_input (inspection, name,
                                  name_type (layer->element != NULL ? layer->element
                                                                    : layer->precision), shape);
  else if (g_str_equal (type, "Result"))
    {
      /* The layer is called after the one whose output it takes. */
      char *end = layer->name != NULL ? strstr (layer->name, sink) : NULL;

      if (end != NULL)
        *end = '\0';
      granary_inspection_add_output (inspection, layer->name, name_type (layer->precision), shape);
    }
  else if (g_str_equal (type, "Const") && layer->is_stored)
    granary_inspection_add_parameters (inspection, name_type (layer->element),
                                       count_elements (layer->shape));
}

/* An element inside of a layer, at its own depth: bodies of branches and loops lie deeper. */
static void
enter_layer_part (Net *net)
{
  GranaryXmlPull *pull = net->pull;
  Layer *layer = &net->layer;

  if (pull->depth == 3 && g_str_equal (pull->name, "data"))
    {
      g_autofree char *offset = granary_xml_pull_dup_attribute (pull, "offset");

      g_free (layer->element);
      g_free (layer->shape);
      layer->element = granary_xml_pull_dup_attribute (pull, "element_type");
      layer->shape = granary_xml_pull_dup_attribute (pull, "shape");
      layer->is_stored = offset != NULL;
    }
  else if (pull->depth == 4 && g_str_equal (pull->name, "port"))
    {
      g_autofree char *names = granary_xml_pull_dup_attribute (pull, "names");

      g_free (layer->precision);
      layer->precision = granary_xml_pull_dup_attribute (pull, "precision");
      g_string_truncate (layer->dimensions, 0);
      if (names != NULL && *names != '\0' && layer->tensor == NULL)
        layer->tensor = g_strndup (names, strcspn (names, ","));
    }
}

static void
leave_layer_part (Net *net)
{
  GString *dimensions = net->layer.dimensions;

  if (net->pull->depth == 2)
    finish_layer (net);
  else if (net->pull->depth == 5 && g_str_equal (net->pull->name, "dim") && dimensions->len < 256)
    g_string_append_printf (dimensions, "%s%s", dimensions->len > 0 ? "," : "",
                            net->pull->text->str);
}

/* What the converter noted down: `NAME value="…"`, in groups. */
static void
note_fact (Net *net)
{
  g_autofree char *value = granary_xml_pull_dup_attribute (net->pull, "value");

  if (value == NULL || net->pull->depth > 5)
    return;
  if (g_str_equal (net->pull->name, "Runtime_version"))
    {
      g_autofree char *producer = g_strconcat ("OpenVINO ", value, NULL);

      granary_inspection_set_producer (net->subject->inspection, producer);
    }
  else
    granary_inspection_set_metadata (net->subject->inspection, net->pull->name, value);
}

static void
take_element (Net *net)
{
  GranaryXmlPull *pull = net->pull;

  if (pull->depth == 0 && pull->is_start)
    {
      g_autofree char *name = granary_xml_pull_dup_attribute (pull, "name");
      g_autofree char *version = granary_xml_pull_dup_attribute (pull, "version");

      granary_inspection_set_metadata (net->subject->inspection, "name", name);
      if (version != NULL)
        granary_inspection_set_ir_version (net->subject->inspection,
                                           g_ascii_strtoll (version, NULL, 10));
    }
  else if (pull->depth == 1)
    {
      g_free (net->section);
      net->section = g_strdup (pull->is_start ? pull->name : NULL);
    }
  else if (g_strcmp0 (net->section, "layers") == 0)
    {
      if (pull->depth == 2 && pull->is_start)
        {
          clear_layer (&net->layer);
          net->layer.type = granary_xml_pull_dup_attribute (pull, "type");
          net->layer.name = granary_xml_pull_dup_attribute (pull, "name");
        }
      else if (pull->is_start)
        enter_layer_part (net);
      else
        leave_layer_part (net);
    }
  else if (pull->is_start && g_strcmp0 (net->section, "rt_info") == 0)
    note_fact (net);
}

static gboolean
read_openvino (GranaryInspectSubject  *subject,
               GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GranaryXmlPull) pull = NULL;
  g_autoptr (GString) dimensions = g_string_new (NULL);
  g_autofree char *base = g_path_get_basename (subject->name);
  Net net = { .subject = subject, .layer.dimensions = dimensions };
  char *ending = strrchr (base, '.');

  granary_inspection_set_format (subject->inspection, "OpenVINO IR");
  granary_inspection_set_framework (subject->inspection, "OpenVINO");
  granary_inspection_add_parameters (subject->inspection, NULL, 0);
  if (ending != NULL && g_ascii_strcasecmp (ending, ".xml") == 0)
    {
      g_autofree char *weights = NULL;

      *ending = '\0';
      weights = g_strconcat (base, ".bin", NULL);
      granary_inspection_add_file (subject->inspection, weights);
    }

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  pull = granary_xml_pull_new (cursor);
  net.pull = pull;
  while (granary_xml_pull_next (pull))
    take_element (&net);
  clear_layer (&net.layer);
  g_free (net.section);

  return granary_inspect_settle (subject, cursor, FALSE, error);
}

const GranaryInspectParser granary_inspect_openvino = {
  .rank = 75,
  .detect = detect_openvino,
  .read = read_openvino,
};
