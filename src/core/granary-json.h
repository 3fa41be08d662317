/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode   *granary_json_parse       (const char  *text,
                                      gssize       length,
                                      const char  *subject,
                                      GError     **error) G_GNUC_WARN_UNUSED_RESULT;
char       *granary_json_to_text     (JsonNode    *node,
                                      gboolean     pretty) G_GNUC_WARN_UNUSED_RESULT;
JsonNode   *granary_json_lookup      (JsonNode    *node,
                                      const char  *path);
const char *granary_json_get_string  (JsonNode    *node,
                                      const char  *path);
gboolean    granary_json_get_int     (JsonNode    *node,
                                      const char  *path,
                                      gint64      *value);
gboolean    granary_json_get_double  (JsonNode    *node,
                                      const char  *path,
                                      double      *value);
JsonArray  *granary_json_get_array   (JsonNode    *node,
                                      const char  *path);
JsonObject *granary_json_get_object  (JsonNode    *node,
                                      const char  *path);

G_END_DECLS
