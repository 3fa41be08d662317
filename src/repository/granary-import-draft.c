/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-import-draft.h"

#include <string.h>

#include "granary-file-choice-private.h"
#include "granary-error.h"
#include "granary-file-check.h"
#include "granary-metric.h"
#include "granary-names.h"

struct _GranaryImportDraft
{
  GObject            parent_instance;

  GranaryConnection *connection;    /* (owned) */
  gboolean           target_is_new;
  char              *name;          /* (owned) */
  gboolean           name_is_typed; /* else it follows the files */
  char              *valid_name;    /* (owned) (nullable): the name as it will be stored */
  GError            *name_problem;  /* (owned) (nullable) */
  gint64             model_id;
  int                next_number;   /* 0: unknown */
  GError            *model_problem; /* (owned) (nullable) */
  char              *description;   /* (owned) */
  GranaryTagSet     *tags;          /* (owned) */
  GranaryFileChoice *files;         /* (owned) */
  char              *source_ref;    /* (owned) (nullable) */
  guint              n_choices;     /* how often files were chosen */
  gboolean           move;
  char              *framework;     /* (owned) (nullable): as set by the user */
  char              *format;        /* (owned) (nullable): as set by the user */
  char              *environment;   /* (owned) (nullable) */
  GPtrArray         *metrics;       /* (owned) (element-type GranaryMetric) */
  GError            *metrics_problem; /* (owned) (nullable) */
  gboolean           is_touched;

  GCancellable      *name_check;    /* (owned) (nullable): the one under way */
  GCancellable      *model_load;    /* (owned) (nullable): the one under way */
  gboolean           is_recheck;    /* they only confirm what was known: not counted as busy */
  gboolean           busy;
  gboolean           ready;
};

enum
{
  PROP_0,
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
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GranaryImportDraft, granary_import_draft, G_TYPE_OBJECT)

/* A read of the catalogue under way. */
typedef struct
{
  GWeakRef      owner;
  GCancellable *cancellable; /* (owned) */
} Read;

static Read *
read_new (GranaryImportDraft *self,
          GCancellable       *cancellable)
{
  Read *read = g_new0 (Read, 1);

  g_weak_ref_init (&read->owner, self);
  read->cancellable = g_object_ref (cancellable);

  return read;
}

/* Ends it. Returns the owner if the answer is still wanted. */
static GranaryImportDraft *
read_end (Read *read)
{
  g_autoptr (GranaryImportDraft) self = g_weak_ref_get (&read->owner);
  gboolean is_wanted = !g_cancellable_is_cancelled (read->cancellable);

  g_weak_ref_clear (&read->owner);
  g_object_unref (read->cancellable);
  g_free (read);

  return is_wanted ? g_steal_pointer (&self) : NULL;
}

static void
stop (GCancellable **cancellable)
{
  if (*cancellable != NULL)
    g_cancellable_cancel (*cancellable);
  g_clear_object (cancellable);
}

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
  return !granary_import_draft_is_missing (self, GRANARY_DRAFT_NAME) &&
         !granary_import_draft_is_missing (self, GRANARY_DRAFT_MODEL) &&
         !granary_import_draft_is_missing (self, GRANARY_DRAFT_FILES);
}

/* After anything that decides whether the import can start. */
static void
update_state (GranaryImportDraft *self)
{
  gboolean busy = granary_file_choice_is_busy (self->files) ||
                  (!self->is_recheck && (self->name_check != NULL || self->model_load != NULL));
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

/* The name of a new model */

static gpointer
ask_name (GranaryCatalog  *catalog,
          gpointer         data,
          GCancellable    *cancellable,
          GError         **error)
{
  gboolean taken = FALSE;

  if (!granary_catalog_name_is_taken (catalog, data, 0, &taken, error))
    return NULL;

  return GINT_TO_POINTER (taken ? 2 : 1);
}

static void
name_asked_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GranaryImportDraft) self = read_end (user_data);
  g_autoptr (GError) error = NULL;
  int answer = GPOINTER_TO_INT (granary_catalog_read_finish (GRANARY_CATALOG (source), result,
                                                             &error));

  if (self == NULL)
    return;

  g_clear_object (&self->name_check);
  g_clear_error (&self->name_problem);
  if (answer == 2)
    granary_set_error (&self->name_problem, GRANARY_ERROR_CONFLICT, GRANARY_REASON_NAME_TAKEN,
                       self->name, "name taken: %s", self->name);
  else if (answer == 0)
    self->name_problem = g_steal_pointer (&error);
  update_state (self);
}

