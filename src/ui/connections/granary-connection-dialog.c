/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-connection-dialog.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "granary-choice-button.h"
#include "granary-connection-checks.h"
#include "granary-error.h"
#include "granary-keyring.h"
#include "granary-names.h"
#include "granary-object-storage.h"
#include "granary-problem-row.h"
#include "granary-sign-out.h"
#include "granary-wording.h"

/* Services that can have an address of their own. */
static const GranaryCloudService services[] = {
  GRANARY_CLOUD_TIONE, GRANARY_CLOUD_COS, GRANARY_CLOUD_TAG, GRANARY_CLOUD_TCR, GRANARY_CLOUD_STS,
  GRANARY_CLOUD_CAM,
};

struct _GranaryConnectionDialog
{
  AdwDialog                parent_instance;

  GtkButton               *save_button;
  AdwBanner               *banner;
  AdwPreferencesPage      *page;
  AdwEntryRow             *name_row;
  GranaryProblemRow       *name_problem;
  AdwEntryRow             *region_row;
  GranaryChoiceButton     *region_button;
  GranaryProblemRow       *region_problem;
  AdwEntryRow             *id_row;
  AdwEntryRow             *key_row;
  AdwEntryRow             *token_row;
  GranaryProblemRow       *key_problem;
  AdwEntryRow             *bucket_row;
  GranaryChoiceButton     *bucket_button;
  GranaryProblemRow       *bucket_problem;
  AdwEntryRow             *prefix_row;
  AdwExpanderRow          *advanced_row;
  GranaryProblemRow       *endpoint_problem;
  AdwButtonRow            *test_row;
  GranaryConnectionChecks *checks;
  AdwPreferencesGroup     *sign_out_group;
  AdwEntryRow             *endpoint_rows[G_N_ELEMENTS (services)];

  GranaryAccountList      *list;        /* (owned) */
  GranaryAccount          *original;    /* (owned) (nullable): what is changed */
  GranaryAccount          *saving;      /* (owned) (nullable): what is being stored */
  GranaryConnectionDone    done;
  gpointer                 done_data;
  GCancellable            *cancellable; /* (owned) */
  gboolean                 filling;
  gboolean                 touched;
  gboolean                 busy;
};

G_DEFINE_FINAL_TYPE (GranaryConnectionDialog, granary_connection_dialog, ADW_TYPE_DIALOG)

/* What is entered */

