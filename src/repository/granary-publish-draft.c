/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-publish-draft-private.h"

#include "granary-error.h"
#include "granary-pending-private.h"

/* While numbers are being turned, each of them is no question yet. */
#define QUOTE_DELAY_MS 150

G_DEFINE_FINAL_TYPE (GranaryPublishDraft, granary_publish_draft, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
announce (GranaryPublishDraft *self)
{
  granary_publish_draft_check (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* The price */

static void
quoted_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryPublishDraft) self = granary_pending_end (user_data);
  g_autoptr (GError) error = NULL;
  gint64 fen;

  fen = granary_service_host_quote_finish (GRANARY_SERVICE_HOST (source), result, &error);
  if (self == NULL)
    return;

  g_clear_object (&self->quoting);
  self->price = error == NULL ? GRANARY_PUBLISH_PRICE_KNOWN : GRANARY_PUBLISH_PRICE_UNKNOWN;
  self->fen = error == NULL ? fen : 0;
  self->price_error = g_steal_pointer (&error);
  announce (self);
}

static gboolean
quote_cb (gpointer user_data)
{
  GranaryPublishDraft *self = user_data;

  self->quote_source = 0;
  self->quoting = g_cancellable_new ();
  granary_service_host_quote_async (self->host, self->profile, self->quoting, quoted_cb,
                                    granary_pending_new (self, self->quoting));

  return G_SOURCE_REMOVE;
}

static void
ask_price (GranaryPublishDraft *self)
{
  const GranaryPublishProfile *profile = self->profile;

  granary_pending_stop (&self->quoting);
  g_clear_handle_id (&self->quote_source, g_source_remove);
  g_clear_error (&self->price_error);
  self->any_price = FALSE;
  self->fen = 0;

  if (!granary_service_host_has (self->host, GRANARY_SERVICE_HOST_PRICED) ||
      g_strcmp0 (profile->charge_type, GRANARY_CHARGE_PREPAID) == 0)
    {
      self->price = GRANARY_PUBLISH_PRICE_NONE;
    }
  else if (profile->instance_type == NULL)
    {
      self->price = GRANARY_PUBLISH_PRICE_UNSET;
    }
  else
    {
      self->price = GRANARY_PUBLISH_PRICE_ASKING;
      self->quote_source = g_timeout_add (QUOTE_DELAY_MS, quote_cb, self);
    }
}

static gboolean
is_price_changed (const GranaryPublishProfile *before,
                  const GranaryPublishProfile *after)
{
  return g_strcmp0 (before->charge_type, after->charge_type) != 0 ||
         g_strcmp0 (before->instance_type, after->instance_type) != 0 ||
         before->replicas != after->replicas;
}

/* What there is to choose from */

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GranaryPublishDraft) self = granary_pending_end (user_data);
  g_autoptr (GranaryPublishOptions) options = NULL;
  g_autoptr (GError) error = NULL;

  options = granary_service_host_prepare_finish (GRANARY_SERVICE_HOST (source), result, &error);
  if (self == NULL)
    return;

  g_clear_object (&self->loading);
  if (options == NULL)
    {
      self->error = g_steal_pointer (&error);
    }
  else
    {
      g_clear_pointer (&self->options, granary_publish_options_free);
      self->options = g_steal_pointer (&options);
      granary_publish_draft_choose (self);
      ask_price (self);
    }
  announce (self);
}

static void
prepare (GranaryPublishDraft *self)
{
  granary_pending_stop (&self->loading);
  g_clear_error (&self->error);
  self->loading = g_cancellable_new ();
  granary_service_host_prepare_async (self->host, self->version_id, self->profile->python,
                                      self->loading, prepared_cb,
                                      granary_pending_new (self, self->loading));
}

/* What the catalogue knows */

typedef struct
{
  GranaryVersion *version;  /* (owned) */
  GPtrArray      *services; /* (owned) */
} Facts;

static void
facts_free (gpointer data)
{
  Facts *facts = data;

  g_clear_pointer (&facts->version, granary_version_unref);
  g_clear_pointer (&facts->services, g_ptr_array_unref);
  g_free (facts);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Facts, facts_free)

