/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-json.h"
#include "granary-cli-table.h"
#include "granary-error.h"
#include "granary-names.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

static gpointer
load_impact (GranaryCatalog  *catalog,
             gpointer         data,
             GCancellable    *cancellable,
             GError         **error)
{
  g_autofree GranaryImpact *impact = g_new0 (GranaryImpact, 1);

  if (!granary_catalog_load_trash_impact (catalog, data, impact, error))
    return NULL;

  return g_steal_pointer (&impact);
}

static gpointer
list_trash (GranaryCatalog  *catalog,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  return granary_catalog_list_trash (catalog, error);
}

static void
add_entry (GranaryCliJson          *json,
           const GranaryTrashEntry *entry)
{
  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_add_text (json, "id", entry->uid);
  granary_cli_json_add_text (json, "name", entry->model_name);
  granary_cli_json_add_version (json, "version", entry->number);
  granary_cli_json_add_int (json, "versions", entry->n_versions);
  granary_cli_json_add_int (json, "size", entry->size);
  granary_cli_json_add_time (json, "deleted", entry->deleted);
  granary_cli_json_end_object (json);
}

static void
print_json (GPtrArray *entries)
{
  g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_begin_array (json, "trash");
  for (guint i = 0; i < entries->len; i++)
    add_entry (json, g_ptr_array_index (entries, i));
  granary_cli_json_end_array (json);
  granary_cli_json_end_object (json);
  granary_cli_json_print (json);
}

static void
print_table (GPtrArray *entries)
{
  g_autoptr (GranaryCliTable) table =
    granary_cli_table_new (C_("column", "ID"), C_("column", "NAME"), C_("column", "VERSIONS"),
                           C_("column", "SIZE"), C_("column", "DELETED"), NULL);
  gint64 now = g_get_real_time ();

  granary_cli_table_set_right (table, 2);
  granary_cli_table_set_right (table, 3);
  for (guint i = 0; i < entries->len; i++)
    {
      const GranaryTrashEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *name = granary_wording_version (entry->model_name, entry->number);
      g_autofree char *n_versions = g_strdup_printf ("%d", entry->n_versions);
      g_autofree char *size = granary_wording_size (entry->size);
      g_autofree char *deleted = granary_wording_age (entry->deleted, now);

      granary_cli_table_add (table, entry->uid, name, n_versions, size, deleted, NULL);
    }
  granary_cli_table_print (table);
}

/* The entry whose id is @id or, alone, begins with it. */
static const GranaryTrashEntry *
find_entry (GPtrArray   *entries,
            const char  *id,
            GError     **error)
{
  const GranaryTrashEntry *found = NULL;
  g_autofree char *shown = granary_display_path (id);

  for (guint i = 0; i < entries->len; i++)
    {
      const GranaryTrashEntry *entry = g_ptr_array_index (entries, i);

      if (g_str_equal (entry->uid, id))
        return entry;
      if (*id == '\0' || !g_str_has_prefix (entry->uid, id))
        continue;
      if (found != NULL)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       _("More than one id begins with “%s”."), shown);
          return NULL;
        }
      found = entry;
    }

  if (found == NULL)
    granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TRASH_MISSING, shown,
                       "%s is not in the trash", shown);
  return found;
}

static gboolean
restore (GranaryCli  *cli,
         GPtrArray   *entries,
         const char  *id,
         const char  *name,
         GError     **error)
{
  GranaryRepository *repository = granary_connection_get_repository (cli->connection);
  g_autofree char *object = NULL;
  g_autofree char *new_name = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  const GranaryTrashEntry *entry;
  const char *uids[2] = { NULL, NULL };
  GranaryCliWait wait = { NULL };

  granary_cli_begin (cli, GRANARY_VERB_RESTORE, id);
  entry = find_entry (entries, id, error);
  if (entry == NULL)
    return FALSE;

  object = granary_wording_version (entry->model_name, entry->number);
  granary_cli_begin (cli, GRANARY_VERB_RESTORE, object);
  if (name != NULL)
    {
      new_name = granary_name_check (name, error);
      if (new_name == NULL)
        return FALSE;
    }

  uids[0] = entry->uid;
  granary_repository_restore_async (repository, uids, new_name, cli->cancellable,
                                    granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, NULL);
  if (!granary_repository_restore_finish (repository, result, error))
    return FALSE;

  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "id", entry->uid);
      granary_cli_json_add_text (json, "name", new_name != NULL ? new_name : entry->model_name);
      granary_cli_json_add_version (json, "version", entry->number);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
    }
  else
    {
      g_autofree char *restored =
        granary_wording_version (new_name != NULL ? new_name : entry->model_name, entry->number);

      granary_cli_print (restored);
      granary_cli_print ("\n");
    }

  return TRUE;
}

