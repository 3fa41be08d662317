/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "granary-catalog-writer.h"
#include "granary-error.h"
#include "granary-transfer.h"

G_BEGIN_DECLS

#define GRANARY_LOCAL_MODELS "models"
#define GRANARY_LOCAL_STAGING "staging"
#define GRANARY_LOCAL_TRASH "trash"
#define GRANARY_LOCAL_SERVICES "services"
#define GRANARY_LOCAL_CATALOG "catalog.db"

/**
 * GranaryLocalStore:
 * @root: the repository's folder, absolute
 * @root_fd: the same, open
 * @models_fd: `models/`
 * @staging_fd: `staging/`, -1 when read-only
 * @trash_fd: `trash/`, -1 when it is not there
 * @catalog: the catalogue
 * @session: name of this open repository in the operations table and of its lock
 * @is_read_only: nothing can be written
 *
 * The folder of an open repository: the descriptors all paths are relative to, and the session
 * whose lock tells other processes that its operations are alive. Shared by the verbs; any thread.
 */
typedef struct
{
  char           *root;
  int             root_fd;
  int             models_fd;
  int             staging_fd;
  int             trash_fd;
  GranaryCatalog *catalog;
  char           *session;
  int             lock_fd;
  int             n_operations;
  gboolean        is_read_only;
} GranaryLocalStore;

GranaryLocalStore *granary_local_store_new          (const char             *root,
                                                     GranaryCatalog         *catalog,
                                                     GError                **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryLocalStore *granary_local_store_ref          (GranaryLocalStore      *self);
void               granary_local_store_unref        (GranaryLocalStore      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryLocalStore, granary_local_store_unref)

gboolean           granary_local_store_check        (GranaryLocalStore      *self,
                                                     gboolean                for_writing,
                                                     GError                **error);
gboolean           granary_local_store_write        (GranaryLocalStore      *self,
                                                     GranaryWriteFunc        func,
                                                     gpointer                data,
                                                     GError                **error);
char              *granary_local_store_new_operation (GranaryLocalStore     *self) G_GNUC_WARN_UNUSED_RESULT;
char              *granary_local_store_dup_path     (GranaryLocalStore      *self,
                                                     const char             *model_name,
                                                     int                     number,
                                                     const char             *path) G_GNUC_WARN_UNUSED_RESULT;
int                granary_local_store_open_version (GranaryLocalStore      *self,
                                                     const char             *model_name,
                                                     int                     number,
                                                     GError                **error);
gboolean           granary_local_store_sync         (GranaryLocalStore      *self,
                                                     GCancellable           *cancellable,
                                                     GError                **error);
gboolean           granary_local_store_move         (GranaryLocalStore      *self,
                                                     const char             *from,
                                                     const char             *to,
                                                     GError                **error);
gboolean           granary_local_store_sync_parents (GranaryLocalStore      *self,
                                                     const char             *from,
                                                     const char             *to,
                                                     GError                **error);
gboolean           granary_local_store_exists       (GranaryLocalStore      *self,
                                                     const char             *path);

/* Errors about a path, which is made printable. FALSE, for returning it. */
gboolean           granary_local_fail               (GError                **error,
                                                     GranaryError            code,
                                                     GranaryReason           reason,
                                                     const char             *path);
gboolean           granary_local_fail_errno         (GError                **error,
                                                     int                     saved_errno,
                                                     const char             *path,
                                                     const char             *action);

/* Session locks: `staging/SESSION.lock`. */
int                granary_local_lock_session       (int                     staging_fd,
                                                     const char             *session,
                                                     gboolean               *is_dead);

/* Trees. */
gboolean           granary_local_remove_tree        (int                     folder_fd,
                                                     const char             *name,
                                                     gint64                 *freed,
                                                     GranaryTransfer        *transfer,
                                                     GError                **error);
gboolean           granary_local_make_parents       (int                     folder_fd,
                                                     const char             *path,
                                                     GHashTable             *made,
                                                     GError                **error);
char              *granary_local_version_path       (const char             *model_name,
                                                     int                     number) G_GNUC_WARN_UNUSED_RESULT;
gint64             granary_local_mtime              (const struct stat      *status);
gint64             granary_local_occupied           (const struct stat      *status);
gboolean           granary_local_check_room         (int                     fd,
                                                     const char             *shown,
                                                     gint64                  needed,
                                                     GError                **error);

G_END_DECLS
