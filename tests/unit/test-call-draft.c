/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "granary-call-answer.h"
#include "granary-call-code.h"
#include "granary-call-template.h"
#include "granary-json-layout.h"
#include "granary-json-tokens.h"
#include "granary-json.h"

#define PNG_HEAD "\x89PNG\r\n\x1a\n"

static GBytes *
make_image (gsize size)
{
  guint8 *data = g_malloc0 (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (i * 7);
  memcpy (data, PNG_HEAD, 8);

  return g_bytes_new_take (data, size);
}

static char *
build (const GranaryCallDraft *draft)
{
  g_autoptr (GBytes) body = granary_call_draft_build (draft);

  return g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

/* Texts of requests. */

static void
test_check (void)
{
  static const struct
  {
    const char *text;
    GranaryCallProblem problem;
    int line;
  } cases[] = {
    { "{}", GRANARY_CALL_GOOD, 0 },
    { " \n{\"a\": [1, -2.5e3, true, null, \"\\u00e9\"]}\n", GRANARY_CALL_GOOD, 0 },
    { "", GRANARY_CALL_EMPTY, 0 },
    { " \t\r\n", GRANARY_CALL_EMPTY, 0 },
    { "{\n  \"a\": 1,\n}", GRANARY_CALL_SYNTAX, 3 },
    { "{\"a\": 01}", GRANARY_CALL_SYNTAX, 1 },
    { "{'a': 1}", GRANARY_CALL_SYNTAX, 1 },
    { "{\"a\": NaN}", GRANARY_CALL_SYNTAX, 1 },
    { "{\"a\": \"\n\"}", GRANARY_CALL_SYNTAX, 1 },
    { "{} {}", GRANARY_CALL_SYNTAX, 1 },
    { "[1, 2]", GRANARY_CALL_NOT_OBJECT, 0 },
    { "\"text\"", GRANARY_CALL_NOT_OBJECT, 0 },
    { "7", GRANARY_CALL_NOT_OBJECT, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryCallDraft) draft = granary_call_draft_new (cases[i].text);
      int line = -1;

      g_assert_cmpint (granary_call_draft_check (draft, &line), ==, cases[i].problem);
      g_assert_cmpint (line, ==, cases[i].line);
    }
}

static void
test_image (void)
{
  g_autoptr (GranaryCallDraft) draft =
    granary_call_draft_new ("{\n  \"top\": 3,  \"image\": [1]\n}");
  g_autoptr (GranaryCallDraft) copy = NULL;
  g_autoptr (GBytes) first = make_image (12000);
  g_autoptr (GBytes) second = NULL;
  g_autofree char *base64 = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *body = NULL;
  g_autofree char *former = NULL;
  GranaryCallPart *part;

  g_assert_null (granary_call_draft_get_image (draft));
  g_assert_true (granary_call_draft_put_image (draft, "photo.png", "/tmp/photo.png", first));
  part = granary_call_draft_get_image (draft);
  g_assert_nonnull (part);
  g_assert_cmpstr (part->path, ==, "/tmp/photo.png");
  g_assert_true (g_str_has_prefix (part->label, "<photo.png, 12"));
  /* The rest stays as it was written, and the text stays short. */
  g_assert_true (g_str_has_prefix (granary_call_draft_get_text (draft),
                                   "{\n  \"top\": 3,  \"image\": \"<photo.png, "));
  g_assert_cmpuint (strlen (granary_call_draft_get_text (draft)), <, 80);

  base64 = g_base64_encode (g_bytes_get_data (first, NULL), g_bytes_get_size (first));
  expected = g_strdup_printf ("{\n  \"top\": 3,  \"image\": \"%s\"\n}", base64);
  body = build (draft);
  g_assert_cmpstr (body, ==, expected);
  g_assert_cmpuint (granary_call_part_measure (part), ==, strlen (base64) + 2);

  /* Other bytes under the same name and size: the former text still stands for the former ones. */
  former = g_strdup (granary_call_draft_get_text (draft));
  g_clear_pointer (&body, g_free);
  {
    g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (first, NULL), 12000);

    data[11999] ^= 1;
    second = g_bytes_new (data, 12000);
  }
  g_assert_true (granary_call_draft_put_image (draft, "photo.png", "/tmp/photo.png", second));
  g_assert_cmpstr (granary_call_draft_get_text (draft), !=, former);
  g_assert_true (granary_call_draft_get_image (draft)->bytes == second);
  copy = granary_call_draft_copy (draft);
  granary_call_draft_set_text (draft, former);
  g_assert_true (granary_call_draft_get_image (draft)->bytes == first);
  g_assert_true (granary_call_draft_get_image (copy)->bytes == second);
  body = build (draft);
  g_assert_cmpstr (body, ==, expected);

  /* The same one again is no other. */
  g_assert_true (granary_call_draft_put_image (draft, "photo.png", "/tmp/photo.png", first));
  g_assert_cmpstr (granary_call_draft_get_text (draft), ==, former);

  granary_call_draft_drop_image (draft);
  g_assert_null (granary_call_draft_get_image (draft));
  g_assert_cmpstr (granary_call_draft_get_text (draft), ==, "{\n  \"top\": 3,  \"image\": \"\"\n}");
}

static void
test_image_refused (void)
{
  g_autoptr (GranaryCallDraft) draft = granary_call_draft_new ("{\"image\": ");
  g_autoptr (GBytes) image = make_image (100);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) text = g_bytes_new_static ("BM is how this text begins, no image", 36);
  g_autoptr (GBytes) most = make_image (GRANARY_CALL_IMAGE_MAX);
  g_autoptr (GBytes) more = make_image (GRANARY_CALL_IMAGE_MAX + 1);

  g_assert_false (granary_call_draft_put_image (draft, "a.png", NULL, image));
  g_assert_cmpstr (granary_call_draft_get_text (draft), ==, "{\"image\": ");

  g_assert_cmpint (granary_call_image_check (image), ==, GRANARY_CALL_IMAGE_GOOD);
  g_assert_cmpint (granary_call_image_check (empty), ==, GRANARY_CALL_IMAGE_EMPTY);
  g_assert_cmpint (granary_call_image_check (text), ==, GRANARY_CALL_IMAGE_OTHER);
  g_assert_cmpint (granary_call_image_check (most), ==, GRANARY_CALL_IMAGE_GOOD);
  g_assert_cmpint (granary_call_image_check (more), ==, GRANARY_CALL_IMAGE_TOO_LARGE);
}

