/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cli.h"
#include "granary-cos-transfer.h"
#include "granary-inspection.h"

G_BEGIN_DECLS

/**
 * GranaryCliCos:
 * @cli: the run
 * @client: calls of object storage
 * @files: moves whole files
 * @recursive: all below an address
 * @replace: replace what is in the way
 * @yes: do not ask
 * @limit: how many to list, 0 for all
 * @marker: (nullable): list what follows this key
 * @root: (nullable): folder that downloads must not leave
 *
 * The commands of `cos`, what they were told and what they work with. Its functions run on the main
 * thread, but where said.
 */
typedef struct
{
  GranaryCli         *cli;
  GranaryCosClient   *client;
  GranaryCosTransfer *files;
  gboolean            recursive;
  gboolean            replace;
  gboolean            yes;
  gint64              limit;
  char               *marker;
  char               *root;
} GranaryCliCos;

/* Runs on another thread; what it returns is what granary_cli_cos_call() returns. */
typedef gpointer (*GranaryCliCosFunc) (GranaryCliCos  *self,
                                       gpointer        data,
                                       GCancellable   *cancellable,
                                       GError        **error);

gboolean  granary_cli_cos_open     (GranaryCliCos      *self,
                                    GError            **error);
gpointer  granary_cli_cos_call     (GranaryCliCos      *self,
                                    GranaryCliCosFunc   func,
                                    gpointer            data,
                                    GDestroyNotify      result_free,
                                    GError            **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean  granary_cli_cos_parse    (const char          *address,
                                    GranaryObjectPlace **place,
                                    GError             **error);
/* All objects below a prefix, page by page. */
GPtrArray *
          granary_cli_cos_list_all (GranaryCliCos             *self,
                                    const GranaryObjectPlace  *prefix,
                                    GError                   **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * GranaryCliCosFile:
 * @path: on this computer
 * @place: in the storage
 * @size: bytes
 *
 * One file to move.
 */
typedef struct
{
  char               *path;
  GranaryObjectPlace *place;
  gint64              size;
} GranaryCliCosFile;

GranaryCliCosFile *granary_cli_cos_file_new  (char                *path,
                                              GranaryObjectPlace  *place,
                                              gint64               size) G_GNUC_WARN_UNUSED_RESULT;
void               granary_cli_cos_file_free (GranaryCliCosFile   *self);

/**
 * GranaryCliCosMove:
 *
 * Moves one file, blocking, on one of several threads. *@skipped is set when it was there already
 * with the same content.
 */
typedef gboolean (*GranaryCliCosMove) (GranaryCliCos      *self,
                                       GranaryCliCosFile  *file,
                                       GranaryTransfer    *transfer,
                                       gboolean           *skipped,
                                       GError            **error);

gboolean  granary_cli_cos_move     (GranaryCliCos        *self,
                                    GPtrArray            *files,
                                    GranaryTransferKind   kind,
                                    const char           *subject,
                                    GranaryCliCosMove     move,
                                    GError              **error);
/* Whether a file has the content of an object; for GranaryCliCosMove. */
gboolean  granary_cli_cos_is_same  (const char           *path,
                                    const GranaryObject  *object,
                                    GCancellable         *cancellable,
                                    gboolean             *same,
                                    GError              **error);

gboolean  granary_cli_cos_ls       (GranaryCliCos        *self,
                                    char                **operands,
                                    GError              **error);
gboolean  granary_cli_cos_get      (GranaryCliCos        *self,
                                    char                **operands,
                                    GError              **error);
gboolean  granary_cli_cos_put      (GranaryCliCos        *self,
                                    char                **operands,
                                    GError              **error);
gboolean  granary_cli_cos_rm       (GranaryCliCos        *self,
                                    char                **operands,
                                    GError              **error);

GranaryInspection *
          granary_cli_cos_inspect  (GranaryCli           *cli,
                                    char                **addresses,
                                    guint                *n_objects,
                                    gint64               *size,
                                    GError              **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCliCosFile, granary_cli_cos_file_free)

G_END_DECLS
