/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The test cloud as other tests use it: started, told, asked, stopped. */

#include "config.h"

#include "granary-test-cloud.h"

static void
test_starts_and_stops (void)
{
  g_autoptr (GranaryTestCloud) cloud = granary_test_cloud_start ("none");
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  guint16 port = granary_test_cloud_get_port (cloud);

  url = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_assert_cmpstr (granary_test_cloud_get_url (cloud), ==, url);
  g_assert_true (g_str_has_prefix (granary_test_cloud_get_cos_template (cloud),
                                   "http://{bucket}.localhost:"));

  g_clear_pointer (&cloud, granary_test_cloud_stop);
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static void
test_tells_and_asks (void)
{
  g_autoptr (GranaryTestCloud) cloud = granary_test_cloud_start ("none");
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (JsonNode) state = NULL;
  g_autoptr (JsonNode) log = NULL;
  JsonObject *object;

  answer = granary_test_cloud_control (cloud,
                                       "{\"put_object\":{\"bucket\":\"models-1250000000\","
                                       "\"key\":\"a\",\"text\":\"123456789\"}}");
  object = json_object_get_object_member (json_node_get_object (answer), "object");
  g_assert_cmpint (json_object_get_int_member (object, "size"), ==, 9);
  g_assert_cmpstr (json_object_get_string_member (object, "crc"), ==, "11051210869376104954");

  granary_test_cloud_tell (cloud,
                           "{\"create_model\":{\"name\":\"%s\","
                           "\"versions\":[{\"metrics\":\"a=1\"}]}}",
                           "目标检测");
  state = granary_test_cloud_control (cloud, "{\"state\":true}");
  g_assert_true (json_object_has_member (json_node_get_object (state), "state"));

  log = granary_test_cloud_get_log (cloud);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (log)), ==, 0);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "GetObject"), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/testcloud-control/starts-and-stops", test_starts_and_stops);
  g_test_add_func ("/testcloud-control/tells-and-asks", test_tells_and_asks);

  return g_test_run ();
}
