/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-service-line.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "granary-commands.h"
#include "granary-error.h"
#include "granary-service-text.h"
#include "granary-shell.h"

struct _GranaryServiceLine
{
  GtkBox             parent_instance;

  GranaryConnection *connection; /* (owned) (nullable) */
  GranaryService    *service;    /* (owned) (nullable) */
  const char        *style;      /* of the state that is shown */
  GtkWidget         *menu;       /* (nullable): a child, once it was asked for */

  GtkImage          *icon;
  GtkLabel          *title;
  GtkLabel          *status;
  GtkLabel          *model;
  GtkLabel          *gone;
  GtkWidget         *address;
  GtkLabel          *url;
  GtkWidget         *update;
  GtkWidget         *failure;
  GtkLabel          *problem;
  GtkWidget         *log_button;
  GtkButton         *toggle;
  GtkWidget         *menu_button;
  GMenuModel        *service_menu;
};

G_DEFINE_FINAL_TYPE (GranaryServiceLine, granary_service_line, GTK_TYPE_BOX)

/* What can be done */

static void
act_cb (GtkWidget  *widget,
        const char *name,
        GVariant   *parameter)
{
  static const struct
  {
    const char           *name;
    GranaryServiceAction  action;
  } acts[] = {
    { "service.start", GRANARY_SERVICE_START },
    { "service.stop", GRANARY_SERVICE_STOP },
    { "service.update", GRANARY_SERVICE_UPDATE },
    { "service.remove", GRANARY_SERVICE_REMOVE },
  };
  GranaryServiceLine *self = GRANARY_SERVICE_LINE (widget);

  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    if (g_str_equal (acts[i].name, name))
      granary_command_act (widget, self->connection, self->service, acts[i].action);
}

static void
log_cb (GtkWidget  *widget,
        const char *name,
        GVariant   *parameter)
{
  GranaryServiceLine *self = GRANARY_SERVICE_LINE (widget);

  granary_command_show_log (widget, self->connection, self->service);
}

static void
copy_address_cb (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  GranaryServiceLine *self = GRANARY_SERVICE_LINE (widget);

  granary_command_copy_address (widget, self->connection, self->service);
}

static void
try_cb (GtkWidget  *widget,
        const char *name,
        GVariant   *parameter)
{
  GranaryServiceLine *self = GRANARY_SERVICE_LINE (widget);

  granary_command_try (widget, self->connection, self->service);
}

static void
reveal (GranaryServiceLine *self)
{
  GranaryShell *shell = granary_shell_find (GTK_WIDGET (self));
  GtkWidget *dialog = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_DIALOG);
  gint64 model_id = self->service->model_id;
  int number = MAX (self->service->version_number, 0);

  if (shell == NULL)
    return;
  /* What it leads to is behind the dialog. */
  if (dialog != NULL)
    adw_dialog_close (ADW_DIALOG (dialog));
  granary_shell_reveal (shell, model_id, number);
}

static void
reveal_action_cb (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  reveal (GRANARY_SERVICE_LINE (widget));
}

static gboolean
reveal_cb (GranaryServiceLine *self)
{
  reveal (self);

  return TRUE;
}

