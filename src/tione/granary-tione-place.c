/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-place-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-retry.h"
#include "granary-tione-calls.h"
#include "granary-tione-service-private.h"

#define FACT_ACCOUNT_UIN "account_uin"

typedef struct
{
  const char       *name;
  const char       *value;
  gint64            model_id;
  int               number;
  GranaryEventKind  kind;
  const char       *detail;
} Note;

static void
place_clear (gpointer data)
{
  GranaryTionePlace *self = data;

  g_clear_object (&self->cleaner);
  g_clear_object (&self->closing);
  g_clear_object (&self->refresh);
  g_clear_pointer (&self->watch, granary_tione_watch_unref);
  g_clear_pointer (&self->busy, granary_tione_busy_free);
  g_clear_object (&self->status);
  g_clear_object (&self->files);
  g_clear_object (&self->cos);
  g_clear_object (&self->api);
  g_clear_object (&self->catalog);
  g_clear_object (&self->account);
}

GranaryTionePlace *
granary_tione_place_new (GranaryAccount          *account,
                         GranaryApi              *api,
                         GranaryCosClient        *cos,
                         GranaryCosTransfer      *files,
                         GranaryCatalog          *catalog,
                         GranaryConnectionStatus *status,
                         GranaryTioneRefresh     *refresh)
{
  GranaryTionePlace *self = g_atomic_rc_box_new0 (GranaryTionePlace);

  self->account = g_object_ref (account);
  self->api = g_object_ref (api);
  self->cos = g_object_ref (cos);
  self->files = g_object_ref (files);
  self->catalog = g_object_ref (catalog);
  self->status = g_object_ref (status);
  self->refresh = g_object_ref (refresh);
  self->watch = granary_tione_watch_new (api, catalog);
  self->busy = granary_tione_busy_new ();
  granary_tione_refresh_set_watch (refresh, self->watch);
  self->cleaner = granary_worker_new ("granary-clean", 1);
  self->closing = g_cancellable_new ();

  return self;
}

GranaryTionePlace *
granary_tione_place_ref (GranaryTionePlace *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
granary_tione_place_unref (GranaryTionePlace *self)
{
  g_atomic_rc_box_release_full (self, place_clear);
}

static gboolean
is_cleaning (GranaryTionePlace *self,
             gint64             duration)
{
  gint64 until = g_get_monotonic_time () + duration;

  while (g_atomic_int_get (&self->n_cleaning) > 0 && g_get_monotonic_time () < until)
    g_usleep (5000);

  return g_atomic_int_get (&self->n_cleaning) > 0;
}

/* A process that ends takes the libraries away from under threads that still run. */
void
granary_tione_place_close (GranaryTionePlace *self)
{
  granary_tione_refresh_stop (self->refresh);
  granary_tione_watch_stop (self->watch, G_TIME_SPAN_SECOND / 2);
  is_cleaning (self, G_TIME_SPAN_SECOND);
  g_cancellable_cancel (self->closing);
  is_cleaning (self, G_TIME_SPAN_SECOND);
}

static gboolean
set_fact_cb (GranaryWriter  *writer,
             gpointer        data,
             GError        **error)
{
  Note *note = data;

  return granary_writer_set_fact (writer, note->name, note->value, error);
}

char *
granary_tione_place_dup_account_uin (GranaryTionePlace  *self,
                                     GCancellable       *cancellable,
                                     GError            **error)
{
  g_autoptr (GranaryTioneIdentity) identity = NULL;
  g_autoptr (GError) local_error = NULL;
  char *known = granary_catalog_dup_fact (self->catalog, FACT_ACCOUNT_UIN);
  Note note = { .name = FACT_ACCOUNT_UIN };

  if (known != NULL && *known != '\0')
    return known;
  g_free (known);

  identity = granary_tione_load_identity (self->api, cancellable, error);
  if (identity == NULL)
    return NULL;
  if (identity->account_uin == NULL || *identity->account_uin == '\0')
    {
      granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                         "GetCallerIdentity", "the answer does not tell the account");
      return NULL;
    }

  note.value = identity->account_uin;
  if (!granary_catalog_write (self->catalog, set_fact_cb, &note, &local_error))
    g_debug ("Remembering the account: %s", local_error->message);

  return g_steal_pointer (&identity->account_uin);
}

