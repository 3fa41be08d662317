/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-service-private.h"

#include <string.h>

#include "granary-tione-private.h"

/* What there is to choose from when a version is published, and what it costs. */

#define PAGE 100
#define SPECS "DescribeBillingSpecs"
#define PRICE "DescribeBillingSpecsPrice"
#define RESOURCES "DescribeBillingResourceGroups"

/* The documented types, for accounts that are not offered the list. */
static const struct
{
  const char *name;
  const char *title;
} documented_specs[] = {
  { "TI.S.MEDIUM.POST", "2C4G" },
  { "TI.S.LARGE.POST", "4C8G" },
  { "TI.S.2XLARGE16.POST", "8C16G" },
  { "TI.S.2XLARGE32.POST", "8C32G" },
  { "TI.S.4XLARGE32.POST", "16C32G" },
  { "TI.S.4XLARGE64.POST", "16C64G" },
  { "TI.S.6XLARGE48.POST", "24C48G" },
  { "TI.S.6XLARGE96.POST", "24C96G" },
  { "TI.S.8XLARGE64.POST", "32C64G" },
  { "TI.S.8XLARGE128.POST", "32C128G" },
  { "TI.GN7.LARGE20.POST", "4C20G T4*1/4" },
  { "TI.GN7.2XLARGE40.POST", "10C40G T4*1/2" },
  { "TI.GN7.2XLARGE32.POST", "8C32G T4*1" },
  { "TI.GN7.5XLARGE80.POST", "20C80G T4*1" },
  { "TI.GN7.8XLARGE128.POST", "32C128G T4*1" },
  { "TI.GN7.10XLARGE160.POST", "40C160G T4*2" },
  { "TI.GN7.20XLARGE320.POST", "80C320G T4*4" },
};

/* Auxiliary functions */

/* Whether the choices can do without: @problem is kept as the note. */
static gboolean
can_do_without (GranaryPublishOptions *options,
                GError                *problem)
{
  if (!granary_tione_is_refused (problem))
    return FALSE;

  if (options->note == NULL)
    options->note = problem;
  else
    g_error_free (problem);
  return TRUE;
}

/* Groups of services */

typedef struct
{
  GranaryPublishOptions *options;
  const char            *model_uid; /* (nullable) */
  guint                  n_of_model;
  GHashTable            *names;     /* (element-type utf8) */
} Groups;

static int
compare_groups (gconstpointer a,
                gconstpointer b)
{
  const GranaryServiceGroup *one = *(GranaryServiceGroup *const *) a;
  const GranaryServiceGroup *other = *(GranaryServiceGroup *const *) b;

  return g_utf8_collate (one->name, other->name);
}

static void
add_group (JsonNode *node,
           gpointer  data)
{
  Groups *self = data;
  JsonArray *services = granary_json_get_array (node, "Services");
  GranaryServiceGroup *group = g_new0 (GranaryServiceGroup, 1);
  gboolean is_of_model = FALSE;
  gint64 count;

  group->uid = granary_tione_dup_text (node, "ServiceGroupId");
  group->name = granary_tione_dup_text (node, "ServiceGroupName");
  if (group->name == NULL)
    group->name = g_strdup (group->uid);
  else
    g_hash_table_add (self->names, g_ascii_strdown (group->name, -1));
  if (granary_json_get_int (node, "ServiceCount", &count))
    group->n_services = (int) CLAMP (count, 0, G_MAXINT);
  else
    group->n_services = services != NULL ? (int) json_array_get_length (services) : 0;

  for (guint i = 0; services != NULL && i < json_array_get_length (services); i++)
    {
      JsonNode *model = granary_json_lookup (json_array_get_element (services, i),
                                             "ServiceInfo.ModelInfo");
      g_autofree char *uid = granary_tione_dup_text (model, "ModelId");
      gboolean is_it = uid != NULL && g_strcmp0 (uid, self->model_uid) == 0;

      if (group->model_name == NULL || (is_it && !is_of_model))
        {
          g_free (group->model_name);
          group->model_name = granary_tione_dup_text (model, "ModelName");
        }
      is_of_model = is_of_model || is_it;
    }

  if (is_of_model)
    g_ptr_array_insert (self->options->groups, (int) self->n_of_model++, group);
  else
    g_ptr_array_add (self->options->groups, group);
}

