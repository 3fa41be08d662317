/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-service.h"

#include "granary-cli-target.h"
#include "granary-error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* What was typed. */
typedef struct
{
  char     *name;           /* (owned) (nullable) */
  char     *group;          /* (owned) (nullable) */
  char     *python;         /* (owned) (nullable) */
  char     *memory;         /* (owned) (nullable) */
  gboolean  network;
  gboolean  gpu;
  gboolean  no_sandbox;
  gboolean  install;
  char    **variables;      /* (owned) (nullable) */
  gint64    start_timeout;
  gint64    request_timeout;
  char     *instance_type;  /* (owned) (nullable) */
  char     *resource_group; /* (owned) (nullable) */
  double    cpu;
  double    cards;
  char     *gpu_type;       /* (owned) (nullable) */
  gint64    replicas;
  gboolean  no_authorization;
  char     *description;    /* (owned) (nullable) */
  gboolean  accept_price;
  gboolean  no_wait;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->name);
  g_free (self->group);
  g_free (self->python);
  g_free (self->memory);
  g_strfreev (self->variables);
  g_free (self->instance_type);
  g_free (self->resource_group);
  g_free (self->gpu_type);
  g_free (self->description);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* Auxiliary functions: reading what was typed */

static gboolean
fail_usage (GError     **error,
            const char  *text)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
  return FALSE;
}

/* `512M`, `2G`, `1.5GiB`; a number alone is bytes, and 0 is no limit. */
static gboolean
read_size (const char  *text,
           gint64      *size,
           GError     **error)
{
  static const struct
  {
    char   letter;
    double bytes;
  } units[] = {
    { 'K', 1024.0 }, { 'M', 1024.0 * 1024 }, { 'G', 1024.0 * 1024 * 1024 },
    { 'T', 1024.0 * 1024 * 1024 * 1024 },
  };
  g_autofree char *shown = granary_display_path (text);
  char *end = NULL;
  double value = g_ascii_strtod (text, &end);

  for (guint i = 0; end != text && i < G_N_ELEMENTS (units); i++)
    {
      if (g_ascii_toupper (*end) != units[i].letter)
        continue;
      value *= units[i].bytes;
      end++;
      if (*end == 'i')
        end++;
      break;
    }
  if (end != text && g_ascii_toupper (*end) == 'B')
    end++;

  if (end == text || *end != '\0' || !isfinite (value) || (value < 1 && value != 0) || value > 1e18)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%s” is no size, such as 512M or 2G."), shown);
      return FALSE;
    }

  *size = (gint64) value;
  return TRUE;
}

static gboolean
check_variables (char   **variables,
                 GError **error)
{
  if (variables == NULL)
    return TRUE;
  if (!granary_cli_read_texts (variables, error))
    return FALSE;

  for (guint i = 0; variables[i] != NULL; i++)
    {
      const char *equals = strchr (variables[i], '=');
      gboolean fine = equals != NULL && equals > variables[i] && !g_ascii_isdigit (variables[i][0]);

      for (const char *at = variables[i]; fine && at < equals; at++)
        fine = g_ascii_isalnum (*at) || *at == '_';
      if (!fine)
        {
          /* Its value may be a secret. */
          g_autofree char *name = g_strndup (variables[i], strcspn (variables[i], "="));
          g_autofree char *shown = granary_display_path (name);

          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       _("“%s” is not NAME=VALUE."), shown);
          return FALSE;
        }
    }

  return TRUE;
}

/* Each place has options of its own: one that would do nothing is a mistake. */
static gboolean
check_place (GranaryCli     *cli,
             const Options  *options,
             GError        **error)
{
  GranaryServiceHost *host = granary_cli_get_host (cli, error);
  gboolean for_cloud = options->instance_type != NULL || options->resource_group != NULL ||
                       options->cpu != 0 || options->cards != 0 || options->gpu_type != NULL ||
                       options->replicas != 0 || options->no_authorization;
  gboolean for_here = options->python != NULL || options->network || options->gpu ||
                      options->no_sandbox || options->install || options->variables != NULL ||
                      options->start_timeout != 0 || options->request_timeout != 0;

  if (host == NULL)
    return FALSE;
  if (granary_service_host_has (host, GRANARY_SERVICE_HOST_LOCAL) && for_cloud)
    return fail_usage (error, _("--instance-type, --resource-group, --cpu, --gpu-cards, "
                                "--gpu-type, --replicas and --no-authorization are for cloud "
                                "connections."));
  if (!granary_service_host_has (host, GRANARY_SERVICE_HOST_LOCAL) && for_here)
    return fail_usage (error, _("--python, --network, --gpu, --no-sandbox, --install, --env-var, "
                                "--start-timeout and --request-timeout are for services on this "
                                "computer."));

  return TRUE;
}

