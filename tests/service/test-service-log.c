/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-service-log-file-private.h"
#include "granary-service-status-private.h"
#include "granary-serviced-protocol.h"

#define SECRET "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

typedef struct
{
  char              *folder;
  char              *path;
  GranaryServiceLogFile *log;
} Test;

/* Auxiliary functions */

static void
set_up (Test          *test,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  test->folder = g_dir_make_tmp ("granary-log-XXXXXX", &error);
  g_assert_no_error (error);
  test->path = g_build_filename (test->folder, GRANARY_SERVICED_LOG, NULL);
  test->log = granary_service_log_file_new (test->folder, SECRET);
}

static void
tear_down (Test          *test,
           gconstpointer  data)
{
  g_autofree char *old = g_build_filename (test->folder, GRANARY_SERVICED_OLD_LOG, NULL);

  granary_service_log_file_free (test->log);
  g_unlink (test->path);
  g_unlink (old);
  g_assert_no_errno (g_rmdir (test->folder));
  g_free (test->path);
  g_free (test->folder);
}

static void
take (Test       *test,
      const char *text)
{
  granary_service_log_file_take (test->log, text, strlen (text));
}

static char *
read_log (Test *test)
{
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (test->path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
assert_log (Test       *test,
            const char *expected)
{
  g_autofree char *text = read_log (test);

  g_assert_cmpstr (text, ==, expected);
}

/* Lines */

static void
test_lines (Test          *test,
            gconstpointer  data)
{
  g_assert_null (granary_service_log_file_get_last (test->log));
  take (test, "one\ntw");
  assert_log (test, "one\n");
  take (test, "o\r\n\nthree\tcolumns\n10%\r50%\r100%\n");
  assert_log (test, "one\ntwo\n\nthree\tcolumns\n10%\n50%\n100%\n");
  take (test, "open");
  g_assert_cmpstr (granary_service_log_file_get_last (test->log), ==, "100%");
  granary_service_log_file_flush (test->log);
  granary_service_log_file_flush (test->log);
  take (test, "\n");
  g_assert_cmpstr (granary_service_log_file_get_last (test->log), ==, "open");
  assert_log (test, "one\ntwo\n\nthree\tcolumns\n10%\n50%\n100%\nopen\n\n");
}

static void
test_printable (Test          *test,
                gconstpointer  data)
{
  static const char bytes[] = "a\x1b[2J\xff\0z \xe4\xb8\xad\n";

  granary_service_log_file_take (test->log, bytes, sizeof bytes - 1);
  assert_log (test, "a\\u001b[2J\\xff\\u0001z \u4e2d\n");
}

static void
test_note (Test          *test,
           gconstpointer  data)
{
  g_autofree char *text = NULL;

  take (test, "begun");
  granary_service_log_file_note (test->log, "ended: %s", "line\nbreak");
  take (test, " and ended\n");
  text = read_log (test);
  g_assert_true (g_str_has_prefix (text, "granary: 2"));
  g_assert_true (g_str_has_suffix (text, "Z ended: line\\nbreak\nbegun and ended\n"));
  g_assert_cmpstr (granary_service_log_file_get_last (test->log), ==, "begun and ended");
}

/* The secret */

static void
test_secret (Test          *test,
             gconstpointer  data)
{
  for (const char *at = "a " SECRET " b " SECRET SECRET "\n"; *at != '\0'; at++)
    granary_service_log_file_take (test->log, at, 1);
  assert_log (test, "a [token] b [token][token]\n");
}

/* Wherever in a line without end it stands, no half of it is written. */
static void
test_secret_cut (Test          *test,
                 gconstpointer  data)
{
  g_autofree char *first = g_strndup (SECRET, strlen (SECRET) / 2);

  for (guint before = 8000; before < 8300; before++)
    {
      g_autofree char *space = g_strnfill (before, '.');
      g_autofree char *line = g_strconcat (space, SECRET, space, "\n", NULL);
      g_autofree char *text = NULL;
      guint n = 0;

      take (test, line);
      text = read_log (test);
      g_assert_null (strstr (text, first));
      g_assert_null (strstr (text, SECRET + strlen (SECRET) / 2));
      g_assert_nonnull (strstr (text, "[token]"));
      for (const char *at = text; *at != '\0'; at++)
        n += *at == '.';
      g_assert_cmpuint (n, ==, 2 * before);
      granary_service_log_file_free (test->log);
      g_unlink (test->path);
      test->log = granary_service_log_file_new (test->folder, SECRET);
    }
}

/* Files */

static void
test_rotate (Test          *test,
             gconstpointer  data)
{
  g_autofree char *old = g_build_filename (test->folder, GRANARY_SERVICED_OLD_LOG, NULL);
  g_autofree char *line = g_strnfill (999, 'x');
  struct stat status;

  line[998] = '\n';
  for (guint i = 0; i < 3 * GRANARY_SERVICED_LOG_MAX / 999; i++)
    take (test, line);
  g_assert_no_errno (stat (test->path, &status));
  g_assert_cmpint (status.st_size, <=, GRANARY_SERVICED_LOG_MAX);
  g_assert_cmpint (status.st_mode & 07777, ==, 0600);
  g_assert_no_errno (stat (old, &status));
  g_assert_cmpint (status.st_size, <=, GRANARY_SERVICED_LOG_MAX);
  g_assert_cmpint (status.st_size, >, GRANARY_SERVICED_LOG_MAX - 1000);
  g_assert_cmpint (status.st_mode & 07777, ==, 0600);
}

/* A log goes on where that of the last run ended. */
static void
test_append (Test          *test,
             gconstpointer  data)
{
  take (test, "first\n");
  granary_service_log_file_free (test->log);
  test->log = granary_service_log_file_new (test->folder, NULL);
  take (test, "second " SECRET "\n");
  assert_log (test, "first\nsecond " SECRET "\n");
}

static void
test_link (Test          *test,
           gconstpointer  data)
{
  g_autofree char *other = g_build_filename (test->folder, "other", NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (other, "mine", -1, NULL));
  g_assert_no_errno (symlink (other, test->path));
  take (test, "not there\n");
  g_assert_true (g_file_get_contents (other, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");

  g_assert_no_errno (g_unlink (test->path));
  g_assert_no_errno (g_unlink (other));
  take (test, "there\n");
  assert_log (test, "granary: 1 lines are missing here: Too many levels of symbolic links\n"
                    "there\n");
}

/* A disk that is full, and is not any more. Run where @folder is a file system of 64 KiB. */
static int
run_full (const char *folder)
{
  g_autoptr (GranaryServiceLogFile) log = granary_service_log_file_new (folder, NULL);
  g_autofree char *path = g_build_filename (folder, GRANARY_SERVICED_LOG, NULL);
  g_autofree char *other = g_build_filename (folder, "other", NULL);
  g_autofree char *fill = g_strnfill (40 * 1024, 'y');
  g_autofree char *line = g_strnfill (100, 'x');
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_whole = 0;

  line[99] = '\n';
  g_assert_true (g_file_set_contents (other, fill, -1, NULL));
  for (guint i = 0; i < 1000; i++)
    granary_service_log_file_take (log, line, strlen (line));
  g_assert_no_errno (g_unlink (other));
  granary_service_log_file_take (log, "room again\n", strlen ("room again\n"));

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  while (lines[n_whole] != NULL && strlen (lines[n_whole]) == 99 && lines[n_whole][0] == 'x')
    n_whole++;
  g_assert_cmpuint (n_whole, >, 10);
  g_assert_cmpuint (n_whole, <, 1000);
  {
    g_autofree char *note = g_strdup_printf (
      "granary: %u lines are missing here: No space left on device", 1000 - n_whole);

    g_assert_cmpstr (lines[n_whole], ==, note);
  }
  g_assert_cmpstr (lines[n_whole + 1], ==, "room again");
  g_assert_cmpstr (lines[n_whole + 2], ==, "");

  return EXIT_SUCCESS;
}

static void
test_full (Test          *test,
           gconstpointer  data)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = {
    "bwrap", "--dev-bind", "/", "/", "--size", "65536", "--tmpfs", test->folder, "--", self,
    "--full", test->folder, NULL,
  };
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors,
                &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s%s", output, errors);
}

/* What a runner says */

static void
take_status (GranaryServiceStatus  *status,
             const char            *text,
             gsize                  step,
             GString               *events)
{
  gsize length = strlen (text);

  for (gsize at = 0; at < length;)
    {
      GranaryServiceFailure failure;
      g_autofree char *detail = NULL;
      GranaryServiceEvent event;
      gsize taken;

      event = granary_service_status_take (status, text + at, MIN (step, length - at), &taken,
                                           &failure, &detail);
      g_assert_cmpuint (taken, >, 0);
      at += taken;
      if (event == GRANARY_SERVICE_EVENT_FAILED)
        g_string_append_printf (events, "%s(%s)", granary_service_failure_to_id (failure),
                                detail != NULL ? detail : "");
      else if (event != GRANARY_SERVICE_EVENT_NONE)
        g_string_append (events, event == GRANARY_SERVICE_EVENT_READY ? "R" : "L");
    }
}

static void
test_status (void)
{
  g_autofree char *large = g_strnfill (GRANARY_SERVICE_STATUS_MAX, ' ');
  g_autofree char *text =
    g_strconcat ("{\"event\":\"loading\"}\n\n{\"event\":\"ready\"}\n", large,
                 "{\"event\":\"ready\"}\n{\"event\":\"ready\"} {}\n[]\n7\nnot\n\xff\n"
                 "{\"event\":\"failed\",\"failure\":\"load\"}\n"
                 "{\"event\":\"failed\",\"failure\":\"stuck\",\"detail\":\"60\"}\n"
                 "{\"event\":\"failed\",\"failure\":\"price\",\"detail\":\"60\"}\n"
                 "{\"event\":\"failed\",\"failure\":\"none\",\"detail\":\"60\"}\n"
                 "{\"event\":\"failed\",\"failure\":\"import\",\"detail\":{}}\n"
                 "{\"event\":\"ready\"",
                 NULL);
  static const gsize steps[] = { 1, 2, 7, 1000, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      GranaryServiceStatus status;
      g_autoptr (GString) events = g_string_new (NULL);

      granary_service_status_init (&status);
      take_status (&status, text, steps[i], events);
      g_assert_cmpstr (events->str, ==, "LRload()stuck(60)import()");
      granary_service_status_clear (&status);
    }
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--full"))
    return run_full (argv[2]);

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, func) g_test_add ("/service-log/" path, Test, NULL, set_up, func, tear_down)
  ADD ("lines", test_lines);
  ADD ("printable", test_printable);
  ADD ("note", test_note);
  ADD ("secret", test_secret);
  ADD ("secret-cut", test_secret_cut);
  ADD ("rotate", test_rotate);
  ADD ("append", test_append);
  ADD ("link", test_link);
  ADD ("full", test_full);
#undef ADD
  g_test_add_func ("/service-log/status", test_status);

  return g_test_run ();
}
