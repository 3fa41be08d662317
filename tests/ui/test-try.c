/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <gtksourceview/gtksource.h>
#include <string.h>

#include "granary-commands.h"
#include "granary-error.h"
#include "granary-fake-services.h"
#include "granary-json.h"
#include "granary-local.h"
#include "granary-test-repository.h"
#include "granary-try-answer.h"
#include "granary-try-dialog.h"
#include "granary-try-request.h"
#include "granary-ui-test.h"
#include "shell-test.h"
#include "widget-test.h"

#define wait_until(condition) granary_ui_test_wait (condition)

typedef struct
{
  GranaryTestPlace     place;
  GranaryFakeServices *host;    /* (owned) */
  ShellTest           *shell;
  gint64               version_id;
  GtkWidget           *dialog;
  GtkWidget           *request;
  GtkWidget           *answer;
} Fixture;

static GranaryConnection *
open_local (const char  *root,
            GError     **error)
{
  return granary_local_open (root, NULL, error);
}

static GranaryCatalog *
get_catalog (Fixture *fixture)
{
  return granary_connection_get_catalog (fixture->place.connection);
}

static void
import_sample (Fixture *fixture)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "data", "samples", "digits",
                                                   NULL);
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, "it");
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  request->name = g_strdup ("digits");
  request->files = granary_test_scan (folder, NULL);
  version = granary_test_import_request (fixture->place.repository, request, transfer, &error);
  g_assert_no_error (error);
  fixture->version_id = version->id;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  int width = GPOINTER_TO_INT (data);

  granary_test_place_set_up (&fixture->place, open_local);
  import_sample (fixture);
  fixture->host = granary_fake_services_new (GRANARY_SERVICE_HOST_LOG | GRANARY_SERVICE_HOST_LOCAL,
                                             get_catalog (fixture));
  granary_connection_set_service_host (fixture->place.connection,
                                       GRANARY_SERVICE_HOST (fixture->host));
  granary_fake_service_add (get_catalog (fixture), fixture->version_id, "s-1", "digits", 1,
                            GRANARY_SERVICE_RUNNING);
  fixture->shell = shell_test_new (width, 720);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  widget_test_settle ();
  granary_connection_set_service_host (fixture->place.connection, NULL);
  g_clear_object (&fixture->host);
  granary_test_place_tear_down (&fixture->place);
}

/* The text of the @position-th editor: the request, then the answers. */
static char *
dup_text (Fixture *fixture,
          guint    position)
{
  GtkWidget *view = widget_test_find (fixture->dialog, GTK_SOURCE_TYPE_VIEW, position);
  GtkTextIter start, end;
  GtkTextBuffer *buffer;

  if (view == NULL)
    return g_strdup ("");
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  gtk_text_buffer_get_bounds (buffer, &start, &end);

  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

static gboolean
has_text (Fixture    *fixture,
          guint       position,
          const char *part)
{
  g_autofree char *text = dup_text (fixture, position);

  return strstr (text, part) != NULL;
}

static gboolean
is_page (Fixture    *fixture,
         const char *name)
{
  GtkWidget *stack = widget_test_find (fixture->answer, GTK_TYPE_STACK, 0);

  return g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (stack)), name) == 0;
}

static void
set_text (Fixture    *fixture,
          const char *text)
{
  GtkWidget *view = widget_test_find (fixture->dialog, GTK_SOURCE_TYPE_VIEW, 0);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, -1);
}

/* Whether there is such a button, and it can be pressed. */
static gboolean
can (Fixture    *fixture,
     const char *label)
{
  GtkWidget *button;

  for (guint i = 0; (button = widget_test_find (fixture->dialog, GTK_TYPE_BUTTON, i)) != NULL; i++)
    if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label) == 0)
      return gtk_widget_is_sensitive (button);

  return FALSE;
}

static void
press (Fixture    *fixture,
       const char *label)
{
  GtkWidget *button;

  for (guint i = 0; (button = widget_test_find (fixture->dialog, GTK_TYPE_BUTTON, i)) != NULL; i++)
    if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label) == 0)
      {
        g_signal_emit_by_name (button, "clicked");
        return;
      }
  g_assert_not_reached ();
}

