/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-service-python.h"

#include "granary-error.h"
#include "granary-python-private.h"
#include "granary-requirements.h"
#include "granary-run-reader-private.h"

#define REQUIREMENTS "requirements.txt"
#define REQUIREMENTS_MAX (1024 * 1024)

/* Auxiliary functions */

static gboolean
is_interpreter (const char *path)
{
  return path != NULL && g_path_is_absolute (path) &&
         g_file_test (path, G_FILE_TEST_IS_REGULAR) &&
         g_file_test (path, G_FILE_TEST_IS_EXECUTABLE);
}

/* Public functions */

/**
 * granary_service_python_find:
 * @version: a version
 * @chosen: (nullable): path of an interpreter that was chosen for it
 * @error: return location
 *
 * A version's own interpreter is its environment, as long as that is there: it may have come from
 * another computer, or be an image.
 *
 * Errors: %GRANARY_REASON_PYTHON_MISSING.
 *
 * Returns: (transfer full): absolute path of the interpreter
 */
char *
granary_service_python_find (const GranaryVersion  *version,
                             const char            *chosen,
                             GError               **error)
{
  g_autofree char *found = NULL;
  g_autofree char *shown = NULL;

  g_return_val_if_fail (version != NULL, NULL);

  if (chosen != NULL && *chosen != '\0')
    {
      if (is_interpreter (chosen))
        return g_strdup (chosen);
    }
  else
    {
      if (is_interpreter (version->environment))
        return g_strdup (version->environment);
      /* That of the system comes before one that the shell which started us has put in its way. */
      if (is_interpreter ("/usr/bin/python3"))
        return g_strdup ("/usr/bin/python3");
      found = g_find_program_in_path ("python3");
      if (found != NULL)
        return g_canonicalize_filename (found, NULL);
    }

  shown = granary_display_path (chosen != NULL && *chosen != '\0' ? chosen : "python3");
  granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_PYTHON_MISSING, shown,
                     "%s cannot be run", shown);
  return NULL;
}

GStrv
granary_service_python_list_unmet (int         folder_fd,
                                   const char *python)
{
  GranaryPythonState environment;
  g_autoptr (GranaryPython) interpreter = NULL;
  g_autoptr (GHashTable) packages = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (folder_fd >= 0, NULL);
  g_return_val_if_fail (python != NULL, NULL);

  text = granary_run_read_at (folder_fd, REQUIREMENTS, REQUIREMENTS_MAX, NULL, NULL);
  if (text == NULL)
    return NULL;
  interpreter = granary_python_find (python);
  if (interpreter == NULL || interpreter->version == NULL)
    return NULL;

  packages = granary_python_list_packages (interpreter);
  environment.python_version = interpreter->version;
  environment.packages = packages;

  return granary_requirements_list_unmet (text, &environment);
}