static gboolean
check_options (const Options  *options,
               GError        **error)
{
  if (options->name != NULL && options->group != NULL)
    return fail_usage (error, _("--service makes a group and --group names one that is there: give "
                                "one of them."));
  if (options->instance_type != NULL && options->resource_group != NULL)
    return fail_usage (error, _("--instance-type is paid by the hour and --resource-group ahead: "
                                "give one of them."));
  if (options->start_timeout < 0 || options->start_timeout > 86400 ||
      options->request_timeout < 0 || options->request_timeout > 86400)
    return fail_usage (error, _("A timeout is given in seconds, up to 86400."));
  if (options->replicas < 0 || options->replicas > 1000 || !(options->cpu >= 0) ||
      options->cpu > 1e6 || !(options->cards >= 0) || options->cards > 1e6)
    return fail_usage (error, _("--cpu, --gpu-cards and --replicas take a number that is not "
                                "negative."));
  if (options->name != NULL && !g_utf8_validate (options->name, -1, NULL))
    return fail_usage (error, _("--service is not valid UTF-8 text."));

  return check_variables (options->variables, error);
}

static GranaryPublishProfile *
make_profile (GranaryCli     *cli,
              const Options  *options,
              GError        **error)
{
  GranaryServiceHost *host = granary_connection_get_service_host (cli->connection);
  g_autoptr (GranaryPublishProfile) profile = granary_publish_profile_new ();
  gint64 memory = 0;

  if (options->memory != NULL && !read_size (options->memory, &memory, error))
    return NULL;

  profile->description = g_strdup (options->description);
  if (granary_service_host_has (host, GRANARY_SERVICE_HOST_LOCAL))
    {
      profile->python = options->python != NULL ? g_canonicalize_filename (options->python, NULL)
                                                : NULL;
      profile->memory_limit = options->memory != NULL ? memory
                                                      : granary_publish_profile_get_usual_memory ();
      profile->allow_network = options->network;
      profile->allow_gpu = options->gpu;
      profile->allow_unsandboxed = options->no_sandbox;
      profile->install_requirements = options->install;
      profile->start_timeout = (guint) options->start_timeout;
      profile->request_timeout = (guint) options->request_timeout;
      profile->environment = g_strdupv (options->variables);
      return g_steal_pointer (&profile);
    }

  if (options->instance_type == NULL && options->resource_group == NULL)
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SPEC_UNSET, cli->object,
                         "neither instance type nor resource group");
      return NULL;
    }

  profile->charge_type = g_strdup (options->resource_group != NULL ? GRANARY_CHARGE_PREPAID
                                                                   : GRANARY_CHARGE_POSTPAID);
  profile->instance_type = g_strdup (options->instance_type);
  profile->resource_group = g_strdup (options->resource_group);
  profile->cpu = (gint64) (options->cpu * 1000 + 0.5);
  profile->memory = memory / (1024 * 1024);
  profile->gpu = (gint64) (options->cards * 100 + 0.5);
  profile->gpu_type = g_strdup (options->gpu_type);
  profile->replicas = options->replicas > 0 ? (guint) options->replicas : 1;
  profile->authorization = !options->no_authorization;

  return g_steal_pointer (&profile);
}

/* Auxiliary functions: publishing */

static GranaryPublishOptions *
prepare (GranaryCli        *cli,
         gint64             version_id,
         const char        *python,
         GError           **error)
{
  GranaryServiceHost *host = granary_connection_get_service_host (cli->connection);
  g_autoptr (GAsyncResult) result = NULL;
  GranaryCliWait wait = { NULL };

  granary_service_host_prepare_async (host, version_id, python, cli->cancellable,
                                      granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, NULL);
  return granary_service_host_prepare_finish (host, result, error);
}

static char *
find_group (GranaryCli                   *cli,
            const GranaryPublishOptions  *choices,
            const char                   *text,
            GError                      **error)
{
  g_autofree char *shown = granary_display_path (text);

  for (guint i = 0; i < choices->groups->len; i++)
    {
      const GranaryServiceGroup *group = g_ptr_array_index (choices->groups, i);

      if (g_strcmp0 (group->uid, text) == 0 || g_strcmp0 (group->name, text) == 0)
        return g_strdup (group->uid);
    }

  granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING, shown,
                     "no group %s", shown);
  return NULL;
}

