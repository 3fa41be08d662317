/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Fills a catalogue to the size that the window must stay smooth at, and times its queries against
 * plain SQLite on the same file, in turn.
 *
 *   granary-bench-catalog generate FILE [MODELS [VERSIONS-EACH]]
 *   granary-bench-catalog measure FILE
 *
 * measure prints lines of: what, median ms, median ms of the yardstick, ratio, budget. */

#include "config.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "granary-catalog-writer.h"
#include "granary-database.h"
#include "granary-error.h"
#include "granary-metric.h"
#include "granary-names.h"
#include "granary-search-text.h"

#define ROUNDS 15
#define PAGE 100

static const char *const subjects[] = {
  "plate-ocr", "face-detect", "churn", "fraud", "resnet", "yolo", "bert", "speech", "lane", "ranker",
  "车牌识别", "人脸检测", "风控评分", "语音识别", "文本分类", "缺陷检测", "商品推荐", "票据识别",
};
static const char *const frameworks[] = { "PyTorch", "ONNX", "XGBoost", "TensorFlow", "PaddlePaddle" };
static const char *const teams[] = { "视觉", "风控", "nlp", "speech", "推荐", "search", "infra", "ads" };
static const char *const stages[] = { "dev", "test", "prod" };

static void
check (gboolean  ok,
       GError   *error)
{
  if (!ok || error != NULL)
    {
      g_printerr ("granary-bench-catalog: %s\n", error != NULL ? error->message : "failed");
      exit (1);
    }
}

/* Generating: rows are written as the writer would leave them, but without a transaction each. */

static void
fill_model (GranaryDatabase *database,
            GRand           *rand,
            guint            number,
            guint            n_versions)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  const char *subject = subjects[number % G_N_ELEMENTS (subjects)];
  const char *framework = frameworks[g_rand_int_range (rand, 0, G_N_ELEMENTS (frameworks))];
  const char *team = teams[g_rand_int_range (rand, 0, G_N_ELEMENTS (teams))];
  const char *stage = stages[g_rand_int_range (rand, 0, G_N_ELEMENTS (stages))];
  g_autofree char *name = g_strdup_printf ("%s-%06u", subject, number);
  g_autofree char *key = granary_name_fold (name);
  g_autofree char *sort = granary_sort_text (name);
  g_autofree char *uid = g_strdup_printf ("m-%016u", number);
  g_autofree char *tags = g_strdup_printf ("stage=%s\nteam=%s", stage, team);
  double metric = g_rand_double (rand);
  g_autofree char *metric_text = g_strdup_printf ("%.4f", metric);
  gint64 size = g_rand_int_range (rand, 1000, G_MAXINT32);
  gint64 time = 1700000000000000 + (gint64) g_rand_int_range (rand, 0, 100000000) * 1000;
  GranaryStatement *statement;

  statement = granary_database_prepare (database,
                                        "INSERT INTO models (id, uid, name, name_key, name_sort,"
                                        " high_water, created, updated, n_versions, latest, size,"
                                        " framework, status, metric_name, metric_text, metric_value,"
                                        " tags_text, search_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
                                        " ?7, ?6, ?6, ?8, ?9, 'ready', 'acc', ?10, ?11, ?12, -1)",
                                        &error);
  check (statement != NULL, error);
  granary_statement_bind_int (statement, 1, number);
  granary_statement_bind_text (statement, 2, uid);
  granary_statement_bind_text (statement, 3, name);
  granary_statement_bind_text (statement, 4, key);
  granary_statement_bind_text (statement, 5, sort);
  granary_statement_bind_int (statement, 6, n_versions);
  granary_statement_bind_int (statement, 7, time);
  granary_statement_bind_int (statement, 8, size);
  granary_statement_bind_text (statement, 9, framework);
  granary_statement_bind_text (statement, 10, metric_text);
  granary_statement_bind_double (statement, 11, metric);
  granary_statement_bind_text (statement, 12, tags);
  check (granary_statement_run (statement, &error), error);

  statement = granary_database_prepare (database,
                                        "INSERT INTO tags (model_id, key, value)"
                                        " VALUES (?1, 'team', ?2), (?1, 'stage', ?3)", &error);
  check (statement != NULL, error);
  granary_statement_bind_int (statement, 1, number);
  granary_statement_bind_text (statement, 2, team);
  granary_statement_bind_text (statement, 3, stage);
  check (granary_statement_run (statement, &error), error);

  granary_search_text_append (text, name);
  granary_search_text_append (text, "stage team acc");
  granary_search_text_append (text, team);
  granary_search_text_append (text, stage);
  granary_search_text_append (text, framework);
  statement = granary_database_prepare (database,
                                        "INSERT INTO search (rowid, text) VALUES (?1, ?2)", &error);
  check (statement != NULL, error);
  granary_statement_bind_int (statement, 1, number);
  granary_statement_bind_text (statement, 2, text->str);
  check (granary_statement_run (statement, &error), error);

  for (guint v = 1; v <= n_versions; v++)
    {
      gint64 id = (gint64) (number - 1) * n_versions + v;
      guint8 digest[GRANARY_SHA256_LENGTH] = { 0 };

      statement = granary_database_prepare (database,
                                            "INSERT INTO versions (id, model_id, number, status,"
                                            " source, framework, format, size, n_files, created,"
                                            " updated) VALUES (?1, ?2, ?3, 'ready', 'files', ?4,"
                                            " 'ONNX', ?5, 1, ?6, ?6)",
                                            &error);
      check (statement != NULL, error);
      granary_statement_bind_int (statement, 1, id);
      granary_statement_bind_int (statement, 2, number);
      granary_statement_bind_int (statement, 3, v);
      granary_statement_bind_text (statement, 4, framework);
      granary_statement_bind_int (statement, 5, size / n_versions);
      granary_statement_bind_int (statement, 6, time);
      check (granary_statement_run (statement, &error), error);

      statement = granary_database_prepare (database,
                                            "INSERT INTO metrics (version_id, position, name, text)"
                                            " VALUES (?1, 0, 'acc', ?2)", &error);
      check (statement != NULL, error);
      granary_statement_bind_int (statement, 1, id);
      granary_statement_bind_text (statement, 2, metric_text);
      check (granary_statement_run (statement, &error), error);

      memcpy (digest, &id, sizeof id);
      statement = granary_database_prepare (database,
                                            "INSERT INTO files (version_id, path, size, sha256,"
                                            " mtime, inode) VALUES (?1, 'model.onnx', ?2, ?3, 0, 0)",
                                            &error);
      check (statement != NULL, error);
      granary_statement_bind_int (statement, 1, id);
      granary_statement_bind_int (statement, 2, size / n_versions);
      granary_statement_bind_blob (statement, 3, digest, sizeof digest);
      check (granary_statement_run (statement, &error), error);
    }
}

