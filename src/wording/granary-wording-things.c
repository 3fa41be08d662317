/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wording"

#include "config.h"

#include "granary-wording-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MINUTE (60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/**
 * granary_wording_status:
 * @status: of a version
 *
 * Returns: (transfer none): one word for it
 */
const char *
granary_wording_status (GranaryStatus status)
{
  switch (status)
    {
    case GRANARY_STATUS_IMPORTING:
      return C_("status", "Importing");
    case GRANARY_STATUS_READY:
      return C_("status", "Ready");
    case GRANARY_STATUS_FAILED:
      return C_("status", "Failed");
    default:
      g_return_val_if_reached ("");
    }
}

/**
 * granary_wording_source:
 * @source: of a version
 *
 * Returns: (transfer none): one or two words for it
 */
const char *
granary_wording_source (GranarySource source)
{
  switch (source)
    {
    case GRANARY_SOURCE_FILES:
      return C_("source", "Files");
    case GRANARY_SOURCE_TASK:
      return C_("source", "Task");
    case GRANARY_SOURCE_COS:
      return C_("source", "COS");
    case GRANARY_SOURCE_AUTOML:
      return C_("source", "Automatic Learning");
    default:
      g_return_val_if_reached ("");
    }
}

/**
 * granary_wording_task_state:
 * @state: of a training task
 *
 * Returns: (transfer none): one word for it
 */
const char *
granary_wording_task_state (GranaryTaskState state)
{
  switch (state)
    {
    case GRANARY_TASK_UNKNOWN:
      return C_("task", "Unknown");
    case GRANARY_TASK_WAITING:
      return C_("task", "Waiting");
    case GRANARY_TASK_RUNNING:
      return C_("task", "Running");
    case GRANARY_TASK_FINISHED:
      return C_("task", "Finished");
    case GRANARY_TASK_STOPPED:
      return C_("task", "Stopped");
    case GRANARY_TASK_FAILED:
      return C_("task", "Failed");
    default:
      g_return_val_if_reached ("");
    }
}

/* The numbers in the detail of an upload, in their order: files added, files replaced. */
static void
read_counts (const char *detail,
             guint      *added,
             guint      *replaced)
{
  guint counts[2] = { 0, 0 };
  guint n_counts = 0;

  for (const char *at = detail != NULL ? detail : ""; *at != '\0' && n_counts < 2;)
    {
      if (g_ascii_isdigit (*at))
        {
          guint64 count = g_ascii_strtoull (at, (char **) &at, 10);

          counts[n_counts++] = (guint) MIN (count, G_MAXUINT);
        }
      else
        at++;
    }

  *added = counts[0];
  *replaced = counts[1];
}

static char *
make_uploaded (const GranaryEvent *event)
{
  g_autofree char *added_text = NULL;
  g_autofree char *replaced_text = NULL;
  guint added;
  guint replaced;

  read_counts (event->detail, &added, &replaced);

  if (added > 0)
    added_text = g_strdup_printf (ngettext ("%u file added", "%u files added", added), added);
  if (replaced > 0)
    replaced_text = g_strdup_printf (ngettext ("%u file replaced", "%u files replaced", replaced),
                                     replaced);

  if (added_text != NULL && replaced_text != NULL)
    /* Translators: such as “v3: 2 files added, 1 file replaced”. */
    return g_strdup_printf (_("v%1$d: %2$s, %3$s"), event->number, added_text, replaced_text);
  if (added_text != NULL || replaced_text != NULL)
    /* Translators: such as “v3: 2 files added”. */
    return g_strdup_printf (_("v%1$d: %2$s"), event->number,
                            added_text != NULL ? added_text : replaced_text);

  return g_strdup_printf (_("Files of v%d changed"), event->number);
}

