/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-import-cos-page.h"
#include "granary-place-view.h"
#include "granary-problem-row.h"
#include "granary-storage-browser.h"
#include "granary-ui-test.h"
#include "shell-test.h"
#include "widget-test.h"

#define MANY 2500

/* A storage that answers at once, from a sorted array of keys. */
#define FAKE_TYPE_STORAGE (fake_storage_get_type ())
G_DECLARE_FINAL_TYPE (FakeStorage, fake_storage, FAKE, STORAGE, GObject)

struct _FakeStorage
{
  GObject    parent_instance;

  GPtrArray *keys;       /* (element-type utf8) */
  GError    *error;      /* (nullable): what every verb fails with */
  GTask     *held;       /* (nullable): a listing that gets no answer yet */
  gboolean   holds;      /* whether the next one is held */
  guint      fails_from; /* listings fail from this page on, 0: never */
  guint      n_listings;
};

static void
fake_storage_list_buckets_async (GranaryObjectStorage *storage,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data)
{
  FakeStorage *self = FAKE_STORAGE (storage);
  g_autoptr (GTask) task = g_task_new (storage, cancellable, callback, user_data);
  const char *names[] = { "archive-1250000000", "models-1250000000" };
  const char *regions[] = { "ap-shanghai", "ap-guangzhou" };
  GPtrArray *buckets;

  if (self->error != NULL)
    {
      g_task_return_error (task, g_error_copy (self->error));
      return;
    }

  buckets = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_bucket_free);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GranaryBucket *bucket = g_new0 (GranaryBucket, 1);

      bucket->name = g_strdup (names[i]);
      bucket->region = g_strdup (regions[i]);
      g_ptr_array_add (buckets, bucket);
    }
  g_task_return_pointer (task, buckets, (GDestroyNotify) g_ptr_array_unref);
}

static gpointer
fake_storage_pointer_finish (GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GPtrArray *
fake_storage_list_buckets_finish (GranaryObjectStorage  *storage,
                                  GAsyncResult          *result,
                                  GError               **error)
{
  return fake_storage_pointer_finish (result, error);
}

static GranaryObjectPage *
make_page (FakeStorage *self,
           const char  *prefix,
           const char  *delimiter,
           const char  *marker,
           guint        max)
{
  GranaryObjectPage *page = granary_object_page_new ();
  const char *last = NULL;

  for (guint i = 0; i < self->keys->len; i++)
    {
      const char *key = g_ptr_array_index (self->keys, i);
      const char *slash;
      GranaryObject *object;
      g_autofree char *shown = NULL;

      if (!g_str_has_prefix (key, prefix))
        continue;
      slash = delimiter != NULL ? strchr (key + strlen (prefix), '/') : NULL;
      shown = slash != NULL ? g_strndup (key, (gsize) (slash - key) + 1) : g_strdup (key);
      if ((marker != NULL && strcmp (shown, marker) <= 0) || g_strcmp0 (shown, last) == 0)
        continue;
      if (page->objects->len == max)
        {
          page->next = g_strdup (last);
          break;
        }

      object = granary_object_new (shown);
      object->is_folder = slash != NULL;
      if (!object->is_folder)
        {
          object->size = 10800000;
          object->modified = G_GINT64_CONSTANT (1700000000000000);
        }
      g_ptr_array_add (page->objects, object);
      last = object->key;
    }

  return page;
}

static void
fake_storage_list_async (GranaryObjectStorage     *storage,
                         const GranaryObjectPlace *prefix,
                         const char               *delimiter,
                         const char               *marker,
                         guint                     max,
                         GCancellable             *cancellable,
                         GAsyncReadyCallback       callback,
                         gpointer                  user_data)
{
  FakeStorage *self = FAKE_STORAGE (storage);
  g_autoptr (GTask) task = g_task_new (storage, cancellable, callback, user_data);

  self->n_listings++;
  if (self->holds)
    {
      self->holds = FALSE;
      g_set_object (&self->held, task);
    }
  else if (self->error != NULL &&
           (self->fails_from == 0 || self->n_listings >= self->fails_from))
    {
      g_task_return_error (task, g_error_copy (self->error));
    }
  else
    {
      g_task_return_pointer (task, make_page (self, prefix->key, delimiter, marker, max),
                             (GDestroyNotify) granary_object_page_free);
    }
}

static GranaryObjectPage *
fake_storage_list_finish (GranaryObjectStorage  *storage,
                          GAsyncResult          *result,
                          GError               **error)
{
  return fake_storage_pointer_finish (result, error);
}

static void
fake_storage_iface_init (GranaryObjectStorageInterface *iface)
{
  iface->list_buckets_async = fake_storage_list_buckets_async;
  iface->list_buckets_finish = fake_storage_list_buckets_finish;
  iface->list_async = fake_storage_list_async;
  iface->list_finish = fake_storage_list_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeStorage, fake_storage, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_OBJECT_STORAGE,
                                                      fake_storage_iface_init))

