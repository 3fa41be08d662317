/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-catalog.h"
#include "granary-service.h"

G_BEGIN_DECLS

/* Writing, for back ends only. Everything here blocks: call it on a worker.
 *
 * A change is a function run inside one transaction; it sees its own writes, and either all of it
 * is stored or none. Readers and other processes hear of it through the changes it noted. */

typedef struct _GranaryWriter GranaryWriter;

/**
 * GranaryOperationKind:
 *
 * Work on the folder that takes more than one step, recorded before its first step so that the
 * next open can finish it or undo it.
 */
typedef enum
{
  GRANARY_OPERATION_IMPORT,
  GRANARY_OPERATION_UPLOAD,
  GRANARY_OPERATION_CUT,     /* after a commit: sources still to be removed */
  GRANARY_OPERATION_DELETE,
  GRANARY_OPERATION_RESTORE,
  GRANARY_OPERATION_PURGE,
  GRANARY_OPERATION_RENAME,
} GranaryOperationKind;

/**
 * GranaryOperation:
 * @uid: opaque; also the name of its folder in `staging/`
 * @session: which process does it
 * @kind: what it is
 * @model_id: on which model
 * @version_id: on which version, 0 for the whole model
 * @detail: (nullable): JSON object of what its repair needs
 */
typedef struct
{
  char                 *uid;
  char                 *session;
  GranaryOperationKind  kind;
  gint64                model_id;
  gint64                version_id;
  char                 *detail;
} GranaryOperation;

void granary_operation_free (GranaryOperation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryOperation, granary_operation_free)

typedef gboolean (*GranaryWriteFunc) (GranaryWriter  *writer,
                                      gpointer        data,
                                      GError        **error);

gboolean   granary_catalog_write              (GranaryCatalog        *self,
                                               GranaryWriteFunc       func,
                                               gpointer               data,
                                               GError               **error);

/* Models. Names must have passed granary_name_check(). */
gint64     granary_writer_add_model           (GranaryWriter         *self,
                                               const char            *uid,
                                               const char            *name,
                                               const char            *description,
                                               const GranaryTagSet   *tags,
                                               GError               **error);
gboolean   granary_writer_rename_model        (GranaryWriter         *self,
                                               gint64                 model_id,
                                               const char            *name,
                                               GError               **error);
gboolean   granary_writer_describe_model      (GranaryWriter         *self,
                                               gint64                 model_id,
                                               const char            *description,
                                               GError               **error);
gboolean   granary_writer_set_primary_metric  (GranaryWriter         *self,
                                               gint64                 model_id,
                                               const char            *metric,
                                               GError               **error);
gboolean   granary_writer_set_tags            (GranaryWriter         *self,
                                               gint64                 model_id,
                                               const GranaryTagSet   *tags,
                                               GError               **error);
gboolean   granary_writer_remove_model        (GranaryWriter         *self,
                                               gint64                 model_id,
                                               GError               **error);

/* Versions. reserve makes the row, status importing, with the next number ever. */
gint64     granary_writer_reserve_version     (GranaryWriter         *self,
                                               gint64                 model_id,
                                               const GranaryVersion  *facts,
                                               int                   *number,
                                               GError               **error);
gboolean   granary_writer_complete_version    (GranaryWriter         *self,
                                               gint64                 version_id,
                                               GPtrArray             *files,
                                               GError               **error);
gboolean   granary_writer_set_files           (GranaryWriter         *self,
                                               gint64                 version_id,
                                               GPtrArray             *files,
                                               GError               **error);
gboolean   granary_writer_set_inspection      (GranaryWriter         *self,
                                               gint64                 version_id,
                                               const char            *framework,
                                               const char            *format,
                                               const char            *inspection,
                                               GError               **error);
gboolean   granary_writer_edit_version        (GranaryWriter         *self,
                                               gint64                 version_id,
                                               const char            *framework,
                                               const char            *environment,
                                               GPtrArray             *metrics,
                                               GError               **error);