/* The detail of a repair is the word for the operation that was in flight. */
static char *
make_repaired (const GranaryEvent *event)
{
  const char *what = event->detail != NULL ? event->detail : "";

  if (strstr (what, "import") != NULL)
    return event->number > 0 ? g_strdup_printf (_("Interrupted import of v%d put right"),
                                                event->number)
                             : g_strdup (_("Interrupted import put right"));
  if (strstr (what, "upload") != NULL)
    return event->number > 0 ? g_strdup_printf (_("Interrupted upload to v%d put right"),
                                                event->number)
                             : g_strdup (_("Interrupted upload put right"));
  if (strstr (what, "cut") != NULL)
    return g_strdup (_("Cut files removed from where they were, after an interruption"));
  if (strstr (what, "purge") != NULL)
    return g_strdup (_("Interrupted permanent deletion put right"));
  if (strstr (what, "delete") != NULL)
    return g_strdup (_("Interrupted deletion put right"));
  if (strstr (what, "restore") != NULL)
    return g_strdup (_("Interrupted restoring put right"));
  if (strstr (what, "rename") != NULL)
    return g_strdup (_("Interrupted renaming put right"));

  return g_strdup (_("Interrupted work put right"));
}

/**
 * granary_wording_service_state:
 * @state: what a service is doing
 *
 * Returns: one word for it
 */
const char *
granary_wording_service_state (GranaryServiceState state)
{
  static const char *const names[GRANARY_N_SERVICE_STATES] = {
    [GRANARY_SERVICE_UNKNOWN] = NC_("service", "Unknown"),
    [GRANARY_SERVICE_STARTING] = NC_("service", "Starting"),
    [GRANARY_SERVICE_RUNNING] = NC_("service", "Running"),
    [GRANARY_SERVICE_STOPPING] = NC_("service", "Stopping"),
    [GRANARY_SERVICE_STOPPED] = NC_("service", "Stopped"),
    [GRANARY_SERVICE_FAILED] = NC_("service", "Failed"),
  };

  g_return_val_if_fail ((guint) state < GRANARY_N_SERVICE_STATES, "");

  return g_dpgettext2 (GETTEXT_PACKAGE, "service", names[state]);
}

/**
 * granary_wording_service_failure:
 * @service: a service
 *
 * Returns: (transfer full) (nullable): one or two sentences: why it does not run, or ended
 *   last time; %NULL when there is nothing to tell
 */
char *
granary_wording_service_failure (const GranaryService *service)
{
  static const struct
  {
    const char *with;
    const char *without;
  } rows[GRANARY_N_SERVICE_FAILURES] = {
    [GRANARY_SERVICE_FAILURE_PLATFORM] = {
      N_("The platform says: %s"),
      N_("The platform says that it failed."),
    },
    [GRANARY_SERVICE_FAILURE_PYTHON] = {
      N_("There is no Python that can be run at “%s”. Choose another one."),
      N_("There is no Python that can be run. Choose another one."),
    },
    [GRANARY_SERVICE_FAILURE_SANDBOX] = {
      N_("No sandbox could be made: %s. Install bubblewrap, or allow it to run without."),
      N_("No sandbox could be made. Install bubblewrap, or allow it to run without."),
    },
    [GRANARY_SERVICE_FAILURE_FILES] = {
      N_("Its files are not what they were: “%s”. Update it."),
      N_("Its files are not what they were. Update it."),
    },
    [GRANARY_SERVICE_FAILURE_HANDLER] = {
      N_("There is nothing that can be served: %s."),
      N_("There is nothing that can be served."),
    },
    [GRANARY_SERVICE_FAILURE_REQUIREMENTS] = {
      N_("Packages that requirements.txt asks for are not installed: %s. Have them "
         "installed for this service, or choose another Python."),
      N_("Packages that requirements.txt asks for are not installed."),
    },
    [GRANARY_SERVICE_FAILURE_INSTALL] = {
      N_("Packages could not be installed: %s"),
      N_("Packages could not be installed."),
    },
    [GRANARY_SERVICE_FAILURE_IMPORT] = {
      N_("model_service.py cannot be imported: %s"),
      N_("model_service.py cannot be imported."),
    },
    [GRANARY_SERVICE_FAILURE_LOAD] = {
      N_("The model did not load: %s"),
      N_("The model did not load: load() returned false."),
    },
    [GRANARY_SERVICE_FAILURE_TIMEOUT] = {
      N_("It did not get ready within %s seconds."),
      N_("It did not get ready in time."),
    },
    [GRANARY_SERVICE_FAILURE_STUCK] = {
      N_("A request took longer than %s seconds."),
      N_("A request took too long."),
    },
    [GRANARY_SERVICE_FAILURE_MEMORY] = {
      N_("It needed more memory than the %s MiB that it may use. Allow it more."),
      N_("It needed more memory than it may use. Allow it more."),
    },
    [GRANARY_SERVICE_FAILURE_EXITED] = {
      N_("It ended by itself with code %s."),
      N_("It ended by itself."),
    },
    [GRANARY_SERVICE_FAILURE_KILLED] = {
      N_("It was ended by the signal %s."),
      N_("It was ended by a signal."),
    },
    [GRANARY_SERVICE_FAILURE_PORT] = {
      N_("No port could be had for it: %s."),
      N_("No port could be had for it."),
    },
    [GRANARY_SERVICE_FAILURE_DISK] = {
      N_("Its folder cannot be written: %s. Make room, then start it."),
      N_("Its folder cannot be written. Make room, then start it."),
    },
    [GRANARY_SERVICE_FAILURE_ARREARS] = {
      N_("The platform stopped it because the account owes money."),
      N_("The platform stopped it because the account owes money."),
    },
  };
  const char *detail;

  g_return_val_if_fail (service != NULL, NULL);

  if ((guint) service->failure >= GRANARY_N_SERVICE_FAILURES ||
      rows[service->failure].with == NULL)
    return NULL;

  detail = service->failure_detail;
  if (detail == NULL || *detail == '\0' || strstr (rows[service->failure].with, "%s") == NULL)
    return g_strdup (_(rows[service->failure].without));

  return granary_wording_fill (_(rows[service->failure].with), detail);
}

