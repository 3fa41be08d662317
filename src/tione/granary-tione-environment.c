/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-environment-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"

#define MAX_IMAGES 1000
#define PAGE_SIZE 100

/* An image of the platform, from whichever list had it. */
typedef struct
{
  char *id;          /* (owned) */
  char *name;        /* (owned) (nullable) */
  char *url;         /* (owned) */
  char *framework;   /* (owned) (nullable) */
  char *groups;      /* (owned) (nullable): frameworks it serves as well, each between spaces */
} Image;

static void
image_free (gpointer data)
{
  Image *image = data;

  g_free (image->id);
  g_free (image->name);
  g_free (image->url);
  g_free (image->framework);
  g_free (image->groups);
  g_free (image);
}

static void
add_image (GPtrArray  *images,
           const char *id,
           const char *name,
           const char *url,
           const char *framework,
           const char *groups)
{
  Image *image;

  if (url == NULL || *url == '\0' || images->len >= MAX_IMAGES)
    return;

  image = g_new0 (Image, 1);
  image->id = g_strdup (id != NULL && *id != '\0' ? id : name != NULL ? name : url);
  image->name = g_strdup (name);
  image->url = g_strdup (url);
  image->framework = g_strdup (framework);
  image->groups = g_strdup (groups);
  g_ptr_array_add (images, image);
}

/* The lists */

/* An account may not be offered a list, or not be allowed to read it: then the next one is asked.
 * Everything else is an error. */
static gboolean
call (GranaryTionePlace  *place,
      const char         *action,
      JsonNode           *parameters,
      JsonNode          **answer,
      GCancellable       *cancellable,
      GError            **error)
{
  GranaryApiCall api_call = { .service = GRANARY_CLOUD_TIONE, .action = action };
  g_autoptr (GError) local_error = NULL;

  *answer = granary_api_call (place->api, &api_call, parameters, cancellable, &local_error);
  if (*answer != NULL)
    return TRUE;
  if (granary_api_is_withdrawn (local_error) ||
      g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_FORBIDDEN) ||
      granary_error_matches_reason (local_error, GRANARY_REASON_CALL_REFUSED))
    {
      g_debug ("%s: %s", action, local_error->message);
      return TRUE;
    }

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static JsonNode *
get_element (JsonArray *array,
             guint      position)
{
  return json_array_get_element (array, position);
}

/* DescribeInferTemplates: retired, but where it still answers it pairs frameworks and images. */
static gboolean
list_templates (GranaryTionePlace  *place,
                GPtrArray          *images,
                GCancellable       *cancellable,
                GError            **error)
{
  g_autoptr (JsonNode) answer = NULL;
  JsonArray *frameworks;

  if (!call (place, "DescribeInferTemplates", NULL, &answer, cancellable, error))
    return FALSE;

  frameworks = granary_json_get_array (answer, "FrameworkTemplates");
  for (guint f = 0; frameworks != NULL && f < json_array_get_length (frameworks); f++)
    {
      JsonNode *framework = get_element (frameworks, f);
      JsonArray *templates = granary_json_get_array (framework, "InferTemplates");
      JsonArray *groups = granary_json_get_array (framework, "Groups");
      g_autoptr (GString) names = g_string_new (" ");

      for (guint g = 0; groups != NULL && g < json_array_get_length (groups); g++)
        {
          const char *name = granary_json_get_string (get_element (groups, g), "");

          if (name != NULL)
            g_string_append_printf (names, "%s ", name);
        }
      for (guint t = 0; templates != NULL && t < json_array_get_length (templates); t++)
        {
          JsonNode *item = get_element (templates, t);

          add_image (images, granary_json_get_string (item, "InferTemplateId"), NULL,
                     granary_json_get_string (item, "InferTemplateImage"),
                     granary_json_get_string (framework, "Framework"), names->str);
        }
    }

  return TRUE;
}

static JsonNode *
make_image_query (gint64 offset)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "Filters");
  json_builder_begin_array (builder);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "Name");
  json_builder_add_string_value (builder, "ImageRange");
  json_builder_set_member_name (builder, "Values");
  json_builder_begin_array (builder);
  json_builder_add_string_value (builder, "Inference");
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "Offset");
  json_builder_add_int_value (builder, offset);
  json_builder_set_member_name (builder, "Limit");
  json_builder_add_int_value (builder, PAGE_SIZE);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

