/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cos-transfer.h"
#include "granary-error.h"
#include "granary-test-cloud.h"

G_BEGIN_DECLS

/* What tests of whole-file transfers share: a test cloud of their own, an engine with small parts,
 * a folder, and questions to the cloud about what it has seen. */

#define TRANSFER_PART_SIZE (256 * 1024)
#define TRANSFER_BUCKET GRANARY_TEST_CLOUD_BUCKET

typedef struct
{
  GranaryTestCloud     *cloud;
  char                 *folder;
  char                 *store_folder;
  GranaryCosClient     *client;
  GranaryTransferStore *store;
  GranaryCosTransfer   *engine;
  GranaryTransfer      *transfer;
} TransferTest;

void           transfer_test_set_up       (TransferTest        *test,
                                           gconstpointer        data);
void           transfer_test_tear_down    (TransferTest        *test,
                                           gconstpointer        data);
void           transfer_test_open         (TransferTest        *test,
                                           const char          *endpoint,
                                           const char          *store_folder);
void           transfer_test_close        (TransferTest        *test);
void           transfer_test_open_again   (TransferTest        *test);

char          *transfer_test_make_file    (TransferTest        *test,
                                           const char          *name,
                                           gsize                size,
                                           guint32              seed);
GBytes        *transfer_test_make_bytes   (gsize                size,
                                           guint32              seed);
void           transfer_test_put_pattern  (TransferTest        *test,
                                           const char          *key,
                                           gint64               size,
                                           int                  seed);

GranaryObject *transfer_test_upload       (TransferTest        *test,
                                           const char          *path,
                                           const char          *key,
                                           GError             **error);
GranaryObject *transfer_test_download     (TransferTest        *test,
                                           const char          *key,
                                           const char          *path,
                                           GError             **error);
gboolean       transfer_test_discard      (TransferTest        *test,
                                           const char          *path,
                                           const char          *key,
                                           GError             **error);
/* Both succeed, all bytes were counted, and the cloud has what the file has. */
void           transfer_test_upload_ok    (TransferTest        *test,
                                           const char          *path,
                                           const char          *key);
void           transfer_test_download_ok  (TransferTest        *test,
                                           const char          *key,
                                           const char          *path);
void           transfer_test_assert_error (const GError        *error,
                                           GranaryReason        reason);

guint64        transfer_test_get_file_crc (const char          *path,
                                           gint64              *size);
gboolean       transfer_test_find_object  (TransferTest        *test,
                                           const char          *key,
                                           gint64              *size,
                                           guint64             *crc64);
guint          transfer_test_count_uploads (TransferTest       *test);
guint          transfer_test_count        (TransferTest        *test,
                                           const char          *action);
gint64         transfer_test_sum_bytes    (TransferTest        *test,
                                           const char          *action,
                                           const char          *member);
guint          transfer_test_count_files  (TransferTest        *test);

/* Does something from another thread while a transfer runs. */
GThread       *transfer_test_later        (guint                milliseconds,
                                           void               (*func) (gpointer data),
                                           gpointer             data);

G_END_DECLS
