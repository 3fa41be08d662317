/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-window"

#include "config.h"

#include "granary-window.h"

#include "granary-shell.h"

struct _GranaryWindow
{
  AdwApplicationWindow  parent_instance;

  AdwToastOverlay      *toast_overlay;
};

static void shell_init (GranaryShellInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryWindow, granary_window, ADW_TYPE_APPLICATION_WINDOW,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_SHELL, shell_init))

static void
granary_window_add_toast (GranaryShell *shell,
                          AdwToast     *toast)
{
  adw_toast_overlay_add_toast (GRANARY_WINDOW (shell)->toast_overlay, toast);
}

static void
shell_init (GranaryShellInterface *iface)
{
  iface->add_toast = granary_window_add_toast;
}

static void
granary_window_class_init (GranaryWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/window/granary-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryWindow, toast_overlay);
}

static void
granary_window_init (GranaryWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GranaryWindow *
granary_window_new (GranaryApplication *application)
{
  return g_object_new (GRANARY_TYPE_WINDOW,
                       "application", application,
                       NULL);
}
