/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-catalog-writer.h"
#include "granary-publish-profile.h"

G_BEGIN_DECLS

/* Behind the name of a snapshot that is being made or removed. */
#define GRANARY_SERVICE_STORE_PART ".part"

/**
 * GranaryServiceStore:
 * @root: folder of the repository, absolute
 * @root_fd: the same, open
 * @services_fd: `services/`
 * @lock_fd: holds the lock of `services/`: this is the only supervisor
 * @catalog: (nullable): the catalogue
 *
 * Where the services of a repository are kept. Shared by the supervisor and its workers.
 */
typedef struct
{
  char           *root;
  int             root_fd;
  int             services_fd;
  int             lock_fd;
  GranaryCatalog *catalog;
} GranaryServiceStore;

GranaryServiceStore *granary_service_store_open    (const char           *root,
                                                    gboolean             *is_taken,
                                                    GError              **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryServiceStore *granary_service_store_ref     (GranaryServiceStore  *self);
void                 granary_service_store_unref   (GranaryServiceStore  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryServiceStore, granary_service_store_unref)

gboolean             granary_service_store_load    (GranaryServiceStore  *self,
                                                    GMainContext         *context,
                                                    GError              **error);

/* Folders of services. Everything below blocks. */
int                  granary_service_store_open_version (GranaryServiceStore  *self,
                                                         const GranaryVersion *version,
                                                         GError              **error);
int                  granary_service_store_open_folder  (GranaryServiceStore  *self,
                                                         const char           *uid,
                                                         gboolean              make,
                                                         GError              **error);
gboolean             granary_service_store_remove_folder (GranaryServiceStore *self,
                                                          const char          *uid,
                                                          GError             **error);
void                 granary_service_store_discard       (GranaryServiceStore *self,
                                                          const char          *uid);
guint                granary_service_store_find_revision (int                  folder_fd);
char                *granary_service_store_name_revision (guint                revision) G_GNUC_WARN_UNUSED_RESULT;
gboolean             granary_service_store_clean_folder (int                   folder_fd,
                                                         guint                 revision,
                                                         GError              **error);
void                 granary_service_store_remove_revision (int                folder_fd,
                                                            const char        *name);
char                *granary_service_store_load_token   (int                   folder_fd,
                                                         GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/* The highest number that a group ever had, in a file of its own: a number is not used again. */
int                  granary_service_store_get_number   (GranaryServiceStore  *self,
                                                         const char           *group_uid);
gboolean             granary_service_store_set_number   (GranaryServiceStore  *self,
                                                         const char           *group_uid,
                                                         int                   number,
                                                         GError              **error);
void                 granary_service_store_forget_number (GranaryServiceStore *self,
                                                          const char          *group_uid);

/* Names of what is in `services/`. */
gboolean             granary_service_store_is_service   (const char           *name);
gboolean             granary_service_store_is_group     (const char           *name);

G_END_DECLS
