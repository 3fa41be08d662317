/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-images.h"

#include <string.h>

#include "granary-tione-private.h"

/* Container registries: enterprise instances and the personal edition. Offsets count items for
 * instances and in the personal edition; elsewhere they are numbers of pages, from 1 on. Source: the
 * vendor's published types of TCR. */

#define PAGE_SIZE 100
#define ENTERPRISE_SUFFIX ".tencentcloudcr.com"
/* There is one personal registry for all regions of the mainland. */
#define PERSONAL_DOMAIN "ccr.ccs.tencentyun.com"
#define PERSONAL_REGION "ap-guangzhou"
#define NO_USER "ResourceNotFound.ErrNoUser"

/* One page that is being asked for. */
typedef struct
{
  GranaryTionePlace       *place;
  const GranaryImagePlace *at;   /* NULL for all registries */
  const char              *text; /* NULL for everything */
  guint                    number;
  GranaryImagePage        *page;
} Browse;

/* Asking */

static JsonBuilder *
begin (void)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  return builder;
}

static void
add_text (JsonBuilder *builder,
          const char  *name,
          const char  *value)
{
  if (value == NULL)
    return;

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_page (JsonBuilder *builder,
          gint64       offset)
{
  json_builder_set_member_name (builder, "Offset");
  json_builder_add_int_value (builder, offset);
  json_builder_set_member_name (builder, "Limit");
  json_builder_add_int_value (builder, PAGE_SIZE);
}

static gint64
count_before (Browse *self)
{
  return (gint64) self->number * PAGE_SIZE;
}

/* A registry is only known in its own region. */
static JsonNode *
call (Browse        *self,
      const char    *action,
      JsonBuilder   *builder,
      GCancellable  *cancellable,
      GError       **error)
{
  GranaryApiCall api_call = {
    .service = GRANARY_CLOUD_TCR, .action = action,
    .region = self->at != NULL ? self->at->region : NULL,
  };
  g_autoptr (JsonNode) parameters = NULL;

  json_builder_end_object (builder);
  parameters = json_builder_get_root (builder);

  return granary_api_call (self->place->api, &api_call, parameters, cancellable, error);
}

/* The array at @path, which may be null, and whether there is another page after it. */
static gboolean
read_list (Browse      *self,
           JsonNode    *answer,
           const char  *action,
           const char  *path,
           const char  *total_path,
           JsonArray  **list,
           GError     **error)
{
  g_autofree char *parent = g_strndup (path, strcspn (path, "."));
  gboolean is_inside = strchr (path, '.') != NULL;
  gint64 total;
  guint n_items;

  /* What surrounds the list may be null as well. */
  if (is_inside && granary_json_get_object (answer, parent) == NULL)
    {
      *list = NULL;
      if (granary_json_lookup (answer, parent) == NULL)
        return TRUE;
      granary_tione_set_malformed (error, action);
      return FALSE;
    }
  if (!granary_tione_get_list (is_inside ? granary_json_lookup (answer, parent) : answer,
                               is_inside ? path + strlen (parent) + 1 : path, action, list, error))
    return FALSE;

  n_items = *list != NULL ? json_array_get_length (*list) : 0;
  if (granary_json_get_int (answer, total_path, &total))
    self->page->has_more = n_items > 0 && total > count_before (self) + PAGE_SIZE;
  else
    self->page->has_more = n_items >= PAGE_SIZE;

  return TRUE;
}

static JsonNode *
get_item (JsonArray *list,
          guint      position)
{
  return json_array_get_element (list, position);
}

/* Places and images */

static gboolean
contains (const char *name,
          const char *text)
{
  g_autofree char *folded_name = g_utf8_casefold (name, -1);
  g_autofree char *folded_text = NULL;

  if (text == NULL || *text == '\0')
    return TRUE;
  folded_text = g_utf8_casefold (text, -1);

  return strstr (folded_name, folded_text) != NULL;
}

/* A place below @at, or beside it when that is none. */
static GranaryImagePlace *
add_place (Browse     *self,
           const char *title)
{
  GranaryImagePlace *place = granary_image_place_copy (self->at);

  if (place == NULL)
    {
      place = granary_image_place_new (GRANARY_IMAGE_ENTERPRISE, title);
    }
  else
    {
      g_set_str (&place->title, title);
      g_clear_pointer (&place->subtitle, g_free);
    }
  g_ptr_array_add (self->page->places, place);

  return place;
}

static void
add_repository (Browse     *self,
                JsonNode   *item,
                const char *name_path,
                const char *subtitle_path)
{
  g_autofree char *name = granary_tione_dup_text (item, name_path);
  gsize length = strlen (self->at->name_space);
  GranaryImagePlace *place;

  /* `NAMESPACE/REPOSITORY`, the latter with more slashes at times. */
  if (name == NULL || strncmp (name, self->at->name_space, length) != 0 || name[length] != '/' ||
      name[length + 1] == '\0')
    return;

  place = add_place (self, name + length + 1);
  place->repository = g_strdup (name + length + 1);
  place->subtitle = granary_tione_dup_text (item, subtitle_path);
}

static char *
make_record (Browse     *self,
             const char *address)
{
  gboolean is_personal = self->at->kind == GRANARY_IMAGE_PERSONAL;
  g_autoptr (JsonBuilder) builder = begin ();
  g_autoptr (JsonNode) root = NULL;

  add_text (builder, "ImageType", is_personal ? "CCR" : "TCR");
  add_text (builder, "ImageUrl", address);
  add_text (builder, "RegistryRegion", self->at->region);
  add_text (builder, "RegistryId", self->at->registry);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);

  return granary_json_to_text (root, FALSE);
}

