/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-files-section.h"

#include <glib/gi18n-lib.h>

#include "granary-chooser.h"
#include "granary-file-line.h"
#include "granary-section-rows.h"
#include "granary-wording.h"

/* More are shown in a dialog, whose list makes only the rows in sight. */
#define FEW_FILES 20

struct _GranaryFilesSection
{
  AdwBin               parent_instance;

  GtkBox              *area;
  AdwPreferencesGroup *group;
  GtkButton           *all;

  GtkDropTarget       *target; /* (unowned) of the area */
  GPtrArray           *rows;   /* (owned) (element-type GtkWidget), not owning */
  gboolean             writable;
};

G_DEFINE_FINAL_TYPE (GranaryFilesSection, granary_files_section, ADW_TYPE_BIN)

enum
{
  SIGNAL_DROPPED,
  SIGNAL_ALL_WANTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Helpers. */

static GtkWidget *
make_row (void)
{
  GtkWidget *line = granary_file_line_new ();
  GtkWidget *row = g_object_new (ADW_TYPE_PREFERENCES_ROW,
                                 "activatable", FALSE,
                                 "child", line,
                                 NULL);

  gtk_widget_add_css_class (line, "file-line");

  return row;
}

static void
update_hint (GranaryFilesSection *self,
             GranaryVersion      *version)
{
  guint n_files = version->files != NULL ? version->files->len : 0;
  g_autofree char *count = granary_wording_n_files (n_files);
  g_autofree char *text = NULL;

  if (self->writable && version->status == GRANARY_STATUS_READY)
    /* Translators: how many files there are. */
    text = g_strdup_printf (_("%s. Drop files here to upload."), count);

  adw_preferences_group_set_description (self->group, text != NULL ? text : count);
}

/* Signal callbacks. */

static gboolean
drop_cb (GranaryFilesSection *self,
         const GValue        *value)
{
  g_auto (GStrv) paths = granary_dup_dropped_paths (value);

  if (paths == NULL)
    return FALSE;

  g_signal_emit (self, signals[SIGNAL_DROPPED], 0, paths);
  return TRUE;
}

static void
all_cb (GranaryFilesSection *self)
{
  g_signal_emit (self, signals[SIGNAL_ALL_WANTED], 0);
}

/* GObject. */

static void
granary_files_section_dispose (GObject *object)
{
  GranaryFilesSection *self = GRANARY_FILES_SECTION (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  /* The child is one of the template's; it is to be let go of once only. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_FILES_SECTION);

  G_OBJECT_CLASS (granary_files_section_parent_class)->dispose (object);
}

static void
granary_files_section_class_init (GranaryFilesSectionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_files_section_dispose;

  signals[SIGNAL_DROPPED] =
    g_signal_new ("dropped", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRV);
  signals[SIGNAL_ALL_WANTED] =
    g_signal_new ("all-wanted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-files-section.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryFilesSection, area);
  gtk_widget_class_bind_template_child (widget_class, GranaryFilesSection, group);
  gtk_widget_class_bind_template_child (widget_class, GranaryFilesSection, all);
  gtk_widget_class_bind_template_callback (widget_class, all_cb);
}

static void
granary_files_section_init (GranaryFilesSection *self)
{
  self->rows = g_ptr_array_new ();
  self->writable = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));

  /* GTK marks the area with :drop(active) while files are over it. */
  self->target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect_object (self->target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->area), GTK_EVENT_CONTROLLER (self->target));
}

/**
 * granary_files_section_set_version:
 * @self: the section
 * @version: the version, with its files
 */
void
granary_files_section_set_version (GranaryFilesSection *self,
                                   GranaryVersion      *version)
{
  guint n_files, n_shown;
  gboolean ready;

  g_return_if_fail (GRANARY_IS_FILES_SECTION (self));
  g_return_if_fail (version != NULL);

  n_files = version->files != NULL ? version->files->len : 0;
  n_shown = MIN (n_files, FEW_FILES);
  ready = self->writable && version->status == GRANARY_STATUS_READY;

  granary_section_resize (self->group, self->rows, n_shown, make_row);
  for (guint i = 0; i < n_shown; i++)
    {
      const GranaryFile *file = g_ptr_array_index (version->files, i);
      AdwPreferencesRow *row = g_ptr_array_index (self->rows, i);
      GtkWidget *line = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row));

      granary_file_line_set_file (GRANARY_FILE_LINE (line), file->path, file->size);
      adw_preferences_row_set_title (row, file->path);
    }

  gtk_widget_set_visible (GTK_WIDGET (self->all), n_shown < n_files);
  if (n_shown < n_files)
    {
      g_autofree char *label = g_strdup_printf (ngettext ("Show _All %u File", "Show _All %u Files",
                                                          n_files),
                                                n_files);

      gtk_button_set_label (self->all, label);
    }

  gtk_drop_target_set_actions (self->target, ready ? GDK_ACTION_COPY : 0);
  update_hint (self, version);
}

/* Whether files may be dropped; before set_version(). */
void
granary_files_section_set_writable (GranaryFilesSection *self,
                                    gboolean             writable)
{
  g_return_if_fail (GRANARY_IS_FILES_SECTION (self));

  self->writable = writable;
}

guint
granary_files_section_get_n_rows (GranaryFilesSection *self)
{
  g_return_val_if_fail (GRANARY_IS_FILES_SECTION (self), 0);

  return self->rows->len;
}
