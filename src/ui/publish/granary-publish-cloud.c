/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-publish-cloud.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-problem-row.h"
#include "granary-publish-choice.h"
#include "granary-wording.h"

/* Positions in the row that says how it is charged. */
#define CHARGE_BY_HOUR 0
#define CHARGE_PREPAID 1

struct _GranaryPublishCloud
{
  GtkBox                       parent_instance;

  AdwComboRow                 *charge_row;
  AdwComboRow                 *spec_row;
  AdwComboRow                 *pool_row;
  GranaryProblemRow           *spec_problem;
  AdwSpinRow                  *cpu_row;
  AdwSpinRow                  *memory_row;
  AdwSpinRow                  *gpu_row;
  AdwSpinRow                  *replicas_row;
  GtkWidget                   *price_group;
  AdwActionRow                *price_row;
  GtkWidget                   *price_spinner;
  GranaryProblemRow           *price_problem;
  AdwSwitchRow                *any_price_row;
  AdwSwitchRow                *authorization_row;
  GtkEditable                 *description_row;

  GranaryPublishDraft         *draft;    /* (owned) (nullable) until given */
  const GranaryPublishOptions *listed;   /* (unowned) (nullable): what the rows list */
  gboolean                     updating; /* the widgets follow the draft */
};

G_DEFINE_FINAL_TYPE (GranaryPublishCloud, granary_publish_cloud, GTK_TYPE_BOX)

/* What there is to choose from */

static char *
make_detail (const GranaryServiceSpec *spec)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;

  if (!spec->is_available)
    g_strv_builder_add (builder, _("Sold out"));
  if (spec->is_gpu)
    g_strv_builder_add (builder, _("GPU"));
  if (spec->detail != NULL && *spec->detail != '\0')
    g_strv_builder_add (builder, spec->detail);
  else if (g_strcmp0 (spec->name, spec->title) != 0)
    g_strv_builder_add (builder, spec->name);
  parts = g_strv_builder_end (builder);

  return g_strjoinv (" · ", parts);
}

static void
list_specs (AdwComboRow *row,
            GPtrArray   *specs)
{
  g_autoptr (GListStore) choices = g_list_store_new (GRANARY_TYPE_PUBLISH_CHOICE);

  for (guint i = 0; i < specs->len; i++)
    {
      const GranaryServiceSpec *spec = g_ptr_array_index (specs, i);
      g_autofree char *title = granary_display_path (spec->title);
      g_autofree char *detail = make_detail (spec);

      granary_publish_choices_add (choices, spec->name, title, detail, spec->is_available);
    }
  adw_combo_row_set_model (row, G_LIST_MODEL (choices));
}

static void
select_spec (AdwComboRow *row,
             const char  *name)
{
  guint position = granary_publish_choices_find (adw_combo_row_get_model (row), name);
  g_autoptr (GranaryPublishChoice) choice = NULL;
  g_autofree char *detail = NULL;

  adw_combo_row_set_selected (row, position);
  if (position != G_MAXUINT)
    {
      choice = g_list_model_get_item (adw_combo_row_get_model (row), position);
      g_object_get (choice, "detail", &detail, NULL);
    }
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), detail != NULL ? detail : _("None chosen"));
}

/* What is shown */

static char *
make_price_line (gint64 fen,
                 guint  replicas)
{
  g_autofree char *price = granary_wording_price (fen);
  g_autofree char *sum = NULL;

  /* Translators: a price such as ¥1.23, and a number of instances. */
  sum = g_strdup_printf (ngettext ("%1$s per hour for %2$u instance",
                                   "%1$s per hour for %2$u instances", replicas),
                         price, replicas);

  /* Translators: what it costs, and what has to be known of it. */
  return g_strdup_printf (_("%s · two hours are frozen at the start · stopping does not refund"),
                          sum);
}

static void
update_price (GranaryPublishCloud         *self,
              const GranaryPublishProfile *profile)
{
  gint64 fen = 0;
  GranaryPublishPrice price = granary_publish_draft_get_price (self->draft, &fen);
  const GError *error = granary_publish_draft_get_price_error (self->draft);
  g_autofree char *line = NULL;
  g_autofree char *problem = NULL;

  gtk_widget_set_visible (self->price_group, price != GRANARY_PUBLISH_PRICE_NONE &&
                                             price != GRANARY_PUBLISH_PRICE_UNSET);
  if (price == GRANARY_PUBLISH_PRICE_KNOWN)
    line = make_price_line (fen, profile->replicas);
  else if (price == GRANARY_PUBLISH_PRICE_ASKING)
    line = g_strdup (_("Asking for the price…"));
  else
    line = g_strdup (_("Not known"));
  adw_action_row_set_subtitle (self->price_row, line);
  gtk_widget_set_visible (self->price_spinner, price == GRANARY_PUBLISH_PRICE_ASKING);

  if (price == GRANARY_PUBLISH_PRICE_UNKNOWN && error != NULL)
    problem = granary_wording_for_problem (error);
  granary_problem_row_show_text (self->price_problem, problem, FALSE);
  granary_problem_row_set_way_out (self->price_problem, _("_Try Again"));
  gtk_widget_set_visible (GTK_WIDGET (self->any_price_row),
                          granary_publish_draft_can_any_price (self->draft));
  adw_switch_row_set_active (self->any_price_row,
                             granary_publish_draft_get_any_price (self->draft));
}

/* Only where it differs, so that typing is not disturbed. */
static void
show_number (AdwSpinRow *row,
             double      number)
{
  if (ABS (adw_spin_row_get_value (row) - number) > 0.001)
    adw_spin_row_set_value (row, number);
}

