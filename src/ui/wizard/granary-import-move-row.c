/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-move-row.h"

#include <glib/gi18n-lib.h>

struct _GranaryImportMoveRow
{
  AdwActionRow        parent_instance;

  AdwToggleGroup     *toggle_group;

  GranaryImportDraft *draft;
};

G_DEFINE_FINAL_TYPE (GranaryImportMoveRow, granary_import_move_row, ADW_TYPE_ACTION_ROW)

static const char *
get_meaning (GranaryImportMoveRow *self)
{
  const GranaryTaskOutput *output = granary_import_draft_get_output (self->draft);
  gboolean move = granary_import_draft_get_move (self->draft);

  if (granary_import_draft_get_source (self->draft) == GRANARY_SOURCE_COS)
    return move ? _("The platform moves the files to the model’s own folder. They are deleted here once they are there.")
                : _("The platform copies the files to the model’s own folder. They stay here, too.");
  if (output != NULL && output->address != NULL)
    return move ? _("The files move to the model. They are taken away from the task.")
                : _("The task keeps its files; the model gets its own.");

  return move ? _("The files move into the repository. They are taken away from where they are only after every byte was checked.")
              : _("The files stay where they are; the repository keeps its own.");
}

static void
update (GranaryImportMoveRow *self)
{
  adw_toggle_group_set_active_name (self->toggle_group,
                                    granary_import_draft_get_move (self->draft) ? "cut" : "copy");
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), get_meaning (self));
}

static void
toggled_cb (GranaryImportMoveRow *self)
{
  const char *name = adw_toggle_group_get_active_name (self->toggle_group);

  if (self->draft != NULL && name != NULL)
    granary_import_draft_set_move (self->draft, g_str_equal (name, "cut"));
}

static void
granary_import_move_row_dispose (GObject *object)
{
  GranaryImportMoveRow *self = GRANARY_IMPORT_MOVE_ROW (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_MOVE_ROW);

  G_OBJECT_CLASS (granary_import_move_row_parent_class)->dispose (object);
}

static void
granary_import_move_row_class_init (GranaryImportMoveRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_import_move_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-move-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportMoveRow, toggle_group);
  gtk_widget_class_bind_template_callback (widget_class, toggled_cb);
}

static void
granary_import_move_row_init (GranaryImportMoveRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_import_move_row_set_draft:
 * @self: a row
 * @draft: what to show and change; given once
 */
void
granary_import_move_row_set_draft (GranaryImportMoveRow *self,
                                   GranaryImportDraft   *draft)
{
  g_return_if_fail (GRANARY_IS_IMPORT_MOVE_ROW (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "notify::move", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::source", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "task-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
