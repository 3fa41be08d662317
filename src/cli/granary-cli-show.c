/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-json.h"
#include "granary-cli-table.h"
#include "granary-cli-target.h"
#include "granary-error.h"
#include "granary-json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The versions of the model with their files; the one that was named, or all. */
static gpointer
load_versions (GranaryCatalog  *catalog,
               gpointer         data,
               GCancellable    *cancellable,
               GError         **error)
{
  GranaryCliTarget *target = data;
  g_autoptr (GPtrArray) versions =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_version_unref);

  if (target->version != NULL)
    {
      g_ptr_array_add (versions, granary_version_ref (target->version));
      return g_steal_pointer (&versions);
    }

  for (guint i = 0; i < target->model->versions->len; i++)
    {
      const GranaryVersion *listed = g_ptr_array_index (target->model->versions, i);
      g_autoptr (GError) missing = NULL;
      GranaryVersion *version;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;

      version = granary_catalog_load_version (catalog, listed->id, &missing);
      if (version != NULL)
        g_ptr_array_add (versions, version);
      else if (missing->domain != GRANARY_ERROR || missing->code != GRANARY_ERROR_NOT_FOUND)
        {
          g_propagate_error (error, g_steal_pointer (&missing));
          return NULL;
        }
      /* Otherwise it was deleted a moment ago. */
    }

  return g_steal_pointer (&versions);
}

/* The digest of a file; NULL where only the storage's own tag of its content is known. */
static char *
make_digest (const GranaryFile *file)
{
  static const guint8 unknown[GRANARY_SHA256_LENGTH];

  if (memcmp (file->sha256, unknown, sizeof unknown) == 0)
    return NULL;

  return granary_sha256_to_text (file->sha256);
}

/* What is known of the task that a version came from: member of its record → name in the output. */
static const struct
{
  const char *member;
  const char *name;
  const char *label;
} task_facts[] = {
  { "task_id", "id", NC_("fact", "Task id:") },
  { "task_name", "name", NC_("fact", "Task:") },
  { "task_version", "version", NC_("fact", "Task version:") },
  { "preference", "preference", NC_("fact", "Preference:") },
  { "scene", "scene", NC_("fact", "Scene:") },
};

static JsonNode *
parse_remote (const GranaryVersion *version)
{
  return version->remote != NULL ? granary_json_parse (version->remote, -1, NULL, NULL) : NULL;
}

static void
add_task (GranaryCliJson       *json,
          const GranaryVersion *version)
{
  g_autoptr (JsonNode) remote = parse_remote (version);

  if (granary_json_get_string (remote, "task_id") == NULL)
    return;

  granary_cli_json_begin_object (json, "task");
  for (guint i = 0; i < G_N_ELEMENTS (task_facts); i++)
    {
      const char *text = granary_json_get_string (remote, task_facts[i].member);

      if (text != NULL)
        granary_cli_json_add_text (json, task_facts[i].name, text);
    }
  granary_cli_json_end_object (json);
}

static void
add_version (GranaryCliJson       *json,
             const GranaryVersion *version)
{
  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_add_version (json, "version", version->number);
  granary_cli_json_add_text (json, "status", granary_status_to_id (version->status));
  granary_cli_json_add_text (json, "source", granary_source_to_id (version->source));
  add_task (json, version);
  granary_cli_json_add_text (json, "framework", version->framework);
  granary_cli_json_add_text (json, "format", version->format);
  granary_cli_json_add_metrics (json, "metrics", version->metrics);
  granary_cli_json_add_text (json, "environment", version->environment);
  granary_cli_json_add_size (json, "size", version->size);
  granary_cli_json_begin_array (json, "files");
  for (guint i = 0; version->files != NULL && i < version->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (version->files, i);
      g_autofree char *sha256 = make_digest (file);

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "path", file->path);
      granary_cli_json_add_size (json, "size", file->size);
      granary_cli_json_add_text (json, "sha256", sha256);
      if (file->etag != NULL)
        granary_cli_json_add_text (json, "etag", file->etag);
      granary_cli_json_end_object (json);
    }
  granary_cli_json_end_array (json);
  granary_cli_json_end_object (json);
}

