/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-details-private.h"

#include <glib/gi18n-lib.h>

#include "granary-command-private.h"
#include "granary-commands.h"
#include "granary-error.h"
#include "granary-files-dialog.h"
#include "granary-wording.h"

/* What was shown before stays until the new subject is read; only slow reads show a spinner. */
#define SPINNER_DELAY_MS 300

#define FEW_EVENTS 5
#define MORE_EVENTS 50

G_DEFINE_FINAL_TYPE (GranaryDetails, granary_details, ADW_TYPE_NAVIGATION_PAGE)

enum
{
  SIGNAL_CLOSE_REQUESTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void load (GranaryDetails *self);

/* Showing. */

static void
show_page (GranaryDetails *self,
           const char     *name,
           const char     *title,
           const char     *subtitle,
           GMenuModel     *menu)
{
  g_autofree char *whole = NULL;

  g_clear_handle_id (&self->spinner_source, g_source_remove);
  gtk_stack_set_visible_child_name (self->stack, name);
  /* A long name of a model must not hide the number of the version: it stands below. */
  whole = *subtitle != '\0' ? g_strdup_printf ("%s · %s", title, subtitle) : g_strdup (title);
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), whole);
  adw_window_title_set_title (self->heading, title);
  adw_window_title_set_subtitle (self->heading, subtitle);
  gtk_menu_button_set_menu_model (self->menu, menu);
  gtk_widget_set_visible (GTK_WIDGET (self->menu), menu != NULL);
  granary_details_update_actions (self);
}

static void
clear_subject (GranaryDetails *self)
{
  granary_description_section_set_model (self->description, NULL);
  g_clear_pointer (&self->subject, granary_subject_free);
}

static void
show_nothing (GranaryDetails *self)
{
  clear_subject (self);
  show_page (self, "nothing", _("Details"), "", NULL);
}

static gboolean
is_other_subject (const GranarySubject *a,
                  const GranarySubject *b)
{
  if (a == NULL || (a->model == NULL) != (b->model == NULL))
    return TRUE;

  return a->model != NULL ? a->model->id != b->model->id : a->version->id != b->version->id;
}

static void
scroll_to_top (GtkScrolledWindow *window)
{
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (window), 0);
}

static void
show_model (GranaryDetails *self)
{
  GranaryModel *model = self->subject->model;

  show_page (self, "model", model->name, "", self->model_menu);
  granary_description_section_set_model (self->description, model);
  granary_tags_section_set_model (self->tags, model);
  granary_metric_section_set_model (self->metric, model);
  granary_services_section_set_services (self->model_services, self->connection,
                                         self->subject->services);
  granary_model_facts_set_subject (self->model_facts, self->subject);
  granary_history_section_set_subject (self->model_history, self->subject);
}

static void
checked_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GranaryDetails) self = user_data;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;

  problems = granary_repository_check_finish (GRANARY_REPOSITORY (source), result, &error);
  if (granary_error_is_cancelled (error))
    return;

  g_clear_object (&self->checking);
  if (problems == NULL)
    {
      /* The look was a courtesy; what matters fails loudly when the files are used. */
      g_debug ("check: %s", error->message);
      return;
    }

  if (self->connection != NULL && self->subject != NULL && self->subject->version != NULL)
    granary_version_head_set_changes (self->head, problems);
}

/* Looks whether something else than Granary changed the files. */
static void
check_files (GranaryDetails *self)
{
  GranaryVersion *version = self->subject->version;

  g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
  if (version->status != GRANARY_STATUS_READY)
    return;

  self->checking = g_cancellable_new ();
  granary_repository_check_async (granary_connection_get_repository (self->connection),
                                  version->id, self->checking, checked_cb, g_object_ref (self));
}