static gboolean
list_platform_images (GranaryTionePlace  *place,
                      GPtrArray          *images,
                      GCancellable       *cancellable,
                      GError            **error)
{
  for (gint64 offset = 0; offset < MAX_IMAGES; offset += PAGE_SIZE)
    {
      g_autoptr (JsonNode) parameters = make_image_query (offset);
      g_autoptr (JsonNode) answer = NULL;
      JsonArray *items;
      guint n_items;

      if (!call (place, "DescribePlatformImages", parameters, &answer, cancellable, error))
        return FALSE;

      items = granary_json_get_array (answer, "PlatformImageInfos");
      n_items = items != NULL ? json_array_get_length (items) : 0;
      for (guint i = 0; i < n_items; i++)
        {
          JsonNode *item = get_element (items, i);

          add_image (images, granary_json_get_string (item, "ImageName"),
                     granary_json_get_string (item, "ImageId"),
                     granary_json_get_string (item, "ImageUrl"),
                     granary_json_get_string (item, "Framework"), NULL);
        }
      if (n_items < PAGE_SIZE)
        break;
    }

  return TRUE;
}

static gboolean
list_built_in_images (GranaryTionePlace  *place,
                      GPtrArray          *images,
                      GCancellable       *cancellable,
                      GError            **error)
{
  g_autoptr (JsonNode) answer = NULL;
  JsonArray *items;

  if (!call (place, "DescribeBuildInImages", NULL, &answer, cancellable, error))
    return FALSE;

  items = granary_json_get_array (answer, "BuildInImageInfos");
  for (guint i = 0; items != NULL && i < json_array_get_length (items); i++)
    {
      JsonNode *item = get_element (items, i);

      add_image (images, granary_json_get_string (item, "ImageName"), NULL,
                 granary_json_get_string (item, "ImageUrl"), NULL, NULL);
    }

  return TRUE;
}

/* Choosing */

/* Spellings of one image differ in these: `pytorch1.9.0-py38(gpu)`, `PyTorch1.9.0_py38 (GPU)`. */
static char *
fold (const char *text)
{
  GString *folded = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at++)
    {
      if (strchr ("_- \t", *at) == NULL)
        g_string_append_c (folded, g_ascii_tolower (*at));
    }

  return g_string_free (folded, FALSE);
}

static gboolean
is_same (const char *folded,
         const char *text)
{
  g_autofree char *other = text != NULL ? fold (text) : NULL;

  return other != NULL && g_str_equal (folded, other);
}

static const Image *
find_image (GPtrArray  *images,
            const char *wanted)
{
  g_autofree char *folded = fold (wanted);

  for (guint i = 0; i < images->len; i++)
    {
      const Image *image = g_ptr_array_index (images, i);

      if (is_same (folded, image->id) || is_same (folded, image->name) ||
          is_same (folded, image->url))
        return image;
    }

  return NULL;
}

static gboolean
serves (const Image *image,
        const char  *framework)
{
  static const struct
  {
    const char *framework;
    const char *part;
  } parts[] = {
    { "PYTORCH", "torch" }, { "TENSORFLOW", "tensorflow" }, { "TENSORFLOW", "tf" },
    { "ONNX", "onnx" }, { "PMML", "pmml" }, { "DETECTRON2", "detectron2" },
    { "DETECTRON2", "torch" }, { "MMDETECTION", "mmdet" }, { "MMDETECTION", "torch" },
  };
  g_autofree char *group = g_strconcat (" ", framework, " ", NULL);
  g_autofree char *id = NULL;

  if (image->framework != NULL && *image->framework != '\0')
    {
      if (g_ascii_strcasecmp (image->framework, framework) == 0 ||
          (image->groups != NULL && strstr (image->groups, group) != NULL))
        return TRUE;
    }

  /* Nothing but its name tells what a built-in image is for. */
  id = g_ascii_strdown (image->id, -1);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      if (g_str_equal (parts[i].framework, framework) && strstr (id, parts[i].part) != NULL)
        return TRUE;
    }

  return FALSE;
}

static const Image *
recommend_image (GPtrArray  *images,
                 const char *framework)
{
  if (framework == NULL)
    return images->len > 0 ? g_ptr_array_index (images, 0) : NULL;

  for (guint i = 0; i < images->len; i++)
    {
      const Image *image = g_ptr_array_index (images, i);

      if (serves (image, framework))
        return image;
    }

  return NULL;
}

/* The record */

static void
add_text (JsonObject *object,
          const char *name,
          const char *value)
{
  if (value != NULL && *value != '\0')
    json_object_set_string_member (object, name, value);
}

static JsonNode *
to_node (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

static JsonNode *
make_system (const char *id,
             const char *url)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "ReasoningEnvironmentSource", "SYSTEM");
  add_text (object, "ReasoningEnvironment", url);
  add_text (object, "ReasoningEnvironmentId", id);

  return to_node (object);
}

