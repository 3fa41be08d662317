/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-storage-browser.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "granary-error.h"
#include "granary-object-list.h"
#include "granary-path-bar.h"
#include "granary-place-view.h"
#include "granary-problem-row.h"

struct _GranaryStorageBrowser
{
  AdwNavigationPage     parent_instance;

  GranaryPathBar       *path_bar;
  GranaryPlaceView     *view;
  GtkLabel             *address_label;
  GtkWidget            *choose_button;
  GtkWidget            *bucket_group;
  GtkWidget            *bucket_row;
  GranaryProblemRow    *bucket_problem;

  GranaryObjectStorage *storage;
  char                 *region; /* (owned) (nullable): buckets there are addressed without it */
  GranaryObjectPlace   *place;  /* (owned) (nullable): what is shown; NULL for the buckets */
};

G_DEFINE_FINAL_TYPE (GranaryStorageBrowser, granary_storage_browser, ADW_TYPE_NAVIGATION_PAGE)

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Where one is */

static void
update_path (GranaryStorageBrowser *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) steps = NULL;

  g_strv_builder_add (builder, _("Buckets"));
  if (self->place != NULL)
    {
      const char *at = self->place->key;
      const char *slash;

      g_strv_builder_add (builder, self->place->bucket);
      while ((slash = strchr (at, '/')) != NULL)
        {
          g_strv_builder_take (builder, g_strndup (at, (gsize) (slash - at)));
          at = slash + 1;
        }
    }

  steps = g_strv_builder_end (builder);
  granary_path_bar_set_steps (self->path_bar, (const char * const *) steps);
}

static void
update_choice (GranaryStorageBrowser *self)
{
  GranaryPlaceList *list = granary_place_view_get_list (self->view);
  gboolean is_there = list != NULL && granary_place_list_get_error (list) == NULL &&
                      !(granary_place_list_is_loading (list) &&
                        g_list_model_get_n_items (G_LIST_MODEL (list)) == 0);
  gboolean has_something = is_there && (g_list_model_get_n_items (G_LIST_MODEL (list)) > 0 ||
                                        *granary_place_list_get_text (list) != '\0');

  gtk_widget_set_sensitive (self->choose_button, self->place != NULL && has_something);
  gtk_widget_set_visible (self->bucket_group, self->place == NULL);

  if (self->place != NULL)
    {
      g_autofree char *address = granary_object_place_to_address (self->place);
      g_autofree char *shown = granary_display_path (address);

      gtk_label_set_label (self->address_label, shown);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->address_label), shown);
    }
  else
    {
      gtk_label_set_label (self->address_label, _("Open a bucket first"));
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->address_label), NULL);
    }
}

/* @place: (transfer full) (nullable) */
static void
go_to (GranaryStorageBrowser *self,
       GranaryObjectPlace    *place)
{
  g_autoptr (GranaryPlaceList) list = NULL;

  g_clear_pointer (&self->place, granary_object_place_free);
  self->place = place;
  /* Addresses say where a bucket is only when it is elsewhere. */
  if (place != NULL && g_strcmp0 (place->region, self->region) == 0)
    g_clear_pointer (&place->region, g_free);

  g_object_set (self->view,
                "search-hint", place == NULL ? _("Search Buckets") : _("Names Beginning With"),
                "empty-title", place == NULL ? _("No Buckets") : _("Empty Folder"),
                "empty-description",
                place == NULL ? _("The account has no buckets, or the key may not list them.")
                              : _("Nothing lies here. Choose another folder."),
                "empty-icon-name", place == NULL ? "drive-harddisk-symbolic" : "folder-symbolic",
                NULL);
  update_path (self);

  list = granary_object_list_new (self->storage, place);
  g_signal_connect_object (list, "changed", G_CALLBACK (update_choice), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  granary_place_view_set_list (self->view, list, TRUE);
  update_choice (self);
}

/* Callbacks */

static void
opened_cb (GranaryStorageBrowser *self,
           guint                  position)
{
  GranaryPlaceList *list = granary_place_view_get_list (self->view);
  GranaryObjectPlace *place;

  place = granary_object_list_dup_place (GRANARY_OBJECT_LIST (list), position);
  if (place != NULL)
    go_to (self, place);
}

/* Step 0: the buckets, 1: the bucket, then its folders. */
static void
go_cb (GranaryStorageBrowser *self,
       guint                  step)
{
  GranaryObjectPlace *place;
  const char *end;

  if (self->place == NULL)
    return;
  if (step == 0)
    {
      go_to (self, NULL);
      return;
    }

  end = self->place->key;
  for (guint i = 1; i < step; i++)
    {
      const char *slash = strchr (end, '/');

      if (slash == NULL)
        break;
      end = slash + 1;
    }

  place = granary_object_place_copy (self->place);
  place->key[end - self->place->key] = '\0';
  go_to (self, place);
}

static void
go_up_cb (GranaryStorageBrowser *self)
{
  granary_path_bar_go_up (self->path_bar);
}

static void
bucket_changed_cb (GranaryStorageBrowser *self)
{
  granary_problem_row_show (self->bucket_problem, NULL, self->bucket_row);
}

static void
bucket_entered_cb (GranaryStorageBrowser *self)
{
  g_autofree char *bucket = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->bucket_row)));
  g_autoptr (GError) error = NULL;

  if (granary_object_bucket_check (g_strstrip (bucket), &error))
    go_to (self, granary_object_place_new (bucket, NULL, ""));
  else
    granary_problem_row_show (self->bucket_problem, error, self->bucket_row);
}

