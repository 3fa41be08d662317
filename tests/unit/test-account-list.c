/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-account-list.h"
#include "granary-error.h"
#include "granary-key-text-private.h"
#include "granary-keyring.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 15000
#define N_EACH 20

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("granary-accounts-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "granary", "connections.ini", NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *parent = g_path_get_dirname (fixture->path);
  g_autoptr (GDir) folder = g_dir_open (parent, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (parent, name, NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_rmdir (parent);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static GranaryAccountList *
open_list (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GranaryAccountList *list = granary_account_list_new (fixture->path, &error);

  g_assert_no_error (error);
  return list;
}

static void
write_list (Fixture    *fixture,
            const char *content,
            gssize      length)
{
  g_autofree char *parent = g_path_get_dirname (fixture->path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_file_set_contents (fixture->path, content, length, &error);
  g_assert_no_error (error);
}

static GranaryAccount *
make_account (const char *name)
{
  g_autofree char *uid = g_uuid_string_random ();

  return granary_account_new (name, uid, "ap-guangzhou");
}

static void
put (GranaryAccountList *list,
     GranaryAccount     *account)
{
  g_autoptr (GError) error = NULL;

  granary_account_list_put (list, account, &error);
  g_assert_no_error (error);
}

static void
assert_fails (gboolean        result,
              GError        **error,
              GranaryReason   reason)
{
  g_assert_false (result);
  g_assert_true (granary_error_matches_reason (*error, reason));
  g_clear_error (error);
}

/* Names of a list, joined. */
static char *
join_names (GranaryAccountList *list)
{
  g_autoptr (GPtrArray) accounts = granary_account_list_list (list);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < accounts->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? "," : "",
                            granary_account_get_name (g_ptr_array_index (accounts, i)));

  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
assert_names (GranaryAccountList *list,
              const char         *expected)
{
  g_autofree char *names = join_names (list);

  g_assert_cmpstr (names, ==, expected);
}

static void
test_round_trip (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GranaryAccountList) list = open_list (fixture);
  g_autoptr (GranaryAccount) account = make_account ("工作 2");
  g_autoptr (GranaryAccountList) again = NULL;
  g_autoptr (GranaryAccount) found = NULL;
  g_autoptr (GranaryCredentials) none = NULL;
  g_autoptr (GranaryCredentials) key = granary_credentials_new ("AKIDID", "SECRETSECRET",
                                                                "TOKENTOKEN");
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  struct stat status;

  assert_names (list, "");
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  granary_account_set_storage (account, "models-1250000000", "granary/团队");
  g_assert_true (granary_account_set_endpoint (account, GRANARY_CLOUD_COS,
                                               "http://{bucket}.localhost:9000", &error));
  g_assert_true (granary_account_set_endpoint (account, GRANARY_CLOUD_TIONE,
                                               "http://127.0.0.1:9000", &error));
  granary_account_set_credentials (account, key);
  put (list, account);
  assert_names (list, "工作 2");

  again = open_list (fixture);
  found = granary_account_list_find (again, "工作 2");
  g_assert_nonnull (found);
  g_assert_cmpstr (granary_account_get_uid (found), ==, granary_account_get_uid (account));
  g_assert_cmpstr (granary_account_get_region (found), ==, "ap-guangzhou");
  g_assert_cmpstr (granary_account_get_bucket (found), ==, "models-1250000000");
  g_assert_cmpstr (granary_account_get_prefix (found), ==, "granary/团队/");
  g_assert_cmpstr (granary_account_get_endpoint (found, GRANARY_CLOUD_COS), ==,
                   "http://{bucket}.localhost:9000");
  g_assert_cmpstr (granary_account_get_endpoint (found, GRANARY_CLOUD_TIONE), ==,
                   "http://127.0.0.1:9000");
  g_assert_null (granary_account_get_endpoint (found, GRANARY_CLOUD_TAG));

  /* Nothing of the key is there, and nobody else may read the file. */
  none = granary_account_dup_credentials (found);
  g_assert_null (none);
  g_assert_true (g_file_get_contents (fixture->path, &content, NULL, &error));
  g_assert_null (strstr (content, "SECRET"));
  g_assert_null (strstr (content, "TOKENTOKEN"));
  g_assert_null (strstr (content, "AKIDID"));
  g_assert_cmpint (stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

/* Edited by hand; kept when the connection is changed and renamed. */
static void
test_captions (Fixture       *fixture,
               gconstpointer  data)
{
  static const char content[] =
    "[good]\nuid=u-1\nregion=ap-guangzhou\nautoml-captions=精度优先;BALANCE;\n"
    "[empty]\nuid=u-2\nregion=ap-guangzhou\nautoml-captions=\n";
  g_autoptr (GranaryAccountList) list = NULL;
  g_autoptr (GranaryAccount) renamed = granary_account_new ("new", "u-1", "ap-shanghai");
  g_autoptr (GranaryAccount) good = NULL;
  g_autoptr (GranaryAccount) empty = NULL;
  g_autoptr (GranaryAccount) after = NULL;
  const char *const wanted[] = { "精度优先", "BALANCE", NULL };

  write_list (fixture, content, -1);
  list = open_list (fixture);
  good = granary_account_list_find (list, "good");
  g_assert_cmpstrv (granary_account_get_automl_captions (good), wanted);
  empty = granary_account_list_find (list, "empty");
  g_assert_cmpstrv (granary_account_get_automl_captions (empty), wanted + 1);

  put (list, renamed);
  after = granary_account_list_find (list, "new");
  g_assert_cmpstrv (granary_account_get_automl_captions (after), wanted);
}

static void
test_find (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GranaryAccountList) list = open_list (fixture);
  g_autoptr (GranaryAccount) work = make_account ("Work");
  g_autoptr (GranaryAccount) home = make_account ("home");
  g_autoptr (GranaryAccount) by_case = NULL;
  g_autoptr (GranaryAccount) by_uid = NULL;
  g_autoptr (GranaryAccount) changed = NULL;

  put (list, work);
  put (list, home);
  by_case = granary_account_list_find (list, "wORK");
  g_assert_cmpstr (granary_account_get_name (by_case), ==, "Work");
  by_uid = granary_account_list_find (list, granary_account_get_uid (home));
  g_assert_cmpstr (granary_account_get_name (by_uid), ==, "home");
  g_assert_null (granary_account_list_find (list, "hom"));
  g_assert_null (granary_account_list_find (list, ""));
  g_assert_null (granary_account_list_find (list, "\xff\xfe"));

  /* What is handed out is a copy. */
  granary_account_set_storage (by_uid, "other-1", NULL);
  changed = granary_account_list_find (list, "home");
  g_assert_null (granary_account_get_bucket (changed));
}

static void
test_replace (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GranaryAccountList) list = open_list (fixture);
  g_autoptr (GranaryAccount) first = make_account ("first");
  g_autoptr (GranaryAccount) second = make_account ("second");
  g_autoptr (GranaryAccount) taken = make_account ("FIRST");
  g_autoptr (GranaryAccount) renamed = NULL;
  g_autoptr (GranaryAccount) found = NULL;
  g_autoptr (GError) error = NULL;

  granary_account_set_storage (first, "models-1", "a/");
  put (list, first);
  put (list, second);

  assert_fails (granary_account_list_put (list, taken, &error), &error,
                GRANARY_REASON_CONNECTION_EXISTS);
  assert_names (list, "first,second");

  /* The same uid under another name: no bucket any more, and no old group. */
  renamed = granary_account_new ("third", granary_account_get_uid (first), "ap-shanghai");
  put (list, renamed);
  assert_names (list, "second,third");
  found = granary_account_list_find (list, "third");
  g_assert_null (granary_account_get_bucket (found));
  g_assert_cmpstr (granary_account_get_prefix (found), ==, "");

  g_assert_true (granary_account_list_remove (list, granary_account_get_uid (first), &error));
  g_assert_no_error (error);
  assert_names (list, "second");
  assert_fails (granary_account_list_remove (list, granary_account_get_uid (first), &error),
                &error, GRANARY_REASON_CONNECTION_MISSING);
}

/* Groups that hold are read, those that do not are left out, and all stay in the file. */
static void
test_hostile_groups (Fixture       *fixture,
                     gconstpointer  data)
{
  static const char content[] =
    "# kept by hand\n"
    "[good]\nuid=u-1\nregion=ap-guangzhou\nunknown=kept\n"
    "[no uid]\nregion=ap-guangzhou\n"
    "[traversal]\nuid=../../etc\nregion=ap-guangzhou\n"
    "[slash]\nuid=a/b\nregion=ap-guangzhou\n"
    "[no region]\nuid=u-2\n"
    "[bad region]\nuid=u-3\nregion=ap.evil.example/\n"
    "[twice]\nuid=u-1\nregion=ap-guangzhou\n"
    "[bad endpoint]\nuid=u-4\nregion=ap-guangzhou\nendpoint-tione=file:///etc/passwd\n"
    "[with user]\nuid=u-5\nregion=ap-guangzhou\nendpoint-cos=http://a:b@host\n"
    "[-x]\nuid=u-6\nregion=ap-guangzhou\n"
    "[a/b]\nuid=u-7\nregion=ap-guangzhou\n"
    "[bad escape]\nuid=u\\q\nregion=ap-guangzhou\n"
    "[also good]\nuid=u-8\nregion=ap-beijing\nprefix=/x\n";
  g_autoptr (GranaryAccountList) list = NULL;
  g_autoptr (GranaryAccount) account = make_account ("new");
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;

  write_list (fixture, content, -1);
  list = open_list (fixture);
  assert_names (list, "also good,good");

  put (list, account);
  g_assert_true (g_file_get_contents (fixture->path, &after, NULL, &error));
  g_assert_nonnull (strstr (after, "# kept by hand"));
  g_assert_nonnull (strstr (after, "unknown=kept"));
  g_assert_nonnull (strstr (after, "[traversal]"));
  g_assert_nonnull (strstr (after, "endpoint-tione=file:///etc/passwd"));
  g_assert_nonnull (strstr (after, "[new]"));
}

/* A file that cannot be understood is an error that names it, and is never written over. */
static void
test_hostile_files (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *large = g_strnfill (2 * 1024 * 1024, '#');
  const struct
  {
    const char *content;
    gssize      length;
  } files[] = {
    { "this is no key file\n", -1 },
    { "[good]\nuid=u-1\nregion=ap-guangzhou\n\0[x]\n", 41 },
    { "\xff\xfe[\x00", 4 },
    { "[unclosed\nuid=1\n", -1 },
    { large, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = granary_display_path (fixture->path);
      g_autofree char *after = NULL;
      gsize expected;
      gsize length;

      write_list (fixture, files[i].content, files[i].length);
      g_assert_null (granary_account_list_new (fixture->path, &error));
      g_assert_true (granary_error_matches_reason (error,
                                                   GRANARY_REASON_CONNECTIONS_UNREADABLE));
      g_assert_cmpstr (granary_error_get_subject (error), ==, shown);

      /* Also by one that was opened before. */
      g_assert_cmpint (g_unlink (fixture->path), ==, 0);
      {
        g_autoptr (GranaryAccountList) list = open_list (fixture);
        g_autoptr (GranaryAccount) account = make_account ("x");
        g_autoptr (GError) refused = NULL;

        write_list (fixture, files[i].content, files[i].length);
        assert_fails (granary_account_list_put (list, account, &refused), &refused,
                      GRANARY_REASON_CONNECTIONS_UNREADABLE);
        assert_fails (granary_account_list_remove (list, "u-1", &refused), &refused,
                      GRANARY_REASON_CONNECTIONS_UNREADABLE);
      }
      g_clear_error (&error);
      g_assert_true (g_file_get_contents (fixture->path, &after, &length, &error));
      expected = files[i].length < 0 ? strlen (files[i].content) : (gsize) files[i].length;
      g_assert_cmpmem (after, length, files[i].content, expected);
    }
}

static void
test_folder_in_the_way (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *parent = g_path_get_dirname (fixture->path);

  g_assert_cmpint (g_mkdir_with_parents (fixture->path, 0700), ==, 0);
  g_assert_null (granary_account_list_new (fixture->path, &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_FILE);
  g_assert_cmpint (g_rmdir (fixture->path), ==, 0);
}

static void
count_cb (GranaryAccountList *list,
          guint              *n)
{
  (*n)++;
}

static gboolean
late_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs the main loop until the names are as expected. */
static void
wait_for_names (GranaryAccountList *list,
                const char         *expected)
{
  gboolean is_late = FALSE;
  guint timeout = g_timeout_add (PATIENCE_MS, late_cb, &is_late);

  for (;;)
    {
      g_autofree char *names = join_names (list);

      if (g_str_equal (names, expected))
        break;
      if (is_late)
        g_error ("the list is “%s”, not “%s”", names, expected);
      g_main_context_iteration (NULL, TRUE);
    }

  g_source_remove (timeout);
}

/* What one writes the other hears of; a broken file in between changes nothing. */
static void
test_monitor (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GranaryAccountList) window = NULL;
  g_autoptr (GranaryAccountList) terminal = NULL;
  g_autoptr (GranaryAccount) first = make_account ("first");
  g_autoptr (GranaryAccount) second = make_account ("second");
  g_autoptr (GError) error = NULL;
  guint n_window = 0;
  guint n_terminal = 0;

  write_list (fixture, "", 0);
  window = open_list (fixture);
  terminal = open_list (fixture);
  g_signal_connect (window, "changed", G_CALLBACK (count_cb), &n_window);
  g_signal_connect (terminal, "changed", G_CALLBACK (count_cb), &n_terminal);

  put (terminal, first);
  g_assert_cmpuint (n_terminal, ==, 1);
  wait_for_names (window, "first");
  g_assert_cmpuint (n_window, ==, 1);

  put (window, second);
  wait_for_names (terminal, "first,second");

  write_list (fixture, "nonsense", -1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_names (window, "first,second");

  write_list (fixture, "[third]\nuid=u-3\nregion=ap-nanjing\n", -1);
  wait_for_names (window, "third");
  wait_for_names (terminal, "third");
  g_assert_true (granary_account_list_remove (terminal, "u-3", &error));
  g_assert_no_error (error);
  wait_for_names (window, "");

  /* An object that goes stops watching. */
  g_assert_finalize_object (g_steal_pointer (&terminal));
}

/* Two processes add at the same time: none loses what the other stored. */
static void
test_two_writers (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (GranaryAccountList) list = NULL;
  g_autoptr (GPtrArray) accounts = NULL;
  pid_t children[2];

  for (guint which = 0; which < G_N_ELEMENTS (children); which++)
    {
      children[which] = fork ();
      g_assert_cmpint (children[which], >=, 0);
      if (children[which] == 0)
        {
          g_autoptr (GranaryAccountList) own = open_list (fixture);

          for (guint i = 0; i < N_EACH; i++)
            {
              g_autofree char *name = g_strdup_printf ("%c%02u", which == 0 ? 'a' : 'b', i);
              /* Not a random uid: both processes have the same random numbers. */
              g_autoptr (GranaryAccount) account = granary_account_new (name, name, "ap-beijing");

              if (!granary_account_list_put (own, account, NULL))
                _exit (1);
            }
          _exit (0);
        }
    }

  for (guint which = 0; which < G_N_ELEMENTS (children); which++)
    {
      int status;

      g_assert_cmpint (waitpid (children[which], &status, 0), ==, children[which]);
      g_assert_true (WIFEXITED (status));
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
    }

  list = open_list (fixture);
  accounts = granary_account_list_list (list);
  g_assert_cmpuint (accounts->len, ==, 2 * N_EACH);
}

static void
test_names (void)
{
  static const char *const good[] = {
    "demo", "工作", "a b", "2nd", "Team_1-x.y", "é", "e\xcc\x81t\xc3\xa9",
  };
  static const char *const bad[] = {
    "", " a", "a ", "-a", ".a", "a/b", "a\nb", "a]b", "a[b", "a=b", "\xff", "a\x01",
    "a\xe2\x80\xae" "b",
  };
  g_autofree char *longest = g_strnfill (60, 'a');
  g_autofree char *too_long = g_strnfill (61, 'a');
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (granary_account_name_check (good[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_fails (granary_account_name_check (bad[i], &error), &error,
                  GRANARY_REASON_CONNECTION_NAME);
  g_assert_true (granary_account_name_check (longest, NULL));
  g_assert_false (granary_account_name_check (too_long, NULL));
}

static void
test_regions (void)
{
  static const char *const bad[] = {
    "", "AP-guangzhou", "ap guangzhou", "ap.guangzhou", "-ap", "ap-", "1ap", "ap/..", "ap@x",
    "ap-guangzhou\n", "广州", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  };
  const char *const *regions = granary_account_get_regions ();
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (regions[0]);
  for (guint i = 0; regions[i] != NULL; i++)
    g_assert_true (granary_account_region_check (regions[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_fails (granary_account_region_check (bad[i], &error), &error,
                  GRANARY_REASON_REGION_UNKNOWN);
}

/* The text in the Secret Service gives back what was put in, and refuses what is none. */
static void
test_key_text (void)
{
  static const struct
  {
    const char *id;
    const char *key;
    const char *token;
  } keys[] = {
    { "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", NULL },
    { "a", "b", "c" },
    { "quo\"te", "back\\slash", "new\nline\ttab\x01" },
  };
  static const char *const bad[] = {
    "", "{", "{}", "[]", "null", "{\"secret_id\":\"a\"}",
    "{\"secret_id\":\"a\",\"secret_key\":\"\"}",
    "{\"secret_id\":\"a\",\"secret_key\":\"b\"", "{\"secret_id\":\"a\",\"secret_key\":\"b\"}x",
    "{\"secret_id\":1,\"secret_key\":\"b\"}", "{\"secret_id\":\"a\",\"secret_key\":\"b\",}",
    "{\"secret_id\":\"a\",\"secret_key\":\"\\u0000\"}",
    "{\"secret_id\":\"a\",\"secret_key\":\"\\q\"}",
    "{\"secret_id\":\"a\",\"secret_key\":\"\\u12\"}", "{\"secret_id\":\"a\",\"secret_key\":\"b\\",
  };
  g_autoptr (GranaryCredentials) spaced = NULL;
  static const char with_more[] =
    " {\"other\" : \"x\", \"secret_key\":\"\\u0062\" ,\n\"secret_id\":\"a\\/\" } ";

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GranaryCredentials) key =
        granary_credentials_new (keys[i].id, keys[i].key, keys[i].token);
      g_autoptr (GranaryCredentials) read = NULL;
      char *text = granary_key_text_write (key);

      read = granary_key_text_read (text, strlen (text));
      g_assert_nonnull (read);
      g_assert_cmpstr (read->secret_id, ==, keys[i].id);
      g_assert_cmpstr (read->secret_key, ==, keys[i].key);
      g_assert_cmpstr (read->token, ==, keys[i].token);
      granary_key_text_free (text);
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      /* Of its exact length, so that reading too far is noticed. */
      g_autofree char *exact = g_memdup2 (bad[i], strlen (bad[i]) > 0 ? strlen (bad[i]) : 1);

      g_assert_null (granary_key_text_read (exact, strlen (bad[i])));
    }

  spaced = granary_key_text_read (with_more, strlen (with_more));
  g_assert_cmpstr (spaced->secret_id, ==, "a/");
  g_assert_cmpstr (spaced->secret_key, ==, "b");
}

static void
test_read_key (void)
{
  g_autofree char *long_key = g_strnfill (300, 'k');
  const struct
  {
    const char    *id;
    const char    *key;
    const char    *token;
    GranaryReason  reason;
    const char    *subject;
  } wrong[] = {
    { NULL, "k", NULL, GRANARY_REASON_KEY_INCOMPLETE, "SecretId" },
    { "", "k", NULL, GRANARY_REASON_KEY_INCOMPLETE, "SecretId" },
    { "i", NULL, NULL, GRANARY_REASON_KEY_INCOMPLETE, "SecretKey" },
    { "i d", "k", NULL, GRANARY_REASON_KEY_MALFORMED, "SecretId" },
    { "i", "k\r\nX-Evil: 1", NULL, GRANARY_REASON_KEY_MALFORMED, "SecretKey" },
    { "i", long_key, NULL, GRANARY_REASON_KEY_MALFORMED, "SecretKey" },
    { "i", "k", "tokén", GRANARY_REASON_KEY_MALFORMED, "Token" },
  };
  g_autoptr (GranaryCredentials) good = granary_credentials_read ("i", "k", "", NULL);

  g_assert_nonnull (good);
  g_assert_null (good->token);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (granary_credentials_read (wrong[i].id, wrong[i].key, wrong[i].token, &error));
      g_assert_true (granary_error_matches_reason (error, wrong[i].reason));
      g_assert_cmpstr (granary_error_get_subject (error), ==, wrong[i].subject);
      g_assert_null (strstr (error->message, "Evil"));
    }
}

/* Taken once, and out of what children and /proc see. */
static void
test_environment (void)
{
  g_autoptr (GranaryCredentials) none = NULL;
  g_autoptr (GranaryCredentials) key = NULL;
  g_autoptr (GError) error = NULL;

  none = granary_credentials_take_from_environment (&error);
  g_assert_no_error (error);
  g_assert_null (none);

  g_setenv ("TENCENTCLOUD_SECRET_ID", "AKIDX", TRUE);
  g_setenv ("TENCENTCLOUD_SECRET_KEY", "keykey", TRUE);
  g_setenv ("TENCENTCLOUD_TOKEN", "", TRUE);
  key = granary_credentials_take_from_environment (&error);
  g_assert_no_error (error);
  g_assert_cmpstr (key->secret_id, ==, "AKIDX");
  g_assert_cmpstr (key->secret_key, ==, "keykey");
  g_assert_null (key->token);
  g_assert_null (g_getenv ("TENCENTCLOUD_SECRET_ID"));
  g_assert_null (g_getenv ("TENCENTCLOUD_SECRET_KEY"));
  g_assert_null (g_getenv ("TENCENTCLOUD_TOKEN"));
  none = granary_credentials_take_from_environment (&error);
  g_assert_null (none);

  g_setenv ("TENCENTCLOUD_SECRET_KEY", "keykey", TRUE);
  none = granary_credentials_take_from_environment (&error);
  assert_fails (none != NULL, &error, GRANARY_REASON_KEY_INCOMPLETE);
  g_assert_null (g_getenv ("TENCENTCLOUD_SECRET_KEY"));

  g_setenv ("TENCENTCLOUD_TOKEN", "token", TRUE);
  none = granary_credentials_take_from_environment (&error);
  g_assert_null (none);
  g_assert_cmpstr (granary_error_get_subject (error), ==, "TENCENTCLOUD_SECRET_ID");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/account-list/round-trip", test_round_trip);
  ADD ("/account-list/find", test_find);
  ADD ("/account-list/captions", test_captions);
  ADD ("/account-list/replace", test_replace);
  ADD ("/account-list/hostile-groups", test_hostile_groups);
  ADD ("/account-list/hostile-files", test_hostile_files);
  ADD ("/account-list/folder-in-the-way", test_folder_in_the_way);
  ADD ("/account-list/monitor", test_monitor);
  ADD ("/account-list/two-writers", test_two_writers);
#undef ADD
  g_test_add_func ("/account-list/names", test_names);
  g_test_add_func ("/account-list/regions", test_regions);
  g_test_add_func ("/keys/text", test_key_text);
  g_test_add_func ("/keys/read", test_read_key);
  g_test_add_func ("/keys/environment", test_environment);

  return g_test_run ();
}
