/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-python-environments.h"

#include <string.h>

#include "granary-error.h"
#include "granary-python-private.h"
#include "granary-worker.h"

struct _GranaryPythonEnvironments
{
  GObject              parent_instance;

  GranaryPythonPlaces  places; /* not changed */
  GranaryWorker       *worker;
};

static void granary_python_environments_iface_init (GranaryImageSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryPythonEnvironments, granary_python_environments,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_IMAGE_SOURCE,
                                                      granary_python_environments_iface_init))

/* Auxiliary functions */

static gboolean
has_framework (const GranaryPython *python,
               const char          *framework)
{
  return framework != NULL &&
         g_ptr_array_find_with_equal_func (python->frameworks, framework, g_str_equal, NULL);
}

/* The folder of an environment, the program of a system that has several; `~` for the home. */
static char *
describe_path (const GranaryPython *python,
               const char          *home)
{
  const char *path = python->tool != NULL ? python->prefix : python->interpreter;
  g_autofree char *below = NULL;
  gsize length = strlen (home);

  if (length > 1 && strncmp (path, home, length) == 0 && path[length] == '/')
    {
      below = g_strconcat ("~", path + length, NULL);
      path = below;
    }

  return granary_display_path (path);
}

static GranaryImage *
make_image (const GranaryPython *python,
            const char          *home,
            const char          *framework)
{
  g_autofree char *title =
    g_strconcat ("Python", python->version != NULL ? " " : "",
                 python->version != NULL ? python->version : "",
                 python->tool != NULL ? " · " : NULL, python->tool, NULL);
  g_autofree char *path = describe_path (python, home);
  GranaryImage *image = granary_image_new (GRANARY_IMAGE_PYTHON, python->interpreter, title);

  if (python->packages->len > 0)
    {
      g_autofree char *packages = NULL;
      g_autofree char *shown = NULL;

      g_ptr_array_add (python->packages, NULL);
      packages = g_strjoinv (", ", (char **) python->packages->pdata);
      g_ptr_array_set_size (python->packages, (int) python->packages->len - 1);
      shown = granary_display_path (packages);
      image->subtitle = g_strconcat (path, " · ", shown, NULL);
      image->framework = g_strdup (has_framework (python, framework)
                                   ? framework : g_ptr_array_index (python->frameworks, 0));
    }
  else
    image->subtitle = g_steal_pointer (&path);

  return image;
}

/* Those that have what is needed, those that have something like it, the others. */
static guint
rank (const GranaryPython *python,
      const char          *framework)
{
  if (has_framework (python, framework))
    return 0;

  return python->packages->len > 0 ? 1 : 2;
}

static void
list_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GranaryPythonEnvironments *self = source_object;
  const char *framework = task_data;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) images = NULL;
  GError *error = NULL;

  found = granary_python_search (&self->places, cancellable, &error);
  if (found == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  images = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_image_free);
  for (guint wanted = 0; wanted <= 2; wanted++)
    for (guint i = 0; i < found->len; i++)
      {
        const GranaryPython *python = g_ptr_array_index (found, i);

        if (rank (python, framework) == wanted)
          g_ptr_array_add (images, make_image (python, self->places.home, framework));
      }
  g_task_return_pointer (task, g_steal_pointer (&images), (GDestroyNotify) g_ptr_array_unref);
}

/* GranaryImageSource */

static void
granary_python_environments_list_async (GranaryImageSource  *source,
                                        const char          *framework,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data)
{
  GranaryPythonEnvironments *self = GRANARY_PYTHON_ENVIRONMENTS (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, granary_python_environments_list_async);
  g_task_set_task_data (task, g_strdup (framework), g_free);
  granary_worker_run (self->worker, task, list_thread);
}

static GPtrArray *
granary_python_environments_list_finish (GranaryImageSource  *source,
                                         GAsyncResult        *result,
                                         GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
granary_python_environments_iface_init (GranaryImageSourceInterface *iface)
{
  iface->list_async = granary_python_environments_list_async;
  iface->list_finish = granary_python_environments_list_finish;
}

/* GObject */

static void
granary_python_environments_finalize (GObject *object)
{
  GranaryPythonEnvironments *self = GRANARY_PYTHON_ENVIRONMENTS (object);

  g_free (self->places.home);
  g_strfreev (self->places.prefixes);
  g_strfreev (self->places.environment);
  g_clear_object (&self->worker);

  G_OBJECT_CLASS (granary_python_environments_parent_class)->finalize (object);
}

static void
granary_python_environments_class_init (GranaryPythonEnvironmentsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_python_environments_finalize;
}

static void
granary_python_environments_init (GranaryPythonEnvironments *self)
{
  self->worker = granary_worker_new ("granary-python", 1);
}

/* Public functions */

/**
 * granary_python_environments_new:
 *
 * Returns: (transfer full): the source of what this user has
 */
GranaryImageSource *
granary_python_environments_new (void)
{
  static const char * const prefixes[] = {
    "/opt/conda", "/opt/miniconda3", "/opt/miniforge3", "/opt/anaconda3", "/usr/local", "/usr", NULL,
  };
  g_auto (GStrv) environment = g_get_environ ();

  return granary_python_environments_new_in (g_get_home_dir (), prefixes,
                                             (const char * const *) environment);
}

/**
 * granary_python_environments_new_in:
 * @home: (type filename): the user's home, absolute
 * @prefixes: (array zero-terminated=1): folders outside it that hold `bin` and `lib`, or an
 *   installation of conda
 * @environment: (array zero-terminated=1): as of g_get_environ()
 *
 * Returns: (transfer full): the source of what is there
 */
GranaryImageSource *
granary_python_environments_new_in (const char         *home,
                                    const char * const *prefixes,
                                    const char * const *environment)
{
  GranaryPythonEnvironments *self;

  g_return_val_if_fail (home != NULL, NULL);
  g_return_val_if_fail (prefixes != NULL && environment != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_PYTHON_ENVIRONMENTS, NULL);
  self->places.home = g_strdup (home);
  self->places.prefixes = g_strdupv ((char **) prefixes);
  self->places.environment = g_strdupv ((char **) environment);

  return GRANARY_IMAGE_SOURCE (self);
}
