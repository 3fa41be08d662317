/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GranaryCosXml:
 *
 * An element of an answer of COS: its local name, its text, its child elements. Namespaces and
 * attributes mean nothing there. Immutable.
 */
typedef struct _GranaryCosXml GranaryCosXml;

GranaryCosXml       *granary_cos_xml_parse     (GBytes               *body,
                                                GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void                 granary_cos_xml_free      (GranaryCosXml        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCosXml, granary_cos_xml_free)
const char          *granary_cos_xml_get_name  (const GranaryCosXml  *self);
guint                granary_cos_xml_get_n     (const GranaryCosXml  *self);
const GranaryCosXml *granary_cos_xml_get_child (const GranaryCosXml  *self,
                                                guint                 index);
const char          *granary_cos_xml_get_text  (const GranaryCosXml  *self,
                                                const char           *name);
gboolean             granary_cos_xml_get_int   (const GranaryCosXml  *self,
                                                const char           *name,
                                                gint64                min,
                                                gint64                max,
                                                gint64               *value,
                                                GError              **error);
gboolean             granary_cos_xml_get_flag  (const GranaryCosXml  *self,
                                                const char           *name,
                                                gboolean             *value,
                                                GError              **error);
gint64               granary_cos_xml_get_time  (const GranaryCosXml  *self,
                                                const char           *name);

G_END_DECLS