static void
generate (const char *path,
          guint       n_models,
          guint       n_versions)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryCatalog) catalog = NULL;
  g_autoptr (GranaryDatabase) database = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260101);

  catalog = granary_catalog_open (path, GRANARY_CATALOG_MIRROR, NULL, &error);
  check (catalog != NULL, error);
  granary_catalog_close (catalog);
  g_clear_object (&catalog);

  database = granary_database_open (path, GRANARY_DATABASE_NONE, &error);
  check (database != NULL, error);
  check (granary_database_begin (database, &error), error);
  for (guint number = 1; number <= n_models; number++)
    fill_model (database, rand, number, n_versions);
  check (granary_database_commit (database, &error), error);
  check (granary_database_exec (database, "PRAGMA wal_checkpoint(TRUNCATE)", &error), error);
  g_print ("%u models, %u versions: %s\n", n_models, n_models * n_versions, path);
}

/* Measuring */

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median (double *values)
{
  qsort (values, ROUNDS, sizeof *values, compare_doubles);
  return values[ROUNDS / 2];
}

static void
report (const char *what,
        double     *ours,
        double     *raw,
        const char *budget)
{
  double mine = median (ours);
  double yardstick = median (raw);

  g_print ("%-52s %9.3f ms %9.3f ms %6.2f ×   %s\n", what, mine, yardstick, mine / yardstick, budget);
}

static gsize
run_raw (GranaryDatabase *database,
         const char      *sql,
         const char      *first,
         const char      *second,
         int              n_columns)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryStatement) statement = granary_database_prepare (database, sql, &error);
  gsize n_rows = 0;

  check (statement != NULL, error);
  if (first != NULL)
    granary_statement_bind_text (statement, 1, first);
  if (second != NULL)
    granary_statement_bind_text (statement, 2, second);
  while (granary_statement_step (statement, &error))
    {
      for (int i = 0; i < n_columns; i++)
        {
          if (i == 0)
            granary_statement_get_int (statement, i);
          else
            granary_statement_get_text (statement, i);
        }
      n_rows++;
    }
  check (TRUE, error);
  return n_rows;
}

