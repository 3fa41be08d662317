/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-serviced-client.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-retry.h"
#include "granary-serviced-protocol.h"

/* How long granary-serviced has to answer at all: it puts its services in order before that. */
#define OPEN_TIME (10 * G_TIME_SPAN_SECOND)
#define REPLACE_TIME (20 * G_TIME_SPAN_SECOND) /* services may take ten to end */
/* One that was just ending held its lock when another was started, which gave up. */
#define START_AGAIN (2 * G_TIME_SPAN_SECOND)
/* How long a verb may take that only sets something on its way; making a snapshot has no limit. */
#define CALL_TIME (60 * G_TIME_SPAN_SECOND)
/* How long what was called off may take to be undone. */
#define CANCEL_TIME (30 * G_TIME_SPAN_SECOND)

struct _GranaryServicedClient
{
  char     *folder; /* (owned) */
  GSocket  *socket; /* (owned) */
  GString  *read;   /* (owned): what came and was not looked at yet */
  gint64    last_id;
  gint64    pid;
  gboolean  has_sandbox;
  gboolean  is_replacing;
};

/* Never handed to granary-serviced, which outlives us, nor to what it runs. */
static const char *const secrets[] = {
  "TENCENTCLOUD_SECRET_ID",
  "TENCENTCLOUD_SECRET_KEY",
  "TENCENTCLOUD_TOKEN",
};

/* Auxiliary functions */

static void
set_unreachable (GranaryServicedClient  *self,
                 const char             *what,
                 GError                **error)
{
  g_autofree char *shown = granary_display_path (self->folder);

  granary_set_error (error, GRANARY_ERROR_BACKEND, GRANARY_REASON_SUPERVISOR_UNREACHABLE, shown,
                     "granary-serviced of %s: %s", shown, what);
}

static void
set_broken (const char  *verb,
            const char  *what,
            GError     **error)
{
  granary_set_error (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_CONNECTION_BROKEN, verb,
                     "granary-serviced, %s: %s", verb, what);
}

static void
set_malformed (const char  *verb,
               GError     **error)
{
  granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED, verb,
                     "granary-serviced: no answer to %s", verb);
}

static void
child_setup (gpointer data)
{
  /* It is to survive the terminal or session that this process belongs to. */
  setsid ();
}

/* GLib's own child in between ends at once, so that there is none of ours to wait for. */
static gboolean
start_program (GranaryServicedClient  *self,
               GError                **error)
{
  g_autofree char *program = granary_serviced_dup_program ();
  g_auto (GStrv) environment = g_get_environ ();
  const char *arguments[] = { program, self->folder, NULL };
  g_autoptr (GError) local_error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    environment = g_environ_unsetenv (environment, secrets[i]);

  if (g_spawn_async ("/", (char **) arguments, environment,
                     G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                     child_setup, NULL, NULL, &local_error))
    return TRUE;

  set_unreachable (self, local_error->message, error);
  return FALSE;
}

/* NULL without error where nobody listens. */
static GSocket *
connect_socket (GranaryServicedClient  *self,
                GCancellable           *cancellable,
                GError                **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GCredentials) peer = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofd int folder_fd = -1;

  address = granary_serviced_make_address (self->folder, FALSE, &folder_fd);
  if (address == NULL)
    return NULL;
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                         &local_error);
  if (socket == NULL)
    {
      set_unreachable (self, local_error->message, error);
      return NULL;
    }
  if (!g_socket_connect (socket, address, cancellable, &local_error))
    {
      if (granary_error_is_cancelled (local_error))
        g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  /* Whoever could put a socket there could read what we ask. */
  peer = g_socket_get_credentials (socket, NULL);
  if (peer == NULL || g_credentials_get_unix_user (peer, NULL) != geteuid ())
    {
      set_unreachable (self, "its socket is another user's", error);
      return NULL;
    }

  g_socket_set_blocking (socket, FALSE);
  return g_steal_pointer (&socket);
}

/* Waits until the socket is ready; FALSE with an error when it is called off, or time is over. */
static gboolean
wait_for (GranaryServicedClient  *self,
          GIOCondition            condition,
          const char             *verb,
          gint64                  until,
          GCancellable           *cancellable,
          GError                **error)
{
  gint64 left = until == 0 ? -1 : MAX (until - g_get_monotonic_time (), 0);
  g_autoptr (GError) local_error = NULL;

  if (g_socket_condition_timed_wait (self->socket, condition, left, cancellable, &local_error))
    return TRUE;

  if (granary_error_is_cancelled (local_error))
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    granary_set_error (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_NO_ANSWER_IN_TIME, verb,
                       "granary-serviced, %s: no answer in time", verb);
  else
    set_broken (verb, local_error->message, error);
  return FALSE;
}

