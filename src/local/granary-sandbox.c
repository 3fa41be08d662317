/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-sandbox.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-sandbox-private.h"

/* What a service may keep in each of its private folders unless more, or less, is allowed. Nothing
 * else limits what is in memory that way. */
#define ROOM (G_GINT64_CONSTANT (1024) * 1024 * 1024)

/* There in every Flatpak, and in nothing else. */
#define FLATPAK_INFO "/.flatpak-info"

/* A container may refuse a namespace of users, or a new /proc in one, or both. */
typedef struct
{
  GranarySandboxKind kind;
  gboolean           has_users;
  const char        *name;
} Variant;

static const Variant variants[] = {
  { GRANARY_SANDBOX_FULL, TRUE, "own users and /proc" },
  { GRANARY_SANDBOX_FULL, FALSE, "own /proc" },
  { GRANARY_SANDBOX_REDUCED, TRUE, "own users, no /proc" },
  { GRANARY_SANDBOX_REDUCED, FALSE, "no /proc" },
};

struct _GranarySandbox
{
  char          *program; /* (nullable): bubblewrap */
  const Variant *variant; /* (nullable): the first that works */
  char          *detail;  /* (nullable) */
};

/* Auxiliary functions */

static void
add (GPtrArray  *argv,
     const char *first,
     ...)
{
  va_list arguments;

  va_start (arguments, first);
  for (const char *word = first; word != NULL; word = va_arg (arguments, const char *))
    g_ptr_array_add (argv, g_strdup (word));
  va_end (arguments);
}

static void
add_room (GPtrArray  *argv,
          gint64      room,
          const char *path)
{
  g_autofree char *size = g_strdup_printf ("%" G_GINT64_FORMAT, room > 0 ? room : ROOM);

  add (argv, "--size", size, "--perms", "1777", "--tmpfs", path, NULL);
}

/* /usr, and the folders that are links into it on most systems and real ones on others. */
static void
add_system (GPtrArray *argv)
{
  static const char * const names[] = { "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32" };
  static const char * const settings[] = {
    "/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
  };

  add (argv, "--ro-bind", "/usr", "/usr", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      struct stat status;
      g_autofree char *target = NULL;

      if (lstat (names[i], &status) != 0)
        continue;
      target = S_ISLNK (status.st_mode) ? g_file_read_link (names[i], NULL) : NULL;
      if (target != NULL)
        add (argv, "--symlink", target, names[i], NULL);
      else
        add (argv, "--ro-bind", names[i], names[i], NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    add (argv, "--ro-bind-try", settings[i], settings[i], NULL);
}

static void
add_network (GPtrArray *argv)
{
  static const char * const settings[] = {
    "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl", "/etc/pki",
    "/etc/ca-certificates",
  };

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    add (argv, "--ro-bind-try", settings[i], settings[i], NULL);
}

static void
add_gpu (GPtrArray *argv)
{
  static const char * const devices[] = { "/dev/dri", "/dev/kfd" };
  g_autoptr (GDir) dir = g_dir_open ("/dev", 0, NULL);
  const char *name;

  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    add (argv, "--dev-bind-try", devices[i], devices[i], NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "nvidia"))
      {
        g_autofree char *path = g_build_filename ("/dev", name, NULL);

        add (argv, "--dev-bind-try", path, path, NULL);
      }
  /* How drivers find their device. */
  add (argv, "--ro-bind-try", "/sys", "/sys", NULL);
  add (argv, "--ro-bind-try", "/etc/OpenCL", "/etc/OpenCL", NULL);
}

static void
add_variant (GPtrArray      *argv,
             const Variant  *variant,
             gboolean        allow_network)
{
  add (argv, "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--unshare-pid",
       "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "service", NULL);
  if (variant->has_users)
    add (argv, "--unshare-user", NULL);
  if (!allow_network)
    add (argv, "--unshare-net", NULL);
}

static void
add_proc (GPtrArray     *argv,
          const Variant *variant)
{
  if (variant->kind == GRANARY_SANDBOX_FULL)
    add (argv, "--proc", "/proc", NULL);
  else
    add (argv, "--tmpfs", "/proc", "--ro-bind-try", "/proc/cpuinfo", "/proc/cpuinfo",
         "--ro-bind-try", "/proc/meminfo", "/proc/meminfo", "--remount-ro", "/proc", NULL);
}

/* What is first, and what is last: in between comes what the program is given. */
static void
add_frame (GPtrArray     *argv,
           const Variant *variant,
           gint64         room)
{
  add_system (argv);
  add_proc (argv, variant);
  add (argv, "--dev", "/dev", NULL);
  add_room (argv, room, "/dev/shm");
  add_room (argv, room, "/tmp");
}

static void
close_frame (GPtrArray *argv)
{
  add (argv, "--remount-ro", "/dev", "--remount-ro", "/", NULL);
}

static gboolean
try_variant (const char     *program,
             const Variant  *variant,
             char          **problem)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  add (argv, program, NULL);
  add_variant (argv, variant, FALSE);
  add_frame (argv, variant, 0);
  close_frame (argv);
  add (argv, "--", "/bin/true", NULL);
  g_ptr_array_add (argv, NULL);

  if (!g_spawn_sync ("/", (char **) argv->pdata, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                     &errors, &status, &error))
    {
      *problem = g_strdup (error->message);
      return FALSE;
    }
  if (status == 0)
    return TRUE;

  g_strchomp (errors);
  *problem = *errors != '\0' ? granary_display_path (errors) : g_strdup_printf ("%d", status);
  return FALSE;
}

static GranarySandbox *
sandbox_new (const char *program)
{
  GranarySandbox *self = g_new0 (GranarySandbox, 1);
  g_autoptr (GString) detail = g_string_new (NULL);

  /* Flatpak lets no program make namespaces: to install or repair bubblewrap would not help. */
  if (g_file_test (FLATPAK_INFO, G_FILE_TEST_EXISTS))
    {
      self->detail = g_strdup ("Flatpak: no sandbox can be made within its own");
      return self;
    }
  if (program == NULL)
    {
      self->detail = g_strdup ("bwrap: not found");
      return self;
    }

  self->program = g_strdup (program);
  for (guint i = 0; i < G_N_ELEMENTS (variants) && self->variant == NULL; i++)
    {
      g_autofree char *problem = NULL;

      if (try_variant (program, &variants[i], &problem))
        {
          self->variant = &variants[i];
          break;
        }
      g_debug ("sandbox, %s: %s", variants[i].name, problem);
      g_string_append_printf (detail, "%s%s: %s", detail->len > 0 ? "; " : "", variants[i].name,
                              problem);
    }
  if (self->variant == NULL)
    self->detail = g_strdup (detail->str);

  return self;
}

static void
add_view (GPtrArray                *argv,
          const GranarySandboxView *view)
{
  for (guint i = 0; i < view->folders->len; i++)
    {
      const char *path = g_ptr_array_index (view->folders, i);

      add (argv, "--ro-bind", path, path, NULL);
    }
  for (guint i = 0; i < view->links->len; i += 2)
    {
      const char *path = g_ptr_array_index (view->links, i);
      gboolean is_there = FALSE;

      /* A folder that is shown has its own links. */
      for (guint j = 0; j < view->folders->len && !is_there; j++)
        {
          const char *folder = g_ptr_array_index (view->folders, j);
          gsize length = strlen (folder);

          is_there = strncmp (path, folder, length) == 0 && path[length] == '/';
        }
      if (!is_there)
        add (argv, "--symlink", (const char *) g_ptr_array_index (view->links, i + 1), path, NULL);
    }
}

/* Public functions */

/**
 * granary_sandbox_probe:
 *
 * Finds bubblewrap and what it can do here. Blocks for some hundredths of a second the first time;
 * safe from any thread.
 *
 * Returns: (transfer none): what was found, for the life of the process
 */
const GranarySandbox *
granary_sandbox_probe (void)
{
  static GMutex mutex;
  static GHashTable *known; /* (owned) (element-type filename GranarySandbox) */
  g_autofree char *program = g_find_program_in_path ("bwrap");
  const char *key = program != NULL ? program : "";
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&mutex);
  GranarySandbox *self;

  if (known == NULL)
    known = g_hash_table_new (g_str_hash, g_str_equal);
  self = g_hash_table_lookup (known, key);
  if (self == NULL)
    {
      self = sandbox_new (program);
      g_hash_table_insert (known, g_strdup (key), self);
    }

  return self;
}

