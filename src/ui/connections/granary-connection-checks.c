/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-connection-checks.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-wording.h"

struct _GranaryConnectionChecks
{
  AdwBin               parent_instance;

  AdwPreferencesGroup *group;

  GtkWidget           *rows[GRANARY_N_ACCOUNT_CHECKS];  /* (unowned): of the group */
  GtkImage            *icons[GRANARY_N_ACCOUNT_CHECKS]; /* (unowned): of the rows */
};

G_DEFINE_FINAL_TYPE (GranaryConnectionChecks, granary_connection_checks, ADW_TYPE_BIN)

static const char *const titles[GRANARY_N_ACCOUNT_CHECKS] = {
  [GRANARY_ACCOUNT_CHECK_NETWORK] = N_("Network"),
  [GRANARY_ACCOUNT_CHECK_KEY] = N_("Key and Clock"),
  [GRANARY_ACCOUNT_CHECK_MODELS] = N_("Models in This Region"),
  [GRANARY_ACCOUNT_CHECK_STORAGE] = N_("Storage"),
  [GRANARY_ACCOUNT_CHECK_TAGS] = N_("Tags"),
};

/* What was wrong, said by us, and in small what the service itself said. */
static char *
describe (const GError *error)
{
  g_autoptr (GranaryWording) wording = granary_wording_for_error (error, GRANARY_VERB_CONNECT, NULL);
  const char *code = granary_error_get_remote_code (error);
  const char *request = granary_error_get_request_id (error);
  GString *text = g_string_new (wording->body);

  if (code != NULL && *code != '\0')
    {
      g_autofree char *shown = granary_display_path (code);

      g_string_append_printf (text, "\n%s", shown);
    }
  if (request != NULL && *request != '\0')
    {
      g_autofree char *shown = granary_display_path (request);

      /* Translators: the id that the service gave a request, for its support. */
      g_string_append_printf (text, _(" (request %s)"), shown);
    }

  return g_string_free (text, FALSE);
}

static void
granary_connection_checks_dispose (GObject *object)
{
  /* The child is one of the template's; it is to be let go of once only. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_CONNECTION_CHECKS);

  G_OBJECT_CLASS (granary_connection_checks_parent_class)->dispose (object);
}

static void
granary_connection_checks_class_init (GranaryConnectionChecksClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_connection_checks_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/connections/granary-connection-checks.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionChecks, group);
}

static void
granary_connection_checks_init (GranaryConnectionChecks *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  for (guint i = 0; i < GRANARY_N_ACCOUNT_CHECKS; i++)
    {
      self->rows[i] = g_object_new (ADW_TYPE_ACTION_ROW,
                                    "use-markup", FALSE,
                                    "title", _(titles[i]),
                                    "subtitle-selectable", TRUE,
                                    NULL);
      self->icons[i] = g_object_new (GTK_TYPE_IMAGE,
                                     "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                     NULL);
      adw_action_row_add_prefix (ADW_ACTION_ROW (self->rows[i]), GTK_WIDGET (self->icons[i]));
      adw_preferences_group_add (self->group, self->rows[i]);
    }
  granary_connection_checks_show (self, NULL);
}

void
granary_connection_checks_show (GranaryConnectionChecks *self,
                                GranaryAccountTest      *test)
{
  g_return_if_fail (GRANARY_IS_CONNECTION_CHECKS (self));

  gtk_widget_set_visible (GTK_WIDGET (self), test != NULL);
  for (guint i = 0; test != NULL && i < GRANARY_N_ACCOUNT_CHECKS; i++)
    {
      GtkWidget *icon = GTK_WIDGET (self->icons[i]);
      const GError *error = test->errors[i];
      g_autofree char *text = error != NULL ? describe (error) : NULL;

      gtk_widget_set_visible (self->rows[i], test->done[i]);
      gtk_image_set_from_icon_name (self->icons[i], error != NULL ? "dialog-warning-symbolic"
                                                                  : "object-select-symbolic");
      gtk_widget_remove_css_class (icon, error != NULL ? "success" : "warning");
      gtk_widget_add_css_class (icon, error != NULL ? "warning" : "success");
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rows[i]),
                                   text != NULL ? text : C_("test of a connection", "All is well"));
    }
}
