/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-tione-calls.h"
#include "granary-tione-refresh.h"

G_BEGIN_DECLS

/* What one refresh has at hand: a value of the thread that runs it. */
typedef struct
{
  GranaryApi              *api;         /* (unowned) */
  GranaryCatalog          *catalog;     /* (unowned) */
  GranaryConnectionStatus *status;      /* (unowned) */
  GCancellable            *cancellable; /* (unowned) (nullable) */
  GHashTable              *pages;       /* (unowned) offset → GranaryTionePage as last written */
  GHashTable              *seen;        /* (owned) ids of models that the service has, as a set */
  GPtrArray               *refused;     /* (owned) calls not offered or permitted */
  GError                  *problem;     /* (owned) (nullable): the first thing that did not work while
                                         * the rest went on */
} GranaryTioneRound;

/* A page of the list that is in the mirror as it was told. */
typedef struct
{
  gint64     offset; /* the key */
  gint64     limit;
  gint64     total;
  guint64    digest;
  GPtrArray *uids;   /* (owned) (element-type utf8) */
} GranaryTionePage;

GHashTable *granary_tione_pages_new  (void) G_GNUC_WARN_UNUSED_RESULT;

void     granary_tione_round_clear   (GranaryTioneRound   *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GranaryTioneRound, granary_tione_round_clear)

/* Notes @error (transfer full) and goes on; FALSE when that is of no use: @error is given on. */
gboolean granary_tione_round_survive (GranaryTioneRound   *self,
                                      GError              *problem,
                                      GError             **error);
/* Whether it is about a call that the account is not offered or may not make: @error is noted as such
 * and freed then. */
gboolean granary_tione_round_refused (GranaryTioneRound   *self,
                                      GError             **problem,
                                      const char          *call);
/* Whether the service itself says that there is no such thing, not a gateway before it. */
gboolean granary_tione_is_gone       (const GError        *error);

/* Requests in parallel. @fetch runs on several threads; what it made, or its error, is given to @store
 * on the thread of the caller, in the order of arrival. FALSE of @store ends it all. */
typedef gpointer (*GranaryTioneFetch) (GranaryTioneRound  *round,
                                       gconstpointer       job,
                                       GCancellable       *cancellable,
                                       GError            **error);
typedef gboolean (*GranaryTioneStore) (GranaryTioneRound  *round,
                                       gconstpointer       job,
                                       gpointer            result,  /* (owned) (nullable) */
                                       GError             *problem, /* (owned) (nullable) */
                                       gpointer            data,
                                       GError            **error);

gboolean granary_tione_fan_out       (GranaryTioneRound   *round,
                                      GPtrArray           *jobs,
                                      guint                n_threads,
                                      GranaryTioneFetch    fetch,
                                      GranaryTioneStore    store,
                                      GDestroyNotify       result_free,
                                      gpointer             data,
                                      GError             **error);

/* The steps. */

/* Those whose versions were not told go to @incomplete (element-type utf8). FALSE without @error: the
 * account is not offered the list. */
gboolean granary_tione_refresh_list   (GranaryTioneRound  *round,
                                       GPtrArray          *incomplete,
                                       GError            **error);
/* Writes models (element-type GranaryModel) as they were told; all that has NULL for its versions is
 * written without. */
gboolean granary_tione_write_models   (GranaryTioneRound  *round,
                                       GPtrArray          *models,
                                       GError            **error);
gboolean granary_tione_refresh_all    (GranaryTioneRound  *round,
                                       GError            **error);
/* Asks for each of the models (element-type utf8) and mirrors or forgets it. */
gboolean granary_tione_refresh_models (GranaryTioneRound  *round,
                                       GPtrArray          *uids,
                                       GError            **error);
/* Likewise their tags. */
gboolean granary_tione_refresh_tags   (GranaryTioneRound  *round,
                                       GPtrArray          *uids,
                                       GError            **error);
/* Takes in models by ids that were typed; those that exist are asked for from now on. */
gboolean granary_tione_refresh_add    (GranaryTioneRound  *round,
                                       const char * const *uids,
                                       GError            **error);

/* One look at versions that are being imported: those that ended are taken out of @uids (a set).
 * @vanished: whether one is not there any more. */
gboolean granary_tione_poll           (GranaryApi          *api,
                                       GranaryCatalog      *catalog,
                                       GHashTable          *uids,
                                       gboolean            *vanished,
                                       GCancellable        *cancellable,
                                       GError             **error);

G_END_DECLS
