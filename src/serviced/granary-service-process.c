/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-service-command-private.h"
#include "granary-service-log-file-private.h"
#include "granary-service-scope-private.h"
#include "granary-service-spawn-private.h"
#include "granary-service-status-private.h"

/* Seconds. */
#define START_TIMEOUT 120
#define STOP_TIMEOUT 10

/* Bytes read at a time. */
#define CHUNK (64 * 1024)

typedef enum
{
  STATE_NEW,
  STATE_STARTING,
  STATE_READY,
  STATE_STOPPING, /* asked to end, or killed: however it ends, it was meant to */
  STATE_ENDED,
} State;

struct _GranaryServiceProcess
{
  GObject parent_instance;

  GranaryServicePlan    *plan; /* (owned) */
  GranaryServiceCommandLine *line; /* (owned) (nullable): once started */
  GranaryServiceLogFile     *log;  /* (owned) (nullable): once started */
  GranaryServiceScope   *scope; /* (owned) (nullable): while it runs in one */
  GranaryServiceStatus   status;
  State                  state;
  GPid                   pid;
  gboolean               is_meant; /* whether it was asked to end */
  gboolean               is_told;  /* whether it said anything of itself */
  GranaryServiceFailure  failure;  /* as the runner or a time limit says */
  char                  *detail;   /* (nullable) */
  int                    wait_status;
  int                    status_fd;  /* -1 when closed, all three */
  int                    log_fd;
  int                    control_fd;
  GSource               *status_source; /* (owned) (nullable), all of them */
  GSource               *log_source;
  GSource               *child_source;
  GSource               *timer;
};

G_DEFINE_FINAL_TYPE (GranaryServiceProcess, granary_service_process, G_TYPE_OBJECT)

enum
{
  READY,
  ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Auxiliary functions */

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSource *
attach (GSource     *source,
        int          priority,
        GSourceFunc  func,
        gpointer     data)
{
  g_source_set_priority (source, priority);
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());

  return source;
}

static void
set_timer (GranaryServiceProcess *self,
           guint                  milliseconds,
           GSourceFunc            func)
{
  drop_source (&self->timer);
  self->timer = attach (g_timeout_source_new (milliseconds), G_PRIORITY_DEFAULT, func, self);
}

static void
end_it (GranaryServiceProcess *self)
{
  if (self->pid != 0)
    granary_service_spawn_kill (self->pid);
}

/* The first that is known is why: what follows comes of it. */
static void
set_failure (GranaryServiceProcess *self,
             GranaryServiceFailure  failure,
             const char            *detail)
{
  if (self->failure != GRANARY_SERVICE_FAILURE_NONE)
    return;

  self->failure = failure;
  g_set_str (&self->detail, detail);
}

static gboolean
may_restart (GranaryServiceFailure failure)
{
  return failure == GRANARY_SERVICE_FAILURE_EXITED || failure == GRANARY_SERVICE_FAILURE_KILLED ||
         failure == GRANARY_SERVICE_FAILURE_STUCK || failure == GRANARY_SERVICE_FAILURE_MEMORY ||
         failure == GRANARY_SERVICE_FAILURE_TIMEOUT;
}

static void
set_signal_failure (GranaryServiceProcess *self,
                    int                    number)
{
  const char *name = sigabbrev_np (number);
  g_autofree char *detail =
    name != NULL ? g_strconcat ("SIG", name, NULL) : g_strdup_printf ("%d", number);

  set_failure (self, GRANARY_SERVICE_FAILURE_KILLED, detail);
}

