/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-commands.h"

void
granary_command_try (GtkWidget            *widget,
                     GranaryConnection    *connection,
                     const GranaryService *service)
{
}