static void
fake_storage_finalize (GObject *object)
{
  FakeStorage *self = FAKE_STORAGE (object);

  g_ptr_array_unref (self->keys);
  g_clear_error (&self->error);
  g_clear_object (&self->held);

  G_OBJECT_CLASS (fake_storage_parent_class)->finalize (object);
}

static void
fake_storage_class_init (FakeStorageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_storage_finalize;
}

static int
compare_keys (gconstpointer a,
              gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

static void
fake_storage_init (FakeStorage *self)
{
  const char *keys[] = {
    "readme.txt",
    "empty/",
    "plates/",
    "plates/v1/best.pt",
    "plates/v1/config.json",
    "plates/v2/Config.json",
    "plates/v2/best.pt",
    "odd/a\nb\033[31m",
    "odd/<b>bold",
    "odd/模型.onnx",
    "odd//inside",
  };

  self->keys = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_ptr_array_add (self->keys, g_strdup (keys[i]));
  for (guint i = 0; i < MANY; i++)
    g_ptr_array_add (self->keys, g_strdup_printf ("many/part-%05u", i));
  g_ptr_array_sort (self->keys, compare_keys);
}

/* Fixture */

typedef struct
{
  FakeStorage           *storage;
  GtkWindow             *window;
  AdwNavigationView     *view;
  GranaryStorageBrowser *browser;
  GranaryPlaceView      *places;
  char                  *chosen;
} Fixture;

static void
chosen_cb (Fixture    *fixture,
           const char *address)
{
  g_set_str (&fixture->chosen, address);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  AdwNavigationPage *root = adw_navigation_page_new (gtk_label_new ("Root"), "Root");

  fixture->storage = g_object_new (FAKE_TYPE_STORAGE, NULL);
  fixture->view = ADW_NAVIGATION_VIEW (adw_navigation_view_new ());
  adw_navigation_view_set_animate_transitions (fixture->view, FALSE);
  adw_navigation_view_add (fixture->view, root);
  fixture->window = widget_test_window (GTK_WIDGET (fixture->view), 360, 500);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (fixture->window);
  widget_test_settle ();
  g_assert_finalize_object (fixture->storage);
  g_free (fixture->chosen);
}

static void
open_browser (Fixture    *fixture,
              const char *address)
{
  fixture->browser = granary_storage_browser_new (GRANARY_OBJECT_STORAGE (fixture->storage),
                                                  "ap-guangzhou", address);
  g_signal_connect_swapped (fixture->browser, "chosen", G_CALLBACK (chosen_cb), fixture);
  adw_navigation_view_push (fixture->view, ADW_NAVIGATION_PAGE (fixture->browser));
  fixture->places = GRANARY_PLACE_VIEW (widget_test_find (GTK_WIDGET (fixture->browser),
                                                          GRANARY_TYPE_PLACE_VIEW, 0));
  granary_ui_test_wait (gtk_widget_get_mapped (GTK_WIDGET (fixture->places)));
}

/* Pages of a stack that are not shown do not count. */
static GtkWidget *
find (Fixture    *fixture,
      const char *text)
{
  GtkWidget *root = GTK_WIDGET (fixture->browser);
  GtkWidget *label;

  for (guint i = 0; (label = widget_test_find (root, GTK_TYPE_LABEL, i)) != NULL; i++)
    {
      if (gtk_widget_get_mapped (label) &&
          g_str_equal (gtk_label_get_text (GTK_LABEL (label)), text))
        return label;
    }

  return NULL;
}

static GtkWidget *
find_button (Fixture    *fixture,
             const char *text)
{
  GtkWidget *label = find (fixture, text);

  return label != NULL ? gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON) : NULL;
}

