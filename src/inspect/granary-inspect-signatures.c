/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

/* Formats that are only told by their first bytes so far. One that gets a parser leaves here. */

typedef struct
{
  gsize       offset;
  const char *bytes;
  const char *format;
  const char *framework; /* (nullable) */
} Signature;

static const Signature signatures[] = {
  { 0, "GGUF", "GGUF", "llama.cpp" },
  { 4, "TFL3", "TFLite", "TensorFlow" },
  { 4, "ORTM", "ORT", "ONNX" },
  { 4, "ET12", "ExecuTorch", "PyTorch" },
};

static const char hdf5_magic[] = "\x89HDF\r\n\x1a\n";

/* HDF5 may stand behind a block of the user's: at 512, 1024, 2048, … */
static gboolean
is_hdf5 (GranaryInspectSubject *subject)
{
  for (gsize at = 0; at < subject->head_length; at = at == 0 ? 512 : at * 2)
    if (granary_inspect_starts (subject, at, hdf5_magic, 8))
      return TRUE;

  return FALSE;
}

static const Signature *
find_signature (GranaryInspectSubject *subject)
{
  static const Signature keras = { 0, "", "HDF5", "Keras" };
  static const Signature hdf5 = { 0, "", "HDF5", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (signatures); i++)
    if (granary_inspect_starts (subject, signatures[i].offset, signatures[i].bytes,
                                strlen (signatures[i].bytes)))
      return &signatures[i];

  if (is_hdf5 (subject))
    return granary_inspect_is_named (subject, ".h5") || granary_inspect_is_named (subject, ".keras")
           ? &keras : &hdf5;

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

  return TRUE;
}

const GranaryInspectParser granary_inspect_signatures = {
  .rank = 60,
  .detect = detect_signature,
  .read = read_signature,
};