static GArray *
measure_list (GranaryCatalog  *catalog,
              GranaryDatabase *database,
              const char      *what,
              const char      *text,
              const char      *tag,
              GranarySortKey   key,
              gboolean         descending,
              const char      *sql,
              const char      *first,
              const char      *second)
{
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();
  g_autoptr (GranaryQuery) query = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autofree char *line = NULL;
  double ours[ROUNDS];
  double raw[ROUNDS];

  if (tag != NULL)
    check (granary_tag_set_put_text (tags, tag, NULL), NULL);
  query = granary_query_new (text, tags, key, descending);
  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 start = g_get_monotonic_time ();
      gsize n_rows;

      g_clear_pointer (&ids, g_array_unref);
      ids = granary_catalog_list_ids (catalog, query, NULL, &error);
      ours[i] = (double) (g_get_monotonic_time () - start) / 1000;
      check (ids != NULL, error);
      start = g_get_monotonic_time ();
      n_rows = run_raw (database, sql, first, second, 1);
      raw[i] = (double) (g_get_monotonic_time () - start) / 1000;
      if (n_rows != ids->len)
        g_printerr ("%s: %u ids, yardstick %" G_GSIZE_FORMAT "\n", what, ids->len, n_rows);
    }

  line = g_strdup_printf ("ids: %s (%u)", what, ids->len);
  report (line, ours, raw, ids->len <= 10000 ? "≤ 16 ms" : "≤ 1.2 ×");
  return g_steal_pointer (&ids);
}

static void
measure_page (GranaryCatalog  *catalog,
              GranaryDatabase *database,
              GArray          *ids,
              const char      *what,
              double           position)
{
  guint start = (guint) ((ids->len > PAGE ? ids->len - PAGE : 0) * position);
  guint n = MIN (PAGE, ids->len - start);
  const gint64 *page = &g_array_index (ids, gint64, start);
  g_autofree char *line = g_strdup_printf ("page of %u: %s", n, what);
  g_autoptr (GString) list = g_string_new (NULL);
  g_autofree char *sql = NULL;
  double ours[ROUNDS];
  double raw[ROUNDS];

  for (guint i = 0; i < n; i++)
    g_string_append_printf (list, i > 0 ? ",%" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, page[i]);
  sql = g_strdup_printf ("SELECT id, uid, name, framework, metric_name, metric_text, metric_trend,"
                         " tags_text, source, status, size, n_versions, latest, created, updated"
                         " FROM models WHERE id IN (%s)", list->str);
  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) summaries = NULL;
      gint64 begin = g_get_monotonic_time ();

      summaries = granary_catalog_load_summaries (catalog, page, n, &error);
      ours[i] = (double) (g_get_monotonic_time () - begin) / 1000;
      check (summaries != NULL, error);
      begin = g_get_monotonic_time ();
      run_raw (database, g_intern_string (sql), NULL, NULL, 15);
      raw[i] = (double) (g_get_monotonic_time () - begin) / 1000;
    }
  report (line, ours, raw, "≤ 2 ×");
}

static void
measure_versions (GranaryCatalog  *catalog,
                  GranaryDatabase *database)
{
  double ours[ROUNDS];
  double raw[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) versions = NULL;
      /* Another model each round, the same for both: neither finds it in its connection's cache. */
      gint64 id = 1 + (gint64) i * 37;
      g_autofree char *id_text = g_strdup_printf ("%" G_GINT64_FORMAT, id);
      gint64 begin = g_get_monotonic_time ();

      versions = granary_catalog_load_versions (catalog, id, &error);
      ours[i] = (double) (g_get_monotonic_time () - begin) / 1000;
      check (versions != NULL, error);
      begin = g_get_monotonic_time ();
      run_raw (database,
               "SELECT v.*, m.uid, m.name FROM versions v JOIN models m ON m.id = v.model_id"
               " WHERE v.model_id = ?1 ORDER BY v.number DESC",
               id_text, NULL, 18);
      run_raw (database,
               "SELECT t.version_id, t.name, t.text FROM versions v"
               " JOIN metrics t ON t.version_id = v.id WHERE v.model_id = ?1"
               " ORDER BY t.version_id, t.position",
               id_text, NULL, 3);
      raw[i] = (double) (g_get_monotonic_time () - begin) / 1000;
    }
  report ("versions of a model", ours, raw, "≤ 2 ×");
}

