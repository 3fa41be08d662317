/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Faults of the disk under the embedded repository, through the hook of granary-local-io.
 *
 * A power loss is simulated by what it takes back: every change since the last sync is undone in
 * reverse, or, in the other mode, names stay and the data of files not yet synced is gone. What
 * the catalogue has committed stays in either, as with a disk that keeps its promises. */

typedef enum
{
  GRANARY_FAULT_NONE,
  GRANARY_FAULT_KILL,       /* SIGKILL */
  GRANARY_FAULT_LOSE_NAMES, /* power loss; exits with GRANARY_FAULT_EXIT */
  GRANARY_FAULT_LOSE_DATA,  /* the same */
  GRANARY_FAULT_NO_SPACE,   /* the call fails with ENOSPC */
  GRANARY_FAULT_IO,         /* the call fails with EIO */
} GranaryFaultKind;

#define GRANARY_FAULT_EXIT 77

/* From now on, at the @at-th call (1 is the next one). @side: (nullable) a folder on the same file
 * system where a power loss keeps what it may have to bring back. @no_exchange: the file system
 * cannot exchange two names. */
void     granary_fault_arm      (GranaryFaultKind  kind,
                                 guint             at,
                                 const char       *side,
                                 gboolean          no_exchange);
/* Returns whether the fault happened. */
gboolean granary_fault_disarm   (void);

G_END_DECLS
