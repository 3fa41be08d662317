/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-account.h"

G_BEGIN_DECLS

/* @names: what the three are called where they come from. */
GranaryCredentials *granary_credentials_read_named (const char * const   names[3],
                                                    const char          *secret_id,
                                                    const char          *secret_key,
                                                    const char          *token,
                                                    GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
