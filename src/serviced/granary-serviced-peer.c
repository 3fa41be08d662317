/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-serviced-peer.h"

#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-serviced-protocol.h"

#define CHUNK (64 * 1024)
/* Requests that are not answered yet, and answers that were not read yet. */
#define REQUESTS_MAX 64
#define UNREAD_MAX (4 * 1024 * 1024)

struct _GranaryServicedPeer
{
  GObject             parent_instance;

  GSocketConnection  *connection;  /* (owned) */
  GranarySupervisor  *supervisor;  /* (owned) */
  GCancellable       *cancellable; /* (owned): of reading and writing */
  GString            *received;    /* (owned): the beginning of a line */
  GString            *unsent;      /* (owned): lines after those that are being written */
  GBytes             *sending;     /* (owned) (nullable) */
  guint8             *chunk;       /* (owned) */
  GHashTable         *publishing;  /* (owned): id of the request → GCancellable */
  guint               n_requests;
  gboolean            is_greeted;  /* it speaks this protocol */
  gboolean            is_closed;
};

G_DEFINE_FINAL_TYPE (GranaryServicedPeer, granary_serviced_peer, G_TYPE_OBJECT)

enum
{
  CLOSED,
  QUIT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* A request on its way. */
typedef struct
{
  GranaryServicedPeer *peer; /* (owned) */
  gint64               id;
} Request;

static void receive (GranaryServicedPeer *self);
static void flush   (GranaryServicedPeer *self);

/* Auxiliary functions: answers */

static void
send_line (GranaryServicedPeer *self,
           JsonObject          *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  if (self->is_closed)
    return;

  json_node_set_object (node, object);
  text = granary_json_to_text (node, FALSE);
  g_string_append (self->unsent, text);
  g_string_append_c (self->unsent, '\n');
  if (self->unsent->len > UNREAD_MAX)
    granary_serviced_peer_close (self);
  else
    flush (self);
}

/* @result (nullable) is taken. */
static void
answer (GranaryServicedPeer *self,
        gint64               id,
        JsonObject          *result)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_int_member (object, "id", id);
  json_object_set_object_member (object, "result", result != NULL ? result : json_object_new ());
  send_line (self, object);
}

/* What was called off because the service is being removed, or everything ends, has no kind of its
 * own among errors. */
static void
answer_error (GranaryServicedPeer *self,
              gint64               id,
              const GError        *error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonObject *member = json_object_new ();
  GranaryError code = GRANARY_ERROR_BACKEND;
  GranaryReason reason = granary_error_get_reason (error);
  const char *subject = granary_error_get_subject (error);
  g_autofree char *valid = g_utf8_make_valid (error->message, -1);

  if (error->domain == GRANARY_ERROR)
    {
      code = (GranaryError) error->code;
    }
  else if (granary_error_is_cancelled (error))
    {
      code = GRANARY_ERROR_CONFLICT;
      reason = GRANARY_REASON_SERVICE_STATE;
    }
  json_object_set_int_member (member, "code", code);
  json_object_set_int_member (member, "reason", reason);
  if (subject != NULL && g_utf8_validate (subject, -1, NULL))
    json_object_set_string_member (member, "subject", subject);
  json_object_set_string_member (member, "message", valid);

  json_object_set_int_member (object, "id", id);
  json_object_set_object_member (object, "error", member);
  send_line (self, object);
}

static void
refuse (GranaryServicedPeer *self,
        gint64               id,
        GranaryReason        reason,
        const char          *what)
{
  g_autoptr (GError) error = NULL;

  granary_set_error (&error, GRANARY_ERROR_INVALID_INPUT, reason, what, "request: %s", what);
  answer_error (self, id, error);
}

/* Auxiliary functions: requests */

static Request *
begin_request (GranaryServicedPeer *self,
               gint64               id)
{
  Request *request = g_new0 (Request, 1);

  request->peer = g_object_ref (self);
  request->id = id;
  self->n_requests++;
  return request;
}

