/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-scope-private.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Processes and threads in one scope. */
#define MAX_TASKS "4096"

#define TRIED_MEMORY (256 * 1024 * 1024)
#define TRIED_TEXT "268435456"

/* Prints what the kernel was told: systemd may accept a limit that it has no means to set. */
#define TRIED_SCRIPT "cat /sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/memory.max"

struct _GranaryServiceScope
{
  int      fd; /* of memory.events, -1 when there is none */
  GSource *source; /* (owned) (nullable) */
  gboolean was_full;
};

/* Auxiliary functions */

static gboolean
try (const char *program)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  granary_service_scope_prepend (builder, TRIED_MEMORY);
  g_strv_builder_add_many (builder, "sh", "-c", TRIED_SCRIPT, NULL);
  argv = g_strv_builder_end (builder);
  if (!g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors, &status,
                     &error))
    {
      g_debug ("%s: %s", program, error->message);
      return FALSE;
    }
  if (status != 0 || g_strcmp0 (g_strstrip (output), TRIED_TEXT) != 0)
    {
      g_debug ("no scope that limits memory: %s%s", g_strstrip (output), g_strstrip (errors));
      return FALSE;
    }

  return TRUE;
}

/* FALSE once the file is gone. */
static gboolean
read_events (GranaryServiceScope *self)
{
  static const char name[] = "oom_kill ";
  char text[1024];
  gssize length = self->fd >= 0 ? pread (self->fd, text, sizeof text - 1, 0) : -1;
  const char *at;

  if (length <= 0)
    return FALSE;
  text[length] = '\0';
  at = strstr (text, name);
  if (at != NULL && g_ascii_strtoull (at + strlen (name), NULL, 10) > 0)
    self->was_full = TRUE;

  return TRUE;
}

static gboolean
events_cb (int          fd,
           GIOCondition condition,
           gpointer     user_data)
{
  GranaryServiceScope *self = user_data;

  if (read_events (self) && !self->was_full)
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&self->source, g_source_unref);
  return G_SOURCE_REMOVE;
}

/* Public functions */

gboolean
granary_service_scope_probe (void)
{
  static GMutex mutex;
  static GHashTable *known; /* (owned) (element-type filename int): lives as long as the process */
  g_autofree char *program = g_find_program_in_path ("systemd-run");
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  gpointer found;

  if (program == NULL)
    return FALSE;
  if (known == NULL)
    known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!g_hash_table_lookup_extended (known, program, NULL, &found))
    {
      found = GINT_TO_POINTER (try (program));
      g_hash_table_insert (known, g_strdup (program), found);
    }

  return GPOINTER_TO_INT (found);
}

void
granary_service_scope_prepend (GStrvBuilder *builder,
                               gint64        memory)
{
  g_autofree char *limit = g_strdup_printf ("MemoryMax=%" G_GINT64_FORMAT, memory);

  g_return_if_fail (builder != NULL && memory > 0);

  g_strv_builder_add_many (builder, "systemd-run", "--user", "--scope", "--quiet", "--collect",
                           "-p", limit, "-p", "MemorySwapMax=0", "-p", "TasksMax=" MAX_TASKS,
                           "--", NULL);
}

GranaryServiceScope *
granary_service_scope_new (GPid guard)
{
  GranaryServiceScope *self = g_new0 (GranaryServiceScope, 1);
  g_autofree char *list =
    g_strdup_printf ("/proc/%d/task/%d/children", (int) guard, (int) guard);
  g_autofree char *children = NULL;
  g_autofree char *source = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  self->fd = -1;
  if (!g_file_get_contents (list, &children, NULL, NULL))
    return self;
  source = g_strdup_printf ("/proc/%" G_GUINT64_FORMAT "/cgroup",
                            g_ascii_strtoull (children, NULL, 10));
  if (!g_file_get_contents (source, &text, NULL, NULL))
    return self;

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "0::/"))
      {
        g_autofree char *path =
          g_strconcat ("/sys/fs/cgroup", lines[i] + strlen ("0::"), "/memory.events", NULL);

        self->fd = open (path, O_RDONLY | O_CLOEXEC);
      }
  if (self->fd < 0)
    return self;

  /* The file is gone with the scope: every change is looked at when it comes. */
  read_events (self);
  self->source = g_unix_fd_source_new (self->fd, G_IO_PRI);
  g_source_set_callback (self->source, G_SOURCE_FUNC (events_cb), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());

  return self;
}

gboolean
granary_service_scope_was_full (GranaryServiceScope *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  read_events (self);
  return self->was_full;
}

void
granary_service_scope_free (GranaryServiceScope *self)
{
  if (self == NULL)
    return;

  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_fd (&self->fd, NULL);
  g_free (self);
}
