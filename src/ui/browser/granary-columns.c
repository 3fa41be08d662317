/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-columns.h"

#include <glib/gi18n-lib.h>

#define SAVE_DELAY_MS 500
#define CELL_KEY "granary-list-item"

typedef struct
{
  const char *id;
  const char *title;
  gsize       offset;   /* of its text in GranaryRowText */
  int         sort_key; /* GranarySortKey, or -1 */
  int         width;    /* pixels at first; -1 takes what is left */
  gboolean    numeric;
} Column;

static const Column all_columns[] = {
  { "name", NC_ ("column", "Name"), G_STRUCT_OFFSET (GranaryRowText, name),
    GRANARY_SORT_NAME, -1, FALSE },
  { "framework", NC_ ("column", "Framework"), G_STRUCT_OFFSET (GranaryRowText, framework),
    GRANARY_SORT_FRAMEWORK, 92, FALSE },
  { "metrics", NC_ ("column", "Metrics"), G_STRUCT_OFFSET (GranaryRowText, metrics),
    GRANARY_SORT_METRIC, 116, FALSE },
  { "tags", NC_ ("column", "Tags"), G_STRUCT_OFFSET (GranaryRowText, tags),
    -1, 128, FALSE },
  { "source", NC_ ("column", "Source"), G_STRUCT_OFFSET (GranaryRowText, source),
    GRANARY_SORT_SOURCE, 100, FALSE },
  { "status", NC_ ("column", "Status"), G_STRUCT_OFFSET (GranaryRowText, status),
    GRANARY_SORT_STATUS, 90, FALSE },
  { "size", NC_ ("column", "Size"), G_STRUCT_OFFSET (GranaryRowText, size),
    GRANARY_SORT_SIZE, 90, TRUE },
  { "updated", NC_ ("column", "Updated"), G_STRUCT_OFFSET (GranaryRowText, updated),
    GRANARY_SORT_UPDATED, 124, FALSE },
};

#define N_COLUMNS G_N_ELEMENTS (all_columns)
#define NAME_COLUMN 0

struct _GranaryColumns
{
  GObject              parent_instance;

  GtkColumnView       *view;                /* unowned: it outlives this */
  GranaryModelTree    *tree;                /* (owned) */
  GSettings           *settings;            /* (owned) */
  GranaryRowProgress  *progress;            /* (owned) */
  GtkColumnViewColumn *columns[N_COLUMNS];  /* (owned) */
  gboolean             shown[N_COLUMNS];
  GSimpleActionGroup  *actions;             /* (owned) */
  gboolean             narrow;
  gboolean             restoring;
  guint                save_source;
};

enum
{
  SORT_CHANGED,
  MENU_REQUESTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GranaryColumns, granary_columns, G_TYPE_OBJECT)

/* Cells */

/* What a cell shows is kept beside it: a row that has left the tree no longer tells. */
static GQuark row_quark;

static GranaryRow *
attach_row (gpointer        holder,
            GtkTreeListRow *tree_row)
{
  GranaryRow *row = gtk_tree_list_row_get_item (tree_row);

  granary_row_hold (row);
  g_object_set_qdata (holder, row_quark, row);

  return row;
}

static GranaryRow *
detach_row (gpointer holder)
{
  GranaryRow *row = g_object_steal_qdata (holder, row_quark);

  granary_row_release (row);

  return row;
}

static const char *
get_text (GranaryRow *row,
          gsize       offset)
{
  const GranaryRowText *text = granary_row_get_text (row);

  return text != NULL ? G_STRUCT_MEMBER (const char *, text, offset) : NULL;
}