/**
 * granary_wording_service:
 * @service: a service
 *
 * Returns: (transfer full): which model it runs and what it is doing, such as
 *   `plate-ocr v6 · Running`
 */
char *
granary_wording_service (const GranaryService *service)
{
  const char *state;
  g_autofree char *model = NULL;

  g_return_val_if_fail (service != NULL, NULL);

  state = granary_wording_service_state (service->state);
  if (service->model_name == NULL || *service->model_name == '\0')
    return g_strdup (state);

  model = granary_wording_version (service->model_name, service->version_number);
  /* Translators: the model that a service runs, and what the service is doing. */
  return g_strdup_printf (C_("service", "%1$s · %2$s"), model, state);
}

/**
 * granary_wording_event:
 * @event: one line of a model's history
 *
 * Returns: (transfer full): what happened, such as `v3 imported`
 */
char *
granary_wording_event (const GranaryEvent *event)
{
  g_autofree char *detail = NULL;
  gboolean has_detail;

  g_return_val_if_fail (event != NULL, NULL);

  has_detail = event->detail != NULL && *event->detail != '\0';
  detail = granary_display_path (has_detail ? event->detail : "");

  switch (event->kind)
    {
    case GRANARY_EVENT_CREATED:
      return g_strdup (_("Model created"));
    case GRANARY_EVENT_IMPORTED:
      return g_strdup_printf (_("v%d imported"), event->number);
    case GRANARY_EVENT_UPLOADED:
      return make_uploaded (event);
    case GRANARY_EVENT_TAGGED:
      return has_detail ? g_strdup_printf (_("Tags edited: %s"), detail)
                        : g_strdup (_("All tags removed"));
    case GRANARY_EVENT_DESCRIBED:
      return g_strdup (_("Description changed"));
    case GRANARY_EVENT_RENAMED:
      return has_detail ? g_strdup_printf (_("Renamed from “%s”"), detail)
                        : g_strdup (_("Renamed"));
    case GRANARY_EVENT_DELETED:
      return event->number > 0 ? g_strdup_printf (_("v%d moved to the trash"), event->number)
                               : g_strdup (_("Model moved to the trash"));
    case GRANARY_EVENT_RESTORED:
      return event->number > 0 ? g_strdup_printf (_("v%d restored"), event->number)
                               : g_strdup (_("Model restored"));
    case GRANARY_EVENT_PURGED:
      return event->number > 0 ? g_strdup_printf (_("v%d permanently deleted"), event->number)
                               : g_strdup (_("Model permanently deleted"));
    case GRANARY_EVENT_REPAIRED:
      return make_repaired (event);
    case GRANARY_EVENT_DOWNLOADED:
      if (has_detail)
        return event->number > 0
          ? g_strdup_printf (_("v%1$d downloaded to %2$s"), event->number, detail)
          : g_strdup_printf (_("Downloaded to %s"), detail);
      return event->number > 0 ? g_strdup_printf (_("v%d downloaded"), event->number)
                               : g_strdup (_("Downloaded"));
    default:
      g_return_val_if_reached (g_strdup (""));
    }
}

