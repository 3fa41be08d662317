/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-row-text.h"

#include <glib/gi18n-lib.h>

#include "granary-wording.h"

#define NOTHING "—"

G_DEFINE_BOXED_TYPE (GranaryRowText, granary_row_text,
                     granary_row_text_ref, granary_row_text_unref)

static char *
text_or_nothing (const char *text)
{
  return g_strdup (text != NULL && *text != '\0' ? text : NOTHING);
}

static char *
format_tags (const GranaryTagSet *tags)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_tags = tags != NULL ? granary_tag_set_get_size (tags) : 0;

  for (guint i = 0; i < n_tags; i++)
    {
      const char *key = granary_tag_set_get_key (tags, i);
      const char *value = granary_tag_set_get_value (tags, i);

      /* What every model carries tells nothing, and would hide the others. */
      if (granary_tag_key_is_automatic (key))
        continue;
      if (text->len > 0)
        g_string_append (text, "  ");
      g_string_append (text, key);
      if (value != NULL && *value != '\0')
        g_string_append_printf (text, ":%s", value);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
format_metric (const GranaryModelSummary  *summary,
               char                      **shown,
               char                      **spoken)
{
  g_autofree char *metric = NULL;

  if (summary->metric_name == NULL || summary->metric_text == NULL)
    {
      *shown = g_strdup (NOTHING);
      return;
    }

  metric = g_strdup_printf ("%s %s", summary->metric_name, summary->metric_text);
  if (summary->metric_trend > 0)
    {
      *shown = g_strdup_printf ("%s ↑", metric);
      /* Translators: for a screen reader; %s is a metric such as “acc 0.973”. */
      *spoken = g_strdup_printf (_("%s, better than the version before"), metric);
    }
  else if (summary->metric_trend < 0)
    {
      *shown = g_strdup_printf ("%s ↓", metric);
      /* Translators: for a screen reader; %s is a metric such as “acc 0.973”. */
      *spoken = g_strdup_printf (_("%s, worse than the version before"), metric);
    }
  else
    {
      *shown = g_steal_pointer (&metric);
    }
}

static void
append_part (GString    *line,
             const char *part,
             const char *separator)
{
  if (part == NULL || *part == '\0' || g_str_equal (part, NOTHING))
    return;

  if (line->len > 0)
    g_string_append (line, separator);
  g_string_append (line, part);
}

/**
 * granary_row_text_new_for_model:
 * @summary: what the catalogue says
 * @now: µs since the epoch, for ages
 *
 * Returns: (transfer full): the texts of a model's row
 */
GranaryRowText *
granary_row_text_new_for_model (const GranaryModelSummary *summary,
                                gint64                     now)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GString) label = NULL;
  g_autofree char *n_versions = NULL;
  g_autofree char *metrics_spoken = NULL;
  GranaryRowText *self;

  g_return_val_if_fail (summary != NULL, NULL);

  self = g_atomic_rc_box_new0 (GranaryRowText);
  self->id = summary->id;
  self->name = g_strdup (summary->name);
  self->framework = text_or_nothing (summary->framework);
  format_metric (summary, &self->metrics, &metrics_spoken);
  self->tags = format_tags (summary->tags);
  /* Nothing is known of the sizes of a model that was never looked at in the cloud. */
  self->size = granary_wording_size (summary->size == 0 && summary->n_versions > 0 ? -1
                                                                                    : summary->size);
  self->updated = granary_wording_age (summary->updated, now);
  if (summary->n_versions > 0)
    {
      self->source = g_strdup (granary_wording_source (summary->source));
      self->status = g_strdup (granary_wording_status (summary->status));
    }
  else
    {
      self->source = g_strdup (NOTHING);
      self->status = g_strdup (NOTHING);
    }

  n_versions = granary_wording_n_versions (MAX (summary->n_versions, 0));
  append_part (line, n_versions, " · ");
  append_part (line, self->framework, " · ");
  append_part (line, self->metrics, " · ");
  append_part (line, self->tags, " · ");
  self->summary = g_string_free (g_steal_pointer (&line), FALSE);

  label = g_string_new (self->name);
  append_part (label, n_versions, ", ");
  append_part (label, self->framework, ", ");
  append_part (label, metrics_spoken != NULL ? metrics_spoken : self->metrics, ", ");
  append_part (label, self->tags, ", ");
  append_part (label, self->updated, ", ");
  self->label = g_string_free (g_steal_pointer (&label), FALSE);

  return self;
}

