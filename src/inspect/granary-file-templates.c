/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-file-check.h"

#include <string.h>

#include "granary-json.h"

/* Beginnings of config.json and model_service.py for a model. What they say is code, not text for
 * the user, so it is not translated. */

typedef struct
{
  const char *format;
  const char *imports;
  const char *load;
  const char *body;
} ServiceTemplate;

#define NOT_KNOWN \
  "def build_network():\n" \
  "    \"\"\"Makes the network whose weights the file holds.\"\"\"\n" \
  "    raise NotImplementedError('return your torch.nn.Module here')\n\n\n"

#define TORCH_BODY \
  "    def preprocess(self, data):\n" \
  "        \"\"\"{'inputs': [nested list, …]} to tensors.\"\"\"\n" \
  "        return {'inputs': [torch.tensor(value) for value in data['inputs']]}\n" \
  "\n" \
  "    def predict(self, data):\n" \
  "        with torch.inference_mode():\n" \
  "            return {'outputs': self.network(*data['inputs'])}\n" \
  "\n" \
  "    def postprocess(self, data):\n" \
  "        outputs = data['outputs']\n" \
  "        if isinstance(outputs, torch.Tensor):\n" \
  "            outputs = [outputs]\n" \
  "        return {'outputs': [value.tolist() for value in outputs]}\n"

static const ServiceTemplate service_templates[] = {
  {
    "ONNX",
    "import numpy\n"
    "import onnxruntime\n",
    "        self.session = onnxruntime.InferenceSession(\n"
    "            path, providers=onnxruntime.get_available_providers())\n",
    "    def preprocess(self, data):\n"
    "        \"\"\"{input: nested list} to arrays of the types the model wants.\"\"\"\n"
    "        return {wanted.name: numpy.asarray(data[wanted.name], dtype=TYPES[wanted.type])\n"
    "                for wanted in self.session.get_inputs() if wanted.name in data}\n"
    "\n"
    "    def predict(self, data):\n"
    "        names = [output.name for output in self.session.get_outputs()]\n"
    "        return dict(zip(names, self.session.run(names, data)))\n"
    "\n"
    "    def postprocess(self, data):\n"
    "        return {name: value.tolist() if isinstance(value, numpy.ndarray) else value\n"
    "                for name, value in data.items()}\n",
  },
  {
    "TorchScript",
    "import torch\n",
    "        self.network = torch.jit.load(path, map_location='cpu').eval()\n",
    TORCH_BODY,
  },
  {
    "PyTorch (zip)",
    "import torch\n",
    "        self.network = build_network()\n"
    "        weights = torch.load(path, map_location='cpu', weights_only=True)\n"
    "        self.network.load_state_dict(weights)\n"
    "        self.network.eval()\n",
    TORCH_BODY,
  },
  {
    "safetensors",
    "import torch\n"
    "from safetensors.torch import load_file\n",
    "        self.network = build_network()\n"
    "        self.network.load_state_dict(load_file(path))\n"
    "        self.network.eval()\n",
    TORCH_BODY,
  },
  {
    NULL,
    "",
    "        self.path = path\n",
    "    def preprocess(self, data):\n"
    "        \"\"\"From the request, a dict made of its JSON, to what predict takes.\"\"\"\n"
    "        return data\n"
    "\n"
    "    def predict(self, data):\n"
    "        raise NotImplementedError('run the model here')\n"
    "\n"
    "    def postprocess(self, data):\n"
    "        \"\"\"To the answer, a dict that can be written as JSON.\"\"\"\n"
    "        return data\n",
  },
};

static const char onnx_types[] =
  "TYPES = {\n"
  "    'tensor(bool)': numpy.bool_,\n"
  "    'tensor(double)': numpy.float64,\n"
  "    'tensor(float)': numpy.float32,\n"
  "    'tensor(float16)': numpy.float16,\n"
  "    'tensor(int8)': numpy.int8,\n"
  "    'tensor(int16)': numpy.int16,\n"
  "    'tensor(int32)': numpy.int32,\n"
  "    'tensor(int64)': numpy.int64,\n"
  "    'tensor(string)': numpy.str_,\n"
  "    'tensor(uint8)': numpy.uint8,\n"
  "    'tensor(uint16)': numpy.uint16,\n"
  "    'tensor(uint32)': numpy.uint32,\n"
  "    'tensor(uint64)': numpy.uint64,\n"
  "}\n\n\n";

static const char *
find_model_file (GranaryInspection *inspection,
                 const char        *model_file)
{
  if (model_file != NULL)
    return model_file;
  if (inspection != NULL && granary_inspection_get_n_files (inspection) > 0)
    return granary_inspection_get_file (inspection, 0);

  return NULL;
}

static const ServiceTemplate *
find_template (GranaryInspection *inspection)
{
  const char *format = inspection != NULL ? granary_inspection_get_format (inspection) : NULL;
  guint i = 0;

  while (service_templates[i].format != NULL &&
         g_strcmp0 (service_templates[i].format, format) != 0)
    i++;

  return &service_templates[i];
}

