/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-requirements.h"

#include <string.h>

#include "granary-python-version-private.h"

/* A list of thousands was not made by people. */
#define MAX_UNMET 100

/* Markers (PEP 508): `python_version >= "3.9" and sys_platform == "linux"`. */

typedef enum
{
  MARKER_FALSE,
  MARKER_TRUE,
  MARKER_UNKNOWN,
} Marker;

typedef struct
{
  const char               *at;
  const GranaryPythonState *environment;
  guint                     depth;
} MarkerReader;

/* Auxiliary functions */

static const char *
skip_space (const char *at)
{
  while (*at == ' ' || *at == '\t')
    at++;

  return at;
}

static gboolean
take_word (const char **at,
           const char  *word)
{
  const char *here = skip_space (*at);
  gsize length = strlen (word);

  if (strncmp (here, word, length) != 0 ||
      (g_ascii_isalpha (word[0]) && (g_ascii_isalnum (here[length]) || here[length] == '_')))
    return FALSE;

  *at = here + length;
  return TRUE;
}

/* What a variable of a marker is here; NULL where it is not known. */
static const char *
get_variable (const GranaryPythonState *environment,
              const char               *name)
{
  static const struct
  {
    const char *name;
    const char *value;
  } fixed[] = {
    { "os_name", "posix" },
    { "sys_platform", "linux" },
    { "platform_system", "Linux" },
    { "extra", "" },
  };

  if (g_str_equal (name, "python_version"))
    return environment->python_version;
  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    if (g_str_equal (name, fixed[i].name))
      return fixed[i].value;

  return NULL;
}

/* A name or something in quotes. FALSE when neither stands there. */
static gboolean
take_value (MarkerReader  *self,
            char         **name,
            char         **text)
{
  const char *start = skip_space (self->at);
  const char *end;

  if (*start == '"' || *start == '\'')
    {
      end = strchr (start + 1, *start);
      if (end == NULL)
        return FALSE;
      *text = g_strndup (start + 1, end - start - 1);
      self->at = end + 1;
      return TRUE;
    }

  end = start;
  while (g_ascii_isalnum (*end) || *end == '_' || *end == '.')
    end++;
  if (end == start)
    return FALSE;
  *name = g_strndup (start, end - start);
  self->at = end;
  return TRUE;
}

static Marker
compare_values (const char *variable,
                const char *value,
                const char *operator,
                const char *text,
                gboolean    is_turned)
{
  if (value == NULL)
    return MARKER_UNKNOWN;
  if (g_str_equal (operator, "in"))
    return (is_turned ? strstr (value, text) : strstr (text, value)) != NULL;
  if (g_str_equal (operator, "not in"))
    return (is_turned ? strstr (value, text) : strstr (text, value)) == NULL;
  if (g_str_equal (variable, "python_version") && !is_turned)
    {
      g_autofree char *specifier = g_strconcat (operator, text, NULL);

      return granary_requirements_version_matches (value, specifier);
    }
  if (g_str_equal (operator, "=="))
    return g_str_equal (value, text);
  if (g_str_equal (operator, "!="))
    return !g_str_equal (value, text);

  return MARKER_UNKNOWN;
}

static Marker read_or (MarkerReader *self);

static Marker
read_comparison (MarkerReader *self)
{
  static const char *const operators[] = {
    "===", "==", "!=", "<=", ">=", "~=", "<", ">", "not in", "in",
  };
  g_autofree char *left_name = NULL;
  g_autofree char *left_text = NULL;
  g_autofree char *right_name = NULL;
  g_autofree char *right_text = NULL;
  const char *operator = NULL;

  if (take_word (&self->at, "("))
    {
      Marker inner;

      if (++self->depth > 20)
        return MARKER_UNKNOWN;
      inner = read_or (self);
      return take_word (&self->at, ")") ? inner : MARKER_UNKNOWN;
    }

  if (!take_value (self, &left_name, &left_text))
    return MARKER_UNKNOWN;
  for (guint i = 0; i < G_N_ELEMENTS (operators) && operator == NULL; i++)
    if (take_word (&self->at, operators[i]))
      operator = operators[i];
  if (operator == NULL || !take_value (self, &right_name, &right_text))
    return MARKER_UNKNOWN;

  if (left_name != NULL && right_text != NULL)
    return compare_values (left_name, get_variable (self->environment, left_name), operator,
                           right_text, FALSE);
  if (left_text != NULL && right_name != NULL)
    return compare_values (right_name, get_variable (self->environment, right_name), operator,
                           left_text, TRUE);
  return MARKER_UNKNOWN;
}

static Marker
read_and (MarkerReader *self)
{
  Marker result = read_comparison (self);

  while (take_word (&self->at, "and"))
    {
      Marker next = read_comparison (self);

      if (result == MARKER_FALSE || next == MARKER_FALSE)
        result = MARKER_FALSE;
      else if (next == MARKER_UNKNOWN)
        result = MARKER_UNKNOWN;
    }

  return result;
}

static Marker
read_or (MarkerReader *self)
{
  Marker result = read_and (self);

  while (take_word (&self->at, "or"))
    {
      Marker next = read_and (self);

      if (result == MARKER_TRUE || next == MARKER_TRUE)
        result = MARKER_TRUE;
      else if (next == MARKER_UNKNOWN)
        result = MARKER_UNKNOWN;
    }

  return result;
}

