/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-python-private.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-run-reader-private.h"

/* More are of no use in a list, whatever a disk holds. */
#define MAX_FOUND 500

/* pyvenv.cfg has a few lines, environments.txt one for each environment. */
#define MAX_TEXT (1024 * 1024)

/* Folders below the user's home whose folders are virtual environments: of virtualenvwrapper, of
 * people, of pipenv and of Poetry. */
static const char * const venv_folders[] = {
  ".virtualenvs", ".venvs", ".local/share/virtualenvs", ".cache/pypoetry/virtualenvs",
};

static const char * const conda_roots[] = {
  "miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba",
};

typedef struct
{
  const GranaryPythonPlaces *places;
  GCancellable              *cancellable;
  GPtrArray                 *found; /* (element-type GranaryPython) (owned) */
  GHashTable                *seen;  /* (owned): `DEVICE:INODE` of folders and programs */
} Search;

/* Auxiliary functions */

static gboolean
is_over (Search *self)
{
  return self->found->len >= MAX_FOUND || g_cancellable_is_cancelled (self->cancellable);
}

/* Whether this file or folder was not met before, by whatever name. */
static gboolean
see (Search            *self,
     const struct stat *status)
{
  return g_hash_table_add (self->seen, g_strdup_printf ("%ju:%ju", (uintmax_t) status->st_dev,
                                                        (uintmax_t) status->st_ino));
}

static gboolean
is_program (const char  *path,
            struct stat *status)
{
  return stat (path, status) == 0 && S_ISREG (status->st_mode) && (status->st_mode & 0111) != 0;
}

/* The program of an environment; NULL when what it links to is gone. */
static char *
find_program (const char *prefix)
{
  static const char * const names[] = { "bin/python3", "bin/python" };
  struct stat status;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (prefix, names[i], NULL);

      if (is_program (path, &status))
        return g_steal_pointer (&path);
    }

  return NULL;
}

static guint64
get_minor (const char *version)
{
  return g_ascii_strtoull (version + 2, NULL, 10);
}

/* The version that is the whole of @name behind `python`. */
static char *
read_name (const char *name)
{
  g_autofree char *version = NULL;

  if (!g_str_has_prefix (name, "python"))
    return NULL;
  version = granary_python_take_version (name + strlen ("python"));
  if (version == NULL || !g_str_equal (version, name + strlen ("python")))
    return NULL;

  return g_steal_pointer (&version);
}

/* The newest version that there is a library for. */
static char *
find_library_version (const char *prefix)
{
  g_autofree char *folder = g_build_filename (prefix, "lib", NULL);
  g_autoptr (GPtrArray) names = granary_python_list_names (folder);
  g_autofree char *newest = NULL;

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *version = read_name (g_ptr_array_index (names, i));

      if (version == NULL || (newest != NULL && get_minor (version) <= get_minor (newest)))
        continue;
      g_free (newest);
      newest = g_steal_pointer (&version);
    }

  return g_steal_pointer (&newest);
}

static void
take (Search     *self,
      const char *prefix,
      const char *program,
      const char *tool,
      const char *version,
      const char *base)
{
  GranaryPython *python;

  /* It is stored as text. */
  if (!g_utf8_validate (program, -1, NULL))
    return;

  python = granary_python_new (prefix, program, tool, version);
  python->base = g_strdup (base);
  granary_python_read_packages (python);
  g_ptr_array_add (self->found, python);
}

/* What a line of pyvenv.cfg says: PEP 405, "NAME = VALUE". */
static char *
read_setting (char       **lines,
              const char  *name)
{
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *equals = strchr (lines[i], '=');
      g_autofree char *found = NULL;

      if (equals == NULL)
        continue;
      found = g_strndup (lines[i], equals - lines[i]);
      if (g_ascii_strcasecmp (g_strstrip (found), name) == 0)
        return g_strstrip (g_strdup (equals + 1));
    }

  return NULL;
}

static char **
read_lines (const char *folder,
            const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = granary_run_read_file (path, MAX_TEXT, NULL, NULL);

  return text != NULL ? g_strsplit (text, "\n", -1) : NULL;
}

static void
take_venv (Search      *self,
           const char  *prefix,
           char       **lines)
{
  g_autofree char *program = find_program (prefix);
  g_autofree char *stated = read_setting (lines, "version");
  g_autofree char *shares = read_setting (lines, "include-system-site-packages");
  g_autofree char *home = read_setting (lines, "home");
  g_autofree char *version = NULL;
  g_autofree char *base = NULL;

  if (program == NULL)
    return;

  /* As virtualenv and uv write it. */
  if (stated == NULL)
    stated = read_setting (lines, "version_info");
  if (stated != NULL)
    version = granary_python_take_version (stated);
  if (version == NULL)
    version = find_library_version (prefix);
  if (shares != NULL && g_ascii_strcasecmp (shares, "true") == 0 &&
      home != NULL && g_path_is_absolute (home))
    base = g_path_get_dirname (home);

  take (self, prefix, program, "venv", version, base);
}

