/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-window"

#include "config.h"

#include "granary-sidebar.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-facet-group.h"

#define REFRESH_DELAY_MS 250

struct _GranarySidebar
{
  AdwBin             parent_instance;

  GranaryConnection *connection;     /* (owned) (nullable) */
  GranaryTagSet     *tags;           /* (owned): those that filter */
  GCancellable      *cancellable;    /* (owned) (nullable): of the read under way */
  guint              refresh_source;
  gboolean           updating;

  GtkMenuButton     *switcher;
  GtkLabel          *switcher_label;
  GtkListBox        *pages;
  GtkListBoxRow     *models_row;
  GtkLabel          *models_count;
  GtkListBoxRow     *services_row;
  GtkLabel          *services_count;
  GtkListBoxRow     *trash_row;
  GtkLabel          *trash_count;
  GtkBox            *facets;
  GtkLabel          *no_facets;
};

enum
{
  PAGE_CHANGED,
  TAGS_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GranarySidebar, granary_sidebar, ADW_TYPE_BIN)

/* What one read brings. */
typedef struct
{
  GranaryCounts  counts;
  GPtrArray     *facets; /* (owned) (element-type GranaryFacet) */
} Figures;

static void
figures_free (gpointer data)
{
  Figures *figures = data;

  g_clear_pointer (&figures->facets, g_ptr_array_unref);
  g_free (figures);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Figures, figures_free)

/* What people chose comes before what the platform puts on everything; the order stays otherwise. */
static void
put_automatic_last (GPtrArray *facets)
{
  guint n_left = facets->len;

  for (guint i = 0; n_left > 0; n_left--)
    {
      const GranaryFacet *facet = g_ptr_array_index (facets, i);

      if (granary_tag_key_is_automatic (facet->key))
        g_ptr_array_add (facets, g_ptr_array_steal_index (facets, i));
      else
        i++;
    }
}

static gpointer
load_figures (GranaryCatalog  *catalog,
              gpointer         data,
              GCancellable    *cancellable,
              GError         **error)
{
  g_autoptr (Figures) figures = g_new0 (Figures, 1);

  if (!granary_catalog_load_counts (catalog, &figures->counts, error))
    return NULL;
  figures->facets = granary_catalog_list_facets (catalog, error);
  if (figures->facets == NULL)
    return NULL;
  put_automatic_last (figures->facets);

  return g_steal_pointer (&figures);
}

static void
set_count (GtkLabel      *label,
           GtkListBoxRow *row,
           const char    *title,
           int            count)
{
  g_autofree char *text = count > 0 ? g_strdup_printf ("%d", count) : g_strdup ("");
  g_autofree char *spoken = g_strdup_printf ("%s, %d", title, count);

  gtk_label_set_label (label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  -1);
}

static void
chosen_cb (GranarySidebar    *self,
           const char        *value,
           GranaryFacetGroup *group)
{
  const char *key = granary_facet_group_get_key (group);
  g_autoptr (GError) error = NULL;

  if (value == NULL)
    granary_tag_set_remove (self->tags, key);
  else if (!granary_tag_set_put (self->tags, key, value, &error))
    g_debug ("Cannot filter by %s: %s", key, error->message);

  g_signal_emit (self, signals[TAGS_CHANGED], 0);
}