static Marker
evaluate_marker (const char               *text,
                 const GranaryPythonState *environment)
{
  MarkerReader reader = { text, environment, 0 };
  Marker result = read_or (&reader);

  return *skip_space (reader.at) == '\0' ? result : MARKER_UNKNOWN;
}

/* `name [extra] (>=1.2, <2) ; marker`, `name @ address`. */
static gboolean
is_met (const char               *line,
        const GranaryPythonState *environment)
{
  const char *marker = strchr (line, ';');
  const char *at = line;
  g_autofree char *name = NULL;
  g_autofree char *folded = NULL;
  g_autofree char *specifiers = NULL;
  const char *version;

  while (g_ascii_isalnum (*at) || *at == '-' || *at == '_' || *at == '.')
    at++;
  if (at == line || !g_ascii_isalnum (line[0]))
    return TRUE;
  name = g_strndup (line, at - line);
  at = skip_space (at);
  /* Else it is the path or address of a file, with no name before it. */
  if ((*at != '\0' && strchr ("<>=!~([;@", *at) == NULL) || g_str_has_suffix (name, ".whl") ||
      g_str_has_suffix (name, ".zip") || g_str_has_suffix (name, ".tar.gz"))
    return TRUE;
  if (*at == '[')
    {
      at = strchr (at, ']');
      if (at == NULL)
        return TRUE;
      at = skip_space (at + 1);
    }

  if (*at == '@')
    marker = strstr (at, " ;");
  else
    specifiers = g_strndup (at, marker != NULL ? (gsize) (marker - at) : strlen (at));
  if (marker != NULL &&
      evaluate_marker (strchr (marker, ';') + 1, environment) != MARKER_TRUE)
    return TRUE;

  folded = granary_requirements_fold (name);
  version = g_hash_table_lookup (environment->packages, folded);
  if (version == NULL)
    return FALSE;

  return specifiers == NULL || granary_requirements_version_matches (version, specifiers);
}

/* Lines that end in `\` go on in the next. */
static char *
join_lines (const char *text)
{
  g_autoptr (GString) joined = g_string_new (text);

  g_string_replace (joined, "\r\n", "\n", 0);
  g_string_replace (joined, "\\\n", "", 0);

  return g_string_free_and_steal (g_steal_pointer (&joined));
}

static void
cut_comment (char *line)
{
  for (char *at = line; *at != '\0'; at++)
    {
      if (*at == '#' && (at == line || at[-1] == ' ' || at[-1] == '\t'))
        {
          *at = '\0';
          return;
        }
    }
}

/* Options for one requirement, such as `--hash=sha256:…`, are no matter of what is installed. */
static void
cut_options (char *line)
{
  char *option = strstr (line, " --");

  if (option != NULL)
    *option = '\0';
}

/* Public functions */

/**
 * granary_requirements_fold:
 * @name: of a package, as anybody wrote it
 *
 * Returns: (transfer full): the form in which names are compared (PEP 503)
 */
char *
granary_requirements_fold (const char *name)
{
  g_autoptr (GString) folded = g_string_new (NULL);

  g_return_val_if_fail (name != NULL, NULL);

  for (const char *at = name; *at != '\0'; at++)
    {
      const gboolean is_sign = *at == '-' || *at == '_' || *at == '.';

      if (!is_sign)
        g_string_append_c (folded, g_ascii_tolower (*at));
      else if (folded->len > 0 && folded->str[folded->len - 1] != '-')
        g_string_append_c (folded, '-');
    }

  return g_string_free_and_steal (g_steal_pointer (&folded));
}

/**
 * granary_requirements_list_unmet:
 * @text: content of requirements.txt
 * @state: what there is
 *
 * Returns: (transfer full) (nullable): lines that are not met, without comments; %NULL when there
 *   is none
 */
GStrv
granary_requirements_list_unmet (const char               *text,
                                 const GranaryPythonState *state)
{
  g_autoptr (GStrvBuilder) unmet = g_strv_builder_new ();
  g_autofree char *joined = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_unmet = 0;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (state != NULL && state->packages != NULL, NULL);

  joined = join_lines (text);
  lines = g_strsplit (joined, "\n", -1);
  for (guint i = 0; lines[i] != NULL && n_unmet < MAX_UNMET; i++)
    {
      cut_comment (lines[i]);
      cut_options (lines[i]);
      g_strstrip (lines[i]);
      if (*lines[i] == '\0' || *lines[i] == '-' || is_met (lines[i], state))
        continue;

      g_strv_builder_take (unmet, g_utf8_make_valid (lines[i], -1));
      n_unmet++;
    }

  return n_unmet > 0 ? g_strv_builder_end (unmet) : NULL;
}

/**
 * granary_requirements_version_matches:
 * @version: of a package
 * @specifiers: such as `>=1.2, <2`, in parentheses or not; an empty one asks for nothing
 *
 * Returns: whether it does, as far as both can be understood
 */
gboolean
granary_requirements_version_matches (const char *version,
                                      const char *specifiers)
{
  g_autofree char *bare = NULL;
  g_auto (GStrv) clauses = NULL;

  g_return_val_if_fail (version != NULL, FALSE);
  g_return_val_if_fail (specifiers != NULL, FALSE);

  bare = g_strdup (specifiers);
  g_strdelimit (bare, "()", ' ');
  clauses = g_strsplit (bare, ",", -1);
  for (guint i = 0; clauses[i] != NULL; i++)
    {
      if (!granary_python_version_matches (version, g_strstrip (clauses[i])))
        return FALSE;
    }

  return TRUE;
}
