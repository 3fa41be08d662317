/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryError:
 * @GRANARY_ERROR_NETWORK: no answer, or a broken one, from the network
 * @GRANARY_ERROR_AUTH_REQUIRED: no key is known for the account
 * @GRANARY_ERROR_AUTH_REJECTED: the service did not accept the key
 * @GRANARY_ERROR_FORBIDDEN: the account may not do this
 * @GRANARY_ERROR_NOT_FOUND: the named thing does not exist (any more)
 * @GRANARY_ERROR_CONFLICT: something else is in the way: a name taken, a file of other content, a
 *   running operation
 * @GRANARY_ERROR_QUOTA: no room: disk full, limit reached
 * @GRANARY_ERROR_CHECKSUM: content is not what it should be
 * @GRANARY_ERROR_INVALID_INPUT: what was asked for breaks a rule
 * @GRANARY_ERROR_BAD_RESPONSE: an answer could not be understood
 * @GRANARY_ERROR_UNSUPPORTED: this back end or file system cannot do it
 * @GRANARY_ERROR_FILE: a file could not be read or written
 * @GRANARY_ERROR_BACKEND: the service failed
 * @GRANARY_ERROR_DATABASE: the catalogue could not be read or written
 *
 * What kind of failure it was: decides what can be done about it. The finer [enum@Reason] and the
 * subject decide the words. Cancellation stays %G_IO_ERROR_CANCELLED and is never shown.
 */
typedef enum
{
  GRANARY_ERROR_NETWORK,
  GRANARY_ERROR_AUTH_REQUIRED,
  GRANARY_ERROR_AUTH_REJECTED,
  GRANARY_ERROR_FORBIDDEN,
  GRANARY_ERROR_NOT_FOUND,
  GRANARY_ERROR_CONFLICT,
  GRANARY_ERROR_QUOTA,
  GRANARY_ERROR_CHECKSUM,
  GRANARY_ERROR_INVALID_INPUT,
  GRANARY_ERROR_BAD_RESPONSE,
  GRANARY_ERROR_UNSUPPORTED,
  GRANARY_ERROR_FILE,
  GRANARY_ERROR_BACKEND,
  GRANARY_ERROR_DATABASE,
} GranaryError;

#define GRANARY_N_ERRORS (GRANARY_ERROR_DATABASE + 1)

/**
 * GranaryReason:
 *
 * The exact rule broken or fault met. Every value has words in wording/.
 */