static gboolean
query_tooltip_cb (GtkWidget  *widget,
                  int         x,
                  int         y,
                  gboolean    keyboard_mode,
                  GtkTooltip *tooltip)
{
  const char *text = gtk_inscription_get_text (GTK_INSCRIPTION (widget));

  if (text == NULL || *text == '\0')
    return FALSE;

  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static GtkWidget *
make_inscription (void)
{
  GtkWidget *inscription = gtk_inscription_new (NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  PangoFontMetrics *metrics;

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (inscription),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_yalign (GTK_INSCRIPTION (inscription), 0.5f);
  /* Glyphs of other fonts, the ellipsis among them, make a line taller, and it would be drawn
   * higher than its neighbours. */
  metrics = pango_context_get_metrics (gtk_widget_get_pango_context (inscription), NULL, NULL);
  pango_attr_list_insert (attributes,
                          pango_attr_line_height_new_absolute (
                            pango_font_metrics_get_height (metrics) * 6 / 5));
  gtk_inscription_set_attributes (GTK_INSCRIPTION (inscription), attributes);
  pango_font_metrics_unref (metrics);
  /* It draws shortened text at its top, so it must not be taller than a line. */
  gtk_widget_set_valign (inscription, GTK_ALIGN_CENTER);
  gtk_widget_set_has_tooltip (inscription, TRUE);
  g_signal_connect (inscription, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);

  return inscription;
}

static void
text_changed_cb (GranaryRow  *row,
                 GtkListItem *item)
{
  GtkWidget *child = gtk_list_item_get_child (item);
  const Column *column = g_object_get_data (G_OBJECT (child), "granary-column");

  gtk_inscription_set_text (GTK_INSCRIPTION (child), get_text (row, column->offset));
}

static void
text_setup_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *item,
               const Column             *column)
{
  GtkWidget *inscription = make_inscription ();

  g_object_set_data (G_OBJECT (inscription), CELL_KEY, item);
  g_object_set_data (G_OBJECT (inscription), "granary-column", (gpointer) column);
  if (column->numeric)
    {
      gtk_inscription_set_xalign (GTK_INSCRIPTION (inscription), 1);
      gtk_widget_add_css_class (inscription, "numeric");
    }
  gtk_list_item_set_child (item, inscription);
}

static void
text_bind_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *item,
              const Column             *column)
{
  GranaryRow *row = attach_row (item, gtk_list_item_get_item (item));

  g_signal_connect (row, "changed", G_CALLBACK (text_changed_cb), item);
  gtk_inscription_set_text (GTK_INSCRIPTION (gtk_list_item_get_child (item)),
                            get_text (row, column->offset));
}

static void
text_unbind_cb (GtkSignalListItemFactory *factory,
                GtkListItem              *item,
                const Column             *column)
{
  g_autoptr (GranaryRow) row = detach_row (item);

  g_signal_handlers_disconnect_by_func (row, text_changed_cb, item);
}

/* The cell of the name: expander, name, and below it in narrow windows all the rest in one line. */

static void
set_name_texts (GtkListItem *item,
                GranaryRow  *row)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));
  GtkWidget *name = gtk_widget_get_first_child (gtk_tree_expander_get_child (expander));
  GtkWidget *summary = gtk_widget_get_next_sibling (name);

  gtk_inscription_set_text (GTK_INSCRIPTION (name),
                            get_text (row, G_STRUCT_OFFSET (GranaryRowText, name)));
  if (gtk_widget_get_visible (summary))
    gtk_inscription_set_text (GTK_INSCRIPTION (summary),
                              get_text (row, G_STRUCT_OFFSET (GranaryRowText, summary)));
}

static void
name_changed_cb (GranaryRow  *row,
                 GtkListItem *item)
{
  set_name_texts (item, row);
}

static void
expanded_cb (GtkTreeListRow *tree_row,
             GParamSpec     *pspec,
             GranaryColumns *self)
{
  g_autoptr (GranaryRow) row = gtk_tree_list_row_get_item (tree_row);

  if (row != NULL && !granary_row_is_version (row))
    granary_model_tree_note_expanded (self->tree, granary_row_get_id (row),
                                      gtk_tree_list_row_get_expanded (tree_row));
}