/**
 * granary_row_text_new_for_version:
 * @version: what the catalogue says
 * @now: µs since the epoch, for ages
 *
 * Returns: (transfer full): the texts of a version's row
 */
GranaryRowText *
granary_row_text_new_for_version (const GranaryVersion *version,
                                  gint64                now)
{
  g_autoptr (GString) line = g_string_new (NULL);
  GranaryRowText *self;

  g_return_val_if_fail (version != NULL, NULL);

  self = g_atomic_rc_box_new0 (GranaryRowText);
  self->id = version->id;
  self->has_sdk = granary_version_has_sdk (version);
  if (self->has_sdk)
    {
      g_autofree char *address = granary_version_dup_sdk_address (version);

      self->has_sdk_address = address != NULL;
    }
  /* A version that cannot be used says so in every layout. */
  self->status = granary_wording_status_progress (version->status, version->progress);
  if (version->status == GRANARY_STATUS_READY)
    self->name = g_strdup_printf ("v%d", version->number);
  else
    self->name = g_strdup_printf ("v%d · %s", version->number, self->status);
  self->framework = text_or_nothing (version->framework);
  if (version->metrics != NULL && version->metrics->len > 0)
    self->metrics = granary_wording_metrics (version->metrics);
  else
    self->metrics = g_strdup (NOTHING);
  self->tags = g_strdup ("");
  self->source = g_strdup (granary_wording_source (version->source));
  self->size = granary_wording_size (version->size);
  self->updated = granary_wording_age (version->updated, now);

  append_part (line, self->framework, " · ");
  append_part (line, self->metrics, " · ");
  append_part (line, self->size, " · ");
  append_part (line, self->updated, " · ");
  self->label = g_strdup_printf ("%s, %s", self->name, line->str);
  self->summary = g_string_free (g_steal_pointer (&line), FALSE);

  return self;
}

/* With the texts in the columns; the others are for the caller. */
static GranaryRowText *
copy_columns (const GranaryRowText *text)
{
  GranaryRowText *self = g_atomic_rc_box_new0 (GranaryRowText);

  self->id = text->id;
  self->framework = g_strdup (text->framework);
  self->metrics = g_strdup (text->metrics);
  self->tags = g_strdup (text->tags);
  self->source = g_strdup (text->source);
  self->size = g_strdup (text->size);
  self->updated = g_strdup (text->updated);

  return self;
}

GranaryRowText *
granary_row_text_new_with_progress (const GranaryRowText *text,
                                    int                   number,
                                    const char           *progress)
{
  GranaryRowText *self;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (progress != NULL, NULL);

  self = copy_columns (text);
  self->name = number > 0 ? g_strdup_printf ("v%d · %s", number, progress) : g_strdup (text->name);
  self->summary = g_strdup_printf ("%s · %s", progress, text->summary);
  self->status = g_strdup (progress);
  self->label = g_strdup_printf ("%s, %s", text->label, progress);

  return self;
}

GranaryRowText *
granary_row_text_new_serving (const GranaryRowText *text,
                              int                   number)
{
  /* Translators: beside a version that a running service serves. */
  const char *serving = C_("version", "serving");
  GranaryRowText *self;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (number > 0, NULL);

  self = copy_columns (text);
  self->name = g_strdup_printf ("v%d  ● %s", number, serving);
  self->summary = g_strdup (text->summary);
  self->status = g_strdup (text->status);
  self->label = g_strdup_printf ("%s, %s", text->label, serving);

  return self;
}

GranaryRowText *
granary_row_text_ref (GranaryRowText *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
granary_row_text_clear (gpointer data)
{
  GranaryRowText *self = data;

  g_free (self->name);
  g_free (self->summary);
  g_free (self->framework);
  g_free (self->metrics);
  g_free (self->tags);
  g_free (self->source);
  g_free (self->status);
  g_free (self->size);
  g_free (self->updated);
  g_free (self->label);
}

void
granary_row_text_unref (GranaryRowText *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, granary_row_text_clear);
}
