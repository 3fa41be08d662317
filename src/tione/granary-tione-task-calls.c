/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-task-private.h"

#include <string.h>

#include "granary-tione-private.h"

/* Training tasks: lists, one task with its metrics, and what it left. */

#define TASKS "DescribeTrainingTasks"
#define TASK "DescribeTrainingTask"
#define METRICS "DescribeLatestTrainingMetrics"
/* More is refused. */
#define MAX_PAGE 50
#define OBJECTS_PER_PAGE 1000
#define MAX_OBJECT_PAGES 10
/* A convention of training code: what is to be imported lies in a folder of this name, beside logs. */
#define MODEL_FOLDER "model/"

/* Lists */

static JsonNode *
call_page (GranaryTionePlace       *place,
           const GranaryTaskQuery  *query,
           guint                    done,
           GCancellable            *cancellable,
           GError                 **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  if (query->text != NULL && *query->text != '\0')
    {
      json_builder_set_member_name (builder, "Filters");
      json_builder_begin_array (builder);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "Name");
      json_builder_add_string_value (builder, "Name");
      json_builder_set_member_name (builder, "Values");
      json_builder_begin_array (builder);
      json_builder_add_string_value (builder, query->text);
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "Fuzzy");
      json_builder_add_boolean_value (builder, TRUE);
      json_builder_end_object (builder);
      json_builder_end_array (builder);
    }
  json_builder_set_member_name (builder, "Offset");
  json_builder_add_int_value (builder, (gint64) query->offset + done);
  json_builder_set_member_name (builder, "Limit");
  json_builder_add_int_value (builder, MIN (query->limit - done, MAX_PAGE));
  json_builder_set_member_name (builder, "OrderField");
  json_builder_add_string_value (builder, "CreateTime");
  json_builder_set_member_name (builder, "Order");
  json_builder_add_string_value (builder, "DESC");
  json_builder_end_object (builder);

  return granary_tione_call (place->api, GRANARY_CLOUD_TIONE, TASKS, builder, cancellable, error);
}

/* A row for what has no id: it cannot be opened, but it is not swept under the carpet either. */
static GranaryTask *
make_unreadable (JsonNode *node,
                 guint     position)
{
  g_autofree char *uid = g_strdup_printf ("unreadable-%u", position);
  g_autofree char *name = granary_tione_dup_text (node, "Name");
  GranaryTask *task = granary_task_new (uid, name != NULL ? name : uid, GRANARY_TIONE_TASK_TOOL);

  task->location = g_strdup (TASKS);
  granary_tione_fail (&task->problem, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_TASK_UNREADABLE,
                      task->name);
  return task;
}

static GError *
make_not_listed (GranaryTionePlace *place,
                 const GError      *refusal)
{
  GError *note = NULL;

  granary_tione_fail (&note, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_TASKS_NOT_LISTED,
                      granary_account_get_name (place->account));
  if (refusal != NULL)
    granary_tione_take_details (note, refusal);

  return note;
}

