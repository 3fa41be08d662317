/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wording"

#include "config.h"

#include "granary-wording-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_SUBJECT_CHARS 120

/* Puts @subject in place of the %s of @text. Not printf: @text is no literal here, and a wrong
 * translation must not be able to crash. */
char *
granary_wording_fill (const char *text,
                      const char *subject)
{
  const char *place = strstr (text, "%s");

  if (place == NULL)
    return g_strdup (text);

  return g_strdup_printf ("%.*s%s%s", (int) (place - text), text, subject, place + 2);
}

/* What the sentence is about; a very long name is shortened in its middle. */
static char *
make_subject (const GError *error,
              const char   *object)
{
  const char *subject = granary_error_get_subject (error);
  g_autofree char *shown = NULL;

  if (subject == NULL || *subject == '\0')
    subject = object;
  if (subject == NULL || *subject == '\0')
    /* Translators: stands between quotation marks for a thing that has no name. */
    return g_strdup (_("unnamed"));

  shown = granary_display_path (subject);
  return g_utf8_truncate_middle (shown, MAX_SUBJECT_CHARS);
}

/* The fault in one sentence. */
static char *
make_why (const GError *error,
          const char   *object)
{
  const GranaryWordingRow *row = granary_wording_find_row (error);
  g_autofree char *subject = make_subject (error, object);
  gint64 needed;
  gint64 available;

  if (row->why == NULL)
    {
      g_autofree char *message = granary_display_path (error->message);

      if (g_str_has_suffix (message, "."))
        message[strlen (message) - 1] = '\0';

      if (granary_error_get_subject (error) == NULL && object == NULL)
        /* Translators: %s is the system's own message. */
        return g_strdup_printf (_("The system reported: %s."), message);

      /* Translators: %1$s is a file or model, %2$s the system's own message. */
      return g_strdup_printf (_("“%1$s”: %2$s."), subject, message);
    }

  if (granary_error_get_reason (error) == GRANARY_REASON_NO_SPACE &&
      granary_error_get_room (error, &needed, &available))
    {
      g_autofree char *needed_text = g_format_size ((guint64) needed);
      g_autofree char *available_text = g_format_size ((guint64) available);

      /* Translators: %1$s is a path, the others are sizes such as 4.2 GB. */
      return g_strdup_printf (_("There is not enough room on the disk of “%1$s”: %2$s are needed, "
                                "%3$s are free."),
                              subject, needed_text, available_text);
    }

  if (granary_error_get_line (error) > 0)
    {
      int line = granary_error_get_line (error);

      if (granary_error_get_reason (error) == GRANARY_REASON_JSON_SYNTAX)
        return g_strdup_printf (_("“%1$s” is not valid JSON: look at line %2$d."), subject, line);
      if (granary_error_get_reason (error) == GRANARY_REASON_REQUEST_NOT_JSON)
        return g_strdup_printf (_("The request “%1$s” is not valid JSON: look at line %2$d."),
                                subject, line);
      if (granary_error_get_reason (error) == GRANARY_REASON_PYTHON_IMPLAUSIBLE)
        return g_strdup_printf (_("“%1$s” does not look like Python code: look at line %2$d."),
                                subject, line);
    }

  return granary_wording_fill (_(row->why), subject);
}

/* What to do: of the row, but where the verb makes another thing the natural one. */
static const char *
find_how (const GError  *error,
          GranaryVerb    verb,
          GranaryWayOut *way_out)
{
  const GranaryWordingRow *row = granary_wording_find_row (error);
  GranaryReason reason = granary_error_get_reason (error);

  *way_out = row->way_out;

  if (verb == GRANARY_VERB_DOWNLOAD)
    {
      if (reason == GRANARY_REASON_NO_SPACE)
        {
          *way_out = GRANARY_WAY_OUT_CHOOSE_FOLDER;
          return _("Make room there or choose another folder, then try again.");
        }
      if (reason == GRANARY_REASON_READ_ONLY || reason == GRANARY_REASON_PERMISSION)
        {
          *way_out = GRANARY_WAY_OUT_CHOOSE_FOLDER;
          return _("Choose another folder.");
        }
    }
  else if (verb == GRANARY_VERB_RESTORE && reason == GRANARY_REASON_NAME_TAKEN)
    {
      return _("Choose another name to restore it under.");
    }
  else if (verb == GRANARY_VERB_EDIT && reason == GRANARY_REASON_NAME_TAKEN)
    {
      return _("Choose another name.");
    }
  else if (verb == GRANARY_VERB_OPEN && reason == GRANARY_REASON_NO_SPACE)
    {
      *way_out = GRANARY_WAY_OUT_RETRY;
      return _("Make room on the disk, then try again.");
    }

  return _(row->how);
}

