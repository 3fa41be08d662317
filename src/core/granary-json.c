/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-json.h"

#include <string.h>

#include "granary-error.h"

/* The only place that takes JSON apart. Content comes from files and servers: a missing member, a
 * null or another type is an ordinary answer ("not there"), never an assertion. */

/**
 * granary_json_parse:
 * @text: JSON in UTF-8
 * @length: its bytes, or -1
 * @subject: what the text is, for the error
 * @error: return location
 *
 * Returns: (transfer full): the root, or %NULL with %GRANARY_REASON_JSON_SYNTAX
 */
JsonNode *
granary_json_parse (const char  *text,
                    gssize       length,
                    const char  *subject,
                    GError     **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local_error = NULL;
  JsonNode *root = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  /* Without being strict it makes an array of several values, which aborts an immutable parser. */
  parser = json_parser_new_immutable ();
  json_parser_set_strict (parser, TRUE);
  if (json_parser_load_from_data (parser, text, length, &local_error))
    root = json_parser_steal_root (parser);

  if (root == NULL)
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_JSON_SYNTAX, subject,
                         "%s", local_error != NULL ? local_error->message : "empty document");
      return NULL;
    }

  return root;
}

/**
 * granary_json_to_text:
 * @node: a tree
 * @pretty: whether to break and indent lines
 *
 * Returns: (transfer full): @node as JSON
 */
char *
granary_json_to_text (JsonNode *node,
                      gboolean  pretty)
{
  g_return_val_if_fail (node != NULL, NULL);

  return json_to_string (node, pretty);
}

/**
 * granary_json_lookup:
 * @node: (nullable): a tree
 * @path: names of members, parted by `.`; "" is @node itself
 *
 * Returns: (transfer none) (nullable): what stands there, unless missing or null
 */
JsonNode *
granary_json_lookup (JsonNode   *node,
                     const char *path)
{
  g_auto (GStrv) names = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  /* A plain member is by far the commonest, and answers have hundreds of thousands of them. */
  if (*path != '\0' && strchr (path, '.') == NULL)
    {
      if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
        return NULL;
      node = json_object_get_member (json_node_get_object (node), path);
      return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
    }

  names = g_strsplit (path, ".", -1);
  for (guint i = 0; names[i] != NULL && node != NULL; i++)
    {
      if (*names[i] == '\0' && names[1] == NULL)
        break;
      if (!JSON_NODE_HOLDS_OBJECT (node))
        return NULL;
      node = json_object_get_member (json_node_get_object (node), names[i]);
    }

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

/**
 * granary_json_get_string:
 * @node: (nullable): a tree
 * @path: as in granary_json_lookup()
 *
 * Returns: (transfer none) (nullable): the string there
 */
const char *
granary_json_get_string (JsonNode   *node,
                         const char *path)
{
  JsonNode *found = granary_json_lookup (node, path);

  if (found == NULL || !JSON_NODE_HOLDS_VALUE (found) ||
      json_node_get_value_type (found) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (found);
}

/**
 * granary_json_get_int:
 * @node: (nullable): a tree
 * @path: as in granary_json_lookup()
 * @value: (out): the number
 *
 * Returns: whether an integer stands there
 */
gboolean
granary_json_get_int (JsonNode   *node,
                      const char *path,
                      gint64     *value)
{
  JsonNode *found = granary_json_lookup (node, path);

  g_return_val_if_fail (value != NULL, FALSE);

  if (found == NULL || !JSON_NODE_HOLDS_VALUE (found) ||
      json_node_get_value_type (found) != G_TYPE_INT64)
    return FALSE;

  *value = json_node_get_int (found);
  return TRUE;
}

/**
 * granary_json_get_double:
 * @node: (nullable): a tree
 * @path: as in granary_json_lookup()
 * @value: (out): the number
 *
 * Returns: whether a number, whole or not, stands there
 */
gboolean
granary_json_get_double (JsonNode   *node,
                         const char *path,
                         double     *value)
{
  JsonNode *found = granary_json_lookup (node, path);
  GType type;

  g_return_val_if_fail (value != NULL, FALSE);

  if (found == NULL || !JSON_NODE_HOLDS_VALUE (found))
    return FALSE;
  type = json_node_get_value_type (found);
  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;

  *value = json_node_get_double (found);
  return TRUE;
}

/**
 * granary_json_get_array:
 * @node: (nullable): a tree
 * @path: as in granary_json_lookup()
 *
 * Returns: (transfer none) (nullable): the array there
 */
JsonArray *
granary_json_get_array (JsonNode   *node,
                        const char *path)
{
  JsonNode *found = granary_json_lookup (node, path);

  return found != NULL && JSON_NODE_HOLDS_ARRAY (found) ? json_node_get_array (found) : NULL;
}

/**
 * granary_json_get_object:
 * @node: (nullable): a tree
 * @path: as in granary_json_lookup()
 *
 * Returns: (transfer none) (nullable): the object there
 */
JsonObject *
granary_json_get_object (JsonNode   *node,
                         const char *path)
{
  JsonNode *found = granary_json_lookup (node, path);

  return found != NULL && JSON_NODE_HOLDS_OBJECT (found) ? json_node_get_object (found) : NULL;
}
