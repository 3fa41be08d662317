/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cli.h"
#include "granary-file-set.h"
#include "granary-inspection.h"

G_BEGIN_DECLS

GranaryFileSet    *granary_cli_files_scan    (GranaryCli          *cli,
                                              const char * const  *paths,
                                              const char          *into,
                                              GError             **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryInspection *granary_cli_files_inspect (GranaryCli          *cli,
                                              GranaryFileSet      *files,
                                              gboolean             check,
                                              GError             **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray         *granary_cli_files_compare (GranaryCli          *cli,
                                              GranaryFileSet      *files,
                                              GranaryVersion      *version,
                                              GError             **error) G_GNUC_WARN_UNUSED_RESULT;
void               granary_cli_files_note_warnings
                                             (GranaryCli          *cli,
                                              GranaryInspection   *inspection);

G_END_DECLS
