/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include <glib/gstdio.h>

#include "granary-environment-memory.h"
#include "granary-environment-picker.h"
#include "granary-environment-row.h"
#include "granary-error.h"
#include "granary-import-facts.h"
#include "granary-place-view.h"
#include "granary-ui-test.h"
#include "shell-test.h"
#include "widget-test.h"

#define RECORD "{\"ImageType\":\"TCR\"}"

/* Sources that answer at once; one has registries, the other one has not. */

typedef struct
{
  GObject  parent_instance;

  GError  *error;     /* (nullable): what every verb fails with */
  char    *framework; /* (nullable): as last asked for */
  guint    n_lists;
  guint    n_browses;
} FakeImages;

typedef GObjectClass FakeImagesClass;
typedef FakeImages PlainImages;
typedef GObjectClass PlainImagesClass;

static GType fake_images_get_type  (void);
static GType plain_images_get_type (void);

static void
add_image (GPtrArray  *images,
           const char *address,
           const char *title,
           const char *record)
{
  GranaryImage *image = granary_image_new (GRANARY_IMAGE_BUILTIN, address, title);

  image->record = g_strdup (record);
  image->size = 1000000;
  g_ptr_array_add (images, image);
}

static void
list_async (GranaryImageSource  *source,
            const char          *framework,
            GCancellable        *cancellable,
            GAsyncReadyCallback  callback,
            gpointer             user_data)
{
  FakeImages *self = (FakeImages *) source;
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);
  GPtrArray *images;

  self->n_lists++;
  g_set_str (&self->framework, framework);
  if (self->error != NULL)
    {
      g_task_return_error (task, g_error_copy (self->error));
      return;
    }

  images = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_image_free);
  add_image (images, "torch1.9-py3.8-gpu", "PyTorch 1.9 · Python 3.8 (GPU)", NULL);
  add_image (images, "onnx1.4", "ONNX Runtime 1.4", NULL);
  g_task_return_pointer (task, images, (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
list_finish (GranaryImageSource  *source,
             GAsyncResult        *result,
             GError             **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GranaryImagePlace *
make_place (const char *title,
            const char *name_space,
            const char *repository)
{
  GranaryImagePlace *place = granary_image_place_new (GRANARY_IMAGE_ENTERPRISE, title);

  g_set_str (&place->registry, "tcr-1");
  g_set_str (&place->region, "ap-guangzhou");
  g_set_str (&place->name_space, name_space);
  g_set_str (&place->repository, repository);

  return place;
}

static void
add_tags (GranaryImagePage *found,
          guint             page)
{
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *tag = g_strdup_printf ("tag-%03u", page * 100 + i);
      g_autofree char *address = g_strconcat ("team.example.com/vision/yolo:", tag, NULL);

      add_image (found->images, address, tag, RECORD);
    }
  found->has_more = page < 2;
}

static void
browse_async (GranaryImageSource      *source,
              const GranaryImagePlace *place,
              const char              *text,
              guint                    page,
              GCancellable            *cancellable,
              GAsyncReadyCallback      callback,
              gpointer                 user_data)
{
  FakeImages *self = (FakeImages *) source;
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);
  g_autoptr (GranaryImagePage) found = granary_image_page_new ();

  self->n_browses++;
  if (self->error != NULL)
    {
      g_task_return_error (task, g_error_copy (self->error));
      return;
    }

  if (text != NULL)
    add_image (found->images, "team.example.com/vision/yolo:found", text, RECORD);
  else if (place == NULL)
    {
      g_ptr_array_add (found->places, make_place ("team", NULL, NULL));
      granary_set_error (&found->note, GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_REGISTRY_UNAVAILABLE,
                         "other", "forbidden");
    }
  else if (place->name_space == NULL)
    g_ptr_array_add (found->places, make_place ("vision", "vision", NULL));
  else if (place->repository == NULL)
    g_ptr_array_add (found->places, make_place ("yolo", "vision", "yolo"));
  else
    add_tags (found, page);
  g_task_return_pointer (task, g_steal_pointer (&found), (GDestroyNotify) granary_image_page_free);
}

static GranaryImagePage *
browse_finish (GranaryImageSource  *source,
               GAsyncResult        *result,
               GError             **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
plain_images_iface_init (GranaryImageSourceInterface *iface)
{
  iface->list_async = list_async;
  iface->list_finish = list_finish;
}

static void
fake_images_iface_init (GranaryImageSourceInterface *iface)
{
  plain_images_iface_init (iface);
  iface->browse_async = browse_async;
  iface->browse_finish = browse_finish;
}

G_DEFINE_TYPE_WITH_CODE (FakeImages, fake_images, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (GRANARY_TYPE_IMAGE_SOURCE, fake_images_iface_init))
G_DEFINE_TYPE_WITH_CODE (PlainImages, plain_images, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (GRANARY_TYPE_IMAGE_SOURCE, plain_images_iface_init))

static void
images_finalize (GObject *object)
{
  FakeImages *self = (FakeImages *) object;

  g_clear_error (&self->error);
  g_free (self->framework);

  G_OBJECT_CLASS (g_type_class_peek (G_TYPE_OBJECT))->finalize (object);
}

static void
fake_images_class_init (FakeImagesClass *klass)
{
  klass->finalize = images_finalize;
}

static void
fake_images_init (FakeImages *self)
{
}

static void
plain_images_class_init (PlainImagesClass *klass)
{
  klass->finalize = images_finalize;
}

static void
plain_images_init (PlainImages *self)
{
}

/* Fixture */

typedef struct
{
  FakeImages        *images;
  GtkWindow         *window;
  AdwNavigationView *view;
  GtkWidget         *picker;
  char              *address;
  char              *record;
} Fixture;

static void
chosen_cb (Fixture    *fixture,
           const char *address,
           const char *record)
{
  g_set_str (&fixture->address, address);
  g_set_str (&fixture->record, record);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  AdwNavigationPage *root = adw_navigation_page_new (gtk_label_new ("Root"), "Root");

  fixture->images = g_object_new (data != NULL ? plain_images_get_type () : fake_images_get_type (),
                                  NULL);
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
  g_assert_finalize_object (G_OBJECT (fixture->images));
  g_free (fixture->address);
  g_free (fixture->record);
}

static void
open_picker (Fixture    *fixture,
             gboolean    is_local,
             const char *current)
{
  GranaryEnvironmentPicker *picker;

  picker = granary_environment_picker_new (GRANARY_IMAGE_SOURCE (fixture->images), is_local,
                                           "PyTorch", current);
  g_signal_connect_swapped (picker, "chosen", G_CALLBACK (chosen_cb), fixture);
  fixture->picker = GTK_WIDGET (picker);
  adw_navigation_view_push (fixture->view, ADW_NAVIGATION_PAGE (picker));
  granary_ui_test_wait (gtk_widget_get_mapped (fixture->picker));
}

/* What is mapped: pages of a stack that are not shown do not count. */
static GtkWidget *
find_mapped (GtkWidget *root,
             GType      type)
{
  GtkWidget *found;

  for (guint i = 0; (found = widget_test_find (root, type, i)) != NULL; i++)
    {
      if (gtk_widget_get_mapped (found))
        return found;
    }

  return NULL;
}

static GtkWidget *
find (GtkWidget  *root,
      const char *text)
{
  GtkWidget *label;

  for (guint i = 0; (label = widget_test_find (root, GTK_TYPE_LABEL, i)) != NULL; i++)
    {
      if (gtk_widget_get_mapped (label) &&
          g_str_equal (gtk_label_get_text (GTK_LABEL (label)), text))
        return label;
    }

  return NULL;
}

static void
click (Fixture    *fixture,
       const char *text)
{
  GtkWidget *label = find (fixture->picker, text);

  g_assert_nonnull (label);
  g_signal_emit_by_name (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON), "clicked");
}

static void
show_tab (Fixture    *fixture,
          const char *name)
{
  GtkWidget *stack = widget_test_find (fixture->picker, ADW_TYPE_VIEW_STACK, 0);

  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (stack), name);
  widget_test_settle ();
}

