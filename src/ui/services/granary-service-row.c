/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-service-row.h"

#include "granary-error.h"
#include "granary-wording.h"

struct _GranaryServiceRow
{
  AdwActionRow  parent_instance;

  GtkImage     *icon;
};

G_DEFINE_FINAL_TYPE (GranaryServiceRow, granary_service_row, ADW_TYPE_ACTION_ROW)

/* How a state looks. The words stand beside it, so that colour is never all there is. */
static const struct
{
  const char *icon;
  const char *style;
} looks[GRANARY_N_SERVICE_STATES] = {
  [GRANARY_SERVICE_UNKNOWN] = { "dialog-question-symbolic", "dim-label" },
  [GRANARY_SERVICE_STARTING] = { "content-loading-symbolic", "dim-label" },
  [GRANARY_SERVICE_RUNNING] = { "media-playback-start-symbolic", "success" },
  [GRANARY_SERVICE_STOPPING] = { "content-loading-symbolic", "dim-label" },
  [GRANARY_SERVICE_STOPPED] = { "media-playback-stop-symbolic", "dim-label" },
  [GRANARY_SERVICE_FAILED] = { "dialog-error-symbolic", "error" },
};

static void
granary_service_row_class_init (GranaryServiceRowClass *klass)
{
}

static void
granary_service_row_init (GranaryServiceRow *self)
{
  self->icon = g_object_new (GTK_TYPE_IMAGE,
                             "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                             NULL);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), GTK_WIDGET (self->icon));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
}

GtkWidget *
granary_service_row_new (void)
{
  return g_object_new (GRANARY_TYPE_SERVICE_ROW, NULL);
}

/**
 * granary_service_row_set_service:
 * @self: a row
 * @service: what to show
 */
void
granary_service_row_set_service (GranaryServiceRow    *self,
                                 const GranaryService *service)
{
  const char *name;
  g_autofree char *title = NULL;
  g_autofree char *line = NULL;
  g_autofree char *subtitle = NULL;

  g_return_if_fail (GRANARY_IS_SERVICE_ROW (self));
  g_return_if_fail (service != NULL);

  name = service->name != NULL && *service->name != '\0' ? service->name : service->uid;
  title = granary_display_path (name != NULL ? name : "");
  line = granary_wording_service (service);
  subtitle = granary_display_path (line);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_image_set_from_icon_name (self->icon, looks[service->state].icon);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), looks[i].style);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), looks[service->state].style);
}