static void
test_image_names (void)
{
  static const char *const names[] = {
    "a\"b\\c.png", "line\nbreak.png", "\xff\xfe.png", "发票 “1”.png", "\\", "}, \"image\": {",
    "very long name very long name very long name very long name very long name.png",
    "right\xe2\x80\xaeto-left.png", "",
  };
  g_autoptr (GBytes) image = make_image (333);
  g_autofree char *base64 = g_base64_encode (g_bytes_get_data (image, NULL), 333);
  g_autofree char *expected = g_strdup_printf ("{\"image\": \"%s\"}", base64);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GranaryCallDraft) draft = granary_call_draft_new ("{\"image\": \"\"}");
      g_autofree char *body = NULL;

      g_assert_true (granary_call_draft_put_image (draft, names[i], names[i], image));
      g_assert_true (g_utf8_validate (granary_call_draft_get_text (draft), -1, NULL));
      g_assert_cmpint (granary_call_draft_check (draft, NULL), ==, GRANARY_CALL_GOOD);
      g_assert_nonnull (granary_call_draft_get_image (draft));
      g_assert_cmpuint (g_utf8_strlen (granary_call_draft_get_text (draft), -1), <, 100);
      body = build (draft);
      g_assert_cmpstr (body, ==, expected);
    }
}

/* A label is replaced only where it is a value: not as a key, not within another string. */
static void
test_places (void)
{
  static const gint64 dims[] = { 1, 2, 3 };
  g_autoptr (GranaryCallPart) zeros = granary_call_part_new_zeros ("float32", dims, 3);
  g_autoptr (GranaryCallDraft) draft = NULL;
  g_autofree char *text = NULL;
  g_autofree char *body = NULL;
  g_autofree char *expected = NULL;

  g_assert_cmpstr (zeros->label, ==, "<zeros float32 1 × 2 × 3>");
  text = g_strdup_printf ("{\"%s\" : \"%s\", \"b\": [\"%s\", \"x%s\"]}", zeros->label, zeros->label,
                          zeros->label, zeros->label);
  draft = granary_call_draft_new (text);
  granary_call_draft_add_part (draft, zeros);
  body = build (draft);
#define ZEROS "[[[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]"
  expected = g_strdup_printf ("{\"%s\" : " ZEROS ", \"b\": [" ZEROS ", \"x%s\"]}", zeros->label,
                              zeros->label);
  g_assert_cmpstr (body, ==, expected);
  g_assert_cmpuint (granary_call_part_measure (zeros), ==, strlen (ZEROS));
#undef ZEROS
}

static void
test_forgotten (void)
{
  g_autoptr (GranaryCallDraft) draft = granary_call_draft_new ("{}");
  g_autofree char *first = NULL;
  g_autofree char *eighth = NULL;

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GBytes) image = make_image (100 + i);
      g_autofree char *name = g_strdup_printf ("%u.png", i);

      g_assert_true (granary_call_draft_put_image (draft, name, NULL, image));
      if (i == 0)
        first = g_strdup (granary_call_draft_get_text (draft));
      if (i == 17)
        eighth = g_strdup (granary_call_draft_get_text (draft));
    }
  granary_call_draft_set_text (draft, first);
  g_assert_null (granary_call_draft_get_image (draft));
  granary_call_draft_set_text (draft, eighth);
  g_assert_nonnull (granary_call_draft_get_image (draft));
}