/* Of a process that ended without being asked to and without saying why. */
static void
classify (GranaryServiceProcess *self)
{
  const char *last = granary_service_log_file_get_last (self->log);
  g_autofree char *detail = NULL;
  int code;

  if (self->failure != GRANARY_SERVICE_FAILURE_NONE)
    return;
  if (WIFSIGNALED (self->wait_status))
    {
      set_signal_failure (self, WTERMSIG (self->wait_status));
      return;
    }

  code = WEXITSTATUS (self->wait_status);
  detail = g_strdup_printf ("%d", code);
  if (self->line->is_sandboxed && !self->is_told && last != NULL &&
      g_str_has_prefix (last, "bwrap: execvp "))
    set_failure (self, GRANARY_SERVICE_FAILURE_PYTHON, self->plan->python);
  else if (self->line->is_sandboxed && !self->is_told && last != NULL &&
           g_str_has_prefix (last, "bwrap: "))
    set_failure (self, GRANARY_SERVICE_FAILURE_SANDBOX, last);
  else if (self->line->is_sandboxed && code > 128 && code < 128 + NSIG)
    /* How bubblewrap hands on what ended the process in it. */
    set_signal_failure (self, code - 128);
  else
    set_failure (self, GRANARY_SERVICE_FAILURE_EXITED, detail);
}

/* What the kernel did is known to the scope alone; how much was allowed, to the plan. */
static void
refine (GranaryServiceProcess *self)
{
  if (self->failure == GRANARY_SERVICE_FAILURE_KILLED && self->scope != NULL &&
      granary_service_scope_was_full (self->scope))
    self->failure = GRANARY_SERVICE_FAILURE_MEMORY;
  if (self->failure == GRANARY_SERVICE_FAILURE_MEMORY && self->plan->profile->memory_limit > 0)
    {
      g_free (self->detail);
      self->detail = g_strdup_printf ("%" G_GINT64_FORMAT,
                                      self->plan->profile->memory_limit / (1024 * 1024));
    }
}

/* It said that it failed, and goes on. */
static gboolean
failed_timeout_cb (gpointer user_data)
{
  GranaryServiceProcess *self = user_data;

  drop_source (&self->timer);
  end_it (self);

  return G_SOURCE_REMOVE;
}

static void
finish (GranaryServiceProcess *self)
{
  g_autoptr (GranaryServiceProcess) alive = self; /* That of the run. */
  GranaryServiceFailure failure = GRANARY_SERVICE_FAILURE_NONE;
  g_autofree char *detail = NULL;

  drop_source (&self->timer);
  drop_source (&self->child_source);
  drop_source (&self->log_source);
  drop_source (&self->status_source);
  granary_service_log_file_flush (self->log);

  if (!self->is_meant)
    {
      classify (self);
      refine (self);
      failure = self->failure;
      detail = g_strdup (self->detail);
      granary_service_log_file_note (self->log, "ended: %s%s%s",
                                     granary_service_failure_to_id (failure),
                                     detail != NULL ? ": " : "", detail != NULL ? detail : "");
    }
  else
    granary_service_log_file_note (self->log, "stopped");

  g_clear_fd (&self->log_fd, NULL);
  g_clear_fd (&self->status_fd, NULL);
  g_clear_fd (&self->control_fd, NULL);
  g_clear_pointer (&self->scope, granary_service_scope_free);
  g_clear_pointer (&self->log, granary_service_log_file_free);
  self->state = STATE_ENDED;
  g_signal_emit (self, signals[ENDED], 0, (int) failure, detail,
                 failure != GRANARY_SERVICE_FAILURE_NONE && may_restart (failure));
}

static void
take_event (GranaryServiceProcess *self,
            GranaryServiceEvent    event,
            GranaryServiceFailure  failure,
            const char            *detail)
{
  if (event == GRANARY_SERVICE_EVENT_NONE)
    return;

  if (!self->is_told && self->line->has_scope)
    self->scope = granary_service_scope_new (self->pid);
  self->is_told = TRUE;
  if (event == GRANARY_SERVICE_EVENT_FAILED)
    {
      /* Saying it again gives no more time. */
      gboolean is_first = self->failure == GRANARY_SERVICE_FAILURE_NONE;

      set_failure (self, failure, detail);
      if (is_first && (self->state == STATE_STARTING || self->state == STATE_READY))
        set_timer (self, STOP_TIMEOUT * 1000, failed_timeout_cb);
    }
  else if (event == GRANARY_SERVICE_EVENT_READY && self->state == STATE_STARTING &&
           self->failure == GRANARY_SERVICE_FAILURE_NONE)
    {
      self->state = STATE_READY;
      drop_source (&self->timer);
      granary_service_log_file_note (self->log, "ready");
      g_signal_emit (self, signals[READY], 0);
    }
}

