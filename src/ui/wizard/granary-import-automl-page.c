/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-automl-page.h"

#include <glib/gi18n-lib.h>

#include "granary-choice-button.h"
#include "granary-import-facts.h"
#include "granary-import-metrics.h"
#include "granary-import-service.h"
#include "granary-import-task-files.h"
#include "granary-import-task.h"

/* What is entered beside the task. */
enum
{
  VERSION,
  PREFERENCE,
  SCENE,
  KEY,
  N_ENTRIES,
};

static const struct
{
  const char *(*get) (GranaryImportDraft *draft);
  void        (*set) (GranaryImportDraft *draft,
                      const char         *text);
} accessors[N_ENTRIES] = {
  [VERSION] = { granary_import_draft_get_task_version, granary_import_draft_set_task_version },
  [PREFERENCE] = { granary_import_draft_get_preference, granary_import_draft_set_preference },
  [SCENE] = { granary_import_draft_get_scene, granary_import_draft_set_scene },
  [KEY] = { granary_import_draft_get_config_key, granary_import_draft_set_config_key },
};

struct _GranaryImportAutomlPage
{
  GranaryImportPage       parent_instance;

  AdwToggleGroup         *kind_group;
  GranaryImportTask      *task;
  GtkWidget              *entries_group;
  GtkWidget              *version_row;
  GtkWidget              *preference_row;
  GranaryChoiceButton    *preference_button;
  GtkWidget              *scene_row;
  GranaryChoiceButton    *scene_button;
  GtkWidget              *key_row;
  GtkWidget              *rest;
  GranaryImportFacts     *facts;
  GranaryImportMetrics   *metrics;
  GranaryImportTaskFiles *files;
  GranaryImportService   *service;

  GranaryImportDraft     *draft;
  gboolean                updating; /* rows take what the draft says */
};

G_DEFINE_FINAL_TYPE (GranaryImportAutomlPage, granary_import_automl_page, GRANARY_TYPE_IMPORT_PAGE)

static GtkWidget *
get_row (GranaryImportAutomlPage *self,
         guint                    entry)
{
  GtkWidget *rows[N_ENTRIES] = {
    self->version_row, self->preference_row, self->scene_row, self->key_row,
  };

  return rows[entry];
}

/* What is shown */

static void
update_entry (GranaryImportAutomlPage *self,
              guint                    entry)
{
  GtkWidget *row = get_row (self, entry);
  const char *text = accessors[entry].get (self->draft);

  if (text == NULL)
    text = "";
  /* Emptied on the way to something else: what the task says comes back only afterwards. */
  if ((gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_FOCUS_WITHIN) == 0 &&
      !g_str_equal (gtk_editable_get_text (GTK_EDITABLE (row)), text))
    gtk_editable_set_text (GTK_EDITABLE (row), text);
}

/* The outputs' own, each once. */
static void
update_choices (GranaryImportAutomlPage *self)
{
  GranaryTaskDetails *details = granary_import_draft_get_task (self->draft);
  g_autoptr (GPtrArray) preferences = g_ptr_array_new_null_terminated (4, NULL, TRUE);
  g_autoptr (GPtrArray) scenes = g_ptr_array_new_null_terminated (4, NULL, TRUE);

  for (guint i = 0; details != NULL && i < details->outputs->len; i++)
    {
      const GranaryTaskOutput *output = g_ptr_array_index (details->outputs, i);

      if (output->preference != NULL &&
          !g_ptr_array_find_with_equal_func (preferences, output->preference, g_str_equal, NULL))
        g_ptr_array_add (preferences, output->preference);
      if (output->scene != NULL &&
          !g_ptr_array_find_with_equal_func (scenes, output->scene, g_str_equal, NULL))
        g_ptr_array_add (scenes, output->scene);
    }
  granary_choice_button_set_choices (self->preference_button,
                                     (const char * const *) preferences->pdata);
  granary_choice_button_set_choices (self->scene_button, (const char * const *) scenes->pdata);
}

static void
update (GranaryImportAutomlPage *self)
{
  GranaryTaskDetails *details = granary_import_draft_get_task (self->draft);
  const GranaryTaskOutput *output = granary_import_draft_get_output (self->draft);
  gboolean is_ocr;

  /* Another tab's task. */
  if (granary_import_draft_get_source (self->draft) != GRANARY_SOURCE_AUTOML)
    return;

  self->updating = TRUE;
  is_ocr = granary_import_draft_get_task_kind (self->draft) == GRANARY_TASK_OCR;
  adw_toggle_group_set_active_name (self->kind_group, is_ocr ? "ocr" : "vision");

  /* Of a run the version is one of its outputs; on the platform it is what the console shows. */
  gtk_widget_set_visible (self->version_row,
                          details != NULL && details->outputs->len <= 1 &&
                          (output == NULL || output->paths == NULL));
  gtk_widget_set_visible (self->preference_row, !is_ocr);
  gtk_widget_set_visible (self->scene_row, is_ocr);
  gtk_widget_set_visible (self->key_row, is_ocr);
  gtk_widget_set_visible (self->entries_group, details != NULL);
  gtk_widget_set_visible (self->rest, details != NULL);
  granary_import_service_set_provided (self->service, output == NULL || output->paths == NULL);

  update_choices (self);
  for (guint i = 0; i < N_ENTRIES; i++)
    update_entry (self, i);
  self->updating = FALSE;
}

