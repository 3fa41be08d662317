/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wording"

#include "config.h"

#include "granary-wording-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_SUBJECT_CHARS 120

/*
 * One row for each reason, and one for each code where the reason is not known: @why says what was
 * found, in one sentence, and names the subject in place of its %s; @how says what to do.
 */
typedef struct
{
  const char    *why;
  const char    *how;
  GranaryWayOut  way_out;
} Row;

static const Row reason_rows[GRANARY_N_REASONS] = {
  [GRANARY_REASON_NAME_EMPTY] = {
    N_("A model needs a name."),
    N_("Enter a name of up to 60 characters."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_NAME_TOO_LONG] = {
    N_("The name “%s” has more than 60 characters."),
    N_("Choose a shorter name."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_NAME_CHARACTER] = {
    N_("The name “%s” may only have Chinese characters, Latin letters, digits, “_” and “-”."),
    N_("Take out what does not belong there."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_NAME_FIRST_CHARACTER] = {
    N_("The name “%s” must begin with a Chinese character, a Latin letter or a digit."),
    N_("Choose another beginning."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_NAME_ENCODING] = {
    N_("The name “%s” is not valid UTF-8 text."),
    N_("Type the name again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_NAME_TAKEN] = {
    N_("There is already a model named “%s”."),
    N_("Choose another name, or import a new version of that model."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },

  [GRANARY_REASON_TAG_KEY_EMPTY] = {
    N_("The tag “%s” has no key."),
    N_("Enter a key, such as “team” or “stage”."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TAG_KEY_TOO_LONG] = {
    N_("The tag key “%s” has more than 127 characters."),
    N_("Choose a shorter key."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TAG_VALUE_TOO_LONG] = {
    N_("The value of the tag “%s” has more than 255 characters."),
    N_("Choose a shorter value; a long text belongs in the description."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TAG_CHARACTER] = {
    N_("The tag “%s” holds a line break, another control character, or a “=” in its key."),
    N_("Take that character out."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TAG_SYNTAX] = {
    N_("“%s” is not a tag."),
    N_("Write a tag as key=value, such as stage=prod."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TAGS_TOO_MANY] = {
    N_("The tag “%s” is one too many: a model has at most 50 tags."),
    N_("Remove a tag that is no longer needed."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },

  [GRANARY_REASON_METRIC_SYNTAX] = {
    N_("“%s” is not a metric."),
    N_("Give each metric a name and a value, such as acc=0.973."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_METRIC_DUPLICATE] = {
    N_("The metric “%s” is there twice."),
    N_("Keep one of the two, or give them different names."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },

  [GRANARY_REASON_PATH_EMPTY] = {
    N_("A file has no name inside the version."),
    N_("Give it a name."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_ABSOLUTE] = {
    N_("The path “%s” begins with “/”, but paths in a version are relative."),
    N_("Leave out the “/” at the beginning."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_TRAVERSAL] = {
    N_("The path “%s” leads out of the version."),
    N_("Use a path without “.” and “..” parts."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_TOO_LONG] = {
    N_("The path “%s” is too long."),
    N_("Shorten the names of the file or of the folders that it is in."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_ENCODING] = {
    N_("The file name “%s” is not valid UTF-8 text."),
    N_("Rename the file and choose it again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_CONTROL_CHARACTER] = {
    N_("The file name “%s” holds a line break or another control character."),
    N_("Rename the file and choose it again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_DUPLICATE] = {
    N_("Two of the files would both be stored as “%s”."),
    N_("Leave one of them out, or rename it."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_IS_FOLDER] = {
    N_("“%s” would be a file and a folder at the same time."),
    N_("Rename the file or the folder."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },

  [GRANARY_REASON_SOURCE_NONE] = {
    N_("There are no files to store."),
    N_("Choose at least one file, or a folder that has files in it."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_MISSING] = {
    N_("“%s” does not exist, or not any more."),
    N_("Look where it has gone, and choose it again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_UNREADABLE] = {
    N_("“%s” cannot be read."),
    N_("Check that you have permission to read it and that its disk is connected."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_SOURCE_SPECIAL] = {
    N_("“%s” is a device, pipe or socket, not a file."),
    N_("Leave it out: only files and folders can be stored."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_LINK_OUTSIDE] = {
    N_("“%s” is a link that leads out of the chosen folder."),
    N_("Choose the file that it points to, or put a copy of it in the folder."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_LINK_LOOP] = {
    N_("“%s” is a link that leads back to itself."),
    N_("Remove the link, or leave it out."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_LINK_BROKEN] = {
    N_("“%s” is a link to something that does not exist."),
    N_("Mend the link, or leave it out."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_TOO_DEEP] = {
    N_("“%s” is more than 64 folders deep."),
    N_("Choose a folder further down."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_TOO_MANY] = {
    N_("“%s” has more than a million files."),
    N_("Choose fewer files, or pack them into an archive."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_CHANGED] = {
    N_("“%s” was changed while it was being read."),
    N_("Wait until the program that writes it has finished, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_SOURCE_IN_REPOSITORY] = {
    N_("“%s” is stored in this repository, and cutting it would damage that."),
    N_("Copy it instead, or choose files from elsewhere."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_NOT_REMOVED] = {
    N_("“%s” was stored, but could not be removed from where it was."),
    N_("Delete it there yourself if you do not need it any more."),
    GRANARY_WAY_OUT_NONE,
  },

  [GRANARY_REASON_WOULD_REPLACE] = {
    N_("“%s” is already in the version, with other content."),
    N_("Replace it, or use another name or folder."),
    GRANARY_WAY_OUT_REPLACE,
  },
  [GRANARY_REASON_TARGET_EXISTS] = {
    N_("“%s” already exists there."),
    N_("Choose another folder: nothing is overwritten."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },
  [GRANARY_REASON_TARGET_UNWRITABLE] = {
    N_("“%s” cannot be written to."),
    N_("Choose another folder."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },

  [GRANARY_REASON_NO_SPACE] = {
    N_("There is not enough room on the disk of “%s”."),
    N_("Empty the trash or make room on the disk, then try again."),
    GRANARY_WAY_OUT_EMPTY_TRASH,
  },
  [GRANARY_REASON_READ_ONLY] = {
    N_("The disk of “%s” can only be read."),
    N_("Use a disk that can be written to, or ask whoever looks after this one."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },
  [GRANARY_REASON_PERMISSION] = {
    N_("You do not have permission to use “%s”."),
    N_("Change its permissions, or choose something else."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_INPUT_OUTPUT] = {
    N_("“%s” could not be read or written: its disk reported a fault."),
    N_("Check that the disk is connected and healthy, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },

  [GRANARY_REASON_MODEL_MISSING] = {
    N_("There is no model “%s”."),
    N_("It may have been renamed or deleted: look in the list of models and in the trash."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_VERSION_MISSING] = {
    N_("There is no version “%s”."),
    N_("It may have been deleted: look at the versions of the model and in the trash."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_TRASH_MISSING] = {
    N_("“%s” is not in the trash."),
    N_("It was restored already, or the trash was emptied."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_VERSION_NOT_READY] = {
    N_("“%s” is not complete."),
    N_("Wait until its import has finished; if that failed, import its files again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_BUSY] = {
    N_("Something else is being done with “%s”."),
    N_("Wait until that has finished, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },

  [GRANARY_REASON_FILE_MISSING] = {
    N_("“%s” is gone from the folder of the repository."),
    N_("Put it back there, or upload it again."),
    GRANARY_WAY_OUT_VERIFY,
  },
  [GRANARY_REASON_FILE_CHANGED] = {
    N_("“%s” was changed outside Granary."),
    N_("Upload the right file again, or import a new version."),
    GRANARY_WAY_OUT_VERIFY,
  },
  [GRANARY_REASON_FILE_UNKNOWN] = {
    N_("“%s” was put into the folder of the repository by another program."),
    N_("Move it away, and upload it if it belongs to the version."),
    GRANARY_WAY_OUT_VERIFY,
  },

  [GRANARY_REASON_CATALOG_NEWER] = {
    N_("The catalogue “%s” was written by a newer Granary."),
    N_("Update Granary to open this repository; nothing in it was touched."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },
  [GRANARY_REASON_CATALOG_CORRUPT] = {
    N_("The catalogue “%s” is damaged."),
    N_("Put back a copy of it from a backup; the files of the models still stand beside it, in "
       "the folder “models”."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },
  [GRANARY_REASON_CATALOG_LOCKED] = {
    N_("Another program holds the catalogue “%s”."),
    N_("Wait until it has finished, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_CATALOG_READ_ONLY] = {
    N_("The catalogue “%s” can only be read."),
    N_("Change the permissions of its folder, or use another repository."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },
  [GRANARY_REASON_REPOSITORY_GONE] = {
    N_("The repository is not at “%s” any more."),
    N_("Connect its disk again, or open it where it is now."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },
  [GRANARY_REASON_REPOSITORY_UNUSABLE] = {
    N_("“%s” cannot be used as a repository."),
    N_("Choose an empty folder, or one that already is a repository."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },

  [GRANARY_REASON_JSON_SYNTAX] = {
    N_("“%s” is not valid JSON."),
    N_("Correct it in an editor, or create it from the template."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_JSON_NOT_OBJECT] = {
    N_("“%s” does not hold a JSON object."),
    N_("Put its settings between “{” and “}”, or create it from the template."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PYTHON_IMPLAUSIBLE] = {
    N_("“%s” does not look like Python code."),
    N_("Correct it in an editor, or create it from the template."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_FORMAT_UNREADABLE] = {
    N_("“%s” breaks the rules of its file format."),
    N_("It may be cut short: copy or export it again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
};

static const Row code_rows[GRANARY_N_ERRORS] = {
  [GRANARY_ERROR_NETWORK] = {
    N_("The network did not answer for “%s”."),
    N_("Check the connection, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_ERROR_AUTH_REQUIRED] = {
    N_("No key is known that opens “%s”."),
    N_("Enter the key of the account."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_ERROR_AUTH_REJECTED] = {
    N_("The key of the account was not accepted for “%s”."),
    N_("Enter the key again, or make a new one."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_ERROR_FORBIDDEN] = {
    N_("The account may not do this with “%s”."),
    N_("Ask its administrator for the permission."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_ERROR_NOT_FOUND] = {
    N_("“%s” does not exist, or not any more."),
    N_("Check that the name is right, then try again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_ERROR_CONFLICT] = {
    N_("Something else is in the way of “%s”."),
    N_("Wait a moment, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_ERROR_QUOTA] = {
    N_("There is not enough room for “%s”."),
    N_("Empty the trash or make room, then try again."),
    GRANARY_WAY_OUT_EMPTY_TRASH,
  },
  [GRANARY_ERROR_CHECKSUM] = {
    N_("The content of “%s” is not what it should be."),
    N_("Try again; if it happens once more, verify the repository."),
    GRANARY_WAY_OUT_VERIFY,
  },
  [GRANARY_ERROR_INVALID_INPUT] = {
    N_("“%s” cannot be used here."),
    N_("Correct it, then try again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_ERROR_BAD_RESPONSE] = {
    N_("The answer about “%s” could not be understood."),
    N_("Try again later, or update Granary."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_ERROR_UNSUPPORTED] = {
    N_("This cannot be done with “%s” here."),
    N_("Try it with another repository or on another disk."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_ERROR_FILE] = {
    N_("“%s” could not be read or written."),
    N_("Check its permissions and its disk, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_ERROR_BACKEND] = {
    N_("The service failed on “%s”."),
    N_("Try again later."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_ERROR_DATABASE] = {
    N_("The catalogue could not be read or written for “%s”."),
    N_("Check its disk, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
};

static const Row cancelled_row = {
  N_("The work on “%s” was cancelled."),
  N_("Start it again when you are ready."),
  GRANARY_WAY_OUT_RETRY,
};

/* Errors of other domains: they bring their own, already translated, message. */
static const Row foreign_row = {
  NULL,
  N_("Try again."),
  GRANARY_WAY_OUT_RETRY,
};

static const Row *
find_row (const GError *error)
{
  GranaryReason reason = granary_error_get_reason (error);

  if (granary_error_is_cancelled (error))
    return &cancelled_row;

  if (error->domain != GRANARY_ERROR)
    return &foreign_row;

  if (reason > GRANARY_REASON_NONE && reason < GRANARY_N_REASONS && reason_rows[reason].why != NULL)
    return &reason_rows[reason];

  if (error->code >= 0 && error->code < GRANARY_N_ERRORS)
    return &code_rows[error->code];

  return &foreign_row;
}

/* Puts @subject in place of the %s of @text. Not printf: @text is no literal here, and a wrong
 * translation must not be able to crash. */
static char *
fill (const char *text,
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
  const Row *row = find_row (error);
  g_autofree char *subject = make_subject (error, object);
  gint64 needed;
  gint64 available;

  if (row == &foreign_row)
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
      if (granary_error_get_reason (error) == GRANARY_REASON_PYTHON_IMPLAUSIBLE)
        return g_strdup_printf (_("“%1$s” does not look like Python code: look at line %2$d."),
                                subject, line);
    }

  return fill (_(row->why), subject);
}

/* What to do: of the row, but where the verb makes another thing the natural one. */
static const char *
find_how (const Row     *row,
          const GError  *error,
          GranaryVerb    verb,
          GranaryWayOut *way_out)
{
  *way_out = row->way_out;

  if (verb == GRANARY_VERB_DOWNLOAD)
    {
      if (row == &reason_rows[GRANARY_REASON_NO_SPACE])
        {
          *way_out = GRANARY_WAY_OUT_CHOOSE_FOLDER;
          return _("Make room there or choose another folder, then try again.");
        }
      if (row == &reason_rows[GRANARY_REASON_READ_ONLY] ||
          row == &reason_rows[GRANARY_REASON_PERMISSION])
        {
          *way_out = GRANARY_WAY_OUT_CHOOSE_FOLDER;
          return _("Choose another folder.");
        }
    }
  else if (verb == GRANARY_VERB_RESTORE && row == &reason_rows[GRANARY_REASON_NAME_TAKEN])
    {
      return _("Choose another name to restore it under.");
    }
  else if (verb == GRANARY_VERB_EDIT && row == &reason_rows[GRANARY_REASON_NAME_TAKEN])
    {
      return _("Choose another name.");
    }
  else if (verb == GRANARY_VERB_OPEN && row == &reason_rows[GRANARY_REASON_NO_SPACE])
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
  how = find_how (find_row (error), error, verb, &way_out);

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
