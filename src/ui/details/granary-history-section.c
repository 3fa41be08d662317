/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-history-section.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-section-rows.h"
#include "granary-wording.h"

struct _GranaryHistorySection
{
  AdwBin               parent_instance;

  AdwPreferencesGroup *group;
  GtkButton           *more;

  GPtrArray           *rows; /* (owned) (element-type GtkWidget), not owning */
};

G_DEFINE_FINAL_TYPE (GranaryHistorySection, granary_history_section, ADW_TYPE_BIN)

enum
{
  SIGNAL_MORE_WANTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Helpers. */

static GtkWidget *
make_row (void)
{
  return g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, NULL);
}

static void
fill_row (AdwActionRow       *row,
          const GranaryEvent *event)
{
  g_autofree char *text = granary_wording_event (event);
  g_autofree char *time = granary_wording_time (event->time);
  g_autofree char *line = NULL;

  if (event->user != NULL)
    {
      g_autofree char *user = granary_display_path (event->user);

      line = g_strdup_printf ("%s · %s", time, user);
    }

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  adw_action_row_set_subtitle (row, line != NULL ? line : time);
}

static void
more_cb (GranaryHistorySection *self)
{
  g_signal_emit (self, signals[SIGNAL_MORE_WANTED], 0);
}

/* GObject. */

static void
granary_history_section_dispose (GObject *object)
{
  GranaryHistorySection *self = GRANARY_HISTORY_SECTION (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_HISTORY_SECTION);

  G_OBJECT_CLASS (granary_history_section_parent_class)->dispose (object);
}

static void
granary_history_section_class_init (GranaryHistorySectionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_history_section_dispose;

  signals[SIGNAL_MORE_WANTED] =
    g_signal_new ("more-wanted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-history-section.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryHistorySection, group);
  gtk_widget_class_bind_template_child (widget_class, GranaryHistorySection, more);
  gtk_widget_class_bind_template_callback (widget_class, more_cb);
}

static void
granary_history_section_init (GranaryHistorySection *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_history_section_set_subject:
 * @self: the section
 * @subject: whose history to show
 */
void
granary_history_section_set_subject (GranaryHistorySection *self,
                                     const GranarySubject  *subject)
{
  g_return_if_fail (GRANARY_IS_HISTORY_SECTION (self));
  g_return_if_fail (subject != NULL);

  granary_section_resize (self->group, self->rows, subject->events->len, make_row);
  for (guint i = 0; i < subject->events->len; i++)
    fill_row (g_ptr_array_index (self->rows, i), g_ptr_array_index (subject->events, i));

  gtk_widget_set_visible (GTK_WIDGET (self), subject->events->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->more), subject->has_more);
}

guint
granary_history_section_get_n_rows (GranaryHistorySection *self)
{
  g_return_val_if_fail (GRANARY_IS_HISTORY_SECTION (self), 0);

  return self->rows->len;
}
