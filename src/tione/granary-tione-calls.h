/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-api.h"
#include "granary-model.h"
#include "granary-service.h"

G_BEGIN_DECLS

/* The read calls of TI-ONE as records. Blocking. Everything in an answer may be null or of another
 * type: what cannot be read is left out, never asserted on. */

/**
 * GranaryTioneIdentity:
 * @account_uin: of the main account: part of Tag resource names
 * @app_id: the number at the end of bucket names, "" unknown
 */
typedef struct
{
  char *account_uin;
  char *app_id;
} GranaryTioneIdentity;

void granary_tione_identity_free (GranaryTioneIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTioneIdentity, granary_tione_identity_free)

GranaryTioneIdentity *granary_tione_load_identity   (GranaryApi    *api,
                                                     GCancellable  *cancellable,
                                                     GError       **error) G_GNUC_WARN_UNUSED_RESULT;
/* A page of DescribeTrainingModels: (element-type GranaryModel), their versions when the answer had
 * them (versions is NULL otherwise). */
GPtrArray            *granary_tione_list_models     (GranaryApi    *api,
                                                     gint64         offset,
                                                     gint64         limit,
                                                     gint64        *total,
                                                     GCancellable  *cancellable,
                                                     GError       **error) G_GNUC_WARN_UNUSED_RESULT;
/* All versions of a model, newest first; its name and creation time come with them. */
GranaryModel         *granary_tione_load_model      (GranaryApi    *api,
                                                     const char    *model_uid,
                                                     GCancellable  *cancellable,
                                                     GError       **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryVersion       *granary_tione_load_version    (GranaryApi    *api,
                                                     const char    *version_uid,
                                                     GCancellable  *cancellable,
                                                     GError       **error) G_GNUC_WARN_UNUSED_RESULT;
/* All services of all groups, or those of some versions ((nullable) @version_uids). */
GPtrArray            *granary_tione_list_services   (GranaryApi          *api,
                                                     const char * const  *version_uids,
                                                     GCancellable        *cancellable,
                                                     GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* JSON to records, pure. */
GranaryVersion       *granary_tione_parse_version   (JsonNode      *node) G_GNUC_WARN_UNUSED_RESULT;
GranaryModel         *granary_tione_parse_model     (JsonNode      *node) G_GNUC_WARN_UNUSED_RESULT;
GranaryService       *granary_tione_parse_service   (JsonNode      *node) G_GNUC_WARN_UNUSED_RESULT;
/* µs since the epoch of any of the six forms of §14; FALSE leaves @time alone. */
gboolean              granary_tione_parse_time      (const char    *text,
                                                     gint64        *time);

G_END_DECLS
