/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-verbs-private.h"

#include "granary-error.h"

/* What the queue runs, by what its facts say. */

GranaryVersion *
granary_tione_load_result (GranaryTionePlace   *place,
                           GranaryTransferJob  *job,
                           GError             **error)
{
  g_autofree char *id = granary_transfer_job_dup_fact (job, "version_id");

  return granary_catalog_load_version (place->catalog,
                                       id != NULL ? g_ascii_strtoll (id, NULL, 10) : 0, error);
}

gboolean
granary_tione_run_job (GranaryTransferJob  *job,
                       GranaryTransfer     *transfer,
                       GCancellable        *cancellable,
                       gpointer             user_data,
                       GError             **error)
{
  GranaryTionePlace *place = user_data;
  g_autofree char *verb = granary_transfer_job_dup_fact (job, GRANARY_TIONE_FACT_VERB);

  if (g_strcmp0 (verb, "import") == 0)
    return granary_tione_import_run (place, job, transfer, cancellable, error);
  if (g_strcmp0 (verb, "upload") == 0)
    return granary_tione_upload_run (place, job, transfer, cancellable, error);
  if (g_strcmp0 (verb, "download") == 0)
    return granary_tione_download_run (place, job, transfer, cancellable, error);

  /* Of a later version of the program. */
  granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_NONE,
                     granary_transfer_job_get_subject (job), "unknown verb “%s”",
                     verb != NULL ? verb : "");
  return FALSE;
}
