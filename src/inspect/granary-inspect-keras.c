/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-json-pull.h"
#include "granary-memory-reader.h"

/* The two texts of a Keras 3 archive, as keras/src/saving/saving_lib.py and serialization_lib.py
 * write them: metadata.json {"keras_version","date_saved"} and config.json {"module","class_name",
 * "config":{"name","layers":[{"module","class_name","config":{…}}…],"output_layers"}}. */

#define MAX_TEXT 1024
#define MAX_CODE 8

/* Where things stand in config.json, counted in open objects and arrays. */
#define ROOT 1
#define ROOT_CONFIG 2
#define LAYERS 3
#define LAYER 4
#define LAYER_CONFIG 5
#define LAYER_SHAPE 6

/* An object or array that is open. */
typedef struct
{
  char    *opened_by; /* (nullable): the key it stands under */
  char    *key;       /* (nullable): the last key in it */
  char    *module;
  char    *class_name;
  char    *name;
  char    *type;
  GString *shape;     /* (nullable) */
  guint    n_items;
} Frame;

typedef struct
{
  GranaryInspection *inspection;
  GranaryJsonPull   *pull;
  Frame              frames[GRANARY_JSON_PULL_MAX_DEPTH + 1]; /* by depth */
  GString           *code;
  guint              n_code;
  char              *last_layer;
  gboolean           has_outputs;
} KerasWalk;

static void
clear_frame (Frame *frame)
{
  g_clear_pointer (&frame->opened_by, g_free);
  g_clear_pointer (&frame->key, g_free);
  g_clear_pointer (&frame->module, g_free);
  g_clear_pointer (&frame->class_name, g_free);
  g_clear_pointer (&frame->name, g_free);
  g_clear_pointer (&frame->type, g_free);
  if (frame->shape != NULL)
    g_string_free (g_steal_pointer (&frame->shape), TRUE);
  frame->n_items = 0;
}

static gboolean
is_under (KerasWalk  *walk,
          guint       depth,
          const char *key)
{
  return g_strcmp0 (walk->frames[depth].opened_by, key) == 0;
}

static gboolean
is_of_keras (const char *module)
{
  return module == NULL || g_str_equal (module, "builtins") || g_str_equal (module, "keras") ||
         g_str_has_prefix (module, "keras.") || g_str_has_prefix (module, "keras_");
}

/* A Lambda layer holds the code of a function; a module of somebody else's is imported. */
static void
note_code (KerasWalk   *walk,
           const Frame *frame)
{
  g_autofree char *name = NULL;

  if (frame->class_name == NULL ||
      (is_of_keras (frame->module) && !g_str_equal (frame->class_name, "Lambda")))
    return;

  name = g_strdup_printf ("%s.%s", frame->module != NULL ? frame->module : "keras",
                          frame->class_name);
  if (walk->n_code >= MAX_CODE || strstr (walk->code->str, name) != NULL)
    return;
  walk->n_code++;
  g_string_append_printf (walk->code, "%s%s", walk->code->len > 0 ? ", " : "", name);
}

static gboolean
is_in_layer (KerasWalk *walk)
{
  return walk->pull->depth >= LAYERS && is_under (walk, ROOT_CONFIG, "config") &&
         is_under (walk, LAYERS, "layers");
}

/* What a layer's configuration says of it is the layer's. */
static void
close_layer_config (KerasWalk *walk,
                    Frame     *config)
{
  Frame *layer = &walk->frames[LAYER];

  g_free (layer->name);
  layer->name = g_steal_pointer (&config->name);
  g_free (layer->type);
  layer->type = g_steal_pointer (&config->type);
  if (layer->shape != NULL)
    g_string_free (layer->shape, TRUE);
  layer->shape = g_steal_pointer (&config->shape);
}

static void
close_layer (KerasWalk   *walk,
             const Frame *layer)
{
  if (g_strcmp0 (layer->class_name, "InputLayer") == 0)
    granary_inspection_add_input (walk->inspection, layer->name, layer->type,
                                  layer->shape != NULL ? layer->shape->str : NULL);
  else if (layer->name != NULL)
    {
      g_free (walk->last_layer);
      walk->last_layer = g_strdup (layer->name);
    }
}

