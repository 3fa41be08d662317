/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tags"

#include "config.h"

#include "granary-tag-input.h"

#include "granary-catalog.h"

#include <string.h>

/* More than anybody reads; typing narrows it down. */
#define MAX_SUGGESTIONS 60

/* Chinese input methods give the wide forms; they mean the same. */
#define WIDE_COMMA "，"
#define IDEOGRAPHIC_COMMA "、"
#define WIDE_EQUALS "＝"
#define WIDE_COLON "："

struct _GranaryTagSuggestion
{
  GObject   parent_instance;

  char     *key;
  char     *value;    /* (nullable) */
  int       n_models;
  gboolean  is_prefix; /* the typed text begins it */
};

G_DEFINE_FINAL_TYPE (GranaryTagSuggestion, granary_tag_suggestion, G_TYPE_OBJECT)

static void
granary_tag_suggestion_finalize (GObject *object)
{
  GranaryTagSuggestion *self = GRANARY_TAG_SUGGESTION (object);

  g_free (self->key);
  g_free (self->value);

  G_OBJECT_CLASS (granary_tag_suggestion_parent_class)->finalize (object);
}

static void
granary_tag_suggestion_class_init (GranaryTagSuggestionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_tag_suggestion_finalize;
}

static void
granary_tag_suggestion_init (GranaryTagSuggestion *self)
{
}

static GranaryTagSuggestion *
granary_tag_suggestion_new (const char *key,
                            const char *value,
                            int         n_models,
                            gboolean    is_prefix)
{
  GranaryTagSuggestion *self = g_object_new (GRANARY_TYPE_TAG_SUGGESTION, NULL);

  self->key = g_strdup (key);
  self->value = g_strdup (value);
  self->n_models = n_models;
  self->is_prefix = is_prefix;

  return self;
}

const char *
granary_tag_suggestion_get_key (GranaryTagSuggestion *self)
{
  g_return_val_if_fail (GRANARY_IS_TAG_SUGGESTION (self), NULL);

  return self->key;
}

/**
 * granary_tag_suggestion_get_value:
 * @self: a suggestion
 *
 * Returns: (nullable) (transfer none): the value; %NULL when it completes only the key
 */
const char *
granary_tag_suggestion_get_value (GranaryTagSuggestion *self)
{
  g_return_val_if_fail (GRANARY_IS_TAG_SUGGESTION (self), NULL);

  return self->value;
}

/**
 * granary_tag_suggestion_get_n_models:
 * @self: a suggestion
 *
 * Returns: how many models carry that key or tag
 */
int
granary_tag_suggestion_get_n_models (GranaryTagSuggestion *self)
{
  g_return_val_if_fail (GRANARY_IS_TAG_SUGGESTION (self), 0);

  return self->n_models;
}

/* The first of the separators in @text, and how many bytes it has. A key may hold `:` but no `=`,
 * so that `=` goes before. */
static const char *
find_separator (const char *text,
                gsize      *length)
{
  const char * const pairs[][2] = { { "=", WIDE_EQUALS }, { ":", WIDE_COLON } };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      const char *narrow = strstr (text, pairs[i][0]);
      const char *wide = strstr (text, pairs[i][1]);

      if (narrow != NULL && (wide == NULL || narrow < wide))
        {
          *length = strlen (pairs[i][0]);
          return narrow;
        }
      if (wide != NULL)
        {
          *length = strlen (pairs[i][1]);
          return wide;
        }
    }

  return NULL;
}

/**
 * granary_tag_input_split:
 * @text: what was typed, one tag
 * @key: (out): the part before the separator, stripped; all of it without one
 * @value: (out) (nullable): the part after it, stripped
 *
 * Takes `key=value` or `key:value` apart. Whether key and value are allowed is for
 * granary_tag_set_put() to say.
 *
 * Returns: whether there was a separator
 */
gboolean
granary_tag_input_split (const char  *text,
                         char       **key,
                         char       **value)
{
  const char *separator;
  gsize length = 0;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (key != NULL && value != NULL, FALSE);

  separator = find_separator (text, &length);
  if (separator == NULL)
    {
      *key = g_strstrip (g_strdup (text));
      *value = NULL;
      return FALSE;
    }

  *key = g_strstrip (g_strndup (text, separator - text));
  *value = g_strstrip (g_strdup (separator + length));

  return TRUE;
}

static gboolean
is_piece_separator (gunichar c)
{
  return c == ',' || c == ';' || c == '\n' || c == g_utf8_get_char (WIDE_COMMA) ||
         c == g_utf8_get_char (IDEOGRAPHIC_COMMA) || c == 0xff1b;
}

/**
 * granary_tag_input_pieces:
 * @text: what was typed or pasted
 *
 * Takes a list of tags apart at its commas; empty pieces are left out.
 *
 * Returns: (transfer full) (array zero-terminated=1): the pieces, stripped
 */
char **
granary_tag_input_pieces (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *start = text;

  g_return_val_if_fail (text != NULL, NULL);

  for (const char *at = text; ; at = g_utf8_next_char (at))
    {
      if (*at == '\0' || is_piece_separator (g_utf8_get_char (at)))
        {
          g_autofree char *piece = g_strstrip (g_strndup (start, at - start));

          if (*piece != '\0')
            g_strv_builder_add (builder, piece);
          if (*at == '\0')
            break;
          start = g_utf8_next_char (at);
        }
    }

  return g_strv_builder_end (builder);
}