static GListModel *
get_rows (Fixture *fixture)
{
  GtkWidget *view = find_mapped (fixture->picker, GRANARY_TYPE_PLACE_VIEW);

  return G_LIST_MODEL (granary_place_view_get_list (GRANARY_PLACE_VIEW (view)));
}

static void
open_row (Fixture *fixture,
          guint    position)
{
  g_signal_emit_by_name (find_mapped (fixture->picker, GTK_TYPE_LIST_VIEW), "activate", position);
}

static gboolean
is_at_root (Fixture *fixture)
{
  AdwNavigationPage *page = adw_navigation_view_get_visible_page (fixture->view);

  return g_str_equal (adw_navigation_page_get_title (page), "Root");
}

/* The picker */

static void
test_builtin (Fixture       *fixture,
              gconstpointer  data)
{
  GtkWidget *entry;

  open_picker (fixture, FALSE, "onnx1.4");
  granary_ui_test_wait (find (fixture->picker, "ONNX Runtime 1.4") != NULL);
  g_assert_cmpstr (fixture->images->framework, ==, "PyTorch");
  g_assert_nonnull (find (fixture->picker, "PyTorch 1.9 · Python 3.8 (GPU)"));

  /* Searching asks nobody. */
  entry = find_mapped (fixture->picker, GTK_TYPE_SEARCH_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (entry), "PYTORCH");
  granary_ui_test_wait (g_list_model_get_n_items (get_rows (fixture)) == 1);
  gtk_editable_set_text (GTK_EDITABLE (entry), "absent");
  granary_ui_test_wait (find (fixture->picker, "No Results Found") != NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  granary_ui_test_wait (g_list_model_get_n_items (get_rows (fixture)) == 2);
  g_assert_cmpuint (fixture->images->n_lists, ==, 1);

  open_row (fixture, 0);
  g_assert_cmpstr (fixture->address, ==, "torch1.9-py3.8-gpu");
  g_assert_null (fixture->record);
  g_assert_true (is_at_root (fixture));
}

static void
test_fails (Fixture       *fixture,
            gconstpointer  data)
{
  granary_set_error (&fixture->images->error, GRANARY_ERROR_NETWORK, GRANARY_REASON_OFFLINE,
                     "host", "offline");
  open_picker (fixture, FALSE, NULL);
  granary_ui_test_wait (find (fixture->picker, "Retry") != NULL);
  g_clear_error (&fixture->images->error);
  click (fixture, "Retry");
  granary_ui_test_wait (find (fixture->picker, "ONNX Runtime 1.4") != NULL);
}

static void
test_registry (Fixture       *fixture,
               gconstpointer  data)
{
  GtkAdjustment *adjustment;

  open_picker (fixture, FALSE, NULL);
  granary_ui_test_wait (find (fixture->picker, "ONNX Runtime 1.4") != NULL);
  /* Nobody asks a registry who does not look at it. */
  g_assert_cmpuint (fixture->images->n_browses, ==, 0);

  show_tab (fixture, "registry");
  granary_ui_test_wait (find (fixture->picker, "team") != NULL);
  /* The one that could not be opened is told of. */
  g_assert_true (adw_banner_get_revealed (ADW_BANNER (find_mapped (fixture->picker,
                                                                   ADW_TYPE_BANNER))));
  open_row (fixture, 0);
  granary_ui_test_wait (find (fixture->picker, "vision") != NULL);
  open_row (fixture, 0);
  granary_ui_test_wait (find (fixture->picker, "yolo") != NULL);
  open_row (fixture, 0);
  granary_ui_test_wait (find (fixture->picker, "tag-000") != NULL);

  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (find_mapped (fixture->picker,
                                                                            GTK_TYPE_LIST_VIEW)));
  granary_ui_test_wait ((gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment)),
                         g_list_model_get_n_items (get_rows (fixture)) == 300));
  open_row (fixture, 299);
  g_assert_cmpstr (fixture->address, ==, "team.example.com/vision/yolo:tag-299");
  g_assert_cmpstr (fixture->record, ==, RECORD);
  g_assert_true (is_at_root (fixture));
}

