/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryTagSource:
 *
 * The tags that a service defines, used or not: keys at once, the values of a key when they are
 * wanted. Where the service has none, or cannot be asked, it stays empty; tags can be typed then.
 *
 * Signals: `changed`, when more became known.
 */
#define GRANARY_TYPE_TAG_SOURCE (granary_tag_source_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTagSource, granary_tag_source, GRANARY, TAG_SOURCE, GObject)

GranaryTagSource *granary_tag_source_new   (GranaryRepository *repository) G_GNUC_WARN_UNUSED_RESULT;
/* Asks for the values of @key, unless that was done. */
void              granary_tag_source_want  (GranaryTagSource  *self,
                                            const char        *key);
/* @facets (element-type GranaryFacet) (nullable): tags in use; the defined ones are put beside them
 * with no models. A key whose values are not known has an empty value. */
GPtrArray        *granary_tag_source_merge (GranaryTagSource  *self,
                                            GPtrArray         *facets) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
