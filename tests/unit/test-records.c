/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-event.h"
#include "granary-metric.h"
#include "granary-model.h"

/* Tags */

static void
test_tags (void)
{
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();
  g_autoptr (GranaryTagSet) copy = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (granary_tag_set_put (tags, "team", "视觉", &error));
  g_assert_true (granary_tag_set_put_text (tags, "stage=prod=1", &error));
  g_assert_true (granary_tag_set_put (tags, " team ", "风控", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (granary_tag_set_get_size (tags), ==, 2);
  g_assert_cmpstr (granary_tag_set_lookup (tags, "team"), ==, "风控");
  g_assert_cmpstr (granary_tag_set_lookup (tags, "stage"), ==, "prod=1");
  text = granary_tag_set_to_text (tags, ", ");
  g_assert_cmpstr (text, ==, "stage=prod=1, team=风控");

  copy = granary_tag_set_copy (tags);
  g_assert_true (granary_tag_set_equal (tags, copy));
  g_assert_true (granary_tag_set_remove (copy, "team"));
  g_assert_false (granary_tag_set_remove (copy, "team"));
  g_assert_false (granary_tag_set_equal (tags, copy));
}

static void
test_tags_lines (void)
{
  static const char *const sets[] = { "", "a=1", "a=1\nb=", "stage=prod=1\nteam=视觉" };

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (GranaryTagSet) tags = granary_tag_set_new_from_lines (sets[i]);
      g_autofree char *text = granary_tag_set_to_text (tags, "\n");

      g_assert_cmpstr (text, ==, sets[i]);
    }
  for (guint i = 0; i < 3; i++)
    {
      static const char *const broken[] = { "alone", "\n\n", "a=\xff" };
      g_autoptr (GranaryTagSet) tags = granary_tag_set_new_from_lines (broken[i]);

      g_assert_cmpuint (granary_tag_set_get_size (tags), ==, 0);
    }
}

static void
test_tags_refused (void)
{
  g_autofree char *long_key = g_strnfill (GRANARY_TAG_KEY_MAX_CHARS + 1, 'k');
  g_autofree char *long_value = g_strnfill (GRANARY_TAG_VALUE_MAX_CHARS + 1, 'v');
  const struct
  {
    const char    *key;
    const char    *value;
    GranaryReason  reason;
  } pairs[] = {
    { "", "x", GRANARY_REASON_TAG_KEY_EMPTY },
    { "a=b", "x", GRANARY_REASON_TAG_CHARACTER },
    { "a\nb", "x", GRANARY_REASON_TAG_CHARACTER },
    { "a", "x\ny", GRANARY_REASON_TAG_CHARACTER },
    { "a\xff", "x", GRANARY_REASON_TAG_CHARACTER },
    { long_key, "x", GRANARY_REASON_TAG_KEY_TOO_LONG },
    { "a", long_value, GRANARY_REASON_TAG_VALUE_TOO_LONG },
  };
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_clear_error (&error);
      g_assert_false (granary_tag_set_put (tags, pairs[i].key, pairs[i].value, &error));
      g_assert_cmpint (granary_error_get_reason (error), ==, pairs[i].reason);
    }
  g_clear_error (&error);
  g_assert_false (granary_tag_set_put_text (tags, "alone", &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_TAG_SYNTAX));
  g_assert_cmpuint (granary_tag_set_get_size (tags), ==, 0);

  for (guint i = 0; i < GRANARY_TAGS_MAX; i++)
    {
      g_autofree char *key = g_strdup_printf ("key%u", i);

      g_assert_true (granary_tag_set_put (tags, key, "", NULL));
    }
  g_clear_error (&error);
  g_assert_false (granary_tag_set_put (tags, "one-more", "", &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_TAGS_TOO_MANY));
}

/* Metrics */

