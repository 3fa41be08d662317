/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-tags.h"

#include <string.h>

#include "granary-error.h"
#include "granary-tione-place-private.h"

/* ModifyResourceTags takes ten of each at most, no empty list, and refuses all for one that it does
 * not like. Then each is tried by itself, so that only that one is missing. */

#define BATCH_SIZE 10
#define MAX_CALLS 3

/* One change. */
typedef struct
{
  const char *key;
  const char *value; /* (nullable): gone */
} Change;

typedef struct
{
  GranaryApi   *api;
  const char   *account_uin;
  const char   *model_uid;
  GCancellable *cancellable;
  GPtrArray    *failed;
  guint         n_stored;
} Edit;

static GArray *
list_changes (const GranaryTagSet *from,
              const GranaryTagSet *to)
{
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (Change));

  for (guint i = 0; i < granary_tag_set_get_size (to); i++)
    {
      Change change = { granary_tag_set_get_key (to, i), granary_tag_set_get_value (to, i) };

      if (!granary_tione_tag_is_reserved (change.key) &&
          g_strcmp0 (granary_tag_set_lookup (from, change.key), change.value) != 0)
        g_array_append_val (changes, change);
    }
  for (guint i = 0; i < granary_tag_set_get_size (from); i++)
    {
      Change change = { granary_tag_set_get_key (from, i), NULL };

      if (!granary_tione_tag_is_reserved (change.key) &&
          granary_tag_set_lookup (to, change.key) == NULL)
        g_array_append_val (changes, change);
    }

  return changes;
}

static JsonNode *
make_body (Edit         *self,
           const Change *changes,
           guint         n_changes)
{
  g_autofree char *resource = NULL;
  JsonObject *object = json_object_new ();
  JsonArray *replaced = json_array_new ();
  JsonArray *deleted = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  for (guint i = 0; i < n_changes; i++)
    {
      JsonObject *tag = json_object_new ();

      json_object_set_string_member (tag, "TagKey", changes[i].key);
      if (changes[i].value != NULL)
        json_object_set_string_member (tag, "TagValue", changes[i].value);
      json_array_add_object_element (changes[i].value != NULL ? replaced : deleted, tag);
    }

  resource = g_strdup_printf ("qcs::tione:%s:uin/%s:model/%s",
                              granary_account_get_region (granary_api_get_account (self->api)),
                              self->account_uin, self->model_uid);
  json_object_set_string_member (object, "Resource", resource);
  if (json_array_get_length (replaced) > 0)
    json_object_set_array_member (object, "ReplaceTags", json_array_ref (replaced));
  if (json_array_get_length (deleted) > 0)
    json_object_set_array_member (object, "DeleteTags", json_array_ref (deleted));
  json_array_unref (replaced);
  json_array_unref (deleted);
  json_node_take_object (node, object);

  return node;
}

/* Whether the tags are by now what @changes make of them. */
static gboolean
look (Edit          *self,
      const Change  *changes,
      guint          n_changes,
      gboolean      *is_done,
      GError       **error)
{
  const char *uids[] = { self->model_uid, NULL };
  g_autoptr (GHashTable) table = NULL;
  const GranaryTagSet *tags;

  table = granary_tione_load_tags (self->api, uids, self->cancellable, error);
  if (table == NULL)
    return FALSE;

  tags = g_hash_table_lookup (table, self->model_uid);
  *is_done = TRUE;
  for (guint i = 0; i < n_changes; i++)
    {
      const char *value = tags != NULL ? granary_tag_set_lookup (tags, changes[i].key) : NULL;

      if (g_strcmp0 (value, changes[i].value) != 0)
        *is_done = FALSE;
    }

  return TRUE;
}

