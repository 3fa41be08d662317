/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-install.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-io.h"
#include "granary-run-reader-private.h"
#include "granary-service-command-private.h"
#include "granary-service-log-file-private.h"
#include "granary-service-spawn-private.h"
#include "granary-serviced-protocol.h"
#include "granary-worker.h"

#define REQUIREMENTS "requirements.txt"
#define MAX_REQUIREMENTS (1024 * 1024)

/* In the environment: what it was made for, so that it is not made again for the same. */
#define STAMP ".granary"

/* Bytes read at a time. */
#define CHUNK (16 * 1024)

/* A checksum, and no more of what else may be there. */
#define MAX_STAMP 128

/* What was said last, at most. */
#define MAX_DETAIL 500

typedef struct
{
  GranaryServicePlan *plan;   /* (owned) */
  char               *folder; /* (owned): of the environment */
  char               *stamp;  /* (owned) (nullable): what it is made for; NULL: there is nothing */
  char               *detail; /* (owned) (nullable) */
  GranaryServiceLogFile  *log;    /* (owned) */
  GPid                pid;
  int                 log_fd;
  GSource            *log_source; /* (owned) (nullable), all three */
  GSource            *child_source;
  GSource            *cancel_source;
} Install;

/* Auxiliary functions */

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
install_free (gpointer data)
{
  Install *self = data;

  drop_source (&self->log_source);
  drop_source (&self->child_source);
  drop_source (&self->cancel_source);
  g_clear_fd (&self->log_fd, NULL);
  g_clear_pointer (&self->log, granary_service_log_file_free);
  granary_service_plan_free (self->plan);
  g_free (self->folder);
  g_free (self->stamp);
  g_free (self->detail);
  g_free (self);
}

static char *
dup_interpreter (Install *self)
{
  return g_build_filename (self->folder, "bin", "python", NULL);
}

/* What decides what is installed: the interpreter, which an upgrade may make another one of that
 * name, and what is asked for. */
