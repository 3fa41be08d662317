/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-import-draft-private.h"

#include "granary-file-check.h"
#include "granary-json-edit.h"
#include "granary-metric.h"

/* Where the files come from: chosen by hand, a task, object storage or automatic learning. */

GranaryOriginTask *
granary_import_draft_origin_task (GranaryImportDraft *self)
{
  switch (self->source)
    {
    case GRANARY_SOURCE_TASK:
      return self->task;

    case GRANARY_SOURCE_AUTOML:
      return self->automl;

    case GRANARY_SOURCE_FILES:
    case GRANARY_SOURCE_COS:
    default:
      return NULL;
    }
}

GranaryFileChoice *
granary_import_draft_origin_files (GranaryImportDraft *self)
{
  GranaryOriginTask *task = granary_import_draft_origin_task (self);

  if (task != NULL)
    return granary_origin_task_get_files (task);

  return self->source == GRANARY_SOURCE_COS ? self->added : self->files;
}

GranaryOriginAddress *
granary_import_draft_origin_address (GranaryImportDraft *self)
{
  GranaryOriginTask *task = granary_import_draft_origin_task (self);
  const GranaryTaskOutput *output = task != NULL ? granary_origin_task_get_output (task) : NULL;

  if (output != NULL && output->address != NULL)
    return granary_origin_task_get_address (task);

  return self->source == GRANARY_SOURCE_COS ? self->address : NULL;
}

/* Whether files of this computer are imported: those of a platform's task may lie nowhere that can
 * be told. */
gboolean
granary_import_draft_origin_is_of_files (GranaryImportDraft *self)
{
  const GranaryTaskOutput *output = granary_import_draft_get_output (self);

  if (self->source == GRANARY_SOURCE_FILES)
    return TRUE;

  return granary_import_draft_origin_task (self) != NULL &&
         (output == NULL || output->paths != NULL);
}

GPtrArray *
granary_import_draft_origin_metrics (GranaryImportDraft *self)
{
  return self->metrics[self->source];
}

static void
check_metrics (GranaryImportDraft *self)
{
  g_clear_error (&self->metrics_problem);
  granary_metrics_check (granary_import_draft_origin_metrics (self), &self->metrics_problem);
}

/* The metrics that the task reported, unless others were entered. */
static void
follow_metrics (GranaryImportDraft *self,
                GranarySource       source)
{
  GranaryOriginTask *task = source == GRANARY_SOURCE_AUTOML ? self->automl : self->task;
  const GranaryTaskOutput *output = granary_origin_task_get_output (task);

  if (self->is_metrics_edited[source])
    return;

  g_ptr_array_unref (self->metrics[source]);
  self->metrics[source] = output != NULL
    ? granary_metrics_copy (output->metrics)
    : g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
}

/* All that belongs to the origin was replaced. */
static void
notify_all (GranaryImportDraft *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  check_metrics (self);
  granary_import_draft_suggest_name (self);
  g_object_notify (G_OBJECT (self), "framework");
  g_object_notify (G_OBJECT (self), "format");
  g_signal_emit_by_name (self, "task-changed");
  g_signal_emit_by_name (self, "address-changed");
  g_signal_emit_by_name (self, "metrics-changed");
  g_signal_emit_by_name (self, "files-changed");
  granary_import_draft_update (self);
  g_object_thaw_notify (G_OBJECT (self));
}

void
granary_import_draft_follow_task (GranaryImportDraft *self,
                                  GranarySource       source)
{
  follow_metrics (self, source);
  if (self->source == source)
    notify_all (self);
}

/* Signal callbacks: what does not count now is looked at when it does. */

static void
task_changed_cb (GranaryImportDraft *self,
                 GranaryOriginTask  *task)
{
  granary_import_draft_follow_task (self, task == self->automl ? GRANARY_SOURCE_AUTOML
                                                               : GRANARY_SOURCE_TASK);
}

static void
address_changed_cb (GranaryImportDraft   *self,
                    GranaryOriginAddress *address)
{
  if (address != granary_import_draft_origin_address (self))
    return;

  g_signal_emit_by_name (self, "address-changed");
  granary_import_draft_suggest_name (self);
  granary_import_draft_files_inspected (self);
}

static void
files_changed_cb (GranaryImportDraft *self,
                  GranaryFileChoice  *files)
{
  if (files == granary_import_draft_origin_files (self))
    granary_import_draft_files_changed (self);
}