static GranaryImage *
add_image (Browse     *self,
           const char *domain,
           const char *tag)
{
  g_autofree char *address = g_strdup_printf ("%s/%s/%s:%s", domain, self->at->name_space,
                                              self->at->repository, tag);
  GranaryImage *image = granary_image_new (self->at->kind, address, tag);

  image->record = make_record (self, address);
  g_ptr_array_add (self->page->images, image);

  return image;
}

static char *
dup_domain (const GranaryImagePlace *at)
{
  if (at->domain != NULL && *at->domain != '\0')
    return g_strdup (at->domain);

  return at->kind == GRANARY_IMAGE_PERSONAL ? g_strdup (PERSONAL_DOMAIN)
                                            : g_strconcat (at->title, ENTERPRISE_SUFFIX, NULL);
}

/* All registries */

static void
add_personal (Browse *self)
{
  GranaryImagePlace *place;

  if (self->number > 0 || !contains (PERSONAL_DOMAIN, self->text))
    return;

  place = add_place (self, PERSONAL_DOMAIN);
  place->kind = GRANARY_IMAGE_PERSONAL;
  place->registry = g_strdup ("");
  place->region = g_strdup (PERSONAL_REGION);
  place->domain = g_strdup (PERSONAL_DOMAIN);
}

/* One that does not run answers nothing. */
static void
add_registry (Browse   *self,
              JsonNode *item)
{
  const char *status = granary_json_get_string (item, "Status");
  g_autofree char *name = granary_tione_dup_text (item, "RegistryName");
  g_autofree char *id = granary_tione_dup_text (item, "RegistryId");
  g_autofree char *region = granary_tione_dup_text (item, "RegionName");
  GranaryImagePlace *place;

  if (id == NULL || status == NULL || g_ascii_strcasecmp (status, "Running") != 0 ||
      !contains (name != NULL ? name : id, self->text))
    return;

  place = add_place (self, name != NULL ? name : id);
  place->registry = g_steal_pointer (&id);
  place->region = region != NULL
                  ? g_steal_pointer (&region)
                  : g_strdup (granary_account_get_region (self->place->account));
  place->subtitle = g_strdup (place->region);
  place->domain = granary_tione_dup_text (item, "PublicDomain");
  if (place->domain == NULL)
    place->domain = dup_domain (place);
}

static gboolean
list_registries (Browse        *self,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autoptr (JsonBuilder) builder = begin ();
  g_autoptr (JsonNode) answer = NULL;
  JsonArray *list;

  add_personal (self);
  add_page (builder, count_before (self));
  json_builder_set_member_name (builder, "AllRegion");
  json_builder_add_boolean_value (builder, TRUE);
  answer = call (self, "DescribeInstances", builder, cancellable, error);
  if (answer == NULL ||
      !read_list (self, answer, "DescribeInstances", "Registries", "TotalCount", &list, error))
    return FALSE;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    add_registry (self, get_item (list, i));

  return TRUE;
}

/* Enterprise */

