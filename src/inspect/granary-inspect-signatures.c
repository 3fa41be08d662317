/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

/* Formats that are only told by their first bytes so far. One that gets a parser leaves here. */

/* What came before GGUF, by the magic numbers of llama.cpp's history; read as bytes they are the
 * wrong way round. */
#define GGML "GGML"

typedef struct
{
  gsize       offset;
  const char *bytes;
  const char *format;
  const char *framework; /* (nullable) */
} Signature;

static const Signature signatures[] = {
  { 4, "MSL1", "MindSpore Lite", "MindSpore" },
  { 4, "MSL2", "MindSpore Lite", "MindSpore" },
  { 4, "MSL3", "MindSpore Lite", "MindSpore" },
  { 0, "lmgg", GGML, "llama.cpp" },
  { 0, "fmgg", GGML, "llama.cpp" },
  { 0, "tjgg", GGML, "llama.cpp" },
  { 0, "algg", GGML, "llama.cpp" },
};

static const Signature *
find_signature (GranaryInspectSubject *subject)
{
  for (guint i = 0; i < G_N_ELEMENTS (signatures); i++)
    if (granary_inspect_starts (subject, signatures[i].offset, signatures[i].bytes,
                                strlen (signatures[i].bytes)))
      return &signatures[i];

  return NULL;
}

static gboolean
detect_signature (GranaryInspectSubject *subject)
{
  return find_signature (subject) != NULL;
}

static gboolean
read_signature (GranaryInspectSubject  *subject,
                GError                **error)
{
  const Signature *signature = find_signature (subject);

  granary_inspection_set_format (subject->inspection, signature->format);
  granary_inspection_set_framework (subject->inspection, signature->framework);
  if (g_str_equal (signature->format, GGML))
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_OUTDATED, subject->name);

  return TRUE;
}

const GranaryInspectParser granary_inspect_signatures = {
  .rank = 60,
  .detect = detect_signature,
  .read = read_signature,
};