typedef enum
{
  GRANARY_REASON_NONE,

  /* A model's name. Subject: the name. */
  GRANARY_REASON_NAME_EMPTY,
  GRANARY_REASON_NAME_TOO_LONG,
  GRANARY_REASON_NAME_CHARACTER,
  GRANARY_REASON_NAME_FIRST_CHARACTER,
  GRANARY_REASON_NAME_ENCODING,
  GRANARY_REASON_NAME_TAKEN,

  /* A tag. Subject: the key, or KEY=VALUE. */
  GRANARY_REASON_TAG_KEY_EMPTY,
  GRANARY_REASON_TAG_KEY_TOO_LONG,
  GRANARY_REASON_TAG_VALUE_TOO_LONG,
  GRANARY_REASON_TAG_CHARACTER,
  GRANARY_REASON_TAG_SYNTAX,
  GRANARY_REASON_TAGS_TOO_MANY,

  /* A metric. Subject: its name. */
  GRANARY_REASON_METRIC_SYNTAX,
  GRANARY_REASON_METRIC_DUPLICATE,

  /* A path inside a version. Subject: the path, made printable. */
  GRANARY_REASON_PATH_EMPTY,
  GRANARY_REASON_PATH_ABSOLUTE,
  GRANARY_REASON_PATH_TRAVERSAL,
  GRANARY_REASON_PATH_TOO_LONG,
  GRANARY_REASON_PATH_ENCODING,
  GRANARY_REASON_PATH_CONTROL_CHARACTER,
  GRANARY_REASON_PATH_DUPLICATE,
  GRANARY_REASON_PATH_IS_FOLDER,

  /* A file or folder to import. Subject: its path, made printable. */
  GRANARY_REASON_SOURCE_NONE,
  GRANARY_REASON_SOURCE_MISSING,
  GRANARY_REASON_SOURCE_UNREADABLE,
  GRANARY_REASON_SOURCE_SPECIAL,
  GRANARY_REASON_SOURCE_LINK_OUTSIDE,
  GRANARY_REASON_SOURCE_LINK_LOOP,
  GRANARY_REASON_SOURCE_LINK_BROKEN,
  GRANARY_REASON_SOURCE_TOO_DEEP,
  GRANARY_REASON_SOURCE_TOO_MANY,
  GRANARY_REASON_SOURCE_CHANGED,
  GRANARY_REASON_SOURCE_IN_REPOSITORY,
  GRANARY_REASON_SOURCE_NOT_REMOVED,

  /* Files that are in the way. Subject: the path. */
  GRANARY_REASON_WOULD_REPLACE,
  GRANARY_REASON_TARGET_EXISTS,
  GRANARY_REASON_TARGET_UNWRITABLE,

  /* The disk. Subject: the path; the detail says how much room is needed and there is. */
  GRANARY_REASON_NO_SPACE,
  GRANARY_REASON_READ_ONLY,
  GRANARY_REASON_PERMISSION,
  GRANARY_REASON_INPUT_OUTPUT,

  /* Things in the repository. Subject: how it was named. */
  GRANARY_REASON_MODEL_MISSING,
  GRANARY_REASON_VERSION_MISSING,
  GRANARY_REASON_TRASH_MISSING,
  GRANARY_REASON_VERSION_NOT_READY,
  GRANARY_REASON_BUSY,

  /* Found by verify or before use. Subject: MODEL vN/PATH. */
  GRANARY_REASON_FILE_MISSING,
  GRANARY_REASON_FILE_CHANGED,
  GRANARY_REASON_FILE_UNKNOWN,

  /* The catalogue. Subject: its path. */
  GRANARY_REASON_CATALOG_NEWER,
  GRANARY_REASON_CATALOG_CORRUPT,
  GRANARY_REASON_CATALOG_LOCKED,
  GRANARY_REASON_CATALOG_READ_ONLY,
  GRANARY_REASON_REPOSITORY_GONE,
  GRANARY_REASON_REPOSITORY_UNUSABLE,

  /* config.json and model_service.py. Subject: the file; detail: line and what was found. */
  GRANARY_REASON_JSON_SYNTAX,
  GRANARY_REASON_JSON_NOT_OBJECT,
  GRANARY_REASON_PYTHON_IMPLAUSIBLE,
  GRANARY_REASON_FORMAT_UNREADABLE,
} GranaryReason;

#define GRANARY_N_REASONS (GRANARY_REASON_FORMAT_UNREADABLE + 1)

#define GRANARY_ERROR (granary_error_quark ())

GQuark         granary_error_quark         (void);

void           granary_set_error           (GError       **error,
                                            GranaryError   code,
                                            GranaryReason  reason,
                                            const char    *subject,
                                            const char    *format,
                                            ...) G_GNUC_PRINTF (5, 6);
void           granary_set_error_from_errno
                                           (GError       **error,
                                            int            saved_errno,
                                            const char    *subject,
                                            const char    *action);
GranaryReason  granary_error_get_reason    (const GError  *error);
const char    *granary_error_get_subject   (const GError  *error);
gboolean       granary_error_matches_reason (const GError  *error,
                                             GranaryReason  reason);
void           granary_error_set_request   (GError        *error,
                                            guint          http_status,
                                            const char    *request_id,
                                            guint          retry_after);
guint          granary_error_get_http_status (const GError *error);
const char    *granary_error_get_request_id  (const GError *error);
guint          granary_error_get_retry_after (const GError *error);
void           granary_error_set_room      (GError        *error,
                                            gint64         needed,
                                            gint64         available);
gboolean       granary_error_get_room      (const GError  *error,
                                            gint64        *needed,
                                            gint64        *available);
void           granary_error_set_line      (GError        *error,
                                            int            line);
int            granary_error_get_line      (const GError  *error);
gboolean       granary_error_is_cancelled  (const GError  *error);
char          *granary_display_path        (const char    *path) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