static void
open (Fixture *fixture)
{
  g_autoptr (GranaryService) service = granary_fake_service_find (get_catalog (fixture), "s-1");

  granary_command_try (GTK_WIDGET (fixture->shell), fixture->place.connection, service);
  fixture->dialog = GTK_WIDGET (shell_test_get_dialog (fixture->shell));
  g_assert_true (GRANARY_IS_TRY_DIALOG (fixture->dialog));
  fixture->request = widget_test_find (fixture->dialog, GRANARY_TYPE_TRY_REQUEST, 0);
  fixture->answer = widget_test_find (fixture->dialog, GRANARY_TYPE_TRY_ANSWER, 0);
  /* The example of config.json. */
  wait_until (has_text (fixture, 0, "[2, 15, 12, 7, 10, 16, 0, 0]"));
  wait_until (gtk_widget_get_mapped (fixture->dialog));
}

static void
act (Fixture    *fixture,
     const char *action)
{
  g_assert_true (gtk_widget_activate_action (fixture->dialog, action, NULL));
}

static gboolean
is_waiting (Fixture *fixture)
{
  return granary_try_answer_is_waiting (GRANARY_TRY_ANSWER (fixture->answer));
}

static void
send (Fixture *fixture)
{
  guint n = granary_fake_services_count (fixture->host, "call");

  act (fixture, "try.send");
  wait_until (granary_fake_services_count (fixture->host, "call") > n && !is_waiting (fixture) &&
              can (fixture, "_Send"));
}

static void
set_reply (Fixture    *fixture,
           guint       status,
           const char *type,
           const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  granary_fake_services_set_reply (fixture->host, status, type, body, FALSE);
}

static JsonNode *
dup_sent (Fixture *fixture)
{
  GBytes *body = granary_fake_services_get_body (fixture->host);
  JsonNode *node;

  g_assert_nonnull (body);
  node = granary_json_parse (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body),
                             "sent", NULL);
  g_assert_nonnull (node);

  return node;
}

/* A small picture in a file of its own. */
static char *
write_picture (Fixture    *fixture,
               const char *name,
               int         side)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, side, side);
  char *path = granary_test_place_path (&fixture->place, name);

  gdk_pixbuf_fill (pixbuf, 0x3584e4ff);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));

  return path;
}

static char *
encode_file (const char *path)
{
  g_autofree char *data = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));

  return g_base64_encode ((const guchar *) data, length);
}

static void
test_send (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (JsonNode) sent = NULL;

  open (fixture);
  g_assert_true (is_page (fixture, "empty"));
  send (fixture);

  sent = dup_sent (fixture);
  g_assert_cmpuint (json_array_get_length (granary_json_get_array (sent, "image")), ==, 8);
  g_assert_true (has_text (fixture, 1, "{\n  \"result\": [7]\n}"));
  g_assert_true (is_page (fixture, "answer"));
  g_assert_true (g_str_has_prefix (
    gtk_label_get_label (GTK_LABEL (widget_test_find (fixture->answer, GTK_TYPE_LABEL, 1))),
    "Status 200 · "));
  widget_test_assert_fits (GTK_WIDGET (fixture->shell), GPOINTER_TO_INT (data));
}

