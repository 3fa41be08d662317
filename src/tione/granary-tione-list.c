/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-error.h"
#include "granary-tione-private.h"
#include "granary-tione-refresh-private.h"

/* The list of models by its pages, each written as it comes. Pages that are as they were the last time
 * are not even read. */

#define PAGE 100
#define SAFE_PAGE 20
#define PAGE_THREADS 3

/* Auxiliary functions */

static void
unref_model (gpointer model)
{
  granary_model_unref (model);
}

static gboolean
models_func (GranaryWriter  *writer,
             gpointer        data,
             GError        **error)
{
  GPtrArray *models = data;

  for (guint i = 0; i < models->len; i++)
    {
      const GranaryModel *model = g_ptr_array_index (models, i);

      if (!granary_writer_mirror_model (writer, model, model->versions != NULL, NULL, NULL, error))
        return FALSE;
    }

  return TRUE;
}

typedef struct
{
  gint64  offset;
  gint64  limit;
  guint64 digest; /* of the page when it was last written, 0 for none */
} Range;

/* A page and how many models there are in all. */
typedef struct
{
  GPtrArray *models;  /* (owned) */
  gint64     total;
  guint64    digest;  /* 0 when it came in pieces */
  gboolean   is_same; /* as it was last written: there are no models here */
} Page;

/* What the pages come to. */
typedef struct
{
  GPtrArray *incomplete; /* (element-type utf8): models whose versions did not come along */
  gint64     total;
  gint64     n_done;
} Listing;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_ptr_array_unref (page->models);
  g_free (page);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Page, page_free)

static void
remembered_free (gpointer data)
{
  GranaryTionePage *page = data;

  g_ptr_array_unref (page->uids);
  g_free (page);
}

GHashTable *
granary_tione_pages_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, remembered_free);
}

/* A page that is too large comes in halves. */
static Page *
fetch_range (GranaryApi    *api,
             const Range   *range,
             GCancellable  *cancellable,
             GError       **error)
{
  Range half = { range->offset, range->limit / 2, 0 };
  g_autoptr (Page) page = g_new0 (Page, 1);
  g_autoptr (Page) rest = NULL;
  g_autoptr (GError) local_error = NULL;

  page->digest = range->digest;
  page->models = granary_tione_list_models_if_changed (api, range->offset, range->limit,
                                                       &page->total, &page->digest, &page->is_same,
                                                       cancellable, &local_error);
  if (page->models != NULL)
    return g_steal_pointer (&page);

  page->models = g_ptr_array_new_with_free_func (unref_model);
  if (range->limit == 1 ||
      !granary_error_matches_reason (local_error, GRANARY_REASON_RESPONSE_TOO_LARGE))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  g_clear_pointer (&page, page_free);
  page = fetch_range (api, &half, cancellable, error);
  if (page == NULL)
    return NULL;
  half.offset += half.limit;
  half.limit = range->limit - half.limit;
  rest = fetch_range (api, &half, cancellable, error);
  if (rest == NULL)
    return NULL;

  g_ptr_array_extend_and_steal (page->models, g_steal_pointer (&rest->models));
  rest->models = g_ptr_array_new ();
  page->total = MAX (page->total, rest->total);
  page->digest = 0;
  return g_steal_pointer (&page);
}

static gpointer
fetch_page (GranaryTioneRound  *round,
            gconstpointer       job,
            GCancellable       *cancellable,
            GError            **error)
{
  return fetch_range (round->api, job, cancellable, error);
}

/* What was told a moment ago need not be read again, as long as it is that what stands in the
 * mirror. */
static guint64
find_digest (GranaryTioneRound *round,
             gint64             offset,
             gint64             limit)
{
  const GranaryTionePage *page = g_hash_table_lookup (round->pages, &offset);

  return page != NULL && page->limit == limit ? page->digest : 0;
}

static void
remember_page (GranaryTioneRound *round,
               const Range       *range,
               const Page        *page)
{
  GranaryTionePage *remembered;

  if (page->digest == 0)
    {
      g_hash_table_remove (round->pages, &range->offset);
      return;
    }

  remembered = g_new0 (GranaryTionePage, 1);
  remembered->offset = range->offset;
  remembered->limit = range->limit;
  remembered->total = page->total;
  remembered->digest = page->digest;
  remembered->uids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < page->models->len; i++)
    {
      const GranaryModel *model = g_ptr_array_index (page->models, i);

      g_ptr_array_add (remembered->uids, g_strdup (model->uid));
    }
  g_hash_table_replace (round->pages, &remembered->offset, remembered);
}

static void
count_page (GranaryTioneRound *round,
            Listing           *listing,
            guint              n_models,
            gint64             total)
{
  listing->total = MAX (listing->total, total);
  listing->n_done += n_models;
  if (listing->total > 0)
    granary_connection_status_set_progress (round->status,
                                            MIN (0.9, 0.9 * (double) listing->n_done /
                                                        (double) listing->total));
}