/* Templates. */

static GranaryVersion *
make_version (const char *inputs,
              gboolean    has_code)
{
  GranaryVersion *version = granary_version_new ();
  static const guint8 digest[GRANARY_SHA256_LENGTH];

  version->format = g_strdup ("ONNX");
  version->files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  g_ptr_array_add (version->files, granary_file_new ("model.onnx", 1, digest, 0, 0));
  if (has_code)
    g_ptr_array_add (version->files, granary_file_new ("model_service.py", 1, digest, 0, 0));
  if (inputs != NULL)
    version->inspection = g_strdup_printf ("{\"format\":\"ONNX\",\"inputs\":[%s]}", inputs);

  return version;
}

static void
assert_template (GranaryVersion *version,
                 const char     *config,
                 const char     *expected)
{
  guint n_left_out = 99;
  g_autoptr (GranaryCallDraft) draft = granary_call_template_new (version, config, &n_left_out);
  g_autofree char *body = NULL;

  g_assert_cmpint (granary_call_draft_check (draft, NULL), ==, GRANARY_CALL_GOOD);
  g_assert_cmpuint (strlen (granary_call_draft_get_text (draft)), <=, GRANARY_CALL_TEMPLATE_MAX);
  g_assert_cmpuint (n_left_out, ==, 0);
  body = build (draft);
  g_assert_cmpint (granary_json_check (body, -1, NULL), ==, GRANARY_JSON_OBJECT);
  if (expected != NULL)
    g_assert_cmpstr (granary_call_draft_get_text (draft), ==, expected);
}

#define IMAGE_TEMPLATE "{\n  \"image\": \"\"\n}"
#define DATA_TEMPLATE "{\n  \"data\": []\n}"

static void
test_template_inputs (void)
{
  g_autoptr (GranaryVersion) version = NULL;

  version = make_version ("{\"name\":\"x\",\"type\":\"float32\",\"shape\":\"N,4\"},"
                          "{\"name\":\"odd \\\"name\\\"\",\"type\":\"int64\",\"shape\":\"\"},"
                          "{\"name\":\"mask\",\"type\":\"bool\",\"shape\":\"?,2\"},"
                          "{\"name\":\"words\",\"type\":\"string\",\"shape\":\"1\"},"
                          "{\"name\":\"unknown\"}", FALSE);
  assert_template (version, NULL,
                   "{\n  \"x\": [[0.0, 0.0, 0.0, 0.0]],\n  \"odd \\\"name\\\"\": 0,\n"
                   "  \"mask\": [[false, false]],\n  \"words\": [\"\"],\n  \"unknown\": 0\n}");
}

static void
test_template_large (void)
{
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GranaryVersion) monster = NULL;
  guint n_left_out;
  g_autoptr (GranaryCallDraft) draft = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GBytes) image = NULL;
  g_autofree char *body = NULL;
  JsonArray *rows;

  version = make_version ("{\"name\":\"x\",\"type\":\"float32\",\"shape\":\"N,3,224,224\"}", FALSE);
  assert_template (version, NULL, "{\n  \"x\": \"<zeros float32 1 × 3 × 224 × 224>\"\n}");
  draft = granary_call_template_new (version, NULL, &n_left_out);
  body = build (draft);
  node = granary_json_parse (body, -1, "body", NULL);
  g_assert_nonnull (node);
  rows = json_array_get_array_element (granary_json_get_array (node, "x"), 0);
  g_assert_cmpuint (json_array_get_length (rows), ==, 3);
  rows = json_array_get_array_element (json_array_get_array_element (rows, 2), 223);
  g_assert_cmpuint (json_array_get_length (rows), ==, 224);

  /* An image is given in place of them, but only if nothing else was written. */
  image = make_image (100);
  granary_call_draft_set_text (draft, "{\"x\": \"<zeros float32 1 × 3 × 224 × 224>\", \"k\": 1}");
  g_assert_true (granary_call_draft_put_image (draft, "a.png", NULL, image));
  g_assert_nonnull (strstr (granary_call_draft_get_text (draft), "\"k\": 1"));
  granary_call_draft_set_text (draft, "{\"x\": \"<zeros float32 1 × 3 × 224 × 224>\"}");
  g_assert_true (granary_call_draft_put_image (draft, "a.png", NULL, image));
  g_assert_null (strstr (granary_call_draft_get_text (draft), "zeros"));
  g_assert_nonnull (granary_call_draft_get_image (draft));

  /* What nobody could send, what does not fit a number, what has no end. */
  monster = make_version ("{\"name\":\"x\",\"type\":\"float32\",\"shape\":\"99999,99999,99999\"},"
                          "{\"name\":\"y\",\"type\":\"float32\","
                          "\"shape\":\"99999999999999999999999\"},"
                          "{\"name\":\"z\",\"type\":\"float32\","
                          "\"shape\":\"0,9223372036854775807\"},"
                          "{\"name\":\"w\",\"type\":\"float32\",\"shape\":\"-1,2\"}", FALSE);
  assert_template (monster, NULL,
                   "{\n  \"x\": [],\n  \"y\": [0.0],\n  \"z\": [],\n  \"w\": [[0.0, 0.0]]\n}");
}