static const char *
find_action (GranaryWayOut way_out)
{
  switch (way_out)
    {
    case GRANARY_WAY_OUT_RETRY:
      return _("_Try Again");
    case GRANARY_WAY_OUT_CHANGE_INPUT:
      return _("_Change");
    case GRANARY_WAY_OUT_CHOOSE_FOLDER:
      return _("_Choose Folder…");
    case GRANARY_WAY_OUT_EMPTY_TRASH:
      return _("_Empty Trash…");
    case GRANARY_WAY_OUT_REPLACE:
      return _("_Replace");
    case GRANARY_WAY_OUT_VERIFY:
      return _("_Verify");
    case GRANARY_WAY_OUT_CHANGE_KEY:
      return _("_Connection…");
    case GRANARY_WAY_OUT_NONE:
      return NULL;
    default:
      g_return_val_if_reached (NULL);
    }
}

static char *
make_title (GranaryVerb  verb,
            const char  *object)
{
  switch (verb)
    {
    case GRANARY_VERB_OPEN:
      return object != NULL ? g_strdup_printf (_("Could not open “%s”"), object)
                            : g_strdup (_("Could not open the repository"));
    case GRANARY_VERB_LOAD:
      return object != NULL ? g_strdup_printf (_("Could not load “%s”"), object)
                            : g_strdup (_("Could not load the models"));
    case GRANARY_VERB_SEARCH:
      return object != NULL ? g_strdup_printf (_("Could not search for “%s”"), object)
                            : g_strdup (_("Could not search"));
    case GRANARY_VERB_IMPORT:
      return object != NULL ? g_strdup_printf (_("Could not import “%s”"), object)
                            : g_strdup (_("Could not import the files"));
    case GRANARY_VERB_UPLOAD:
      return object != NULL ? g_strdup_printf (_("Could not upload to “%s”"), object)
                            : g_strdup (_("Could not upload the files"));
    case GRANARY_VERB_DOWNLOAD:
      return object != NULL ? g_strdup_printf (_("Could not download “%s”"), object)
                            : g_strdup (_("Could not download the files"));
    case GRANARY_VERB_EDIT:
      return object != NULL ? g_strdup_printf (_("Could not change “%s”"), object)
                            : g_strdup (_("Could not save the change"));
    case GRANARY_VERB_TAG:
      return object != NULL ? g_strdup_printf (_("Could not edit the tags of “%s”"), object)
                            : g_strdup (_("Could not edit the tags"));
    case GRANARY_VERB_DELETE:
      return object != NULL ? g_strdup_printf (_("Could not delete “%s”"), object)
                            : g_strdup (_("Could not delete"));
    case GRANARY_VERB_RESTORE:
      return object != NULL ? g_strdup_printf (_("Could not restore “%s”"), object)
                            : g_strdup (_("Could not restore from the trash"));
    case GRANARY_VERB_PURGE:
      return object != NULL ? g_strdup_printf (_("Could not permanently delete “%s”"), object)
                            : g_strdup (_("Could not empty the trash"));
    case GRANARY_VERB_VERIFY:
      return object != NULL ? g_strdup_printf (_("Could not verify “%s”"), object)
                            : g_strdup (_("Could not verify the repository"));
    case GRANARY_VERB_INSPECT:
      return object != NULL ? g_strdup_printf (_("Could not inspect “%s”"), object)
                            : g_strdup (_("Could not inspect the files"));
    case GRANARY_VERB_CONNECT:
      return object != NULL ? g_strdup_printf (_("Could not connect “%s”"), object)
                            : g_strdup (_("Could not connect"));
    case GRANARY_VERB_REFRESH:
      return object != NULL ? g_strdup_printf (_("Could not refresh “%s”"), object)
                            : g_strdup (_("Could not refresh"));
    case GRANARY_VERB_LIST_OBJECTS:
      return object != NULL ? g_strdup_printf (_("Could not list “%s”"), object)
                            : g_strdup (_("Could not list the storage"));
    case GRANARY_VERB_DISCONNECT:
      return object != NULL ? g_strdup_printf (_("Could not sign out of “%s”"), object)
                            : g_strdup (_("Could not sign out"));
    case GRANARY_VERB_PUBLISH:
      return object != NULL ? g_strdup_printf (_("Could not publish “%s”"), object)
                            : g_strdup (_("Could not publish"));
    case GRANARY_VERB_START_SERVICE:
      return object != NULL ? g_strdup_printf (_("Could not start “%s”"), object)
                            : g_strdup (_("Could not start the service"));
    case GRANARY_VERB_STOP_SERVICE:
      return object != NULL ? g_strdup_printf (_("Could not stop “%s”"), object)
                            : g_strdup (_("Could not stop the service"));
    case GRANARY_VERB_UPDATE_SERVICE:
      return object != NULL ? g_strdup_printf (_("Could not update “%s”"), object)
                            : g_strdup (_("Could not update the service"));
    case GRANARY_VERB_REMOVE_SERVICE:
      return object != NULL ? g_strdup_printf (_("Could not remove “%s”"), object)
                            : g_strdup (_("Could not remove the service"));
    case GRANARY_VERB_CALL_SERVICE:
      return object != NULL ? g_strdup_printf (_("Could not call “%s”"), object)
                            : g_strdup (_("Could not call the service"));
    case GRANARY_VERB_READ_LOG:
      return object != NULL ? g_strdup_printf (_("Could not read the log of “%s”"), object)
                            : g_strdup (_("Could not read the log"));
    case GRANARY_VERB_LIST_SERVICES:
      return object != NULL ? g_strdup_printf (_("Could not list the services of “%s”"), object)
                            : g_strdup (_("Could not list the services"));
    case GRANARY_VERB_DOWNLOAD_SDK:
      return object != NULL ? g_strdup_printf (_("Could not download the SDK of “%s”"), object)
                            : g_strdup (_("Could not download the SDK"));
    default:
      g_return_val_if_reached (g_strdup (_("Something went wrong")));
    }
}

