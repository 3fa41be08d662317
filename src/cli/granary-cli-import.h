/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cli.h"
#include "granary-import-draft.h"
#include "granary-inspection.h"

G_BEGIN_DECLS

/**
 * GranaryCliImport:
 * @paths: (element-type filename): what to import, of `--files`
 * @files: for the help alone: the list is lifted out before
 *
 * The texts of the command line of `import`, as they came; %NULL where an option was not given.
 */
typedef struct
{
  GPtrArray *paths;
  char     **files;
  char      *cos;
  char      *task;
  char      *automl;
  char      *scene;
  char      *task_version;
  char      *preference;
  char      *config_key;
  char      *into;
  char      *framework;
  char      *format;
  char      *environment;
  char      *description;
  char     **metrics;
  char     **tags;
  gboolean   move;
} GranaryCliImport;

gboolean            granary_cli_import_check        (GranaryCliImport      *self,
                                                     const char            *name,
                                                     GError               **error);
void                granary_cli_import_clear        (GranaryCliImport      *self);
gboolean            granary_cli_import_usage        (GError               **error,
                                                     const char            *message);

/* The sources: each fills in where the files come from, and what is known of them there. */
gboolean            granary_cli_import_read_files   (GranaryCli            *cli,
                                                     GranaryCliImport      *self,
                                                     GranaryImportRequest  *request,
                                                     GError               **error);
gboolean            granary_cli_import_read_address (GranaryCli            *cli,
                                                     GranaryCliImport      *self,
                                                     GranaryImportRequest  *request,
                                                     GError               **error);
/* @draft (out): to be kept until the import is over. */
gboolean            granary_cli_import_read_task    (GranaryCli            *cli,
                                                     GranaryCliImport      *self,
                                                     GranaryImportRequest **request,
                                                     GranaryImportDraft   **draft,
                                                     GError               **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GranaryCliImport, granary_cli_import_clear)

G_END_DECLS
