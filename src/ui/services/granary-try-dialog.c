/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-try-dialog.h"

#include <glib/gi18n-lib.h>

#include "granary-call-answer.h"
#include "granary-call-code.h"
#include "granary-call-template.h"
#include "granary-chooser.h"
#include "granary-error.h"
#include "granary-file-check.h"
#include "granary-file-content.h"
#include "granary-serviced-protocol.h"
#include "granary-try-answer.h"
#include "granary-try-request.h"
#include "granary-try-text.h"
#include "granary-wording.h"
#include "granary-worker.h"

/* Written by hand; what is larger is something else. */
#define MAX_CONFIG (1024 * 1024)

/* Requests that can be gone back to. */
#define MAX_HISTORY 20

struct _GranaryTryDialog
{
  AdwDialog          parent_instance;

  AdwToastOverlay   *toasts;
  AdwWindowTitle    *title;
  AdwBreakpoint     *medium_breakpoint;
  AdwBreakpoint     *narrow_breakpoint;
  GtkWidget         *send_button;
  GtkWidget         *cancel_button;
  GtkMenuButton     *compare_button;
  GtkBox            *columns;
  GranaryTryRequest *request;
  GranaryTryAnswer  *answer;
  GranaryTryAnswer  *other_answer;
  GtkRevealer       *difference_revealer;
  GtkLabel          *difference;

  GranaryConnection *connection;    /* (owned) (nullable) once disposed */
  GranaryService    *service;       /* (owned): as last seen */
  GranaryVersion    *version;       /* (owned) (nullable) while unknown */
  GPtrArray         *services;      /* (owned) (nullable): all, as last seen */
  char              *compare_with;  /* (owned): id of the other service, empty for none */
  GPtrArray         *history;       /* (owned) (element-type utf8): oldest first */
  guint              history_place; /* of what is shown; its length: something new */
  GranaryWorker     *worker;        /* (owned): puts requests together */
  GCancellable      *cancellable;   /* (owned): of all that is read */
  GCancellable      *building;      /* (owned) (nullable): while a request is put together */
  char              *compare_menu;  /* (owned) (nullable): what the menu lists */
  gboolean           include_token;
  gboolean           is_listing;
  gboolean           is_list_stale;
  gboolean           is_compared;   /* what is shown is marked, and was said */
};

enum
{
  PROP_INCLUDE_TOKEN = 1,
  PROP_COMPARE_WITH,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GranaryTryDialog, granary_try_dialog, ADW_TYPE_DIALOG)

/* Helpers. */

static gboolean
is_comparing (GranaryTryDialog *self)
{
  return *self->compare_with != '\0';
}

static gboolean
is_busy (GranaryTryDialog *self)
{
  return self->building != NULL || granary_try_answer_is_waiting (self->answer) ||
         granary_try_answer_is_waiting (self->other_answer);
}

static void
set_enabled (GranaryTryDialog *self,
             const char       *action,
             gboolean          enabled)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, enabled);
}

static void
update_actions (GranaryTryDialog *self)
{
  gboolean is_valid = granary_try_request_is_valid (self->request);
  gboolean is_running = granary_try_answer_is_running (self->answer) ||
                        (is_comparing (self) && granary_try_answer_is_running (self->other_answer));
  gboolean busy = is_busy (self);
  gboolean has_focus = gtk_widget_has_focus (self->send_button) ||
                       gtk_widget_has_focus (self->cancel_button);

  set_enabled (self, "try.send", is_valid && is_running && !busy);
  set_enabled (self, "try.cancel", busy);
  set_enabled (self, "try.copy-curl", is_valid);
  set_enabled (self, "try.copy-python", is_valid);
  set_enabled (self, "try.previous", self->history_place > 0);
  set_enabled (self, "try.next", self->history_place + 1 < self->history->len);
  gtk_widget_set_visible (self->send_button, !busy);
  gtk_widget_set_visible (self->cancel_button, busy);

  /* Without a focus the dialog has no keys, not even Escape. */
  if (has_focus && !gtk_widget_grab_focus (busy ? self->cancel_button : self->send_button))
    gtk_widget_grab_focus (granary_try_request_get_view (self->request));
}

