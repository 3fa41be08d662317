/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-storage.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "granary-error.h"
#include "granary-import-move-row.h"
#include "granary-problem-row.h"
#include "granary-storage-browser.h"
#include "granary-wording.h"

/* After the last key, so that not every letter is looked for. */
#define LOOK_DELAY_MS 500

/* The first files tell what it is; the browser shows all. */
#define MAX_FILES_SHOWN 20

/* As many objects as a draft looks at. */
#define MAX_OBJECTS 1000

struct _GranaryImportStorage
{
  AdwPreferencesGroup   parent_instance;

  GtkWidget            *address_row;
  GtkWidget            *browse_button;
  GtkWidget            *spinner;
  GranaryProblemRow    *address_problem;
  AdwExpanderRow       *found_row;
  GranaryImportMoveRow *move_row;

  GranaryImportDraft   *draft;
  GPtrArray            *file_rows; /* (element-type GtkWidget): children of @found_row */
  guint                 look_id;
  gboolean              following; /* the entry takes what the draft says */
};

G_DEFINE_FINAL_TYPE (GranaryImportStorage, granary_import_storage, ADW_TYPE_PREFERENCES_GROUP)

/* What lies there */

static gboolean
is_file (const GranaryObject *object)
{
  return !object->is_folder && !g_str_has_suffix (object->key, "/");
}

/* How many bytes of a key are the folder's. */
static gsize
get_prefix_length (GranaryImportStorage *self)
{
  const char *address = granary_import_draft_get_address (self->draft);
  g_autoptr (GranaryObjectPlace) place = NULL;
  gsize length;

  place = address != NULL ? granary_object_place_parse (address, NULL) : NULL;
  length = place != NULL ? strlen (place->key) : 0;

  return length > 0 && place->key[length - 1] != '/' ? length + 1 : length;
}

static void
add_file_row (GranaryImportStorage *self,
              const char           *title,
              const char           *size)
{
  g_autofree char *shown = granary_display_path (title);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW,
                                 "use-markup", FALSE,
                                 "title", shown,
                                 "title-lines", 2,
                                 NULL);

  if (size != NULL)
    {
      GtkWidget *label = gtk_label_new (size);

      gtk_widget_add_css_class (label, "dim-label");
      gtk_widget_add_css_class (label, "numeric");
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
    }
  adw_expander_row_add_row (self->found_row, row);
  g_ptr_array_add (self->file_rows, row);
}

static void
show_files (GranaryImportStorage *self,
            GPtrArray            *objects)
{
  gsize prefix = get_prefix_length (self);
  guint n_files = 0;
  gint64 bytes = 0;
  g_autofree char *count = NULL;
  g_autofree char *size = NULL;
  g_autofree char *title = NULL;

  for (guint i = 0; i < objects->len; i++)
    {
      const GranaryObject *object = g_ptr_array_index (objects, i);

      if (!is_file (object))
        continue;
      n_files++;
      if (object->size > 0 && bytes <= G_MAXINT64 - object->size)
        bytes += object->size;
      if (n_files <= MAX_FILES_SHOWN)
        {
          g_autofree char *own_size = granary_wording_size (object->size);

          add_file_row (self, object->key + MIN (prefix, strlen (object->key)), own_size);
        }
    }

  count = granary_wording_n_files (n_files);
  size = granary_wording_size (bytes);
  if (objects->len >= MAX_OBJECTS)
    /* Translators: how many files there are at least, and their size together. */
    title = g_strdup_printf (_("More than %1$s, %2$s"), count, size);
  else
    /* Translators: how many files, and their size together, as in “3 files, 10.8 MB”. */
    title = g_strdup_printf (_("%1$s, %2$s"), count, size);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->found_row), title);

  if (n_files > MAX_FILES_SHOWN)
    {
      guint n_more = n_files - MAX_FILES_SHOWN;
      g_autofree char *more = NULL;

      more = g_strdup_printf (ngettext ("and %u more", "and %u more", n_more), n_more);
      add_file_row (self, more, NULL);
    }
}

static void
update_found (GranaryImportStorage *self)
{
  GPtrArray *objects = granary_import_draft_get_objects (self->draft);

  for (guint i = 0; i < self->file_rows->len; i++)
    adw_expander_row_remove (self->found_row, g_ptr_array_index (self->file_rows, i));
  g_ptr_array_set_size (self->file_rows, 0);

  gtk_widget_set_visible (GTK_WIDGET (self->found_row), objects != NULL);
  if (objects != NULL)
    show_files (self, objects);
}

