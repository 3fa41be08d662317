/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * GranaryProgressPaintable:
 *
 * The picture of the transfers button: two arrows, and in their place, while something runs, a ring
 * that closes as it gets done. A symbolic icon in the colours of its widget.
 */
#define GRANARY_TYPE_PROGRESS_PAINTABLE (granary_progress_paintable_get_type ())
G_DECLARE_FINAL_TYPE (GranaryProgressPaintable, granary_progress_paintable, GRANARY,
                      PROGRESS_PAINTABLE, GObject)

GranaryProgressPaintable *granary_progress_paintable_new          (void) G_GNUC_WARN_UNUSED_RESULT;
void                      granary_progress_paintable_set_active   (GranaryProgressPaintable *self,
                                                                   gboolean                  active);
void                      granary_progress_paintable_set_fraction (GranaryProgressPaintable *self,
                                                                   double                    fraction);

G_END_DECLS
