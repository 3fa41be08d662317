/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-import-draft-private.h"

#include "granary-error.h"
#include "granary-file-check.h"
#include "granary-metric.h"
#include "granary-names.h"

enum
{
  PROP_0,
  PROP_SOURCE,
  PROP_TARGET_IS_NEW,
  PROP_NAME,
  PROP_MODEL_ID,
  PROP_NEXT_NUMBER,
  PROP_DESCRIPTION,
  PROP_FRAMEWORK,
  PROP_FORMAT,
  PROP_ENVIRONMENT,
  PROP_MOVE,
  PROP_BUSY,
  PROP_READY,
  N_PROPS,
};

enum
{
  FILES_CHANGED,
  METRICS_CHANGED,
  TAGS_CHANGED,
  PROBLEMS_CHANGED,
  TASK_CHANGED,
  ADDRESS_CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GranaryImportDraft, granary_import_draft, G_TYPE_OBJECT)

/* Problems and readiness */

static gboolean
has_problem (GranaryImportDraft *self)
{
  for (guint field = 0; field < GRANARY_N_DRAFT_FIELDS; field++)
    if (granary_import_draft_get_problem (self, (GranaryDraftField) field) != NULL)
      return TRUE;

  return FALSE;
}

static gboolean
is_complete (GranaryImportDraft *self)
{
  return !granary_draft_target_is_missing (self->target) &&
         !granary_import_draft_is_missing (self, GRANARY_DRAFT_TASK) &&
         !granary_import_draft_is_missing (self, GRANARY_DRAFT_ADDRESS) &&
         !granary_import_draft_is_missing (self, GRANARY_DRAFT_FILES);
}

static gboolean
is_reading (GranaryImportDraft *self)
{
  GranaryOriginTask *task = granary_import_draft_origin_task (self);
  GranaryOriginAddress *address = granary_import_draft_origin_address (self);

  return granary_draft_target_is_busy (self->target) ||
         granary_file_choice_is_busy (granary_import_draft_origin_files (self)) ||
         (task != NULL && granary_origin_task_is_busy (task)) ||
         (address != NULL && granary_origin_address_is_busy (address));
}

/* After anything that decides whether the import can start. */
void
granary_import_draft_update (GranaryImportDraft *self)
{
  gboolean busy = is_reading (self);
  gboolean ready = !busy && is_complete (self) && !has_problem (self);

  g_object_freeze_notify (G_OBJECT (self));
  g_signal_emit (self, signals[PROBLEMS_CHANGED], 0);
  if (busy != self->busy)
    {
      self->busy = busy;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
    }
  if (ready != self->ready)
    {
      self->ready = ready;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READY]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
change_name (GranaryImportDraft *self,
             const char         *name)
{
  if (granary_draft_target_set_name (self->target, name))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

/* Signal callbacks */

static void
target_changed_cb (GranaryImportDraft *self)
{
  int number = granary_draft_target_get_number (self->target);

  if (self->next_number != number)
    {
      self->next_number = number;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEXT_NUMBER]);
    }
  granary_import_draft_update (self);
}

/* What the import is likely to be called, from where its files are. */
static char *
dup_suggestion (GranaryImportDraft *self)
{
  GranaryFileSet *chosen = granary_file_choice_get_chosen (self->files);
  GranaryOriginTask *task = granary_import_draft_origin_task (self);
  GranaryTaskDetails *details = task != NULL ? granary_origin_task_get_details (task) : NULL;

  if (task != NULL)
    return details != NULL ? g_strdup (details->task->name) : NULL;
  if (self->source == GRANARY_SOURCE_COS)
    {
      const char *folder = granary_origin_address_get_folder (self->address);

      return folder != NULL ? g_path_get_basename (folder) : NULL;
    }

  return granary_file_set_get_n_files (chosen) > 0
         ? g_strdup (granary_file_set_get_suggested_name (chosen)) : NULL;
}

void
granary_import_draft_suggest_name (GranaryImportDraft *self)
{
  g_autofree char *suggestion = NULL;
  g_autofree char *name = NULL;

  if (self->name_is_typed)
    return;

  suggestion = dup_suggestion (self);
  if (suggestion != NULL)
    name = granary_name_suggest (suggestion);
  change_name (self, name != NULL ? name : "");
}

void
granary_import_draft_files_changed (GranaryImportDraft *self)
{
  granary_import_draft_suggest_name (self);
  g_signal_emit (self, signals[FILES_CHANGED], 0);
  granary_import_draft_update (self);
}

