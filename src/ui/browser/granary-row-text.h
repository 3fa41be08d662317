/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-model.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_ROW_TEXT (granary_row_text_get_type ())

/**
 * GranaryRowText:
 * @id: row of the model or version in the catalogue
 * @name: name of the model, or `v7`
 * @summary: one line of the rest, for windows too narrow for columns
 * @framework: as shown
 * @metrics: as shown, with an arrow where it got better or worse
 * @tags: as shown
 * @source: as shown
 * @status: as shown
 * @size: as shown
 * @updated: as shown
 * @label: all of it for a screen reader, where an arrow needs words
 * @has_sdk: whether there is an SDK to download: see [method@Version.has_sdk]
 * @has_sdk_address: whether it is in object storage
 *
 * All texts of one row of the list, made on a worker so that showing a row formats nothing.
 * Immutable, may be shared by threads.
 */
typedef struct
{
  gint64    id;
  char     *name;
  char     *summary;
  char     *framework;
  char     *metrics;
  char     *tags;
  char     *source;
  char     *status;
  char     *size;
  char     *updated;
  char     *label;
  gboolean  has_sdk;
  gboolean  has_sdk_address;
} GranaryRowText;

GType           granary_row_text_get_type         (void);
GranaryRowText *granary_row_text_new_for_model    (const GranaryModelSummary *summary,
                                                   gint64                     now) G_GNUC_WARN_UNUSED_RESULT;
GranaryRowText *granary_row_text_new_for_version  (const GranaryVersion      *version,
                                                   gint64                     now) G_GNUC_WARN_UNUSED_RESULT;
/* The same while a transfer is on its way: @progress, such as “Uploading 42%”, in the place of the
 * status, and beside the number of a version. */
GranaryRowText *granary_row_text_new_with_progress (const GranaryRowText    *text,
                                                    int                      number,
                                                    const char              *progress) G_GNUC_WARN_UNUSED_RESULT;
/* The same of a version that a running service serves. */
GranaryRowText *granary_row_text_new_serving      (const GranaryRowText      *text,
                                                   int                        number) G_GNUC_WARN_UNUSED_RESULT;
GranaryRowText *granary_row_text_ref              (GranaryRowText            *self);
void            granary_row_text_unref            (GranaryRowText            *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryRowText, granary_row_text_unref)

G_END_DECLS