static char *
dup_text (AdwEntryRow *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

static gboolean
is_empty (AdwEntryRow *row)
{
  g_autofree char *text = dup_text (row);

  return *text == '\0';
}

static void
set_text (AdwEntryRow *row,
          const char  *text)
{
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
}

/* Shows @error at its field, whose error it takes. A field that is still empty is no mistake yet. */
static gboolean
judge (GranaryProblemRow *problem,
       AdwEntryRow       *field,
       GError            *error)
{
  granary_problem_row_show (problem, error, GTK_WIDGET (field));
  if (error == NULL)
    return TRUE;

  g_error_free (error);
  return FALSE;
}

static gboolean
check_name (GranaryConnectionDialog *self)
{
  g_autofree char *name = dup_text (self->name_row);
  g_autoptr (GranaryAccount) other = NULL;
  GError *error = NULL;

  if (*name == '\0')
    {
      judge (self->name_problem, self->name_row, NULL);
      return FALSE;
    }
  if (granary_account_name_check (name, &error))
    {
      other = granary_account_list_find (self->list, name);
      if (other != NULL &&
          (self->original == NULL ||
           !g_str_equal (granary_account_get_uid (other), granary_account_get_uid (self->original))))
        granary_set_error (&error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_CONNECTION_EXISTS, name,
                           "%s exists", name);
    }

  return judge (self->name_problem, self->name_row, error);
}

static gboolean
check_region (GranaryConnectionDialog *self)
{
  g_autofree char *region = dup_text (self->region_row);
  GError *error = NULL;

  if (*region == '\0')
    {
      judge (self->region_problem, self->region_row, NULL);
      return FALSE;
    }
  granary_account_region_check (region, &error);

  return judge (self->region_problem, self->region_row, error);
}

/* NULL without an error: the key stays as it is stored. */
static GranaryCredentials *
make_credentials (GranaryConnectionDialog  *self,
                  GError                  **error)
{
  g_autofree char *secret_id = dup_text (self->id_row);
  g_autofree char *secret_key = dup_text (self->key_row);
  g_autofree char *token = dup_text (self->token_row);
  GranaryCredentials *credentials = NULL;

  if (*secret_id != '\0' || *secret_key != '\0' || *token != '\0')
    credentials = granary_credentials_read (secret_id, secret_key, *token != '\0' ? token : NULL,
                                            error);
  explicit_bzero (secret_key, strlen (secret_key));
  explicit_bzero (token, strlen (token));

  return credentials;
}

static gboolean
check_key (GranaryConnectionDialog *self)
{
  g_autoptr (GranaryCredentials) credentials = NULL;
  GError *error = NULL;

  /* Still being typed. */
  if (is_empty (self->id_row) || is_empty (self->key_row))
    {
      judge (self->key_problem, self->key_row, NULL);
      return self->original != NULL && is_empty (self->id_row) && is_empty (self->key_row) &&
             is_empty (self->token_row);
    }

  credentials = make_credentials (self, &error);
  return judge (self->key_problem, self->key_row, error);
}

static gboolean
check_bucket (GranaryConnectionDialog *self)
{
  g_autofree char *bucket = dup_text (self->bucket_row);
  g_autofree char *prefix = dup_text (self->prefix_row);
  GError *error = NULL;

  if (*bucket != '\0')
    granary_object_bucket_check (bucket, &error);
  if (error == NULL && *prefix != '\0')
    granary_object_key_check (prefix, &error);

  return judge (self->bucket_problem, self->bucket_row, error);
}

/* Sets the addresses; the first that is none is the error. */
static gboolean
apply_endpoints (GranaryConnectionDialog  *self,
                 GranaryAccount           *account,
                 AdwEntryRow             **wrong,
                 GError                  **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    {
      g_autofree char *url = dup_text (self->endpoint_rows[i]);

      if (!granary_account_set_endpoint (account, services[i], *url != '\0' ? url : NULL, error))
        {
          *wrong = self->endpoint_rows[i];
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
check_endpoints (GranaryConnectionDialog *self)
{
  g_autoptr (GranaryAccount) scratch = granary_account_new ("check", "check", "ap-guangzhou");
  AdwEntryRow *wrong = self->endpoint_rows[0];
  GError *error = NULL;

  apply_endpoints (self, scratch, &wrong, &error);
  return judge (self->endpoint_problem, wrong, error);
}

static void
update_state (GranaryConnectionDialog *self)
{
  /* All of them, so that each field shows what is wrong with it. */
  gboolean name = check_name (self);
  gboolean region = check_region (self);
  gboolean key = check_key (self);
  gboolean bucket = check_bucket (self);
  gboolean endpoints = check_endpoints (self);

  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button),
                            name && region && key && bucket && endpoints && !self->busy);
  /* Also while it runs: it would lose the focus. */
  gtk_widget_set_sensitive (GTK_WIDGET (self->test_row), region && key && endpoints);
  gtk_widget_set_sensitive (GTK_WIDGET (self->page), !self->busy || self->saving == NULL);
  adw_dialog_set_can_close (ADW_DIALOG (self), !self->touched && !self->busy);
}

/* The account as it is entered, without key. */
static GranaryAccount *
make_account (GranaryConnectionDialog *self)
{
  g_autofree char *name = dup_text (self->name_row);
  g_autofree char *region = dup_text (self->region_row);
  g_autofree char *bucket = dup_text (self->bucket_row);
  g_autofree char *prefix = dup_text (self->prefix_row);
  g_autofree char *uid = NULL;
  g_autoptr (GError) error = NULL;
  AdwEntryRow *wrong = NULL;
  GranaryAccount *account;

  if (self->original != NULL)
    uid = g_strdup (granary_account_get_uid (self->original));
  else
    uid = granary_uid_new ("tione-");
  account = granary_account_new (*name != '\0' ? name : region, uid, region);
  granary_account_set_storage (account, *bucket != '\0' ? bucket : NULL,
                               *prefix != '\0' ? prefix : NULL);
  /* Only what was checked gets here. */
  if (!apply_endpoints (self, account, &wrong, &error))
    g_debug ("An address is left out: %s", error->message);

  return account;
}

static void
show_error (GranaryConnectionDialog *self,
            const GError            *error)
{
  g_autoptr (GranaryWording) wording = NULL;
  g_autofree char *text = NULL;

  if (granary_error_is_cancelled (error))
    return;

  wording = granary_wording_for_error (error, GRANARY_VERB_CONNECT, NULL);
  /* Translators: what did not work, and why. */
  text = g_strdup_printf (_("%1$s. %2$s"), wording->title, wording->body);
  adw_banner_set_title (self->banner, text);
  adw_banner_set_revealed (self->banner, TRUE);
}

static void
set_busy (GranaryConnectionDialog *self,
          gboolean                 busy)
{
  self->busy = busy;
  update_state (self);
}

/* Testing */

static void
tested_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryConnectionDialog) self = user_data;
  g_autoptr (GranaryAccountTest) test = NULL;
  g_autoptr (GError) error = NULL;

  test = granary_account_test_finish (result, &error);
  if (granary_error_is_cancelled (error))
    return;

  adw_button_row_set_start_icon_name (self->test_row, NULL);
  set_busy (self, FALSE);
  if (test == NULL)
    {
      show_error (self, error);
      return;
    }

  granary_connection_checks_show (self->checks, test);
  if (test->buckets != NULL)
    granary_choice_button_set_choices (self->bucket_button,
                                       (const char * const *) test->buckets);
}

