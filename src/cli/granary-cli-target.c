/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-target.h"

#include "granary-error.h"
#include "granary-names.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Ids are compared by their beginning, but not by less than this. */
#define MIN_PARTIAL_ID 4
#define CHUNK 1000

/**
 * granary_cli_target_parse:
 * @text: `MODEL` or `MODEL:vN`
 * @needs_version: whether only the latter will do
 * @error: return location, %G_OPTION_ERROR
 *
 * Returns: (transfer full): what was named. A name cannot hold a colon, so the last one parts
 */
GranaryCliTarget *
granary_cli_target_parse (const char  *text,
                          gboolean     needs_version,
                          GError     **error)
{
  g_autoptr (GranaryCliTarget) self = NULL;
  g_autofree char *shown = NULL;
  const char *colon;

  g_return_val_if_fail (text != NULL, NULL);

  self = g_new0 (GranaryCliTarget, 1);
  shown = granary_display_path (text);
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%s” is not valid UTF-8 text."), shown);
      return NULL;
    }

  colon = strrchr (text, ':');
  if (colon != NULL && !granary_version_parse (colon + 1, &self->number))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%s” is not MODEL:vN, such as plate-ocr:v3."), shown);
      return NULL;
    }
  if (colon == NULL && needs_version)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%1$s” names no version; write it as %1$s:vN."), shown);
      return NULL;
    }

  self->name = colon != NULL ? g_strndup (text, colon - text) : g_strdup (text);
  if (*self->name == '\0')
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("“%s” names no model."),
                   shown);
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
granary_cli_target_free (GranaryCliTarget *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->model, granary_model_unref);
  g_clear_pointer (&self->version, granary_version_unref);
  g_free (self->name);
  g_free (self);
}

/* The one model whose id begins with @partial; 0 without an error if there is none. */
static gint64
find_by_partial_id (GranaryCatalog  *catalog,
                    const char      *partial,
                    GCancellable    *cancellable,
                    GError         **error)
{
  g_autoptr (GranaryQuery) query = granary_query_new (NULL, NULL, GRANARY_SORT_NAME, FALSE);
  g_autoptr (GArray) ids = granary_catalog_list_ids (catalog, query, cancellable, error);
  gint64 found = 0;

  if (ids == NULL)
    return -1;

  for (guint i = 0; i < ids->len; i += CHUNK)
    {
      guint n = MIN (CHUNK, ids->len - i);
      g_autoptr (GPtrArray) summaries =
        granary_catalog_load_summaries (catalog, &g_array_index (ids, gint64, i), n, error);

      if (summaries == NULL)
        return -1;

      for (guint j = 0; j < summaries->len; j++)
        {
          const GranaryModelSummary *summary = g_ptr_array_index (summaries, j);

          if (!g_str_has_prefix (summary->uid, partial))
            continue;
          if (found != 0)
            {
              g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _("More than one id begins with “%s”."), partial);
              return -1;
            }
          found = summary->id;
        }
    }

  return found;
}

static gpointer
resolve (GranaryCatalog  *catalog,
         gpointer         data,
         GCancellable    *cancellable,
         GError         **error)
{
  GranaryCliTarget *self = data;
  g_autoptr (GError) missing = NULL;
  gint64 model_id = granary_catalog_find_model (catalog, self->name, &missing);

  if (model_id <= 0)
    {
      gint64 partial = 0;

      if (!granary_error_matches_reason (missing, GRANARY_REASON_MODEL_MISSING))
        {
          g_propagate_error (error, g_steal_pointer (&missing));
          return NULL;
        }
      if (strlen (self->name) >= MIN_PARTIAL_ID)
        partial = find_by_partial_id (catalog, self->name, cancellable, error);
      if (partial < 0)
        return NULL;
      if (partial == 0)
        {
          g_propagate_error (error, g_steal_pointer (&missing));
          return NULL;
        }
      model_id = partial;
    }

  self->model = granary_catalog_load_model (catalog, model_id, error);
  if (self->model == NULL)
    return NULL;

  if (self->number > 0)
    {
      self->version_id = granary_catalog_find_version (catalog, model_id, self->number, error);
      if (self->version_id <= 0)
        return NULL;
      self->version = granary_catalog_load_version (catalog, self->version_id, error);
      if (self->version == NULL)
        return NULL;
    }

  return self;
}

/**
 * granary_cli_target_resolve:
 * @self: what was named
 * @cli: the run, with an open repository
 * @error: return location
 *
 * Looks the model, and the version if one was named, up in the catalogue.
 *
 * Returns: whether they exist
 */
gboolean
granary_cli_target_resolve (GranaryCliTarget  *self,
                            GranaryCli        *cli,
                            GError           **error)
{
  return granary_cli_read (cli, resolve, self, NULL, error) != NULL;
}

/**
 * granary_cli_target_to_text:
 * @self: what was named
 *
 * Returns: (transfer full): how it is called in sentences; the model's own name once resolved
 */
char *
granary_cli_target_to_text (GranaryCliTarget *self)
{
  return granary_wording_version (self->model != NULL ? self->model->name : self->name,
                                  self->number);
}
