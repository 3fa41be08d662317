/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct _GranaryDatabase GranaryDatabase;
typedef sqlite3_stmt GranaryStatement;

/**
 * GranaryDatabaseFlags:
 * @GRANARY_DATABASE_CREATE: make the file if there is none
 * @GRANARY_DATABASE_READ_ONLY: never write, not even a journal
 * @GRANARY_DATABASE_FULL_SYNC: a commit is on the disk when it returns
 * @GRANARY_DATABASE_FOREIGN: of another program, which may change it at any time and is not waited
 *   for long; only to be read
 */
typedef enum
{
  GRANARY_DATABASE_NONE = 0,
  GRANARY_DATABASE_CREATE = 1 << 0,
  GRANARY_DATABASE_READ_ONLY = 1 << 1,
  GRANARY_DATABASE_FULL_SYNC = 1 << 2,
  GRANARY_DATABASE_FOREIGN = 1 << 3,
} GranaryDatabaseFlags;

GranaryDatabase  *granary_database_open         (const char            *path,
                                                 GranaryDatabaseFlags   flags,
                                                 GError               **error) G_GNUC_WARN_UNUSED_RESULT;
void              granary_database_close        (GranaryDatabase       *self);
const char       *granary_database_get_path     (GranaryDatabase       *self);
sqlite3          *granary_database_get_handle   (GranaryDatabase       *self);
gboolean          granary_database_is_shared_disk (GranaryDatabase     *self);
void              granary_database_set_cancellable (GranaryDatabase    *self,
                                                    GCancellable       *cancellable);

gboolean          granary_database_exec         (GranaryDatabase       *self,
                                                 const char            *sql,
                                                 GError               **error);
gboolean          granary_database_begin        (GranaryDatabase       *self,
                                                 GError               **error);
gboolean          granary_database_commit       (GranaryDatabase       *self,
                                                 GError               **error);
void              granary_database_rollback     (GranaryDatabase       *self);
gint64            granary_database_get_last_id  (GranaryDatabase       *self);
gint64            granary_database_get_changes  (GranaryDatabase       *self);

GranaryStatement *granary_database_prepare      (GranaryDatabase       *self,
                                                 const char            *sql,
                                                 GError               **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean          granary_database_get_int      (GranaryDatabase       *self,
                                                 const char            *sql,
                                                 gint64                *value,
                                                 GError               **error);
gboolean          granary_database_set_error    (GranaryDatabase       *self,
                                                 int                    result,
                                                 GError               **error);

void              granary_statement_bind_int    (GranaryStatement      *self,
                                                 int                    index,
                                                 gint64                 value);
void              granary_statement_bind_double (GranaryStatement      *self,
                                                 int                    index,
                                                 double                 value);
void              granary_statement_bind_text   (GranaryStatement      *self,
                                                 int                    index,
                                                 const char            *value);
void              granary_statement_bind_blob   (GranaryStatement      *self,
                                                 int                    index,
                                                 gconstpointer          data,
                                                 gsize                  size);
gboolean          granary_statement_step        (GranaryStatement      *self,
                                                 GError               **error);
gboolean          granary_statement_run         (GranaryStatement      *self,
                                                 GError               **error);
gint64            granary_statement_get_int     (GranaryStatement      *self,
                                                 int                    column);
double            granary_statement_get_double  (GranaryStatement      *self,
                                                 int                    column);
const char       *granary_statement_get_text    (GranaryStatement      *self,
                                                 int                    column);
char             *granary_statement_dup_text    (GranaryStatement      *self,
                                                 int                    column) G_GNUC_WARN_UNUSED_RESULT;
const guint8     *granary_statement_get_blob    (GranaryStatement      *self,
                                                 int                    column,
                                                 gsize                 *size);
gboolean          granary_statement_is_null     (GranaryStatement      *self,
                                                 int                    column);
void              granary_statement_release     (GranaryStatement      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryDatabase, granary_database_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryStatement, granary_statement_release)

G_END_DECLS
