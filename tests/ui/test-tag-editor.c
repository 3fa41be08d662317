/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-tag-chip.h"
#include "granary-tag-completion.h"
#include "granary-tag-editor.h"
#include "granary-tag-help.h"
#include "widget-test.h"

typedef struct
{
  GtkWindow        *window;
  GranaryTagEditor *editor;
  GtkWidget        *entry;
  guint             n_changed;
} Fixture;

static void
changed_cb (GranaryTagEditor *editor,
            gpointer          user_data)
{
  Fixture *fixture = user_data;

  fixture->n_changed++;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->editor = g_object_ref_sink (GRANARY_TAG_EDITOR (granary_tag_editor_new ()));
  g_signal_connect (fixture->editor, "changed", G_CALLBACK (changed_cb), fixture);
  fixture->window = widget_test_window (GTK_WIDGET (fixture->editor), 360, 400);
  fixture->entry = widget_test_find (GTK_WIDGET (fixture->editor), GTK_TYPE_ENTRY, 0);
  g_assert_nonnull (fixture->entry);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (fixture->window);
  widget_test_settle ();
  g_assert_finalize_object (fixture->editor);
}

static void
type_text (Fixture    *fixture,
           const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (fixture->entry), text);
}

static void
press_enter (Fixture *fixture)
{
  if (!widget_test_press (fixture->entry, GDK_KEY_Return))
    g_signal_emit_by_name (fixture->entry, "activate");
}

static const char *
get_text (Fixture *fixture)
{
  return gtk_editable_get_text (GTK_EDITABLE (fixture->entry));
}

static void
assert_tags (Fixture    *fixture,
             const char *expected)
{
  g_autoptr (GranaryTagSet) tags = granary_tag_editor_dup_tags (fixture->editor);
  g_autofree char *text = granary_tag_set_to_text (tags, ",");

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (widget_test_count (GTK_WIDGET (fixture->editor), GRANARY_TYPE_TAG_CHIP), ==,
                    granary_tag_set_get_size (tags));
}

static GtkWidget *
get_chip (Fixture *fixture,
          guint    position)
{
  return widget_test_find (GTK_WIDGET (fixture->editor), GRANARY_TYPE_TAG_CHIP, position);
}

static GtkWidget *
get_problem (Fixture *fixture)
{
  GtkWidget *label = gtk_widget_get_last_child (GTK_WIDGET (fixture->editor));

  g_assert_true (GTK_IS_LABEL (label));

  return gtk_widget_get_visible (label) ? label : NULL;
}

/* Adding */

static void
test_add (Fixture       *fixture,
          gconstpointer  data)
{
  type_text (fixture, "team=vision");
  assert_tags (fixture, "");
  press_enter (fixture);
  assert_tags (fixture, "team=vision");
  g_assert_cmpstr (get_text (fixture), ==, "");
  g_assert_cmpuint (fixture->n_changed, ==, 1);

  /* A comma does it, too, and a colon serves as well. */
  type_text (fixture, "stage:dev,");
  assert_tags (fixture, "stage=dev,team=vision");
  g_assert_cmpstr (get_text (fixture), ==, "");

  /* The key again: another value, not another tag. */
  type_text (fixture, "team=风控");
  press_enter (fixture);
  assert_tags (fixture, "stage=dev,team=风控");

  /* Pasted. */
  type_text (fixture, "a=1，b=2, c=3");
  assert_tags (fixture, "a=1,b=2,c=3,stage=dev,team=风控");
  g_assert_null (get_problem (fixture));
}

static void
test_invalid (Fixture       *fixture,
              gconstpointer  data)
{
  type_text (fixture, "vision");
  press_enter (fixture);
  assert_tags (fixture, "");
  g_assert_cmpuint (fixture->n_changed, ==, 0);
  g_assert_cmpstr (get_text (fixture), ==, "vision");
  g_assert_nonnull (get_problem (fixture));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (get_problem (fixture))), !=, "");
  gtk_test_accessible_assert_state (fixture->entry, GTK_ACCESSIBLE_STATE_INVALID,
                                    GTK_ACCESSIBLE_INVALID_TRUE);

  /* Going on typing takes the reproach away. */
  type_text (fixture, "vision=");
  g_assert_null (get_problem (fixture));

  /* Of several the right ones are taken, the wrong one stays. */
  type_text (fixture, "a=1, wrong, b=2,");
  assert_tags (fixture, "a=1,b=2");
  g_assert_cmpstr (get_text (fixture), ==, "wrong");
  g_assert_nonnull (get_problem (fixture));

  g_assert_true (granary_tag_editor_has_pending (fixture->editor));
  g_assert_false (granary_tag_editor_commit (fixture->editor));
  type_text (fixture, "wrong=no");
  g_assert_true (granary_tag_editor_commit (fixture->editor));
  g_assert_false (granary_tag_editor_has_pending (fixture->editor));
  assert_tags (fixture, "a=1,b=2,wrong=no");
}

