/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "granary-error.h"
#include "granary-row-progress.h"
#include "granary-transfer-queue-private.h"
#include "granary-transfer-row.h"
#include "granary-transfers-button.h"
#include "granary-ui-test.h"
#include "widget-test.h"

/* The list of transfers, its rows and the button that shows it, over a queue whose jobs last until
 * they are let go of. */

typedef struct
{
  char                   *folder;
  GranaryTransferStore   *store;
  GranaryTransferQueue   *queue;
  GranaryTransferList    *list;
  GranaryTransfersButton *button;
  GtkWindow              *window;
} Fixture;

static int let_go;

static gboolean
run (GranaryTransferJob  *job,
     GranaryTransfer     *transfer,
     GCancellable        *cancellable,
     gpointer             user_data,
     GError             **error)
{
  g_autofree char *refused = granary_transfer_job_dup_fact (job, "refused");

  granary_transfer_set_total (transfer, 4000000000, 3);
  granary_transfer_add_bytes (transfer, 1200000000);
  while (!g_atomic_int_get (&let_go) && refused == NULL)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      g_usleep (1000);
    }
  if (refused != NULL)
    {
      granary_set_error (error, GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_ACTION_FORBIDDEN,
                         "cos:PutObject", "refused");
      return FALSE;
    }

  return TRUE;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  let_go = 0;
  fixture->folder = g_dir_make_tmp ("granary-transfers-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->store = granary_transfer_store_open (fixture->folder, &error);
  g_assert_no_error (error);
  fixture->queue = granary_transfer_queue_new (fixture->store, 1);
  fixture->list = granary_transfer_list_new ();
  granary_transfer_list_add_queue (fixture->list, fixture->queue);
  fixture->button = g_object_new (GRANARY_TYPE_TRANSFERS_BUTTON, NULL);
  granary_transfers_button_set_list (fixture->button, fixture->list);
  fixture->window = widget_test_window (GTK_WIDGET (fixture->button), 360, 294);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *command = NULL;

  gtk_window_destroy (fixture->window);
  granary_transfer_list_close_queues (fixture->list);
  widget_test_finalize (fixture->list);
  widget_test_finalize (fixture->queue);
  widget_test_finalize (fixture->store);

  command = g_strdup_printf ("rm -r '%s'", fixture->folder);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->folder);
}

static GranaryTransfer *
add (Fixture    *fixture,
     const char *subject,
     const char *fact)
{
  GranaryTransfer *transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, subject);
  JsonObject *facts = json_object_new ();
  g_autoptr (GranaryTransferJob) job = NULL;

  if (fact != NULL)
    json_object_set_string_member (facts, fact, "1");
  job = granary_transfer_job_new (GRANARY_TRANSFER_UPLOAD, subject, facts, NULL);
  granary_transfer_queue_add_async (fixture->queue, job, transfer, NULL, NULL);

  return transfer;
}

static GranaryTransferRow *
get_row (Fixture         *fixture,
         GranaryTransfer *transfer)
{
  for (guint i = 0;; i++)
    {
      GtkWidget *row = widget_test_find (GTK_WIDGET (fixture->button), GRANARY_TYPE_TRANSFER_ROW,
                                         i);

      if (row == NULL)
        return NULL;
      if (granary_transfer_row_get_transfer (GRANARY_TRANSFER_ROW (row)) == transfer)
        return GRANARY_TRANSFER_ROW (row);
    }
}

static GtkWidget *
get_button (GranaryTransferRow *row,
            const char         *tooltip)
{
  for (guint i = 0;; i++)
    {
      GtkWidget *button = widget_test_find (GTK_WIDGET (row), GTK_TYPE_BUTTON, i);

      if (button == NULL || g_strcmp0 (gtk_widget_get_tooltip_text (button), tooltip) == 0)
        return button;
    }
}

