/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-service.h"

#include "granary-error.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Ids are compared by their beginning, but not by less than this. */
#define MIN_PARTIAL_ID 6

/* Auxiliary functions */

static gpointer
list_all (GranaryCatalog  *catalog,
          gpointer         data,
          GCancellable    *cancellable,
          GError         **error)
{
  return granary_catalog_list_services (catalog, NULL, NULL, error);
}

/* `NAME/N` is one of the group NAME. */
static gboolean
is_called (const GranaryService *service,
           const char           *text)
{
  gsize length;
  guint64 number;

  if (service->name == NULL)
    return FALSE;
  if (g_str_equal (service->name, text))
    return TRUE;

  length = strlen (service->name);
  return strncmp (service->name, text, length) == 0 && text[length] == '/' &&
         g_ascii_string_to_unsigned (text + length + 1, 10, 1, G_MAXINT, &number, NULL) &&
         (int) number == service->number;
}

/* Says what the several are called exactly. */
static void
note_choices (GranaryCli *self,
              GPtrArray  *found)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *text = NULL;

  for (guint i = 0; i < found->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (found, i);
      g_autofree char *name = granary_cli_service_to_text (service);

      g_string_append_printf (names, "%s%s (%s)", i > 0 ? ", " : "", name, service->uid);
    }
  /* Translators: %s are names of services with their ids. */
  text = g_strdup_printf (_("these are: %s"), names->str);
  granary_cli_note (self, text);
}

/* Public functions */

/**
 * granary_cli_get_host:
 * @self: the run, with an open repository
 * @error: return location
 *
 * Returns: (transfer none): where versions are run
 */
GranaryServiceHost *
granary_cli_get_host (GranaryCli  *self,
                      GError     **error)
{
  GranaryServiceHost *host = granary_connection_get_service_host (self->connection);

  if (host == NULL)
    granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_NONE,
                       granary_connection_get_title (self->connection), "no services");

  return host;
}

GPtrArray *
granary_cli_list_services (GranaryCli  *self,
                           GError     **error)
{
  return granary_cli_read (self, list_all, NULL, (GDestroyNotify) g_ptr_array_unref, error);
}

GranaryService *
granary_cli_load_service (GranaryCli  *self,
                          const char  *uid,
                          GError     **error)
{
  g_autoptr (GPtrArray) services = granary_cli_list_services (self, error);

  if (services == NULL)
    return NULL;

  for (guint i = 0; i < services->len; i++)
    {
      GranaryService *service = g_ptr_array_index (services, i);

      if (g_str_equal (service->uid, uid))
        return granary_service_ref (service);
    }

  granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING, uid,
                     "no service %s", uid);
  return NULL;
}

/**
 * granary_cli_find_service:
 * @self: the run, with an open repository
 * @text: name of a group with one service, `NAME/N`, an id or the beginning of one
 * @error: return location
 *
 * Errors: %GRANARY_REASON_SERVICE_MISSING, %GRANARY_REASON_SERVICE_AMBIGUOUS.
 *
 * Returns: (transfer full): the one that is meant
 */
GranaryService *
granary_cli_find_service (GranaryCli  *self,
                          const char  *text,
                          GError     **error)
{
  g_autoptr (GPtrArray) services = granary_cli_list_services (self, error);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autofree char *shown = granary_display_path (text);

  if (services == NULL)
    return NULL;

  for (guint i = 0; i < services->len; i++)
    {
      GranaryService *service = g_ptr_array_index (services, i);

      if (g_str_equal (service->uid, text))
        return granary_service_ref (service);
      if (is_called (service, text))
        g_ptr_array_add (found, service);
    }
  for (guint i = 0; found->len == 0 && strlen (text) >= MIN_PARTIAL_ID && i < services->len; i++)
    {
      GranaryService *service = g_ptr_array_index (services, i);

      if (g_str_has_prefix (service->uid, text))
        g_ptr_array_add (found, service);
    }

  if (found->len == 1)
    return granary_service_ref (g_ptr_array_index (found, 0));

  if (found->len == 0)
    granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING, shown,
                       "no service %s", shown);
  else
    {
      note_choices (self, found);
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SERVICE_AMBIGUOUS,
                         shown, "%u services are called %s", found->len, shown);
    }
  return NULL;
}