static void
update_actions (GranaryServiceLine *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const GranaryService *service = self->service;
  GranaryServiceHost *host =
    self->connection != NULL ? granary_connection_get_service_host (self->connection) : NULL;
  gboolean readable = host != NULL && service != NULL;
  gboolean writable =
    readable && !granary_catalog_is_read_only (granary_connection_get_catalog (self->connection));
  gboolean can_start = writable && granary_service_can (service, GRANARY_SERVICE_START);
  gboolean can_stop = writable && granary_service_can (service, GRANARY_SERVICE_STOP);

  gtk_widget_action_set_enabled (widget, "service.start", can_start);
  gtk_widget_action_set_enabled (widget, "service.stop", can_stop);
  gtk_widget_action_set_enabled (widget, "service.update",
                                 writable &&
                                 granary_service_can (service, GRANARY_SERVICE_UPDATE));
  gtk_widget_action_set_enabled (widget, "service.remove", writable);
  gtk_widget_action_set_enabled (widget, "service.log",
                                 readable &&
                                 granary_service_host_has (host, GRANARY_SERVICE_HOST_LOG));
  gtk_widget_action_set_enabled (widget, "service.copy-address",
                                 service != NULL && service->url != NULL);
  gtk_widget_action_set_enabled (widget, "service.try",
                                 readable && service->state == GRANARY_SERVICE_RUNNING);
  gtk_widget_action_set_enabled (widget, "service.reveal",
                                 service != NULL && service->model_id > 0 &&
                                 !service->is_version_gone);

  /* Without a log there is no button that never does anything. */
  gtk_widget_set_visible (self->log_button,
                          readable && granary_service_host_has (host, GRANARY_SERVICE_HOST_LOG));

  /* One button for what comes next; the menu has both. */
  gtk_widget_set_visible (GTK_WIDGET (self->toggle), can_start || can_stop);
  if (can_start)
    {
      gtk_button_set_icon_name (self->toggle, "media-playback-start-symbolic");
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->toggle), _("Start"));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->toggle), "service.start");
    }
  else if (can_stop)
    {
      gtk_button_set_icon_name (self->toggle, "media-playback-stop-symbolic");
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->toggle), _("Stop"));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (self->toggle), "service.stop");
    }
}

/* The menu */

static void
menu_clicked_cb (GranaryServiceLine *self)
{
  granary_service_line_popup_menu (self, -1, -1);
}

/* What is shown */

static void
show_state (GranaryServiceLine *self)
{
  const char *style = granary_service_get_style (self->service);
  g_autofree char *status = granary_service_dup_status (self->service);

  gtk_image_set_from_icon_name (self->icon, granary_service_get_icon (self->service));
  gtk_label_set_label (self->status, status);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status), self->service->state_text);
  if (self->style != NULL)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->icon), self->style);
      gtk_widget_remove_css_class (GTK_WIDGET (self->status), self->style);
    }
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), style);
  gtk_widget_add_css_class (GTK_WIDGET (self->status), style);
  self->style = style;
}

static void
show_model (GranaryServiceLine *self)
{
  const GranaryService *service = self->service;
  g_autofree char *model = granary_service_dup_model (service);
  g_autofree char *markup = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->model), model != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->gone), service->is_version_gone);
  if (model == NULL)
    return;

  markup = service->model_id > 0 && !service->is_version_gone
           ? g_markup_printf_escaped ("<a href=\"model\" title=\"\">%s</a>", model)
           : g_markup_escape_text (model, -1);
  gtk_label_set_markup (self->model, markup);
}

static void
show_problem (GranaryServiceLine *self)
{
  g_autofree char *problem = granary_service_dup_problem (self->service);
  gboolean failed = self->service->state == GRANARY_SERVICE_FAILED;

  gtk_widget_set_visible (self->failure, problem != NULL);
  gtk_label_set_label (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->problem), problem);
  if (failed)
    gtk_widget_add_css_class (GTK_WIDGET (self->problem), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->problem), "error");
}

static void
show_service (GranaryServiceLine *self)
{
  const GranaryService *service = self->service;
  g_autofree char *title = granary_service_dup_title (service);
  g_autofree char *url = service->url != NULL ? granary_display_path (service->url) : NULL;

  gtk_label_set_label (self->title, title);
  show_state (self);
  show_model (self);
  show_problem (self);
  gtk_widget_set_visible (self->address, url != NULL);
  gtk_label_set_label (self->url, url != NULL ? url : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->url), url);
  gtk_widget_set_visible (self->update, service->is_update_needed && !service->is_version_gone);
}

/* GObject */

