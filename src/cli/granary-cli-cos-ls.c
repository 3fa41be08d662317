/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-cos.h"

#include "granary-cli-json.h"
#include "granary-cli-table.h"

#include <glib/gi18n-lib.h>

#define PAGE 1000
#define SIZE_WIDTH 10

/* One page, as it is asked for. */
typedef struct
{
  GranaryObjectPlace *prefix;
  const char         *delimiter;
  const char         *marker;
  guint               max;
} Page;

/* On the worker. */
static gpointer
list_buckets (GranaryCliCos  *self,
              gpointer        data,
              GCancellable   *cancellable,
              GError        **error)
{
  return granary_cos_client_list_buckets (self->client, cancellable, error);
}

/* On the worker. */
static gpointer
list_page (GranaryCliCos  *self,
           gpointer        data,
           GCancellable   *cancellable,
           GError        **error)
{
  const Page *page = data;

  return granary_cos_client_list (self->client, page->prefix, page->delimiter, page->marker,
                                  page->max, cancellable, error);
}

static char *
format_time (gint64 time)
{
  g_autoptr (GDateTime) local = time > 0 ? g_date_time_new_from_unix_local_usec (time) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M") : g_strdup ("–");
}

static gboolean
print_buckets (GranaryCliCos  *self,
               GError        **error)
{
  g_autoptr (GPtrArray) buckets = NULL;

  buckets = granary_cli_cos_call (self, list_buckets, NULL, (GDestroyNotify) g_ptr_array_unref,
                                  error);
  if (buckets == NULL)
    return FALSE;

  if (self->cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_begin_array (json, "buckets");
      for (guint i = 0; i < buckets->len; i++)
        {
          const GranaryBucket *bucket = g_ptr_array_index (buckets, i);

          granary_cli_json_begin_object (json, NULL);
          granary_cli_json_add_text (json, "name", bucket->name);
          granary_cli_json_add_text (json, "region", bucket->region);
          granary_cli_json_add_time (json, "created", bucket->created);
          granary_cli_json_end_object (json);
        }
      granary_cli_json_end_array (json);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
      return TRUE;
    }

  if (buckets->len == 0)
    {
      granary_cli_note (self->cli, _("the account has no buckets"));
      return TRUE;
    }

  {
    g_autoptr (GranaryCliTable) table =
      granary_cli_table_new (C_("column", "BUCKET"), C_("column", "REGION"),
                             C_("column", "CREATED"), NULL);

    for (guint i = 0; i < buckets->len; i++)
      {
        const GranaryBucket *bucket = g_ptr_array_index (buckets, i);
        g_autofree char *created = format_time (bucket->created);

        granary_cli_table_add (table, bucket->name, bucket->region != NULL ? bucket->region : "–",
                               created, NULL);
      }
    granary_cli_table_print (table);
  }
  return TRUE;
}

static void
print_object (GranaryCliJson       *json,
              const GranaryObject  *object)
{
  g_autofree char *shown = NULL;
  g_autofree char *size = NULL;
  g_autofree char *time = NULL;
  g_autofree char *line = NULL;
  int padding;

  if (json != NULL)
    {
      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "key", object->key);
      granary_cli_json_add_size (json, "size", object->is_folder ? -1 : object->size);
      granary_cli_json_add_time (json, "modified", object->modified);
      granary_cli_json_add_text (json, "storage_class", object->storage_class);
      granary_cli_json_add_text (json, "etag", object->etag);
      granary_cli_json_end_object (json);
      return;
    }

  /* Each page is printed as it comes: the width of a column cannot depend on the rows. */
  shown = granary_display_path (object->key);
  size = object->is_folder ? g_strdup ("–") : granary_wording_size (object->size);
  time = object->is_folder ? g_strdup ("–") : format_time (object->modified);
  padding = MAX (SIZE_WIDTH - (int) granary_cli_text_width (size), 0);
  line = g_strdup_printf ("%*s%s  %s%*s  %s\n", padding, "", size, time,
                          MAX (16 - (int) granary_cli_text_width (time), 0), "", shown);
  granary_cli_print (line);
}

/* Lists page after page, until the end or the limit. */
static gboolean
print_objects (GranaryCliCos       *self,
               GranaryObjectPlace  *prefix,
               GError             **error)
{
  g_autoptr (GranaryCliJson) json = self->cli->json ? granary_cli_json_new () : NULL;
  g_autofree char *marker = g_strdup (self->marker);
  gint64 n_left = self->limit > 0 ? self->limit : G_MAXINT64;
  gint64 n_printed = 0;

  if (json != NULL)
    {
      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_begin_array (json, "objects");
    }

  do
    {
      Page page = { prefix, self->recursive ? NULL : "/", marker, (guint) MIN (n_left, PAGE) };
      g_autoptr (GranaryObjectPage) answer = NULL;

      answer = granary_cli_cos_call (self, list_page, &page,
                                     (GDestroyNotify) granary_object_page_free, error);
      if (answer == NULL)
        return FALSE;

      for (guint i = 0; i < answer->objects->len; i++)
        print_object (json, g_ptr_array_index (answer->objects, i));
      n_printed += answer->objects->len;
      n_left -= answer->objects->len;
      g_free (marker);
      marker = g_steal_pointer (&answer->next);
    }
  while (marker != NULL && n_left > 0);

  if (json != NULL)
    {
      granary_cli_json_end_array (json);
      granary_cli_json_add_text (json, "next", marker);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
    }
  else if (n_printed == 0)
    granary_cli_note (self->cli, _("there is nothing there"));
  else if (marker != NULL)
    {
      g_autofree char *shown = granary_display_path (marker);
      /* Translators: %s is the key of an object. */
      g_autofree char *note = g_strdup_printf (_("there is more; go on with --marker “%s”"), shown);

      granary_cli_note (self->cli, note);
    }

  return TRUE;
}

/*
 * granary_cli_cos_ls:
 *
 * `cos ls [cos://BUCKET/PREFIX] [-R] [--limit N] [--marker KEY]`
 */
gboolean
granary_cli_cos_ls (GranaryCliCos  *self,
                    char          **operands,
                    GError        **error)
{
  g_autoptr (GranaryObjectPlace) prefix = NULL;
  g_autofree char *shown = operands[0] != NULL ? granary_display_path (operands[0]) : NULL;

  granary_cli_begin (self->cli, GRANARY_VERB_LIST_OBJECTS, shown);
  if (operands[0] != NULL && !granary_cli_cos_parse (operands[0], &prefix, error))
    return FALSE;
  if (self->yes || self->replace ||
      (prefix == NULL && (self->recursive || self->limit > 0 || self->marker != NULL)))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("“cos ls” takes --recursive, --limit and --marker, with an "
                             "address."));
      return FALSE;
    }
  if (!granary_cli_cos_open (self, error))
    return FALSE;

  granary_cli_begin (self->cli, GRANARY_VERB_LIST_OBJECTS, shown);
  return prefix != NULL ? print_objects (self, prefix, error) : print_buckets (self, error);
}
