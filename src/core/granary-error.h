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
  GRANARY_REASON_NAME_AMBIGUOUS,

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

  /* The network. Subject: the host. */
  GRANARY_REASON_HOST_UNREACHABLE,
  GRANARY_REASON_NO_ANSWER_IN_TIME,
  GRANARY_REASON_CONNECTION_BROKEN,
  GRANARY_REASON_CERTIFICATE_INVALID,
  GRANARY_REASON_REDIRECTED,
  GRANARY_REASON_OFFLINE,

  /* Answers of a service. Subject: the call, such as `DescribeTrainingTasks`. */
  GRANARY_REASON_RESPONSE_MALFORMED,
  GRANARY_REASON_RESPONSE_TOO_LARGE,
  GRANARY_REASON_SERVICE_BUSY,
  GRANARY_REASON_SERVICE_FAILED,
  GRANARY_REASON_CALL_REFUSED,
  GRANARY_REASON_CALL_WITHDRAWN,
  GRANARY_REASON_OUTCOME_UNKNOWN,

  /* The account. Subject: the connection's name, but where said. */
  GRANARY_REASON_KEY_MISSING,
  GRANARY_REASON_KEY_INCOMPLETE, /* subject: what is missing of it */
  GRANARY_REASON_KEY_MALFORMED,  /* subject: which part of it */
  GRANARY_REASON_KEY_UNKNOWN,
  GRANARY_REASON_KEY_WRONG,
  GRANARY_REASON_TOKEN_EXPIRED,
  GRANARY_REASON_CLOCK_SKEWED,
  GRANARY_REASON_ACTION_FORBIDDEN, /* subject: `service:Action` as CAM policies write it */
  GRANARY_REASON_REGION_UNKNOWN,   /* subject: the region */
  GRANARY_REASON_BALANCE_LOW,
  GRANARY_REASON_KEYRING_MISSING,
  GRANARY_REASON_KEYRING_LOCKED,
  GRANARY_REASON_CONNECTION_MISSING,
  GRANARY_REASON_CONNECTION_NAME,
  GRANARY_REASON_CONNECTION_EXISTS,
  GRANARY_REASON_CONNECTIONS_UNREADABLE, /* subject: the file that lists them */
  GRANARY_REASON_ENDPOINT_INVALID, /* subject: the address */

  /* Object storage. Subject: `BUCKET/KEY`, made printable. */
  GRANARY_REASON_BUCKET_MISSING,
  GRANARY_REASON_BUCKET_NAME,
  GRANARY_REASON_OBJECT_MISSING,
  GRANARY_REASON_OBJECT_CHANGED,
  GRANARY_REASON_OBJECT_ARCHIVED,
  GRANARY_REASON_OBJECT_TOO_LARGE,
  GRANARY_REASON_OBJECT_KEY,
  GRANARY_REASON_UPLOAD_VANISHED,
  GRANARY_REASON_CRC_MISMATCH,
  GRANARY_REASON_STORAGE_UNSET, /* subject: the connection's name */

  /* The cloud repository. Subject: the model, version or tag. */
  GRANARY_REASON_ENVIRONMENT_UNSET,
  GRANARY_REASON_IMPORT_REFUSED, /* the platform's own text is in the remote message */
  GRANARY_REASON_CLOUD_CANNOT,   /* subject: what cannot be changed there */
  GRANARY_REASON_NO_TRASH,       /* subject: the connection's name */
  GRANARY_REASON_FILES_UNKNOWN,
  GRANARY_REASON_TAG_SYSTEM,
  GRANARY_REASON_TAG_REJECTED,

  /* Training tasks and runtime environments. */
  GRANARY_REASON_TASK_MISSING,        /* subject: its id */
  GRANARY_REASON_TASK_UNREADABLE,     /* subject: the file or call that cannot be understood */
  GRANARY_REASON_TASK_NEWER,          /* subject: the database, of a version not known here */
  GRANARY_REASON_TASK_BUSY,           /* subject: the database that another program keeps locked */
  GRANARY_REASON_TASK_EMPTY,          /* subject: the task, with nothing to import */
  GRANARY_REASON_TASK_ELSEWHERE,      /* subject: the address of outputs that are not here */
  GRANARY_REASON_TASK_FOLDER,         /* subject: the folder that cannot be searched */
  GRANARY_REASON_TASKS_NOT_LISTED,    /* subject: the connection; ids are entered by hand */
  GRANARY_REASON_TASKS_TOO_MANY,      /* subject: the folder, of which some are left out */
  GRANARY_REASON_METRICS_UNAVAILABLE, /* subject: the task */
  GRANARY_REASON_REGISTRY_UNAVAILABLE, /* subject: the registry */
  GRANARY_REASON_IMAGE_ADDRESS,       /* subject: what was typed */
  GRANARY_REASON_CONFIG_KEPT,         /* subject: MODEL vN/config.json */

  /* Model services. Subject: the service, but where said. */
  GRANARY_REASON_SERVICE_MISSING, /* subject: the service, by name or id */
  GRANARY_REASON_SERVICE_AMBIGUOUS, /* subject: the name of several services */
  GRANARY_REASON_SERVICE_NAME_INVALID, /* subject: the name */
  GRANARY_REASON_SERVICE_NAME_TAKEN, /* subject: the name */
  GRANARY_REASON_SERVICE_VERSION_DELETED,
  GRANARY_REASON_SERVICE_STATE,
  GRANARY_REASON_SERVICE_NOT_RUNNING,
  GRANARY_REASON_SERVICE_START_FAILED,
  GRANARY_REASON_SERVICE_NO_ADDRESS,
  GRANARY_REASON_SERVICE_LOG_ELSEWHERE,
  GRANARY_REASON_SERVICE_UNTOLD, /* how it goes */
  GRANARY_REASON_SUPERVISOR_UNREACHABLE, /* subject: the repository */
  GRANARY_REASON_SUPERVISOR_OTHER, /* subject: the repository */
  GRANARY_REASON_SANDBOX_MISSING, /* subject: the version or service */
  GRANARY_REASON_HANDLER_MISSING, /* subject: the version */
  GRANARY_REASON_REQUIREMENTS_UNMET, /* subject: the packages */
  GRANARY_REASON_PYTHON_MISSING, /* subject: its path */
  GRANARY_REASON_SPEC_UNSET, /* subject: the version */
  GRANARY_REASON_SPEC_SOLD_OUT, /* subject: the instance type */
  GRANARY_REASON_PRICE_UNCONFIRMED, /* subject: what it costs */
  GRANARY_REASON_PRICE_UNKNOWN, /* subject: the instance type */
  GRANARY_REASON_REQUEST_NOT_JSON, /* subject: as it was given; with a line */
  GRANARY_REASON_SDK_UNAVAILABLE, /* subject: the version */
  GRANARY_REASON_SDK_FORBIDDEN, /* subject: its address */
} GranaryReason;

#define GRANARY_N_REASONS (GRANARY_REASON_SDK_FORBIDDEN + 1)

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
void           granary_error_set_remote    (GError        *error,
                                            const char    *code,
                                            const char    *message);
const char    *granary_error_get_remote_code    (const GError *error);
const char    *granary_error_get_remote_message (const GError *error);
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
