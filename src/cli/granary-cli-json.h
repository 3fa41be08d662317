/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-metric.h"
#include "granary-tag-set.h"

G_BEGIN_DECLS

/**
 * GranaryCliJson:
 *
 * Writes one line of JSON, in the order in which it is told. Unlike json-glib's generator it keeps
 * a number as it was reported (`0.973`, not `0.97299999999999998`).
 */
typedef struct _GranaryCliJson GranaryCliJson;

GranaryCliJson *granary_cli_json_new          (void) G_GNUC_WARN_UNUSED_RESULT;
void            granary_cli_json_free         (GranaryCliJson      *self);
char           *granary_cli_json_finish       (GranaryCliJson      *self) G_GNUC_WARN_UNUSED_RESULT;
void            granary_cli_json_print        (GranaryCliJson      *self);

/* @key: (nullable): NULL inside an array and for the outermost value. */
void            granary_cli_json_begin_object (GranaryCliJson      *self,
                                               const char          *key);
void            granary_cli_json_end_object   (GranaryCliJson      *self);
void            granary_cli_json_begin_array  (GranaryCliJson      *self,
                                               const char          *key);
void            granary_cli_json_end_array    (GranaryCliJson      *self);
void            granary_cli_json_add_text     (GranaryCliJson      *self,
                                               const char          *key,
                                               const char          *text);
void            granary_cli_json_add_bool     (GranaryCliJson      *self,
                                               const char          *key,
                                               gboolean             value);
void            granary_cli_json_add_int      (GranaryCliJson      *self,
                                               const char          *key,
                                               gint64               value);
void            granary_cli_json_add_size     (GranaryCliJson      *self,
                                               const char          *key,
                                               gint64               bytes);
void            granary_cli_json_add_time     (GranaryCliJson      *self,
                                               const char          *key,
                                               gint64               time);
void            granary_cli_json_add_version  (GranaryCliJson      *self,
                                               const char          *key,
                                               int                  number);
void            granary_cli_json_add_tags     (GranaryCliJson      *self,
                                               const char          *key,
                                               const GranaryTagSet *tags);
void            granary_cli_json_add_metrics  (GranaryCliJson      *self,
                                               const char          *key,
                                               GPtrArray           *metrics);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCliJson, granary_cli_json_free)

G_END_DECLS
