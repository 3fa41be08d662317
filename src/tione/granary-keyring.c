/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-keyring.h"

#include "granary-error.h"
#include "granary-key-text-private.h"

#include <libsecret/secret.h>

/* Only the Secret Service is asked: secret_password_*() would fall back to a file of its own where
 * there is none, and the user would not know where the key went. */
static const SecretSchema schema = {
  "io.github.granary.Granary.Key",
  SECRET_SCHEMA_NONE,
  {
    { "connection", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

/* Goes on with the task once the service is there. */
typedef void (*GoOn) (GTask         *task,
                      SecretService *service);

/* What is asked of the service; data of the task. */
typedef struct
{
  char  *name;
  char  *uid;
  char  *text;  /* (nullable): the key, to store it */
  GList *items; /* (element-type SecretItem): still to be deleted */
  GoOn   go_on;
} Work;

/* Auxiliary functions */

static void
work_free (gpointer data)
{
  Work *work = data;

  granary_key_text_free (work->text);
  g_list_free_full (work->items, g_object_unref);
  g_free (work->name);
  g_free (work->uid);
  g_free (work);
}

/* Attributes by which the item is found. */
static GHashTable *
make_attributes (Work *work)
{
  return secret_attributes_build (&schema, "connection", work->uid, NULL);
}

static void
return_reason (GTask         *task,
               GranaryReason  reason,
               const char    *why)
{
  Work *work = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  granary_set_error (&error, GRANARY_ERROR_AUTH_REQUIRED, reason, work->name, "%s", why);
  g_task_return_error (task, g_steal_pointer (&error));
}

/* Answers with what @why means; NULL is a prompt that was dismissed. */
static void
return_failure (GTask        *task,
                const GError *why)
{
  if (g_task_return_error_if_cancelled (task))
    return;

  if (why == NULL || granary_error_is_cancelled (why) ||
      g_error_matches (why, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    return_reason (task, GRANARY_REASON_KEYRING_LOCKED, "the keyring stays locked");
  else
    return_reason (task, GRANARY_REASON_KEYRING_MISSING, why->message);
}

static void
service_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Work *work = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service = secret_service_get_finish (result, &error);

  if (service == NULL)
    return_failure (task, error);
  else
    work->go_on (task, service);
}

/* Makes the task and asks for the service; @go_on gets it. */
static void
start (GranaryAccount      *account,
       char                *text,
       GoOn                 go_on,
       gpointer             tag,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  GTask *task = g_task_new (account, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->name = g_strdup (granary_account_get_name (account));
  work->uid = g_strdup (granary_account_get_uid (account));
  work->text = text;
  work->go_on = go_on;
  g_task_set_task_data (task, work, work_free);
  g_task_set_source_tag (task, tag);
  /* Kept by whoever is called next, so that a prompt that is left open keeps nothing else alive. */
  secret_service_get (SECRET_SERVICE_OPEN_SESSION, cancellable, service_cb, task);
}

/* Loading */

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GList *items = secret_service_search_finish (SECRET_SERVICE (source), result, &error);
  g_autoptr (SecretValue) value = NULL;
  GranaryCredentials *credentials = NULL;

  if (error != NULL)
    return_failure (task, error);
  else if (items == NULL)
    return_reason (task, GRANARY_REASON_KEY_MISSING, "nothing is stored");
  else if ((value = secret_item_get_secret (items->data)) == NULL)
    return_failure (task, NULL);
  else
    {
      gsize length;
      const char *text = secret_value_get (value, &length);

      credentials = granary_key_text_read (text, length);
      if (credentials != NULL)
        g_task_return_pointer (task, credentials, (GDestroyNotify) granary_credentials_unref);
      else
        return_reason (task, GRANARY_REASON_KEY_MISSING, "what is stored is no key");
    }

  g_list_free_full (items, g_object_unref);
}

static void
load (GTask         *task,
      SecretService *service)
{
  g_autoptr (GHashTable) attributes = make_attributes (g_task_get_task_data (task));

  secret_service_search (service, &schema, attributes,
                         SECRET_SEARCH_UNLOCK | SECRET_SEARCH_LOAD_SECRETS,
                         g_task_get_cancellable (task), loaded_cb, g_object_ref (task));
}

/* Storing */

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (secret_service_store_finish (SECRET_SERVICE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    return_failure (task, error);
}

static void
store (GTask         *task,
       SecretService *service)
{
  Work *work = g_task_get_task_data (task);
  g_autoptr (GHashTable) attributes = make_attributes (work);
  g_autofree char *label = g_strdup_printf ("Granary: %s", work->name);
  g_autoptr (SecretValue) value = NULL;

  value = secret_value_new_full (work->text, -1, "application/json",
                                 (GDestroyNotify) granary_key_text_free);
  work->text = NULL;
  secret_service_store (service, &schema, attributes, SECRET_COLLECTION_DEFAULT, label, value,
                        g_task_get_cancellable (task), stored_cb, g_object_ref (task));
}

/* Removing */

static void remove_next (GTask *task);

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!secret_item_delete_finish (SECRET_ITEM (source), result, &error))
    return_failure (task, error);
  else
    remove_next (task);
}

static void
remove_next (GTask *task)
{
  Work *work = g_task_get_task_data (task);
  g_autoptr (SecretItem) item = NULL;

  if (work->items == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  item = work->items->data;
  work->items = g_list_delete_link (work->items, work->items);
  secret_item_delete (item, g_task_get_cancellable (task), removed_cb, g_object_ref (task));
}

static void
found_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Work *work = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  work->items = secret_service_search_finish (SECRET_SERVICE (source), result, &error);
  if (error != NULL)
    return_failure (task, error);
  else
    remove_next (task);
}

static void
remove_items (GTask         *task,
              SecretService *service)
{
  g_autoptr (GHashTable) attributes = make_attributes (g_task_get_task_data (task));

  secret_service_search (service, &schema, attributes, SECRET_SEARCH_ALL | SECRET_SEARCH_UNLOCK,
                         g_task_get_cancellable (task), found_cb, g_object_ref (task));
}

/* Public functions */

/**
 * granary_keyring_load_async:
 * @account: whose key
 * @cancellable: (nullable): calls it off; also a prompt to unlock that is shown
 * @callback: called in the main context of the caller
 * @user_data: for @callback
 *
 * Gets the key of a connection from the Secret Service. A locked keyring makes the service ask the
 * user for its password, which may take any time.
 */
void
granary_keyring_load_async (GranaryAccount      *account,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_return_if_fail (GRANARY_IS_ACCOUNT (account));

  start (account, NULL, load, granary_keyring_load_async, cancellable, callback, user_data);
}

/**
 * granary_keyring_load_finish:
 * @result: as the callback got it
 * @error: return location
 *
 * Returns: (transfer full): the key, or %NULL with %GRANARY_REASON_KEY_MISSING,
 *   %GRANARY_REASON_KEYRING_MISSING (no service runs or can be started) or
 *   %GRANARY_REASON_KEYRING_LOCKED (it was not unlocked)
 */
GranaryCredentials *
granary_keyring_load_finish (GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, granary_keyring_load_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * granary_keyring_store_async:
 * @account: whose key
 * @credentials: the key
 * @cancellable: (nullable): calls it off
 * @callback: called in the main context of the caller
 * @user_data: for @callback
 *
 * Stores the key in the default keyring, in place of one that was stored before.
 */
void
granary_keyring_store_async (GranaryAccount      *account,
                             GranaryCredentials  *credentials,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_return_if_fail (GRANARY_IS_ACCOUNT (account));
  g_return_if_fail (credentials != NULL);

  start (account, granary_key_text_write (credentials), store, granary_keyring_store_async,
         cancellable, callback, user_data);
}

/**
 * granary_keyring_store_finish:
 * @result: as the callback got it
 * @error: return location, as of granary_keyring_load_finish()
 *
 * Returns: whether it is stored
 */
gboolean
granary_keyring_store_finish (GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, granary_keyring_store_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * granary_keyring_remove_async:
 * @account: whose key
 * @cancellable: (nullable): calls it off
 * @callback: called in the main context of the caller
 * @user_data: for @callback
 *
 * Deletes the key of a connection. That there is none is no error.
 */
void
granary_keyring_remove_async (GranaryAccount      *account,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_return_if_fail (GRANARY_IS_ACCOUNT (account));

  start (account, NULL, remove_items, granary_keyring_remove_async, cancellable, callback,
         user_data);
}

/**
 * granary_keyring_remove_finish:
 * @result: as the callback got it
 * @error: return location, as of granary_keyring_load_finish()
 *
 * Returns: whether no key is stored any more
 */
gboolean
granary_keyring_remove_finish (GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, granary_keyring_remove_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