/* @depth: of what was just closed. */
static void
close_frame (KerasWalk *walk,
             guint      depth)
{
  Frame *frame = &walk->frames[depth];

  note_code (walk, frame);
  if (depth == ROOT)
    {
      granary_inspection_set_metadata (walk->inspection, "class", frame->class_name);
      granary_inspection_set_metadata (walk->inspection, "name", frame->name);
    }
  else if (depth == ROOT_CONFIG && is_under (walk, ROOT_CONFIG, "config"))
    {
      g_free (walk->frames[ROOT].name);
      walk->frames[ROOT].name = g_steal_pointer (&frame->name);
    }
  else if (is_in_layer (walk))
    {
      if (depth == LAYER_SHAPE && is_under (walk, LAYER_CONFIG, "config") &&
          (is_under (walk, LAYER_SHAPE, "batch_shape") ||
           is_under (walk, LAYER_SHAPE, "batch_input_shape")) &&
          walk->frames[LAYER_CONFIG].shape == NULL)
        walk->frames[LAYER_CONFIG].shape = frame->shape != NULL
                                           ? g_steal_pointer (&frame->shape) : g_string_new (NULL);
      else if (depth == LAYER_CONFIG && is_under (walk, LAYER_CONFIG, "config"))
        close_layer_config (walk, frame);
      else if (depth == LAYER)
        close_layer (walk, frame);
    }

  clear_frame (frame);
}

static void
take_string (KerasWalk *walk,
             Frame     *frame)
{
  const char *text = walk->pull->text->str;
  char **field = NULL;

  if (frame->key == NULL)
    {
      /* ["dense",0,0]: the layer, and which of its outputs. */
      if (frame->n_items == 0 && walk->pull->depth >= LAYERS &&
          is_under (walk, LAYERS, "output_layers") && is_under (walk, ROOT_CONFIG, "config"))
        {
          granary_inspection_add_output (walk->inspection, text, NULL, NULL);
          walk->has_outputs = TRUE;
        }
      return;
    }

  if (g_str_equal (frame->key, "module"))
    field = &frame->module;
  else if (g_str_equal (frame->key, "class_name"))
    field = &frame->class_name;
  else if (g_str_equal (frame->key, "name"))
    field = &frame->name;
  else if (g_str_equal (frame->key, "dtype"))
    field = &frame->type;
  if (field != NULL)
    {
      g_free (*field);
      *field = g_strdup (text);
    }
}

/* A size in a shape; `null` is one that is not given. */
static void
take_size (KerasWalk *walk,
           Frame     *frame,
           gboolean   is_null)
{
  gint64 size = -1;

  if (walk->pull->depth != LAYER_SHAPE || frame->key != NULL || frame->n_items >= 32 ||
      (!is_null && !granary_json_pull_get_size (walk->pull, &size)))
    return;
  if (frame->shape == NULL)
    frame->shape = g_string_new (NULL);
  granary_inspect_append_dimension (frame->shape, is_null ? -1 : size);
}

static gboolean
walk_config (KerasWalk *walk)
{
  for (;;)
    {
      guint depth = walk->pull->depth;
      GranaryJsonToken token = granary_json_pull_next (walk->pull);
      Frame *frame = &walk->frames[walk->pull->depth];

      switch (token)
        {
        case GRANARY_JSON_TOKEN_FAULT:
          return FALSE;

        case GRANARY_JSON_TOKEN_END:
          return TRUE;

        case GRANARY_JSON_TOKEN_BEGIN_OBJECT:
        case GRANARY_JSON_TOKEN_BEGIN_ARRAY:
          frame->opened_by = g_strdup (walk->frames[depth].key);
          walk->frames[depth].n_items++;
          break;

        case GRANARY_JSON_TOKEN_END_OBJECT:
        case GRANARY_JSON_TOKEN_END_ARRAY:
          close_frame (walk, depth);
          break;

        case GRANARY_JSON_TOKEN_KEY:
          g_free (frame->key);
          frame->key = g_strdup (walk->pull->text->str);
          break;

        case GRANARY_JSON_TOKEN_STRING:
          take_string (walk, frame);
          frame->n_items++;
          break;

        case GRANARY_JSON_TOKEN_NUMBER:
        case GRANARY_JSON_TOKEN_NULL:
          take_size (walk, frame, token == GRANARY_JSON_TOKEN_NULL);
          frame->n_items++;
          break;

        case GRANARY_JSON_TOKEN_TRUE:
        case GRANARY_JSON_TOKEN_FALSE:
        default:
          frame->n_items++;
          break;
        }
    }
}