static char *
make_stamp (const GranaryServicePlan *plan)
{
  g_autofree char *path = g_build_filename (plan->revision, REQUIREMENTS, NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *program = realpath (plan->python, NULL);
  g_autofree char *text = NULL;
  struct stat status;
  gsize length;

  if (stat (path, &status) != 0 || !S_ISREG (status.st_mode) || status.st_size > MAX_REQUIREMENTS ||
      !g_file_get_contents (path, &text, &length, NULL))
    return NULL;

  g_checksum_update (checksum, (const guchar *) plan->python, (gssize) strlen (plan->python) + 1);
  if (program != NULL)
    g_checksum_update (checksum, (const guchar *) program, (gssize) strlen (program) + 1);
  g_checksum_update (checksum, (const guchar *) text, (gssize) length);

  return g_strdup (g_checksum_get_string (checksum));
}

/* Code that came with the version wrote there. */
static gboolean
is_made (Install *self)
{
  g_autofree char *path = g_build_filename (self->folder, STAMP, NULL);
  g_autofree char *program = dup_interpreter (self);
  g_autofree char *text = granary_run_read_file (path, MAX_STAMP, NULL, NULL);

  return text != NULL && g_str_equal (text, self->stamp) &&
         granary_service_check_python (program, NULL);
}

/* What was installed is durable before it says that it is there. */
static gboolean
write_stamp (Install  *self,
             GError  **error)
{
  g_autofree char *path = g_build_filename (self->folder, STAMP, NULL);
  g_autofd int fd = open (self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_autoptr (GError) local_error = NULL;

  if (fd < 0 || granary_local_io_sync (fd) != 0)
    {
      granary_set_error_from_errno (error, errno, self->folder, "sync");
      return FALSE;
    }
  if (g_file_set_contents_full (path, self->stamp, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                &local_error))
    return TRUE;

  granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TARGET_UNWRITABLE, path, "%s",
                     local_error->message);
  return FALSE;
}

/* What pip and the libraries that it loads from heed. An address may hold a password: none of it is
 * ever an argument of a command. */
static gboolean
is_for_pip (const char *name)
{
  static const char * const names[] = {
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTP_PROXY",
    "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
  };

  if (g_str_has_prefix (name, "PIP_"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return TRUE;

  return FALSE;
}

/* Whether @path is the home, or holds it. */
static gboolean
has_home (const char *path)
{
  const char *home = g_get_home_dir ();
  gsize length = strlen (path);

  return strncmp (home, path, length) == 0 &&
         (home[length] == '\0' || home[length] == '/' || g_str_has_suffix (path, "/"));
}

/* Files and folders that a variable names are shown to pip. */
static void
add_paths (GStrvBuilder *readable,
           const char   *value)
{
  g_auto (GStrv) words = g_strsplit_set (value, " \n", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *path = g_str_has_prefix (words[i], "file://")
                                ? g_filename_from_uri (words[i], NULL, NULL)
                                : g_strdup (words[i]);

      if (path != NULL && g_path_is_absolute (path) && !has_home (path) &&
          g_file_test (path, G_FILE_TEST_EXISTS))
        g_strv_builder_add (readable, path);
    }
}

static GStrv
make_environment (Install      *self,
                  GStrvBuilder *readable)
{
  static const char * const places[] = { "pip/pip.conf", "../.pip/pip.conf" };
  g_auto (GStrv) names = g_listenv ();
  g_autofree char *programs = g_path_get_dirname (self->plan->python);
  g_autofree char *path = g_strconcat (programs, ":/usr/local/bin:/usr/bin:/bin", NULL);
  GStrv environment = g_new0 (char *, 1);

  environment = g_environ_setenv (environment, "PATH", path, TRUE);
  environment = g_environ_setenv (environment, "HOME", "/tmp", TRUE);
  environment = g_environ_setenv (environment, "LANG", "C.UTF-8", TRUE);
  for (guint i = 0; names[i] != NULL; i++)
    if (is_for_pip (names[i]))
      {
        environment = g_environ_setenv (environment, names[i], g_getenv (names[i]), TRUE);
        add_paths (readable, g_getenv (names[i]));
      }

  /* The home is not there: its settings are where pip is told. */
  g_strv_builder_add (readable, "/etc/pip.conf");
  for (guint i = 0;
       i < G_N_ELEMENTS (places) && g_environ_getenv (environment, "PIP_CONFIG_FILE") == NULL; i++)
    {
      g_autofree char *settings = g_build_filename (g_get_user_config_dir (), places[i], NULL);
      g_autofree char *file = g_canonicalize_filename (settings, NULL);

      if (!g_file_test (file, G_FILE_TEST_IS_REGULAR))
        continue;
      environment = g_environ_setenv (environment, "PIP_CONFIG_FILE", file, TRUE);
      g_strv_builder_add (readable, file);
    }

  return environment;
}

static void
return_failure (GTask *task)
{
  Install *self = g_task_get_task_data (task);
  GError *error = NULL;

  granary_set_error (&error, GRANARY_ERROR_BACKEND, GRANARY_REASON_REQUIREMENTS_UNMET, self->detail,
                     "not installed");
  g_task_return_error (task, error);
}

/* Sources */

/* How much was read: 0 at the end, -1 when there is nothing at the moment. */
static gssize
read_log (Install *self)
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
log_cb (int          fd,
        GIOCondition condition,
        gpointer     user_data)
{
  Install *self = g_task_get_task_data (user_data);

  if (read_log (self) != 0)
    return G_SOURCE_CONTINUE;

  drop_source (&self->log_source);
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  Install *self = g_task_get_task_data (user_data);

  granary_service_spawn_kill (self->pid);
  drop_source (&self->cancel_source);

  return G_SOURCE_REMOVE;
}

static void
keep_thread (GTask        *step,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GError *error = NULL;

  if (write_stamp (task_data, &error))
    g_task_return_boolean (step, TRUE);
  else
    g_task_return_error (step, error);
}

static void
kept_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Install *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }

  granary_service_log_file_note (self->log, "requirements are installed");
  g_task_return_pointer (task, dup_interpreter (self), g_free);
}

/* To the end: whoever calls it off meanwhile is told that once it is done. */
static void
keep (GTask *task)
{
  g_autoptr (GranaryWorker) worker = granary_worker_new ("granary-install", 1);
  g_autoptr (GTask) step = g_task_new (NULL, NULL, kept_cb, g_object_ref (task));

  g_task_set_source_tag (step, keep);
  g_task_set_task_data (step, g_task_get_task_data (task), NULL);
  granary_worker_run (worker, step, keep_thread);
}

static void
child_cb (GPid     pid,
          int      wait_status,
          gpointer user_data)
{
  g_autoptr (GTask) task = user_data; /* That of the run. */
  Install *self = g_task_get_task_data (task);
  const char *last;

  drop_source (&self->child_source);
  drop_source (&self->cancel_source);
  while (self->log_source != NULL && read_log (self) > 0)
    ;
  drop_source (&self->log_source);
  granary_service_log_file_flush (self->log);

  last = granary_service_log_file_get_last (self->log);
  self->detail = last != NULL ? granary_service_printable (last, MAX_DETAIL) : NULL;
  if (g_task_return_error_if_cancelled (task))
    granary_service_log_file_note (self->log, "installing was called off");
  else if (!WIFEXITED (wait_status) || WEXITSTATUS (wait_status) != 0)
    {
      granary_service_log_file_note (self->log, "requirements could not be installed");
      return_failure (task);
    }
  else
    keep (task);
}

static GStrv
make_arguments (Install               *self,
                const GranarySandbox  *sandbox,
                const char * const    *readable)
{
  const char *writable[] = { self->folder, NULL };
  const char *folder = sandbox != NULL ? GRANARY_SANDBOX_MODEL : self->plan->revision;
  const char *runner = sandbox != NULL ? GRANARY_SANDBOX_RUNNER : self->plan->runner;
  g_autofree char *program = g_build_filename (runner, "install.py", NULL);
  g_autofree char *requirements = g_build_filename (folder, REQUIREMENTS, NULL);
  const char *argv[] = {
    self->plan->python, "-I", "-B", "-u", program, self->folder, requirements, NULL,
  };
  GranarySandboxOptions options = { 0 };

  if (sandbox == NULL)
    return g_strdupv ((GStrv) argv);

  options.python = self->plan->python;
  options.model = self->plan->revision;
  options.runner = self->plan->runner;
  options.readable = readable;
  options.writable = writable;
  options.folder = folder;
  options.allow_network = TRUE;

  return granary_sandbox_wrap (sandbox, &options, argv);
}

static gboolean
start (GTask   *task,
       GError **error)
{
  Install *self = g_task_get_task_data (task);
  GMainContext *context = g_task_get_context (task);
  GranaryServiceCommand command = { 0 };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) environment = NULL;
  g_auto (GStrv) readable = NULL;
  g_auto (GStrv) argv = NULL;
  g_autofd int log_end = -1;
  const GranarySandbox *sandbox;
  int ends[2];

  if (!granary_service_check_python (self->plan->python, error) ||
      !granary_service_find_sandbox (self->plan, &sandbox, error))
    return FALSE;
  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    {
      granary_set_error_from_errno (error, errno, self->folder, "make");
      return FALSE;
    }

  environment = make_environment (self, builder);
  readable = g_strv_builder_end (builder);
  argv = make_arguments (self, sandbox, (const char * const *) readable);
  if (!g_unix_open_pipe (ends, O_CLOEXEC, error))
    return FALSE;
  self->log_fd = ends[0];
  log_end = ends[1];
  if (!g_unix_set_fd_nonblocking (self->log_fd, TRUE, error))
    return FALSE;

  command.argv = (const char * const *) argv;
  command.environment = (const char * const *) environment;
  command.folder = self->plan->revision;
  command.output = log_end;
  granary_service_log_file_note (self->log, "installing requirements");
  if (!granary_service_spawn (&command, &self->pid, error))
    return FALSE;

  self->child_source = g_child_watch_source_new (self->pid);
  g_source_set_callback (self->child_source, G_SOURCE_FUNC (child_cb), g_object_ref (task), NULL);
  g_source_attach (self->child_source, context);
  self->log_source = g_unix_fd_source_new (self->log_fd, G_IO_IN | G_IO_HUP);
  g_source_set_callback (self->log_source, G_SOURCE_FUNC (log_cb), task, NULL);
  g_source_set_priority (self->log_source, G_PRIORITY_LOW);
  g_source_attach (self->log_source, context);
  if (g_task_get_cancellable (task) != NULL)
    {
      self->cancel_source = g_cancellable_source_new (g_task_get_cancellable (task));
      g_source_set_callback (self->cancel_source, G_SOURCE_FUNC (cancelled_cb), task, NULL);
      g_source_attach (self->cancel_source, context);
    }

  return TRUE;
}

