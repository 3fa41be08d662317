/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-publish-draft.h"

G_BEGIN_DECLS

/* What granary-publish-draft.c and -checks.c share. */

/* What services of this model were allowed before. */
typedef struct
{
  gboolean network;
  gboolean gpu;
  gboolean unsandboxed;
  gboolean install;
} GranaryPublishGrants;

struct _GranaryPublishDraft
{
  GObject                parent_instance;

  GranaryConnection     *connection;   /* (owned) */
  GranaryServiceHost    *host;         /* (owned) */
  gint64                 version_id;
  GranaryPublishProfile *remembered;   /* (owned) (nullable) */

  GranaryVersion        *version;      /* (owned) (nullable) until read */
  GPtrArray             *services;     /* (owned) (nullable) (element-type GranaryService): all */
  GranaryPublishOptions *options;      /* (owned) (nullable) until told */
  GError                *error;        /* (owned) (nullable) */
  GranaryPublishGrants   grants;

  gboolean               is_new;
  gboolean               is_touched;   /* whether target or profile were chosen by hand */
  char                  *name;         /* (owned) */
  char                  *group;        /* (owned) (nullable) */
  GranaryPublishProfile *profile;      /* (owned) */

  GranaryPublishPrice    price;
  gint64                 fen;
  GError                *price_error;  /* (owned) (nullable) */
  gboolean               any_price;

  GError                *problems[GRANARY_N_PUBLISH_FIELDS]; /* (owned) (nullable) */
  gboolean               is_open;      /* something is still to be chosen */

  GCancellable          *loading;      /* (owned) (nullable): of the read or question under way */
  GCancellable          *quoting;      /* (owned) (nullable) */
  guint                  quote_source;
};

/* Finds the problems anew. */
void granary_publish_draft_check         (GranaryPublishDraft *self);
/* What was allowed before, of all services of its model. */
void granary_publish_draft_find_grants   (GranaryPublishDraft *self);
/* Chooses what is likely, once the options are there. */
void granary_publish_draft_choose        (GranaryPublishDraft *self);

G_END_DECLS