/* Without a sandbox its code can do what the user can. */
static gboolean
agree_to_no_sandbox (GranaryCli             *cli,
                     const char             *object,
                     GranaryPublishProfile  *profile,
                     GError                **error)
{
  if (profile->allow_unsandboxed)
    return TRUE;

  if (granary_cli_is_terminal (STDIN_FILENO))
    {
      granary_cli_note (cli, _("no sandbox can be made here: bubblewrap is not installed or may "
                               "not be used. Without one the code of the model can read and "
                               "change your files."));
      /* Translators: y is the letter that granary-cli takes for yes. */
      if (!granary_cli_ask (cli, _("Run it without a sandbox? [y/N]")))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "declined");
          return FALSE;
        }
      profile->allow_unsandboxed = TRUE;
      return TRUE;
    }

  granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_SANDBOX_MISSING, object,
                     "no sandbox, and none of --no-sandbox");
  return FALSE;
}

/* What is worth knowing before it is done; it is done all the same. */
static void
note_choices (GranaryCli                  *cli,
              const Options               *options,
              const GranaryPublishOptions *choices)
{
  g_autofree char *lines = NULL;
  g_autofree char *text = NULL;

  if (choices->note != NULL)
    {
      g_autofree char *problem = granary_wording_for_problem (choices->note);

      granary_cli_note (cli, problem);
    }
  if (choices->unmet == NULL || options->install)
    return;

  lines = g_strjoinv (", ", choices->unmet);
  /* Translators: %s are lines of requirements.txt. */
  text = g_strdup_printf (_("these packages seem to be missing: %s. --install installs them for "
                            "this service alone."), lines);
  granary_cli_note (cli, text);
}

static gboolean
print_published (GranaryCli  *cli,
                 const char  *uid,
                 GError     **error)
{
  g_autoptr (GranaryService) service = granary_cli_load_service (cli, uid, error);
  g_autofree char *name = NULL;

  if (service == NULL)
    return FALSE;

  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_add_service_json (cli, json, NULL, service);
      granary_cli_json_print (json);
      return TRUE;
    }

  name = granary_cli_service_to_text (service);
  granary_cli_print (name);
  if (service->url != NULL)
    {
      granary_cli_print (" ");
      granary_cli_print (service->url);
    }
  granary_cli_print ("\n");
  return TRUE;
}

static gboolean
publish (GranaryCli     *cli,
         const Options  *options,
         gint64          version_id,
         GError        **error)
{
  GranaryServiceHost *host = granary_connection_get_service_host (cli->connection);
  g_autofree char *object = g_strdup (cli->object);
  g_autoptr (GranaryPublishProfile) profile = NULL;
  g_autoptr (GranaryPublishOptions) choices = NULL;
  g_autoptr (GranaryPublishRequest) request = NULL;
  g_autoptr (GranaryTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *group = NULL;
  g_autofree char *uid = NULL;
  GranaryCliWait wait = { NULL };

  profile = make_profile (cli, options, error);
  if (profile == NULL)
    return FALSE;
  choices = prepare (cli, version_id, profile->python, error);
  if (choices == NULL)
    return FALSE;
  if (choices->problem != NULL)
    {
      g_propagate_error (error, g_error_copy (choices->problem));
      return FALSE;
    }
  if (options->group != NULL)
    {
      group = find_group (cli, choices, options->group, error);
      if (group == NULL)
        return FALSE;
    }

  note_choices (cli, options, choices);
  if (granary_service_host_has (host, GRANARY_SERVICE_HOST_LOCAL) && !choices->has_sandbox &&
      !agree_to_no_sandbox (cli, object, profile, error))
    return FALSE;
  if (!granary_cli_agree_to_price (cli, profile, options->accept_price, error))
    return FALSE;

  request = granary_publish_request_new (version_id, group,
                                         group != NULL ? NULL
                                         : options->name != NULL ? options->name : choices->name,
                                         profile);
  transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, object);
  granary_service_host_publish_async (host, request, transfer, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, transfer);
  uid = granary_service_host_publish_finish (host, result, error);
  if (uid == NULL)
    return FALSE;

  if (!options->no_wait &&
      !granary_cli_wait_for_service (cli, uid, GRANARY_CLI_GOAL_RUNNING, error))
    return FALSE;
  return print_published (cli, uid, error);
}

/* Public functions */