static void
test_invalid (Fixture       *fixture,
              gconstpointer  data)
{
  open (fixture);
  g_assert_true (can (fixture, "_Send"));

  set_text (fixture, "{\n  \"image\": [,]\n}");
  g_assert_false (can (fixture, "_Send"));
  g_assert_nonnull (widget_test_find_text (fixture->dialog, "Line 2: this is not valid JSON."));
  gtk_test_accessible_assert_state (
    widget_test_find (fixture->dialog, GTK_SOURCE_TYPE_VIEW, 0), GTK_ACCESSIBLE_STATE_INVALID,
    GTK_ACCESSIBLE_INVALID_TRUE);
  gtk_widget_activate_action (fixture->dialog, "try.send", NULL);
  widget_test_settle ();
  g_assert_cmpuint (granary_fake_services_count (fixture->host, "call"), ==, 0);

  set_text (fixture, "[1]");
  g_assert_false (can (fixture, "_Send"));
  set_text (fixture, "{}");
  g_assert_true (can (fixture, "_Send"));
  gtk_test_accessible_assert_state (
    widget_test_find (fixture->dialog, GTK_SOURCE_TYPE_VIEW, 0), GTK_ACCESSIBLE_STATE_INVALID,
    GTK_ACCESSIBLE_INVALID_FALSE);
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  open (fixture);
  set_reply (fixture, 500, "application/json", "{\"error\": \"ValueError: 8 rows of 8 numbers\"}");
  send (fixture);
  g_assert_nonnull (widget_test_find_text (
    fixture->answer,
    "The model failed on this request. The log says more.\nValueError: 8 rows of 8 numbers"));
  g_assert_true (has_text (fixture, 1, "\"error\": \"ValueError"));

  /* The next answer has nothing of it. */
  set_reply (fixture, 200, "text/plain", "all <b>good</b>");
  send (fixture);
  g_assert_true (has_text (fixture, 1, "all <b>good</b>"));
  g_assert_false (has_text (fixture, 1, "ValueError"));
  g_assert_null (widget_test_find_text (
    fixture->answer,
    "The model failed on this request. The log says more.\nValueError: 8 rows of 8 numbers"));

  set_reply (fixture, 200, "application/octet-stream", "\x01\xff\xfe");
  send (fixture);
  g_assert_nonnull (widget_test_find_text (fixture->answer,
                                           "The answer is not text. Save it to look at it."));
  set_reply (fixture, 204, NULL, "");
  send (fixture);
  g_assert_nonnull (widget_test_find_text (fixture->answer, "The answer is empty."));
}

static void
test_error (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  open (fixture);
  granary_set_error (&error, GRANARY_ERROR_NETWORK, GRANARY_REASON_CONNECTION_BROKEN, "127.0.0.1",
                     "reset");
  granary_fake_services_set_error (fixture->host, "call", error);
  send (fixture);
  g_assert_true (is_page (fixture, "failure"));
  g_assert_nonnull (widget_test_find_text (fixture->answer, "Could not call “digits”"));

  granary_fake_services_set_error (fixture->host, "call", NULL);
  send (fixture);
  g_assert_true (has_text (fixture, 1, "\"result\": [7]"));
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  open (fixture);
  granary_fake_services_set_held (fixture->host, TRUE);
  act (fixture, "try.send");
  wait_until (is_waiting (fixture));
  g_assert_true (is_page (fixture, "waiting"));
  g_assert_nonnull (widget_test_find_text (fixture->answer, "Waiting for the Answer"));
  g_assert_true (can (fixture, "_Cancel"));

  act (fixture, "try.cancel");
  g_assert_false (is_waiting (fixture));
  g_assert_true (can (fixture, "_Send"));
  g_assert_true (is_page (fixture, "empty"));

  /* What comes late is not shown. */
  granary_fake_services_set_held (fixture->host, FALSE);
  widget_test_settle ();
  g_assert_true (is_page (fixture, "empty"));
  send (fixture);
  g_assert_true (has_text (fixture, 1, "\"result\": [7]"));
}

static gboolean
has_toast (Fixture    *fixture,
           const char *text)
{
  return widget_test_find_text (fixture->dialog, text) != NULL;
}

/* Ctrl+Enter sends from within the text. */
static void
test_key (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (GListModel) controllers = NULL;
  gboolean is_sent = FALSE;

  open (fixture);
  controllers = gtk_widget_observe_controllers (fixture->dialog);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      g_autofree char *keys = NULL;
      g_autoptr (GtkShortcut) shortcut = NULL;

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller) ||
          gtk_event_controller_get_propagation_phase (controller) != GTK_PHASE_CAPTURE)
        continue;
      shortcut = g_list_model_get_item (G_LIST_MODEL (controller), 0);
      keys = gtk_shortcut_trigger_to_string (gtk_shortcut_get_trigger (shortcut));
      if (g_strcmp0 (keys, "<Control>Return|<Control>KP_Enter") != 0)
        continue;
      is_sent = gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut),
                                              GTK_SHORTCUT_ACTION_EXCLUSIVE, fixture->dialog,
                                              NULL);
    }
  g_assert_true (is_sent);
  wait_until (has_text (fixture, 1, "\"result\": [7]"));
}