/**
 * granary_wording_for_error:
 * @error: what went wrong, of any domain
 * @verb: what was being done
 * @object: (nullable): what it was done to, such as `plate-ocr v6`
 *
 * Turns a failure into words. Cancellation has words too, though nobody should show them.
 *
 * Returns: (transfer full): title, body, and the label of a button where one helps
 */
GranaryWording *
granary_wording_for_error (const GError *error,
                           GranaryVerb   verb,
                           const char   *object)
{
  g_autofree char *shown_object = NULL;
  g_autofree char *why = NULL;
  const char *how;
  GranaryWayOut way_out;

  g_return_val_if_fail (error != NULL, NULL);

  if (object != NULL && *object != '\0')
    {
      g_autofree char *printable = granary_display_path (object);

      shown_object = g_utf8_truncate_middle (printable, MAX_SUBJECT_CHARS);
    }

  why = make_why (error, shown_object);
  how = find_how (error, verb, &way_out);

  return granary_wording_new (make_title (verb, shown_object),
                              granary_wording_join (why, how),
                              find_action (way_out),
                              way_out);
}

/**
 * granary_wording_for_problem:
 * @error: what is wrong, of any domain
 *
 * Says in one sentence what is wrong, for the field that holds it or for a line of output.
 *
 * Returns: (transfer full): a sentence
 */
char *
granary_wording_for_problem (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return make_why (error, NULL);
}