gboolean   granary_writer_remove_version      (GranaryWriter         *self,
                                               gint64                 version_id,
                                               GError               **error);

/* Trash. An entry holds a whole model (version_id 0) or one version. */
gboolean   granary_writer_trash               (GranaryWriter         *self,
                                               const char            *entry_uid,
                                               gint64                 model_id,
                                               gint64                 version_id,
                                               GError               **error);
gboolean   granary_writer_untrash             (GranaryWriter         *self,
                                               const char            *entry_uid,
                                               const char            *new_name,
                                               GError               **error);
gboolean   granary_writer_hide_trash          (GranaryWriter         *self,
                                               const char            *entry_uid,
                                               GError               **error);
gboolean   granary_writer_purge_trash         (GranaryWriter         *self,
                                               const char            *entry_uid,
                                               GError               **error);
GranaryTrashEntry *
           granary_writer_find_trash          (GranaryWriter         *self,
                                               const char            *entry_uid,
                                               gint64                *version_id,
                                               GError               **error) G_GNUC_WARN_UNUSED_RESULT;

GStrv      granary_writer_list_model_trash    (GranaryWriter         *self,
                                               gint64                 model_id,
                                               GError               **error) G_GNUC_WARN_UNUSED_RESULT;

/* Operations. begin fails with CONFLICT/BUSY while another one touches the same version or model. */
gboolean   granary_writer_begin_operation     (GranaryWriter           *self,
                                               const GranaryOperation  *operation,
                                               GError                 **error);
gboolean   granary_writer_update_operation    (GranaryWriter           *self,
                                               const char              *uid,
                                               GranaryOperationKind     kind,
                                               const char              *detail,
                                               GError                 **error);
gboolean   granary_writer_end_operation       (GranaryWriter           *self,
                                               const char              *uid,
                                               GError                 **error);
GPtrArray *granary_writer_list_operations     (GranaryWriter           *self,
                                               GError                 **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads inside the transaction. */
gint64     granary_writer_find_model          (GranaryWriter         *self,
                                               const char            *name_or_uid,
                                               GError               **error);
GranaryModel *
           granary_writer_load_model          (GranaryWriter         *self,
                                               gint64                 model_id,
                                               GError               **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryVersion *
           granary_writer_load_version        (GranaryWriter         *self,
                                               gint64                 version_id,
                                               GError               **error) G_GNUC_WARN_UNUSED_RESULT;

/* Services, one at a time; a mirror replaces them all: see granary-catalog-mirror.h. */
gboolean   granary_writer_put_service         (GranaryWriter         *self,
                                               const GranaryService  *service,
                                               GError               **error);
gboolean   granary_writer_remove_service      (GranaryWriter         *self,
                                               const char            *uid,
                                               GError               **error);
GPtrArray *granary_writer_list_services       (GranaryWriter         *self,
                                               const char            *uid,
                                               GError               **error) G_GNUC_WARN_UNUSED_RESULT;

/* History. */
gboolean   granary_writer_add_event           (GranaryWriter         *self,
                                               gint64                 model_id,
                                               int                    number,
                                               GranaryEventKind       kind,
                                               const char            *detail,
                                               GError               **error);

/* Stored content, for sharing identical files. Blocking reads outside a transaction. */

/**
 * GranaryStoredFile:
 * @model_name: folder of the model
 * @number: its version
 * @file: the stored file
 */
typedef struct
{
  char        *model_name;
  int          number;
  GranaryFile *file;
} GranaryStoredFile;

void granary_stored_file_free (GranaryStoredFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryStoredFile, granary_stored_file_free)

gboolean   granary_catalog_has_size           (GranaryCatalog        *self,
                                               gint64                 size,
                                               gboolean              *has,
                                               GError               **error);
GPtrArray *granary_catalog_find_content       (GranaryCatalog        *self,
                                               const guint8          *sha256,
                                               gint64                 size,
                                               GError               **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
