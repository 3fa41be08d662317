/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-python-environments.h"

/* A computer: a home and a system beside it. */
typedef struct
{
  char      *root;
  char      *home;
  GPtrArray *environment; /* (element-type utf8): `NAME=VALUE` */
} Computer;

static void
computer_set_up (Computer      *self,
                 gconstpointer  data)
{
  self->root = g_dir_make_tmp ("granary-python-XXXXXX", NULL);
  self->home = g_build_filename (self->root, "home", NULL);
  self->environment = g_ptr_array_new_with_free_func (g_free);
  g_assert_cmpint (g_mkdir (self->home, 0755), ==, 0);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_chmod (path, 0700);
      dir = g_dir_open (path, 0, NULL);
      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);

          remove_all (child);
        }
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
computer_tear_down (Computer      *self,
                    gconstpointer  data)
{
  remove_all (self->root);
  g_free (self->root);
  g_free (self->home);
  g_ptr_array_unref (self->environment);
}

static void
set_variable (Computer   *self,
              const char *name,
              const char *path)
{
  g_ptr_array_add (self->environment, g_strconcat (name, "=", self->root, "/", path, NULL));
}

/* A file with its folders; one that ends with a slash is a folder. */
static void
add (Computer   *self,
     const char *path,
     const char *content)
{
  g_autofree char *full = g_build_filename (self->root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);
  g_autoptr (GError) error = NULL;

  if (g_str_has_suffix (path, "/"))
    {
      g_assert_cmpint (g_mkdir_with_parents (full, 0755), ==, 0);
      return;
    }
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_file_set_contents_full (full, content, -1, G_FILE_SET_CONTENTS_NONE, 0644, &error);
  g_assert_no_error (error);
}

static void
add_program (Computer   *self,
             const char *path)
{
  g_autofree char *full = g_build_filename (self->root, path, NULL);

  /* Who runs it regrets it. */
  add (self, path, "#!/bin/sh\nkill $PPID\n");
  g_assert_cmpint (g_chmod (full, 0755), ==, 0);
}