static void
measure (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryCatalog) catalog = granary_catalog_open (path, GRANARY_CATALOG_NONE, NULL, &error);
  g_autoptr (GranaryDatabase) database = NULL;
  g_autoptr (GArray) all = NULL;
  g_autoptr (GArray) found = NULL;
  static const struct
  {
    const char    *what;
    GranarySortKey key;
    gboolean       descending;
    const char    *sql;
  } sorts[] = {
    { "all by updated, latest first", GRANARY_SORT_UPDATED, TRUE,
      "SELECT id FROM models WHERE trash IS NULL ORDER BY updated DESC, id" },
    { "all by size", GRANARY_SORT_SIZE, FALSE,
      "SELECT id FROM models WHERE trash IS NULL ORDER BY size, id" },
    { "all by metric", GRANARY_SORT_METRIC, TRUE,
      "SELECT id FROM models WHERE trash IS NULL ORDER BY metric_value IS NULL, metric_value DESC,"
      " name_sort, id" },
    { "all by framework", GRANARY_SORT_FRAMEWORK, FALSE,
      "SELECT id FROM models WHERE trash IS NULL ORDER BY framework IS NULL,"
      " framework COLLATE NOCASE, name_sort, id" },
    { "all by status", GRANARY_SORT_STATUS, FALSE,
      "SELECT id FROM models WHERE trash IS NULL ORDER BY status, name_sort, id" },
    { "all by name", GRANARY_SORT_NAME, FALSE,
      "SELECT id FROM models WHERE trash IS NULL ORDER BY name_sort, id" },
  };
  static const struct
  {
    const char *what;
    const char *text;
    const char *match;
  } searches[] = {
    { "search p", "p", "\"p\"*" },
    { "search pl", "pl", "\"pl\"*" },
    { "search plate-ocr", "plate-ocr", "\"plate\"* AND \"ocr\"*" },
    { "search 检测", "检测", "\"检测\"" },
    { "search 检测 prod", "检测 prod", "\"检测\" AND \"prod\"*" },
    { "search 00123", "00123", "\"00123\"*" },
    { "search yolo-000005", "yolo-000005", "\"yolo\"* AND \"000005\"*" },
  };

  check (catalog != NULL, error);
  database = granary_database_open (path, GRANARY_DATABASE_READ_ONLY, &error);
  check (database != NULL, error);

  g_print ("%-50s %12s %12s %8s   %s\n", "catalogue", "Granary", "SQLite", "ratio", "budget");
  for (guint i = 0; i < G_N_ELEMENTS (sorts); i++)
    {
      g_clear_pointer (&all, g_array_unref);
      all = measure_list (catalog, database, sorts[i].what, NULL, NULL, sorts[i].key,
                          sorts[i].descending, sorts[i].sql, NULL, NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (searches); i++)
    {
      g_clear_pointer (&found, g_array_unref);
      found = measure_list (catalog, database, searches[i].what, searches[i].text, NULL,
                            GRANARY_SORT_UPDATED, TRUE,
                            "SELECT m.id FROM search s CROSS JOIN models m ON m.id = s.rowid"
                            " WHERE s.search MATCH ?1 AND m.trash IS NULL ORDER BY m.updated DESC, m.id",
                            searches[i].match, NULL);
    }
  g_clear_pointer (&found, g_array_unref);
  found = measure_list (catalog, database, "tag team=视觉", NULL, "team=视觉", GRANARY_SORT_NAME, FALSE,
                        "SELECT m.id FROM models m WHERE m.trash IS NULL AND m.id IN"
                        " (SELECT model_id FROM tags WHERE key = ?1 AND value = ?2)"
                        " ORDER BY m.name_sort, m.id",
                        "team", "视觉");

  measure_page (catalog, database, all, "first by name", 0);
  measure_page (catalog, database, all, "middle by name", 0.5);
  measure_page (catalog, database, all, "last by name", 1);
  measure_page (catalog, database, found, "middle of tag", 0.5);
  measure_versions (catalog, database);
  granary_catalog_close (catalog);
}

int
main (int   argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  if (argc >= 3 && g_str_equal (argv[1], "generate"))
    {
      generate (argv[2],
                argc > 3 ? (guint) g_ascii_strtoull (argv[3], NULL, 10) : 100000,
                argc > 4 ? (guint) g_ascii_strtoull (argv[4], NULL, 10) : 10);
      return 0;
    }
  if (argc == 3 && g_str_equal (argv[1], "measure"))
    {
      measure (argv[2]);
      return 0;
    }

  g_printerr ("usage: granary-bench-catalog generate FILE [MODELS [VERSIONS-EACH]] | measure FILE\n");
  return 2;
}
