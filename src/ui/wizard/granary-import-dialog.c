/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-dialog.h"

struct _GranaryImportDialog
{
  AdwDialog parent_instance;
};

G_DEFINE_FINAL_TYPE (GranaryImportDialog, granary_import_dialog, ADW_TYPE_DIALOG)

static void
granary_import_dialog_class_init (GranaryImportDialogClass *klass)
{
}

static void
granary_import_dialog_init (GranaryImportDialog *self)
{
}

GranaryImportDialog *
granary_import_dialog_new (GranaryConnection  *connection,
                           gint64              into_model_id,
                           const char * const *paths)
{
  return g_object_new (GRANARY_TYPE_IMPORT_DIALOG, NULL);
}