/**
 * granary_cli_service_to_text:
 * @service: a service
 *
 * Returns: (transfer full): its name as the command line takes it, safe to show
 */
char *
granary_cli_service_to_text (const GranaryService *service)
{
  g_autofree char *name = granary_display_path (service->name != NULL ? service->name
                                                                      : service->uid);

  return service->number > 0 ? g_strdup_printf ("%s/%d", name, service->number)
                             : g_steal_pointer (&name);
}

/* The token of a service on this computer; NULL where there is none to tell. */
static char *
load_token (GranaryCli           *self,
            const GranaryService *service)
{
  GranaryServiceHost *host = granary_connection_get_service_host (self->connection);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GranaryServiceAccess) access = NULL;
  GranaryCliWait wait = { NULL };
  const char *token;

  if (host == NULL || !granary_service_host_has (host, GRANARY_SERVICE_HOST_LOCAL))
    return NULL;

  granary_service_host_access_async (host, service->uid, self->cancellable, granary_cli_wait_cb,
                                     &wait);
  result = granary_cli_wait (self, &wait, NULL);
  access = granary_service_host_access_finish (host, result, NULL);
  if (access == NULL || access->value == NULL)
    return NULL;

  token = strrchr (access->value, ' ');
  return g_strdup (token != NULL ? token + 1 : access->value);
}

/**
 * granary_cli_add_service_json:
 * @self: the run, with an open repository
 * @json: gets it
 * @key: (nullable): its name there
 * @service: a service
 *
 * Adds an object. The token is in it where the service runs on this computer.
 */
void
granary_cli_add_service_json (GranaryCli           *self,
                              GranaryCliJson       *json,
                              const char           *key,
                              const GranaryService *service)
{
  g_autofree char *failure = granary_wording_service_failure (service);
  char *token = load_token (self, service);

  granary_cli_json_begin_object (json, key);
  granary_cli_json_add_text (json, "name", service->name);
  granary_cli_json_add_text (json, "model", service->model_name);
  granary_cli_json_add_version (json, "version", service->version_number);
  granary_cli_json_add_text (json, "status", granary_service_state_to_id (service->state));
  granary_cli_json_add_text (json, "url", service->url);
  granary_cli_json_add_text (json, "token", token);
  granary_cli_json_add_bool (json, "update_needed", service->is_update_needed);
  granary_cli_json_add_text (json, "id", service->uid);
  granary_cli_json_add_int (json, "number", service->number);
  granary_cli_json_add_text (json, "group", service->group_uid);
  granary_cli_json_add_text (json, "failure",
                             service->failure != GRANARY_SERVICE_FAILURE_NONE
                             ? granary_service_failure_to_id (service->failure) : NULL);
  granary_cli_json_add_text (json, "failure_message", failure);
  granary_cli_json_add_int (json, "restarts", service->n_restarts);
  granary_cli_json_add_time (json, "started", service->started);
  granary_cli_json_add_bool (json, "version_deleted", service->is_version_gone);
  granary_cli_json_end_object (json);

  granary_cli_free_secret (token);
}

/**
 * granary_cli_refresh_services:
 * @self: the run, with an open repository
 * @error: return location
 *
 * Makes sure that what the catalogue says of services is how it is.
 *
 * Returns: whether it is
 */
