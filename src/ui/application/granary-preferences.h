/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-folders.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_PREFERENCES (granary_preferences_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPreferences, granary_preferences,
                      GRANARY, PREFERENCES, AdwPreferencesDialog)

GranaryPreferences *granary_preferences_new (GSettings      *settings,
                                             GranaryFolders *folders) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