static void
files_inspected_cb (GranaryImportDraft *self,
                    GranaryFileChoice  *files)
{
  if (files == granary_import_draft_origin_files (self))
    granary_import_draft_files_inspected (self);
}

static void
listen_to_files (GranaryImportDraft *self,
                 GranaryFileChoice  *files)
{
  g_signal_connect_object (files, "changed", G_CALLBACK (files_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (files, "inspected", G_CALLBACK (files_inspected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (files, "busy-changed", G_CALLBACK (granary_import_draft_update), self,
                           G_CONNECT_SWAPPED);
}

static void
listen_to_address (GranaryImportDraft   *self,
                   GranaryOriginAddress *address)
{
  g_signal_connect_object (address, "changed", G_CALLBACK (address_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
listen_to_task (GranaryImportDraft *self,
                GranaryOriginTask  *task)
{
  g_signal_connect_object (task, "changed", G_CALLBACK (task_changed_cb), self,
                           G_CONNECT_SWAPPED);
  listen_to_files (self, granary_origin_task_get_files (task));
  listen_to_address (self, granary_origin_task_get_address (task));
}

void
granary_import_draft_init_origins (GranaryImportDraft *self)
{
  self->source = GRANARY_SOURCE_FILES;
  self->files = granary_file_choice_new ();
  self->added = granary_file_choice_new ();
  self->address = granary_origin_address_new (granary_connection_get_storage (self->connection));
  self->task = granary_origin_task_new (self->connection, GRANARY_TASK_TRAINING);
  self->automl = granary_origin_task_new (self->connection, GRANARY_TASK_VISION);
  listen_to_files (self, self->files);
  listen_to_files (self, self->added);
  listen_to_address (self, self->address);
  listen_to_task (self, self->task);
  listen_to_task (self, self->automl);
}

void
granary_import_draft_clear_origins (GranaryImportDraft *self)
{
  g_clear_object (&self->files);
  g_clear_object (&self->added);
  g_clear_object (&self->address);
  g_clear_object (&self->task);
  g_clear_object (&self->automl);
}

/* Public functions */

GranarySource
granary_import_draft_get_source (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), GRANARY_SOURCE_FILES);

  return self->source;
}

/**
 * granary_import_draft_set_source:
 * @self: a draft
 * @source: where the files come from
 *
 * What was chosen for the other sources is kept.
 */
void
granary_import_draft_set_source (GranaryImportDraft *self,
                                 GranarySource       source)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));
  g_return_if_fail (source < GRANARY_N_DRAFT_SOURCES);

  if (self->source == source)
    return;

  self->source = source;
  g_object_notify (G_OBJECT (self), "source");
  notify_all (self);
}

/* Tasks */

GranaryTaskKinds
granary_import_draft_get_task_kind (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), 0);

  return self->source == GRANARY_SOURCE_AUTOML ? granary_origin_task_get_kind (self->automl)
                                               : GRANARY_TASK_TRAINING;
}

/**
 * granary_import_draft_set_task_kind:
 * @self: a draft
 * @kind: %GRANARY_TASK_VISION or %GRANARY_TASK_OCR
 *
 * Which automatic learning the task is of. Another one means another task.
 */
void
granary_import_draft_set_task_kind (GranaryImportDraft *self,
                                    GranaryTaskKinds    kind)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));
  g_return_if_fail (kind == GRANARY_TASK_VISION || kind == GRANARY_TASK_OCR);

  g_clear_pointer (&self->config_key, g_free);
  granary_origin_task_set_kind (self->automl, kind);
}

/**
 * granary_import_draft_get_task_uid:
 * @self: a draft
 *
 * Returns: (nullable) (transfer none): id of the chosen task; %NULL for none
 */
const char *
granary_import_draft_get_task_uid (GranaryImportDraft *self)
{
  GranaryOriginTask *task;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  task = granary_import_draft_origin_task (self);

  return task != NULL ? granary_origin_task_get_uid (task) : NULL;
}

/**
 * granary_import_draft_set_task_uid:
 * @self: a draft whose source is a task or automatic learning
 * @uid: (nullable): id of a task, as listed or entered by hand; %NULL for none
 *
 * Chooses a task. It is loaded in the background; what is known of it replaces what was known of
 * another one, but for what the user entered.
 */
