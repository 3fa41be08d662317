/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-file-check.h"
#include "granary-inspection-private.h"

typedef struct
{
  const char    *text;
  int            line;
  GranaryReason  reason;
} Bad;

static void
test_config_good (void)
{
  static const char * const texts[] = {
    "{}",
    " {\n\"a\": [1, -2.5e+10, 0, true, false, null, \"\\u4e2d\\ud83d\\ude00\\n\"]}\n",
    "{\"a\": 1, \"a\": 2}",
    "{\"键\": {\"b\": [[], {}]}}",
  };
  g_autoptr (GString) deep = g_string_new ("{\"a\":");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (granary_check_config_text (texts[i], -1, NULL, &error));
      g_assert_no_error (error);
    }

  for (guint i = 0; i < 400; i++)
    g_string_append_c (deep, '[');
  for (guint i = 0; i < 400; i++)
    g_string_append_c (deep, ']');
  g_string_append_c (deep, '}');
  g_assert_true (granary_check_config_text (deep->str, -1, NULL, NULL));
}

static void
test_config_bad (void)
{
  static const Bad texts[] = {
    { "", 1, GRANARY_REASON_JSON_SYNTAX },
    { "[]", 0, GRANARY_REASON_JSON_NOT_OBJECT },
    { "\"text\"", 0, GRANARY_REASON_JSON_NOT_OBJECT },
    { "{\n  \"a\": 1,\n}", 3, GRANARY_REASON_JSON_SYNTAX },
    { "{\n\n  'a': 1}", 3, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\": 1} x", 1, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\": 01}", 1, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\": .5}", 1, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\": 1.}", 1, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\": NaN}", 1, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\": truth}", 1, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\"\n: \"b\nc\"}", 2, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\": \"\\x\"}", 1, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\": \"\\ud800\"}", 1, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\": \"\xff\"}", 1, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\": \"\xc0\xaf\"}", 1, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\": 1\n\"b\": 2}", 2, GRANARY_REASON_JSON_SYNTAX },
    { "{\n\"a\": [1, 2\n}", 3, GRANARY_REASON_JSON_SYNTAX },
    { "{/* no */}", 1, GRANARY_REASON_JSON_SYNTAX },
    { "\xef\xbb\xbf{}", 1, GRANARY_REASON_JSON_SYNTAX },
    { "{\"a\"", 1, GRANARY_REASON_JSON_SYNTAX },
  };
  g_autofree char *deep = g_strnfill (1000000, '[');

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      int line = -1;

      g_test_message ("%s", texts[i].text);
      g_assert_false (granary_check_config_text (texts[i].text, -1, &line, &error));
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
      g_assert_cmpint (granary_error_get_reason (error), ==, texts[i].reason);
      g_assert_cmpstr (granary_error_get_subject (error), ==, "config.json");
      g_assert_cmpint (line, ==, texts[i].line);
    }
  g_assert_false (granary_check_config_text (deep, -1, NULL, NULL));
}

static void
test_service_good (void)
{
  static const char * const texts[] = {
    "def f(): pass",
    "#!/usr/bin/env python3\nclass A:\n    x = 1\n",
    "\xef\xbb\xbf" "class A:\r\n\tx = 1\r\n",
    "# -*- coding: latin-1 -*-\ndef f():\n    return '\xe9'\n",
    "# vim: set fileencoding=gbk :\ndef f():\n    return '\xd6\xd0'\n",
    "def f(x):\n    return f'{x!r:>{10}} {x:%H:%M} {{}} {f\"{x}\"}' 'b'\n",
    "def f(x):\n    return f\"{x[\"a\"]}\\N{BULLET}{'}'}\"\n",
    "def f():\n  '''a\n\" ' {\n'''\n  return rb\"\\\"\" + '''x'''\n",
    "class 模型:\n    def 预测(self): return 1if self else 0x1f\n",
    "async def f():\n    await g()\n    x = [1,\n2,\n  3]\n    if x: return\n",
    "def f(a, /, *, b: int = 1) -> 'x':\n    match a:\n        case [1, *_]:\n            pass\n"
    "        case _ if b:\n            return\n    match = a\n    type = match\n",
    "type X = int\ndef f[T](x: T): ...\n",
    "@d\ndef f(): return lambda: (yield)\nx = f() if 1_0.e5j else .5; y = 2\n",
    "if 1:\n    def f():\n        pass\n\n    # comment\n  # another\nelse:\n    x = \\\n  3\n",
    "def f():\n    return 1..real, 1 .real, [*a], {**b}, a[1:2, ...], not None is True\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", texts[i]);
      granary_check_service_text (texts[i], -1, NULL, &error);
      g_assert_no_error (error);
    }
}