static void
start_test (GranaryConnectionDialog *self,
            GranaryCredentials      *credentials)
{
  g_autoptr (GranaryAccount) account = make_account (self);

  granary_account_set_credentials (account, credentials);
  granary_account_test_async (account, self->cancellable, tested_cb, g_object_ref (self));
}

static void
stored_key_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GranaryConnectionDialog) self = user_data;
  g_autoptr (GranaryCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  credentials = granary_keyring_load_finish (result, &error);
  if (credentials != NULL)
    {
      start_test (self, credentials);
      return;
    }
  if (granary_error_is_cancelled (error))
    return;

  set_busy (self, FALSE);
  show_error (self, error);
}

static void
test_cb (GranaryConnectionDialog *self)
{
  g_autoptr (GranaryCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  if (self->busy)
    return;

  adw_banner_set_revealed (self->banner, FALSE);
  granary_connection_checks_show (self->checks, NULL);
  credentials = make_credentials (self, &error);
  if (error != NULL)
    {
      show_error (self, error);
      return;
    }

  adw_button_row_set_start_icon_name (self->test_row, "content-loading-symbolic");
  set_busy (self, TRUE);
  if (credentials != NULL)
    start_test (self, credentials);
  else
    granary_keyring_load_async (self->original, self->cancellable, stored_key_cb,
                                g_object_ref (self));
}

/* Saving */

static void
finish (GranaryConnectionDialog *self,
        GranaryAccount          *account)
{
  GranaryConnectionDone done = self->done;

  self->done = NULL;
  self->touched = FALSE;
  self->busy = FALSE;
  adw_dialog_force_close (ADW_DIALOG (self));
  if (done != NULL)
    done (account, self->done_data);
}

static void
put_into_list (GranaryConnectionDialog *self)
{
  g_autoptr (GranaryAccount) account = g_steal_pointer (&self->saving);
  g_autoptr (GError) error = NULL;

  if (granary_account_list_put (self->list, account, &error))
    {
      finish (self, account);
      return;
    }

  set_busy (self, FALSE);
  show_error (self, error);
}

static void
key_stored_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GranaryConnectionDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (granary_keyring_store_finish (result, &error))
    {
      put_into_list (self);
      return;
    }
  if (granary_error_is_cancelled (error))
    return;

  g_clear_object (&self->saving);
  set_busy (self, FALSE);
  show_error (self, error);
}

