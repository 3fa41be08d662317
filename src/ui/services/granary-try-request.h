/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-call-draft.h"

G_BEGIN_DECLS

/**
 * GranaryTryRequest:
 *
 * Where a request is written: its JSON text, the image in it and what is wrong with it. Signals:
 * `changed`, `message (text)` for something that is said once.
 */
#define GRANARY_TYPE_TRY_REQUEST (granary_try_request_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTryRequest, granary_try_request, GRANARY, TRY_REQUEST, AdwBin)

/* (transfer full) */
void              granary_try_request_set_draft  (GranaryTryRequest  *self,
                                                  GranaryCallDraft   *draft,
                                                  const char         *note);
GranaryCallDraft *granary_try_request_dup_draft  (GranaryTryRequest  *self) G_GNUC_WARN_UNUSED_RESULT;
void              granary_try_request_set_text   (GranaryTryRequest  *self,
                                                  const char         *text);
/* Whether it is still as granary_try_request_set_draft() made it. */
gboolean          granary_try_request_is_pristine (GranaryTryRequest *self);
gboolean          granary_try_request_is_valid   (GranaryTryRequest  *self);
GtkWidget        *granary_try_request_get_view   (GranaryTryRequest  *self);

/* Ways to get an image in: read or encoded in the background. */
void              granary_try_request_add_file    (GranaryTryRequest *self,
                                                   const char        *path);
void              granary_try_request_add_texture (GranaryTryRequest *self,
                                                   GdkTexture        *texture);
void              granary_try_request_choose      (GranaryTryRequest *self);
/* FALSE if there is no image on the clipboard. */
gboolean          granary_try_request_paste       (GranaryTryRequest *self);

G_END_DECLS