static void
test_service_bad (void)
{
  static const Bad texts[] = {
    { "", 0, 0 },
    { "x = 1\n", 0, 0 },
    { "{\"class\": 1}", 0, 0 },
    { "<!DOCTYPE html>\n<html><body>def</body></html>\n", 1, 0 },
    { "#!/bin/sh\ndef=1\n", 1, 0 },
    { "set -e\necho hello world\n", 2, 0 },
    { "f() {\n  ls $1\n}\n", 2, 0 },
    { "def f():\nreturn 1\n", 2, 0 },
    { "def f():\n    return 1\n  x = 2\n", 3, 0 },
    { "x = 1\n    y = 2\ndef f(): pass\n", 2, 0 },
    { "def f(:\n    pass\n", 1, 0 },
    { "def f():\n    return (1,\n", 2, 0 },
    { "def f():\n    return [1)\n", 2, 0 },
    { "def f():\n    return 'abc\n", 2, 0 },
    { "def f():\n    return '''abc\n\n\n", 2, 0 },
    { "def f():\n    return f'{x'\n", 2, 0 },
    { "def f():\n    print 'hello'\n", 2, 0 },
    { "def f():\n    return 1 ? 2 : 3\n", 2, 0 },
    { "def f():\n    x = “a”\n", 2, 0 },
    { "def f(a，b):\n    pass\n", 1, 0 },
    { "def f():\n    return '\xe9'\n", 0, 0 },
    { "This is a text about a class of models.\n", 1, 0 },
    { "class A:", 1, 0 },
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *deep = g_strnfill (1000000, '(');

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) local_error = NULL;
      int line = -1;

      g_test_message ("%s", texts[i].text);
      g_assert_false (granary_check_service_text (texts[i].text, -1, &line, &local_error));
      g_assert_cmpint (granary_error_get_reason (local_error), ==,
                       GRANARY_REASON_PYTHON_IMPLAUSIBLE);
      g_assert_cmpint (line, ==, texts[i].line);
    }

  g_assert_false (granary_check_service_text ("def f(): pass\0", 14, NULL, &error));
  g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_PYTHON_IMPLAUSIBLE);
  g_assert_false (granary_check_service_text (deep, -1, NULL, NULL));
}

/* Whatever Python itself comes with is Python. */
static void
check_folder (const char *folder,
              guint      *n_checked)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      if (g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        continue;
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          check_folder (path, n_checked);
          continue;
        }
      if (!g_str_has_suffix (name, ".py") || !g_file_get_contents (path, &text, &length, NULL))
        continue;

      (*n_checked)++;
      if (!granary_check_service_text (text, (gssize) length, NULL, &error) &&
          strstr (error->message, "no class") == NULL)
        {
          g_test_message ("%s: %s", path, error->message);
          g_test_fail ();
        }
    }
}

