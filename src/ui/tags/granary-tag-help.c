/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tags"

#include "config.h"

#include "granary-tag-help.h"

#include <glib/gi18n-lib.h>

struct _GranaryTagHelp
{
  AdwDialog parent_instance;
};

G_DEFINE_FINAL_TYPE (GranaryTagHelp, granary_tag_help, ADW_TYPE_DIALOG)

static void
granary_tag_help_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_TAG_HELP);

  G_OBJECT_CLASS (granary_tag_help_parent_class)->dispose (object);
}

static void
granary_tag_help_class_init (GranaryTagHelpClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = granary_tag_help_dispose;

  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/github/granary/Granary/ui/tags/granary-tag-help.ui");
}

static void
granary_tag_help_init (GranaryTagHelp *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *
granary_tag_help_new (void)
{
  return g_object_new (GRANARY_TYPE_TAG_HELP, NULL);
}

static void
launched_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GtkWidget) parent = user_data;
  g_autoptr (GError) error = NULL;

  if (gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (source), result, &error) ||
      g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    return;

  /* Without a web browser there is still the page that comes with the program. */
  g_debug ("Cannot open the guide: %s", error->message);
  adw_dialog_present (granary_tag_help_new (), parent);
}

void
granary_tag_help_present (GtkWidget         *parent,
                          GranaryConnection *connection)
{
  g_autoptr (GtkUriLauncher) launcher = NULL;
  GtkRoot *root;

  g_return_if_fail (GTK_IS_WIDGET (parent));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  if (granary_connection_get_kind (connection) == GRANARY_CONNECTION_LOCAL)
    {
      adw_dialog_present (granary_tag_help_new (), parent);
      return;
    }

  root = gtk_widget_get_root (parent);
  /* Translators: the guide to tags of Tencent Cloud in your language: the Chinese site is
   * https://cloud.tencent.com/document/product/651 */
  launcher = gtk_uri_launcher_new (_("https://www.tencentcloud.com/document/product/651"));
  gtk_uri_launcher_launch (launcher, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL,
                           launched_cb, g_object_ref (parent));
}
