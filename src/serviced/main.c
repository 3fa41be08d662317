/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "granary-autostart.h"
#include "granary-error.h"
#include "granary-local.h"
#include "granary-serviced-server.h"

#define IDLE_SECONDS 30

/* The program: it lives as long as a service is meant to run, a client is there, or something is on
 * its way, and a little longer. */
typedef struct
{
  GMainLoop             *loop;
  GranaryServiceStore   *store;
  GranarySupervisor     *supervisor;
  GranaryServicedServer *server; /* (nullable): once everything is in order */
  guint                  idle_seconds;
  guint                  idle_id;
  int                    autostart; /* -1 not known yet */
  gboolean               is_lost;   /* the repository is not where it was */
  gboolean               is_ending;
  int                    status;
} Program;

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Program *self = user_data;

  granary_supervisor_close_finish (self->supervisor, result);
  g_main_loop_quit (self->loop);
}

static void
end (Program *self)
{
  if (self->is_ending)
    return;

  self->is_ending = TRUE;
  g_clear_handle_id (&self->idle_id, g_source_remove);
  if (self->server != NULL)
    granary_serviced_server_close (self->server);
  granary_supervisor_close_async (self->supervisor, closed_cb, self);
}

static gboolean
signal_cb (gpointer user_data)
{
  end (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
idle_cb (gpointer user_data)
{
  Program *self = user_data;

  self->idle_id = 0;
  end (self);
  return G_SOURCE_REMOVE;
}

static void
set_autostart (Program  *self,
               gboolean  is_on)
{
  g_autoptr (GError) error = NULL;

  if (self->autostart == is_on)
    return;
  self->autostart = is_on;
  if (!granary_autostart_set (granary_supervisor_get_folder (self->supervisor), is_on, &error))
    g_message ("Starting at login: %s", error->message);
}

static void
changed_cb (Program *self)
{
  gboolean is_idle;

  if (self->server == NULL || self->is_ending)
    return;

  set_autostart (self, granary_supervisor_get_n_wanted (self->supervisor) > 0);
  is_idle = granary_supervisor_is_idle (self->supervisor) &&
            granary_serviced_server_get_n_clients (self->server) == 0;
  if (!is_idle)
    g_clear_handle_id (&self->idle_id, g_source_remove);
  else if (self->idle_id == 0)
    self->idle_id = g_timeout_add_seconds (self->idle_seconds, idle_cb, self);
}

/* Its services would be looked for at a place where they no longer are. Whoever opens it where it
 * is now starts them there. */
static void
lost_cb (GranaryCatalog *catalog,
         const GError   *error,
         Program        *self)
{
  g_message ("%s", error->message);
  set_autostart (self, FALSE);
  end (self);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Program *self = user_data;
  g_autoptr (GError) error = NULL;

  if (granary_supervisor_load_finish (self->supervisor, result, &error) && !self->is_ending)
    self->server = granary_serviced_server_new (self->supervisor, &error);
  if (error != NULL)
    {
      g_printerr ("granary-serviced: %s\n", error->message);
      self->status = 1;
      end (self);
      return;
    }
  if (self->server == NULL)
    return;

  g_signal_connect_swapped (self->server, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (self->server, "quit", G_CALLBACK (end), self);
  changed_cb (self);
}

static int
run (const char *folder,
     guint       idle_seconds)
{
  Program self = { .idle_seconds = idle_seconds, .autostart = -1 };
  g_autoptr (GError) error = NULL;
  gboolean is_taken = FALSE;

  if (!granary_local_is_repository (folder))
    {
      /* What starts this at login knows nothing of its fate. */
      granary_autostart_set (folder, FALSE, NULL);
      g_printerr ("granary-serviced: no repository at %s\n", folder);
      return 1;
    }

  self.store = granary_service_store_open (folder, &is_taken, &error);
  if (self.store == NULL && is_taken)
    return 0;
  if (self.store == NULL || !granary_service_store_load (self.store, NULL, &error))
    {
      g_printerr ("granary-serviced: %s\n", error->message);
      g_clear_pointer (&self.store, granary_service_store_unref);
      return 1;
    }

  self.loop = g_main_loop_new (NULL, FALSE);
  self.supervisor = granary_supervisor_new (self.store);
  g_unix_signal_add (SIGTERM, signal_cb, &self);
  g_unix_signal_add (SIGINT, signal_cb, &self);
  g_signal_connect_swapped (self.supervisor, "changed", G_CALLBACK (changed_cb), &self);
  g_signal_connect (self.store->catalog, "lost", G_CALLBACK (lost_cb), &self);
  granary_supervisor_load_async (self.supervisor, loaded_cb, &self);
  g_main_loop_run (self.loop);

  g_signal_handlers_disconnect_by_data (self.store->catalog, &self);
  g_signal_handlers_disconnect_by_data (self.supervisor, &self);
  g_clear_object (&self.server);
  g_clear_object (&self.supervisor);
  granary_catalog_close (self.store->catalog);
  granary_service_store_unref (self.store);
  g_main_loop_unref (self.loop);
  return self.status;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("FOLDER");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) folders = NULL;
  g_autofree char *folder = NULL;
  int idle_seconds = IDLE_SECONDS;
  const GOptionEntry entries[] = {
    { "idle-timeout", 0, 0, G_OPTION_ARG_INT, &idle_seconds,
      "End when there was nothing to do for so long", "SECONDS" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &folders, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };

  setlocale (LC_ALL, "");
  g_set_prgname ("granary-serviced");
  g_option_context_set_summary (context, "Runs the model services of a repository.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || folders == NULL ||
      g_strv_length (folders) != 1 || idle_seconds < 0)
    {
      g_printerr ("granary-serviced: %s\n",
                  error != NULL ? error->message : "one folder of a repository is wanted");
      return 2;
    }

  /* It outlives the terminal it may have been started from. */
  signal (SIGHUP, SIG_IGN);
  signal (SIGPIPE, SIG_IGN);
  umask (077);

  /* As it is known by once it is gone, too: a link to it then leads nowhere. */
  folder = realpath (folders[0], NULL);
  if (folder == NULL)
    folder = g_canonicalize_filename (folders[0], NULL);
  return run (folder, (guint) idle_seconds);
}