static void
add_link (Computer   *self,
          const char *path,
          const char *target)
{
  g_autofree char *full = g_build_filename (self->root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_cmpint (symlink (target, full), ==, 0);
}

static void
got_list_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GPtrArray *
list_with (Computer      *self,
           const char    *framework,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autofree char *conda = g_build_filename (self->root, "opt/conda", NULL);
  g_autofree char *local = g_build_filename (self->root, "usr/local", NULL);
  g_autofree char *usr = g_build_filename (self->root, "usr", NULL);
  const char *prefixes[] = { conda, local, usr, NULL };
  g_autoptr (GranaryImageSource) source = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  g_ptr_array_add (self->environment, NULL);
  source = granary_python_environments_new_in (self->home, prefixes,
                                               (const char *const *) self->environment->pdata);
  g_ptr_array_set_size (self->environment, (int) self->environment->len - 1);
  g_assert_false (granary_image_source_has_registries (source));

  granary_image_source_list_async (source, framework, cancellable, got_list_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return granary_image_source_list_finish (source, result, error);
}

static GPtrArray *
list (Computer   *self,
      const char *framework)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *images = list_with (self, framework, NULL, &error);

  g_assert_no_error (error);
  return images;
}

/* @path: of the interpreter, below the root. */
static void
assert_image (Computer   *self,
              GPtrArray  *images,
              guint       index,
              const char *path,
              const char *title,
              const char *subtitle,
              const char *framework)
{
  g_autofree char *full = g_build_filename (self->root, path, NULL);
  const GranaryImage *image;

  g_assert_cmpuint (index, <, images->len);
  image = g_ptr_array_index (images, index);
  g_assert_cmpint (image->kind, ==, GRANARY_IMAGE_PYTHON);
  g_assert_cmpstr (image->address, ==, full);
  g_assert_cmpstr (image->title, ==, title);
  if (subtitle[0] == '~')
    g_assert_cmpstr (image->subtitle, ==, subtitle);
  else
    {
      g_autofree char *shown = g_build_filename (self->root, subtitle, NULL);

      g_assert_cmpstr (image->subtitle, ==, shown);
    }
  g_assert_cmpstr (image->framework, ==, framework);
}

/* One of each, and what tells them apart. */
static void
test_kinds (Computer      *self,
            gconstpointer  data)
{
  g_autoptr (GPtrArray) images = NULL;
  g_autofree char *listed = NULL;

  add_program (self, "usr/bin/python3.13");
  add_link (self, "usr/bin/python3", "python3.13");
  add_program (self, "usr/bin/python3-config");
  add_program (self, "usr/bin/python2.7");
  add (self, "usr/lib/python3/dist-packages/scikit_learn-1.4.2.egg-info", "");
  add (self, "usr/lib/python3/dist-packages/numpy-2.2.4.egg-info/", NULL);
  add_link (self, "usr/local/bin/python3", "../../bin/python3.13");
  add_program (self, "usr/local/bin/python3.9");
  add (self, "usr/local/lib/python3.9/site-packages/onnxruntime-1.19.2.dist-info/", NULL);

  add (self, "home/.virtualenvs/ocr/pyvenv.cfg",
       "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.9\n");
  add_link (self, "home/.virtualenvs/ocr/bin/python3", "../../../../usr/bin/python3.13");
  add (self, "home/.virtualenvs/ocr/lib/python3.11/site-packages/paddlepaddle_gpu-2.6.1.dist-info/",
       NULL);
  add (self, "home/.virtualenvs/ocr/lib/python3.11/site-packages/onnxruntime-1.17.0.dist-info/",
       NULL);

  add (self, "home/miniconda3/conda-meta/python-3.12.4-h99e199e_1.json", "{}");
  add (self, "home/miniconda3/conda-meta/python-dateutil-2.9.0-py312.json", "{}");
  add_program (self, "home/miniconda3/bin/python3.12");
  add_link (self, "home/miniconda3/bin/python3", "python3.12");
  add (self, "home/miniconda3/envs/gpu/conda-meta/python-3.10.14-h955ad1f_1.json", "{}");
  add_program (self, "home/miniconda3/envs/gpu/bin/python3");
  add (self, "home/miniconda3/envs/gpu/lib/python3.10/site-packages/torch-2.5.1+cu121.dist-info/",
       NULL);
  add (self, "home/miniconda3/envs/tools/conda-meta/git-2.40.json", "{}");

  add_program (self, "home/.pyenv/versions/3.8.19/bin/python3.8");
  add_program (self, "home/.local/share/uv/python/cpython-3.14.0-linux-x86_64-gnu/bin/python3.14");
  add_link (self, "home/.local/share/uv/python/cpython-3.14-linux-x86_64-gnu",
            "cpython-3.14.0-linux-x86_64-gnu");

  listed = g_strdup_printf ("%s/home/miniconda3\n%s/elsewhere/env\nno/absolute\n\n",
                            self->root, self->root);
  add (self, "home/.conda/environments.txt", listed);
  add (self, "elsewhere/env/conda-meta/python-3.13.0-h1_cpython.json", "{}");
  add_program (self, "elsewhere/env/bin/python");

  images = list (self, NULL);
  g_assert_cmpuint (images->len, ==, 8);
  assert_image (self, images, 0, "home/.virtualenvs/ocr/bin/python3", "Python 3.11 · venv",
                "~/.virtualenvs/ocr · paddlepaddle_gpu 2.6.1, onnxruntime 1.17.0", "PaddlePaddle");
  assert_image (self, images, 1, "home/miniconda3/envs/gpu/bin/python3", "Python 3.10 · conda",
                "~/miniconda3/envs/gpu · torch 2.5.1+cu121", "PyTorch");
  assert_image (self, images, 2, "usr/local/bin/python3.9", "Python 3.9",
                "usr/local/bin/python3.9 · onnxruntime 1.19.2", "ONNX");
  /* By the name that stays what it is, and once. */
  assert_image (self, images, 3, "usr/bin/python3.13", "Python 3.13",
                "usr/bin/python3.13 · scikit_learn 1.4.2", "scikit-learn");
  assert_image (self, images, 4, "home/miniconda3/bin/python3", "Python 3.12 · conda",
                "~/miniconda3", NULL);
  assert_image (self, images, 5, "elsewhere/env/bin/python", "Python 3.13 · conda",
                "elsewhere/env", NULL);
  assert_image (self, images, 6, "home/.pyenv/versions/3.8.19/bin/python3.8",
                "Python 3.8 · pyenv", "~/.pyenv/versions/3.8.19", NULL);
  assert_image (self, images, 7,
                "home/.local/share/uv/python/cpython-3.14.0-linux-x86_64-gnu/bin/python3.14",
                "Python 3.14 · uv", "~/.local/share/uv/python/cpython-3.14.0-linux-x86_64-gnu",
                NULL);
}

/* What serves the framework comes first; each once, however often it is pointed at. */
static void
test_framework (Computer      *self,
                gconstpointer  data)
{
  static const char * const names[] = { "a", "b", "c" };
  g_autoptr (GPtrArray) images = NULL;
  g_autoptr (GPtrArray) others = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *config = g_strdup_printf ("home/.venvs/%s/pyvenv.cfg", names[i]);
      g_autofree char *program = g_strdup_printf ("home/.venvs/%s/bin/python3", names[i]);

      add (self, config, "version_info = 3.12.3.final.0\n");
      add_program (self, program);
    }
  add (self, "home/.venvs/b/lib/python3.12/site-packages/torch-2.4.0.dist-info/", NULL);
  add (self, "home/.venvs/c/lib64/python3.12/site-packages/XGBoost-2.1.0.dist-info/", NULL);
  add (self, "home/.venvs/c/lib/python3.12/site-packages/torch-2.6.0-py3.12.egg-info", "");
  add (self, "home/.venvs/c/lib/python3.12/site-packages/torch_geometric-2.6.0.dist-info/", NULL);
  add (self, "home/.venvs/a/lib/python3.12/site-packages/torchvision-0.2.dist-info/", NULL);
  set_variable (self, "VIRTUAL_ENV", "home/.venvs/a");
  set_variable (self, "WORKON_HOME", "home/.venvs");
  add_link (self, "home/.virtualenvs/again", "../.venvs/b");

  images = list (self, "XGBoost");
  g_assert_cmpuint (images->len, ==, 3);
  assert_image (self, images, 0, "home/.venvs/c/bin/python3", "Python 3.12 · venv",
                "~/.venvs/c · torch 2.6.0, xgboost 2.1.0", "XGBoost");
  assert_image (self, images, 1, "home/.venvs/b/bin/python3", "Python 3.12 · venv",
                "~/.venvs/b · torch 2.4.0", "PyTorch");
  assert_image (self, images, 2, "home/.venvs/a/bin/python3", "Python 3.12 · venv", "~/.venvs/a",
                NULL);

  /* The active one is found first among equals. */
  others = list (self, "CatBoost");
  assert_image (self, others, 0, "home/.venvs/b/bin/python3", "Python 3.12 · venv",
                "~/.venvs/b · torch 2.4.0", "PyTorch");
}

