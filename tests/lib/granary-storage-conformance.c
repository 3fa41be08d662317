/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-storage-conformance.h"

#include <glib/gstdio.h>
#include <string.h>

#include "granary-crc64.h"
#include "granary-error.h"

#define N_KEYS 2100
#define N_FOLDERS 30
#define N_WRITERS 12
#define SIZE 200000

typedef struct
{
  const GranaryStorageBackEnd *back_end;
  GranaryObjectStorage        *storage;
  gpointer                     data;
  char                        *folder; /* for files of this computer */
  guint                        n_files;
} Fixture;

/* Fixture */

/* Threads let go of what they worked for a moment after they have answered. */
static void
assert_finalized (GObject *object)
{
  const gint64 end = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
  GWeakRef weak;
  GObject *left;

  g_weak_ref_init (&weak, object);
  g_object_unref (object);
  while ((left = g_weak_ref_get (&weak)) != NULL)
    {
      g_object_unref (left);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (1000);
    }
  g_weak_ref_clear (&weak);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  GError *error = NULL;

  self->back_end = data;
  self->storage = self->back_end->open (&self->data);
  self->folder = g_dir_make_tmp ("granary-storage-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  const char *name;

  assert_finalized (G_OBJECT (self->storage));
  self->back_end->close (self->data);
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_assert_no_errno (g_unlink (path));
    }
  g_assert_no_errno (g_rmdir (self->folder));
  g_free (self->folder);
}

/* Verbs as blocking calls */

static void
ready_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

static GranaryObjectPlace *
place (Fixture    *self,
       const char *key)
{
  return granary_object_place_new (self->back_end->bucket, NULL, key);
}

static GranaryObjectPage *
list (Fixture     *self,
      const char  *prefix,
      const char  *delimiter,
      const char  *marker,
      guint        max,
      GError     **error)
{
  g_autoptr (GranaryObjectPlace) where = place (self, prefix);
  g_autoptr (GAsyncResult) result = NULL;

  granary_object_storage_list_async (self->storage, where, delimiter, marker, max, NULL, ready_cb,
                                     &result);
  return granary_object_storage_list_finish (self->storage, wait_for (&result), error);
}

static GranaryObject *
stat_key (Fixture     *self,
          const char  *key,
          GError     **error)
{
  g_autoptr (GranaryObjectPlace) where = place (self, key);
  g_autoptr (GAsyncResult) result = NULL;

  granary_object_storage_stat_async (self->storage, where, NULL, ready_cb, &result);
  return granary_object_storage_stat_finish (self->storage, wait_for (&result), error);
}

static GBytes *
read_range (Fixture     *self,
            const char  *key,
            gint64       offset,
            gsize        length,
            GError     **error)
{
  g_autoptr (GranaryObjectPlace) where = place (self, key);
  g_autoptr (GAsyncResult) result = NULL;

  granary_object_storage_read_range_async (self->storage, where, offset, length, NULL, ready_cb,
                                           &result);
  return granary_object_storage_read_range_finish (self->storage, wait_for (&result), error);
}

static GranaryObject *
read_to (Fixture          *self,
         const char       *key,
         const char       *path,
         GranaryTransfer  *transfer,
         GError          **error)
{
  g_autoptr (GranaryObjectPlace) where = place (self, key);
  g_autoptr (GAsyncResult) result = NULL;

  granary_object_storage_read_async (self->storage, where, path, transfer, ready_cb, &result);
  return granary_object_storage_read_finish (self->storage, wait_for (&result), error);
}

static GranaryObject *
write_from (Fixture          *self,
            const char       *path,
            const char       *key,
            GranaryTransfer  *transfer,
            GError          **error)
{
  g_autoptr (GranaryObjectPlace) where = place (self, key);
  g_autoptr (GAsyncResult) result = NULL;

  granary_object_storage_write_async (self->storage, path, where, transfer, ready_cb, &result);
  return granary_object_storage_write_finish (self->storage, wait_for (&result), error);
}

