/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-connection-status.h"

struct _GranaryConnectionStatus
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (GranaryConnectionStatus, granary_connection_status, G_TYPE_OBJECT)

static void
granary_connection_status_class_init (GranaryConnectionStatusClass *klass)
{
}

static void
granary_connection_status_init (GranaryConnectionStatus *self)
{
}
