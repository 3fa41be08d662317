/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-tag-set.h"
#include "granary-version.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_MODEL (granary_model_get_type ())
#define GRANARY_TYPE_MODEL_SUMMARY (granary_model_summary_get_type ())

/**
 * GranaryModel:
 * @id: row in the catalogue; identifies the model within one catalogue
 * @uid: opaque text that identifies it everywhere, never all digits
 * @name: unique in the repository without regard to case
 * @description: free text, may be empty
 * @tags: its tags
 * @high_water: highest version number ever used
 * @primary_metric: (nullable): name of the metric shown in lists
 * @size: bytes of all its versions, shared content counted each time
 * @created: µs since the epoch, UTC
 * @updated: µs since the epoch, UTC
 * @versions: (element-type GranaryVersion): newest first, without trashed ones
 *
 * All that the catalogue knows of a model, at one moment. Immutable, may be shared by threads.
 */
typedef struct
{
  gint64         id;
  char          *uid;
  char          *name;
  char          *description;
  GranaryTagSet *tags;
  int            high_water;
  char          *primary_metric;
  gint64         size;
  gint64         created;
  gint64         updated;
  GPtrArray     *versions;
} GranaryModel;

/**
 * GranaryModelSummary:
 * @id: as in [struct@Model]
 * @uid: as in [struct@Model]
 * @name: as in [struct@Model]
 * @framework: (nullable): of the latest version
 * @metric_name: (nullable): the primary metric, or the first of the latest version
 * @metric_text: (nullable): its value there
 * @metric_trend: +1 better than the version before, -1 worse, 0 equal or unknown
 * @tags: its tags
 * @source: of the latest version
 * @status: of the latest version
 * @size: bytes of all versions
 * @n_versions: how many there are
 * @latest: number of the latest, 0 if none
 * @created: µs since the epoch, UTC
 * @updated: µs since the epoch, UTC
 *
 * What a list row of a model shows. Immutable, may be shared by threads.
 */
typedef struct
{
  gint64         id;
  char          *uid;
  char          *name;
  char          *framework;
  char          *metric_name;
  char          *metric_text;
  int            metric_trend;
  GranaryTagSet *tags;
  GranarySource  source;
  GranaryStatus  status;
  gint64         size;
  int            n_versions;
  int            latest;
  gint64         created;
  gint64         updated;
} GranaryModelSummary;

GType                granary_model_get_type         (void);
GranaryModel        *granary_model_new              (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryModel        *granary_model_ref              (GranaryModel        *self);
void                 granary_model_unref            (GranaryModel        *self);

GType                granary_model_summary_get_type (void);
GranaryModelSummary *granary_model_summary_new      (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryModelSummary *granary_model_summary_ref      (GranaryModelSummary *self);
void                 granary_model_summary_unref    (GranaryModelSummary *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryModel, granary_model_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryModelSummary, granary_model_summary_unref)

G_END_DECLS
