/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-application"

#include "config.h"

#include "granary-application.h"

#include "granary-window.h"

struct _GranaryApplication
{
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (GranaryApplication, granary_application, ADW_TYPE_APPLICATION)

static void
granary_application_activate (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    window = GTK_WINDOW (granary_window_new (GRANARY_APPLICATION (application)));

  gtk_window_present (window);
}

static void
granary_application_class_init (GranaryApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = granary_application_activate;
}

static void
granary_application_init (GranaryApplication *self)
{
}

GranaryApplication *
granary_application_new (void)
{
  return g_object_new (GRANARY_TYPE_APPLICATION,
                       "application-id", GRANARY_APPLICATION_ID,
                       "resource-base-path", "/io/github/granary/Granary",
                       NULL);
}
