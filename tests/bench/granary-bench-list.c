/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Scrolls the list of models of a large repository and a bare column view of the same shape, in
 * turn, and reads the work of each frame from the frame clock.
 *
 *   granary-bench-list FOLDER          a repository, such as granary-bench-catalog generates
 *
 * Prints the time from the window's first frame to the first rows, the cost of binding a cell and of
 * expanding a model, the process' own memory, and for each way of scrolling mean and 95th percentile
 * in ms of both, and their ratio. */

#include "config.h"

#include <adwaita.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "granary-browser.h"
#include "granary-local.h"

#define WIDTH 1280
#define HEIGHT 900
#define N_COLUMNS 8
#define SLOW_FRAMES 200
#define JUMP_FRAMES 80
#define ROUNDS 2

typedef enum
{
  SCROLL_SLOW,
  SCROLL_PAGE,
  SCROLL_RANDOM,
  N_SCROLLS
} Scroll;

static const char *const scroll_names[N_SCROLLS] = { "slow scroll", "a page a frame", "random jump" };

/* A list whose items cost nothing, for the bare view */

#define BENCH_TYPE_LIST (bench_list_get_type ())
G_DECLARE_FINAL_TYPE (BenchList, bench_list, BENCH, LIST, GObject)

struct _BenchList
{
  GObject   parent_instance;

  guint     n_items;
  GObject **items;
};

static GType
bench_list_get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
bench_list_get_n_items (GListModel *model)
{
  return BENCH_LIST (model)->n_items;
}

static gpointer
bench_list_get_item (GListModel *model,
                     guint       position)
{
  BenchList *self = BENCH_LIST (model);

  if (position >= self->n_items)
    return NULL;
  if (self->items[position] == NULL)
    self->items[position] = g_object_new (G_TYPE_OBJECT, NULL);

  return g_object_ref (self->items[position]);
}

static void
bench_list_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = bench_list_get_item_type;
  iface->get_n_items = bench_list_get_n_items;
  iface->get_item = bench_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BenchList, bench_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, bench_list_iface_init))

static void
bench_list_finalize (GObject *object)
{
  BenchList *self = BENCH_LIST (object);

  for (guint i = 0; i < self->n_items; i++)
    g_clear_object (&self->items[i]);
  g_free (self->items);

  G_OBJECT_CLASS (bench_list_parent_class)->finalize (object);
}

static void
bench_list_class_init (BenchListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bench_list_finalize;
}

static void
bench_list_init (BenchList *self)
{
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          gpointer                  data)
{
  GtkWidget *cell = gtk_inscription_new (NULL);

  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (cell), 12);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_list_item_set_child (item, cell);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         gpointer                  data)
{
  char text[32];

  g_snprintf (text, sizeof text, "row %u column %d", gtk_list_item_get_position (item),
              GPOINTER_TO_INT (data));
  gtk_inscription_set_text (GTK_INSCRIPTION (gtk_list_item_get_child (item)), text);
}

static GtkWidget *
build_bare (guint n_items)
{
  BenchList *list = g_object_new (BENCH_TYPE_LIST, NULL);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *view;

  list->n_items = n_items;
  list->items = g_new0 (GObject *, n_items);
  view = gtk_column_view_new (GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (list))));
  gtk_widget_add_css_class (view, "data-table");
  for (int i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = NULL;
      g_autofree char *title = g_strdup_printf ("Column %d", i);

      g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
      g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), GINT_TO_POINTER (i));
      column = gtk_column_view_column_new (title, factory);
      gtk_column_view_column_set_expand (column, i == 0);
      gtk_column_view_append_column (GTK_COLUMN_VIEW (view), column);
    }
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);

  return scroller;
}

/* Finding the scroller in either */

static GtkWidget *
find_scroller (GtkWidget *widget)
{
  if (GTK_IS_SCROLLED_WINDOW (widget) &&
      GTK_IS_COLUMN_VIEW (gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (widget))))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_scroller (child);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* Frames */

typedef struct
{
  GArray *costs; /* ms */
  gint64  begin;
  gint64  first_frame;
} Frames;

static void
frame_begin_cb (GdkFrameClock *clock,
                Frames        *frames)
{
  frames->begin = g_get_monotonic_time ();
}

