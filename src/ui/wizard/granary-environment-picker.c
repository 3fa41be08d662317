/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-environment-picker.h"

#include <glib/gi18n-lib.h>

#include "granary-environment-entry.h"
#include "granary-error.h"
#include "granary-image-list.h"
#include "granary-path-bar.h"
#include "granary-place-view.h"

struct _GranaryEnvironmentPicker
{
  AdwNavigationPage        parent_instance;

  GtkWidget               *last_group;
  AdwActionRow            *last_row;
  AdwViewStack            *view_stack;
  AdwViewStackPage        *builtin_page;
  AdwViewStackPage        *registry_page;
  AdwViewStackPage        *custom_page;
  GranaryPlaceView        *builtin_view;
  GranaryPathBar          *path_bar;
  GranaryPlaceView        *registry_view;
  GranaryEnvironmentEntry *entry;

  GranaryImageSource      *source;
  char                    *current;     /* (owned) (nullable) */
  char                    *last_record; /* (owned) (nullable) */
  char                    *last_address;
  GPtrArray               *places;      /* (element-type GranaryImagePlace): that lead to where one is */
};

G_DEFINE_FINAL_TYPE (GranaryEnvironmentPicker, granary_environment_picker, ADW_TYPE_NAVIGATION_PAGE)

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
choose (GranaryEnvironmentPicker *self,
        const char               *address,
        const char               *record)
{
  g_autofree char *own_address = g_strdup (address);
  g_autofree char *own_record = g_strdup (record);

  g_signal_emit (self, signals[CHOSEN], 0, own_address, own_record);
  gtk_widget_activate_action (GTK_WIDGET (self), "navigation.pop", NULL);
}

/* Registries */

static void
show_place (GranaryEnvironmentPicker *self,
            gboolean                  wants_focus)
{
  const GranaryImagePlace *place = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) steps = NULL;
  g_autoptr (GranaryPlaceList) list = NULL;

  g_strv_builder_add (builder, _("Registries"));
  for (guint i = 0; i < self->places->len; i++)
    {
      place = g_ptr_array_index (self->places, i);
      g_strv_builder_add (builder, place->title);
    }
  steps = g_strv_builder_end (builder);
  granary_path_bar_set_steps (self->path_bar, (const char * const *) steps);

  g_object_set (self->registry_view,
                "search-hint", place != NULL && place->repository != NULL ? _("Search Tags")
                                                                          : _("Search"),
                "empty-title", place == NULL ? _("No Registries") : _("Nothing Here"),
                "empty-description",
                place == NULL ? _("The account has no registry of images. An image of another one can be entered by its address.")
                              : _("Nothing has been pushed here yet."),
                NULL);
  list = granary_image_list_new_registry (self->source, place, self->current);
  granary_place_view_set_list (self->registry_view, list, wants_focus);
}

static void
registry_opened_cb (GranaryEnvironmentPicker *self,
                    guint                     position)
{
  GranaryImageList *list = GRANARY_IMAGE_LIST (granary_place_view_get_list (self->registry_view));
  const GranaryImage *image = granary_image_list_get_image (list, position);
  const GranaryImagePlace *place = granary_image_list_get_place (list, position);

  if (image != NULL)
    {
      choose (self, image->address, image->record);
      return;
    }
  if (place == NULL)
    return;

  g_ptr_array_add (self->places, granary_image_place_copy (place));
  show_place (self, TRUE);
}

static void
registry_go_cb (GranaryEnvironmentPicker *self,
                guint                     step)
{
  if (step >= self->places->len)
    return;

  g_ptr_array_set_size (self->places, (int) step);
  show_place (self, TRUE);
}

static void
registry_go_up_cb (GranaryEnvironmentPicker *self)
{
  granary_path_bar_go_up (self->path_bar);
}

/* Callbacks */

static void
builtin_opened_cb (GranaryEnvironmentPicker *self,
                   guint                     position)
{
  GranaryImageList *list = GRANARY_IMAGE_LIST (granary_place_view_get_list (self->builtin_view));
  const GranaryImage *image = granary_image_list_get_image (list, position);

  if (image != NULL)
    choose (self, image->address, image->record);
}

static void
last_activated_cb (GranaryEnvironmentPicker *self)
{
  choose (self, self->last_address, self->last_record);
}

static void
entered_cb (GranaryEnvironmentPicker *self,
            const char               *address)
{
  choose (self, address, NULL);
}