static void
name_setup_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *item,
               GranaryColumns           *self)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = make_inscription ();
  GtkWidget *summary = make_inscription ();

  g_object_set_data (G_OBJECT (expander), CELL_KEY, item);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (summary, "caption");
  /* In small letters, for which that line would be too tall. */
  gtk_inscription_set_attributes (GTK_INSCRIPTION (summary), NULL);
  gtk_widget_add_css_class (summary, "dim-label");
  gtk_widget_set_visible (summary, self->narrow);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), summary);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_tree_expander_set_indent_for_icon (GTK_TREE_EXPANDER (expander), TRUE);
  gtk_list_item_set_child (item, expander);
  gtk_list_item_set_focusable (item, FALSE);
}

static void
name_bind_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *item,
              GranaryColumns           *self)
{
  GtkTreeListRow *tree_row = gtk_list_item_get_item (item);
  GranaryRow *row = attach_row (item, tree_row);

  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (gtk_list_item_get_child (item)), tree_row);
  g_signal_connect (tree_row, "notify::expanded", G_CALLBACK (expanded_cb), self);
  /* Each row has just one such cell. */
  granary_row_progress_attach (self->progress, row);
  g_signal_connect (row, "changed", G_CALLBACK (name_changed_cb), item);
  set_name_texts (item, row);
}

static void
name_unbind_cb (GtkSignalListItemFactory *factory,
                GtkListItem              *item,
                GranaryColumns           *self)
{
  GtkTreeListRow *tree_row = gtk_list_item_get_item (item);
  g_autoptr (GranaryRow) row = detach_row (item);

  g_signal_handlers_disconnect_by_func (tree_row, expanded_cb, self);
  g_signal_handlers_disconnect_by_func (row, name_changed_cb, item);
  granary_row_progress_detach (self->progress, row);
  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (gtk_list_item_get_child (item)), NULL);
}

/* The cell of the row's menu */

static void
menu_clicked_cb (GtkWidget      *button,
                 GranaryColumns *self)
{
  GtkListItem *item = g_object_get_data (G_OBJECT (button), CELL_KEY);

  g_signal_emit (self, signals[MENU_REQUESTED], 0, button, gtk_list_item_get_position (item));
}

static void
menu_setup_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *item,
               GranaryColumns           *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("view-more-symbolic");

  g_object_set_data (G_OBJECT (button), CELL_KEY, item);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "row-menu");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _("Menu"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Row Menu"),
                                  GTK_ACCESSIBLE_PROPERTY_HAS_POPUP, TRUE,
                                  -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (menu_clicked_cb), self, 0);
  gtk_list_item_set_child (item, button);
}

/* The row as a whole, for screen readers */

static void
row_changed_cb (GranaryRow       *row,
                GtkColumnViewRow *view_row)
{
  gtk_column_view_row_set_accessible_label (
    view_row, get_text (row, G_STRUCT_OFFSET (GranaryRowText, label)));
}

static void
row_bind_cb (GtkSignalListItemFactory *factory,
             GtkColumnViewRow         *view_row)
{
  GranaryRow *row = attach_row (view_row, gtk_column_view_row_get_item (view_row));

  g_signal_connect (row, "changed", G_CALLBACK (row_changed_cb), view_row);
  row_changed_cb (row, view_row);
}

static void
row_unbind_cb (GtkSignalListItemFactory *factory,
               GtkColumnViewRow         *view_row)
{
  g_autoptr (GranaryRow) row = detach_row (view_row);

  g_signal_handlers_disconnect_by_func (row, row_changed_cb, view_row);
}

/* Columns */

static GtkListItemFactory *
make_factory (GranaryColumns *self,
              guint           index)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  if (index == NAME_COLUMN)
    {
      g_signal_connect_object (factory, "setup", G_CALLBACK (name_setup_cb), self, 0);
      g_signal_connect_object (factory, "bind", G_CALLBACK (name_bind_cb), self, 0);
      g_signal_connect_object (factory, "unbind", G_CALLBACK (name_unbind_cb), self, 0);
    }
  else
    {
      gpointer column = (gpointer) &all_columns[index];

      g_signal_connect (factory, "setup", G_CALLBACK (text_setup_cb), column);
      g_signal_connect (factory, "bind", G_CALLBACK (text_bind_cb), column);
      g_signal_connect (factory, "unbind", G_CALLBACK (text_unbind_cb), column);
    }

  return factory;
}

