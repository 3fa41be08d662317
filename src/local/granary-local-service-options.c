/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-service-private.h"

#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-sandbox.h"
#include "granary-service-handler.h"
#include "granary-service-python.h"

/* What there is to choose from when a version is published on this computer. */

/* Auxiliary functions */

static gboolean
has_name (GPtrArray  *groups,
          const char *name)
{
  for (guint i = 0; i < groups->len; i++)
    {
      const GranaryServiceGroup *group = g_ptr_array_index (groups, i);

      if (g_ascii_strcasecmp (group->name, name) == 0)
        return TRUE;
    }

  return FALSE;
}

/* A name that no group has: `digits`, `digits-2`, … */
static char *
make_name (GPtrArray  *groups,
           const char *model_name)
{
  g_autofree char *base = granary_service_name_suggest (model_name);
  g_autofree char *name = g_strdup (base);

  for (guint n = 2; has_name (groups, name); n++)
    {
      g_autofree char *ending = g_strdup_printf ("-%u", n);
      int room = GRANARY_SERVICE_NAME_MAX - (int) strlen (ending);

      g_free (name);
      name = g_strdup_printf ("%.*s%s", room, base, ending);
    }

  return g_steal_pointer (&name);
}

/* Each group once, those that serve this model first. */
static void
list_groups (GPtrArray  *services,
             const char *model_uid,
             GPtrArray  *groups)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int is_other = 0; is_other < 2; is_other++)
    for (guint i = 0; i < services->len; i++)
      {
        const GranaryService *service = g_ptr_array_index (services, i);
        gboolean serves_other = g_strcmp0 (service->model_uid, model_uid) != 0;
        GranaryServiceGroup *group;

        if (service->group_uid == NULL)
          continue;
        group = g_hash_table_lookup (seen, service->group_uid);
        if (group == NULL && serves_other == is_other)
          {
            group = g_new0 (GranaryServiceGroup, 1);
            group->uid = g_strdup (service->group_uid);
            group->name = g_strdup (service->name);
            group->model_name = g_strdup (service->model_name);
            g_hash_table_insert (seen, group->uid, group);
            g_ptr_array_add (groups, group);
          }
      }

  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);
      GranaryServiceGroup *group =
        service->group_uid != NULL ? g_hash_table_lookup (seen, service->group_uid) : NULL;

      if (group != NULL)
        group->n_services++;
    }
}

static gboolean
has_entry (const char *folder,
           const char *beginning)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      if (g_str_has_prefix (name, beginning) && g_ascii_isdigit (name[strlen (beginning)]))
        return TRUE;
    }

  return FALSE;
}

static gint64
get_memory (void)
{
  gint64 pages = sysconf (_SC_PHYS_PAGES);
  gint64 size = sysconf (_SC_PAGESIZE);

  return pages > 0 && size > 0 ? pages * size : 0;
}

static void
find_problem (GranaryLocalStore     *store,
              const GranaryVersion  *version,
              GranaryPublishOptions *options)
{
  g_autofree char *onnx = NULL;

  if (!granary_local_store_check (store, TRUE, &options->problem))
    return;

  if (version->status != GRANARY_STATUS_READY)
    {
      g_autofree char *subject = g_strdup_printf ("%s v%d", version->model_name, version->number);

      granary_set_error (&options->problem, GRANARY_ERROR_CONFLICT,
                         GRANARY_REASON_VERSION_NOT_READY, subject, "%s is not ready", subject);
      return;
    }

  if (granary_service_handler_find (version, &onnx, &options->problem))
    options->handler = onnx != NULL ? g_steal_pointer (&onnx)
                                    : g_strdup (GRANARY_SERVICE_HANDLER);
}

static void
find_python (GranaryLocalStore     *store,
             const GranaryVersion  *version,
             const char            *python,
             GranaryPublishOptions *options)
{
  g_autofd int fd = -1;

  /* Another one can be chosen, so that this does not keep it from being published. */
  options->python = granary_service_python_find (version, python, &options->note);
  if (options->python == NULL)
    return;

  fd = granary_local_store_open_version (store, version->model_name, version->number, NULL);
  if (fd >= 0)
    options->unmet = granary_service_python_list_unmet (fd, options->python);
}

/* Public functions */

GranaryPublishOptions *
granary_local_service_prepare (GranaryLocalStore  *store,
                               gint64              version_id,
                               const char         *python,
                               GError            **error)
{
  g_autoptr (GranaryPublishOptions) options = granary_publish_options_new ();
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GPtrArray) services = NULL;

  version = granary_catalog_load_version (store->catalog, version_id, error);
  if (version == NULL)
    return NULL;
  services = granary_catalog_list_services (store->catalog, NULL, NULL, error);
  if (services == NULL)
    return NULL;

  list_groups (services, version->model_uid, options->groups);
  options->name = make_name (options->groups, version->model_name);
  find_problem (store, version, options);
  if (version->status == GRANARY_STATUS_READY)
    find_python (store, version, python, options);

  options->has_sandbox = granary_sandbox_get_kind (granary_sandbox_probe ()) !=
                         GRANARY_SANDBOX_NONE;
  options->has_gpu = has_entry ("/dev", "nvidia") || has_entry ("/dev/dri", "renderD");
  options->memory = get_memory ();

  return g_steal_pointer (&options);
}
