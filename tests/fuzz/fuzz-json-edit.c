/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "granary-json-edit.h"

#define VALUE "\"值\n"
#define LONGEST "\"key\": \"\\\"值\\n\","

/* Whether @edited is @text with one piece of it replaced by no more than the member, but for the
 * indentation of what comes behind a new one. */
static gboolean
has_one_change (const char *edited,
                const char *text,
                gsize       size)
{
  gsize length = strlen (edited);
  gsize before = 0;
  gsize behind = 0;
  gsize n = 0;

  while (before < length && before < size && edited[before] == text[before])
    before++;
  while (behind < length - before && behind < size - before &&
         edited[length - 1 - behind] == text[size - 1 - behind])
    behind++;
  for (gsize i = before; i < length - behind; i++)
    n += strchr (" \t\r\n", edited[i]) == NULL;

  return n <= strlen (LONGEST);
}

/**
 * LLVMFuzzerTestOneInput:
 * @data: what a config.json might hold
 * @size: its bytes
 *
 * The editor of config.json. Aborts when it changes more than it should, or something that it
 * cannot read again.
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *text = size > 0 ? (const char *) data : "";
  g_autofree char *before = granary_json_edit_get (text, (gssize) size, "key", NULL);
  g_autofree char *edited = granary_json_edit_set (text, (gssize) size, "key", VALUE, NULL);
  g_autofree char *value = NULL;
  g_autofree char *again = NULL;

  if (edited == NULL)
    {
      g_assert_null (before);
      return 0;
    }

  value = granary_json_edit_get (edited, -1, "key", NULL);
  g_assert_cmpstr (value, ==, VALUE);
  again = granary_json_edit_set (edited, -1, "key", VALUE, NULL);
  g_assert_cmpstr (again, ==, edited);
  g_assert_true (has_one_change (edited, text, size));

  return 0;
}
