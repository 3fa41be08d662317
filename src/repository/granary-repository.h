/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-requests.h"

G_BEGIN_DECLS

/**
 * GranaryRepository:
 *
 * The verbs that change models. Every implementation runs the work on its own workers, writes the
 * catalogue before it reports success, and reports in the caller's thread-default main context.
 * A verb that is given a [class@Transfer] obeys its cancellable and reports through it; the verb
 * also sets the transfer's final state. Reads go to the catalogue, never through here.
 *
 * Errors are of [error@Error]; a verb that a back end lacks answers %GRANARY_ERROR_UNSUPPORTED.
 */
#define GRANARY_TYPE_REPOSITORY (granary_repository_get_type ())
G_DECLARE_INTERFACE (GranaryRepository, granary_repository, GRANARY, REPOSITORY, GObject)

struct _GranaryRepositoryInterface
{
  GTypeInterface parent_iface;

  void            (*import_async)    (GranaryRepository          *self,
                                      const GranaryImportRequest *request,
                                      GranaryTransfer            *transfer,
                                      GAsyncReadyCallback         callback,
                                      gpointer                    user_data);
  GranaryVersion *(*import_finish)   (GranaryRepository          *self,
                                      GAsyncResult               *result,
                                      GError                    **error);
  void            (*upload_async)    (GranaryRepository          *self,
                                      const GranaryUploadRequest *request,
                                      GranaryTransfer            *transfer,
                                      GAsyncReadyCallback         callback,
                                      gpointer                    user_data);
  GranaryVersion *(*upload_finish)   (GranaryRepository          *self,
                                      GAsyncResult               *result,
                                      GError                    **error);
  void            (*download_async)  (GranaryRepository          *self,
                                      GArray                     *version_ids,
                                      const char                 *folder,
                                      GranaryTransfer            *transfer,
                                      GAsyncReadyCallback         callback,
                                      gpointer                    user_data);
  GPtrArray      *(*download_finish) (GranaryRepository          *self,
                                      GAsyncResult               *result,
                                      GError                    **error);
  void            (*edit_async)      (GranaryRepository          *self,
                                      const GranaryEditRequest   *request,
                                      GCancellable               *cancellable,
                                      GAsyncReadyCallback         callback,
                                      gpointer                    user_data);
  gboolean        (*edit_finish)     (GranaryRepository          *self,
                                      GAsyncResult               *result,
                                      GError                    **error);
  void            (*delete_async)    (GranaryRepository          *self,
                                      const GranaryDeleteRequest *request,
                                      GranaryTransfer            *transfer,
                                      GAsyncReadyCallback         callback,
                                      gpointer                    user_data);
  GStrv           (*delete_finish)   (GranaryRepository          *self,
                                      GAsyncResult               *result,
                                      GError                    **error);
  void            (*restore_async)   (GranaryRepository          *self,
                                      const char * const         *entries,
                                      const char                 *new_name,
                                      GCancellable               *cancellable,
                                      GAsyncReadyCallback         callback,
                                      gpointer                    user_data);
  gboolean        (*restore_finish)  (GranaryRepository          *self,
                                      GAsyncResult               *result,
                                      GError                    **error);
  void            (*purge_async)     (GranaryRepository          *self,
                                      const char * const         *entries,
                                      GranaryTransfer            *transfer,
                                      GAsyncReadyCallback         callback,
                                      gpointer                    user_data);
  gint64          (*purge_finish)    (GranaryRepository          *self,
                                      GAsyncResult               *result,
                                      GError                    **error);
  void            (*verify_async)    (GranaryRepository          *self,
                                      GArray                     *version_ids,
                                      GranaryTransfer            *transfer,
                                      GAsyncReadyCallback         callback,
                                      gpointer                    user_data);
  GPtrArray      *(*verify_finish)   (GranaryRepository          *self,
                                      GAsyncResult               *result,
                                      GError                    **error);
  void            (*check_async)     (GranaryRepository          *self,
                                      gint64                      version_id,
                                      GCancellable               *cancellable,
                                      GAsyncReadyCallback         callback,
                                      gpointer                    user_data);
  GPtrArray      *(*check_finish)    (GranaryRepository          *self,
                                      GAsyncResult               *result,
                                      GError                    **error);
  /* Asks the service again and brings the catalogue up to date; optional. */
  void            (*refresh_async)   (GranaryRepository           *self,
                                      const GranaryRefreshRequest *request,
                                      GCancellable                *cancellable,
                                      GAsyncReadyCallback          callback,
                                      gpointer                     user_data);
  gboolean        (*refresh_finish)  (GranaryRepository           *self,
                                      GAsyncResult                *result,
                                      GError                     **error);
  /* Tags as the service defines them, for pickers: every key, or with @key every value of it.
   * (array zero-terminated=1); optional: without it the catalogue's own are used. */
  void            (*list_tags_async) (GranaryRepository          *self,
                                      const char                 *key,
                                      GCancellable               *cancellable,
                                      GAsyncReadyCallback         callback,
                                      gpointer                    user_data);
  GStrv           (*list_tags_finish) (GranaryRepository         *self,
                                      GAsyncResult               *result,
                                      GError                    **error);
  char           *(*dup_path)        (GranaryRepository          *self,
                                      const char                 *model_name,
                                      int                         number,
                                      const char                 *path);
  /* Where the files of a version to come will be, for people; optional: its folder otherwise. */
  char           *(*dup_destination) (GranaryRepository          *self,
                                      const char                 *model_name,
                                      int                         number);
};

