/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-pickle.h"
#include "granary-zip.h"

/* Models that are zip archives. PyTorch writes ROOT/data.pkl, ROOT/version and ROOT/data/N;
 * TorchScript has ROOT/code/ besides; torch.export writes ROOT/archive_format, before 2.8
 * serialized_exported_program.json. Keras 3 has
 * metadata.json, config.json and model.weights.h5. Any other archive is no model. */

#define MAX_PICKLE (16 * 1024 * 1024)
#define MAX_KERAS_TEXT (16 * 1024 * 1024)

typedef struct
{
  GBytes   *pickle;  /* (owned) (nullable): data.pkl */
  GBytes   *program; /* (owned) (nullable): of torch.export */
  gboolean  has_pickle;
  gboolean  has_code;
  gboolean  has_version;
  gboolean  has_export;
  GBytes   *keras_metadata; /* (owned) (nullable): metadata.json */
  GBytes   *keras_config;   /* (owned) (nullable): config.json */
  gboolean  has_keras_weights;
} Members;

static gboolean
detect_zip (GranaryInspectSubject *subject)
{
  return granary_inspect_starts (subject, 0, "PK\3\4", 4) ||
         granary_inspect_starts (subject, 0, "PK\5\6", 4);
}

/* The part of a member's path behind the first folder, or all of it. */
static const char *
below_root (const char *name)
{
  const char *slash = strchr (name, '/');

  return slash != NULL ? slash + 1 : name;
}

static void
note_member (Members    *members,
             GranaryZip *zip,
             const char *name)
{
  const char *inner = below_root (name);

  if (g_str_equal (inner, "data.pkl"))
    {
      members->has_pickle = TRUE;
      if (members->pickle == NULL)
        members->pickle = granary_zip_read (zip, MAX_PICKLE);
    }
  else if (g_str_has_prefix (inner, "code/"))
    members->has_code = TRUE;
  else if (g_str_equal (inner, "version") || g_str_equal (inner, ".data/version"))
    members->has_version = TRUE;
  else if (g_str_equal (inner, "archive_format"))
    members->has_export = TRUE;
  else if (g_str_equal (inner, "serialized_exported_program.json") ||
           g_str_equal (inner, "models/model.json"))
    {
      members->has_export = TRUE;
      if (members->program == NULL)
        members->program = granary_zip_read (zip, MAX_PICKLE);
    }
  else if (g_str_equal (name, "metadata.json") && members->keras_metadata == NULL)
    members->keras_metadata = granary_zip_read (zip, MAX_KERAS_TEXT);
  else if (g_str_equal (name, "config.json") && members->keras_config == NULL)
    members->keras_config = granary_zip_read (zip, MAX_KERAS_TEXT);
  else if (g_str_equal (name, "model.weights.h5"))
    members->has_keras_weights = TRUE;
}

static void
clear_members (Members *members)
{
  g_clear_pointer (&members->pickle, g_bytes_unref);
  g_clear_pointer (&members->program, g_bytes_unref);
  g_clear_pointer (&members->keras_metadata, g_bytes_unref);
  g_clear_pointer (&members->keras_config, g_bytes_unref);
}

static void
read_pickle (GranaryInspectSubject *subject,
             GBytes                *bytes,
             gboolean               is_script)
{
  g_autoptr (GranaryPickle) pickle = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  pickle = granary_inspect_torch_pickle (subject, data, length);
  if (!pickle->complete)
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_UNREADABLE,
                                    subject->name);

  /* TorchScript's classes are in the archive, in a language of its own that cannot reach out. */
  if (!is_script)
    granary_inspect_torch_content (subject, pickle);
}

static gboolean
read_zip (GranaryInspectSubject  *subject,
          GError                **error)
{
  g_autoptr (GranaryZip) zip = NULL;
  Members members = { 0 };
  const char *name;

  zip = granary_zip_open (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  while (granary_zip_next (zip, &name))
    note_member (&members, zip, name);

  if (granary_zip_steal_error (zip, error))
    {
      clear_members (&members);
      return FALSE;
    }

  if (members.has_export)
    {
      granary_inspection_set_format (subject->inspection, "PT2");
      granary_inspection_set_framework (subject->inspection, "PyTorch");
    }
  else if (members.has_pickle)
    {
      granary_inspection_set_format (subject->inspection,
                                     members.has_code ? "TorchScript" : "PyTorch (zip)");
      granary_inspection_set_framework (subject->inspection, "PyTorch");
    }
  else if (members.keras_config != NULL && members.has_keras_weights)
    granary_inspect_keras_content (subject, members.keras_metadata, members.keras_config);

  if (members.pickle != NULL)
    read_pickle (subject, members.pickle, members.has_code);
  if (members.program != NULL)
    granary_inspect_torch_program (subject, members.program);
  clear_members (&members);

  if (granary_zip_is_broken (zip))
    {
      granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_UNREADABLE,
                                      subject->name);
      granary_inspection_forget_parameters (subject->inspection);
    }

  return TRUE;
}

const GranaryInspectParser granary_inspect_torch = {
  .rank = 70,
  .detect = detect_zip,
  .read = read_zip,
};