static GranaryObject *
copy_key (Fixture     *self,
          const char  *from,
          const char  *to,
          GError     **error)
{
  g_autoptr (GranaryObjectPlace) source = place (self, from);
  g_autoptr (GranaryObjectPlace) target = place (self, to);
  g_autoptr (GAsyncResult) result = NULL;

  granary_object_storage_copy_async (self->storage, source, target, NULL, ready_cb, &result);
  return granary_object_storage_copy_finish (self->storage, wait_for (&result), error);
}

static gboolean
delete_keys (Fixture             *self,
             const char * const  *keys,
             GError             **error)
{
  g_autoptr (GranaryObjectPlace) bucket = place (self, "");
  g_autoptr (GAsyncResult) result = NULL;

  granary_object_storage_delete_async (self->storage, bucket, keys, NULL, ready_cb, &result);
  return granary_object_storage_delete_finish (self->storage, wait_for (&result), error);
}

/* Files and contents */

static char *
new_path (Fixture *self)
{
  g_autofree char *name = g_strdup_printf ("file %u", ++self->n_files);

  return g_build_filename (self->folder, name, NULL);
}

static GBytes *
make_bytes (gsize   size,
            guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  guint8 *data = g_malloc (size + 4);

  for (gsize i = 0; i < size; i += 4)
    {
      const guint32 word = g_rand_int (random);

      memcpy (data + i, &word, 4);
    }

  return g_bytes_new_take (data, size);
}

static char *
make_file (Fixture *self,
           GBytes  *bytes)
{
  g_autofree char *path = new_path (self);
  GError *error = NULL;
  gconstpointer data;
  gsize size;

  data = g_bytes_get_data (bytes, &size);
  g_file_set_contents (path, data != NULL ? data : "", (gssize) size, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&path);
}