static gboolean
send_line (GranaryServicedClient  *self,
           const char             *verb,
           JsonObject             *object,
           gint64                  until,
           GCancellable           *cancellable,
           GError                **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  gsize length;
  gsize sent = 0;

  json_node_set_object (node, object);
  text = granary_json_to_text (node, FALSE);
  line = g_strconcat (text, "\n", NULL);
  length = strlen (line);
  if (length > GRANARY_SERVICED_LINE_MAX)
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_OBJECT_TOO_LARGE, verb,
                         "%s: %" G_GSIZE_FORMAT " bytes are too much", verb, length);
      return FALSE;
    }

  while (sent < length)
    {
      g_autoptr (GError) local_error = NULL;
      gssize n;

      if (!wait_for (self, G_IO_OUT, verb, until, cancellable, error))
        return FALSE;
      n = g_socket_send (self->socket, line + sent, length - sent, NULL, &local_error);
      if (n > 0)
        sent += n;
      else if (n == 0 || !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          set_broken (verb, local_error != NULL ? local_error->message : "closed", error);
          return FALSE;
        }
    }

  return TRUE;
}

static char *
read_line (GranaryServicedClient  *self,
           const char             *verb,
           gint64                  until,
           GCancellable           *cancellable,
           GError                **error)
{
  for (;;)
    {
      const char *end = memchr (self->read->str, '\n', self->read->len);
      g_autoptr (GError) local_error = NULL;
      char buffer[16384];
      gssize n;

      if (end != NULL)
        {
          gsize length = end - self->read->str;
          char *line = g_strndup (self->read->str, length);

          g_string_erase (self->read, 0, (gssize) length + 1);
          return line;
        }
      if (self->read->len > GRANARY_SERVICED_LINE_MAX)
        {
          set_malformed (verb, error);
          return NULL;
        }

      if (!wait_for (self, G_IO_IN, verb, until, cancellable, error))
        return NULL;
      n = g_socket_receive (self->socket, buffer, sizeof buffer, NULL, &local_error);
      if (n > 0)
        g_string_append_len (self->read, buffer, n);
      else if (n == 0 || !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          set_broken (verb, local_error != NULL ? local_error->message : "closed", error);
          return NULL;
        }
    }
}

/* The error that an answer carries. */
static void
take_error (JsonNode    *answer,
            const char  *verb,
            GError     **error)
{
  const char *message = granary_json_get_string (answer, "error.message");
  const char *subject = granary_json_get_string (answer, "error.subject");
  gint64 code;
  gint64 reason;

  if (!granary_json_get_int (answer, "error.code", &code) || code < 0 || code >= GRANARY_N_ERRORS ||
      !granary_json_get_int (answer, "error.reason", &reason) || reason < 0 ||
      reason >= GRANARY_N_REASONS)
    {
      set_malformed (verb, error);
      return;
    }

  granary_set_error (error, (GranaryError) code, (GranaryReason) reason, subject, "%s",
                     message != NULL ? message : verb);
}

static gint64
send_request (GranaryServicedClient  *self,
              const char             *verb,
              JsonObject             *arguments,
              gint64                  until,
              GCancellable           *cancellable,
              GError                **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  gint64 id = ++self->last_id;

  json_object_set_int_member (object, "id", id);
  json_object_set_string_member (object, "verb", verb);
  if (arguments != NULL)
    json_object_set_object_member (object, "arguments", json_object_ref (arguments));

  return send_line (self, verb, object, until, cancellable, error) ? id : 0;
}

/* Passes over the answers to other requests: there may be those to calling something off. */
static JsonNode *
read_answer (GranaryServicedClient  *self,
             const char             *verb,
             gint64                  id,
             gint64                  until,
             GCancellable           *cancellable,
             GError                **error)
{
  for (;;)
    {
      g_autofree char *line = read_line (self, verb, until, cancellable, error);
      g_autoptr (JsonNode) answer = NULL;
      JsonNode *result;
      gint64 answered;

      if (line == NULL)
        return NULL;
      answer = granary_json_parse (line, -1, verb, NULL);
      if (answer == NULL || !granary_json_get_int (answer, "id", &answered))
        {
          set_malformed (verb, error);
          return NULL;
        }
      if (answered != id)
        continue;

      if (granary_json_get_object (answer, "error") != NULL)
        {
          take_error (answer, verb, error);
          return NULL;
        }
      result = granary_json_lookup (answer, "result");
      if (result == NULL || !JSON_NODE_HOLDS_OBJECT (result))
        return json_node_init_object (json_node_alloc (), NULL);
      return json_node_copy (result);
    }
}

