/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"

G_BEGIN_DECLS

/* For tests: the verbs of a repository as blocking calls, and files to feed them. */

typedef struct
{
  char              *folder;     /* (owned): a fresh folder, removed at the end */
  char              *root;       /* (owned): where the repository is */
  GranaryConnection *connection; /* (owned) (nullable) */
  GranaryCatalog    *catalog;
  GranaryRepository *repository;
} GranaryTestPlace;

/* The conformance suite opens what it tests through this. */
typedef GranaryConnection *(*GranaryTestOpen) (const char  *root,
                                               GError     **error);

void            granary_test_place_set_up    (GranaryTestPlace      *place,
                                              GranaryTestOpen        open);
void            granary_test_place_open      (GranaryTestPlace      *place,
                                              GranaryTestOpen        open);
void            granary_test_place_close     (GranaryTestPlace      *place);
void            granary_test_place_tear_down (GranaryTestPlace      *place);
char           *granary_test_place_path      (GranaryTestPlace      *place,
                                              const char            *name) G_GNUC_WARN_UNUSED_RESULT;

/* Files. Folders above are made. */
char           *granary_test_write           (const char            *folder,
                                              const char            *name,
                                              const char            *text) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_test_write_size      (const char            *folder,
                                              const char            *name,
                                              gsize                  size,
                                              guint32                seed) G_GNUC_WARN_UNUSED_RESULT;
void            granary_test_remove          (const char            *path);
char           *granary_test_read            (const char            *path) G_GNUC_WARN_UNUSED_RESULT;
guint           granary_test_count           (const char            *folder);

/* Requests. */
GranaryFileSet *granary_test_scan            (const char            *path,
                                              ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;

/* Verbs, as the interface's, waiting for the answer. */
GranaryVersion *granary_test_import          (GranaryTestPlace      *place,
                                              const char            *name,
                                              const char            *source,
                                              gboolean               move,
                                              GError               **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryVersion *granary_test_import_request  (GranaryRepository     *repository,
                                              GranaryImportRequest  *request,
                                              GranaryTransfer       *transfer,
                                              GError               **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryVersion *granary_test_upload          (GranaryTestPlace      *place,
                                              gint64                 version_id,
                                              const char            *source,
                                              gboolean               replace,
                                              const char            *remove,
                                              GError               **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray      *granary_test_download        (GranaryTestPlace      *place,
                                              gint64                 version_id,
                                              const char            *folder,
                                              GError               **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean        granary_test_rename          (GranaryTestPlace      *place,
                                              gint64                 model_id,
                                              const char            *name,
                                              GError               **error);
gboolean        granary_test_edit            (GranaryTestPlace      *place,
                                              GranaryEditRequest    *request,
                                              GError               **error);
char           *granary_test_delete          (GranaryTestPlace      *place,
                                              gint64                 model_id,
                                              gint64                 version_id,
                                              GError               **error) G_GNUC_WARN_UNUSED_RESULT;
GStrv           granary_test_delete_models   (GranaryTestPlace      *place,
                                              GArray                *model_ids,
                                              GError               **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean        granary_test_restore         (GranaryTestPlace      *place,
                                              const char            *entry,
                                              const char            *new_name,
                                              GError               **error);
gint64          granary_test_purge           (GranaryTestPlace      *place,
                                              const char            *entry,
                                              GError               **error);
GPtrArray      *granary_test_verify          (GranaryTestPlace      *place,
                                              GError               **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray      *granary_test_check           (GranaryTestPlace      *place,
                                              gint64                 version_id,
                                              GError               **error) G_GNUC_WARN_UNUSED_RESULT;

/* The model of that name with its versions, NULL when there is none. */
GranaryModel   *granary_test_find            (GranaryTestPlace      *place,
                                              const char            *name) G_GNUC_WARN_UNUSED_RESULT;

/* Verify finds nothing, and no version is on its way. */
void            granary_test_assert_clean    (GranaryTestPlace      *place);

#define granary_assert_reason(err, wanted) \
  G_STMT_START { \
    if ((err) == NULL) \
      g_assertion_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, \
                           #err " is NULL, wanted " #wanted); \
    else if (granary_error_get_reason (err) != (wanted)) \
      { \
        g_autofree char *_text = g_strdup_printf (#err ": “%s” (%d), wanted " #wanted, \
                                                  (err)->message, \
                                                  (int) granary_error_get_reason (err)); \
        g_assertion_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, _text); \
      } \
  } G_STMT_END

G_END_DECLS
