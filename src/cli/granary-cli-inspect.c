/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-cos.h"
#include "granary-cli-files.h"
#include "granary-cli-table.h"
#include "granary-error.h"

#include <glib/gi18n-lib.h>

static void
print_fact (const char *label,
            const char *value)
{
  g_autofree char *shown = NULL;
  g_autofree char *line = NULL;
  int padding;

  if (value == NULL || *value == '\0')
    return;

  shown = granary_display_path (value);
  padding = MAX (16 - (int) granary_cli_text_width (label), 1);
  line = g_strdup_printf ("%s%*s%s\n", label, padding, "", shown);
  granary_cli_print (line);
}

/* `x float32 [N,3,48,W]` */
static char *
make_tensor (const GranaryTensor *tensor)
{
  g_autoptr (GString) text = g_string_new (tensor->name);

  if (tensor->type != NULL)
    g_string_append_printf (text, " %s", tensor->type);
  if (tensor->shape != NULL)
    g_string_append_printf (text, " [%s]", tensor->shape);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
print_number (const char *label,
              gint64      number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  if (number > 0)
    print_fact (label, text);
}

/* What else the header says, in the words of its format. */
static void
print_metadata (GranaryInspection *inspection)
{
  for (guint i = 0; i < granary_inspection_get_n_metadata (inspection); i++)
    {
      const char *value;
      const char *key = granary_inspection_get_metadata (inspection, i, &value);
      g_autofree char *pair = g_strdup_printf ("%s: %s", key, value);

      print_fact (C_("fact", "Metadata:"), pair);
    }
}

static void
print_facts (guint              count,
             gint64             bytes,
             GranaryInspection *inspection)
{
  g_autofree char *n_files = granary_wording_n_files (count);
  g_autofree char *size = granary_wording_size (bytes);
  g_autofree char *amount = g_strdup_printf ("%s, %s", n_files, size);

  print_fact (C_("fact", "Files:"), amount);
  print_fact (C_("fact", "Framework:"), granary_inspection_get_framework (inspection));
  print_fact (C_("fact", "Format:"), granary_inspection_get_format (inspection));
  print_fact (C_("fact", "Producer:"), granary_inspection_get_producer (inspection));
  print_number (C_("fact", "Opset:"), granary_inspection_get_opset (inspection));
  print_number (C_("fact", "IR version:"), granary_inspection_get_ir_version (inspection));
  print_number (C_("fact", "Parameters:"), granary_inspection_get_parameters (inspection));
  for (guint i = 0; i < granary_inspection_get_n_inputs (inspection); i++)
    {
      g_autofree char *tensor = make_tensor (granary_inspection_get_input (inspection, i));

      print_fact (C_("fact", "Input:"), tensor);
    }
  for (guint i = 0; i < granary_inspection_get_n_outputs (inspection); i++)
    {
      g_autofree char *tensor = make_tensor (granary_inspection_get_output (inspection, i));

      print_fact (C_("fact", "Output:"), tensor);
    }
  print_metadata (inspection);
}

/* Files of this computer. */
static GranaryInspection *
inspect_files (GranaryCli  *cli,
               char       **paths,
               guint       *count,
               gint64      *bytes,
               GError     **error)
{
  g_autoptr (GranaryFileSet) files =
    granary_cli_files_scan (cli, (const char * const *) paths, NULL, error);

  if (files == NULL)
    return NULL;

  *count = granary_file_set_get_n_files (files);
  *bytes = granary_file_set_get_size (files);

  return granary_cli_files_inspect (cli, files, FALSE, error);
}

/**
 * granary_cli_inspect:
 *
 * `inspect PATH…`, `inspect cos://BUCKET/KEY…`
 */
gboolean
granary_cli_inspect (GranaryCli  *cli,
                     char       **arguments,
                     GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (GranaryInspection) inspection = NULL;
  guint count = 0;
  gint64 bytes = 0;

  if (!granary_cli_parse (cli, &left, NULL, 1, -1, error))
    return FALSE;

  granary_cli_begin (cli, GRANARY_VERB_INSPECT, left[1]);
  if (!g_str_has_prefix (left[1], "cos://"))
    inspection = inspect_files (cli, left + 1, &count, &bytes, error);
  else if (granary_cli_read_texts (left + 1, error))
    inspection = granary_cli_cos_inspect (cli, left + 1, &count, &bytes, error);
  if (inspection == NULL)
    return FALSE;

  if (cli->json)
    {
      g_autofree char *text = granary_inspection_to_json (inspection);

      granary_cli_print (text);
      granary_cli_print ("\n");
    }
  else
    print_facts (count, bytes, inspection);

  granary_cli_files_note_warnings (cli, inspection);
  return TRUE;
}