/* Whether a version, digits with dots between, is before this one. */
static gboolean
is_older (const char *version)
{
  g_auto (GStrv) theirs = g_strsplit (version, ".", 4);
  g_auto (GStrv) ours = g_strsplit (GRANARY_VERSION, ".", 4);

  for (guint i = 0; ours[i] != NULL; i++)
    {
      guint64 mine = g_ascii_strtoull (ours[i], NULL, 10);
      guint64 other;

      if (theirs[i] == NULL || !g_ascii_string_to_unsigned (theirs[i], 10, 0, G_MAXUINT, &other,
                                                            NULL))
        return FALSE;
      if (other != mine)
        return other < mine;
    }

  return FALSE;
}

/* Asks one of before an upgrade to end, once; the services that it ran are meant to run, so the next
 * one starts them. TRUE when it is going to. */
static gboolean
replace (GranaryServicedClient  *self,
         const char             *version,
         gint64                  until,
         GCancellable           *cancellable)
{
  g_autoptr (JsonNode) answer = NULL;
  gint64 id;

  if (self->is_replacing || version == NULL || !is_older (version))
    return FALSE;

  self->is_replacing = TRUE;
  id = send_request (self, "quit", NULL, until, cancellable, NULL);
  if (id != 0)
    answer = read_answer (self, "quit", id, until, cancellable, NULL);
  return answer != NULL;
}

/* FALSE with an error, or without one when it is just ending. */
static gboolean
greet (GranaryServicedClient  *self,
       gint64                  until,
       GCancellable           *cancellable,
       GError                **error)
{
  g_autoptr (JsonObject) arguments = json_object_new ();
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) local_error = NULL;
  gint64 protocol = 0;
  gint64 id;
  const char *version;
  JsonNode *sandbox;

  json_object_set_int_member (arguments, "protocol", GRANARY_SERVICED_PROTOCOL);
  json_object_set_string_member (arguments, "version", GRANARY_VERSION);
  id = send_request (self, "hello", arguments, until, cancellable, &local_error);
  if (id != 0)
    answer = read_answer (self, "hello", id, until, cancellable, &local_error);
  if (answer == NULL)
    {
      if (granary_error_matches_reason (local_error, GRANARY_REASON_CONNECTION_BROKEN))
        return FALSE;
      if (granary_error_matches_reason (local_error, GRANARY_REASON_NO_ANSWER_IN_TIME))
        set_unreachable (self, local_error->message, error);
      else
        g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  version = granary_json_get_string (answer, "version");
  if (!granary_json_get_int (answer, "protocol", &protocol) ||
      protocol != GRANARY_SERVICED_PROTOCOL || g_strcmp0 (version, GRANARY_VERSION) != 0)
    {
      g_autofree char *shown = NULL;

      if (replace (self, version, until, cancellable))
        return FALSE;

      shown = granary_display_path (self->folder);
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SUPERVISOR_OTHER, shown,
                         "granary-serviced of %s: protocol %" G_GINT64_FORMAT ", version %s",
                         shown, protocol, version != NULL ? version : "-");
      return FALSE;
    }

  granary_json_get_int (answer, "pid", &self->pid);
  sandbox = granary_json_lookup (answer, "sandbox");
  self->has_sandbox = sandbox != NULL && JSON_NODE_HOLDS_VALUE (sandbox) &&
                      json_node_get_value_type (sandbox) == G_TYPE_BOOLEAN &&
                      json_node_get_boolean (sandbox);
  return TRUE;
}

