/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-origin-address-private.h"
#include "granary-draft-target-private.h"
#include "granary-origin-task-private.h"
#include "granary-file-choice-private.h"
#include "granary-import-draft.h"

G_BEGIN_DECLS

#define GRANARY_N_DRAFT_SOURCES (GRANARY_SOURCE_AUTOML + 1)

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
  GranarySource       source;          /* which of the origins counts */
  GranaryFileChoice  *files;           /* (owned): chosen by hand */
  GranaryOriginTask   *task;            /* (owned) */
  GranaryOriginTask   *automl;          /* (owned) */
  GranaryOriginAddress *address;        /* (owned) */
  GranaryFileChoice  *added;           /* (owned): texts that go beside the files of @address */
  char               *source_ref;      /* (owned) (nullable): of the files chosen by hand */
  guint               n_choices;       /* how often files were chosen */
  gboolean            move;
  char               *framework;       /* (owned) (nullable): as set by the user */
  char               *format;          /* (owned) (nullable): as set by the user */
  char               *environment;     /* (owned) (nullable) */
  char               *image;           /* (owned) (nullable): JSON of the environment */
  char               *task_version;    /* (owned) (nullable): as set by the user */
  char               *preference;      /* (owned) (nullable): as set by the user */
  char               *scene;           /* (owned) (nullable): as set by the user */
  char               *config_key;      /* (owned) (nullable): as set by the user */
  char               *found_key;       /* (owned) (nullable): as config.json has it */
  GPtrArray          *metrics[GRANARY_N_DRAFT_SOURCES]; /* (owned) (element-type GranaryMetric) */
  gboolean            is_metrics_edited[GRANARY_N_DRAFT_SOURCES]; /* else they follow the task */
  GError             *metrics_problem; /* (owned) (nullable) */
  gboolean            is_touched;

  gboolean            busy;
  gboolean            ready;
};

/* After anything that decides whether the import can start. */
void granary_import_draft_update        (GranaryImportDraft *self);

/* The origin that counts now. Its task, NULL where there is none; its files, which for what lies in
 * object storage are the texts that go beside it; its address, NULL for files of this computer. */
GranaryOriginTask    *granary_import_draft_origin_task    (GranaryImportDraft *self);
GranaryFileChoice   *granary_import_draft_origin_files   (GranaryImportDraft *self);
GranaryOriginAddress *granary_import_draft_origin_address (GranaryImportDraft *self);
gboolean             granary_import_draft_origin_is_of_files (GranaryImportDraft *self);
/* (element-type GranaryMetric): of the origin. */
GPtrArray           *granary_import_draft_origin_metrics (GranaryImportDraft *self);
/* After another task or output: what follows it. */
void                 granary_import_draft_follow_task    (GranaryImportDraft *self,
                                                          GranarySource       source);
/* Makes the origins, and listens to them. */
void                 granary_import_draft_init_origins   (GranaryImportDraft *self);
void                 granary_import_draft_clear_origins  (GranaryImportDraft *self);
/* Handlers of the files that count. */
void                 granary_import_draft_files_changed  (GranaryImportDraft *self);
void                 granary_import_draft_files_inspected (GranaryImportDraft *self);
/* What the model would be called. */
void                 granary_import_draft_suggest_name   (GranaryImportDraft *self);

G_END_DECLS
