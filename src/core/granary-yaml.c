/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-yaml.h"

#include <math.h>
#include <string.h>
#include <yaml.h>

#include "granary-error.h"

/* The only place that takes YAML apart. What training tools write is small and flat; these bounds
 * are far above it, and keep what comes from anywhere from growing. */
#define MAX_DEPTH 64
#define MAX_NODES 200000
/* Text that aliases may repeat: whoever writes the tree out would write all of it. */
#define MAX_REPEATED_BYTES (16 * 1024 * 1024)

#define TAG(name) ("tag:yaml.org,2002:" name)

typedef struct
{
  yaml_parser_t  parser;
  const char    *subject;
  GHashTable    *anchors;        /* name → Part */
  guint          n_nodes;        /* aliases count as what they stand for */
  gsize          n_bytes;        /* of text, likewise */
  gsize          n_repeated;     /* of n_bytes, what aliases added */
} Reader;

/* What an anchor stands for. */
typedef struct
{
  JsonNode *node;
  guint     n_nodes;
  gsize     n_bytes;
  guint     height;
} Part;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (yaml_event_t, yaml_event_delete)

static JsonNode *read_node (Reader        *self,
                            yaml_event_t  *event,
                            guint          depth,
                            guint         *height,
                            GError       **error);

/* Auxiliary functions */

static void
part_free (gpointer data)
{
  Part *self = data;

  json_node_unref (self->node);
  g_free (self);
}

static void
set_error (Reader      *self,
           gsize        line,
           const char  *message,
           GError     **error)
{
  int shown = (int) MIN (line + 1, G_MAXINT);

  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_TASK_UNREADABLE,
                     self->subject, "line %d: %s", shown, message);
  if (error != NULL && *error != NULL)
    granary_error_set_line (*error, shown);
}

static gboolean
next_event (Reader        *self,
            yaml_event_t  *event,
            GError       **error)
{
  const char *problem;

  if (yaml_parser_parse (&self->parser, event) == 1)
    return TRUE;

  problem = self->parser.problem != NULL ? self->parser.problem : "out of memory";
  set_error (self, self->parser.problem_mark.line, problem, error);
  return FALSE;
}

/* Plain scalars */

static gboolean
is_one_of (const char         *text,
           const char *const  *words)
{
  return g_strv_contains (words, text);
}

static JsonNode *
new_string (const char *text,
            gsize       length)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);

  return json_node_init_string (json_node_alloc (), valid);
}

/* Decimal, octal with a leading 0, hexadecimal and binary. Bases of 60 and digits parted by `_`,
 * which YAML 1.1 has as well, are names more often than numbers, and no tool writes them. */
static gboolean
parse_int (const char *text,
           gint64     *value)
{
  const char *digits = text;
  gboolean negative = *text == '-';
  guint base = 10;
  guint64 number;

  if (*digits == '-' || *digits == '+')
    digits++;
  if (digits[0] == '0' && digits[1] == 'x')
    base = 16;
  else if (digits[0] == '0' && digits[1] == 'b')
    base = 2;
  else if (digits[0] == '0' && digits[1] != '\0')
    base = 8;
  if (base == 16 || base == 2)
    digits += 2;
  if (!g_ascii_isxdigit (*digits))
    return FALSE;

  if (!g_ascii_string_to_unsigned (digits, base, 0, (guint64) G_MAXINT64 + negative, &number, NULL))
    return FALSE;

  *value = negative ? (gint64) (0 - number) : (gint64) number;
  return TRUE;
}

/* With a point, or with an exponent that has a sign: `1e-3` is a number to people, while `12e4567`
 * is the beginning of a commit. Neither .inf nor .nan: JSON has no such numbers. */
static gboolean
parse_double (const char *text,
              double     *value)
{
  const char *at = text;
  guint n_digits = 0;
  gboolean has_point = FALSE;
  gboolean has_exponent = FALSE;

  if (*at == '-' || *at == '+')
    at++;
  for (; g_ascii_isdigit (*at) || (*at == '.' && !has_point); at++)
    {
      if (*at == '.')
        has_point = TRUE;
      else
        n_digits++;
    }
  if (n_digits == 0)
    return FALSE;
  if (*at == 'e' || *at == 'E')
    {
      at++;
      has_exponent = *at == '-' || *at == '+';
      if (has_exponent)
        at++;
      if (!g_ascii_isdigit (*at) || (!has_exponent && !has_point))
        return FALSE;
      while (g_ascii_isdigit (*at))
        at++;
    }
  if (*at != '\0' || (!has_point && !has_exponent))
    return FALSE;

  *value = g_ascii_strtod (text, NULL);
  return isfinite (*value);
}