static void
click (Fixture    *fixture,
       const char *text)
{
  GtkWidget *button = find_button (fixture, text);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static GListModel *
get_rows (Fixture *fixture)
{
  return G_LIST_MODEL (granary_place_view_get_list (fixture->places));
}

static void
open_row (Fixture    *fixture,
          const char *title)
{
  GListModel *rows = get_rows (fixture);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (GranaryPlaceItem) item = g_list_model_get_item (rows, i);

      if (g_str_equal (granary_place_item_get_title (item), title))
        {
          GtkWidget *list = widget_test_find (GTK_WIDGET (fixture->browser), GTK_TYPE_LIST_VIEW, 0);

          g_signal_emit_by_name (list, "activate", i);
          return;
        }
    }
  g_error ("no row %s", title);
}

static gboolean
can_choose (Fixture *fixture)
{
  return gtk_widget_is_sensitive (find_button (fixture, "Choose This Folder"));
}

/* Tests */

static void
test_choose (Fixture       *fixture,
             gconstpointer  data)
{
  open_browser (fixture, NULL);
  granary_ui_test_wait (find (fixture, "models-1250000000") != NULL);
  g_assert_nonnull (find (fixture, "ap-shanghai"));
  g_assert_false (can_choose (fixture));

  open_row (fixture, "models-1250000000");
  granary_ui_test_wait (find (fixture, "plates") != NULL);
  g_assert_true (can_choose (fixture));
  /* A file cannot be opened. */
  open_row (fixture, "readme.txt");
  widget_test_settle ();
  g_assert_nonnull (find (fixture, "plates"));

  open_row (fixture, "plates");
  granary_ui_test_wait (find (fixture, "v2") != NULL);
  /* The object that stands for the folder is not in it. */
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (fixture)), ==, 2);
  open_row (fixture, "v1");
  granary_ui_test_wait (find (fixture, "best.pt") != NULL);
  g_assert_nonnull (find (fixture, "cos://models-1250000000/plates/v1/"));

  click (fixture, "Choose This Folder");
  g_assert_cmpstr (fixture->chosen, ==, "cos://models-1250000000/plates/v1/");
  g_assert_cmpstr (adw_navigation_page_get_title (adw_navigation_view_get_visible_page (fixture->view)),
                   ==, "Root");
}

static void
test_elsewhere (Fixture       *fixture,
                gconstpointer  data)
{
  open_browser (fixture, NULL);
  granary_ui_test_wait (find (fixture, "archive-1250000000") != NULL);
  open_row (fixture, "archive-1250000000");
  granary_ui_test_wait (find (fixture, "plates") != NULL);
  click (fixture, "Choose This Folder");
  g_assert_cmpstr (fixture->chosen, ==, "cos://archive-1250000000@ap-shanghai/");
}

static void
test_start (Fixture       *fixture,
            gconstpointer  data)
{
  GtkWidget *list;

  open_browser (fixture, "cos://models-1250000000/plates/v1");
  granary_ui_test_wait (find (fixture, "config.json") != NULL);

  /* Up by the path, up by the keys. */
  click (fixture, "models-1250000000");
  granary_ui_test_wait (find (fixture, "many") != NULL);
  list = widget_test_find (GTK_WIDGET (fixture->browser), GTK_TYPE_LIST_VIEW, 0);
  g_assert_true (widget_test_press (list, GDK_KEY_BackSpace));
  granary_ui_test_wait (find (fixture, "archive-1250000000") != NULL);
  g_assert_nonnull (find (fixture, "Buckets"));
  /* There is nothing above. */
  widget_test_press (list, GDK_KEY_BackSpace);
  widget_test_settle ();
  g_assert_nonnull (find (fixture, "archive-1250000000"));
}

