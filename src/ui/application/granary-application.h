/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-folders.h"

G_BEGIN_DECLS

/**
 * GranaryApplication:
 *
 * The program: its options, actions and windows. It makes what windows share and hands it to them.
 */
#define GRANARY_TYPE_APPLICATION (granary_application_get_type ())
G_DECLARE_FINAL_TYPE (GranaryApplication, granary_application, GRANARY, APPLICATION, AdwApplication)

GranaryApplication *granary_application_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
