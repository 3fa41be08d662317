/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-verbs-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-cut-private.h"
#include "granary-local-io.h"
#include "granary-local-stage-private.h"
#include "granary-names.h"

/* reserve → stage and hash → rename → sync → commit. Until the commit the operation's row says
 * what to undo; the rename comes before the one sync, so that both data and name are durable
 * when the catalogue says so. */
typedef struct
{
  GranaryLocalStore           *store;
  const GranaryImportRequest  *request;
  char                        *uid;        /* (owned): of the operation */
  char                        *name;       /* (owned): of the model */
  gint64                       model_id;
  gint64                       version_id;
  int                          number;
  GPtrArray                   *stored;     /* (owned) (nullable) */
  char                        *cut_detail; /* (owned) (nullable) */
} Import;

static void
import_clear (Import *self)
{
  g_free (self->uid);
  g_free (self->name);
  g_clear_pointer (&self->stored, g_ptr_array_unref);
  g_free (self->cut_detail);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear)

/* The task that the files come from, NULL for none. */
static char *
describe_task (const GranaryImportRequest *request)
{
  if (request->task_uid == NULL)
    return NULL;

  return granary_local_detail_new ("task_id", request->task_uid,
                                   "task_name", request->task_name,
                                   "task_version", request->task_version,
                                   "preference", request->preference,
                                   "scene", request->scene, NULL);
}

static gboolean
begin_cb (GranaryWriter  *writer,
          gpointer        data,
          GError        **error)
{
  Import *self = data;
  const GranaryImportRequest *request = self->request;
  g_autoptr (GranaryVersion) facts = granary_version_new ();
  g_autofree char *detail = NULL;
  GranaryOperation operation = { 0 };

  if (request->model_id == 0)
    {
      g_autofree char *uid = granary_uid_new ("m");
      g_autoptr (GranaryTagSet) none = granary_tag_set_new ();

      self->model_id = granary_writer_add_model (writer, uid, self->name,
                                                 request->description != NULL
                                                 ? request->description : "",
                                                 request->tags != NULL ? request->tags : none,
                                                 error);
      if (self->model_id <= 0)
        return FALSE;
    }
  else
    {
      g_autoptr (GranaryModel) model = NULL;

      model = granary_writer_load_model (writer, request->model_id, error);
      if (model == NULL)
        return FALSE;
      self->model_id = model->id;
      self->name = g_strdup (model->name);
    }

  facts->source = request->source;
  facts->source_ref = g_strdup (request->source_ref);
  facts->framework = g_strdup (request->framework);
  facts->format = g_strdup (request->format);
  facts->environment = g_strdup (request->environment);
  facts->inspection = g_strdup (request->inspection);
  facts->remote = describe_task (request);
  if (request->metrics != NULL)
    {
      g_clear_pointer (&facts->metrics, g_ptr_array_unref);
      facts->metrics = g_ptr_array_ref (request->metrics);
    }
  self->version_id = granary_writer_reserve_version (writer, self->model_id, facts,
                                                     &self->number, error);
  if (self->version_id <= 0)
    return FALSE;

  detail = granary_local_detail_new ("new_model", request->model_id == 0 ? "yes" : NULL, NULL);
  operation.uid = self->uid;
  operation.session = self->store->session;
  operation.kind = GRANARY_OPERATION_IMPORT;
  operation.model_id = self->model_id;
  operation.version_id = self->version_id;
  operation.detail = detail;
  return granary_writer_begin_operation (writer, &operation, error);
}

static gboolean
add_tags (Import         *self,
          GranaryWriter  *writer,
          GError        **error)
{
  const GranaryTagSet *wanted = self->request->tags;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GranaryTagSet) tags = NULL;
  g_autofree char *text = NULL;

  if (self->request->model_id == 0 || wanted == NULL || granary_tag_set_get_size (wanted) == 0)
    return TRUE;

  model = granary_writer_load_model (writer, self->model_id, error);
  if (model == NULL)
    return FALSE;
  tags = granary_tag_set_copy (model->tags);
  for (guint i = 0; i < granary_tag_set_get_size (wanted); i++)
    {
      if (!granary_tag_set_put (tags, granary_tag_set_get_key (wanted, i),
                                granary_tag_set_get_value (wanted, i), error))
        return FALSE;
    }
  if (granary_tag_set_equal (tags, model->tags))
    return TRUE;

  text = granary_tag_set_to_text (tags, ", ");
  return granary_writer_set_tags (writer, self->model_id, tags, error) &&
         granary_writer_add_event (writer, self->model_id, 0, GRANARY_EVENT_TAGGED, text, error);
}

static gboolean
commit_cb (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  Import *self = data;

  if (!granary_writer_complete_version (writer, self->version_id, self->stored, error) ||
      !add_tags (self, writer, error))
    return FALSE;
  if (!granary_writer_add_event (writer, self->model_id, self->number, GRANARY_EVENT_IMPORTED,
                                 NULL, error))
    return FALSE;

  if (self->cut_detail != NULL)
    return granary_writer_update_operation (writer, self->uid, GRANARY_OPERATION_CUT,
                                            self->cut_detail, error);

  return granary_writer_end_operation (writer, self->uid, error);
}

static gboolean
rollback_cb (GranaryWriter  *writer,
             gpointer        data,
             GError        **error)
{
  Import *self = data;

  return granary_local_forget_import (writer, self->uid, self->model_id, self->version_id,
                                      self->request->model_id == 0, error);
}