static void
frame_end_cb (GdkFrameClock *clock,
              Frames        *frames)
{
  double cost = (double) (g_get_monotonic_time () - frames->begin) / 1000;

  if (frames->first_frame == 0)
    frames->first_frame = g_get_monotonic_time ();
  g_array_append_val (frames->costs, cost);
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

typedef struct
{
  double mean;
  double p95;
} Figure;

static Figure
summarize (GArray *costs)
{
  Figure figure = { 0, 0 };
  double sum = 0;

  if (costs->len == 0)
    return figure;
  g_array_sort (costs, compare_doubles);
  for (guint i = 0; i < costs->len; i++)
    sum += g_array_index (costs, double, i);
  figure.mean = sum / costs->len;
  figure.p95 = g_array_index (costs, double, (guint) (0.95 * (costs->len - 1)));
  return figure;
}

static void
iterate_until_frame (Frames *frames)
{
  guint before = frames->costs->len;
  gint64 end = g_get_monotonic_time () + G_TIME_SPAN_SECOND;

  while (frames->costs->len == before && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
}

static Figure
scroll (GtkWidget *content,
        Frames    *frames,
        Scroll     kind,
        GRand     *rand)
{
  GtkWidget *scroller = find_scroller (content);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  double page = gtk_adjustment_get_page_size (adjustment);
  double upper = gtk_adjustment_get_upper (adjustment) - page;
  guint n_frames = kind == SCROLL_SLOW ? SLOW_FRAMES : JUMP_FRAMES;

  gtk_adjustment_set_value (adjustment, upper / 3);
  for (guint i = 0; i < 30; i++)
    {
      gtk_widget_queue_draw (scroller);
      iterate_until_frame (frames);
    }

  g_array_set_size (frames->costs, 0);
  for (guint i = 0; i < n_frames; i++)
    {
      double value = gtk_adjustment_get_value (adjustment);

      if (kind == SCROLL_SLOW)
        value += 12;
      else if (kind == SCROLL_PAGE)
        value += page;
      else
        value = g_rand_double_range (rand, 0, upper);
      gtk_adjustment_set_value (adjustment, value);
      gtk_widget_queue_draw (scroller);
      iterate_until_frame (frames);
    }

  return summarize (frames->costs);
}

static double
read_memory (const char *field)
{
  g_autofree char *status = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return NAN;
  lines = g_strsplit (status, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_has_prefix (lines[i], field))
        return g_ascii_strtod (lines[i] + strlen (field) + 1, NULL) / 1024;
    }

  return NAN;
}

/* Running */

typedef struct
{
  GtkWidget *window;
  GtkWidget *content;
  Frames     frames;
} Stage;

static void
stage_open (Stage     *stage,
            GtkWidget *content)
{
  GdkFrameClock *clock;

  stage->content = content;
  stage->frames.costs = g_array_new (FALSE, FALSE, sizeof (double));
  stage->window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (stage->window), WIDTH, HEIGHT);
  adw_window_set_content (ADW_WINDOW (stage->window), content);
  gtk_window_present (GTK_WINDOW (stage->window));
  clock = gtk_widget_get_frame_clock (stage->window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (frame_begin_cb), &stage->frames);
  g_signal_connect (clock, "after-paint", G_CALLBACK (frame_end_cb), &stage->frames);
  iterate_until_frame (&stage->frames);
}

static void
stage_close (Stage *stage)
{
  gtk_window_destroy (GTK_WINDOW (stage->window));
  g_clear_pointer (&stage->frames.costs, g_array_unref);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  GranaryConnection **connection = data;
  g_autoptr (GError) error = NULL;

  *connection = granary_local_open_finish (result, &error);
  if (*connection == NULL)
    {
      g_printerr ("granary-bench-list: %s\n", error->message);
      exit (1);
    }
}

/* The repository opened after the window's first frame, as the program does it. */
static GranaryConnection *
open_repository (Stage      *stage,
                 const char *folder,
                 GSettings  *settings)
{
  GtkWidget *browser = g_object_new (GRANARY_TYPE_BROWSER, NULL);
  GranaryConnection *connection = NULL;
  GranaryModelList *list;

  granary_browser_set_settings (GRANARY_BROWSER (browser), settings);
  stage_open (stage, browser);
  granary_local_open_async (folder, NULL, opened_cb, &connection);
  while (connection == NULL)
    g_main_context_iteration (NULL, TRUE);
  granary_browser_set_connection (GRANARY_BROWSER (browser), connection);
  list = granary_model_tree_get_list (granary_browser_get_tree (GRANARY_BROWSER (browser)));
  while (granary_model_list_get_n_texts (list) == 0)
    g_main_context_iteration (NULL, TRUE);
  iterate_until_frame (&stage->frames);
  g_print ("window's first frame to first rows: %.0f ms   ≤ 300 ms\n",
           (double) (g_get_monotonic_time () - stage->frames.first_frame) / 1000);

  return connection;
}

/* Cells and rows */

#define BINDS 2000
#define CELL_KEY "granary-list-item"

