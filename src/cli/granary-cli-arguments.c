/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * granary_cli_read_texts:
 * @arguments: what was typed
 * @error: return location, %G_OPTION_ERROR
 *
 * Every text is taken as bytes: GLib would refuse Chinese in a locale without it. Granary itself
 * knows UTF-8 only.
 *
 * Returns: whether all are UTF-8
 */
gboolean
granary_cli_read_texts (char   **arguments,
                        GError **error)
{
  for (guint i = 0; arguments[i] != NULL; i++)
    {
      g_autofree char *shown = NULL;

      if (g_utf8_validate (arguments[i], -1, NULL))
        continue;

      shown = granary_display_path (arguments[i]);
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%s” is not valid UTF-8 text."), shown);
      return FALSE;
    }

  return TRUE;
}

/**
 * granary_cli_parse:
 * @self: the run
 * @arguments: (inout): the command and what follows it; afterwards the command and its operands
 * @entries: (nullable): options of the command. Texts are %G_OPTION_ARG_FILENAME: bytes
 * @n_min: fewest operands
 * @n_max: most operands, -1 for any number
 * @error: return location
 *
 * Reads options of the command; those that may stand before it may stand here as well. `--help`
 * prints its help and ends the program.
 *
 * Returns: whether the command was used rightly
 */
gboolean
granary_cli_parse (GranaryCli           *self,
                   char               ***arguments,
                   const GOptionEntry   *entries,
                   int                   n_min,
                   int                   n_max,
                   GError              **error)
{
  const GOptionEntry global[] = {
    { "repository", 'r', 0, G_OPTION_ARG_FILENAME, &self->place,
      N_("Use the repository in FOLDER, or the cloud connection NAME"), N_("FOLDER|NAME") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_("Write JSON, for programs"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = NULL;
  g_autofree char *program = g_strdup_printf ("granary-cli %s", self->command->name);
  gboolean parsed;
  int n_operands;

  context = g_option_context_new (_(self->command->parameters));
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, global, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _(self->command->summary));
  g_option_context_set_description (context, _(self->command->details));

  g_set_prgname (program);
  parsed = g_option_context_parse_strv (context, arguments, error);
  g_set_prgname ("granary-cli");
  if (!parsed)
    return FALSE;

  /* The mark that ends the options is left where it stood. */
  if ((*arguments)[1] != NULL && g_str_equal ((*arguments)[1], "--"))
    {
      g_free ((*arguments)[1]);
      for (guint i = 1; (*arguments)[i] != NULL; i++)
        (*arguments)[i] = (*arguments)[i + 1];
    }

  n_operands = (int) g_strv_length (*arguments) - 1;
  if (n_operands < n_min)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   _("Something is missing: granary-cli %1$s %2$s"),
                   self->command->name, _(self->command->parameters));
      return FALSE;
    }
  if (n_max >= 0 && n_operands > n_max)
    {
      g_autofree char *shown = granary_display_path ((*arguments)[n_max + 1]);

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("“%s” is one too many."), shown);
      return FALSE;
    }

  return TRUE;
}

/**
 * granary_cli_take_list:
 * @arguments: the command and what follows it
 * @option: such as `--files`
 * @list: (element-type filename): takes what follows the option, up to the next one
 *
 * Lifts an option that takes several values, which GOption does not know, out of the command line.
 *
 * Returns: (transfer full): what is left
 */
char **
granary_cli_take_list (char       **arguments,
                       const char  *option,
                       GPtrArray   *list)
{
  g_autoptr (GStrvBuilder) left = g_strv_builder_new ();
  g_autofree char *prefix = g_strconcat (option, "=", NULL);
  gboolean inside = FALSE;
  guint i;

  for (i = 0; arguments[i] != NULL; i++)
    {
      if (g_str_equal (arguments[i], "--"))
        break;

      if (g_str_equal (arguments[i], option))
        inside = TRUE;
      else if (g_str_has_prefix (arguments[i], prefix))
        {
          inside = TRUE;
          g_ptr_array_add (list, g_strdup (arguments[i] + strlen (prefix)));
        }
      else if (inside && arguments[i][0] != '-')
        g_ptr_array_add (list, g_strdup (arguments[i]));
      else
        {
          inside = FALSE;
          g_strv_builder_add (left, arguments[i]);
        }
    }

  for (; arguments[i] != NULL; i++)
    g_strv_builder_add (left, arguments[i]);

  return g_strv_builder_end (left);
}

/**
 * granary_cli_read_tags:
 * @texts: (nullable): each `KEY=VALUE`
 * @tags: (out): the set
 * @error: return location
 *
 * Returns: whether all are tags
 */
gboolean
granary_cli_read_tags (char          **texts,
                       GranaryTagSet **tags,
                       GError        **error)
{
  g_autoptr (GranaryTagSet) set = granary_tag_set_new ();

  if (texts != NULL && !granary_cli_read_texts (texts, error))
    return FALSE;

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      if (!granary_tag_set_put_text (set, texts[i], error))
        return FALSE;
    }

  *tags = g_steal_pointer (&set);
  return TRUE;
}
