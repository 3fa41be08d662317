/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-draft-target-private.h"
#include "granary-file-choice-private.h"
#include "granary-import-draft.h"

G_BEGIN_DECLS

/* What the files that make up the class share. */
struct _GranaryImportDraft
{
  GObject             parent_instance;

  GranaryConnection  *connection;      /* (owned) */
  GranaryDraftTarget *target;          /* (owned) */
  int                 next_number;     /* as last notified */
  gboolean            name_is_typed;   /* else it follows the files */
  char               *description;     /* (owned) */
  GranaryTagSet      *tags;            /* (owned) */
  GranaryFileChoice  *files;           /* (owned) */
  char               *source_ref;      /* (owned) (nullable) */
  guint               n_choices;       /* how often files were chosen */
  gboolean            move;
  char               *framework;       /* (owned) (nullable): as set by the user */
  char               *format;          /* (owned) (nullable): as set by the user */
  char               *environment;     /* (owned) (nullable) */
  GPtrArray          *metrics;         /* (owned) (element-type GranaryMetric) */
  GError             *metrics_problem; /* (owned) (nullable) */
  gboolean            is_touched;

  gboolean            busy;
  gboolean            ready;
};

/* After anything that decides whether the import can start. */
void granary_import_draft_update (GranaryImportDraft *self);

G_END_DECLS