/* How much was read: 0 at the end, -1 when there is nothing at the moment. So, too, of the log. */
static gssize
read_status (GranaryServiceProcess *self)
{
  char data[GRANARY_SERVICE_STATUS_MAX];
  gssize length = read (self->status_fd, data, sizeof data);

  if (length < 0 && (errno == EAGAIN || errno == EINTR))
    return -1;

  for (gssize at = 0; at < length;)
    {
      GranaryServiceFailure failure;
      g_autofree char *detail = NULL;
      GranaryServiceEvent event;
      gsize taken;

      event = granary_service_status_take (&self->status, data + at, (gsize) (length - at), &taken,
                                           &failure, &detail);
      at += (gssize) taken;
      take_event (self, event, failure, detail);
    }

  return MAX (length, 0);
}

static gssize
read_log (GranaryServiceProcess *self)
{
  char data[CHUNK];
  gssize length = read (self->log_fd, data, sizeof data);

  if (length < 0 && (errno == EAGAIN || errno == EINTR))
    return -1;
  if (length > 0)
    granary_service_log_file_take (self->log, data, (gsize) length);

  return MAX (length, 0);
}

static gboolean
open_pipe (int      *reader,
           int      *writer,
           GError  **error)
{
  int ends[2];

  if (!g_unix_open_pipe (ends, O_CLOEXEC, error))
    return FALSE;

  *reader = ends[0];
  *writer = ends[1];
  return TRUE;
}

/* The first program of the command line was there a moment ago, and cannot be run. */
static void
set_spawn_error (GranaryServiceProcess  *self,
                 const GError           *spawn_error,
                 GError                **error)
{
  if (self->line->is_sandboxed || self->line->has_scope)
    granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_SANDBOX_MISSING,
                       self->plan->uid, "%s", spawn_error->message);
  else
    granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_PYTHON_MISSING,
                       self->plan->python, "%s", spawn_error->message);
}

/* Sources */

static gboolean
status_cb (int          fd,
           GIOCondition condition,
           gpointer     user_data)
{
  g_autoptr (GranaryServiceProcess) self = g_object_ref (user_data);

  if (read_status (self) != 0)
    return G_SOURCE_CONTINUE;

  drop_source (&self->status_source);
  return G_SOURCE_REMOVE;
}

static gboolean
log_cb (int          fd,
        GIOCondition condition,
        gpointer     user_data)
{
  g_autoptr (GranaryServiceProcess) self = g_object_ref (user_data);

  if (read_log (self) != 0)
    return G_SOURCE_CONTINUE;

  drop_source (&self->log_source);
  return G_SOURCE_REMOVE;
}

/* None of its processes is left: what they wrote last is in the pipes. */
static void
child_cb (GPid     pid,
          int      wait_status,
          gpointer user_data)
{
  g_autoptr (GranaryServiceProcess) self = g_object_ref (user_data);

  self->wait_status = wait_status;
  self->pid = 0;
  while (self->status_source != NULL && read_status (self) > 0)
    ;
  while (self->log_source != NULL && read_log (self) > 0)
    ;
  finish (self);
}

static gboolean
start_timeout_cb (gpointer user_data)
{
  GranaryServiceProcess *self = user_data;
  guint seconds = self->plan->profile->start_timeout;
  g_autofree char *detail = g_strdup_printf ("%u", seconds > 0 ? seconds : START_TIMEOUT);

  drop_source (&self->timer);
  set_failure (self, GRANARY_SERVICE_FAILURE_TIMEOUT, detail);
  end_it (self);

  return G_SOURCE_REMOVE;
}

static gboolean
stop_timeout_cb (gpointer user_data)
{
  GranaryServiceProcess *self = user_data;

  drop_source (&self->timer);
  granary_service_log_file_note (self->log, "did not stop within %d seconds, killed", STOP_TIMEOUT);
  end_it (self);

  return G_SOURCE_REMOVE;
}

