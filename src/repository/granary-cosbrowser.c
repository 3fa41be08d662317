/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-cosbrowser.h"

#include <string.h>

#include "granary-object-storage.h"
#include "granary-worker.h"

/* Finding the vendor's browser of object storage: cloud protocols, section 12. */

#define SCHEME "cosbrowser"
#define WEB    "https://cosbrowser.cloud.tencent.com/"

/* A question on its way to a thread. */
typedef struct
{
  char *address; /* (owned) */
  char *region;  /* (owned) (nullable) */
  char *program; /* (owned) (nullable) */
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_free (self->address);
  g_free (self->region);
  g_free (self->program);
  g_free (self);
}

/* Auxiliary functions */

static gboolean
is_it (const char *text)
{
  g_autofree char *folded = text != NULL ? g_ascii_strdown (text, -1) : NULL;

  return folded != NULL && strstr (folded, "cosbrowser") != NULL;
}

/* Files of the desktop that people wrote by hand are recognized by what they run. */
static GAppInfo *
find_app (void)
{
  GAppInfo *app = g_app_info_get_default_for_uri_scheme (SCHEME);
  GList *all;

  if (app != NULL)
    return app;

  all = g_app_info_get_all ();
  for (GList *at = all; at != NULL && app == NULL; at = at->next)
    {
      if (is_it (g_app_info_get_id (at->data)) || is_it (g_app_info_get_commandline (at->data)))
        app = g_object_ref (at->data);
    }
  g_list_free_full (all, g_object_unref);

  return app;
}

static char *
find_program (const char *configured)
{
  static const char *const names[] = { "cosbrowser", "cosbrowser.AppImage", "COSBrowser" };

  if (configured != NULL && *configured != '\0' &&
      g_file_test (configured, G_FILE_TEST_IS_REGULAR) &&
      g_file_test (configured, G_FILE_TEST_IS_EXECUTABLE))
    return g_strdup (configured);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      char *path = g_find_program_in_path (names[i]);

      if (path != NULL)
        return path;
    }

  return NULL;
}

/* The page takes no prefix. */
static char *
make_uri (const GranaryObjectPlace *where,
          const char               *region)
{
  g_autofree char *bucket = g_uri_escape_string (where->bucket, NULL, FALSE);
  g_autofree char *place = NULL;

  if (where->region != NULL)
    region = where->region;
  if (region == NULL || *region == '\0')
    return g_strdup (WEB "web");

  place = g_uri_escape_string (region, NULL, FALSE);
  return g_strconcat (WEB "editor?bucket=", bucket, "&region=", place, NULL);
}

static void
find_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Question *self = task_data;
  GError *error = NULL;
  GranaryCosbrowserPlan *plan = granary_cosbrowser_find (self->address, self->region,
                                                         self->program, &error);

  if (plan != NULL)
    g_task_return_pointer (task, plan, (GDestroyNotify) granary_cosbrowser_plan_free);
  else
    g_task_return_error (task, error);
}

/* Public functions */

void
granary_cosbrowser_plan_free (GranaryCosbrowserPlan *self)
{
  if (self == NULL)
    return;

  g_clear_object (&self->app);
  g_free (self->program);
  g_free (self->uri);
  g_free (self->place);
  g_free (self);
}

gboolean
granary_cosbrowser_plan_is_installed (const GranaryCosbrowserPlan *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->app != NULL || self->program != NULL;
}

/**
 * granary_cosbrowser_find:
 * @address: `cos://BUCKET/PREFIX/`
 * @region: (nullable): of the bucket, unless @address tells it
 * @program: (nullable) (type filename): where the user says that it is
 * @error: return location
 *
 * Looks what there is to open @address with. Blocks.
 *
 * Errors: those of granary_object_place_parse().
 *
 * Returns: (transfer full): how to open it
 */
GranaryCosbrowserPlan *
granary_cosbrowser_find (const char  *address,
                         const char  *region,
                         const char  *program,
                         GError     **error)
{
  g_autoptr (GranaryObjectPlace) where = NULL;
  GranaryCosbrowserPlan *plan;

  g_return_val_if_fail (address != NULL, NULL);

  where = granary_object_place_parse (address, error);
  if (where == NULL)
    return NULL;

  plan = g_new0 (GranaryCosbrowserPlan, 1);
  plan->place = *where->key != '\0' ? g_strconcat (where->bucket, "/", where->key, NULL)
                                    : g_strdup (where->bucket);
  plan->uri = make_uri (where, region);
  plan->app = find_app ();
  if (plan->app == NULL)
    plan->program = find_program (program);

  return plan;
}

void
granary_cosbrowser_find_async (const char          *address,
                               const char          *region,
                               const char          *program,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GranaryWorker) worker = NULL;
  Question *question;

  g_return_if_fail (address != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  question = g_new0 (Question, 1);
  question->address = g_strdup (address);
  question->region = g_strdup (region);
  question->program = g_strdup (program);
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_cosbrowser_find_async);
  g_task_set_task_data (task, question, question_free);
  worker = granary_worker_new ("granary-apps", 1);
  granary_worker_run (worker, task, find_thread);
}

/**
 * granary_cosbrowser_find_finish:
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: (transfer full): how to open it
 */
GranaryCosbrowserPlan *
granary_cosbrowser_find_finish (GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