static gboolean
is_conda (const char *prefix)
{
  g_autofree char *records = g_build_filename (prefix, "conda-meta", NULL);
  struct stat status;

  return stat (records, &status) == 0 && S_ISDIR (status.st_mode);
}

/* One record for each package: `python-3.11.9-h955ad1f_0.json`. */
static void
take_conda (Search     *self,
            const char *prefix)
{
  g_autofree char *program = find_program (prefix);
  g_autofree char *folder = g_build_filename (prefix, "conda-meta", NULL);
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *version = NULL;

  /* An environment need not have Python. */
  if (program == NULL)
    return;

  names = granary_python_list_names (folder);
  for (guint i = 0; i < names->len && version == NULL; i++)
    {
      const char *name = g_ptr_array_index (names, i);

      if (g_str_has_prefix (name, "python-"))
        version = granary_python_take_version (name + strlen ("python-"));
    }
  if (version == NULL)
    version = find_library_version (prefix);

  take (self, prefix, program, "conda", version, NULL);
}

static int
compare_minors (gconstpointer a,
                gconstpointer b)
{
  guint64 left = get_minor (*(const char *const *) a + strlen ("python"));
  guint64 right = get_minor (*(const char *const *) b + strlen ("python"));

  return left > right ? -1 : left < right;
}

static void
take_program (Search     *self,
              const char *prefix,
              const char *path,
              const char *tool)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *version = read_name (name);
  struct stat status;

  if (is_over (self) || !is_program (path, &status) || !see (self, &status))
    return;

  if (version == NULL)
    version = find_library_version (prefix);
  take (self, prefix, path, tool, version, NULL);
}

/* `python3` is mostly a second name of a program whose own name has the version in it, and stays
 * what it is when the system is upgraded. */
static void
take_unversioned (Search     *self,
                  const char *prefix,
                  const char *tool)
{
  g_autofree char *path = g_build_filename (prefix, "bin", "python3", NULL);
  g_autofree char *real = realpath (path, NULL);
  g_autofree char *name = real != NULL ? g_path_get_basename (real) : NULL;
  g_autofree char *version = name != NULL ? read_name (name) : NULL;

  if (version != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (real);
      g_autofree char *own = g_path_get_dirname (folder);

      take_program (self, own, real, tool);
    }
  else
    take_program (self, prefix, path, tool);
}

/* A place for programs, with any number of versions. */
static void
take_plain (Search     *self,
            const char *prefix,
            const char *tool)
{
  g_autofree char *folder = g_build_filename (prefix, "bin", NULL);
  g_autoptr (GPtrArray) names = granary_python_list_names (folder);
  g_autoptr (GPtrArray) versioned = g_ptr_array_new ();

  for (guint i = 0; i < names->len; i++)
    {
      char *name = g_ptr_array_index (names, i);
      g_autofree char *version = read_name (name);

      if (version != NULL)
        g_ptr_array_add (versioned, name);
    }
  g_ptr_array_sort (versioned, compare_minors);

  for (guint i = 0; i < versioned->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (versioned, i), NULL);

      take_program (self, prefix, path, tool);
    }
  take_unversioned (self, prefix, tool);
}

/* Whatever is in @prefix; @tool: what it is when nothing in it tells. */
static void
take_prefix (Search     *self,
             const char *prefix,
             const char *tool)
{
  g_auto (GStrv) lines = NULL;
  struct stat status;

  if (is_over (self) || !g_path_is_absolute (prefix) || stat (prefix, &status) != 0 ||
      !S_ISDIR (status.st_mode) || !see (self, &status))
    return;

  lines = read_lines (prefix, "pyvenv.cfg");
  if (lines != NULL)
    take_venv (self, prefix, lines);
  else if (is_conda (prefix))
    take_conda (self, prefix);
  else
    take_plain (self, prefix, tool);
}

/* Each folder in @folder. Those that are links come last: where both lead to the same place, the
 * folder's own name is the one to remember. */
static void
take_folders (Search     *self,
              const char *folder,
              const char *tool)
{
  g_autoptr (GPtrArray) names = NULL;

  if (is_over (self) || !g_path_is_absolute (folder))
    return;

  names = granary_python_list_names (folder);
  for (int links = 0; links < 2; links++)
    for (guint i = 0; i < names->len && !is_over (self); i++)
      {
        g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
        struct stat status;

        if (lstat (path, &status) == 0 && S_ISLNK (status.st_mode) == links)
          take_prefix (self, path, tool);
      }
}

static void
take_folders_of (Search     *self,
                 const char *folder,
                 const char *name,
                 const char *tool)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  take_folders (self, path, tool);
}

/* An installation of conda, with the environments in it. */
static void
take_conda_root (Search     *self,
                 const char *root)
{
  if (!is_conda (root))
    return;

  take_prefix (self, root, NULL);
  take_folders_of (self, root, "envs", "conda");
}

