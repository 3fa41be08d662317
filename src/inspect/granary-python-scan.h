/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryPythonScan:
 * @problem: (nullable): what cannot be Python, for logs
 * @line: where, from 1
 * @n_definitions: classes and functions at any depth
 * @has_service: whether a class derives from `tiinfer.Model` or `append_worker` is called
 */
typedef struct
{
  const char *problem;
  int         line;
  guint       n_definitions;
  gboolean    has_service;
} GranaryPythonScan;

gboolean granary_python_scan (const char         *text,
                              gsize               length,
                              GranaryPythonScan  *scan);

G_END_DECLS