static void
start_name_check (GranaryImportDraft *self)
{
  stop (&self->name_check);
  self->name_check = g_cancellable_new ();
  granary_catalog_read_async (granary_connection_get_catalog (self->connection), ask_name,
                              g_strdup (self->valid_name), g_free, NULL, self->name_check,
                              name_asked_cb, read_new (self, self->name_check));
}

static void
check_name (GranaryImportDraft *self)
{
  stop (&self->name_check);
  self->is_recheck = FALSE;
  g_clear_error (&self->name_problem);
  g_clear_pointer (&self->valid_name, g_free);

  if (self->target_is_new && *self->name != '\0')
    {
      self->valid_name = granary_name_check (self->name, &self->name_problem);
      if (self->valid_name != NULL)
        start_name_check (self);
    }

  update_state (self);
}

static void
change_name (GranaryImportDraft *self,
             const char         *name)
{
  if (g_set_str (&self->name, name))
    {
      check_name (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
    }
}

/* The model of a new version */

static void
change_next_number (GranaryImportDraft *self,
                    int                 number)
{
  if (self->next_number == number)
    return;

  self->next_number = number;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEXT_NUMBER]);
}

static void
model_loaded_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GranaryImportDraft) self = read_end (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryModel) model = granary_catalog_read_finish (GRANARY_CATALOG (source), result,
                                                                &error);

  if (self == NULL)
    return;

  g_clear_object (&self->model_load);
  g_clear_error (&self->model_problem);
  if (model == NULL)
    self->model_problem = g_steal_pointer (&error);
  change_next_number (self, model != NULL ? model->high_water + 1 : 0);
  update_state (self);
}

static gpointer
load_model (GranaryCatalog  *catalog,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  return granary_catalog_load_model (catalog, *(gint64 *) data, error);
}

static void
start_model_load (GranaryImportDraft *self)
{
  stop (&self->model_load);
  self->model_load = g_cancellable_new ();
  granary_catalog_read_async (granary_connection_get_catalog (self->connection), load_model,
                              g_memdup2 (&self->model_id, sizeof self->model_id), g_free,
                              (GDestroyNotify) granary_model_unref, self->model_load,
                              model_loaded_cb, read_new (self, self->model_load));
}

static void
check_model (GranaryImportDraft *self)
{
  stop (&self->model_load);
  self->is_recheck = FALSE;
  g_clear_error (&self->model_problem);

  if (self->target_is_new || self->model_id == 0)
    change_next_number (self, self->target_is_new ? 1 : 0);
  else
    start_model_load (self);

  update_state (self);
}

/* Signal callbacks */

/* Someone else may take the name, or the number, meanwhile. */
static void
catalog_changed_cb (GranaryImportDraft *self,
                    GArray             *model_ids)
{
  gboolean concerns = model_ids == NULL;

  for (guint i = 0; model_ids != NULL && i < model_ids->len && !concerns; i++)
    concerns = g_array_index (model_ids, gint64, i) == self->model_id;

  /* What is still to be found out will be found out as it then is. */
  if (self->name_check != NULL || self->model_load != NULL)
    concerns = TRUE;
  else
    self->is_recheck = TRUE;

  if (self->target_is_new && self->valid_name != NULL)
    start_name_check (self);
  else if (!self->target_is_new && self->model_id != 0 && concerns)
    start_model_load (self);
}

static void
files_changed_cb (GranaryImportDraft *self)
{
  GranaryFileSet *chosen = granary_file_choice_get_chosen (self->files);
  const char *suggestion = granary_file_set_get_suggested_name (chosen);

  if (!self->name_is_typed)
    {
      g_autofree char *name = NULL;

      if (suggestion != NULL && granary_file_set_get_n_files (chosen) > 0)
        name = granary_name_suggest (suggestion);
      change_name (self, name != NULL ? name : "");
    }

  g_signal_emit (self, signals[FILES_CHANGED], 0);
  update_state (self);
}