/* The folder that a variable names, else one below the home. */
static char *
find_place (Search     *self,
            const char *variable,
            const char *below)
{
  const char *set = g_environ_getenv (self->places->environment, variable);

  return set != NULL && g_path_is_absolute (set)
         ? g_strdup (set) : g_build_filename (self->places->home, below, NULL);
}

static void
take_venvs (Search *self)
{
  static const char * const single[] = { ".venv", "venv" };
  const char *active = g_environ_getenv (self->places->environment, "VIRTUAL_ENV");
  const char *wrapper = g_environ_getenv (self->places->environment, "WORKON_HOME");

  if (active != NULL)
    take_prefix (self, active, "venv");
  for (guint i = 0; i < G_N_ELEMENTS (single); i++)
    {
      g_autofree char *path = g_build_filename (self->places->home, single[i], NULL);

      take_prefix (self, path, "venv");
    }
  if (wrapper != NULL)
    take_folders (self, wrapper, "venv");
  for (guint i = 0; i < G_N_ELEMENTS (venv_folders); i++)
    take_folders_of (self, self->places->home, venv_folders[i], "venv");
}

static void
take_condas (Search *self)
{
  const char *active = g_environ_getenv (self->places->environment, "CONDA_PREFIX");
  g_autofree char *own = g_build_filename (self->places->home, ".conda", NULL);
  g_auto (GStrv) listed = read_lines (own, "environments.txt");

  if (active != NULL)
    take_prefix (self, active, "conda");
  for (guint i = 0; listed != NULL && listed[i] != NULL && !is_over (self); i++)
    take_prefix (self, g_strstrip (listed[i]), "conda");
  take_folders_of (self, own, "envs", "conda");
  for (guint i = 0; i < G_N_ELEMENTS (conda_roots); i++)
    {
      g_autofree char *root = g_build_filename (self->places->home, conda_roots[i], NULL);

      take_conda_root (self, root);
    }
}

/**
 * granary_python_search:
 * @places: where to look
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Looks for Python interpreters in the places where installers and people put them. Nothing is
 * searched deeper than that, and nothing run. Blocks. What cannot be read, is broken or has no name
 * in UTF-8 is left out.
 *
 * Errors: %G_IO_ERROR_CANCELLED alone.
 *
 * Returns: (transfer full) (element-type GranaryPython): what was found, each once: the active
 *   environment first, those of the system last
 */
GPtrArray *
granary_python_search (const GranaryPythonPlaces  *places,
                       GCancellable               *cancellable,
                       GError                    **error)
{
  g_autoptr (GPtrArray) found =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_python_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Search self = { places, cancellable, found, seen };
  g_autofree char *pyenv = NULL;
  g_autofree char *uv = NULL;

  g_return_val_if_fail (places != NULL, NULL);

  take_venvs (&self);
  take_condas (&self);
  pyenv = find_place (&self, "PYENV_ROOT", ".pyenv");
  take_folders_of (&self, pyenv, "versions", "pyenv");
  uv = find_place (&self, "UV_PYTHON_INSTALL_DIR", ".local/share/uv/python");
  take_folders (&self, uv, "uv");
  for (guint i = 0; places->prefixes[i] != NULL; i++)
    {
      take_conda_root (&self, places->prefixes[i]);
      take_prefix (&self, places->prefixes[i], NULL);
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_steal_pointer (&found);
}

/**
 * granary_python_find:
 * @interpreter: (type filename): absolute path of a program
 *
 * Finds out what interpreter that is and which packages it sees, without running it. Blocks.
 *
 * Returns: (transfer full) (nullable): it; %NULL where it is none, or cannot be told
 */
GranaryPython *
granary_python_find (const char *interpreter)
{
  static const char *const nothing[] = { NULL };
  const GranaryPythonPlaces places = { (char *) "/", (char **) nothing, (char **) nothing };
  g_autofree char *real = NULL;
  struct stat wanted;

  g_return_val_if_fail (interpreter != NULL && g_path_is_absolute (interpreter), NULL);

  if (!is_program (interpreter, &wanted))
    return NULL;
  real = realpath (interpreter, NULL);

  /* Where it is called; then where it is: only the first is that of a virtual environment. */
  for (int is_real = 0; is_real < 2; is_real++)
    {
      const char *path = is_real ? real : interpreter;
      g_autoptr (GPtrArray) found =
        g_ptr_array_new_with_free_func ((GDestroyNotify) granary_python_free);
      g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      Search self = { &places, NULL, found, seen };
      g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
      g_autofree char *prefix = folder != NULL ? g_path_get_dirname (folder) : NULL;

      if (prefix == NULL)
        continue;
      take_prefix (&self, prefix, NULL);
      for (guint i = 0; i < found->len; i++)
        {
          const GranaryPython *python = g_ptr_array_index (found, i);
          struct stat status;

          if (is_program (python->interpreter, &status) && status.st_dev == wanted.st_dev &&
              status.st_ino == wanted.st_ino)
            return g_ptr_array_steal_index (found, i);
        }
    }

  return NULL;
}
