/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-service-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "granary-error.h"
#include "granary-file-check.h"
#include "granary-import-text.h"
#include "granary-wording.h"

struct _GranaryImportServiceRow
{
  AdwActionRow        parent_instance;

  GtkImage           *state_icon;
  GtkWidget          *rename_button;
  GtkWidget          *edit_button;
  GtkWidget          *create_button;

  char               *target;
  char               *misspelt;    /* (nullable): a file that was probably meant to be this one */
  GranaryImportDraft *draft;
  GCancellable       *cancellable; /* of reading the misspelt file */
  gboolean            provided;    /* the place that the files come from has it */
};

G_DEFINE_FINAL_TYPE (GranaryImportServiceRow, granary_import_service_row, ADW_TYPE_ACTION_ROW)

enum
{
  PROP_0,
  PROP_TARGET,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static GranaryDraftField
get_field (GranaryImportServiceRow *self)
{
  return g_str_equal (self->target, GRANARY_CONFIG_FILE) ? GRANARY_DRAFT_CONFIG
                                                         : GRANARY_DRAFT_SERVICE;
}

/* Of objects the last part of the key counts: where the folder ends is not asked. */
static void
find_misspelt_object (GranaryImportServiceRow *self)
{
  GPtrArray *objects = granary_import_draft_get_objects (self->draft);

  for (guint i = 0; objects != NULL && i < objects->len; i++)
    {
      const char *key = ((const GranaryObject *) g_ptr_array_index (objects, i))->key;
      const char *slash = strrchr (key, '/');
      const char *name = slash != NULL ? slash + 1 : key;

      if (g_strcmp0 (granary_check_misspelt (name), self->target) == 0)
        {
          self->misspelt = g_strdup (name);
          return;
        }
    }
}

/* The first file whose name is this one's but for case, ending or a copy's number. */
static void
find_misspelt (GranaryImportServiceRow *self)
{
  GranaryFileSet *files = granary_import_draft_get_files (self->draft);
  guint n_files = files != NULL ? granary_file_set_get_n_files (files) : 0;

  g_clear_pointer (&self->misspelt, g_free);
  find_misspelt_object (self);
  if (self->misspelt != NULL)
    return;

  for (guint i = 0; i < n_files; i++)
    {
      const char *target = granary_file_set_get_file (files, i)->target;

      if (g_strcmp0 (granary_check_misspelt (target), self->target) == 0)
        {
          self->misspelt = g_strdup (target);
          return;
        }
    }
}

static void
show_state (GranaryImportServiceRow *self,
            const char              *icon_name,
            const char              *css_class,
            const char              *text)
{
  gtk_image_set_from_icon_name (self->state_icon, icon_name);
  gtk_widget_set_css_classes (GTK_WIDGET (self->state_icon), (const char *[]) { css_class, NULL });
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
}

static void
update (GranaryImportServiceRow *self)
{
  GranaryFileSet *files = granary_import_draft_get_files (self->draft);
  const GError *problem = granary_import_draft_get_problem (self->draft, get_field (self));
  gboolean written = granary_import_draft_get_file_text (self->draft, self->target) != NULL;
  gboolean chosen = (files != NULL && granary_file_set_find (files, self->target) != NULL) ||
                    granary_import_draft_get_found_text (self->draft, self->target) != NULL;
  gboolean is_object = granary_import_draft_get_objects (self->draft) != NULL;
  gboolean present = written || chosen;

  if (present)
    g_clear_pointer (&self->misspelt, g_free);
  else
    find_misspelt (self);

  gtk_widget_set_visible (self->edit_button, present);
  /* What lies in storage cannot be taken under another name. */
  gtk_widget_set_visible (self->rename_button, self->misspelt != NULL && !is_object);
  gtk_widget_set_visible (self->create_button,
                          !present && (self->misspelt == NULL || is_object) && !self->provided);

  if (problem != NULL)
    {
      g_autofree char *text = granary_wording_for_problem (problem);

      show_state (self, "dialog-error-symbolic", "error", text);
    }
  else if (written)
    {
      show_state (self, "object-select-symbolic", "success",
                  _("Written here"));
    }
  else if (chosen)
    {
      show_state (self, "object-select-symbolic", "success", _("Present"));
    }
  else if (self->provided)
    {
      show_state (self, "object-select-symbolic", "success",
                  _("Already there: automatic learning has made it"));
    }
  else if (self->misspelt != NULL)
    {
      g_autofree char *shown = granary_display_path (self->misspelt);
      g_autofree char *text = NULL;

      /* Translators: %1$s is a file that was chosen, %2$s the name that it should have. */
      text = g_strdup_printf (_("“%1$s” is probably meant to be %2$s"), shown, self->target);
      show_state (self, "dialog-warning-symbolic", "warning", text);
    }
  else
    {
      show_state (self, "list-remove-symbolic", "dim-label", _("Not among the files"));
    }
}

/* Callbacks */

static void
edit_cb (GranaryImportServiceRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "import.edit", "s", self->target);
}

