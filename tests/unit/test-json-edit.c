/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json-edit.h"
#include "granary-json.h"

#define N_DOCUMENTS 5000

typedef struct
{
  const char *value;
  const char *written;
} Value;

static const Value values[] = {
  { "", "\"\"" },
  { "invoice_no", "\"invoice_no\"" },
  { "发票号码", "\"发票号码\"" },
  { "a \"quoted\" \\ path/", "\"a \\\"quoted\\\" \\\\ path/\"" },
  { "line\nfeed\ttab\r\b\f", "\"line\\nfeed\\ttab\\r\\b\\f\"" },
  { "\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\"" },
  { "😀\xe2\x80\xa8", "\"😀\xe2\x80\xa8\"" },
  { "}, \"key\": {", "\"}, \\\"key\\\": {\"" },
};

/* White space, and what of it comes behind a new member. */
typedef struct
{
  const char *text;
  const char *repeated;
} Space;

static const Space spaces[] = {
  { "", " " }, { "", " " }, { "", " " }, { " ", " " }, { "\t", " " }, { "   ", " " },
  { "\n", "\n" }, { "\r\n", "\r\n" }, { "\n    ", "\n    " }, { " \r ", "\r " },
  { "\r\n\r\n  ", "\r\n  " }, { "\n \n", "\n" },
};

/* A document in the making, and where in it the value is that is to be replaced. */
typedef struct
{
  GRand       *random;
  GString     *text;
  gsize        content;
  const Space *space;
  gsize        value;
  gsize        value_end;
  guint        members;
} Document;

static const char *
pick (Document           *self,
      const char * const *from,
      gsize               n)
{
  return from[g_rand_int_range (self->random, 0, (gint32) n)];
}

static const Space *
add_space (Document *self)
{
  const Space *space = &spaces[g_rand_int_range (self->random, 0, G_N_ELEMENTS (spaces))];

  g_string_append (self->text, space->text);
  return space;
}

static void add_value (Document *self,
                       guint     depth);

static void
add_members (Document *self,
             guint     depth)
{
  static const char * const names[] = {
    "\"key\"", "\"k\\u0065y\"", "\"\\u006bey\"", "\"Key\"", "\"key \"", "\"ke\"", "\"\"",
    "\"key\\u0000\"", "\"键\"", "\"\\ud83d\\ude00\"", "\"a\\\"b\\\\\"", "\"model\"",
  };
  guint n = (guint) g_rand_int_range (self->random, 0, 6);
  const Space *space;

  g_string_append_c (self->text, '{');
  space = add_space (self);
  if (depth == 0)
    {
      self->content = self->text->len;
      self->members = n;
      self->space = space;
    }
  for (guint i = 0; i < n; i++)
    {
      const char *name = pick (self, names, G_N_ELEMENTS (names));
      gsize start;

      if (i > 0)
        {
          g_string_append_c (self->text, ',');
          add_space (self);
        }
      g_string_append (self->text, name);
      add_space (self);
      g_string_append_c (self->text, ':');
      add_space (self);
      start = self->text->len;
      add_value (self, depth + 1);
      if (depth == 0 && (name == names[0] || name == names[1] || name == names[2]))
        {
          self->value = start;
          self->value_end = self->text->len;
        }
      add_space (self);
    }
  g_string_append_c (self->text, '}');
}

static void
add_value (Document *self,
           guint     depth)
{
  static const char * const scalars[] = {
    "null", "true", "false", "0", "-0.0", "1e400", "1.50", "123456789012345678901234567890",
    "-12.5E-3", "\"\"", "\"text\"", "\"\\u4e2d\\/\\n\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"",
    "\"}\"", "\"\\\"key\\\": 1\"", "\"键\"",
  };
  int kind = g_rand_int_range (self->random, 0, depth > 5 ? 6 : 9);

  if (kind < 6)
    g_string_append (self->text, pick (self, scalars, G_N_ELEMENTS (scalars)));
  else if (kind < 8)
    add_members (self, depth);
  else
    {
      guint n = (guint) g_rand_int_range (self->random, 0, 4);

      g_string_append_c (self->text, '[');
      for (guint i = 0; i < n; i++)
        {
          if (i > 0)
            g_string_append_c (self->text, ',');
          add_space (self);
          add_value (self, depth + 1);
          add_space (self);
        }
      g_string_append_c (self->text, ']');
    }
}

static void
generate (Document *self)
{
  g_string_truncate (self->text, 0);
  self->value = self->value_end = 0;
  if (g_rand_int_range (self->random, 0, 8) == 0)
    g_string_append (self->text, "\xef\xbb\xbf");
  add_space (self);
  add_members (self, 0);
  add_space (self);
}

