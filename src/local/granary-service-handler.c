/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-service-handler.h"

#include <string.h>

#include "granary-error.h"

#define ONNX_ENDING ".onnx"

/* Auxiliary functions */

static gboolean
is_onnx (const char *path)
{
  gsize length = strlen (path);

  return length > strlen (ONNX_ENDING) &&
         g_ascii_strcasecmp (path + length - strlen (ONNX_ENDING), ONNX_ENDING) == 0;
}

/* Public functions */

/**
 * granary_service_handler_find:
 * @version: a version with its files
 * @onnx: (out) (optional) (nullable): path of the ONNX file that the built-in handler serves; %NULL
 *   when the version brings its own code
 * @error: return location
 *
 * Finds out what would answer the requests of a service of this version: its own code, or else its
 * only ONNX file.
 *
 * Errors: %GRANARY_REASON_HANDLER_MISSING where it has neither, or several such files.
 *
 * Returns: whether there is something
 */
gboolean
granary_service_handler_find (const GranaryVersion  *version,
                              char                 **onnx,
                              GError               **error)
{
  const char *found = NULL;
  guint n_found = 0;

  g_return_val_if_fail (version != NULL && version->files != NULL, FALSE);

  if (onnx != NULL)
    *onnx = NULL;

  for (guint i = 0; i < version->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (version->files, i);

      if (g_str_equal (file->path, GRANARY_SERVICE_HANDLER))
        return TRUE;
      if (is_onnx (file->path))
        {
          found = file->path;
          n_found++;
        }
    }

  if (n_found != 1)
    {
      g_autofree char *subject = g_strdup_printf ("%s v%d", version->model_name, version->number);

      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_HANDLER_MISSING,
                         subject, "%s has no " GRANARY_SERVICE_HANDLER " and %u ONNX files",
                         subject, n_found);
      return FALSE;
    }

  if (onnx != NULL)
    *onnx = g_strdup (found);
  return TRUE;
}