static void
test_registry_up (Fixture       *fixture,
                  gconstpointer  data)
{
  GtkWidget *entry;

  open_picker (fixture, FALSE, NULL);
  show_tab (fixture, "registry");
  granary_ui_test_wait (find (fixture->picker, "team") != NULL);
  open_row (fixture, 0);
  granary_ui_test_wait (find (fixture->picker, "vision") != NULL);
  open_row (fixture, 0);
  granary_ui_test_wait (find (fixture->picker, "yolo") != NULL);

  entry = find_mapped (fixture->picker, GTK_TYPE_SEARCH_ENTRY);
  gtk_editable_set_text (GTK_EDITABLE (entry), "found");
  granary_ui_test_wait (find (fixture->picker, "found") != NULL);

  widget_test_press (find_mapped (fixture->picker, GTK_TYPE_LIST_VIEW), GDK_KEY_BackSpace);
  granary_ui_test_wait (find (fixture->picker, "yolo") == NULL &&
                        find (fixture->picker, "vision") != NULL);
  click (fixture, "Registries");
  granary_ui_test_wait (find (fixture->picker, "vision") == NULL &&
                        find (fixture->picker, "team") != NULL);
}

static void
test_no_registries (Fixture       *fixture,
                    gconstpointer  data)
{
  GtkWidget *stack;

  open_picker (fixture, TRUE, NULL);
  stack = widget_test_find (fixture->picker, ADW_TYPE_VIEW_STACK, 0);
  for (GtkWidget *child = gtk_widget_get_first_child (stack);
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      AdwViewStackPage *page = adw_view_stack_get_page (ADW_VIEW_STACK (stack), child);

      g_assert_true (adw_view_stack_page_get_visible (page) !=
                     g_str_equal (adw_view_stack_page_get_name (page), "registry"));
    }
  g_assert_nonnull (find (fixture->picker, "On This Computer"));
}

