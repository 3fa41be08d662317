/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What requirements.txt asks for, told from the names of installed packages alone: nothing is run.
 * What cannot be understood counts as met, since only Python knows better. */

/**
 * GranaryPythonState:
 * @python_version: (nullable): such as `3.13`
 * @packages: (element-type utf8 utf8): names as granary_requirements_fold() makes them → versions
 *
 * The interpreter that requirements are checked for.
 */
typedef struct
{
  const char *python_version;
  GHashTable *packages;
} GranaryPythonState;

char    *granary_requirements_fold            (const char               *name) G_GNUC_WARN_UNUSED_RESULT;
/* Lines of @text that are not met, as they stand there; NULL when there is none. */
GStrv    granary_requirements_list_unmet      (const char               *text,
                                               const GranaryPythonState *state) G_GNUC_WARN_UNUSED_RESULT;
/* PEP 440. TRUE also where one of them cannot be understood. */
gboolean granary_requirements_version_matches (const char               *version,
                                               const char               *specifiers);

G_END_DECLS
