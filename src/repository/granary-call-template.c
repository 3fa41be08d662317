/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-call-template.h"

#include <string.h>

#include "granary-file-check.h"
#include "granary-inspection.h"
#include "granary-json-edit.h"
#include "granary-json-layout.h"
#include "granary-json-tokens.h"
#include "granary-json.h"

/* A longer list of zeros is shown as what it is, not as zeros. */
#define MAX_SHOWN 320

#define MAX_DIMS 16

/* What stands behind the last input, and what a label may need. */
#define ROOM 160

/* `N,3,48,W` → 1, 3, 48, 1. A dimension that is not given is 1. */
static guint
parse_shape (const char *shape,
             gint64     *dims)
{
  g_auto (GStrv) parts = g_strsplit (shape != NULL ? shape : "", ",", MAX_DIMS + 1);
  guint n_dims = 0;

  for (guint i = 0; parts[i] != NULL && n_dims < MAX_DIMS; i++)
    if (!g_ascii_string_to_unsigned (g_strstrip (parts[i]), 10, 0, G_MAXINT64,
                                     (guint64 *) &dims[n_dims++], NULL))
      dims[n_dims - 1] = 1;

  return n_dims;
}

static gboolean
is_channel (gint64 n)
{
  return n == 1 || n == 3 || n == 4;
}

/* An input of four dimensions with few channels, or one that is called an image. */
static gboolean
is_picture (const GranaryTensor *tensor)
{
  g_autofree char *name = g_ascii_strdown (tensor->name, -1);
  gint64 dims[MAX_DIMS];
  guint n_dims = parse_shape (tensor->shape, dims);

  if (strstr (name, "image") != NULL || strstr (name, "img") != NULL ||
      strstr (name, "pixel") != NULL)
    return TRUE;

  return n_dims == 4 && (is_channel (dims[1]) || is_channel (dims[3]));
}

/* Whether automatic learning says that it reads pictures. */
static gboolean
is_vision (GranaryVersion *version)
{
  g_autoptr (JsonNode) remote = NULL;
  const char *scene;

  if (version->remote == NULL)
    return FALSE;

  remote = granary_json_parse (version->remote, -1, "remote", NULL);
  scene = remote != NULL ? granary_json_get_string (remote, "scene") : NULL;
  if (scene == NULL)
    return FALSE;

  return version->source == GRANARY_SOURCE_AUTOML || g_ascii_strcasecmp (scene, "vision") == 0 ||
         g_ascii_strcasecmp (scene, "ocr") == 0;
}

/* The request that the version's own configuration gives as an example. */
static GranaryCallDraft *
make_from_example (const char *config)
{
  g_autofree char *example = NULL;
  g_autofree char *text = NULL;
  gboolean is_cut = FALSE;

  if (config == NULL)
    return NULL;
  example = granary_json_edit_get (config, -1, GRANARY_CALL_EXAMPLE_MEMBER, NULL);
  if (example == NULL || granary_json_check (example, -1, NULL) != GRANARY_JSON_OBJECT)
    return NULL;

  text = granary_json_layout (example, -1, GRANARY_CALL_TEMPLATE_MAX, &is_cut);

  return is_cut ? NULL : granary_call_draft_new (text);
}

/* Zeros for @tensor, as they are or as a part of @draft. */
static void
append_tensor (GranaryCallDraft    *draft,
               GString             *text,
               const GranaryTensor *tensor)
{
  gint64 dims[MAX_DIMS];
  guint n_dims = parse_shape (tensor->shape, dims);
  g_autoptr (GranaryCallPart) part = granary_call_part_new_zeros (tensor->type, dims, n_dims);

  if (part == NULL)
    g_string_append (text, "[]");
  else if (granary_call_part_measure (part) <= MAX_SHOWN)
    granary_call_part_append (part, text);
  else
    {
      granary_json_append (text, part->label);
      granary_call_draft_add_part (draft, part);
    }
}

static GranaryCallDraft *
make_from_inputs (GranaryInspection *inspection,
                  guint             *n_left_out)
{
  guint n_inputs = granary_inspection_get_n_inputs (inspection);
  g_autoptr (GranaryCallDraft) draft = granary_call_draft_new ("");
  g_autoptr (GString) text = g_string_new ("{");
  g_autofree char *shown = NULL;

  for (guint i = 0; i < n_inputs; i++)
    {
      const GranaryTensor *tensor = granary_inspection_get_input (inspection, i);
      gsize length = text->len;

      if (i > 0)
        g_string_append_c (text, ',');
      granary_json_append (text, tensor->name);
      g_string_append_c (text, ':');
      append_tensor (draft, text, tensor);
      /* Laid out it becomes longer: measure twice. */
      shown = granary_json_layout (text->str, (gssize) text->len, GRANARY_CALL_TEMPLATE_MAX, NULL);
      if (strlen (shown) + ROOM > GRANARY_CALL_TEMPLATE_MAX)
        {
          g_string_truncate (text, length);
          *n_left_out = n_inputs - i;
          break;
        }
      g_clear_pointer (&shown, g_free);
    }

  g_string_append_c (text, '}');
  g_free (shown);
  shown = granary_json_layout (text->str, (gssize) text->len, GRANARY_CALL_TEMPLATE_MAX, NULL);
  granary_call_draft_set_text (draft, shown);

  return g_steal_pointer (&draft);
}

/**
 * granary_call_template_new:
 * @version: (nullable): what is served, if it is known
 * @config: (nullable): text of its `config.json`
 * @n_left_out: (out): inputs that found no room
 *
 * Makes a request to begin with: the `example` of the configuration; else for a plain ONNX model
 * zeros for each input, dimensions that are not given being 1; else an empty image for what reads
 * images, by its inputs or by what automatic learning says; else a guess. It has at most
 * %GRANARY_CALL_TEMPLATE_MAX bytes: large tensors are parts of the draft.
 *
 * Returns: (transfer full): a request
 */
GranaryCallDraft *
granary_call_template_new (GranaryVersion *version,
                           const char     *config,
                           guint          *n_left_out)
{
  g_autoptr (GranaryInspection) inspection = NULL;
  GranaryCallDraft *draft = make_from_example (config);
  gboolean has_code, has_inputs;

  g_return_val_if_fail (n_left_out != NULL, NULL);

  *n_left_out = 0;
  if (draft != NULL)
    return draft;
  if (version == NULL)
    return granary_call_draft_new ("{\n  \"data\": []\n}");

  if (version->inspection != NULL)
    inspection = granary_inspection_new_from_json (version->inspection);
  has_inputs = inspection != NULL && granary_inspection_get_n_inputs (inspection) > 0;
  /* Where the files are not known it is a service of the platform, which always has code. */
  has_code = version->files == NULL || granary_version_find_file (version, GRANARY_SERVICE_FILE);

  if (has_code && is_vision (version))
    return granary_call_draft_new ("{\n  \"image\": \"\"\n}");
  if (has_code && has_inputs)
    for (guint i = 0; i < granary_inspection_get_n_inputs (inspection); i++)
      if (is_picture (granary_inspection_get_input (inspection, i)))
        return granary_call_draft_new ("{\n  \"image\": \"\"\n}");
  if (has_inputs && (!has_code || g_strcmp0 (version->format, "ONNX") == 0))
    return make_from_inputs (inspection, n_left_out);

  return granary_call_draft_new ("{\n  \"data\": []\n}");
}
