/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-status-private.h"

#include <string.h>

#include "granary-json.h"
#include "granary-service-log-file-private.h"

/* Auxiliary functions */

/* What a runner can know. */
static gboolean
is_told (GranaryServiceFailure failure)
{
  static const GranaryServiceFailure told[] = {
    GRANARY_SERVICE_FAILURE_HANDLER, GRANARY_SERVICE_FAILURE_REQUIREMENTS,
    GRANARY_SERVICE_FAILURE_IMPORT,  GRANARY_SERVICE_FAILURE_LOAD,
    GRANARY_SERVICE_FAILURE_STUCK,   GRANARY_SERVICE_FAILURE_MEMORY,
    GRANARY_SERVICE_FAILURE_EXITED,  GRANARY_SERVICE_FAILURE_KILLED,
  };

  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    if (told[i] == failure)
      return TRUE;

  return FALSE;
}

static GranaryServiceEvent
parse (const char            *line,
       gsize                  length,
       GranaryServiceFailure *failure,
       char                 **detail)
{
  g_autoptr (JsonNode) node = NULL;
  const char *event;
  const char *id;
  const char *text;

  if (!g_utf8_validate_len (line, length, NULL))
    return GRANARY_SERVICE_EVENT_NONE;
  node = granary_json_parse (line, (gssize) length, "status", NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return GRANARY_SERVICE_EVENT_NONE;

  event = granary_json_get_string (node, "event");
  if (g_strcmp0 (event, "loading") == 0)
    return GRANARY_SERVICE_EVENT_LOADING;
  if (g_strcmp0 (event, "ready") == 0)
    return GRANARY_SERVICE_EVENT_READY;
  if (g_strcmp0 (event, "failed") != 0)
    return GRANARY_SERVICE_EVENT_NONE;

  id = granary_json_get_string (node, "failure");
  if (id == NULL || !granary_service_failure_from_id (id, failure) || !is_told (*failure))
    return GRANARY_SERVICE_EVENT_NONE;

  text = granary_json_get_string (node, "detail");
  *detail = text != NULL && *text != '\0'
              ? granary_service_printable (text, GRANARY_SERVICE_DETAIL_MAX)
              : NULL;

  return GRANARY_SERVICE_EVENT_FAILED;
}

/* Public functions */

void
granary_service_status_init (GranaryServiceStatus *self)
{
  g_return_if_fail (self != NULL);

  self->begun = g_string_new (NULL);
  self->is_skipping = FALSE;
}

void
granary_service_status_clear (GranaryServiceStatus *self)
{
  g_return_if_fail (self != NULL);

  if (self->begun != NULL)
    g_string_free (g_steal_pointer (&self->begun), TRUE);
}

GranaryServiceEvent
granary_service_status_take (GranaryServiceStatus  *self,
                             const char            *data,
                             gsize                  length,
                             gsize                 *taken,
                             GranaryServiceFailure *failure,
                             char                 **detail)
{
  GranaryServiceEvent event = GRANARY_SERVICE_EVENT_NONE;
  const char *end;

  g_return_val_if_fail (self != NULL && self->begun != NULL, GRANARY_SERVICE_EVENT_NONE);
  g_return_val_if_fail (taken != NULL && failure != NULL && detail != NULL,
                        GRANARY_SERVICE_EVENT_NONE);

  *failure = GRANARY_SERVICE_FAILURE_NONE;
  *detail = NULL;

  end = memchr (data, '\n', length);
  *taken = end != NULL ? (gsize) (end - data) + 1 : length;
  if (!self->is_skipping)
    g_string_append_len (self->begun, data, (gssize) (end != NULL ? *taken - 1 : *taken));
  if (self->begun->len > GRANARY_SERVICE_STATUS_MAX)
    self->is_skipping = TRUE;

  if (end != NULL && !self->is_skipping)
    event = parse (self->begun->str, self->begun->len, failure, detail);
  if (end != NULL || self->is_skipping)
    g_string_truncate (self->begun, 0);
  if (end != NULL)
    self->is_skipping = FALSE;

  return event;
}
