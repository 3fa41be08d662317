/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-image-lists-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-tione-private.h"

#define MAX_IMAGES 1000
#define PAGE_SIZE 100

static void
image_free (gpointer data)
{
  GranaryTioneImage *image = data;

  g_free (image->id);
  g_free (image->name);
  g_free (image->url);
  g_free (image->framework);
  g_free (image->framework_version);
  g_free (image->groups);
  g_free (image->devices);
  g_free (image);
}

GPtrArray *
granary_tione_images_new (void)
{
  return g_ptr_array_new_with_free_func (image_free);
}

/* NULL when there is no more room, or nothing to call it by. */
static GranaryTioneImage *
add_image (GPtrArray  *images,
           JsonNode   *item,
           const char *id,
           const char *name,
           const char *url)
{
  g_autofree char *address = granary_tione_dup_text (item, url);
  GranaryTioneImage *image;

  if (address == NULL || images->len >= MAX_IMAGES)
    return NULL;

  image = g_new0 (GranaryTioneImage, 1);
  image->id = granary_tione_dup_text (item, id);
  image->name = name != NULL ? granary_tione_dup_text (item, name) : NULL;
  if (image->id == NULL)
    image->id = g_strdup (image->name != NULL ? image->name : address);
  image->url = g_steal_pointer (&address);
  image->size = -1;
  g_ptr_array_add (images, image);

  return image;
}

/* Asking */

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
  if (granary_tione_is_refused (local_error))
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

/* The texts of an array, with @separator around and between them; NULL when there are none. */
static char *
join (JsonNode   *node,
      const char *path,
      const char *before,
      const char *separator)
{
  JsonArray *array = granary_json_get_array (node, path);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      g_autofree char *item = granary_tione_dup_text (get_element (array, i), "");

      if (item != NULL)
        g_string_append_printf (text, "%s%s", text->len == 0 ? before : separator, item);
    }

  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/* The lists */

/* DescribeInferTemplates: retired, but where it still answers it pairs frameworks and images. */
static gboolean
list_templates (GPtrArray          *images,
                GranaryTionePlace  *place,
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
      g_autofree char *groups = join (framework, "Groups", " ", " ");

      for (guint t = 0; templates != NULL && t < json_array_get_length (templates); t++)
        {
          GranaryTioneImage *image = add_image (images, get_element (templates, t),
                                                "InferTemplateId", NULL, "InferTemplateImage");

          if (image == NULL)
            continue;
          image->framework = granary_tione_dup_text (framework, "Framework");
          image->framework_version = granary_tione_dup_text (framework, "FrameworkVersion");
          image->groups = groups != NULL ? g_strconcat (groups, " ", NULL) : NULL;
        }
    }

  return TRUE;
}

static JsonNode *
make_page (const char *range,
           gint64      offset)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  if (range != NULL)
    {
      json_builder_set_member_name (builder, "Filters");
      json_builder_begin_array (builder);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "Name");
      json_builder_add_string_value (builder, "ImageRange");
      json_builder_set_member_name (builder, "Values");
      json_builder_begin_array (builder);
      json_builder_add_string_value (builder, range);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
      json_builder_end_array (builder);
    }
  json_builder_set_member_name (builder, "Offset");
  json_builder_add_int_value (builder, offset);
  json_builder_set_member_name (builder, "Limit");
  json_builder_add_int_value (builder, PAGE_SIZE);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

/* All pages of a list; @add takes one image of it. */
static gboolean
list_pages (GPtrArray          *images,
            GranaryTionePlace  *place,
            const char         *action,
            const char         *range,
            const char         *member,
            void              (*add) (GPtrArray *images,
                                      JsonNode  *item),
            GCancellable       *cancellable,
            GError            **error)
{
  for (gint64 offset = 0; offset < MAX_IMAGES; offset += PAGE_SIZE)
    {
      g_autoptr (JsonNode) parameters = make_page (range, offset);
      g_autoptr (JsonNode) answer = NULL;
      JsonArray *items;
      guint n_items;

      if (!call (place, action, parameters, &answer, cancellable, error))
        return FALSE;

      items = granary_json_get_array (answer, member);
      n_items = items != NULL ? json_array_get_length (items) : 0;
      for (guint i = 0; i < n_items; i++)
        add (images, get_element (items, i));
      if (n_items < PAGE_SIZE)
        break;
    }

  return TRUE;
}

