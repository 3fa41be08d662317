/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-catalog.h"
#include "granary-error.h"
#include "granary-tag-input.h"
#include "granary-tag-plan.h"

/* Helpers */

static GranaryTagSet *
make_set (const char *text)
{
  GranaryTagSet *set = granary_tag_set_new ();
  g_auto (GStrv) pieces = granary_tag_input_pieces (text);

  for (guint i = 0; pieces[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      granary_tag_set_put_text (set, pieces[i], &error);
      g_assert_no_error (error);
    }

  return set;
}

static GranaryTagPlan *
make_plan (const char * const *texts)
{
  g_autoptr (GPtrArray) sets = NULL;

  sets = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_tag_set_free);
  for (guint i = 0; texts[i] != NULL; i++)
    g_ptr_array_add (sets, make_set (texts[i]));

  return granary_tag_plan_new (sets);
}

#define PLAN(...) make_plan ((const char *[]) { __VA_ARGS__, NULL })

static void
assert_row (GranaryTagPlan *plan,
            guint           position,
            const char     *key,
            const char     *value,
            const char     *values,
            guint           n_models)
{
  GranaryTagPlanRow row;

  granary_tag_plan_get_row (plan, position, &row);
  g_assert_cmpstr (row.key, ==, key);
  g_assert_cmpstr (row.value, ==, value);
  g_assert_cmpstr (row.values, ==, values);
  g_assert_cmpuint (row.n_models, ==, n_models);
}

static void
assert_set (GranaryTagSet *set,
            const char    *expected)
{
  g_autofree char *text = NULL;

  if (expected == NULL)
    {
      g_assert_null (set);
      return;
    }

  text = granary_tag_set_to_text (set, ",");
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_changes (GranaryTagPlan *plan,
                const char     *expected_set,
                const char     *expected_remove)
{
  g_autoptr (GranaryTagSet) set = granary_tag_plan_make_set (plan);
  g_auto (GStrv) remove = granary_tag_plan_make_remove (plan);
  g_autofree char *remove_text = remove != NULL ? g_strjoinv (",", remove) : NULL;

  assert_set (set, expected_set);
  g_assert_cmpstr (remove_text, ==, expected_remove);
  g_assert_cmpint (granary_tag_plan_is_changed (plan), ==,
                   expected_set != NULL || expected_remove != NULL);
}

static void
put (GranaryTagPlan *plan,
     const char     *key,
     const char     *value)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (granary_tag_plan_put (plan, key, value, &error));
  g_assert_no_error (error);
}

/* Plans */

static void
test_plan_single (void)
{
  g_autoptr (GranaryTagPlan) plan = PLAN ("stage=dev,team=视觉");

  g_assert_cmpuint (granary_tag_plan_get_n_rows (plan), ==, 2);
  assert_row (plan, 0, "stage", "dev", "dev", 1);
  assert_row (plan, 1, "team", "视觉", "视觉", 1);
  assert_changes (plan, NULL, NULL);

  put (plan, "stage", "prod");
  put (plan, "task", "ocr");
  assert_changes (plan, "stage=prod,task=ocr", NULL);

  g_assert_true (granary_tag_plan_remove (plan, "team"));
  g_assert_false (granary_tag_plan_remove (plan, "team"));
  g_assert_false (granary_tag_plan_remove (plan, "nothing"));
  assert_changes (plan, "stage=prod,task=ocr", "team");

  {
    g_autoptr (GranaryTagSet) result = granary_tag_plan_make_result (plan);

    assert_set (result, "stage=prod,task=ocr");
  }
}

/* What is put back as it was is no change. */
static void
test_plan_undone (void)
{
  g_autoptr (GranaryTagPlan) plan = PLAN ("stage=dev,team=a");

  put (plan, "stage", "prod");
  put (plan, "stage", "dev");
  g_assert_true (granary_tag_plan_remove (plan, "team"));
  put (plan, "team", "a");
  put (plan, "new", "x");
  g_assert_true (granary_tag_plan_remove (plan, "new"));
  assert_changes (plan, NULL, NULL);

  /* What came back is the last one, as Backspace expects. */
  assert_row (plan, 1, "team", "a", "a", 1);
}

static void
test_plan_several (void)
{
  g_autoptr (GranaryTagPlan) plan = PLAN ("team=a,stage=dev", "team=b", "team=b,stage=dev", "", "team=c");

  g_assert_cmpuint (granary_tag_plan_get_n_models (plan), ==, 5);
  g_assert_cmpuint (granary_tag_plan_get_n_rows (plan), ==, 2);
  assert_row (plan, 0, "stage", "dev", "dev", 2);
  assert_row (plan, 1, "team", NULL, "b, a, c", 4);

  /* Untouched tags are not asked for. */
  put (plan, "task", "ocr");
  assert_changes (plan, "task=ocr", NULL);

  /* The value that some have becomes everybody's. */
  put (plan, "stage", "dev");
  assert_row (plan, 0, "stage", "dev", "dev", 5);
  assert_changes (plan, "stage=dev,task=ocr", NULL);

  g_assert_true (granary_tag_plan_remove (plan, "stage"));
  g_assert_true (granary_tag_plan_remove (plan, "team"));
  assert_changes (plan, "task=ocr", "stage,team");
}

static void
test_plan_invalid (void)
{
  g_autoptr (GranaryTagPlan) plan = PLAN ("stage=dev");
  g_autoptr (GError) error = NULL;

  g_assert_false (granary_tag_plan_put (plan, "a=b", "c", &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_TAG_CHARACTER));
  g_clear_error (&error);
  g_assert_false (granary_tag_plan_put (plan, " ", "c", &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_TAG_KEY_EMPTY));
  assert_changes (plan, NULL, NULL);
}

