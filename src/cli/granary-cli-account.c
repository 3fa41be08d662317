/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-keyring.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define REGION_VARIABLE "TENCENTCLOUD_REGION"

/* Where the transfers of the environment's account are remembered. */
#define ENVIRONMENT_UID "environment"

/* A catalogue of this age is no news. */
#define STALE_US (10 * 60 * G_USEC_PER_SEC)

/**
 * granary_cli_is_cloud:
 * @self: the run
 *
 * Returns: whether `-r` names a connection, not a folder
 */
gboolean
granary_cli_is_cloud (GranaryCli *self)
{
  return self->place != NULL && strchr (self->place, '/') == NULL;
}

/**
 * granary_cli_get_accounts:
 * @self: the run
 * @error: return location
 *
 * Returns: (transfer none): the connections that were set up
 */
GranaryAccountList *
granary_cli_get_accounts (GranaryCli  *self,
                          GError     **error)
{
  if (self->accounts == NULL)
    {
      g_autofree char *path = granary_account_list_get_default_path ();

      self->accounts = granary_account_list_new (path, error);
    }

  return self->accounts;
}

/* The region of the environment; NULL without error when there is none. */
static gboolean
get_region (const char **region,
            GError     **error)
{
  const char *value = g_getenv (REGION_VARIABLE);

  *region = value != NULL && *value != '\0' ? value : NULL;
  return *region == NULL || granary_account_region_check (*region, error);
}

/* The account as it would be in another region: with a catalogue of its own, because models of two
 * regions are no one's repository, and without the bucket, which is in the first region. */
static GranaryAccount *
move_account (GranaryAccount  *account,
              const char      *region,
              GError         **error)
{
  g_autofree char *uid = g_strdup_printf ("%s-%s", granary_account_get_uid (account), region);
  g_autoptr (GranaryAccount) moved = NULL;

  moved = granary_account_new (granary_account_get_name (account), uid, region);
  for (int service = 0; service < GRANARY_N_CLOUD_SERVICES; service++)
    {
      const char *url = granary_account_get_endpoint (account, service);

      if (url != NULL && !granary_account_set_endpoint (moved, service, url, error))
        return NULL;
    }

  return g_steal_pointer (&moved);
}

/**
 * granary_cli_find_account:
 * @self: the run
 * @error: return location
 *
 * The connection that `-r` names, with the key and the region of the environment when they are set.
 *
 * Returns: (transfer full): the account; %NULL with %G_OPTION_ERROR when there is none
 */
GranaryAccount *
granary_cli_find_account (GranaryCli  *self,
                          GError     **error)
{
  GranaryAccountList *accounts = granary_cli_get_accounts (self, error);
  g_autoptr (GranaryAccount) account = NULL;
  const char *region;

  if (accounts == NULL)
    return NULL;

  account = granary_account_list_find (accounts, self->place);
  if (account == NULL)
    {
      g_autofree char *shown = granary_display_path (self->place);

      if (self->credentials != NULL)
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                     _("There is no connection “%1$s” that the key of the environment could be "
                       "used with: “granary-cli connect %1$s” adds it, without storing that key. "
                       "For a folder of this name, use “-r ./%1$s”."),
                     shown);
      else
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                     _("There is no connection “%1$s”: “granary-cli connect %1$s” adds it. For a "
                       "folder of this name, use “-r ./%1$s”."),
                     shown);
      return NULL;
    }

  if (!get_region (&region, error))
    return NULL;
  if (region != NULL && !g_str_equal (region, granary_account_get_region (account)))
    {
      GranaryAccount *moved = move_account (account, region, error);

      if (moved == NULL)
        return NULL;
      g_object_unref (account);
      account = moved;
    }

  if (self->credentials != NULL)
    granary_account_set_credentials (account, self->credentials);
  return g_steal_pointer (&account);
}

/* What the environment alone gives: enough for object storage, at the vendor's own addresses. */
static GranaryAccount *
make_environment_account (GranaryCli  *self,
                          GError     **error)
{
  g_autoptr (GranaryAccount) account = NULL;
  g_autofree char *uid = NULL;
  const char *region;

  if (self->credentials_error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->credentials_error));
      return NULL;
    }
  if (!get_region (&region, error))
    return NULL;
  if (self->credentials == NULL || region == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   self->credentials == NULL
                     ? _("Which account is missing: name a connection with -r, or set "
                         "TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY and %s.")
                     : _("Which region is missing: name a connection with -r, or set %s."),
                   REGION_VARIABLE);
      return NULL;
    }

  uid = g_strdup_printf ("%s-%s", ENVIRONMENT_UID, region);
  /* The name stands in what is said about the key. */
  account = granary_account_new ("TENCENTCLOUD_SECRET_ID", uid, region);
  granary_account_set_credentials (account, self->credentials);
  return g_steal_pointer (&account);
}

/**
 * granary_cli_find_key_account:
 * @self: the run
 * @error: return location
 *
 * The account of the connection that `-r` names, or of the environment alone without `-r`, for what
 * needs no catalogue.
 *
 * Returns: (transfer full): the account with its key
 */
