/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-version-head.h"

#include <glib/gi18n-lib.h>

#include "granary-command-private.h"
#include "granary-error.h"
#include "granary-requests.h"
#include "granary-wording.h"

/* More are counted, not told; a verification lists them all. */
#define MAX_CHANGES_TOLD 3

struct _GranaryVersionHead
{
  AdwBin               parent_instance;

  GtkImage            *icon;
  GtkLabel            *status;
  GtkLabel            *source;
  AdwPreferencesGroup *trouble;
  AdwActionRow        *failure;
  AdwActionRow        *outdated;
  AdwActionRow        *changes;
  GtkWidget           *sdk_button;
};

G_DEFINE_FINAL_TYPE (GranaryVersionHead, granary_version_head, ADW_TYPE_BIN)

/* Helpers. */

static void
show_status (GranaryVersionHead *self,
             GranaryStatus       status)
{
  GtkWidget *icon = GTK_WIDGET (self->icon);

  gtk_label_set_label (self->status, granary_wording_status (status));
  gtk_widget_remove_css_class (icon, "success");
  gtk_widget_remove_css_class (icon, "error");

  switch (status)
    {
    case GRANARY_STATUS_READY:
      gtk_image_set_from_icon_name (self->icon, "object-select-symbolic");
      gtk_widget_add_css_class (icon, "success");
      break;

    case GRANARY_STATUS_IMPORTING:
      gtk_image_set_from_icon_name (self->icon, "content-loading-symbolic");
      break;

    case GRANARY_STATUS_FAILED:
      gtk_image_set_from_icon_name (self->icon, "dialog-error-symbolic");
      gtk_widget_add_css_class (icon, "error");
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
update_trouble (GranaryVersionHead *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->trouble),
                          gtk_widget_get_visible (GTK_WIDGET (self->failure)) ||
                          gtk_widget_get_visible (GTK_WIDGET (self->outdated)) ||
                          gtk_widget_get_visible (GTK_WIDGET (self->changes)));
}

/* GObject. */

static void
granary_version_head_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_VERSION_HEAD);

  G_OBJECT_CLASS (granary_version_head_parent_class)->dispose (object);
}

static void
granary_version_head_class_init (GranaryVersionHeadClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_version_head_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-version-head.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionHead, icon);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionHead, status);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionHead, source);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionHead, trouble);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionHead, failure);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionHead, outdated);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionHead, changes);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionHead, sdk_button);
}

static void
granary_version_head_init (GranaryVersionHead *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_version_head_set_version:
 * @self: the section
 * @version: the version to show
 */
void
granary_version_head_set_version (GranaryVersionHead *self,
                                  GranaryVersion     *version)
{
  g_autofree char *source = NULL;
  gboolean failed;

  g_return_if_fail (GRANARY_IS_VERSION_HEAD (self));
  g_return_if_fail (version != NULL);

  show_status (self, version->status);
  gtk_widget_set_visible (self->sdk_button, granary_version_has_sdk (version));

  if (version->source_ref != NULL && *version->source_ref != '\0')
    {
      g_autofree char *origin = granary_wording_place (version->source_ref);

      /* Translators: kind of source, and its folder or address. */
      source = g_strdup_printf (C_("source", "%1$s · %2$s"),
                                granary_wording_source (version->source), origin);
    }
  else
    source = g_strdup (granary_wording_source (version->source));
  gtk_label_set_label (self->source, source);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->source), source);

  failed = version->status == GRANARY_STATUS_FAILED;
  gtk_widget_set_visible (GTK_WIDGET (self->failure), failed);
  if (failed && version->error != NULL)
    {
      g_autofree char *reason = granary_display_path (version->error);

      adw_action_row_set_subtitle (self->failure, reason);
    }

  update_trouble (self);
}

/**
 * granary_version_head_set_services:
 * @self: the section
 * @services: (element-type GranaryService): services of the version
 *
 * Says which of them serve older files than the version has now.
 */
void
granary_version_head_set_services (GranaryVersionHead *self,
                                   GPtrArray          *services)
{
  const GranaryService *first = NULL;
  g_autofree char *text = NULL;
  guint n_outdated = 0;

  g_return_if_fail (GRANARY_IS_VERSION_HEAD (self));
  g_return_if_fail (services != NULL);

  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);

      if (!granary_command_is_outdated (service))
        continue;
      if (n_outdated++ == 0)
        first = service;
    }

  if (n_outdated == 1)
    {
      g_autofree char *name = granary_display_path (first->name != NULL ? first->name
                                                                        : first->uid);

      /* Translators: the name of a service. */
      text = g_strdup_printf (_("Files changed since “%s” was started"), name);
    }
  else if (n_outdated > 1)
    {
      text = g_strdup_printf (ngettext ("Files changed since %u service was started",
                                        "Files changed since %u services were started",
                                        n_outdated), n_outdated);
    }
  adw_action_row_set_subtitle (self->outdated, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->outdated), n_outdated > 0);
  update_trouble (self);
}

/**
 * granary_version_head_set_changes:
 * @self: the section
 * @problems: (element-type GError) (nullable): files that are not as they were stored
 *
 * Warns of files that something else than Granary changed.
 */
void
granary_version_head_set_changes (GranaryVersionHead *self,
                                  GPtrArray          *problems)
{
  guint n_problems = problems != NULL ? problems->len : 0;
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_if_fail (GRANARY_IS_VERSION_HEAD (self));

  for (guint i = 0; i < MIN (n_problems, MAX_CHANGES_TOLD); i++)
    {
      const GError *problem = g_ptr_array_index (problems, i);
      g_autofree char *line = granary_wording_for_problem (problem);

      g_string_append_printf (text, "%s\n", line);
    }
  if (n_problems > MAX_CHANGES_TOLD)
    {
      guint rest = n_problems - MAX_CHANGES_TOLD;

      g_string_append_printf (text, ngettext ("and %u more file", "and %u more files", rest), rest);
      g_string_append_c (text, '\n');
    }
  g_string_append (text, _("Verify reads every file. Upload the right ones again to put this "
                           "right."));

  adw_action_row_set_subtitle (self->changes, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->changes), n_problems > 0);
  update_trouble (self);
}
