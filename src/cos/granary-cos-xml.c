/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-xml.h"

#include <libxml/xmlreader.h>
#include <string.h>

#include "granary-error.h"

/* The largest real answer is a page of 1000 keys of 850 bytes, each byte percent-encoded: 3 MiB in
 * some 11,000 elements, three deep. */
#define BODY_MAX (8 * 1024 * 1024)
#define ELEMENTS_MAX 100000
#define DEPTH_MAX 16

struct _GranaryCosXml
{
  char          *name;     /* (owned) */
  GString       *text;     /* (owned) (nullable) */
  GPtrArray     *children; /* (owned) (nullable) (element-type GranaryCosXml) */
  GranaryCosXml *parent;   /* while it is read */
};

/* Auxiliary functions */

static gboolean
fail (GError     **error,
      const char  *what)
{
  granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED, NULL,
                     "XML: %s", what);
  return FALSE;
}

static GranaryCosXml *
add_element (GranaryCosXml *parent,
             const char    *name)
{
  GranaryCosXml *self = g_new0 (GranaryCosXml, 1);

  self->name = g_strdup (name);
  self->parent = parent;
  if (parent != NULL)
    {
      if (parent->children == NULL)
        parent->children = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_cos_xml_free);
      g_ptr_array_add (parent->children, self);
    }

  return self;
}

/* Takes in what @reader stands at. @at is the element that is open. */
static gboolean
take_node (xmlTextReader  *reader,
           GranaryCosXml **root,
           GranaryCosXml **at,
           guint          *n_elements,
           GError        **error)
{
  const int type = xmlTextReaderNodeType (reader);

  if (type == XML_READER_TYPE_ELEMENT)
    {
      GranaryCosXml *element;

      if (xmlTextReaderDepth (reader) > DEPTH_MAX)
        return fail (error, "nested too deeply");
      if (++*n_elements > ELEMENTS_MAX)
        return fail (error, "too many elements");

      element = add_element (*at, (const char *) xmlTextReaderConstLocalName (reader));
      if (*root == NULL)
        *root = element;
      if (!xmlTextReaderIsEmptyElement (reader))
        *at = element;
    }
  else if (type == XML_READER_TYPE_END_ELEMENT)
    {
      *at = (*at)->parent;
    }
  else if (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
           type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE)
    {
      const char *text = (const char *) xmlTextReaderConstValue (reader);

      if (*at == NULL || text == NULL)
        return TRUE;
      if ((*at)->text == NULL)
        (*at)->text = g_string_new (text);
      else
        g_string_append ((*at)->text, text);
    }
  else if (type == XML_READER_TYPE_ENTITY_REFERENCE || type == XML_READER_TYPE_DOCUMENT_TYPE)
    {
      return fail (error, "has entities of its own");
    }

  return TRUE;
}

static const GranaryCosXml *
find_child (const GranaryCosXml *self,
            const char          *name)
{
  for (guint i = 0; i < granary_cos_xml_get_n (self); i++)
    {
      const GranaryCosXml *child = granary_cos_xml_get_child (self, i);

      if (g_str_equal (child->name, name))
        return child;
    }

  return NULL;
}

/* Public functions */

/**
 * granary_cos_xml_parse:
 * @body: an answer of COS
 * @error: (out) (optional): %GRANARY_ERROR_BAD_RESPONSE with RESPONSE_MALFORMED, without subject
 *
 * Reads an answer. White space before it is skipped: COS sends it to keep a connection open. What
 * no answer of COS has is refused before a parser sees it: document types (and with them entities),
 * other encodings, more than 8 MiB. Nothing is fetched from anywhere.
 *
 * Returns: (transfer full): its root element, or %NULL
 */
