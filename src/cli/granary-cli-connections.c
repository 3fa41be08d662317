/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-json.h"
#include "granary-cli-table.h"
#include "granary-sign-out.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

static void
print_json (GPtrArray *accounts)
{
  g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_begin_array (json, "connections");
  for (guint i = 0; i < accounts->len; i++)
    {
      GranaryAccount *account = g_ptr_array_index (accounts, i);

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "name", granary_account_get_name (account));
      granary_cli_json_add_text (json, "id", granary_account_get_uid (account));
      granary_cli_json_add_text (json, "region", granary_account_get_region (account));
      granary_cli_json_add_text (json, "bucket", granary_account_get_bucket (account));
      granary_cli_json_add_text (json, "prefix", granary_account_get_prefix (account));
      granary_cli_json_begin_object (json, "endpoints");
      for (int service = 0; service < GRANARY_N_CLOUD_SERVICES; service++)
        {
          const char *url = granary_account_get_endpoint (account, service);

          if (url != NULL)
            granary_cli_json_add_text (json, granary_cloud_service_to_id (service), url);
        }
      granary_cli_json_end_object (json);
      granary_cli_json_end_object (json);
    }
  granary_cli_json_end_array (json);
  granary_cli_json_end_object (json);
  granary_cli_json_print (json);
}

static void
print_table (GPtrArray *accounts)
{
  g_autoptr (GranaryCliTable) table =
    granary_cli_table_new (C_("column", "NAME"), C_("column", "REGION"), C_("column", "STORAGE"),
                           C_("column", "ADDRESS"), NULL);

  for (guint i = 0; i < accounts->len; i++)
    {
      GranaryAccount *account = g_ptr_array_index (accounts, i);
      const char *bucket = granary_account_get_bucket (account);
      g_autofree char *address = granary_account_dup_api_url (account, GRANARY_CLOUD_TIONE);
      g_autofree char *storage = NULL;

      if (bucket != NULL)
        storage = g_strdup_printf ("cos://%s/%s", bucket, granary_account_get_prefix (account));
      granary_cli_table_add (table, granary_account_get_name (account),
                             granary_account_get_region (account),
                             storage != NULL ? storage : "–", address, NULL);
    }

  granary_cli_table_print (table);
}

static gboolean
list (GranaryCli  *cli,
      GError     **error)
{
  GranaryAccountList *list_of_all = granary_cli_get_accounts (cli, error);
  g_autoptr (GPtrArray) accounts = NULL;

  if (list_of_all == NULL)
    return FALSE;

  accounts = granary_account_list_list (list_of_all);
  if (cli->json)
    print_json (accounts);
  else if (accounts->len > 0)
    print_table (accounts);
  else
    granary_cli_note (cli, _("there are no connections yet; “granary-cli connect NAME” adds one"));

  return TRUE;
}

/* Asks whether to sign out, and then what to do with the copy on this computer. */
static gboolean
confirm (GranaryCli  *cli,
         const char  *name,
         gboolean    *purge,
         GError     **error)
{
  GranaryWording wording = { NULL };
  g_autofree char *title = g_strdup_printf (_("Sign out of “%s”?"), name);

  wording.title = title;
  wording.body = (char *) _("Its key is removed from this computer. Nothing changes in the cloud.");
  if (!granary_cli_confirm (cli, &wording, error))
    return FALSE;

  if (!*purge)
    /* Translators: y is the letter that granary-cli takes for yes. */
    *purge = granary_cli_ask (cli, _("Remove its list of models and its unfinished transfers from "
                                     "this computer as well? [y/N]"));
  return !g_cancellable_set_error_if_cancelled (cli->cancellable, error);
}

static gboolean
sign_out (GranaryCli  *cli,
          const char  *name,
          gboolean     yes,
          gboolean     purge,
          GError     **error)
{
  GranaryAccountList *accounts = granary_cli_get_accounts (cli, error);
  g_autoptr (GranaryAccount) account = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GranaryCliWait wait = { NULL };

  if (accounts == NULL)
    return FALSE;

  granary_cli_begin (cli, GRANARY_VERB_DISCONNECT, name);
  account = granary_account_list_find (accounts, name);
  if (account == NULL)
    {
      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_CONNECTION_MISSING, name,
                         "no connection “%s”", name);
      return FALSE;
    }
  if (!yes && !confirm (cli, granary_account_get_name (account), &purge, error))
    return FALSE;

  granary_sign_out_async (accounts, account, purge, cli->cancellable, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, NULL);
  if (!granary_sign_out_finish (result, error))
    return FALSE;

  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "removed", granary_account_get_name (account));
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
    }
  return TRUE;
}

/**
 * granary_cli_connections:
 *
 * `connections [remove NAME [--yes] [--purge]]`
 */
gboolean
granary_cli_connections (GranaryCli  *cli,
                         char       **arguments,
                         GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  gboolean yes = FALSE;
  gboolean purge = FALSE;
  const GOptionEntry entries[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_("Do not ask"), NULL },
    { "purge", 0, 0, G_OPTION_ARG_NONE, &purge,
      N_("Remove what is kept of it on this computer as well"), NULL },
    G_OPTION_ENTRY_NULL,
  };

  if (!granary_cli_parse (cli, &left, entries, 0, 2, error) ||
      !granary_cli_read_texts (left + 1, error))
    return FALSE;

  granary_cli_begin (cli, GRANARY_VERB_LOAD, NULL);
  if (left[1] == NULL && (yes || purge))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("--yes and --purge are for “connections remove”."));
      return FALSE;
    }
  if (left[1] == NULL)
    return list (cli, error);

  if (!g_str_equal (left[1], "remove") || left[2] == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("Write “connections” or “connections remove NAME”."));
      return FALSE;
    }
  if (!yes && !granary_cli_is_terminal (STDIN_FILENO))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("There is no terminal to ask on: --yes is needed."));
      return FALSE;
    }

  return sign_out (cli, left[2], yes, purge, error);
}