static void
files_inspected_cb (GranaryImportDraft *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (self->framework == NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRAMEWORK]);
  if (self->format == NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FORMAT]);
  g_object_thaw_notify (G_OBJECT (self));

  g_signal_emit (self, signals[FILES_CHANGED], 0);
  update_state (self);
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
    case PROP_TARGET_IS_NEW:
      g_value_set_boolean (value, self->target_is_new);
      break;

    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;

    case PROP_MODEL_ID:
      g_value_set_int64 (value, self->model_id);
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

  stop (&self->name_check);
  stop (&self->model_load);
  g_clear_object (&self->files);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (granary_import_draft_parent_class)->dispose (object);
}

static void
granary_import_draft_finalize (GObject *object)
{
  GranaryImportDraft *self = GRANARY_IMPORT_DRAFT (object);

  g_free (self->name);
  g_free (self->valid_name);
  g_clear_error (&self->name_problem);
  g_clear_error (&self->model_problem);
  g_free (self->description);
  granary_tag_set_free (self->tags);
  g_free (self->source_ref);
  g_free (self->framework);
  g_free (self->format);
  g_free (self->environment);
  g_ptr_array_unref (self->metrics);
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
}

static void
granary_import_draft_init (GranaryImportDraft *self)
{
  self->target_is_new = TRUE;
  self->next_number = 1;
  self->name = g_strdup ("");
  self->description = g_strdup ("");
  self->tags = granary_tag_set_new ();
  self->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  self->files = granary_file_choice_new ();
  g_signal_connect_object (self->files, "changed", G_CALLBACK (files_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->files, "inspected", G_CALLBACK (files_inspected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->files, "busy-changed", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
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
  g_signal_connect_object (granary_connection_get_catalog (connection), "changed",
                           G_CALLBACK (catalog_changed_cb), self, G_CONNECT_SWAPPED);

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

  return self->target_is_new;
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

  is_new = !!is_new;
  if (self->target_is_new == is_new)
    return;

  self->target_is_new = is_new;
  check_name (self);
  check_model (self);
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

  return self->name;
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
  if (g_str_equal (self->name, name))
    return;

  self->name_is_typed = *name != '\0';
  self->is_touched = TRUE;
  change_name (self, name);
}

gint64
granary_import_draft_get_model_id (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), 0);

  return self->model_id;
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

  if (self->model_id == model_id)
    return;

  self->model_id = model_id;
  check_model (self);
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

  return self->next_number;
}

const char *
granary_import_draft_get_description (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->description;
}

void
granary_import_draft_set_description (GranaryImportDraft *self,
                                      const char         *description)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  if (!g_set_str (&self->description, description != NULL ? description : ""))
    return;

  self->is_touched = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DESCRIPTION]);
}

const GranaryTagSet *
granary_import_draft_get_tags (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->tags;
}

void
granary_import_draft_set_tags (GranaryImportDraft  *self,
                               const GranaryTagSet *tags)
{
  GranaryTagSet *copy;

  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));
  g_return_if_fail (tags != NULL);

  if (granary_tag_set_equal (self->tags, tags))
    return;

  copy = granary_tag_set_copy (tags);
  granary_tag_set_free (self->tags);
  self->tags = copy;
  self->is_touched = TRUE;
  g_signal_emit (self, signals[TAGS_CHANGED], 0);
  update_state (self);
}

/**
 * granary_import_draft_get_files:
 * @self: a draft
 *
 * Returns: (transfer none): what will be stored, texts included once they are written
 */
GranaryFileSet *
granary_import_draft_get_files (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return granary_file_choice_get_set (self->files);
}

