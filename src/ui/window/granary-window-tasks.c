/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-window"

#include "config.h"

#include "granary-window-private.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-import-dialog.h"
#include "granary-task-text.h"

/* New results of training runs that are watched: they are told, and imported by a click. */

/* A result that was found, and what is told of it. */
typedef struct
{
  GranaryWindow     *self;
  GranaryConnection *connection;
  GranaryTask       *task;
} Finding;

static void
finding_free (gpointer data)
{
  Finding *finding = data;

  g_object_unref (finding->self);
  g_object_unref (finding->connection);
  granary_task_unref (finding->task);
  g_free (finding);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Finding, finding_free)

/* The model that its results went into before, with the number that comes next. On a reader thread. */
static gpointer
load_model (GranaryCatalog  *catalog,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  const GranaryTask *task = data;
  const char *refs[] = { task->location, task->uid };
  gint64 model_id = 0;

  for (guint i = 0; i < G_N_ELEMENTS (refs) && model_id == 0; i++)
    {
      if (refs[i] != NULL &&
          !granary_catalog_find_origin (catalog, GRANARY_SOURCE_TASK, refs[i], &model_id, error))
        return NULL;
    }
  if (model_id == 0)
    {
      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_MODEL_MISSING, task->name,
                         "nothing of %s was imported before", task->uid);
      return NULL;
    }

  return granary_catalog_load_model (catalog, model_id, error);
}

static char *
make_label (const GranaryModel *model)
{
  if (model == NULL)
    return g_strdup (_("Import…"));

  /* Translators: on a button; %d is the number of the version that it becomes. */
  return g_strdup_printf (_("Import as v%d…"), model->high_water + 1);
}

/* A folder, or the account's id: what [method@Window.open_place] takes. */
static const char *
get_place (GranaryConnection *connection)
{
  return granary_connection_get_kind (connection) == GRANARY_CONNECTION_LOCAL
           ? granary_connection_get_location (connection)
           : granary_connection_get_uid (connection);
}

static void
notify (const Finding      *finding,
        const GranaryModel *model,
        const char         *title)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (finding->self));
  g_autoptr (GNotification) notification = g_notification_new (title);
  g_autofree char *line = granary_task_text_facts (finding->task);
  g_autofree char *id = g_strconcat ("task-", finding->task->uid, NULL);
  g_autofree char *label = make_label (model);
  const char *place = get_place (finding->connection);
  gint64 model_id = model != NULL ? model->id : 0;

  g_notification_set_body (notification, line);
  g_notification_set_default_action (notification, "app.show");
  /* A folder whose name is not text cannot be told to an action; it is open anyway. */
  g_notification_add_button_with_target (notification, label, "app.import-task", "(ssx)",
                                         g_utf8_validate (place, -1, NULL) ? place : "",
                                         finding->task->uid, model_id);
  /* A better one of the same run takes the place of the one before. */
  g_application_send_notification (G_APPLICATION (application), id, notification);
}

static void
show_toast (const Finding      *finding,
            const GranaryModel *model,
            const char         *title)
{
  GranaryWindow *self = finding->self;
  g_autofree char *label = make_label (model);
  AdwToast *toast = adw_toast_new (title);

  if (self->task_toast != NULL)
    adw_toast_dismiss (self->task_toast);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_timeout (toast, 10);
  adw_toast_set_button_label (toast, label);
  adw_toast_set_action_name (toast, "win.import-task");
  adw_toast_set_action_target (toast, "(sx)", finding->task->uid,
                               model != NULL ? model->id : (gint64) 0);
  g_set_weak_pointer (&self->task_toast, toast);
  granary_shell_add_toast (GRANARY_SHELL (self), toast);
}

