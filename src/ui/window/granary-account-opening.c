/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-window"

#include "config.h"

#include "granary-account-opening.h"

#include "granary-error.h"
#include "granary-keyring.h"
#include "granary-tione.h"

typedef struct
{
  GranaryAccount *account; /* (owned) */
  GError         *missing; /* (owned) (nullable): why there is no key */
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_object_unref (opening->account);
  g_clear_error (&opening->missing);
  g_free (opening);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  GranaryConnectionStatus *status;
  GranaryConnection *connection;
  GError *error = NULL;

  connection = granary_tione_open_finish (result, &error);
  if (connection == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  status = granary_connection_get_status (connection);
  if (opening->missing != NULL && status != NULL)
    {
      granary_connection_status_begin (status);
      granary_connection_status_end (status, 0, opening->missing);
    }
  g_task_return_pointer (task, connection, g_object_unref);
}

static void
open_account (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);

  /* Without a key there is nothing to do in the background. */
  granary_tione_open_async (opening->account,
                            opening->missing == NULL ? GRANARY_TIONE_BACKGROUND
                                                     : GRANARY_TIONE_NONE,
                            g_task_get_cancellable (task), opened_cb, g_object_ref (task));
}

static void
key_loaded_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr (GranaryCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  credentials = granary_keyring_load_finish (result, &error);
  if (credentials == NULL && granary_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  if (credentials != NULL)
    granary_account_set_credentials (opening->account, credentials);
  else
    opening->missing = g_steal_pointer (&error);
  open_account (task);
}

void
granary_account_open_async (GranaryAccount      *account,
                            GranaryCredentials  *environment,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Opening *opening;

  g_return_if_fail (GRANARY_IS_ACCOUNT (account));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_account_open_async);
  opening = g_new0 (Opening, 1);
  opening->account = granary_account_copy (account);
  g_task_set_task_data (task, opening, opening_free);

  if (environment != NULL)
    {
      granary_account_set_credentials (opening->account, environment);
      open_account (task);
      return;
    }

  granary_keyring_load_async (opening->account, cancellable, key_loaded_cb, g_object_ref (task));
}

GranaryConnection *
granary_account_open_finish (GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, granary_account_open_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
