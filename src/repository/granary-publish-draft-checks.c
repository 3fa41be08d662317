/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-publish-draft-private.h"

#include <string.h>

#include "granary-error.h"

/* What a prepaid service gets at first: two cores and 4 GiB. */
#define DEFAULT_CPU 2000
#define DEFAULT_MEMORY 4096

/* What its services were allowed */

/**
 * granary_publish_draft_find_grants: (skip)
 * @self: a draft whose version and services are read
 *
 * Finds what services of its model were allowed before. The rest of what is remembered was meant
 * for the code of other models: what is most dangerous of it has to be chosen again.
 */
void
granary_publish_draft_find_grants (GranaryPublishDraft *self)
{
  GranaryPublishGrants grants = { 0 };

  for (guint i = 0; i < self->services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (self->services, i);
      g_autoptr (GranaryPublishProfile) profile = NULL;

      if (service->model_id != self->version->model_id || service->profile == NULL)
        continue;

      profile = granary_publish_profile_from_json (service->profile);
      grants.network |= profile->allow_network;
      grants.gpu |= profile->allow_gpu;
      grants.unsandboxed |= profile->allow_unsandboxed;
      grants.install |= profile->install_requirements;
    }
  self->grants = grants;

  if (self->is_touched)
    return;

  self->profile->allow_unsandboxed &= grants.unsandboxed;
  self->profile->install_requirements &= grants.install;
}

static gboolean
is_granted (GranaryPublishDraft *self)
{
  const GranaryPublishProfile *profile = self->profile;

  return (!profile->allow_network || self->grants.network) &&
         (!profile->allow_gpu || self->grants.gpu) &&
         (!profile->allow_unsandboxed || self->grants.unsandboxed) &&
         (!profile->install_requirements || self->grants.install);
}

/* Choosing what is likely */

static const GranaryServiceSpec *
find_spec (GPtrArray  *specs,
           const char *name)
{
  for (guint i = 0; i < specs->len && name != NULL; i++)
    {
      const GranaryServiceSpec *spec = g_ptr_array_index (specs, i);

      if (g_strcmp0 (spec->name, name) == 0)
        return spec;
    }

  return NULL;
}

/* The first that can be had, rather one without a GPU. */
static const GranaryServiceSpec *
find_likely_spec (GPtrArray *specs)
{
  const GranaryServiceSpec *likely = NULL;

  for (guint i = 0; i < specs->len; i++)
    {
      const GranaryServiceSpec *spec = g_ptr_array_index (specs, i);

      if (!spec->is_available)
        continue;
      if (!spec->is_gpu)
        return spec;
      if (likely == NULL)
        likely = spec;
    }

  return likely;
}

static void
choose_resources (GranaryPublishDraft *self)
{
  const GranaryPublishOptions *options = self->options;
  GranaryPublishProfile *profile = self->profile;
  const GranaryServiceSpec *spec;

  if (profile->charge_type == NULL)
    profile->charge_type = g_strdup (options->specs->len == 0 && options->resource_groups->len > 0
                                     ? GRANARY_CHARGE_PREPAID : GRANARY_CHARGE_POSTPAID);
  if (find_spec (options->specs, profile->instance_type) == NULL)
    {
      spec = find_likely_spec (options->specs);
      g_set_str (&profile->instance_type, spec != NULL ? spec->name : NULL);
    }
  if (find_spec (options->resource_groups, profile->resource_group) == NULL)
    {
      spec = find_likely_spec (options->resource_groups);
      g_set_str (&profile->resource_group, spec != NULL ? spec->name : NULL);
    }
  if (profile->cpu <= 0)
    profile->cpu = DEFAULT_CPU;
  if (profile->memory <= 0)
    profile->memory = DEFAULT_MEMORY;
}

static const GranaryServiceGroup *
find_group (GranaryPublishDraft *self,
            const char          *uid)
{
  for (guint i = 0; self->options != NULL && uid != NULL && i < self->options->groups->len; i++)
    {
      const GranaryServiceGroup *group = g_ptr_array_index (self->options->groups, i);

      if (g_strcmp0 (group->uid, uid) == 0)
        return group;
    }

  return NULL;
}

static void
choose_target (GranaryPublishDraft *self)
{
  const GranaryServiceGroup *group = NULL;

  if (self->options->groups->len > 0)
    group = g_ptr_array_index (self->options->groups, 0);
  if (group != NULL && g_strcmp0 (group->model_name, self->version->model_name) == 0)
    {
      self->is_new = FALSE;
      g_set_str (&self->group, group->uid);
    }
  else
    {
      self->is_new = TRUE;
      g_clear_pointer (&self->group, g_free);
    }
  if (self->options->name != NULL)
    g_set_str (&self->name, self->options->name);
}

