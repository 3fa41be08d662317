/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-row-text.h"

G_BEGIN_DECLS

/**
 * GranaryTextCache:
 *
 * The texts of the rows seen last, by id. Main thread only.
 */
typedef struct _GranaryTextCache GranaryTextCache;

GranaryTextCache *granary_text_cache_new      (guint             capacity) G_GNUC_WARN_UNUSED_RESULT;
void              granary_text_cache_free     (GranaryTextCache *self);
GranaryRowText   *granary_text_cache_lookup   (GranaryTextCache *self,
                                               gint64            id);
gboolean          granary_text_cache_contains (GranaryTextCache *self,
                                               gint64            id);
void              granary_text_cache_insert   (GranaryTextCache *self,
                                               GranaryRowText   *text);
void              granary_text_cache_remove   (GranaryTextCache *self,
                                               gint64            id);
void              granary_text_cache_clear    (GranaryTextCache *self);
guint             granary_text_cache_get_size (GranaryTextCache *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTextCache, granary_text_cache_free)

G_END_DECLS
