/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-account.h"

#include "granary-error.h"

#include <string.h>

#define URL_MAX_BYTES 1024

static const char *const service_ids[GRANARY_N_CLOUD_SERVICES] = {
  [GRANARY_CLOUD_TIONE] = "tione",
  [GRANARY_CLOUD_TAG] = "tag",
  [GRANARY_CLOUD_TCR] = "tcr",
  [GRANARY_CLOUD_STS] = "sts",
  [GRANARY_CLOUD_CAM] = "cam",
  [GRANARY_CLOUD_REGION] = "region",
  [GRANARY_CLOUD_COS] = "cos",
};

struct _GranaryAccount
{
  GObject parent_instance;

  char               *name;
  char               *uid;
  char               *region;
  char               *bucket;                              /* (nullable) */
  char               *prefix;                              /* "" or ends with "/" */
  char               *endpoints[GRANARY_N_CLOUD_SERVICES]; /* (nullable), no "/" at the end */
  char              **automl_captions;                     /* (nullable) */

  GMutex              mutex;                               /* guards what follows */
  GranaryCredentials *credentials;                         /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (GranaryAccount, granary_account, G_TYPE_OBJECT)

/* Services */

/**
 * granary_cloud_service_to_id:
 * @service: a service
 *
 * Returns: its name in hosts, signatures and settings
 */
const char *
granary_cloud_service_to_id (GranaryCloudService service)
{
  g_return_val_if_fail ((guint) service < GRANARY_N_CLOUD_SERVICES, NULL);

  return service_ids[service];
}

/**
 * granary_cloud_service_from_id:
 * @id: (nullable): name of a service
 * @service: (out): which it is
 *
 * Returns: whether it is known
 */
gboolean
granary_cloud_service_from_id (const char          *id,
                               GranaryCloudService *service)
{
  g_return_val_if_fail (service != NULL, FALSE);

  for (guint i = 0; id != NULL && i < GRANARY_N_CLOUD_SERVICES; i++)
    {
      if (g_str_equal (service_ids[i], id))
        {
          *service = i;
          return TRUE;
        }
    }

  return FALSE;
}

/* Credentials */

static void
wipe (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static void
credentials_clear (gpointer data)
{
  GranaryCredentials *self = data;

  wipe (self->secret_id);
  wipe (self->secret_key);
  wipe (self->token);
}

/**
 * granary_credentials_new:
 * @secret_id: identifies the key
 * @secret_key: the key
 * @token: (nullable): of a temporary key; "" is none
 *
 * Returns: (transfer full): the key
 */
GranaryCredentials *
granary_credentials_new (const char *secret_id,
                         const char *secret_key,
                         const char *token)
{
  GranaryCredentials *self;

  g_return_val_if_fail (secret_id != NULL, NULL);
  g_return_val_if_fail (secret_key != NULL, NULL);

  self = g_atomic_rc_box_new0 (GranaryCredentials);
  self->secret_id = g_strdup (secret_id);
  self->secret_key = g_strdup (secret_key);
  self->token = token != NULL && *token != '\0' ? g_strdup (token) : NULL;

  return self;
}

GranaryCredentials *
granary_credentials_ref (GranaryCredentials *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
granary_credentials_unref (GranaryCredentials *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, credentials_clear);
}

/* Addresses */

/* Bucket and region come from settings and from answers; they become part of a host name, so they
 * must not be able to name another one. `_` stands in no host of the cloud. */
static char *
host_label (const char *text)
{
  char *label = g_ascii_strdown (text, -1);

  for (char *at = label; *at != '\0'; at++)
    {
      if (!g_ascii_isalnum (*at) && *at != '-')
        *at = '_';
    }

  return label;
}

static char *
fill_template (const char *url,
               const char *bucket,
               const char *region)
{
  g_autofree char *bucket_label = host_label (bucket);
  g_autofree char *region_label = host_label (region);
  GString *filled = g_string_new (url);

  g_string_replace (filled, "{bucket}", bucket_label, 0);
  g_string_replace (filled, "{region}", region_label, 0);

  return g_string_free (filled, FALSE);
}

static gboolean
is_plain_host (const char *host)
{
  if (host == NULL || *host == '\0')
    return FALSE;

  for (const char *at = host; *at != '\0'; at++)
    {
      /* The colon is of IPv6 addresses, which GUri gives without their brackets. */
      if (!g_ascii_isalnum (*at) && strchr ("-._:", *at) == NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
endpoint_is_valid (GranaryCloudService  service,
                   const char          *url)
{
  g_autofree char *sample = NULL;
  g_autoptr (GUri) uri = NULL;
  const char *path;

  if (strlen (url) > URL_MAX_BYTES)
    return FALSE;

  sample = service == GRANARY_CLOUD_COS ? fill_template (url, "bucket", "region") : g_strdup (url);
  uri = g_uri_parse (sample, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL)
    return FALSE;

  path = g_uri_get_path (uri);
  return (g_str_equal (g_uri_get_scheme (uri), "http") ||
          g_str_equal (g_uri_get_scheme (uri), "https")) &&
         is_plain_host (g_uri_get_host (uri)) && g_uri_get_port (uri) != 0 &&
         (*path == '\0' || g_str_equal (path, "/")) &&
         g_uri_get_userinfo (uri) == NULL && g_uri_get_query (uri) == NULL &&
         g_uri_get_fragment (uri) == NULL;
}

/* GObject */

static void
granary_account_finalize (GObject *object)
{
  GranaryAccount *self = GRANARY_ACCOUNT (object);

  g_free (self->name);
  g_free (self->uid);
  g_free (self->region);
  g_free (self->bucket);
  g_free (self->prefix);
  for (guint i = 0; i < GRANARY_N_CLOUD_SERVICES; i++)
    g_free (self->endpoints[i]);
  g_strfreev (self->automl_captions);
  g_clear_pointer (&self->credentials, granary_credentials_unref);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (granary_account_parent_class)->finalize (object);
}

static void
granary_account_class_init (GranaryAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_account_finalize;
}

static void
granary_account_init (GranaryAccount *self)
{
  g_mutex_init (&self->mutex);
  self->prefix = g_strdup ("");
}

/**
 * granary_account_new:
 * @name: what the user calls the connection
 * @uid: what it is called in settings and folders
 * @region: such as `ap-guangzhou`
 *
 * Returns: (transfer full): an account without key, on the services' own addresses
 */
GranaryAccount *
granary_account_new (const char *name,
                     const char *uid,
                     const char *region)
{
  GranaryAccount *self;

  g_return_val_if_fail (name != NULL && uid != NULL && region != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_ACCOUNT, NULL);
  self->name = g_strdup (name);
  self->uid = g_strdup (uid);
  self->region = g_strdup (region);

  return self;
}

/**
 * granary_account_copy:
 * @self: an account
 *
 * Returns: (transfer full): an account of its own with the same settings and key
 */
GranaryAccount *
granary_account_copy (GranaryAccount *self)
{
  g_autoptr (GranaryCredentials) credentials = NULL;
  GranaryAccount *copy;

  g_return_val_if_fail (GRANARY_IS_ACCOUNT (self), NULL);

  copy = granary_account_new (self->name, self->uid, self->region);
  granary_account_set_storage (copy, self->bucket, self->prefix);
  for (guint i = 0; i < GRANARY_N_CLOUD_SERVICES; i++)
    copy->endpoints[i] = g_strdup (self->endpoints[i]);
  copy->automl_captions = g_strdupv (self->automl_captions);
  credentials = granary_account_dup_credentials (self);
  granary_account_set_credentials (copy, credentials);

  return copy;
}

const char *
granary_account_get_name (GranaryAccount *self)
{
  g_return_val_if_fail (GRANARY_IS_ACCOUNT (self), NULL);

  return self->name;
}

const char *
granary_account_get_uid (GranaryAccount *self)
{
  g_return_val_if_fail (GRANARY_IS_ACCOUNT (self), NULL);

  return self->uid;
}

const char *
granary_account_get_region (GranaryAccount *self)
{
  g_return_val_if_fail (GRANARY_IS_ACCOUNT (self), NULL);

  return self->region;
}

/**
 * granary_account_get_bucket:
 * @self: an account
 *
 * Returns: (nullable) (transfer none): where files of new models go
 */
const char *
granary_account_get_bucket (GranaryAccount *self)
{
  g_return_val_if_fail (GRANARY_IS_ACCOUNT (self), NULL);

  return self->bucket;
}

/**
 * granary_account_get_prefix:
 * @self: an account
 *
 * Returns: (transfer none): how the keys of new models' files begin: "" or ending with `/`
 */
const char *
granary_account_get_prefix (GranaryAccount *self)
{
  g_return_val_if_fail (GRANARY_IS_ACCOUNT (self), NULL);

  return self->prefix;
}

/**
 * granary_account_set_storage:
 * @self: an account that no other thread has yet
 * @bucket: (nullable): where files of new models go; "" is none
 * @prefix: (nullable): how their keys begin; a `/` at their end is added, one at the
 *   beginning left out
 *
 * Chooses where new files go.
 */
void
granary_account_set_storage (GranaryAccount *self,
                             const char     *bucket,
                             const char     *prefix)
{
  g_return_if_fail (GRANARY_IS_ACCOUNT (self));

  g_set_str (&self->bucket, bucket != NULL && *bucket != '\0' ? bucket : NULL);

  while (prefix != NULL && *prefix == '/')
    prefix++;
  g_free (self->prefix);
  if (prefix == NULL || *prefix == '\0')
    self->prefix = g_strdup ("");
  else
    self->prefix = g_str_has_suffix (prefix, "/") ? g_strdup (prefix)
                                                  : g_strconcat (prefix, "/", NULL);
}

/**
 * granary_account_get_automl_captions:
 * @self: an account
 *
 * No call tells them, so that they are a setting. Only `BALANCE` has been seen in public.
 *
 * Returns: (transfer none) (array zero-terminated=1): training preferences of automatic learning
 *   that are offered, as the platform writes them, the default first
 */
const char * const *
granary_account_get_automl_captions (GranaryAccount *self)
{
  static const char *const captions[] = { "BALANCE", NULL };

  g_return_val_if_fail (GRANARY_IS_ACCOUNT (self), NULL);

  return self->automl_captions != NULL ? (const char *const *) self->automl_captions : captions;
}

/**
 * granary_account_set_automl_captions:
 * @self: an account that no other thread has yet
 * @captions: (nullable) (array zero-terminated=1): what to offer; those that are known when there
 *   are none
 *
 * Chooses which training preferences are offered.
 */
void
granary_account_set_automl_captions (GranaryAccount      *self,
                                     const char * const  *captions)
{
  g_return_if_fail (GRANARY_IS_ACCOUNT (self));

  g_strfreev (self->automl_captions);
  self->automl_captions = captions != NULL && captions[0] != NULL ? g_strdupv ((char **) captions)
                                                                  : NULL;
}

/**
 * granary_account_get_endpoint:
 * @self: an account
 * @service: a service
 *
 * Returns: (nullable) (transfer none): the address that is used instead of the service's own
 */
const char *
granary_account_get_endpoint (GranaryAccount      *self,
                              GranaryCloudService  service)
{
  g_return_val_if_fail (GRANARY_IS_ACCOUNT (self), NULL);
  g_return_val_if_fail ((guint) service < GRANARY_N_CLOUD_SERVICES, NULL);

  return self->endpoints[service];
}

/**
 * granary_account_set_endpoint:
 * @self: an account that no other thread has yet
 * @service: a service
 * @url: (nullable): its address; %NULL or "" for the service's own
 * @error: return location
 *
 * Overrides an address. On error (%GRANARY_REASON_ENDPOINT_INVALID) the former one stays.
 *
 * Returns: whether @url is an address: `http` or `https`, a host, maybe a port, and nothing else
 */
gboolean
granary_account_set_endpoint (GranaryAccount       *self,
                              GranaryCloudService   service,
                              const char           *url,
                              GError              **error)
{
  g_autofree char *stripped = NULL;

  g_return_val_if_fail (GRANARY_IS_ACCOUNT (self), FALSE);
  g_return_val_if_fail ((guint) service < GRANARY_N_CLOUD_SERVICES, FALSE);

  stripped = g_strstrip (g_strdup (url != NULL ? url : ""));
  if (*stripped == '\0')
    {
      g_clear_pointer (&self->endpoints[service], g_free);
      return TRUE;
    }

  if (!endpoint_is_valid (service, stripped))
    {
      /* What was typed may hold a password: user@host is one of the mistakes. */
      const char *at = strrchr (stripped, '@');
      g_autofree char *shown = granary_display_path (at != NULL ? at + 1 : stripped);

      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_ENDPOINT_INVALID,
                         shown, "not an address for %s: %s", service_ids[service], shown);
      return FALSE;
    }

  if (g_str_has_suffix (stripped, "/"))
    stripped[strlen (stripped) - 1] = '\0';
  g_set_str (&self->endpoints[service], stripped);

  return TRUE;
}

/**
 * granary_account_dup_credentials:
 * @self: an account
 *
 * Any thread.
 *
 * Returns: (nullable) (transfer full): the key
 */
GranaryCredentials *
granary_account_dup_credentials (GranaryAccount *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (GRANARY_IS_ACCOUNT (self), NULL);

  locker = g_mutex_locker_new (&self->mutex);
  return self->credentials != NULL ? granary_credentials_ref (self->credentials) : NULL;
}

/**
 * granary_account_set_credentials:
 * @self: an account
 * @credentials: (nullable): the key from now on; a reference is taken
 *
 * Any thread. Calls under way keep the key that they began with.
 */
void
granary_account_set_credentials (GranaryAccount     *self,
                                 GranaryCredentials *credentials)
{
  g_autoptr (GranaryCredentials) old = NULL;
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_if_fail (GRANARY_IS_ACCOUNT (self));

  locker = g_mutex_locker_new (&self->mutex);
  old = g_steal_pointer (&self->credentials);
  self->credentials = credentials != NULL ? granary_credentials_ref (credentials) : NULL;
}

/**
 * granary_account_dup_api_url:
 * @self: an account
 * @service: any service but COS
 *
 * Returns: (transfer full): where it is called, without a slash at the end
 */
char *
granary_account_dup_api_url (GranaryAccount      *self,
                             GranaryCloudService  service)
{
  g_return_val_if_fail (GRANARY_IS_ACCOUNT (self), NULL);
  g_return_val_if_fail ((guint) service < GRANARY_N_CLOUD_SERVICES, NULL);
  g_return_val_if_fail (service != GRANARY_CLOUD_COS, NULL);

  if (self->endpoints[service] != NULL)
    return g_strdup (self->endpoints[service]);

  return g_strconcat ("https://", service_ids[service], ".tencentcloudapi.com", NULL);
}

/**
 * granary_account_dup_cos_url:
 * @self: an account
 * @bucket: (nullable): a bucket with its number; %NULL for the list of buckets
 * @region: (nullable): of the bucket; %NULL for the account's
 *
 * Returns: (transfer full): where its objects are, without a slash at the end
 */
char *
granary_account_dup_cos_url (GranaryAccount *self,
                             const char     *bucket,
                             const char     *region)
{
  const char *template = "https://{bucket}.cos.{region}.myqcloud.com";

  g_return_val_if_fail (GRANARY_IS_ACCOUNT (self), NULL);

  if (region == NULL || *region == '\0')
    region = self->region;
  if (self->endpoints[GRANARY_CLOUD_COS] != NULL)
    template = self->endpoints[GRANARY_CLOUD_COS];
  else if (bucket == NULL)
    template = "https://service.cos.myqcloud.com";

  return fill_template (template, bucket != NULL ? bucket : "service", region);
}
