/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-image-source.h"

G_BEGIN_DECLS

/**
 * GranaryPythonEnvironments:
 *
 * [iface@ImageSource] over the Python interpreters and environments of this computer: those of the
 * system, virtual environments, conda, pyenv and uv. They are looked for each time they are listed.
 * None is run: versions and packages are told by the names of files.
 */
#define GRANARY_TYPE_PYTHON_ENVIRONMENTS (granary_python_environments_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPythonEnvironments, granary_python_environments, GRANARY, PYTHON_ENVIRONMENTS, GObject)

/* Those of this user and computer. */
GranaryImageSource *granary_python_environments_new    (void) G_GNUC_WARN_UNUSED_RESULT;
/* Below @home and in @prefixes (both absolute; folders that hold `bin` and `lib`, or conda's) and
 * where @environment (as of g_get_environ()) points. All copied. */
GranaryImageSource *granary_python_environments_new_in (const char         *home,
                                                        const char * const *prefixes,
                                                        const char * const *environment) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