static void
click (GranaryTransferRow *row,
       const char         *tooltip)
{
  GtkWidget *button = get_button (row, tooltip);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static gboolean
is_at (Fixture         *fixture,
       GranaryTransfer *transfer,
       guint            position)
{
  g_autoptr (GranaryTransfer) there = g_list_model_get_item (G_LIST_MODEL (fixture->list),
                                                             position);

  return there == transfer;
}

/* A change of state is told a tenth of a second late. */
static void
assert_position (Fixture         *fixture,
                 GranaryTransfer *transfer,
                 guint            position)
{
  granary_ui_test_wait (is_at (fixture, transfer, position));
}

/* Tests */

/* What moves comes first, then what failed, then what waits, then what is over. */
static void
test_list (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GranaryTransfer) own = granary_transfer_new (GRANARY_TRANSFER_IMPORT, "own v1");
  g_autoptr (GranaryTransfer) failed = add (fixture, "failed v1", "refused");
  g_autoptr (GranaryTransfer) running = NULL;
  g_autoptr (GranaryTransfer) waiting = NULL;
  g_autoptr (GranaryTransfer) last = NULL;

  granary_transfer_queue_set_runner (fixture->queue, run, NULL, NULL);
  granary_ui_test_wait (granary_transfer_list_get_n_failed (fixture->list) == 1);
  running = add (fixture, "running v1", NULL);
  waiting = add (fixture, "waiting v1", NULL);
  last = add (fixture, "last v1", NULL);
  granary_transfer_list_add (fixture->list, own);
  granary_transfer_list_add (fixture->list, own);
  granary_transfer_list_add (fixture->list, waiting);
  granary_ui_test_wait (granary_transfer_get_state (running) == GRANARY_TRANSFER_RUNNING);
  widget_test_settle ();
  granary_ui_test_wait (granary_transfer_list_get_fraction (fixture->list) > 0);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, 5);
  g_assert_cmpuint (granary_transfer_list_get_n_running (fixture->list), ==, 4);
  g_assert_cmpuint (granary_transfer_list_get_n_own (fixture->list), ==, 1);
  g_assert_true (granary_transfer_list_is_active (fixture->list));
  assert_position (fixture, running, 0);
  assert_position (fixture, failed, 1);
  assert_position (fixture, own, 2);
  assert_position (fixture, waiting, 3);
  assert_position (fixture, last, 4);

  granary_ui_test_wait (granary_transfer_can (last, GRANARY_TRANSFER_RAISE));
  granary_transfer_perform (last, GRANARY_TRANSFER_RAISE);
  assert_position (fixture, last, 3);
  assert_position (fixture, waiting, 4);

  granary_transfer_finish (own, NULL);
  granary_ui_test_wait (granary_transfer_list_get_n_over (fixture->list) == 2);
  assert_position (fixture, own, 4);

  granary_transfer_list_clear_ended (fixture->list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, 3);
  g_assert_cmpuint (granary_transfer_list_get_n_failed (fixture->list), ==, 0);

  /* Closing takes what the queue has, for the next start. */
  granary_transfer_list_close_queues (fixture->list);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, 0);
  g_assert_false (granary_transfer_list_is_active (fixture->list));
}

/* A window that was told of a transfer before its queue has it shows it once. */
static void
test_once (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, "a v1");
  g_autoptr (GranaryTransferJob) job =
    granary_transfer_job_new (GRANARY_TRANSFER_UPLOAD, "a v1", json_object_new (), NULL);

  granary_transfer_list_add (fixture->list, transfer);
  g_assert_cmpuint (granary_transfer_list_get_n_own (fixture->list), ==, 1);
  granary_transfer_queue_add_async (fixture->queue, job, transfer, NULL, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, 1);
  g_assert_cmpuint (granary_transfer_list_get_n_running (fixture->list), ==, 1);
  g_assert_cmpuint (granary_transfer_list_get_n_own (fixture->list), ==, 0);
}

static void
batch_cb (GranaryTransferList *list,
          guint                n_done,
          guint                n_failed,
          GranaryTransfer     *last,
          guint               *counts)
{
  g_assert_true (granary_transfer_is_over (last));
  counts[0]++;
  counts[1] += n_done;
  counts[2] += n_failed;
}