static void
update_layout (GranaryTryDialog *self)
{
  AdwBreakpoint *breakpoint = adw_dialog_get_current_breakpoint (ADW_DIALOG (self));
  gboolean is_stacked = breakpoint == self->narrow_breakpoint ||
                        (breakpoint == self->medium_breakpoint && is_comparing (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns),
                                  is_stacked ? GTK_ORIENTATION_VERTICAL
                                             : GTK_ORIENTATION_HORIZONTAL);
}

static void
say (GranaryTryDialog *self,
     const char       *text)
{
  AdwToast *toast = adw_toast_new (text);

  /* The latest one counts: no queue of them. */
  adw_toast_overlay_dismiss_all (self->toasts);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* Comparing. */

/* Marks what is different, once both have answered. */
static void
compare (GranaryTryDialog *self)
{
  g_autofree char *left = granary_try_answer_dup_text (self->answer);
  g_autofree char *right = granary_try_answer_dup_text (self->other_answer);
  g_autoptr (GArray) left_lines = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) right_lines = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree char *words = NULL;
  guint n_lines;

  if (!is_comparing (self) || is_busy (self) || left == NULL || right == NULL)
    {
      self->is_compared = FALSE;
      gtk_revealer_set_reveal_child (self->difference_revealer, FALSE);
      granary_try_answer_mark (self->answer, NULL);
      granary_try_answer_mark (self->other_answer, NULL);
      return;
    }

  /* Something else about the services changed. */
  if (self->is_compared)
    return;

  self->is_compared = TRUE;
  n_lines = granary_call_compare (left, right, left_lines, right_lines);
  granary_try_answer_mark (self->answer, left_lines);
  granary_try_answer_mark (self->other_answer, right_lines);
  words = n_lines == 0
    ? g_strdup (_("Both answers are the same"))
    : g_strdup_printf (ngettext ("%u line differs", "%u lines differ", n_lines), n_lines);
  gtk_label_set_label (self->difference, words);
  gtk_revealer_set_reveal_child (self->difference_revealer, TRUE);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), words,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
}

static const GranaryService *
find_service (GranaryTryDialog *self,
              const char       *uid)
{
  for (guint i = 0; self->services != NULL && i < self->services->len; i++)
    {
      const GranaryService *service = self->services->pdata[i];

      if (g_str_equal (service->uid, uid))
        return service;
    }

  return NULL;
}

/* Others that run, and the one that is chosen whatever it does. */
static void
update_compare_menu (GranaryTryDialog *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) section = g_menu_new ();
  g_autoptr (GMenu) others = g_menu_new ();
  g_autoptr (GString) listed = g_string_new (NULL);

  g_menu_append (section, C_("compare with", "Nothing"), "try.compare-with::");
  for (guint i = 0; self->services != NULL && i < self->services->len; i++)
    {
      const GranaryService *service = self->services->pdata[i];
      g_autoptr (GMenuItem) item = NULL;
      g_autofree char *name = NULL;

      if (g_str_equal (service->uid, self->service->uid) ||
          (service->state != GRANARY_SERVICE_RUNNING &&
           !g_str_equal (service->uid, self->compare_with)))
        continue;
      name = granary_try_service_name (service);
      item = g_menu_item_new (NULL, NULL);
      /* Underscores of a name are no mnemonics. */
      {
        g_auto (GStrv) parts = g_strsplit (name, "_", -1);
        g_autofree char *label = g_strjoinv ("__", parts);

        g_menu_item_set_label (item, label);
      }
      g_menu_item_set_action_and_target (item, "try.compare-with", "s", service->uid);
      g_menu_append_item (others, item);
      g_string_append_printf (listed, "%s\n%s\n", service->uid, name);
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  g_menu_append_section (menu, _("Running Services"), G_MENU_MODEL (others));

  /* Another menu would close the one that is open. */
  if (g_set_str (&self->compare_menu, listed->str))
    gtk_menu_button_set_menu_model (self->compare_button, G_MENU_MODEL (menu));
  gtk_widget_set_sensitive (GTK_WIDGET (self->compare_button),
                            is_comparing (self) ||
                            g_menu_model_get_n_items (G_MENU_MODEL (others)) > 0);
}

