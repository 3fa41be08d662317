/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GRANARY_TYPE_EVENT (granary_event_get_type ())

/**
 * GranaryEventKind:
 *
 * What happened to a model. The stored form is the lower-case name.
 */
typedef enum
{
  GRANARY_EVENT_CREATED,    /* the model came to be */
  GRANARY_EVENT_IMPORTED,   /* a version became ready */
  GRANARY_EVENT_UPLOADED,   /* detail: n files added, n replaced */
  GRANARY_EVENT_TAGGED,     /* detail: the tags after the edit */
  GRANARY_EVENT_DESCRIBED,
  GRANARY_EVENT_RENAMED,    /* detail: the name before */
  GRANARY_EVENT_DELETED,
  GRANARY_EVENT_RESTORED,
  GRANARY_EVENT_PURGED,
  GRANARY_EVENT_REPAIRED,   /* detail: what was in flight: import, upload, … */
  GRANARY_EVENT_DOWNLOADED, /* detail: the folder */
} GranaryEventKind;

#define GRANARY_N_EVENT_KINDS (GRANARY_EVENT_DOWNLOADED + 1)

/**
 * GranaryEvent:
 * @time: µs since the epoch, UTC
 * @kind: what happened
 * @model_name: name of the model then
 * @number: version, 0 when it was about the whole model
 * @detail: (nullable): see [enum@EventKind]
 * @user: (nullable): login name of who did it
 *
 * One line of a model's history. Immutable.
 */
typedef struct
{
  gint64            time;
  GranaryEventKind  kind;
  char             *model_name;
  int               number;
  char             *detail;
  char             *user;
} GranaryEvent;

GType         granary_event_get_type  (void);
GranaryEvent *granary_event_new       (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryEvent *granary_event_copy      (const GranaryEvent *self) G_GNUC_WARN_UNUSED_RESULT;
void          granary_event_free      (GranaryEvent       *self);
const char   *granary_event_kind_to_id   (GranaryEventKind   kind);
gboolean      granary_event_kind_from_id (const char        *id,
                                          GranaryEventKind  *kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryEvent, granary_event_free)

G_END_DECLS
