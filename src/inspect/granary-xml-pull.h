/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cursor.h"

G_BEGIN_DECLS

/**
 * GranaryXmlPull:
 * @name: (nullable): local name of the element that begins or ends
 * @is_start: whether it begins
 * @depth: how many elements it is in
 * @text: what stands directly in the element, when it ends, without elements in between; cut at a
 *   bound
 *
 * Reads XML an element at a time, by libxml2 over a cursor. Nothing is fetched from elsewhere and
 * no entity is replaced; depth and number of elements are bounded.
 */
typedef struct
{
  GranaryCursor *cursor;    /* (unowned) */
  const char    *name;
  gboolean       is_start;
  int            depth;
  GString       *text;      /* (owned) */

  gpointer       reader;    /* (owned): xmlTextReader */
  gboolean       ends_next;
  gboolean       truncated;
  gboolean       done;
  guint          n_nodes;
} GranaryXmlPull;

GranaryXmlPull *granary_xml_pull_new           (GranaryCursor   *cursor) G_GNUC_WARN_UNUSED_RESULT;
void            granary_xml_pull_free          (GranaryXmlPull  *self);
gboolean        granary_xml_pull_next          (GranaryXmlPull  *self);
char           *granary_xml_pull_dup_attribute (GranaryXmlPull  *self,
                                                const char      *name) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_xml_pull_find_root     (const guint8    *head,
                                                gsize            length) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryXmlPull, granary_xml_pull_free)

G_END_DECLS
