/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-catalog-writer.h"
#include "granary-database.h"
#include "granary-worker.h"

G_BEGIN_DECLS

/* What the files of catalog/ share. */

#define GRANARY_CATALOG_APPLICATION_ID 0x4772616e /* "Gran" */

/* A reader holds one connection and one snapshot: all its statements see the same state. */
typedef struct
{
  GranaryCatalog  *catalog;  /* (unowned) */
  GranaryDatabase *database; /* on loan from the catalogue */
} GranaryReader;

GranaryReader *granary_catalog_begin_read    (GranaryCatalog   *self,
                                              GCancellable     *cancellable,
                                              GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryStatement *
               granary_catalog_start_read    (GranaryCatalog   *self,
                                              GCancellable     *cancellable,
                                              const char       *sql,
                                              GranaryReader   **reader,
                                              GError          **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean       granary_read_ended            (GError           *local_error,
                                              GError          **error);
void           granary_reader_end            (GranaryReader    *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryReader, granary_reader_end)

/* The row of the version that a service `s` runs: by its id, else by its model and number. */
#define GRANARY_SERVICE_VERSION \
  "coalesce((SELECT v.id FROM versions v WHERE v.uid = s.version_uid)," \
  " (SELECT v.id FROM models m JOIN versions v ON v.model_id = m.id" \
  "   WHERE m.uid = s.model_uid AND v.number = s.version_number AND s.version_number > 0))"

GranaryWorker *granary_catalog_get_worker    (GranaryCatalog   *self);
gboolean       granary_catalog_migrate       (GranaryDatabase  *database,
                                              GError          **error);

/* The transaction under way. */
struct _GranaryWriter
{
  GranaryCatalog  *catalog;  /* (unowned) */
  GranaryDatabase *database; /* (unowned) */
  GHashTable      *touched;  /* model ids whose summary and search text must follow */
  char            *user;     /* (unowned) login name */
};

void           granary_writer_touch          (GranaryWriter    *self,
                                              gint64            model_id);
gboolean       granary_writer_flush          (GranaryWriter    *self,
                                              GError          **error);
gboolean       granary_writer_run            (GranaryWriter    *self,
                                              const char       *sql,
                                              GError          **error,
                                              const char       *types,
                                              ...);
gboolean       granary_writer_write_metrics  (GranaryWriter    *self,
                                              gint64            version_id,
                                              GPtrArray        *metrics,
                                              GError          **error);
gboolean       granary_writer_write_files    (GranaryWriter    *self,
                                              gint64            version_id,
                                              GPtrArray        *files,
                                              GError          **error);

/* What a service told, summed up: see granary-catalog-mirror.c. */
#define GRANARY_DIGEST_START G_GUINT64_CONSTANT (0xcbf29ce484222325)

guint64        granary_digest_text           (guint64           digest,
                                              const char       *text);
guint64        granary_digest_int            (guint64           digest,
                                              gint64            value);

/* The versions of a model in a mirror; *changed is set when one was written. */
gint64         granary_mirror_digest_versions   (GPtrArray      *versions);
gboolean       granary_mirror_sync_versions     (GranaryWriter  *self,
                                                 gint64          model_id,
                                                 GPtrArray      *versions,
                                                 gboolean       *changed,
                                                 GError        **error);
gboolean       granary_mirror_raise_high_water  (GranaryWriter  *self,
                                                 gint64          model_id,
                                                 gint64          high_water,
                                                 GError        **error);
gboolean       granary_mirror_follow_versions   (GranaryWriter  *self,
                                                 gint64          model_id,
                                                 GError        **error);

/* Rows to records, on whichever connection. */
GPtrArray      *granary_load_versions        (GranaryDatabase  *database,
                                              gint64            model_id,
                                              gboolean          with_trashed,
                                              GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryVersion *granary_load_version         (GranaryDatabase  *database,
                                              gint64            version_id,
                                              GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryModel   *granary_load_model           (GranaryDatabase  *database,
                                              gint64            model_id,
                                              gboolean          with_trashed,
                                              GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryTagSet  *granary_load_tags            (GranaryDatabase  *database,
                                              gint64            model_id,
                                              GError          **error) G_GNUC_WARN_UNUSED_RESULT;
gint64          granary_find_model           (GranaryDatabase  *database,
                                              const char       *name_or_uid,
                                              GError          **error);
void            granary_set_model_missing    (GError          **error,
                                              const char       *subject);
char           *granary_ids_to_json          (const gint64     *ids,
                                              guint             n_ids) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
