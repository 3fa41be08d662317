/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-sandbox-private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As many as the kernel follows. */
#define MAX_LINKS 40

/* Environments upon environments. */
#define MAX_BASES 8

/* pyvenv.cfg has a few lines. */
#define MAX_TEXT (1024 * 1024)

/* Shown whole in every sandbox, links in them included. */
static const char * const shown[] = {
  "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
};

/* Where a package is a folder, and needs others: shown whole when something of them is needed. */
static const char * const stores[] = { "/nix/store", "/gnu/store" };

/* Auxiliary functions */

static gboolean
is_within (const char *path,
           const char *folder)
{
  gsize length = strlen (folder);

  return strncmp (path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static gboolean
is_shown (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    if (is_within (path, shown[i]))
      return TRUE;

  return FALSE;
}

/* Folders with more than one program in them: the home, those above it, those of the system. */
static gboolean
is_too_much (const char *folder)
{
  static const char * const wide[] = {
    "/", "/home", "/opt", "/tmp", "/var", "/var/tmp", "/mnt", "/media", "/srv", "/etc",
    "/run", "/proc", "/sys", "/dev",
  };
  g_autofree char *home = realpath (g_get_home_dir (), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (wide); i++)
    if (g_str_equal (folder, wide[i]))
      return TRUE;

  return is_within (g_get_home_dir (), folder) || (home != NULL && is_within (home, folder));
}

static void
add_folder (GranarySandboxView *self,
            const char         *path)
{
  if (is_shown (path))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (stores); i++)
    if (is_within (path, stores[i]))
      path = stores[i];
  for (guint i = 0; i < self->folders->len; i++)
    if (is_within (path, g_ptr_array_index (self->folders, i)))
      return;

  g_ptr_array_add (self->folders, g_strdup (path));
}

static void
add_link (GranarySandboxView *self,
          const char         *path,
          const char         *target)
{
  if (is_shown (path))
    return;

  for (guint i = 0; i < self->links->len; i += 2)
    if (g_str_equal (g_ptr_array_index (self->links, i), path))
      return;

  g_ptr_array_add (self->links, g_strdup (path));
  g_ptr_array_add (self->links, g_strdup (target));
}

/* The standard library of an interpreter in a folder that holds other things too. */
static void
add_library (GranarySandboxView *self,
             const char         *prefix)
{
  static const char * const names[] = { "lib", "lib64" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *folder = g_build_filename (prefix, names[i], NULL);
      g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        if (g_str_has_prefix (name, "python3") || g_str_has_prefix (name, "libpython3"))
          {
            g_autofree char *path = g_build_filename (folder, name, NULL);

            granary_sandbox_view_add (self, path);
          }
    }
}

/* The prefix of a program, or of a link to it, that lies in @bin. */
static void
add_prefix (GranarySandboxView *self,
            const char         *bin,
            const char         *path)
{
  g_autofree char *name = g_path_get_basename (bin);
  g_autofree char *prefix = g_path_get_dirname (bin);

  if (!g_str_equal (name, "bin"))
    return;
  if (!is_too_much (prefix))
    add_folder (self, prefix);
  else if (!is_shown (path))
    add_library (self, prefix);
}

/* Follows @path as the kernel does, and notes each link that it goes through. What each step of the
 * last name lies in is a prefix when @is_program. NULL when nothing is there. */
static char *
follow (GranarySandboxView *self,
        const char         *path,
        gboolean            is_program)
{
  g_autoptr (GPtrArray) rest = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) at = g_string_new (NULL);
  g_auto (GStrv) first = g_strsplit (path, "/", -1);
  guint n_links = 0;

  for (guint i = g_strv_length (first); i > 0; i--)
    g_ptr_array_add (rest, g_strdup (first[i - 1]));

  while (rest->len > 0)
    {
      g_autofree char *name = g_ptr_array_steal_index (rest, rest->len - 1);
      g_autofree char *folder = NULL;
      g_autofree char *target = NULL;
      g_auto (GStrv) parts = NULL;
      struct stat status;

      if (*name == '\0' || g_str_equal (name, "."))
        continue;
      if (g_str_equal (name, ".."))
        {
          const char *slash = strrchr (at->str, '/');

          g_string_truncate (at, slash != NULL ? (gsize) (slash - at->str) : 0);
          continue;
        }

      folder = g_strdup (at->len > 0 ? at->str : "/");
      g_string_append_printf (at, "/%s", name);
      if (lstat (at->str, &status) != 0)
        return NULL;
      if (is_program && rest->len == 0)
        add_prefix (self, folder, at->str);
      if (!S_ISLNK (status.st_mode))
        continue;

      target = g_file_read_link (at->str, NULL);
      if (target == NULL || ++n_links > MAX_LINKS)
        return NULL;
      add_link (self, at->str, target);
      g_string_assign (at, g_path_is_absolute (target) || g_str_equal (folder, "/") ? "" : folder);
      parts = g_strsplit (target, "/", -1);
      for (guint i = g_strv_length (parts); i > 0; i--)
        g_ptr_array_add (rest, g_strdup (parts[i - 1]));
    }

  return g_strdup (at->len > 0 ? at->str : "/");
}