static void
sort_groups (Groups *self)
{
  GPtrArray *groups = self->options->groups;

  /* An empty array has no memory, which qsort() may not be given. */
  if (groups->len == 0)
    return;

  qsort (groups->pdata, self->n_of_model, sizeof (gpointer), compare_groups);
  qsort (groups->pdata + self->n_of_model, groups->len - self->n_of_model, sizeof (gpointer),
         compare_groups);
}

/* Names of groups are compared without regard to case, to be on the safe side. */
static char *
find_free_name (GHashTable *names,
                const char *model_name)
{
  g_autofree char *base = granary_service_name_suggest (model_name);
  char *name = g_strdup (base);

  for (guint i = 2;; i++)
    {
      g_autofree char *folded = g_ascii_strdown (name, -1);
      g_autofree char *suffix = NULL;

      if (!g_hash_table_contains (names, folded))
        return name;

      suffix = g_strdup_printf ("-%u", i);
      g_free (name);
      name = g_strdup_printf ("%.*s%s", (int) (GRANARY_SERVICE_NAME_MAX - strlen (suffix)), base,
                              suffix);
    }
}

static gboolean
load_groups (GranaryTionePlace      *place,
             GranaryPublishOptions  *options,
             const GranaryVersion   *version,
             GCancellable           *cancellable,
             GError                **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Groups self = { options, version->model_uid, 0, names };
  g_autoptr (GPtrArray) services = NULL;
  GError *problem = NULL;

  if (!granary_tione_each_group (place->api, NULL, add_group, &self, cancellable, &problem) &&
      !can_do_without (options, problem))
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  sort_groups (&self);

  services = granary_catalog_list_services (place->catalog, NULL, NULL, error);
  if (services == NULL)
    return FALSE;
  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);

      g_hash_table_add (names, g_ascii_strdown (service->name, -1));
    }
  options->name = find_free_name (names, version->model_name != NULL ? version->model_name : "");
  return TRUE;
}

/* Instance types */

static JsonNode *
call_specs (GranaryTionePlace  *place,
            GCancellable       *cancellable,
            GError            **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "ChargeType");
  json_builder_add_string_value (builder, GRANARY_CHARGE_POSTPAID);
  json_builder_set_member_name (builder, "TaskType");
  json_builder_add_string_value (builder, "INFERENCE");
  json_builder_end_object (builder);

  return granary_tione_call (place->api, GRANARY_CLOUD_TIONE, SPECS, builder, cancellable, error);
}

/* Read as “can be bought”: see the reference of the call. */
static gboolean
is_available (JsonNode *node)
{
  JsonNode *value = granary_json_lookup (node, "Available");

  return value == NULL || !JSON_NODE_HOLDS_VALUE (value) ||
         json_node_get_value_type (value) != G_TYPE_BOOLEAN || json_node_get_boolean (value);
}

static void
add_spec (GranaryPublishOptions *options,
          const char            *name,
          const char            *title,
          gboolean               is_gpu,
          gboolean               available)
{
  GranaryServiceSpec *spec = g_new0 (GranaryServiceSpec, 1);

  spec->name = g_strdup (name);
  spec->title = g_strdup (title != NULL ? title : name);
  spec->is_gpu = is_gpu;
  spec->is_available = available;
  g_ptr_array_add (options->specs, spec);
}

static gboolean
load_specs (GranaryTionePlace      *place,
            GranaryPublishOptions  *options,
            GCancellable           *cancellable,
            GError                **error)
{
  GError *problem = NULL;
  g_autoptr (JsonNode) answer = call_specs (place, cancellable, &problem);
  JsonArray *list = NULL;

  if (answer != NULL && !granary_tione_get_list (answer, "Specs", SPECS, &list, error))
    return FALSE;
  if (answer == NULL)
    {
      if (!can_do_without (options, problem))
        {
          g_propagate_error (error, problem);
          return FALSE;
        }
      for (guint i = 0; i < G_N_ELEMENTS (documented_specs); i++)
        add_spec (options, documented_specs[i].name, documented_specs[i].title,
                  strchr (documented_specs[i].title, '*') != NULL, TRUE);
      return TRUE;
    }

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      g_autofree char *name = granary_tione_dup_text (node, "SpecName");
      g_autofree char *title = granary_tione_dup_text (node, "SpecAlias");
      g_autofree char *gpu = granary_tione_dup_text (node, "GpuType");

      if (name != NULL)
        add_spec (options, name, title,
                  gpu != NULL || g_strcmp0 (granary_json_get_string (node, "SpecType"), "GPU") == 0,
                  is_available (node));
    }

  return TRUE;
}