/* GObject */

static void
granary_service_process_finalize (GObject *object)
{
  GranaryServiceProcess *self = GRANARY_SERVICE_PROCESS (object);

  g_assert (self->state == STATE_NEW || self->state == STATE_ENDED);

  g_clear_fd (&self->log_fd, NULL);
  g_clear_fd (&self->status_fd, NULL);
  g_clear_fd (&self->control_fd, NULL);
  granary_service_status_clear (&self->status);
  g_clear_pointer (&self->line, granary_service_command_line_free);
  g_clear_pointer (&self->log, granary_service_log_file_free);
  g_free (self->detail);
  granary_service_plan_free (self->plan);

  G_OBJECT_CLASS (granary_service_process_parent_class)->finalize (object);
}

static void
granary_service_process_class_init (GranaryServiceProcessClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_service_process_finalize;

  /**
   * GranaryServiceProcess::ready:
   * @self: a run
   *
   * It answers requests from now on.
   */
  signals[READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);

  /**
   * GranaryServiceProcess::ended:
   * @self: a run
   * @failure: a [enum@ServiceFailure]; none when it was asked to end
   * @detail: (nullable): what @failure says it is
   * @may_restart: whether it may be another time
   *
   * It is over: none of its processes is left. Emitted once for every run that was started.
   */
  signals[ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_STRING,
                                 G_TYPE_BOOLEAN);

  /* What is written to a runner that is gone is an error to look at, not the end of the process. */
  signal (SIGPIPE, SIG_IGN);
}

static void
granary_service_process_init (GranaryServiceProcess *self)
{
  granary_service_status_init (&self->status);
  self->status_fd = -1;
  self->log_fd = -1;
  self->control_fd = -1;
}

/* Public functions */

/**
 * granary_service_process_new:
 * @plan: what to run; copied
 *
 * Returns: (transfer full): a run that was not started
 */
GranaryServiceProcess *
granary_service_process_new (const GranaryServicePlan *plan)
{
  GranaryServiceProcess *self;

  g_return_val_if_fail (plan != NULL && plan->uid != NULL && plan->token != NULL, NULL);
  g_return_val_if_fail (plan->folder != NULL && plan->revision != NULL, NULL);
  g_return_val_if_fail (plan->python != NULL && plan->runner != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_SERVICE_PROCESS, NULL);
  self->plan = granary_service_plan_copy (plan);

  return self;
}

/**
 * granary_service_process_start:
 * @self: a run that was not started
 * @error: return location
 *
 * Starts it. What becomes of it is told by the signals, never from within this function.
 *
 * Errors: %GRANARY_REASON_PYTHON_MISSING, %GRANARY_REASON_SANDBOX_MISSING,
 * %GRANARY_REASON_SOURCE_MISSING for a snapshot that is gone, those of pipes.
 *
 * Returns: whether it runs
 */
