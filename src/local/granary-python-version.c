/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-python-version-private.h"

#include <string.h>

/* Versions of Python packages and how they are compared: PEP 440. */

#define MAX_RELEASE 12

/* What stands for a part that is not there when versions are put in order. */
#define BEFORE_ALL G_MININT64
#define AFTER_ALL G_MAXINT64

typedef struct
{
  gint64      epoch;
  gint64      release[MAX_RELEASE];
  guint       n_release;
  int         stage;      /* of a pre-release: a, b, c; 0 none */
  gint64      pre;
  gint64      post;       /* -1 none */
  gint64      dev;        /* -1 none */
  const char *local;      /* (nullable): in the text */
} Version;

/* Auxiliary functions */

static gboolean
take_number (const char **at,
             gint64      *number)
{
  char *end;
  guint64 value;

  if (!g_ascii_isdigit (**at))
    return FALSE;

  value = g_ascii_strtoull (*at, &end, 10);
  *number = (gint64) MIN (value, (guint64) G_MAXINT64 - 1);
  *at = end;
  return TRUE;
}

/* A word with or without a separator before it, and the number behind it, 0 without one. */
static gboolean
take_part (const char **at,
           const char  *word,
           gint64      *number)
{
  const char *here = *at;

  if (*here == '.' || *here == '-' || *here == '_')
    here++;
  if (g_ascii_strncasecmp (here, word, strlen (word)) != 0)
    return FALSE;
  here += strlen (word);
  if (g_ascii_isalpha (*here))
    return FALSE;
  if ((*here == '.' || *here == '-' || *here == '_') && g_ascii_isdigit (here[1]))
    here++;
  *number = 0;
  take_number (&here, number);
  *at = here;
  return TRUE;
}

static void
take_pre (const char **at,
          Version     *version)
{
  static const struct
  {
    const char *word;
    int         stage;
  } stages[] = {
    { "alpha", 'a' }, { "a", 'a' }, { "beta", 'b' }, { "b", 'b' }, { "preview", 'c' },
    { "pre", 'c' }, { "rc", 'c' }, { "c", 'c' },
  };

  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      if (take_part (at, stages[i].word, &version->pre))
        {
          version->stage = stages[i].stage;
          return;
        }
    }
}

static gboolean
parse (const char *text,
       Version    *version)
{
  const char *at = text;
  gint64 number;

  memset (version, 0, sizeof *version);
  version->post = -1;
  version->dev = -1;

  if (*at == 'v' || *at == 'V')
    at++;
  if (!take_number (&at, &number))
    return FALSE;
  if (*at == '!')
    {
      version->epoch = number;
      at++;
      if (!take_number (&at, &number))
        return FALSE;
    }
  version->release[version->n_release++] = number;
  while (*at == '.' && g_ascii_isdigit (at[1]))
    {
      at++;
      take_number (&at, &number);
      if (version->n_release < MAX_RELEASE)
        version->release[version->n_release++] = number;
    }

  take_pre (&at, version);
  if (*at == '-' && g_ascii_isdigit (at[1]))
    {
      at++;
      take_number (&at, &version->post);
    }
  else if (!take_part (&at, "post", &version->post) && !take_part (&at, "rev", &version->post) &&
           !take_part (&at, "r", &version->post))
    version->post = -1;
  if (!take_part (&at, "dev", &version->dev))
    version->dev = -1;
  if (*at == '+' && at[1] != '\0')
    {
      version->local = at + 1;
      return TRUE;
    }

  return *at == '\0';
}

static int
compare_numbers (gint64 a,
                 gint64 b)
{
  return a < b ? -1 : a > b;
}

static gint64
get_release (const Version *version,
             guint          i)
{
  return i < version->n_release ? version->release[i] : 0;
}

static int
compare_releases (const Version *a,
                  const Version *b)
{
  int result = compare_numbers (a->epoch, b->epoch);

  for (guint i = 0; result == 0 && i < MAX_RELEASE; i++)
    result = compare_numbers (get_release (a, i), get_release (b, i));

  return result;
}

/* 1.0.dev1 < 1.0a1 < 1.0 < 1.0.post1 */
static gint64
get_stage (const Version *version)
{
  if (version->stage != 0)
    return version->stage;

  return version->post < 0 && version->dev >= 0 ? BEFORE_ALL : AFTER_ALL;
}

static int
compare (const Version *a,
         const Version *b)
{
  int result = compare_releases (a, b);

  if (result == 0)
    result = compare_numbers (get_stage (a), get_stage (b));
  if (result == 0)
    result = compare_numbers (a->pre, b->pre);
  if (result == 0)
    result = compare_numbers (a->post, b->post);
  if (result == 0)
    result = compare_numbers (a->dev >= 0 ? a->dev : AFTER_ALL, b->dev >= 0 ? b->dev : AFTER_ALL);

  return result;
}

/* The first @n_release numbers of the release are these. */
static gboolean
has_prefix (const Version *version,
            const Version *prefix,
            guint          n_release)
{
  if (version->epoch != prefix->epoch)
    return FALSE;
  for (guint i = 0; i < n_release; i++)
    if (get_release (version, i) != get_release (prefix, i))
      return FALSE;

  return TRUE;
}

/* Public functions */

gboolean
granary_python_version_matches (const char *version,
                                const char *clause)
{
  static const char *const operators[] = { "===", "==", "!=", "<=", ">=", "~=", "<", ">" };
  const char *operator = NULL;
  g_autofree char *wanted_text = NULL;
  Version found;
  Version wanted;
  gboolean is_prefix;
  int order;

  g_return_val_if_fail (version != NULL, FALSE);
  g_return_val_if_fail (clause != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (operators) && operator == NULL; i++)
    if (g_str_has_prefix (clause, operators[i]))
      operator = operators[i];
  if (operator == NULL)
    return TRUE;

  wanted_text = g_strstrip (g_strdup (clause + strlen (operator)));
  if (g_str_equal (operator, "==="))
    return g_ascii_strcasecmp (version, wanted_text) == 0;

  is_prefix = g_str_has_suffix (wanted_text, ".*");
  if (is_prefix)
    wanted_text[strlen (wanted_text) - 2] = '\0';
  if (!parse (version, &found) || !parse (wanted_text, &wanted))
    return TRUE;

  order = compare (&found, &wanted);
  if (g_str_equal (operator, "==") || g_str_equal (operator, "!="))
    {
      gboolean same = is_prefix ? has_prefix (&found, &wanted, wanted.n_release)
                                : order == 0 &&
                                  (wanted.local == NULL ||
                                   (found.local != NULL &&
                                    g_ascii_strcasecmp (found.local, wanted.local) == 0));

      return same == g_str_equal (operator, "==");
    }
  if (g_str_equal (operator, "<="))
    return order <= 0;
  if (g_str_equal (operator, ">="))
    return order >= 0;
  if (g_str_equal (operator, "~="))
    return wanted.n_release < 2 ||
           (order >= 0 && has_prefix (&found, &wanted, wanted.n_release - 1));

  /* Neither takes in what only comes before or after the same release. */
  if (g_str_equal (operator, "<"))
    return order < 0 &&
           (wanted.stage != 0 || wanted.dev >= 0 || compare_releases (&found, &wanted) != 0);

  return order > 0 &&
         (wanted.post >= 0 || wanted.stage != 0 || wanted.dev >= 0 ||
          compare_releases (&found, &wanted) != 0);
}
