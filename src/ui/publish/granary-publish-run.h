/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-publish-draft.h"

G_BEGIN_DECLS

/* Publishes what @draft says, which is ready, and tells what becomes of it in the shell of @parent.
 * @transfer: of that version, noted as under way already: see granary_publishes_begin(). */
void granary_publish_run (GtkWidget           *parent,
                          GranaryPublishDraft *draft,
                          GranaryTransfer     *transfer);

/* A transfer for it, noted as under way. */
GranaryTransfer *
     granary_publish_begin (GranaryPublishDraft *draft,
                            gint64               version_id) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
