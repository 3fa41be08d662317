/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"
#include "granary-inspection.h"
#include "granary-service.h"

G_BEGIN_DECLS

/**
 * GranaryVerb:
 *
 * What was being done when something went wrong.
 */
typedef enum
{
  GRANARY_VERB_OPEN,
  GRANARY_VERB_LOAD,
  GRANARY_VERB_SEARCH,
  GRANARY_VERB_IMPORT,
  GRANARY_VERB_UPLOAD,
  GRANARY_VERB_DOWNLOAD,
  GRANARY_VERB_EDIT,
  GRANARY_VERB_TAG,
  GRANARY_VERB_DELETE,
  GRANARY_VERB_RESTORE,
  GRANARY_VERB_PURGE,
  GRANARY_VERB_VERIFY,
  GRANARY_VERB_INSPECT,
  GRANARY_VERB_CONNECT,
  GRANARY_VERB_REFRESH,
  GRANARY_VERB_LIST_OBJECTS,
  GRANARY_VERB_DISCONNECT,
  GRANARY_VERB_PUBLISH,
  GRANARY_VERB_START_SERVICE,
  GRANARY_VERB_STOP_SERVICE,
  GRANARY_VERB_UPDATE_SERVICE,
  GRANARY_VERB_REMOVE_SERVICE,
  GRANARY_VERB_CALL_SERVICE,
  GRANARY_VERB_READ_LOG,
  GRANARY_VERB_LIST_SERVICES,
  GRANARY_VERB_DOWNLOAD_SDK,
} GranaryVerb;

#define GRANARY_N_VERBS (GRANARY_VERB_DOWNLOAD_SDK + 1)

/**
 * GranaryWayOut:
 *
 * What the user can do about it, for a button.
 */
typedef enum
{
  GRANARY_WAY_OUT_NONE,
  GRANARY_WAY_OUT_RETRY,
  GRANARY_WAY_OUT_CHANGE_INPUT,
  GRANARY_WAY_OUT_CHOOSE_FOLDER,
  GRANARY_WAY_OUT_EMPTY_TRASH,
  GRANARY_WAY_OUT_REPLACE,
  GRANARY_WAY_OUT_VERIFY,
  GRANARY_WAY_OUT_CHANGE_KEY,
} GranaryWayOut;

/**
 * GranaryWording:
 * @title: one short line: what did not work, on what
 * @body: why, and what to do; one or two sentences
 * @action: (nullable): label of the button for @way_out, with a mnemonic
 */
typedef struct
{
  char          *title;
  char          *body;
  char          *action;
  GranaryWayOut  way_out;
} GranaryWording;

void            granary_wording_free            (GranaryWording          *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryWording, granary_wording_free)

/* The first thing that main() does. */
void            granary_wording_bind_locale     (void);

/* Errors. @object: (nullable) what the verb was applied to, such as `plate-ocr v6`. */
GranaryWording *granary_wording_for_error       (const GError            *error,
                                                 GranaryVerb              verb,
                                                 const char              *object) G_GNUC_WARN_UNUSED_RESULT;
/* One sentence for a field or a line on stderr. */
char           *granary_wording_for_problem     (const GError            *error) G_GNUC_WARN_UNUSED_RESULT;

/* Consequences. */
GranaryWording *granary_wording_for_delete      (const char              *object,
                                                 int                      number,
                                                 const GranaryImpact     *impact) G_GNUC_WARN_UNUSED_RESULT;
/* Where there is no trash. */
GranaryWording *granary_wording_for_delete_forever
                                                (const char              *object,
                                                 int                      number,
                                                 const GranaryImpact     *impact) G_GNUC_WARN_UNUSED_RESULT;
GranaryWording *granary_wording_for_purge       (guint                    n_entries,
                                                 gint64                   freed) G_GNUC_WARN_UNUSED_RESULT;
GranaryWording *granary_wording_for_replace     (const char              *object,
                                                 guint                    n_files) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_for_repairs     (GPtrArray               *repairs) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_for_freed       (gint64                   bytes) G_GNUC_WARN_UNUSED_RESULT;

/* Things. All results in the language of the process. */
const char     *granary_wording_status          (GranaryStatus            status);
/* @progress: percent of an import, -1 unknown */
char           *granary_wording_status_progress (GranaryStatus            status,
                                                 int                      progress) G_GNUC_WARN_UNUSED_RESULT;
const char     *granary_wording_source          (GranarySource            source);
const char     *granary_wording_task_state      (GranaryTaskState         state);
const char     *granary_wording_service_state   (GranaryServiceState      state);
char           *granary_wording_service_failure (const GranaryService    *service) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_service         (const GranaryService    *service) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_event           (const GranaryEvent      *event) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_version         (const char              *model_name,
                                                 int                      number) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_size            (gint64                   bytes) G_GNUC_WARN_UNUSED_RESULT;
/* @fen: 1/100 yuan */
char           *granary_wording_price           (gint64                   fen) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_place           (const char              *place) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_n_files         (guint                    n_files) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_n_versions      (guint                    n_versions) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_age             (gint64                   time,
                                                 gint64                   now) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_time            (gint64                   time) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_metrics         (GPtrArray               *metrics) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_inspection_warning (GranaryInspectionWarning  warning,
                                                    const char               *subject) G_GNUC_WARN_UNUSED_RESULT;

/* Transfers. */
char           *granary_wording_transfer_title  (GranaryTransfer         *transfer) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_transfer_line   (GranaryTransfer         *transfer) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_transfer_progress (GranaryTransfer       *transfer) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