static void
test_custom (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *row;
  GtkWidget *use;

  open_picker (fixture, FALSE, NULL);
  show_tab (fixture, "custom");
  row = find_mapped (fixture->picker, ADW_TYPE_ENTRY_ROW);
  use = find_mapped (fixture->picker, ADW_TYPE_BUTTON_ROW);
  g_assert_false (gtk_widget_is_sensitive (use));

  gtk_editable_set_text (GTK_EDITABLE (row), "https://team.example.com/vision/yolo:1");
  g_assert_true (gtk_widget_is_sensitive (use));
  g_signal_emit_by_name (use, "activated");
  g_assert_true (gtk_widget_has_css_class (row, "error"));
  g_assert_null (fixture->address);
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                                    GTK_ACCESSIBLE_INVALID_TRUE);

  gtk_editable_set_text (GTK_EDITABLE (row), " team.example.com/vision/yolo:1 ");
  g_assert_false (gtk_widget_has_css_class (row, "error"));
  g_signal_emit_by_name (row, "entry-activated");
  g_assert_cmpstr (fixture->address, ==, "team.example.com/vision/yolo:1");
  g_assert_null (fixture->record);
  g_assert_true (is_at_root (fixture));
}

static void
test_interpreter (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "python 3", NULL);
  g_autoptr (GError) error = NULL;
  GtkWidget *row;

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_cache_dir (), 0700), ==, 0);
  g_file_set_contents (path, "#!", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);

  open_picker (fixture, TRUE, NULL);
  show_tab (fixture, "custom");
  row = find_mapped (fixture->picker, ADW_TYPE_ENTRY_ROW);
  gtk_editable_set_text (GTK_EDITABLE (row), "python3");
  g_signal_emit_by_name (row, "entry-activated");
  g_assert_true (gtk_widget_has_css_class (row, "error"));

  gtk_editable_set_text (GTK_EDITABLE (row), "/nowhere/python3");
  g_signal_emit_by_name (row, "entry-activated");
  granary_ui_test_wait (gtk_widget_has_css_class (row, "error"));

  gtk_editable_set_text (GTK_EDITABLE (row), g_get_user_cache_dir ());
  g_signal_emit_by_name (row, "entry-activated");
  granary_ui_test_wait (gtk_widget_has_css_class (row, "error"));

  gtk_editable_set_text (GTK_EDITABLE (row), path);
  /* Even root may not run what nobody may run. */
  g_signal_emit_by_name (row, "entry-activated");
  granary_ui_test_wait (gtk_widget_has_css_class (row, "error"));

  g_assert_cmpint (g_chmod (path, 0700), ==, 0);
  gtk_editable_set_text (GTK_EDITABLE (row), "");
  gtk_editable_set_text (GTK_EDITABLE (row), path);
  g_signal_emit_by_name (row, "entry-activated");
  granary_ui_test_wait (fixture->address != NULL);
  g_assert_cmpstr (fixture->address, ==, path);
  g_assert_true (is_at_root (fixture));
}