GranaryVersion *
granary_tione_place_load_ready (GranaryTionePlace  *self,
                                gint64              version_id,
                                GError            **error)
{
  g_autoptr (GranaryVersion) version = NULL;

  version = granary_catalog_load_version (self->catalog, version_id, error);
  if (version == NULL)
    return NULL;
  if (version->status != GRANARY_STATUS_READY)
    {
      g_autofree char *subject = granary_tione_subject (version->model_name, version->number, NULL);

      granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_VERSION_NOT_READY, subject);
      return NULL;
    }

  return g_steal_pointer (&version);
}

static gboolean
note_cb (GranaryWriter  *writer,
         gpointer        data,
         GError        **error)
{
  Note *note = data;

  return granary_writer_add_event (writer, note->model_id, note->number, note->kind, note->detail,
                                   error);
}

void
granary_tione_place_note (GranaryTionePlace *self,
                          gint64             model_id,
                          int                number,
                          GranaryEventKind   kind,
                          const char        *detail)
{
  g_autoptr (GError) error = NULL;
  Note note = { .model_id = model_id, .number = number, .kind = kind, .detail = detail };

  if (!granary_catalog_write (self->catalog, note_cb, &note, &error))
    g_debug ("Writing history: %s", error->message);
}

/* Errors */

char *
granary_tione_subject (const char *model_name,
                       int         number,
                       const char *path)
{
  g_autofree char *shown = path != NULL ? granary_display_path (path) : NULL;

  if (shown != NULL)
    return g_strdup_printf ("%s v%d/%s", model_name, number, shown);

  return g_strdup_printf ("%s v%d", model_name, number);
}

gboolean
granary_tione_fail (GError        **error,
                    GranaryError    code,
                    GranaryReason   reason,
                    const char     *subject)
{
  g_autofree char *shown = granary_display_path (subject != NULL ? subject : "");

  granary_set_error (error, code, reason, shown, "%s (%d)", shown, (int) reason);
  return FALSE;
}

gboolean
granary_tione_is_missing (const GError *error)
{
  return g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_NOT_FOUND);
}

gboolean
granary_tione_is_refused (const GError *error)
{
  const char *code = granary_error_get_remote_code (error);

  return granary_api_is_withdrawn (error) ||
         g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_FORBIDDEN) ||
         granary_error_matches_reason (error, GRANARY_REASON_CALL_REFUSED) ||
         /* Registries say it in another place. */
         (code != NULL && strstr (code, "nauthorized") != NULL);
}

gboolean
granary_tione_is_open (const GError *error)
{
  GranaryReason reason = granary_error_get_reason (error);

  if (error->domain != GRANARY_ERROR)
    return granary_error_is_cancelled (error);
  if (reason == GRANARY_REASON_OUTCOME_UNKNOWN)
    return TRUE;

  /* Nothing was sent to a host that cannot be reached, or one that is not who it says. */
  if (error->code == GRANARY_ERROR_NETWORK)
    return reason == GRANARY_REASON_NO_ANSWER_IN_TIME || reason == GRANARY_REASON_CONNECTION_BROKEN;

  return error->code == GRANARY_ERROR_BAD_RESPONSE || reason == GRANARY_REASON_SERVICE_FAILED;
}

void
granary_tione_take_details (GError       *error,
                            const GError *from)
{
  granary_error_set_request (error, granary_error_get_http_status (from),
                             granary_error_get_request_id (from), 0);
  granary_error_set_remote (error, granary_error_get_remote_code (from),
                            granary_error_get_remote_message (from));
}

void
granary_tione_set_not_done (GError       **error,
                            const char    *action,
                            const GError  *last)
{
  GError *failure = NULL;

  granary_set_error (&failure, GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_FAILED, action,
                     "%s was not done: %s", action, last != NULL ? last->message : "no answer");
  if (last != NULL)
    granary_tione_take_details (failure, last);
  g_propagate_error (error, failure);
}

gboolean
granary_tione_wait (double         seconds,
                    GCancellable  *cancellable,
                    GError       **error)
{
  return granary_sleep ((gint64) (seconds * G_USEC_PER_SEC), cancellable, error);
}

gboolean
granary_tione_tag_is_reserved (const char *key)
{
  static const char *const prefixes[] = { "qcloud", "tencent", "project", "qcs:" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      if (g_ascii_strncasecmp (key, prefixes[i], strlen (prefixes[i])) == 0)
        return TRUE;
    }

  return FALSE;
}