static void
show_version (GranaryDetails *self,
              gboolean        other)
{
  GranaryVersion *version = self->subject->version;
  g_autofree char *number = NULL;

  number = g_strdup_printf ("v%d", version->number);
  show_page (self, "version", version->model_name, number, self->version_menu);
  granary_version_head_set_version (self->head, version);
  if (other)
    granary_version_head_set_changes (self->head, NULL);
  granary_metrics_section_set_version (self->metrics, version);
  granary_version_facts_set_subject (self->version_facts, self->subject);
  granary_version_head_set_services (self->head, self->subject->services);
  granary_services_section_set_services (self->version_services, self->connection,
                                         self->subject->services);
  granary_files_section_set_version (self->files, version);
  granary_history_section_set_subject (self->version_history, self->subject);
  check_files (self);
}

static void
show_failure (GranaryDetails *self,
              const GError   *error)
{
  g_autoptr (GranaryWording) wording = granary_wording_for_error (error, GRANARY_VERB_LOAD, NULL);
  g_autofree char *body = g_markup_escape_text (wording->body, -1);

  clear_subject (self);
  adw_status_page_set_title (self->failure, wording->title);
  adw_status_page_set_description (self->failure, body);
  show_page (self, "failure", _("Details"), "", NULL);
}

static void
show_many (GranaryDetails *self,
           GranaryTargets *targets)
{
  g_autofree char *size = granary_wording_size (targets->impact.size);
  g_autofree char *versions = granary_wording_n_versions ((guint) targets->impact.n_versions);
  g_autofree char *line = NULL;
  g_autofree char *title = NULL;
  guint n_items = targets->model_ids->len + targets->single_ids->len;

  clear_subject (self);
  /* Translators: "3 models", or "2 items" when versions are among them. */
  title = g_strdup_printf (_("%s Selected"), targets->object);
  if (targets->model_ids->len > 0)
    line = g_strdup_printf (C_("versions and size", "%1$s · %2$s"), versions, size);
  adw_status_page_set_title (self->many, title);
  adw_status_page_set_description (self->many, line != NULL ? line : size);

  g_clear_pointer (&title, g_free);
  title = g_strdup_printf (ngettext ("%u Selected", "%u Selected", n_items), n_items);
  show_page (self, "many", title, "", self->many_menu);
}

/* Loading. */

static void
end_read (GranaryDetails *self)
{
  g_clear_object (&self->cancellable);
  if (self->stale)
    {
      self->stale = FALSE;
      load (self);
    }
}

static void
gone_or_failed (GranaryDetails *self,
                const GError   *error)
{
  if (g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_NOT_FOUND))
    {
      self->kind = GRANARY_DETAILS_NOTHING;
      show_nothing (self);
    }
  else
    show_failure (self, error);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryDetails) self = user_data;
  g_autoptr (GranarySubject) subject = NULL;
  g_autoptr (GError) error = NULL;
  gboolean other;

  subject = granary_subject_load_finish (GRANARY_CATALOG (source), result, &error);
  if (granary_error_is_cancelled (error) || self->connection == NULL)
    return;

  if (subject == NULL)
    gone_or_failed (self, error);
  else
    {
      other = is_other_subject (self->subject, subject);
      if (subject->model == NULL)
        granary_description_section_set_model (self->description, NULL);
      g_clear_pointer (&self->subject, granary_subject_free);
      self->subject = g_steal_pointer (&subject);
      if (self->subject->model != NULL)
        show_model (self);
      else
        show_version (self, other);
      if (other)
        scroll_to_top (self->subject->model != NULL ? self->model_page : self->version_page);
    }

  end_read (self);
}

/* What a read of several things needs to know when it is over. */
typedef struct
{
  GranaryDetails *self;        /* (owned) */
  GCancellable   *cancellable; /* (owned) */
} ManyRead;

static void
many_loaded_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  ManyRead *read = user_data;
  g_autoptr (GranaryDetails) self = read->self;
  g_autoptr (GCancellable) cancellable = read->cancellable;
  g_autoptr (GranaryTargets) targets = NULL;
  g_autoptr (GError) error = NULL;

  g_free (read);
  targets = granary_targets_load_finish (result, &error);
  if (g_cancellable_is_cancelled (cancellable) || self->connection == NULL)
    return;

  if (targets == NULL)
    gone_or_failed (self, error);
  else
    show_many (self, targets);

  end_read (self);
}

