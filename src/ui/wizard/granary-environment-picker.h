/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-image-source.h"

G_BEGIN_DECLS

/**
 * GranaryEnvironmentPicker:
 *
 * A page to choose a runtime environment on: one that is built in (or an interpreter of this
 * computer), one from a registry, or one by its address.
 *
 * Signal: chosen (const char *address, const char *record): as in #GranaryImage; @record nullable.
 */
#define GRANARY_TYPE_ENVIRONMENT_PICKER (granary_environment_picker_get_type ())
G_DECLARE_FINAL_TYPE (GranaryEnvironmentPicker, granary_environment_picker, GRANARY, ENVIRONMENT_PICKER, AdwNavigationPage)

GranaryEnvironmentPicker *granary_environment_picker_new           (GranaryImageSource       *source,
                                                                    gboolean                  is_local,
                                                                    const char               *framework,
                                                                    const char               *current) G_GNUC_WARN_UNUSED_RESULT;
/* Offers what was used last above everything else. */
void                      granary_environment_picker_set_last_used (GranaryEnvironmentPicker *self,
                                                                    const char               *address,
                                                                    const char               *record);

G_END_DECLS
