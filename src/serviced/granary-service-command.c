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

/* What the way into the sandbox is looked up with, beside what the dynamic linker reads. */
static const char * const launch_names[] = {
  "PATH", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", NULL,
};

static gboolean
is_of_launch (const char *name)
{
  return g_strv_contains (launch_names, name) || g_str_has_prefix (name, "LD_");
}

/* Variables may be secrets: they are handed on in the environment, which only this user can read,
 * and not as arguments, which everybody can. Those that the programs on the way would take for
 * theirs are set behind them. Returns these changes, as the sandbox takes them. */
static GStrv
make_launch_environment (const char * const *environment,
                         GStrv              *launch)
{
  g_autoptr (GStrvBuilder) changes = g_strv_builder_new ();

  *launch = g_new0 (char *, 1);
  for (guint i = 0; environment[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (environment[i], "=", 2);

      if (is_of_launch (parts[0]))
        g_strv_builder_add (changes, environment[i]);
      else
        *launch = g_environ_setenv (*launch, parts[0], parts[1], TRUE);
    }

  for (guint i = 0; launch_names[i] != NULL; i++)
    {
      const char *value = g_getenv (launch_names[i]);

      if (value == NULL)
        continue;
      *launch = g_environ_setenv (*launch, launch_names[i], value, TRUE);
      if (g_environ_getenv ((GStrv) environment, launch_names[i]) == NULL)
        g_strv_builder_add (changes, launch_names[i]);
    }

  return g_strv_builder_end (changes);
}

static void
add_changed (GStrvBuilder       *builder,
             const char * const *changes,
             const char * const *argv)
{
  g_strv_builder_add (builder, "env");
  for (guint i = 0; changes[i] != NULL; i++)
    if (strchr (changes[i], '=') == NULL)
      g_strv_builder_add_many (builder, "-u", changes[i], NULL);
  g_strv_builder_add (builder, "--");
  for (guint i = 0; changes[i] != NULL; i++)
    if (strchr (changes[i], '=') != NULL)
      g_strv_builder_add (builder, changes[i]);
  add_all (builder, argv);
}

/* @argv in all that it takes here. */
static GranaryServiceCommandLine *
wrap (GranarySandboxOptions *options,
      const GranarySandbox  *sandbox,
      gint64                 memory,
      const char * const    *environment,
      const char * const    *argv)
{
  GranaryServiceCommandLine *self;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) changes = NULL;

  self = g_new0 (GranaryServiceCommandLine, 1);
  self->is_sandboxed = sandbox != NULL;
  self->has_scope = memory > 0 && granary_service_scope_probe ();
  self->data_limit = self->has_scope ? 0 : memory;
  if (sandbox == NULL && !self->has_scope)
    {
      self->argv = g_strdupv ((GStrv) argv);
      self->environment = g_strdupv ((GStrv) environment);
      return self;
    }

  changes = make_launch_environment (environment, &self->environment);
  if (self->has_scope)
    granary_service_scope_prepend (builder, memory);
  if (sandbox != NULL)
    {
      g_auto (GStrv) wrapped = NULL;

      options->changes = (const char * const *) changes;
      wrapped = granary_sandbox_wrap (sandbox, options, argv);
      add_all (builder, (const char * const *) wrapped);
    }
  else
    add_changed (builder, (const char * const *) changes, argv);
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
    {
      /* The name may begin as an option does. */
      g_autofree char *file = g_strconcat ("--onnx=", plan->onnx, NULL);

      g_strv_builder_add (builder, file);
    }
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
  options.room = plan->profile->memory_limit;
  options.allow_network = plan->profile->allow_network;
  options.allow_gpu = plan->profile->allow_gpu;

  return wrap (&options, sandbox, plan->profile->memory_limit,
               (const char * const *) environment, (const char * const *) argv);
}