static void
granary_service_line_dispose (GObject *object)
{
  GranaryServiceLine *self = GRANARY_SERVICE_LINE (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_SERVICE_LINE);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->service, granary_service_unref);

  G_OBJECT_CLASS (granary_service_line_parent_class)->dispose (object);
}

static void
granary_service_line_class_init (GranaryServiceLineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_service_line_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/services/granary-service-line.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, icon);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, title);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, status);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, model);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, gone);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, address);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, url);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, update);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, failure);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, log_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, toggle);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, menu_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryServiceLine, service_menu);
  gtk_widget_class_bind_template_callback (widget_class, reveal_cb);
  gtk_widget_class_bind_template_callback (widget_class, menu_clicked_cb);

  gtk_widget_class_install_action (widget_class, "service.start", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "service.stop", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "service.update", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "service.remove", NULL, act_cb);
  gtk_widget_class_install_action (widget_class, "service.log", NULL, log_cb);
  gtk_widget_class_install_action (widget_class, "service.copy-address", NULL, copy_address_cb);
  gtk_widget_class_install_action (widget_class, "service.try", NULL, try_cb);
  gtk_widget_class_install_action (widget_class, "service.reveal", NULL, reveal_action_cb);
}

static void
granary_service_line_init (GranaryServiceLine *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update_actions (self);
}

/* Public functions */

GtkWidget *
granary_service_line_new (void)
{
  return g_object_new (GRANARY_TYPE_SERVICE_LINE, NULL);
}

/**
 * granary_service_line_set_connection:
 * @self: a line
 * @connection: (nullable): whose service it is
 */
void
granary_service_line_set_connection (GranaryServiceLine *self,
                                     GranaryConnection  *connection)
{
  g_return_if_fail (GRANARY_IS_SERVICE_LINE (self));
  g_return_if_fail (connection == NULL || GRANARY_IS_CONNECTION (connection));

  if (g_set_object (&self->connection, connection))
    update_actions (self);
}

/**
 * granary_service_line_set_service:
 * @self: a line
 * @service: (nullable): what to show; %NULL shows nothing new, and nothing can be done
 */
void
granary_service_line_set_service (GranaryServiceLine *self,
                                  GranaryService     *service)
{
  g_return_if_fail (GRANARY_IS_SERVICE_LINE (self));

  if (self->service == service)
    return;

  /* A row that shows another service now; what is under way is not about that. */
  if (self->menu != NULL && self->service != NULL &&
      (service == NULL || !g_str_equal (self->service->uid, service->uid)))
    gtk_popover_popdown (GTK_POPOVER (self->menu));

  g_clear_pointer (&self->service, granary_service_unref);
  if (service != NULL)
    {
      self->service = granary_service_ref (service);
      show_service (self);
    }
  update_actions (self);
}

/**
 * granary_service_line_get_service:
 * @self: a line
 *
 * Returns: (transfer none) (nullable): what it shows
 */
GranaryService *
granary_service_line_get_service (GranaryServiceLine *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_LINE (self), NULL);

  return self->service;
}

void
granary_service_line_popup_menu (GranaryServiceLine *self,
                                 double              x,
                                 double              y)
{
  GdkRectangle at = { (int) x, (int) y, 1, 1 };
  graphene_rect_t bounds;

  g_return_if_fail (GRANARY_IS_SERVICE_LINE (self));

  if (self->service == NULL)
    return;

  if (x < 0 && gtk_widget_compute_bounds (self->menu_button, GTK_WIDGET (self), &bounds))
    {
      at.x = (int) bounds.origin.x;
      at.y = (int) bounds.origin.y;
      at.width = (int) bounds.size.width;
      at.height = (int) bounds.size.height;
    }
  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (self->service_menu);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), x < 0);
  gtk_widget_set_halign (self->menu, x < 0 ? GTK_ALIGN_FILL : GTK_ALIGN_START);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}