static void
test_service_library (void)
{
  guint n_checked = 0;
  g_autoptr (GDir) dir = g_dir_open ("/usr/lib", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "python3"))
      {
        g_autofree char *path = g_build_filename ("/usr/lib", name, NULL);

        check_folder (path, &n_checked);
      }
  g_assert_cmpuint (n_checked, >, 500);
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("check-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "file", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "[]", -1, NULL));
  g_assert_true (granary_check_file (path, "other.json", NULL));
  g_assert_true (granary_check_file (path, "sub/config.json", NULL));
  g_assert_false (granary_check_file (path, "config.json", &error));
  g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_JSON_NOT_OBJECT);
  g_clear_error (&error);
  g_assert_false (granary_check_file (path, "model_service.py", &error));
  g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_PYTHON_IMPLAUSIBLE);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "{}", -1, NULL));
  g_assert_true (granary_check_file (path, "config.json", &error));
  g_assert_no_error (error);

  /* A file of any size is answered at once. */
  g_assert_cmpint (truncate (path, (off_t) 1 << 33), ==, 0);
  g_assert_false (granary_check_file (path, "config.json", &error));
  g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_JSON_SYNTAX);
  g_clear_error (&error);

  g_unlink (path);
  g_assert_false (granary_check_file (path, "config.json", &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_NOT_FOUND);
  g_rmdir (folder);
}

static void
test_misspelt (void)
{
  static const char * const configs[] = {
    "Config.json", "config.JSON", "config (1).json", "config(2).json", "config - copy.json",
    "config.json.txt", "confg.json", "cofnig.json", "config.jsn", "config 副本.json",
  };
  static const char * const services[] = {
    "model_service.PY", "Model_Service.py", "model-service.py", "model service.py",
    "modelservice.py", "model_service (1).py", "model_service.py.txt", "model_servce.py",
    "model_services.py",
  };
  static const char * const others[] = {
    "config.json", "model_service.py", "sub/Config.json", "configuration.json", "config.yaml",
    "model.py", "service.py", "tokenizer_config.json", "", "config", ".json", "配置.json",
  };

  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    g_assert_cmpstr (granary_check_misspelt (configs[i]), ==, "config.json");
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    g_assert_cmpstr (granary_check_misspelt (services[i]), ==, "model_service.py");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_null (granary_check_misspelt (others[i]));
}

static void
test_templates (void)
{
  const char * const * formats = (const char *[]) { "ONNX", "TorchScript", "PyTorch (zip)",
                                                    "safetensors", "GGUF", NULL };

  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (GranaryInspection) inspection = granary_inspection_new ();
      g_autofree char *config = NULL;
      g_autofree char *service = NULL;
      g_autoptr (GError) error = NULL;

      granary_inspection_set_format (inspection, formats[i]);
      granary_inspection_add_input (inspection, "x\"y", "float32", "N,4");
      config = granary_make_config_template (inspection, "a 'b' \\ \"模型\".onnx");
      service = granary_make_service_template (inspection, "a 'b' \\ \"模型\".onnx");

      g_assert_true (granary_check_config_text (config, -1, NULL, &error));
      g_assert_no_error (error);
      g_assert_true (granary_check_service_text (service, -1, NULL, &error));
      g_assert_no_error (error);
      g_assert_nonnull (strstr (config, "\"model\""));
      g_assert_nonnull (strstr (service, "class Model(tiinfer.Model):"));
      g_assert_nonnull (strstr (service, "'a \\'b\\' \\\\ \"模型\".onnx'"));
    }
}

static void
test_templates_of_nothing (void)
{
  g_autofree char *config = granary_make_config_template (NULL, NULL);
  g_autofree char *service = granary_make_service_template (NULL, NULL);

  g_assert_true (granary_check_config_text (config, -1, NULL, NULL));
  g_assert_true (granary_check_service_text (service, -1, NULL, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/file-check/config/good", test_config_good);
  g_test_add_func ("/file-check/config/bad", test_config_bad);
  g_test_add_func ("/file-check/service/good", test_service_good);
  g_test_add_func ("/file-check/service/bad", test_service_bad);
  g_test_add_func ("/file-check/service/library", test_service_library);
  g_test_add_func ("/file-check/files", test_files);
  g_test_add_func ("/file-check/misspelt", test_misspelt);
  g_test_add_func ("/file-check/templates", test_templates);
  g_test_add_func ("/file-check/templates-of-nothing", test_templates_of_nothing);

  return g_test_run ();
}
