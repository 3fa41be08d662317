/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GranaryCsv:
 *
 * A table of numbers as training tools append to it, an epoch a line: titles first, cells without
 * quotes, padded with spaces by some. A last line that is only half written does not count.
 */
typedef struct _GranaryCsv GranaryCsv;

GranaryCsv *granary_csv_read          (const char  *path,
                                       GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void        granary_csv_free          (GranaryCsv  *self);
guint       granary_csv_get_n_rows    (GranaryCsv  *self);
guint       granary_csv_get_n_columns (GranaryCsv  *self);
const char *granary_csv_get_title     (GranaryCsv  *self,
                                       guint        column);
const char *granary_csv_get_cell      (GranaryCsv  *self,
                                       guint        row,
                                       guint        column);
double      granary_csv_get_number    (GranaryCsv  *self,
                                       guint        row,
                                       const char  *title);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCsv, granary_csv_free)

G_END_DECLS