static void
test_metrics (void)
{
  g_autoptr (GranaryMetric) plain = granary_metric_parse ("acc = 0.973", NULL);
  g_autoptr (GranaryMetric) keyed = granary_metric_parse ("acc@k=5=0.5", NULL);
  g_autoptr (GranaryMetric) text = granary_metric_new ("note", "good");
  g_autoptr (GranaryMetric) infinite = granary_metric_new ("loss", "inf");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (plain->name, ==, "acc");
  g_assert_cmpstr (plain->text, ==, "0.973");
  g_assert_true (plain->is_number);
  g_assert_cmpfloat_with_epsilon (plain->value, 0.973, 1e-12);
  g_assert_cmpstr (keyed->name, ==, "acc@k=5");
  g_assert_false (text->is_number);
  g_assert_false (infinite->is_number);
  g_assert_cmpstr (infinite->text, ==, "inf");
  g_assert_null (granary_metric_parse ("nothing", &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_METRIC_SYNTAX));
  g_clear_error (&error);
  g_assert_null (granary_metric_parse ("=1", &error));
}

static void
test_metric_direction (void)
{
  g_assert_true (granary_metric_lower_is_better ("val_loss"));
  g_assert_true (granary_metric_lower_is_better ("RMSE"));
  g_assert_true (granary_metric_lower_is_better ("train/box_loss"));
  g_assert_false (granary_metric_lower_is_better ("accuracy"));
  g_assert_false (granary_metric_lower_is_better ("metrics/mAP50(B)"));
  g_assert_false (granary_metric_lower_is_better ("performance"));
}

static void
test_metrics_check (void)
{
  g_autoptr (GPtrArray) metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (metrics, granary_metric_new ("acc", "1"));
  g_assert_true (granary_metrics_check (metrics, &error));
  g_ptr_array_add (metrics, granary_metric_new ("acc", "2"));
  g_assert_false (granary_metrics_check (metrics, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_METRIC_DUPLICATE));
  g_clear_error (&error);
  g_ptr_array_set_size (metrics, 1);
  g_ptr_array_add (metrics, granary_metric_new ("", "2"));
  g_assert_false (granary_metrics_check (metrics, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_METRIC_SYNTAX));
}

/* Stored names */

static void
test_ids (void)
{
  for (guint i = 0; i <= GRANARY_STATUS_FAILED; i++)
    {
      GranaryStatus status;

      g_assert_true (granary_status_from_id (granary_status_to_id (i), &status));
      g_assert_cmpuint (status, ==, i);
    }
  for (guint i = 0; i <= GRANARY_SOURCE_AUTOML; i++)
    {
      GranarySource source;

      g_assert_true (granary_source_from_id (granary_source_to_id (i), &source));
      g_assert_cmpuint (source, ==, i);
    }
  for (guint i = 0; i < GRANARY_N_EVENT_KINDS; i++)
    {
      GranaryEventKind kind;

      g_assert_true (granary_event_kind_from_id (granary_event_kind_to_id (i), &kind));
      g_assert_cmpuint (kind, ==, i);
    }
}

static void
test_find_file (void)
{
  static const char *const paths[] = { "a", "b/c", "config.json", "z" };
  g_autoptr (GranaryVersion) version = granary_version_new ();
  guint8 digest[GRANARY_SHA256_LENGTH] = { 0xab, 0x01 };
  g_autofree char *text = granary_sha256_to_text (digest);

  version->files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_ptr_array_add (version->files, granary_file_new (paths[i], i, digest, 0, 0));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_assert_cmpint (granary_version_find_file (version, paths[i])->size, ==, i);
  g_assert_null (granary_version_find_file (version, "b"));
  g_assert_true (g_str_has_prefix (text, "ab0100"));
  g_assert_cmpuint (strlen (text), ==, 64);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/tags/edit", test_tags);
  g_test_add_func ("/tags/lines", test_tags_lines);
  g_test_add_func ("/tags/refused", test_tags_refused);
  g_test_add_func ("/metrics/parse", test_metrics);
  g_test_add_func ("/metrics/direction", test_metric_direction);
  g_test_add_func ("/metrics/check", test_metrics_check);
  g_test_add_func ("/records/ids", test_ids);
  g_test_add_func ("/records/find-file", test_find_file);

  return g_test_run ();
}
