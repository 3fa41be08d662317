/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-call-draft.h"
#include "granary-service-host.h"

G_BEGIN_DECLS

/**
 * GranaryCallCode:
 * @GRANARY_CALL_CURL: for a POSIX shell
 * @GRANARY_CALL_PYTHON: a program that needs nothing but Python
 */
typedef enum
{
  GRANARY_CALL_CURL,
  GRANARY_CALL_PYTHON,
} GranaryCallCode;

char *granary_call_code (GranaryCallCode              kind,
                         const GranaryCallDraft      *draft,
                         const GranaryServiceAccess  *access,
                         const char                  *token_file,
                         gboolean                     with_token) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
