/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Signers and checksum against known answers. tests/data/signatures.json: inputs with what the
 * vendor's clients make of them; all keys in it are invented. */

#include "granary-cos-signer.h"
#include "granary-crc64.h"
#include "granary-json.h"
#include "granary-tc3.h"

#include <string.h>

#define MEBIBYTE (1024 * 1024)

static JsonNode *vectors;

static JsonArray *
get_vectors (const char *name,
             guint       least)
{
  JsonArray *array = granary_json_get_array (vectors, name);

  g_assert_nonnull (array);
  g_assert_cmpuint (json_array_get_length (array), >=, least);

  return array;
}

static const char *
text (JsonNode   *vector,
      const char *name)
{
  const char *found = granary_json_get_string (vector, name);

  if (found == NULL)
    g_error ("a vector has no %s", name);

  return found;
}

static gint64
number (JsonNode   *vector,
        const char *name)
{
  gint64 found;

  g_assert_true (granary_json_get_int (vector, name, &found));
  return found;
}

/* The strings are of @vector. */
static const char **
list (JsonNode   *vector,
      const char *name)
{
  JsonArray *array = granary_json_get_array (vector, name);
  guint length = json_array_get_length (array);
  const char **strings = g_new0 (const char *, length + 1);

  for (guint i = 0; i < length; i++)
    strings[i] = json_array_get_string_element (array, i);

  return strings;
}

static void
test_tc3 (void)
{
  JsonArray *array = get_vectors ("tc3", 13);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *vector = json_array_get_element (array, i);
      g_autofree const char **headers = list (vector, "headers");
      g_autofree char *canonical = NULL;
      g_autofree char *string_to_sign = NULL;
      g_autofree char *authorization = NULL;
      GranaryTc3Input input = {
        .secret_id = text (vector, "id"),
        .secret_key = text (vector, "key"),
        .service = text (vector, "service"),
        .method = text (vector, "method"),
        .query = text (vector, "query"),
        .headers = headers,
        .body = text (vector, "body"),
        .body_length = strlen (text (vector, "body")),
        .timestamp = number (vector, "time"),
      };

      g_test_message ("%s", text (vector, "name"));
      authorization = granary_tc3_sign (&input, &canonical, &string_to_sign);
      g_assert_cmpstr (canonical, ==, text (vector, "canonical"));
      g_assert_cmpstr (string_to_sign, ==, text (vector, "string_to_sign"));
      g_assert_cmpstr (authorization, ==, text (vector, "authorization"));
    }
}

/* The order of headers, blanks around values and the case of names do not matter. */
static void
test_tc3_order (void)
{
  JsonNode *vector = json_array_get_element (get_vectors ("tc3", 13), 1);
  g_autofree const char **headers = list (vector, "headers");
  const char *shuffled[] = {
    "X-TC-ACTION", headers[5], "HOST", "  cvm.tencentcloudapi.com ", "Content-Type", headers[1],
    NULL
  };
  g_autofree char *authorization = NULL;
  GranaryTc3Input input = {
    .secret_id = text (vector, "id"),
    .secret_key = text (vector, "key"),
    .service = text (vector, "service"),
    .method = "POST",
    .headers = shuffled,
    .body = text (vector, "body"),
    .body_length = strlen (text (vector, "body")),
    .timestamp = number (vector, "time"),
  };

  authorization = granary_tc3_sign (&input, NULL, NULL);
  g_assert_cmpstr (authorization, ==, text (vector, "authorization"));
}

static void
test_cos (void)
{
  JsonArray *array = get_vectors ("cos", 18);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *vector = json_array_get_element (array, i);
      g_autofree const char **headers = list (vector, "headers");
      g_autofree const char **parameters = list (vector, "parameters");
      g_autofree char *http_string = NULL;
      g_autofree char *authorization = NULL;
      g_autofree char *encoded = NULL;
      g_autofree char *target = NULL;
      GranaryCosSignInput input = {
        .secret_id = text (vector, "id"),
        .secret_key = text (vector, "key"),
        .method = text (vector, "method"),
        .key = text (vector, "object"),
        .parameters = parameters,
        .headers = headers,
        .start = number (vector, "start"),
        .end = number (vector, "end"),
      };

      g_test_message ("%s", text (vector, "name"));
      authorization = granary_cos_sign (&input, &http_string);
      g_assert_cmpstr (http_string, ==, text (vector, "http_string"));
      g_assert_cmpstr (authorization, ==, text (vector, "authorization"));

      encoded = granary_cos_encode_key (input.key);
      target = g_strconcat ("/", encoded, NULL);
      g_assert_cmpstr (target, ==, text (vector, "target"));
    }
}

