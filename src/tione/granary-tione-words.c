/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-environment-private.h"

/* Source of the platform's words: its typed definitions of CreateTrainingModel. What is missing on
 * the right has none there and is left out of the call; the file's own findings stay in the
 * inspection of the version. */

typedef struct
{
  const char *ours;
  const char *theirs;
} Word;

static const Word frameworks[] = {
  { "PyTorch", "PYTORCH" },
  { "TensorFlow", "TENSORFLOW" },
  /* Its models are run by TensorFlow. */
  { "Keras", "TENSORFLOW" },
  { "Detectron2", "DETECTRON2" },
  { "MMDetection", "MMDETECTION" },
  { "PMML", "PMML" },
  { "ONNX", "ONNX" },
};

/* What tasks name besides; a model has no such framework. */
static const Word task_frameworks[] = {
  { "Spark", "SPARK" },
  { "PySpark", "PYSPARK" },
};

static const Word formats[] = {
  { "ONNX", "ONNX" },
  { "PMML", "PMML" },
  { "PyTorch (zip)", "PYTORCH" },
  { "PyTorch (legacy)", "PYTORCH" },
  { "PyTorch", "PYTORCH" },
  { "TorchScript", "TORCH_SCRIPT" },
  { "SavedModel", "SAVED_MODEL" },
  { "Frozen Graph", "FROZEN_GRAPH" },
  { "Detectron2", "DETECTRON2" },
  { "MMDetection", "MMDETECTION" },
};

/* Which framework runs a format, where only that is known. */
static const Word runners[] = {
  { "ONNX", "ONNX" },
  { "PMML", "PMML" },
  { "PYTORCH", "PYTORCH" },
  { "TORCH_SCRIPT", "PYTORCH" },
  { "SAVED_MODEL", "TENSORFLOW" },
  { "FROZEN_GRAPH", "TENSORFLOW" },
  { "DETECTRON2", "DETECTRON2" },
  { "MMDETECTION", "MMDETECTION" },
};

static const char *const own_formats[] = {
  "HUGGING_FACE", "HUGGING_FACE_BERT", "HUGGING_FACE_STABLE_DIFFUSION",
  "HUGGING_FACE_STABLE_DIFFUSION_LORA", "WEB_UI_STABLE_DIFFUSION",
};

static const char *
translate (const Word *words,
           guint       n_words,
           const char *text)
{
  for (guint i = 0; text != NULL && i < n_words; i++)
    {
      if (g_ascii_strcasecmp (words[i].ours, text) == 0 ||
          g_ascii_strcasecmp (words[i].theirs, text) == 0)
        return words[i].theirs;
    }

  return NULL;
}

static const char *
translate_back (const Word *words,
                guint       n_words,
                const char *text)
{
  for (guint i = 0; i < n_words; i++)
    {
      if (g_ascii_strcasecmp (words[i].theirs, text) == 0)
        return words[i].ours;
    }

  return NULL;
}

char *
granary_tione_framework_from_platform (const char *framework)
{
  const char *found;

  if (framework == NULL || *framework == '\0')
    return NULL;
  found = translate_back (frameworks, G_N_ELEMENTS (frameworks), framework);
  if (found == NULL)
    found = translate_back (task_frameworks, G_N_ELEMENTS (task_frameworks), framework);

  return found != NULL ? g_strdup (found) : g_utf8_make_valid (framework, -1);
}

const char *
granary_tione_framework_to_platform (const char *framework,
                                     const char *format)
{
  const char *found = translate (frameworks, G_N_ELEMENTS (frameworks), framework);

  if (found != NULL || (framework != NULL && *framework != '\0'))
    return found;

  return translate (runners, G_N_ELEMENTS (runners),
                    granary_tione_format_to_platform (format, NULL));
}

const char *
granary_tione_format_to_platform (const char *format,
                                  const char *framework)
{
  const char *found = translate (formats, G_N_ELEMENTS (formats), format);

  for (guint i = 0; found == NULL && format != NULL && i < G_N_ELEMENTS (own_formats); i++)
    {
      if (g_ascii_strcasecmp (own_formats[i], format) == 0)
        found = own_formats[i];
    }

  /* Weights alone, such as safetensors: the nearest is what their framework calls its own. */
  if (found == NULL && format != NULL && *format != '\0' &&
      g_strcmp0 (granary_tione_framework_to_platform (framework, NULL), "PYTORCH") == 0)
    return "PYTORCH";

  return found;
}