/* Takes @result (nullable) or @error. */
static void
end_request (Request    *request,
             JsonObject *result,
             GError     *error)
{
  GranaryServicedPeer *self = request->peer;

  self->n_requests--;
  if (error != NULL)
    answer_error (self, request->id, error);
  else
    answer (self, request->id, result);

  g_clear_error (&error);
  g_object_unref (request->peer);
  g_free (request);
}

static void
probed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  JsonObject *facts = json_object_new ();

  json_object_set_int_member (facts, "protocol", GRANARY_SERVICED_PROTOCOL);
  json_object_set_string_member (facts, "version", GRANARY_VERSION);
  json_object_set_int_member (facts, "pid", getpid ());
  json_object_set_boolean_member (facts, "sandbox",
                                  granary_supervisor_probe_finish (GRANARY_SUPERVISOR (source),
                                                                   result));
  end_request (user_data, facts, NULL);
}

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Request *request = user_data;
  GError *error = NULL;
  g_autofree char *uid = granary_supervisor_publish_finish (GRANARY_SUPERVISOR (source), result,
                                                            &error);
  JsonObject *facts = NULL;

  g_hash_table_remove (request->peer->publishing, &request->id);
  if (uid != NULL)
    {
      facts = json_object_new ();
      json_object_set_string_member (facts, "uid", uid);
    }
  end_request (request, facts, error);
}

static void
acted_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  GError *error = NULL;

  granary_supervisor_act_finish (GRANARY_SUPERVISOR (source), result, &error);
  end_request (user_data, NULL, error);
}

/* NULL where none is given. */
static GranaryPublishProfile *
read_profile (JsonNode *arguments)
{
  JsonNode *node = granary_json_lookup (arguments, "profile");
  g_autofree char *text = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;

  text = granary_json_to_text (node, FALSE);
  return granary_publish_profile_from_json (text);
}

/* Names of variables that no program would take for anything else. */
static gboolean
check_profile (const GranaryPublishProfile *profile)
{
  for (guint i = 0; profile != NULL && profile->environment != NULL &&
                    profile->environment[i] != NULL; i++)
    {
      const char *variable = profile->environment[i];
      gsize length = strcspn (variable, "=");

      if (length == 0 || variable[length] != '=' || g_ascii_isdigit (variable[0]))
        return FALSE;
      for (gsize j = 0; j < length; j++)
        {
          if (!g_ascii_isalnum (variable[j]) && variable[j] != '_')
            return FALSE;
        }
    }

  return TRUE;
}

static void
publish (GranaryServicedPeer *self,
         gint64               id,
         JsonNode            *arguments)
{
  g_autoptr (GranaryPublishProfile) profile = read_profile (arguments);
  g_autoptr (GranaryPublishRequest) request = NULL;
  const char *group_uid = granary_json_get_string (arguments, "group_uid");
  const char *name = granary_json_get_string (arguments, "name");
  GCancellable *cancellable;
  gint64 version_id;

  if (!granary_json_get_int (arguments, "version_id", &version_id) || version_id <= 0 ||
      (group_uid == NULL) == (name == NULL) ||
      g_hash_table_contains (self->publishing, &id))
    {
      refuse (self, id, GRANARY_REASON_NONE, "publish");
      return;
    }
  if (profile == NULL)
    profile = granary_publish_profile_new ();
  if (!check_profile (profile))
    {
      refuse (self, id, GRANARY_REASON_NONE, "environment");
      return;
    }

  request = granary_publish_request_new (version_id, group_uid, name, profile);
  cancellable = g_cancellable_new ();
  g_hash_table_insert (self->publishing, g_memdup2 (&id, sizeof id), cancellable);
  granary_supervisor_publish_async (self->supervisor, request, cancellable, published_cb,
                                    begin_request (self, id));
}

static void
act (GranaryServicedPeer  *self,
     gint64                id,
     GranaryServiceAction  action,
     JsonNode             *arguments)
{
  g_autoptr (GranaryPublishProfile) profile = read_profile (arguments);
  const char *uid = granary_json_get_string (arguments, "uid");

  if (uid == NULL)
    refuse (self, id, GRANARY_REASON_NONE, "uid");
  else if (!check_profile (profile))
    refuse (self, id, GRANARY_REASON_NONE, "environment");
  else
    granary_supervisor_act_async (self->supervisor, uid, action, profile, acted_cb,
                                  begin_request (self, id));
}