static void
test_cos_presigned (void)
{
  JsonArray *array = get_vectors ("presigned", 3);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *vector = json_array_get_element (array, i);
      g_autofree const char **headers = list (vector, "headers");
      g_autofree const char **parameters = list (vector, "parameters");
      g_autofree char *http_string = NULL;
      g_autofree char *authorization = NULL;
      g_autofree char *url = NULL;
      GranaryCosSignInput input = {
        .secret_id = text (vector, "id"),
        .secret_key = text (vector, "key"),
        .method = text (vector, "method"),
        .key = text (vector, "object"),
        .parameters = parameters,
        .headers = headers,
        .start = number (vector, "start"),
        .end = number (vector, "end"),
      };

      g_test_message ("%s", text (vector, "name"));
      authorization = granary_cos_sign (&input, &http_string);
      g_assert_cmpstr (http_string, ==, text (vector, "http_string"));
      url = granary_cos_presign (&input, text (vector, "base"),
                                 granary_json_get_string (vector, "token"));
      g_assert_cmpstr (url, ==, text (vector, "url"));
    }
}

static void
test_cos_presigned_several (void)
{
  const char *headers[] = { "host", "b-1.cos.ap-beijing.myqcloud.com", NULL };
  const char *parameters[] = {
    "response-content-type", "text/plain", "response-cache-control", "no-cache", NULL
  };
  g_autofree char *url = NULL;
  GranaryCosSignInput input = {
    .secret_id = "AKIDEXAMPLE",
    .secret_key = "EXAMPLEKEY",
    .method = "GET",
    .key = "a",
    .parameters = parameters,
    .headers = headers,
    .start = 1,
    .end = 2,
  };

  /* A raw semicolon there would end the list for some servers. */
  url = granary_cos_presign (&input, "https://b-1.cos.ap-beijing.myqcloud.com", NULL);
  g_assert_nonnull (strstr (url, "&q-url-param-list=response-cache-control"
                                 "%3Bresponse-content-type&"));
  g_assert_true (g_str_has_suffix (url, "&response-content-type=text%2Fplain"
                                        "&response-cache-control=no-cache"));
}

/* Requests as the vendor's client sends them: the lists name what it signs, in its order. */
static void
test_cos_lists (void)
{
  JsonArray *array = get_vectors ("signed_names", 12);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *vector = json_array_get_element (array, i);
      g_autofree const char **headers = list (vector, "headers");
      g_autofree const char **parameters = list (vector, "parameters");
      g_autofree char *authorization = NULL;
      g_autofree char *expected = NULL;
      GranaryCosSignInput input = {
        .secret_id = "AKIDEXAMPLE",
        .secret_key = "EXAMPLEKEY",
        .method = "GET",
        .key = "",
        .parameters = parameters,
        .headers = headers,
        .start = 1,
        .end = 2,
      };

      authorization = granary_cos_sign (&input, NULL);
      expected = g_strconcat ("&q-header-list=", text (vector, "header_list"),
                              "&q-url-param-list=", text (vector, "parameter_list"),
                              "&q-signature=", NULL);
      g_test_message ("%s", text (vector, "name"));
      g_assert_nonnull (strstr (authorization, expected));
    }
}

