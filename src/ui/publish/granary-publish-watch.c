/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-publish-watch.h"

#include <glib/gi18n-lib.h>

#include "granary-command-private.h"
#include "granary-error.h"

/* Long enough to read why it failed, and to reach the button. */
#define FAILURE_SECONDS 20

struct _GranaryPublishWatch
{
  GObject            parent_instance;

  GtkWidget         *parent;      /* (unowned): owns this */
  GranaryConnection *connection;  /* (owned) */
  gint64             version_id;
  char              *uid;         /* (owned) */
  GCancellable      *cancellable; /* (owned) */
  gboolean           is_reading;
  gboolean           is_stale;    /* something changed while it read */
};

G_DEFINE_FINAL_TYPE (GranaryPublishWatch, granary_publish_watch, G_TYPE_OBJECT)

static void read_service (GranaryPublishWatch *self);

/* What it says */

/* What the button of a toast is about. */
typedef struct
{
  GWeakRef           parent;
  GranaryConnection *connection; /* (owned) */
  GranaryService    *service;    /* (owned) */
} Subject;

static void
subject_free (gpointer  data,
              GClosure *closure)
{
  Subject *subject = data;

  g_weak_ref_clear (&subject->parent);
  g_object_unref (subject->connection);
  granary_service_unref (subject->service);
  g_free (subject);
}

static Subject *
subject_new (GranaryPublishWatch *self,
             GranaryService      *service)
{
  Subject *subject = g_new0 (Subject, 1);

  g_weak_ref_init (&subject->parent, self->parent);
  subject->connection = g_object_ref (self->connection);
  subject->service = granary_service_ref (service);

  return subject;
}

static void
try_cb (AdwToast *toast,
        gpointer  user_data)
{
  Subject *subject = user_data;
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&subject->parent);

  if (parent != NULL)
    granary_command_try (parent, subject->connection, subject->service);
}

static void
show_log_cb (AdwToast *toast,
             gpointer  user_data)
{
  Subject *subject = user_data;
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&subject->parent);

  if (parent != NULL)
    granary_command_show_log (parent, subject->connection, subject->service);
}

static void
notify (GranaryPublishWatch *self,
        const char          *title,
        const char          *body)
{
  GtkRoot *root = gtk_widget_get_root (self->parent);
  GtkApplication *application = GTK_IS_WINDOW (root)
                                ? gtk_window_get_application (GTK_WINDOW (root)) : NULL;
  g_autoptr (GSettings) settings = g_settings_new (GRANARY_SETTINGS_ID);
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *id = NULL;

  if (application == NULL || gtk_window_is_active (GTK_WINDOW (root)) ||
      !g_settings_get_boolean (settings, "notify-when-done"))
    return;

  notification = g_notification_new (title);
  if (body != NULL)
    g_notification_set_body (notification, body);
  g_notification_set_default_action (notification, "app.show");
  id = g_strconcat ("service-", self->uid, NULL);
  g_application_send_notification (G_APPLICATION (application), id, notification);
}

static void
tell_running (GranaryPublishWatch *self,
              GranaryService      *service)
{
  g_autofree char *name = granary_display_path (service->name != NULL ? service->name
                                                                      : service->uid);
  g_autofree char *title = NULL;
  AdwToast *toast;

  /* Translators: the name of a service. */
  title = g_strdup_printf (_("“%s” runs"), name);
  toast = granary_command_add_toast (self->parent, title, _("_Try It"));
  if (toast != NULL)
    g_signal_connect_data (toast, "button-clicked", G_CALLBACK (try_cb),
                           subject_new (self, service), subject_free, G_CONNECT_DEFAULT);
  notify (self, title, NULL);
}

/* The sentence does not fit into one line, and is what has to be read. */
static GtkWidget *
make_failure_label (const char *title,
                    const char *reason)
{
  g_autofree char *text = g_strdup_printf ("%s\n%s", title, reason);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 6);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);

  return label;
}

static void
tell_failed (GranaryPublishWatch *self,
             GranaryService      *service)
{
  GranaryServiceHost *host = granary_connection_get_service_host (self->connection);
  gboolean has_log = granary_service_host_has (host, GRANARY_SERVICE_HOST_LOG);
  g_autofree char *name = granary_display_path (service->name != NULL ? service->name
                                                                      : service->uid);
  g_autofree char *reason = granary_wording_service_failure (service);
  g_autofree char *title = NULL;
  AdwToast *toast;

  /* Translators: the name of a service. */
  title = g_strdup_printf (_("“%s” could not be started"), name);
  toast = granary_command_add_toast (self->parent, title, has_log ? _("Show _Log") : NULL);
  if (toast != NULL)
    {
      if (reason != NULL)
        adw_toast_set_custom_title (toast, make_failure_label (title, reason));
      adw_toast_set_timeout (toast, FAILURE_SECONDS);
      adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
      g_signal_connect_data (toast, "button-clicked", G_CALLBACK (show_log_cb),
                             subject_new (self, service), subject_free, G_CONNECT_DEFAULT);
    }
  notify (self, title, reason);
}