static void
test_template_many (void)
{
  g_autoptr (GString) inputs = g_string_new (NULL);
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GranaryCallDraft) draft = NULL;
  guint n_left_out = 0;

  for (guint i = 0; i < 400; i++)
    g_string_append_printf (inputs,
                            "%s{\"name\":\"input-%03u\",\"type\":\"float32\",\"shape\":\"%u\"}",
                            i > 0 ? "," : "", i, 1 + i);
  version = make_version (inputs->str, FALSE);
  draft = granary_call_template_new (version, NULL, &n_left_out);
  g_assert_cmpuint (n_left_out, >, 0);
  g_assert_cmpuint (n_left_out, <, 400);
  g_assert_cmpuint (strlen (granary_call_draft_get_text (draft)), <=, GRANARY_CALL_TEMPLATE_MAX);
  g_assert_cmpint (granary_call_draft_check (draft, NULL), ==, GRANARY_CALL_GOOD);
}

static void
test_template_code (void)
{
  g_autoptr (GranaryVersion) picture = NULL;
  g_autoptr (GranaryVersion) named = NULL;
  g_autoptr (GranaryVersion) rows = NULL;
  g_autoptr (GranaryVersion) unknown = NULL;
  g_autoptr (GranaryVersion) ocr = NULL;
  g_autoptr (GranaryVersion) broken = NULL;

  picture = make_version ("{\"name\":\"x\",\"type\":\"float32\",\"shape\":\"N,3,H,W\"}", TRUE);
  assert_template (picture, NULL, IMAGE_TEMPLATE);
  named = make_version ("{\"name\":\"input_image\",\"type\":\"float32\",\"shape\":\"N,64\"}", TRUE);
  assert_template (named, NULL, IMAGE_TEMPLATE);
  rows = make_version ("{\"name\":\"x\",\"type\":\"float32\",\"shape\":\"N,2\"}", TRUE);
  assert_template (rows, NULL, "{\n  \"x\": [[0.0, 0.0]]\n}");
  unknown = make_version (NULL, TRUE);
  assert_template (unknown, NULL, DATA_TEMPLATE);
  assert_template (NULL, NULL, DATA_TEMPLATE);
  ocr = make_version (NULL, TRUE);
  ocr->source = GRANARY_SOURCE_AUTOML;
  ocr->remote = g_strdup ("{\"scene\": \"invoice\"}");
  assert_template (ocr, NULL, IMAGE_TEMPLATE);
  broken = make_version (NULL, TRUE);
  broken->inspection = g_strdup ("[7");
  broken->remote = g_strdup ("nothing");
  assert_template (broken, NULL, DATA_TEMPLATE);
}

static void
test_template_example (void)
{
  g_autoptr (GranaryVersion) version = make_version (NULL, TRUE);
  g_autoptr (GString) large = g_string_new ("{\"example\": {\"x\": [");

  assert_template (version, "{\"width\": 8, \"example\": {\"image\":[[1.50,2],[3,4]], \"top\":3}}",
                   "{\n  \"image\": [[1.50, 2], [3, 4]],\n  \"top\": 3\n}");
  assert_template (version, "{\"example\": {}}", "{}");
  assert_template (version, "{\"example\": [1]}", DATA_TEMPLATE);
  assert_template (version, "{\"example\": \"{}\"", DATA_TEMPLATE);
  assert_template (version, "\xff", DATA_TEMPLATE);

  for (guint i = 0; i < 4000; i++)
    g_string_append (large, "0, ");
  g_string_append (large, "0]}}");
  assert_template (version, large->str, DATA_TEMPLATE);
}

/* Programs. */

/* Runs @program, and returns what it prints. */
static char *
run (const char *interpreter,
     const char *program)
{
  const char *arguments[] = { interpreter, "-c", program, NULL };
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  int status;

  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);

  return output;
}

/* A curl that prints its arguments, and what it would send. */
#define CURL \
  "curl () {\n" \
  "  for word; do case $word in @-) cat; echo;; *) printf '%s\\n' \"$word\";; esac; done\n" \
  "}\n"

/* A network that prints what is sent. */
#define NETWORK \
  "import urllib.request, io, json\n" \
  "def show(request):\n" \
  "    print(request.full_url)\n" \
  "    for item in sorted(request.header_items()):\n" \
  "        print('%s: %s' % item)\n" \
  "    print(request.data.decode())\n" \
  "    return io.BytesIO(b'{}')\n" \
  "urllib.request.urlopen = show\n"

