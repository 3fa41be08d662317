/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-account-test.h"
#include "granary-cli-json.h"
#include "granary-cli-table.h"
#include "granary-keyring.h"
#include "granary-object-storage.h"
#include "granary-sign-out.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Stable names for programs, and for people names in their language. */
static const struct
{
  const char *id;
  const char *name;
} checks[GRANARY_N_ACCOUNT_CHECKS] = {
  [GRANARY_ACCOUNT_CHECK_NETWORK] = { "network", NC_("check", "Network") },
  [GRANARY_ACCOUNT_CHECK_KEY] = { "key", NC_("check", "Key and clock") },
  [GRANARY_ACCOUNT_CHECK_MODELS] = { "models", NC_("check", "Models and region") },
  [GRANARY_ACCOUNT_CHECK_STORAGE] = { "storage", NC_("check", "Storage") },
  [GRANARY_ACCOUNT_CHECK_TAGS] = { "tags", NC_("check", "Tags") },
};

/* The texts of the command line, as they came. */
typedef struct
{
  char     *region;
  char    **endpoints;
  char     *bucket;
  char     *prefix;
  gboolean  token;
  gboolean  no_test;
  gboolean  replace;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->region);
  g_strfreev (options->endpoints);
  g_free (options->bucket);
  g_free (options->prefix);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
set_endpoints (GranaryAccount  *account,
               char           **texts,
               GError         **error)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (texts[i], "=", 2);
      GranaryCloudService service;

      if (parts[0] == NULL || parts[1] == NULL ||
          !granary_cloud_service_from_id (parts[0], &service))
        {
          g_autofree char *shown = granary_display_path (texts[i]);

          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       _("“%s” is not SERVICE=URL with one of the services tione, tag, tcr, sts, "
                         "cam, region and cos."),
                       shown);
          return FALSE;
        }
      if (!granary_account_set_endpoint (account, service, parts[1], error))
        return FALSE;
    }

  return TRUE;
}

/* The connection as it is described; of the same uid as the one that it replaces. */
static GranaryAccount *
make_account (const char      *name,
              Options         *options,
              GranaryAccount  *replaced,
              GError         **error)
{
  const char *region = options->region != NULL ? options->region : g_getenv ("TENCENTCLOUD_REGION");
  g_autofree char *uid = NULL;
  g_autoptr (GranaryAccount) account = NULL;

  if (region == NULL || *region == '\0')
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("The region is missing: --region ap-guangzhou, for example."));
      return NULL;
    }
  if (!granary_account_region_check (region, error))
    return NULL;
  if (options->bucket != NULL && !granary_object_bucket_check (options->bucket, error))
    return NULL;
  if (options->prefix != NULL && *options->prefix != '\0' &&
      !granary_object_key_check (options->prefix, error))
    return NULL;

  uid = replaced != NULL ? g_strdup (granary_account_get_uid (replaced)) : g_uuid_string_random ();
  account = granary_account_new (name, uid, region);
  granary_account_set_storage (account, options->bucket, options->prefix);
  if (!set_endpoints (account, options->endpoints, error))
    return NULL;

  return g_steal_pointer (&account);
}

/* Asks for the key, or reads it from the lines of standard input. */
static gboolean
read_key (GranaryCli      *cli,
          GranaryAccount  *account,
          gboolean         with_token,
          GError         **error)
{
  g_autoptr (GranaryCredentials) credentials = NULL;
  char *id = granary_cli_read_secret (cli, _("SecretId:"), FALSE);
  char *key = id != NULL ? granary_cli_read_secret (cli, _("SecretKey (not shown):"), TRUE) : NULL;
  char *token = NULL;

  if (key != NULL && with_token)
    token = granary_cli_read_secret (cli, _("Token (not shown):"), TRUE);

  if (!g_cancellable_set_error_if_cancelled (cli->cancellable, error))
    credentials = granary_credentials_read (id, key, token, error);
  granary_cli_free_secret (id);
  granary_cli_free_secret (key);
  granary_cli_free_secret (token);

  if (credentials == NULL)
    return FALSE;
  if (with_token && credentials->token == NULL)
    {
      granary_set_error (error, GRANARY_ERROR_AUTH_REQUIRED, GRANARY_REASON_KEY_INCOMPLETE, "Token",
                         "Token is missing");
      return FALSE;
    }

  granary_account_set_credentials (account, credentials);
  return TRUE;
}

static void
print_json (GranaryAccount     *account,
            GranaryAccountTest *test)
{
  g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_add_text (json, "connection", granary_account_get_name (account));
  granary_cli_json_add_text (json, "id", granary_account_get_uid (account));
  granary_cli_json_add_text (json, "region", granary_account_get_region (account));
  granary_cli_json_add_text (json, "account", test != NULL ? test->account_uin : NULL);
  granary_cli_json_begin_array (json, "checks");
  for (guint i = 0; test != NULL && i < GRANARY_N_ACCOUNT_CHECKS; i++)
    {
      const GError *error = test->errors[i];
      g_autofree char *message = error != NULL ? granary_wording_for_problem (error) : NULL;

      if (!test->done[i])
        continue;
      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "check", checks[i].id);
      granary_cli_json_add_text (json, "reason",
                                 error != NULL
                                   ? granary_cli_reason_id (granary_error_get_reason (error))
                                   : NULL);
      granary_cli_json_add_text (json, "message", message);
      granary_cli_json_end_object (json);
    }
  granary_cli_json_end_array (json);
  granary_cli_json_end_object (json);
  granary_cli_json_print (json);
}