/* Reading */

static void
look_at (GranaryPublishWatch *self,
         GPtrArray           *services)
{
  GranaryService *service = NULL;

  for (guint i = 0; i < services->len; i++)
    {
      GranaryService *other = g_ptr_array_index (services, i);

      if (g_strcmp0 (other->uid, self->uid) == 0)
        service = other;
    }

  /* Where it may not be listed yet, its first listing is waited for. */
  if (service == NULL || service->state == GRANARY_SERVICE_UNKNOWN ||
      service->state == GRANARY_SERVICE_STARTING)
    return;

  if (service->state == GRANARY_SERVICE_RUNNING)
    tell_running (self, service);
  else if (service->state == GRANARY_SERVICE_FAILED)
    tell_failed (self, service);

  granary_publish_watch_stop (self->parent, self->uid);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GranaryPublishWatch) self = user_data;
  g_autoptr (GPtrArray) services = NULL;
  g_autoptr (GError) error = NULL;

  services = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  self->is_reading = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  /* A catalogue that cannot be read is told of by the window. */
  if (services == NULL)
    g_debug ("%s: %s", self->uid, error->message);
  else
    look_at (self, services);

  if (self->is_stale && !g_cancellable_is_cancelled (self->cancellable))
    read_service (self);
}

static gpointer
list_services (GranaryCatalog  *catalog,
               gpointer         data,
               GCancellable    *cancellable,
               GError         **error)
{
  return granary_catalog_list_services (catalog, NULL, data, error);
}

static void
read_service (GranaryPublishWatch *self)
{
  GArray *ids;

  self->is_stale = self->is_reading;
  if (self->is_reading)
    return;

  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (ids, self->version_id);
  self->is_reading = TRUE;
  granary_catalog_read_async (granary_connection_get_catalog (self->connection), list_services, ids,
                              (GDestroyNotify) g_array_unref, (GDestroyNotify) g_ptr_array_unref,
                              self->cancellable, read_cb, g_object_ref (self));
}

static void
changed_cb (GranaryPublishWatch *self)
{
  read_service (self);
}

/* GObject */

static void
granary_publish_watch_dispose (GObject *object)
{
  GranaryPublishWatch *self = GRANARY_PUBLISH_WATCH (object);

  g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (granary_publish_watch_parent_class)->dispose (object);
}

static void
granary_publish_watch_finalize (GObject *object)
{
  GranaryPublishWatch *self = GRANARY_PUBLISH_WATCH (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_free (self->uid);

  G_OBJECT_CLASS (granary_publish_watch_parent_class)->finalize (object);
}

static void
granary_publish_watch_class_init (GranaryPublishWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_publish_watch_dispose;
  object_class->finalize = granary_publish_watch_finalize;
}

static void
granary_publish_watch_init (GranaryPublishWatch *self)
{
  self->cancellable = g_cancellable_new ();
}

static void
unowned_free (gpointer data)
{
  GranaryPublishWatch *self = data;

  g_cancellable_cancel (self->cancellable);
  self->parent = NULL;
  g_object_unref (self);
}

static char *
make_key (const char *uid)
{
  return g_strconcat ("granary-publish-watch-", uid, NULL);
}

void
granary_publish_watch_start (GtkWidget         *parent,
                             GranaryConnection *connection,
                             gint64             version_id,
                             const char        *uid)
{
  GranaryPublishWatch *self;
  g_autofree char *key = NULL;

  g_return_if_fail (GTK_IS_WIDGET (parent));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (version_id > 0);
  g_return_if_fail (uid != NULL);

  self = g_object_new (GRANARY_TYPE_PUBLISH_WATCH, NULL);
  self->parent = parent;
  self->connection = g_object_ref (connection);
  self->version_id = version_id;
  self->uid = g_strdup (uid);
  g_signal_connect_object (granary_connection_get_catalog (connection), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  key = make_key (uid);
  g_object_set_data_full (G_OBJECT (parent), key, self, unowned_free);
  read_service (self);
}

void
granary_publish_watch_stop (GtkWidget  *parent,
                            const char *uid)
{
  g_autofree char *key = make_key (uid);

  g_return_if_fail (GTK_IS_WIDGET (parent));

  g_object_set_data (G_OBJECT (parent), key, NULL);
}
