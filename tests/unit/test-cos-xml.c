/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Answers of COS as they come, and as they must not come. */

#include "config.h"

#include <string.h>

#include "granary-cos-private.h"
#include "granary-error.h"

/* Auxiliary functions */

static GranaryCosXml *
parse (const char  *text,
       GError     **error)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return granary_cos_xml_parse (body, error);
}

static void
assert_malformed (const char *text,
                  gsize       length)
{
  g_autoptr (GBytes) body = g_bytes_new (text, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryCosXml) root = granary_cos_xml_parse (body, &error);

  g_assert_null (root);
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_BAD_RESPONSE);
  g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_RESPONSE_MALFORMED);
}

/* Tests */

static void
test_reads (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryCosXml) root =
    parse ("  \r\n\t<?xml version='1.0' encoding='utf-8' ?>\n"
           "<c:ListBucketResult xmlns:c='http://example' x='1'><!-- c --><Empty/>\n"
           "  <c:Contents><Key>a &amp; b &#x6a21;<![CDATA[ <c> ]]></Key><Size> 12 </Size>"
           "<LastModified>2019-05-24T10:56:40.5Z</LastModified></c:Contents>"
           "<IsTruncated>true</IsTruncated></c:ListBucketResult>  ", &error);
  const GranaryCosXml *contents;
  gboolean flag;
  gint64 size;

  g_assert_no_error (error);
  g_assert_cmpstr (granary_cos_xml_get_name (root), ==, "ListBucketResult");
  g_assert_cmpuint (granary_cos_xml_get_n (root), ==, 3);
  g_assert_cmpstr (granary_cos_xml_get_text (root, "Empty"), ==, "");
  g_assert_null (granary_cos_xml_get_text (root, "Missing"));

  contents = granary_cos_xml_get_child (root, 1);
  g_assert_cmpstr (granary_cos_xml_get_name (contents), ==, "Contents");
  g_assert_cmpstr (granary_cos_xml_get_text (contents, "Key"), ==, "a & b 模 <c> ");
  g_assert_true (granary_cos_xml_get_int (contents, "Size", 0, G_MAXINT64, &size, &error));
  g_assert_no_error (error);
  g_assert_cmpint (size, ==, 12);
  g_assert_cmpint (granary_cos_xml_get_time (contents, "LastModified"), ==,
                   G_GINT64_CONSTANT (1558695400500000));
  g_assert_cmpint (granary_cos_xml_get_time (contents, "Key"), ==, 0);
  g_assert_true (granary_cos_xml_get_flag (root, "IsTruncated", &flag, NULL));
  g_assert_true (flag);
  g_assert_true (granary_cos_xml_get_flag (root, "Missing", &flag, NULL));
  g_assert_false (flag);
}

static void
test_wrong_types (void)
{
  static const char * const numbers[] = {
    "", "many", "-1", "1.5", "0x10", "12 kB", "9223372036854775808", "+ 1", "1 2"
  };
  g_autoptr (GError) flag_error = NULL;
  g_autoptr (GranaryCosXml) flags = parse ("<a><b>perhaps</b></a>", NULL);
  gboolean flag;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *text = g_strdup_printf ("<a><Size>%s</Size></a>", numbers[i]);
      g_autoptr (GranaryCosXml) root = parse (text, NULL);
      g_autoptr (GError) error = NULL;
      gint64 value;

      g_assert_nonnull (root);
      g_assert_false (granary_cos_xml_get_int (root, "Size", 0, G_MAXINT64, &value, &error));
      g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_RESPONSE_MALFORMED);
    }

  g_assert_false (granary_cos_xml_get_flag (flags, "b", &flag, &flag_error));
  g_assert_cmpint (granary_error_get_reason (flag_error), ==, GRANARY_REASON_RESPONSE_MALFORMED);
}