static gboolean
show_spinner_cb (gpointer data)
{
  GranaryDetails *self = data;

  self->spinner_source = 0;
  gtk_stack_set_visible_child_name (self->stack, "loading");

  return G_SOURCE_REMOVE;
}

static void
load (GranaryDetails *self)
{
  GranaryCatalog *catalog = granary_connection_get_catalog (self->connection);

  if (self->kind == GRANARY_DETAILS_NOTHING)
    return;

  self->cancellable = g_cancellable_new ();
  if (self->kind == GRANARY_DETAILS_MANY)
    {
      ManyRead *read = g_new0 (ManyRead, 1);

      read->self = g_object_ref (self);
      read->cancellable = g_object_ref (self->cancellable);
      granary_targets_load_async (self->connection, self->model_ids, self->version_ids,
                                  many_loaded_cb, read);
    }
  else
    granary_subject_load_async (catalog, self->model_id, self->version_id, self->n_events,
                                self->cancellable, loaded_cb, g_object_ref (self));
}

static void
stop_loading (GranaryDetails *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  self->stale = FALSE;
}

/* Takes another subject. */
static void
go_to (GranaryDetails     *self,
       GranaryDetailsKind  kind,
       gint64              model_id,
       gint64              version_id)
{
  stop_loading (self);
  self->kind = kind;
  self->model_id = model_id;
  self->version_id = version_id;
  self->n_events = FEW_EVENTS;

  if (kind == GRANARY_DETAILS_NOTHING || self->connection == NULL)
    {
      show_nothing (self);
      return;
    }

  self->spinner_source = g_timeout_add (SPINNER_DELAY_MS, show_spinner_cb, self);
  load (self);
}

/* Reads the same subject again. */
static void
reload (GranaryDetails *self)
{
  if (self->kind == GRANARY_DETAILS_NOTHING || self->connection == NULL)
    return;

  if (self->cancellable != NULL)
    self->stale = TRUE;
  else
    load (self);
}

/* Signal callbacks. */

static gboolean
concerns (GranaryDetails *self,
          GArray         *model_ids)
{
  gint64 id = self->kind == GRANARY_DETAILS_MODEL ? self->model_id : 0;

  if (self->kind == GRANARY_DETAILS_VERSION && self->subject != NULL &&
      self->subject->version != NULL && self->subject->version->id == self->version_id)
    id = self->subject->version->model_id;

  if (model_ids == NULL || id == 0)
    return TRUE;

  for (guint i = 0; i < model_ids->len; i++)
    if (g_array_index (model_ids, gint64, i) == id)
      return TRUE;

  return FALSE;
}

static void
changed_cb (GranaryDetails *self,
            GArray         *model_ids)
{
  if (concerns (self, model_ids))
    reload (self);
}

typedef struct
{
  GranaryDetails *self; /* (owned) */
  GtkWidget      *parent; /* (owned) */
  gint64          model_id;
  char           *name; /* (owned) (nullable) */
  char           *text; /* (owned) (nullable): the description that was written */
} Edit;

static void
edited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Edit *edit = user_data;
  g_autoptr (GError) error = NULL;

  if (!granary_repository_edit_finish (GRANARY_REPOSITORY (source), result, &error))
    {
      granary_command_show_error (edit->parent, error, GRANARY_VERB_EDIT, edit->name);
      /* What was written is not lost. */
      if (edit->text != NULL)
        granary_description_section_resume (edit->self->description, edit->model_id, edit->text);
      reload (edit->self);
    }

  g_object_unref (edit->self);
  g_object_unref (edit->parent);
  g_free (edit->name);
  g_free (edit->text);
  g_free (edit);
}

