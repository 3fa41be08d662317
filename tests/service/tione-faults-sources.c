/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tione-faults.h"

#include "granary-error.h"
#include "granary-json.h"

/* Reads that only tell something: what has to come of them is an answer or an error, no more. */

#define cloud tione_faults_cloud

static void
check_nothing (Case     *self,
               gboolean  is_done,
               GError   *error)
{
}

/* Tasks */

static char *
make_task (Case *self)
{
  g_autofree char *json = g_strdup_printf (
    "{\"withdrawn\":false,\"create_task\":{\"name\":\"%s\",\"metrics\":[[\"loss\",[0.5]]],"
    "\"output\":{\"Bucket\":\"models-1250000000\",\"Region\":\"ap-guangzhou\","
    "\"Paths\":[\"out/\"]}}}", self->name);
  g_autoptr (JsonNode) answer = granary_test_cloud_control (cloud, json);

  return g_strdup (granary_json_get_string (answer, "task_id"));
}

static gboolean
act_list_tasks (Case    *self,
                GError **error)
{
  g_autofree char *uid = make_task (self);
  g_autoptr (GranaryTaskPage) page = granary_test_list_tasks (&self->place, GRANARY_TASK_TRAINING,
                                                              NULL, 0, 1, error);

  if (page != NULL)
    g_assert_cmpuint (page->tasks->len, <=, 1);
  return page != NULL;
}

static gboolean
act_load_task (Case    *self,
               GError **error)
{
  g_autofree char *uid = make_task (self);
  g_autoptr (GranaryTaskDetails) details = granary_test_load_task (&self->place,
                                                                   GRANARY_TASK_TRAINING, uid,
                                                                   error);

  if (details != NULL)
    {
      g_assert_cmpuint (details->outputs->len, ==, 1);
      /* It has not left anything, which may not be told. */
      g_assert_nonnull (details->note);
    }
  return details != NULL;
}

static gboolean
act_discover (Case    *self,
              GError **error)
{
  g_autoptr (GranaryTaskPage) page = granary_test_list_tasks (&self->place, GRANARY_TASK_VISION,
                                                              NULL, 0, 1, error);

  if (page != NULL)
    granary_assert_reason (page->note, GRANARY_REASON_TASKS_NOT_LISTED);
  return page != NULL;
}

const Verb tasks_verb = { "tasks", act_list_tasks, check_nothing };
const Verb task_verb = { "task", act_load_task, check_nothing };
const Verb discover_verb = { "discover", act_discover, check_nothing };

/* Images */

static gboolean
act_registries (Case    *self,
                GError **error)
{
  g_autoptr (GranaryImagePage) page = NULL;

  granary_test_cloud_tell (cloud, "{\"create_registry\":{\"name\":\"%s\"}}", self->name);
  page = granary_test_browse_images (&self->place, NULL, NULL, 0, error);
  if (page != NULL)
    g_assert_cmpuint (page->places->len, >=, 1);
  return page != NULL;
}

static gboolean
act_tags (Case    *self,
          GError **error)
{
  g_autofree char *json = g_strdup_printf (
    "{\"create_registry\":{\"name\":\"%s\",\"repositories\":{\"a/b\":[\"1\"]}}}", self->name);
  g_autoptr (JsonNode) answer = granary_test_cloud_control (cloud, json);
  g_autoptr (GranaryImagePlace) at = granary_image_place_new (GRANARY_IMAGE_ENTERPRISE, "b");
  g_autoptr (GranaryImagePage) page = NULL;

  at->registry = g_strdup (granary_json_get_string (answer, "registry_id"));
  at->region = g_strdup (GRANARY_TEST_CLOUD_REGION);
  at->name_space = g_strdup ("a");
  at->repository = g_strdup ("b");
  page = granary_test_browse_images (&self->place, at, NULL, 0, error);
  if (page != NULL)
    g_assert_cmpuint (page->images->len, <=, 1);
  return page != NULL;
}

const Verb registries_verb = { "registries", act_registries, check_nothing };
const Verb tags_verb = { "tags", act_tags, check_nothing };