/* What @name is set to in pyvenv.cfg of the environment that @python lies in, when that is an
 * absolute path: PEP 405. */
static char *
read_setting (const char *python,
              const char *name)
{
  g_autofree char *folder = g_path_get_dirname (python);
  g_autofree char *prefix = g_path_get_dirname (folder);
  const char *places[] = { prefix, folder };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = g_build_filename (places[i], "pyvenv.cfg", NULL);
      g_autofree char *text = NULL;
      g_auto (GStrv) lines = NULL;
      struct stat status;

      if (stat (path, &status) != 0 || !S_ISREG (status.st_mode) || status.st_size > MAX_TEXT ||
          !g_file_get_contents (path, &text, NULL, NULL))
        continue;

      lines = g_strsplit (text, "\n", -1);
      for (guint j = 0; lines[j] != NULL; j++)
        {
          g_auto (GStrv) parts = g_strsplit (lines[j], "=", 2);

          if (g_strv_length (parts) == 2 && g_ascii_strcasecmp (g_strstrip (parts[0]), name) == 0 &&
              g_path_is_absolute (g_strstrip (parts[1])))
            return g_strdup (parts[1]);
        }
    }

  return NULL;
}

static void
add_python (GranarySandboxView *self,
            const char         *python,
            guint               depth)
{
  g_autofree char *real = follow (self, python, TRUE);
  g_autofree char *home = read_setting (python, "home");
  g_autofree char *parent = read_setting (python, "granary-python");

  if (real != NULL)
    add_folder (self, real);
  if (depth == MAX_BASES)
    return;

  if (home != NULL && !is_shown (home))
    {
      g_autofree char *bin = follow (self, home, FALSE);
      g_autofree char *base = g_build_filename (home, "python3", NULL);

      if (bin != NULL)
        add_prefix (self, bin, base);
      add_python (self, base, depth + 1);
    }
  /* An environment that sees the packages of another one, not only those of its base. */
  if (parent != NULL)
    add_python (self, parent, depth + 1);
}

/* Public functions */

void
granary_sandbox_view_init (GranarySandboxView *self)
{
  g_return_if_fail (self != NULL);

  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->links = g_ptr_array_new_with_free_func (g_free);
}

void
granary_sandbox_view_clear (GranarySandboxView *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->folders, g_ptr_array_unref);
  g_clear_pointer (&self->links, g_ptr_array_unref);
}

void
granary_sandbox_view_add (GranarySandboxView *self,
                          const char         *path)
{
  g_autofree char *real = NULL;

  g_return_if_fail (self != NULL && path != NULL);

  real = follow (self, path, FALSE);
  if (real != NULL)
    add_folder (self, real);
}

void
granary_sandbox_view_add_python (GranarySandboxView *self,
                                 const char         *python)
{
  g_return_if_fail (self != NULL && python != NULL);

  add_python (self, python, 0);
}