static void
update_resources (GranaryPublishCloud         *self,
                  const GranaryPublishOptions *options,
                  const GranaryPublishProfile *profile)
{
  gboolean is_prepaid = g_strcmp0 (profile->charge_type, GRANARY_CHARGE_PREPAID) == 0;

  gtk_widget_set_visible (GTK_WIDGET (self->charge_row),
                          options->resource_groups->len > 0 || is_prepaid);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->charge_row),
                               is_prepaid ? _("Paid for in advance") : "");
  adw_combo_row_set_selected (self->charge_row, is_prepaid ? CHARGE_PREPAID : CHARGE_BY_HOUR);
  select_spec (self->spec_row, profile->instance_type);
  select_spec (self->pool_row, profile->resource_group);
  gtk_widget_set_visible (GTK_WIDGET (self->spec_row), !is_prepaid);
  gtk_widget_set_visible (GTK_WIDGET (self->pool_row), is_prepaid);
  gtk_widget_set_visible (GTK_WIDGET (self->cpu_row), is_prepaid);
  gtk_widget_set_visible (GTK_WIDGET (self->memory_row), is_prepaid);
  gtk_widget_set_visible (GTK_WIDGET (self->gpu_row), is_prepaid);
  granary_problem_row_show (self->spec_problem,
                            granary_publish_draft_get_problem (self->draft, GRANARY_PUBLISH_SPEC),
                            GTK_WIDGET (is_prepaid ? self->pool_row : self->spec_row));

  show_number (self->cpu_row, (double) profile->cpu / 1000);
  show_number (self->memory_row, (double) profile->memory / 1024);
  show_number (self->gpu_row, (double) profile->gpu / 100);
  show_number (self->replicas_row, profile->replicas);
}

static void
update (GranaryPublishCloud *self)
{
  const GranaryPublishOptions *options = granary_publish_draft_get_options (self->draft);
  const GranaryPublishProfile *profile = granary_publish_draft_get_profile (self->draft);
  const char *description = profile->description != NULL ? profile->description : "";

  if (options == NULL)
    return;

  self->updating = TRUE;
  if (self->listed != options)
    {
      list_specs (self->spec_row, options->specs);
      list_specs (self->pool_row, options->resource_groups);
      self->listed = options;
    }
  update_resources (self, options, profile);
  update_price (self, profile);
  adw_switch_row_set_active (self->authorization_row, profile->authorization);
  if (g_strcmp0 (gtk_editable_get_text (self->description_row), description) != 0)
    gtk_editable_set_text (self->description_row, description);
  self->updating = FALSE;
}

/* Callbacks */

static const char *
get_selected (AdwComboRow *row)
{
  return granary_publish_choices_get_id (adw_combo_row_get_model (row),
                                         adw_combo_row_get_selected (row));
}

static void
changed_cb (GranaryPublishCloud *self)
{
  g_autoptr (GranaryPublishProfile) profile = NULL;
  const char *description;

  if (self->updating || self->draft == NULL)
    return;

  profile = granary_publish_profile_copy (granary_publish_draft_get_profile (self->draft));
  g_set_str (&profile->charge_type,
             adw_combo_row_get_selected (self->charge_row) == CHARGE_PREPAID
             ? GRANARY_CHARGE_PREPAID : GRANARY_CHARGE_POSTPAID);
  g_set_str (&profile->instance_type, get_selected (self->spec_row));
  g_set_str (&profile->resource_group, get_selected (self->pool_row));
  profile->cpu = (gint64) (adw_spin_row_get_value (self->cpu_row) * 1000 + 0.5);
  profile->memory = (gint64) (adw_spin_row_get_value (self->memory_row) * 1024 + 0.5);
  profile->gpu = (gint64) (adw_spin_row_get_value (self->gpu_row) * 100 + 0.5);
  profile->replicas = (guint) adw_spin_row_get_value (self->replicas_row);
  profile->authorization = adw_switch_row_get_active (self->authorization_row);
  description = gtk_editable_get_text (self->description_row);
  g_set_str (&profile->description, *description != '\0' ? description : NULL);
  granary_publish_draft_set_profile (self->draft, profile);
}

static void
any_price_changed_cb (GranaryPublishCloud *self)
{
  if (!self->updating && self->draft != NULL)
    granary_publish_draft_set_any_price (self->draft,
                                         adw_switch_row_get_active (self->any_price_row));
}

static void
retry_price_cb (GranaryPublishCloud *self)
{
  granary_publish_draft_reload (self->draft);
}

/* GObject */

static void
granary_publish_cloud_dispose (GObject *object)
{
  GranaryPublishCloud *self = GRANARY_PUBLISH_CLOUD (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_PUBLISH_CLOUD);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (granary_publish_cloud_parent_class)->dispose (object);
}

static void
granary_publish_cloud_class_init (GranaryPublishCloudClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_publish_cloud_dispose;

  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);
  g_type_ensure (GRANARY_TYPE_PUBLISH_CHOICE);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/publish/granary-publish-cloud.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, charge_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, spec_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, pool_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, spec_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, cpu_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, memory_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, gpu_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, replicas_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, price_group);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, price_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, price_spinner);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, price_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, any_price_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, authorization_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishCloud, description_row);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, any_price_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_price_cb);
}

static void
granary_publish_cloud_init (GranaryPublishCloud *self)
{
  /* Rows change while they are made. */
  self->updating = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->updating = FALSE;
}

void
granary_publish_cloud_set_draft (GranaryPublishCloud *self,
                                 GranaryPublishDraft *draft)
{
  g_return_if_fail (GRANARY_IS_PUBLISH_CLOUD (self));
  g_return_if_fail (GRANARY_IS_PUBLISH_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