static void
put (Fixture    *self,
     const char *key,
     GBytes     *bytes)
{
  g_autofree char *path = make_file (self, bytes);
  g_autoptr (GranaryObject) object = NULL;
  g_autoptr (GError) error = NULL;
  gconstpointer data;
  gsize size;

  data = g_bytes_get_data (bytes, &size);
  object = write_from (self, path, key, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (object->key, ==, key);
  g_assert_cmpint (object->size, ==, (gint64) size);
  g_assert_false (object->is_folder);
  g_assert_true (object->has_crc64);
  g_assert_true (object->crc64 == granary_crc64_update (0, data, size));
}

static void
put_text (Fixture    *self,
          const char *key,
          const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  put (self, key, bytes);
}

static void
assert_content (Fixture    *self,
                const char *key,
                GBytes     *bytes)
{
  g_autoptr (GranaryObject) object = NULL;
  g_autoptr (GranaryObject) told = NULL;
  g_autofree char *path = new_path (self);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  object = read_to (self, key, path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (object->size, ==, (gint64) g_bytes_get_size (bytes));
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_cmpmem (content, length, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  told = stat_key (self, key, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (told->key, ==, key);
  g_assert_cmpint (told->size, ==, object->size);
  g_assert_cmpstr (told->etag, ==, object->etag);
  g_assert_cmpint (told->modified, >, 0);
}

static void
assert_text (Fixture    *self,
             const char *key,
             const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  assert_content (self, key, bytes);
}

static void
assert_reason (GError        **error,
               GranaryReason   reason)
{
  g_assert_nonnull (*error);
  g_assert_true ((*error)->domain == GRANARY_ERROR);
  g_test_message ("%s", (*error)->message);
  g_assert_cmpint (granary_error_get_reason (*error), ==, reason);
  g_assert_nonnull (granary_error_get_subject (*error));
  g_clear_error (error);
}

static void
assert_page (GranaryObjectPage *page,
             const char        *first,
             ...)
{
  const char *key = first;
  va_list keys;
  guint i = 0;

  va_start (keys, first);
  for (; key != NULL; key = va_arg (keys, const char *))
    {
      const GranaryObject *object;

      g_assert_cmpuint (i, <, page->objects->len);
      object = g_ptr_array_index (page->objects, i++);
      g_assert_cmpstr (object->key, ==, key);
      g_assert_cmpint (object->is_folder, ==, g_str_has_suffix (key, "/"));
    }
  va_end (keys);
  g_assert_cmpuint (i, ==, page->objects->len);
}

/* Tests */

static void
test_buckets (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) buckets = NULL;
  g_autoptr (GranaryObjectPage) page = NULL;
  g_autoptr (GError) error = NULL;
  gboolean found = FALSE;

  granary_object_storage_list_buckets_async (self->storage, NULL, ready_cb, &result);
  buckets = granary_object_storage_list_buckets_finish (self->storage, wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (buckets->len, ==, 2);
  for (guint i = 0; i < buckets->len; i++)
    {
      const GranaryBucket *bucket = g_ptr_array_index (buckets, i);

      found |= g_str_equal (bucket->name, self->back_end->bucket);
    }
  g_assert_true (found);

  page = list (self, "", NULL, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->objects->len, ==, 0);
  g_assert_null (page->next);
}

static void
test_round_trip (Fixture       *self,
                 gconstpointer  data)
{
  static const gsize sizes[] = { 0, 1, 9, 65535, 300000, 5 * 1024 * 1024 + 3 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (sizes[i], i);
      g_autofree char *key = g_strdup_printf ("sizes/%u", i);

      put (self, key, bytes);
      assert_content (self, key, bytes);
    }
}

/* Either it comes back as it went, or it is refused before anything is sent. */
static void
test_keys (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *longest = g_strnfill (850, 'k');
  g_autofree char *too_long = g_strnfill (851, 'k');
  g_autofree char *long_parts = NULL;
  g_autoptr (GString) parts = g_string_new (NULL);
  const char *keys[] = {
    "plain", "with space", " leading space", "trailing space ", "a+b", "100%", "%41%2f", "a?b=c",
    "a#b", "a&b;c", "a=b", "quote'\"<>", "模型/权重.safetensors", "\xf0\x9f\xa4\x96.bin", "~tilde",
    "(a)!*", "a:b|c", "a\\b", "a..b/...", ".hidden", "-dash", "a//b", "a/", "é", "e\xcc\x81",
    "con", "a,b@c$d", "..", ".", "../up", "a/../b", "./a", "a/.", "/absolute", "\\absolute", "",
    "new\nline", "tab\t", "bell\x07", "\x18", "escape\x1b[2J", "delete\x7f", "c1\xc2\x85",
    "invalid\xff", longest, too_long, NULL, NULL
  };

  for (guint i = 0; i < 10; i++)
    g_string_append_printf (parts, "%s部分-%02u-0123456789012345678901234567890123456789",
                            i > 0 ? "/" : "", i);
  long_parts = g_strdup (parts->str);
  g_assert_cmpuint (strlen (long_parts), <=, 850);
  keys[G_N_ELEMENTS (keys) - 2] = long_parts;

  for (guint i = 0; keys[i] != NULL; i++)
    {
      const gboolean is_allowed = granary_object_key_check (keys[i], NULL) &&
                                  self->back_end->holds (keys[i]);
      g_autofree char *escaped = g_strescape (keys[i], NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GranaryObject) object = NULL;

      g_test_message ("key “%s”", escaped);
      if (is_allowed)
        {
          const char *one[] = { keys[i], NULL };
          g_autoptr (GranaryObjectPage) page = NULL;

          put_text (self, keys[i], keys[i]);
          assert_text (self, keys[i], keys[i]);
          page = list (self, keys[i], NULL, NULL, 0, &error);
          g_assert_no_error (error);
          g_assert_cmpuint (page->objects->len, ==, 1);
          g_assert_cmpstr (((GranaryObject *) g_ptr_array_index (page->objects, 0))->key, ==,
                           keys[i]);
          g_assert_true (delete_keys (self, one, &error));
          g_assert_no_error (error);
          object = stat_key (self, keys[i], &error);
          g_assert_null (object);
          assert_reason (&error, GRANARY_REASON_OBJECT_MISSING);
        }
      else
        {
          g_autoptr (GBytes) bytes = g_bytes_new_static ("a", 1);
          g_autofree char *path = make_file (self, bytes);
          g_autofree char *target = new_path (self);

          object = write_from (self, path, keys[i], NULL, &error);
          g_assert_null (object);
          assert_reason (&error, GRANARY_REASON_OBJECT_KEY);
          object = read_to (self, keys[i], target, NULL, &error);
          g_assert_null (object);
          assert_reason (&error, GRANARY_REASON_OBJECT_KEY);
          g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));
          object = stat_key (self, keys[i], &error);
          g_assert_null (object);
          assert_reason (&error, GRANARY_REASON_OBJECT_KEY);
        }
    }
}

static void
test_list (Fixture       *self,
           gconstpointer  data)
{
  static const char * const keys[] = {
    "a/1", "a/b/2", "a/b/c/3", "a-4", "a.5", "a0", "b/6", "模型/7",
  };
  g_autoptr (GranaryObjectPage) page = NULL;
  g_autoptr (GError) error = NULL;
  const GranaryObject *object;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    put_text (self, keys[i], keys[i]);

  page = list (self, "", "/", NULL, 0, &error);
  g_assert_no_error (error);
  assert_page (page, "a-4", "a.5", "a/", "a0", "b/", "模型/", NULL);
  g_assert_null (page->next);
  object = g_ptr_array_index (page->objects, 0);
  g_assert_cmpint (object->size, ==, 3);
  g_assert_cmpint (object->modified, >, 0);
  g_assert_nonnull (object->etag);
  g_clear_pointer (&page, granary_object_page_free);

  page = list (self, "a/", "/", NULL, 0, &error);
  assert_page (page, "a/1", "a/b/", NULL);
  g_clear_pointer (&page, granary_object_page_free);

  page = list (self, "a", "/", NULL, 0, &error);
  assert_page (page, "a-4", "a.5", "a/", "a0", NULL);
  g_clear_pointer (&page, granary_object_page_free);

  page = list (self, "", NULL, NULL, 0, &error);
  assert_page (page, "a-4", "a.5", "a/1", "a/b/2", "a/b/c/3", "a0", "b/6", "模型/7", NULL);
  g_clear_pointer (&page, granary_object_page_free);

  page = list (self, "a/b", NULL, NULL, 0, &error);
  assert_page (page, "a/b/2", "a/b/c/3", NULL);
  g_clear_pointer (&page, granary_object_page_free);

  page = list (self, "none/", "/", NULL, 0, &error);
  g_assert_no_error (error);
  assert_page (page, NULL);
  g_clear_pointer (&page, granary_object_page_free);

  page = list (self, "../", "/", NULL, 0, &error);
  g_assert_null (page);
  assert_reason (&error, GRANARY_REASON_OBJECT_KEY);
}

/* Thousands of keys, page by page: each once, in order. */
static void
test_pages (Fixture       *self,
            gconstpointer  data)
{
  static const guint sizes[] = { 7, 1000 };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a", 1);
  g_autofree char *path = make_file (self, bytes);
  g_autoptr (GError) error = NULL;
  GAsyncResult *slots[N_KEYS] = { NULL };

  for (guint i = 0; i < N_KEYS; i++)
    {
      g_autofree char *key = g_strdup_printf ("p/%02u/%04u %%", i % N_FOLDERS, i);
      g_autoptr (GranaryObjectPlace) where = place (self, key);

      granary_object_storage_write_async (self->storage, path, where, NULL, ready_cb, &slots[i]);
    }
  for (guint i = 0; i < N_KEYS; i++)
    {
      g_autoptr (GranaryObject) object = NULL;

      object = granary_object_storage_write_finish (self->storage, wait_for (&slots[i]), &error);
      g_assert_no_error (error);
      g_assert_nonnull (object);
      g_object_unref (slots[i]);
    }

  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++)
    {
      const char *delimiter = i % 2 == 0 ? NULL : "/";
      const guint max = sizes[i / 2];
      g_autofree char *marker = NULL;
      g_autofree char *last = g_strdup ("");
      guint n = 0;
      guint n_pages = 0;

      do
        {
          g_autoptr (GranaryObjectPage) page = list (self, "p/", delimiter, marker, max, &error);

          g_assert_no_error (error);
          g_assert_cmpuint (page->objects->len, <=, max);
          for (guint j = 0; j < page->objects->len; j++)
            {
              const GranaryObject *object = g_ptr_array_index (page->objects, j);

              g_assert_cmpint (strcmp (object->key, last), >, 0);
              g_set_str (&last, object->key);
              n++;
            }
          g_set_str (&marker, page->next);
          n_pages++;
        }
      while (marker != NULL);

      g_assert_cmpuint (n, ==, delimiter == NULL ? N_KEYS : N_FOLDERS);
      g_assert_cmpuint (n_pages, ==, (n + max - 1) / max);
    }
}

static void
test_ranges (Fixture       *self,
             gconstpointer  data)
{
  static const struct
  {
    gint64      offset;
    gsize       length;
    const char *text;
  } cases[] = {
    { 0, 9, "123456789" }, { 0, 100, "123456789" }, { 0, 1, "1" }, { 8, 1, "9" }, { 8, 5, "9" },
    { 3, 4, "4567" }, { 9, 1, "" }, { 100, 10, "" }, { 3, 0, "" },
  };
  g_autoptr (GBytes) empty = NULL;
  g_autoptr (GBytes) missing = NULL;
  g_autoptr (GError) error = NULL;

  put_text (self, "range", "123456789");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = read_range (self, "range", cases[i].offset, cases[i].length,
                                             &error);

      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), cases[i].text,
                       strlen (cases[i].text));
    }

  put_text (self, "empty", "");
  empty = read_range (self, "empty", 0, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (empty), ==, 0);

  missing = read_range (self, "missing", 0, 10, &error);
  g_assert_null (missing);
  assert_reason (&error, GRANARY_REASON_OBJECT_MISSING);
}