void
granary_import_draft_files_inspected (GranaryImportDraft *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->framework == NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRAMEWORK]);
  if (self->format == NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FORMAT]);
  g_object_thaw_notify (G_OBJECT (self));

  g_signal_emit (self, signals[FILES_CHANGED], 0);
  granary_import_draft_update (self);
}

/* GObject overrides */

static void
granary_import_draft_get_property (GObject    *object,
                                   guint       prop_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  GranaryImportDraft *self = GRANARY_IMPORT_DRAFT (object);

  switch (prop_id)
    {
    case PROP_SOURCE:
      g_value_set_uint (value, self->source);
      break;

    case PROP_TARGET_IS_NEW:
      g_value_set_boolean (value, granary_draft_target_is_new (self->target));
      break;

    case PROP_NAME:
      g_value_set_string (value, granary_draft_target_get_name (self->target));
      break;

    case PROP_MODEL_ID:
      g_value_set_int64 (value, granary_draft_target_get_model_id (self->target));
      break;

    case PROP_NEXT_NUMBER:
      g_value_set_int (value, self->next_number);
      break;

    case PROP_DESCRIPTION:
      g_value_set_string (value, self->description);
      break;

    case PROP_FRAMEWORK:
      g_value_set_string (value, granary_import_draft_get_framework (self));
      break;

    case PROP_FORMAT:
      g_value_set_string (value, granary_import_draft_get_format (self));
      break;

    case PROP_ENVIRONMENT:
      g_value_set_string (value, self->environment);
      break;

    case PROP_MOVE:
      g_value_set_boolean (value, self->move);
      break;

    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;

    case PROP_READY:
      g_value_set_boolean (value, self->ready);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_import_draft_set_property (GObject      *object,
                                   guint         prop_id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  GranaryImportDraft *self = GRANARY_IMPORT_DRAFT (object);

  switch (prop_id)
    {
    case PROP_SOURCE:
      granary_import_draft_set_source (self, (GranarySource) g_value_get_uint (value));
      break;

    case PROP_TARGET_IS_NEW:
      granary_import_draft_set_target_is_new (self, g_value_get_boolean (value));
      break;

    case PROP_NAME:
      granary_import_draft_set_name (self, g_value_get_string (value));
      break;

    case PROP_MODEL_ID:
      granary_import_draft_set_model_id (self, g_value_get_int64 (value));
      break;

    case PROP_DESCRIPTION:
      granary_import_draft_set_description (self, g_value_get_string (value));
      break;

    case PROP_FRAMEWORK:
      granary_import_draft_set_framework (self, g_value_get_string (value));
      break;

    case PROP_FORMAT:
      granary_import_draft_set_format (self, g_value_get_string (value));
      break;

    case PROP_ENVIRONMENT:
      granary_import_draft_set_environment (self, g_value_get_string (value));
      break;

    case PROP_MOVE:
      granary_import_draft_set_move (self, g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_import_draft_dispose (GObject *object)
{
  GranaryImportDraft *self = GRANARY_IMPORT_DRAFT (object);

  g_clear_object (&self->target);
  granary_import_draft_clear_origins (self);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (granary_import_draft_parent_class)->dispose (object);
}

static void
granary_import_draft_finalize (GObject *object)
{
  GranaryImportDraft *self = GRANARY_IMPORT_DRAFT (object);

  g_free (self->description);
  granary_tag_set_free (self->tags);
  g_free (self->source_ref);
  g_free (self->framework);
  g_free (self->format);
  g_free (self->environment);
  g_free (self->image);
  g_free (self->task_version);
  g_free (self->preference);
  g_free (self->scene);
  g_free (self->config_key);
  g_free (self->found_key);
  for (guint i = 0; i < G_N_ELEMENTS (self->metrics); i++)
    g_ptr_array_unref (self->metrics[i]);
  g_clear_error (&self->metrics_problem);

  G_OBJECT_CLASS (granary_import_draft_parent_class)->finalize (object);
}

static GParamSpec *
string_property (const char *name)
{
  return g_param_spec_string (name, NULL, NULL, NULL,
                              G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static GParamSpec *
boolean_property (const char  *name,
                  gboolean     value,
                  GParamFlags  access)
{
  return g_param_spec_boolean (name, NULL, NULL, value,
                               access | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, GRANARY_TYPE_IMPORT_DRAFT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 0);
}

static void
granary_import_draft_class_init (GranaryImportDraftClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = granary_import_draft_get_property;
  object_class->set_property = granary_import_draft_set_property;
  object_class->dispose = granary_import_draft_dispose;
  object_class->finalize = granary_import_draft_finalize;

  properties[PROP_SOURCE] =
    g_param_spec_uint ("source", NULL, NULL, 0, GRANARY_SOURCE_AUTOML, GRANARY_SOURCE_FILES,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_TARGET_IS_NEW] = boolean_property ("target-is-new", TRUE, G_PARAM_READWRITE);
  properties[PROP_NAME] = string_property ("name");
  properties[PROP_MODEL_ID] =
    g_param_spec_int64 ("model-id", NULL, NULL, 0, G_MAXINT64, 0,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_NEXT_NUMBER] =
    g_param_spec_int ("next-number", NULL, NULL, 0, G_MAXINT, 1,
                      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_DESCRIPTION] = string_property ("description");
  properties[PROP_FRAMEWORK] = string_property ("framework");
  properties[PROP_FORMAT] = string_property ("format");
  properties[PROP_ENVIRONMENT] = string_property ("environment");
  properties[PROP_MOVE] = boolean_property ("move", FALSE, G_PARAM_READWRITE);
  properties[PROP_BUSY] = boolean_property ("busy", FALSE, G_PARAM_READABLE);
  properties[PROP_READY] = boolean_property ("ready", FALSE, G_PARAM_READABLE);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[FILES_CHANGED] = new_signal ("files-changed");
  signals[METRICS_CHANGED] = new_signal ("metrics-changed");
  signals[TAGS_CHANGED] = new_signal ("tags-changed");
  signals[PROBLEMS_CHANGED] = new_signal ("problems-changed");
  signals[TASK_CHANGED] = new_signal ("task-changed");
  signals[ADDRESS_CHANGED] = new_signal ("address-changed");
}

static void
granary_import_draft_init (GranaryImportDraft *self)
{
  self->next_number = 1;
  self->description = g_strdup ("");
  self->tags = granary_tag_set_new ();
  for (guint i = 0; i < G_N_ELEMENTS (self->metrics); i++)
    self->metrics[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
}

/* Public functions */

/**
 * granary_import_draft_new:
 * @connection: where the import goes
 *
 * Returns: (transfer full): an empty draft of a new model
 */
GranaryImportDraft *
granary_import_draft_new (GranaryConnection *connection)
{
  GranaryImportDraft *self;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), NULL);

  self = g_object_new (GRANARY_TYPE_IMPORT_DRAFT, NULL);
  self->connection = g_object_ref (connection);
  self->target = granary_draft_target_new (granary_connection_get_catalog (connection));
  g_signal_connect_object (self->target, "changed", G_CALLBACK (target_changed_cb), self,
                           G_CONNECT_SWAPPED);
  granary_import_draft_init_origins (self);

  return self;
}

GranaryConnection *
granary_import_draft_get_connection (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->connection;
}

gboolean
granary_import_draft_get_target_is_new (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), FALSE);

  return granary_draft_target_is_new (self->target);
}

/**
 * granary_import_draft_set_target_is_new:
 * @self: a draft
 * @is_new: whether a new model is made; else a new version of one
 *
 * What was entered for the other choice is kept.
 */
void
granary_import_draft_set_target_is_new (GranaryImportDraft *self,
                                        gboolean            is_new)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  if (granary_draft_target_set_is_new (self->target, is_new))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TARGET_IS_NEW]);
}

/**
 * granary_import_draft_get_name:
 * @self: a draft
 *
 * Returns: (transfer none): name of the new model as typed or suggested, may be empty or wrong
 */
const char *
granary_import_draft_get_name (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return granary_draft_target_get_name (self->target);
}

/**
 * granary_import_draft_set_name:
 * @self: a draft
 * @name: (nullable): name of the new model; empty lets it follow the files again
 */
void
granary_import_draft_set_name (GranaryImportDraft *self,
                               const char         *name)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  if (name == NULL)
    name = "";
  if (g_str_equal (granary_draft_target_get_name (self->target), name))
    return;

  self->name_is_typed = *name != '\0';
  self->is_touched = TRUE;
  change_name (self, name);
}