static Install *
install_new (const GranaryServicePlan *plan)
{
  Install *self = g_new0 (Install, 1);

  self->plan = granary_service_plan_copy (plan);
  self->folder = g_build_filename (plan->folder, GRANARY_SERVICED_VENV, NULL);
  self->stamp = make_stamp (plan);
  self->log = granary_service_log_file_new (plan->folder, plan->token);
  self->log_fd = -1;

  return self;
}

/* Public functions */

/**
 * granary_service_install_is_needed:
 * @plan: with the interpreter that was chosen
 *
 * Returns: whether there is a requirements.txt that was not installed yet for this interpreter
 */
gboolean
granary_service_install_is_needed (const GranaryServicePlan *plan)
{
  Install *self;
  gboolean is_needed;

  g_return_val_if_fail (plan != NULL && plan->folder != NULL && plan->python != NULL, FALSE);

  self = install_new (plan);
  is_needed = self->stamp != NULL && !is_made (self);
  install_free (self);

  return is_needed;
}

/**
 * granary_service_install_async:
 * @plan: with the interpreter that was chosen; copied. Its socket is not looked at
 * @cancellable: (nullable): ends the installer
 * @callback: what to call
 * @user_data: for @callback
 *
 * Makes the environment anew, unless it was made for the same before. It must not be in use.
 */