static void
choose_cb (GranaryStorageBrowser *self)
{
  g_autofree char *address = NULL;

  if (self->place == NULL)
    return;

  address = granary_object_place_to_address (self->place);
  g_signal_emit (self, signals[CHOSEN], 0, address);
  gtk_widget_activate_action (GTK_WIDGET (self), "navigation.pop", NULL);
}

/* GObject */

static void
granary_storage_browser_dispose (GObject *object)
{
  GranaryStorageBrowser *self = GRANARY_STORAGE_BROWSER (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_STORAGE_BROWSER);
  g_clear_object (&self->storage);

  G_OBJECT_CLASS (granary_storage_browser_parent_class)->dispose (object);
}

static void
granary_storage_browser_finalize (GObject *object)
{
  GranaryStorageBrowser *self = GRANARY_STORAGE_BROWSER (object);

  g_free (self->region);
  g_clear_pointer (&self->place, granary_object_place_free);

  G_OBJECT_CLASS (granary_storage_browser_parent_class)->finalize (object);
}

static void
granary_storage_browser_class_init (GranaryStorageBrowserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_storage_browser_dispose;
  object_class->finalize = granary_storage_browser_finalize;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (GRANARY_TYPE_PATH_BAR);
  g_type_ensure (GRANARY_TYPE_PLACE_VIEW);
  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-storage-browser.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryStorageBrowser, path_bar);
  gtk_widget_class_bind_template_child (widget_class, GranaryStorageBrowser, view);
  gtk_widget_class_bind_template_child (widget_class, GranaryStorageBrowser, address_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryStorageBrowser, choose_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryStorageBrowser, bucket_group);
  gtk_widget_class_bind_template_child (widget_class, GranaryStorageBrowser, bucket_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryStorageBrowser, bucket_problem);
  gtk_widget_class_bind_template_callback (widget_class, opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, go_cb);
  gtk_widget_class_bind_template_callback (widget_class, go_up_cb);
  gtk_widget_class_bind_template_callback (widget_class, bucket_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, bucket_entered_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
}

static void
granary_storage_browser_init (GranaryStorageBrowser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_storage_browser_new:
 * @storage: what to look into
 * @region: (nullable): where the connection is
 * @address: (nullable): where to start; what is no address starts at the buckets
 *
 * Returns: (transfer floating): a page to push
 */
GranaryStorageBrowser *
granary_storage_browser_new (GranaryObjectStorage *storage,
                             const char           *region,
                             const char           *address)
{
  GranaryStorageBrowser *self;
  GranaryObjectPlace *place = NULL;

  g_return_val_if_fail (GRANARY_IS_OBJECT_STORAGE (storage), NULL);

  self = g_object_new (GRANARY_TYPE_STORAGE_BROWSER, NULL);
  self->storage = g_object_ref (storage);
  self->region = g_strdup (region);

  if (address != NULL)
    place = granary_object_place_parse (address, NULL);
  if (place != NULL && *place->key != '\0' && !g_str_has_suffix (place->key, "/"))
    {
      char *folder = g_strconcat (place->key, "/", NULL);

      g_free (place->key);
      place->key = folder;
    }
  go_to (self, place);

  return self;
}
