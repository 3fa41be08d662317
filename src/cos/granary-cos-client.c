/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-private.h"

#include <libxml/parser.h>

struct _GranaryCosClient
{
  GObject         parent_instance;

  GranaryAccount *account; /* (owned) */
  GranaryHttp    *http;    /* (owned) */
  GranaryClock    clock;
  guint           timeout;
  GMutex          lock;
  GHashTable     *buckets; /* (owned): set of names that were seen to exist; under lock */
};

G_DEFINE_FINAL_TYPE (GranaryCosClient, granary_cos_client, G_TYPE_OBJECT)

/* GObject overrides */

static void
granary_cos_client_finalize (GObject *object)
{
  GranaryCosClient *self = GRANARY_COS_CLIENT (object);

  g_clear_object (&self->account);
  g_clear_object (&self->http);
  g_clear_pointer (&self->buckets, g_hash_table_unref);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (granary_cos_client_parent_class)->finalize (object);
}

static void
granary_cos_client_class_init (GranaryCosClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_cos_client_finalize;

  /* Before threads use it. */
  xmlInitParser ();
}

static void
granary_cos_client_init (GranaryCosClient *self)
{
  g_mutex_init (&self->lock);
  self->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Public functions */

/**
 * granary_cos_client_new:
 * @account: where and as whom
 * @http: what sends
 *
 * Returns: (transfer full): a client
 */
GranaryCosClient *
granary_cos_client_new (GranaryAccount *account,
                        GranaryHttp    *http)
{
  GranaryCosClient *self;

  g_return_val_if_fail (GRANARY_IS_ACCOUNT (account), NULL);
  g_return_val_if_fail (GRANARY_IS_HTTP (http), NULL);

  self = g_object_new (GRANARY_TYPE_COS_CLIENT, NULL);
  self->account = g_object_ref (account);
  self->http = g_object_ref (http);

  return self;
}

GranaryAccount *
granary_cos_client_get_account (GranaryCosClient *self)
{
  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);

  return self->account;
}

GranaryHttp *
granary_cos_client_get_http (GranaryCosClient *self)
{
  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);

  return self->http;
}

/* Shared by all threads; see [struct@Clock]. */
GranaryClock *
granary_cos_client_get_clock (GranaryCosClient *self)
{
  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);

  return &self->clock;
}

void
granary_cos_client_set_timeout (GranaryCosClient *self,
                                guint             timeout)
{
  g_return_if_fail (GRANARY_IS_COS_CLIENT (self));

  self->timeout = timeout;
}

guint
granary_cos_client_get_timeout (GranaryCosClient *self)
{
  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), 0);

  return self->timeout;
}

/* Remembers what an answer said of @bucket, so that a HEAD that finds nothing need not ask whether
 * the bucket itself is missing. */
void
granary_cos_client_note_bucket (GranaryCosClient *self,
                                const char       *bucket,
                                gboolean          exists)
{
  g_return_if_fail (GRANARY_IS_COS_CLIENT (self));

  if (bucket == NULL)
    return;

  g_mutex_lock (&self->lock);
  if (!exists)
    g_hash_table_remove (self->buckets, bucket);
  else if (!g_hash_table_contains (self->buckets, bucket))
    g_hash_table_add (self->buckets, g_strdup (bucket));
  g_mutex_unlock (&self->lock);
}

gboolean
granary_cos_client_knows_bucket (GranaryCosClient *self,
                                 const char       *bucket)
{
  gboolean known;

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), FALSE);

  g_mutex_lock (&self->lock);
  known = g_hash_table_contains (self->buckets, bucket);
  g_mutex_unlock (&self->lock);

  return known;
}

/**
 * granary_cos_check_place:
 * @place: a place
 * @is_prefix: whether its key may be empty
 * @error: (out) (optional): BUCKET_NAME, REGION_UNKNOWN or OBJECT_KEY
 *
 * What is checked of every place before it becomes part of a URL: nothing in it may lead to another
 * host or, as an empty key would, turn a call on an object into one on the bucket.
 *
 * Returns: whether it may be used
 */
gboolean
granary_cos_check_place (const GranaryObjectPlace  *place,
                         gboolean                   is_prefix,
                         GError                   **error)
{
  if (!granary_object_bucket_check (place->bucket, error))
    return FALSE;
  if (place->region != NULL && !granary_object_region_check (place->region, error))
    return FALSE;

  return (is_prefix && *place->key == '\0') || granary_object_key_check (place->key, error);
}