static void
print_table (GranaryAccountTest *test)
{
  g_autoptr (GranaryCliTable) table =
    granary_cli_table_new (C_("column", "CHECK"), C_("column", "RESULT"), NULL);

  for (guint i = 0; i < GRANARY_N_ACCOUNT_CHECKS; i++)
    {
      const char *name = g_dpgettext2 (GETTEXT_PACKAGE, "check", checks[i].name);
      g_autofree char *problem = NULL;

      if (test->errors[i] != NULL)
        problem = granary_wording_for_problem (test->errors[i]);
      else if (!test->done[i])
        problem = g_strdup (_("not tried"));
      else
        problem = g_strdup (_("good"));
      granary_cli_table_add (table, name, problem, NULL);
    }

  granary_cli_table_print (table);
}

/* Tests the connection and prints what was found. */
static gboolean
try_account (GranaryCli      *cli,
             GranaryAccount  *account,
             GError         **error)
{
  g_autoptr (GranaryAccountTest) test = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GranaryCliWait wait = { NULL };
  const GError *obstacle;

  granary_account_test_async (account, cli->cancellable, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, NULL);
  test = granary_account_test_finish (result, error);
  if (test == NULL)
    return FALSE;

  if (cli->json)
    print_json (account, test);
  else
    print_table (test);

  obstacle = granary_account_test_get_obstacle (test);
  if (obstacle == NULL)
    return TRUE;

  g_propagate_error (error, g_error_copy (obstacle));
  return FALSE;
}

static gboolean
store_key (GranaryCli      *cli,
           GranaryAccount  *account,
           GError         **error)
{
  g_autoptr (GranaryCredentials) credentials = granary_account_dup_credentials (account);
  g_autoptr (GAsyncResult) result = NULL;
  GranaryCliWait wait = { NULL };

  granary_keyring_store_async (account, credentials, cli->cancellable, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, NULL);

  return granary_keyring_store_finish (result, error);
}

/* Stores the connection: its key first, so that none is listed that cannot be opened. */
static gboolean
store (GranaryCli      *cli,
       GranaryAccount  *account,
       GranaryAccount  *replaced,
       GError         **error)
{
  GranaryAccountList *accounts = granary_cli_get_accounts (cli, error);

  if (accounts == NULL)
    return FALSE;

  if (cli->credentials == NULL && !store_key (cli, account, error))
    return FALSE;

  /* Models of another region are another repository. */
  if (replaced != NULL &&
      !g_str_equal (granary_account_get_region (replaced), granary_account_get_region (account)) &&
      !granary_sign_out_remove_mirror (granary_account_get_uid (account), error))
    return FALSE;

  return granary_account_list_put (accounts, account, error);
}

/* The connection that the new one takes the place of; NULL without error when there is none. */
static gboolean
find_replaced (GranaryCli      *cli,
               const char      *name,
               gboolean         replace,
               GranaryAccount **replaced,
               GError         **error)
{
  GranaryAccountList *accounts = granary_cli_get_accounts (cli, error);

  if (accounts == NULL)
    return FALSE;

  *replaced = granary_account_list_find (accounts, name);
  if (*replaced == NULL || replace)
    return TRUE;

  g_clear_object (replaced);
  granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_CONNECTION_EXISTS, name,
                     "“%s” exists", name);
  return FALSE;
}

/**
 * granary_cli_connect:
 *
 * `connect NAME --region R [--endpoint SERVICE=URL]… [--bucket B] [--prefix P] [--token]
 * [--no-test] [--replace]`
 */
gboolean
granary_cli_connect (GranaryCli  *cli,
                     char       **arguments,
                     GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_auto (Options) options = { NULL };
  const GOptionEntry entries[] = {
    { "region", 0, 0, G_OPTION_ARG_FILENAME, &options.region,
      N_("Region of the models, such as ap-guangzhou"), N_("REGION") },
    { "bucket", 0, 0, G_OPTION_ARG_FILENAME, &options.bucket,
      N_("Bucket for the files of new models"), N_("BUCKET") },
    { "prefix", 0, 0, G_OPTION_ARG_FILENAME, &options.prefix,
      N_("Folder of the bucket for them"), N_("PREFIX") },
    { "endpoint", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.endpoints,
      N_("Another address of tione, tag, tcr, sts, cam, region or cos; may be given more than "
         "once"),
      N_("SERVICE=URL") },
    { "token", 0, 0, G_OPTION_ARG_NONE, &options.token,
      N_("The key is a temporary one: ask for its token too"), NULL },
    { "no-test", 0, 0, G_OPTION_ARG_NONE, &options.no_test,
      N_("Store the connection without trying it"), NULL },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &options.replace,
      N_("Change the connection of this name"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GranaryAccount) replaced = NULL;
  g_autoptr (GranaryAccount) account = NULL;

  if (!granary_cli_parse (cli, &left, entries, 1, 1, error) ||
      !granary_cli_read_texts (left + 1, error))
    return FALSE;

  granary_cli_begin (cli, GRANARY_VERB_CONNECT, left[1]);
  if (!granary_account_name_check (left[1], error) ||
      !find_replaced (cli, left[1], options.replace, &replaced, error))
    return FALSE;
  account = make_account (left[1], &options, replaced, error);
  if (account == NULL)
    return FALSE;

  if (cli->credentials_error != NULL)
    {
      g_propagate_error (error, g_error_copy (cli->credentials_error));
      return FALSE;
    }
  if (cli->credentials != NULL)
    granary_account_set_credentials (account, cli->credentials);
  else if (!read_key (cli, account, options.token, error))
    return FALSE;

  if (!options.no_test && !try_account (cli, account, error))
    return FALSE;
  if (!store (cli, account, replaced, error))
    return FALSE;

  if (options.no_test && cli->json)
    print_json (account, NULL);
  if (cli->credentials != NULL)
    granary_cli_note (cli, _("the key of the environment was used, and not stored"));
  return TRUE;
}