/**
 * granary_import_draft_add_paths:
 * @self: a draft
 * @paths: (array zero-terminated=1): chosen or dropped files and folders, file system encoding
 *
 * Adds files. They are found and looked into in the background; while that lasts the draft is busy.
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

  granary_file_choice_remove (self->files, target);
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

  granary_file_choice_remove_problems (self->files);
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
  granary_file_choice_set_text (self->files, target, text);
  update_state (self);
}

const char *
granary_import_draft_get_file_text (GranaryImportDraft *self,
                                    const char         *target)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);

  return granary_file_choice_get_text (self->files, target);
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

  inspection = granary_file_choice_get_inspection (self->files);

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
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return granary_file_choice_get_inspection (self->files);
}

/* Sets a fact that follows the files while @field is NULL. */
static void
change_fact (GranaryImportDraft  *self,
             char               **field,
             const char          *followed,
             const char          *value,
             guint                property)
{
  if (value != NULL && *value == '\0')
    value = NULL;
  /* A view that repeats what it was shown does not fix it. */
  if (*field == NULL && g_strcmp0 (value, followed) == 0)
    return;
  if (!g_set_str (field, value))
    return;

  self->is_touched = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static const char *
followed_framework (GranaryImportDraft *self)
{
  GranaryInspection *inspection = granary_import_draft_get_inspection (self);

  return inspection != NULL ? granary_inspection_get_framework (inspection) : NULL;
}

static const char *
followed_format (GranaryImportDraft *self)
{
  GranaryInspection *inspection = granary_import_draft_get_inspection (self);

  return inspection != NULL ? granary_inspection_get_format (inspection) : NULL;
}

/**
 * granary_import_draft_get_framework:
 * @self: a draft
 *
 * Returns: (nullable) (transfer none): as set, else as the files say
 */
const char *
granary_import_draft_get_framework (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->framework != NULL ? self->framework : followed_framework (self);
}

void
granary_import_draft_set_framework (GranaryImportDraft *self,
                                    const char         *framework)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  change_fact (self, &self->framework, followed_framework (self), framework, PROP_FRAMEWORK);
}

/**
 * granary_import_draft_get_format:
 * @self: a draft
 *
 * Returns: (nullable) (transfer none): as set, else as the files say
 */
const char *
granary_import_draft_get_format (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->format != NULL ? self->format : followed_format (self);
}

void
granary_import_draft_set_format (GranaryImportDraft *self,
                                 const char         *format)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  change_fact (self, &self->format, followed_format (self), format, PROP_FORMAT);
}

const char *
granary_import_draft_get_environment (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->environment;
}

void
granary_import_draft_set_environment (GranaryImportDraft *self,
                                      const char         *environment)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  change_fact (self, &self->environment, NULL, environment, PROP_ENVIRONMENT);
}

/**
 * granary_import_draft_get_metrics:
 * @self: a draft
 *
 * Returns: (transfer none) (element-type GranaryMetric): as entered
 */
GPtrArray *
granary_import_draft_get_metrics (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->metrics;
}

/**
 * granary_import_draft_set_metrics:
 * @self: a draft
 * @metrics: (element-type GranaryMetric): copied
 */
void
granary_import_draft_set_metrics (GranaryImportDraft *self,
                                  GPtrArray          *metrics)
{
  GPtrArray *copy;

  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));
  g_return_if_fail (metrics != NULL);

  copy = granary_metrics_copy (metrics);
  g_ptr_array_unref (self->metrics);
  self->metrics = copy;
  g_clear_error (&self->metrics_problem);
  granary_metrics_check (copy, &self->metrics_problem);
  self->is_touched |= copy->len > 0;
  g_signal_emit (self, signals[METRICS_CHANGED], 0);
  update_state (self);
}

/**
 * granary_import_draft_get_problem:
 * @self: a draft
 * @field: which part
 *
 * Returns: (nullable) (transfer none): what keeps the import from starting, the first of @field
 */
const GError *
granary_import_draft_get_problem (GranaryImportDraft *self,
                                  GranaryDraftField   field)
{
  GranaryFileSet *files;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  switch (field)
    {
    case GRANARY_DRAFT_NAME:
      return self->target_is_new ? self->name_problem : NULL;

    case GRANARY_DRAFT_MODEL:
      return self->target_is_new ? NULL : self->model_problem;

    case GRANARY_DRAFT_FILES:
      files = granary_file_choice_get_set (self->files);
      return granary_file_set_get_n_problems (files) > 0 ? granary_file_set_get_problem (files, 0)
                                                         : NULL;

    case GRANARY_DRAFT_METRICS:
      return self->metrics_problem;

    case GRANARY_DRAFT_CONFIG:
      return granary_file_choice_get_problem (self->files, GRANARY_CONFIG_FILE);

    case GRANARY_DRAFT_SERVICE:
      return granary_file_choice_get_problem (self->files, GRANARY_SERVICE_FILE);

    /* A tag set holds no tag that breaks a rule. */
    case GRANARY_DRAFT_TAGS:
    default:
      return NULL;
    }
}