/**
 * granary_publish_draft_choose: (skip)
 * @self: a draft that was told its options
 *
 * Chooses what is still open: a group that serves the model gets another service, else there will
 * be a new one.
 */
void
granary_publish_draft_choose (GranaryPublishDraft *self)
{
  if (!granary_publish_draft_is_local (self))
    choose_resources (self);
  if (!self->is_touched)
    choose_target (self);
}

/* Problems */

static void
check_target (GranaryPublishDraft *self)
{
  GError **problem = &self->problems[GRANARY_PUBLISH_NAME];

  if (!self->is_new)
    {
      self->is_open |= find_group (self, self->group) == NULL;
      return;
    }
  if (*self->name == '\0')
    {
      self->is_open = TRUE;
      return;
    }
  if (!granary_service_name_check (self->name, problem))
    return;

  for (guint i = 0; i < self->options->groups->len; i++)
    {
      const GranaryServiceGroup *group = g_ptr_array_index (self->options->groups, i);

      if (g_strcmp0 (group->name, self->name) != 0)
        continue;
      granary_set_error (problem, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_NAME_TAKEN,
                         self->name, "group %s has that name", group->uid);
      return;
    }
}

static gboolean
is_variable (const char *entry)
{
  const char *at = entry;

  if (!g_ascii_isalpha (*at) && *at != '_')
    return FALSE;
  while (g_ascii_isalnum (*at) || *at == '_')
    at++;

  return *at == '=';
}

static void
check_environment (GranaryPublishDraft *self)
{
  GError **problem = &self->problems[GRANARY_PUBLISH_ENVIRONMENT];
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; self->profile->environment != NULL && self->profile->environment[i] != NULL;
       i++)
    {
      const char *entry = self->profile->environment[i];
      gboolean fine = is_variable (entry);

      if (fine)
        fine = g_hash_table_add (names, g_strndup (entry, strcspn (entry, "=")));
      if (!fine)
        {
          granary_set_error (problem, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_NONE, entry,
                             "not a variable, or there already: %s", entry);
          return;
        }
    }
}

static void
check_local (GranaryPublishDraft *self)
{
  const GranaryPublishOptions *options = self->options;
  g_autofree char *object = NULL;

  if (!options->has_sandbox && !self->profile->allow_unsandboxed)
    {
      object = g_strdup_printf ("%s v%d", self->version->model_name, self->version->number);
      granary_set_error (&self->problems[GRANARY_PUBLISH_SANDBOX], GRANARY_ERROR_UNSUPPORTED,
                         GRANARY_REASON_SANDBOX_MISSING, object, "no sandbox");
    }
  if (options->unmet != NULL && options->unmet[0] != NULL &&
      !self->profile->install_requirements)
    {
      g_autofree char *list = g_strjoinv (", ", options->unmet);

      granary_set_error (&self->problems[GRANARY_PUBLISH_REQUIREMENTS], GRANARY_ERROR_CONFLICT,
                         GRANARY_REASON_REQUIREMENTS_UNMET, list, "requirements are not met");
    }
}

static void
check_cloud (GranaryPublishDraft *self)
{
  const GranaryPublishProfile *profile = self->profile;
  const GranaryServiceSpec *spec;

  if (g_strcmp0 (profile->charge_type, GRANARY_CHARGE_PREPAID) == 0)
    {
      spec = find_spec (self->options->resource_groups, profile->resource_group);
      self->is_open |= spec == NULL || profile->cpu <= 0 || profile->memory <= 0;
    }
  else
    {
      spec = find_spec (self->options->specs, profile->instance_type);
      self->is_open |= spec == NULL;
    }
  if (spec != NULL && !spec->is_available)
    granary_set_error (&self->problems[GRANARY_PUBLISH_SPEC], GRANARY_ERROR_CONFLICT,
                       GRANARY_REASON_SPEC_SOLD_OUT, spec->title, "%s is sold out", spec->name);
  if (self->price == GRANARY_PUBLISH_PRICE_UNKNOWN && !self->any_price)
    self->problems[GRANARY_PUBLISH_PRICE] = g_error_copy (self->price_error);
}

static void
check_version (GranaryPublishDraft *self)
{
  const GError *problem = self->options != NULL ? self->options->problem : NULL;

  if (self->version->status != GRANARY_STATUS_READY)
    {
      g_autofree char *object = g_strdup_printf ("%s v%d", self->version->model_name,
                                                 self->version->number);

      granary_set_error (&self->problems[GRANARY_PUBLISH_VERSION], GRANARY_ERROR_CONFLICT,
                         GRANARY_REASON_VERSION_NOT_READY, object, "%s is not ready", object);
    }
  else if (granary_error_matches_reason (problem, GRANARY_REASON_PYTHON_MISSING))
    self->problems[GRANARY_PUBLISH_PYTHON] = g_error_copy (problem);
  else if (problem != NULL)
    self->problems[GRANARY_PUBLISH_VERSION] = g_error_copy (problem);
}