static void
hello (GranaryServicedPeer *self,
       gint64               id,
       JsonNode            *arguments)
{
  const char *version = granary_json_get_string (arguments, "version");
  gint64 protocol;

  /* It is told who this is in any case; what to make of that is for it to say. */
  self->is_greeted = granary_json_get_int (arguments, "protocol", &protocol) &&
                     protocol == GRANARY_SERVICED_PROTOCOL &&
                     g_strcmp0 (version, GRANARY_VERSION) == 0;
  granary_supervisor_probe_async (self->supervisor, probed_cb, begin_request (self, id));
}

static void
call_off (GranaryServicedPeer *self,
          gint64               id,
          JsonNode            *arguments)
{
  gint64 request;

  if (granary_json_get_int (arguments, "request", &request))
    g_cancellable_cancel (g_hash_table_lookup (self->publishing, &request));
  answer (self, id, NULL);
}

static gboolean
find_action (const char           *verb,
             GranaryServiceAction *action)
{
  static const struct
  {
    const char           *verb;
    GranaryServiceAction  action;
  } actions[] = {
    { "start", GRANARY_SERVICE_START },
    { "stop", GRANARY_SERVICE_STOP },
    { "update", GRANARY_SERVICE_UPDATE },
    { "remove", GRANARY_SERVICE_REMOVE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      if (g_str_equal (verb, actions[i].verb))
        {
          *action = actions[i].action;
          return TRUE;
        }
    }

  return FALSE;
}

static void
refuse_stranger (GranaryServicedPeer *self,
                 gint64               id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *shown =
    granary_display_path (granary_supervisor_get_folder (self->supervisor));

  granary_set_error (&error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SUPERVISOR_OTHER, shown,
                     "this is version %s, protocol %d", GRANARY_VERSION, GRANARY_SERVICED_PROTOCOL);
  answer_error (self, id, error);
}

static void
handle (GranaryServicedPeer *self,
        const char          *line,
        gsize                length)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  JsonNode *arguments;
  GranaryServiceAction action;
  const char *verb;
  gint64 id = 0;

  if (!g_utf8_validate_len (line, length, NULL))
    {
      refuse (self, 0, GRANARY_REASON_JSON_SYNTAX, "line");
      return;
    }
  root = granary_json_parse (line, (gssize) length, "line", &error);
  if (root == NULL)
    {
      answer_error (self, 0, error);
      return;
    }
  verb = granary_json_get_string (root, "verb");
  if (!granary_json_get_int (root, "id", &id) || verb == NULL)
    {
      refuse (self, id, GRANARY_REASON_NONE, "verb");
      return;
    }
  if (self->n_requests >= REQUESTS_MAX)
    {
      refuse (self, id, GRANARY_REASON_SERVICE_BUSY, verb);
      return;
    }

  arguments = granary_json_lookup (root, "arguments");
  if (g_str_equal (verb, "hello"))
    {
      hello (self, id, arguments);
    }
  else if (g_str_equal (verb, "quit"))
    {
      /* Of another version, too: that is how it can take over. */
      answer (self, id, NULL);
      g_signal_emit (self, signals[QUIT], 0);
    }
  else if (!self->is_greeted)
    {
      refuse_stranger (self, id);
    }
  else if (g_str_equal (verb, "publish"))
    {
      publish (self, id, arguments);
    }
  else if (g_str_equal (verb, "cancel"))
    {
      call_off (self, id, arguments);
    }
  else if (find_action (verb, &action))
    {
      act (self, id, action, arguments);
    }
  else
    {
      g_autofree char *shown = granary_display_path (verb);

      refuse (self, id, GRANARY_REASON_NONE, shown);
    }
}

/* Auxiliary functions: bytes */

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GranaryServicedPeer) self = user_data;

  g_clear_pointer (&self->sending, g_bytes_unref);
  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    flush (self);
  else
    granary_serviced_peer_close (self);
}

