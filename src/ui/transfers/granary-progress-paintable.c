/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-transfers"

#include "config.h"

#include "granary-progress-paintable.h"

#include <math.h>

#define SIZE 16
#define RING_RADIUS 6.5
#define RING_WIDTH 3.0
#define RING_OPACITY 0.2

struct _GranaryProgressPaintable
{
  GObject   parent_instance;

  double    fraction;
  gboolean  active;
};

static void paintable_init (GdkPaintableInterface *iface);
static void symbolic_init  (GtkSymbolicPaintableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryProgressPaintable, granary_progress_paintable, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, paintable_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SYMBOLIC_PAINTABLE, symbolic_init))

/* Drawing, all in a square of SIZE */

static void
append_arrow (GskPathBuilder *builder,
              float           x,
              float           tail,
              float           tip)
{
  float wing = tip < tail ? tip + 3.5f : tip - 3.5f;

  gsk_path_builder_move_to (builder, x, tail);
  gsk_path_builder_line_to (builder, x, tip);
  gsk_path_builder_move_to (builder, x - 3.5f, wing);
  gsk_path_builder_line_to (builder, x, tip);
  gsk_path_builder_line_to (builder, x + 3.5f, wing);
}

static void
snapshot_arrows (GtkSnapshot   *snapshot,
                 const GdkRGBA *color)
{
  g_autoptr (GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr (GskPath) path = NULL;
  GskStroke *stroke = gsk_stroke_new (2);

  append_arrow (builder, 4.5f, 14, 2);
  append_arrow (builder, 11.5f, 2, 14);
  path = gsk_path_builder_free_to_path (g_steal_pointer (&builder));
  gtk_snapshot_append_stroke (snapshot, path, stroke, color);
  gsk_stroke_free (stroke);
}

static void
snapshot_ring (GtkSnapshot   *snapshot,
               const GdkRGBA *color,
               double         fraction)
{
  const float center = SIZE / 2;
  g_autoptr (GskPathBuilder) track_builder = gsk_path_builder_new ();
  g_autoptr (GskPath) track = NULL;
  GskStroke *stroke = gsk_stroke_new (RING_WIDTH);
  GdkRGBA faint = *color;

  gsk_path_builder_add_circle (track_builder, &GRAPHENE_POINT_INIT (center, center), RING_RADIUS);
  track = gsk_path_builder_free_to_path (g_steal_pointer (&track_builder));
  faint.alpha *= fraction >= 1 ? 1.f : (float) RING_OPACITY;
  gtk_snapshot_append_stroke (snapshot, track, stroke, &faint);

  /* Two arcs, as one may not be larger than half of a circle. */
  if (fraction > 0.005 && fraction < 1)
    {
      g_autoptr (GskPathBuilder) builder = gsk_path_builder_new ();
      g_autoptr (GskPath) arc = NULL;

      gsk_path_builder_move_to (builder, center, (float) (center - RING_RADIUS));
      for (int half = 1; half <= 2; half++)
        {
          double angle = 2 * G_PI * fraction * half / 2;

          gsk_path_builder_svg_arc_to (builder, RING_RADIUS, RING_RADIUS, 0, FALSE, TRUE,
                                       (float) (center + RING_RADIUS * sin (angle)),
                                       (float) (center - RING_RADIUS * cos (angle)));
        }
      arc = gsk_path_builder_free_to_path (g_steal_pointer (&builder));
      gsk_stroke_set_line_cap (stroke, GSK_LINE_CAP_ROUND);
      gtk_snapshot_append_stroke (snapshot, arc, stroke, color);
    }
  gsk_stroke_free (stroke);
}

static void
granary_progress_paintable_snapshot_symbolic (GtkSymbolicPaintable *paintable,
                                              GdkSnapshot          *snapshot,
                                              double                width,
                                              double                height,
                                              const GdkRGBA        *colors,
                                              gsize                 n_colors)
{
  GranaryProgressPaintable *self = GRANARY_PROGRESS_PAINTABLE (paintable);
  float scale = (float) (MIN (width, height) / SIZE);
  GdkRGBA color = n_colors > 0 ? colors[GTK_SYMBOLIC_COLOR_FOREGROUND]
                               : (GdkRGBA) { 0, 0, 0, 1 };

  gtk_snapshot_save (snapshot);
  gtk_snapshot_scale (snapshot, scale, scale);
  if (self->active)
    snapshot_ring (snapshot, &color, self->fraction);
  else
    snapshot_arrows (snapshot, &color);
  gtk_snapshot_restore (snapshot);
}

static void
symbolic_init (GtkSymbolicPaintableInterface *iface)
{
  iface->snapshot_symbolic = granary_progress_paintable_snapshot_symbolic;
}

static void
granary_progress_paintable_snapshot (GdkPaintable *paintable,
                                     GdkSnapshot  *snapshot,
                                     double        width,
                                     double        height)
{
  granary_progress_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (paintable), snapshot, width,
                                                height, NULL, 0);
}

static int
granary_progress_paintable_get_intrinsic_size (GdkPaintable *paintable)
{
  return SIZE;
}

static void
paintable_init (GdkPaintableInterface *iface)
{
  iface->snapshot = granary_progress_paintable_snapshot;
  iface->get_intrinsic_width = granary_progress_paintable_get_intrinsic_size;
  iface->get_intrinsic_height = granary_progress_paintable_get_intrinsic_size;
}

static void
granary_progress_paintable_class_init (GranaryProgressPaintableClass *klass)
{
}

static void
granary_progress_paintable_init (GranaryProgressPaintable *self)
{
}

/**
 * granary_progress_paintable_new:
 *
 * Returns: (transfer full): two arrows
 */
GranaryProgressPaintable *
granary_progress_paintable_new (void)
{
  return g_object_new (GRANARY_TYPE_PROGRESS_PAINTABLE, NULL);
}

/**
 * granary_progress_paintable_set_active:
 * @self: a paintable
 * @active: whether something runs
 *
 * Shows the ring, or the arrows.
 */
void
granary_progress_paintable_set_active (GranaryProgressPaintable *self,
                                       gboolean                  active)
{
  g_return_if_fail (GRANARY_IS_PROGRESS_PAINTABLE (self));

  if (self->active == active)
    return;

  self->active = active;
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

/**
 * granary_progress_paintable_set_fraction:
 * @self: a paintable
 * @fraction: how much is done, 0 to 1
 *
 * Closes the ring so far.
 */
void
granary_progress_paintable_set_fraction (GranaryProgressPaintable *self,
                                         double                    fraction)
{
  g_return_if_fail (GRANARY_IS_PROGRESS_PAINTABLE (self));

  if (self->fraction == fraction)
    return;

  self->fraction = fraction;
  if (self->active)
    gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}
