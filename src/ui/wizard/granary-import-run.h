/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-import-draft.h"
#include "granary-shell.h"

G_BEGIN_DECLS

/* Carries an import out, beyond the life of its dialog: the transfer is listed in @shell, which
 * also says how it ended. After a failure the draft is offered for review, as it was. @object is
 * what people call it: `plate-ocr v8`. */
gboolean granary_import_run (GranaryImportDraft  *draft,
                             const char          *object,
                             GranaryShell        *shell,
                             GError             **error);

G_END_DECLS
