/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-test-cloud.h"

#include <string.h>

struct _GranaryTestCloud
{
  GSubprocess *process;      /* (owned): ends when its standard input does, so with this one */
  guint16      port;
  char        *url;          /* (owned) */
  char        *cos_template; /* (owned) */
};

/* The line that tells the port. What else the program has to say goes to our standard error. */
static void
read_ready_line (GranaryTestCloud *cloud)
{
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  guint64 port = 0;

  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (cloud->process));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (output), FALSE);
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  if (line == NULL || !g_str_has_prefix (line, "ready "))
    g_error ("the test cloud did not start, it said: %s", line != NULL ? line : "nothing");
  if (!g_ascii_string_to_unsigned (line + strlen ("ready "), 10, 1, G_MAXUINT16, &port, &error))
    g_error ("the test cloud told no port: %s", error->message);
  cloud->port = (guint16) port;
}

/**
 * granary_test_cloud_start_full:
 * @seed: `none`, `demo` or `mirror:MODELS:VERSIONS`
 * @arguments: (nullable) (array zero-terminated=1): more arguments of the program
 *
 * Starts the test cloud and waits until it serves.
 *
 * Returns: (transfer full): to be stopped with granary_test_cloud_stop()
 */
GranaryTestCloud *
granary_test_cloud_start_full (const char         *seed,
                               const char * const *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GPtrArray) command = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *program = NULL;
  g_autofree char *cache = NULL;
  GranaryTestCloud *cloud;

  g_return_val_if_fail (seed != NULL, NULL);

  program = g_test_build_filename (G_TEST_DIST, "lib", "testcloud", NULL);
  cache = g_test_build_filename (G_TEST_BUILT, "pycache", NULL);
  command = g_ptr_array_new ();
  g_ptr_array_add (command, (gpointer) "python3");
  g_ptr_array_add (command, program);
  g_ptr_array_add (command, (gpointer) "--stdin");
  g_ptr_array_add (command, (gpointer) "--seed");
  g_ptr_array_add (command, (gpointer) seed);
  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++)
    g_ptr_array_add (command, (gpointer) arguments[i]);
  g_ptr_array_add (command, NULL);

  cloud = g_new0 (GranaryTestCloud, 1);
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                        G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  /* Nothing is written beside the sources. */
  g_subprocess_launcher_setenv (launcher, "PYTHONPYCACHEPREFIX", cache, TRUE);
  cloud->process = g_subprocess_launcher_spawnv (launcher,
                                                 (const char * const *) command->pdata,
                                                 &error);
  g_assert_no_error (error);

  read_ready_line (cloud);
  cloud->url = g_strdup_printf ("http://127.0.0.1:%u", cloud->port);
  cloud->cos_template = g_strdup_printf ("http://{bucket}.localhost:%u", cloud->port);

  return cloud;
}

/**
 * granary_test_cloud_start:
 * @seed: `none`, `demo` or `mirror:MODELS:VERSIONS`
 *
 * Starts the test cloud as granary_test_cloud_start_full() does.
 *
 * Returns: (transfer full): to be stopped with granary_test_cloud_stop()
 */
GranaryTestCloud *
granary_test_cloud_start (const char *seed)
{
  return granary_test_cloud_start_full (seed, NULL);
}

/**
 * granary_test_cloud_stop:
 * @cloud: (transfer full): a test cloud
 *
 * Ends the program; its address refuses connections from then on.
 */
void
granary_test_cloud_stop (GranaryTestCloud *cloud)
{
  g_return_if_fail (cloud != NULL);

  g_subprocess_force_exit (cloud->process);
  g_subprocess_wait (cloud->process, NULL, NULL);
  g_clear_object (&cloud->process);
  g_free (cloud->url);
  g_free (cloud->cos_template);
  g_free (cloud);
}

guint16
granary_test_cloud_get_port (GranaryTestCloud *cloud)
{
  g_return_val_if_fail (cloud != NULL, 0);

  return cloud->port;
}

/**
 * granary_test_cloud_get_url:
 * @cloud: a test cloud
 *
 * Returns: the endpoint of every service but COS
 */
const char *
granary_test_cloud_get_url (GranaryTestCloud *cloud)
{
  g_return_val_if_fail (cloud != NULL, NULL);

  return cloud->url;
}