/**
 * granary_cli_publish:
 *
 * `publish MODEL:vN [--service NAME | --group NAME] [OPTION…]`
 */
gboolean
granary_cli_publish (GranaryCli  *cli,
                     char       **arguments,
                     GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "service", 's', 0, G_OPTION_ARG_FILENAME, &options.name,
      N_("Name of the new service group; like that of the model unless given"), N_("NAME") },
    { "group", 'g', 0, G_OPTION_ARG_FILENAME, &options.group,
      N_("Add it to this service group instead"), N_("NAME") },
    { "python", 0, 0, G_OPTION_ARG_FILENAME, &options.python,
      N_("Run it with this interpreter"), N_("EXE") },
    { "memory", 0, 0, G_OPTION_ARG_FILENAME, &options.memory,
      N_("Memory that it may use, such as 2G"), N_("SIZE") },
    { "network", 0, 0, G_OPTION_ARG_NONE, &options.network,
      N_("Let its code use the network"), NULL },
    { "gpu", 0, 0, G_OPTION_ARG_NONE, &options.gpu, N_("Let its code use the GPU"), NULL },
    { "no-sandbox", 0, 0, G_OPTION_ARG_NONE, &options.no_sandbox,
      N_("Run it without a sandbox where none can be made"), NULL },
    { "install", 0, 0, G_OPTION_ARG_NONE, &options.install,
      N_("Install what requirements.txt asks for, for this service alone"), NULL },
    { "env-var", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.variables,
      N_("Set a variable for its code; may be given more than once"), N_("NAME=VALUE") },
    { "start-timeout", 0, 0, G_OPTION_ARG_INT64, &options.start_timeout,
      N_("Seconds until it has to be ready"), N_("S") },
    { "request-timeout", 0, 0, G_OPTION_ARG_INT64, &options.request_timeout,
      N_("Seconds that a request may take"), N_("S") },
    { "instance-type", 0, 0, G_OPTION_ARG_FILENAME, &options.instance_type,
      N_("Cloud: run it on this, paid by the hour"), N_("TYPE") },
    { "resource-group", 0, 0, G_OPTION_ARG_FILENAME, &options.resource_group,
      N_("Cloud: run it on this, paid ahead"), N_("ID") },
    { "cpu", 0, 0, G_OPTION_ARG_DOUBLE, &options.cpu,
      N_("Cloud: cores of the resource group"), N_("N") },
    { "gpu-cards", 0, 0, G_OPTION_ARG_DOUBLE, &options.cards,
      N_("Cloud: GPU cards of the resource group"), N_("N") },
    { "gpu-type", 0, 0, G_OPTION_ARG_FILENAME, &options.gpu_type,
      N_("Cloud: of this type"), N_("TYPE") },
    { "replicas", 0, 0, G_OPTION_ARG_INT64, &options.replicas,
      N_("Cloud: so many instances"), N_("N") },
    { "no-authorization", 0, 0, G_OPTION_ARG_NONE, &options.no_authorization,
      N_("Cloud: callers need no token"), NULL },
    { "description", 0, 0, G_OPTION_ARG_FILENAME, &options.description,
      N_("What the service is for"), N_("TEXT") },
    { "accept-price", 0, 0, G_OPTION_ARG_NONE, &options.accept_price,
      N_("Cloud: agree to what it costs without being asked"), NULL },
    { "no-wait", 0, 0, G_OPTION_ARG_NONE, &options.no_wait,
      N_("Do not wait until it answers"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GranaryCliTarget) target = NULL;
  g_autofree char *object = NULL;
  gint64 size;

  if (!granary_cli_parse (cli, &left, entries, 1, 1, error))
    return FALSE;
  target = granary_cli_target_parse (left[1], TRUE, error);
  if (target == NULL)
    return FALSE;

  object = granary_cli_target_to_text (target);
  granary_cli_begin (cli, GRANARY_VERB_PUBLISH, object);
  if (!check_options (&options, error) ||
      (options.memory != NULL && !read_size (options.memory, &size, error)) ||
      (options.name != NULL && !granary_service_name_check (options.name, error)))
    return FALSE;
  if (!granary_cli_open (cli, GRANARY_CLI_OPEN_EXISTING, error) ||
      !check_place (cli, &options, error))
    return FALSE;

  granary_cli_begin (cli, GRANARY_VERB_PUBLISH, object);
  if (!granary_cli_target_resolve (target, cli, error))
    return FALSE;

  return publish (cli, &options, target->version_id, error);
}