/* The type of a registry goes by its host (the console's own rule is not published). */
static const char *
get_image_type (const char *address)
{
  g_autofree char *host = g_strndup (address, strcspn (address, "/"));
  char *colon = strchr (host, ':');

  if (colon != NULL)
    *colon = '\0';
  if (g_str_has_suffix (host, ".tencentcloudcr.com"))
    return "TCR";
  if (g_str_equal (host, "ccr.ccs.tencentyun.com") || g_str_has_suffix (host, ".ccs.tencentyun.com"))
    return "CCR";

  return "CUSTOM";
}

/* `HOST[:PORT]/NAME[:TAG]` of printable characters without spaces; a path of this computer is
 * none. */
static gboolean
is_address (const char *text)
{
  const char *slash = strchr (text, '/');

  if (slash == NULL || slash == text || slash[1] == '\0' ||
      memchr (text, '.', (gsize) (slash - text)) == NULL)
    return FALSE;
  for (const char *at = text; *at != '\0'; at++)
    {
      if (!g_ascii_isgraph (*at))
        return FALSE;
    }

  return TRUE;
}

static JsonNode *
make_custom (const char *address,
             JsonNode   *known)
{
  JsonObject *object = json_object_new ();
  JsonObject *image;

  if (known != NULL)
    {
      image = json_object_ref (json_node_get_object (known));
    }
  else
    {
      image = json_object_new ();
      json_object_set_string_member (image, "ImageType", get_image_type (address));
      json_object_set_string_member (image, "ImageUrl", address);
    }
  json_object_set_string_member (object, "ReasoningEnvironmentSource", "CUSTOM");
  json_object_set_object_member (object, "ReasoningImageInfo", image);

  return to_node (object);
}

/* The image of @version as the platform told it, when it is a registry's. */
static JsonNode *
dup_registry_image (JsonNode *remote)
{
  JsonNode *image = granary_json_lookup (remote, "image");
  const char *type = granary_json_get_string (image, "ImageType");
  const char *url = granary_json_get_string (image, "ImageUrl");
  JsonObject *copy;

  if (type == NULL || *type == '\0' || url == NULL || *url == '\0')
    return NULL;

  copy = json_object_new ();
  json_object_set_string_member (copy, "ImageType", type);
  json_object_set_string_member (copy, "ImageUrl", url);
  add_text (copy, "RegistryRegion", granary_json_get_string (image, "RegistryRegion"));
  add_text (copy, "RegistryId", granary_json_get_string (image, "RegistryId"));
  add_text (copy, "ImageName", granary_json_get_string (image, "ImageName"));

  return to_node (copy);
}

/* What a version of the same model runs in, and with @wanted only if it is that. */
static JsonNode *
take_over (GPtrArray  *versions,
           const char *wanted)
{
  for (guint i = 0; versions != NULL && i < versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (versions, i);
      g_autoptr (JsonNode) remote = version->remote != NULL
                                    ? granary_json_parse (version->remote, -1, NULL, NULL) : NULL;
      const char *source = granary_json_get_string (remote, "environment_source");
      const char *url = granary_json_get_string (remote, "environment_url");

      if (source == NULL)
        continue;
      if (g_str_equal (source, "CUSTOM"))
        {
          g_autoptr (JsonNode) image = dup_registry_image (remote);

          if (image != NULL && (wanted == NULL ||
                                g_strcmp0 (granary_json_get_string (image, "ImageUrl"), wanted) == 0))
            return make_custom (NULL, image);
        }
      else if (wanted == NULL && g_str_equal (source, "SYSTEM") && url != NULL && *url != '\0')
        {
          return make_system (version->environment, url);
        }
    }

  return NULL;
}

JsonNode *
granary_tione_environment_resolve (GranaryTionePlace  *place,
                                   const char         *wanted,
                                   const char         *framework,
                                   GPtrArray          *versions,
                                   const char         *subject,
                                   GCancellable       *cancellable,
                                   GError            **error)
{
  static gboolean (*const lists[]) (GranaryTionePlace  *place,
                                    GPtrArray          *images,
                                    GCancellable       *cancellable,
                                    GError            **error) = {
    list_templates, list_platform_images, list_built_in_images,
  };
  g_autoptr (GPtrArray) images = g_ptr_array_new_with_free_func (image_free);
  JsonNode *found;

  if (wanted != NULL && *wanted == '\0')
    wanted = NULL;
  found = take_over (versions, wanted);
  if (found != NULL)
    return found;

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      const Image *image;

      if (!lists[i] (place, images, cancellable, error))
        return NULL;
      image = wanted != NULL ? find_image (images, wanted) : recommend_image (images, framework);
      if (image != NULL)
        return make_system (image->id, image->url);
    }

  if (wanted != NULL && is_address (wanted))
    return make_custom (wanted, NULL);

  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_ENVIRONMENT_UNSET, subject,
                     "no environment “%s” for %s", wanted != NULL ? wanted : "", subject);
  return NULL;
}