static void
test_crc64 (void)
{
  g_autofree guint8 *zeros = g_malloc0 (MEBIBYTE);
  g_autofree guint8 *pattern = g_malloc (MEBIBYTE);
  const char *sentence = "This is a test of the emergency broadcast system.";
  guint64 crc = 0;

  for (guint i = 0; i < MEBIBYTE; i++)
    pattern[i] = (guint8) (i * 31 + 7);

  g_assert_cmpuint (granary_crc64_update (0, NULL, 0), ==, 0);
  g_assert_cmpuint (granary_crc64_update (0, "123456789", 9), ==,
                    G_GUINT64_CONSTANT (11051210869376104954));
  g_assert_cmpuint (granary_crc64_update (0, "{}", 2), ==,
                    G_GUINT64_CONSTANT (10633378508977395037));
  g_assert_cmpuint (granary_crc64_update (0, sentence, strlen (sentence)), ==,
                    G_GUINT64_CONSTANT (2871916124362751090));
  g_assert_cmpuint (granary_crc64_update (0, zeros, MEBIBYTE), ==,
                    G_GUINT64_CONSTANT (6947770692288575170));
  g_assert_cmpuint (granary_crc64_update (0, pattern, MEBIBYTE), ==,
                    G_GUINT64_CONSTANT (1437597758835265169));

  /* In pieces of growing size. */
  for (gsize at = 0, size = 1; at < MEBIBYTE; at += size, size++)
    crc = granary_crc64_update (crc, pattern + at, MIN (size, MEBIBYTE - at));
  g_assert_cmpuint (crc, ==, G_GUINT64_CONSTANT (1437597758835265169));
}

static void
test_crc64_combine (void)
{
  const char *data = "The quick brown fox jumps over the lazy dog";
  gsize length = strlen (data);
  guint64 whole = granary_crc64_update (0, data, length);
  g_autofree guint8 *zeros = g_malloc0 (MEBIBYTE);
  guint64 zeros_crc = granary_crc64_update (0, zeros, MEBIBYTE);
  guint64 by_doubling = zeros_crc;
  guint64 by_adding = zeros_crc;

  g_assert_cmpuint (granary_crc64_combine (G_GUINT64_CONSTANT (1437597758835265169),
                                           G_GUINT64_CONSTANT (17248732669932203204), 9), ==,
                    G_GUINT64_CONSTANT (4768053820142880253));

  /* At every cut. */
  for (gsize cut = 0; cut <= length; cut++)
    g_assert_cmpuint (granary_crc64_combine (granary_crc64_update (0, data, cut),
                                             granary_crc64_update (0, data + cut, length - cut),
                                             length - cut), ==, whole);

  /* 8 GiB, two ways: lengths beyond 32 bits. */
  for (guint i = 0; i < 13; i++)
    by_doubling = granary_crc64_combine (by_doubling, by_doubling, (guint64) MEBIBYTE << i);
  for (guint i = 1; i < 8192; i++)
    by_adding = granary_crc64_combine (by_adding, zeros_crc, MEBIBYTE);
  g_assert_cmpuint (by_doubling, ==, by_adding);
}

static void
test_crc64_parse (void)
{
  guint64 crc = 1;

  g_assert_true (granary_crc64_parse ("0", &crc));
  g_assert_cmpuint (crc, ==, 0);
  g_assert_true (granary_crc64_parse ("18446744073709551615", &crc));
  g_assert_cmpuint (crc, ==, G_MAXUINT64);

  g_assert_false (granary_crc64_parse (NULL, &crc));
  g_assert_false (granary_crc64_parse ("", &crc));
  g_assert_false (granary_crc64_parse ("18446744073709551616", &crc));
  g_assert_false (granary_crc64_parse ("-1", &crc));
  g_assert_false (granary_crc64_parse ("+1", &crc));
  g_assert_false (granary_crc64_parse (" 1", &crc));
  g_assert_false (granary_crc64_parse ("1 ", &crc));
  g_assert_false (granary_crc64_parse ("0x1f", &crc));
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *path = NULL;
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  int result;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  path = g_test_build_filename (G_TEST_DIST, "data", "signatures.json", NULL);
  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  vectors = granary_json_parse (content, (gssize) length, path, &error);
  g_assert_no_error (error);

  g_test_add_func ("/signatures/tc3", test_tc3);
  g_test_add_func ("/signatures/tc3/order", test_tc3_order);
  g_test_add_func ("/signatures/cos", test_cos);
  g_test_add_func ("/signatures/cos/presigned", test_cos_presigned);
  g_test_add_func ("/signatures/cos/presigned-several", test_cos_presigned_several);
  g_test_add_func ("/signatures/cos/lists", test_cos_lists);
  g_test_add_func ("/crc64/update", test_crc64);
  g_test_add_func ("/crc64/combine", test_crc64_combine);
  g_test_add_func ("/crc64/parse", test_crc64_parse);

  result = g_test_run ();
  json_node_unref (vectors);

  return result;
}
