/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-facet-group.h"
#include "granary-sidebar.h"
#include "granary-ui-test.h"
#include "widget-test.h"

typedef struct
{
  GranaryUiTest   base;
  GranarySidebar *sidebar;
  GtkWindow      *window;
  guint           n_tags_changed;
  guint           n_page_changed;
} Fixture;

static void
count_cb (guint *count)
{
  (*count)++;
}

static GtkWidget *
find_check (Fixture    *fixture,
            const char *value)
{
  GtkWidget *label = widget_test_find_text (GTK_WIDGET (fixture->sidebar), value);

  return label != NULL ? gtk_widget_get_ancestor (label, GTK_TYPE_CHECK_BUTTON) : NULL;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  granary_ui_test_set_up (&fixture->base);
  granary_ui_test_add_models (&fixture->base, 30);
  fixture->sidebar = g_object_ref_sink (g_object_new (GRANARY_TYPE_SIDEBAR, NULL));
  g_signal_connect_swapped (fixture->sidebar, "tags-changed", G_CALLBACK (count_cb),
                            &fixture->n_tags_changed);
  g_signal_connect_swapped (fixture->sidebar, "page-changed", G_CALLBACK (count_cb),
                            &fixture->n_page_changed);
  fixture->window = widget_test_window (GTK_WIDGET (fixture->sidebar), 260, 600);
  granary_sidebar_set_connection (fixture->sidebar, fixture->base.connection);
  granary_ui_test_wait (find_check (fixture, "prod") != NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (fixture->window);
  granary_ui_test_settle (&fixture->base);
  g_assert_finalize_object (fixture->sidebar);
  granary_ui_test_tear_down (&fixture->base);
}

static void
test_counts (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *row = widget_test_find (GTK_WIDGET (fixture->sidebar), GTK_TYPE_LIST_BOX_ROW, 0);

  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, "Models, 30");
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->sidebar), "30"));
  gtk_test_accessible_assert_property (find_check (fixture, "prod"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "stage: prod, 10 models");

  /* They follow what happens. */
  granary_ui_test_trash (&fixture->base, granary_ui_test_find (&fixture->base, "model-000"), "t1");
  granary_ui_test_wait (widget_test_find_text (GTK_WIDGET (fixture->sidebar), "29") != NULL);
  gtk_test_accessible_assert_property (find_check (fixture, "prod"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "stage: prod, 9 models");
  row = widget_test_find (GTK_WIDGET (fixture->sidebar), GTK_TYPE_LIST_BOX_ROW, 2);
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, "Trash, 1");

  row = widget_test_find (GTK_WIDGET (fixture->sidebar), GTK_TYPE_LIST_BOX_ROW, 1);
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, "Services, 0 running");
  granary_sidebar_set_n_running (fixture->sidebar, 3);
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, "Services, 3 running");
  g_assert_nonnull (widget_test_find_text (row, "3"));
}

static void
test_facets (Fixture       *fixture,
             gconstpointer  data)
{
  const GranaryTagSet *tags;

  gtk_check_button_set_active (GTK_CHECK_BUTTON (find_check (fixture, "prod")), TRUE);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (find_check (fixture, "a")), TRUE);
  g_assert_cmpuint (fixture->n_tags_changed, ==, 2);
  tags = granary_sidebar_get_tags (fixture->sidebar);
  g_assert_cmpstr (granary_tag_set_lookup (tags, "stage"), ==, "prod");
  g_assert_cmpstr (granary_tag_set_lookup (tags, "team"), ==, "a");

  /* A model carries one value of a key, so another value takes the place of the first. */
  gtk_check_button_set_active (GTK_CHECK_BUTTON (find_check (fixture, "b")), TRUE);
  g_assert_cmpuint (fixture->n_tags_changed, ==, 3);
  g_assert_false (gtk_check_button_get_active (GTK_CHECK_BUTTON (find_check (fixture, "a"))));
  g_assert_cmpstr (granary_tag_set_lookup (granary_sidebar_get_tags (fixture->sidebar), "team"),
                   ==, "b");

  gtk_check_button_set_active (GTK_CHECK_BUTTON (find_check (fixture, "b")), FALSE);
  g_assert_null (granary_tag_set_lookup (granary_sidebar_get_tags (fixture->sidebar), "team"));

  /* Set from elsewhere: shown, not told. */
  {
    g_autoptr (GranaryTagSet) none = granary_tag_set_new ();

    fixture->n_tags_changed = 0;
    granary_sidebar_set_tags (fixture->sidebar, none);
    g_assert_false (gtk_check_button_get_active (GTK_CHECK_BUTTON (find_check (fixture, "prod"))));
    g_assert_cmpuint (fixture->n_tags_changed, ==, 0);
  }
}