/* Prepaid resources */

static gint64
find_free (JsonNode   *node,
           const char *name)
{
  g_autofree char *total_path = g_strconcat ("TotalResource.", name, NULL);
  g_autofree char *used_path = g_strconcat ("UsedResource.", name, NULL);
  gint64 total = 0;
  gint64 used = 0;

  if (!granary_json_get_int (node, total_path, &total))
    return 0;
  granary_json_get_int (node, used_path, &used);

  return MAX (total - used, 0);
}

/* In the platform's own short form, such as `8C48G T4*1`. */
static char *
describe_free (JsonNode *node,
               gboolean *is_gpu)
{
  JsonArray *kinds = granary_json_get_array (node, "TotalResource.GpuDetailSet");
  gint64 gpu = find_free (node, "Gpu");
  gint64 all_gpu = 0;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *kind = NULL;

  granary_json_get_int (node, "TotalResource.Gpu", &all_gpu);
  *is_gpu = all_gpu > 0;
  if (kinds != NULL && json_array_get_length (kinds) > 0)
    kind = granary_tione_dup_text (json_array_get_element (kinds, 0), "Name");

  g_string_append_printf (text, "%gC%gG", find_free (node, "Cpu") / 1000.0,
                          find_free (node, "Memory") / 1024.0);
  if (gpu > 0)
    g_string_append_printf (text, " %s*%g", kind != NULL ? kind : "GPU", gpu / 100.0);

  return g_string_free_and_steal (g_steal_pointer (&text));
}

static void
add_resource_group (GranaryPublishOptions *options,
                    JsonNode              *node)
{
  g_autofree char *uid = granary_tione_dup_text (node, "ResourceGroupId");
  GranaryServiceSpec *spec;
  gint64 total;

  if (uid == NULL)
    return;

  spec = g_new0 (GranaryServiceSpec, 1);
  spec->name = g_steal_pointer (&uid);
  spec->title = granary_tione_dup_text (node, "ResourceGroupName");
  if (spec->title == NULL)
    spec->title = g_strdup (spec->name);
  if (granary_json_get_int (node, "TotalResource.Cpu", &total))
    spec->detail = describe_free (node, &spec->is_gpu);
  spec->is_available = spec->detail == NULL || find_free (node, "Cpu") > 0;
  g_ptr_array_add (options->resource_groups, spec);
}

static gboolean
load_resource_groups (GranaryTionePlace      *place,
                      GranaryPublishOptions  *options,
                      GCancellable           *cancellable,
                      GError                **error)
{
  gint64 total = 1;
  gint64 offset = 0;

  while (offset < total)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autoptr (JsonNode) answer = NULL;
      GError *problem = NULL;
      JsonArray *list;
      guint n;

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "Type");
      json_builder_add_string_value (builder, "INFERENCE");
      json_builder_set_member_name (builder, "DontShowInstanceSet");
      json_builder_add_boolean_value (builder, TRUE);
      json_builder_set_member_name (builder, "Offset");
      json_builder_add_int_value (builder, offset);
      json_builder_set_member_name (builder, "Limit");
      json_builder_add_int_value (builder, PAGE);
      json_builder_end_object (builder);
      answer = granary_tione_call (place->api, GRANARY_CLOUD_TIONE, RESOURCES, builder, cancellable,
                                   &problem);
      if (answer == NULL)
        {
          if (can_do_without (options, problem))
            return TRUE;
          g_propagate_error (error, problem);
          return FALSE;
        }
      if (!granary_tione_get_list (answer, "ResourceGroupSet", RESOURCES, &list, error))
        return FALSE;

      n = list != NULL ? json_array_get_length (list) : 0;
      for (guint i = 0; i < n; i++)
        add_resource_group (options, json_array_get_element (list, i));
      offset += n;
      if (n == 0 || !granary_json_get_int (answer, "TotalCount", &total))
        total = n == PAGE ? offset + 1 : offset;
    }

  return TRUE;
}

/* The version */