static char *
run_code (GranaryCallCode             kind,
          const GranaryCallDraft     *draft,
          const GranaryServiceAccess *access,
          const char                 *token_file,
          gboolean                    with_token)
{
  g_autofree char *code = granary_call_code (kind, draft, access, token_file, with_token);
  g_autofree char *program = g_strconcat (kind == GRANARY_CALL_CURL ? CURL : NETWORK, code, NULL);

  g_assert_true (g_utf8_validate (code, -1, NULL));
  if (!with_token && access->value != NULL)
    g_assert_null (strstr (code, "s3cret"));

  return run (kind == GRANARY_CALL_CURL ? "sh" : "python3", program);
}

static void
assert_sends (GranaryCallCode             kind,
              const GranaryCallDraft     *draft,
              const GranaryServiceAccess *access,
              const char                 *token_file,
              gboolean                    with_token,
              const char                 *token)
{
  g_autofree char *output = run_code (kind, draft, access, token_file, with_token);
  g_autofree char *body = build (draft);
  g_autoptr (JsonNode) expected = granary_json_parse (body, -1, "body", NULL);
  g_autoptr (JsonNode) sent = NULL;
  g_autofree char *header = g_strdup_printf ("Authorization: Bearer %s\n", token);
  const char *start = strstr (output, "\n{");

  g_assert_nonnull (strstr (output, access->url));
  g_assert_nonnull (strstr (output, header));
  g_assert_nonnull (start);
  if (kind == GRANARY_CALL_PYTHON)
    *(char *) strchr (start + 1, '\n') = '\0';
  sent = granary_json_parse (start + 1, -1, "sent", NULL);
  g_assert_nonnull (sent);
  g_assert_true (json_node_equal (sent, expected));
}

static const char *const hostile_texts[] = {
  "{}",
  "{\n  \"a\": [1, -2.5e3, true, false, null],\n  \"b\": {\"c\": []}\n}",
  "{\"quote's\": \"it's \\\"so\\\" $(id) `id` \\\\ %s %% \\n\"}",
  "{\"@file\": \"\\/ \\u4e2d\\ud83d\\ude00 中😀 \\u0001 \\u2028 !!\"}",
  "{\"''' \\\"\\\"\\\"\": \"#{x} {y} \\\\N{DASH} \\\\u0041 \\\\\"}",
  "{\"long\": 123456789012345678, \"image\": \"<not an image, 12 kB>\"}",
};

static void
test_code_texts (void)
{
  g_autoptr (GranaryServiceAccess) access =
    granary_service_access_new ("http://127.0.0.1:8080/a'b?c=$d&e=[1]{2}", "Authorization",
                                "Bearer s3cret'\"$");

  for (guint i = 0; i < G_N_ELEMENTS (hostile_texts); i++)
    {
      g_autoptr (GranaryCallDraft) draft = granary_call_draft_new (hostile_texts[i]);

      for (guint kind = GRANARY_CALL_CURL; kind <= GRANARY_CALL_PYTHON; kind++)
        {
          assert_sends (kind, draft, access, NULL, FALSE, "YOUR_TOKEN");
          assert_sends (kind, draft, access, NULL, TRUE, "s3cret'\"$");
        }
    }
}

static void
test_code_token_file (void)
{
  static const char *const names[] = { "plain", "it's \"a\" $(folder)", "bro\xffken", "two\nlines",
                                       "bell\x07\n" };
  g_autofree char *folder = g_dir_make_tmp ("granary-code-XXXXXX", NULL);
  g_autoptr (GranaryCallDraft) draft = granary_call_draft_new ("{\"a\": 1}");
  g_autoptr (GranaryServiceAccess) access =
    granary_service_access_new ("http://127.0.0.1:1/", "Authorization", "Bearer s3cret");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      g_assert_true (g_file_set_contents (path, "from-the-file\n", -1, NULL));
      assert_sends (GRANARY_CALL_CURL, draft, access, path, FALSE, "from-the-file");
      assert_sends (GRANARY_CALL_PYTHON, draft, access, path, FALSE, "from-the-file");
      assert_sends (GRANARY_CALL_CURL, draft, access, path, TRUE, "s3cret");
      assert_sends (GRANARY_CALL_PYTHON, draft, access, path, TRUE, "s3cret");
      g_remove (path);
    }
  g_rmdir (folder);
}

static void
test_code_image (void)
{
  static const char *const names[] = { "photo.png", "it's \"a\" $(photo).png", "-n",
                                       "bro\xffken.png", "发票.png" };
  g_autofree char *folder = g_dir_make_tmp ("granary-code-XXXXXX", NULL);
  g_autoptr (GBytes) image = make_image (200000);
  g_autoptr (GranaryServiceAccess) access =
    granary_service_access_new ("http://127.0.0.1:1/", "Authorization", "Bearer s3cret");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GranaryCallDraft) draft = granary_call_draft_new ("{\"top\": 3}");
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autofree char *code = NULL;

      g_assert_true (g_file_set_contents (path, g_bytes_get_data (image, NULL), 200000, NULL));
      g_assert_true (granary_call_draft_put_image (draft, names[i], path, image));
      code = granary_call_code (GRANARY_CALL_CURL, draft, access, NULL, FALSE);
      g_assert_cmpuint (strlen (code), <, 1000);
      assert_sends (GRANARY_CALL_CURL, draft, access, NULL, FALSE, "YOUR_TOKEN");
      assert_sends (GRANARY_CALL_PYTHON, draft, access, NULL, FALSE, "YOUR_TOKEN");
      g_remove (path);
    }
  g_rmdir (folder);
}