/**
 * granary_import_draft_is_missing:
 * @self: a draft
 * @field: which part
 *
 * Returns: whether @field is still empty. A configuration and a service may stay so.
 */
gboolean
granary_import_draft_is_missing (GranaryImportDraft *self,
                                 GranaryDraftField   field)
{
  GranaryFileSet *files;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), FALSE);

  files = granary_file_choice_get_set (self->files);
  switch (field)
    {
    case GRANARY_DRAFT_NAME:
      return self->target_is_new && *self->name == '\0';

    case GRANARY_DRAFT_MODEL:
      return !self->target_is_new && self->model_id == 0;

    case GRANARY_DRAFT_TAGS:
      return granary_tag_set_get_size (self->tags) == 0;

    case GRANARY_DRAFT_FILES:
      return granary_file_set_get_n_files (files) == 0;

    case GRANARY_DRAFT_METRICS:
      return self->metrics->len == 0;

    case GRANARY_DRAFT_CONFIG:
      return granary_file_choice_get_text (self->files, GRANARY_CONFIG_FILE) == NULL &&
             granary_file_set_find (files, GRANARY_CONFIG_FILE) == NULL;

    case GRANARY_DRAFT_SERVICE:
      return granary_file_choice_get_text (self->files, GRANARY_SERVICE_FILE) == NULL &&
             granary_file_set_find (files, GRANARY_SERVICE_FILE) == NULL;

    default:
      return FALSE;
    }
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

/* Why there can be no request, for callers that did not wait until the draft was ready. */
static void
explain_not_ready (GranaryImportDraft  *self,
                   GError             **error)
{
  for (guint field = 0; field < GRANARY_N_DRAFT_FIELDS; field++)
    {
      const GError *problem = granary_import_draft_get_problem (self, (GranaryDraftField) field);

      if (problem != NULL)
        {
          g_propagate_error (error, g_error_copy (problem));
          return;
        }
    }

  if (granary_import_draft_is_missing (self, GRANARY_DRAFT_NAME))
    granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_NAME_EMPTY, NULL,
                       "no name");
  else if (granary_import_draft_is_missing (self, GRANARY_DRAFT_MODEL))
    granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_MODEL_MISSING, NULL,
                       "no model chosen");
  else if (self->busy)
    granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_BUSY, self->name,
                       "files are still being read");
  else
    granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_NONE, NULL,
                       "no files");
}

/**
 * granary_import_draft_make_request:
 * @self: a draft
 * @error: (out) (optional): where to put an error
 *
 * Makes the request that the repository carries out. Texts were written to a temporary folder that
 * goes with the draft: keep the draft until the import is done.
 *
 * Returns: (transfer full): the request; %NULL while the draft is not ready, with what stands in
 *   the way
 */
GranaryImportRequest *
granary_import_draft_make_request (GranaryImportDraft  *self,
                                   GError             **error)
{
  g_autoptr (GranaryImportRequest) request = NULL;
  GranaryInspection *inspection;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!self->ready)
    {
      explain_not_ready (self, error);
      return NULL;
    }

  request = granary_import_request_new ();
  if (self->target_is_new)
    {
      request->name = g_strdup (self->valid_name);
      if (*self->description != '\0')
        request->description = g_strdup (self->description);
    }
  else
    request->model_id = self->model_id;
  if (granary_tag_set_get_size (self->tags) > 0)
    request->tags = granary_tag_set_copy (self->tags);
  request->source = GRANARY_SOURCE_FILES;
  request->source_ref = g_strdup (self->source_ref);
  request->files = g_object_ref (granary_file_choice_get_set (self->files));
  request->move = self->move;
  request->framework = g_strdup (granary_import_draft_get_framework (self));
  request->format = g_strdup (granary_import_draft_get_format (self));
  request->environment = g_strdup (self->environment);
  inspection = granary_import_draft_get_inspection (self);
  if (inspection != NULL)
    request->inspection = granary_inspection_to_json (inspection);
  if (self->metrics->len > 0)
    request->metrics = granary_metrics_copy (self->metrics);

  return g_steal_pointer (&request);
}
