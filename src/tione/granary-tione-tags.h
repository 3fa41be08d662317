/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-api.h"
#include "granary-tag-set.h"

G_BEGIN_DECLS

/* The Tag service. Blocking. */

/* Tags of models by their ids, in batches: a table from model uid to (owned) GranaryTagSet. */
GHashTable *granary_tione_load_tags   (GranaryApi           *api,
                                       const char * const   *model_uids,
                                       GCancellable         *cancellable,
                                       GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ids of all models of the region that carry a tag at all: (array zero-terminated=1). */
GStrv       granary_tione_find_tagged (GranaryApi           *api,
                                       GCancellable         *cancellable,
                                       GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* Defined keys, or values of @key. */
GStrv       granary_tione_list_tags   (GranaryApi           *api,
                                       const char           *key,
                                       GCancellable         *cancellable,
                                       GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes the tags of a model what @to says, knowing that they were @from: changed and new ones are
 * replaced, gone ones deleted, in batches of ten; reserved keys are left alone. @failed (element-type
 * GError): one for each tag that was not accepted; the others are stored. FALSE: nothing went. */
gboolean    granary_tione_edit_tags   (GranaryApi           *api,
                                       const char           *account_uin,
                                       const char           *model_uid,
                                       const GranaryTagSet  *from,
                                       const GranaryTagSet  *to,
                                       GPtrArray           **failed,
                                       GCancellable         *cancellable,
                                       GError              **error);

G_END_DECLS