static void
test_last_used (Fixture       *fixture,
                gconstpointer  data)
{
  GtkWidget *label;

  open_picker (fixture, FALSE, NULL);
  g_assert_null (find (fixture->picker, "Used Last Time"));
  granary_environment_picker_set_last_used (GRANARY_ENVIRONMENT_PICKER (fixture->picker),
                                            "team.example.com/a/<b>:1", RECORD);
  granary_ui_test_wait (find (fixture->picker, "Used Last Time") != NULL);
  label = find (fixture->picker, "team.example.com/a/<b>:1");
  g_assert_nonnull (label);
  g_signal_emit_by_name (gtk_widget_get_ancestor (label, ADW_TYPE_ACTION_ROW), "activated");
  g_assert_cmpstr (fixture->address, ==, "team.example.com/a/<b>:1");
  g_assert_cmpstr (fixture->record, ==, RECORD);
}

static void
test_accessible (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkWidget *list;

  open_picker (fixture, FALSE, "onnx1.4");
  granary_ui_test_wait (find (fixture->picker, "ONNX Runtime 1.4") != NULL);
  list = find_mapped (fixture->picker, GTK_TYPE_LIST_VIEW);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (list)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "PyTorch 1.9 · Python 3.8 (GPU)");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (find_mapped (fixture->picker,
                                                                    GTK_TYPE_SEARCH_ENTRY)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Search Environments");
  widget_test_assert_fits (fixture->picker, 360);
  show_tab (fixture, "registry");
  widget_test_assert_fits (fixture->picker, 360);
  show_tab (fixture, "custom");
  widget_test_assert_fits (fixture->picker, 360);
}

/* The row, and what it remembers */

static GtkWidget *
show_facts (Fixture            *fixture,
            GranaryImportDraft *draft)
{
  GtkWidget *facts = g_object_new (GRANARY_TYPE_IMPORT_FACTS, NULL);
  AdwNavigationPage *page = adw_navigation_page_new (facts, "Root");

  granary_import_facts_set_draft (GRANARY_IMPORT_FACTS (facts), draft);
  adw_navigation_view_replace (fixture->view, &page, 1);
  granary_ui_test_wait (gtk_widget_get_mapped (facts));

  return widget_test_find (facts, GRANARY_TYPE_ENVIRONMENT_ROW, 0);
}

static void
choose_first (Fixture   *fixture,
              GtkWidget *row)
{
  adw_action_row_activate (ADW_ACTION_ROW (row));
  fixture->picker = GTK_WIDGET (adw_navigation_view_get_visible_page (fixture->view));
  g_assert_true (GRANARY_IS_ENVIRONMENT_PICKER (fixture->picker));
  granary_ui_test_wait (find (fixture->picker, "ONNX Runtime 1.4") != NULL);
  open_row (fixture, 0);
  g_assert_true (is_at_root (fixture));
}

static void
test_remember (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GranaryConnection) connection = shell_test_open_repository ("remember");
  g_autoptr (GranaryImportDraft) first = granary_import_draft_new (connection);
  g_autoptr (GranaryImportDraft) second = granary_import_draft_new (connection);
  GtkWidget *row;

  granary_connection_set_image_source (connection, GRANARY_IMAGE_SOURCE (fixture->images));
  granary_import_draft_set_framework (first, "PyTorch");
  row = show_facts (fixture, first);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, "None chosen");
  choose_first (fixture, row);
  g_assert_cmpstr (granary_import_draft_get_environment (first), ==, "torch1.9-py3.8-gpu");
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, "torch1.9-py3.8-gpu");

  /* The next one: only for the same framework, and only until it is taken out. */
  row = show_facts (fixture, second);
  g_assert_null (granary_import_draft_get_environment (second));
  granary_import_draft_set_framework (second, "ONNX");
  g_assert_null (granary_import_draft_get_environment (second));
  granary_import_draft_set_framework (second, "pytorch");
  g_assert_cmpstr (granary_import_draft_get_environment (second), ==, "torch1.9-py3.8-gpu");
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==,
                   "torch1.9-py3.8-gpu (as last time)");
  granary_import_draft_set_framework (second, "ONNX");
  g_assert_null (granary_import_draft_get_environment (second));
  granary_import_draft_set_framework (second, "PyTorch");
  g_assert_nonnull (granary_import_draft_get_environment (second));

  g_signal_emit_by_name (widget_test_find (row, GTK_TYPE_BUTTON, 0), "clicked");
  g_assert_null (granary_import_draft_get_environment (second));
  granary_import_draft_set_framework (second, "ONNX");
  granary_import_draft_set_framework (second, "PyTorch");
  g_assert_null (granary_import_draft_get_environment (second));
  /* It is still offered. */
  adw_action_row_activate (ADW_ACTION_ROW (row));
  fixture->picker = GTK_WIDGET (adw_navigation_view_get_visible_page (fixture->view));
  granary_ui_test_wait (find (fixture->picker, "Used Last Time") != NULL);

  granary_connection_set_image_source (connection, NULL);
  granary_connection_close (connection);
}