static void
edit (GranaryDetails *self,
      gint64          model_id,
      const char     *description,
      const char     *metric)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryEditRequest) request = NULL;
  Edit *data;

  g_array_append_val (ids, model_id);
  request = granary_edit_request_new (ids);
  request->description = g_strdup (description);
  request->primary_metric = g_strdup (metric);

  data = g_new0 (Edit, 1);
  data->self = g_object_ref (self);
  data->parent = g_object_ref (granary_command_find_parent (GTK_WIDGET (self)));
  data->model_id = model_id;
  data->text = g_strdup (description);
  if (self->subject != NULL && self->subject->model != NULL &&
      self->subject->model->id == model_id)
    data->name = g_strdup (self->subject->model->name);
  granary_repository_edit_async (granary_connection_get_repository (self->connection), request,
                                 NULL, edited_cb, data);
}

static void
described_cb (GranaryDetails *self,
              gint64          model_id,
              const char     *text)
{
  if (self->connection != NULL)
    edit (self, model_id, text, NULL);
}

static void
metric_chosen_cb (GranaryDetails *self,
                  gint64          model_id,
                  const char     *name)
{
  if (self->connection != NULL &&
      !granary_catalog_is_read_only (granary_connection_get_catalog (self->connection)))
    edit (self, model_id, NULL, name);
}

static void
version_activated_cb (GranaryDetails *self,
                      int             number)
{
  GranaryShell *shell = granary_shell_find (GTK_WIDGET (self));

  if (shell != NULL && self->subject != NULL)
    granary_shell_reveal (shell, granary_subject_get_model_id (self->subject), number);
}

static void
more_history_cb (GranaryDetails *self)
{
  self->n_events += MORE_EVENTS;
  reload (self);
}

static void
dropped_cb (GranaryDetails     *self,
            const char * const *paths)
{
  if (self->subject != NULL && self->subject->version != NULL)
    granary_command_upload (GTK_WIDGET (self), self->connection, self->subject->version->id,
                            paths);
}

static void
all_files_cb (GranaryDetails *self)
{
  if (self->subject != NULL && self->subject->version != NULL)
    adw_dialog_present (ADW_DIALOG (granary_files_dialog_new (self->connection,
                                                              self->subject->version)),
                        granary_command_find_parent (GTK_WIDGET (self)));
}

static void
retry_cb (GranaryDetails *self)
{
  reload (self);
}

static void
close_cb (GranaryDetails *self)
{
  g_signal_emit (self, signals[SIGNAL_CLOSE_REQUESTED], 0);
}

/* GtkWidget. */

static void
granary_details_map (GtkWidget *widget)
{
  GranaryDetails *self = GRANARY_DETAILS (widget);

  /* A navigation view has its own way back. */
  gtk_widget_set_visible (GTK_WIDGET (self->close),
                          gtk_widget_get_ancestor (widget, ADW_TYPE_NAVIGATION_VIEW) == NULL);

  GTK_WIDGET_CLASS (granary_details_parent_class)->map (widget);
}

/* GObject. */

static void
granary_details_dispose (GObject *object)
{
  GranaryDetails *self = GRANARY_DETAILS (object);

  stop_loading (self);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->subject, granary_subject_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_DETAILS);

  G_OBJECT_CLASS (granary_details_parent_class)->dispose (object);
}

static void
granary_details_finalize (GObject *object)
{
  GranaryDetails *self = GRANARY_DETAILS (object);

  g_array_unref (self->model_ids);
  g_array_unref (self->version_ids);

  G_OBJECT_CLASS (granary_details_parent_class)->finalize (object);
}