static void
set_compare_with (GranaryTryDialog *self,
                  const char       *uid)
{
  const GranaryService *service = find_service (self, uid);

  if (g_strcmp0 (uid, self->compare_with) == 0 || (service == NULL && *uid != '\0'))
    return;

  g_set_str (&self->compare_with, uid);
  self->is_compared = FALSE;
  if (service != NULL)
    granary_try_answer_set_service (self->other_answer, self->connection, service);
  else
    granary_try_answer_cancel (self->other_answer);
  gtk_widget_set_visible (GTK_WIDGET (self->other_answer), is_comparing (self));
  update_layout (self);
  update_compare_menu (self);
  update_actions (self);
  compare (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPARE_WITH]);
}

/* What the services do. */

static void
show_services (GranaryTryDialog *self)
{
  const GranaryService *service = find_service (self, self->service->uid);
  const GranaryService *other = is_comparing (self) ? find_service (self, self->compare_with)
                                                    : NULL;

  if (service != NULL)
    {
      g_autofree char *subtitle = granary_wording_service (service);

      granary_service_unref (self->service);
      self->service = granary_service_ref ((GranaryService *) service);
      adw_window_title_set_subtitle (self->title, subtitle);
      granary_try_answer_set_service (self->answer, self->connection, service);
    }
  else
    /* It was removed: nothing can be sent any more. */
    adw_dialog_close (ADW_DIALOG (self));

  if (other != NULL)
    granary_try_answer_set_service (self->other_answer, self->connection, other);
  else if (is_comparing (self))
    set_compare_with (self, "");
  update_compare_menu (self);
  update_actions (self);
}

static void list_services (GranaryTryDialog *self);

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryTryDialog) self = user_data;
  g_autoptr (GPtrArray) services = NULL;
  g_autoptr (GError) error = NULL;

  services = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  self->is_listing = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  if (services != NULL)
    {
      g_clear_pointer (&self->services, g_ptr_array_unref);
      self->services = g_steal_pointer (&services);
      show_services (self);
    }
  if (self->is_list_stale)
    list_services (self);
}

static gpointer
list_in_thread (GranaryCatalog  *catalog,
                gpointer         data,
                GCancellable    *cancellable,
                GError         **error)
{
  return granary_catalog_list_services (catalog, NULL, NULL, error);
}

static void
list_services (GranaryTryDialog *self)
{
  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  self->is_list_stale = self->is_listing;
  if (self->is_listing)
    return;

  self->is_listing = TRUE;
  granary_catalog_read_async (granary_connection_get_catalog (self->connection), list_in_thread,
                              NULL, NULL, (GDestroyNotify) g_ptr_array_unref, self->cancellable,
                              listed_cb, g_object_ref (self));
}

/* The request to begin with. */

static void
begin (GranaryTryDialog *self,
       const char       *config)
{
  g_autofree char *note = NULL;
  guint n_left_out = 0;
  GranaryCallDraft *draft = granary_call_template_new (self->version, config, &n_left_out);

  if (n_left_out > 0)
    note = g_strdup_printf (ngettext ("%u more input found no room here.",
                                      "%u more inputs found no room here.", n_left_out),
                            n_left_out);
  granary_try_request_set_draft (self->request, draft, note);
}

static void
config_loaded_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GranaryTryDialog) self = user_data;
  g_autoptr (GranaryFileContent) content = NULL;
  g_autofree char *config = NULL;

  /* Without its example the request begins as it does. */
  content = granary_file_content_load_finish (result, NULL);
  if (content == NULL || self->connection == NULL ||
      !granary_try_request_is_pristine (self->request))
    return;

  config = g_strndup (g_bytes_get_data (content->bytes, NULL), g_bytes_get_size (content->bytes));
  begin (self, config);
}

static void
version_loaded_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GranaryTryDialog) self = user_data;
  g_autoptr (GranaryVersion) version = NULL;

  version = granary_catalog_read_finish (GRANARY_CATALOG (source), result, NULL);
  if (version == NULL || self->connection == NULL)
    return;

  self->version = g_steal_pointer (&version);
  if (granary_try_request_is_pristine (self->request))
    begin (self, NULL);
  if (granary_version_find_file (self->version, GRANARY_CONFIG_FILE) != NULL)
    granary_file_content_load_async (self->connection, self->version, GRANARY_CONFIG_FILE,
                                     MAX_CONFIG, self->cancellable, config_loaded_cb,
                                     g_object_ref (self));
}

/* Sending. */

static void
remember (GranaryTryDialog *self,
          const char       *text)
{
  guint length = self->history->len;

  if (length == 0 || !g_str_equal (self->history->pdata[length - 1], text))
    g_ptr_array_add (self->history, g_strdup (text));
  if (self->history->len > MAX_HISTORY)
    g_ptr_array_remove_index (self->history, 0);
  self->history_place = self->history->len - 1;
}

