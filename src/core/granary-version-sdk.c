/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-version.h"

#include <string.h>

#include "granary-json.h"

/* What automatic learning made for a program of one's own: object detection and image
 * classification come with an SDK. Source of the places: cloud protocols, section 7. */

/* Buckets of the platform, and what ends the folder of an SDK in them. */
#define PLATFORM_BUCKETS "cos://ti-automl-"
#define TASK_FOLDERS     "automl/public/"
#define SDK_FOLDER       "ems/sdk/"

static gboolean
is_one_of (const char         *word,
           const char * const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (word, words[i]) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Nothing else tells what was learned but what people call it. */
static gboolean
sounds_like_text (const char *name)
{
  static const char *const words[] = { "ocr", "文字", "文本", "票据" };
  g_autofree char *folded = name != NULL ? g_utf8_casefold (name, -1) : NULL;

  for (guint i = 0; folded != NULL && i < G_N_ELEMENTS (words); i++)
    {
      if (strstr (folded, words[i]) != NULL)
        return TRUE;
    }

  return FALSE;
}

/**
 * granary_version_has_sdk:
 * @version: a version
 *
 * Returns: whether it is one of automatic learning for object detection or image classification, as
 *   far as known
 */
gboolean
granary_version_has_sdk (const GranaryVersion *version)
{
  static const char *const scenes[] = {
    "vision", "detect", "detection", "object_detection", "classify", "classification",
    "image_classification", NULL,
  };
  g_autoptr (JsonNode) remote = NULL;
  const char *scene;
  const char *preference;

  g_return_val_if_fail (version != NULL, FALSE);

  if (version->source != GRANARY_SOURCE_AUTOML || version->status != GRANARY_STATUS_READY)
    return FALSE;

  if (version->remote != NULL)
    remote = granary_json_parse (version->remote, -1, NULL, NULL);
  scene = granary_json_get_string (remote, "scene");
  if (scene != NULL && *scene != '\0')
    return is_one_of (scene, scenes);

  /* A preference is chosen where images are learned from, not for text. */
  preference = granary_json_get_string (remote, "preference");
  if (preference != NULL && *preference != '\0')
    return TRUE;

  return !sounds_like_text (version->model_name) && !sounds_like_text (version->location) &&
         !sounds_like_text (granary_json_get_string (remote, "task_name"));
}

/**
 * granary_version_dup_sdk_address:
 * @version: a version
 *
 * Returns: (transfer full) (nullable): `cos://BUCKET/PREFIX/` of its SDK; %NULL where it has none,
 *   or none in object storage
 */
char *
granary_version_dup_sdk_address (const GranaryVersion *version)
{
  const char *slash;
  const char *folder;

  g_return_val_if_fail (version != NULL, NULL);

  if (version->location == NULL || !granary_version_has_sdk (version))
    return NULL;
  if (!g_str_has_prefix (version->location, PLATFORM_BUCKETS))
    return g_strdup (version->location);

  /* automl/public/NAME-ID/ holds more than that. */
  folder = strstr (version->location, "/" TASK_FOLDERS);
  if (folder == NULL)
    return g_strdup (version->location);
  folder += strlen ("/" TASK_FOLDERS);
  slash = strchr (folder, '/');
  if (slash == NULL || slash[1] != '\0')
    return g_strdup (version->location);

  return g_strconcat (version->location, SDK_FOLDER, NULL);
}