static void
granary_details_class_init (GranaryDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_details_dispose;
  object_class->finalize = granary_details_finalize;
  widget_class->map = granary_details_map;

  signals[SIGNAL_CLOSE_REQUESTED] =
    g_signal_new ("close-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 0);

  granary_details_class_install_actions (widget_class);

  g_type_ensure (GRANARY_TYPE_DESCRIPTION_SECTION);
  g_type_ensure (GRANARY_TYPE_FILES_SECTION);
  g_type_ensure (GRANARY_TYPE_HISTORY_SECTION);
  g_type_ensure (GRANARY_TYPE_METRIC_SECTION);
  g_type_ensure (GRANARY_TYPE_METRICS_SECTION);
  g_type_ensure (GRANARY_TYPE_MODEL_FACTS);
  g_type_ensure (GRANARY_TYPE_SERVICES_SECTION);
  g_type_ensure (GRANARY_TYPE_TAGS_SECTION);
  g_type_ensure (GRANARY_TYPE_VERSION_FACTS);
  g_type_ensure (GRANARY_TYPE_VERSION_HEAD);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-details.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, close);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, menu);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, heading);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, model_menu);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, version_menu);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, many_menu);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, failure);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, many);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, model_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, description);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, tags);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, metric);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, model_services);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, model_facts);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, model_history);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, version_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, head);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, metrics);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, version_facts);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, version_services);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, files);
  gtk_widget_class_bind_template_child (widget_class, GranaryDetails, version_history);
  gtk_widget_class_bind_template_callback (widget_class, described_cb);
  gtk_widget_class_bind_template_callback (widget_class, metric_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, version_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, more_history_cb);
  gtk_widget_class_bind_template_callback (widget_class, dropped_cb);
  gtk_widget_class_bind_template_callback (widget_class, all_files_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
}

static void
granary_details_init (GranaryDetails *self)
{
  self->model_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->version_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gtk_widget_init_template (GTK_WIDGET (self));
  show_nothing (self);
}

GranaryDetails *
granary_details_new (void)
{
  return g_object_new (GRANARY_TYPE_DETAILS, NULL);
}

/**
 * granary_details_set_connection:
 * @self: the pane
 * @connection: (nullable): where its subjects are
 *
 * Shows nothing of another connection.
 */
void
granary_details_set_connection (GranaryDetails    *self,
                                GranaryConnection *connection)
{
  g_return_if_fail (GRANARY_IS_DETAILS (self));
  g_return_if_fail (connection == NULL || GRANARY_IS_CONNECTION (connection));

  if (self->connection == connection)
    return;

  /* An edit in progress still belongs to the connection before. */
  go_to (self, GRANARY_DETAILS_NOTHING, 0, 0);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_func (granary_connection_get_catalog (self->connection),
                                          changed_cb, self);
  g_set_object (&self->connection, connection);
  if (connection != NULL)
    g_signal_connect_object (granary_connection_get_catalog (connection), "changed",
                             G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  granary_details_update_actions (self);
}

void
granary_details_show_nothing (GranaryDetails *self)
{
  g_return_if_fail (GRANARY_IS_DETAILS (self));

  go_to (self, GRANARY_DETAILS_NOTHING, 0, 0);
}

/**
 * granary_details_show_model:
 * @self: the pane
 * @model_id: a model
 *
 * Shows that model as soon as it is read, and nothing when it does not exist any more.
 */
void
granary_details_show_model (GranaryDetails *self,
                            gint64          model_id)
{
  g_return_if_fail (GRANARY_IS_DETAILS (self));

  if (self->kind != GRANARY_DETAILS_MODEL || self->model_id != model_id)
    go_to (self, GRANARY_DETAILS_MODEL, model_id, 0);
}

/**
 * granary_details_show_version:
 * @self: the pane
 * @version_id: a version
 *
 * Shows that version as soon as it is read, and nothing when it does not exist any more.
 */
void
granary_details_show_version (GranaryDetails *self,
                              gint64          version_id)
{
  g_return_if_fail (GRANARY_IS_DETAILS (self));

  if (self->kind != GRANARY_DETAILS_VERSION || self->version_id != version_id)
    go_to (self, GRANARY_DETAILS_VERSION, 0, version_id);
}

/**
 * granary_details_show_many:
 * @self: the pane
 * @model_ids: (element-type gint64) (nullable): models
 * @version_ids: (element-type gint64) (nullable): versions
 *
 * Shows how many that are and how much room they take.
 */
void
granary_details_show_many (GranaryDetails *self,
                           GArray         *model_ids,
                           GArray         *version_ids)
{
  g_return_if_fail (GRANARY_IS_DETAILS (self));

  g_array_unref (self->model_ids);
  g_array_unref (self->version_ids);
  self->model_ids = granary_command_copy_ids (model_ids);
  self->version_ids = granary_command_copy_ids (version_ids);
  go_to (self, GRANARY_DETAILS_MANY, 0, 0);
}
