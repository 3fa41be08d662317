/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryFakeCloud:
 * @folder: (owned): removed at the end
 * @connection: (owned): a connection as one to the cloud is, without a service behind it
 * @status: (unowned): its status, to be set by the test
 * @n_refreshes: how often a refresh was asked for
 * @added: (owned) (nullable): the last id that was to be taken in
 * @deleted: (owned) (nullable): the last deletion that was asked for
 *
 * For tests of the window: models in a mirror, one of them (`plate-ocr`) with two versions, a tag of
 * the platform and two services on its version 2.
 */
typedef struct
{
  char                    *folder;
  GranaryConnection       *connection;
  GranaryConnectionStatus *status;
  guint                    n_refreshes;
  char                    *added;
  GranaryDeleteRequest    *deleted;
} GranaryFakeCloud;

void   granary_fake_cloud_set_up       (GranaryFakeCloud *self);
void   granary_fake_cloud_tear_down    (GranaryFakeCloud *self);
gint64 granary_fake_cloud_find_model   (GranaryFakeCloud *self,
                                        const char       *name);
gint64 granary_fake_cloud_find_version (GranaryFakeCloud *self,
                                        const char       *name,
                                        int               number);

G_END_DECLS