/* Takes back what was done. Should that fail too, the operation stays recorded and the next open
 * takes it back. */
static void
roll_back (Import *self)
{
  g_autofree char *path = granary_local_version_path (self->name, self->number);
  g_autoptr (GError) error = NULL;

  if (!granary_local_discard (self->store, self->uid, path, &error) ||
      !granary_local_store_write (self->store, rollback_cb, self, &error))
    {
      g_debug ("Rolling back %s: %s", self->uid, error->message);
      return;
    }
  if (self->request->model_id == 0)
    granary_local_io_remove_folder (self->store->models_fd, self->name);
}

/* A cut from inside the repository would take files away from other versions. */
static gboolean
check_sources (Import  *self,
               GError **error)
{
  GranaryFileSet *files = self->request->files;
  g_autofree char *root = realpath (self->store->root, NULL);
  g_autofree char *checked = NULL;
  gsize length = root != NULL ? strlen (root) : 0;

  if (granary_file_set_get_n_problems (files) > 0)
    {
      g_propagate_error (error, g_error_copy (granary_file_set_get_problem (files, 0)));
      return FALSE;
    }
  if (granary_file_set_get_n_files (files) == 0)
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_NONE,
                         self->request->name, "no files to import");
      return FALSE;
    }
  if (!self->request->move || root == NULL)
    return TRUE;

  for (guint i = 0; i < granary_file_set_get_n_files (files); i++)
    {
      const GranarySourceFile *file = granary_file_set_get_file (files, i);
      g_autofree char *folder = g_path_get_dirname (file->path);
      g_autofree char *real = NULL;

      if (g_strcmp0 (folder, checked) == 0)
        continue;
      g_set_str (&checked, folder);
      real = realpath (folder, NULL);
      if (real != NULL && strncmp (real, root, length) == 0 &&
          (real[length] == '\0' || real[length] == '/'))
        {
          g_autofree char *shown = granary_display_path (file->path);

          granary_set_error (error, GRANARY_ERROR_INVALID_INPUT,
                             GRANARY_REASON_SOURCE_IN_REPOSITORY, shown,
                             "%s lies in the repository", shown);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
stage (Import           *self,
       GranaryTransfer  *transfer,
       GError          **error)
{
  g_autoptr (GranaryLocalStage) stage = NULL;
  g_autofree char *shown = granary_display_path (self->store->root);
  g_autofd int fd = -1;

  if (granary_local_io_make_folder (self->store->staging_fd, self->uid) != 0 ||
      (fd = openat (self->store->staging_fd, self->uid,
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
    {
      granary_set_error_from_errno (error, errno, shown, "mkdir");
      return FALSE;
    }

  stage = granary_local_stage_new (self->store, self->request->files, self->request->move,
                                   transfer);
  if (!granary_local_stage_run (stage, fd, error))
    return FALSE;

  self->stored = granary_local_stage_list_stored (stage);
  if (self->request->move)
    self->cut_detail = granary_local_cut_describe (self->request->files, stage);

  return TRUE;
}

static gboolean
publish (Import           *self,
         GranaryTransfer  *transfer,
         GError          **error)
{
  g_autofree char *from = g_build_filename (GRANARY_LOCAL_STAGING, self->uid, NULL);
  g_autofree char *to = granary_local_version_path (self->name, self->number);

  granary_transfer_set_state (transfer, GRANARY_TRANSFER_FINISHING);
  if (granary_local_io_make_folder (self->store->models_fd, self->name) != 0 && errno != EEXIST)
    {
      granary_set_error_from_errno (error, errno, self->name, "mkdir");
      return FALSE;
    }

  return granary_local_store_move (self->store, from, to, error) &&
         granary_local_store_sync (self->store, granary_transfer_get_cancellable (transfer),
                                   error) &&
         granary_local_store_check (self->store, TRUE, error) &&
         granary_local_store_write (self->store, commit_cb, self, error);
}

GranaryVersion *
granary_local_import (GranaryLocalStore           *store,
                      const GranaryImportRequest  *request,
                      GranaryTransfer             *transfer,
                      GError                     **error)
{
  g_auto (Import) self = { .store = store, .request = request };

  if (!granary_local_store_check (store, TRUE, error) || !check_sources (&self, error))
    return NULL;
  if (request->model_id == 0)
    {
      self.name = granary_name_check (request->name != NULL ? request->name : "", error);
      if (self.name == NULL)
        return NULL;
    }

  self.uid = granary_local_store_new_operation (store);
  granary_transfer_set_total (transfer, granary_file_set_get_size (request->files),
                              granary_file_set_get_n_files (request->files));
  if (!granary_local_store_write (store, begin_cb, &self, error))
    return NULL;

  {
    g_autofree char *subject = g_strdup_printf ("%s v%d", self.name, self.number);

    granary_transfer_set_subject (transfer, subject);
  }
  if (!stage (&self, transfer, error) || !publish (&self, transfer, error))
    {
      roll_back (&self);
      return NULL;
    }

  /* From here on the version is there, whatever becomes of the sources. */
  if (self.cut_detail != NULL)
    {
      g_autoptr (GError) local_error = NULL;

      if (!granary_local_finish_cut (store, self.cut_detail, self.name, self.number, transfer,
                                     &local_error) ||
          !granary_local_end (store, self.uid, &local_error))
        granary_transfer_add_warning (transfer, local_error);
    }

  return granary_catalog_load_version (store->catalog, self.version_id, error);
}
