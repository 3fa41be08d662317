/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-commands.h"
#include "granary-error.h"
#include "granary-shell.h"

G_BEGIN_DECLS

/**
 * GranaryTargets:
 * @object: how to call them: `plate-ocr v6`, `plate-ocr`, `3 versions`
 * @called: the same within a sentence: a name in quotation marks, or how many
 * @model_name: (nullable): name of the only model, %NULL for several things
 * @number: number of the only version, else 0
 * @model_ids: (element-type gint64): whole models
 * @single_ids: (element-type gint64): versions of other models
 * @version_ids: (element-type gint64): all versions, those of whole models included
 * @impact: what deleting them would touch
 * @services: (element-type GranaryService): services that use them, as last seen
 *
 * What a command was called for, as the catalogue knows it now.
 */
typedef struct
{
  char          *object;
  char          *called;
  char          *model_name;
  int            number;
  GArray        *model_ids;
  GArray        *single_ids;
  GArray        *version_ids;
  GranaryImpact  impact;
  GPtrArray     *services;
} GranaryTargets;

void            granary_targets_free           (GranaryTargets      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTargets, granary_targets_free)

void            granary_targets_load_async     (GranaryConnection   *connection,
                                                GArray              *model_ids,
                                                GArray              *version_ids,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
GranaryTargets *granary_targets_load_finish    (GAsyncResult        *result,
                                                GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* The shell that shows what becomes of a command; it outlives the row or menu it was called from. */
GtkWidget      *granary_command_find_parent    (GtkWidget           *widget);
void            granary_command_show_error     (GtkWidget           *parent,
                                                const GError        *error,
                                                GranaryVerb          verb,
                                                const char          *object);
AdwToast       *granary_command_add_toast      (GtkWidget           *parent,
                                                const char          *title,
                                                const char          *button);
/* With a button that opens @folder (filename). */
void            granary_command_add_folder_toast
                                               (GtkWidget           *parent,
                                                const char          *title,
                                                const char          *folder);
void            granary_command_show_transfer  (GtkWidget           *parent,
                                                GranaryTransfer     *transfer);
void            granary_command_show_if_slow   (GtkWidget           *parent,
                                                GranaryTransfer     *transfer);
/* The version, unless it or its model is in the trash. The first one blocks; the answer of the
 * second is read with granary_catalog_read_finish(). */
GranaryVersion *granary_load_present_version   (GranaryCatalog      *catalog,
                                                gint64               version_id,
                                                GError             **error) G_GNUC_WARN_UNUSED_RESULT;
void            granary_load_present_version_async
                                               (GranaryCatalog      *catalog,
                                                gint64               version_id,
                                                GCancellable        *cancellable,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
/* As [func@command_download_sdk], into a folder (filename) that was chosen already. (publish/) */
void            granary_command_download_sdk_to
                                               (GtkWidget           *widget,
                                                GranaryConnection   *connection,
                                                gint64               version_id,
                                                const char          *folder);
GArray         *granary_command_copy_ids       (GArray              *ids) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
