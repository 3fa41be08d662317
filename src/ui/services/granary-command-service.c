/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-commands.h"

void
granary_command_act (GtkWidget            *widget,
                     GranaryConnection    *connection,
                     const GranaryService *service,
                     GranaryServiceAction  action)
{
}

void
granary_command_copy_address (GtkWidget            *widget,
                              GranaryConnection    *connection,
                              const GranaryService *service)
{
}
