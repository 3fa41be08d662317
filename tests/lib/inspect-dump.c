/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Prints, for each file named on the command line or, without any, on a line of standard input,
 * one line: how many bytes were read, a tab, and what inspection found as JSON. With --config or
 * --service before it, the beginning of config.json or model_service.py for a file. */

#include "config.h"

#include <stdio.h>

#include "granary-file-check.h"
#include "granary-inspect.h"

static int
dump (const char *path,
      const char *mode)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryRangeReader) reader = granary_file_reader_open (path, &error);
  g_autoptr (GranaryInspection) inspection = NULL;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *json = NULL;

  if (reader != NULL)
    inspection = granary_inspect_reader (reader, name, NULL, &error);
  if (inspection == NULL)
    {
      fprintf (stderr, "%s: %s\n", path, error->message);
      return 1;
    }

  if (mode != NULL)
    {
      json = g_str_equal (mode, "--config") ? granary_make_config_template (inspection, NULL)
                                            : granary_make_service_template (inspection, NULL);
      fputs (json, stdout);
      return 0;
    }

  json = granary_inspection_to_json (inspection);
  printf ("%" G_GINT64_FORMAT "\t%s\n", granary_range_reader_get_bytes_read (reader), json);

  return 0;
}

int
main (int    argc,
      char **argv)
{
  const char *mode = argc > 2 && g_str_has_prefix (argv[1], "--") ? argv[1] : NULL;
  int status = 0;
  char line[4096];

  for (int i = mode != NULL ? 2 : 1; i < argc; i++)
    status |= dump (argv[i], mode);
  while (argc < 2 && fgets (line, sizeof line, stdin) != NULL)
    status |= dump (g_strchomp (line), NULL);

  return status;
}
