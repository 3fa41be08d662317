/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-call-draft.h"
#include "granary-version.h"

G_BEGIN_DECLS

/* Bytes of a text that a request begins with. */
#define GRANARY_CALL_TEMPLATE_MAX 4096

/* Member of config.json, an object: a request that the model answers. */
#define GRANARY_CALL_EXAMPLE_MEMBER "example"

GranaryCallDraft *granary_call_template_new (GranaryVersion  *version,
                                             const char      *config,
                                             guint           *n_left_out) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
