/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-name-dialog.h"

#include "granary-error.h"
#include "granary-names.h"
#include "granary-wording.h"

struct _GranaryNameDialog
{
  AdwAlertDialog     parent_instance;

  AdwEntryRow       *row;
  GtkRevealer       *revealer;
  GtkLabel          *problem;

  GranaryConnection *connection;  /* (owned) (nullable) once disposed */
  gint64             model_id;    /* whose name it is now, 0 for none */
  char              *before;      /* (owned): the name that is no change */
  GCancellable      *cancellable; /* (owned) (nullable): of the check under way */
};

G_DEFINE_FINAL_TYPE (GranaryNameDialog, granary_name_dialog, ADW_TYPE_ALERT_DIALOG)

typedef struct
{
  char   *name;
  gint64  except;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->name);
  g_free (question);
}

/* Helpers. */

static void
show_problem (GranaryNameDialog *self,
              const GError      *error)
{
  g_autofree char *text = error != NULL ? granary_wording_for_problem (error) : NULL;

  /* The text stays while it is folded away. */
  if (text != NULL)
    {
      gtk_label_set_label (self->problem, text);
      gtk_widget_add_css_class (GTK_WIDGET (self->row), "error");
    }
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->row), "error");

  gtk_revealer_set_reveal_child (self->revealer, text != NULL);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->row),
                               GTK_ACCESSIBLE_STATE_INVALID,
                               text != NULL ? GTK_ACCESSIBLE_INVALID_TRUE
                                            : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

static gpointer
check_is_free (GranaryCatalog  *catalog,
               gpointer         data,
               GCancellable    *cancellable,
               GError         **error)
{
  Question *question = data;
  gboolean taken = FALSE;

  if (!granary_catalog_name_is_taken (catalog, question->name, question->except, &taken, error))
    return NULL;

  if (taken)
    {
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_NAME_TAKEN, question->name,
                         "%s: name taken", question->name);
      return NULL;
    }

  return g_strdup (question->name);
}

/* Signal callbacks. */

static void
checked_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GranaryNameDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  name = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (granary_error_is_cancelled (error) || self->connection == NULL)
    return;

  g_clear_object (&self->cancellable);
  show_problem (self, error);
  adw_alert_dialog_set_response_enabled (ADW_ALERT_DIALOG (self), "apply", name != NULL);
}

static void
changed_cb (GranaryNameDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  Question *question;

  if (self->connection == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  adw_alert_dialog_set_response_enabled (ADW_ALERT_DIALOG (self), "apply", FALSE);

  name = granary_name_check (gtk_editable_get_text (GTK_EDITABLE (self->row)), &error);
  if (name == NULL)
    {
      show_problem (self, error);
      return;
    }
  if (g_strcmp0 (name, self->before) == 0)
    {
      show_problem (self, NULL);
      return;
    }

  question = g_new0 (Question, 1);
  question->name = g_steal_pointer (&name);
  question->except = self->model_id;
  self->cancellable = g_cancellable_new ();
  granary_catalog_read_async (granary_connection_get_catalog (self->connection), check_is_free,
                              question, question_free, g_free, self->cancellable, checked_cb,
                              g_object_ref (self));
}

/* GObject. */

static void
granary_name_dialog_dispose (GObject *object)
{
  GranaryNameDialog *self = GRANARY_NAME_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connection);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_NAME_DIALOG);

  G_OBJECT_CLASS (granary_name_dialog_parent_class)->dispose (object);
}

static void
granary_name_dialog_finalize (GObject *object)
{
  g_free (GRANARY_NAME_DIALOG (object)->before);

  G_OBJECT_CLASS (granary_name_dialog_parent_class)->finalize (object);
}

static void
granary_name_dialog_class_init (GranaryNameDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_name_dialog_dispose;
  object_class->finalize = granary_name_dialog_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/common/granary-name-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryNameDialog, row);
  gtk_widget_class_bind_template_child (widget_class, GranaryNameDialog, revealer);
  gtk_widget_class_bind_template_child (widget_class, GranaryNameDialog, problem);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
granary_name_dialog_init (GranaryNameDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_name_dialog_new:
 * @connection: where the name has to be free
 * @model_id: whose name it is now, or 0 when nobody's
 * @name: (nullable): the name to start with; nothing is changed while it stands
 *
 * Returns: (transfer floating): the dialog; heading and label of `apply` are the caller's
 */
GranaryNameDialog *
granary_name_dialog_new (GranaryConnection *connection,
                         gint64             model_id,
                         const char        *name)
{
  GranaryNameDialog *self;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), NULL);

  self = g_object_new (GRANARY_TYPE_NAME_DIALOG, NULL);
  self->connection = g_object_ref (connection);
  self->model_id = model_id;
  self->before = g_strdup (model_id != 0 ? name : NULL);
  gtk_editable_set_text (GTK_EDITABLE (self->row), name != NULL ? name : "");
  changed_cb (self);
  gtk_editable_select_region (GTK_EDITABLE (self->row), 0, -1);

  return self;
}

/**
 * granary_name_dialog_dup_name:
 * @self: the dialog
 *
 * Returns: (transfer full) (nullable): the name as it would be stored, %NULL if it breaks the rule
 */
char *
granary_name_dialog_dup_name (GranaryNameDialog *self)
{
  g_return_val_if_fail (GRANARY_IS_NAME_DIALOG (self), NULL);

  return granary_name_check (gtk_editable_get_text (GTK_EDITABLE (self->row)), NULL);
}
