/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-file-set.h"
#include "granary-inspection.h"

G_BEGIN_DECLS

/**
 * GranaryFileChoice:
 *
 * The files of an import being composed: those chosen, found by a scan, and the texts written in
 * place of `config.json` and `model_service.py`. Main-thread object; scanning, writing and
 * inspecting happen on its worker, one after the other, and only the latest result counts.
 *
 * Signals: changed (the set), inspected (what is known of it), busy-changed.
 */
#define GRANARY_TYPE_FILE_CHOICE (granary_file_choice_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFileChoice, granary_file_choice, GRANARY, FILE_CHOICE, GObject)

GranaryFileChoice *granary_file_choice_new            (void) G_GNUC_WARN_UNUSED_RESULT;
void               granary_file_choice_add_paths      (GranaryFileChoice   *self,
                                                       const char * const  *paths);
void               granary_file_choice_remove         (GranaryFileChoice   *self,
                                                       const char          *target);
void               granary_file_choice_remove_problems (GranaryFileChoice  *self);
void               granary_file_choice_clear          (GranaryFileChoice   *self);
void               granary_file_choice_set_text       (GranaryFileChoice   *self,
                                                       const char          *target,
                                                       const char          *text);
const char        *granary_file_choice_get_text       (GranaryFileChoice   *self,
                                                       const char          *target);
const char        *granary_file_choice_get_config     (GranaryFileChoice   *self);
const char        *granary_file_choice_get_chosen_config
                                                      (GranaryFileChoice   *self);
GranaryFileSet    *granary_file_choice_get_set        (GranaryFileChoice   *self);
GranaryFileSet    *granary_file_choice_get_chosen     (GranaryFileChoice   *self);
GranaryInspection *granary_file_choice_get_inspection (GranaryFileChoice   *self);
const GError      *granary_file_choice_get_problem    (GranaryFileChoice   *self,
                                                       const char          *target);
gboolean           granary_file_choice_is_busy        (GranaryFileChoice   *self);

G_END_DECLS