static GranaryFacetGroup *
find_group (GranarySidebar *self,
            const char     *key)
{
  GtkWidget *child;

  for (child = gtk_widget_get_first_child (GTK_WIDGET (self->facets));
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (g_str_equal (granary_facet_group_get_key (GRANARY_FACET_GROUP (child)), key))
      return GRANARY_FACET_GROUP (child);

  return NULL;
}

static void
set_facets (GranarySidebar *self,
            GPtrArray      *facets)
{
  g_autoptr (GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);
  GtkWidget *child;
  GtkWidget *previous = NULL;

  for (guint i = 0; i < facets->len;)
    {
      const GranaryFacet *first = g_ptr_array_index (facets, i);
      g_autoptr (GPtrArray) values = g_ptr_array_new ();
      GranaryFacetGroup *group = find_group (self, first->key);

      for (; i < facets->len; i++)
        {
          GranaryFacet *facet = g_ptr_array_index (facets, i);

          if (!g_str_equal (facet->key, first->key))
            break;
          g_ptr_array_add (values, facet);
        }

      if (group == NULL)
        {
          group = GRANARY_FACET_GROUP (granary_facet_group_new (first->key));
          g_signal_connect_object (group, "chosen", G_CALLBACK (chosen_cb), self,
                                   G_CONNECT_SWAPPED);
          gtk_box_append (self->facets, GTK_WIDGET (group));
        }
      gtk_box_reorder_child_after (self->facets, GTK_WIDGET (group), previous);
      previous = GTK_WIDGET (group);
      granary_facet_group_set_value (group, granary_tag_set_lookup (self->tags, first->key));
      granary_facet_group_set_facets (group, values);
      g_hash_table_add (keys, (gpointer) granary_facet_group_get_key (group));
    }

  for (child = gtk_widget_get_first_child (GTK_WIDGET (self->facets)); child != NULL;)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (child);

      if (!g_hash_table_contains (keys, granary_facet_group_get_key (GRANARY_FACET_GROUP (child))))
        gtk_box_remove (self->facets, child);
      child = next;
    }

  gtk_widget_set_visible (GTK_WIDGET (self->no_facets), facets->len == 0);
}

/* A tag that no model carries any more cannot be unchecked, so it stops filtering by itself. */
static void
drop_lost_tags (GranarySidebar *self,
                GPtrArray      *facets)
{
  gboolean dropped = FALSE;

  for (guint i = granary_tag_set_get_size (self->tags); i-- > 0;)
    {
      const char *key = granary_tag_set_get_key (self->tags, i);
      const char *value = granary_tag_set_get_value (self->tags, i);
      gboolean found = FALSE;

      for (guint j = 0; j < facets->len && !found; j++)
        {
          const GranaryFacet *facet = g_ptr_array_index (facets, j);

          found = g_str_equal (facet->key, key) && g_str_equal (facet->value, value);
        }
      if (!found)
        {
          g_autofree char *lost = g_strdup (key);

          granary_tag_set_remove (self->tags, lost);
          dropped = TRUE;
        }
    }

  if (dropped)
    g_signal_emit (self, signals[TAGS_CHANGED], 0);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranarySidebar) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Figures) figures = NULL;

  figures = granary_catalog_read_finish (GRANARY_CATALOG (object), result, &error);
  if (figures == NULL)
    {
      /* The list beside it reads the same catalogue and tells; figures are just missing here. */
      if (!granary_error_is_cancelled (error))
        g_debug ("Cannot read the figures of the sidebar: %s", error->message);
      return;
    }
  if (self->connection == NULL ||
      granary_connection_get_catalog (self->connection) != GRANARY_CATALOG (object))
    return;

  set_count (self->models_count, self->models_row, _("Models"), figures->counts.n_models);
  set_count (self->trash_count, self->trash_row, _("Trash"), figures->counts.n_trash);
  drop_lost_tags (self, figures->facets);
  set_facets (self, figures->facets);
}

static void
reload (GranarySidebar *self)
{
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->connection == NULL)
    return;

  self->cancellable = g_cancellable_new ();
  granary_catalog_read_async (granary_connection_get_catalog (self->connection), load_figures,
                              NULL, NULL, figures_free, self->cancellable,
                              loaded_cb, g_object_ref (self));
}

static gboolean
refresh_cb (gpointer user_data)
{
  GranarySidebar *self = user_data;

  self->refresh_source = 0;
  reload (self);

  return G_SOURCE_REMOVE;
}