static void
show_history (GranaryTryDialog *self,
              guint             place)
{
  g_autofree char *text = g_strdup (self->history->pdata[place]);

  granary_try_request_set_text (self->request, text);
  self->history_place = place;
  update_actions (self);
}

static void
built_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GranaryTryDialog) self = user_data;
  g_autoptr (GBytes) body = g_task_propagate_pointer (G_TASK (result), NULL);

  if (self->connection == NULL || self->building != g_task_get_cancellable (G_TASK (result)))
    return;

  g_clear_object (&self->building);
  if (body != NULL)
    {
      if (granary_try_answer_is_running (self->answer))
        granary_try_answer_send (self->answer, body);
      if (is_comparing (self) && granary_try_answer_is_running (self->other_answer))
        granary_try_answer_send (self->other_answer, body);
    }
  update_actions (self);
}

static void
build_in_thread (GTask        *task,
                 gpointer      source_object,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  g_task_return_pointer (task, granary_call_draft_build (task_data),
                         (GDestroyNotify) g_bytes_unref);
}

static void
send_action_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *parameter)
{
  GranaryTryDialog *self = GRANARY_TRY_DIALOG (widget);
  GranaryCallDraft *draft = granary_try_request_dup_draft (self->request);
  g_autoptr (GTask) task = NULL;

  remember (self, granary_call_draft_get_text (draft));
  self->building = g_cancellable_new ();
  /* Not as the source: the worker may be the last to let go of the task. */
  task = g_task_new (NULL, self->building, built_cb, g_object_ref (self));
  g_task_set_source_tag (task, send_action_cb);
  g_task_set_task_data (task, draft, (GDestroyNotify) granary_call_draft_free);
  granary_worker_run (self->worker, task, build_in_thread);
  update_actions (self);
}

static void
cancel_action_cb (GtkWidget  *widget,
                  const char *action,
                  GVariant   *parameter)
{
  GranaryTryDialog *self = GRANARY_TRY_DIALOG (widget);

  g_cancellable_cancel (self->building);
  g_clear_object (&self->building);
  granary_try_answer_cancel (self->answer);
  granary_try_answer_cancel (self->other_answer);
  update_actions (self);
}

static void
previous_action_cb (GtkWidget  *widget,
                    const char *action,
                    GVariant   *parameter)
{
  GranaryTryDialog *self = GRANARY_TRY_DIALOG (widget);

  show_history (self, self->history_place - 1);
}

static void
next_action_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *parameter)
{
  GranaryTryDialog *self = GRANARY_TRY_DIALOG (widget);

  show_history (self, self->history_place + 1);
}

static void
choose_image_action_cb (GtkWidget  *widget,
                        const char *action,
                        GVariant   *parameter)
{
  granary_try_request_choose (GRANARY_TRY_DIALOG (widget)->request);
}

/* Copying. */

typedef struct
{
  GranaryTryDialog *self;  /* (owned) */
  GranaryCallDraft *draft; /* (owned) */
  GranaryCallCode   kind;
  gboolean          with_token;
} Copying;

/* Where the token lies on this computer; NULL if it does not. */
static char *
dup_token_file (GranaryTryDialog *self)
{
  GranaryServiceHost *host = granary_connection_get_service_host (self->connection);
  const char *location = granary_connection_get_location (self->connection);

  if (!granary_service_host_has (host, GRANARY_SERVICE_HOST_LOCAL) || location == NULL)
    return NULL;

  return g_build_filename (location, "services", self->service->uid, GRANARY_SERVICED_TOKEN, NULL);
}

static void
accessed_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Copying *copying = user_data;
  g_autoptr (GranaryTryDialog) self = g_steal_pointer (&copying->self);
  g_autoptr (GranaryCallDraft) draft = g_steal_pointer (&copying->draft);
  g_autoptr (GranaryServiceAccess) access = NULL;
  g_autofree char *token_file = NULL;
  g_autofree char *code = NULL;
  g_autoptr (GError) error = NULL;
  GranaryCallCode kind = copying->kind;
  gboolean with_token = copying->with_token;

  g_free (copying);
  access = granary_service_host_access_finish (GRANARY_SERVICE_HOST (source), result, &error);
  if (self->connection == NULL || granary_error_is_cancelled (error))
    return;

  if (access == NULL)
    {
      g_autofree char *words = granary_wording_for_problem (error);

      say (self, words);
      return;
    }

  token_file = dup_token_file (self);
  code = granary_call_code (kind, draft, access, token_file, with_token);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), code);
  if (with_token && access->value != NULL)
    say (self, _("Copied with the token: anyone who sees it can call the service"));
  else
    say (self, kind == GRANARY_CALL_CURL ? _("curl command copied") : _("Python program copied"));
}

