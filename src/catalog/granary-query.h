/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

#include "granary-tag-set.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_QUERY (granary_query_get_type ())

/**
 * GranarySortKey:
 *
 * What the list of models is sorted by. Ties are broken by row.
 */
typedef enum
{
  GRANARY_SORT_NAME,
  GRANARY_SORT_FRAMEWORK,
  GRANARY_SORT_METRIC,
  GRANARY_SORT_SOURCE,
  GRANARY_SORT_STATUS,
  GRANARY_SORT_SIZE,
  GRANARY_SORT_UPDATED,
  GRANARY_SORT_CREATED,
} GranarySortKey;

#define GRANARY_N_SORT_KEYS (GRANARY_SORT_CREATED + 1)

/**
 * GranaryQuery:
 *
 * A question to the catalogue: which models, in which order. Immutable once built; cheap to copy
 * by reference.
 */
typedef struct _GranaryQuery GranaryQuery;

GType                granary_query_get_type       (void);
GranaryQuery        *granary_query_new            (const char          *text,
                                                   const GranaryTagSet *tags,
                                                   GranarySortKey       sort_key,
                                                   gboolean             descending) G_GNUC_WARN_UNUSED_RESULT;
GranaryQuery        *granary_query_ref            (GranaryQuery        *self);
void                 granary_query_unref          (GranaryQuery        *self);
const char          *granary_query_get_text       (const GranaryQuery  *self);
const GranaryTagSet *granary_query_get_tags       (const GranaryQuery  *self);
GranarySortKey       granary_query_get_sort_key   (const GranaryQuery  *self);
gboolean             granary_query_get_descending (const GranaryQuery  *self);
gboolean             granary_query_is_filtered    (const GranaryQuery  *self);
gboolean             granary_query_equal          (const GranaryQuery  *a,
                                                   const GranaryQuery  *b);

const char          *granary_sort_key_to_id       (GranarySortKey       key);
gboolean             granary_sort_key_from_id     (const char          *id,
                                                   GranarySortKey      *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryQuery, granary_query_unref)

G_END_DECLS
