/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-service.h"

#include "granary-error.h"
#include "granary-json-layout.h"
#include "granary-json-tokens.h"
#include "granary-json.h"

#include <glib/gi18n-lib.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* More is refused by services. */
#define REQUEST_MAX (64 * 1024 * 1024)
#define READ_SIZE (64 * 1024)
/* Of an answer that is no JSON, so much tells what went wrong. */
#define MESSAGE_MAX 500
/* And so much of an answer is laid out on a terminal. */
#define SHOWN_MAX (1024 * 1024)

/* Auxiliary functions: the request */

static gboolean
append_all (GByteArray  *body,
            int          fd,
            const char  *shown,
            GError     **error)
{
  for (;;)
    {
      guint before = body->len;
      gssize n;

      g_byte_array_set_size (body, before + READ_SIZE);
      n = read (fd, body->data + before, READ_SIZE);
      g_byte_array_set_size (body, before + (guint) MAX (n, 0));
      if (n == 0)
        return TRUE;
      if (n < 0 && errno != EINTR)
        {
          granary_set_error_from_errno (error, errno, shown, "read");
          return FALSE;
        }
      if (body->len > REQUEST_MAX)
        {
          granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_OBJECT_TOO_LARGE,
                             shown, "%s is larger than a request may be", shown);
          return FALSE;
        }
    }
}

/* Standard input, or a file; either may keep us waiting. */
static void
read_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  const char *path = task_data;
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autofree char *shown = granary_display_path (path);
  g_autofd int own = -1;
  GError *error = NULL;

  if (!g_str_equal (path, "-"))
    {
      own = open (path, O_RDONLY | O_CLOEXEC);
      if (own < 0)
        {
          granary_set_error_from_errno (&error, errno, shown, "open");
          g_task_return_error (task, error);
          return;
        }
    }

  if (append_all (body, own >= 0 ? own : STDIN_FILENO, shown, &error))
    g_task_return_pointer (task, g_byte_array_free_to_bytes (g_steal_pointer (&body)),
                           (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

/* With a cancellable that is heard while the thread still waits for what nobody types. */
static GBytes *
read_file (GranaryCli  *cli,
           const char  *path,
           GError     **error)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GranaryCliWait wait = { NULL };

  task = g_task_new (NULL, cli->cancellable, granary_cli_wait_cb, &wait);
  g_task_set_source_tag (task, read_file);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_set_return_on_cancel (task, FALSE);
  granary_worker_run (cli->worker, task, read_thread);

  while (wait.result == NULL && !g_cancellable_is_cancelled (cli->cancellable))
    g_main_context_iteration (NULL, TRUE);
  if (wait.result == NULL)
    {
      /* The thread may wait for ever: the process ends without it. */
      fputc ('\n', stderr);
      _exit (GRANARY_CLI_CANCELLED);
    }
  result = g_steal_pointer (&wait.result);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static GBytes *
make_body (GranaryCli  *cli,
           const char  *text,
           GError     **error)
{
  g_autoptr (GBytes) body = NULL;
  const char *data;
  gsize length;
  int line;

  if (g_str_equal (text, "-"))
    body = read_file (cli, text, error);
  else if (*text == '@')
    body = read_file (cli, text + 1, error);
  else
    body = g_bytes_new (text, strlen (text));
  if (body == NULL)
    return NULL;

  data = g_bytes_get_data (body, &length);
  if (granary_json_check (data != NULL ? data : "", (gssize) length, &line) == GRANARY_JSON_BROKEN)
    {
      g_autoptr (GError) local_error = NULL;
      g_autofree char *shown = granary_display_path (*text != '\0' ? text : "''");

      granary_set_error (&local_error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_REQUEST_NOT_JSON,
                         shown, "line %d", line);
      granary_error_set_line (local_error, line);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&body);
}

/* Auxiliary functions: the answer */

static char *
dup_text (GranaryServiceReply *reply)
{
  gsize length;
  const char *data = g_bytes_get_data (reply->body, &length);

  return g_utf8_make_valid (data != NULL ? data : "", (gssize) length);
}

static void
set_status_error (GranaryCli           *cli,
                  GranaryServiceReply  *reply,
                  GError              **error)
{
  g_autofree char *text = dup_text (reply);
  g_autoptr (JsonNode) node = granary_json_parse (text, -1, "answer", NULL);
  g_autoptr (GError) failure = NULL;
  g_autofree char *code = g_strdup_printf ("%u", reply->status);
  g_autofree char *cut = NULL;
  const char *message = granary_json_get_string (node, "error");
  GranaryReason reason = GRANARY_REASON_NONE;

  if (message == NULL)
    message = granary_json_get_string (node, "message");
  if (message == NULL)
    {
      cut = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MESSAGE_MAX));
      message = g_strstrip (cut);
    }

  if (reply->status == 429 || reply->status == 503)
    reason = GRANARY_REASON_SERVICE_BUSY;
  else if (reply->status >= 400 && reply->status < 500)
    reason = GRANARY_REASON_CALL_REFUSED;
  granary_set_error (&failure, GRANARY_ERROR_BACKEND, reason, cli->object, "%s: HTTP %u",
                     cli->object, reply->status);
  granary_error_set_request (failure, reply->status, NULL, 0);
  granary_error_set_remote (failure, code, *message != '\0' ? message : NULL);
  g_propagate_error (error, g_steal_pointer (&failure));
}