/* One that sees the packages of the system, and one that does not. */
static void
test_system_packages (Computer      *self,
                      gconstpointer  data)
{
  g_autofree char *shared = g_strdup_printf ("HOME = %s/usr/bin\r\n"
                                             "include-system-site-packages=True\r\n"
                                             "version = 3.13.5\r\n", self->root);
  g_autoptr (GPtrArray) images = NULL;

  add (self, "usr/lib/python3/dist-packages/torch-2.6.0.egg-info", "");
  add (self, "usr/local/lib/python3.13/dist-packages/xgboost-3.0.0.dist-info/", NULL);
  add (self, "home/.venvs/shared/pyvenv.cfg", shared);
  add_program (self, "home/.venvs/shared/bin/python");
  add (self, "home/.venvs/shared/lib/python3.13/site-packages/torch-2.9.0.dist-info/", NULL);
  add (self, "home/.venvs/alone/pyvenv.cfg", "home = /usr/bin\n");
  add_program (self, "home/.venvs/alone/bin/python");
  add (self, "home/.venvs/alone/lib/python3.13/", NULL);
  add (self, "home/.venvs/alone/lib/python3.9/", NULL);

  images = list (self, NULL);
  g_assert_cmpuint (images->len, ==, 2);
  assert_image (self, images, 0, "home/.venvs/shared/bin/python", "Python 3.13 · venv",
                "~/.venvs/shared · torch 2.9.0, xgboost 3.0.0", "PyTorch");
  assert_image (self, images, 1, "home/.venvs/alone/bin/python", "Python 3.13 · venv",
                "~/.venvs/alone", NULL);
}