static gboolean
send_changes (Edit          *self,
              const Change  *changes,
              guint          n_changes,
              GError       **error)
{
  static const GranaryApiCall call = {
    .service = GRANARY_CLOUD_TAG, .action = "ModifyResourceTags", .is_write = TRUE,
  };
  g_autoptr (JsonNode) body = make_body (self, changes, n_changes);

  for (guint i = 0;; i++)
    {
      g_autoptr (JsonNode) answer = NULL;
      g_autoptr (GError) local_error = NULL;
      gboolean is_done = FALSE;

      answer = granary_api_call (self->api, &call, body, self->cancellable, &local_error);
      if (answer != NULL)
        return TRUE;
      if (granary_error_is_cancelled (local_error) || !granary_tione_is_open (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      /* The answer got lost. */
      if (!look (self, changes, n_changes, &is_done, error))
        return FALSE;
      if (is_done)
        return TRUE;
      if (i + 1 == MAX_CALLS)
        {
          granary_tione_set_not_done (error, call.action, local_error);
          return FALSE;
        }
      if (!granary_tione_wait (1 << i, self->cancellable, error))
        return FALSE;
    }
}

/* In the words of a tag, with what the service said. */
static void
add_failure (Edit         *self,
             const Change *change,
             const GError *cause)
{
  g_autofree char *subject = change->value != NULL && *change->value != '\0'
                             ? g_strconcat (change->key, "=", change->value, NULL)
                             : g_strdup (change->key);
  GError *error = NULL;

  granary_set_error (&error, cause->domain == GRANARY_ERROR ? cause->code : GRANARY_ERROR_BACKEND,
                     GRANARY_REASON_TAG_REJECTED, subject, "%s: %s", subject, cause->message);
  granary_error_set_request (error, granary_error_get_http_status (cause),
                             granary_error_get_request_id (cause), 0);
  granary_error_set_remote (error, granary_error_get_remote_code (cause),
                            granary_error_get_remote_message (cause));
  g_ptr_array_add (self->failed, error);
}

/* Whether the service found fault with what it was told, rather than with who told it or how. */
static gboolean
is_about_tags (const GError *error)
{
  const char *code = granary_error_get_remote_code (error);

  if (error->domain != GRANARY_ERROR)
    return FALSE;

  return granary_error_matches_reason (error, GRANARY_REASON_CALL_REFUSED) ||
         (code != NULL && (g_str_has_prefix (code, "InvalidParameter") ||
                           g_str_has_prefix (code, "LimitExceeded") ||
                           g_str_has_prefix (code, "FailedOperation") ||
                           g_str_has_prefix (code, "ResourceNotFound.Tag")));
}

/* FALSE: going on makes no sense, for @error. */
static gboolean
send_batch (Edit          *self,
            const Change  *changes,
            guint          n_changes,
            GError       **error)
{
  g_autoptr (GError) local_error = NULL;

  if (send_changes (self, changes, n_changes, &local_error))
    {
      self->n_stored += n_changes;
      return TRUE;
    }
  if (!is_about_tags (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (n_changes == 1)
    {
      add_failure (self, changes, local_error);
      return TRUE;
    }

  for (guint i = 0; i < n_changes; i++)
    {
      if (!send_batch (self, changes + i, 1, error))
        {
          for (guint rest = i; rest < n_changes && self->n_stored > 0; rest++)
            add_failure (self, changes + rest, *error);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * granary_tione_edit_tags:
 * @api: the connection's calls
 * @account_uin: of the main account
 * @model_uid: which model
 * @from: its tags as they are
 * @to: its tags as they are to be
 * @failed: (out) (element-type GError): a %GRANARY_REASON_TAG_REJECTED for each tag that was not
 *   accepted; empty when all were
 * @cancellable: (nullable): to call it off
 * @error: return location
 *
 * Blocks. Keys that belong to the platform are left as they are.
 *
 * Returns: whether anything went, or had to; %FALSE with @error when nothing was stored
 */
gboolean
granary_tione_edit_tags (GranaryApi           *api,
                         const char           *account_uin,
                         const char           *model_uid,
                         const GranaryTagSet  *from,
                         const GranaryTagSet  *to,
                         GPtrArray           **failed,
                         GCancellable         *cancellable,
                         GError              **error)
{
  g_autoptr (GArray) changes = NULL;
  g_autoptr (GPtrArray) failures = NULL;
  Edit self = { .api = api, .account_uin = account_uin, .model_uid = model_uid,
                .cancellable = cancellable };

  g_return_val_if_fail (GRANARY_IS_API (api), FALSE);
  g_return_val_if_fail (account_uin != NULL && model_uid != NULL, FALSE);
  g_return_val_if_fail (from != NULL && to != NULL, FALSE);
  g_return_val_if_fail (failed != NULL, FALSE);

  *failed = NULL;
  changes = list_changes (from, to);
  self.failed = failures = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  for (guint i = 0; i < changes->len; i += BATCH_SIZE)
    {
      guint n_changes = MIN (BATCH_SIZE, changes->len - i);
      g_autoptr (GError) local_error = NULL;
      guint n_failed = failures->len;

      if (send_batch (&self, &g_array_index (changes, Change, i), n_changes, &local_error))
        continue;
      if (self.n_stored == 0)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      /* Some are stored: the others, from the first of this batch that is not named yet, are not. */
      if (failures->len == n_failed)
        {
          for (guint rest = i; rest < i + n_changes; rest++)
            add_failure (&self, &g_array_index (changes, Change, rest), local_error);
        }
      for (guint rest = i + n_changes; rest < changes->len; rest++)
        add_failure (&self, &g_array_index (changes, Change, rest), local_error);
      break;
    }

  *failed = g_steal_pointer (&failures);
  return TRUE;
}