static void
test_malformed (void)
{
  static const char * const texts[] = {
    "", "   \n ", "no xml", "{\"Response\":{}}", "<", "<a", "<a>", "<a><b></a></b>", "<a></a><b/>",
    "<a></a>trailing", "<a>&unknown;</a>", "<a>&#0;</a>", "<a>&#1;</a>", "<a b=c/>", "<a>\x01</a>",
    "<html><body><br></body></html>", "<Error><Code>Inte", "<a>\xff\xfe</a>", "<a>\xc3\x28</a>",
    "<?xml version='1.0' encoding='utf-16'?", "<a>]]></a>",
  };
  static const char utf_16[] = "\xff\xfe<\0a\0/\0>\0";

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_test_message ("text %u", i);
      assert_malformed (texts[i], strlen (texts[i]));
    }
  assert_malformed (utf_16, sizeof utf_16 - 1);
  assert_malformed ("<a>\0</a>", 8);
}

static void
test_entities (void)
{
  /* A billion laughs, quadratic growth, a file of this computer, an address. */
  g_autoptr (GString) laughs = g_string_new ("<?xml version='1.0'?><!DOCTYPE l [<!ENTITY l0 'ha'>");
  g_autoptr (GString) square = g_string_new ("<!DOCTYPE q [<!ENTITY q '");
  const char *file = "<!DOCTYPE a [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><a>&f;</a>";
  const char *address = "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a/>";

  for (guint i = 1; i < 30; i++)
    g_string_append_printf (laughs, "<!ENTITY l%u '&l%u;&l%u;'>", i, i - 1, i - 1);
  g_string_append (laughs, "]><l>&l29;</l>");
  for (guint i = 0; i < 50000; i++)
    g_string_append_c (square, 'q');
  g_string_append (square, "'>]><q>");
  for (guint i = 0; i < 50000; i++)
    g_string_append (square, "&q;");
  g_string_append (square, "</q>");

  assert_malformed (laughs->str, laughs->len);
  assert_malformed (square->str, square->len);
  assert_malformed (file, strlen (file));
  assert_malformed (address, strlen (address));
}

static void
append_times (GString    *text,
              const char *unit,
              guint       n)
{
  for (guint i = 0; i < n; i++)
    g_string_append (text, unit);
}

static void
test_huge (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GString) wide = g_string_new ("<a>");
  g_autoptr (GString) large = g_string_new ("<a>");
  g_autoptr (GString) page = g_string_new ("<a>");
  g_autoptr (GranaryCosXml) root = NULL;

  append_times (deep, "<a>", 200);
  append_times (deep, "</a>", 200);
  append_times (wide, "<b/>", 200000);
  g_string_append (wide, "</a>");
  append_times (large, "0123456789abcdef", 600000);
  g_string_append (large, "</a>");

  assert_malformed (deep->str, deep->len);
  assert_malformed (wide->str, wide->len);
  assert_malformed (large->str, large->len);

  /* As large as a real one gets is none of it. */
  for (guint i = 0; i < 1000; i++)
    {
      g_string_append (page, "<Contents><Key>");
      append_times (page, "%E6", 850);
      g_string_append (page, "</Key><Size>1</Size><Owner><ID>1</ID></Owner></Contents>");
    }
  g_string_append (page, "</a>");
  root = parse (page->str, NULL);
  g_assert_nonnull (root);
  g_assert_cmpuint (granary_cos_xml_get_n (root), ==, 1000);
}

