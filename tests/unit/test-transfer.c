/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-error.h"
#include "granary-transfer.h"

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    user_data)
{
  ++*(guint *) user_data;
}

static gpointer
work_thread (gpointer data)
{
  for (int i = 0; i < 100000; i++)
    granary_transfer_add_bytes (data, 1);
  granary_transfer_add_files (data, 1);

  return NULL;
}

/* Many threads add, few notifications come, and what is seen at the end is the sum. */
static void
test_progress (void)
{
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, "m v1");
  GThread *threads[4];
  guint n_notified = 0;

  g_signal_connect (transfer, "notify::bytes-done", G_CALLBACK (count_cb), &n_notified);
  granary_transfer_set_total (transfer, 800000, 8);
  granary_transfer_set_state (transfer, GRANARY_TRANSFER_RUNNING);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("test", work_thread, transfer);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  while (n_notified == 0)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_cmpint (granary_transfer_get_bytes_done (transfer), ==, 400000);
  g_assert_cmpint (granary_transfer_get_files_done (transfer), ==, 4);
  g_assert_cmpfloat_with_epsilon (granary_transfer_get_fraction (transfer), 0.5, 1e-9);
  g_assert_false (granary_transfer_is_over (transfer));
  g_assert_null (granary_transfer_get_error (transfer));
}

static void
test_final (void)
{
  g_autoptr (GranaryTransfer) done = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, NULL);
  g_autoptr (GranaryTransfer) failed = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, NULL);
  g_autoptr (GranaryTransfer) cancelled = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, NULL);
  g_autoptr (GError) fault = NULL;
  g_autoptr (GError) stop = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "stop");
  guint n_states = 0;

  granary_set_error (&fault, GRANARY_ERROR_QUOTA, GRANARY_REASON_NO_SPACE, "x", "full");
  g_signal_connect (failed, "notify::state", G_CALLBACK (count_cb), &n_states);
  granary_transfer_finish (done, NULL);
  granary_transfer_finish (failed, fault);
  granary_transfer_finish (cancelled, stop);
  g_assert_cmpint (granary_transfer_get_state (done), ==, GRANARY_TRANSFER_DONE);
  g_assert_cmpfloat (granary_transfer_get_fraction (done), ==, 1);
  g_assert_cmpint (granary_transfer_get_state (cancelled), ==, GRANARY_TRANSFER_CANCELLED);
  g_assert_null (granary_transfer_get_error (cancelled));
  g_assert_true (granary_error_matches_reason (granary_transfer_get_error (failed),
                                               GRANARY_REASON_NO_SPACE));

  /* The first word is the last. */
  granary_transfer_finish (failed, NULL);
  granary_transfer_set_state (failed, GRANARY_TRANSFER_RUNNING);
  g_assert_cmpint (granary_transfer_get_state (failed), ==, GRANARY_TRANSFER_FAILED);
  while (n_states == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_states, ==, 1);
}

static void
test_warnings (void)
{
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);
  g_autoptr (GError) warning = NULL;
  g_autoptr (GPtrArray) warnings = NULL;

  granary_set_error (&warning, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_NOT_REMOVED, "x", "y");
  granary_transfer_add_warning (transfer, warning);
  granary_transfer_finish (transfer, NULL);
  warnings = granary_transfer_dup_warnings (transfer);
  g_assert_cmpuint (warnings->len, ==, 1);
  g_assert_true (granary_error_matches_reason (g_ptr_array_index (warnings, 0),
                                               GRANARY_REASON_SOURCE_NOT_REMOVED));
  g_assert_cmpint (granary_transfer_get_state (transfer), ==, GRANARY_TRANSFER_DONE);
}

/* A notification on its way does not keep the object, nor touch it when it is gone. */
static void
test_gone (void)
{
  GranaryTransfer *transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);

  granary_transfer_add_bytes (transfer, 1);
  g_assert_finalize_object (transfer);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/transfer/progress", test_progress);
  g_test_add_func ("/transfer/final", test_final);
  g_test_add_func ("/transfer/warnings", test_warnings);
  g_test_add_func ("/transfer/gone", test_gone);

  return g_test_run ();
}
