/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-task-files.h"

#include "granary-error.h"
#include "granary-import-files.h"
#include "granary-import-move-row.h"
#include "granary-problem-row.h"
#include "granary-wording.h"

struct _GranaryImportTaskFiles
{
  GtkBox                parent_instance;

  GranaryImportFiles   *files;
  GtkWidget            *address_group;
  AdwActionRow         *address_row;
  GtkLabel             *size_label;
  GranaryProblemRow    *address_problem;
  GranaryImportMoveRow *move_row;

  GranaryImportDraft   *draft;
};

G_DEFINE_FINAL_TYPE (GranaryImportTaskFiles, granary_import_task_files, GTK_TYPE_BOX)

static void
update (GranaryImportTaskFiles *self)
{
  const GranaryTaskOutput *output = granary_import_draft_get_output (self->draft);
  gboolean remote = output != NULL && output->address != NULL;
  g_autofree char *address = NULL;
  g_autofree char *size = NULL;

  /* Of what the platform finds by the id alone there is nothing to show. */
  gtk_widget_set_visible (GTK_WIDGET (self->files), output != NULL && output->paths != NULL);
  gtk_widget_set_visible (self->address_group, remote);
  granary_problem_row_show (self->address_problem,
                            remote ? granary_import_draft_get_problem (self->draft,
                                                                       GRANARY_DRAFT_ADDRESS)
                                   : NULL,
                            GTK_WIDGET (self->address_row));
  if (!remote)
    return;

  address = granary_display_path (output->address);
  adw_action_row_set_subtitle (self->address_row, address);
  if (output->size >= 0)
    size = granary_wording_size (output->size);
  gtk_label_set_label (self->size_label, size != NULL ? size : "");
}

static void
granary_import_task_files_dispose (GObject *object)
{
  GranaryImportTaskFiles *self = GRANARY_IMPORT_TASK_FILES (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_TASK_FILES);

  G_OBJECT_CLASS (granary_import_task_files_parent_class)->dispose (object);
}

static void
granary_import_task_files_class_init (GranaryImportTaskFilesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_import_task_files_dispose;

  g_type_ensure (GRANARY_TYPE_IMPORT_FILES);
  g_type_ensure (GRANARY_TYPE_IMPORT_MOVE_ROW);
  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-task-files.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTaskFiles, files);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTaskFiles, address_group);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTaskFiles, address_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTaskFiles, size_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTaskFiles, address_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTaskFiles, move_row);
}

static void
granary_import_task_files_init (GranaryImportTaskFiles *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  granary_import_files_fix (self->files);
}

/**
 * granary_import_task_files_set_draft:
 * @self: a files section of a task
 * @draft: what to show and change; given once
 */
void
granary_import_task_files_set_draft (GranaryImportTaskFiles *self,
                                     GranaryImportDraft     *draft)
{
  g_return_if_fail (GRANARY_IS_IMPORT_TASK_FILES (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  granary_import_files_set_draft (self->files, draft);
  granary_import_move_row_set_draft (self->move_row, draft);
  g_signal_connect_object (draft, "task-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "problems-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}