static void
model_loaded_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (Finding) finding = user_data;
  GranaryWindow *self = finding->self;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;

  model = granary_catalog_read_finish (GRANARY_CATALOG (object), result, &error);
  /* The window may show something else by now, or be closed. */
  if (self->connection != finding->connection)
    return;
  /* Without a model before it the result makes a new one. */
  if (model == NULL)
    g_debug ("%s: %s", finding->task->uid, error->message);

  name = granary_display_path (finding->task->name);
  /* Translators: %s is the name of a training run, such as “train7”. */
  title = g_strdup_printf (_("New best result in %s"), name);
  if (gtk_window_is_active (GTK_WINDOW (self)) ||
      gtk_window_get_application (GTK_WINDOW (self)) == NULL)
    show_toast (finding, model, title);
  else
    notify (finding, model, title);
}

static void
output_found_cb (GranaryWindow *self,
                 GranaryTask   *task,
                 const char    *output_id)
{
  Finding *finding;

  if (self->connection == NULL)
    return;

  finding = g_new0 (Finding, 1);
  finding->self = g_object_ref (self);
  finding->connection = g_object_ref (self->connection);
  finding->task = granary_task_ref (task);
  granary_catalog_read_async (granary_connection_get_catalog (self->connection), load_model,
                              granary_task_ref (task), (GDestroyNotify) granary_task_unref,
                              (GDestroyNotify) granary_model_unref, NULL, model_loaded_cb, finding);
}

static void
import_task_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  GranaryWindow *self = user_data;
  const char *uid;
  gint64 model_id;

  g_variant_get (parameter, "(&sx)", &uid, &model_id);
  if (self->connection != NULL)
    granary_window_import_task (self, get_place (self->connection), uid, model_id);
}

static const GActionEntry entries[] = {
  { .name = "import-task", .activate = import_task_cb, .parameter_type = "(sx)" },
};

/**
 * granary_window_import_task:
 * @self: a window
 * @place: folder or id of the connection that the task belongs to, "" for what is shown
 * @uid: id of a training task
 * @model_id: model that gets a new version, 0 for a new model
 *
 * Opens the import dialog with that task chosen, once the connection is open.
 */
void
granary_window_import_task (GranaryWindow *self,
                            const char    *place,
                            const char    *uid,
                            gint64         model_id)
{
  g_return_if_fail (GRANARY_IS_WINDOW (self));
  g_return_if_fail (place != NULL && uid != NULL);

  if (self->connection == NULL ||
      (*place != '\0' && g_strcmp0 (place, get_place (self->connection)) != 0))
    {
      /* It may be open at once. */
      g_clear_pointer (&self->awaited_task, g_variant_unref);
      self->awaited_task = g_variant_ref_sink (g_variant_new ("(ssx)", place, uid, model_id));
      if (*place != '\0' && !granary_window_open_place (self, place))
        g_clear_pointer (&self->awaited_task, g_variant_unref);
      return;
    }

  adw_dialog_present (ADW_DIALOG (granary_import_dialog_new_for_task (self->connection,
                                                                      MAX (model_id, 0), uid)),
                      GTK_WIDGET (self));
}

/**
 * granary_window_follow_tasks: (skip)
 * @self: a window
 *
 * Tells what the connection's tasks come to; call it whenever there is another one, or none.
 */
void
granary_window_follow_tasks (GranaryWindow *self)
{
  GranaryTaskSource *tasks =
    self->connection != NULL ? granary_connection_get_task_source (self->connection) : NULL;
  g_autoptr (GVariant) awaited = NULL;

  if (self->tasks != NULL)
    g_signal_handlers_disconnect_by_func (self->tasks, output_found_cb, self);
  g_set_object (&self->tasks, tasks);
  if (tasks != NULL)
    g_signal_connect_object (tasks, "output-found", G_CALLBACK (output_found_cb), self,
                             G_CONNECT_SWAPPED);

  if (self->connection == NULL)
    return;

  awaited = g_steal_pointer (&self->awaited_task);
  if (awaited != NULL)
    {
      const char *place;
      const char *uid;
      gint64 model_id;

      g_variant_get (awaited, "(&s&sx)", &place, &uid, &model_id);
      /* Something else may have been opened meanwhile. */
      if (*place == '\0' || g_str_equal (place, get_place (self->connection)))
        granary_window_import_task (self, place, uid, model_id);
    }
}

/**
 * granary_window_init_tasks: (skip)
 * @self: a window
 */
void
granary_window_init_tasks (GranaryWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
