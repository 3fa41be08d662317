/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cli-json.h"
#include "granary-cli.h"

G_BEGIN_DECLS

/* What the commands about services share. */

/**
 * GranaryCliGoal:
 * @GRANARY_CLI_GOAL_RUNNING: it answers
 * @GRANARY_CLI_GOAL_STOPPED: it does not run any more
 * @GRANARY_CLI_GOAL_GONE: it is forgotten
 *
 * What is waited for.
 */
typedef enum
{
  GRANARY_CLI_GOAL_RUNNING,
  GRANARY_CLI_GOAL_STOPPED,
  GRANARY_CLI_GOAL_GONE,
} GranaryCliGoal;

GranaryServiceHost   *granary_cli_get_host           (GranaryCli             *self,
                                                      GError                **error);
GPtrArray            *granary_cli_list_services      (GranaryCli             *self,
                                                      GError                **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryService       *granary_cli_find_service       (GranaryCli             *self,
                                                      const char             *text,
                                                      GError                **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryService       *granary_cli_load_service       (GranaryCli             *self,
                                                      const char             *uid,
                                                      GError                **error) G_GNUC_WARN_UNUSED_RESULT;
char                 *granary_cli_service_to_text    (const GranaryService   *service) G_GNUC_WARN_UNUSED_RESULT;
void                  granary_cli_add_service_json   (GranaryCli             *self,
                                                      GranaryCliJson         *json,
                                                      const char             *key,
                                                      const GranaryService   *service);
gboolean              granary_cli_refresh_services   (GranaryCli             *self,
                                                      GError                **error);
GranaryServiceLog    *granary_cli_read_service_log   (GranaryCli             *self,
                                                      const char             *uid,
                                                      gint64                  from,
                                                      GError                **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean              granary_cli_wait_for_service   (GranaryCli             *self,
                                                      const char             *uid,
                                                      GranaryCliGoal          goal,
                                                      GError                **error);
gboolean              granary_cli_agree_to_price     (GranaryCli             *self,
                                                      GranaryPublishProfile  *profile,
                                                      gboolean                accept,
                                                      GError                **error);
void                  granary_cli_print_printable    (const char             *text,
                                                      gboolean                is_terminal,
                                                      gboolean                to_errors);
const char           *granary_cli_skip_lines         (const char             *text,
                                                      gint64                  n_lines);

G_END_DECLS
