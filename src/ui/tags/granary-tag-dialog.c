/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tags"

#include "config.h"

#include "granary-tag-dialog.h"

struct _GranaryTagDialog
{
  AdwDialog parent_instance;
};

G_DEFINE_FINAL_TYPE (GranaryTagDialog, granary_tag_dialog, ADW_TYPE_DIALOG)

static void
granary_tag_dialog_class_init (GranaryTagDialogClass *klass)
{
}

static void
granary_tag_dialog_init (GranaryTagDialog *self)
{
}

GranaryTagDialog *
granary_tag_dialog_new (GranaryConnection *connection,
                        GArray            *model_ids)
{
  return g_object_new (GRANARY_TYPE_TAG_DIALOG, NULL);
}