/* All that runs together is told as one. */
static void
test_batch (Fixture       *fixture,
            gconstpointer  data)
{
  guint counts[3] = { 0, 0, 0 };

  g_signal_connect (fixture->list, "batch-ended", G_CALLBACK (batch_cb), counts);
  g_atomic_int_set (&let_go, 1);
  for (guint i = 0; i < 10; i++)
    g_object_unref (add (fixture, "a v1", i == 3 ? "refused" : NULL));
  granary_transfer_queue_set_runner (fixture->queue, run, NULL, NULL);
  granary_ui_test_wait (counts[0] > 0);
  g_assert_cmpuint (counts[0], ==, 1);
  g_assert_cmpuint (counts[1], ==, 9);
  g_assert_cmpuint (counts[2], ==, 1);
}

static void
test_rows (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GranaryTransfer) running = add (fixture, "plate-ocr v8", NULL);
  g_autoptr (GranaryTransfer) waiting = NULL;
  g_autoptr (GranaryTransfer) other = NULL;
  g_autoptr (GranaryTransfer) failing = NULL;
  GranaryTransferRow *row;

  granary_transfer_queue_set_runner (fixture->queue, run, NULL, NULL);
  waiting = add (fixture, "churn v2", NULL);
  other = add (fixture, "faces v3", NULL);
  failing = add (fixture, "cats v1", "refused");
  granary_transfers_button_popup (fixture->button);
  granary_ui_test_wait (get_row (fixture, failing) != NULL);
  granary_ui_test_wait (granary_transfer_get_state (running) == GRANARY_TRANSFER_RUNNING);
  granary_ui_test_wait (widget_test_find_text (GTK_WIDGET (fixture->button),
                                               "Uploading to “plate-ocr v8”") != NULL);

  granary_ui_test_wait ((row = get_row (fixture, running)) != NULL &&
                        get_button (row, "Pause") != NULL);
  g_assert_nonnull (get_button (row, "Cancel"));
  g_assert_null (get_button (row, "Try Again"));
  gtk_test_accessible_assert_property (get_button (row, "Pause"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Pause: Uploading to “plate-ocr v8”");
  gtk_test_accessible_assert_property (get_button (row, "Cancel"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Cancel: Uploading to “plate-ocr v8”");
  g_assert_nonnull (widget_test_find (GTK_WIDGET (row), GTK_TYPE_PROGRESS_BAR, 0));

  /* Stopped, and started again when its turn comes. */
  click (row, "Pause");
  granary_ui_test_wait (granary_transfer_get_state (running) == GRANARY_TRANSFER_PAUSED);
  granary_ui_test_wait ((row = get_row (fixture, running)) != NULL &&
                        get_button (row, "Resume") != NULL);
  click (row, "Resume");
  granary_ui_test_wait ((row = get_row (fixture, other)) != NULL &&
                        widget_test_find (GTK_WIDGET (row), GTK_TYPE_MENU_BUTTON, 0) != NULL);

  /* To the front by the menu's action. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (row), "transfer.raise", NULL));
  g_assert_cmpint (granary_transfer_get_turn (other), ==, 0);

  /* Called off. */
  granary_ui_test_wait ((row = get_row (fixture, waiting)) != NULL &&
                        get_button (row, "Cancel") != NULL);
  click (row, "Cancel");
  granary_ui_test_wait (granary_transfer_get_state (waiting) == GRANARY_TRANSFER_CANCELLED);
  granary_ui_test_wait ((row = get_row (fixture, waiting)) != NULL &&
                        get_button (row, "Cancel") == NULL);

  /* Failed, with the reason, and tried again. */
  g_atomic_int_set (&let_go, 1);
  granary_ui_test_wait (granary_transfer_get_state (failing) == GRANARY_TRANSFER_FAILED);
  granary_ui_test_wait ((row = get_row (fixture, failing)) != NULL &&
                        get_button (row, "Try Again") != NULL);
  g_assert_true (gtk_widget_has_css_class (
    widget_test_find (GTK_WIDGET (row), GTK_TYPE_LABEL, 1), "error"));
  click (row, "Try Again");
  g_assert_cmpint (granary_transfer_get_state (failing), !=, GRANARY_TRANSFER_FAILED);
  granary_ui_test_wait (granary_transfer_get_state (failing) == GRANARY_TRANSFER_FAILED);
  granary_ui_test_wait (granary_transfer_list_get_n_running (fixture->list) == 0);
}

static gpointer
get_menu_button (Fixture *fixture)
{
  return gtk_widget_get_ancestor (
    widget_test_find (GTK_WIDGET (fixture->button), GTK_TYPE_IMAGE, 0), GTK_TYPE_MENU_BUTTON);
}

static void
test_button (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GranaryTransfer) one = NULL;
  g_autoptr (GranaryTransfer) two = NULL;

  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (fixture->button)));
  granary_transfer_queue_set_runner (fixture->queue, run, NULL, NULL);
  one = add (fixture, "a v1", NULL);
  two = add (fixture, "b v1", "refused");
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (fixture->button)));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->button), "2"));
  gtk_test_accessible_assert_property (get_menu_button (fixture), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Transfers: 2 running");

  g_atomic_int_set (&let_go, 1);
  granary_ui_test_wait (granary_transfer_list_get_n_running (fixture->list) == 0);
  g_assert_null (widget_test_find_text (GTK_WIDGET (fixture->button), "0"));
  gtk_test_accessible_assert_property (get_menu_button (fixture), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Transfers, 1 failed");
  granary_transfer_list_clear_ended (fixture->list);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (fixture->button)));
}