static gboolean
read_config (GranaryInspection *inspection,
             GBytes            *bytes)
{
  g_autoptr (GranaryRangeReader) reader = granary_memory_reader_new (bytes);
  g_autoptr (GranaryCursor) cursor = granary_cursor_new (reader, G_MAXINT64, NULL);
  g_autoptr (GranaryJsonPull) pull = granary_json_pull_new (cursor, cursor->size, MAX_TEXT);
  g_autoptr (GString) code = g_string_new (NULL);
  g_autofree KerasWalk *walk = g_new0 (KerasWalk, 1);
  gboolean whole;

  walk->inspection = inspection;
  walk->pull = pull;
  walk->code = code;
  whole = walk_config (walk);

  /* A Sequential model ends with its last layer. */
  if (whole && !walk->has_outputs && walk->last_layer != NULL)
    granary_inspection_add_output (inspection, walk->last_layer, NULL, NULL);
  if (code->len > 0)
    granary_inspection_add_warning (inspection, GRANARY_WARNING_RUNS_CODE, code->str);

  for (guint i = 0; i < G_N_ELEMENTS (walk->frames); i++)
    clear_frame (&walk->frames[i]);
  g_free (walk->last_layer);

  return whole;
}

/* A flat object of texts. */
static gboolean
read_metadata (GranaryInspection *inspection,
               GBytes            *bytes)
{
  g_autoptr (GranaryRangeReader) reader = granary_memory_reader_new (bytes);
  g_autoptr (GranaryCursor) cursor = granary_cursor_new (reader, G_MAXINT64, NULL);
  g_autoptr (GranaryJsonPull) pull = granary_json_pull_new (cursor, cursor->size, MAX_TEXT);
  GranaryJsonToken token;

  if (granary_json_pull_next (pull) != GRANARY_JSON_TOKEN_BEGIN_OBJECT)
    return FALSE;

  while ((token = granary_json_pull_next (pull)) == GRANARY_JSON_TOKEN_KEY)
    {
      gboolean is_version = g_str_equal (pull->text->str, "keras_version");

      if (!is_version && !g_str_equal (pull->text->str, "date_saved"))
        {
          if (!granary_json_pull_skip_value (pull))
            return FALSE;
          continue;
        }
      if (granary_json_pull_next (pull) != GRANARY_JSON_TOKEN_STRING)
        return FALSE;
      if (is_version)
        {
          g_autofree char *producer = g_strconcat ("Keras ", pull->text->str, NULL);

          granary_inspection_set_producer (inspection, producer);
        }
      else
        granary_inspection_set_metadata (inspection, "date_saved", pull->text->str);
    }

  return token == GRANARY_JSON_TOKEN_END_OBJECT;
}

/**
 * granary_inspect_keras_content:
 * @subject: an archive of Keras 3
 * @metadata: (nullable): its metadata.json
 * @config: (nullable): its config.json
 *
 * Tells what the archive's texts say: version, class, inputs and outputs, and what of it is code.
 */
void
granary_inspect_keras_content (GranaryInspectSubject *subject,
                               GBytes                *metadata,
                               GBytes                *config)
{
  granary_inspection_set_format (subject->inspection, "Keras");
  granary_inspection_set_framework (subject->inspection, "Keras");

  if (metadata == NULL || !read_metadata (subject->inspection, metadata) || config == NULL ||
      !read_config (subject->inspection, config))
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_UNREADABLE,
                                    subject->name);
}