static JsonNode *
resolve (const char *text,
         gsize       length)
{
  static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
  static const char *const trues[] = { "true", "True", "TRUE", "yes", "Yes", "YES",
                                       "on", "On", "ON", NULL };
  static const char *const falses[] = { "false", "False", "FALSE", "no", "No", "NO",
                                        "off", "Off", "OFF", NULL };
  gint64 whole;
  double number;

  if (strlen (text) != length)
    return new_string (text, length);
  if (is_one_of (text, nulls))
    return json_node_init_null (json_node_alloc ());
  if (is_one_of (text, trues))
    return json_node_init_boolean (json_node_alloc (), TRUE);
  if (is_one_of (text, falses))
    return json_node_init_boolean (json_node_alloc (), FALSE);
  if (parse_int (text, &whole))
    return json_node_init_int (json_node_alloc (), whole);
  if (parse_double (text, &number))
    return json_node_init_double (json_node_alloc (), number);

  return new_string (text, length);
}

/* A tag of Python's own types, or of any other program, says nothing here: the value counts as it
 * is written. */
static JsonNode *
read_scalar (yaml_event_t *event)
{
  static const char *const resolved[] = { TAG ("null"), TAG ("bool"), TAG ("int"), TAG ("float"),
                                          NULL };
  const char *text = (const char *) event->data.scalar.value;
  const char *tag = (const char *) event->data.scalar.tag;
  gsize length = event->data.scalar.length;

  if (tag != NULL ? is_one_of (tag, resolved) : event->data.scalar.plain_implicit)
    return resolve (text, length);

  return new_string (text, length);
}

/* Aliases and collections */

static JsonNode *
read_alias (Reader        *self,
            yaml_event_t  *event,
            guint          depth,
            guint         *height,
            GError       **error)
{
  const Part *part = g_hash_table_lookup (self->anchors, event->data.alias.anchor);
  gsize line = event->start_mark.line;

  if (part == NULL)
    {
      set_error (self, line, "alias of nothing, or of what it is part of", error);
      return NULL;
    }
  if (part->n_nodes > MAX_NODES - self->n_nodes ||
      part->n_bytes > MAX_REPEATED_BYTES - self->n_repeated ||
      depth + part->height > MAX_DEPTH)
    {
      set_error (self, line, "aliases repeat too much", error);
      return NULL;
    }

  self->n_nodes += part->n_nodes;
  self->n_bytes += part->n_bytes;
  self->n_repeated += part->n_bytes;
  *height = part->height;
  /* The copy shares objects, arrays and text with what it is a copy of. */
  return json_node_copy (part->node);
}

static JsonNode *
read_sequence (Reader        *self,
               guint          depth,
               guint         *height,
               GError       **error)
{
  g_autoptr (JsonArray) array = json_array_new ();

  *height = 0;
  while (TRUE)
    {
      g_auto (yaml_event_t) event = { 0 };
      JsonNode *node;
      guint below;

      if (!next_event (self, &event, error))
        return NULL;
      if (event.type == YAML_SEQUENCE_END_EVENT)
        break;
      node = read_node (self, &event, depth + 1, &below, error);
      if (node == NULL)
        return NULL;
      json_array_add_element (array, node);
      *height = MAX (*height, below + 1);
    }

  return json_node_init_array (json_node_alloc (), array);
}

/* The text of a key as it is written; NULL for what leaves its value out: merge keys, and keys that
 * are collections. */
static char *
read_key (Reader        *self,
          yaml_event_t  *event,
          guint          depth,
          gboolean      *is_read,
          GError       **error)
{
  g_autoptr (JsonNode) node = NULL;
  guint height;

  *is_read = FALSE;
  node = read_node (self, event, depth, &height, error);
  if (node == NULL)
    return NULL;
  *is_read = TRUE;

  if (event->type == YAML_SCALAR_EVENT)
    {
      if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
          g_str_equal (event->data.scalar.value, "<<"))
        return NULL;
      return g_utf8_make_valid ((const char *) event->data.scalar.value,
                                (gssize) event->data.scalar.length);
    }

  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
         ? json_node_dup_string (node) : NULL;
}

static JsonNode *
read_mapping (Reader        *self,
              guint          depth,
              guint         *height,
              GError       **error)
{
  g_autoptr (JsonObject) object = json_object_new ();

  *height = 0;
  while (TRUE)
    {
      g_auto (yaml_event_t) key_event = { 0 };
      g_auto (yaml_event_t) event = { 0 };
      g_autofree char *key = NULL;
      g_autoptr (JsonNode) node = NULL;
      gboolean is_read;
      guint below;

      if (!next_event (self, &key_event, error))
        return NULL;
      if (key_event.type == YAML_MAPPING_END_EVENT)
        break;
      key = read_key (self, &key_event, depth + 1, &is_read, error);
      if (!is_read || !next_event (self, &event, error))
        return NULL;
      node = read_node (self, &event, depth + 1, &below, error);
      if (node == NULL)
        return NULL;
      if (key == NULL)
        continue;
      json_object_set_member (object, key, g_steal_pointer (&node));
      *height = MAX (*height, below + 1);
    }

  return json_node_init_object (json_node_alloc (), object);
}

