/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-api.h"
#include "granary-json.h"
#include "granary-tione-calls.h"

G_BEGIN_DECLS

/* What the read calls share. Any thread. */

char     *granary_tione_dup_text         (JsonNode             *node,
                                          const char           *path) G_GNUC_WARN_UNUSED_RESULT;
char     *granary_tione_dup_location     (JsonNode             *node,
                                          const char           *path) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *granary_tione_parse_metrics   (const char           *text) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a version is one of those that are listed, not an accelerated copy. */
gboolean  granary_tione_is_normal        (JsonNode             *node);
/* Versions of an answer, newest first, and the highest number of all kinds; NULL when one of them
 * cannot be read: a list with gaps must not be taken for all there is. */
GPtrArray *granary_tione_parse_versions  (JsonNode             *node,
                                          int                  *high_water) G_GNUC_WARN_UNUSED_RESULT;
/* An error that says that the answer to @action cannot be understood. */
void      granary_tione_set_malformed    (GError              **error,
                                          const char           *action);
/* A call whose parameters were built; @builder stands at the end of its object. */
JsonNode *granary_tione_call             (GranaryApi           *api,
                                          GranaryCloudService   service,
                                          const char           *action,
                                          JsonBuilder          *builder,
                                          GCancellable         *cancellable,
                                          GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* As granary_tione_list_models(); an empty array without error, and *@is_same set, when the answer is
 * the one that gave *@digest. */
GPtrArray *granary_tione_list_models_if_changed
                                         (GranaryApi           *api,
                                          gint64                offset,
                                          gint64                limit,
                                          gint64               *total,
                                          guint64              *digest,
                                          gboolean             *is_same,
                                          GCancellable         *cancellable,
                                          GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* Each group of services, page after page; @version_uids (element-type utf8) (nullable) are those of
 * which. Every group has an id. */
typedef void (*GranaryTioneServiceGroupFunc) (JsonNode *group,
                                              gpointer  data);
gboolean  granary_tione_each_group       (GranaryApi           *api,
                                          GPtrArray            *version_uids,
                                          GranaryTioneServiceGroupFunc
                                                                func,
                                          gpointer              data,
                                          GCancellable         *cancellable,
                                          GError              **error);
/* The member of @node, which has to be there as an array or null; FALSE with @error set otherwise. */
gboolean  granary_tione_get_list         (JsonNode             *node,
                                          const char           *name,
                                          const char           *action,
                                          JsonArray           **list,
                                          GError              **error);

G_END_DECLS