/* On a reader thread. What is in the trash is not there. */
static gpointer
load_facts (GranaryCatalog  *catalog,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  g_autoptr (Facts) facts = g_new0 (Facts, 1);
  const GranaryVersion *version;

  facts->version = granary_catalog_load_version (catalog, *(gint64 *) data, error);
  version = facts->version;
  if (version == NULL ||
      granary_catalog_find_model (catalog, version->model_uid, error) == 0 ||
      granary_catalog_find_version (catalog, version->model_id, version->number, error) == 0)
    return NULL;

  facts->services = granary_catalog_list_services (catalog, NULL, NULL, error);
  if (facts->services == NULL)
    return NULL;

  return g_steal_pointer (&facts);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryPublishDraft) self = granary_pending_end (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (Facts) facts = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);

  if (self == NULL)
    return;

  g_clear_object (&self->loading);
  if (facts == NULL)
    {
      self->error = g_steal_pointer (&error);
      announce (self);
      return;
    }

  g_clear_pointer (&self->version, granary_version_unref);
  g_clear_pointer (&self->services, g_ptr_array_unref);
  self->version = g_steal_pointer (&facts->version);
  self->services = g_steal_pointer (&facts->services);
  granary_publish_draft_find_grants (self);
  prepare (self);
  announce (self);
}

/* GObject */

static void
granary_publish_draft_dispose (GObject *object)
{
  GranaryPublishDraft *self = GRANARY_PUBLISH_DRAFT (object);

  granary_pending_stop (&self->loading);
  granary_pending_stop (&self->quoting);
  g_clear_handle_id (&self->quote_source, g_source_remove);

  G_OBJECT_CLASS (granary_publish_draft_parent_class)->dispose (object);
}

static void
granary_publish_draft_finalize (GObject *object)
{
  GranaryPublishDraft *self = GRANARY_PUBLISH_DRAFT (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->host);
  g_clear_pointer (&self->remembered, granary_publish_profile_free);
  g_clear_pointer (&self->version, granary_version_unref);
  g_clear_pointer (&self->services, g_ptr_array_unref);
  g_clear_pointer (&self->options, granary_publish_options_free);
  g_clear_error (&self->error);
  g_free (self->name);
  g_free (self->group);
  granary_publish_profile_free (self->profile);
  g_clear_error (&self->price_error);
  for (guint i = 0; i < GRANARY_N_PUBLISH_FIELDS; i++)
    g_clear_error (&self->problems[i]);

  G_OBJECT_CLASS (granary_publish_draft_parent_class)->finalize (object);
}

static void
granary_publish_draft_class_init (GranaryPublishDraftClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_publish_draft_dispose;
  object_class->finalize = granary_publish_draft_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_publish_draft_init (GranaryPublishDraft *self)
{
  self->is_new = TRUE;
  self->name = g_strdup ("");
}

/* Public functions */

/**
 * granary_publish_draft_new:
 * @connection: where, with a service host
 * @version_id: row of a version
 * @remembered: (nullable): how it was done last; whatever it is, it does no harm
 *
 * Returns: (transfer full): a draft that begins to read
 */
GranaryPublishDraft *
granary_publish_draft_new (GranaryConnection *connection,
                           gint64             version_id,
                           const char        *remembered)
{
  GranaryPublishDraft *self;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (granary_connection_get_service_host (connection) != NULL, NULL);
  g_return_val_if_fail (version_id > 0, NULL);

  self = g_object_new (GRANARY_TYPE_PUBLISH_DRAFT, NULL);
  self->connection = g_object_ref (connection);
  self->host = g_object_ref (granary_connection_get_service_host (connection));
  self->version_id = version_id;
  if (remembered != NULL)
    self->remembered = granary_publish_profile_from_json (remembered);
  self->profile = self->remembered != NULL ? granary_publish_profile_copy (self->remembered)
                                           : granary_publish_profile_new ();
  if (self->remembered == NULL && granary_service_host_has (self->host, GRANARY_SERVICE_HOST_LOCAL))
    self->profile->memory_limit = granary_publish_profile_get_usual_memory ();
  /* What a service is for is not what the next one is for. */
  g_clear_pointer (&self->profile->description, g_free);
  self->profile->price = -1;
  granary_publish_draft_reload (self);

  return self;
}

GranaryConnection *
granary_publish_draft_get_connection (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), NULL);

  return self->connection;
}

GranaryServiceHost *
granary_publish_draft_get_host (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), NULL);

  return self->host;
}

gboolean
granary_publish_draft_is_local (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), FALSE);

  return granary_service_host_has (self->host, GRANARY_SERVICE_HOST_LOCAL);
}

GranaryVersion *
granary_publish_draft_get_version (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), NULL);

  return self->version;
}