static void
test_overwrite (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr (GranaryObject) before = NULL;
  g_autoptr (GranaryObject) after = NULL;
  g_autoptr (GranaryObject) refused = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = new_path (self);
  g_autofree char *content = NULL;

  put_text (self, "k", "first");
  before = stat_key (self, "k", &error);
  put_text (self, "k", "other");
  after = stat_key (self, "k", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (before->etag, !=, after->etag);
  assert_text (self, "k", "other");

  /* What is on this computer is never overwritten. */
  g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
  refused = read_to (self, "k", path, NULL, &error);
  g_assert_null (refused);
  assert_reason (&error, GRANARY_REASON_TARGET_EXISTS);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "mine");
}

static void
test_copy (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr (GBytes) bytes = make_bytes (100000, 7);
  g_autoptr (GranaryObject) copied = NULL;
  g_autoptr (GranaryObject) missing = NULL;
  g_autoptr (GError) error = NULL;

  put (self, "from/模型 + 1%", bytes);
  put_text (self, "to/there", "before");
  copied = copy_key (self, "from/模型 + 1%", "to/there", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (copied->key, ==, "to/there");
  g_assert_cmpint (copied->size, ==, 100000);
  assert_content (self, "to/there", bytes);
  assert_content (self, "from/模型 + 1%", bytes);

  missing = copy_key (self, "from/nothing", "to/nothing", &error);
  g_assert_null (missing);
  assert_reason (&error, GRANARY_REASON_OBJECT_MISSING);
  missing = stat_key (self, "to/nothing", &error);
  g_assert_null (missing);
  assert_reason (&error, GRANARY_REASON_OBJECT_MISSING);
}

static void
test_delete (Fixture       *self,
             gconstpointer  data)
{
  const char *keys[] = { "d/1", "d/never there", "nowhere/at all", "d/e/2", NULL };
  const char *mixed[] = { "d/3", "../d", "d/4", NULL };
  const char *none[] = { NULL };
  g_autoptr (GranaryObjectPage) page = NULL;
  g_autoptr (GError) error = NULL;

  put_text (self, "d/1", "1");
  put_text (self, "d/e/2", "2");
  put_text (self, "d/3", "3");
  put_text (self, "d/4", "4");

  g_assert_true (delete_keys (self, none, &error));
  g_assert_true (delete_keys (self, keys, &error));
  g_assert_no_error (error);
  g_assert_true (delete_keys (self, keys, &error));
  g_assert_no_error (error);
  page = list (self, "d/", "/", NULL, 0, &error);
  assert_page (page, "d/3", "d/4", NULL);
  g_clear_pointer (&page, granary_object_page_free);

  /* One that is refused does not keep the others. */
  g_assert_false (delete_keys (self, mixed, &error));
  assert_reason (&error, GRANARY_REASON_OBJECT_KEY);
  page = list (self, "", "/", NULL, 0, &error);
  assert_page (page, NULL);
}

static void
test_missing (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (GranaryObjectPlace) nowhere = granary_object_place_new ("nowhere-1250000000", NULL,
                                                                     "");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GranaryObjectPage) page = NULL;
  g_autoptr (GranaryObject) object = NULL;
  g_autofree char *path = new_path (self);
  g_autofree char *target = new_path (self);
  g_autoptr (GError) error = NULL;

  granary_object_storage_list_async (self->storage, nowhere, NULL, NULL, 0, NULL, ready_cb,
                                     &result);
  page = granary_object_storage_list_finish (self->storage, wait_for (&result), &error);
  g_assert_null (page);
  assert_reason (&error, GRANARY_REASON_BUCKET_MISSING);

  object = stat_key (self, "missing", &error);
  g_assert_null (object);
  assert_reason (&error, GRANARY_REASON_OBJECT_MISSING);
  object = read_to (self, "missing", target, NULL, &error);
  g_assert_null (object);
  assert_reason (&error, GRANARY_REASON_OBJECT_MISSING);
  g_assert_false (g_file_test (target, G_FILE_TEST_EXISTS));

  object = write_from (self, path, "k", NULL, &error);
  g_assert_null (object);
  assert_reason (&error, GRANARY_REASON_SOURCE_MISSING);
  object = write_from (self, self->folder, "k", NULL, &error);
  g_assert_null (object);
  assert_reason (&error, GRANARY_REASON_SOURCE_SPECIAL);
}