/* What is dropped is taken before the text could take its address. */
static void
test_drop (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *path = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFile) second = NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GSList) files = NULL;
  g_autoptr (GListModel) controllers = NULL;
  gboolean is_taken = FALSE;

  open (fixture);
  set_text (fixture, "{}");
  path = write_picture (fixture, "first.png", 20);
  other = write_picture (fixture, "second.png", 20);
  file = g_file_new_for_path (path);
  second = g_file_new_for_path (other);
  files = g_slist_append (g_slist_append (NULL, file), second);
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, files);

  controllers = gtk_widget_observe_controllers (gtk_widget_get_parent (fixture->request));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_DROP_TARGET (controller))
        continue;
      g_assert_cmpint (gtk_event_controller_get_propagation_phase (controller), ==,
                       GTK_PHASE_CAPTURE);
      g_signal_emit_by_name (controller, "drop", &value, 10.0, 10.0, &is_taken);
    }
  g_assert_true (is_taken);
  g_assert_true (has_toast (fixture, "A request holds one image: the first one was taken"));
  wait_until (has_text (fixture, 0, "\"image\": \"<first.png, "));
}

/* Closing while an answer is awaited leaves nothing behind. */
static void
test_close (Fixture       *fixture,
            gconstpointer  data)
{
  gpointer dialog;

  open (fixture);
  granary_fake_services_set_held (fixture->host, TRUE);
  act (fixture, "try.send");
  wait_until (is_waiting (fixture));
  dialog = fixture->dialog;
  g_object_add_weak_pointer (dialog, &dialog);
  adw_dialog_force_close (ADW_DIALOG (fixture->dialog));
  wait_until (dialog == NULL);
}

/* Something still holds it when its service goes, and others come: it does not close twice. */
static void
test_removed (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (AdwDialog) dialog = NULL;
  g_autoptr (GranaryService) service = NULL;

  open (fixture);
  dialog = g_object_ref (ADW_DIALOG (fixture->dialog));
  granary_fake_service_remove (get_catalog (fixture), "s-1");
  wait_until (shell_test_get_dialog (fixture->shell) == NULL &&
              gtk_widget_get_parent (GTK_WIDGET (dialog)) == NULL);

  /* One that was opened later has seen what changed, and so has the first. */
  granary_fake_service_add (get_catalog (fixture), fixture->version_id, "s-2", "digits", 2,
                            GRANARY_SERVICE_RUNNING);
  service = granary_fake_service_find (get_catalog (fixture), "s-2");
  granary_command_try (GTK_WIDGET (fixture->shell), fixture->place.connection, service);
  fixture->dialog = GTK_WIDGET (shell_test_get_dialog (fixture->shell));
  granary_fake_service_remove (get_catalog (fixture), "s-2");
  wait_until (shell_test_get_dialog (fixture->shell) == NULL);
}

static void
add_image (Fixture    *fixture,
           const char *path)
{
  granary_try_request_add_file (GRANARY_TRY_REQUEST (fixture->request), path);
}

static gboolean
has_thumbnail (Fixture *fixture)
{
  GtkWidget *image;

  for (guint i = 0; (image = widget_test_find (fixture->request, GTK_TYPE_IMAGE, i)) != NULL; i++)
    if (gtk_image_get_storage_type (GTK_IMAGE (image)) == GTK_IMAGE_PAINTABLE)
      return TRUE;

  return FALSE;
}