static void
create_cb (GranaryImportServiceRow *self)
{
  g_autofree char *text = granary_import_draft_make_template (self->draft, self->target);

  granary_import_draft_set_file_text (self->draft, self->target, text);
  edit_cb (self);
}

static void
misspelt_read_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GranaryImportServiceRow) self = user_data;
  g_autofree char *text = NULL;
  g_autofree char *misspelt = NULL;
  g_autoptr (GError) error = NULL;

  text = granary_import_text_read_finish (result, &error);
  if (self->draft == NULL || granary_error_is_cancelled (error))
    return;

  gtk_widget_set_sensitive (self->rename_button, TRUE);
  if (text == NULL)
    {
      g_autofree char *problem = granary_wording_for_problem (error);

      show_state (self, "dialog-error-symbolic", "error", problem);
      return;
    }

  /* Both calls bring the row up to date, which forgets the name. */
  misspelt = g_steal_pointer (&self->misspelt);
  granary_import_draft_set_file_text (self->draft, self->target, text);
  if (misspelt != NULL)
    granary_import_draft_remove_file (self->draft, misspelt);
}

/* The content goes in under the right name; the file itself is left alone. */
static void
rename_cb (GranaryImportServiceRow *self)
{
  GranaryFileSet *files = granary_import_draft_get_files (self->draft);
  const GranarySourceFile *file;

  if (self->misspelt == NULL)
    return;

  file = granary_file_set_find (files, self->misspelt);
  if (file == NULL)
    return;

  gtk_widget_set_sensitive (self->rename_button, FALSE);
  granary_import_text_read_async (file->path, self->cancellable, misspelt_read_cb,
                                  g_object_ref (self));
}

/* GObject */

static void
granary_import_service_row_get_property (GObject    *object,
                                         guint       prop_id,
                                         GValue     *value,
                                         GParamSpec *pspec)
{
  GranaryImportServiceRow *self = GRANARY_IMPORT_SERVICE_ROW (object);

  switch (prop_id)
    {
    case PROP_TARGET:
      g_value_set_string (value, self->target);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_import_service_row_set_property (GObject      *object,
                                         guint         prop_id,
                                         const GValue *value,
                                         GParamSpec   *pspec)
{
  GranaryImportServiceRow *self = GRANARY_IMPORT_SERVICE_ROW (object);

  switch (prop_id)
    {
    case PROP_TARGET:
      if (g_set_str (&self->target, g_value_get_string (value)))
        {
          adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), self->target);
          g_object_notify_by_pspec (object, pspec);
        }
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_import_service_row_dispose (GObject *object)
{
  GranaryImportServiceRow *self = GRANARY_IMPORT_SERVICE_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_SERVICE_ROW);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (granary_import_service_row_parent_class)->dispose (object);
}

static void
granary_import_service_row_finalize (GObject *object)
{
  GranaryImportServiceRow *self = GRANARY_IMPORT_SERVICE_ROW (object);

  g_free (self->target);
  g_free (self->misspelt);

  G_OBJECT_CLASS (granary_import_service_row_parent_class)->finalize (object);
}

static void
granary_import_service_row_class_init (GranaryImportServiceRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = granary_import_service_row_get_property;
  object_class->set_property = granary_import_service_row_set_property;
  object_class->dispose = granary_import_service_row_dispose;
  object_class->finalize = granary_import_service_row_finalize;

  properties[PROP_TARGET] =
    g_param_spec_string ("target", NULL, NULL,
                         NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-service-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportServiceRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportServiceRow, rename_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportServiceRow, edit_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportServiceRow, create_button);
  gtk_widget_class_bind_template_callback (widget_class, edit_cb);
  gtk_widget_class_bind_template_callback (widget_class, create_cb);
  gtk_widget_class_bind_template_callback (widget_class, rename_cb);
}

static void
granary_import_service_row_init (GranaryImportServiceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->cancellable = g_cancellable_new ();
}

/**
 * granary_import_service_row_set_draft:
 * @self: a service file row
 * @draft: what to show and change; given once
 */
void
granary_import_service_row_set_draft (GranaryImportServiceRow *self,
                                      GranaryImportDraft      *draft)
{
  g_return_if_fail (GRANARY_IS_IMPORT_SERVICE_ROW (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "files-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "problems-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * granary_import_service_row_set_provided:
 * @self: a service file row
 * @provided: whether the file is there without being among those to import
 */
void
granary_import_service_row_set_provided (GranaryImportServiceRow *self,
                                         gboolean                 provided)
{
  g_return_if_fail (GRANARY_IS_IMPORT_SERVICE_ROW (self));

  if (self->provided == provided)
    return;

  self->provided = provided;
  if (self->draft != NULL)
    update (self);
}