static void
save_cb (GranaryConnectionDialog *self)
{
  g_autoptr (GranaryCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  if (self->busy || !gtk_widget_get_sensitive (GTK_WIDGET (self->save_button)))
    return;

  adw_banner_set_revealed (self->banner, FALSE);
  credentials = make_credentials (self, &error);
  if (error != NULL)
    {
      show_error (self, error);
      return;
    }

  /* The key comes first: a connection without one would be of no use. */
  self->saving = make_account (self);
  set_busy (self, TRUE);
  if (credentials != NULL)
    granary_keyring_store_async (self->saving, credentials, self->cancellable, key_stored_cb,
                                 g_object_ref (self));
  else
    put_into_list (self);
}

/* Signing out */

static void
signed_out_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GranaryConnectionDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (granary_sign_out_finish (result, &error))
    {
      finish (self, NULL);
      return;
    }

  set_busy (self, FALSE);
  show_error (self, error);
}

static void
sign_out_response_cb (GranaryConnectionDialog *self,
                      const char              *response)
{
  if (g_str_equal (response, "cancel"))
    return;

  set_busy (self, TRUE);
  granary_sign_out_async (self->list, self->original, g_str_equal (response, "remove"),
                          self->cancellable, signed_out_cb, g_object_ref (self));
}