static void
flush (GranaryServicedPeer *self)
{
  GOutputStream *stream;
  gsize size;

  if (self->is_closed || self->sending != NULL || self->unsent->len == 0)
    return;

  self->sending = g_string_free_to_bytes (self->unsent);
  self->unsent = g_string_new (NULL);
  stream = g_io_stream_get_output_stream (G_IO_STREAM (self->connection));
  g_output_stream_write_all_async (stream, g_bytes_get_data (self->sending, &size),
                                   g_bytes_get_size (self->sending), G_PRIORITY_DEFAULT,
                                   self->cancellable, written_cb, g_object_ref (self));
}

/* Does what whole lines ask for. */
static void
handle_lines (GranaryServicedPeer *self)
{
  gsize done = 0;

  while (!self->is_closed)
    {
      const char *line = self->received->str + done;
      const char *end = memchr (line, '\n', self->received->len - done);
      gsize length = end != NULL ? (gsize) (end - line) : self->received->len - done;

      if (length > GRANARY_SERVICED_LINE_MAX)
        {
          granary_serviced_peer_close (self);
          return;
        }
      if (end == NULL)
        break;
      if (length > 0)
        handle (self, line, length);
      done += length + 1;
    }

  g_string_erase (self->received, 0, (gssize) done);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GranaryServicedPeer) self = user_data;
  gssize got = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (got <= 0)
    {
      granary_serviced_peer_close (self);
      return;
    }

  g_string_append_len (self->received, (const char *) self->chunk, got);
  handle_lines (self);
  receive (self);
}

static void
receive (GranaryServicedPeer *self)
{
  GInputStream *stream;

  if (self->is_closed)
    return;

  stream = g_io_stream_get_input_stream (G_IO_STREAM (self->connection));
  g_input_stream_read_async (stream, self->chunk, CHUNK, G_PRIORITY_DEFAULT, self->cancellable,
                             read_cb, g_object_ref (self));
}

/* GObject overrides */

static void
granary_serviced_peer_finalize (GObject *object)
{
  GranaryServicedPeer *self = GRANARY_SERVICED_PEER (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->supervisor);
  g_clear_object (&self->cancellable);
  g_string_free (self->received, TRUE);
  g_string_free (self->unsent, TRUE);
  g_clear_pointer (&self->sending, g_bytes_unref);
  g_hash_table_unref (self->publishing);
  g_free (self->chunk);

  G_OBJECT_CLASS (granary_serviced_peer_parent_class)->finalize (object);
}

static void
granary_serviced_peer_class_init (GranaryServicedPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_serviced_peer_finalize;

  signals[CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  signals[QUIT] = g_signal_new ("quit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_serviced_peer_init (GranaryServicedPeer *self)
{
  self->cancellable = g_cancellable_new ();
  self->received = g_string_new (NULL);
  self->unsent = g_string_new (NULL);
  self->chunk = g_malloc (CHUNK);
  self->publishing = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
}

/* Public functions */

/**
 * granary_serviced_peer_new:
 * @connection: to a process of this user
 * @supervisor: what its requests are for
 *
 * What a client that goes away had asked for is done all the same.
 *
 * Returns: (transfer full): a client that is listened to until it is gone
 */
GranaryServicedPeer *
granary_serviced_peer_new (GSocketConnection *connection,
                           GranarySupervisor *supervisor)
{
  GranaryServicedPeer *self;

  g_return_val_if_fail (G_IS_SOCKET_CONNECTION (connection), NULL);
  g_return_val_if_fail (GRANARY_IS_SUPERVISOR (supervisor), NULL);

  self = g_object_new (GRANARY_TYPE_SERVICED_PEER, NULL);
  self->connection = g_object_ref (connection);
  self->supervisor = g_object_ref (supervisor);
  receive (self);

  return self;
}

void
granary_serviced_peer_close (GranaryServicedPeer *self)
{
  g_return_if_fail (GRANARY_IS_SERVICED_PEER (self));

  if (self->is_closed)
    return;

  self->is_closed = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_socket_close (g_socket_connection_get_socket (self->connection), NULL);
  g_signal_emit (self, signals[CLOSED], 0);
}