static gboolean
has_image (const GranaryVersion *version)
{
  g_autoptr (JsonNode) remote = NULL;
  g_autofree char *url = NULL;

  if (version->remote == NULL)
    return FALSE;
  remote = granary_json_parse (version->remote, -1, NULL, NULL);
  url = granary_tione_dup_text (remote, "environment_url");
  if (url == NULL)
    url = granary_tione_dup_text (remote, "image.ImageUrl");

  return url != NULL;
}

static void
look_for_problem (GranaryPublishOptions *options,
                  const GranaryVersion  *version)
{
  g_autofree char *subject = granary_tione_subject (version->model_name, version->number, NULL);

  if (version->status != GRANARY_STATUS_READY)
    granary_tione_fail (&options->problem, GRANARY_ERROR_CONFLICT, GRANARY_REASON_VERSION_NOT_READY,
                        subject);
  else if (!has_image (version))
    granary_tione_fail (&options->problem, GRANARY_ERROR_INVALID_INPUT,
                        GRANARY_REASON_ENVIRONMENT_UNSET, subject);
}

/* Functions of the host */

GranaryPublishOptions *
granary_tione_publish_options (GranaryTionePlace  *place,
                               gint64              version_id,
                               GCancellable       *cancellable,
                               GError            **error)
{
  g_autoptr (GranaryPublishOptions) options = granary_publish_options_new ();
  g_autoptr (GranaryVersion) version = NULL;

  version = granary_catalog_load_version (place->catalog, version_id, error);
  if (version == NULL)
    return NULL;

  look_for_problem (options, version);
  if (!load_groups (place, options, version, cancellable, error) ||
      !load_specs (place, options, cancellable, error) ||
      !load_resource_groups (place, options, cancellable, error))
    return NULL;

  return g_steal_pointer (&options);
}

gboolean
granary_tione_check_spec (GranaryTionePlace            *place,
                          const GranaryPublishProfile  *profile,
                          GCancellable                 *cancellable,
                          GError                      **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonNode) answer = call_specs (place, cancellable, &local_error);
  JsonArray *list = granary_json_get_array (answer, "Specs");

  if (answer == NULL && !granary_tione_is_refused (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);

      if (g_strcmp0 (granary_json_get_string (node, "SpecName"), profile->instance_type) == 0 &&
          !is_available (node))
        return granary_tione_fail (error, GRANARY_ERROR_QUOTA, GRANARY_REASON_SPEC_SOLD_OUT,
                                   profile->instance_type);
    }

  return TRUE;
}

static gint64
read_price (JsonNode   *answer,
            const char *name)
{
  JsonArray *list = granary_json_get_array (answer, "SpecsPrice");

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      gint64 total = 0;
      gint64 real;

      /* 0 stands for what does not fit in. */
      if (g_strcmp0 (granary_json_get_string (node, "SpecName"), name) != 0 ||
          !granary_json_get_int (node, "TotalCost", &total) || total <= 0)
        continue;

      return granary_json_get_int (node, "RealTotalCost", &real) && real >= 0 ? real : total;
    }

  return -1;
}

gint64
granary_tione_quote (GranaryTionePlace            *place,
                     const GranaryPublishProfile  *profile,
                     GCancellable                 *cancellable,
                     GError                      **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) local_error = NULL;
  GError *failure = NULL;
  gint64 price;

  if (g_strcmp0 (profile->charge_type, GRANARY_CHARGE_PREPAID) == 0)
    return 0;
  if (profile->instance_type == NULL || *profile->instance_type == '\0')
    {
      granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SPEC_UNSET,
                          granary_account_get_name (place->account));
      return -1;
    }

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "SpecsParam");
  json_builder_begin_array (builder);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "SpecName");
  json_builder_add_string_value (builder, profile->instance_type);
  json_builder_set_member_name (builder, "SpecCount");
  json_builder_add_int_value (builder, MAX (profile->replicas, 1));
  json_builder_end_object (builder);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  answer = granary_tione_call (place->api, GRANARY_CLOUD_TIONE, PRICE, builder, cancellable,
                               &local_error);
  if (answer == NULL && !granary_tione_is_refused (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return -1;
    }

  price = read_price (answer, profile->instance_type);
  if (price >= 0)
    return price;

  granary_tione_fail (&failure, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_PRICE_UNKNOWN,
                      profile->instance_type);
  if (local_error != NULL)
    granary_tione_take_details (failure, local_error);
  g_propagate_error (error, failure);
  return -1;
}
