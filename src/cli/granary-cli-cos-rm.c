/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-cos.h"

#include "granary-cli-json.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

/* What goes: keys of one bucket. */
typedef struct
{
  GranaryObjectPlace *bucket;
  GStrv               keys;
} Deletion;

/* On the worker. */
static gpointer
stat_object (GranaryCliCos  *self,
             gpointer        data,
             GCancellable   *cancellable,
             GError        **error)
{
  return granary_cos_client_stat (self->client, data, cancellable, error);
}

/* On the worker. */
static gpointer
delete_keys (GranaryCliCos  *self,
             gpointer        data,
             GCancellable   *cancellable,
             GError        **error)
{
  Deletion *deletion = data;

  return granary_cos_client_delete (self->client, deletion->bucket,
                                    (const char * const *) deletion->keys, cancellable, error)
           ? deletion
           : NULL;
}

/* What an address stands for: the object, or all below it. */
static GPtrArray *
find_objects (GranaryCliCos       *self,
              GranaryObjectPlace  *place,
              GError             **error)
{
  g_autoptr (GPtrArray) objects = NULL;
  GranaryObject *object;

  if (self->recursive)
    {
      g_autofree char *address = NULL;
      g_autofree char *shown = NULL;

      objects = granary_cli_cos_list_all (self, place, error);
      if (objects == NULL || objects->len > 0)
        return g_steal_pointer (&objects);

      address = granary_object_place_to_address (place);
      shown = granary_display_path (address);
      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_OBJECT_MISSING, shown,
                         "nothing below %s", shown);
      return NULL;
    }

  object = granary_cli_cos_call (self, stat_object, place, (GDestroyNotify) granary_object_free,
                                 error);
  if (object == NULL)
    return NULL;

  objects = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_object_free);
  g_ptr_array_add (objects, object);
  return g_steal_pointer (&objects);
}

static gboolean
confirm (GranaryCliCos       *self,
         GranaryObjectPlace  *place,
         GPtrArray           *objects,
         GError             **error)
{
  g_autofree char *address = granary_object_place_to_address (place);
  g_autofree char *shown = granary_display_path (address);
  g_autofree char *title = g_strdup_printf (_("Delete “%s”?"), shown);
  g_autofree char *size = NULL;
  g_autofree char *body = NULL;
  GranaryWording wording = { NULL };
  gint64 total = 0;

  for (guint i = 0; i < objects->len; i++)
    total += ((const GranaryObject *) g_ptr_array_index (objects, i))->size;
  size = granary_wording_size (total);
  body = g_strdup_printf (ngettext ("%1$u object (%2$s) is deleted. This cannot be undone.",
                                    "%1$u objects (%2$s) are deleted. This cannot be undone.",
                                    objects->len),
                          objects->len, size);
  wording.title = title;
  wording.body = body;

  return granary_cli_confirm (self->cli, &wording, error);
}

/* Deletes what one address stands for. */
static gboolean
delete_place (GranaryCliCos       *self,
              GranaryObjectPlace  *place,
              guint               *n_deleted,
              GError             **error)
{
  g_autofree char *address = granary_object_place_to_address (place);
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) keys = NULL;
  Deletion deletion = { place, NULL };

  granary_cli_begin (self->cli, GRANARY_VERB_DELETE, address);
  objects = find_objects (self, place, error);
  if (objects == NULL || (!self->yes && !confirm (self, place, objects, error)))
    return FALSE;

  for (guint i = 0; i < objects->len; i++)
    g_strv_builder_add (builder, ((const GranaryObject *) g_ptr_array_index (objects, i))->key);
  keys = g_strv_builder_end (builder);
  deletion.keys = keys;
  if (granary_cli_cos_call (self, delete_keys, &deletion, NULL, error) == NULL)
    return FALSE;

  *n_deleted += objects->len;
  return TRUE;
}

static gboolean
delete_all (GranaryCliCos  *self,
            GPtrArray      *places,
            GError        **error)
{
  guint n_deleted = 0;

  for (guint i = 0; i < places->len; i++)
    {
      if (!delete_place (self, g_ptr_array_index (places, i), &n_deleted, error))
        return FALSE;
    }

  if (self->cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_int (json, "deleted", n_deleted);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
    }
  else
    {
      g_autofree char *line = g_strdup_printf (ngettext ("%u object deleted\n",
                                                         "%u objects deleted\n", n_deleted),
                                               n_deleted);

      granary_cli_print (line);
    }

  return TRUE;
}

/*
 * granary_cli_cos_rm:
 *
 * `cos rm cos://BUCKET/KEY… [-R] [--yes]`
 */
gboolean
granary_cli_cos_rm (GranaryCliCos  *self,
                    char          **operands,
                    GError        **error)
{
  g_autoptr (GPtrArray) places =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_object_place_free);

  for (guint i = 0; operands[i] != NULL; i++)
    {
      g_autofree char *shown = granary_display_path (operands[i]);
      GranaryObjectPlace *place = NULL;

      granary_cli_begin (self->cli, GRANARY_VERB_DELETE, shown);
      if (!granary_cli_cos_parse (operands[i], &place, error))
        return FALSE;
      g_ptr_array_add (places, place);
      if (*place->key == '\0' && !self->recursive)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       _("“%s” names no object; --recursive deletes all that is in the bucket."),
                       shown);
          return FALSE;
        }
    }
  if (self->replace || self->limit > 0 || self->marker != NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("“cos rm” takes no other options than --recursive and --yes."));
      return FALSE;
    }
  /* Before anything is asked of a server: the same question would get the same answer. */
  if (!self->yes && !granary_cli_is_terminal (STDIN_FILENO))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("There is no terminal to ask on: --yes is needed."));
      return FALSE;
    }
  if (!granary_cli_cos_open (self, error))
    return FALSE;

  return delete_all (self, places, error);
}