static gboolean
list_namespaces (Browse        *self,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autoptr (JsonBuilder) builder = begin ();
  g_autoptr (JsonNode) answer = NULL;
  JsonArray *list;

  add_text (builder, "RegistryId", self->at->registry);
  add_text (builder, "NamespaceName", self->text);
  add_page (builder, (gint64) self->number + 1);
  answer = call (self, "DescribeNamespaces", builder, cancellable, error);
  if (answer == NULL ||
      !read_list (self, answer, "DescribeNamespaces", "NamespaceList", "TotalCount", &list, error))
    return FALSE;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      g_autofree char *name = granary_tione_dup_text (get_item (list, i), "Name");

      if (name != NULL)
        add_place (self, name)->name_space = g_strdup (name);
    }

  return TRUE;
}

static gboolean
list_repositories (Browse        *self,
                   GCancellable  *cancellable,
                   GError       **error)
{
  g_autoptr (JsonBuilder) builder = begin ();
  g_autoptr (JsonNode) answer = NULL;
  JsonArray *list;

  add_text (builder, "RegistryId", self->at->registry);
  add_text (builder, "NamespaceName", self->at->name_space);
  add_text (builder, "RepositoryName", self->text);
  add_page (builder, (gint64) self->number + 1);
  answer = call (self, "DescribeRepositories", builder, cancellable, error);
  if (answer == NULL ||
      !read_list (self, answer, "DescribeRepositories", "RepositoryList", "TotalCount", &list,
                  error))
    return FALSE;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    add_repository (self, get_item (list, i), "Name", "BriefDescription");

  return TRUE;
}

static gboolean
list_tags (Browse        *self,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autofree char *domain = dup_domain (self->at);
  g_autoptr (JsonBuilder) builder = begin ();
  g_autoptr (JsonNode) answer = NULL;
  JsonArray *list;

  add_text (builder, "RegistryId", self->at->registry);
  add_text (builder, "NamespaceName", self->at->name_space);
  add_text (builder, "RepositoryName", self->at->repository);
  add_text (builder, "ImageVersion", self->text);
  add_page (builder, (gint64) self->number + 1);
  answer = call (self, "DescribeImages", builder, cancellable, error);
  if (answer == NULL ||
      !read_list (self, answer, "DescribeImages", "ImageInfoList", "TotalCount", &list, error))
    return FALSE;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *item = get_item (list, i);
      g_autofree char *tag = granary_tione_dup_text (item, "ImageVersion");
      GranaryImage *image;

      if (tag == NULL)
        continue;
      image = add_image (self, domain, tag);
      image->subtitle = granary_tione_dup_text (item, "Digest");
      if (!granary_json_get_int (item, "Size", &image->size) || image->size < 0)
        image->size = -1;
      granary_tione_parse_time (granary_json_get_string (item, "UpdateTime"), &image->updated);
    }

  return TRUE;
}

/* Personal */

static gboolean
list_personal_namespaces (Browse        *self,
                          GCancellable  *cancellable,
                          GError       **error)
{
  g_autoptr (JsonBuilder) builder = begin ();
  g_autoptr (JsonNode) answer = NULL;
  JsonArray *list;

  add_text (builder, "Namespace", self->text != NULL ? self->text : "");
  add_page (builder, count_before (self));
  answer = call (self, "DescribeNamespacePersonal", builder, cancellable, error);
  if (answer == NULL ||
      !read_list (self, answer, "DescribeNamespacePersonal", "Data.NamespaceInfo",
                  "Data.NamespaceCount", &list, error))
    return FALSE;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      g_autofree char *name = granary_tione_dup_text (get_item (list, i), "Namespace");

      if (name != NULL)
        add_place (self, name)->name_space = g_strdup (name);
    }

  return TRUE;
}

static gboolean
list_personal_repositories (Browse        *self,
                            GCancellable  *cancellable,
                            GError       **error)
{
  g_autoptr (JsonBuilder) builder = begin ();
  g_autoptr (JsonNode) answer = NULL;
  JsonArray *list;

  add_text (builder, "RepoName", self->text);
  add_text (builder, "Namespace", self->at->name_space);
  add_page (builder, count_before (self));
  answer = call (self, "DescribeRepositoryFilterPersonal", builder, cancellable, error);
  if (answer == NULL ||
      !read_list (self, answer, "DescribeRepositoryFilterPersonal", "Data.RepoInfo",
                  "Data.TotalCount", &list, error))
    return FALSE;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    add_repository (self, get_item (list, i), "RepoName", "Description");

  return TRUE;
}