/* Removing */

static void
test_backspace (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();

  granary_tag_set_put (tags, "a", "1", NULL);
  granary_tag_set_put (tags, "b", "2", NULL);
  granary_tag_editor_set_tags (fixture->editor, tags);
  assert_tags (fixture, "a=1,b=2");
  g_assert_cmpuint (fixture->n_changed, ==, 0);

  /* With text it is the entry's own key. */
  type_text (fixture, "x");
  g_assert_false (widget_test_press (fixture->entry, GDK_KEY_BackSpace));
  assert_tags (fixture, "a=1,b=2");

  type_text (fixture, "");
  g_assert_true (widget_test_press (fixture->entry, GDK_KEY_BackSpace));
  assert_tags (fixture, "a=1");
  widget_test_press (fixture->entry, GDK_KEY_BackSpace);
  assert_tags (fixture, "");
  widget_test_press (fixture->entry, GDK_KEY_BackSpace);
  assert_tags (fixture, "");
  g_assert_cmpuint (fixture->n_changed, ==, 2);
}

static void
test_chips (Fixture       *fixture,
            gconstpointer  data)
{
  GtkWidget *button;

  type_text (fixture, "a=1,b=2,c=3,");

  /* By keyboard: the next one has the focus afterwards, then the entry. */
  g_assert_true (widget_test_press (fixture->entry, GDK_KEY_Left));
  g_assert_true (gtk_widget_is_focus (get_chip (fixture, 2)));
  gtk_widget_grab_focus (get_chip (fixture, 1));
  g_assert_true (widget_test_press (get_chip (fixture, 1), GDK_KEY_Delete));
  assert_tags (fixture, "a=1,c=3");
  g_assert_true (gtk_widget_is_focus (get_chip (fixture, 1)));
  g_assert_true (widget_test_press (get_chip (fixture, 1), GDK_KEY_Delete));
  assert_tags (fixture, "a=1");
  g_assert_true ((gtk_widget_get_state_flags (fixture->entry) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0);

  /* Enter takes it into the entry, to change its value. */
  gtk_widget_grab_focus (get_chip (fixture, 0));
  g_assert_true (widget_test_press (get_chip (fixture, 0), GDK_KEY_Return));
  g_assert_cmpstr (get_text (fixture), ==, "a=1");
  assert_tags (fixture, "a=1");

  /* By pointer. */
  button = widget_test_find (get_chip (fixture, 0), GTK_TYPE_BUTTON, 0);
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Remove a: 1");
  g_signal_emit_by_name (button, "clicked");
  assert_tags (fixture, "");
}

/* Completion */

static GPtrArray *
make_facets (void)
{
  const struct
  {
    const char *key;
    const char *value;
    int         n_models;
  } facets[] = {
    { "team", "视觉", 12 },
    { "team", "风控", 5 },
    { "stage", "prod", 4 },
  };
  GPtrArray *array = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_facet_free);

  for (guint i = 0; i < G_N_ELEMENTS (facets); i++)
    {
      GranaryFacet *facet = g_new0 (GranaryFacet, 1);

      facet->key = g_strdup (facets[i].key);
      facet->value = g_strdup (facets[i].value);
      facet->n_models = facets[i].n_models;
      g_ptr_array_add (array, facet);
    }

  return array;
}

static GranaryTagCompletion *
get_completion (Fixture *fixture)
{
  GtkWidget *found = widget_test_find (GTK_WIDGET (fixture->editor), GRANARY_TYPE_TAG_COMPLETION, 0);

  return found != NULL ? GRANARY_TAG_COMPLETION (found) : NULL;
}

static void
test_completion (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GPtrArray) facets = make_facets ();

  granary_tag_editor_set_facets (fixture->editor, facets);
  g_assert_null (get_completion (fixture));

  /* First the key. */
  type_text (fixture, "te");
  g_assert_nonnull (get_completion (fixture));
  g_assert_cmpuint (granary_tag_completion_get_n_items (get_completion (fixture)), ==, 1);
  press_enter (fixture);
  g_assert_cmpstr (get_text (fixture), ==, "team=");
  assert_tags (fixture, "");

  /* Then its values, picked with the arrows. */
  g_assert_nonnull (get_completion (fixture));
  g_assert_cmpuint (granary_tag_completion_get_n_items (get_completion (fixture)), ==, 2);
  g_assert_null (granary_tag_completion_get_selected (get_completion (fixture)));
  g_assert_true (widget_test_press (fixture->entry, GDK_KEY_Down));
  g_assert_true (widget_test_press (fixture->entry, GDK_KEY_Down));
  press_enter (fixture);
  assert_tags (fixture, "team=风控");
  g_assert_cmpstr (get_text (fixture), ==, "");
  g_assert_null (get_completion (fixture));

  /* A value that nobody has yet is taken as typed. */
  type_text (fixture, "stage=pro");
  press_enter (fixture);
  assert_tags (fixture, "stage=pro,team=风控");

  /* A value alone leads to the whole tag. */
  type_text (fixture, "视");
  press_enter (fixture);
  assert_tags (fixture, "stage=pro,team=视觉");

  /* Escape puts the list away, and only then leaves the dialog. */
  type_text (fixture, "st");
  g_assert_nonnull (get_completion (fixture));
  g_assert_true (widget_test_press (fixture->entry, GDK_KEY_Escape));
  g_assert_null (get_completion (fixture));
  g_assert_false (widget_test_press (fixture->entry, GDK_KEY_Escape));
}

