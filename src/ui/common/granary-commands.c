/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-commands"

#include "config.h"

#include "granary-commands.h"

void
granary_command_delete (GtkWidget         *widget,
                        GranaryConnection *connection,
                        GArray            *model_ids,
                        GArray            *version_ids)
{
}

void
granary_command_upload (GtkWidget          *widget,
                        GranaryConnection  *connection,
                        gint64              version_id,
                        const char * const *paths)
{
}

void
granary_command_download (GtkWidget         *widget,
                          GranaryConnection *connection,
                          GArray            *model_ids,
                          GArray            *version_ids)
{
}

void
granary_command_verify (GtkWidget         *widget,
                        GranaryConnection *connection,
                        GArray            *model_ids,
                        GArray            *version_ids)
{
}

void
granary_command_rename (GtkWidget         *widget,
                        GranaryConnection *connection,
                        gint64             model_id)
{
}

void
granary_command_copy_path (GtkWidget         *widget,
                           GranaryConnection *connection,
                           gint64             model_id,
                           gint64             version_id)
{
}

void
granary_command_restore (GtkWidget          *widget,
                         GranaryConnection  *connection,
                         const char * const *entries)
{
}

void
granary_command_purge (GtkWidget          *widget,
                       GranaryConnection  *connection,
                       const char * const *entries)
{
}
