/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-test-tione.h"

G_BEGIN_DECLS

/* What the tests of faults do, and how they see that nothing is lost. */

typedef struct
{
  GranaryTestPlace  place;
  GranaryVersion   *version; /* (owned): there before */
  char             *name;    /* (owned): of a new model, of a file, of a tag */
  char             *source;  /* (owned): folder */
  char             *out;     /* (owned): folder */
  GranaryTransfer  *transfer; /* (owned) (nullable): of an import, of an upload */
} Case;

/* A verb: what it does, and what it must have done, or left. */
typedef struct
{
  const char *name;
  gboolean  (*act)   (Case      *self,
                      GError   **error);
  void      (*check) (Case      *self,
                      gboolean   is_done,
                      GError    *error);
} Verb;

extern const Verb import_verb;
extern const Verb import_listed_verb;
extern const Verb import_tagged_verb;
extern const Verb import_version_verb;
extern const Verb upload_verb;
extern const Verb download_verb;
extern const Verb edit_verb;
extern const Verb delete_verb;
extern const Verb refresh_verb;
extern const Verb check_verb;
extern const Verb tasks_verb;
extern const Verb task_verb;
extern const Verb discover_verb;
extern const Verb registries_verb;
extern const Verb tags_verb;

/* For all of the program. */
extern GranaryTestCloud *tione_faults_cloud;

void     answered_cb (GObject       *source,
                      GAsyncResult  *result,
                      gpointer       user_data);
gboolean act_import  (Case          *self,
                      GError       **error);

G_END_DECLS