static const char *
get_anchor (const yaml_event_t *event)
{
  const yaml_char_t *anchor = NULL;

  if (event->type == YAML_SCALAR_EVENT)
    anchor = event->data.scalar.anchor;
  else if (event->type == YAML_SEQUENCE_START_EVENT)
    anchor = event->data.sequence_start.anchor;
  else if (event->type == YAML_MAPPING_START_EVENT)
    anchor = event->data.mapping_start.anchor;

  return (const char *) anchor;
}

/* @event stays the caller's. @height: how many levels are below it. */
static JsonNode *
read_node (Reader        *self,
           yaml_event_t  *event,
           guint          depth,
           guint         *height,
           GError       **error)
{
  const char *anchor = get_anchor (event);
  guint n_nodes = self->n_nodes;
  gsize n_bytes = self->n_bytes;
  JsonNode *node = NULL;

  *height = 0;
  if (event->type == YAML_ALIAS_EVENT)
    return read_alias (self, event, depth, height, error);
  if (depth > MAX_DEPTH || self->n_nodes >= MAX_NODES)
    {
      set_error (self, event->start_mark.line, depth > MAX_DEPTH ? "nested too deep" : "too long",
                 error);
      return NULL;
    }
  self->n_nodes++;
  if (anchor != NULL)
    g_hash_table_remove (self->anchors, anchor);

  if (event->type == YAML_SCALAR_EVENT)
    {
      self->n_bytes += event->data.scalar.length;
      node = read_scalar (event);
    }
  else if (event->type == YAML_SEQUENCE_START_EVENT)
    node = read_sequence (self, depth, height, error);
  else if (event->type == YAML_MAPPING_START_EVENT)
    node = read_mapping (self, depth, height, error);
  else
    set_error (self, event->start_mark.line, "something else where a value belongs", error);

  if (node != NULL && anchor != NULL)
    {
      Part *part = g_new0 (Part, 1);

      part->node = json_node_copy (node);
      part->n_nodes = self->n_nodes - n_nodes;
      part->n_bytes = self->n_bytes - n_bytes;
      part->height = *height;
      g_hash_table_insert (self->anchors, g_strdup (anchor), part);
    }

  return node;
}

static JsonNode *
read_document (Reader  *self,
               GError **error)
{
  while (TRUE)
    {
      g_auto (yaml_event_t) event = { 0 };
      guint height;

      if (!next_event (self, &event, error))
        return NULL;
      if (event.type == YAML_STREAM_END_EVENT || event.type == YAML_NO_EVENT)
        {
          set_error (self, 0, "empty document", error);
          return NULL;
        }
      if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT)
        return read_node (self, &event, 0, &height, error);
    }
}

/* Public functions */

/**
 * granary_yaml_parse:
 * @text: YAML in UTF-8, or in UTF-16 with a byte order mark
 * @length: its bytes, or -1
 * @subject: what the text is, for the error
 * @error: return location
 *
 * Takes the first document apart; how long @text may be is up to the caller. Plain scalars are
 * resolved by YAML 1.1 as PyYAML does: numbers, `yes` and `on` too are booleans. What JSON has no
 * value for stays a string as it is written: dates, `.nan`, `.inf`, integers beyond 64 bits. Keys
 * are strings as they are written; of equal keys the last counts; merge keys, and keys that are
 * collections, are left out with their values. Tags of a program's own types are not looked at.
 *
 * Pure; any thread.
 *
 * Returns: (transfer full): the root, immutable, or %NULL with %GRANARY_REASON_TASK_UNREADABLE and
 *   the line. That is also for what is empty, nested deeper than 64, or of more than 200,000 values
 *   once its aliases are followed.
 */
JsonNode *
granary_yaml_parse (const char  *text,
                    gssize       length,
                    const char  *subject,
                    GError     **error)
{
  Reader self = { .subject = subject };
  JsonNode *root;

  g_return_val_if_fail (text != NULL, NULL);

  if (yaml_parser_initialize (&self.parser) != 1)
    {
      set_error (&self, 0, "out of memory", error);
      return NULL;
    }
  yaml_parser_set_input_string (&self.parser, (const unsigned char *) text,
                                length >= 0 ? (gsize) length : strlen (text));
  self.anchors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, part_free);

  root = read_document (&self, error);

  g_hash_table_unref (self.anchors);
  yaml_parser_delete (&self.parser);
  if (root != NULL)
    json_node_seal (root);

  return root;
}
