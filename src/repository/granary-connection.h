/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-repository.h"

G_BEGIN_DECLS

/**
 * GranaryConnectionKind:
 * @GRANARY_CONNECTION_LOCAL: a repository in a folder of this computer
 * @GRANARY_CONNECTION_TIONE: an account on TI-ONE
 */
typedef enum
{
  GRANARY_CONNECTION_LOCAL,
  GRANARY_CONNECTION_TIONE,
} GranaryConnectionKind;

/**
 * GranaryRepair:
 * @kind: what was in flight, a GranaryOperationKind
 * @finished: whether it was carried through (otherwise it was undone)
 * @model_name: of which model
 * @number: of which version, 0 for the model
 *
 * One thing that opening a repository put right after a crash.
 */
typedef struct
{
  int       kind;
  gboolean  finished;
  char     *model_name;
  int       number;
} GranaryRepair;

void granary_repair_free (GranaryRepair *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryRepair, granary_repair_free)

/**
 * GranaryConnection:
 *
 * A place that holds models: its catalogue and the interfaces it offers, each of which may be
 * absent. Made by a back end; immutable.
 */
#define GRANARY_TYPE_CONNECTION (granary_connection_get_type ())
G_DECLARE_FINAL_TYPE (GranaryConnection, granary_connection, GRANARY, CONNECTION, GObject)

GranaryConnection     *granary_connection_new            (GranaryConnectionKind  kind,
                                                          const char            *uid,
                                                          const char            *title,
                                                          const char            *location,
                                                          GranaryCatalog        *catalog,
                                                          GranaryRepository     *repository,
                                                          GPtrArray             *repairs) G_GNUC_WARN_UNUSED_RESULT;
GranaryConnectionKind  granary_connection_get_kind       (GranaryConnection     *self);
const char            *granary_connection_get_uid        (GranaryConnection     *self);
const char            *granary_connection_get_title      (GranaryConnection     *self);
const char            *granary_connection_get_location   (GranaryConnection     *self);
GranaryCatalog        *granary_connection_get_catalog    (GranaryConnection     *self);
GranaryRepository     *granary_connection_get_repository (GranaryConnection     *self);
GPtrArray             *granary_connection_get_repairs    (GranaryConnection     *self);

G_END_DECLS
