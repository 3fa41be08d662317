/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-catalog-writer.h"
#include "granary-connection.h"

G_BEGIN_DECLS

/* For tests of the window: a connection over a catalogue of made-up models, without files. */

typedef struct
{
  char              *folder;     /* (owned): removed at the end */
  GranaryCatalog    *catalog;    /* (owned) */
  GranaryConnection *connection; /* (owned) */
} GranaryUiTest;

void   granary_ui_test_set_up        (GranaryUiTest *test);
void   granary_ui_test_tear_down     (GranaryUiTest *test);

/* Model number i (from 0) is called `model-00i`, has 1 + i % 3 versions of the framework ONNX or
 * PyTorch in turn, the tag team=a or team=b in turn, and stage=prod when i % 3 is 0. */
void   granary_ui_test_add_models    (GranaryUiTest *test,
                                      guint          n_models);
gint64 granary_ui_test_add_model     (GranaryUiTest *test,
                                      const char    *name,
                                      guint          n_versions);
gint64 granary_ui_test_add_version   (GranaryUiTest *test,
                                      gint64         model_id);
void   granary_ui_test_rename        (GranaryUiTest *test,
                                      gint64         model_id,
                                      const char    *name);
void   granary_ui_test_set_tag       (GranaryUiTest *test,
                                      gint64         model_id,
                                      const char    *key,
                                      const char    *value);
void   granary_ui_test_remove        (GranaryUiTest *test,
                                      gint64         model_id);
void   granary_ui_test_trash         (GranaryUiTest *test,
                                      gint64         model_id,
                                      const char    *entry_uid);
gint64 granary_ui_test_find          (GranaryUiTest *test,
                                      const char    *name);

/* Runs the main loop until @condition holds. */
#define granary_ui_test_wait(condition) \
  G_STMT_START { \
    gint64 _end = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND; \
    while (!(condition)) \
      { \
        if (g_get_monotonic_time () > _end) \
          g_error ("%s:%d: waited in vain for " #condition, __FILE__, __LINE__); \
        if (!g_main_context_iteration (NULL, FALSE)) \
          g_usleep (500); \
      } \
  } G_STMT_END

/* Runs the main loop until all reads asked for so far are answered. */
void   granary_ui_test_settle        (GranaryUiTest *test);

G_END_DECLS