static void
copy_code (GranaryTryDialog *self,
           GranaryCallCode   kind)
{
  Copying *copying = g_new0 (Copying, 1);

  copying->self = g_object_ref (self);
  copying->draft = granary_try_request_dup_draft (self->request);
  copying->kind = kind;
  copying->with_token = self->include_token;
  granary_service_host_access_async (granary_connection_get_service_host (self->connection),
                                     self->service->uid, NULL, accessed_cb, copying);
}

static void
copy_curl_action_cb (GtkWidget  *widget,
                     const char *action,
                     GVariant   *parameter)
{
  copy_code (GRANARY_TRY_DIALOG (widget), GRANARY_CALL_CURL);
}

static void
copy_python_action_cb (GtkWidget  *widget,
                       const char *action,
                       GVariant   *parameter)
{
  copy_code (GRANARY_TRY_DIALOG (widget), GRANARY_CALL_PYTHON);
}

/* Signal callbacks. */

static void
request_changed_cb (GranaryTryDialog *self)
{
  update_actions (self);
}

static void
answer_changed_cb (GranaryTryDialog *self)
{
  if (self->connection == NULL)
    return;

  update_actions (self);
  compare (self);
}

static void
message_cb (GranaryTryDialog *self,
            const char       *text)
{
  say (self, text);
}

static gboolean
drop_cb (GranaryTryDialog *self,
         const GValue     *value)
{
  g_auto (GStrv) paths = NULL;

  if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE))
    {
      granary_try_request_add_texture (self->request, g_value_get_object (value));
      return TRUE;
    }

  paths = granary_dup_dropped_paths (value);
  if (paths == NULL || paths[0] == NULL)
    {
      say (self, _("Only files of this computer can be dropped here"));
      return FALSE;
    }
  if (paths[1] != NULL)
    say (self, _("A request holds one image: the first one was taken"));
  granary_try_request_add_file (self->request, paths[0]);

  return TRUE;
}

/* GObject. */

static void
granary_try_dialog_closed (AdwDialog *dialog)
{
  /* What is copied is wanted all the same, and keeps this until it is. */
  g_cancellable_cancel (GRANARY_TRY_DIALOG (dialog)->cancellable);
}

static void
granary_try_dialog_dispose (GObject *object)
{
  GranaryTryDialog *self = GRANARY_TRY_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->building);
  g_clear_object (&self->building);
  g_clear_object (&self->connection);
  /* A call under way keeps its view. */
  if (self->answer != NULL)
    granary_try_answer_cancel (self->answer);
  if (self->other_answer != NULL)
    granary_try_answer_cancel (self->other_answer);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TRY_DIALOG);

  G_OBJECT_CLASS (granary_try_dialog_parent_class)->dispose (object);
}

static void
granary_try_dialog_finalize (GObject *object)
{
  GranaryTryDialog *self = GRANARY_TRY_DIALOG (object);

  g_clear_pointer (&self->service, granary_service_unref);
  g_clear_pointer (&self->version, granary_version_unref);
  g_clear_pointer (&self->services, g_ptr_array_unref);
  g_clear_pointer (&self->history, g_ptr_array_unref);
  g_clear_object (&self->worker);
  g_clear_object (&self->cancellable);
  g_free (self->compare_with);
  g_free (self->compare_menu);

  G_OBJECT_CLASS (granary_try_dialog_parent_class)->finalize (object);
}