/* One that was pasted: a small one stands in the program, a large one has to be saved first. */
static void
test_code_pasted (void)
{
  g_autoptr (GBytes) small = make_image (300);
  g_autoptr (GBytes) large = make_image (300000);
  g_autoptr (GranaryServiceAccess) access =
    granary_service_access_new ("http://127.0.0.1:1/", "Authorization", "Bearer s3cret");
  g_autoptr (GranaryCallDraft) draft = granary_call_draft_new ("{}");

  g_assert_true (granary_call_draft_put_image (draft, "Pasted", NULL, small));
  assert_sends (GRANARY_CALL_CURL, draft, access, NULL, FALSE, "YOUR_TOKEN");
  assert_sends (GRANARY_CALL_PYTHON, draft, access, NULL, FALSE, "YOUR_TOKEN");

  g_assert_true (granary_call_draft_put_image (draft, "Pasted", NULL, large));
  for (guint kind = GRANARY_CALL_CURL; kind <= GRANARY_CALL_PYTHON; kind++)
    {
      g_autofree char *code = granary_call_code (kind, draft, access, NULL, FALSE);

      g_assert_nonnull (strstr (code, "# Save the image as image.png first.\n"));
      g_assert_cmpuint (strlen (code), <, 1000);
    }
}

static void
test_code_zeros (void)
{
  static const gint64 dims[] = { 2, 3 };
  static const char *const types[] = { "float32", "int64", "bool", "string", NULL };
  g_autoptr (GranaryServiceAccess) access =
    granary_service_access_new ("http://127.0.0.1:1/", "Authorization", "Bearer s3cret");

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GranaryCallPart) part = granary_call_part_new_zeros (types[i], dims, 2);
      g_autoptr (GranaryCallPart) single = granary_call_part_new_zeros (types[i], NULL, 0);
      g_autofree char *text = g_strdup_printf ("{\"x\": \"%s\", \"y\": [\"%s\"]}", part->label,
                                               single->label);
      g_autoptr (GranaryCallDraft) draft = granary_call_draft_new (text);

      granary_call_draft_add_part (draft, part);
      granary_call_draft_add_part (draft, single);
      assert_sends (GRANARY_CALL_CURL, draft, access, NULL, FALSE, "YOUR_TOKEN");
      assert_sends (GRANARY_CALL_PYTHON, draft, access, NULL, FALSE, "YOUR_TOKEN");
    }
}

/* What a terminal would take for keys when it is pasted there. */
static void
test_code_keys (void)
{
  g_autoptr (GranaryCallDraft) draft =
    granary_call_draft_new ("{\r\n\t\"a\177\177\": \"\177\177\177\302\233x\\t\\\\\",\t"
                            "\"视\": [1,\t2]\r\n}");
  g_autoptr (GranaryServiceAccess) access =
    granary_service_access_new ("http://127.0.0.1:1/", "Authorization", "Bearer s3cret");

  for (guint kind = GRANARY_CALL_CURL; kind <= GRANARY_CALL_PYTHON; kind++)
    {
      g_autofree char *code = granary_call_code (kind, draft, access, NULL, FALSE);

      for (const char *at = code; *at != '\0'; at = g_utf8_next_char (at))
        g_assert_true (*at == '\n' || !g_unichar_iscntrl (g_utf8_get_char (at)));
      assert_sends (kind, draft, access, NULL, FALSE, "YOUR_TOKEN");
    }
}

/* No token is wanted, as for a service that anyone may call. */
static void
test_code_open (void)
{
  g_autoptr (GranaryServiceAccess) access =
    granary_service_access_new ("http://127.0.0.1:1/x", NULL, NULL);
  g_autoptr (GranaryCallDraft) draft = granary_call_draft_new ("{}");
  g_autofree char *shell = run_code (GRANARY_CALL_CURL, draft, access, "/nowhere", FALSE);
  g_autofree char *python = run_code (GRANARY_CALL_PYTHON, draft, access, "/nowhere", FALSE);

  g_assert_cmpstr (shell, ==, "http://127.0.0.1:1/x\n-H\nContent-Type: application/json\n"
                              "--data-binary\n{}\n");
  g_assert_cmpstr (python, ==, "http://127.0.0.1:1/x\nContent-type: application/json\n{}\n{}\n");
}

/* Answers. */