static void
changed_cb (GranarySidebar *self)
{
  if (self->refresh_source == 0)
    self->refresh_source = g_timeout_add (REFRESH_DELAY_MS, refresh_cb, self);
}

static void
row_selected_cb (GranarySidebar *self)
{
  if (!self->updating)
    g_signal_emit (self, signals[PAGE_CHANGED], 0);
}

static void
row_activated_cb (GranarySidebar *self)
{
  g_signal_emit (self, signals[PAGE_CHANGED], 0);
}

static void
granary_sidebar_dispose (GObject *object)
{
  GranarySidebar *self = GRANARY_SIDEBAR (object);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->updating = TRUE;
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_SIDEBAR);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (granary_sidebar_parent_class)->dispose (object);
}

static void
granary_sidebar_finalize (GObject *object)
{
  GranarySidebar *self = GRANARY_SIDEBAR (object);

  granary_tag_set_free (self->tags);

  G_OBJECT_CLASS (granary_sidebar_parent_class)->finalize (object);
}

static void
granary_sidebar_class_init (GranarySidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_sidebar_dispose;
  object_class->finalize = granary_sidebar_finalize;

  signals[PAGE_CHANGED] = g_signal_new ("page-changed",
                                        G_TYPE_FROM_CLASS (klass),
                                        G_SIGNAL_RUN_LAST,
                                        0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
  signals[TAGS_CHANGED] = g_signal_new ("tags-changed",
                                        G_TYPE_FROM_CLASS (klass),
                                        G_SIGNAL_RUN_LAST,
                                        0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/window/granary-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, GranarySidebar, switcher);
  gtk_widget_class_bind_template_child (widget_class, GranarySidebar, switcher_label);
  gtk_widget_class_bind_template_child (widget_class, GranarySidebar, pages);
  gtk_widget_class_bind_template_child (widget_class, GranarySidebar, models_row);
  gtk_widget_class_bind_template_child (widget_class, GranarySidebar, models_count);
  gtk_widget_class_bind_template_child (widget_class, GranarySidebar, services_row);
  gtk_widget_class_bind_template_child (widget_class, GranarySidebar, services_count);
  gtk_widget_class_bind_template_child (widget_class, GranarySidebar, trash_row);
  gtk_widget_class_bind_template_child (widget_class, GranarySidebar, trash_count);
  gtk_widget_class_bind_template_child (widget_class, GranarySidebar, facets);
  gtk_widget_class_bind_template_child (widget_class, GranarySidebar, no_facets);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
granary_sidebar_init (GranarySidebar *self)
{
  self->tags = granary_tag_set_new ();
  self->updating = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_select_row (self->pages, self->models_row);
  self->updating = FALSE;
  granary_sidebar_set_n_running (self, 0);
  set_count (self->models_count, self->models_row, _("Models"), 0);
  set_count (self->trash_count, self->trash_row, _("Trash"), 0);
}

/**
 * granary_sidebar_set_title:
 * @self: a sidebar
 * @title: name of the repository that is shown
 */
void
granary_sidebar_set_title (GranarySidebar *self,
                           const char     *title)
{
  g_autofree char *label = NULL;

  g_return_if_fail (GRANARY_IS_SIDEBAR (self));
  g_return_if_fail (title != NULL);

  gtk_label_set_label (self->switcher_label, title);
  /* Translators: for a screen reader; %s is the repository that is shown. */
  label = g_strdup_printf (_("Repository: %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->switcher),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

/**
 * granary_sidebar_set_menu:
 * @self: a sidebar
 * @menu: the repositories to switch to
 */
void
granary_sidebar_set_menu (GranarySidebar *self,
                          GMenuModel     *menu)
{
  g_return_if_fail (GRANARY_IS_SIDEBAR (self));

  gtk_menu_button_set_menu_model (self->switcher, menu);
}

/**
 * granary_sidebar_set_connection:
 * @self: a sidebar
 * @connection: (nullable): whose figures to show
 */
void
granary_sidebar_set_connection (GranarySidebar    *self,
                                GranaryConnection *connection)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  gboolean trash;

  g_return_if_fail (GRANARY_IS_SIDEBAR (self));
  g_return_if_fail (connection == NULL || GRANARY_IS_CONNECTION (connection));

  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (granary_connection_get_catalog (self->connection), self);
  g_set_object (&self->connection, connection);
  set_count (self->models_count, self->models_row, _("Models"), 0);
  set_count (self->trash_count, self->trash_row, _("Trash"), 0);
  set_facets (self, none);
  trash = connection == NULL || granary_connection_has (connection, GRANARY_FEATURE_TRASH);
  gtk_widget_set_visible (GTK_WIDGET (self->trash_row), trash);
  if (!trash && gtk_list_box_get_selected_row (self->pages) == self->trash_row)
    gtk_list_box_select_row (self->pages, self->models_row);
  if (connection != NULL)
    g_signal_connect_object (granary_connection_get_catalog (connection), "changed",
                             G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  reload (self);
}

/**
 * granary_sidebar_set_n_running:
 * @self: a sidebar
 * @n_running: how many services run
 */
void
granary_sidebar_set_n_running (GranarySidebar *self,
                               guint           n_running)
{
  g_autofree char *text = NULL;
  g_autofree char *running = NULL;
  g_autofree char *spoken = NULL;

  g_return_if_fail (GRANARY_IS_SIDEBAR (self));

  text = n_running > 0 ? g_strdup_printf ("%u", n_running) : g_strdup ("");
  gtk_label_set_label (self->services_count, text);
  running = g_strdup_printf (ngettext ("%u running", "%u running", n_running), n_running);
  spoken = g_strdup_printf ("%s, %s", _("Services"), running);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->services_row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  -1);
}

/**
 * granary_sidebar_get_page:
 * @self: a sidebar
 *
 * Returns: (transfer none): `models`, `services` or `trash`
 */
const char *
granary_sidebar_get_page (GranarySidebar *self)
{
  GtkListBoxRow *row;

  g_return_val_if_fail (GRANARY_IS_SIDEBAR (self), NULL);

  row = gtk_list_box_get_selected_row (self->pages);
  if (row == self->services_row)
    return "services";

  return row == self->trash_row ? "trash" : "models";
}

void
granary_sidebar_set_page (GranarySidebar *self,
                          const char     *page)
{
  g_return_if_fail (GRANARY_IS_SIDEBAR (self));

  if (g_strcmp0 (page, "trash") == 0)
    gtk_list_box_select_row (self->pages, self->trash_row);
  else if (g_strcmp0 (page, "services") == 0)
    gtk_list_box_select_row (self->pages, self->services_row);
  else
    gtk_list_box_select_row (self->pages, self->models_row);
}

const GranaryTagSet *
granary_sidebar_get_tags (GranarySidebar *self)
{
  g_return_val_if_fail (GRANARY_IS_SIDEBAR (self), NULL);

  return self->tags;
}

/**
 * granary_sidebar_set_tags:
 * @self: a sidebar
 * @tags: those that filter
 *
 * Shows them, without emitting a signal.
 */
void
granary_sidebar_set_tags (GranarySidebar      *self,
                          const GranaryTagSet *tags)
{
  GtkWidget *child;

  g_return_if_fail (GRANARY_IS_SIDEBAR (self));
  g_return_if_fail (tags != NULL);

  if (granary_tag_set_equal (self->tags, tags))
    return;

  granary_tag_set_free (self->tags);
  self->tags = granary_tag_set_copy (tags);
  for (child = gtk_widget_get_first_child (GTK_WIDGET (self->facets));
       child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GranaryFacetGroup *group = GRANARY_FACET_GROUP (child);

      granary_facet_group_set_value (
        group, granary_tag_set_lookup (self->tags, granary_facet_group_get_key (group)));
    }
}
