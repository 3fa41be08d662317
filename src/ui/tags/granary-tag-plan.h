/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-tag-set.h"

G_BEGIN_DECLS

/**
 * GranaryTagPlanRow:
 * @key: tag key
 * @value: (nullable): its value; %NULL when the models that carry it disagree
 * @values: the values, most frequent first, for a sentence: `视觉, 风控`
 * @n_models: how many of the models carry it
 * @locked: it belongs to the platform and stays as it is
 *
 * A tag as it stands in a plan. Owned by the plan, valid until it changes.
 */
typedef struct
{
  const char *key;
  const char *value;
  const char *values;
  guint       n_models;
  gboolean    locked;
} GranaryTagPlanRow;

/**
 * GranaryTagPlan:
 *
 * What is to become of the tags of one or several models: what they carry now, and the user's
 * changes on top. Only what was changed is asked of the repository, so that a tag which differs
 * between the models stays as it is on each until the user touches it. No GTK, one thread.
 */
typedef struct _GranaryTagPlan GranaryTagPlan;

GranaryTagPlan  *granary_tag_plan_new          (GPtrArray             *tag_sets) G_GNUC_WARN_UNUSED_RESULT;
GranaryTagPlan  *granary_tag_plan_new_single   (const GranaryTagSet   *tags) G_GNUC_WARN_UNUSED_RESULT;
void             granary_tag_plan_free         (GranaryTagPlan        *self);

/* Locks reserved keys: those of a platform. */
void             granary_tag_plan_lock_reserved
                                               (GranaryTagPlan        *self);
guint            granary_tag_plan_get_n_models (GranaryTagPlan        *self);
guint            granary_tag_plan_get_n_rows   (GranaryTagPlan        *self);
void             granary_tag_plan_get_row      (GranaryTagPlan        *self,
                                                guint                  position,
                                                GranaryTagPlanRow     *row);
gboolean         granary_tag_plan_is_changed   (GranaryTagPlan        *self);

gboolean         granary_tag_plan_put          (GranaryTagPlan        *self,
                                                const char            *key,
                                                const char            *value,
                                                GError               **error);
gboolean         granary_tag_plan_remove       (GranaryTagPlan        *self,
                                                const char            *key);

GranaryTagSet   *granary_tag_plan_make_set     (GranaryTagPlan        *self) G_GNUC_WARN_UNUSED_RESULT;
char           **granary_tag_plan_make_remove  (GranaryTagPlan        *self) G_GNUC_WARN_UNUSED_RESULT;
GranaryTagSet   *granary_tag_plan_make_result  (GranaryTagPlan        *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTagPlan, granary_tag_plan_free)

G_END_DECLS