static void
update_state (GranaryImportStorage *self)
{
  const char *address = granary_import_draft_get_address (self->draft);
  const GError *problem = granary_import_draft_get_problem (self->draft, GRANARY_DRAFT_ADDRESS);
  gboolean retry = g_error_matches (problem, GRANARY_ERROR, GRANARY_ERROR_NETWORK) ||
                   g_error_matches (problem, GRANARY_ERROR, GRANARY_ERROR_BACKEND);

  granary_problem_row_show (self->address_problem, problem, self->address_row);
  granary_problem_row_set_way_out (self->address_problem, retry ? _("_Retry") : NULL);
  gtk_widget_set_visible (self->spinner,
                          address != NULL && *address != '\0' && problem == NULL &&
                          granary_import_draft_get_objects (self->draft) == NULL);
}

static void
update_address (GranaryImportStorage *self)
{
  const char *address = granary_import_draft_get_address (self->draft);

  /* With another origin the entry keeps what was typed. */
  if (address != NULL && self->look_id == 0 &&
      !g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->address_row)), address))
    {
      self->following = TRUE;
      gtk_editable_set_text (GTK_EDITABLE (self->address_row), address);
      self->following = FALSE;
    }
  update_found (self);
  update_state (self);
}

/* Callbacks */

static void
look (GranaryImportStorage *self)
{
  g_autofree char *address = NULL;

  g_clear_handle_id (&self->look_id, g_source_remove);
  if (self->draft == NULL)
    return;

  address = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->address_row))));
  granary_import_draft_set_address (self->draft, address);
}

static gboolean
look_timeout_cb (gpointer user_data)
{
  GranaryImportStorage *self = user_data;

  self->look_id = 0;
  look (self);

  return G_SOURCE_REMOVE;
}

static void
address_changed_cb (GranaryImportStorage *self)
{
  if (self->draft == NULL || self->following)
    return;

  g_clear_handle_id (&self->look_id, g_source_remove);
  self->look_id = g_timeout_add (LOOK_DELAY_MS, look_timeout_cb, self);
}

/* Whoever goes on to something else has finished typing. */
static void
address_left_cb (GranaryImportStorage *self)
{
  if (self->look_id != 0)
    look (self);
}

static void
retry_cb (GranaryImportStorage *self)
{
  g_autofree char *address = g_strdup (granary_import_draft_get_address (self->draft));

  granary_import_draft_set_address (self->draft, NULL);
  granary_import_draft_set_address (self->draft, address);
}

static void
chosen_cb (GranaryImportStorage *self,
           const char           *address)
{
  if (self->draft == NULL)
    return;

  gtk_editable_set_text (GTK_EDITABLE (self->address_row), address);
  look (self);
}

static void
browse_cb (GranaryImportStorage *self)
{
  GranaryConnection *connection = granary_import_draft_get_connection (self->draft);
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);
  GranaryStorageBrowser *browser;

  if (view == NULL)
    return;

  look (self);
  browser = granary_storage_browser_new (granary_connection_get_storage (connection),
                                         granary_connection_get_location (connection),
                                         granary_import_draft_get_address (self->draft));
  g_signal_connect_object (browser, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_navigation_view_push (ADW_NAVIGATION_VIEW (view), ADW_NAVIGATION_PAGE (browser));
}

/* GObject */

static void
granary_import_storage_dispose (GObject *object)
{
  GranaryImportStorage *self = GRANARY_IMPORT_STORAGE (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_pointer (&self->file_rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_STORAGE);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (granary_import_storage_parent_class)->dispose (object);
}

static void
granary_import_storage_class_init (GranaryImportStorageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_import_storage_dispose;

  g_type_ensure (GRANARY_TYPE_IMPORT_MOVE_ROW);
  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-storage.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportStorage, address_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportStorage, browse_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportStorage, spinner);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportStorage, address_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportStorage, found_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportStorage, move_row);
  gtk_widget_class_bind_template_callback (widget_class, address_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_left_cb);
  gtk_widget_class_bind_template_callback (widget_class, look);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, browse_cb);
}

static void
granary_import_storage_init (GranaryImportStorage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->file_rows = g_ptr_array_new ();
}

/**
 * granary_import_storage_set_draft:
 * @self: a storage section
 * @draft: what to show and change, of a connection with storage; given once
 */
void
granary_import_storage_set_draft (GranaryImportStorage *self,
                                  GranaryImportDraft   *draft)
{
  g_return_if_fail (GRANARY_IS_IMPORT_STORAGE (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "address-changed", G_CALLBACK (update_address), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::source", G_CALLBACK (update_address), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "problems-changed", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
  granary_import_move_row_set_draft (self->move_row, draft);
  update_address (self);
}