/**
 * granary_test_cloud_get_cos_template:
 * @cloud: a test cloud
 *
 * Returns: the endpoint of COS, with `{bucket}` in it
 */
const char *
granary_test_cloud_get_cos_template (GranaryTestCloud *cloud)
{
  g_return_val_if_fail (cloud != NULL, NULL);

  return cloud->cos_template;
}

/* One exchange over a connection of its own, independent of the HTTP code under test. */
static JsonNode *
exchange (GranaryTestCloud *cloud,
          const char       *method,
          const char       *path,
          const char       *body)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GOutputStream) answer = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;
  g_autofree char *request = NULL;
  const char *text;
  const char *document;
  JsonNode *node;
  gsize size;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", cloud->port, NULL, &error);
  g_assert_no_error (error);

  request = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n"
                             "Content-Length: %zu\r\n\r\n%s",
                             method, path, cloud->port, strlen (body), body);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                             request, strlen (request), NULL, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_splice (answer,
                          g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                          G_OUTPUT_STREAM_SPLICE_NONE,
                          NULL,
                          &error);
  g_assert_no_error (error);
  g_output_stream_write_all (answer, "", 1, NULL, NULL, NULL);

  text = g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (answer));
  size = g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (answer)) - 1;
  document = g_strstr_len (text, (gssize) size, "\r\n\r\n");
  if (document == NULL || !g_str_has_prefix (text, "HTTP/1.1 200 "))
    g_error ("the test cloud refused %s: %s", body, document != NULL ? document + 4 : text);

  node = json_from_string (document + 4, &error);
  g_assert_no_error (error);

  return node;
}

/**
 * granary_test_cloud_control:
 * @cloud: a test cloud
 * @json: an object of operations, see control.py
 *
 * Tells the cloud to do something, which is done when this returns.
 *
 * Returns: (transfer full): the answer, an object
 */
JsonNode *
granary_test_cloud_control (GranaryTestCloud *cloud,
                            const char       *json)
{
  g_return_val_if_fail (cloud != NULL, NULL);
  g_return_val_if_fail (json != NULL, NULL);

  return exchange (cloud, "POST", "/__control", json);
}

/**
 * granary_test_cloud_tell:
 * @cloud: a test cloud
 * @format: (printf): an object of operations
 * @...: what goes into it
 *
 * granary_test_cloud_control() where the answer does not matter.
 */
void
granary_test_cloud_tell (GranaryTestCloud *cloud,
                         const char       *format,
                         ...)
{
  g_autoptr (JsonNode) answer = NULL;
  g_autofree char *json = NULL;
  va_list arguments;

  g_return_if_fail (cloud != NULL);
  g_return_if_fail (format != NULL);

  va_start (arguments, format);
  json = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  answer = granary_test_cloud_control (cloud, json);
}

/**
 * granary_test_cloud_get_log:
 * @cloud: a test cloud
 *
 * What was asked of the cloud since its start or since `{"clear_log":true}`.
 *
 * Returns: (transfer full): an array of objects with `n`, `service`, `action`, `method`, `target`,
 *   `host`, `status`, `error`, `fault`, `bytes_in`, `bytes_out`, `body`, `headers`
 */
JsonNode *
granary_test_cloud_get_log (GranaryTestCloud *cloud)
{
  g_autoptr (JsonNode) answer = NULL;

  g_return_val_if_fail (cloud != NULL, NULL);

  answer = exchange (cloud, "GET", "/__control/log", "");

  return json_object_dup_member (json_node_get_object (answer), "log");
}

/**
 * granary_test_cloud_count:
 * @cloud: a test cloud
 * @action: the name of a call, for example `UploadPart`
 *
 * Returns: how often the call stands in the log, whatever came of it
 */
guint
granary_test_cloud_count (GranaryTestCloud *cloud,
                          const char       *action)
{
  g_autoptr (JsonNode) log = NULL;
  JsonArray *entries;
  guint count = 0;

  g_return_val_if_fail (cloud != NULL, 0);
  g_return_val_if_fail (action != NULL, 0);

  log = granary_test_cloud_get_log (cloud);
  entries = json_node_get_array (log);
  for (guint i = 0; i < json_array_get_length (entries); i++)
    {
      JsonObject *entry = json_array_get_object_element (entries, i);

      if (strcmp (json_object_get_string_member (entry, "action"), action) == 0)
        count++;
    }

  return count;
}
