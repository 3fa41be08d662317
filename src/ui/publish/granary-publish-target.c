/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-publish-target.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-problem-row.h"
#include "granary-publish-choice.h"

struct _GranaryPublishTarget
{
  GtkBox                       parent_instance;

  AdwToggleGroup              *mode_group;
  AdwPreferencesGroup         *target_group;
  GtkEditable                 *name_row;
  GtkWidget                   *name_ok_icon;
  GranaryProblemRow           *name_problem;
  AdwComboRow                 *group_row;

  GranaryPublishDraft         *draft;    /* (owned) (nullable) until given */
  const GranaryPublishOptions *listed;   /* (unowned) (nullable): whose groups the row has */
  gboolean                     updating; /* the widgets follow the draft */
};

G_DEFINE_FINAL_TYPE (GranaryPublishTarget, granary_publish_target, GTK_TYPE_BOX)

/* What is shown */

static char *
make_detail (const GranaryServiceGroup *group)
{
  g_autofree char *number = g_strdup_printf (ngettext ("%d service", "%d services",
                                                       group->n_services), group->n_services);

  if (group->model_name == NULL)
    return g_steal_pointer (&number);

  /* Translators: the name of a model, and how many services a group has. */
  return g_strdup_printf (_("serves %1$s · %2$s"), group->model_name, number);
}

static void
list_groups (GranaryPublishTarget        *self,
             const GranaryPublishOptions *options)
{
  g_autoptr (GListStore) choices = g_list_store_new (GRANARY_TYPE_PUBLISH_CHOICE);

  for (guint i = 0; i < options->groups->len; i++)
    {
      const GranaryServiceGroup *group = g_ptr_array_index (options->groups, i);
      g_autofree char *name = granary_display_path (group->name);
      g_autofree char *detail = make_detail (group);

      granary_publish_choices_add (choices, group->uid, name, detail, TRUE);
    }
  adw_combo_row_set_model (self->group_row, G_LIST_MODEL (choices));
  self->listed = options;
}

static void
update_number (GranaryPublishTarget *self)
{
  int number = granary_publish_draft_get_number (self->draft);
  g_autofree char *text = NULL;

  if (number > 0)
    /* Translators: number of the service within its group. */
    text = g_strdup_printf (_("Becomes service #%d of the group"), number);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->group_row), text != NULL ? text : "");
}

static void
update (GranaryPublishTarget *self)
{
  const GranaryPublishOptions *options = granary_publish_draft_get_options (self->draft);
  const GError *problem = granary_publish_draft_get_problem (self->draft, GRANARY_PUBLISH_NAME);
  const char *name = granary_publish_draft_get_name (self->draft);
  gboolean is_new = granary_publish_draft_get_is_new (self->draft);

  if (options == NULL)
    return;

  self->updating = TRUE;
  if (self->listed != options)
    list_groups (self, options);
  gtk_widget_set_visible (GTK_WIDGET (self->mode_group), options->groups->len > 0);
  adw_toggle_group_set_active_name (self->mode_group, is_new ? "new" : "group");

  gtk_widget_set_visible (GTK_WIDGET (self->name_row), is_new);
  if (g_strcmp0 (gtk_editable_get_text (self->name_row), name) != 0)
    gtk_editable_set_text (self->name_row, name);
  gtk_widget_set_visible (self->name_ok_icon, *name != '\0' && problem == NULL);
  granary_problem_row_show (self->name_problem, is_new ? problem : NULL,
                            GTK_WIDGET (self->name_row));
  granary_problem_row_set_way_out (
    self->name_problem,
    granary_error_matches_reason (problem, GRANARY_REASON_SERVICE_NAME_TAKEN)
    ? _("_Use That Group") : NULL);

  gtk_widget_set_visible (GTK_WIDGET (self->group_row), !is_new);
  adw_combo_row_set_selected (self->group_row,
                              granary_publish_choices_find (
                                adw_combo_row_get_model (self->group_row),
                                granary_publish_draft_get_group (self->draft)));
  update_number (self);
  self->updating = FALSE;
}

