/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-name-dialog.h"
#include "granary-trash-entry.h"
#include "granary-wording.h"

/* Restores one entry after the other, so that each can be given another name. */
typedef struct
{
  GtkWidget         *parent;     /* (owned) */
  GranaryConnection *connection; /* (owned) */
  GPtrArray         *entries;    /* (owned) (element-type GranaryTrashEntry): those to restore */
  guint              position;
  guint              n_restored;
  char              *restored;   /* (owned) (nullable): how the last one is called */
} Restoration;

static void restore_next (Restoration *self);
static void restore_as   (Restoration *self,
                          const char  *new_name);

static void
restoration_free (Restoration *self)
{
  g_object_unref (self->parent);
  g_object_unref (self->connection);
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_free (self->restored);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Restoration, restoration_free)

static const GranaryTrashEntry *
get_current (Restoration *self)
{
  return g_ptr_array_index (self->entries, self->position);
}

static char *
name_entry (const GranaryTrashEntry *entry,
            const char              *new_name)
{
  return granary_wording_version (new_name != NULL ? new_name : entry->model_name, entry->number);
}

static void
add_toast (Restoration *self)
{
  g_autofree char *title = NULL;

  if (self->n_restored == 1)
    title = g_strdup_printf (_("“%s” restored"), self->restored);
  else if (self->n_restored > 1)
    title = g_strdup_printf (ngettext ("%u item restored", "%u items restored", self->n_restored),
                             self->n_restored);

  if (title != NULL)
    granary_command_add_toast (self->parent, title, NULL);
}

static void
named_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Restoration *self = user_data;
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);
  g_autofree char *name = granary_name_dialog_dup_name (GRANARY_NAME_DIALOG (source));

  if (g_strcmp0 (response, "apply") == 0 && name != NULL)
    {
      restore_as (self, name);
      return;
    }

  self->position++;
  restore_next (self);
}

static void
ask_for_name (Restoration *self)
{
  const GranaryTrashEntry *entry = get_current (self);
  g_autofree char *heading = g_strdup_printf (_("Restore “%s”"), entry->model_name);
  GranaryNameDialog *dialog;

  dialog = granary_name_dialog_new (self->connection, 0, entry->model_name);
  adw_alert_dialog_set_heading (ADW_ALERT_DIALOG (dialog), heading);
  adw_alert_dialog_set_body (ADW_ALERT_DIALOG (dialog),
                             _("Another model has this name now. Give the restored one "
                               "another name."));
  adw_alert_dialog_set_response_label (ADW_ALERT_DIALOG (dialog), "apply", _("_Restore"));
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), self->parent, NULL, named_cb, self);
}

typedef struct
{
  Restoration *self;
  char        *name; /* (owned) (nullable) */
} Step;

static void
restored_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Step *step = user_data;
  Restoration *self = step->self;
  g_autofree char *name = g_steal_pointer (&step->name);
  g_autoptr (GError) error = NULL;

  g_free (step);

  if (granary_repository_restore_finish (GRANARY_REPOSITORY (source), result, &error))
    {
      self->n_restored++;
      g_free (self->restored);
      self->restored = name_entry (get_current (self), name);
    }
  else if (granary_error_matches_reason (error, GRANARY_REASON_NAME_TAKEN))
    {
      ask_for_name (self);
      return;
    }
  else
    {
      g_autofree char *object = name_entry (get_current (self), NULL);

      granary_command_show_error (self->parent, error, GRANARY_VERB_RESTORE, object);
    }

  self->position++;
  restore_next (self);
}

static void
restore_as (Restoration *self,
            const char  *new_name)
{
  const char *entries[] = { get_current (self)->uid, NULL };
  Step *step = g_new0 (Step, 1);

  step->self = self;
  step->name = g_strdup (new_name);
  granary_repository_restore_async (granary_connection_get_repository (self->connection), entries,
                                    new_name, NULL, restored_cb, step);
}

static void
restore_next (Restoration *self)
{
  if (self->position < self->entries->len)
    {
      restore_as (self, NULL);
      return;
    }

  add_toast (self);
  restoration_free (self);
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Restoration) self = user_data;
  g_autoptr (GError) error = NULL;

  self->entries = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (self->entries == NULL)
    {
      granary_command_show_error (self->parent, error, GRANARY_VERB_RESTORE, NULL);
      return;
    }

  restore_next (g_steal_pointer (&self));
}

/* The entries with these ids. Models come first: a version needs its model back. */
static gpointer
list_entries (GranaryCatalog  *catalog,
              gpointer         data,
              GCancellable    *cancellable,
              GError         **error)
{
  const char * const *uids = data;
  g_autoptr (GPtrArray) trash = granary_catalog_list_trash (catalog, error);
  g_autoptr (GPtrArray) found = NULL;

  if (trash == NULL)
    return NULL;

  found = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_trash_entry_free);
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < trash->len; i++)
      {
        const GranaryTrashEntry *entry = g_ptr_array_index (trash, i);

        if ((entry->number > 0) == (pass == 1) && g_strv_contains (uids, entry->uid))
          g_ptr_array_add (found, granary_trash_entry_copy (entry));
      }

  if (found->len == 0)
    {
      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TRASH_MISSING, uids[0],
                         "%s: not in the trash", uids[0] != NULL ? uids[0] : "-");
      return NULL;
    }

  return g_steal_pointer (&found);
}

static void
free_strv (gpointer data)
{
  g_strfreev (data);
}

static void
free_array (gpointer data)
{
  g_ptr_array_unref (data);
}

/**
 * granary_command_restore:
 * @widget: where it was asked for
 * @connection: the connection
 * @entries: (array zero-terminated=1): entries of the trash
 *
 * Puts them back. Where a name is taken by now, asks for another.
 */
void
granary_command_restore (GtkWidget          *widget,
                         GranaryConnection  *connection,
                         const char * const *entries)
{
  Restoration *self;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (entries != NULL);

  self = g_new0 (Restoration, 1);
  self->parent = g_object_ref (granary_command_find_parent (widget));
  self->connection = g_object_ref (connection);
  granary_catalog_read_async (granary_connection_get_catalog (connection), list_entries,
                              g_strdupv ((char **) entries), free_strv, free_array, NULL,
                              listed_cb, self);
}