static void
sign_out_cb (GranaryConnectionDialog *self)
{
  AdwAlertDialog *question;
  g_autofree char *title = NULL;

  /* Translators: %s is the name of a connection. */
  title = g_strdup_printf (_("Sign Out of “%s”?"), granary_account_get_name (self->original));
  question = ADW_ALERT_DIALOG (
    adw_alert_dialog_new (title,
                          _("The key is removed from this computer. Nothing changes in the cloud. "
                            "What is remembered of its models, and unfinished transfers, can be "
                            "kept for the next time.")));
  adw_alert_dialog_add_responses (question,
                                  "cancel", _("_Cancel"),
                                  "keep", _("_Sign Out"),
                                  "remove", _("Sign Out and _Remove All"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (question, "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (question, "cancel");
  adw_alert_dialog_set_close_response (question, "cancel");
  g_signal_connect_object (question, "response", G_CALLBACK (sign_out_response_cb), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (question), GTK_WIDGET (self));
}

/* Callbacks */

static void
changed_cb (GranaryConnectionDialog *self)
{
  if (self->filling)
    return;

  self->touched = TRUE;
  /* What was found is not about what is entered now. */
  granary_connection_checks_show (self->checks, NULL);
  adw_banner_set_revealed (self->banner, FALSE);
  update_state (self);
}

static void
region_chosen_cb (GranaryConnectionDialog *self,
                  const char              *region)
{
  set_text (self->region_row, region);
}

static void
bucket_chosen_cb (GranaryConnectionDialog *self,
                  const char              *bucket)
{
  set_text (self->bucket_row, bucket);
}

static void
cancel_cb (GranaryConnectionDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
discard_response_cb (GranaryConnectionDialog *self,
                     const char              *response)
{
  if (g_str_equal (response, "discard"))
    adw_dialog_force_close (ADW_DIALOG (self));
}

static void
close_attempt_cb (GranaryConnectionDialog *self)
{
  AdwAlertDialog *question;

  if (self->saving != NULL)
    return;
  if (!self->touched)
    {
      adw_dialog_force_close (ADW_DIALOG (self));
      return;
    }

  question = ADW_ALERT_DIALOG (adw_alert_dialog_new (_("Discard Changes?"),
                                                     _("What was entered is not stored.")));
  adw_alert_dialog_add_responses (question,
                                  "cancel", _("_Keep Editing"),
                                  "discard", _("_Discard"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (question, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (question, "cancel");
  adw_alert_dialog_set_close_response (question, "cancel");
  g_signal_connect_object (question, "response", G_CALLBACK (discard_response_cb), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (question), GTK_WIDGET (self));
}

/* GObject */

static void
granary_connection_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (GRANARY_CONNECTION_DIALOG (dialog)->cancellable);
}

static void
granary_connection_dialog_dispose (GObject *object)
{
  GranaryConnectionDialog *self = GRANARY_CONNECTION_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  self->filling = TRUE;
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_CONNECTION_DIALOG);
  g_clear_object (&self->list);
  g_clear_object (&self->original);
  g_clear_object (&self->saving);

  G_OBJECT_CLASS (granary_connection_dialog_parent_class)->dispose (object);
}

static void
granary_connection_dialog_finalize (GObject *object)
{
  g_clear_object (&GRANARY_CONNECTION_DIALOG (object)->cancellable);

  G_OBJECT_CLASS (granary_connection_dialog_parent_class)->finalize (object);
}

static void
granary_connection_dialog_class_init (GranaryConnectionDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_connection_dialog_dispose;
  object_class->finalize = granary_connection_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = granary_connection_dialog_closed;

  g_type_ensure (GRANARY_TYPE_CHOICE_BUTTON);
  g_type_ensure (GRANARY_TYPE_CONNECTION_CHECKS);
  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/connections/granary-connection-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, save_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, page);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, name_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, region_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, region_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, region_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, id_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, key_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, token_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, key_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, bucket_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, bucket_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, bucket_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, prefix_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, advanced_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, endpoint_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, test_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, checks);
  gtk_widget_class_bind_template_child (widget_class, GranaryConnectionDialog, sign_out_group);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, region_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, bucket_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, test_cb);
  gtk_widget_class_bind_template_callback (widget_class, sign_out_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_attempt_cb);
}

static void
granary_connection_dialog_init (GranaryConnectionDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));

  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    {
      static const char *const names[GRANARY_N_CLOUD_SERVICES] = {
        [GRANARY_CLOUD_TIONE] = "TI-ONE",
        [GRANARY_CLOUD_TAG] = "Tag",
        [GRANARY_CLOUD_TCR] = "TCR",
        [GRANARY_CLOUD_STS] = "STS",
        [GRANARY_CLOUD_CAM] = "CAM",
        [GRANARY_CLOUD_COS] = "COS",
      };
      GtkWidget *row = g_object_new (ADW_TYPE_ENTRY_ROW,
                                     "title", names[services[i]],
                                     "input-hints", GTK_INPUT_HINT_NO_SPELLCHECK,
                                     NULL);

      self->endpoint_rows[i] = ADW_ENTRY_ROW (row);
      adw_expander_row_add_row (self->advanced_row, row);
      g_signal_connect_object (row, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
    }
  granary_choice_button_set_choices (self->region_button, granary_account_get_regions ());
}

/* Fills the fields; the key is not shown again. */
static void
fill (GranaryConnectionDialog *self)
{
  gboolean any_endpoint = FALSE;

  self->filling = TRUE;
  if (self->original == NULL)
    {
      set_text (self->region_row, granary_account_get_regions ()[0]);
    }
  else
    {
      set_text (self->name_row, granary_account_get_name (self->original));
      set_text (self->region_row, granary_account_get_region (self->original));
      set_text (self->bucket_row, granary_account_get_bucket (self->original));
      set_text (self->prefix_row, granary_account_get_prefix (self->original));
      for (guint i = 0; i < G_N_ELEMENTS (services); i++)
        {
          const char *url = granary_account_get_endpoint (self->original, services[i]);

          set_text (self->endpoint_rows[i], url);
          any_endpoint = any_endpoint || url != NULL;
        }
      adw_expander_row_set_expanded (self->advanced_row, any_endpoint);
      /* What is remembered is of this region; another one is another connection. */
      gtk_widget_set_sensitive (GTK_WIDGET (self->region_row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->id_row),
                                     _("Secret_Id, to Use Another Key"));
      adw_dialog_set_title (ADW_DIALOG (self), _("Connection Settings"));
      gtk_button_set_label (self->save_button, _("_Save"));
      gtk_widget_set_visible (GTK_WIDGET (self->sign_out_group), TRUE);
    }
  self->filling = FALSE;
  update_state (self);
}

GranaryConnectionDialog *
granary_connection_dialog_present (GtkWidget             *parent,
                                   GranaryAccountList    *list,
                                   GranaryAccount        *account,
                                   GranaryConnectionDone  done,
                                   gpointer               user_data)
{
  GranaryConnectionDialog *self;

  g_return_val_if_fail (GTK_IS_WIDGET (parent), NULL);
  g_return_val_if_fail (GRANARY_IS_ACCOUNT_LIST (list), NULL);
  g_return_val_if_fail (account == NULL || GRANARY_IS_ACCOUNT (account), NULL);

  self = g_object_new (GRANARY_TYPE_CONNECTION_DIALOG, NULL);
  self->list = g_object_ref (list);
  g_set_object (&self->original, account);
  self->done = done;
  self->done_data = user_data;
  fill (self);
  adw_dialog_present (ADW_DIALOG (self), parent);

  return self;
}
