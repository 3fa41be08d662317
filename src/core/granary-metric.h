/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GRANARY_TYPE_METRIC (granary_metric_get_type ())

/**
 * GranaryMetric:
 * @name: such as `acc`, unique within a version
 * @text: the value as reported, always there
 * @value: the value as a number; meaningful only when @is_number
 * @is_number: whether @text is a finite number
 *
 * One reported measure of a version. Immutable.
 */
typedef struct
{
  char     *name;
  char     *text;
  double    value;
  gboolean  is_number;
} GranaryMetric;

GType          granary_metric_get_type        (void);
GranaryMetric *granary_metric_new             (const char           *name,
                                               const char           *text) G_GNUC_WARN_UNUSED_RESULT;
GranaryMetric *granary_metric_copy            (const GranaryMetric  *self) G_GNUC_WARN_UNUSED_RESULT;
void           granary_metric_free            (GranaryMetric        *self);
GranaryMetric *granary_metric_parse           (const char           *text,
                                               GError              **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean       granary_metric_lower_is_better (const char           *name);
gboolean       granary_metrics_check          (GPtrArray            *metrics,
                                               GError              **error);
GPtrArray     *granary_metrics_copy           (GPtrArray            *metrics) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryMetric, granary_metric_free)

G_END_DECLS