guint
granary_tag_input_count_separators (const char *text)
{
  guint n = 0;

  g_return_val_if_fail (text != NULL, 0);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      if (is_piece_separator (g_utf8_get_char (at)))
        n++;
    }

  return n;
}

/* Keys before whole tags, what begins with the text before what holds it, then by use. */
static int
compare_suggestions (gconstpointer a,
                     gconstpointer b)
{
  const GranaryTagSuggestion *first = *(GranaryTagSuggestion * const *) a;
  const GranaryTagSuggestion *second = *(GranaryTagSuggestion * const *) b;
  int order;

  if ((first->value == NULL) != (second->value == NULL))
    return first->value == NULL ? -1 : 1;
  if (first->is_prefix != second->is_prefix)
    return first->is_prefix ? -1 : 1;
  if (first->n_models != second->n_models)
    return first->n_models > second->n_models ? -1 : 1;

  order = g_utf8_collate (first->key, second->key);
  if (order != 0 || first->value == NULL)
    return order;

  return g_utf8_collate (first->value, second->value);
}

/* Whether @candidate holds @needle (folded), and whether it begins with it. */
static gboolean
matches (const char *candidate,
         const char *needle,
         gboolean   *is_prefix)
{
  g_autofree char *folded = g_utf8_casefold (candidate, -1);
  const char *found = strstr (folded, needle);

  *is_prefix = found == folded;

  return found != NULL;
}

static gboolean
is_present (const GranaryTagSet *present,
            const char          *key,
            const char          *value)
{
  return present != NULL && g_strcmp0 (granary_tag_set_lookup (present, key), value) == 0;
}

static void
suggest_keys (GPtrArray           *found,
              GPtrArray           *facets,
              const char          *needle,
              const GranaryTagSet *present)
{
  g_autoptr (GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer key;
  gpointer n_models;

  for (guint i = 0; i < facets->len; i++)
    {
      const GranaryFacet *facet = g_ptr_array_index (facets, i);
      int before = GPOINTER_TO_INT (g_hash_table_lookup (keys, facet->key));

      /* A model carries a key once, so that the values' counts add up to the key's. */
      g_hash_table_insert (keys, facet->key, GINT_TO_POINTER (before + facet->n_models));
    }

  g_hash_table_iter_init (&iter, keys);
  while (g_hash_table_iter_next (&iter, &key, &n_models))
    {
      gboolean is_prefix;

      if (matches (key, needle, &is_prefix))
        g_ptr_array_add (found, granary_tag_suggestion_new (key, NULL, GPOINTER_TO_INT (n_models),
                                                            is_prefix));
    }

  if (*needle == '\0')
    return;

  for (guint i = 0; i < facets->len; i++)
    {
      const GranaryFacet *facet = g_ptr_array_index (facets, i);
      gboolean is_prefix;

      if (matches (facet->value, needle, &is_prefix) && !is_present (present, facet->key, facet->value))
        g_ptr_array_add (found, granary_tag_suggestion_new (facet->key, facet->value,
                                                            facet->n_models, is_prefix));
    }
}

static void
suggest_values (GPtrArray           *found,
                GPtrArray           *facets,
                const char          *key,
                const char          *needle,
                const GranaryTagSet *present)
{
  g_autofree char *folded_key = g_utf8_casefold (key, -1);

  for (guint i = 0; i < facets->len; i++)
    {
      const GranaryFacet *facet = g_ptr_array_index (facets, i);
      g_autofree char *folded = g_utf8_casefold (facet->key, -1);
      gboolean is_prefix;

      /* A key whose values are not known yet. */
      if (facet->n_models == 0 && *facet->value == '\0')
        continue;
      if (g_str_equal (folded, folded_key) && matches (facet->value, needle, &is_prefix) &&
          !is_present (present, facet->key, facet->value))
        g_ptr_array_add (found, granary_tag_suggestion_new (facet->key, facet->value,
                                                            facet->n_models, is_prefix));
    }
}

/**
 * granary_tag_input_suggest:
 * @facets: (element-type GranaryFacet): keys and values in use
 * @text: what was typed so far, one tag
 * @present: (nullable): tags that need no suggesting
 *
 * Completes first the key, then the values in use for that key; a text that occurs in values is
 * also completed to the whole tag.
 *
 * Returns: (transfer full) (element-type GranaryTagSuggestion): best first
 */
GPtrArray *
granary_tag_input_suggest (GPtrArray           *facets,
                           const char          *text,
                           const GranaryTagSet *present)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;
  g_autofree char *needle = NULL;

  g_return_val_if_fail (facets != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  if (granary_tag_input_split (text, &key, &value))
    {
      needle = g_utf8_casefold (value, -1);
      suggest_values (found, facets, key, needle, present);
    }
  else
    {
      needle = g_utf8_casefold (key, -1);
      suggest_keys (found, facets, needle, present);
    }

  g_ptr_array_sort (found, compare_suggestions);
  if (found->len > MAX_SUGGESTIONS)
    g_ptr_array_set_size (found, MAX_SUGGESTIONS);

  return g_steal_pointer (&found);
}
