/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-connection.h"
#include "granary-service-host.h"

G_BEGIN_DECLS

/* What can be done to models and versions, with all its questions, progress and toasts. @widget is
 * where it was asked for; its shell shows the outcome. Ids: (element-type gint64), may be NULL.
 * Actions of rows, menus, shortcuts, drops and the details pane all end up here. */

void granary_command_delete    (GtkWidget           *widget,
                                GranaryConnection   *connection,
                                GArray              *model_ids,
                                GArray              *version_ids);
/* @paths (nullable): without them the user chooses files first. */
void granary_command_upload    (GtkWidget           *widget,
                                GranaryConnection   *connection,
                                gint64               version_id,
                                const char * const  *paths);
/* Models stand for all their versions. */
void granary_command_download  (GtkWidget           *widget,
                                GranaryConnection   *connection,
                                GArray              *model_ids,
                                GArray              *version_ids);
void granary_command_verify    (GtkWidget           *widget,
                                GranaryConnection   *connection,
                                GArray              *model_ids,
                                GArray              *version_ids);
void granary_command_rename    (GtkWidget           *widget,
                                GranaryConnection   *connection,
                                gint64               model_id);
void granary_command_copy_path (GtkWidget           *widget,
                                GranaryConnection   *connection,
                                gint64               model_id,
                                gint64               version_id);
void granary_command_restore   (GtkWidget           *widget,
                                GranaryConnection   *connection,
                                const char * const  *entries);
/* @entries NULL: everything in the trash. Asks first. */
void granary_command_purge     (GtkWidget           *widget,
                                GranaryConnection   *connection,
                                const char * const  *entries);


/* Services. With @ask always the dialog; without it only where the remembered way of publishing does
 * not do: none yet, or a price that was not agreed to. (publish/) */
void granary_command_publish       (GtkWidget            *widget,
                                    GranaryConnection    *connection,
                                    gint64                version_id,
                                    gboolean              ask);
/* Of services of a version, (element-type GranaryService), those that still serve older files than it
 * has. (publish/) */
void granary_command_update_outdated (GtkWidget         *widget,
                                      GranaryConnection *connection,
                                      GPtrArray         *services);
gboolean
     granary_command_is_outdated   (const GranaryService *service);
/* Asks before removing, and before stopping what cannot be started again. (services/) */
void granary_command_act           (GtkWidget            *widget,
                                    GranaryConnection    *connection,
                                    const GranaryService *service,
                                    GranaryServiceAction  action);
void granary_command_show_log      (GtkWidget            *widget,
                                    GranaryConnection    *connection,
                                    const GranaryService *service);
void granary_command_copy_address  (GtkWidget            *widget,
                                    GranaryConnection    *connection,
                                    const GranaryService *service);
/* Try It. (services/) */
void granary_command_try           (GtkWidget            *widget,
                                    GranaryConnection    *connection,
                                    const GranaryService *service);
/* Only for object detection and image classification of automatic learning: see
 * granary_version_has_sdk(). (publish/) */
void granary_command_download_sdk  (GtkWidget            *widget,
                                    GranaryConnection    *connection,
                                    gint64                version_id);
void granary_command_open_cosbrowser (GtkWidget         *widget,
                                      GranaryConnection *connection,
                                      gint64             version_id);

G_END_DECLS
