/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-publish-draft.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_PUBLISH_DIALOG (granary_publish_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPublishDialog, granary_publish_dialog, GRANARY, PUBLISH_DIALOG, AdwDialog)

GranaryPublishDialog *granary_publish_dialog_new (GranaryPublishDraft *draft) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