void            granary_repository_import_async    (GranaryRepository          *self,
                                                    const GranaryImportRequest *request,
                                                    GranaryTransfer            *transfer,
                                                    GAsyncReadyCallback         callback,
                                                    gpointer                    user_data);
GranaryVersion *granary_repository_import_finish   (GranaryRepository          *self,
                                                    GAsyncResult               *result,
                                                    GError                    **error) G_GNUC_WARN_UNUSED_RESULT;
void            granary_repository_upload_async    (GranaryRepository          *self,
                                                    const GranaryUploadRequest *request,
                                                    GranaryTransfer            *transfer,
                                                    GAsyncReadyCallback         callback,
                                                    gpointer                    user_data);
GranaryVersion *granary_repository_upload_finish   (GranaryRepository          *self,
                                                    GAsyncResult               *result,
                                                    GError                    **error) G_GNUC_WARN_UNUSED_RESULT;
void            granary_repository_download_async  (GranaryRepository          *self,
                                                    GArray                     *version_ids,
                                                    const char                 *folder,
                                                    GranaryTransfer            *transfer,
                                                    GAsyncReadyCallback         callback,
                                                    gpointer                    user_data);
GPtrArray      *granary_repository_download_finish (GranaryRepository          *self,
                                                    GAsyncResult               *result,
                                                    GError                    **error) G_GNUC_WARN_UNUSED_RESULT;
void            granary_repository_edit_async      (GranaryRepository          *self,
                                                    const GranaryEditRequest   *request,
                                                    GCancellable               *cancellable,
                                                    GAsyncReadyCallback         callback,
                                                    gpointer                    user_data);
gboolean        granary_repository_edit_finish     (GranaryRepository          *self,
                                                    GAsyncResult               *result,
                                                    GError                    **error);
void            granary_repository_delete_async    (GranaryRepository          *self,
                                                    const GranaryDeleteRequest *request,
                                                    GranaryTransfer            *transfer,
                                                    GAsyncReadyCallback         callback,
                                                    gpointer                    user_data);
GStrv           granary_repository_delete_finish   (GranaryRepository          *self,
                                                    GAsyncResult               *result,
                                                    GError                    **error) G_GNUC_WARN_UNUSED_RESULT;
void            granary_repository_restore_async   (GranaryRepository          *self,
                                                    const char * const         *entries,
                                                    const char                 *new_name,
                                                    GCancellable               *cancellable,
                                                    GAsyncReadyCallback         callback,
                                                    gpointer                    user_data);
gboolean        granary_repository_restore_finish  (GranaryRepository          *self,
                                                    GAsyncResult               *result,
                                                    GError                    **error);
void            granary_repository_purge_async     (GranaryRepository          *self,
                                                    const char * const         *entries,
                                                    GranaryTransfer            *transfer,
                                                    GAsyncReadyCallback         callback,
                                                    gpointer                    user_data);
gint64          granary_repository_purge_finish    (GranaryRepository          *self,
                                                    GAsyncResult               *result,
                                                    GError                    **error);
void            granary_repository_verify_async    (GranaryRepository          *self,
                                                    GArray                     *version_ids,
                                                    GranaryTransfer            *transfer,
                                                    GAsyncReadyCallback         callback,
                                                    gpointer                    user_data);
GPtrArray      *granary_repository_verify_finish   (GranaryRepository          *self,
                                                    GAsyncResult               *result,
                                                    GError                    **error) G_GNUC_WARN_UNUSED_RESULT;
void            granary_repository_check_async     (GranaryRepository          *self,
                                                    gint64                      version_id,
                                                    GCancellable               *cancellable,
                                                    GAsyncReadyCallback         callback,
                                                    gpointer                    user_data);
GPtrArray      *granary_repository_check_finish    (GranaryRepository          *self,
                                                    GAsyncResult               *result,
                                                    GError                    **error) G_GNUC_WARN_UNUSED_RESULT;
void            granary_repository_refresh_async   (GranaryRepository           *self,
                                                    const GranaryRefreshRequest *request,
                                                    GCancellable                *cancellable,
                                                    GAsyncReadyCallback          callback,
                                                    gpointer                     user_data);
gboolean        granary_repository_refresh_finish  (GranaryRepository           *self,
                                                    GAsyncResult                *result,
                                                    GError                     **error);
void            granary_repository_list_tags_async (GranaryRepository           *self,
                                                    const char                  *key,
                                                    GCancellable                *cancellable,
                                                    GAsyncReadyCallback          callback,
                                                    gpointer                     user_data);
GStrv           granary_repository_list_tags_finish (GranaryRepository          *self,
                                                    GAsyncResult                *result,
                                                    GError                     **error) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_repository_dup_destination (GranaryRepository          *self,
                                                    const char                 *model_name,
                                                    int                         number) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_repository_dup_path        (GranaryRepository          *self,
                                                    const char                 *model_name,
                                                    int                         number,
                                                    const char                 *path) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