/**
 * granary_publish_draft_check: (skip)
 * @self: a draft
 *
 * Finds anew what keeps it from being published.
 */
void
granary_publish_draft_check (GranaryPublishDraft *self)
{
  for (guint i = 0; i < GRANARY_N_PUBLISH_FIELDS; i++)
    g_clear_error (&self->problems[i]);
  self->is_open = FALSE;

  if (self->version != NULL)
    check_version (self);
  if (self->options == NULL)
    return;

  check_target (self);
  check_environment (self);
  if (granary_publish_draft_is_local (self))
    check_local (self);
  else
    check_cloud (self);
}

const GError *
granary_publish_draft_get_problem (GranaryPublishDraft *self,
                                   GranaryPublishField  field)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), NULL);
  g_return_val_if_fail (field < GRANARY_N_PUBLISH_FIELDS, NULL);

  return self->problems[field];
}

gboolean
granary_publish_draft_get_ready (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), FALSE);

  if (self->options == NULL || self->version == NULL || self->error != NULL || self->is_open ||
      granary_publish_draft_get_busy (self))
    return FALSE;

  for (guint i = 0; i < GRANARY_N_PUBLISH_FIELDS; i++)
    {
      if (self->problems[i] != NULL)
        return FALSE;
    }

  return self->price != GRANARY_PUBLISH_PRICE_UNSET && self->price != GRANARY_PUBLISH_PRICE_ASKING;
}

/* Whether it costs what was agreed to, for the same. */
static gboolean
is_price_agreed (GranaryPublishDraft *self)
{
  if (g_strcmp0 (self->profile->charge_type, self->remembered->charge_type) != 0)
    return FALSE;
  if (self->price == GRANARY_PUBLISH_PRICE_NONE)
    return TRUE;

  return self->price == GRANARY_PUBLISH_PRICE_KNOWN && self->fen == self->remembered->price &&
         g_strcmp0 (self->profile->instance_type, self->remembered->instance_type) == 0 &&
         self->profile->replicas == self->remembered->replicas;
}

gboolean
granary_publish_draft_get_agreed (GranaryPublishDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), FALSE);

  return self->remembered != NULL && !self->is_touched && granary_publish_draft_get_ready (self) &&
         is_granted (self) && (granary_publish_draft_is_local (self) || is_price_agreed (self));
}

/* Results */

/**
 * granary_publish_draft_get_number:
 * @self: a draft
 *
 * Returns: number that the service gets in its group; 0 while that is open
 */
int
granary_publish_draft_get_number (GranaryPublishDraft *self)
{
  const GranaryServiceGroup *group;
  int number;

  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), 0);

  if (self->is_new)
    return 1;

  group = find_group (self, self->group);
  if (group == NULL)
    return 0;

  number = group->n_services;
  for (guint i = 0; self->services != NULL && i < self->services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (self->services, i);

      if (g_strcmp0 (service->group_uid, self->group) == 0)
        number = MAX (number, service->number);
    }

  return number + 1;
}

const char *
granary_publish_draft_get_title (GranaryPublishDraft *self)
{
  const GranaryServiceGroup *group;

  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), "");

  if (self->is_new)
    return self->name;

  group = find_group (self, self->group);
  return group != NULL ? group->name : "";
}

static gint64
get_agreed_price (GranaryPublishDraft *self)
{
  if (!granary_service_host_has (self->host, GRANARY_SERVICE_HOST_PRICED))
    return -1;
  if (self->price == GRANARY_PUBLISH_PRICE_UNKNOWN)
    return GRANARY_PRICE_ANY;

  /* Nothing more is charged where it is prepaid. */
  return self->fen;
}

GranaryPublishRequest *
granary_publish_draft_make_request (GranaryPublishDraft *self)
{
  g_autoptr (GranaryPublishProfile) profile = NULL;

  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), NULL);
  g_return_val_if_fail (granary_publish_draft_get_ready (self), NULL);

  profile = granary_publish_profile_copy (self->profile);
  profile->price = get_agreed_price (self);

  return granary_publish_request_new (self->version_id, self->is_new ? NULL : self->group,
                                      self->is_new ? self->name : NULL, profile);
}

char *
granary_publish_draft_dup_memory (GranaryPublishDraft *self)
{
  g_autoptr (GranaryPublishProfile) profile = NULL;

  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (self), NULL);

  profile = granary_publish_profile_copy (self->profile);
  g_clear_pointer (&profile->description, g_free);
  /* A price that was not known is agreed to each time. */
  profile->price = self->price == GRANARY_PUBLISH_PRICE_UNKNOWN ? -1 : get_agreed_price (self);

  return granary_publish_profile_to_json (profile);
}