static GranaryCallAnswer *
read_answer (const char *text,
             gssize      length)
{
  g_autoptr (GBytes) body = g_bytes_new (text, length < 0 ? strlen (text) : (gsize) length);

  return granary_call_answer_new (body);
}

static void
test_answer_layout (void)
{
  g_autoptr (GranaryCallAnswer) answer = NULL;
  g_autoptr (GranaryCallAnswer) words = NULL;

  answer = read_answer ("{\"results\":[{\"digit\":\"3\",\"probability\":0.9980,"
                        "\"box\":[[1,2],[3,4]]},{\"digit\":\"8\",\"probability\":1e-3,\"box\":[]}],"
                        "\"n\":12345678901234567890,\"none\":{}}", -1);
  g_assert_true (answer->is_json);
  g_assert_false (answer->is_shortened);
  g_assert_cmpstr (answer->text, ==,
                   "{\n"
                   "  \"results\": [\n"
                   "    {\n"
                   "      \"digit\": \"3\",\n"
                   "      \"probability\": 0.9980,\n"
                   "      \"box\": [[1, 2], [3, 4]]\n"
                   "    },\n"
                   "    {\"digit\": \"8\", \"probability\": 1e-3, \"box\": []}\n"
                   "  ],\n"
                   "  \"n\": 12345678901234567890,\n"
                   "  \"none\": {}\n"
                   "}");
  g_assert_null (answer->image);
  g_assert_null (answer->message);

  words = read_answer ("{\"data\":[1000001,1000002,1000003,1000004,1000005,1000006,1000007,1000008,"
                       "1000009,1000010,1000011]}", -1);
  g_assert_cmpstr (words->text, ==,
                   "{\n"
                   "  \"data\": [\n"
                   "    1000001, 1000002, 1000003, 1000004, 1000005, 1000006,\n"
                   "    1000007, 1000008, 1000009, 1000010, 1000011\n"
                   "  ]\n"
                   "}");
}

static void
test_answer_hostile (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GString) wide = g_string_new ("{\"a\": [");
  g_autoptr (GString) string = g_string_new ("{\"a\": \"");
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GranaryCallAnswer) nothing = read_answer ("", 0);
  g_autoptr (GranaryCallAnswer) binary = read_answer ("\x00\xff\x01", 3);
  g_autoptr (GranaryCallAnswer) nested = NULL;
  g_autoptr (GranaryCallAnswer) many = NULL;
  g_autoptr (GranaryCallAnswer) longest = NULL;
  g_autoptr (GranaryCallAnswer) plain = NULL;

  g_assert_cmpstr (nothing->text, ==, "");
  g_assert_null (binary->text);

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  nested = read_answer (deep->str, -1);
  g_assert_false (nested->is_json);
  g_assert_cmpuint (strlen (nested->text), ==, 100000);

  for (guint i = 0; i < 200000; i++)
    g_string_append_printf (wide, "{\"i\": %u}, ", i);
  g_string_append (wide, "0]}");
  many = read_answer (wide->str, -1);
  g_assert_true (many->is_json);
  g_assert_true (many->is_shortened);
  g_assert_cmpuint (strlen (many->text), <, GRANARY_CALL_TEXT_MAX + 4096);
  g_assert_true (g_utf8_validate (many->text, -1, NULL));

  for (guint i = 0; i < 100000; i++)
    g_string_append (string, "中\\n");
  g_string_append (string, "\"}");
  longest = read_answer (string->str, -1);
  g_assert_true (longest->is_shortened);
  g_assert_cmpuint (strlen (longest->text), <, 400);
  g_assert_true (g_utf8_validate (longest->text, -1, NULL));
  g_assert_cmpint (granary_json_check (longest->text, -1, NULL), ==, GRANARY_JSON_OBJECT);

  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "中文 ");
  plain = read_answer (text->str, -1);
  g_assert_false (plain->is_json);
  g_assert_true (plain->is_shortened);
  g_assert_cmpuint (strlen (plain->text), <=, GRANARY_CALL_TEXT_MAX);
  g_assert_true (g_utf8_validate (plain->text, -1, NULL));
}

static void
test_answer_message (void)
{
  g_autoptr (GranaryCallAnswer) error = NULL;
  g_autoptr (GranaryCallAnswer) longest = NULL;
  g_autofree char *text = NULL;
  g_autofree char *many = g_strnfill (2000, 'x');

  error = read_answer ("{\"error\": \"ValueError: an image is 8 rows of 8 numbers\"}", -1);
  g_assert_cmpstr (error->message, ==, "ValueError: an image is 8 rows of 8 numbers");
  text = g_strdup_printf ("{\"error\": \"%s\"}", many);
  longest = read_answer (text, -1);
  g_assert_cmpuint (strlen (longest->message), <, 520);
}

