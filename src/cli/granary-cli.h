/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-account-list.h"
#include "granary-connection.h"
#include "granary-error.h"
#include "granary-tione.h"
#include "granary-wording.h"
#include "granary-worker.h"

G_BEGIN_DECLS

#define GRANARY_CLI_DONE 0
#define GRANARY_CLI_FAILED 1
#define GRANARY_CLI_USAGE 2
#define GRANARY_CLI_CANCELLED 130 /* 128 + SIGINT, as shells do */

typedef struct _GranaryCliCommand GranaryCliCommand;

/**
 * GranaryCli:
 * @command: (nullable): what runs
 * @place: (nullable): argument of `-r`: a folder when it has a `/`, else the name of a connection
 * @json: whether output is for programs
 * @status: exit code of a command that did its work and has bad news
 * @verb: what is being done, for the words of an error
 * @object: (nullable): on what
 * @cancellable: of the whole run; Ctrl-C cancels it
 * @transfer: (nullable): of the work in progress
 * @worker: thread for reading files
 * @connection: (nullable): once opened
 * @accounts: (nullable): the connections that were set up, once read
 * @credentials: (nullable): the key of the environment
 * @credentials_error: (nullable): why the environment's key cannot be used, for who needs it
 *
 * One run of the program. Everything here happens on the main thread.
 */
typedef struct
{
  const GranaryCliCommand *command;
  char                    *place;
  gboolean                 json;
  int                      status;
  GranaryVerb              verb;
  char                    *object;
  GCancellable            *cancellable;
  GranaryTransfer         *transfer;
  GranaryWorker           *worker;
  GranaryConnection       *connection;
  GranaryAccountList      *accounts;
  GranaryCredentials      *credentials;
  GError                  *credentials_error;
  guint                    signal_sources[2];
} GranaryCli;

/**
 * GranaryCliFunc:
 *
 * Runs one command; @arguments[0] is its name. Fails with %G_OPTION_ERROR for wrong usage, with
 * %G_IO_ERROR_CANCELLED when called off, and otherwise with [error@Error].
 */
typedef gboolean (*GranaryCliFunc) (GranaryCli  *cli,
                                    char       **arguments,
                                    GError     **error);

/**
 * GranaryCliCommand:
 * @name: as typed
 * @parameters: what follows the options
 * @summary: one line, untranslated; see N_()
 * @details: (nullable): more, for its own help, untranslated
 * @func: runs it
 */
struct _GranaryCliCommand
{
  const char     *name;
  const char     *parameters;
  const char     *summary;
  const char     *details;
  GranaryCliFunc  func;
};

extern const GranaryCliCommand granary_cli_commands[];

int         granary_cli_main        (int                    argc,
                                     char                 **argv);

/**
 * GranaryCliOpen:
 * @GRANARY_CLI_OPEN_EXISTING: to change something in a repository that is there
 * @GRANARY_CLI_OPEN_CREATE: the same; a folder named with `-r` may become one
 * @GRANARY_CLI_OPEN_READ: only to read the catalogue: without the key of a cloud connection, unless
 *   its catalogue was never filled
 */
typedef enum
{
  GRANARY_CLI_OPEN_EXISTING,
  GRANARY_CLI_OPEN_CREATE,
  GRANARY_CLI_OPEN_READ,
} GranaryCliOpen;

/* The run. */
GranaryCli *granary_cli_new         (void) G_GNUC_WARN_UNUSED_RESULT;
void        granary_cli_free        (GranaryCli            *self);
void        granary_cli_begin       (GranaryCli            *self,
                                     GranaryVerb            verb,
                                     const char            *object);
gboolean    granary_cli_open        (GranaryCli            *self,
                                     GranaryCliOpen         how,
                                     GError               **error);

/* Connections. */
gboolean    granary_cli_is_cloud    (GranaryCli            *self);
GranaryAccountList *
            granary_cli_get_accounts (GranaryCli           *self,
                                     GError               **error);
GranaryAccount *
            granary_cli_find_account (GranaryCli           *self,
                                     GError               **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryAccount *
            granary_cli_find_key_account
                                    (GranaryCli            *self,
                                     GError               **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean    granary_cli_load_key    (GranaryCli            *self,
                                     GranaryAccount        *account,
                                     GError               **error);
gboolean    granary_cli_open_cloud  (GranaryCli            *self,
                                     GranaryCliOpen         how,
                                     GError               **error);
void        granary_cli_note_age    (GranaryCli            *self);
gboolean    granary_cli_do_refresh  (GranaryCli            *self,
                                     GArray                *model_ids,
                                     const char * const    *uids,
                                     GError               **error);

/* Reading the command line. */
gboolean    granary_cli_parse       (GranaryCli            *self,
                                     char                ***arguments,
                                     const GOptionEntry    *entries,
                                     int                    n_min,
                                     int                    n_max,
                                     GError               **error);
char      **granary_cli_take_list   (char                 **arguments,
                                     const char            *option,
                                     GPtrArray             *list) G_GNUC_WARN_UNUSED_RESULT;
gboolean    granary_cli_read_texts  (char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_read_tags   (char                 **texts,
                                     GranaryTagSet        **tags,
                                     GError               **error);

/* Work on other threads, waited for. */
typedef struct
{
  GAsyncResult *result;
} GranaryCliWait;

void        granary_cli_wait_cb     (GObject               *source,
                                     GAsyncResult          *result,
                                     gpointer               wait);
GAsyncResult *
            granary_cli_wait        (GranaryCli            *self,
                                     GranaryCliWait        *wait,
                                     GranaryTransfer       *transfer);
gpointer    granary_cli_read        (GranaryCli            *self,
                                     GranaryCatalogFunc     func,
                                     gpointer               data,
                                     GDestroyNotify         result_free,
                                     GError               **error) G_GNUC_WARN_UNUSED_RESULT;

/* Saying things. */
void        granary_cli_print       (const char            *text);
void        granary_cli_note        (GranaryCli            *self,
                                     const char            *text);
int         granary_cli_report      (GranaryCli            *self,
                                     const GError          *error);
gboolean    granary_cli_confirm     (GranaryCli            *self,
                                     const GranaryWording  *wording,
                                     GError               **error);
gboolean    granary_cli_ask         (GranaryCli            *self,
                                     const char            *question);
char       *granary_cli_read_secret (GranaryCli            *self,
                                     const char            *prompt,
                                     gboolean               hidden) G_GNUC_WARN_UNUSED_RESULT;
void        granary_cli_free_secret (char                  *secret);
gboolean    granary_cli_is_terminal (int                    descriptor);
int         granary_cli_get_width   (void);

const char *granary_cli_code_id     (int                    code);
const char *granary_cli_reason_id   (GranaryReason          reason);

/* The commands. */
gboolean    granary_cli_call        (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_connect     (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_connections (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_cos         (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_delete      (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_download    (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_import      (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_inspect     (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_logs        (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_models      (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_publish     (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_refresh     (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_remove      (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_services    (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_show        (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_start       (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_stop        (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_tag         (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_tasks       (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_trash       (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_update      (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_upload      (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);
gboolean    granary_cli_verify      (GranaryCli            *cli,
                                     char                 **arguments,
                                     GError               **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCli, granary_cli_free)

G_END_DECLS
