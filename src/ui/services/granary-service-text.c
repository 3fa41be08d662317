/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-service-text.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-wording.h"

static const struct
{
  const char *icon;
  const char *style;
} looks[GRANARY_N_SERVICE_STATES] = {
  [GRANARY_SERVICE_UNKNOWN] = { "dialog-question-symbolic", "dim-label" },
  [GRANARY_SERVICE_STARTING] = { "content-loading-symbolic", "accent" },
  [GRANARY_SERVICE_RUNNING] = { "media-playback-start-symbolic", "success" },
  [GRANARY_SERVICE_STOPPING] = { "content-loading-symbolic", "dim-label" },
  [GRANARY_SERVICE_STOPPED] = { "media-playback-stop-symbolic", "dim-label" },
  [GRANARY_SERVICE_FAILED] = { "dialog-error-symbolic", "error" },
};

static void
append (GString    *line,
        const char *part,
        const char *separator)
{
  if (part == NULL || *part == '\0')
    return;
  if (line->len > 0)
    g_string_append (line, separator);
  g_string_append (line, part);
}

char *
granary_service_dup_title (const GranaryService *service)
{
  const char *name;
  g_autofree char *shown = NULL;

  g_return_val_if_fail (service != NULL, NULL);

  name = service->name != NULL && *service->name != '\0' ? service->name : service->uid;
  shown = granary_display_path (name != NULL ? name : "");
  if (service->number <= 0)
    return g_steal_pointer (&shown);

  /* Translators: the service group's name, and the number of one of its services. */
  return g_strdup_printf (C_("service", "%1$s #%2$d"), shown, service->number);
}

/* Only what is known, and only where it tells more than the state does. */
static char *
dup_replicas (const GranaryService *service)
{
  if (service->replicas <= 1 || service->available < 0 || service->state == GRANARY_SERVICE_STOPPED)
    return NULL;

  /* Translators: how many instances of a service answer, and how many there are meant to be. */
  return g_strdup_printf (ngettext ("%1$d of %2$d replica", "%1$d of %2$d replicas",
                                    (gulong) service->replicas),
                          service->available, service->replicas);
}

char *
granary_service_dup_status (const GranaryService *service)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *replicas = NULL;
  g_autofree char *weight = NULL;

  g_return_val_if_fail (service != NULL, NULL);

  append (line, granary_wording_service_state (service->state), " · ");
  replicas = dup_replicas (service);
  append (line, replicas, " · ");
  if (service->weight >= 0 && service->state == GRANARY_SERVICE_RUNNING)
    {
      /* Translators: share of its group's requests that a service gets, in percent. */
      weight = g_strdup_printf (_("weight %d%%"), service->weight);
      append (line, weight, " · ");
    }

  return g_string_free (g_steal_pointer (&line), FALSE);
}

char *
granary_service_dup_model (const GranaryService *service)
{
  g_autofree char *model = NULL;

  g_return_val_if_fail (service != NULL, NULL);

  if (service->model_name == NULL || *service->model_name == '\0')
    return NULL;

  model = granary_wording_version (service->model_name, service->version_number);

  return granary_display_path (model);
}

char *
granary_service_dup_problem (const GranaryService *service)
{
  g_autofree char *why = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *restarts = NULL;

  g_return_val_if_fail (service != NULL, NULL);

  why = granary_wording_service_failure (service);
  if (why != NULL)
    shown = granary_display_path (why);
  if (service->n_restarts <= 0 || service->state == GRANARY_SERVICE_STOPPED)
    return service->state != GRANARY_SERVICE_RUNNING ? g_steal_pointer (&shown) : NULL;

  restarts = g_strdup_printf (ngettext ("Restarted %d time.", "Restarted %d times.",
                                        (gulong) service->n_restarts),
                              service->n_restarts);
  if (shown == NULL)
    return g_steal_pointer (&restarts);

  /* Translators: two sentences: how often a service was restarted, and why it ended last time. */
  return g_strdup_printf (C_("service", "%1$s %2$s"), restarts, shown);
}

char *
granary_service_dup_label (const GranaryService *service)
{
  g_autoptr (GString) line = NULL;
  g_autofree char *title = NULL;
  g_autofree char *status = NULL;
  g_autofree char *model = NULL;
  g_autofree char *problem = NULL;

  g_return_val_if_fail (service != NULL, NULL);

  title = granary_service_dup_title (service);
  status = granary_service_dup_status (service);
  model = granary_service_dup_model (service);
  problem = granary_service_dup_problem (service);
  line = g_string_new (title);
  append (line, status, ", ");
  append (line, model, ", ");
  if (service->is_version_gone)
    append (line, _("deleted"), ", ");
  if (service->is_update_needed)
    append (line, _("Update needed"), ", ");
  append (line, problem, ", ");

  return g_string_free (g_steal_pointer (&line), FALSE);
}

const char *
granary_service_get_icon (const GranaryService *service)
{
  g_return_val_if_fail (service != NULL, NULL);

  return looks[service->state].icon;
}

const char *
granary_service_get_style (const GranaryService *service)
{
  g_return_val_if_fail (service != NULL, NULL);

  return looks[service->state].style;
}

static gboolean
contains (const char *where,
          const char *text)
{
  g_autofree char *folded = NULL;

  if (where == NULL)
    return FALSE;

  folded = g_utf8_casefold (where, -1);

  return strstr (folded, text) != NULL;
}

/* Every word of @text has to be somewhere. */
gboolean
granary_service_matches (const GranaryService *service,
                         const char           *text)
{
  g_auto (GStrv) words = NULL;
  g_autofree char *title = NULL;
  g_autofree char *model = NULL;

  g_return_val_if_fail (service != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  words = g_strsplit_set (text, " \t", -1);
  title = granary_service_dup_title (service);
  model = granary_service_dup_model (service);
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] != '\0' && !contains (title, words[i]) && !contains (model, words[i]) &&
          !contains (service->url, words[i]) &&
          !contains (granary_wording_service_state (service->state), words[i]))
        return FALSE;
    }

  return TRUE;
}

static gboolean
has_id (GArray *ids,
        gint64  id)
{
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return TRUE;

  return FALSE;
}

gboolean
granary_service_is_of (const GranaryService *service,
                       GArray               *model_ids,
                       GArray               *version_ids)
{
  g_return_val_if_fail (service != NULL, FALSE);

  return has_id (model_ids, service->model_id) || has_id (version_ids, service->version_id);
}

gboolean
granary_service_can (const GranaryService *service,
                     GranaryServiceAction  action)
{
  g_return_val_if_fail (service != NULL, FALSE);

  switch (action)
    {
    case GRANARY_SERVICE_START:
      /* That the version is gone is the host's to say, with the way out. */
      return service->state == GRANARY_SERVICE_STOPPED ||
             service->state == GRANARY_SERVICE_FAILED ||
             service->state == GRANARY_SERVICE_UNKNOWN;
    case GRANARY_SERVICE_STOP:
      /* One that failed may be about to be restarted. */
      return service->state == GRANARY_SERVICE_RUNNING ||
             service->state == GRANARY_SERVICE_STARTING ||
             service->state == GRANARY_SERVICE_UNKNOWN ||
             (service->state == GRANARY_SERVICE_FAILED && service->is_wanted);
    case GRANARY_SERVICE_UPDATE:
      return service->state != GRANARY_SERVICE_STOPPING && service->version_id > 0 &&
             !service->is_version_gone;
    case GRANARY_SERVICE_REMOVE:
      return TRUE;
    default:
      g_return_val_if_reached (FALSE);
    }
}
