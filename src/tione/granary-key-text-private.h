/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-account.h"

G_BEGIN_DECLS

/* The text under which a key is kept in the Secret Service: a JSON object of secret_id, secret_key
 * and token. Written and read here, not by json-glib, because whatever held the key for a moment is
 * overwritten before it is freed. */

char               *granary_key_text_write (GranaryCredentials *credentials) G_GNUC_WARN_UNUSED_RESULT;
void                granary_key_text_free  (char               *text);
GranaryCredentials *granary_key_text_read  (const char         *text,
                                            gsize               length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
