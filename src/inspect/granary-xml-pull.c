/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-xml-pull.h"

#include <libxml/xmlreader.h>
#include <string.h>

#define MAX_DEPTH 200
#define MAX_NODES 4000000
#define MAX_TEXT 256
#define MAX_ATTRIBUTE 4096

static int
read_cb (void *context,
         char *buffer,
         int   length)
{
  GranaryXmlPull *self = context;
  GranaryCursor *cursor = self->cursor;
  gint64 n = MIN ((gint64) length, cursor->size - cursor->position);

  if (n <= 0)
    return 0;

  return granary_cursor_read (cursor, buffer, (gsize) n) ? (int) n : -1;
}

/* Tells a text that ends early from one that is wrong. */
static void
error_cb (void           *context,
          const xmlError *error)
{
  GranaryXmlPull *self = context;

  switch (error->code)
    {
    case XML_ERR_DOCUMENT_EMPTY:
    case XML_ERR_DOCUMENT_END:
    case XML_ERR_TAG_NOT_FINISHED:
    case XML_ERR_ATTRIBUTE_NOT_FINISHED:
    case XML_ERR_COMMENT_NOT_FINISHED:
    case XML_ERR_CDATA_NOT_FINISHED:
      self->truncated |= self->cursor->position >= self->cursor->size;
      break;

    default:
      break;
    }
}

/**
 * granary_xml_pull_new:
 * @cursor: the text, UTF-8; must outlive the reader
 *
 * Returns: (transfer full): a reader from where @cursor is
 */
GranaryXmlPull *
granary_xml_pull_new (GranaryCursor *cursor)
{
  GranaryXmlPull *self = g_new0 (GranaryXmlPull, 1);

  self->cursor = cursor;
  self->text = g_string_new (NULL);
  self->reader = xmlReaderForIO (read_cb, NULL, self, NULL, "UTF-8",
                                 XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                 XML_PARSE_COMPACT | XML_PARSE_NOCDATA);
  if (self->reader != NULL)
    xmlTextReaderSetStructuredErrorHandler (self->reader, (xmlStructuredErrorFunc) error_cb, self);

  return self;
}

/**
 * granary_xml_pull_free:
 * @self: (nullable): a reader
 */
void
granary_xml_pull_free (GranaryXmlPull *self)
{
  if (self == NULL)
    return;

  if (self->reader != NULL)
    xmlFreeTextReader (self->reader);
  g_string_free (self->text, TRUE);
  g_free (self);
}

/* The cursor then tells what went wrong. */
static gboolean
fail (GranaryXmlPull *self)
{
  self->done = TRUE;
  self->name = NULL;

  return granary_cursor_fail (self->cursor, self->truncated ? GRANARY_CURSOR_TRUNCATED
                                                            : GRANARY_CURSOR_MALFORMED);
}

/**
 * granary_xml_pull_next:
 * @self: a reader
 *
 * Goes to where the next element begins or ends. An element without content does both.
 *
 * Returns: whether there is one; if not, the cursor's state tells the end from a fault
 */
gboolean
granary_xml_pull_next (GranaryXmlPull *self)
{
  if (self->done)
    return FALSE;
  if (self->reader == NULL)
    return fail (self);
  if (self->ends_next)
    {
      self->ends_next = FALSE;
      self->is_start = FALSE;
      return TRUE;
    }

  for (;;)
    {
      int status;

      if ((++self->n_nodes & 0xfff) == 0 &&
          g_cancellable_set_error_if_cancelled (self->cursor->cancellable, &self->cursor->error))
        {
          self->done = TRUE;
          return granary_cursor_fail (self->cursor, GRANARY_CURSOR_FAILED);
        }
      if (self->n_nodes > MAX_NODES)
        {
          self->done = TRUE;
          return granary_cursor_fail (self->cursor, GRANARY_CURSOR_EXHAUSTED);
        }

      status = xmlTextReaderRead (self->reader);
      if (status == 0)
        {
          self->done = TRUE;
          return FALSE;
        }
      if (status < 0)
        return fail (self);

      self->depth = xmlTextReaderDepth (self->reader);
      switch (xmlTextReaderNodeType (self->reader))
        {
        case XML_READER_TYPE_ELEMENT:
          if (self->depth > MAX_DEPTH)
            return fail (self);
          self->name = (const char *) xmlTextReaderConstLocalName (self->reader);
          self->is_start = TRUE;
          self->ends_next = xmlTextReaderIsEmptyElement (self->reader) == 1;
          g_string_truncate (self->text, 0);
          return self->name != NULL || fail (self);

        case XML_READER_TYPE_END_ELEMENT:
          self->name = (const char *) xmlTextReaderConstLocalName (self->reader);
          self->is_start = FALSE;
          return self->name != NULL || fail (self);

        case XML_READER_TYPE_TEXT:
          {
            const char *text = (const char *) xmlTextReaderConstValue (self->reader);

            if (text != NULL && self->text->len < MAX_TEXT)
              g_string_append_len (self->text, text,
                                   (gssize) strnlen (text, MAX_TEXT - self->text->len));
          }
          break;

        case XML_READER_TYPE_DOCUMENT_TYPE:
          return fail (self);

        default:
          break;
        }
    }
}

/**
 * granary_xml_pull_dup_attribute:
 * @self: a reader where an element begins
 * @name: of an attribute
 *
 * Returns: (transfer full) (nullable): its value, cut at a bound
 */
char *
granary_xml_pull_dup_attribute (GranaryXmlPull *self,
                                const char     *name)
{
  xmlChar *value;
  g_autofree char *cut = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  if (self->reader == NULL || !self->is_start)
    return NULL;
  value = xmlTextReaderGetAttribute (self->reader, (const xmlChar *) name);
  if (value == NULL)
    return NULL;
  cut = g_strndup ((const char *) value, MAX_ATTRIBUTE);
  xmlFree (value);

  return g_utf8_make_valid (cut, -1);
}

static gboolean
starts (const guint8 *head,
        gsize         length,
        gsize         at,
        const char   *text)
{
  gsize n = strlen (text);

  return at <= length && n <= length - at && memcmp (head + at, text, n) == 0;
}

/**
 * granary_xml_pull_find_root:
 * @head: (array length=length): the beginning of a file
 * @length: its bytes
 *
 * Tells whether a file may be XML, and of what kind. A text with a document type is taken for none:
 * no model has one, and entities are declared there.
 *
 * Returns: (transfer full) (nullable): local name of the outermost element; %NULL if there is none
 */
char *
granary_xml_pull_find_root (const guint8 *head,
                            gsize         length)
{
  gsize at = starts (head, length, 0, "\xef\xbb\xbf") ? 3 : 0;
  gsize name;

  for (;;)
    {
      const char *end = NULL;

      while (at < length && g_ascii_isspace (head[at]))
        at++;
      if (starts (head, length, at, "<?"))
        end = "?>";
      else if (starts (head, length, at, "<!--"))
        end = "-->";
      else
        break;
      while (at < length && !starts (head, length, at, end))
        at++;
      at += strlen (end);
    }

  if (!starts (head, length, at, "<"))
    return NULL;
  name = ++at;
  while (at < length && (g_ascii_isalnum (head[at]) || strchr ("_-.:", head[at]) != NULL) &&
         head[at] != '\0')
    {
      if (head[at] == ':')
        name = at + 1;
      at++;
    }
  /* All of it has to be here. */
  if (at >= length || at == name)
    return NULL;

  return g_strndup ((const char *) head + name, at - name);
}