static gboolean
list_personal_tags (Browse        *self,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autofree char *name = g_strconcat (self->at->name_space, "/", self->at->repository, NULL);
  g_autofree char *domain = NULL;
  g_autoptr (JsonBuilder) builder = begin ();
  g_autoptr (JsonNode) answer = NULL;
  JsonArray *list;

  add_text (builder, "RepoName", name);
  add_text (builder, "Tag", self->text);
  add_page (builder, count_before (self));
  answer = call (self, "DescribeImagePersonal", builder, cancellable, error);
  if (answer == NULL ||
      !read_list (self, answer, "DescribeImagePersonal", "Data.TagInfo", "Data.TagCount", &list,
                  error))
    return FALSE;

  /* The answer knows best where its images are. */
  domain = granary_tione_dup_text (answer, "Data.Server");
  if (domain == NULL)
    domain = dup_domain (self->at);
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *item = get_item (list, i);
      g_autofree char *tag = granary_tione_dup_text (item, "TagName");
      GranaryImage *image;

      if (tag == NULL)
        continue;
      image = add_image (self, domain, tag);
      image->subtitle = granary_tione_dup_text (item, "ImageId");
      if (!granary_json_get_int (item, "SizeByte", &image->size) || image->size < 0)
        image->size = -1;
      if (!granary_tione_parse_time (granary_json_get_string (item, "PushTime"), &image->updated))
        granary_tione_parse_time (granary_json_get_string (item, "UpdateTime"), &image->updated);
    }

  return TRUE;
}

static gboolean
list (Browse        *self,
      GCancellable  *cancellable,
      GError       **error)
{
  gboolean is_personal = self->at != NULL && self->at->kind == GRANARY_IMAGE_PERSONAL;

  if (self->at == NULL)
    return list_registries (self, cancellable, error);
  if (self->at->name_space == NULL)
    return is_personal ? list_personal_namespaces (self, cancellable, error)
                       : list_namespaces (self, cancellable, error);
  if (self->at->repository == NULL)
    return is_personal ? list_personal_repositories (self, cancellable, error)
                       : list_repositories (self, cancellable, error);

  return is_personal ? list_personal_tags (self, cancellable, error)
                     : list_tags (self, cancellable, error);
}

/* Why there is nothing here. */
static GError *
make_note (Browse       *self,
           const GError *refusal)
{
  const char *subject = self->at != NULL ? self->at->registry : "TCR";
  GError *note = NULL;

  if (self->at != NULL && (subject == NULL || *subject == '\0'))
    subject = PERSONAL_DOMAIN;
  granary_tione_fail (&note, refusal->code, GRANARY_REASON_REGISTRY_UNAVAILABLE, subject);
  granary_tione_take_details (note, refusal);

  return note;
}

/**
 * granary_tione_browse_images:
 * @place: the connection
 * @at: (nullable): a registry, namespace or repository; %NULL for all registries
 * @text: (nullable): part of the names wanted
 * @page: from 0
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Blocks. A registry that may not be listed, does not run or is not there any more is a page with a
 * note; a personal edition that was never opened is an empty page.
 *
 * Returns: (transfer full): what is there
 */
GranaryImagePage *
granary_tione_browse_images (GranaryTionePlace        *place,
                             const GranaryImagePlace  *at,
                             const char               *text,
                             guint                     page,
                             GCancellable             *cancellable,
                             GError                  **error)
{
  g_autoptr (GranaryImagePage) answer = granary_image_page_new ();
  g_autoptr (GError) local_error = NULL;
  Browse self = {
    .place = place, .at = at, .text = text != NULL && *text != '\0' ? text : NULL, .number = page,
    .page = answer,
  };

  if (list (&self, cancellable, &local_error))
    return g_steal_pointer (&answer);

  if (at != NULL && at->kind == GRANARY_IMAGE_PERSONAL &&
      g_strcmp0 (granary_error_get_remote_code (local_error), NO_USER) == 0)
    return g_steal_pointer (&answer);
  if (!granary_tione_is_refused (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  answer->note = make_note (&self, local_error);
  return g_steal_pointer (&answer);
}