gint64
granary_import_draft_get_model_id (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), 0);

  return granary_draft_target_get_model_id (self->target);
}

/**
 * granary_import_draft_set_model_id:
 * @self: a draft
 * @model_id: row of the model that gets a version, 0 for none chosen
 */
void
granary_import_draft_set_model_id (GranaryImportDraft *self,
                                   gint64              model_id)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  if (granary_draft_target_set_model_id (self->target, model_id))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL_ID]);
}

/**
 * granary_import_draft_get_next_number:
 * @self: a draft
 *
 * Returns: number the version will have, 0 while that is unknown. Another import that is faster
 *   may take it.
 */
int
granary_import_draft_get_next_number (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), 0);

  return granary_draft_target_get_number (self->target);
}

/**
 * granary_import_draft_get_files:
 * @self: a draft
 *
 * Returns: (transfer none): files of this computer that will be stored, texts included once they
 *   are written
 */
GranaryFileSet *
granary_import_draft_get_files (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return granary_file_choice_get_set (granary_import_draft_origin_files (self));
}

/**
 * granary_import_draft_add_paths:
 * @self: a draft
 * @paths: (array zero-terminated=1): chosen or dropped files and folders, file system encoding
 *
 * Adds files chosen by hand. They are found and looked into in the background; while that lasts the draft is busy.
 */