static void
test_focus (Fixture       *fixture,
            gconstpointer  data)
{
  GtkWidget *list;

  open_browser (fixture, "cos://models-1250000000/");
  granary_ui_test_wait (find (fixture, "plates") != NULL);
  list = widget_test_find (GTK_WIDGET (fixture->browser), GTK_TYPE_LIST_VIEW, 0);

  /* One goes on with the keys where one has got to. */
  open_row (fixture, "plates");
  granary_ui_test_wait (find (fixture, "v2") != NULL);
  widget_test_settle ();
  g_assert_true ((gtk_widget_get_state_flags (list) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0);
}

/* The end moves away once the rows that came were laid out. */
static guint
scroll_to_end (Fixture       *fixture,
               GtkAdjustment *adjustment)
{
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));

  return g_list_model_get_n_items (get_rows (fixture));
}

static void
test_pages (Fixture       *fixture,
            gconstpointer  data)
{
  GtkScrolledWindow *window;
  GtkAdjustment *adjustment;
  guint n_before;

  open_browser (fixture, "cos://models-1250000000/many/");
  granary_ui_test_wait (find (fixture, "part-00000") != NULL);
  widget_test_settle ();
  /* Nobody reads thousands of keys that nobody looks at. */
  n_before = g_list_model_get_n_items (get_rows (fixture));
  g_assert_cmpuint (n_before, <, MANY / 2);

  window = GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (find (fixture, "part-00000"),
                                                         GTK_TYPE_SCROLLED_WINDOW));
  adjustment = gtk_scrolled_window_get_vadjustment (window);
  while (g_list_model_get_n_items (get_rows (fixture)) < MANY)
    {
      n_before = g_list_model_get_n_items (get_rows (fixture));
      granary_ui_test_wait (scroll_to_end (fixture, adjustment) > n_before);
    }
  widget_test_settle ();
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (fixture)), ==, MANY);
  /* Rows on demand. */
  g_assert_cmpuint (widget_test_count (GTK_WIDGET (fixture->browser), GTK_TYPE_IMAGE), <, 1000);
}

static void
test_page_fails (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkWidget *list;
  GtkAdjustment *adjustment;
  guint n_before;

  granary_set_error (&fixture->storage->error, GRANARY_ERROR_NETWORK,
                     GRANARY_REASON_CONNECTION_BROKEN, "host", "broken");
  fixture->storage->fails_from = 2;
  open_browser (fixture, "cos://models-1250000000/many/");
  granary_ui_test_wait (find (fixture, "part-00000") != NULL);
  n_before = g_list_model_get_n_items (get_rows (fixture));

  list = widget_test_find (GTK_WIDGET (fixture->browser), GTK_TYPE_LIST_VIEW, 0);
  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
  granary_ui_test_wait (scroll_to_end (fixture, adjustment) == n_before &&
                        find_button (fixture, "Retry") != NULL);
  /* What is there stays, and can be chosen from. */
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (fixture)), ==, n_before);

  g_clear_error (&fixture->storage->error);
  click (fixture, "Retry");
  granary_ui_test_wait (g_list_model_get_n_items (get_rows (fixture)) > n_before);
  granary_ui_test_wait (find_button (fixture, "Retry") == NULL);
}