/* Nobody asks a registry who does not look at it. */
static void
page_changed_cb (GranaryEnvironmentPicker *self)
{
  const char *shown = adw_view_stack_get_visible_child_name (self->view_stack);

  if (self->source != NULL && g_strcmp0 (shown, "registry") == 0 &&
      granary_place_view_get_list (self->registry_view) == NULL)
    show_place (self, FALSE);
}

/* GObject */

static void
granary_environment_picker_dispose (GObject *object)
{
  GranaryEnvironmentPicker *self = GRANARY_ENVIRONMENT_PICKER (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_ENVIRONMENT_PICKER);
  g_clear_object (&self->source);

  G_OBJECT_CLASS (granary_environment_picker_parent_class)->dispose (object);
}

static void
granary_environment_picker_finalize (GObject *object)
{
  GranaryEnvironmentPicker *self = GRANARY_ENVIRONMENT_PICKER (object);

  g_free (self->current);
  g_free (self->last_address);
  g_free (self->last_record);
  g_ptr_array_unref (self->places);

  G_OBJECT_CLASS (granary_environment_picker_parent_class)->finalize (object);
}

static void
granary_environment_picker_class_init (GranaryEnvironmentPickerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_environment_picker_dispose;
  object_class->finalize = granary_environment_picker_finalize;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                  G_TYPE_STRING, G_TYPE_STRING);

  g_type_ensure (GRANARY_TYPE_ENVIRONMENT_ENTRY);
  g_type_ensure (GRANARY_TYPE_PATH_BAR);
  g_type_ensure (GRANARY_TYPE_PLACE_VIEW);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-environment-picker.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentPicker, last_group);
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentPicker, last_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentPicker, view_stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentPicker, builtin_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentPicker, registry_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentPicker, custom_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentPicker, builtin_view);
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentPicker, path_bar);
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentPicker, registry_view);
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentPicker, entry);
  gtk_widget_class_bind_template_callback (widget_class, builtin_opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, registry_opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, registry_go_cb);
  gtk_widget_class_bind_template_callback (widget_class, registry_go_up_cb);
  gtk_widget_class_bind_template_callback (widget_class, last_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, entered_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_changed_cb);
}

static void
granary_environment_picker_init (GranaryEnvironmentPicker *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->places = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_image_place_free);
}

/**
 * granary_environment_picker_new:
 * @source: where environments are found
 * @is_local: whether they are interpreters of this computer
 * @framework: (nullable): of the model; what suits it comes first
 * @current: (nullable): the address that is chosen
 *
 * Returns: (transfer floating): a page to push
 */
GranaryEnvironmentPicker *
granary_environment_picker_new (GranaryImageSource *source,
                                gboolean            is_local,
                                const char         *framework,
                                const char         *current)
{
  GranaryEnvironmentPicker *self;
  g_autoptr (GranaryPlaceList) list = NULL;

  g_return_val_if_fail (GRANARY_IS_IMAGE_SOURCE (source), NULL);

  self = g_object_new (GRANARY_TYPE_ENVIRONMENT_PICKER, NULL);
  self->source = g_object_ref (source);
  self->current = g_strdup (current);
  adw_view_stack_page_set_visible (self->registry_page,
                                   granary_image_source_has_registries (source));
  granary_environment_entry_set_is_local (self->entry, is_local);
  if (is_local)
    {
      adw_view_stack_page_set_title (self->builtin_page, _("On This Computer"));
      adw_view_stack_page_set_title (self->custom_page, _("By Path"));
      g_object_set (self->builtin_view,
                    "empty-title", _("No Interpreters Found"),
                    "empty-description",
                    _("No Python was found on this computer. One that is elsewhere can be given by its path."),
                    NULL);
    }

  list = granary_image_list_new_builtin (source, framework, current);
  granary_place_view_set_list (self->builtin_view, list, FALSE);

  return self;
}

void
granary_environment_picker_set_last_used (GranaryEnvironmentPicker *self,
                                          const char               *address,
                                          const char               *record)
{
  g_autofree char *shown = NULL;

  g_return_if_fail (GRANARY_IS_ENVIRONMENT_PICKER (self));
  g_return_if_fail (address != NULL);

  g_set_str (&self->last_address, address);
  g_set_str (&self->last_record, record);
  shown = granary_display_path (address);
  adw_action_row_set_subtitle (self->last_row, shown);
  gtk_widget_set_visible (self->last_group, TRUE);
}
