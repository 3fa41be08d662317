/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-account.h"

G_BEGIN_DECLS

/**
 * GranaryAccountList:
 *
 * The connections that were set up: a GKeyFile, `$XDG_CONFIG_HOME/granary/connections.ini`, one group
 * for each by its name with the keys uid, region, bucket, prefix, `automl-captions` (a list), and
 * `endpoint-SERVICE` for each override. It never holds a key: see granary-keyring.h. Written by stage and rename; shared by
 * window and command line, which hear of each other's changes.
 *
 * Main-thread object; the file is small. Signals: changed.
 */
#define GRANARY_TYPE_ACCOUNT_LIST (granary_account_list_get_type ())
G_DECLARE_FINAL_TYPE (GranaryAccountList, granary_account_list, GRANARY, ACCOUNT_LIST, GObject)

GranaryAccountList *granary_account_list_new    (const char          *path,
                                                 GError             **error) G_GNUC_WARN_UNUSED_RESULT;
char               *granary_account_list_get_default_path (void) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type GranaryAccount), sorted by name; without credentials. */
GPtrArray          *granary_account_list_list   (GranaryAccountList  *self) G_GNUC_WARN_UNUSED_RESULT;
GranaryAccount     *granary_account_list_find   (GranaryAccountList  *self,
                                                 const char          *name_or_uid) G_GNUC_WARN_UNUSED_RESULT;
gboolean            granary_account_list_put    (GranaryAccountList  *self,
                                                 GranaryAccount      *account,
                                                 GError             **error);
gboolean            granary_account_list_remove (GranaryAccountList  *self,
                                                 const char          *uid,
                                                 GError             **error);
gboolean            granary_account_name_check  (const char          *name,
                                                 GError             **error);
gboolean            granary_account_region_check (const char         *region,
                                                  GError            **error);
/* Regions that are offered to choose from; others may be typed. (array zero-terminated=1) */
const char * const *granary_account_get_regions (void);

G_END_DECLS