static void
test_decoded (void)
{
  static const struct
  {
    const char *text;
    const char *decoded;
  } cases[] = {
    { "a%20b", "a b" },
    { "a+b%2B", "a+b+" },
    { "%E6%A8%A1%01", "模\x01" },
    { "a%", NULL },
    { "a%2", NULL },
    { "a%zz", NULL },
    { "a%00b", NULL },
    { "%ff", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *decoded = granary_cos_dup_decoded (cases[i].text);

      g_assert_cmpstr (decoded, ==, cases[i].decoded);
    }
}

static void
test_fallback (void)
{
  g_autofree char *other =
    granary_cos_dup_fallback_url ("https://b-1250000000.cos.ap-guangzhou.myqcloud.com");

  g_assert_cmpstr (other, ==, "https://b-1250000000.cos.ap-guangzhou.tencentcos.cn");
  g_assert_null (granary_cos_dup_fallback_url (other));
  g_assert_null (granary_cos_dup_fallback_url ("http://b.localhost:9000"));
}

static void
assert_meaning (guint          status,
                const char    *code,
                const char    *message,
                GranaryReason  reason,
                const char    *subject)
{
  const GranaryCosCall call = {
    .method = "PUT", .action = "PutObject", .bucket = "b-1", .key = "k\n",
  };
  const GranaryCosFailure failure = {
    .call = &call, .account = "Work", .host = "h:1", .status = status, .code = code,
    .message = message, .request_id = "r-1",
  };
  g_autoptr (GError) error = NULL;

  granary_cos_set_error (&error, &failure);
  g_test_message ("%s", error->message);
  g_assert_cmpint (granary_error_get_reason (error), ==, reason);
  g_assert_cmpstr (granary_error_get_subject (error), ==, subject);
  g_assert_cmpuint (granary_error_get_http_status (error), ==, status);
  g_assert_cmpstr (granary_error_get_request_id (error), ==, "r-1");
  g_assert_cmpstr (granary_error_get_remote_code (error), ==, code);
}

static void
test_meanings (void)
{
  assert_meaning (403, "AccessDenied", "Access Denied.", GRANARY_REASON_ACTION_FORBIDDEN,
                  "cos:PutObject");
  assert_meaning (403, "AccessDenied", "Request has expired", GRANARY_REASON_CLOCK_SKEWED, "Work");
  assert_meaning (403, "AccessDenied", "The token has expired", GRANARY_REASON_TOKEN_EXPIRED,
                  "Work");
  assert_meaning (403, "SignatureDoesNotMatch", NULL, GRANARY_REASON_KEY_WRONG, "Work");
  assert_meaning (403, "InvalidAccessKeyId", NULL, GRANARY_REASON_KEY_UNKNOWN, "Work");
  assert_meaning (403, "InvalidObjectState", NULL, GRANARY_REASON_OBJECT_ARCHIVED, "b-1/k\\n");
  assert_meaning (404, "NoSuchBucket", NULL, GRANARY_REASON_BUCKET_MISSING, "b-1");
  assert_meaning (404, "NoSuchKey", NULL, GRANARY_REASON_OBJECT_MISSING, "b-1/k\\n");
  assert_meaning (404, "NoSuchUpload", NULL, GRANARY_REASON_UPLOAD_VANISHED, "b-1/k\\n");
  assert_meaning (404, NULL, NULL, GRANARY_REASON_OBJECT_MISSING, "b-1/k\\n");
  assert_meaning (503, "SlowDown", NULL, GRANARY_REASON_SERVICE_BUSY, "PutObject");
  assert_meaning (200, "SlowDown", NULL, GRANARY_REASON_SERVICE_BUSY, "PutObject");
  assert_meaning (429, NULL, NULL, GRANARY_REASON_SERVICE_BUSY, "PutObject");
  assert_meaning (500, NULL, NULL, GRANARY_REASON_SERVICE_FAILED, "PutObject");
  assert_meaning (599, "Novel", "x\033[2J", GRANARY_REASON_SERVICE_FAILED, "PutObject");
  assert_meaning (418, "Novel", NULL, GRANARY_REASON_CALL_REFUSED, "PutObject");
  assert_meaning (307, NULL, NULL, GRANARY_REASON_REDIRECTED, "h:1");
  assert_meaning (412, NULL, NULL, GRANARY_REASON_OBJECT_CHANGED, "b-1/k\\n");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/cos-xml/reads", test_reads);
  g_test_add_func ("/cos-xml/wrong-types", test_wrong_types);
  g_test_add_func ("/cos-xml/malformed", test_malformed);
  g_test_add_func ("/cos-xml/entities", test_entities);
  g_test_add_func ("/cos-xml/huge", test_huge);
  g_test_add_func ("/cos-xml/decoded", test_decoded);
  g_test_add_func ("/cos-errors/fallback", test_fallback);
  g_test_add_func ("/cos-errors/meanings", test_meanings);

  return g_test_run ();
}