static void
test_image (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *path = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (JsonNode) sent = NULL;

  open (fixture);
  path = write_picture (fixture, "photo.png", 300);
  expected = encode_file (path);
  set_text (fixture, "{\n  \"top\": 2\n}");
  add_image (fixture, path);
  wait_until (has_text (fixture, 0, "\"image\": \"<photo.png, "));
  g_assert_true (has_text (fixture, 0, "\"top\": 2"));
  g_assert_false (has_text (fixture, 0, "iVBOR"));
  wait_until (has_thumbnail (fixture));

  send (fixture);
  sent = dup_sent (fixture);
  g_assert_cmpstr (granary_json_get_string (sent, "image"), ==, expected);
  widget_test_assert_fits (GTK_WIDGET (fixture->shell), GPOINTER_TO_INT (data));
}

static void
test_image_refused (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *text = NULL;
  g_autofree char *large = NULL;
  g_autofree char *empty = NULL;
  g_autofree char *gone = NULL;
  g_autofree char *pipe = NULL;
  g_autofree char *words = NULL;
  g_autofree char *picture = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  open (fixture);
  before = dup_text (fixture, 0);
  text = granary_test_place_path (&fixture->place, "notes.png");
  g_assert_true (g_file_set_contents (text, "no picture at all", -1, NULL));
  add_image (fixture, text);
  wait_until (has_toast (fixture, "“notes.png” is not an image"));

  empty = granary_test_place_path (&fixture->place, "empty.png");
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  add_image (fixture, empty);
  wait_until (has_toast (fixture, "“empty.png” is empty"));

  /* Of its size alone it is too large: nothing of it is on the disk. */
  large = granary_test_place_path (&fixture->place, "large.png");
  g_assert_true (g_file_set_contents (large, "", 0, NULL));
  g_assert_cmpint (truncate (large, 48 * 1000 * 1000 + 1), ==, 0);
  add_image (fixture, large);
  wait_until (has_toast (fixture, "“large.png” is larger than 48.0\u00a0MB"));

  pipe = granary_test_place_path (&fixture->place, "pipe.png");
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  add_image (fixture, pipe);
  words = g_strdup_printf ("“%s” is a device, pipe or socket, not a file.", pipe);
  wait_until (has_toast (fixture, words));
  gone = granary_test_place_path (&fixture->place, "gone.png");
  add_image (fixture, gone);
  g_free (words);
  words = g_strdup_printf ("“%s” does not exist, or not any more.", gone);
  wait_until (has_toast (fixture, words));

  /* Into a broken text nothing is put. */
  set_text (fixture, "{\"image\": ");
  picture = write_picture (fixture, "photo.png", 8);
  add_image (fixture, picture);
  wait_until (has_toast (fixture, "Correct the request, then add the image"));
  after = dup_text (fixture, 0);
  g_assert_cmpstr (after, ==, "{\"image\": ");
  set_text (fixture, before);
  g_assert_true (can (fixture, "_Send"));
}

static void
test_image_pasted (Fixture       *fixture,
                   gconstpointer  data)
{
  static const guint8 pixels[4 * 4 * 4] = { 0xff, 0x80, 0x40, 0xff };
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
  g_autoptr (GdkTexture) texture = NULL;
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->shell));
  GtkWidget *view;

  open (fixture);
  set_text (fixture, "{}");
  texture = gdk_memory_texture_new (4, 4, GDK_MEMORY_R8G8B8A8, bytes, 16);
  gdk_clipboard_set_texture (clipboard, texture);
  view = widget_test_find (fixture->dialog, GTK_SOURCE_TYPE_VIEW, 0);
  g_signal_emit_by_name (view, "paste-clipboard");
  wait_until (has_text (fixture, 0, "\"image\": \"<Pasted image, "));

  /* A text is pasted as one. */
  gdk_clipboard_set_text (clipboard, "pasted text");
  g_signal_emit_by_name (view, "paste-clipboard");
  wait_until (has_text (fixture, 0, "pasted text"));
}