const GranaryPublishOptions *
granary_publish_draft_get_options (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), NULL);

  return self->options;
}

const GError *
granary_publish_draft_get_error (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), NULL);

  return self->error;
}

/**
 * granary_publish_draft_reload:
 * @self: a draft
 *
 * Reads and asks everything again; what was chosen stays.
 */
void
granary_publish_draft_reload (GranaryPublishDraft *self)
{
  g_return_if_fail (GRANARY_IS_PUBLISH_DRAFT (self));

  granary_pending_stop (&self->loading);
  g_clear_error (&self->error);
  self->loading = g_cancellable_new ();
  granary_catalog_read_async (granary_connection_get_catalog (self->connection), load_facts,
                              g_memdup2 (&self->version_id, sizeof self->version_id), g_free,
                              facts_free, self->loading, loaded_cb,
                              granary_pending_new (self, self->loading));
  announce (self);
}

gboolean
granary_publish_draft_get_is_new (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), FALSE);

  return self->is_new;
}

void
granary_publish_draft_set_is_new (GranaryPublishDraft *self,
                                  gboolean             is_new)
{
  g_return_if_fail (GRANARY_IS_PUBLISH_DRAFT (self));

  if (self->is_new == !!is_new)
    return;

  self->is_new = !!is_new;
  self->is_touched = TRUE;
  announce (self);
}

const char *
granary_publish_draft_get_name (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), NULL);

  return self->name;
}

void
granary_publish_draft_set_name (GranaryPublishDraft *self,
                                const char          *name)
{
  g_return_if_fail (GRANARY_IS_PUBLISH_DRAFT (self));
  g_return_if_fail (name != NULL);

  if (!g_set_str (&self->name, name))
    return;

  self->is_touched = TRUE;
  announce (self);
}

const char *
granary_publish_draft_get_group (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), NULL);

  return self->group;
}

void
granary_publish_draft_set_group (GranaryPublishDraft *self,
                                 const char          *uid)
{
  g_return_if_fail (GRANARY_IS_PUBLISH_DRAFT (self));

  if (!g_set_str (&self->group, uid))
    return;

  self->is_touched = TRUE;
  announce (self);
}

const GranaryPublishProfile *
granary_publish_draft_get_profile (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), NULL);

  return self->profile;
}

/**
 * granary_publish_draft_set_profile:
 * @self: a draft
 * @profile: how to publish, copied
 *
 * Another interpreter or another computing resource lets it ask again.
 */
void
granary_publish_draft_set_profile (GranaryPublishDraft         *self,
                                   const GranaryPublishProfile *profile)
{
  g_autoptr (GranaryPublishProfile) before = NULL;

  g_return_if_fail (GRANARY_IS_PUBLISH_DRAFT (self));
  g_return_if_fail (profile != NULL && profile != self->profile);

  before = g_steal_pointer (&self->profile);
  self->profile = granary_publish_profile_copy (profile);
  self->profile->price = -1;
  self->is_touched = TRUE;
  if (g_strcmp0 (before->python, profile->python) != 0 && self->version != NULL)
    prepare (self);
  if (self->options != NULL && is_price_changed (before, profile))
    ask_price (self);
  announce (self);
}

GranaryPublishPrice
granary_publish_draft_get_price (GranaryPublishDraft *self,
                                 gint64              *fen)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), GRANARY_PUBLISH_PRICE_UNSET);

  if (fen != NULL)
    *fen = self->fen;

  return self->price;
}

const GError *
granary_publish_draft_get_price_error (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), NULL);

  return self->price_error;
}

gboolean
granary_publish_draft_can_any_price (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), FALSE);

  return self->price == GRANARY_PUBLISH_PRICE_UNKNOWN &&
         granary_error_matches_reason (self->price_error, GRANARY_REASON_PRICE_UNKNOWN);
}

gboolean
granary_publish_draft_get_any_price (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), FALSE);

  return self->any_price;
}

void
granary_publish_draft_set_any_price (GranaryPublishDraft *self,
                                     gboolean             any_price)
{
  g_return_if_fail (GRANARY_IS_PUBLISH_DRAFT (self));

  if (self->any_price == !!any_price || (any_price && !granary_publish_draft_can_any_price (self)))
    return;

  self->any_price = !!any_price;
  announce (self);
}

gboolean
granary_publish_draft_get_busy (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), FALSE);

  return self->loading != NULL || self->quoting != NULL || self->quote_source != 0;
}