/* Callbacks */

static void
kind_changed_cb (GranaryImportAutomlPage *self)
{
  const char *name = adw_toggle_group_get_active_name (self->kind_group);

  if (self->draft == NULL || self->updating || name == NULL)
    return;

  granary_import_draft_set_task_kind (self->draft, g_str_equal (name, "ocr") ? GRANARY_TASK_OCR
                                                                             : GRANARY_TASK_VISION);
}

static void
entry_changed_cb (GranaryImportAutomlPage *self,
                  GtkWidget               *row)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (row));

  if (self->draft == NULL || self->updating)
    return;

  /* Emptied, it follows the task again. */
  for (guint i = 0; i < N_ENTRIES; i++)
    {
      if (row == get_row (self, i))
        accessors[i].set (self->draft, *text != '\0' ? text : NULL);
    }
}

static void
entry_left_cb (GranaryImportAutomlPage *self)
{
  if (self->draft != NULL)
    update (self);
}

static void
preference_chosen_cb (GranaryImportAutomlPage *self,
                      const char              *choice)
{
  gtk_editable_set_text (GTK_EDITABLE (self->preference_row), choice);
}

static void
scene_chosen_cb (GranaryImportAutomlPage *self,
                 const char              *choice)
{
  gtk_editable_set_text (GTK_EDITABLE (self->scene_row), choice);
}

/* GranaryImportPage */

static const char *
granary_import_automl_page_get_name (GranaryImportPage *page)
{
  return "automl";
}

static const char *
granary_import_automl_page_get_title (GranaryImportPage *page)
{
  return _("From Automatic Learning");
}

static GranarySource
granary_import_automl_page_get_source (GranaryImportPage *page)
{
  return GRANARY_SOURCE_AUTOML;
}

static void
granary_import_automl_page_set_draft (GranaryImportPage  *page,
                                      GranaryImportDraft *draft)
{
  GranaryImportAutomlPage *self = GRANARY_IMPORT_AUTOML_PAGE (page);

  self->draft = g_object_ref (draft);
  granary_import_task_set_draft (self->task, draft, GRANARY_SOURCE_AUTOML);
  granary_import_facts_set_draft (self->facts, draft);
  granary_import_metrics_set_draft (self->metrics, draft);
  granary_import_task_files_set_draft (self->files, draft);
  granary_import_service_set_draft (self->service, draft);
  g_signal_connect_object (draft, "task-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  /* The key is in a file that is read after the task. */
  g_signal_connect_object (draft, "files-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "address-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/* GObject */

static void
granary_import_automl_page_dispose (GObject *object)
{
  GranaryImportAutomlPage *self = GRANARY_IMPORT_AUTOML_PAGE (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_AUTOML_PAGE);

  G_OBJECT_CLASS (granary_import_automl_page_parent_class)->dispose (object);
}

static void
granary_import_automl_page_class_init (GranaryImportAutomlPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GranaryImportPageClass *page_class = GRANARY_IMPORT_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_import_automl_page_dispose;

  page_class->get_name = granary_import_automl_page_get_name;
  page_class->get_title = granary_import_automl_page_get_title;
  page_class->get_source = granary_import_automl_page_get_source;
  page_class->set_draft = granary_import_automl_page_set_draft;

  g_type_ensure (GRANARY_TYPE_CHOICE_BUTTON);
  g_type_ensure (GRANARY_TYPE_IMPORT_FACTS);
  g_type_ensure (GRANARY_TYPE_IMPORT_METRICS);
  g_type_ensure (GRANARY_TYPE_IMPORT_SERVICE);
  g_type_ensure (GRANARY_TYPE_IMPORT_TASK);
  g_type_ensure (GRANARY_TYPE_IMPORT_TASK_FILES);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-automl-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, kind_group);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, task);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, entries_group);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, version_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, preference_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, preference_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, scene_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, scene_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, key_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, rest);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, facts);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, metrics);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, files);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportAutomlPage, service);
  gtk_widget_class_bind_template_callback (widget_class, kind_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_left_cb);
  gtk_widget_class_bind_template_callback (widget_class, preference_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, scene_chosen_cb);
}

static void
granary_import_automl_page_init (GranaryImportAutomlPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GranaryImportPage *
granary_import_automl_page_new (void)
{
  return g_object_new (GRANARY_TYPE_IMPORT_AUTOML_PAGE, NULL);
}