/* What the result has to be, put together from where the generator wrote what. */
static char *
expect_text (const Document *self,
             const char     *written)
{
  const char *text = self->text->str;

  if (self->value_end > 0)
    return g_strdup_printf ("%.*s%s%s", (int) self->value, text, written, text + self->value_end);

  return g_strdup_printf ("%.*s\"key\": %s%s%s%s", (int) self->content, text, written,
                          self->members > 0 ? "," : "",
                          self->members > 0 || *self->space->text != '\0'
                          ? self->space->repeated : "",
                          text + self->content);
}

static const char *
skip_mark (const char *text)
{
  return g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text;
}

/* The members but the edited one are equal for a reader that had no part in the edit. */
static void
assert_same_document (const char *before,
                      const char *after,
                      const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) old = granary_json_parse (skip_mark (before), -1, "before", &error);
  g_autoptr (JsonNode) new = NULL;

  g_assert_no_error (error);
  new = granary_json_parse (skip_mark (after), -1, "after", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (new), "key"), ==, value);

  json_object_remove_member (json_node_get_object (old), "key");
  json_object_remove_member (json_node_get_object (new), "key");
  g_assert_true (json_node_equal (old, new));
}

static void
test_property (void)
{
  Document document = { .random = g_rand_new_with_seed (20240229), .text = g_string_new (NULL) };
  guint replaced = 0;

  for (guint i = 0; i < N_DOCUMENTS; i++)
    {
      const Value *value = &values[i % G_N_ELEMENTS (values)];
      g_autoptr (GError) error = NULL;
      g_autofree char *expected = NULL;
      g_autofree char *after = NULL;
      g_autofree char *found = NULL;
      g_autofree char *again = NULL;

      generate (&document);
      replaced += document.value_end > 0;
      expected = expect_text (&document, value->written);
      after = granary_json_edit_set (document.text->str, (gssize) document.text->len, "key",
                                     value->value, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (after, ==, expected);

      found = granary_json_edit_get (after, -1, "key", &error);
      g_assert_no_error (error);
      g_assert_cmpstr (found, ==, value->value);
      /* json-glib ends a name at a NUL: it takes `key\u0000` for `key`. */
      if (strstr (document.text->str, "\\u0000") == NULL)
        assert_same_document (document.text->str, after, value->value);

      /* The second time nothing is left to change. */
      again = granary_json_edit_set (after, -1, "key", value->value, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (again, ==, after);
    }
  /* Both ways were gone often. */
  g_assert_cmpuint (replaced, >, N_DOCUMENTS / 5);
  g_assert_cmpuint (replaced, <, N_DOCUMENTS * 4 / 5);

  g_rand_free (document.random);
  g_string_free (document.text, TRUE);
}

static void
assert_set (const char *before,
            const char *value,
            const char *after)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = granary_json_edit_set (before, -1, "key", value, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, after);
}

static void
assert_get (const char *text,
            const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *found = granary_json_edit_get (text, -1, "key", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, value);
}

static void
test_set (void)
{
  assert_set ("{}", "x", "{\"key\": \"x\"}");
  assert_set ("{ }\n", "x", "{ \"key\": \"x\" }\n");
  assert_set ("{\"a\":1}", "x", "{\"key\": \"x\", \"a\":1}");
  assert_set ("{   \"a\":1}", "x", "{   \"key\": \"x\", \"a\":1}");
  assert_set ("{\n\n\t\"a\": 1}", "x", "{\n\n\t\"key\": \"x\",\n\t\"a\": 1}");
  assert_set ("{\r\n}", "x", "{\r\n\"key\": \"x\"\r\n}");
  assert_set ("{\r\n  \"a\": 1\r\n}\r\n", "x",
              "{\r\n  \"key\": \"x\",\r\n  \"a\": 1\r\n}\r\n");
  assert_set ("{\"key\":[1,{\"key\":2}]}", "x", "{\"key\":\"x\"}");
  assert_set ("{\"key\": 1, \"b\": {\"key\": 2}, \"key\" :\t3 }", "x",
              "{\"key\": 1, \"b\": {\"key\": 2}, \"key\" :\t\"x\" }");
  assert_set ("{\"k\\u0065y\":null}", "x", "{\"k\\u0065y\":\"x\"}");
  assert_set ("{\"key\":\"\\u0000\"}", "x", "{\"key\":\"x\"}");
}

static void
test_get (void)
{
  g_autoptr (GError) error = NULL;

  assert_get ("{}", NULL);
  assert_get ("{\"Key\": 1, \"a\": {\"key\": 2}}", NULL);
  assert_get ("{\"key\\u0000\": 1}", NULL);
  assert_get ("{\"key\": \"\"}", "");
  assert_get ("{\"key\": \"\\u4e2d\\ud83d\\ude00\\n\"}", "中😀\n");
  assert_get ("{\"key\": 1.50 }", "1.50");
  assert_get ("{\"key\": [ 1, {} ] }", "[ 1, {} ]");
  assert_get ("{\"key\": 1, \"key\": \"two\"}", "two");
  assert_get ("{\"key\": \"one\", \"key\": 2}", "2");

  g_assert_null (granary_json_edit_get ("{\"key\": \"a\\u0000b\"}", -1, "key", &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_JSON_SYNTAX));
}

static void
assert_refused (const char    *text,
                gssize         length,
                GranaryReason  reason,
                int            line)
{
  g_autoptr (GError) get_error = NULL;
  g_autoptr (GError) set_error = NULL;

  g_assert_null (granary_json_edit_get (text, length, "key", &get_error));
  g_assert_error (get_error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
  g_assert_cmpint (granary_error_get_reason (get_error), ==, reason);
  g_assert_cmpint (granary_error_get_line (get_error), ==, line);
  g_assert_null (granary_json_edit_set (text, length, "key", "x", &set_error));
  g_assert_cmpint (granary_error_get_reason (set_error), ==, reason);
}

static void
test_refused (void)
{
  static const struct
  {
    const char    *text;
    GranaryReason  reason;
    int            line;
  } bad[] = {
    { "", GRANARY_REASON_JSON_SYNTAX, 1 },
    { "\xef\xbb\xbf", GRANARY_REASON_JSON_SYNTAX, 1 },
    { "[{\"key\": 1}]", GRANARY_REASON_JSON_NOT_OBJECT, 0 },
    { "\"key\"", GRANARY_REASON_JSON_NOT_OBJECT, 0 },
    { "{\n// why\n\"key\": 1}", GRANARY_REASON_JSON_SYNTAX, 2 },
    { "{\"key\": 1}{", GRANARY_REASON_JSON_SYNTAX, 1 },
    { "{\"key\": 1", GRANARY_REASON_JSON_SYNTAX, 1 },
    { "{\"key\":", GRANARY_REASON_JSON_SYNTAX, 1 },
    { "{\"key\": \"", GRANARY_REASON_JSON_SYNTAX, 1 },
    { "{\"key\": \"\\ud800\"}", GRANARY_REASON_JSON_SYNTAX, 1 },
    { "{\"key\": \"\\udc00\"}", GRANARY_REASON_JSON_SYNTAX, 1 },
    { "{\"key\": \"\xff\"}", GRANARY_REASON_JSON_SYNTAX, 1 },
    { "{\"\xed\xa0\x80\": 1}", GRANARY_REASON_JSON_SYNTAX, 1 },
    { "{\"key\": 1,}", GRANARY_REASON_JSON_SYNTAX, 1 },
    { "{\"key\": 1, \"b\": NaN}", GRANARY_REASON_JSON_SYNTAX, 1 },
  };
  g_autoptr (GString) deep = g_string_new ("{\"key\": ");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i].text, -1, bad[i].reason, bad[i].line);
  assert_refused ("{\"key\": \0\"x\"}", 13, GRANARY_REASON_JSON_SYNTAX, 1);
  assert_refused ("{\"a\": \"\0\"}", 10, GRANARY_REASON_JSON_SYNTAX, 1);

  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (deep, '[');
  assert_refused (deep->str, (gssize) deep->len, GRANARY_REASON_JSON_SYNTAX, 1);

  g_assert_null (granary_json_edit_set ("{}", -1, "key", "\xff", &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_JSON_SYNTAX));
}

/* Every beginning of a document but the whole is an error, not a crash or a shorter result. */
static void
test_truncated (void)
{
  const char text[] = "{\"a\": [1, \"\\u4e2d\\ud83d\\ude00\"], \"key\": {\"b\": -1.5e+3}, \"c\": true}";

  for (gsize i = 0; i < strlen (text); i++)
    {
      g_autofree char *cut = g_memdup2 (text, MAX (i, 1));

      assert_refused (cut, (gssize) i, GRANARY_REASON_JSON_SYNTAX, 1);
    }
  assert_get (text, "{\"b\": -1.5e+3}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/json-edit/set", test_set);
  g_test_add_func ("/json-edit/get", test_get);
  g_test_add_func ("/json-edit/refused", test_refused);
  g_test_add_func ("/json-edit/truncated", test_truncated);
  g_test_add_func ("/json-edit/property", test_property);

  return g_test_run ();
}
