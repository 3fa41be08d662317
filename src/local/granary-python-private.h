/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryPython:
 * @prefix: absolute path of the folder that holds `bin` and `lib`
 * @interpreter: absolute path of the program, valid UTF-8
 * @tool: (nullable): what made it: `venv`, `conda`, …; %NULL for one of the system
 * @version: (nullable): such as `3.13`
 * @base: (nullable): folder of another one whose packages it sees too
 * @packages: (element-type utf8): packages for models that it has, as `torch 2.5.1`, in the order
 *   of @frameworks
 * @frameworks: (element-type utf8): the framework of each, static, as in [struct@Version]
 *
 * A Python interpreter with its packages.
 */
typedef struct
{
  char      *prefix;
  char      *interpreter;
  char      *tool;
  char      *version;
  char      *base;
  GPtrArray *packages;
  GPtrArray *frameworks;
} GranaryPython;

GranaryPython *granary_python_new           (const char    *prefix,
                                             const char    *interpreter,
                                             const char    *tool,
                                             const char    *version) G_GNUC_WARN_UNUSED_RESULT;
void           granary_python_free          (GranaryPython *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryPython, granary_python_free)

/* Adds the packages for models that lie in the places where this interpreter looks for them. */
void           granary_python_read_packages (GranaryPython *self);
/* All packages there: names as granary_requirements_fold() makes them → versions. */
GHashTable    *granary_python_list_packages (GranaryPython *self) G_GNUC_WARN_UNUSED_RESULT;
/* Up to a bound names in @folder, sorted; none when it cannot be read. */
GPtrArray     *granary_python_list_names    (const char    *folder) G_GNUC_WARN_UNUSED_RESULT;
/* `3.13` of what begins with such a version, NULL for anything else. */
char          *granary_python_take_version  (const char    *text) G_GNUC_WARN_UNUSED_RESULT;

/**
 * GranaryPythonPlaces:
 * @home: absolute path of the user's home
 * @prefixes: (array zero-terminated=1): absolute paths outside it
 * @environment: (array zero-terminated=1): as of g_get_environ()
 *
 * Where to look.
 */
typedef struct
{
  char  *home;
  char **prefixes;
  char **environment;
} GranaryPythonPlaces;

/* The one that this program is, NULL where it is none. */
GranaryPython *granary_python_find (const char *interpreter) G_GNUC_WARN_UNUSED_RESULT;

GPtrArray *granary_python_search (const GranaryPythonPlaces  *places,
                                  GCancellable               *cancellable,
                                  GError                    **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
