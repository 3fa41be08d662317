/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryPublishField:
 *
 * Where a problem of the draft belongs.
 */
typedef enum
{
  GRANARY_PUBLISH_VERSION,
  GRANARY_PUBLISH_NAME,
  GRANARY_PUBLISH_GROUP,
  GRANARY_PUBLISH_PYTHON,
  GRANARY_PUBLISH_REQUIREMENTS,
  GRANARY_PUBLISH_SANDBOX,
  GRANARY_PUBLISH_ENVIRONMENT,
  GRANARY_PUBLISH_SPEC,
  GRANARY_PUBLISH_PRICE,
} GranaryPublishField;

#define GRANARY_N_PUBLISH_FIELDS (GRANARY_PUBLISH_PRICE + 1)

/**
 * GranaryPublishPrice:
 * @GRANARY_PUBLISH_PRICE_NONE: nothing is charged for it
 * @GRANARY_PUBLISH_PRICE_UNSET: nothing is chosen that has a price
 * @GRANARY_PUBLISH_PRICE_ASKING: it is being asked for
 * @GRANARY_PUBLISH_PRICE_KNOWN: that is what it costs
 * @GRANARY_PUBLISH_PRICE_UNKNOWN: it is charged, but how much could not be found out
 */
typedef enum
{
  GRANARY_PUBLISH_PRICE_NONE,
  GRANARY_PUBLISH_PRICE_UNSET,
  GRANARY_PUBLISH_PRICE_ASKING,
  GRANARY_PUBLISH_PRICE_KNOWN,
  GRANARY_PUBLISH_PRICE_UNKNOWN,
} GranaryPublishPrice;

/**
 * GranaryPublishDraft:
 *
 * How a version is to be published, being composed: what the dialog shows, and what one click does
 * without it. No GTK. Main-context object; what it reads and asks arrives later and is told by
 * `changed`, as every other change is.
 *
 * It begins with the way the connection was published to last. What that allowed the code of a
 * service counts only for models that were allowed it before.
 */
#define GRANARY_TYPE_PUBLISH_DRAFT (granary_publish_draft_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPublishDraft, granary_publish_draft, GRANARY, PUBLISH_DRAFT, GObject)

/* @remembered (nullable): as of granary_publish_draft_dup_memory() after the last publish. The
 * connection has a service host. */
GranaryPublishDraft   *granary_publish_draft_new           (GranaryConnection   *connection,
                                                            gint64               version_id,
                                                            const char          *remembered) G_GNUC_WARN_UNUSED_RESULT;
GranaryConnection     *granary_publish_draft_get_connection
                                                           (GranaryPublishDraft         *self);
GranaryServiceHost    *granary_publish_draft_get_host      (GranaryPublishDraft         *self);
gboolean               granary_publish_draft_is_local      (GranaryPublishDraft         *self);

/* Both (nullable) until they are read. */
GranaryVersion        *granary_publish_draft_get_version   (GranaryPublishDraft         *self);
const GranaryPublishOptions *
                       granary_publish_draft_get_options   (GranaryPublishDraft         *self);
/* (nullable): why they cannot be read; asked again by reload. */
const GError          *granary_publish_draft_get_error     (GranaryPublishDraft         *self);
void                   granary_publish_draft_reload        (GranaryPublishDraft         *self);

/* A new group, or one that is there. */
gboolean               granary_publish_draft_get_is_new    (GranaryPublishDraft         *self);
void                   granary_publish_draft_set_is_new    (GranaryPublishDraft         *self,
                                                            gboolean                     is_new);
const char            *granary_publish_draft_get_name      (GranaryPublishDraft         *self);
void                   granary_publish_draft_set_name      (GranaryPublishDraft         *self,
                                                            const char                  *name);
const char            *granary_publish_draft_get_group     (GranaryPublishDraft         *self);
void                   granary_publish_draft_set_group     (GranaryPublishDraft         *self,
                                                            const char                  *uid);
/* Of the service within its group; 1 in a new one. */
int                    granary_publish_draft_get_number    (GranaryPublishDraft         *self);
/* What the service will be called, "" while that is open. */
const char            *granary_publish_draft_get_title     (GranaryPublishDraft         *self);

/* How. Its price is not looked at. */
const GranaryPublishProfile *
                       granary_publish_draft_get_profile   (GranaryPublishDraft         *self);
void                   granary_publish_draft_set_profile   (GranaryPublishDraft         *self,
                                                            const GranaryPublishProfile *profile);

/* @fen (out) (optional): an hour for all instances, where it is known. */
GranaryPublishPrice    granary_publish_draft_get_price     (GranaryPublishDraft         *self,
                                                            gint64                      *fen);
const GError          *granary_publish_draft_get_price_error
                                                           (GranaryPublishDraft         *self);
/* Whether to publish although the price is not known; only where nobody tells it, not where it might
 * be asked for again. */
gboolean               granary_publish_draft_can_any_price (GranaryPublishDraft         *self);
gboolean               granary_publish_draft_get_any_price (GranaryPublishDraft         *self);
void                   granary_publish_draft_set_any_price (GranaryPublishDraft         *self,
                                                            gboolean                     any_price);

/* The problem of a field, or NULL. What is merely still open keeps it from being ready. */
const GError          *granary_publish_draft_get_problem   (GranaryPublishDraft         *self,
                                                            GranaryPublishField          field);
gboolean               granary_publish_draft_get_busy      (GranaryPublishDraft         *self);
gboolean               granary_publish_draft_get_ready     (GranaryPublishDraft         *self);
/* Whether it is ready, and all that needs the user's consent has it from before: one click does. */
gboolean               granary_publish_draft_get_agreed    (GranaryPublishDraft         *self);

/* Only when ready; with it the user agrees to the price that is known. */
GranaryPublishRequest *granary_publish_draft_make_request  (GranaryPublishDraft *self) G_GNUC_WARN_UNUSED_RESULT;
/* What to remember for the next time; JSON. */
char                  *granary_publish_draft_dup_memory    (GranaryPublishDraft *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
