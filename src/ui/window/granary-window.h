/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-application.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_WINDOW (granary_window_get_type ())
G_DECLARE_FINAL_TYPE (GranaryWindow, granary_window, GRANARY, WINDOW, AdwApplicationWindow)

GranaryWindow *granary_window_new (GranaryApplication *application);

G_END_DECLS
