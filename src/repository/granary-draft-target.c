/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-draft-target-private.h"

#include "granary-error.h"
#include "granary-names.h"
#include "granary-pending-private.h"

struct _GranaryDraftTarget
{
  GObject         parent_instance;

  GranaryCatalog *catalog;       /* (owned) */
  gboolean        is_new;
  char           *name;          /* (owned) */
  char           *valid_name;    /* (owned) (nullable): the name as it will be stored */
  GError         *name_problem;  /* (owned) (nullable) */
  gint64          model_id;
  char           *model_name;    /* (owned) (nullable): once it is loaded */
  int             number;        /* 0: unknown */
  GError         *model_problem; /* (owned) (nullable) */

  GCancellable   *name_check;    /* (owned) (nullable): the one under way */
  GCancellable   *model_load;    /* (owned) (nullable): the one under way */
  gboolean        is_recheck;    /* they only confirm what was known: not counted as busy */
};

G_DEFINE_FINAL_TYPE (GranaryDraftTarget, granary_draft_target, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
announce (GranaryDraftTarget *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
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
  g_autoptr (GranaryDraftTarget) self = granary_pending_end (user_data);
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
  announce (self);
}

static void
start_name_check (GranaryDraftTarget *self)
{
  granary_pending_stop (&self->name_check);
  self->name_check = g_cancellable_new ();
  granary_catalog_read_async (self->catalog, ask_name,
                              g_strdup (self->valid_name), g_free, NULL, self->name_check,
                              name_asked_cb, granary_pending_new (self, self->name_check));
}

static void
check_name (GranaryDraftTarget *self)
{
  granary_pending_stop (&self->name_check);
  self->is_recheck = FALSE;
  g_clear_error (&self->name_problem);
  g_clear_pointer (&self->valid_name, g_free);

  if (self->is_new && *self->name != '\0')
    {
      self->valid_name = granary_name_check (self->name, &self->name_problem);
      if (self->valid_name != NULL)
        start_name_check (self);
    }

  announce (self);
}

/* The model of a new version */

static void
model_loaded_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GranaryDraftTarget) self = granary_pending_end (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryModel) model = granary_catalog_read_finish (GRANARY_CATALOG (source), result,
                                                                &error);

  if (self == NULL)
    return;

  g_clear_object (&self->model_load);
  g_clear_error (&self->model_problem);
  if (model == NULL)
    self->model_problem = g_steal_pointer (&error);
  g_set_str (&self->model_name, model != NULL ? model->name : NULL);
  self->number = model != NULL ? model->high_water + 1 : 0;
  announce (self);
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
start_model_load (GranaryDraftTarget *self)
{
  granary_pending_stop (&self->model_load);
  self->model_load = g_cancellable_new ();
  granary_catalog_read_async (self->catalog, load_model,
                              g_memdup2 (&self->model_id, sizeof self->model_id), g_free,
                              (GDestroyNotify) granary_model_unref, self->model_load,
                              model_loaded_cb, granary_pending_new (self, self->model_load));
}

static void
check_model (GranaryDraftTarget *self)
{
  granary_pending_stop (&self->model_load);
  self->is_recheck = FALSE;
  g_clear_error (&self->model_problem);
  g_clear_pointer (&self->model_name, g_free);

  if (self->is_new || self->model_id == 0)
    self->number = self->is_new ? 1 : 0;
  else
    start_model_load (self);

  announce (self);
}

/* Someone else may take the name, or the number, meanwhile. */
static void
catalog_changed_cb (GranaryDraftTarget *self,
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

  if (self->is_new && self->valid_name != NULL)
    start_name_check (self);
  else if (!self->is_new && self->model_id != 0 && concerns)
    start_model_load (self);
}

static void
granary_draft_target_dispose (GObject *object)
{
  GranaryDraftTarget *self = GRANARY_DRAFT_TARGET (object);

  granary_pending_stop (&self->name_check);
  granary_pending_stop (&self->model_load);
  g_clear_object (&self->catalog);

  G_OBJECT_CLASS (granary_draft_target_parent_class)->dispose (object);
}

static void
granary_draft_target_finalize (GObject *object)
{
  GranaryDraftTarget *self = GRANARY_DRAFT_TARGET (object);

  g_free (self->name);
  g_free (self->valid_name);
  g_free (self->model_name);
  g_clear_error (&self->name_problem);
  g_clear_error (&self->model_problem);

  G_OBJECT_CLASS (granary_draft_target_parent_class)->finalize (object);
}

