/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryServiceLogFile:
 *
 * Writes what a service prints to the two files of its folder. The newest whole lines are kept, made
 * printable; a secret is left out wherever it turns up. Nothing that goes wrong here is an error of
 * the service: lines that there is no room for are counted, and a note says so once there is.
 */
typedef struct _GranaryServiceLogFile GranaryServiceLogFile;

/* @folder is that of the service; @secret (nullable) is never written. */
GranaryServiceLogFile *granary_service_log_file_new      (const char            *folder,
                                                          const char            *secret) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_service_log_file_free     (GranaryServiceLogFile *self);
/* Bytes as they come, of any length and content. */
void                   granary_service_log_file_take     (GranaryServiceLogFile *self,
                                                          const char            *data,
                                                          gsize                  length);
/* What was begun is a line, too. */
void                   granary_service_log_file_flush    (GranaryServiceLogFile *self);
/* A line of the supervisor itself. */
void                   granary_service_log_file_note     (GranaryServiceLogFile *self,
                                                          const char            *format,
                                                          ...) G_GNUC_PRINTF (2, 3);
/* The last line that is not empty, printable; NULL before there is one. */
const char            *granary_service_log_file_get_last (GranaryServiceLogFile *self);

/* @text, of any content, as one printable line of valid UTF-8, at most @max bytes. */
char *granary_service_printable (const char *text,
                                 gsize       max) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryServiceLogFile, granary_service_log_file_free)

G_END_DECLS