/* Five thousand: only those to be seen have a row, and no step holds the window up. */
static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GPtrArray) transfers = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 begun = g_get_monotonic_time ();
  gint64 longest = 0;
  guint n_rows;

  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *subject = g_strdup_printf ("model-%04u v1", i);

      g_ptr_array_add (transfers, add (fixture, subject, NULL));
    }
  g_test_message ("added and listed: %.1f ms", (double) (g_get_monotonic_time () - begun) / 1000);
  granary_transfer_queue_set_runner (fixture->queue, run, NULL, NULL);
  granary_transfers_button_popup (fixture->button);
  granary_ui_test_wait (get_row (fixture, g_ptr_array_index (transfers, 0)) != NULL);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->button), "999+"));
  n_rows = widget_test_count (GTK_WIDGET (fixture->button), GRANARY_TYPE_TRANSFER_ROW);
  g_assert_cmpuint (n_rows, <, 300);

  granary_ui_test_wait (granary_transfer_can (g_ptr_array_index (transfers, 4999),
                                              GRANARY_TRANSFER_RAISE));
  begun = g_get_monotonic_time ();
  granary_transfer_perform (g_ptr_array_index (transfers, 4999), GRANARY_TRANSFER_RAISE);
  g_test_message ("the last to the front: %.1f ms, %u rows",
                  (double) (g_get_monotonic_time () - begun) / 1000, n_rows);

  /* Hundreds end while the list is open. */
  g_atomic_int_set (&let_go, 1);
  begun = g_get_monotonic_time ();
  while (granary_transfer_list_get_n_over (fixture->list) < 300)
    {
      gint64 at = g_get_monotonic_time ();

      g_main_context_iteration (NULL, FALSE);
      longest = MAX (longest, g_get_monotonic_time () - at);
    }
  g_test_message ("300 ended in %.1f s, longest step %.1f ms",
                  (double) (g_get_monotonic_time () - begun) / G_TIME_SPAN_SECOND,
                  (double) longest / 1000);
  n_rows = widget_test_count (GTK_WIDGET (fixture->button), GRANARY_TYPE_TRANSFER_ROW);
  g_assert_cmpuint (n_rows, <, 300);

  begun = g_get_monotonic_time ();
  granary_transfer_list_clear_ended (fixture->list);
  g_test_message ("cleared: %.1f ms", (double) (g_get_monotonic_time () - begun) / 1000);
}

static GranaryRow *
new_version_row (gint64 id,
                 int    number)
{
  g_autoptr (GranaryVersion) version = granary_version_new ();
  g_autoptr (GranaryRowText) text = NULL;

  version->id = id;
  version->model_id = 3;
  version->number = number;
  version->status = GRANARY_STATUS_READY;
  text = granary_row_text_new_for_version (version, 0);

  return granary_row_new_version (id, 3, number, "ocr", text);
}