/**
 * granary_wording_version:
 * @model_name: name of the model
 * @number: version, or 0 for the model
 *
 * Returns: (transfer full): how it is called in sentences, such as `plate-ocr v6`
 */
char *
granary_wording_version (const char *model_name,
                         int         number)
{
  g_return_val_if_fail (model_name != NULL, NULL);

  if (number <= 0)
    return g_strdup (model_name);

  /* Translators: a model and its version, such as “plate-ocr v6”. */
  return g_strdup_printf (C_("model and version", "%1$s v%2$d"), model_name, number);
}

/**
 * granary_wording_size:
 * @bytes: a size, negative when it is not known
 *
 * Returns: (transfer full): the size with its unit, such as `4.2 GB`; a dash when it is not known
 */
char *
granary_wording_size (gint64 bytes)
{
  return bytes >= 0 ? g_format_size ((guint64) bytes) : g_strdup ("—");
}

/**
 * granary_wording_price:
 * @fen: a sum in 1/100 yuan
 *
 * Returns: (transfer full): such as `¥1.23`
 */
char *
granary_wording_price (gint64 fen)
{
  return g_strdup_printf ("¥%" G_GINT64_FORMAT ".%02d", fen / 100, (int) (ABS (fen) % 100));
}

/**
 * granary_wording_place:
 * @place: a folder, file or address
 *
 * Returns: (transfer full): @place, printable; the home folder as `~`
 */
char *
granary_wording_place (const char *place)
{
  const char *home = g_get_home_dir ();
  gsize length = strlen (home);

  g_return_val_if_fail (place != NULL, NULL);

  if (length > 1 && strncmp (place, home, length) == 0 &&
      (place[length] == '/' || place[length] == '\0'))
    {
      g_autofree char *short_place = g_strconcat ("~", place + length, NULL);

      return granary_display_path (short_place);
    }

  return granary_display_path (place);
}

/**
 * granary_wording_n_files:
 * @n_files: a number
 *
 * Returns: (transfer full): such as `3 files`
 */
char *
granary_wording_n_files (guint n_files)
{
  return g_strdup_printf (ngettext ("%u file", "%u files", n_files), n_files);
}

/**
 * granary_wording_n_versions:
 * @n_versions: a number
 *
 * Returns: (transfer full): such as `3 versions`
 */
char *
granary_wording_n_versions (guint n_versions)
{
  return g_strdup_printf (ngettext ("%u version", "%u versions", n_versions), n_versions);
}

/**
 * granary_wording_age:
 * @time: µs since the epoch
 * @now: µs since the epoch
 *
 * Says how long ago @time was; beyond a week, the date. A time that lies ahead, because a clock
 * was set back, counts as now.
 *
 * Returns: (transfer full): such as `2 hours ago`
 */
