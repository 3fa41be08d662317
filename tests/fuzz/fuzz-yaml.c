/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fuzz.h"

#include "granary-error.h"
#include "granary-mlflow-private.h"
#include "granary-yaml.h"

#define MAX_DEPTH 64
#define MAX_NODES 200000

/* Nothing but bounded, printable JSON comes out, aliases followed. */
static guint
count_nodes (JsonNode *node,
             guint     depth)
{
  guint n = 1;

  g_assert_cmpuint (depth, <=, MAX_DEPTH);
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        n += count_nodes (json_array_get_element (array, i), depth + 1);
    }
  else if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *member;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, &name, &member))
        {
          g_assert_true (g_utf8_validate (name, -1, NULL));
          n += count_nodes (member, depth + 1);
        }
    }
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    g_assert_true (g_utf8_validate (json_node_get_string (node), -1, NULL));

  return n;
}

/**
 * LLVMFuzzerTestOneInput:
 * @data: what a file might hold
 * @size: its bytes
 *
 * One entry over YAML and over what is made of that of a model.
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GranaryTaskOutput) output = granary_task_output_new ("");
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *created = NULL;

  root = granary_yaml_parse (size > 0 ? (const char *) data : "", (gssize) size, "file", &error);
  g_assert_true ((root == NULL) == (error != NULL));
  if (root != NULL)
    g_assert_cmpuint (count_nodes (root, 0), <=, MAX_NODES);
  else
    g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_TASK_UNREADABLE));

  granary_mlflow_read_model (text, size, output, &created);
  granary_mlflow_guess_framework (text);

  return 0;
}