/* *n_models: how many the page has. */
static gboolean
take_page (GranaryTioneRound  *round,
           const Range        *range,
           Page               *page,
           Listing            *listing,
           guint              *n_models,
           GError            **error)
{
  guint n_incomplete = listing->incomplete->len;

  if (page->is_same)
    {
      const GranaryTionePage *before = g_hash_table_lookup (round->pages, &range->offset);

      for (guint i = 0; i < before->uids->len; i++)
        g_hash_table_add (round->seen, g_strdup (g_ptr_array_index (before->uids, i)));
      *n_models = before->uids->len;
      page->total = before->total;
      count_page (round, listing, *n_models, page->total);
      return TRUE;
    }

  *n_models = page->models->len;
  for (guint i = 0; i < page->models->len; i++)
    {
      const GranaryModel *model = g_ptr_array_index (page->models, i);

      g_hash_table_add (round->seen, g_strdup (model->uid));
      if (model->versions == NULL)
        g_ptr_array_add (listing->incomplete, g_strdup (model->uid));
    }

  count_page (round, listing, *n_models, page->total);
  if (!granary_tione_write_models (round, page->models, error))
    return FALSE;

  /* A model that has to be asked for once more has to be so the next time as well. */
  if (listing->incomplete->len > n_incomplete)
    page->digest = 0;
  remember_page (round, range, page);
  return TRUE;
}

static gboolean
store_page (GranaryTioneRound  *round,
            gconstpointer       job,
            gpointer            result,
            GError             *problem,
            gpointer            data,
            GError            **error)
{
  g_autoptr (Page) page = result;
  guint n_models;

  /* A list with a gap tells of no model that it is gone; there is no use in going on. */
  if (page == NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }

  return take_page (round, job, page, data, &n_models, error);
}

static gboolean
fetch_pages (GranaryTioneRound  *round,
             gint64              from,
             gint64              to,
             gint64              step,
             Listing            *listing,
             GError            **error)
{
  g_autoptr (GPtrArray) ranges = g_ptr_array_new_with_free_func (g_free);

  for (gint64 offset = from; offset < to; offset += step)
    {
      Range *range = g_new (Range, 1);

      range->offset = offset;
      range->limit = step;
      range->digest = find_digest (round, offset, step);
      g_ptr_array_add (ranges, range);
    }

  return granary_tione_fan_out (round, ranges, PAGE_THREADS, fetch_page, store_page, page_free,
                                listing, error);
}

/* The first page: asked for in full, then in a length that every service has. */
static Page *
fetch_first (GranaryTioneRound  *round,
             Range              *range,
             GError            **error)
{
  g_autoptr (GError) local_error = NULL;
  Page *page;

  *range = (Range) { 0, PAGE, find_digest (round, 0, PAGE) };
  page = fetch_range (round->api, range, round->cancellable, &local_error);
  if (page == NULL && g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT))
    {
      g_clear_error (&local_error);
      *range = (Range) { 0, SAFE_PAGE, find_digest (round, 0, SAFE_PAGE) };
      page = fetch_range (round->api, range, round->cancellable, &local_error);
    }
  if (page == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return page;
}

/* What stands in the mirror is no more what the pages told: they have to be read again. */
static gboolean
check_pages (GranaryTioneRound  *round,
             GError            **error)
{
  g_autoptr (GHashTable) known = NULL;
  g_auto (GStrv) uids = NULL;
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (round->pages) == 0)
    return TRUE;
  if (granary_catalog_is_touched (round->catalog))
    {
      g_hash_table_remove_all (round->pages);
      return TRUE;
    }

  uids = granary_catalog_list_mirrored (round->catalog, error);
  if (uids == NULL)
    return FALSE;

  known = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = 0; uids[i] != NULL; i++)
    g_hash_table_add (known, uids[i]);
  g_hash_table_iter_init (&iter, round->pages);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const GranaryTionePage *page = value;
      gboolean is_there = TRUE;

      for (guint i = 0; i < page->uids->len && is_there; i++)
        is_there = g_hash_table_contains (known, g_ptr_array_index (page->uids, i));
      if (!is_there)
        g_hash_table_iter_remove (&iter);
    }

  return TRUE;
}

/* Functions shared inside tione/ */

gboolean
granary_tione_write_models (GranaryTioneRound  *round,
                            GPtrArray          *models,
                            GError            **error)
{
  return granary_catalog_write (round->catalog, models_func, models, error);
}

gboolean
granary_tione_refresh_list (GranaryTioneRound  *round,
                            GPtrArray          *incomplete,
                            GError            **error)
{
  Listing listing = { .incomplete = incomplete };
  g_autoptr (GError) local_error = NULL;
  g_autoptr (Page) first = NULL;
  Range range;
  guint n_models;
  gint64 step;
  gint64 end;

  if (!check_pages (round, error))
    return FALSE;
  first = fetch_first (round, &range, &local_error);
  if (first == NULL)
    {
      if (!granary_tione_round_refused (round, &local_error, "tione:DescribeTrainingModels"))
        g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (!take_page (round, &range, first, &listing, &n_models, error))
    return FALSE;

  /* What came tells how long pages are here. */
  step = n_models;
  end = n_models;
  while (end < listing.total && n_models > 0)
    {
      gint64 from = end;

      /* More may have come meanwhile, which push the last ones on. */
      end = listing.total;
      if (!fetch_pages (round, from, end, step, &listing, error))
        return FALSE;
    }

  return TRUE;
}
