/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"
#include "granary-shell.h"

G_BEGIN_DECLS

/* A repository in a temporary folder, and a shell that remembers what it was told, for tests of
 * what works on models. */

typedef struct
{
  char              *folder;
  GranaryConnection *connection;
} Place;

Place          *place_new     (void) G_GNUC_WARN_UNUSED_RESULT;
void            place_free    (Place              *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Place, place_free)

/* Writes a file below a folder that is gone with the place; returns its path. */
char           *place_write   (Place              *self,
                               const char         *path,
                               const char         *content) G_GNUC_WARN_UNUSED_RESULT;
/* Imports a new model, or with @model_id a new version, of one file for each of @paths, which
 * holds its own path; `config.json` holds {}. @metrics: `acc=0.9` or NULL. */
GranaryVersion *place_import  (Place              *self,
                               const char         *name,
                               gint64              model_id,
                               const char * const *paths,
                               const char         *metric) G_GNUC_WARN_UNUSED_RESULT;
gboolean        place_edit    (Place              *self,
                               GranaryEditRequest *request);
char          **place_delete  (Place              *self,
                               gint64              model_id,
                               gint64              version_id) G_GNUC_WARN_UNUSED_RESULT;
GranaryVersion *place_load    (Place              *self,
                               gint64              version_id) G_GNUC_WARN_UNUSED_RESULT;
guint           place_count_trash (Place          *self);

#define TEST_TYPE_SHELL (test_shell_get_type ())
G_DECLARE_FINAL_TYPE (TestShell, test_shell, TEST, SHELL, AdwBin)

GtkWidget  *test_shell_new            (void) G_GNUC_WARN_UNUSED_RESULT;
void        test_shell_set_content    (TestShell *self,
                                       GtkWidget *content);
guint       test_shell_get_n_toasts   (TestShell *self);
AdwToast   *test_shell_get_toast      (TestShell *self);
guint       test_shell_get_n_transfers (TestShell *self);
void        test_shell_get_revealed   (TestShell *self,
                                       gint64    *model_id,
                                       int       *number);

G_END_DECLS