void
granary_service_install_async (const GranaryServicePlan *plan,
                               GCancellable             *cancellable,
                               GAsyncReadyCallback       callback,
                               gpointer                  user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Install *self;
  GError *error = NULL;

  g_return_if_fail (plan != NULL && plan->folder != NULL && plan->revision != NULL);
  g_return_if_fail (plan->python != NULL && plan->runner != NULL);

  g_task_set_source_tag (task, granary_service_install_async);
  self = install_new (plan);
  g_task_set_task_data (task, self, install_free);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->stamp == NULL)
    g_task_return_pointer (task, g_strdup (plan->python), g_free);
  else if (is_made (self))
    g_task_return_pointer (task, dup_interpreter (self), g_free);
  else if (!start (task, &error))
    g_task_return_error (task, error);
}

/**
 * granary_service_install_finish:
 * @result: what the callback was given
 * @detail: (out) (nullable) (optional) (transfer full): what the installer said last, printable
 * @error: return location
 *
 * Errors: %GRANARY_REASON_REQUIREMENTS_UNMET when the installer failed,
 * %GRANARY_REASON_PYTHON_MISSING, %GRANARY_REASON_SANDBOX_MISSING, those of writing to the folder,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): path of the interpreter to run the service with: that of the plan when
 *   there is nothing to install
 */
char *
granary_service_install_finish (GAsyncResult  *result,
                                char         **detail,
                                GError       **error)
{
  Install *self;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, granary_service_install_async), NULL);

  self = g_task_get_task_data (G_TASK (result));
  if (detail != NULL)
    *detail = g_strdup (self->detail);

  return g_task_propagate_pointer (G_TASK (result), error);
}