gboolean
granary_cli_refresh_services (GranaryCli  *self,
                              GError     **error)
{
  GranaryServiceHost *host = granary_cli_get_host (self, error);
  g_autoptr (GAsyncResult) result = NULL;
  GranaryCliWait wait = { NULL };

  if (host == NULL)
    return FALSE;

  granary_service_host_refresh_async (host, self->cancellable, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (self, &wait, NULL);
  return granary_service_host_refresh_finish (host, result, error);
}

GranaryServiceLog *
granary_cli_read_service_log (GranaryCli  *self,
                              const char  *uid,
                              gint64       from,
                              GError     **error)
{
  GranaryServiceHost *host = granary_cli_get_host (self, error);
  g_autoptr (GAsyncResult) result = NULL;
  GranaryCliWait wait = { NULL };

  if (host == NULL)
    return NULL;
  if (!granary_service_host_has (host, GRANARY_SERVICE_HOST_LOG))
    {
      granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_SERVICE_LOG_ELSEWHERE,
                         self->object, "%s: no log here", uid);
      return NULL;
    }

  granary_service_host_log_async (host, uid, from, self->cancellable, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (self, &wait, NULL);
  return granary_service_host_log_finish (host, result, error);
}

/**
 * granary_cli_agree_to_price:
 * @self: the run, with an open repository
 * @profile: what is to run; gets the price that was agreed to
 * @accept: whether it is agreed to without asking
 * @error: return location
 *
 * Says what it costs, and asks on the terminal.
 *
 * Returns: whether it costs nothing, or the user agrees
 */
gboolean
granary_cli_agree_to_price (GranaryCli             *self,
                            GranaryPublishProfile  *profile,
                            gboolean                accept,
                            GError                **error)
{
  GranaryServiceHost *host = granary_cli_get_host (self, error);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *question = NULL;
  GranaryCliWait wait = { NULL };
  gint64 price;

  if (host == NULL)
    return FALSE;
  if (!granary_service_host_has (host, GRANARY_SERVICE_HOST_PRICED) ||
      g_strcmp0 (profile->charge_type, GRANARY_CHARGE_PREPAID) == 0)
    return TRUE;

  granary_service_host_quote_async (host, profile, self->cancellable, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (self, &wait, NULL);
  price = granary_service_host_quote_finish (host, result, &local_error);
  if (price == 0)
    {
      profile->price = 0;
      return TRUE;
    }
  if (price < 0 && !granary_error_matches_reason (local_error, GRANARY_REASON_PRICE_UNKNOWN))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (price > 0)
    /* Translators: yuan and hundredths of it. */
    text = g_strdup_printf (_("This costs ¥%1$d.%2$02d an hour until it is stopped. What was begun "
                              "is not refunded."), (int) (price / 100), (int) (price % 100));
  else
    text = g_strdup (_("This is charged by the hour until it is stopped, but its price could not "
                       "be asked for: look it up in the console."));
  granary_cli_note (self, text);
  profile->price = price > 0 ? price : GRANARY_PRICE_ANY;
  if (accept)
    return TRUE;

  if (!granary_cli_is_terminal (STDIN_FILENO))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("There is no terminal to ask on: --accept-price is needed."));
      return FALSE;
    }
  /* Translators: y is the letter that granary-cli takes for yes. */
  question = g_strdup (_("Agree to that? [y/N]"));
  if (granary_cli_ask (self, question))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "declined");
  return FALSE;
}

/**
 * granary_cli_print_printable:
 * @text: what the code of a model wrote
 * @is_terminal: whether it goes to one, which would act on signs in it
 * @to_errors: to standard error
 */
void
granary_cli_print_printable (const char *text,
                             gboolean    is_terminal,
                             gboolean    to_errors)
{
  g_autoptr (GString) shown = NULL;
  FILE *file = to_errors ? stderr : stdout;

  if (!is_terminal)
    {
      fputs (text, file);
      fflush (file);
      return;
    }

  shown = g_string_new (NULL);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '\r' && at[1] == '\n')
        continue;
      if ((c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0))
        g_string_append_printf (shown, "\\x%02x", c);
      else
        g_string_append_unichar (shown, c);
    }
  fputs (shown->str, file);
  fflush (file);
}

/**
 * granary_cli_skip_lines:
 * @text: lines
 * @n_lines: how many of them, at the end, to keep
 *
 * Returns: where those begin
 */
const char *
granary_cli_skip_lines (const char *text,
                        gint64      n_lines)
{
  const char *at = text + strlen (text);

  if (at > text && at[-1] == '\n')
    at--;
  for (; at > text; at--)
    {
      if (at[-1] == '\n' && --n_lines <= 0)
        break;
    }

  return at;
}