static gboolean
list_training (GranaryTionePlace       *place,
               const GranaryTaskQuery  *query,
               GranaryTaskPage         *page,
               GCancellable            *cancellable,
               GError                 **error)
{
  const char *region = granary_account_get_region (place->account);
  gboolean is_last = FALSE;

  while (page->tasks->len < query->limit && !is_last)
    {
      guint done = page->tasks->len;
      g_autoptr (GError) local_error = NULL;
      g_autoptr (JsonNode) answer = call_page (place, query, done, cancellable, &local_error);
      JsonArray *list;
      guint n_items;

      if (answer == NULL && granary_api_is_withdrawn (local_error))
        {
          page->is_listed = FALSE;
          page->note = make_not_listed (place, local_error);
          return TRUE;
        }
      if (answer == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (!granary_tione_get_list (answer, "TrainingTaskSet", TASKS, &list, error))
        return FALSE;

      n_items = list != NULL ? json_array_get_length (list) : 0;
      for (guint i = 0; i < n_items && page->tasks->len < query->limit; i++)
        {
          JsonNode *item = json_array_get_element (list, i);
          GranaryTask *task = granary_tione_parse_task (item, region);

          g_ptr_array_add (page->tasks, task != NULL
                                        ? task : make_unreadable (item, query->offset + done + i));
        }

      if (!granary_json_get_int (answer, "TotalCount", &page->total) || page->total < 0)
        page->total = -1;
      is_last = n_items < MIN (query->limit - done, MAX_PAGE);
      if (page->total >= 0)
        is_last = n_items == 0 ||
                  (gint64) query->offset + page->tasks->len >= page->total;
      page->has_more = !is_last;
    }

  return TRUE;
}

/* There is no list of automatic learning; what services tell is all of it that can be found. */
static gboolean
list_automl (GranaryTionePlace       *place,
             const GranaryTaskQuery  *query,
             GranaryTaskPage         *page,
             GCancellable            *cancellable,
             GError                 **error)
{
  g_autoptr (GPtrArray) found = granary_tione_discover_automl (place, query, cancellable, error);

  if (found == NULL)
    return FALSE;

  for (guint i = query->offset; i < found->len && page->tasks->len < query->limit; i++)
    g_ptr_array_add (page->tasks, granary_task_ref (g_ptr_array_index (found, i)));
  page->total = found->len;
  page->has_more = (gint64) query->offset + page->tasks->len < found->len;
  page->is_listed = FALSE;
  page->note = make_not_listed (place, NULL);

  return TRUE;
}

/**
 * granary_tione_list_tasks:
 * @place: the connection
 * @query: what to list
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Blocks. Asked for training tasks among others, it lists those alone.
 *
 * Returns: (transfer full): a page, newest first
 */
GranaryTaskPage *
granary_tione_list_tasks (GranaryTionePlace       *place,
                          const GranaryTaskQuery  *query,
                          GCancellable            *cancellable,
                          GError                 **error)
{
  g_autoptr (GranaryTaskPage) page = granary_task_page_new ();
  gboolean is_done = query->kinds & GRANARY_TASK_TRAINING
                     ? list_training (place, query, page, cancellable, error)
                     : list_automl (place, query, page, cancellable, error);

  return is_done ? g_steal_pointer (&page) : NULL;
}

/* What it left */

gboolean
granary_tione_measure_output (GranaryTionePlace         *place,
                              const GranaryObjectPlace  *where,
                              gint64                    *size,
                              gint64                    *n_files,
                              GCancellable              *cancellable,
                              GError                   **error)
{
  g_autofree char *marker = NULL;

  *size = 0;
  *n_files = 0;
  for (guint i = 0; i < MAX_OBJECT_PAGES; i++)
    {
      g_autoptr (GranaryObjectPage) page = NULL;

      page = granary_cos_client_list (place->cos, where, NULL, marker, OBJECTS_PER_PAGE,
                                      cancellable, error);
      if (page == NULL)
        return FALSE;
      for (guint o = 0; o < page->objects->len; o++)
        {
          const GranaryObject *object = g_ptr_array_index (page->objects, o);

          /* What stands for a folder is not a file. */
          if (object->is_folder || (g_str_has_suffix (object->key, "/") && object->size == 0))
            continue;
          (*n_files)++;
          if (object->size > 0 && *size <= G_MAXINT64 - object->size)
            *size += object->size;
        }
      if (page->next == NULL)
        return TRUE;
      g_set_str (&marker, page->next);
    }

  *size = -1;
  return TRUE;
}

/* The folder for models when there is something in it, else all of the output. That it cannot be
 * listed does not keep the platform from taking it: then it is only told. */
static gboolean
find_output (GranaryTionePlace   *place,
             GranaryObjectPlace  *where,
             GranaryTaskOutput   *output,
             gint64              *n_files,
             GError             **note,
             GCancellable        *cancellable,
             GError             **error)
{
  g_autofree char *key = g_strconcat (where->key, MODEL_FOLDER, NULL);
  g_autoptr (GranaryObjectPlace) model = granary_object_place_new (where->bucket, where->region,
                                                                   key);
  const GranaryObjectPlace *used = model;
  g_autoptr (GError) local_error = NULL;
  gboolean is_listed;

  is_listed = granary_tione_measure_output (place, model, &output->size, n_files, cancellable,
                                            &local_error);
  if (!is_listed || *n_files == 0)
    used = where;
  if (is_listed && used == where)
    is_listed = granary_tione_measure_output (place, where, &output->size, n_files, cancellable,
                                              &local_error);
  if (!is_listed)
    {
      if (granary_error_is_cancelled (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      output->size = -1;
      *n_files = -1;
      *note = g_steal_pointer (&local_error);
    }
  output->address = granary_object_place_to_address (used);

  return TRUE;
}

/* One task */

static JsonNode *
call_with (GranaryTionePlace  *place,
           const char         *action,
           const char         *name,
           const char         *uid,
           GCancellable       *cancellable,
           GError            **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, uid);
  json_builder_end_object (builder);

  return granary_tione_call (place->api, GRANARY_CLOUD_TIONE, action, builder, cancellable, error);
}

/* Without them the task can be imported as well: then they are typed. */
static gboolean
load_metrics (GranaryTionePlace   *place,
              const char          *uid,
              const char          *name,
              GranaryTaskOutput   *output,
              GError             **note,
              GCancellable        *cancellable,
              GError             **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonNode) answer = call_with (place, METRICS, "TaskId", uid, cancellable,
                                           &local_error);

  if (answer != NULL)
    {
      g_ptr_array_unref (output->metrics);
      output->metrics = granary_tione_parse_last_metrics (answer);
      return TRUE;
    }
  if (granary_error_is_cancelled (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  granary_tione_fail (note, local_error->code, GRANARY_REASON_METRICS_UNAVAILABLE, name);
  granary_tione_take_details (*note, local_error);
  return TRUE;
}

static GranaryTask *
load_record (GranaryTionePlace    *place,
             const char           *uid,
             GranaryObjectPlace  **output,
             GCancellable         *cancellable,
             GError              **error)
{
  const char *region = granary_account_get_region (place->account);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonNode) answer = call_with (place, TASK, "Id", uid, cancellable, &local_error);
  JsonNode *detail = granary_json_lookup (answer, "TrainingTaskDetail");
  GranaryTask *task;

  if (answer == NULL && granary_tione_is_missing (local_error))
    granary_tione_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_MISSING, uid);
  else if (answer == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  if (answer == NULL)
    return NULL;

  task = granary_tione_parse_task (detail, region);
  if (task == NULL)
    granary_tione_set_malformed (error, TASK);
  else
    *output = granary_tione_parse_task_output (detail, region);

  return task;
}

static GranaryTaskDetails *
load_training (GranaryTionePlace  *place,
               const char         *uid,
               GCancellable       *cancellable,
               GError            **error)
{
  g_autoptr (GranaryObjectPlace) where = NULL;
  g_autoptr (GranaryTaskOutput) output = granary_task_output_new ("");
  g_autoptr (GranaryTaskDetails) details = NULL;
  g_autoptr (GranaryTask) task = load_record (place, uid, &where, cancellable, error);
  g_autoptr (GError) unlisted = NULL;
  gint64 n_files = 0;

  if (task == NULL)
    return NULL;

  details = granary_task_details_new (task);
  if (where == NULL)
    {
      granary_tione_fail (&details->note, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_EMPTY,
                          task->name);
      return g_steal_pointer (&details);
    }

  if (!find_output (place, where, output, &n_files, &unlisted, cancellable, error) ||
      !load_metrics (place, uid, task->name, output, &details->note, cancellable, error))
    return NULL;
  output->framework = g_strdup (task->framework);
  task->size = output->size;
  if (n_files == 0)
    {
      g_clear_error (&details->note);
      granary_tione_fail (&details->note, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_EMPTY,
                          task->name);
    }
  else if (details->note == NULL)
    {
      details->note = g_steal_pointer (&unlisted);
    }
  g_ptr_array_add (details->outputs, g_steal_pointer (&output));

  return g_steal_pointer (&details);
}

/**
 * granary_tione_load_task:
 * @place: the connection
 * @kinds: what it is meant to be
 * @uid: an id, as listed or as typed
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Blocks.
 *
 * Returns: (transfer full): the task with what can be imported of it; %GRANARY_REASON_TASK_MISSING
 *   for what is no id, or for a training task that is not there
 */
GranaryTaskDetails *
granary_tione_load_task (GranaryTionePlace  *place,
                         GranaryTaskKinds    kinds,
                         const char         *uid,
                         GCancellable       *cancellable,
                         GError            **error)
{
  g_autofree char *id = g_strstrip (g_strdup (uid));

  if (!granary_tione_task_id_is_valid (id))
    {
      granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_TASK_MISSING, id);
      return NULL;
    }
  if (kinds & GRANARY_TASK_TRAINING)
    return load_training (place, id, cancellable, error);

  return granary_tione_load_automl (place, kinds, id, cancellable, error);
}
