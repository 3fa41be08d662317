/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-origin-task-private.h"

#include "granary-error.h"
#include "granary-pending-private.h"

struct _GranaryOriginTask
{
  GObject              parent_instance;

  GranaryTaskSource   *source;    /* (owned) (nullable) */
  GranaryFileChoice   *files;     /* (owned) */
  GranaryOriginAddress *address;   /* (owned) */
  GranaryTaskKinds     kind;
  char                *uid;       /* (owned) (nullable) */
  char                *output_id; /* (owned) (nullable): NULL for the recommended one */
  GranaryTaskDetails  *details;   /* (owned) (nullable) */
  GError              *problem;   /* (owned) (nullable) */
  GCancellable        *loading;   /* (owned) (nullable): the load under way */
};

G_DEFINE_FINAL_TYPE (GranaryOriginTask, granary_origin_task, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The files of the output that is chosen now. */
static void
follow_output (GranaryOriginTask *self)
{
  const GranaryTaskOutput *output = granary_origin_task_get_output (self);

  granary_file_choice_clear (self->files);
  if (output != NULL && output->paths != NULL && output->paths[0] != NULL)
    granary_file_choice_add_paths (self->files, (const char * const *) output->paths);
  granary_origin_address_set_text (self->address, output != NULL ? output->address : NULL);
}

static void
take_details (GranaryOriginTask  *self,
              GranaryTaskDetails *details)
{
  const GranaryTask *task = details->task;

  self->details = granary_task_details_ref (details);
  if (task->problem != NULL)
    self->problem = g_error_copy (task->problem);
  else if (details->outputs->len == 0)
    granary_set_error (&self->problem, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_EMPTY,
                       task->name, "%s has no outputs", task->uid);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryOriginTask) self = granary_pending_end (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryTaskDetails) details = NULL;

  details = granary_task_source_load_finish (GRANARY_TASK_SOURCE (source), result, &error);
  if (self == NULL)
    return;

  g_clear_object (&self->loading);
  if (details != NULL)
    take_details (self, details);
  else
    self->problem = g_steal_pointer (&error);
  follow_output (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
forget (GranaryOriginTask *self)
{
  granary_pending_stop (&self->loading);
  g_clear_pointer (&self->details, granary_task_details_unref);
  g_clear_pointer (&self->output_id, g_free);
  g_clear_error (&self->problem);
}

/* Loads it anew. */
static void
start_load (GranaryOriginTask *self)
{
  forget (self);
  follow_output (self);
  if (self->uid != NULL && self->source != NULL)
    {
      self->loading = g_cancellable_new ();
      granary_task_source_load_async (self->source, self->kind, self->uid, self->loading,
                                      loaded_cb, granary_pending_new (self, self->loading));
    }
  else if (self->uid != NULL)
    {
      granary_set_error (&self->problem, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_MISSING,
                         self->uid, "there are no tasks here");
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

/* GObject */

static void
granary_origin_task_finalize (GObject *object)
{
  GranaryOriginTask *self = GRANARY_ORIGIN_TASK (object);

  forget (self);
  g_clear_object (&self->source);
  g_clear_object (&self->files);
  g_clear_object (&self->address);
  g_free (self->uid);

  G_OBJECT_CLASS (granary_origin_task_parent_class)->finalize (object);
}

static void
granary_origin_task_class_init (GranaryOriginTaskClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_origin_task_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_origin_task_init (GranaryOriginTask *self)
{
  self->files = granary_file_choice_new ();
}

GranaryOriginTask *
granary_origin_task_new (GranaryConnection *connection,
                         GranaryTaskKinds   kind)
{
  GranaryOriginTask *self;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), NULL);

  self = g_object_new (GRANARY_TYPE_ORIGIN_TASK, NULL);
  self->kind = kind;
  g_set_object (&self->source, granary_connection_get_task_source (connection));
  self->address = granary_origin_address_new (granary_connection_get_storage (connection));

  return self;
}

GranaryTaskKinds
granary_origin_task_get_kind (GranaryOriginTask *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_TASK (self), 0);

  return self->kind;
}

/* A task of another kind is another task. */
gboolean
granary_origin_task_set_kind (GranaryOriginTask *self,
                              GranaryTaskKinds   kind)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_TASK (self), FALSE);

  if (self->kind == kind)
    return FALSE;

  self->kind = kind;
  g_clear_pointer (&self->uid, g_free);
  start_load (self);

  return TRUE;
}

const char *
granary_origin_task_get_uid (GranaryOriginTask *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_TASK (self), NULL);

  return self->uid;
}

gboolean
granary_origin_task_set_uid (GranaryOriginTask *self,
                             const char        *uid)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_TASK (self), FALSE);

  if (!g_set_str (&self->uid, uid != NULL && *uid != '\0' ? uid : NULL))
    return FALSE;

  start_load (self);

  return TRUE;
}

GranaryTaskDetails *
granary_origin_task_get_details (GranaryOriginTask *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_TASK (self), NULL);

  return self->details;
}

const GranaryTaskOutput *
granary_origin_task_get_output (GranaryOriginTask *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_TASK (self), NULL);

  return self->details != NULL ? granary_task_details_find (self->details, self->output_id) : NULL;
}

gboolean
granary_origin_task_set_output (GranaryOriginTask *self,
                                const char        *output_id)
{
  const GranaryTaskOutput *before;

  g_return_val_if_fail (GRANARY_IS_ORIGIN_TASK (self), FALSE);

  before = granary_origin_task_get_output (self);
  if (self->details == NULL || !g_set_str (&self->output_id, output_id) ||
      granary_origin_task_get_output (self) == before)
    return FALSE;

  follow_output (self);
  g_signal_emit (self, signals[CHANGED], 0);

  return TRUE;
}

GranaryFileChoice *
granary_origin_task_get_files (GranaryOriginTask *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_TASK (self), NULL);

  return self->files;
}

GranaryOriginAddress *
granary_origin_task_get_address (GranaryOriginTask *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_TASK (self), NULL);

  return self->address;
}

/* Why it cannot be imported. */
const GError *
granary_origin_task_get_problem (GranaryOriginTask *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_TASK (self), NULL);

  return self->problem;
}

gboolean
granary_origin_task_is_busy (GranaryOriginTask *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_TASK (self), FALSE);

  return self->loading != NULL;
}