gboolean
granary_service_process_start (GranaryServiceProcess  *self,
                               GError                **error)
{
  GranaryServiceCommand command = { 0 };
  g_autofd int status_end = -1;
  g_autofd int token_fd = -1;
  g_autofd int token_end = -1;
  g_autofd int control_end = -1;
  g_autofd int log_end = -1;
  g_autoptr (GError) spawn_error = NULL;
  int fds[4];
  gssize written;
  guint seconds;

  g_return_val_if_fail (GRANARY_IS_SERVICE_PROCESS (self), FALSE);
  g_return_val_if_fail (self->state == STATE_NEW, FALSE);

  self->line = granary_service_command_line_new (self->plan, error);
  if (self->line == NULL)
    return FALSE;

  if (!open_pipe (&self->status_fd, &status_end, error) ||
      !open_pipe (&self->log_fd, &log_end, error) ||
      !open_pipe (&token_end, &token_fd, error) ||
      !open_pipe (&control_end, &self->control_fd, error))
    return FALSE;
  if (!g_unix_set_fd_nonblocking (self->status_fd, TRUE, error) ||
      !g_unix_set_fd_nonblocking (self->log_fd, TRUE, error) ||
      !g_unix_set_fd_nonblocking (self->control_fd, TRUE, error) ||
      !g_unix_set_fd_nonblocking (token_fd, TRUE, error))
    return FALSE;

  /* It fits into an empty pipe. */
  written = write (token_fd, self->plan->token, strlen (self->plan->token));
  if (written != (gssize) strlen (self->plan->token))
    {
      granary_set_error_from_errno (error, written < 0 ? errno : EIO, self->plan->uid,
                                    "hand over the token of");
      return FALSE;
    }
  g_clear_fd (&token_fd, NULL);

  fds[0] = self->plan->socket;
  fds[1] = status_end;
  fds[2] = token_end;
  fds[3] = control_end;
  command.argv = (const char * const *) self->line->argv;
  command.environment = (const char * const *) self->line->environment;
  command.folder = "/";
  command.output = log_end;
  command.fds = fds;
  command.n_fds = G_N_ELEMENTS (fds);
  command.memory = self->line->data_limit;
  if (!granary_service_spawn (&command, &self->pid, &spawn_error))
    {
      set_spawn_error (self, spawn_error, error);
      return FALSE;
    }

  g_object_ref (self);
  self->state = STATE_STARTING;
  self->log = granary_service_log_file_new (self->plan->folder, self->plan->token);
  granary_service_log_file_note (self->log, "started, %s",
                                 self->line->is_sandboxed ? "in a sandbox" : "without a sandbox");
  self->child_source = attach (g_child_watch_source_new (self->pid), G_PRIORITY_DEFAULT,
                               G_SOURCE_FUNC (child_cb), self);
  self->status_source = attach (g_unix_fd_source_new (self->status_fd, G_IO_IN | G_IO_HUP),
                                G_PRIORITY_DEFAULT, G_SOURCE_FUNC (status_cb), self);
  /* However much is printed, requests of the supervisor come first. */
  self->log_source = attach (g_unix_fd_source_new (self->log_fd, G_IO_IN | G_IO_HUP),
                             G_PRIORITY_LOW, G_SOURCE_FUNC (log_cb), self);
  seconds = self->plan->profile->start_timeout;
  set_timer (self, (seconds > 0 ? MIN (seconds, G_MAXINT / 1000) : START_TIMEOUT) * 1000,
             start_timeout_cb);

  return TRUE;
}

/**
 * granary_service_process_stop:
 * @self: a run
 *
 * Lets it finish what it is at, then ends it; by force after ten seconds. Does nothing when it does
 * not run.
 */
void
granary_service_process_stop (GranaryServiceProcess *self)
{
  static const char stop[] = "stop\n";

  g_return_if_fail (GRANARY_IS_SERVICE_PROCESS (self));

  if (self->state != STATE_STARTING && self->state != STATE_READY)
    return;

  self->is_meant = TRUE;
  self->state = STATE_STOPPING;
  set_timer (self, STOP_TIMEOUT * 1000, stop_timeout_cb);
  if (write (self->control_fd, stop, strlen (stop)) != (gssize) strlen (stop))
    g_debug ("%s does not listen any more: %s", self->plan->uid, g_strerror (errno));
}

/**
 * granary_service_process_kill:
 * @self: a run
 *
 * Ends it at once, as if it had been stopped. Does nothing when it does not run.
 */
void
granary_service_process_kill (GranaryServiceProcess *self)
{
  g_return_if_fail (GRANARY_IS_SERVICE_PROCESS (self));

  if (!granary_service_process_is_running (self))
    return;

  self->is_meant = TRUE;
  end_it (self);
  self->state = STATE_STOPPING;
  drop_source (&self->timer);
}

/**
 * granary_service_process_is_running:
 * @self: a run
 *
 * Returns: whether it was started and is not over
 */
gboolean
granary_service_process_is_running (GranaryServiceProcess *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_PROCESS (self), FALSE);

  return self->state != STATE_NEW && self->state != STATE_ENDED;
}