/* What of the versions is known; -1 while nothing is. */
static gint64
get_size (const GranaryModel *model)
{
  gboolean is_known = model->versions->len == 0 || model->size > 0;

  for (guint i = 0; !is_known && i < model->versions->len; i++)
    is_known = ((const GranaryVersion *) g_ptr_array_index (model->versions, i))->size >= 0;

  return is_known ? model->size : -1;
}

static void
print_json (const GranaryModel *model,
            GPtrArray          *versions)
{
  g_autoptr (GranaryCliJson) json = granary_cli_json_new ();
  const GranaryVersion *latest =
    model->versions->len > 0 ? g_ptr_array_index (model->versions, 0) : NULL;

  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_add_text (json, "id", model->uid);
  granary_cli_json_add_text (json, "name", model->name);
  granary_cli_json_add_text (json, "description", model->description);
  granary_cli_json_add_tags (json, "tags", model->tags);
  granary_cli_json_add_version (json, "latest", latest != NULL ? latest->number : 0);
  granary_cli_json_add_size (json, "size", get_size (model));
  granary_cli_json_add_time (json, "created", model->created);
  granary_cli_json_add_time (json, "updated", model->updated);
  granary_cli_json_begin_array (json, "versions");
  for (guint i = 0; i < versions->len; i++)
    add_version (json, g_ptr_array_index (versions, i));
  granary_cli_json_end_array (json);
  granary_cli_json_end_object (json);
  granary_cli_json_print (json);
}

/* `Label:  value`, the values in one column; leaves out what is not known. */
static void
print_fact (const char *label,
            const char *value)
{
  g_autofree char *shown = NULL;
  g_autofree char *line = NULL;
  int padding;

  if (value == NULL || *value == '\0')
    return;

  shown = granary_display_path (value);
  padding = MAX (16 - (int) granary_cli_text_width (label), 1);
  line = g_strdup_printf ("%s%*s%s\n", label, padding, "", shown);
  granary_cli_print (line);
}

static void
print_model (const GranaryModel *model)
{
  g_autofree char *tags = granary_tag_set_to_text (model->tags, ", ");
  g_autofree char *size = granary_wording_size (get_size (model));
  g_autofree char *created = granary_wording_time (model->created);
  g_autofree char *updated = granary_wording_time (model->updated);

  print_fact (C_("fact", "Model:"), model->name);
  print_fact (C_("fact", "Id:"), model->uid);
  print_fact (C_("fact", "Description:"), model->description);
  print_fact (C_("fact", "Tags:"), tags);
  print_fact (C_("fact", "Size:"), size);
  print_fact (C_("fact", "Created:"), created);
  print_fact (C_("fact", "Updated:"), updated);
}

static void
print_versions (GPtrArray *versions)
{
  g_autoptr (GranaryCliTable) table =
    granary_cli_table_new (C_("column", "VERSION"), C_("column", "STATUS"), C_("column", "SOURCE"),
                           C_("column", "FRAMEWORK"), C_("column", "FORMAT"),
                           C_("column", "FILES"), C_("column", "SIZE"), C_("column", "UPDATED"),
                           C_("column", "METRICS"), NULL);
  gint64 now = g_get_real_time ();

  granary_cli_table_set_right (table, 5);
  granary_cli_table_set_right (table, 6);
  for (guint i = 0; i < versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (versions, i);
      g_autofree char *name = g_strdup_printf ("v%d", version->number);
      g_autofree char *n_files = version->n_files >= 0 ? g_strdup_printf ("%d", version->n_files)
                                                       : g_strdup ("—");
      g_autofree char *size = granary_wording_size (version->size);
      g_autofree char *updated = granary_wording_age (version->updated, now);
      g_autofree char *metrics = granary_wording_metrics (version->metrics);

      granary_cli_table_add (table, name, granary_wording_status (version->status),
                             granary_wording_source (version->source),
                             version->framework != NULL ? version->framework : "–",
                             version->format != NULL ? version->format : "–", n_files, size,
                             updated, metrics, NULL);
    }

  granary_cli_print ("\n");
  granary_cli_table_print (table);
}