static void
test_answer_image (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *path = NULL;
  g_autofree char *base64 = NULL;
  g_autofree char *text = NULL;
  g_autofree char *contents = NULL;
  g_autoptr (GBytes) body = NULL;
  gsize length;
  GtkWidget *picture;

  open (fixture);
  path = write_picture (fixture, "answer.png", 200);
  base64 = encode_file (path);
  text = g_strdup_printf ("{\"score\": 0.5, \"image\": \"%s\"}", base64);
  set_reply (fixture, 200, "application/json", text);
  send (fixture);
  g_assert_true (has_text (fixture, 1, "\"score\": 0.5"));
  picture = widget_test_find (fixture->answer, GTK_TYPE_PICTURE, 0);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (
                     gtk_picture_get_paintable (GTK_PICTURE (picture))), ==, 200);

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  body = g_bytes_new (contents, length);
  granary_fake_services_set_reply (fixture->host, 200, "image/png", body, FALSE);
  send (fixture);
  g_assert_nonnull (widget_test_find (fixture->answer, GTK_TYPE_PICTURE, 0));
  g_assert_null (widget_test_find (fixture->dialog, GTK_SOURCE_TYPE_VIEW, 1));

  /* One that says to be an image and is none. */
  set_reply (fixture, 200, "image/png", "\x89PNG\r\n\x1a\n and nothing more");
  send (fixture);
  g_assert_null (widget_test_find (fixture->answer, GTK_TYPE_PICTURE, 0));
  widget_test_assert_fits (GTK_WIDGET (fixture->shell), GPOINTER_TO_INT (data));
}

static GtkWidget *
find_file_chooser (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (GTK_IS_FILE_CHOOSER (window) && gtk_widget_get_mapped (window))
        return window;
    }

  return NULL;
}

/* A long text is saved as one, wherever its characters begin. */
static void
test_save_text (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *name = NULL;
  GtkWidget *button;
  GtkWidget *chooser;

  for (guint i = 0; i < 2000; i++)
    g_string_append (text, "视");
  open (fixture);
  set_reply (fixture, 200, "text/plain", text->str);
  send (fixture);
  for (guint i = 0;
       (button = widget_test_find (fixture->answer, GTK_TYPE_BUTTON, i)) != NULL; i++)
    if (g_strcmp0 (gtk_widget_get_tooltip_text (button), "Save Answer…") == 0)
      break;
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  wait_until ((chooser = find_file_chooser ()) != NULL);
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  name = gtk_file_chooser_get_current_name (GTK_FILE_CHOOSER (chooser));
  gtk_dialog_response (GTK_DIALOG (chooser), GTK_RESPONSE_CANCEL);
  G_GNUC_END_IGNORE_DEPRECATIONS
  g_assert_cmpstr (name, ==, "answer.txt");
  wait_until (find_file_chooser () == NULL);
}

static void
test_stopped (Fixture       *fixture,
              gconstpointer  data)
{
  open (fixture);
  granary_fake_service_set_state (get_catalog (fixture), "s-1", GRANARY_SERVICE_STOPPED);
  wait_until (is_page (fixture, "stopped"));
  g_assert_nonnull (widget_test_find_text (fixture->answer, "The Service Does Not Run"));
  g_assert_false (can (fixture, "_Send"));
  g_assert_true (can (fixture, "_Start"));

  granary_fake_services_set_slow (fixture->host, TRUE);
  press (fixture, "_Start");
  wait_until (granary_fake_services_count (fixture->host, "start") == 1);
  wait_until (is_page (fixture, "waiting"));
  g_assert_nonnull (widget_test_find_text (fixture->answer, "The Service Is Starting"));
  g_assert_false (can (fixture, "_Send"));
  granary_fake_service_set_state (get_catalog (fixture), "s-1", GRANARY_SERVICE_RUNNING);
  wait_until (can (fixture, "_Send"));
  send (fixture);

  granary_fake_service_set_failure (get_catalog (fixture), "s-1", GRANARY_SERVICE_FAILURE_EXITED,
                                    "3");
  granary_fake_service_set_state (get_catalog (fixture), "s-1", GRANARY_SERVICE_FAILED);
  wait_until (widget_test_find_text (fixture->answer, "The Service Failed") != NULL);

  /* It is removed: there is nothing more to try. */
  granary_fake_service_remove (get_catalog (fixture), "s-1");
  wait_until (shell_test_get_dialog (fixture->shell) == NULL);
}