static GtkWidget *
find_row (GtkWidget *widget)
{
  if (g_str_equal (gtk_widget_get_css_name (widget), "row"))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_row (child);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* What binding one cell costs, with its unbinding and the emission of both. */
static void
measure_bind (GtkColumnView *view)
{
  GListModel *columns = gtk_column_view_get_columns (view);
  GtkWidget *cell = gtk_widget_get_first_child (find_row (GTK_WIDGET (view)));
  double sum = 0;
  guint n_cells = 0;

  for (guint i = 0; i < g_list_model_get_n_items (columns) && cell != NULL; i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      GtkListItemFactory *factory = gtk_column_view_column_get_factory (column);
      GtkListItem *item;
      gint64 begin;

      if (!gtk_column_view_column_get_visible (column))
        continue;

      item = g_object_get_data (G_OBJECT (gtk_widget_get_first_child (cell)), CELL_KEY);
      cell = gtk_widget_get_next_sibling (cell);
      if (item == NULL)
        continue;

      begin = g_get_monotonic_time ();
      for (guint n = 0; n < BINDS; n++)
        {
          g_signal_emit_by_name (factory, "unbind", item);
          g_signal_emit_by_name (factory, "bind", item);
        }
      sum += (double) (g_get_monotonic_time () - begin) / BINDS;
      n_cells++;
    }

  g_print ("unbind and bind of a cell: %.2f µs, mean of %u columns   bind < 5 µs\n",
           n_cells > 0 ? sum / n_cells : 0, n_cells);
}

static void
measure_expand (GtkColumnView *view,
                Frames        *frames)
{
  GListModel *rows = G_LIST_MODEL (gtk_column_view_get_model (view));
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, 0);
  guint before = g_list_model_get_n_items (rows);
  gint64 begin = g_get_monotonic_time ();

  gtk_tree_list_row_set_expanded (row, TRUE);
  while (g_list_model_get_n_items (rows) == before)
    g_main_context_iteration (NULL, TRUE);
  iterate_until_frame (frames);
  g_print ("expand a model, to the frame that shows its %u versions: %.1f ms\n",
           g_list_model_get_n_items (rows) - before,
           (double) (g_get_monotonic_time () - begin) / 1000);
  gtk_tree_list_row_set_expanded (row, FALSE);
}

static void
print_scrolls (Figure ours[N_SCROLLS][ROUNDS],
               Figure bare[N_SCROLLS][ROUNDS])
{
  g_print ("%-16s %18s %18s %8s\n", "frame work", "Granary mean/p95", "bare mean/p95", "ratio");
  for (guint kind = 0; kind < N_SCROLLS; kind++)
    {
      Figure best_ours = ours[kind][0];
      Figure best_bare = bare[kind][0];

      for (guint i = 1; i < ROUNDS; i++)
        {
          if (ours[kind][i].mean < best_ours.mean)
            best_ours = ours[kind][i];
          if (bare[kind][i].mean < best_bare.mean)
            best_bare = bare[kind][i];
        }
      g_print ("%-16s %8.2f / %7.2f %8.2f / %7.2f %6.2f ×   %s\n", scroll_names[kind],
               best_ours.mean, best_ours.p95, best_bare.mean, best_bare.p95,
               best_ours.mean / best_bare.mean,
               kind == SCROLL_SLOW ? "p95 ≤ 16.7 ms" : "≤ 1.2 ×");
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GSettings) settings = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  GranaryConnection *connection;
  GranaryModelList *list;
  GtkColumnView *view;
  Stage ours = { 0 };
  Stage bare = { 0 };
  Figure our_figures[N_SCROLLS][ROUNDS];
  Figure bare_figures[N_SCROLLS][ROUNDS];
  double empty;

  setlocale (LC_ALL, "");
  if (argc != 2)
    {
      g_printerr ("usage: granary-bench-list FOLDER\n");
      return 2;
    }
  adw_init ();
  settings = g_settings_new (GRANARY_APPLICATION_ID);
  empty = read_memory ("RssAnon");

  connection = open_repository (&ours, argv[1], settings);
  list = granary_model_tree_get_list (granary_browser_get_tree (GRANARY_BROWSER (ours.content)));
  view = GTK_COLUMN_VIEW (
    gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (find_scroller (ours.content))));
  measure_bind (view);
  measure_expand (view, &ours.frames);
  stage_open (&bare, build_bare (g_list_model_get_n_items (G_LIST_MODEL (list))));
  for (guint round = 0; round < ROUNDS; round++)
    {
      for (guint kind = 0; kind < N_SCROLLS; kind++)
        {
          our_figures[kind][round] = scroll (ours.content, &ours.frames, kind, rand);
          if (round == 0 && kind == N_SCROLLS - 1)
            g_print ("memory of its own after scrolling: %.0f MiB (%.0f before the window)   ≤ 120 MiB\n",
                     read_memory ("RssAnon"), empty);
          bare_figures[kind][round] = scroll (bare.content, &bare.frames, kind, rand);
        }
    }
  print_scrolls (our_figures, bare_figures);

  stage_close (&ours);
  stage_close (&bare);
  g_object_unref (connection);
  return 0;
}