/* Several models */

static GranaryTagPlan *
make_plan (void)
{
  g_autoptr (GPtrArray) sets = NULL;

  sets = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_tag_set_free);
  for (guint i = 0; i < 5; i++)
    {
      GranaryTagSet *set = granary_tag_set_new ();

      granary_tag_set_put (set, "all", "yes", NULL);
      granary_tag_set_put (set, "mixed", i < 2 ? "a" : "b", NULL);
      if (i < 2)
        granary_tag_set_put (set, "some", "yes", NULL);
      g_ptr_array_add (sets, set);
    }

  return granary_tag_plan_new (sets);
}

static void
test_several (Fixture       *fixture,
              gconstpointer  data)
{
  granary_tag_editor_take_plan (fixture->editor, make_plan ());

  g_assert_null (widget_test_find_text (get_chip (fixture, 0), "2 of 5"));
  g_assert_nonnull (widget_test_find_text (get_chip (fixture, 1), "differ"));
  g_assert_nonnull (widget_test_find_text (get_chip (fixture, 1), "mixed: b, a"));
  g_assert_nonnull (widget_test_find_text (get_chip (fixture, 2), "2 of 5"));
  gtk_test_accessible_assert_property (get_chip (fixture, 2), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Carried by 2 of 5 models");
  g_assert_false (granary_tag_plan_is_changed (granary_tag_editor_get_plan (fixture->editor)));

  type_text (fixture, "some=yes");
  press_enter (fixture);
  g_assert_null (widget_test_find_text (get_chip (fixture, 2), "2 of 5"));
  g_assert_true (granary_tag_plan_is_changed (granary_tag_editor_get_plan (fixture->editor)));
}

/* For everybody */

static void
test_accessible (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkWidget *list;

  type_text (fixture, "team=视觉,");
  list = widget_test_find (GTK_WIDGET (fixture->editor), ADW_TYPE_WRAP_BOX, 0);
  gtk_test_accessible_assert_role (list, GTK_ACCESSIBLE_ROLE_LIST);
  gtk_test_accessible_assert_property (list, GTK_ACCESSIBLE_PROPERTY_LABEL, "Tags");
  gtk_test_accessible_assert_role (get_chip (fixture, 0), GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  gtk_test_accessible_assert_property (get_chip (fixture, 0), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "team: 视觉");
  gtk_test_accessible_assert_property (fixture->entry, GTK_ACCESSIBLE_PROPERTY_LABEL, "Add a tag");
}

static void
test_narrow (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *long_value = g_strnfill (GRANARY_TAG_VALUE_MAX_CHARS, 'W');
  g_autofree char *text = g_strdup_printf ("key=%s", long_value);

  type_text (fixture, text);
  press_enter (fixture);
  type_text (fixture, "wrong");
  press_enter (fixture);
  widget_test_assert_fits (GTK_WIDGET (fixture->editor), 324);

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  widget_test_settle ();
  widget_test_assert_fits (GTK_WIDGET (fixture->editor), 324);

  /* The arrow towards the chips points the other way. */
  type_text (fixture, "");
  g_assert_true (widget_test_press (fixture->entry, GDK_KEY_Right));
  g_assert_true (gtk_widget_is_focus (get_chip (fixture, 0)));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

static void
test_help (void)
{
  AdwDialog *help = g_object_ref_sink (granary_tag_help_new ());

  g_assert_cmpstr (adw_dialog_get_title (help), ==, "About Tags");
  widget_test_assert_fits (adw_dialog_get_child (help), 360);
  g_assert_finalize_object (help);
}

int
main (int   argc,
      char *argv[])
{
  widget_test_init (&argc, &argv);

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

  ADD ("/tag-editor/add", test_add);
  ADD ("/tag-editor/invalid", test_invalid);
  ADD ("/tag-editor/backspace", test_backspace);
  ADD ("/tag-editor/chips", test_chips);
  ADD ("/tag-editor/completion", test_completion);
  ADD ("/tag-editor/several", test_several);
  ADD ("/tag-editor/accessible", test_accessible);
  ADD ("/tag-editor/narrow", test_narrow);
  g_test_add_func ("/tag-editor/help", test_help);

  return g_test_run ();
}
