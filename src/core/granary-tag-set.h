/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GRANARY_TAG_KEY_MAX_CHARS 127
#define GRANARY_TAG_VALUE_MAX_CHARS 255
#define GRANARY_TAGS_MAX 50

#define GRANARY_TYPE_TAG_SET (granary_tag_set_get_type ())

typedef struct _GranaryTagSet GranaryTagSet;

GType          granary_tag_set_get_type  (void);
GranaryTagSet *granary_tag_set_new       (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryTagSet *granary_tag_set_new_from_lines
                                         (const char           *lines) G_GNUC_WARN_UNUSED_RESULT;
GranaryTagSet *granary_tag_set_copy      (const GranaryTagSet  *self) G_GNUC_WARN_UNUSED_RESULT;
void           granary_tag_set_free      (GranaryTagSet        *self);

guint          granary_tag_set_get_size  (const GranaryTagSet  *self);
const char    *granary_tag_set_get_key   (const GranaryTagSet  *self,
                                          guint                 position);
const char    *granary_tag_set_get_value (const GranaryTagSet  *self,
                                          guint                 position);
const char    *granary_tag_set_lookup    (const GranaryTagSet  *self,
                                          const char           *key);
/* Whether keys like @key belong to the platform, where there is one: those that begin with qcloud,
 * qcs:, tencent or project. They are shown, never changed. */
gboolean       granary_tag_key_is_reserved
                                         (const char           *key);

/* Whether the platform sets a tag of this key by itself, on every model: its keys begin with qcs:. */
gboolean       granary_tag_key_is_automatic
                                         (const char           *key);

gboolean       granary_tag_set_equal     (const GranaryTagSet  *a,
                                          const GranaryTagSet  *b);

gboolean       granary_tag_set_put       (GranaryTagSet        *self,
                                          const char           *key,
                                          const char           *value,
                                          GError              **error);
gboolean       granary_tag_set_put_text  (GranaryTagSet        *self,
                                          const char           *text,
                                          GError              **error);
gboolean       granary_tag_set_remove    (GranaryTagSet        *self,
                                          const char           *key);
char          *granary_tag_set_to_text   (const GranaryTagSet  *self,
                                          const char           *separator) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTagSet, granary_tag_set_free)

G_END_DECLS