/* Sleeps, unless it is called off. */
static gboolean
pause_for (gint64         time,
           GCancellable  *cancellable,
           GError       **error)
{
  GPollFD descriptor = { 0 };

  if (g_cancellable_make_pollfd (cancellable, &descriptor))
    {
      g_poll (&descriptor, 1, (int) (time / 1000));
      g_cancellable_release_fd (cancellable);
    }
  else
    g_usleep ((gulong) time);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* Public functions */

/**
 * granary_serviced_client_open:
 * @folder: of a repository, absolute, that is there and can be written to
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Connects to the granary-serviced of a repository; starts it where none answers, detached so that
 * it outlives this process, and waits until it does. One of an older version is replaced.
 *
 * Errors: %GRANARY_REASON_SUPERVISOR_UNREACHABLE, %GRANARY_REASON_SUPERVISOR_OTHER.
 *
 * Returns: (transfer full): a connection
 */
GranaryServicedClient *
granary_serviced_client_open (const char    *folder,
                              GCancellable  *cancellable,
                              GError       **error)
{
  g_autoptr (GranaryServicedClient) self = NULL;
  gint64 until = g_get_monotonic_time () + OPEN_TIME;
  gint64 pause = 5 * G_TIME_SPAN_MILLISECOND;
  gint64 start_at = 0;
  gboolean was_replacing = FALSE;

  g_return_val_if_fail (folder != NULL && g_path_is_absolute (folder), NULL);

  self = g_new0 (GranaryServicedClient, 1);
  self->folder = g_strdup (folder);
  self->read = g_string_new (NULL);

  for (;;)
    {
      g_autoptr (GError) local_error = NULL;

      self->socket = connect_socket (self, cancellable, &local_error);
      if (self->socket != NULL && greet (self, until, cancellable, &local_error))
        return g_steal_pointer (&self);
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }

      if (self->is_replacing && !was_replacing)
        {
          was_replacing = TRUE;
          until = g_get_monotonic_time () + REPLACE_TIME;
        }
      if (self->socket == NULL && g_get_monotonic_time () >= start_at)
        {
          if (!start_program (self, error))
            return NULL;
          start_at = g_get_monotonic_time () + START_AGAIN;
        }
      g_clear_object (&self->socket);
      g_string_truncate (self->read, 0);

      if (g_get_monotonic_time () >= until)
        {
          set_unreachable (self, "nothing answers", error);
          return NULL;
        }
      if (!pause_for (pause, cancellable, error))
        return NULL;
      pause = MIN (2 * pause, 200 * G_TIME_SPAN_MILLISECOND);
    }
}

void
granary_serviced_client_free (GranaryServicedClient *self)
{
  if (self == NULL)
    return;

  g_free (self->folder);
  g_clear_object (&self->socket);
  g_string_free (self->read, TRUE);
  g_free (self);
}

gint64
granary_serviced_client_get_pid (GranaryServicedClient *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->pid;
}

gboolean
granary_serviced_client_has_sandbox (GranaryServicedClient *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->has_sandbox;
}

/**
 * granary_serviced_client_call:
 * @self: a connection
 * @verb: as in granary-serviced-protocol.h
 * @arguments: (nullable): of it
 * @cancellable: (nullable): gives up waiting; `publish` is called off at granary-serviced, too, and
 *   waited for until it has undone what it did
 * @error: return location
 *
 * Sends one request and waits for its answer. After an error of this connection, it is good for no
 * other.
 *
 * Errors: those that granary-serviced answers; when it may or may not have been done,
 * %GRANARY_REASON_CONNECTION_BROKEN or %GRANARY_REASON_NO_ANSWER_IN_TIME.
 *
 * Returns: (transfer full): the result, a JSON object
 */
JsonNode *
granary_serviced_client_call (GranaryServicedClient  *self,
                              const char             *verb,
                              JsonObject             *arguments,
                              GCancellable           *cancellable,
                              GError                **error)
{
  const gboolean is_publish = g_strcmp0 (verb, "publish") == 0;
  const gboolean has_snapshot = is_publish || g_strcmp0 (verb, "update") == 0;
  gint64 until = g_get_monotonic_time () + granary_scale_wait (CALL_TIME);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonNode) answer = NULL;
  gint64 id;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (verb != NULL, NULL);

  id = send_request (self, verb, arguments, until, cancellable, error);
  if (id == 0)
    return NULL;

  answer = read_answer (self, verb, id, has_snapshot ? 0 : until, cancellable, &local_error);
  if (answer == NULL && is_publish && granary_error_is_cancelled (local_error))
    {
      g_autoptr (JsonObject) which = json_object_new ();
      g_autoptr (GError) undo_error = NULL;

      json_object_set_int_member (which, "request", id);
      until = g_get_monotonic_time () + CANCEL_TIME;
      if (send_request (self, "cancel", which, until, NULL, &undo_error) != 0)
        answer = read_answer (self, verb, id, until, NULL, &undo_error);
      if (answer == NULL && undo_error != NULL)
        g_debug ("Called off: %s", undo_error->message);
    }
  if (answer == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&answer);
}