/* Callbacks */

static const char *
get_selected (GranaryPublishTarget *self)
{
  return granary_publish_choices_get_id (adw_combo_row_get_model (self->group_row),
                                         adw_combo_row_get_selected (self->group_row));
}

static void
mode_changed_cb (GranaryPublishTarget *self)
{
  gboolean is_new = g_strcmp0 (adw_toggle_group_get_active_name (self->mode_group), "new") == 0;

  if (self->updating || self->draft == NULL)
    return;

  /* What is shown first is chosen. */
  if (!is_new && granary_publish_draft_get_group (self->draft) == NULL)
    granary_publish_draft_set_group (self->draft, granary_publish_choices_get_id (
                                       adw_combo_row_get_model (self->group_row), 0));
  granary_publish_draft_set_is_new (self->draft, is_new);
}

static void
name_changed_cb (GranaryPublishTarget *self)
{
  if (!self->updating && self->draft != NULL)
    granary_publish_draft_set_name (self->draft, gtk_editable_get_text (self->name_row));
}

static void
name_taken_cb (GranaryPublishTarget *self)
{
  const GranaryPublishOptions *options = granary_publish_draft_get_options (self->draft);
  const char *name = granary_publish_draft_get_name (self->draft);

  for (guint i = 0; options != NULL && i < options->groups->len; i++)
    {
      const GranaryServiceGroup *group = g_ptr_array_index (options->groups, i);

      if (g_strcmp0 (group->name, name) != 0)
        continue;
      granary_publish_draft_set_group (self->draft, group->uid);
      granary_publish_draft_set_is_new (self->draft, FALSE);
      gtk_widget_grab_focus (GTK_WIDGET (self->group_row));
      return;
    }
}

static void
group_changed_cb (GranaryPublishTarget *self)
{
  if (!self->updating && self->draft != NULL)
    granary_publish_draft_set_group (self->draft, get_selected (self));
}

/* GObject */

static gboolean
granary_publish_target_grab_focus (GtkWidget *widget)
{
  GranaryPublishTarget *self = GRANARY_PUBLISH_TARGET (widget);

  return gtk_widget_grab_focus (gtk_widget_get_visible (GTK_WIDGET (self->name_row))
                                ? GTK_WIDGET (self->name_row) : GTK_WIDGET (self->group_row));
}

static void
granary_publish_target_dispose (GObject *object)
{
  GranaryPublishTarget *self = GRANARY_PUBLISH_TARGET (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_PUBLISH_TARGET);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (granary_publish_target_parent_class)->dispose (object);
}

static void
granary_publish_target_class_init (GranaryPublishTargetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_publish_target_dispose;
  widget_class->grab_focus = granary_publish_target_grab_focus;

  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);
  g_type_ensure (GRANARY_TYPE_PUBLISH_CHOICE);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/publish/granary-publish-target.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishTarget, mode_group);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishTarget, target_group);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishTarget, name_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishTarget, name_ok_icon);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishTarget, name_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishTarget, group_row);
  gtk_widget_class_bind_template_callback (widget_class, mode_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_taken_cb);
  gtk_widget_class_bind_template_callback (widget_class, group_changed_cb);
}

static void
granary_publish_target_init (GranaryPublishTarget *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
granary_publish_target_set_draft (GranaryPublishTarget *self,
                                  GranaryPublishDraft  *draft)
{
  g_return_if_fail (GRANARY_IS_PUBLISH_TARGET (self));
  g_return_if_fail (GRANARY_IS_PUBLISH_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  adw_preferences_group_set_description (
    self->target_group,
    granary_publish_draft_is_local (draft)
    ? _("Services of a group belong together and can run different versions of a model. Each has "
        "an address of its own.")
    : _("A service group has one address for callers. Its services can run different versions of "
        "a model."));
  g_signal_connect_object (draft, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
