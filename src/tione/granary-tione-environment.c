/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-environment-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-tione-image-lists-private.h"

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

static const GranaryTioneImage *
find_image (GPtrArray  *images,
            const char *wanted)
{
  g_autofree char *folded = fold (wanted);

  for (guint i = 0; i < images->len; i++)
    {
      const GranaryTioneImage *image = g_ptr_array_index (images, i);

      if (is_same (folded, image->id) || is_same (folded, image->name) ||
          is_same (folded, image->url))
        return image;
    }

  return NULL;
}

static const GranaryTioneImage *
recommend_image (GPtrArray  *images,
                 const char *framework)
{
  if (framework == NULL)
    return images->len > 0 ? g_ptr_array_index (images, 0) : NULL;

  for (guint i = 0; i < images->len; i++)
    {
      const GranaryTioneImage *image = g_ptr_array_index (images, i);

      if (granary_tione_image_serves (image, framework))
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

/* What matters of an ImageInfo; NULL when it is not one of a registry. */
static JsonNode *
dup_registry_image (JsonNode *image)
{
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
          g_autoptr (JsonNode) image = dup_registry_image (granary_json_lookup (remote,
                                                                                   "image"));

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
granary_tione_environment_from_image (const char  *image,
                                      const char  *subject,
                                      GError     **error)
{
  g_autoptr (JsonNode) root = granary_json_parse (image, -1, subject, error);
  g_autoptr (JsonNode) known = NULL;
  const char *url;

  if (root == NULL)
    return NULL;

  known = dup_registry_image (root);
  url = granary_json_get_string (root, "ImageUrl");
  if (known == NULL || !is_address (url))
    {
      granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_IMAGE_ADDRESS,
                          url != NULL ? url : subject);
      return NULL;
    }

  return make_custom (NULL, known);
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
  g_autoptr (GPtrArray) images = granary_tione_images_new ();
  JsonNode *found;

  if (wanted != NULL && *wanted == '\0')
    wanted = NULL;
  found = take_over (versions, wanted);
  if (found != NULL)
    return found;

  for (guint list = 0; list < GRANARY_TIONE_N_IMAGE_LISTS; list++)
    {
      const GranaryTioneImage *image;

      if (!granary_tione_images_add (images, place, list, cancellable, error))
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
