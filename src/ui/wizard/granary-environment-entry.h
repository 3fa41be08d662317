/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * GranaryEnvironmentEntry:
 *
 * A runtime environment given by hand: address of an image, or path of an interpreter of this
 * computer. What is wrong with it is told below.
 *
 * Signal: entered (const char *address): a valid one was confirmed.
 */
#define GRANARY_TYPE_ENVIRONMENT_ENTRY (granary_environment_entry_get_type ())
G_DECLARE_FINAL_TYPE (GranaryEnvironmentEntry, granary_environment_entry, GRANARY, ENVIRONMENT_ENTRY, AdwPreferencesGroup)

void granary_environment_entry_set_is_local (GranaryEnvironmentEntry *self,
                                             gboolean                 is_local);

G_END_DECLS
