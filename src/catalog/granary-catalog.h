/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "granary-event.h"
#include "granary-model.h"
#include "granary-query.h"
#include "granary-trash-entry.h"

G_BEGIN_DECLS

/**
 * GranaryCatalogFlags:
 * @GRANARY_CATALOG_MIRROR: it repeats what a cloud knows; losing its last moments is harmless
 * @GRANARY_CATALOG_READ_ONLY: do not write
 */
typedef enum
{
  GRANARY_CATALOG_NONE = 0,
  GRANARY_CATALOG_MIRROR = 1 << 0,
  GRANARY_CATALOG_READ_ONLY = 1 << 1,
} GranaryCatalogFlags;

/**
 * GranaryImpact:
 * @n_models: models that go as a whole
 * @n_versions: versions that go
 * @n_entries: entries of the trash that go
 * @n_services: services of them that run or are meant to
 * @size: bytes of their files
 * @freed: bytes that come back once purged: content that nothing else in the repository shares
 *
 * What a deletion would touch.
 */
typedef struct
{
  int    n_models;
  int    n_versions;
  int    n_entries;
  int    n_services;
  gint64 size;
  gint64 freed;
} GranaryImpact;

/**
 * GranaryFacet:
 * @key: tag key
 * @value: tag value
 * @n_models: models that carry it
 */
typedef struct
{
  char *key;
  char *value;
  int   n_models;
} GranaryFacet;

void granary_facet_free (GranaryFacet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryFacet, granary_facet_free)

/**
 * GranaryCounts:
 *
 * What the sidebar shows.
 */
typedef struct
{
  int    n_models;
  int    n_versions;
  int    n_trash;
  gint64 size;
} GranaryCounts;

#define GRANARY_TYPE_CATALOG (granary_catalog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryCatalog, granary_catalog, GRANARY, CATALOG, GObject)

/* Signals, both emitted in the thread-default main context of the thread that called open:
 *   changed (GArray *model_ids)   element-type gint64, (nullable): NULL means "anything may have";
 *                                 trash and facets may have changed with every emission
 *   lost (const GError *error)    the file is no longer where it was opened; given once
 */

/* Opening blocks: call it on a worker, or where blocking is fine. */
GranaryCatalog *granary_catalog_open             (const char           *path,
                                                  GranaryCatalogFlags   flags,
                                                  GMainContext         *context,
                                                  GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void            granary_catalog_close            (GranaryCatalog       *self);
const char     *granary_catalog_get_path         (GranaryCatalog       *self);
gboolean        granary_catalog_is_read_only     (GranaryCatalog       *self);
gboolean        granary_catalog_is_on_shared_disk (GranaryCatalog      *self);
void            granary_catalog_expect_changes   (GranaryCatalog       *self);
gboolean        granary_catalog_check_present    (GranaryCatalog       *self,
                                                  GError              **error);

/* Reads. They block; any thread but the main one. All lists are new and owned by the caller. */
GArray            *granary_catalog_list_ids        (GranaryCatalog   *self,
                                                    GranaryQuery     *query,
                                                    GCancellable     *cancellable,
                                                    GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray         *granary_catalog_load_summaries  (GranaryCatalog   *self,
                                                    const gint64     *ids,
                                                    guint             n_ids,
                                                    GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray         *granary_catalog_load_versions   (GranaryCatalog   *self,
                                                    gint64            model_id,
                                                    GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryModel      *granary_catalog_load_model      (GranaryCatalog   *self,
                                                    gint64            model_id,
                                                    GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryVersion    *granary_catalog_load_version    (GranaryCatalog   *self,
                                                    gint64            version_id,
                                                    GError          **error) G_GNUC_WARN_UNUSED_RESULT;
gint64             granary_catalog_find_model      (GranaryCatalog   *self,
                                                    const char       *name_or_uid,
                                                    GError          **error);
gint64             granary_catalog_find_version    (GranaryCatalog   *self,
                                                    gint64            model_id,
                                                    int               number,
                                                    GError          **error);
gboolean           granary_catalog_find_origin     (GranaryCatalog   *self,
                                                    GranarySource     source,
                                                    const char       *source_ref,
                                                    gint64           *model_id,
                                                    GError          **error);
gboolean           granary_catalog_name_is_taken   (GranaryCatalog   *self,
                                                    const char       *name,
                                                    gint64            except_model_id,
                                                    gboolean         *taken,
                                                    GError          **error);
GPtrArray         *granary_catalog_list_facets     (GranaryCatalog   *self,
                                                    GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray         *granary_catalog_list_strings    (GranaryCatalog   *self,
                                                    const char       *which,
                                                    GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray         *granary_catalog_list_trash      (GranaryCatalog   *self,
                                                    GError          **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray         *granary_catalog_list_events     (GranaryCatalog   *self,
                                                    gint64            model_id,
                                                    guint             limit,
                                                    GError          **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean           granary_catalog_load_counts     (GranaryCatalog   *self,
                                                    GranaryCounts    *counts,
                                                    GError          **error);
gboolean           granary_catalog_load_impact     (GranaryCatalog   *self,
                                                    GArray           *model_ids,
                                                    GArray           *version_ids,
                                                    GranaryImpact    *impact,
                                                    GError          **error);
gboolean           granary_catalog_load_trash_impact (GranaryCatalog *self,
                                                    const char * const *entries,
                                                    GranaryImpact    *impact,
                                                    GError          **error);
gint64             granary_catalog_load_unique_size (GranaryCatalog  *self,
                                                    gint64            version_id,
                                                    GError          **error);

/* Services of any of these models or versions, as last seen; both NULL: all. (element-type
 * GranaryService), running ones first. */
GPtrArray         *granary_catalog_list_services   (GranaryCatalog   *self,
                                                    GArray           *model_ids,
                                                    GArray           *version_ids,
                                                    GError          **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * GranaryCatalogFunc:
 *
 * A piece of reading done on a catalogue's reader thread. Returns an owned result of the kind the
 * caller expects, or %NULL with @error set.
 */
typedef gpointer (*GranaryCatalogFunc) (GranaryCatalog  *catalog,
                                        gpointer         data,
                                        GCancellable    *cancellable,
                                        GError         **error);

void               granary_catalog_read_async      (GranaryCatalog       *self,
                                                    GranaryCatalogFunc    func,
                                                    gpointer              data,
                                                    GDestroyNotify        data_free,
                                                    GDestroyNotify        result_free,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
gpointer           granary_catalog_read_finish     (GranaryCatalog       *self,
                                                    GAsyncResult         *result,
                                                    GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/* The commonest reads, ready made. Results as in their blocking twins. */
void               granary_catalog_list_ids_async  (GranaryCatalog       *self,
                                                    GranaryQuery         *query,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
void               granary_catalog_load_summaries_async
                                                   (GranaryCatalog       *self,
                                                    GArray               *ids,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
void               granary_catalog_load_versions_async
                                                   (GranaryCatalog       *self,
                                                    gint64                model_id,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
void               granary_catalog_load_model_async
                                                   (GranaryCatalog       *self,
                                                    gint64                model_id,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);
void               granary_catalog_load_version_async
                                                   (GranaryCatalog       *self,
                                                    gint64                version_id,
                                                    GCancellable         *cancellable,
                                                    GAsyncReadyCallback   callback,
                                                    gpointer              user_data);

G_END_DECLS
