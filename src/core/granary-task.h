/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GRANARY_TYPE_TASK (granary_task_get_type ())
#define GRANARY_TYPE_TASK_DETAILS (granary_task_details_get_type ())

/**
 * GranaryTaskKinds:
 * @GRANARY_TASK_TRAINING: a training task, whatever was trained
 * @GRANARY_TASK_VISION: automatic learning of images
 * @GRANARY_TASK_OCR: automatic learning of text in images
 *
 * What a task can be imported as; a run may be a training task and automatic learning as well.
 */
typedef enum
{
  GRANARY_TASK_TRAINING = 1 << 0,
  GRANARY_TASK_VISION = 1 << 1,
  GRANARY_TASK_OCR = 1 << 2,
} GranaryTaskKinds;

/**
 * GranaryTaskState:
 *
 * How far a task is, whatever its tool calls that.
 */
typedef enum
{
  GRANARY_TASK_UNKNOWN,
  GRANARY_TASK_WAITING,
  GRANARY_TASK_RUNNING,
  GRANARY_TASK_FINISHED,
  GRANARY_TASK_STOPPED,
  GRANARY_TASK_FAILED,
} GranaryTaskState;

#define GRANARY_N_TASK_STATES (GRANARY_TASK_FAILED + 1)

/**
 * GranaryTask:
 * @uid: opaque and stable: the same task gets the same one each time it is listed; valid UTF-8
 * @kinds: what it can be imported as
 * @name: such as `train7`; what people call it
 * @group: (nullable): experiment or folder that it belongs to
 * @tool: what wrote it, such as `MLflow`, `Ultralytics`, `TI-ONE`; a name, not translated
 * @framework: (nullable): as in [struct@Version]
 * @state: how far it is
 * @state_text: (nullable): the tool's own word for it
 * @started: µs since the epoch, 0 unknown
 * @finished: µs since the epoch, 0 unknown or not finished
 * @size: bytes of its outputs, -1 unknown
 * @location: (nullable): where its outputs are, for people: a folder's displayed path or
 *   `cos://BUCKET/PREFIX/`
 * @importable: whether there are outputs to import
 * @problem: (nullable): why it cannot be read; such a task has a name and a location at least
 *
 * A task as it was last seen. Immutable, may be shared by threads.
 */
typedef struct
{
  char             *uid;
  GranaryTaskKinds  kinds;
  char             *name;
  char             *group;
  char             *tool;
  char             *framework;
  GranaryTaskState  state;
  char             *state_text;
  gint64            started;
  gint64            finished;
  gint64            size;
  char             *location;
  gboolean          importable;
  GError           *problem;
} GranaryTask;

/**
 * GranaryTaskOutput:
 * @id: identifies it in its task: `best`, `last_1`, `v3`, a model's id; "" for the only one
 * @title: (nullable): what people call it: `best`, `epoch 50`; %NULL for the only one
 * @metrics: (element-type GranaryMetric): as reported, in their order; may be empty
 * @framework: (nullable): as in [struct@Version]
 * @format: (nullable): as in [struct@Version]
 * @preference: (nullable): training preference, for vision
 * @scene: (nullable): such as `det`, `rec`, `detect`, `classify`
 * @environment: (nullable): what it was trained with, an interpreter or image, to suggest
 * @paths: (nullable) (array zero-terminated=1) (type filename): files and folders to import, for
 *   tasks of this computer; a single folder stands for its content
 * @address: (nullable): `cos://BUCKET/PREFIX/` of what to import, for tasks of a platform
 * @size: bytes, -1 unknown
 *
 * Something of a task that can be imported: its result, or one checkpoint of several.
 */
typedef struct
{
  char       *id;
  char       *title;
  GPtrArray  *metrics;
  char       *framework;
  char       *format;
  char       *preference;
  char       *scene;
  char       *environment;
  char      **paths;
  char       *address;
  gint64      size;
} GranaryTaskOutput;

/**
 * GranaryTaskDetails:
 * @task: the task, as it is now
 * @outputs: (element-type GranaryTaskOutput): the recommended one first
 * @note: (nullable): what the user should know of where this came from, such as that the platform
 *   no longer tells metrics; an error whose wording is shown
 *
 * A task with what can be imported of it. Immutable, may be shared by threads.
 */
typedef struct
{
  GranaryTask *task;
  GPtrArray   *outputs;
  GError      *note;
} GranaryTaskDetails;

GType               granary_task_get_type         (void);
GType               granary_task_details_get_type (void);

/* Filled by their makers, not changed once shared. References are atomic. */
GranaryTask        *granary_task_new              (const char         *uid,
                                                   const char         *name,
                                                   const char         *tool) G_GNUC_WARN_UNUSED_RESULT;
GranaryTask        *granary_task_ref              (GranaryTask        *self);
void                granary_task_unref            (GranaryTask        *self);
GranaryTaskOutput  *granary_task_output_new       (const char         *id) G_GNUC_WARN_UNUSED_RESULT;
void                granary_task_output_free      (GranaryTaskOutput  *self);
GranaryTaskDetails *granary_task_details_new      (GranaryTask        *task) G_GNUC_WARN_UNUSED_RESULT;
GranaryTaskDetails *granary_task_details_ref      (GranaryTaskDetails *self);
void                granary_task_details_unref    (GranaryTaskDetails *self);
const GranaryTaskOutput *
                    granary_task_details_find     (GranaryTaskDetails *self,
                                                   const char         *output_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTask, granary_task_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTaskOutput, granary_task_output_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTaskDetails, granary_task_details_unref)

G_END_DECLS
