/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-object-storage.h"

G_BEGIN_DECLS

/* For tests: what every object storage has to do. */

/**
 * GranaryStorageBackEnd:
 * @name: part of the tests' paths
 * @bucket: a bucket that is there after @open
 * @open: (transfer full): a storage with two buckets, one of them empty; @data is for @close
 * @close: afterwards
 * @holds: whether this back end can hold a key that the rule for keys allows
 *
 * A back end under test.
 */
typedef struct
{
  const char           *name;
  const char           *bucket;
  GranaryObjectStorage *(*open)  (gpointer   *data);
  void                  (*close) (gpointer    data);
  gboolean              (*holds) (const char *key);
} GranaryStorageBackEnd;

/* @back_end: static. */
void granary_storage_conformance_add (const GranaryStorageBackEnd *back_end);

G_END_DECLS