GranaryCosXml *
granary_cos_xml_parse (GBytes  *body,
                       GError **error)
{
  g_autoptr (GranaryCosXml) root = NULL;
  GranaryCosXml *at = NULL;
  xmlTextReader *reader;
  guint n_elements = 0;
  const char *data;
  gsize length;
  int more;

  g_return_val_if_fail (body != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = g_bytes_get_data (body, &length);
  while (length > 0 && g_ascii_isspace (*data))
    {
      data++;
      length--;
    }
  if (length == 0)
    {
      fail (error, "is empty");
      return NULL;
    }
  if (length > BODY_MAX)
    {
      fail (error, "is too large");
      return NULL;
    }
  if (!g_utf8_validate (data, (gssize) length, NULL))
    {
      fail (error, "is not UTF-8");
      return NULL;
    }
  if (g_strstr_len (data, (gssize) length, "<!DOCTYPE") != NULL)
    {
      fail (error, "has a document type");
      return NULL;
    }

  reader = xmlReaderForMemory (data, (int) length, NULL, "UTF-8",
                               XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                               XML_PARSE_COMPACT);
  if (reader == NULL)
    {
      fail (error, "cannot be read");
      return NULL;
    }
  while ((more = xmlTextReaderRead (reader)) == 1)
    {
      if (!take_node (reader, &root, &at, &n_elements, error))
        break;
    }
  xmlFreeTextReader (reader);

  if (more == 1)
    return NULL;
  if (more < 0 || root == NULL)
    {
      fail (error, "is not well-formed");
      return NULL;
    }

  return g_steal_pointer (&root);
}

void
granary_cos_xml_free (GranaryCosXml *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_free (self);
}

/**
 * granary_cos_xml_get_name:
 * @self: an element
 *
 * Returns: its name without prefix
 */
const char *
granary_cos_xml_get_name (const GranaryCosXml *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * granary_cos_xml_get_n:
 * @self: an element
 *
 * Returns: how many child elements it has
 */
guint
granary_cos_xml_get_n (const GranaryCosXml *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->children != NULL ? self->children->len : 0;
}

const GranaryCosXml *
granary_cos_xml_get_child (const GranaryCosXml *self,
                           guint                index)
{
  g_return_val_if_fail (index < granary_cos_xml_get_n (self), NULL);

  return g_ptr_array_index (self->children, index);
}

/**
 * granary_cos_xml_get_text:
 * @self: an element
 * @name: of one of its children
 *
 * Returns: (nullable): the text of the first child of that name, "" when it is empty
 */
const char *
granary_cos_xml_get_text (const GranaryCosXml *self,
                          const char          *name)
{
  const GranaryCosXml *child;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  child = find_child (self, name);
  if (child == NULL)
    return NULL;

  return child->text != NULL ? child->text->str : "";
}

/**
 * granary_cos_xml_get_int:
 * @self: an element
 * @name: of one of its children
 * @min: the least that makes sense
 * @max: the most
 * @value: (out): the number
 * @error: (out) (optional): RESPONSE_MALFORMED
 *
 * Returns: whether the child is there and a number within the bounds
 */
gboolean
granary_cos_xml_get_int (const GranaryCosXml  *self,
                         const char           *name,
                         gint64                min,
                         gint64                max,
                         gint64               *value,
                         GError              **error)
{
  g_autofree char *stripped = NULL;
  const char *text;

  g_return_val_if_fail (value != NULL, FALSE);

  text = granary_cos_xml_get_text (self, name);
  if (text == NULL)
    return fail (error, "a number is missing");

  stripped = g_strstrip (g_strdup (text));
  if (!g_ascii_string_to_signed (stripped, 10, min, max, value, NULL))
    return fail (error, "a number is none");

  return TRUE;
}

/**
 * granary_cos_xml_get_flag:
 * @self: an element
 * @name: of one of its children
 * @value: (out): whether it is `true`; %FALSE when it is missing
 * @error: (out) (optional): RESPONSE_MALFORMED
 *
 * Returns: whether the child is missing, `true` or `false`
 */
gboolean
granary_cos_xml_get_flag (const GranaryCosXml  *self,
                          const char           *name,
                          gboolean             *value,
                          GError              **error)
{
  const char *text;

  g_return_val_if_fail (value != NULL, FALSE);

  text = granary_cos_xml_get_text (self, name);
  *value = text != NULL && g_ascii_strcasecmp (text, "true") == 0;
  if (text == NULL || *value || g_ascii_strcasecmp (text, "false") == 0)
    return TRUE;

  return fail (error, "a flag is neither true nor false");
}

/**
 * granary_cos_xml_get_time:
 * @self: an element
 * @name: of one of its children
 *
 * Returns: the child's ISO 8601 time in µs since the epoch, 0 when there is none
 */
gint64
granary_cos_xml_get_time (const GranaryCosXml *self,
                          const char          *name)
{
  const char *text = granary_cos_xml_get_text (self, name);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, utc) : NULL;

  return time != NULL ? g_date_time_to_unix_usec (time) : 0;
}