static gboolean
has_mark (Fixture *fixture,
          guint    position,
          int      line)
{
  GtkWidget *view = widget_test_find (fixture->dialog, GTK_SOURCE_TYPE_VIEW, position);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  g_autoptr (GSList) marks = NULL;

  marks = gtk_source_buffer_get_source_marks_at_line (GTK_SOURCE_BUFFER (buffer), line,
                                                      "difference");

  return marks != NULL;
}

static GtkMenuButton *
find_compare_button (Fixture *fixture)
{
  GtkWidget *button;

  for (guint i = 0;
       (button = widget_test_find (fixture->dialog, GTK_TYPE_MENU_BUTTON, i)) != NULL; i++)
    if (g_strcmp0 (gtk_widget_get_tooltip_text (button), "Compare With…") == 0)
      return GTK_MENU_BUTTON (button);

  g_assert_not_reached ();
}

static void
test_compare (Fixture       *fixture,
              gconstpointer  data)
{
  GtkWidget *other;

  granary_fake_service_add (get_catalog (fixture), fixture->version_id, "s-2", "digits_b", 2,
                            GRANARY_SERVICE_RUNNING);
  open (fixture);
  gtk_widget_activate_action (fixture->dialog, "try.compare-with", "s", "s-9");
  g_assert_null (widget_test_find (fixture->dialog, GRANARY_TYPE_TRY_ANSWER, 1));
  do
    {
      gtk_widget_activate_action (fixture->dialog, "try.compare-with", "s", "s-2");
      g_main_context_iteration (NULL, TRUE);
    }
  while ((other = widget_test_find (fixture->dialog, GRANARY_TYPE_TRY_ANSWER, 1)) == NULL);
  g_assert_nonnull (widget_test_find_text (other, "digits_b #2"));

  send (fixture);
  wait_until (widget_test_find_text (fixture->dialog, "Both answers are the same") != NULL);
  g_assert_cmpuint (granary_fake_services_count (fixture->host, "call"), ==, 2);
  {
    g_autofree char *verbs = granary_fake_services_dup_verbs (fixture->host);

    g_assert_nonnull (strstr (verbs, "call s-1"));
    g_assert_nonnull (strstr (verbs, "call s-2"));
  }
  widget_test_assert_fits (GTK_WIDGET (fixture->shell), GPOINTER_TO_INT (data));

  /* Another answer: what is not the same is marked, and said. */
  set_reply (fixture, 200, "application/json", "{\"result\": [8]}");
  {
    g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);

    granary_try_answer_send (GRANARY_TRY_ANSWER (other), body);
  }
  wait_until (widget_test_find_text (fixture->dialog, "1 line differs") != NULL);
  g_assert_true (has_mark (fixture, 1, 1));
  g_assert_true (has_mark (fixture, 2, 1));
  g_assert_false (has_mark (fixture, 1, 0));

  /* What changes otherwise is no reason to compare again, nor for another menu. */
  {
    g_autoptr (GranaryService) service = granary_fake_service_new (get_catalog (fixture),
                                                                   fixture->version_id, "s-1",
                                                                   "renamed", 1,
                                                                   GRANARY_SERVICE_RUNNING);
    GtkMenuButton *button = find_compare_button (fixture);
    GMenuModel *menu = gtk_menu_button_get_menu_model (button);

    gtk_label_set_label (GTK_LABEL (widget_test_find_text (fixture->dialog, "1 line differs")),
                         "said once");
    granary_fake_service_put (get_catalog (fixture), service);
    wait_until (widget_test_find_text (fixture->answer, "renamed #1") != NULL);
    g_assert_nonnull (widget_test_find_text (fixture->dialog, "said once"));
    g_assert_true (gtk_menu_button_get_menu_model (button) == menu);
    granary_fake_service_add (get_catalog (fixture), fixture->version_id, "s-3", "third", 3,
                              GRANARY_SERVICE_RUNNING);
    wait_until (gtk_menu_button_get_menu_model (button) != menu);
  }

  /* It ends: what remains is the one that was opened. */
  granary_fake_service_remove (get_catalog (fixture), "s-2");
  wait_until (widget_test_find (fixture->dialog, GRANARY_TYPE_TRY_ANSWER, 1) == NULL);
}