void
granary_import_draft_set_task_uid (GranaryImportDraft *self,
                                   const char         *uid)
{
  GranaryOriginTask *task;

  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  task = granary_import_draft_origin_task (self);
  g_return_if_fail (task != NULL);

  if (g_strcmp0 (granary_origin_task_get_uid (task), uid) == 0)
    return;

  if (self->n_choices++ > 0)
    self->is_touched = TRUE;
  g_clear_pointer (&self->task_version, g_free);
  g_clear_pointer (&self->preference, g_free);
  g_clear_pointer (&self->scene, g_free);
  g_clear_pointer (&self->config_key, g_free);
  granary_origin_task_set_uid (task, uid);
}

GranaryTaskDetails *
granary_import_draft_get_task (GranaryImportDraft *self)
{
  GranaryOriginTask *task;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  task = granary_import_draft_origin_task (self);

  return task != NULL ? granary_origin_task_get_details (task) : NULL;
}

const GranaryTaskOutput *
granary_import_draft_get_output (GranaryImportDraft *self)
{
  GranaryOriginTask *task;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  task = granary_import_draft_origin_task (self);

  return task != NULL ? granary_origin_task_get_output (task) : NULL;
}

/**
 * granary_import_draft_set_output:
 * @self: a draft with a task
 * @output_id: (nullable): which output of the task; %NULL for the recommended one
 */
void
granary_import_draft_set_output (GranaryImportDraft *self,
                                 const char         *output_id)
{
  GranaryOriginTask *task;

  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  task = granary_import_draft_origin_task (self);
  if (task != NULL)
    {
      g_clear_pointer (&self->config_key, g_free);
      granary_origin_task_set_output (task, output_id);
    }
}

static const char *
choose (const char *entered,
        const char *found)
{
  return entered != NULL ? entered : found;
}

/* A view that repeats what it was shown does not fix it. */
static void
enter (GranaryImportDraft  *self,
       char               **field,
       const char          *found,
       const char          *value)
{
  if (value != NULL && (*value == '\0' || (*field == NULL && g_strcmp0 (value, found) == 0)))
    value = NULL;
  if (!g_set_str (field, value))
    return;

  self->is_touched = TRUE;
  g_signal_emit_by_name (self, "task-changed");
  granary_import_draft_update (self);
}

static const char *
found_version (GranaryImportDraft *self)
{
  const GranaryTaskOutput *output = granary_import_draft_get_output (self);

  return output != NULL && *output->id != '\0' ? output->id : NULL;
}

static const char *
found_preference (GranaryImportDraft *self)
{
  const GranaryTaskOutput *output = granary_import_draft_get_output (self);

  return output != NULL ? output->preference : NULL;
}

static const char *
found_scene (GranaryImportDraft *self)
{
  const GranaryTaskOutput *output = granary_import_draft_get_output (self);

  return output != NULL ? output->scene : NULL;
}

const char *
granary_import_draft_get_task_version (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return choose (self->task_version, found_version (self));
}

void
granary_import_draft_set_task_version (GranaryImportDraft *self,
                                       const char         *version)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  enter (self, &self->task_version, found_version (self), version);
}

const char *
granary_import_draft_get_preference (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return choose (self->preference, found_preference (self));
}

void
granary_import_draft_set_preference (GranaryImportDraft *self,
                                     const char         *preference)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  enter (self, &self->preference, found_preference (self), preference);
}

const char *
granary_import_draft_get_scene (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return choose (self->scene, found_scene (self));
}

void
granary_import_draft_set_scene (GranaryImportDraft *self,
                                const char         *scene)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  enter (self, &self->scene, found_scene (self), scene);
}

/* The key of config.json */

static const char *
get_config (GranaryImportDraft *self)
{
  GranaryOriginAddress *address = granary_import_draft_origin_address (self);

  return address != NULL ? granary_origin_address_get_content (address, GRANARY_CONFIG_FILE)
                         : granary_file_choice_get_config (granary_import_draft_origin_files (self));
}

/**
 * granary_import_draft_get_config_key:
 * @self: a draft
 *
 * Returns: (nullable) (transfer none): the top-level `key` that config.json will have; %NULL when it
 *   has none, or there is no config.json
 */
const char *
granary_import_draft_get_config_key (GranaryImportDraft *self)
{
  const char *config;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  if (self->config_key != NULL)
    return self->config_key;

  config = get_config (self);
  g_free (self->found_key);
  self->found_key = config != NULL ? granary_json_edit_get (config, -1, "key", NULL) : NULL;

  return self->found_key;
}