/* A filter nobody could switch off any more switches itself off. */
static void
test_lost_tag (Fixture       *fixture,
               gconstpointer  data)
{
  gint64 id = granary_ui_test_find (&fixture->base, "model-001");

  granary_ui_test_set_tag (&fixture->base, id, "owner", "me");
  granary_ui_test_wait (find_check (fixture, "me") != NULL);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (find_check (fixture, "me")), TRUE);
  g_assert_cmpuint (fixture->n_tags_changed, ==, 1);

  granary_ui_test_set_tag (&fixture->base, id, "owner", NULL);
  granary_ui_test_wait (fixture->n_tags_changed == 2);
  g_assert_cmpuint (granary_tag_set_get_size (granary_sidebar_get_tags (fixture->sidebar)), ==, 0);
  g_assert_null (find_check (fixture, "me"));
}

static void
test_many_values (Fixture       *fixture,
                  gconstpointer  data)
{
  GtkWidget *more;

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("model-%03u", i);
      g_autofree char *value = g_strdup_printf ("value-%02u", i);

      granary_ui_test_set_tag (&fixture->base, granary_ui_test_find (&fixture->base, name), "many",
                               value);
    }
  granary_ui_test_wait ((more = widget_test_find_text (GTK_WIDGET (fixture->sidebar), "4 More")) !=
                        NULL);
  g_signal_emit_by_name (gtk_widget_get_ancestor (more, GTK_TYPE_BUTTON), "clicked");
  g_assert_null (widget_test_find_text (GTK_WIDGET (fixture->sidebar), "4 More"));
  g_assert_nonnull (find_check (fixture, "value-11"));
}

static void
test_pages (Fixture       *fixture,
            gconstpointer  data)
{
  g_assert_cmpstr (granary_sidebar_get_page (fixture->sidebar), ==, "models");
  fixture->n_page_changed = 0;
  granary_sidebar_set_page (fixture->sidebar, "trash");
  g_assert_cmpuint (fixture->n_page_changed, ==, 1);
  g_assert_cmpstr (granary_sidebar_get_page (fixture->sidebar), ==, "trash");
  granary_sidebar_set_title (fixture->sidebar, "Lab");
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->sidebar), "Lab"));

  granary_sidebar_set_connection (fixture->sidebar, NULL);
  g_assert_null (find_check (fixture, "prod"));
}

int
main (int    argc,
      char **argv)
{
  widget_test_init (&argc, &argv);

  g_test_add ("/sidebar/counts", Fixture, NULL, set_up, test_counts, tear_down);
  g_test_add ("/sidebar/facets", Fixture, NULL, set_up, test_facets, tear_down);
  g_test_add ("/sidebar/lost-tag", Fixture, NULL, set_up, test_lost_tag, tear_down);
  g_test_add ("/sidebar/many-values", Fixture, NULL, set_up, test_many_values, tear_down);
  g_test_add ("/sidebar/pages", Fixture, NULL, set_up, test_pages, tear_down);

  return g_test_run ();
}
