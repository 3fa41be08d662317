/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-origin-address-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-file-check.h"
#include "granary-inspect.h"
#include "granary-storage-reader.h"
#include "granary-worker.h"

#define MAX_OBJECTS 1000
/* What is longer is neither a configuration nor a service. */
#define MAX_TEXT (1024 * 1024)

/* One look at a folder: filled by its worker, and taken over on the main thread. */
typedef struct
{
  GWeakRef              owner;
  GranaryObjectStorage *storage;    /* (owned) */
  GranaryObjectPlace   *place;      /* (owned) */
  GPtrArray            *objects;    /* (owned) (nullable) */
  GranaryInspection    *inspection; /* (owned) (nullable) */
  char                 *config;     /* (owned) (nullable) */
  char                 *service;    /* (owned) (nullable) */
  GError               *config_problem;
  GError               *service_problem;
} Look;

struct _GranaryOriginAddress
{
  GObject               parent_instance;

  GranaryObjectStorage *storage;    /* (owned) (nullable) */
  GranaryWorker        *worker;     /* (owned) */
  char                 *text;       /* (owned) */
  char                 *folder;     /* (owned) (nullable) */
  GError               *problem;    /* (owned) (nullable) */
  GPtrArray            *objects;    /* (owned) (nullable) */
  GranaryInspection    *inspection; /* (owned) (nullable) */
  char                 *config;     /* (owned) (nullable) */
  char                 *service;    /* (owned) (nullable) */
  GError               *config_problem;
  GError               *service_problem;
  GCancellable         *looking;    /* (owned) (nullable): the look under way */
};

G_DEFINE_FINAL_TYPE (GranaryOriginAddress, granary_origin_address, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
look_free (gpointer data)
{
  Look *look = data;

  g_weak_ref_clear (&look->owner);
  g_clear_object (&look->storage);
  g_clear_pointer (&look->place, granary_object_place_free);
  g_clear_pointer (&look->objects, g_ptr_array_unref);
  g_clear_object (&look->inspection);
  g_free (look->config);
  g_free (look->service);
  g_clear_error (&look->config_problem);
  g_clear_error (&look->service_problem);
  g_free (look);
}

/* Looking, on the worker */

static GranaryRangeReader *
open_object (const char  *key,
             gpointer     user_data,
             GError     **error)
{
  Look *look = user_data;
  g_autoptr (GranaryObjectPlace) place = NULL;

  for (guint i = 0; i < look->objects->len; i++)
    {
      const GranaryObject *object = g_ptr_array_index (look->objects, i);

      if (g_str_equal (object->key, key))
        {
          place = granary_object_place_new (look->place->bucket, look->place->region, key);
          return granary_storage_reader_new (look->storage, place, object->size);
        }
    }

  granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_OBJECT_MISSING, key, "%s", key);
  return NULL;
}

static char *
read_text (Look          *look,
           const char    *key,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autoptr (GranaryRangeReader) reader = open_object (key, look, error);
  g_autofree char *text = NULL;
  gint64 size;

  if (reader == NULL)
    return NULL;

  size = granary_range_reader_get_size (reader);
  if (size > MAX_TEXT)
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_JSON_SYNTAX, key,
                         "too long");
      return NULL;
    }
  text = g_malloc0 ((gsize) size + 1);
  if (!granary_range_reader_read_exact (reader, 0, text, (gsize) size, cancellable, error))
    return NULL;

  return g_steal_pointer (&text);
}

/* config.json and model_service.py at the top of the folder. */
static void
check_text (Look         *look,
            const char   *key,
            const char   *target,
            GCancellable *cancellable)
{
  gboolean is_config = g_str_equal (target, GRANARY_CONFIG_FILE);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  int line = 0;

  if (!is_config && !g_str_equal (target, GRANARY_SERVICE_FILE))
    return;

  text = read_text (look, key, cancellable, &error);
  if (text != NULL &&
      !(is_config ? granary_check_config_text (text, -1, &line, &error)
                  : granary_check_service_text (text, -1, &line, &error)) &&
      line > 0)
    granary_error_set_line (error, line);
  if (error != NULL)
    g_propagate_error (is_config ? &look->config_problem : &look->service_problem,
                       g_steal_pointer (&error));
  *(is_config ? &look->config : &look->service) = g_steal_pointer (&text);
}