static void
test_filter (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *entry;

  open_browser (fixture, "cos://models-1250000000/many/");
  granary_ui_test_wait (find (fixture, "part-00000") != NULL);

  entry = widget_test_find (GTK_WIDGET (fixture->browser), GTK_TYPE_SEARCH_ENTRY, 0);
  gtk_editable_set_text (GTK_EDITABLE (entry), "part-0247");
  granary_ui_test_wait (g_list_model_get_n_items (get_rows (fixture)) == 10);
  g_assert_nonnull (find (fixture, "part-02470"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "nothing");
  granary_ui_test_wait (find (fixture, "No Results Found") != NULL);
  g_assert_true (can_choose (fixture));

  /* Buckets are searched by any part. */
  click (fixture, "Buckets");
  granary_ui_test_wait (find (fixture, "archive-1250000000") != NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
  gtk_editable_set_text (GTK_EDITABLE (entry), "dels");
  granary_ui_test_wait (g_list_model_get_n_items (get_rows (fixture)) == 1);
  g_assert_nonnull (find (fixture, "models-1250000000"));
}

static void
test_fails (Fixture       *fixture,
            gconstpointer  data)
{
  granary_set_error (&fixture->storage->error, GRANARY_ERROR_NETWORK,
                     GRANARY_REASON_OFFLINE, "host", "offline");
  open_browser (fixture, "cos://models-1250000000/");
  granary_ui_test_wait (find_button (fixture, "Retry") != NULL);
  g_assert_false (can_choose (fixture));

  g_clear_error (&fixture->storage->error);
  click (fixture, "Retry");
  granary_ui_test_wait (find (fixture, "plates") != NULL);
  g_assert_true (can_choose (fixture));
  g_assert_null (find_button (fixture, "Retry"));
}

static void
test_empty (Fixture       *fixture,
            gconstpointer  data)
{
  open_browser (fixture, "cos://models-1250000000/empty/");
  granary_ui_test_wait (find (fixture, "Empty Folder") != NULL);
  g_assert_false (can_choose (fixture));
}

static void
test_no_buckets (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkWidget *row;

  granary_set_error (&fixture->storage->error, GRANARY_ERROR_FORBIDDEN,
                     GRANARY_REASON_ACTION_FORBIDDEN, "cos:GetService", "forbidden");
  open_browser (fixture, NULL);
  granary_ui_test_wait (find_button (fixture, "Retry") != NULL);
  g_clear_error (&fixture->storage->error);

  row = widget_test_find (GTK_WIDGET (fixture->browser), ADW_TYPE_ENTRY_ROW, 0);
  gtk_editable_set_text (GTK_EDITABLE (row), "No Bucket");
  g_signal_emit_by_name (row, "apply");
  g_assert_true (gtk_widget_has_css_class (row, "error"));
  gtk_editable_set_text (GTK_EDITABLE (row), " models-1250000000 ");
  g_assert_false (gtk_widget_has_css_class (row, "error"));
  g_signal_emit_by_name (row, "apply");
  granary_ui_test_wait (find (fixture, "plates") != NULL);
  click (fixture, "Choose This Folder");
  g_assert_cmpstr (fixture->chosen, ==, "cos://models-1250000000/");
}

static void
test_odd_names (Fixture       *fixture,
                gconstpointer  data)
{
  open_browser (fixture, "cos://models-1250000000/odd/");
  granary_ui_test_wait (find (fixture, "<b>bold") != NULL);
  g_assert_nonnull (find (fixture, "模型.onnx"));
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (fixture)), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GranaryPlaceItem) item = g_list_model_get_item (get_rows (fixture), i);

      g_assert_null (strpbrk (granary_place_item_get_title (item), "\n\033"));
    }

  /* A folder with an empty name is a folder all the same. */
  open_row (fixture, "/");
  granary_ui_test_wait (find (fixture, "inside") != NULL);
  click (fixture, "Choose This Folder");
  g_assert_cmpstr (fixture->chosen, ==, "cos://models-1250000000/odd//");
}

static void
test_late_answer (Fixture       *fixture,
                  gconstpointer  data)
{
  fixture->storage->holds = TRUE;
  open_browser (fixture, "cos://models-1250000000/many/");
  granary_ui_test_wait (fixture->storage->held != NULL);
  g_assert_false (can_choose (fixture));

  click (fixture, "models-1250000000");
  granary_ui_test_wait (find (fixture, "plates") != NULL);
  g_task_return_pointer (fixture->storage->held,
                         make_page (fixture->storage, "many/", "/", NULL, 10),
                         (GDestroyNotify) granary_object_page_free);
  g_clear_object (&fixture->storage->held);
  widget_test_settle ();
  g_assert_nonnull (find (fixture, "plates"));
  g_assert_null (find (fixture, "part-00000"));
}

/* Whoever closes the page waits for nothing. */
static void
test_closed (Fixture       *fixture,
             gconstpointer  data)
{
  fixture->storage->holds = TRUE;
  open_browser (fixture, "cos://models-1250000000/many/");
  granary_ui_test_wait (fixture->storage->held != NULL);
  g_assert_true (adw_navigation_view_pop (fixture->view));
  granary_ui_test_wait (g_cancellable_is_cancelled (g_task_get_cancellable (fixture->storage->held)));
  g_task_return_error_if_cancelled (fixture->storage->held);
  g_clear_object (&fixture->storage->held);
  widget_test_settle ();
}