static GMenuModel *
make_header_menu (void)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  for (guint i = NAME_COLUMN + 1; i < N_COLUMNS; i++)
    {
      g_autofree char *action = g_strdup_printf ("columns.%s", all_columns[i].id);

      g_menu_append (menu, g_dpgettext2 (NULL, "column", all_columns[i].title), action);
    }

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static void
update_visible (GranaryColumns *self)
{
  for (guint i = NAME_COLUMN + 1; i < N_COLUMNS; i++)
    gtk_column_view_column_set_visible (self->columns[i], self->shown[i] && !self->narrow);
}

static void
save_widths (GranaryColumns *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{si}"));

  for (guint i = NAME_COLUMN + 1; i < N_COLUMNS; i++)
    {
      int width = gtk_column_view_column_get_fixed_width (self->columns[i]);

      if (width > 0 && width != all_columns[i].width)
        g_variant_builder_add (&builder, "{si}", all_columns[i].id, width);
    }

  g_settings_set_value (self->settings, "column-widths", g_variant_builder_end (&builder));
}

static gboolean
save_widths_cb (gpointer user_data)
{
  GranaryColumns *self = user_data;

  self->save_source = 0;
  save_widths (self);

  return G_SOURCE_REMOVE;
}

static void
width_changed_cb (GranaryColumns *self)
{
  if (self->restoring)
    return;

  /* Dragging a header changes it with every motion; the settings take the end of it. */
  g_clear_handle_id (&self->save_source, g_source_remove);
  self->save_source = g_timeout_add (SAVE_DELAY_MS, save_widths_cb, self);
}

static void
toggle_cb (GSimpleAction *action,
           GVariant      *state,
           gpointer       user_data)
{
  GranaryColumns *self = user_data;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;

  g_simple_action_set_state (action, state);

  for (guint i = NAME_COLUMN + 1; i < N_COLUMNS; i++)
    {
      if (g_str_equal (all_columns[i].id, g_action_get_name (G_ACTION (action))))
        self->shown[i] = g_variant_get_boolean (state);
      if (self->shown[i])
        g_strv_builder_add (builder, all_columns[i].id);
    }

  ids = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, "columns", (const char * const *) ids);
  update_visible (self);
}

static void
sorter_changed_cb (GranaryColumns *self)
{
  GranarySortKey key;
  gboolean descending;

  if (self->restoring)
    return;

  granary_columns_get_sort (self, &key, &descending);
  g_settings_set_enum (self->settings, "sort-key", (int) key);
  g_settings_set_boolean (self->settings, "sort-descending", descending);
  g_signal_emit (self, signals[SORT_CHANGED], 0);
}

static void
restore_sort (GranaryColumns *self)
{
  int key = g_settings_get_enum (self->settings, "sort-key");
  gboolean descending = g_settings_get_boolean (self->settings, "sort-descending");

  for (guint i = 0; i < N_COLUMNS; i++)
    if (all_columns[i].sort_key == key)
      {
        gtk_column_view_sort_by_column (self->view, self->columns[i],
                                        descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
        return;
      }

  gtk_column_view_sort_by_column (self->view, NULL, GTK_SORT_ASCENDING);
}

static void
add_column (GranaryColumns     *self,
            guint               index,
            GMenuModel         *menu,
            GVariant           *widths,
            const char * const *shown)
{
  const Column *column = &all_columns[index];
  GtkColumnViewColumn *view_column;
  int width = column->width;

  view_column = gtk_column_view_column_new (g_dpgettext2 (NULL, "column", column->title),
                                            make_factory (self, index));
  gtk_column_view_column_set_id (view_column, column->id);
  gtk_column_view_column_set_resizable (view_column, TRUE);
  gtk_column_view_column_set_header_menu (view_column, menu);
  gtk_column_view_column_set_expand (view_column, index == NAME_COLUMN);

  /* The order is the catalogue's; the sorter only makes the header clickable. */
  if (column->sort_key >= 0)
    {
      g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (NULL, NULL, NULL));

      gtk_column_view_column_set_sorter (view_column, sorter);
    }

  if (index != NAME_COLUMN)
    {
      GSimpleAction *action;

      g_variant_lookup (widths, column->id, "i", &width);
      self->shown[index] = g_strv_contains (shown, column->id);
      action = g_simple_action_new_stateful (column->id, NULL,
                                             g_variant_new_boolean (self->shown[index]));
      g_signal_connect_object (action, "change-state", G_CALLBACK (toggle_cb), self, 0);
      g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
      g_object_unref (action);
    }
  gtk_column_view_column_set_fixed_width (view_column, CLAMP (width, -1, 2000));
  g_signal_connect_object (view_column, "notify::fixed-width", G_CALLBACK (width_changed_cb), self,
                           G_CONNECT_SWAPPED);

  gtk_column_view_append_column (self->view, view_column);
  self->columns[index] = view_column;
}