static void
granary_draft_target_class_init (GranaryDraftTargetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_draft_target_dispose;
  object_class->finalize = granary_draft_target_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_draft_target_init (GranaryDraftTarget *self)
{
  self->is_new = TRUE;
  self->number = 1;
  self->name = g_strdup ("");
}

GranaryDraftTarget *
granary_draft_target_new (GranaryCatalog *catalog)
{
  GranaryDraftTarget *self;

  g_return_val_if_fail (GRANARY_IS_CATALOG (catalog), NULL);

  self = g_object_new (GRANARY_TYPE_DRAFT_TARGET, NULL);
  self->catalog = g_object_ref (catalog);
  g_signal_connect_object (catalog, "changed", G_CALLBACK (catalog_changed_cb), self,
                           G_CONNECT_SWAPPED);

  return self;
}

gboolean
granary_draft_target_is_new (GranaryDraftTarget *self)
{
  g_return_val_if_fail (GRANARY_IS_DRAFT_TARGET (self), FALSE);

  return self->is_new;
}

/* The setters tell whether anything changed. */
gboolean
granary_draft_target_set_is_new (GranaryDraftTarget *self,
                                 gboolean            is_new)
{
  g_return_val_if_fail (GRANARY_IS_DRAFT_TARGET (self), FALSE);

  if (self->is_new == !!is_new)
    return FALSE;

  self->is_new = !!is_new;
  check_name (self);
  check_model (self);

  return TRUE;
}

const char *
granary_draft_target_get_name (GranaryDraftTarget *self)
{
  g_return_val_if_fail (GRANARY_IS_DRAFT_TARGET (self), NULL);

  return self->name;
}

/* As it will be stored; NULL while it is wrong or empty. */
const char *
granary_draft_target_get_valid_name (GranaryDraftTarget *self)
{
  g_return_val_if_fail (GRANARY_IS_DRAFT_TARGET (self), NULL);

  return self->valid_name;
}

/* What the model is called, as far as that is certain: the new name, or that of the model. */
const char *
granary_draft_target_get_model_name (GranaryDraftTarget *self)
{
  g_return_val_if_fail (GRANARY_IS_DRAFT_TARGET (self), NULL);

  return self->is_new ? self->valid_name : self->model_name;
}

gboolean
granary_draft_target_set_name (GranaryDraftTarget *self,
                               const char         *name)
{
  g_return_val_if_fail (GRANARY_IS_DRAFT_TARGET (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (!g_set_str (&self->name, name))
    return FALSE;
  check_name (self);

  return TRUE;
}

gint64
granary_draft_target_get_model_id (GranaryDraftTarget *self)
{
  g_return_val_if_fail (GRANARY_IS_DRAFT_TARGET (self), 0);

  return self->model_id;
}

gboolean
granary_draft_target_set_model_id (GranaryDraftTarget *self,
                                   gint64              model_id)
{
  g_return_val_if_fail (GRANARY_IS_DRAFT_TARGET (self), FALSE);

  if (self->model_id == model_id)
    return FALSE;

  self->model_id = model_id;
  check_model (self);

  return TRUE;
}

/* Of the version to be; 0 while it is unknown. */
int
granary_draft_target_get_number (GranaryDraftTarget *self)
{
  g_return_val_if_fail (GRANARY_IS_DRAFT_TARGET (self), 0);

  return self->number;
}

const GError *
granary_draft_target_get_problem (GranaryDraftTarget *self)
{
  g_return_val_if_fail (GRANARY_IS_DRAFT_TARGET (self), NULL);

  return self->is_new ? self->name_problem : self->model_problem;
}

gboolean
granary_draft_target_is_missing (GranaryDraftTarget *self)
{
  g_return_val_if_fail (GRANARY_IS_DRAFT_TARGET (self), TRUE);

  return self->is_new ? *self->name == '\0' : self->model_id == 0;
}

gboolean
granary_draft_target_is_busy (GranaryDraftTarget *self)
{
  g_return_val_if_fail (GRANARY_IS_DRAFT_TARGET (self), FALSE);

  return !self->is_recheck && (self->name_check != NULL || self->model_load != NULL);
}
