/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryServiceCommand:
 * @argv: (array zero-terminated=1): what is run
 * @environment: (array zero-terminated=1): all that it finds set
 * @folder: (nullable) (type filename): where it starts
 * @output: descriptor for what it prints; its input is `/dev/null`
 * @fds: descriptors that it gets as 3, 4, …
 * @n_fds: how many of them
 * @memory: bytes of RLIMIT_DATA for each process, 0 for no limit
 *
 * A child process. Borrowed.
 */
typedef struct
{
  const char * const *argv;
  const char * const *environment;
  const char         *folder;
  int                 output;
  const int          *fds;
  gsize               n_fds;
  gint64              memory;
} GranaryServiceCommand;

gboolean granary_service_spawn      (const GranaryServiceCommand  *command,
                                     GPid                         *pid,
                                     GError                      **error);
/* The process and all that came of it. It still has to be waited for. */
void     granary_service_spawn_kill (GPid                          pid);

G_END_DECLS