static void
add_platform_image (GPtrArray *images,
                    JsonNode  *item)
{
  GranaryTioneImage *image = add_image (images, item, "ImageName", "ImageId", "ImageUrl");

  if (image == NULL)
    return;
  image->framework = granary_tione_dup_text (item, "Framework");
  image->framework_version = granary_tione_dup_text (item, "FrameworkVersion");
  image->devices = join (item, "SupportGpuList", "", ", ");
}

static gboolean
list_platform_images (GPtrArray          *images,
                      GranaryTionePlace  *place,
                      GCancellable       *cancellable,
                      GError            **error)
{
  return list_pages (images, place, "DescribePlatformImages", "Inference", "PlatformImageInfos",
                     add_platform_image, cancellable, error);
}

static gboolean
list_built_in_images (GPtrArray          *images,
                      GranaryTionePlace  *place,
                      GCancellable       *cancellable,
                      GError            **error)
{
  g_autoptr (JsonNode) answer = NULL;
  JsonArray *items;

  if (!call (place, "DescribeBuildInImages", NULL, &answer, cancellable, error))
    return FALSE;

  items = granary_json_get_array (answer, "BuildInImageInfos");
  for (guint i = 0; items != NULL && i < json_array_get_length (items); i++)
    add_image (images, get_element (items, i), "ImageName", NULL, "ImageUrl");

  return TRUE;
}

/* Which word stands for inference is not published; that some are for training alone is. */
static gboolean
is_for_inference (JsonNode *item)
{
  g_autofree char *modules = join (item, "ApplicableModuleList", "", " ");
  g_autofree char *folded = modules != NULL ? g_ascii_strdown (modules, -1) : NULL;

  return folded == NULL || strstr (folded, "infer") != NULL;
}

static void
add_preset_image (GPtrArray *images,
                  JsonNode  *item)
{
  g_autofree char *size = NULL;
  GranaryTioneImage *image;

  if (!is_for_inference (item))
    return;
  image = add_image (images, item, "ImageName", "ImageId", "ImageUrl");
  if (image == NULL)
    return;

  image->framework = granary_tione_dup_text (item, "Framework");
  image->framework_version = granary_tione_dup_text (item, "FrameworkVersion");
  image->devices = join (item, "SupportGpuList", "", ", ");
  size = granary_tione_dup_text (item, "ImageSize");
  if (size == NULL ||
      !g_ascii_string_to_signed (size, 10, 0, G_MAXINT64, &image->size, NULL))
    image->size = -1;
  granary_tione_parse_time (granary_json_get_string (item, "UpdateTime"), &image->updated);
}

static gboolean
list_preset_images (GPtrArray          *images,
                    GranaryTionePlace  *place,
                    GCancellable       *cancellable,
                    GError            **error)
{
  return list_pages (images, place, "DescribePresetImageList", NULL, "PresetImageList",
                     add_preset_image, cancellable, error);
}

gboolean
granary_tione_images_add (GPtrArray          *images,
                          GranaryTionePlace  *place,
                          guint               list,
                          GCancellable       *cancellable,
                          GError            **error)
{
  static gboolean (*const lists[GRANARY_TIONE_N_IMAGE_LISTS]) (GPtrArray          *images,
                                                               GranaryTionePlace  *place,
                                                               GCancellable       *cancellable,
                                                               GError            **error) = {
    list_templates, list_platform_images, list_built_in_images, list_preset_images,
  };

  g_assert (list < G_N_ELEMENTS (lists));

  return lists[list] (images, place, cancellable, error);
}

/* What they are for */

gboolean
granary_tione_image_serves (const GranaryTioneImage *image,
                            const char              *framework)
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
