/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-verify-dialog.h"

#include <glib/gi18n-lib.h>

#include "granary-wording.h"

struct _GranaryVerifyDialog
{
  AdwDialog       parent_instance;

  AdwWindowTitle *title;
  AdwBanner      *banner;
  GtkStringList  *list;
};

G_DEFINE_FINAL_TYPE (GranaryVerifyDialog, granary_verify_dialog, ADW_TYPE_DIALOG)

static void
copy_cb (GranaryVerifyDialog *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++)
    g_string_append_printf (text, "%s\n", gtk_string_list_get_string (self->list, i));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text->str);
}

static void
granary_verify_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_VERIFY_DIALOG);

  G_OBJECT_CLASS (granary_verify_dialog_parent_class)->dispose (object);
}

static void
granary_verify_dialog_class_init (GranaryVerifyDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_verify_dialog_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/common/granary-verify-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryVerifyDialog, title);
  gtk_widget_class_bind_template_child (widget_class, GranaryVerifyDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, GranaryVerifyDialog, list);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
granary_verify_dialog_init (GranaryVerifyDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_verify_dialog_new:
 * @object: what was verified
 * @problems: (element-type GranaryVerifyProblem): what is wrong, at least one
 *
 * Returns: (transfer floating): the dialog
 */
GranaryVerifyDialog *
granary_verify_dialog_new (const char *object,
                           GPtrArray  *problems)
{
  GranaryVerifyDialog *self;
  g_autofree char *found = NULL;

  g_return_val_if_fail (object != NULL, NULL);
  g_return_val_if_fail (problems != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_VERIFY_DIALOG, NULL);
  adw_window_title_set_subtitle (self->title, object);
  found = g_strdup_printf (ngettext ("%u problem found", "%u problems found", problems->len),
                           problems->len);
  adw_banner_set_title (self->banner, found);

  for (guint i = 0; i < problems->len; i++)
    {
      const GranaryVerifyProblem *problem = g_ptr_array_index (problems, i);
      g_autofree char *text = granary_wording_for_problem (problem->error);

      gtk_string_list_append (self->list, text);
    }

  return self;
}