static void
count_cb (GranaryRow *row,
          guint      *count)
{
  ++*count;
}

static gboolean
is_named (GranaryRow *row,
          const char *name)
{
  return g_str_equal (granary_row_get_text (row)->name, name);
}

/* The row of the version that a transfer is about says how far it is; no other row is touched. */
static void
test_progress (Fixture       *fixture,
               gconstpointer  data)
{
  GranaryRowProgress *progress = granary_row_progress_new ();
  g_autoptr (GranaryTransfer) transfer = NULL;
  g_autoptr (GranaryRow) row = new_version_row (7, 2);
  g_autoptr (GranaryRow) other = new_version_row (8, 3);
  const char *half_way = "v2 · Uploading 30%";
  guint n_other = 0;

  g_signal_connect (other, "changed", G_CALLBACK (count_cb), &n_other);
  granary_row_progress_set_list (progress, fixture->list);
  granary_row_progress_set_queue (progress, fixture->queue);
  granary_row_progress_attach (progress, row);
  granary_row_progress_attach (progress, other);
  g_assert_true (is_named (row, "v2"));

  granary_transfer_queue_set_runner (fixture->queue, run, NULL, NULL);
  transfer = add (fixture, "ocr v2", NULL);
  granary_transfer_set_target (transfer, 3, 7);
  granary_ui_test_wait (is_named (row, half_way));
  g_assert_cmpstr (granary_row_get_text (row)->status, ==, "Uploading 30%");

  /* One that comes into view later says it at once; one out of view no more. */
  granary_row_progress_detach (progress, row);
  g_assert_true (is_named (row, "v2"));
  granary_row_progress_attach (progress, row);
  g_assert_true (is_named (row, half_way));

  /* In the list of another connection the same number is another version. */
  granary_row_progress_set_queue (progress, NULL);
  g_assert_true (is_named (row, "v2"));
  granary_row_progress_set_queue (progress, fixture->queue);
  g_assert_true (is_named (row, half_way));

  g_atomic_int_set (&let_go, 1);
  granary_ui_test_wait (is_named (row, "v2"));
  g_assert_cmpuint (n_other, ==, 0);

  granary_row_progress_detach (progress, row);
  granary_row_progress_detach (progress, other);
  g_assert_finalize_object (progress);
}

/* Long names and reasons get along with the narrowest window. */
static void
test_narrow (void)
{
  g_autoptr (GranaryTransfer) transfer =
    granary_transfer_new (GRANARY_TRANSFER_UPLOAD,
                          "a-name-that-is-as-long-as-the-platform-lets-it-be-六十个字符 v12");
  g_autoptr (GError) error = NULL;
  GtkWidget *row = granary_transfer_row_new ();
  GtkWindow *window = widget_test_window (row, 320, 120);

  granary_set_error (&error, GRANARY_ERROR_NETWORK, GRANARY_REASON_HOST_UNREACHABLE,
                     "a-bucket-with-a-long-name-1250000000.cos.ap-guangzhou.myqcloud.com", "x");
  granary_transfer_set_total (transfer, 4000000000, 3);
  granary_transfer_add_bytes (transfer, 1200000000);
  granary_transfer_retry_later (transfer, error, 8);
  granary_transfer_row_set_transfer (GRANARY_TRANSFER_ROW (row), transfer, NULL);
  widget_test_settle ();
  widget_test_assert_fits (row, 320);

  granary_transfer_row_set_transfer (GRANARY_TRANSFER_ROW (row), NULL, NULL);
  g_object_ref (row);
  gtk_window_destroy (window);
  widget_test_finalize (row);
}

int
main (int   argc,
      char *argv[])
{
  widget_test_init (&argc, &argv);

#define ADD(path, function) \
  g_test_add ("/transfers/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("list", test_list);
  ADD ("once", test_once);
  ADD ("batch", test_batch);
  ADD ("rows", test_rows);
  ADD ("button", test_button);
  ADD ("many", test_many);
  ADD ("progress", test_progress);
#undef ADD
  g_test_add_func ("/transfers/narrow", test_narrow);

  return g_test_run ();
}
