/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cli.h"

G_BEGIN_DECLS

/**
 * GranaryCliTarget:
 * @name: name or id as typed
 * @number: the version, 0 if none was named
 * @version_id: row of the version, 0 if none was named; once resolved
 * @model: (nullable): the model, once resolved
 * @version: (nullable): the version with its files, once resolved
 *
 * What `MODEL` or `MODEL:vN` of a command line means.
 */
typedef struct
{
  char           *name;
  int             number;
  gint64          version_id;
  GranaryModel   *model;
  GranaryVersion *version;
} GranaryCliTarget;

GranaryCliTarget *granary_cli_target_parse   (const char        *text,
                                              gboolean           needs_version,
                                              GError           **error) G_GNUC_WARN_UNUSED_RESULT;
void              granary_cli_target_free    (GranaryCliTarget  *self);
gboolean          granary_cli_target_resolve (GranaryCliTarget  *self,
                                              GranaryCli        *cli,
                                              GError           **error);
char             *granary_cli_target_to_text (GranaryCliTarget  *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCliTarget, granary_cli_target_free)

G_END_DECLS
