/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-error.h"
#include "granary-import-automl-page.h"
#include "granary-import-metric-row.h"
#include "page-test.h"
#include "widget-test.h"

static void
set_up (PageTest      *test,
        gconstpointer  is_cloud)
{
  page_test_set_up (test, GPOINTER_TO_INT (is_cloud));
}

static void
tear_down (PageTest      *test,
           gconstpointer  data)
{
  page_test_tear_down (test);
}

static const char *
get_text (PageTest   *test,
          const char *title)
{
  return gtk_editable_get_text (GTK_EDITABLE (page_test_get_row (test, title)));
}

static void
set_text (PageTest   *test,
          const char *title,
          const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (page_test_get_row (test, title)), text);
}

static void
show_ocr (PageTest *test)
{
  GtkWidget *group = widget_test_find (test->page, ADW_TYPE_TOGGLE_GROUP, 0);

  adw_toggle_group_set_active_name (ADW_TOGGLE_GROUP (group), "ocr");
  g_assert_cmpint (granary_import_draft_get_task_kind (test->draft), ==, GRANARY_TASK_OCR);
}

/* A vision run of this computer: its outputs are the versions, what is missing comes from templates. */
static void
test_vision (PageTest      *test,
             gconstpointer  data)
{
  page_test_add_train7 (test, GRANARY_TASK_VISION, FALSE);
  page_test_show (test, granary_import_automl_page_new (), GRANARY_SOURCE_AUTOML);
  g_assert_null (page_test_get_row (test, "Trainin_g Preference"));
  page_test_choose (test, "train7");

  g_assert_true (ADW_IS_COMBO_ROW (page_test_get_row (test, "Tas_k Version")));
  g_assert_null (page_test_get_row (test, "Scene"));
  g_assert_null (page_test_get_row (test, "Ke_y of config.json"));
  set_text (test, "Trainin_g Preference", "BALANCE");
  g_assert_cmpstr (granary_import_draft_get_preference (test->draft), ==, "BALANCE");
  g_assert_cmpuint (widget_test_count (test->page, GRANARY_TYPE_IMPORT_METRIC_ROW), ==, 2);
  g_assert_cmpstr (page_test_get_subtitle (test, "config.json"), ==, "Not among the files");
  g_assert_nonnull (page_test_get_button (test, "Use _Template"));
  widget_test_assert_fits (test->page, 360);
}

/* Text recognition: the key stands in config.json, and goes there without another byte changing. */
static void
test_ocr (PageTest      *test,
          gconstpointer  data)
{
  GranaryTaskDetails *details;
  GranaryTaskOutput *output;

  page_test_write (test, "config.json", "{ \"lang\" : \"ch\",\n  \"key\": \"old\" }\n");
  details = page_test_add_train7 (test, GRANARY_TASK_OCR, TRUE);
  output = g_ptr_array_index (details->outputs, 0);
  output->scene = g_strdup ("rec");
  page_test_show (test, granary_import_automl_page_new (), GRANARY_SOURCE_AUTOML);
  show_ocr (test);
  page_test_choose (test, "train7");

  g_assert_null (page_test_get_row (test, "Trainin_g Preference"));
  g_assert_cmpstr (get_text (test, "Scene"), ==, "rec");
  g_assert_cmpstr (get_text (test, "Ke_y of config.json"), ==, "old");
  g_assert_cmpstr (page_test_get_subtitle (test, "config.json"), ==, "Present");

  set_text (test, "Ke_y of config.json", "车牌");
  g_assert_cmpstr (granary_import_draft_get_config_key (test->draft), ==, "车牌");
  g_assert_cmpstr (granary_import_draft_get_file_text (test->draft, "config.json"), ==,
                   "{ \"lang\" : \"ch\",\n  \"key\": \"车牌\" }\n");
  g_assert_cmpstr (page_test_get_subtitle (test, "config.json"), ==, "Written here");
  set_text (test, "Ke_y of config.json", "");
  g_assert_cmpstr (granary_import_draft_get_config_key (test->draft), ==, "old");
  g_assert_null (granary_import_draft_get_file_text (test->draft, "config.json"));
  set_text (test, "Scene", "det");
  g_assert_cmpstr (granary_import_draft_get_scene (test->draft), ==, "det");

  /* Images are another task. */
  adw_toggle_group_set_active_name (ADW_TOGGLE_GROUP (widget_test_find (test->page,
                                                                        ADW_TYPE_TOGGLE_GROUP, 0)),
                                    "vision");
  page_test_wait_idle (test);
  g_assert_null (granary_import_draft_get_task_uid (test->draft));
  g_assert_nonnull (page_test_get_row (test, "No task chosen"));
}

static gboolean
says_by_hand (gpointer data)
{
  GtkWidget *label;

  for (guint i = 0; (label = widget_test_find (data, GTK_TYPE_LABEL, i)) != NULL; i++)
    {
      if (g_strstr_len (gtk_label_get_text (GTK_LABEL (label)), -1, "Enter the id") != NULL)
        return TRUE;
    }

  return FALSE;
}

/* The platform has no list: said at once, ids are entered by hand, the two files are there. */
static void
test_platform (PageTest      *test,
               gconstpointer  data)
{
  GranaryTask *task = granary_task_new ("ml-1a2b3c4d-v3", "ml-1a2b3c4d-v3", "TI-ONE");
  g_autoptr (GranaryTaskDetails) details = NULL;
  g_autoptr (GError) note = NULL;
  GranaryTaskOutput *output;

  granary_set_error (&note, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_TASKS_NOT_LISTED, "work",
                     "not listed");
  granary_fake_tasks_set_listed (test->tasks, FALSE);
  granary_fake_tasks_set_note (test->tasks, note);
  task->importable = TRUE;
  details = granary_task_details_new (task);
  output = granary_task_output_new ("");
  g_ptr_array_add (details->outputs, output);
  granary_fake_tasks_set_details (test->tasks, details);
  granary_task_unref (task);

  page_test_show (test, granary_import_automl_page_new (), GRANARY_SOURCE_AUTOML);
  widget_test_wait (says_by_hand, test->page);

  granary_import_draft_set_task_uid (test->draft, "ml-1a2b3c4d-v3");
  page_test_wait_idle (test);
  set_text (test, "Tas_k Version", "v3");
  g_assert_cmpstr (granary_import_draft_get_task_version (test->draft), ==, "v3");
  set_text (test, "Trainin_g Preference", "BALANCE");
  g_assert_cmpstr (granary_import_draft_get_preference (test->draft), ==, "BALANCE");

  g_assert_cmpstr (page_test_get_subtitle (test, "config.json"), ==,
                   "Already there: automatic learning has made it");
  g_assert_cmpstr (page_test_get_subtitle (test, "model_service.py"), ==,
                   "Already there: automatic learning has made it");
  g_assert_null (page_test_get_button (test, "Use _Template"));
  /* No files are told of, so there is nothing to copy or cut. */
  g_assert_null (page_test_get_row (test, "Originals"));
  widget_test_assert_fits (test->page, 360);
}

#define ADD(name, is_cloud, func) \
  g_test_add ("/import-automl-page/" name, PageTest, GINT_TO_POINTER (is_cloud), set_up, func, \
              tear_down)

int
main (int   argc,
      char *argv[])
{
  widget_test_init (&argc, &argv);

  ADD ("vision", FALSE, test_vision);
  ADD ("ocr", FALSE, test_ocr);
  ADD ("platform", TRUE, test_platform);

  return g_test_run ();
}