static void
print_json (GranaryServiceReply *reply)
{
  g_autoptr (GranaryCliJson) json = granary_cli_json_new ();
  g_autofree char *text = dup_text (reply);

  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_add_int (json, "status", reply->status);
  granary_cli_json_add_text (json, "content_type", reply->content_type);
  granary_cli_json_add_int (json, "latency_us", reply->latency);
  granary_cli_json_add_bool (json, "is_cut", reply->is_cut);
  granary_cli_json_add_text (json, "body", text);
  granary_cli_json_end_object (json);
  granary_cli_json_print (json);
}

/* As it came; for people with breaks and indents, and nothing that a terminal would act on. */
static void
print_body (GranaryCli          *cli,
            GranaryServiceReply *reply)
{
  g_autofree char *text = NULL;
  g_autofree char *pretty = NULL;
  g_autoptr (JsonNode) node = NULL;
  gboolean is_cut = FALSE;
  const char *shown;

  if (!granary_cli_is_terminal (STDOUT_FILENO))
    {
      gsize length;
      const char *data = g_bytes_get_data (reply->body, &length);

      if (length > 0)
        fwrite (data, 1, length, stdout);
      return;
    }

  text = dup_text (reply);
  node = granary_json_parse (text, -1, "answer", NULL);
  pretty = node != NULL ? granary_json_layout (text, -1, SHOWN_MAX, &is_cut) : NULL;
  shown = pretty != NULL ? pretty : text;
  granary_cli_print_printable (shown, TRUE, FALSE);
  if (*shown != '\0' && !g_str_has_suffix (shown, "\n"))
    granary_cli_print ("\n");
  if (is_cut)
    granary_cli_note (cli, _("what is too long for a terminal is left out; a file gets all of it"));
}

/* Public functions */

/**
 * granary_cli_call:
 *
 * `call SERVICE JSON|@FILE|-`
 */
gboolean
granary_cli_call (GranaryCli  *cli,
                  char       **arguments,
                  GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GranaryServiceReply) reply = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *name = NULL;
  GranaryCliWait wait = { NULL };
  GranaryServiceHost *host;

  if (!granary_cli_parse (cli, &left, NULL, 2, 2, error))
    return FALSE;

  /* A request that is none needs no service. */
  granary_cli_begin (cli, GRANARY_VERB_CALL_SERVICE, left[1]);
  body = make_body (cli, left[2], error);
  if (body == NULL)
    return FALSE;
  if (!granary_cli_open (cli, GRANARY_CLI_OPEN_EXISTING, error))
    return FALSE;

  granary_cli_begin (cli, GRANARY_VERB_CALL_SERVICE, left[1]);
  host = granary_cli_get_host (cli, error);
  if (host == NULL)
    return FALSE;
  /* One that was killed with its supervisor is started again. */
  if (granary_service_host_has (host, GRANARY_SERVICE_HOST_LOCAL) &&
      !granary_cli_refresh_services (cli, error))
    return FALSE;
  service = granary_cli_find_service (cli, left[1], error);
  if (service == NULL)
    return FALSE;
  name = granary_cli_service_to_text (service);
  granary_cli_begin (cli, GRANARY_VERB_CALL_SERVICE, name);

  granary_service_host_call_async (host, service->uid, body, cli->cancellable, granary_cli_wait_cb,
                                   &wait);
  result = granary_cli_wait (cli, &wait, NULL);
  reply = granary_service_host_call_finish (host, result, error);
  if (reply == NULL)
    return FALSE;

  if (reply->status < 200 || reply->status > 299)
    {
      set_status_error (cli, reply, error);
      return FALSE;
    }

  if (cli->json)
    print_json (reply);
  else
    print_body (cli, reply);
  if (reply->is_cut)
    granary_cli_note (cli, _("the answer was longer than 64 MiB; the rest was not read"));
  return TRUE;
}