static void
test_transfer (Fixture       *self,
               gconstpointer  data)
{
  const gint64 size = 3 * 1024 * 1024 + 5;
  g_autoptr (GBytes) bytes = make_bytes ((gsize) size, 3);
  g_autofree char *path = make_file (self, bytes);
  g_autofree char *target = new_path (self);
  g_autoptr (GranaryTransfer) up = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, "up");
  g_autoptr (GranaryTransfer) down = granary_transfer_new (GRANARY_TRANSFER_DOWNLOAD, "down");
  g_autoptr (GranaryObject) written = NULL;
  g_autoptr (GranaryObject) fetched = NULL;
  g_autoptr (GError) error = NULL;

  written = write_from (self, path, "k", up, &error);
  g_assert_no_error (error);
  g_assert_cmpint (granary_transfer_get_bytes_done (up), ==, size);
  fetched = read_to (self, "k", target, down, &error);
  g_assert_no_error (error);
  g_assert_cmpint (granary_transfer_get_bytes_done (down), ==, size);
}

static void
test_cancel (Fixture       *self,
             gconstpointer  data)
{
  g_autoptr (GBytes) bytes = make_bytes (24 * 1024 * 1024, 5);
  g_autofree char *path = make_file (self, bytes);
  g_autofree char *target = new_path (self);
  g_autoptr (GranaryTransfer) before = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, NULL);
  g_autoptr (GranaryTransfer) during = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, NULL);
  g_autoptr (GranaryObjectPlace) where = place (self, "k");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GranaryObjectPage) page = NULL;
  g_autoptr (GranaryObject) object = NULL;
  g_autoptr (GError) error = NULL;

  granary_transfer_cancel (before);
  object = write_from (self, path, "k", before, &error);
  g_assert_null (object);
  g_assert_true (granary_error_is_cancelled (error));
  g_clear_error (&error);
  object = read_to (self, "k", target, before, &error);
  g_assert_null (object);
  g_assert_true (granary_error_is_cancelled (error));
  g_clear_error (&error);

  granary_object_storage_write_async (self->storage, path, where, during, ready_cb, &result);
  while (granary_transfer_get_bytes_done (during) == 0 && result == NULL)
    g_main_context_iteration (NULL, FALSE);
  granary_transfer_cancel (during);
  object = granary_object_storage_write_finish (self->storage, wait_for (&result), &error);
  g_assert_null (object);
  g_assert_true (granary_error_is_cancelled (error));
  g_clear_error (&error);

  /* Nothing of it is to be seen. */
  object = stat_key (self, "k", &error);
  g_assert_null (object);
  assert_reason (&error, GRANARY_REASON_OBJECT_MISSING);
  page = list (self, "", NULL, NULL, 0, &error);
  g_assert_no_error (error);
  assert_page (page, NULL);
  g_clear_pointer (&page, granary_object_page_free);

  g_cancellable_cancel (cancellable);
  granary_object_storage_list_async (self->storage, where, NULL, NULL, 0, cancellable, ready_cb,
                                     &listed);
  page = granary_object_storage_list_finish (self->storage, wait_for (&listed), &error);
  g_assert_null (page);
  g_assert_true (granary_error_is_cancelled (error));
}

