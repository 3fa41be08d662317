/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-port.h"
#include "granary-service-unit.h"
#include "granary-supervisor.h"
#include "granary-worker.h"

G_BEGIN_DECLS

/* What granary-supervisor.c and -verbs.c share. */

struct _GranarySupervisor
{
  GObject              parent_instance;

  GranaryServiceStore *store;    /* (owned) */
  GHashTable          *units;    /* (owned): uid → GranaryServiceUnit */
  GranaryWorker       *worker;   /* (owned): publishing */
  GPtrArray           *jobs;     /* (owned) (element-type GTask): on their way */
  GPtrArray           *removals; /* (owned) (element-type GTask): waiting for a run to end */
  GPtrArray           *closings; /* (owned) (element-type GTask) */
  gboolean             is_closing;
};

typedef struct _GranarySupervisorJob GranarySupervisorJob;

/* On a thread of the unit, or of the supervisor where there is no unit. */
typedef gboolean (*GranarySupervisorWork) (GranarySupervisorJob  *job,
                                           GCancellable          *cancellable,
                                           GError               **error);
/* On the main thread, before anybody is told. */
typedef void     (*GranarySupervisorDone) (GranarySupervisor     *self,
                                           GranarySupervisorJob  *job,
                                           gboolean               is_done);

/* The data of a task. While its work is done, it is the work's alone. */
struct _GranarySupervisorJob
{
  GranarySupervisorWork  work;
  GranarySupervisorDone  done;

  GranaryServiceStore   *store;       /* (owned) */
  GranaryServiceUnit    *unit;        /* (owned) (nullable) */
  GranaryPublishRequest *request;     /* (owned) (nullable) */
  GranaryPublishProfile *profile;     /* (owned) (nullable) */
  GranaryServiceAction   action;
  char                  *uid;         /* (owned) (nullable) */
  guint                  n_stops;
  GCancellable          *cancellable; /* (owned) (nullable) */

  GranaryService        *row;         /* (owned) (nullable) */
  GranaryServicePort    *port;        /* (owned) (nullable): made by publishing */
  GPtrArray             *services;    /* (owned) (nullable): what loading found */
};

GTask              *granary_supervisor_begin_job     (GranarySupervisor      *self,
                                                      gpointer                source_tag,
                                                      GAsyncReadyCallback     callback,
                                                      gpointer                user_data,
                                                      GranarySupervisorJob  **job) G_GNUC_WARN_UNUSED_RESULT;
void                granary_supervisor_run_job       (GranarySupervisor      *self,
                                                      GTask                  *task);
void                granary_supervisor_queue_removal (GranarySupervisor      *self,
                                                      GTask                  *task);
void                granary_supervisor_end_job       (GranarySupervisor      *self,
                                                      GTask                  *task,
                                                      GError                 *error);
GranaryServiceUnit *granary_supervisor_add_unit      (GranarySupervisor      *self,
                                                      const GranaryService   *row,
                                                      GranaryServicePort     *port);

G_END_DECLS