/* What is broken, no environment or cannot be read is left out, and nothing is waited for. */
static void
test_hostile (Computer      *self,
              gconstpointer  data)
{
  g_autofree char *pipe = g_build_filename (self->root, "home/.venvs/pipe/pyvenv.cfg", NULL);
  g_autofree char *long_text = g_strnfill (2 * 1024 * 1024, 'x');
  g_autofree char *locked = g_build_filename (self->root, "home/.virtualenvs", NULL);
  g_autoptr (GPtrArray) images = NULL;

  add (self, "home/.venvs/gone/pyvenv.cfg", "version = 3.11.0\n");
  add_link (self, "home/.venvs/gone/bin/python3", "/no/such/python3");
  add (self, "home/.venvs/loop/pyvenv.cfg", "version = 3.11.0\n");
  add_link (self, "home/.venvs/loop/bin", "bin");
  add_link (self, "home/.venvs/self", ".");
  add_link (self, "home/.venvs/up", "..");
  add_link (self, "home/.venvs/round", "round");
  add (self, "home/.venvs/plain/pyvenv.cfg", "version = 3.11.0\n");
  add (self, "home/.venvs/plain/bin/python3", "not a program");
  add (self, "home/.venvs/folder/pyvenv.cfg", "version = 3.11.0\n");
  add (self, "home/.venvs/folder/bin/python3/", NULL);
  add (self, "home/.venvs/file", "");
  add (self, "home/.venvs/pipe/bin/", NULL);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  add_program (self, "home/.venvs/pipe/bin/python3");
  add (self, "home/.venvs/long/pyvenv.cfg", long_text);
  add_program (self, "home/.venvs/long/bin/python3.10");
  add (self, "home/.venvs/\xff\xfe/pyvenv.cfg", "version = 3.11.0\n");
  add_program (self, "home/.venvs/\xff\xfe/bin/python3");
  add (self, "home/.venvs/strange/pyvenv.cfg",
       "=\n\n===\nversion = 99999999999999999999.1\nversion = 3.11\n\xff = \xff\n");
  add_program (self, "home/.venvs/strange/bin/python3");
  add (self, "home/.venvs/车牌 检测\n/pyvenv.cfg", "version = 3.7.17\n");
  add_program (self, "home/.venvs/车牌 检测\n/bin/python3");
  add (self, "home/.venvs/车牌 检测\n/lib/python3.7/site-packages/torch-1\xff.dist-info/", NULL);
  add (self, "home/.conda/environments.txt/", NULL);
  add (self, "home/.pyenv/versions", "a file");
  add (self, "home/.virtualenvs/locked/pyvenv.cfg", "version = 3.11.0\n");
  set_variable (self, "VIRTUAL_ENV", "home/.venvs/nowhere");
  set_variable (self, "CONDA_PREFIX", "home/.venvs/file");
  g_assert_cmpint (g_chmod (locked, 0), ==, 0);

  images = list (self, "TensorFlow");
  g_assert_cmpuint (images->len, ==, 4);
  assert_image (self, images, 0, "home/.venvs/车牌 检测\n/bin/python3", "Python 3.7 · venv",
                "~/.venvs/车牌 检测\\n · torch 1\357\277\275", "PyTorch");
  assert_image (self, images, 1, "home/.venvs/long/bin/python3.10", "Python 3.10 · venv",
                "~/.venvs/long", NULL);
  assert_image (self, images, 2, "home/.venvs/pipe/bin/python3", "Python · venv", "~/.venvs/pipe",
                NULL);
  assert_image (self, images, 3, "home/.venvs/strange/bin/python3", "Python · venv",
                "~/.venvs/strange", NULL);
}

static void
test_crowd (Computer      *self,
            gconstpointer  data)
{
  g_autoptr (GPtrArray) images = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *config = g_strdup_printf ("home/.venvs/%u/pyvenv.cfg", i);
      g_autofree char *program = g_strdup_printf ("home/.venvs/%u/bin/python3", i);

      add (self, config, "version = 3.11.0\n");
      add_link (self, program, "/bin/sh");
    }
  images = list (self, NULL);
  g_assert_cmpuint (images->len, ==, 500);

  g_cancellable_cancel (cancellable);
  none = list_with (self, NULL, cancellable, &error);
  g_assert_null (none);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_nothing (Computer      *self,
              gconstpointer  data)
{
  g_autoptr (GPtrArray) images = list (self, "PyTorch");

  g_assert_cmpuint (images->len, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) \
  g_test_add ("/python-environments/" name, Computer, NULL, computer_set_up, func, \
              computer_tear_down)

  ADD ("kinds", test_kinds);
  ADD ("framework", test_framework);
  ADD ("system-packages", test_system_packages);
  ADD ("hostile", test_hostile);
  ADD ("crowd", test_crowd);
  ADD ("nothing", test_nothing);

  return g_test_run ();
}
