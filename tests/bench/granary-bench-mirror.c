/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-tione-refresh.h"

/* granary-bench-mirror URL FILE TIMES: brings the catalogue FILE up to date with the test cloud at URL,
 * so many times, and prints how many models and versions there are and how many seconds each took.
 * Run by bench-mirror.py. */

/* Keys of the test cloud, which does not check them here. */
#define SECRET_ID "AKIDTESTCLOUD0000000000000000000000"
#define SECRET_KEY "testcloudsecretkey00000000000000"

int
main (int   argc,
      char *argv[])
{
  static const GranaryCloudService services[] = {
    GRANARY_CLOUD_TIONE, GRANARY_CLOUD_TAG, GRANARY_CLOUD_STS, GRANARY_CLOUD_CAM,
  };
  g_autoptr (GranaryCredentials) credentials = granary_credentials_new (SECRET_ID, SECRET_KEY, NULL);
  g_autoptr (GranaryAccount) account = granary_account_new ("bench", "c-bench", "ap-guangzhou");
  g_autoptr (GranaryHttp) http = granary_http_new (8);
  g_autoptr (GranaryConnectionStatus) status = granary_connection_status_new (0);
  g_autoptr (GranaryCatalog) catalog = NULL;
  g_autoptr (GranaryApi) api = NULL;
  g_autoptr (GranaryTioneRefresh) refresh = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) seconds = g_string_new (NULL);
  GranaryCounts counts;

  if (argc != 4)
    {
      g_printerr ("usage: granary-bench-mirror URL FILE TIMES\n");
      return 2;
    }

  granary_account_set_credentials (account, credentials);
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    {
      if (!granary_account_set_endpoint (account, services[i], argv[1], &error))
        g_error ("%s", error->message);
    }
  catalog = granary_catalog_open (argv[2], GRANARY_CATALOG_MIRROR, NULL, &error);
  if (catalog == NULL)
    g_error ("%s", error->message);

  api = granary_api_new (account, http);
  refresh = granary_tione_refresh_new (api, catalog, status);
  for (gint64 i = g_ascii_strtoll (argv[3], NULL, 10); i > 0; i--)
    {
      gint64 began = g_get_monotonic_time ();

      if (!granary_tione_refresh_run (refresh, NULL, NULL, &error))
        g_error ("%s", error->message);
      g_string_append_printf (seconds, " %.6f",
                              (double) (g_get_monotonic_time () - began) / G_TIME_SPAN_SECOND);
    }

  if (!granary_catalog_load_counts (catalog, &counts, &error))
    g_error ("%s", error->message);
  g_print ("%d %d%s\n", counts.n_models, counts.n_versions, seconds->str);
  granary_catalog_close (catalog);
  return 0;
}