char *
granary_wording_age (gint64 time,
                     gint64 now)
{
  gint64 seconds = (now - time) / G_USEC_PER_SEC;

  if (seconds < MINUTE)
    return g_strdup (_("Just now"));
  if (seconds < HOUR)
    return g_strdup_printf (ngettext ("%d minute ago", "%d minutes ago", (int) (seconds / MINUTE)),
                            (int) (seconds / MINUTE));
  if (seconds < DAY)
    return g_strdup_printf (ngettext ("%d hour ago", "%d hours ago", (int) (seconds / HOUR)),
                            (int) (seconds / HOUR));
  if (seconds < 7 * DAY)
    return g_strdup_printf (ngettext ("%d day ago", "%d days ago", (int) (seconds / DAY)),
                            (int) (seconds / DAY));

  {
    g_autoptr (GDateTime) then = g_date_time_new_from_unix_local_usec (time);

    if (then == NULL)
      return g_strdup ("–");

    /* Translators: a date in g_date_time_format() style, such as “22 Nov 2026”. */
    return g_date_time_format (then, _("%-d %b %Y"));
  }
}

/**
 * granary_wording_time:
 * @time: µs since the epoch
 *
 * Returns: (transfer full): date and time of day in the zone of the user
 */
char *
granary_wording_time (gint64 time)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local_usec (time);

  if (local == NULL)
    return g_strdup ("–");

  /* Translators: date and time in g_date_time_format() style, such as “22 November 2026, 15:32”. */
  return g_date_time_format (local, _("%-d %B %Y, %H:%M"));
}

/**
 * granary_wording_metrics:
 * @metrics: (element-type GranaryMetric) (nullable): of a version
 *
 * Returns: (transfer full): names and values as they were reported, such as
 *   `acc 0.973 · loss 0.12`; empty if there are none
 */
char *
granary_wording_metrics (GPtrArray *metrics)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; metrics != NULL && i < metrics->len; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (metrics, i);
      g_autofree char *name = granary_display_path (metric->name);
      g_autofree char *value = granary_display_path (metric->text);

      g_string_append_printf (text, "%s%s %s", i > 0 ? " · " : "", name, value);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * granary_wording_inspection_warning:
 * @warning: what was found in the files
 * @subject: (nullable): the file; with %GRANARY_WARNING_RUNS_CODE what loading it imports
 *
 * Returns: (transfer full): a sentence that says it and what to do about it
 */
char *
granary_wording_inspection_warning (GranaryInspectionWarning  warning,
                                    const char               *subject)
{
  g_autofree char *file = granary_display_path (subject != NULL ? subject : _("The model"));

  switch (warning)
    {
    case GRANARY_WARNING_TRUNCATED:
      return g_strdup_printf (_("“%s” is cut short: it ends before its own header says. Copy or "
                                "export it again."),
                              file);
    case GRANARY_WARNING_NOT_A_MODEL:
      return g_strdup_printf (_("“%s” is not what its name says: it holds no model, perhaps a "
                                "pointer to one or a web page. Download the real file."),
                              file);
    case GRANARY_WARNING_EXTERNAL_DATA_MISSING:
      return g_strdup_printf (_("“%s” holds weights of the model, but is not among the files. "
                                "Add it."),
                              file);
    case GRANARY_WARNING_RUNS_CODE:
      if (subject == NULL)
        return g_strdup (_("Loading the model runs program code. Use it only if you trust where it "
                           "comes from."));
      /* Translators: %s are names in a programming language, such as torch.nn.Linear, os.system */
      return g_strdup_printf (_("Loading the model runs program code: it uses %s. Use it only if "
                                "you trust where it comes from."),
                              file);
    case GRANARY_WARNING_UNREADABLE:
      return g_strdup_printf (_("“%s” breaks the rules of its format and could not be read. "
                                "Export it again."),
                              file);
    case GRANARY_WARNING_BOUND_TO_DEVICE:
      return g_strdup_printf (_("“%s” runs only on the graphics processor and with the version of "
                                "TensorRT that it was made with. Keep the model it was made from."),
                              file);
    case GRANARY_WARNING_OUTDATED:
      return g_strdup_printf (_("“%s” is in an old format that current programs no longer open. "
                                "Convert it to the present one."),
                              file);
    default:
      g_return_val_if_reached (g_strdup (file));
    }
}