static gboolean
empty (GranaryCli  *cli,
       GPtrArray   *entries,
       gboolean     yes,
       GError     **error)
{
  GranaryRepository *repository = granary_connection_get_repository (cli->connection);
  g_autoptr (GPtrArray) uids = g_ptr_array_new ();
  gint64 freed = 0;

  granary_cli_begin (cli, GRANARY_VERB_PURGE, NULL);
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (uids, ((const GranaryTrashEntry *) g_ptr_array_index (entries, i))->uid);
  g_ptr_array_add (uids, NULL);

  /* A script that calls this has said what it wants; a person may have mistyped. */
  if (entries->len > 0 && !yes && granary_cli_is_terminal (STDIN_FILENO))
    {
      g_autoptr (GranaryWording) wording = NULL;
      g_autofree GranaryImpact *impact = NULL;

      impact = granary_cli_read (cli, load_impact, uids->pdata, g_free, error);
      if (impact == NULL)
        return FALSE;

      wording = granary_wording_for_purge (entries->len, impact->freed);
      if (!granary_cli_confirm (cli, wording, error))
        return FALSE;
    }

  if (entries->len > 0)
    {
      g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_PURGE, NULL);
      g_autoptr (GAsyncResult) result = NULL;
      GranaryCliWait wait = { NULL };

      granary_repository_purge_async (repository, (const char * const *) uids->pdata, transfer,
                                      granary_cli_wait_cb, &wait);
      result = granary_cli_wait (cli, &wait, transfer);
      freed = granary_repository_purge_finish (repository, result, error);
      if (freed < 0)
        return FALSE;
    }

  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_int (json, "deleted", entries->len);
      granary_cli_json_add_int (json, "freed", freed);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
    }
  else if (entries->len > 0)
    {
      g_autofree char *text = granary_wording_for_freed (freed);

      granary_cli_print (text);
      granary_cli_print ("\n");
    }
  else
    granary_cli_note (cli, _("the trash is empty"));

  return TRUE;
}

/**
 * granary_cli_trash:
 *
 * `trash [restore ID | empty]`
 */
gboolean
granary_cli_trash (GranaryCli  *cli,
                   char       **arguments,
                   GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autofree char *name = NULL;
  gboolean yes = FALSE;
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_FILENAME, &name,
      N_("Restore the model under another name"), N_("NAME") },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_("Do not ask"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GPtrArray) trash = NULL;
  const char *verb;

  if (!granary_cli_parse (cli, &left, entries, 0, 2, error))
    return FALSE;

  verb = left[1];
  if (verb != NULL &&
      !(g_str_equal (verb, "restore") && left[2] != NULL) &&
      !(g_str_equal (verb, "empty") && left[2] == NULL))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("It is “trash”, “trash restore ID” or “trash empty”."));
      return FALSE;
    }
  if (name != NULL && (verb == NULL || !g_str_equal (verb, "restore")))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("--name is for “trash restore”."));
      return FALSE;
    }

  if (!granary_cli_open (cli, GRANARY_CLI_OPEN_READ, error))
    return FALSE;
  if (!granary_connection_has (cli->connection, GRANARY_FEATURE_TRASH))
    {
      granary_cli_begin (cli, GRANARY_VERB_LOAD, _("Trash"));
      granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_NO_TRASH,
                         granary_connection_get_title (cli->connection), "no trash");
      return FALSE;
    }
  granary_cli_begin (cli, GRANARY_VERB_LOAD, NULL);
  trash = granary_cli_read (cli, list_trash, NULL, (GDestroyNotify) g_ptr_array_unref, error);
  if (trash == NULL)
    return FALSE;

  if (verb != NULL && g_str_equal (verb, "restore"))
    return restore (cli, trash, left[2], name, error);
  if (verb != NULL)
    return empty (cli, trash, yes, error);

  if (cli->json)
    print_json (trash);
  else if (trash->len > 0)
    print_table (trash);
  else
    granary_cli_note (cli, _("the trash is empty"));

  return TRUE;
}