GranarySandboxKind
granary_sandbox_get_kind (const GranarySandbox *self)
{
  g_return_val_if_fail (self != NULL, GRANARY_SANDBOX_NONE);

  return self->variant != NULL ? self->variant->kind : GRANARY_SANDBOX_NONE;
}

const char *
granary_sandbox_get_detail (const GranarySandbox *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->detail;
}

/**
 * granary_sandbox_wrap:
 * @self: a sandbox of any kind but none
 * @options: what the program sees
 * @argv: (array zero-terminated=1): the program, by its path in the sandbox, and its arguments
 *
 * Reads the links that lead to the interpreter: a few small reads of the disk.
 *
 * Returns: (transfer full): the command that runs @argv in the sandbox. It ends when the thread
 *   that started it does, and all that came of it with it
 */
GStrv
granary_sandbox_wrap (const GranarySandbox        *self,
                      const GranarySandboxOptions *options,
                      const char * const          *argv)
{
  g_autoptr (GPtrArray) words = NULL;
  GranarySandboxView view;

  g_return_val_if_fail (self != NULL && self->variant != NULL, NULL);
  g_return_val_if_fail (options != NULL, NULL);
  g_return_val_if_fail (argv != NULL && argv[0] != NULL, NULL);

  words = g_ptr_array_new_with_free_func (g_free);
  add (words, self->program, NULL);
  add_variant (words, self->variant, options->allow_network);
  for (guint i = 0; options->changes != NULL && options->changes[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (options->changes[i], "=", 2);

      if (parts[1] != NULL)
        add (words, "--setenv", parts[0], parts[1], NULL);
      else
        add (words, "--unsetenv", parts[0], NULL);
    }
  add_frame (words, self->variant, options->room);
  if (options->allow_network)
    add_network (words);
  if (options->allow_gpu)
    add_gpu (words);

  granary_sandbox_view_init (&view);
  if (options->python != NULL)
    granary_sandbox_view_add_python (&view, options->python);
  for (guint i = 0; options->readable != NULL && options->readable[i] != NULL; i++)
    granary_sandbox_view_add (&view, options->readable[i]);
  add_view (words, &view);
  granary_sandbox_view_clear (&view);

  if (options->model != NULL)
    add (words, "--ro-bind", options->model, GRANARY_SANDBOX_MODEL, NULL);
  if (options->runner != NULL)
    add (words, "--ro-bind", options->runner, GRANARY_SANDBOX_RUNNER, NULL);
  for (guint i = 0; options->writable != NULL && options->writable[i] != NULL; i++)
    add (words, "--bind", options->writable[i], options->writable[i], NULL);
  close_frame (words);
  add (words, "--chdir", options->folder != NULL ? options->folder : "/tmp", "--", NULL);
  for (guint i = 0; argv[i] != NULL; i++)
    add (words, argv[i], NULL);
  g_ptr_array_add (words, NULL);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}