/* Many at once, of one key and of many: the key holds one of them as a whole, readers see only
 * whole ones. */
static void
test_concurrent (Fixture       *self,
                 gconstpointer  data)
{
  GAsyncResult *writers[N_WRITERS] = { NULL };
  GAsyncResult *others[N_WRITERS] = { NULL };
  GAsyncResult *readers[N_WRITERS] = { NULL };
  char *targets[N_WRITERS] = { NULL };
  g_autoptr (GranaryObjectPlace) where = place (self, "shared/key");
  g_autoptr (GBytes) last = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_WRITERS; i++)
    {
      g_autofree char *data_of = g_strnfill (SIZE, (char) ('a' + i));
      g_autoptr (GBytes) bytes = g_bytes_new (data_of, SIZE);
      g_autofree char *path = make_file (self, bytes);
      g_autofree char *key = g_strdup_printf ("deep/%u/down/here/%u", i % 3, i);
      g_autoptr (GranaryObjectPlace) other = place (self, key);

      if (i == 0)
        put (self, "shared/key", bytes);
      granary_object_storage_write_async (self->storage, path, where, NULL, ready_cb, &writers[i]);
      granary_object_storage_write_async (self->storage, path, other, NULL, ready_cb, &others[i]);
      targets[i] = new_path (self);
      granary_object_storage_read_async (self->storage, where, targets[i], NULL, ready_cb,
                                         &readers[i]);
    }

  for (guint i = 0; i < N_WRITERS; i++)
    {
      g_autoptr (GranaryObject) written = NULL;
      g_autoptr (GranaryObject) other = NULL;
      g_autoptr (GranaryObject) fetched = NULL;

      written = granary_object_storage_write_finish (self->storage, wait_for (&writers[i]),
                                                     &error);
      g_assert_no_error (error);
      other = granary_object_storage_write_finish (self->storage, wait_for (&others[i]), &error);
      g_assert_no_error (error);
      fetched = granary_object_storage_read_finish (self->storage, wait_for (&readers[i]), &error);
      if (fetched != NULL)
        {
          g_autofree char *content = NULL;
          gsize length;

          g_assert_true (g_file_get_contents (targets[i], &content, &length, NULL));
          g_assert_cmpuint (length, ==, SIZE);
          g_assert_cmpuint (strspn (content, (char[]) { content[0], '\0' }), ==, SIZE);
        }
      else
        {
          /* Replaced under the reader, who was told. */
          g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_OBJECT_CHANGED) ||
                         granary_error_matches_reason (error, GRANARY_REASON_SOURCE_CHANGED));
          g_clear_error (&error);
        }
      g_object_unref (writers[i]);
      g_object_unref (others[i]);
      g_object_unref (readers[i]);
      g_free (targets[i]);
    }

  last = read_range (self, "shared/key", 0, SIZE + 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (last), ==, SIZE);
  {
    const char *content = g_bytes_get_data (last, NULL);

    for (guint i = 0; i < SIZE; i++)
      g_assert_true (content[i] == content[0]);
  }
}

/* Public functions */

void
granary_storage_conformance_add (const GranaryStorageBackEnd *back_end)
{
  static const struct
  {
    const char *name;
    void      (*func) (Fixture       *self,
                       gconstpointer  data);
  } tests[] = {
    { "buckets", test_buckets },       { "round-trip", test_round_trip },
    { "keys", test_keys },             { "list", test_list },
    { "pages", test_pages },           { "ranges", test_ranges },
    { "overwrite", test_overwrite },   { "copy", test_copy },
    { "delete", test_delete },         { "missing", test_missing },
    { "transfer", test_transfer },     { "cancel", test_cancel },
    { "concurrent", test_concurrent },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/storage/%s/%s", back_end->name, tests[i].name);

      g_test_add (path, Fixture, back_end, set_up, tests[i].func, tear_down);
    }
}