static void
test_history (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *first = NULL;

  open (fixture);
  first = dup_text (fixture, 0);
  send (fixture);
  set_text (fixture, "{\"second\": 2}");
  send (fixture);
  act (fixture, "try.previous");
  g_assert_true (has_text (fixture, 0, first));
  act (fixture, "try.next");
  g_assert_true (has_text (fixture, 0, "\"second\": 2"));
}

static void
read_text_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static char *
copy (Fixture    *fixture,
      const char *action)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->shell));
  guint n = granary_fake_services_count (fixture->host, "access");
  char *text = NULL;

  gdk_clipboard_set_text (clipboard, "");
  act (fixture, action);
  wait_until (granary_fake_services_count (fixture->host, "access") > n);
  do
    {
      g_clear_pointer (&text, g_free);
      gdk_clipboard_read_text_async (clipboard, NULL, read_text_cb, &text);
      wait_until (text != NULL);
    }
  while (*text == '\0');

  return text;
}

static void
test_copy (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *path = NULL;
  g_autofree char *curl = NULL;
  g_autofree char *python = NULL;
  g_autofree char *secret = NULL;
  g_autoptr (GError) error = NULL;

  open (fixture);
  path = write_picture (fixture, "photo.png", 300);
  set_text (fixture, "{}");
  add_image (fixture, path);
  wait_until (has_text (fixture, 0, "<photo.png, "));

  curl = copy (fixture, "try.copy-curl");
  g_assert_nonnull (strstr (curl, "http://127.0.0.1:8401/v1/infer"));
  g_assert_nonnull (strstr (curl, path));
  g_assert_nonnull (strstr (curl, "services/s-1/token"));
  g_assert_null (strstr (curl, "Bearer secret"));
  python = copy (fixture, "try.copy-python");
  g_assert_nonnull (strstr (python, "import urllib.request"));
  g_assert_nonnull (strstr (python, path));
  g_assert_null (strstr (python, "Bearer secret"));

  act (fixture, "try.include-token");
  secret = copy (fixture, "try.copy-curl");
  g_assert_nonnull (strstr (secret, "Bearer secret"));
  g_assert_true (has_toast (fixture,
                            "Copied with the token: anyone who sees it can call the service"));

  granary_set_error (&error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SERVICE_NO_ADDRESS,
                     "digits", "none");
  granary_fake_services_set_error (fixture->host, "access", error);
  act (fixture, "try.copy-curl");
  wait_until (has_toast (fixture, "“digits” has no address that can be called from here."));
}

int
main (int    argc,
      char **argv)
{
  widget_test_init (&argc, &argv);

#define ADD(name, func, width) \
  g_test_add ("/try/" name, Fixture, GINT_TO_POINTER (width), set_up, func, tear_down)
  ADD ("send", test_send, 1100);
  ADD ("send-narrow", test_send, 360);
  ADD ("invalid", test_invalid, 1100);
  ADD ("refused", test_refused, 1100);
  ADD ("error", test_error, 1100);
  ADD ("cancel", test_cancel, 1100);
  ADD ("key", test_key, 1100);
  ADD ("drop", test_drop, 1100);
  ADD ("close", test_close, 1100);
  ADD ("removed", test_removed, 1100);
  ADD ("image", test_image, 1100);
  ADD ("image-narrow", test_image, 360);
  ADD ("image-refused", test_image_refused, 1100);
  ADD ("image-pasted", test_image_pasted, 1100);
  ADD ("answer-image", test_answer_image, 1100);
  ADD ("answer-image-narrow", test_answer_image, 360);
  ADD ("save-text", test_save_text, 1100);
  ADD ("stopped", test_stopped, 1100);
  ADD ("compare", test_compare, 1100);
  ADD ("compare-narrow", test_compare, 360);
  ADD ("history", test_history, 1100);
  ADD ("copy", test_copy, 1100);
#undef ADD

  return g_test_run ();
}