static void
add_menu_column (GranaryColumns *self)
{
  g_autoptr (GtkColumnViewColumn) view_column = NULL;
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (menu_setup_cb), self, 0);
  view_column = gtk_column_view_column_new (NULL, factory);
  gtk_column_view_column_set_id (view_column, "menu");
  gtk_column_view_append_column (self->view, view_column);
}

static void
granary_columns_dispose (GObject *object)
{
  GranaryColumns *self = GRANARY_COLUMNS (object);

  if (self->save_source != 0)
    {
      g_clear_handle_id (&self->save_source, g_source_remove);
      save_widths (self);
    }

  G_OBJECT_CLASS (granary_columns_parent_class)->dispose (object);
}

static void
granary_columns_finalize (GObject *object)
{
  GranaryColumns *self = GRANARY_COLUMNS (object);

  for (guint i = 0; i < N_COLUMNS; i++)
    g_clear_object (&self->columns[i]);
  g_clear_object (&self->tree);
  g_clear_object (&self->progress);
  g_clear_object (&self->settings);
  g_clear_object (&self->actions);

  G_OBJECT_CLASS (granary_columns_parent_class)->finalize (object);
}

static void
granary_columns_class_init (GranaryColumnsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_columns_dispose;
  object_class->finalize = granary_columns_finalize;

  row_quark = g_quark_from_static_string ("granary-row");

  signals[SORT_CHANGED] = g_signal_new ("sort-changed",
                                        G_TYPE_FROM_CLASS (klass),
                                        G_SIGNAL_RUN_LAST,
                                        0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
  signals[MENU_REQUESTED] = g_signal_new ("menu-requested",
                                          G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, GTK_TYPE_WIDGET, G_TYPE_UINT);
}

static void
granary_columns_init (GranaryColumns *self)
{
  self->actions = g_simple_action_group_new ();
  self->progress = granary_row_progress_new ();
}

/**
 * granary_columns_new:
 * @view: an empty column view
 * @tree: what it shows
 * @settings: where choices are kept
 *
 * Gives @view its columns. @view must outlive the result.
 *
 * Returns: (transfer full): the columns
 */
GranaryColumns *
granary_columns_new (GtkColumnView    *view,
                     GranaryModelTree *tree,
                     GSettings        *settings)
{
  GranaryColumns *self;
  g_autoptr (GMenuModel) menu = NULL;
  g_autoptr (GVariant) widths = NULL;
  g_autoptr (GtkListItemFactory) row_factory = NULL;
  g_auto (GStrv) shown = NULL;

  g_return_val_if_fail (GTK_IS_COLUMN_VIEW (view), NULL);
  g_return_val_if_fail (GRANARY_IS_MODEL_TREE (tree), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (GRANARY_TYPE_COLUMNS, NULL);
  self->view = view;
  self->tree = g_object_ref (tree);
  self->settings = g_object_ref (settings);

  self->restoring = TRUE;
  menu = make_header_menu ();
  widths = g_settings_get_value (settings, "column-widths");
  shown = g_settings_get_strv (settings, "columns");
  for (guint i = 0; i < N_COLUMNS; i++)
    add_column (self, i, menu, widths, (const char * const *) shown);
  add_menu_column (self);
  update_visible (self);

  row_factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (row_factory, "bind", G_CALLBACK (row_bind_cb), NULL);
  g_signal_connect (row_factory, "unbind", G_CALLBACK (row_unbind_cb), NULL);
  gtk_column_view_set_row_factory (view, row_factory);

  restore_sort (self);
  g_signal_connect_object (gtk_column_view_get_sorter (view), "changed",
                           G_CALLBACK (sorter_changed_cb), self, G_CONNECT_SWAPPED);
  self->restoring = FALSE;

  return self;
}

GranaryRowProgress *
granary_columns_get_progress (GranaryColumns *self)
{
  g_return_val_if_fail (GRANARY_IS_COLUMNS (self), NULL);

  return self->progress;
}

/**
 * granary_columns_get_sort:
 * @self: the columns
 * @key: (out): what the headers say to sort by
 * @descending: (out): in which order
 */
void
granary_columns_get_sort (GranaryColumns *self,
                          GranarySortKey *key,
                          gboolean       *descending)
{
  GtkColumnViewSorter *sorter;
  GtkColumnViewColumn *primary;

  g_return_if_fail (GRANARY_IS_COLUMNS (self));
  g_return_if_fail (key != NULL && descending != NULL);

  sorter = GTK_COLUMN_VIEW_SORTER (gtk_column_view_get_sorter (self->view));
  primary = gtk_column_view_sorter_get_primary_sort_column (sorter);
  *key = GRANARY_SORT_CREATED;
  *descending = TRUE;

  for (guint i = 0; i < N_COLUMNS; i++)
    if (self->columns[i] == primary)
      {
        *key = (GranarySortKey) all_columns[i].sort_key;
        *descending =
          gtk_column_view_sorter_get_primary_sort_order (sorter) == GTK_SORT_DESCENDING;
      }
}

/**
 * granary_columns_set_narrow:
 * @self: the columns
 * @narrow: whether there is room for one column only
 *
 * Folds all columns into one line below the name, or unfolds them.
 */
void
granary_columns_set_narrow (GranaryColumns *self,
                            gboolean        narrow)
{
  g_autoptr (GtkListItemFactory) factory = NULL;

  g_return_if_fail (GRANARY_IS_COLUMNS (self));

  if (self->narrow == narrow)
    return;

  self->narrow = narrow;
  update_visible (self);
  factory = make_factory (self, NAME_COLUMN);
  gtk_column_view_column_set_factory (self->columns[NAME_COLUMN], factory);
}

/**
 * granary_columns_get_actions:
 * @self: the columns
 *
 * Returns: (transfer none): one toggle for each column but the name
 */
GActionGroup *
granary_columns_get_actions (GranaryColumns *self)
{
  g_return_val_if_fail (GRANARY_IS_COLUMNS (self), NULL);

  return G_ACTION_GROUP (self->actions);
}

/**
 * granary_columns_find_item:
 * @widget: a widget in the view
 * @row_widget: (out) (optional) (transfer none): the widget of the whole row
 *
 * Returns: (transfer none) (nullable): the list item of the row that @widget is in
 */
GtkListItem *
granary_columns_find_item (GtkWidget  *widget,
                           GtkWidget **row_widget)
{
  g_return_val_if_fail (GTK_IS_WIDGET (widget), NULL);

  for (; widget != NULL && !GTK_IS_COLUMN_VIEW (widget); widget = gtk_widget_get_parent (widget))
    {
      GtkWidget *cell;

      if (!g_str_equal (gtk_widget_get_css_name (widget), "row"))
        continue;

      for (cell = gtk_widget_get_first_child (widget);
           cell != NULL;
           cell = gtk_widget_get_next_sibling (cell))
        {
          GtkWidget *child = gtk_widget_get_first_child (cell);
          GtkListItem *item = child != NULL ? g_object_get_data (G_OBJECT (child), CELL_KEY) : NULL;

          if (item != NULL && gtk_list_item_get_item (item) != NULL)
            {
              if (row_widget != NULL)
                *row_widget = widget;
              return item;
            }
        }
    }

  return NULL;
}