static void
test_answer_image (void)
{
  g_autoptr (GBytes) image = make_image (5000);
  g_autofree char *base64 = g_base64_encode (g_bytes_get_data (image, NULL), 5000);
  g_autoptr (GString) escaped = g_string_new (base64);
  char *texts[] = {
    g_strdup_printf ("{\"image\": \"%s\"}", base64),
    g_strdup_printf ("{\"n\": [1, {\"image\": \"no\"}], \"picture\": \"data:image/png;base64,%s\"}",
                     base64),
    NULL,
  };
  g_autofree char *nested = g_strdup_printf ("{\"a\": {\"image\": \"%s\"}}", base64);
  g_autoptr (GranaryCallAnswer) inner = read_answer (nested, -1);
  g_autoptr (GranaryCallAnswer) other = NULL;
  g_autoptr (GranaryCallAnswer) whole = NULL;

  g_string_replace (escaped, "/", "\\/", 0);
  texts[2] = g_strdup_printf ("{\"other\": \"%s\", \"image\": \"%s\"}", base64, escaped->str);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GranaryCallAnswer) answer = read_answer (texts[i], -1);

      g_assert_true (answer->is_json);
      g_assert_nonnull (answer->image);
      g_assert_true (g_bytes_equal (answer->image, image));
      /* The text says that there is one, not what is in it. */
      g_assert_true (answer->is_shortened);
      g_assert_cmpuint (strlen (answer->text), <, 900);
      g_free (texts[i]);
    }

  g_assert_null (inner->image);
  other = read_answer ("{\"image\": \"aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29y"
                       "bGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=\"}", -1);
  g_assert_null (other->image);
  whole = granary_call_answer_new (image);
  g_assert_null (whole->text);
  g_assert_true (g_bytes_equal (whole->image, image));
}

/* Comparison. */

static void
assert_compare (const char *left,
                const char *right,
                const char *expected)
{
  g_autoptr (GArray) lefts = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) rights = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GString) found = g_string_new (NULL);
  guint n = granary_call_compare (left, right, lefts, rights);

  for (guint i = 0; i < lefts->len; i++)
    g_string_append_printf (found, "-%u", g_array_index (lefts, guint, i));
  for (guint i = 0; i < rights->len; i++)
    g_string_append_printf (found, "+%u", g_array_index (rights, guint, i));
  g_assert_cmpstr (found->str, ==, expected);
  g_assert_cmpuint (n, ==, MAX (lefts->len, rights->len));
}

static void
test_compare (void)
{
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GString) others = g_string_new (NULL);
  g_autoptr (GArray) lefts = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) rights = g_array_new (FALSE, FALSE, sizeof (guint));

  assert_compare ("", "", "");
  assert_compare ("a\nb\nc", "a\nb\nc", "");
  assert_compare ("a\nb\nc", "a\nx\nc", "-1+1");
  assert_compare ("a\nb\nc", "a\nc", "-1");
  assert_compare ("a\nc", "a\nb\nb\nc", "+1+2");
  assert_compare ("[\n1,\n2\n]", "[\n1,\n2,\n3\n]", "+3");
  assert_compare ("x\na\nb\ny", "a\nz\nb", "-0-3+1");
  assert_compare ("a", "", "-0");

  for (guint i = 0; i < 5000; i++)
    {
      g_string_append_printf (many, "%u\n", i);
      g_string_append_printf (others, "%u\n", i + 1);
    }
  g_assert_cmpuint (granary_call_compare (many->str, others->str, lefts, rights), ==, 5000);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/call-draft/check", test_check);
  g_test_add_func ("/call-draft/image", test_image);
  g_test_add_func ("/call-draft/image-refused", test_image_refused);
  g_test_add_func ("/call-draft/image-names", test_image_names);
  g_test_add_func ("/call-draft/places", test_places);
  g_test_add_func ("/call-draft/forgotten", test_forgotten);
  g_test_add_func ("/call-draft/template/inputs", test_template_inputs);
  g_test_add_func ("/call-draft/template/large", test_template_large);
  g_test_add_func ("/call-draft/template/many", test_template_many);
  g_test_add_func ("/call-draft/template/code", test_template_code);
  g_test_add_func ("/call-draft/template/example", test_template_example);
  g_test_add_func ("/call-draft/code/texts", test_code_texts);
  g_test_add_func ("/call-draft/code/token-file", test_code_token_file);
  g_test_add_func ("/call-draft/code/image", test_code_image);
  g_test_add_func ("/call-draft/code/pasted", test_code_pasted);
  g_test_add_func ("/call-draft/code/zeros", test_code_zeros);
  g_test_add_func ("/call-draft/code/keys", test_code_keys);
  g_test_add_func ("/call-draft/code/open", test_code_open);
  g_test_add_func ("/call-draft/answer/layout", test_answer_layout);
  g_test_add_func ("/call-draft/answer/hostile", test_answer_hostile);
  g_test_add_func ("/call-draft/answer/message", test_answer_message);
  g_test_add_func ("/call-draft/answer/image", test_answer_image);
  g_test_add_func ("/call-draft/compare", test_compare);

  return g_test_run ();
}
