/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

/* What is often found where a model should be, and is none. */

static gboolean
is_windows_program (GranaryInspectSubject *subject)
{
  gsize header;

  if (!granary_inspect_starts (subject, 0, "MZ", 2) || subject->head_length < 0x40)
    return FALSE;

  header = (gsize) subject->head[0x3c] | (gsize) subject->head[0x3d] << 8 |
           (gsize) subject->head[0x3e] << 16 | (gsize) subject->head[0x3f] << 24;

  return granary_inspect_starts (subject, header, "PE\0\0", 4) ||
         granary_inspect_is_named (subject, ".exe") || granary_inspect_is_named (subject, ".dll");
}

/* A page or a storage service's error saved in place of the file. */
static gboolean
is_markup (GranaryInspectSubject *subject)
{
  static const char * const starts[] = { "<!doctype html", "<html", "<head", "<body", "<error>" };
  gsize at = granary_inspect_starts (subject, 0, "\xef\xbb\xbf", 3) ? 3 : 0;

  for (;;)
    {
      while (at < subject->head_length && g_ascii_isspace (subject->head[at]))
        at++;
      if (!granary_inspect_starts (subject, at, "<?xml", 5) &&
          !granary_inspect_starts (subject, at, "<!--", 4))
        break;
      while (at < subject->head_length && subject->head[at] != '>')
        at++;
      at++;
    }

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      gsize length = strlen (starts[i]);

      if (at + length <= subject->head_length &&
          g_ascii_strncasecmp ((const char *) subject->head + at, starts[i], length) == 0)
        return TRUE;
    }

  return FALSE;
}

static const char *
name_content (GranaryInspectSubject *subject)
{
  if (granary_inspect_starts (subject, 0, "version https://git-lfs", 23) ||
      granary_inspect_starts (subject, 0, "version https://hawser", 22))
    return "Git LFS pointer";
  if (granary_inspect_starts (subject, 0, "\177ELF", 4) || is_windows_program (subject))
    return "program";
  if (is_markup (subject))
    return "HTML page";

  return NULL;
}

static gboolean
detect_refusal (GranaryInspectSubject *subject)
{
  return name_content (subject) != NULL;
}

static gboolean
read_refusal (GranaryInspectSubject  *subject,
              GError                **error)
{
  granary_inspection_set_metadata (subject->inspection, "content", name_content (subject));
  granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_NOT_A_MODEL, subject->name);

  return TRUE;
}

const GranaryInspectParser granary_inspect_refusals = {
  .rank = 0,
  .detect = detect_refusal,
  .read = read_refusal,
};