static void
write_member (JsonBuilder *builder,
              const char  *name,
              const char  *value)
{
  if (value == NULL)
    return;

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
write_tensor (JsonBuilder         *builder,
              const GranaryTensor *tensor)
{
  json_builder_begin_object (builder);
  write_member (builder, "name", tensor->name);
  write_member (builder, "type", tensor->type);
  write_member (builder, "shape", tensor->shape);
  json_builder_end_object (builder);
}

/**
 * granary_make_config_template:
 * @inspection: (nullable): what is known of the model
 * @model_file: (nullable): its path inside the version; %NULL for the one that was inspected
 *
 * Returns: (transfer full): a `config.json` that names the model file and what goes in and out
 */
char *
granary_make_config_template (GranaryInspection *inspection,
                              const char        *model_file)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  guint n_inputs, n_outputs;

  g_return_val_if_fail (inspection == NULL || GRANARY_IS_INSPECTION (inspection), NULL);

  n_inputs = inspection != NULL ? granary_inspection_get_n_inputs (inspection) : 0;
  n_outputs = inspection != NULL ? granary_inspection_get_n_outputs (inspection) : 0;

  json_builder_begin_object (builder);
  write_member (builder, "model", find_model_file (inspection, model_file));
  if (inspection != NULL)
    {
      write_member (builder, "format", granary_inspection_get_format (inspection));
      write_member (builder, "framework", granary_inspection_get_framework (inspection));
    }
  if (n_inputs > 0)
    {
      json_builder_set_member_name (builder, "inputs");
      json_builder_begin_array (builder);
      for (guint i = 0; i < n_inputs; i++)
        write_tensor (builder, granary_inspection_get_input (inspection, i));
      json_builder_end_array (builder);
    }
  if (n_outputs > 0)
    {
      json_builder_set_member_name (builder, "outputs");
      json_builder_begin_array (builder);
      for (guint i = 0; i < n_outputs; i++)
        write_tensor (builder, granary_inspection_get_output (inspection, i));
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  text = granary_json_to_text (root, TRUE);

  return g_strconcat (text, "\n", NULL);
}

/* A Python literal. */
static char *
quote_python (const char *text)
{
  g_autoptr (GString) quoted = g_string_new ("'");

  for (const char *at = text; *at != '\0'; at++)
    if (*at == '\'' || *at == '\\')
      g_string_append_printf (quoted, "\\%c", *at);
    else if ((guchar) *at < 0x20 || *at == 0x7f)
      g_string_append_printf (quoted, "\\x%02x", (guchar) *at);
    else
      g_string_append_c (quoted, *at);
  g_string_append_c (quoted, '\'');

  return g_string_free (g_steal_pointer (&quoted), FALSE);
}

/**
 * granary_make_service_template:
 * @inspection: (nullable): what is known of the model
 * @model_file: (nullable): its path inside the version; %NULL for the one that was inspected
 *
 * Makes a `model_service.py` after the contract of TI-ONE's inference server: a subclass of
 * `tiinfer.Model` with load, preprocess, predict and postprocess. That of an ONNX or TorchScript
 * model works as it is; others need the network, or the prediction, filled in.
 *
 * Returns: (transfer full): a Python program
 */
char *
granary_make_service_template (GranaryInspection *inspection,
                               const char        *model_file)
{
  const ServiceTemplate *template;
  g_autoptr (GString) text = NULL;
  g_autofree char *quoted = NULL;
  const char *file;

  g_return_val_if_fail (inspection == NULL || GRANARY_IS_INSPECTION (inspection), NULL);

  template = find_template (inspection);
  file = find_model_file (inspection, model_file);
  quoted = quote_python (file != NULL ? file : "model");

  text = g_string_new (
    "\"\"\"Inference code of this model.\n"
    "\n"
    "The service makes one Model with the folder of this file and calls load once, then for each\n"
    "request preprocess, predict and postprocess. Requests and answers are JSON objects.\n"
    "\"\"\"\n"
    "\n"
    "import json\n"
    "import os\n"
    "\n");
  g_string_append (text, template->imports);
  g_string_append (text, "import tiinfer\n\n\n");
  if (g_strcmp0 (template->format, "ONNX") == 0)
    {
      /* The constant stands where the style guide wants it, one line below the imports. */
      g_string_truncate (text, text->len - 1);
      g_string_append (text, onnx_types);
    }
  else if (strstr (template->load, "build_network") != NULL)
    g_string_append (text, NOT_KNOWN);

  g_string_append (text,
    "class Model(tiinfer.Model):\n"
    "    def __init__(self, model_dir):\n"
    "        super().__init__(model_dir)\n"
    "        self.folder = model_dir\n"
    "        self.config = {}\n"
    "\n"
    "    def load(self):\n"
    "        with open(os.path.join(self.folder, 'config.json'), encoding='utf-8') as file:\n"
    "            self.config = json.load(file)\n");
  g_string_append_printf (text,
    "        path = os.path.join(self.folder, self.config.get('model', %s))\n", quoted);
  g_string_append (text, template->load);
  g_string_append (text, "        return True\n\n");
  g_string_append (text, template->body);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
