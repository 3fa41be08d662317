/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-json.h"
#include "granary-cli-table.h"
#include "granary-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CHUNK 1000

/* What is read, and what was found. */
typedef struct
{
  GranaryQuery *query;
  gint64        offset;
  gint64        limit;   /* -1: all */
  guint         total;
} Listing;

static gpointer
list_models (GranaryCatalog  *catalog,
             gpointer         data,
             GCancellable    *cancellable,
             GError         **error)
{
  Listing *listing = data;
  g_autoptr (GPtrArray) models = NULL;
  g_autoptr (GArray) ids = granary_catalog_list_ids (catalog, listing->query, cancellable, error);
  guint begin;
  guint end;

  if (ids == NULL)
    return NULL;

  listing->total = ids->len;
  begin = (guint) MIN (listing->offset, (gint64) ids->len);
  end = listing->limit < 0 ? ids->len : (guint) MIN (begin + listing->limit, (gint64) ids->len);
  models = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_model_summary_unref);

  for (guint i = begin; i < end; i += CHUNK)
    {
      guint n = MIN (CHUNK, end - i);
      g_autoptr (GPtrArray) page = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      page = granary_catalog_load_summaries (catalog, &g_array_index (ids, gint64, i), n, error);
      if (page == NULL)
        return NULL;
      for (guint j = 0; j < page->len; j++)
        g_ptr_array_add (models, granary_model_summary_ref (g_ptr_array_index (page, j)));
    }

  return g_steal_pointer (&models);
}

/* Reads `KEY[:desc]`. Only those sorts that the design names; others have no meaning in text. */
static gboolean
parse_sort (const char       *text,
            GranarySortKey   *key,
            gboolean         *descending,
            GError          **error)
{
  static const struct
  {
    const char     *name;
    GranarySortKey  key;
  } keys[] = {
    { "name", GRANARY_SORT_NAME },
    { "updated", GRANARY_SORT_UPDATED },
    { "size", GRANARY_SORT_SIZE },
    { "created", GRANARY_SORT_CREATED },
  };
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  g_autofree char *shown = granary_display_path (text);

  *descending = parts[0] != NULL && parts[1] != NULL && g_str_equal (parts[1], "desc");
  if (parts[0] != NULL &&
      (parts[1] == NULL || *descending || g_str_equal (parts[1], "asc")))
    {
      for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
        {
          if (g_str_equal (parts[0], keys[i].name))
            {
              *key = keys[i].key;
              return TRUE;
            }
        }
    }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("“%s” is not name, updated, size or created, with or without :desc."), shown);
  return FALSE;
}

/* The catalogue of a cloud connection sums up what it knows, which may be nothing yet. */
static gint64
get_size (GranaryCli                *cli,
          const GranaryModelSummary *model)
{
  if (granary_cli_is_cloud (cli) && model->size == 0 && model->n_versions > 0)
    return -1;

  return model->size;
}

static void
print_json (GranaryCli *cli,
            Listing    *listing,
            GPtrArray  *models)
{
  g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_add_int (json, "total", listing->total);
  granary_cli_json_begin_array (json, "models");
  for (guint i = 0; i < models->len; i++)
    {
      const GranaryModelSummary *model = g_ptr_array_index (models, i);

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "id", model->uid);
      granary_cli_json_add_text (json, "name", model->name);
      granary_cli_json_add_tags (json, "tags", model->tags);
      granary_cli_json_add_int (json, "versions", model->n_versions);
      granary_cli_json_add_version (json, "latest", model->latest);
      granary_cli_json_add_size (json, "size", get_size (cli, model));
      granary_cli_json_add_time (json, "updated", model->updated);
      granary_cli_json_end_object (json);
    }
  granary_cli_json_end_array (json);
  granary_cli_json_end_object (json);
  granary_cli_json_print (json);
}

