/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-cos.h"

#include <glib/gi18n-lib.h>

/* Parts of all files together; each has a connection of its own. */
#define MAX_PARTS 6
/* What is under way when the command is killed is sent again: with small parts that is little. */
#define PART_SIZE (2 * 1024 * 1024)

/* A function on its way to another thread. */
typedef struct
{
  GranaryCliCos     *self;
  GranaryCliCosFunc  func;
  gpointer           data;
  GDestroyNotify     result_free;
} Call;

static const struct
{
  const char *name;
  int         n_min;
  int         n_max;
  gboolean (*func) (GranaryCliCos  *self,
                    char          **operands,
                    GError        **error);
} verbs[] = {
  { "ls", 0, 1, granary_cli_cos_ls },
  { "get", 1, 2, granary_cli_cos_get },
  { "put", 2, -1, granary_cli_cos_put },
  { "rm", 1, -1, granary_cli_cos_rm },
};

static void
call (GTask        *task,
      gpointer      source,
      gpointer      task_data,
      GCancellable *cancellable)
{
  Call *work = task_data;
  GError *error = NULL;
  gpointer result = work->func (work->self, work->data, cancellable, &error);

  if (result != NULL)
    g_task_return_pointer (task, result, work->result_free);
  else
    g_task_return_error (task, error);
}

/**
 * granary_cli_cos_call:
 * @self: the command
 * @func: what to do, on another thread
 * @data: for @func
 * @result_free: (nullable): frees its result
 * @error: return location
 *
 * Returns: (transfer full): what @func returned
 */
gpointer
granary_cli_cos_call (GranaryCliCos      *self,
                      GranaryCliCosFunc   func,
                      gpointer            data,
                      GDestroyNotify      result_free,
                      GError            **error)
{
  GranaryCliWait wait = { NULL };
  g_autoptr (GTask) task = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  Call *work = g_new (Call, 1);

  *work = (Call) { self, func, data, result_free };
  task = g_task_new (NULL, self->cli->cancellable, granary_cli_wait_cb, &wait);
  /* The answer of @func counts, also when Ctrl-C came while it was given. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, work, g_free);
  granary_worker_run (self->cli->worker, task, call);
  result = granary_cli_wait (self->cli, &wait, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * granary_cli_cos_parse:
 * @address: as typed
 * @place: (out): what it means
 * @error: return location
 *
 * Returns: whether it is an address
 */
gboolean
granary_cli_cos_parse (const char          *address,
                       GranaryObjectPlace **place,
                       GError             **error)
{
  if (!g_str_has_prefix (address, "cos://"))
    {
      g_autofree char *shown = granary_display_path (address);

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%s” is not an address such as cos://BUCKET/KEY."), shown);
      return FALSE;
    }

  *place = granary_object_place_parse (address, error);
  return *place != NULL;
}

/* On the worker. */
static gpointer
list_all (GranaryCliCos  *self,
          gpointer        data,
          GCancellable   *cancellable,
          GError        **error)
{
  return granary_cos_client_list_all (self->client, data, cancellable, error);
}

/**
 * granary_cli_cos_list_all:
 * @self: the command
 * @prefix: what all keys begin with
 * @error: return location
 *
 * Returns: (transfer full) (element-type GranaryObject): all objects there
 */
GPtrArray *
granary_cli_cos_list_all (GranaryCliCos             *self,
                          const GranaryObjectPlace  *prefix,
                          GError                   **error)
{
  return granary_cli_cos_call (self, list_all, (gpointer) prefix,
                               (GDestroyNotify) g_ptr_array_unref, error);
}

/**
 * granary_cli_cos_open:
 * @self: the command
 * @error: return location
 *
 * Finds the account and its key, and prepares what moves files: connections, and the memory of
 * transfers under way.
 *
 * Returns: whether @self can be used
 */
gboolean
granary_cli_cos_open (GranaryCliCos  *self,
                      GError        **error)
{
  g_autoptr (GranaryAccount) account = granary_cli_find_key_account (self->cli, error);
  g_autoptr (GranaryHttp) http = NULL;
  g_autoptr (GranaryTransferStore) store = NULL;
  g_autofree char *folder = NULL;

  if (account == NULL)
    return FALSE;

  folder = granary_tione_get_folder (granary_account_get_uid (account));
  store = granary_transfer_store_open (folder, error);
  if (store == NULL)
    return FALSE;

  /* Lists and questions about objects go on while all parts are busy. */
  http = granary_http_new (MAX_PARTS + 2);
  self->client = granary_cos_client_new (account, http);
  self->files = granary_cos_transfer_new (self->client, store, MAX_PARTS);
  granary_cos_transfer_set_part_size (self->files, PART_SIZE);
  return TRUE;
}

/**
 * granary_cli_cos:
 *
 * `cos ls|get|put|rm …`
 */
gboolean
granary_cli_cos (GranaryCli  *cli,
                 char       **arguments,
                 GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autofree char *marker = NULL;
  GranaryCliCos self = { .cli = cli };
  const GOptionEntry entries[] = {
    { "recursive", 'R', 0, G_OPTION_ARG_NONE, &self.recursive,
      N_("All that is below the address (ls, get, rm)"), NULL },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &self.replace,
      N_("Replace what is there with other content (get, put)"), NULL },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &self.yes, N_("Do not ask (rm)"), NULL },
    { "limit", 0, 0, G_OPTION_ARG_INT64, &self.limit, N_("At most so many (ls)"), N_("N") },
    { "marker", 0, 0, G_OPTION_ARG_FILENAME, &marker, N_("Begin behind this key (ls)"),
      N_("KEY") },
    G_OPTION_ENTRY_NULL,
  };
  gboolean done = FALSE;

  if (!granary_cli_parse (cli, &left, entries, 1, -1, error) ||
      !granary_cli_read_texts (left + 1, error))
    return FALSE;

  self.marker = marker;
  if (self.limit < 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _("--limit takes a number that is not negative."));
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      int n_operands = (int) g_strv_length (left) - 2;

      if (!g_str_equal (left[1], verbs[i].name))
        continue;
      if (n_operands < verbs[i].n_min || (verbs[i].n_max >= 0 && n_operands > verbs[i].n_max))
        break;

      done = verbs[i].func (&self, left + 2, error);
      g_clear_object (&self.files);
      g_clear_object (&self.client);
      return done;
    }

  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                       _("Write “cos ls [cos://BUCKET/PREFIX]”, “cos get cos://BUCKET/KEY [PATH]”, "
                         "“cos put PATH… cos://BUCKET/KEY” or “cos rm cos://BUCKET/KEY…”."));
  return FALSE;
}