static void
test_accessible (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkWidget *list;
  GtkWidget *entry;
  GtkWidget *row;

  open_browser (fixture, "cos://models-1250000000/");
  granary_ui_test_wait (find (fixture, "plates") != NULL);
  entry = widget_test_find (GTK_WIDGET (fixture->browser), GTK_TYPE_SEARCH_ENTRY, 0);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Names Beginning With");
  list = widget_test_find (GTK_WIDGET (fixture->browser), GTK_TYPE_LIST_VIEW, 0);
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (list),
                                                   GTK_ACCESSIBLE_PROPERTY_LABEL));
  row = gtk_widget_get_ancestor (find (fixture, "plates"), GTK_TYPE_BOX);
  while (gtk_widget_get_parent (row) != list)
    row = gtk_widget_get_parent (row);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "plates, Folder");
  widget_test_assert_fits (GTK_WIDGET (fixture->browser), 360);
}

/* The page of the wizard */

typedef struct
{
  GranaryConnection  *connection;
  GranaryImportDraft *draft;
  GtkWidget          *page;
} Cos;

static void
open_page (Fixture *fixture,
           Cos     *cos)
{
  AdwNavigationPage *page;

  cos->connection = shell_test_open_repository ("cos");
  granary_connection_set_storage (cos->connection, GRANARY_OBJECT_STORAGE (fixture->storage));
  cos->draft = granary_import_draft_new (cos->connection);
  granary_import_draft_set_source (cos->draft, GRANARY_SOURCE_COS);
  cos->page = GTK_WIDGET (granary_import_cos_page_new ());
  granary_import_page_set_draft (GRANARY_IMPORT_PAGE (cos->page), cos->draft);
  page = adw_navigation_page_new (cos->page, "Import");
  adw_navigation_view_replace (fixture->view, &page, 1);
  granary_ui_test_wait (gtk_widget_get_mapped (cos->page));
}

static void
close_page (Fixture *fixture,
            Cos     *cos)
{
  AdwNavigationPage *page = adw_navigation_page_new (gtk_label_new ("Root"), "Root");

  adw_navigation_view_replace (fixture->view, &page, 1);
  granary_ui_test_wait (!granary_import_draft_get_busy (cos->draft));
  widget_test_settle ();
  g_object_unref (cos->draft);
  granary_connection_set_storage (cos->connection, NULL);
  granary_connection_close (cos->connection);
  g_object_unref (cos->connection);
}

static gboolean
has_problem (Cos *cos)
{
  GtkWidget *row = widget_test_find (cos->page, GRANARY_TYPE_PROBLEM_ROW, 0);

  return row != NULL && gtk_widget_get_mapped (row);
}

static gboolean
found (Cos        *cos,
       const char *summary)
{
  GtkWidget *row = widget_test_find (cos->page, ADW_TYPE_EXPANDER_ROW, 0);

  return row != NULL &&
         g_str_has_prefix (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), summary);
}

static void
test_page (Fixture       *fixture,
           gconstpointer  data)
{
  GtkWidget *row;
  GtkWidget *group;
  Cos cos;

  open_page (fixture, &cos);
  row = widget_test_find (cos.page, ADW_TYPE_ENTRY_ROW, 0);

  /* Typed: looked for without a further key. */
  gtk_editable_set_text (GTK_EDITABLE (row), "cos://models-1250000000/plates/v2");
  granary_ui_test_wait (found (&cos, "2 files, "));
  g_assert_cmpstr (granary_import_draft_get_address (cos.draft), ==,
                   "cos://models-1250000000/plates/v2");
  granary_ui_test_wait (widget_test_find_text (cos.page, "best.pt") != NULL);
  granary_ui_test_wait (widget_test_find_text (cos.page,
                                               "“Config.json” is probably meant to be config.json")
                        != NULL);

  group = widget_test_find (cos.page, ADW_TYPE_TOGGLE_GROUP, 0);
  g_assert_false (granary_import_draft_get_move (cos.draft));
  adw_toggle_group_set_active_name (ADW_TOGGLE_GROUP (group), "cut");
  g_assert_true (granary_import_draft_get_move (cos.draft));
  widget_test_assert_fits (cos.page, 360);

  /* What is wrong is told at the field. */
  gtk_editable_set_text (GTK_EDITABLE (row), "models/plates");
  g_signal_emit_by_name (row, "entry-activated");
  granary_ui_test_wait (has_problem (&cos));
  g_assert_true (gtk_widget_has_css_class (row, "error"));
  gtk_editable_set_text (GTK_EDITABLE (row), "cos://models-1250000000/nothing/");
  g_signal_emit_by_name (row, "entry-activated");
  granary_ui_test_wait (!granary_import_draft_get_busy (cos.draft) && has_problem (&cos));
  gtk_editable_set_text (GTK_EDITABLE (row), "");
  g_signal_emit_by_name (row, "entry-activated");
  granary_ui_test_wait (!has_problem (&cos));

  close_page (fixture, &cos);
}

