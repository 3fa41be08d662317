/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GRANARY_ID_DIFF_MAX_EDITS 64

/**
 * GranaryIdEdit:
 * @position: where, after the edits before it
 * @n_removed: how many ids go there
 * @n_added: how many come there
 * @from: where the first of them stands in the new vector
 *
 * One step from an old vector of ids to a new one.
 */
typedef struct
{
  guint position;
  guint n_removed;
  guint n_added;
  guint from;
} GranaryIdEdit;

GArray *granary_id_diff (GArray *before,
                         GArray *after) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