static void
print_task (const GranaryVersion *version)
{
  g_autoptr (JsonNode) remote = parse_remote (version);

  for (guint i = 0; i < G_N_ELEMENTS (task_facts); i++)
    print_fact (g_dpgettext2 (GETTEXT_PACKAGE, "fact", task_facts[i].label),
                granary_json_get_string (remote, task_facts[i].member));
}

static void
print_version (const GranaryVersion *version)
{
  g_autoptr (GranaryCliTable) table = NULL;
  g_autofree char *name = granary_wording_version (version->model_name, version->number);
  g_autofree char *size = granary_wording_size (version->size);
  g_autofree char *created = granary_wording_time (version->created);
  g_autofree char *updated = granary_wording_time (version->updated);
  g_autofree char *metrics = granary_wording_metrics (version->metrics);
  g_autofree char *progress = NULL;
  gboolean is_remote;

  if (version->status == GRANARY_STATUS_IMPORTING && version->progress >= 0)
    progress = g_strdup_printf ("%d%%", version->progress);

  print_fact (C_("fact", "Version:"), name);
  print_fact (C_("fact", "Status:"), granary_wording_status (version->status));
  print_fact (C_("fact", "Progress:"), progress);
  print_fact (C_("fact", "Error:"), version->error);
  print_fact (C_("fact", "Source:"), granary_wording_source (version->source));
  print_fact (C_("fact", "From:"), version->source_ref);
  print_task (version);
  print_fact (C_("fact", "Framework:"), version->framework);
  print_fact (C_("fact", "Format:"), version->format);
  print_fact (C_("fact", "Environment:"), version->environment);
  print_fact (C_("fact", "Metrics:"), metrics);
  print_fact (C_("fact", "Location:"), version->location);
  print_fact (C_("fact", "Size:"), size);
  print_fact (C_("fact", "Created:"), created);
  print_fact (C_("fact", "Updated:"), updated);

  if (version->files == NULL || version->files->len == 0)
    return;
  is_remote = version->location != NULL;

  table = granary_cli_table_new (C_("column", "SIZE"),
                                 is_remote ? C_("column", "ETAG") : C_("column", "SHA-256"),
                                 C_("column", "FILE"), NULL);
  granary_cli_table_set_right (table, 0);
  for (guint i = 0; i < version->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (version->files, i);
      g_autofree char *file_size = granary_wording_size (file->size);
      g_autofree char *digest = is_remote ? g_strdup (file->etag) : make_digest (file);

      granary_cli_table_add (table, file_size, digest != NULL ? digest : "—", file->path, NULL);
    }
  granary_cli_print ("\n");
  granary_cli_table_print (table);
}

/**
 * granary_cli_show:
 *
 * `show MODEL[:vN]`
 */
gboolean
granary_cli_show (GranaryCli  *cli,
                  char       **arguments,
                  GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (GranaryCliTarget) target = NULL;
  g_autoptr (GPtrArray) versions = NULL;

  if (!granary_cli_parse (cli, &left, NULL, 1, 1, error))
    return FALSE;
  target = granary_cli_target_parse (left[1], FALSE, error);
  if (target == NULL || !granary_cli_open (cli, GRANARY_CLI_OPEN_READ, error))
    return FALSE;

  granary_cli_begin (cli, GRANARY_VERB_LOAD, left[1]);
  if (!granary_cli_target_resolve (target, cli, error))
    return FALSE;
  versions = granary_cli_read (cli, load_versions, target, (GDestroyNotify) g_ptr_array_unref,
                               error);
  if (versions == NULL)
    return FALSE;

  if (cli->json)
    print_json (target->model, versions);
  else if (target->version != NULL)
    print_version (target->version);
  else
    {
      print_model (target->model);
      if (versions->len > 0)
        print_versions (versions);
    }

  granary_cli_note_age (cli);
  return TRUE;
}
