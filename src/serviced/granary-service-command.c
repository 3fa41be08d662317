/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-command-private.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-service-scope-private.h"
#include "granary-serviced-protocol.h"

/* Auxiliary functions */

/* `NAME=VALUE` with a name that a shell would take. */
static gboolean
is_variable (const char *text)
{
  gsize i = 0;

  while (g_ascii_isalnum (text[i]) || text[i] == '_')
    i++;

  return i > 0 && text[i] == '=' && !g_ascii_isdigit (text[0]);
}

/* What the service finds set: nothing of the user's but what the profile says. */
static GStrv
make_environment (const GranaryServicePlan *plan,
                  const char               *model)
{
  g_autofree char *programs = g_path_get_dirname (plan->python);
  g_autofree char *path = g_strconcat (programs, ":/usr/local/bin:/usr/bin:/bin", NULL);
  GStrv given = plan->profile->environment;
  GStrv environment = g_new0 (char *, 1);

  environment = g_environ_setenv (environment, "PATH", path, TRUE);
  environment = g_environ_setenv (environment, "HOME", "/tmp", TRUE);
  environment = g_environ_setenv (environment, "LANG", "C.UTF-8", TRUE);
  environment = g_environ_setenv (environment, "PYTHONUNBUFFERED", "1", TRUE);
  for (guint i = 0; given != NULL && given[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (given[i], "=", 2);

      if (is_variable (given[i]))
        environment = g_environ_setenv (environment, parts[0], parts[1], TRUE);
    }

  return g_environ_setenv (environment, "TI_MODEL_DIR", model, TRUE);
}

static void
add_all (GStrvBuilder       *builder,
         const char * const *argv)
{
  g_strv_builder_addv (builder, (const char **) argv);
}

/* Of bubblewrap and systemd-run, which find nothing here that they do not need. */
static GStrv
make_launch_environment (void)
{
  static const char * const names[] = { "PATH", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS" };
  GStrv environment = g_new0 (char *, 1);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_getenv (names[i]) != NULL)
      environment = g_environ_setenv (environment, names[i], g_getenv (names[i]), TRUE);

  return environment;
}

/* @argv in all that it takes here. */
static GranaryServiceCommandLine *
wrap (const GranarySandboxOptions *options,
      const GranarySandbox        *sandbox,
      gint64                       memory,
      const char * const          *argv)
{
  GranaryServiceCommandLine *self;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  self = g_new0 (GranaryServiceCommandLine, 1);
  self->is_sandboxed = sandbox != NULL;
  self->has_scope = memory > 0 && granary_service_scope_probe ();
  self->data_limit = self->has_scope ? 0 : memory;

  if (self->has_scope)
    granary_service_scope_prepend (builder, memory);
  if (sandbox != NULL)
    {
      g_auto (GStrv) wrapped = granary_sandbox_wrap (sandbox, options, argv);

      add_all (builder, (const char * const *) wrapped);
      self->environment = make_launch_environment ();
    }
  else if (self->has_scope)
    {
      /* systemd-run needs an environment of its own. */
      g_strv_builder_add_many (builder, "env", "-i", "--", NULL);
      add_all (builder, options->environment);
      add_all (builder, argv);
      self->environment = make_launch_environment ();
    }
  else
    {
      add_all (builder, argv);
      self->environment = g_strdupv ((GStrv) options->environment);
    }
  self->argv = g_strv_builder_end (builder);

  return self;
}

/* Public functions */

gboolean
granary_service_check_python (const char  *python,
                              GError     **error)
{
  struct stat status;

  g_return_val_if_fail (python != NULL, FALSE);

  if (g_path_is_absolute (python) && stat (python, &status) == 0 && S_ISREG (status.st_mode) &&
      access (python, X_OK) == 0)
    return TRUE;

  granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_PYTHON_MISSING, python,
                     "no interpreter");
  return FALSE;
}

gboolean
granary_service_find_sandbox (const GranaryServicePlan  *plan,
                              const GranarySandbox     **sandbox,
                              GError                   **error)
{
  g_return_val_if_fail (plan != NULL && sandbox != NULL, FALSE);

  *sandbox = granary_sandbox_probe ();
  if (granary_sandbox_get_kind (*sandbox) != GRANARY_SANDBOX_NONE)
    return TRUE;

  if (plan->profile->allow_unsandboxed)
    {
      *sandbox = NULL;
      return TRUE;
    }

  granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_SANDBOX_MISSING, plan->uid,
                     "%s", granary_sandbox_get_detail (*sandbox));
  return FALSE;
}

void
granary_service_command_line_free (GranaryServiceCommandLine *self)
{
  if (self == NULL)
    return;

  g_strfreev (self->argv);
  g_strfreev (self->environment);
  g_free (self);
}

GranaryServiceCommandLine *
granary_service_command_line_new (const GranaryServicePlan  *plan,
                                  GError                   **error)
{
  const GranarySandbox *sandbox;
  GranarySandboxOptions options = { 0 };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) environment = NULL;
  g_auto (GStrv) argv = NULL;
  g_autofree char *program = NULL;
  g_autofree char *installed = NULL;
  const char *readable[] = { NULL, NULL };
  const char *model;

  g_return_val_if_fail (plan != NULL, NULL);

  if (!granary_service_check_python (plan->python, error))
    return NULL;
  if (!g_file_test (plan->revision, G_FILE_TEST_IS_DIR))
    {
      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SOURCE_MISSING,
                         plan->revision, "no snapshot");
      return NULL;
    }
  if (!granary_service_find_sandbox (plan, &sandbox, error))
    return NULL;

  model = sandbox != NULL ? GRANARY_SANDBOX_MODEL : plan->revision;
  program = g_build_filename (sandbox != NULL ? GRANARY_SANDBOX_RUNNER : plan->runner, "main.py",
                              NULL);
  environment = make_environment (plan, model);

  /* -I leaves PYTHONUNBUFFERED unread. */
  g_strv_builder_add_many (builder, plan->python, "-I", "-B", "-u", program, "--model-dir", model,
                           NULL);
  if (plan->onnx != NULL)
    g_strv_builder_add_many (builder, "--onnx", plan->onnx, NULL);
  if (plan->profile->request_timeout > 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%u", plan->profile->request_timeout);

      g_strv_builder_add_many (builder, "--request-timeout", seconds, NULL);
    }
  argv = g_strv_builder_end (builder);

  options.python = plan->python;
  if (plan->base != NULL)
    {
      /* Code that came with the version wrote what was installed: where its links and settings lead
       * to is not for it to say. */
      installed = g_build_filename (plan->folder, GRANARY_SERVICED_VENV, NULL);
      readable[0] = installed;
      options.python = plan->base;
      options.readable = readable;
    }
  options.model = plan->revision;
  options.runner = plan->runner;
  options.environment = (const char * const *) environment;
  options.room = plan->profile->memory_limit;
  options.allow_network = plan->profile->allow_network;
  options.allow_gpu = plan->profile->allow_gpu;

  return wrap (&options, sandbox, plan->profile->memory_limit, (const char * const *) argv);
}
