/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tags"

#include "config.h"

#include "granary-tag-source.h"

#include "granary-error.h"

struct _GranaryTagSource
{
  GObject            parent_instance;

  GranaryRepository *repository;  /* (owned) */
  GCancellable      *cancellable; /* (owned): of all questions */
  GHashTable        *values;      /* (owned): key → (owned) GStrv, empty until they are known */
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GranaryTagSource, granary_tag_source, G_TYPE_OBJECT)

typedef struct
{
  GranaryTagSource *self; /* (owned) */
  char             *key;  /* (owned) (nullable): NULL for the keys */
} Question;

static GStrv
strv_new_empty (void)
{
  return g_new0 (char *, 1);
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr (GranaryTagSource) self = question->self;
  g_autofree char *key = question->key;
  g_auto (GStrv) texts = NULL;
  g_autoptr (GError) error = NULL;

  texts = granary_repository_list_tags_finish (GRANARY_REPOSITORY (source), result, &error);
  if (texts == NULL)
    {
      /* Completions are a courtesy; a tag that is not allowed is refused when it is stored. */
      if (!granary_error_is_cancelled (error))
        g_debug ("The service does not tell its tags: %s", error->message);
      if (key != NULL)
        g_hash_table_remove (self->values, key);
      return;
    }

  if (key != NULL)
    g_hash_table_insert (self->values, g_steal_pointer (&key), g_steal_pointer (&texts));
  else
    for (guint i = 0; texts[i] != NULL; i++)
      if (!g_hash_table_contains (self->values, texts[i]))
        g_hash_table_insert (self->values, g_strdup (texts[i]), NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
ask (GranaryTagSource *self,
     const char       *key)
{
  Question *question = g_new0 (Question, 1);

  question->self = g_object_ref (self);
  question->key = g_strdup (key);
  granary_repository_list_tags_async (self->repository, key, self->cancellable, listed_cb, question);
}

static void
free_values (gpointer data)
{
  g_strfreev (data);
}

static void
granary_tag_source_dispose (GObject *object)
{
  GranaryTagSource *self = GRANARY_TAG_SOURCE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->repository);

  G_OBJECT_CLASS (granary_tag_source_parent_class)->dispose (object);
}

static void
granary_tag_source_finalize (GObject *object)
{
  GranaryTagSource *self = GRANARY_TAG_SOURCE (object);

  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->values);

  G_OBJECT_CLASS (granary_tag_source_parent_class)->finalize (object);
}

static void
granary_tag_source_class_init (GranaryTagSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_tag_source_dispose;
  object_class->finalize = granary_tag_source_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_tag_source_init (GranaryTagSource *self)
{
  self->cancellable = g_cancellable_new ();
  self->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_values);
}

GranaryTagSource *
granary_tag_source_new (GranaryRepository *repository)
{
  GranaryTagSource *self;

  g_return_val_if_fail (GRANARY_IS_REPOSITORY (repository), NULL);

  self = g_object_new (GRANARY_TYPE_TAG_SOURCE, NULL);
  self->repository = g_object_ref (repository);
  ask (self, NULL);

  return self;
}

void
granary_tag_source_want (GranaryTagSource *self,
                         const char       *key)
{
  g_return_if_fail (GRANARY_IS_TAG_SOURCE (self));
  g_return_if_fail (key != NULL);

  /* Only of keys that are defined: the others have none. */
  if (!g_hash_table_contains (self->values, key) || g_hash_table_lookup (self->values, key) != NULL)
    return;

  g_hash_table_insert (self->values, g_strdup (key), strv_new_empty ());
  ask (self, key);
}

static void
add_facet (GPtrArray  *facets,
           GHashTable *known,
           const char *key,
           const char *value,
           int         n_models)
{
  g_autofree char *tag = g_strdup_printf ("%s\n%s", key, value);
  GranaryFacet *facet;

  if (!g_hash_table_add (known, g_steal_pointer (&tag)))
    return;

  facet = g_new0 (GranaryFacet, 1);
  facet->key = g_strdup (key);
  facet->value = g_strdup (value);
  facet->n_models = n_models;
  g_ptr_array_add (facets, facet);
}

GPtrArray *
granary_tag_source_merge (GranaryTagSource *self,
                          GPtrArray        *facets)
{
  g_autoptr (GPtrArray) merged = NULL;
  g_autoptr (GHashTable) known = NULL;
  GHashTableIter iter;
  gpointer key;
  gpointer values;

  g_return_val_if_fail (GRANARY_IS_TAG_SOURCE (self), NULL);

  merged = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_facet_free);
  known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; facets != NULL && i < facets->len; i++)
    {
      const GranaryFacet *facet = g_ptr_array_index (facets, i);

      add_facet (merged, known, facet->key, facet->value, facet->n_models);
    }

  g_hash_table_iter_init (&iter, self->values);
  while (g_hash_table_iter_next (&iter, &key, &values))
    {
      GStrv texts = values;

      if (texts == NULL || texts[0] == NULL)
        add_facet (merged, known, key, "", 0);
      for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
        add_facet (merged, known, key, texts[i], 0);
    }

  return g_steal_pointer (&merged);
}