void
granary_import_draft_add_paths (GranaryImportDraft  *self,
                                const char * const  *paths)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));
  g_return_if_fail (paths != NULL);

  if (paths[0] == NULL)
    return;

  /* Going back over one choice costs a click; over several it may hurt. */
  if (self->n_choices++ > 0)
    self->is_touched = TRUE;
  if (self->source_ref == NULL)
    {
      g_autofree char *folder = paths[1] == NULL ? g_strdup (paths[0])
                                                 : g_path_get_dirname (paths[0]);

      self->source_ref = granary_display_path (folder);
    }
  granary_file_choice_add_paths (self->files, paths);
}

/**
 * granary_import_draft_remove_file:
 * @self: a draft
 * @target: path inside the version of a file or folder, or the subject of a problem of the files
 */
void
granary_import_draft_remove_file (GranaryImportDraft *self,
                                  const char         *target)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));
  g_return_if_fail (target != NULL);

  granary_file_choice_remove (granary_import_draft_origin_files (self), target);
}

/**
 * granary_import_draft_remove_problems:
 * @self: a draft
 *
 * Gives up all that cannot be imported, at once.
 */
void
granary_import_draft_remove_problems (GranaryImportDraft *self)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  granary_file_choice_remove_problems (granary_import_draft_origin_files (self));
}

/**
 * granary_import_draft_clear_files:
 * @self: a draft
 *
 * Takes all files and texts out, also those that are just being found.
 */
void
granary_import_draft_clear_files (GranaryImportDraft *self)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  self->n_choices = 0;
  g_clear_pointer (&self->source_ref, g_free);
  granary_file_choice_clear (self->files);
}

gboolean
granary_import_draft_get_move (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), FALSE);

  return self->move;
}

void
granary_import_draft_set_move (GranaryImportDraft *self,
                               gboolean            move)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  move = !!move;
  if (self->move == move)
    return;

  self->move = move;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MOVE]);
}

/**
 * granary_import_draft_set_file_text:
 * @self: a draft
 * @target: `config.json` or `model_service.py`
 * @text: (nullable): its content, in place of a chosen file of that name; %NULL takes it back
 */
void
granary_import_draft_set_file_text (GranaryImportDraft *self,
                                    const char         *target,
                                    const char         *text)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));
  g_return_if_fail (target != NULL);

  if (text != NULL)
    self->is_touched = TRUE;
  granary_file_choice_set_text (granary_import_draft_origin_files (self), target, text);
  granary_import_draft_update (self);
}

const char *
granary_import_draft_get_file_text (GranaryImportDraft *self,
                                    const char         *target)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);

  return granary_file_choice_get_text (granary_import_draft_origin_files (self), target);
}

/**
 * granary_import_draft_make_template:
 * @self: a draft
 * @target: `config.json` or `model_service.py`
 *
 * Returns: (transfer full): a beginning of that file for the model among the files
 */
char *
granary_import_draft_make_template (GranaryImportDraft *self,
                                    const char         *target)
{
  GranaryInspection *inspection;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);

  inspection = granary_import_draft_get_inspection (self);

  return g_str_equal (target, GRANARY_CONFIG_FILE)
         ? granary_make_config_template (inspection, NULL)
         : granary_make_service_template (inspection, NULL);
}

/**
 * granary_import_draft_get_inspection:
 * @self: a draft
 *
 * Returns: (nullable) (transfer none): what the files say of the model; %NULL before the first look
 */
GranaryInspection *
granary_import_draft_get_inspection (GranaryImportDraft *self)
{
  GranaryOriginAddress *address;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  address = granary_import_draft_origin_address (self);

  return address != NULL
         ? granary_origin_address_get_inspection (address)
         : granary_file_choice_get_inspection (granary_import_draft_origin_files (self));
}

gboolean
granary_import_draft_get_busy (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), FALSE);

  return self->busy;
}

gboolean
granary_import_draft_get_ready (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), FALSE);

  return self->ready;
}

/**
 * granary_import_draft_is_touched:
 * @self: a draft
 *
 * Returns: whether closing would lose more than one choice of files
 */
gboolean
granary_import_draft_is_touched (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), FALSE);

  return self->is_touched;
}
