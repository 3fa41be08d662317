/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <archive.h>
#include <archive_entry.h>

#include "inspect-testing.h"

/* Archives of Keras 3, and HDF5, which is identified only. */

static la_ssize_t
write_cb (struct archive *archive,
          void           *data,
          const void     *buffer,
          size_t          length)
{
  g_string_append_len (data, buffer, (gssize) length);

  return (la_ssize_t) length;
}

static void
add_member (struct archive *archive,
            const char     *name,
            const char     *text,
            gsize           length)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_size (entry, (la_int64_t) length);
  g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
  archive_write_data (archive, text, length);
  archive_entry_free (entry);
}

/* The members in an order that Keras does not write. */
static GranaryInspection *
inspect_config (const char *config,
                gsize       length)
{
  g_autoptr (GString) content = g_string_new (NULL);
  struct archive *archive = archive_write_new ();

  archive_write_set_format_zip (archive);
  g_assert_cmpint (archive_write_open2 (archive, content, NULL, write_cb, NULL, NULL), ==,
                   ARCHIVE_OK);
  add_member (archive, "model.weights.h5", "", 0);
  add_member (archive, "config.json", config, length);
  add_member (archive, "metadata.json", "{\"keras_version\":\"3.0.0\"}", 25);
  g_assert_cmpint (archive_write_free (archive), ==, ARCHIVE_OK);

  return inspect_string (content, "m.keras");
}

static void
test_functional (void)
{
  g_autoptr (GranaryInspection) found = inspect_fixture ("small.keras");

  g_assert_cmpstr (granary_inspection_get_format (found), ==, "Keras");
  g_assert_cmpstr (granary_inspection_get_framework (found), ==, "Keras");
  g_assert_cmpstr (granary_inspection_get_producer (found), ==, "Keras 3.3.3");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "class"), ==, "Functional");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "name"), ==, "小模型");
  g_assert_cmpuint (granary_inspection_get_n_inputs (found), ==, 1);
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->name, ==, "image");
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->type, ==, "float32");
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->shape, ==, "?,28,28,1");
  g_assert_cmpuint (granary_inspection_get_n_outputs (found), ==, 1);
  g_assert_cmpstr (granary_inspection_get_output (found, 0)->name, ==, "dense");
  g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
}

static void
test_code (void)
{
  g_autoptr (GranaryInspection) found = inspect_fixture ("code.keras");

  g_assert_cmpstr (granary_inspection_find_metadata (found, "class"), ==, "Sequential");
  g_assert_cmpuint (granary_inspection_get_n_inputs (found), ==, 1);
  g_assert_cmpstr (granary_inspection_get_output (found, 0)->name, ==, "dense");
  g_assert_true (has_warning (found, GRANARY_WARNING_RUNS_CODE,
                              "keras.layers.Lambda, mine.layers.Attention"));
}

static void
test_bad_config (void)
{
  static const char * const configs[] = {
    "", "{", "[]]", "nonsense", "{\"config\":{\"layers\":[{\"config\":{\"batch_shape\":[",
  };
  g_autoptr (GString) deep = g_string_new ("{\"config\":");
  g_autoptr (GranaryInspection) found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      g_autoptr (GranaryInspection) bad = inspect_config (configs[i], strlen (configs[i]));

      g_assert_cmpstr (granary_inspection_get_format (bad), ==, "Keras");
      g_assert_true (has_warning (bad, GRANARY_WARNING_UNREADABLE, "m.keras"));
    }

  for (guint i = 0; i < 200000; i++)
    g_string_append (deep, i % 2 == 0 ? "[" : "{\"config\":");
  found = inspect_config (deep->str, deep->len);
  g_assert_true (has_warning (found, GRANARY_WARNING_UNREADABLE, "m.keras"));
}

/* Values where others belong are no more than left out. */
static void
test_odd_config (void)
{
  static const char * const configs[] = {
    "{}", "[]", "7", "{\"config\":7,\"class_name\":[]}", "{\"config\":{\"layers\":{}}}",
    "{\"config\":{\"layers\":[[],7,{\"class_name\":{}}],\"output_layers\":[7,[[]],{}]}}",
    "{\"config\":{\"layers\":[{\"class_name\":\"InputLayer\",\"config\":[]}]}}",
  };
  g_autoptr (GranaryInspection) huge =
    inspect_config ("{\"config\":{\"layers\":[{\"class_name\":\"InputLayer\",\"config\":{\"name\":"
                    "\"x\",\"batch_shape\":[9223372036854775808,-5,1e3,2]}}]}}", 104);

  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      g_autoptr (GranaryInspection) odd = inspect_config (configs[i], strlen (configs[i]));

      g_test_message ("%s", configs[i]);
      g_assert_cmpstr (granary_inspection_get_format (odd), ==, "Keras");
      g_assert_cmpuint (granary_inspection_get_n_warnings (odd), ==, 0);
    }
  g_assert_cmpstr (granary_inspection_get_format (huge), ==, "Keras");
}

static void
test_many_layers (void)
{
  g_autoptr (GString) config = g_string_new ("{\"config\":{\"layers\":[");
  g_autoptr (GranaryInspection) found = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append_printf (config, "%s{\"class_name\":\"InputLayer\",\"module\":\"m%u\","
                            "\"config\":{\"name\":\"x\"}}", i > 0 ? "," : "", i);
  g_string_append (config, "]}}");
  found = inspect_config (config->str, config->len);
  g_assert_cmpuint (granary_inspection_get_n_inputs (found), <=, 1024);
  g_assert_true (has_warning (found, GRANARY_WARNING_RUNS_CODE, NULL));
}

static void
test_cut (void)
{
  g_autoptr (GString) content = load_fixture ("small.keras");

  for (gsize cut = 8; cut < content->len; cut++)
    {
      g_autoptr (GranaryInspection) found = inspect_bytes (content->str, cut, "m.keras");

      g_assert_cmpuint (granary_inspection_get_n_warnings (found), >, 0);
    }
}

/* HDF5 may stand behind a block of the user's, of 512·2ⁿ bytes. */
static void
test_hdf5 (void)
{
  g_autoptr (GString) content = load_fixture ("user-block.h5");
  g_autoptr (GranaryInspection) found = inspect_fixture ("user-block.h5");
  g_autoptr (GranaryInspection) moved = NULL;

  g_assert_cmpstr (granary_inspection_get_format (found), ==, "HDF5");
  g_assert_cmpstr (granary_inspection_get_framework (found), ==, "Keras");
  g_string_prepend_c (content, '\0');
  moved = inspect_string (content, "moved.h5");
  g_assert_null (granary_inspection_get_format (moved));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/keras/functional", test_functional);
  g_test_add_func ("/keras/code", test_code);
  g_test_add_func ("/keras/bad-config", test_bad_config);
  g_test_add_func ("/keras/odd-config", test_odd_config);
  g_test_add_func ("/keras/many-layers", test_many_layers);
  g_test_add_func ("/keras/cut", test_cut);
  g_test_add_func ("/keras/hdf5", test_hdf5);

  return g_test_run ();
}