static void
look_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Look *look = task_data;
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (GPtrArray) targets = g_ptr_array_new ();
  gsize length = strlen (look->place->key);
  GError *error = NULL;

  for (guint i = 0; i < look->objects->len; i++)
    {
      const GranaryObject *object = g_ptr_array_index (look->objects, i);
      const char *target;

      if (object->is_folder || g_str_has_suffix (object->key, "/") ||
          strlen (object->key) <= length)
        continue;
      target = object->key + length;
      g_ptr_array_add (keys, object->key);
      g_ptr_array_add (targets, (char *) target);
      check_text (look, object->key, target, cancellable);
    }
  g_ptr_array_add (keys, NULL);
  g_ptr_array_add (targets, NULL);

  look->inspection = granary_inspect_files_with ((const char * const *) keys->pdata,
                                                 (const char * const *) targets->pdata,
                                                 open_object, look, cancellable, &error);
  if (look->inspection != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Answers, on the main thread */

/* The owner when the answer is the one it waits for. */
static GranaryOriginAddress *
take_answer (Look         *look,
             GCancellable *cancellable)
{
  GranaryOriginAddress *self = g_weak_ref_get (&look->owner);

  if (self != NULL && self->looking != cancellable)
    g_clear_object (&self);

  return self;
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GTask *task = G_TASK (result);
  Look *look = g_task_get_task_data (task);
  g_autoptr (GranaryOriginAddress) self = take_answer (look, g_task_get_cancellable (task));
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;

  g_task_propagate_boolean (task, &error);
  /* What is there can be imported though it cannot be looked into. */
  if (look->objects == NULL)
    self->problem = g_steal_pointer (&error);
  else if (error != NULL)
    g_debug ("Inspecting %s: %s", self->folder, error->message);
  self->inspection = g_steal_pointer (&look->inspection);
  self->config = g_steal_pointer (&look->config);
  self->service = g_steal_pointer (&look->service);
  self->config_problem = g_steal_pointer (&look->config_problem);
  self->service_problem = g_steal_pointer (&look->service_problem);

  g_clear_object (&self->looking);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Look *look = g_task_get_task_data (task);
  g_autoptr (GranaryOriginAddress) self = take_answer (look, g_task_get_cancellable (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryObjectPage) page = NULL;

  page = granary_object_storage_list_finish (GRANARY_OBJECT_STORAGE (source), result, &error);
  if (page != NULL && page->objects->len == 0)
    granary_set_error (&error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_OBJECT_MISSING,
                       look->place->key, "nothing there");
  if (error != NULL || self == NULL)
    {
      if (error != NULL)
        g_task_return_error (task, g_steal_pointer (&error));
      else
        g_task_return_boolean (task, FALSE);
      return;
    }

  look->objects = g_ptr_array_ref (page->objects);
  self->objects = g_ptr_array_ref (page->objects);
  granary_worker_run (self->worker, task, look_thread);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
start_look (GranaryOriginAddress *self,
            GranaryObjectPlace   *place)
{
  GTask *task;
  Look *look = g_new0 (Look, 1);

  g_weak_ref_init (&look->owner, self);
  look->storage = g_object_ref (self->storage);
  look->place = granary_object_place_copy (place);
  self->looking = g_cancellable_new ();

  task = g_task_new (NULL, self->looking, looked_cb, NULL);
  g_task_set_source_tag (task, start_look);
  g_task_set_task_data (task, look, look_free);
  granary_object_storage_list_async (self->storage, place, NULL, NULL, MAX_OBJECTS, self->looking,
                                     listed_cb, task);
}

static void
forget (GranaryOriginAddress *self)
{
  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  g_clear_pointer (&self->folder, g_free);
  g_clear_error (&self->problem);
  g_clear_pointer (&self->objects, g_ptr_array_unref);
  g_clear_object (&self->inspection);
  g_clear_pointer (&self->config, g_free);
  g_clear_pointer (&self->service, g_free);
  g_clear_error (&self->config_problem);
  g_clear_error (&self->service_problem);
}

/* GObject */

static void
granary_origin_address_finalize (GObject *object)
{
  GranaryOriginAddress *self = GRANARY_ORIGIN_ADDRESS (object);

  forget (self);
  g_clear_object (&self->storage);
  g_clear_object (&self->worker);
  g_free (self->text);

  G_OBJECT_CLASS (granary_origin_address_parent_class)->finalize (object);
}

static void
granary_origin_address_class_init (GranaryOriginAddressClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_origin_address_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_origin_address_init (GranaryOriginAddress *self)
{
  self->worker = granary_worker_new ("granary-look", 1);
  self->text = g_strdup ("");
}

GranaryOriginAddress *
granary_origin_address_new (GranaryObjectStorage *storage)
{
  GranaryOriginAddress *self;

  g_return_val_if_fail (storage == NULL || GRANARY_IS_OBJECT_STORAGE (storage), NULL);

  self = g_object_new (GRANARY_TYPE_ORIGIN_ADDRESS, NULL);
  g_set_object (&self->storage, storage);

  return self;
}

const char *
granary_origin_address_get_text (GranaryOriginAddress *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_ADDRESS (self), NULL);

  return self->text;
}

/* Whether that is another one; then it is looked into in the background. */
gboolean
granary_origin_address_set_text (GranaryOriginAddress *self,
                                 const char           *text)
{
  g_autoptr (GranaryObjectPlace) place = NULL;

  g_return_val_if_fail (GRANARY_IS_ORIGIN_ADDRESS (self), FALSE);

  if (!g_set_str (&self->text, text != NULL ? text : ""))
    return FALSE;

  forget (self);
  if (*self->text != '\0')
    place = granary_object_place_parse (self->text, &self->problem);
  if (place != NULL)
    {
      if (*place->key != '\0' && !g_str_has_suffix (place->key, "/"))
        {
          g_autofree char *key = g_steal_pointer (&place->key);

          place->key = g_strconcat (key, "/", NULL);
        }
      self->folder = granary_object_place_to_address (place);
      if (self->storage != NULL)
        start_look (self, place);
    }
  g_signal_emit (self, signals[CHANGED], 0);

  return TRUE;
}

const char *
granary_origin_address_get_folder (GranaryOriginAddress *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_ADDRESS (self), NULL);

  return self->folder;
}

GPtrArray *
granary_origin_address_get_objects (GranaryOriginAddress *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_ADDRESS (self), NULL);

  return self->objects;
}

GranaryInspection *
granary_origin_address_get_inspection (GranaryOriginAddress *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_ADDRESS (self), NULL);

  return self->inspection;
}

const char *
granary_origin_address_get_content (GranaryOriginAddress *self,
                                    const char           *target)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_ADDRESS (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);

  return g_str_equal (target, GRANARY_CONFIG_FILE) ? self->config : self->service;
}

const GError *
granary_origin_address_get_problem (GranaryOriginAddress *self,
                                    const char           *target)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_ADDRESS (self), NULL);

  if (target == NULL)
    return self->problem;

  return g_str_equal (target, GRANARY_CONFIG_FILE) ? self->config_problem : self->service_problem;
}

gboolean
granary_origin_address_is_busy (GranaryOriginAddress *self)
{
  g_return_val_if_fail (GRANARY_IS_ORIGIN_ADDRESS (self), FALSE);

  return self->looking != NULL;
}