GranaryAccount *
granary_cli_find_key_account (GranaryCli  *self,
                              GError     **error)
{
  g_autoptr (GranaryAccount) account = NULL;

  if (self->place != NULL && !granary_cli_is_cloud (self))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _("A folder has no object storage: name a connection with -r."));
      return NULL;
    }

  account = self->place != NULL ? granary_cli_find_account (self, error)
                                : make_environment_account (self, error);
  if (account == NULL || !granary_cli_load_key (self, account, error))
    return NULL;

  return g_steal_pointer (&account);
}

/**
 * granary_cli_load_key:
 * @self: the run
 * @account: whose key
 * @error: return location
 *
 * Gives the account its key from the Secret Service, unless it has that of the environment.
 *
 * Returns: whether it has one
 */
gboolean
granary_cli_load_key (GranaryCli      *self,
                      GranaryAccount  *account,
                      GError         **error)
{
  g_autoptr (GranaryCredentials) credentials = granary_account_dup_credentials (account);
  g_autoptr (GAsyncResult) result = NULL;
  GranaryCliWait wait = { NULL };

  if (credentials != NULL)
    return TRUE;
  if (self->credentials_error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->credentials_error));
      return FALSE;
    }

  granary_keyring_load_async (account, self->cancellable, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (self, &wait, NULL);
  credentials = granary_keyring_load_finish (result, error);
  if (credentials == NULL)
    return FALSE;

  granary_account_set_credentials (account, credentials);
  return TRUE;
}

/**
 * granary_cli_do_refresh:
 * @self: the run, with an open cloud connection
 * @model_ids: (element-type gint64) (nullable): models to ask for, %NULL for all
 * @uids: (nullable) (array zero-terminated=1): ids of models to take in
 * @error: return location
 *
 * Brings the catalogue up to date.
 *
 * Returns: whether it is
 */
gboolean
granary_cli_do_refresh (GranaryCli          *self,
                        GArray              *model_ids,
                        const char * const  *uids,
                        GError             **error)
{
  GranaryRepository *repository = granary_connection_get_repository (self->connection);
  g_autoptr (GranaryRefreshRequest) request = granary_refresh_request_new (model_ids, uids);
  g_autoptr (GAsyncResult) result = NULL;
  GranaryCliWait wait = { NULL };

  granary_repository_refresh_async (repository, request, self->cancellable, granary_cli_wait_cb,
                                    &wait);
  result = granary_cli_wait (self, &wait, NULL);

  return granary_repository_refresh_finish (repository, result, error);
}

/**
 * granary_cli_open_cloud:
 * @self: the run
 * @how: what for
 * @error: return location
 *
 * Opens the connection that `-r` names. A catalogue that was never filled is filled now; otherwise
 * it is as it was refreshed last.
 *
 * Returns: whether it is open
 */
gboolean
granary_cli_open_cloud (GranaryCli      *self,
                        GranaryCliOpen   how,
                        GError         **error)
{
  g_autoptr (GranaryAccount) account = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *shown = granary_display_path (self->place);
  GranaryConnectionStatus *status;
  GranaryCliWait wait = { NULL };

  granary_cli_begin (self, GRANARY_VERB_OPEN, shown);
  account = granary_cli_find_account (self, error);
  if (account == NULL)
    return FALSE;
  if (how != GRANARY_CLI_OPEN_READ && !granary_cli_load_key (self, account, error))
    return FALSE;

  granary_tione_open_async (account, GRANARY_TIONE_NONE, self->cancellable, granary_cli_wait_cb,
                            &wait);
  result = granary_cli_wait (self, &wait, NULL);
  self->connection = granary_tione_open_finish (result, error);
  if (self->connection == NULL)
    return FALSE;

  status = granary_connection_get_status (self->connection);
  if (status == NULL || granary_connection_status_get_refreshed (status) > 0)
    return TRUE;

  return granary_cli_load_key (self, account, error) &&
         granary_cli_do_refresh (self, NULL, NULL, error);
}

/**
 * granary_cli_note_age:
 * @self: the run, with an open repository
 *
 * Says how old a catalogue is that follows a service and was not refreshed for a while.
 */
void
granary_cli_note_age (GranaryCli *self)
{
  GranaryConnectionStatus *status = granary_connection_get_status (self->connection);
  gint64 refreshed = status != NULL ? granary_connection_status_get_refreshed (status) : 0;
  gint64 now = g_get_real_time ();
  g_autofree char *age = NULL;
  g_autofree char *note = NULL;

  if (refreshed == 0 || now - refreshed < STALE_US)
    return;

  age = granary_wording_age (refreshed, now);
  /* Translators: %1$s is an age such as “2 hours ago”, %2$s the name of a connection. */
  note = g_strdup_printf (_("last refreshed: %1$s; “granary-cli refresh -r %2$s” asks again"), age,
                          self->place);
  granary_cli_note (self, note);
}
