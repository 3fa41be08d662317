/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "granary-file-check.h"
#include "granary-inspect.h"
#include "granary-memory-reader.h"

/* The parsers tell by name what content leaves open. */
static const char * const names[] = {
  "model.onnx", "model.safetensors", "model.safetensors.index.json", "model.pt", "model.pkl",
  "model.bin", "model.xml", "model.engine",
  "model.h5", "model.pdmodel", "model.pdparams", "model.nb", "saved_model.pb",
  "model-00001-of-00002.gguf", "variables.index",
};

/**
 * LLVMFuzzerTestOneInput:
 * @data: what a file might hold
 * @size: its bytes
 *
 * One entry over all that reads content of files: each parser by each name, the JSON form there
 * and back, the checks of config.json and model_service.py. Aborts when a promise is broken.
 * libFuzzer finds it by name; the unit tests call it with mutations of real files.
 *
 * Returns: 0
 */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GranaryRangeReader) reader = granary_memory_reader_new (bytes);
      g_autoptr (GError) error = NULL;
      g_autoptr (GranaryInspection) inspection = granary_inspect_reader (reader, names[i], NULL,
                                                                         &error);
      g_autoptr (GranaryInspection) again = NULL;
      g_autofree char *json = NULL;
      g_autofree char *json_again = NULL;

      /* Never fails on content, and says nothing that cannot be shown or stored. */
      g_assert_no_error (error);
      g_assert_nonnull (inspection);
      json = granary_inspection_to_json (inspection);
      g_assert_true (g_utf8_validate (json, -1, NULL));
      again = granary_inspection_new_from_json (json);
      json_again = granary_inspection_to_json (again);
      g_assert_cmpstr (json, ==, json_again);
      g_assert_cmpint (granary_inspection_get_parameters (inspection), >=, -1);
    }

  {
    const char *text = size > 0 ? (const char *) data : "";

    granary_check_config_text (text, (gssize) size, NULL, NULL);
    granary_check_service_text (text, (gssize) size, NULL, NULL);
  }

  return 0;
}
