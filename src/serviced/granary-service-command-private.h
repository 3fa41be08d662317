/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-sandbox.h"
#include "granary-service-process.h"

G_BEGIN_DECLS

/**
 * GranaryServiceCommandLine:
 * @argv: (array zero-terminated=1): what is to be spawned
 * @environment: (array zero-terminated=1): with what environment
 * @is_sandboxed: whether it is in a sandbox
 * @has_scope: whether systemd limits its memory
 * @data_limit: bytes for RLIMIT_DATA, 0 for none
 *
 * How the runner of a service is run on this computer.
 */
typedef struct
{
  GStrv    argv;
  GStrv    environment;
  gboolean is_sandboxed;
  gboolean has_scope;
  gint64   data_limit;
} GranaryServiceCommandLine;

GranaryServiceCommandLine *
     granary_service_command_line_new  (const GranaryServicePlan   *plan,
                                        GError                    **error) G_GNUC_WARN_UNUSED_RESULT;
void granary_service_command_line_free (GranaryServiceCommandLine  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryServiceCommandLine, granary_service_command_line_free)

/* The sandbox to use; NULL with @error unset when none can be made and the plan allows that. */
gboolean granary_service_find_sandbox (const GranaryServicePlan  *plan,
                                       const GranarySandbox     **sandbox,
                                       GError                   **error);
gboolean granary_service_check_python (const char                *python,
                                       GError                   **error);

G_END_DECLS