static void
test_plain_entry (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (GranaryConnection) connection = shell_test_open_repository ("plain");
  g_autoptr (GranaryImportDraft) draft = granary_import_draft_new (connection);

  granary_connection_set_image_source (connection, NULL);
  g_assert_null (show_facts (fixture, draft));
  granary_connection_close (connection);
}

static void
test_memory (void)
{
  g_autoptr (GSettings) settings = g_settings_new (GRANARY_SETTINGS_ID);
  g_autofree char *address = NULL;
  g_autofree char *record = NULL;
  g_autoptr (GVariant) all = NULL;

  g_settings_reset (settings, "environments");
  g_assert_false (granary_environment_memory_recall (settings, "a", "x", &address, &record));
  granary_environment_memory_remember (settings, "a", "x", "one", RECORD);
  granary_environment_memory_remember (settings, "a", NULL, "none", NULL);
  granary_environment_memory_remember (settings, "b", "x", "two", NULL);
  granary_environment_memory_remember (settings, "a", "x", "three", RECORD);
  g_assert_true (granary_environment_memory_recall (settings, "a", "X", &address, &record));
  g_assert_cmpstr (address, ==, "three");
  g_assert_cmpstr (record, ==, RECORD);
  g_clear_pointer (&address, g_free);
  g_clear_pointer (&record, g_free);
  g_assert_true (granary_environment_memory_recall (settings, "b", "x", &address, &record));
  g_assert_cmpstr (address, ==, "two");
  g_assert_null (record);
  g_clear_pointer (&address, g_free);

  /* It does not grow for ever; what was used last stays. */
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *framework = g_strdup_printf ("framework-%u", i);

      granary_environment_memory_remember (settings, "a", framework, framework, NULL);
    }
  all = g_settings_get_value (settings, "environments");
  g_assert_cmpuint (g_variant_n_children (all), <=, 100);
  g_assert_true (granary_environment_memory_recall (settings, "a", "framework-299", &address,
                                                    &record));
  g_assert_false (granary_environment_memory_recall (settings, "b", "x", &address, &record));
  g_settings_reset (settings, "environments");
}

int
main (int    argc,
      char **argv)
{
  widget_test_init (&argc, &argv);

  g_test_add ("/environment-picker/builtin", Fixture, NULL, set_up, test_builtin, tear_down);
  g_test_add ("/environment-picker/fails", Fixture, NULL, set_up, test_fails, tear_down);
  g_test_add ("/environment-picker/registry", Fixture, NULL, set_up, test_registry, tear_down);
  g_test_add ("/environment-picker/registry-up", Fixture, NULL, set_up, test_registry_up,
              tear_down);
  g_test_add ("/environment-picker/no-registries", Fixture, "plain", set_up, test_no_registries,
              tear_down);
  g_test_add ("/environment-picker/custom", Fixture, NULL, set_up, test_custom, tear_down);
  g_test_add ("/environment-picker/interpreter", Fixture, "plain", set_up, test_interpreter,
              tear_down);
  g_test_add ("/environment-picker/last-used", Fixture, NULL, set_up, test_last_used, tear_down);
  g_test_add ("/environment-picker/accessible", Fixture, NULL, set_up, test_accessible, tear_down);
  g_test_add ("/environment-picker/remember", Fixture, NULL, set_up, test_remember, tear_down);
  g_test_add ("/environment-picker/plain-entry", Fixture, NULL, set_up, test_plain_entry,
              tear_down);
  g_test_add_func ("/environment-picker/memory", test_memory);

  return g_test_run ();
}
