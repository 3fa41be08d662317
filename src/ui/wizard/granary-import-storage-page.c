/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-storage-page.h"

#include <glib/gi18n-lib.h>

#include "granary-import-cos-page.h"
#include "granary-import-files-page.h"

/* Names of the toggles, and of the pages behind them. */
#define STORAGE "storage"
#define COMPUTER "computer"

struct _GranaryImportStoragePage
{
  GranaryImportPage   parent_instance;

  AdwToggleGroup     *group;
  GtkStack           *stack;
  GranaryImportPage  *storage;
  GranaryImportPage  *computer;

  GranaryImportDraft *draft; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (GranaryImportStoragePage, granary_import_storage_page, GRANARY_TYPE_IMPORT_PAGE)

static GranaryImportPage *
get_shown (GranaryImportStoragePage *self)
{
  return g_strcmp0 (adw_toggle_group_get_active_name (self->group), COMPUTER) == 0
         ? self->computer : self->storage;
}

static void
toggled_cb (GranaryImportStoragePage *self)
{
  GranaryImportPage *shown = get_shown (self);

  gtk_stack_set_visible_child (self->stack, GTK_WIDGET (shown));
  /* Only while it is the tab that counts: the group may be set for a page that is not shown. */
  if (self->draft != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    granary_import_draft_set_source (self->draft, granary_import_page_get_source (shown));
}

static const char *
granary_import_storage_page_get_name (GranaryImportPage *page)
{
  return "cos";
}

static const char *
granary_import_storage_page_get_title (GranaryImportPage *page)
{
  return _("From COS");
}

static GranarySource
granary_import_storage_page_get_source (GranaryImportPage *page)
{
  return granary_import_page_get_source (get_shown (GRANARY_IMPORT_STORAGE_PAGE (page)));
}

static gboolean
granary_import_storage_page_show_source (GranaryImportPage *page,
                                         GranarySource      source)
{
  GranaryImportStoragePage *self = GRANARY_IMPORT_STORAGE_PAGE (page);

  if (granary_import_page_show_source (self->storage, source))
    adw_toggle_group_set_active_name (self->group, STORAGE);
  else if (granary_import_page_show_source (self->computer, source))
    adw_toggle_group_set_active_name (self->group, COMPUTER);
  else
    return FALSE;

  return TRUE;
}

static void
granary_import_storage_page_set_draft (GranaryImportPage  *page,
                                       GranaryImportDraft *draft)
{
  GranaryImportStoragePage *self = GRANARY_IMPORT_STORAGE_PAGE (page);

  self->draft = g_object_ref (draft);
  granary_import_page_set_draft (self->storage, draft);
  granary_import_page_set_draft (self->computer, draft);
}

static void
granary_import_storage_page_dispose (GObject *object)
{
  GranaryImportStoragePage *self = GRANARY_IMPORT_STORAGE_PAGE (object);

  g_clear_object (&self->draft);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_STORAGE_PAGE);

  G_OBJECT_CLASS (granary_import_storage_page_parent_class)->dispose (object);
}

static void
granary_import_storage_page_class_init (GranaryImportStoragePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GranaryImportPageClass *page_class = GRANARY_IMPORT_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_import_storage_page_dispose;

  page_class->get_name = granary_import_storage_page_get_name;
  page_class->get_title = granary_import_storage_page_get_title;
  page_class->get_source = granary_import_storage_page_get_source;
  page_class->show_source = granary_import_storage_page_show_source;
  page_class->set_draft = granary_import_storage_page_set_draft;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-storage-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportStoragePage, group);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportStoragePage, stack);
  gtk_widget_class_bind_template_callback (widget_class, toggled_cb);
}

static void
granary_import_storage_page_init (GranaryImportStoragePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->storage = granary_import_cos_page_new ();
  self->computer = granary_import_files_page_new ();
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->storage), STORAGE);
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->computer), COMPUTER);
}

GranaryImportPage *
granary_import_storage_page_new (void)
{
  return g_object_new (GRANARY_TYPE_IMPORT_STORAGE_PAGE, NULL);
}