static void
test_browse (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *row;
  GtkWidget *button;
  Cos cos;

  open_page (fixture, &cos);
  row = widget_test_find (cos.page, ADW_TYPE_ENTRY_ROW, 0);
  gtk_editable_set_text (GTK_EDITABLE (row), "cos://models-1250000000/plates/");
  button = gtk_widget_get_ancestor (widget_test_find_text (cos.page, "Browse…"), GTK_TYPE_BUTTON);
  g_signal_emit_by_name (button, "clicked");
  fixture->browser = GRANARY_STORAGE_BROWSER (adw_navigation_view_get_visible_page (fixture->view));
  fixture->places = GRANARY_PLACE_VIEW (widget_test_find (GTK_WIDGET (fixture->browser),
                                                          GRANARY_TYPE_PLACE_VIEW, 0));
  granary_ui_test_wait (find (fixture, "v1") != NULL);
  open_row (fixture, "v1");
  granary_ui_test_wait (find (fixture, "best.pt") != NULL);
  click (fixture, "Choose This Folder");
  g_assert_cmpstr (granary_import_draft_get_address (cos.draft), ==,
                   "cos://models-1250000000/plates/v1/");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==,
                   "cos://models-1250000000/plates/v1/");
  granary_ui_test_wait (found (&cos, "2 files, "));

  close_page (fixture, &cos);
}

int
main (int    argc,
      char **argv)
{
  widget_test_init (&argc, &argv);

  g_test_add ("/storage-browser/choose", Fixture, NULL, set_up, test_choose, tear_down);
  g_test_add ("/storage-browser/elsewhere", Fixture, NULL, set_up, test_elsewhere, tear_down);
  g_test_add ("/storage-browser/start", Fixture, NULL, set_up, test_start, tear_down);
  g_test_add ("/storage-browser/focus", Fixture, NULL, set_up, test_focus, tear_down);
  g_test_add ("/storage-browser/pages", Fixture, NULL, set_up, test_pages, tear_down);
  g_test_add ("/storage-browser/page-fails", Fixture, NULL, set_up, test_page_fails, tear_down);
  g_test_add ("/storage-browser/filter", Fixture, NULL, set_up, test_filter, tear_down);
  g_test_add ("/storage-browser/fails", Fixture, NULL, set_up, test_fails, tear_down);
  g_test_add ("/storage-browser/empty", Fixture, NULL, set_up, test_empty, tear_down);
  g_test_add ("/storage-browser/no-buckets", Fixture, NULL, set_up, test_no_buckets, tear_down);
  g_test_add ("/storage-browser/odd-names", Fixture, NULL, set_up, test_odd_names, tear_down);
  g_test_add ("/storage-browser/late-answer", Fixture, NULL, set_up, test_late_answer, tear_down);
  g_test_add ("/storage-browser/closed", Fixture, NULL, set_up, test_closed, tear_down);
  g_test_add ("/storage-browser/accessible", Fixture, NULL, set_up, test_accessible, tear_down);
  g_test_add ("/storage-browser/page", Fixture, NULL, set_up, test_page, tear_down);
  g_test_add ("/storage-browser/browse", Fixture, NULL, set_up, test_browse, tear_down);

  return g_test_run ();
}