static void
granary_try_dialog_get_property (GObject    *object,
                                 guint       property_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  GranaryTryDialog *self = GRANARY_TRY_DIALOG (object);

  switch (property_id)
    {
    case PROP_INCLUDE_TOKEN:
      g_value_set_boolean (value, self->include_token);
      break;

    case PROP_COMPARE_WITH:
      g_value_set_string (value, self->compare_with);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
granary_try_dialog_set_property (GObject      *object,
                                 guint         property_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  GranaryTryDialog *self = GRANARY_TRY_DIALOG (object);

  switch (property_id)
    {
    case PROP_INCLUDE_TOKEN:
      if (self->include_token == g_value_get_boolean (value))
        break;
      self->include_token = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;

    case PROP_COMPARE_WITH:
      set_compare_with (self, g_value_get_string (value) != NULL ? g_value_get_string (value) : "");
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "try.send", NULL, send_action_cb);
  gtk_widget_class_install_action (widget_class, "try.cancel", NULL, cancel_action_cb);
  gtk_widget_class_install_action (widget_class, "try.previous", NULL, previous_action_cb);
  gtk_widget_class_install_action (widget_class, "try.next", NULL, next_action_cb);
  gtk_widget_class_install_action (widget_class, "try.choose-image", NULL, choose_image_action_cb);
  gtk_widget_class_install_action (widget_class, "try.copy-curl", NULL, copy_curl_action_cb);
  gtk_widget_class_install_action (widget_class, "try.copy-python", NULL, copy_python_action_cb);
  gtk_widget_class_install_property_action (widget_class, "try.include-token", "include-token");
  gtk_widget_class_install_property_action (widget_class, "try.compare-with", "compare-with");
}

static void
granary_try_dialog_class_init (GranaryTryDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_try_dialog_dispose;
  object_class->finalize = granary_try_dialog_finalize;
  object_class->get_property = granary_try_dialog_get_property;
  object_class->set_property = granary_try_dialog_set_property;
  ADW_DIALOG_CLASS (klass)->closed = granary_try_dialog_closed;

  /* Whether programs that are copied hold the token. */
  properties[PROP_INCLUDE_TOKEN] =
    g_param_spec_boolean ("include-token", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /* Id of another service that gets the same requests; empty for none. */
  properties[PROP_COMPARE_WITH] =
    g_param_spec_string ("compare-with", NULL, NULL, "",
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (GRANARY_TYPE_TRY_ANSWER);
  g_type_ensure (GRANARY_TYPE_TRY_REQUEST);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/services/granary-try-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, title);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, medium_breakpoint);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, narrow_breakpoint);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, send_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, compare_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, columns);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, request);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, answer);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, other_answer);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, difference_revealer);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryDialog, difference);
  gtk_widget_class_bind_template_callback (widget_class, request_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, answer_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, message_cb);
  install_actions (widget_class);
}

static void
granary_try_dialog_init (GranaryTryDialog *self)
{
  GType types[] = { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  self->compare_with = g_strdup ("");
  self->history = g_ptr_array_new_with_free_func (g_free);
  self->worker = granary_worker_new ("try", 1);
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));

  /* Before the text, which would take the address of the file. */
  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->columns), GTK_EVENT_CONTROLLER (target));
  g_signal_connect (self, "notify::current-breakpoint", G_CALLBACK (update_layout), NULL);
}

/**
 * granary_try_dialog_new:
 * @connection: where the service is, with a service host
 * @service: which one
 *
 * Returns: (transfer floating): the dialog; it reads in the background what the version takes
 */
GranaryTryDialog *
granary_try_dialog_new (GranaryConnection    *connection,
                        const GranaryService *service)
{
  GranaryTryDialog *self;
  g_autofree char *subtitle = NULL;
  GranaryCatalog *catalog;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (granary_connection_get_service_host (connection) != NULL, NULL);
  g_return_val_if_fail (service != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_TRY_DIALOG, NULL);
  self->connection = g_object_ref (connection);
  self->service = granary_service_ref ((GranaryService *) service);
  subtitle = granary_wording_service (service);
  adw_window_title_set_subtitle (self->title, subtitle);
  begin (self, NULL);
  granary_try_answer_set_service (self->answer, connection, service);
  update_compare_menu (self);
  update_actions (self);
  adw_dialog_set_focus (ADW_DIALOG (self), granary_try_request_get_view (self->request));

  catalog = granary_connection_get_catalog (connection);
  g_signal_connect_object (catalog, "changed", G_CALLBACK (list_services), self, G_CONNECT_SWAPPED);
  list_services (self);
  if (service->version_id > 0)
    granary_catalog_load_version_async (catalog, service->version_id, self->cancellable,
                                        version_loaded_cb, g_object_ref (self));

  return self;
}