/* One of the models is full: what it lacks cannot be added, what it has can be changed. */
static void
test_plan_full (void)
{
  g_autoptr (GPtrArray) sets = NULL;
  g_autoptr (GranaryTagPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  GranaryTagSet *full = granary_tag_set_new ();

  for (guint i = 0; i < GRANARY_TAGS_MAX; i++)
    {
      g_autofree char *key = g_strdup_printf ("key%02u", i);

      g_assert_true (granary_tag_set_put (full, key, "x", NULL));
    }
  sets = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_tag_set_free);
  g_ptr_array_add (sets, granary_tag_set_new ());
  g_ptr_array_add (sets, full);
  plan = granary_tag_plan_new (sets);

  g_assert_false (granary_tag_plan_put (plan, "more", "x", &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_TAGS_TOO_MANY));
  assert_changes (plan, NULL, NULL);
  g_assert_cmpuint (granary_tag_plan_get_n_rows (plan), ==, GRANARY_TAGS_MAX);

  put (plan, "key07", "y");
  g_assert_true (granary_tag_plan_remove (plan, "key08"));
  put (plan, "more", "x");
  assert_changes (plan, "key07=y,more=x", "key08");
}

/* Input */

static void
test_input_split (void)
{
  const struct
  {
    const char *text;
    const char *key;
    const char *value;
  } cases[] = {
    { "team=vision", "team", "vision" },
    { "team:vision", "team", "vision" },
    { " team = a b ", "team", "a b" },
    { "org:team=vision", "org:team", "vision" },
    { "team：视觉", "team", "视觉" },
    { "team＝视觉", "team", "视觉" },
    { "url=http://x=1", "url", "http://x=1" },
    { "team=", "team", "" },
    { "=x", "", "x" },
    { "team", "team", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *key = NULL;
      g_autofree char *value = NULL;
      gboolean split;

      split = granary_tag_input_split (cases[i].text, &key, &value);
      g_assert_cmpstr (key, ==, cases[i].key);
      g_assert_cmpstr (value, ==, cases[i].value);
      g_assert_cmpint (split, ==, cases[i].value != NULL);
    }
}

static void
test_input_pieces (void)
{
  g_auto (GStrv) pieces = granary_tag_input_pieces (" a=1, b=2，c=3；\nd=4 、,");
  g_autofree char *joined = g_strjoinv ("|", pieces);

  g_assert_cmpstr (joined, ==, "a=1|b=2|c=3|d=4");
  g_assert_cmpuint (granary_tag_input_count_separators ("a=1, b=2，c"), ==, 2);
  g_assert_cmpuint (granary_tag_input_count_separators ("a=1"), ==, 0);
}

static void
add_facet (GPtrArray  *facets,
           const char *key,
           const char *value,
           int         n_models)
{
  GranaryFacet *facet = g_new0 (GranaryFacet, 1);

  facet->key = g_strdup (key);
  facet->value = g_strdup (value);
  facet->n_models = n_models;
  g_ptr_array_add (facets, facet);
}

static char *
suggest (GPtrArray           *facets,
         const char          *text,
         const GranaryTagSet *present)
{
  g_autoptr (GPtrArray) found = granary_tag_input_suggest (facets, text, present);
  g_autoptr (GString) result = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    {
      GranaryTagSuggestion *suggestion = g_ptr_array_index (found, i);
      const char *value = granary_tag_suggestion_get_value (suggestion);

      g_string_append_printf (result, "%s%s%s%s*%d",
                              i > 0 ? " " : "",
                              granary_tag_suggestion_get_key (suggestion),
                              value != NULL ? "=" : "",
                              value != NULL ? value : "",
                              granary_tag_suggestion_get_n_models (suggestion));
    }

  return g_string_free (g_steal_pointer (&result), FALSE);
}

static void
test_input_suggest (void)
{
  g_autoptr (GPtrArray) facets = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_facet_free);
  g_autoptr (GranaryTagSet) present = make_set ("team=视觉");
  const struct
  {
    const char          *text;
    const GranaryTagSet *present;
    const char          *expected;
  } cases[] = {
    /* All keys, most used first. */
    { "", NULL, "team*17 stage*6 steam*1" },
    /* What begins with the text goes before what holds it. */
    { "TEAM", NULL, "team*17 steam*1" },
    { "st", NULL, "stage*6 steam*1" },
    /* A text that only values hold gives whole tags. */
    { "视", NULL, "team=视觉*12" },
    { "视", present, "" },
    /* After the separator, the values of that key. */
    { "team=", NULL, "team=视觉*12 team=风控*5" },
    { "Team:风", NULL, "team=风控*5" },
    { "team=", present, "team=风控*5" },
    { "stage=p", NULL, "stage=prod*4" },
    { "unknown=", NULL, "" },
  };

  add_facet (facets, "team", "视觉", 12);
  add_facet (facets, "team", "风控", 5);
  add_facet (facets, "stage", "prod", 4);
  add_facet (facets, "stage", "dev", 2);
  add_facet (facets, "steam", "yes", 1);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = suggest (facets, cases[i].text, cases[i].present);

      g_assert_cmpstr (found, ==, cases[i].expected);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/tags/plan/single", test_plan_single);
  g_test_add_func ("/tags/plan/undone", test_plan_undone);
  g_test_add_func ("/tags/plan/several", test_plan_several);
  g_test_add_func ("/tags/plan/invalid", test_plan_invalid);
  g_test_add_func ("/tags/plan/full", test_plan_full);
  g_test_add_func ("/tags/input/split", test_input_split);
  g_test_add_func ("/tags/input/pieces", test_input_pieces);
  g_test_add_func ("/tags/input/suggest", test_input_suggest);

  return g_test_run ();
}