/* config.json with @key in it; made when there is none. NULL when it cannot be edited: then it has a
 * problem of its own, which is shown. */
static char *
make_config (GranaryImportDraft *self,
             const char         *key)
{
  const char *config = get_config (self);
  g_autofree char *made = NULL;

  if (config == NULL)
    config = made = granary_import_draft_make_template (self, GRANARY_CONFIG_FILE);

  return granary_json_edit_set (config, -1, "key", key, NULL);
}

/* config.json as it is when nobody enters a key, with what else was written in it; NULL when that is
 * the chosen file, or none. */
static char *
restore_config (GranaryImportDraft *self,
                const char         *entered)
{
  GranaryFileChoice *files = granary_import_draft_origin_files (self);
  const char *chosen = granary_file_choice_get_chosen_config (files);
  const char *text = granary_file_choice_get_text (files, GRANARY_CONFIG_FILE);
  g_autofree char *original = NULL;
  g_autofree char *restored = NULL;
  g_autofree char *made = NULL;

  if (chosen != NULL)
    original = granary_json_edit_get (chosen, -1, "key", NULL);
  if (text != NULL && original != NULL)
    restored = granary_json_edit_set (text, -1, "key", original, NULL);
  if (restored != NULL)
    return g_str_equal (restored, chosen) ? NULL : g_steal_pointer (&restored);

  if (chosen == NULL)
    {
      g_autofree char *template = granary_import_draft_make_template (self, GRANARY_CONFIG_FILE);

      made = granary_json_edit_set (template, -1, "key", entered, NULL);
    }

  return g_strcmp0 (text, made) == 0 ? NULL : g_strdup (text);
}

/**
 * granary_import_draft_set_config_key:
 * @self: a draft
 * @key: (nullable): value of the top-level `key` of config.json; %NULL leaves it as it is
 *
 * No other byte of config.json changes. Where there is none one is made. For files that the platform
 * takes itself this happens once it has taken them.
 */
void
granary_import_draft_set_config_key (GranaryImportDraft *self,
                                     const char         *key)
{
  g_autofree char *before = NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  if (self->config_key == NULL && key != NULL &&
      g_strcmp0 (granary_import_draft_get_config_key (self), key) == 0)
    return;

  before = g_strdup (self->config_key);
  if (!g_set_str (&self->config_key, key))
    return;

  self->is_touched = TRUE;
  if (granary_import_draft_origin_is_of_files (self))
    {
      text = key != NULL ? make_config (self, key) : restore_config (self, before);
      if (key == NULL || text != NULL)
        granary_file_choice_set_text (granary_import_draft_origin_files (self),
                                      GRANARY_CONFIG_FILE, text);
    }
  g_signal_emit_by_name (self, "task-changed");
  granary_import_draft_update (self);
}

/* Object storage */

const char *
granary_import_draft_get_address (GranaryImportDraft *self)
{
  GranaryOriginAddress *address;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  address = granary_import_draft_origin_address (self);

  return address != NULL ? granary_origin_address_get_text (address) : NULL;
}

/**
 * granary_import_draft_set_address:
 * @self: a draft whose source is object storage
 * @address: (nullable): `cos://BUCKET/PREFIX/`
 */
void
granary_import_draft_set_address (GranaryImportDraft *self,
                                  const char         *address)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  if (!granary_origin_address_set_text (self->address, address))
    return;
  if (self->n_choices++ > 0)
    self->is_touched = TRUE;
}

/**
 * granary_import_draft_get_objects:
 * @self: a draft
 *
 * Returns: (nullable) (transfer none) (element-type GranaryObject): what lies at the address, at most
 *   1000; %NULL while that is not known
 */
GPtrArray *
granary_import_draft_get_objects (GranaryImportDraft *self)
{
  GranaryOriginAddress *address;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  address = granary_import_draft_origin_address (self);

  return address != NULL ? granary_origin_address_get_objects (address) : NULL;
}

/**
 * granary_import_draft_get_found_text:
 * @self: a draft
 * @target: `config.json` or `model_service.py`
 *
 * Returns: (nullable) (transfer none): its content at the address, to begin an edited one with
 */
const char *
granary_import_draft_get_found_text (GranaryImportDraft *self,
                                     const char         *target)
{
  GranaryOriginAddress *address;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);

  address = granary_import_draft_origin_address (self);

  return address != NULL ? granary_origin_address_get_content (address, target) : NULL;
}
