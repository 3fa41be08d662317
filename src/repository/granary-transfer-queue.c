/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-transfer-queue.h"

struct _GranaryTransferQueue
{
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (GranaryTransferQueue, granary_transfer_queue, G_TYPE_OBJECT)

static void
granary_transfer_queue_class_init (GranaryTransferQueueClass *klass)
{
}

static void
granary_transfer_queue_init (GranaryTransferQueue *self)
{
}