static void
print_table (GranaryCli *cli,
             GPtrArray  *models)
{
  g_autoptr (GranaryCliTable) table =
    granary_cli_table_new (C_("column", "NAME"), C_("column", "LATEST"), C_("column", "VERSIONS"),
                           C_("column", "FRAMEWORK"), C_("column", "METRIC"), C_("column", "SIZE"),
                           C_("column", "UPDATED"), C_("column", "TAGS"), NULL);
  gint64 now = g_get_real_time ();

  granary_cli_table_set_right (table, 2);
  granary_cli_table_set_right (table, 5);

  for (guint i = 0; i < models->len; i++)
    {
      const GranaryModelSummary *model = g_ptr_array_index (models, i);
      g_autofree char *latest = model->latest > 0 ? g_strdup_printf ("v%d", model->latest) : NULL;
      g_autofree char *n_versions = g_strdup_printf ("%d", model->n_versions);
      g_autofree char *metric = NULL;
      g_autofree char *size = granary_wording_size (get_size (cli, model));
      g_autofree char *updated = granary_wording_age (model->updated, now);
      g_autofree char *tags = granary_tag_set_to_text (model->tags, ", ");

      if (model->metric_name != NULL && model->metric_text != NULL)
        metric = g_strdup_printf ("%s %s", model->metric_name, model->metric_text);

      granary_cli_table_add (table, model->name, latest != NULL ? latest : "–", n_versions,
                             model->framework != NULL ? model->framework : "–",
                             metric != NULL ? metric : "–", size, updated, tags, NULL);
    }

  granary_cli_table_print (table);
}

/**
 * granary_cli_models:
 *
 * `models [QUERY] [--tag K=V]… [--sort KEY[:desc]] [--limit N] [--offset N]`
 */
gboolean
granary_cli_models (GranaryCli  *cli,
                    char       **arguments,
                    GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_auto (GStrv) tag_texts = NULL;
  g_autofree char *sort = NULL;
  gint64 limit = -1;
  gint64 offset = 0;
  const GOptionEntry entries[] = {
    { "tag", 't', 0, G_OPTION_ARG_FILENAME_ARRAY, &tag_texts,
      N_("Only models that have this tag; may be given more than once"), N_("KEY=VALUE") },
    { "sort", 0, 0, G_OPTION_ARG_FILENAME, &sort,
      N_("Sort by name, updated, size or created; backwards with :desc"), N_("KEY[:desc]") },
    { "limit", 0, 0, G_OPTION_ARG_INT64, &limit, N_("At most so many"), N_("N") },
    { "offset", 0, 0, G_OPTION_ARG_INT64, &offset, N_("Leave out so many at the beginning"),
      N_("N") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GranaryTagSet) tags = NULL;
  g_autoptr (GranaryQuery) query = NULL;
  g_autoptr (GPtrArray) models = NULL;
  g_autofree char *text = NULL;
  GranarySortKey key = GRANARY_SORT_NAME;
  gboolean descending = FALSE;
  Listing listing = { NULL };

  if (!granary_cli_parse (cli, &left, entries, 0, -1, error))
    return FALSE;
  if (sort != NULL && !parse_sort (sort, &key, &descending, error))
    return FALSE;
  if (offset < 0 || limit < -1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _("--limit and --offset take a number that is not negative."));
      return FALSE;
    }
  text = g_strjoinv (" ", left + 1);
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%s” is not valid UTF-8 text."), _("QUERY"));
      return FALSE;
    }

  granary_cli_begin (cli, GRANARY_VERB_SEARCH, *text != '\0' ? text : NULL);
  if (!granary_cli_read_tags (tag_texts, &tags, error) ||
      !granary_cli_open (cli, GRANARY_CLI_OPEN_READ, error))
    return FALSE;

  if (*text != '\0')
    granary_cli_begin (cli, GRANARY_VERB_SEARCH, text);
  else
    granary_cli_begin (cli, GRANARY_VERB_LOAD, NULL);

  query = granary_query_new (*text != '\0' ? text : NULL, tags, key, descending);
  listing.query = query;
  listing.offset = offset;
  listing.limit = limit;
  models = granary_cli_read (cli, list_models, &listing, (GDestroyNotify) g_ptr_array_unref, error);
  if (models == NULL)
    return FALSE;

  if (cli->json)
    print_json (cli, &listing, models);
  else if (models->len > 0)
    print_table (cli, models);
  else
    granary_cli_note (cli, granary_query_is_filtered (query) ? _("no model fits")
                                                             : _("there are no models yet"));

  granary_cli_note_age (cli);
  return TRUE;
}
