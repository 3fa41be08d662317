/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-run-files-private.h"

G_BEGIN_DECLS

#define GRANARY_PADDLE_FRAMEWORK "PaddlePaddle"

/* What the training outputs of the Paddle tools have in common: train_result.json, a config in YAML,
 * checkpoints as pdparams, and beside them what was exported for inference. */

/**
 * GranaryPaddleFacts:
 * @metric: (nullable): name of the score that is told
 * @scene: (nullable): as in [struct@TaskOutput]
 * @preference: (nullable): as in [struct@TaskOutput]
 *
 * What is the same for all outputs of a run.
 */
typedef struct
{
  const char *metric;
  const char *scene;
  const char *preference;
} GranaryPaddleFacts;

gboolean  granary_paddle_has_result     (GHashTable                *names);
gboolean  granary_paddle_is_ocr         (const char                *folder,
                                         GHashTable                *names);
gint64    granary_paddle_mtime          (const char                *folder);
/* (nullable): NULL without an error where there is none. */
JsonNode *granary_paddle_read_result    (const char                *folder,
                                         GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *granary_paddle_read_config    (const char                *folder) G_GNUC_WARN_UNUSED_RESULT;
GranaryTask *
          granary_paddle_make_task      (const GranaryRun          *run,
                                         GranaryTaskKinds           kind) G_GNUC_WARN_UNUSED_RESULT;
void      granary_paddle_add_models     (GranaryTaskDetails        *details,
                                         const char                *folder,
                                         JsonNode                  *result,
                                         const GranaryPaddleFacts  *facts,
                                         GCancellable              *cancellable);
void      granary_paddle_add_checkpoint (GranaryTaskDetails        *details,
                                         const char                *folder,
                                         const char                *stem,
                                         const char                *id,
                                         const GranaryPaddleFacts  *facts,
                                         GCancellable              *cancellable);
void      granary_paddle_add_numbered   (GranaryTaskDetails        *details,
                                         const char                *folder,
                                         const char                *prefix,
                                         const GranaryPaddleFacts  *facts,
                                         GCancellable              *cancellable);
gboolean  granary_paddle_is_inference   (const char                *folder);
void      granary_paddle_settle         (GranaryTaskDetails        *details);

G_END_DECLS
