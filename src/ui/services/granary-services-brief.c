/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-services-brief.h"

#include <glib/gi18n-lib.h>

#include "granary-service-row.h"
#include "granary-service-text.h"

/* The rest is counted: the question has to stay in sight. */
#define FEW_SERVICES 4

struct _GranaryServicesBrief
{
  GtkBox              parent_instance;

  GranaryServiceList *list;        /* (owned) */
  GArray             *model_ids;   /* (owned) */
  GArray             *version_ids; /* (owned) */

  GtkWidget          *rows[FEW_SERVICES];
  GtkLabel           *rest;
};

G_DEFINE_FINAL_TYPE (GranaryServicesBrief, granary_services_brief, GTK_TYPE_BOX)

static int
compare_cb (gconstpointer one,
            gconstpointer other)
{
  const GranaryService *a = *(GranaryService *const *) one;
  const GranaryService *b = *(GranaryService *const *) other;
  gboolean a_runs = a->state == GRANARY_SERVICE_RUNNING || a->state == GRANARY_SERVICE_STARTING;
  gboolean b_runs = b->state == GRANARY_SERVICE_RUNNING || b->state == GRANARY_SERVICE_STARTING;

  return b_runs - a_runs;
}

/* Those that run first, as they are what is at stake. */
static GPtrArray *
collect (GranaryServicesBrief *self)
{
  GPtrArray *services = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_unref);
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (GranaryServiceItem) item = g_list_model_get_item (G_LIST_MODEL (self->list), i);
      GranaryService *service = granary_service_item_get_service (item);

      if (granary_service_is_of (service, self->model_ids, self->version_ids))
        g_ptr_array_add (services, granary_service_ref (service));
    }
  g_ptr_array_sort (services, compare_cb);

  return services;
}

static void
update (GranaryServicesBrief *self)
{
  g_autoptr (GPtrArray) services = collect (self);
  guint n_shown = MIN (services->len, FEW_SERVICES);
  g_autofree char *rest = NULL;

  for (guint i = 0; i < FEW_SERVICES; i++)
    {
      gtk_widget_set_visible (self->rows[i], i < n_shown);
      if (i < n_shown)
        granary_service_row_set_service (GRANARY_SERVICE_ROW (self->rows[i]),
                                         g_ptr_array_index (services, i));
    }
  rest = g_strdup_printf (ngettext ("and %u more", "and %u more", services->len - n_shown),
                          services->len - n_shown);
  gtk_label_set_label (self->rest, rest);
  gtk_widget_set_visible (GTK_WIDGET (self->rest), services->len > n_shown);
  gtk_widget_set_visible (GTK_WIDGET (self), services->len > 0);
}

static void
granary_services_brief_dispose (GObject *object)
{
  GranaryServicesBrief *self = GRANARY_SERVICES_BRIEF (object);

  g_clear_object (&self->list);

  G_OBJECT_CLASS (granary_services_brief_parent_class)->dispose (object);
}

static void
granary_services_brief_finalize (GObject *object)
{
  GranaryServicesBrief *self = GRANARY_SERVICES_BRIEF (object);

  g_clear_pointer (&self->model_ids, g_array_unref);
  g_clear_pointer (&self->version_ids, g_array_unref);

  G_OBJECT_CLASS (granary_services_brief_parent_class)->finalize (object);
}

static void
granary_services_brief_class_init (GranaryServicesBriefClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_services_brief_dispose;
  object_class->finalize = granary_services_brief_finalize;
}

static void
granary_services_brief_init (GranaryServicesBrief *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  for (guint i = 0; i < FEW_SERVICES; i++)
    {
      self->rows[i] = granary_service_row_new ();
      gtk_box_append (GTK_BOX (self), self->rows[i]);
    }
  self->rest = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->rest, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->rest), "dim-label");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->rest));
}

/**
 * granary_services_brief_new:
 * @list: the services of a connection
 * @model_ids: (element-type gint64): of these models
 * @version_ids: (element-type gint64): or of these versions
 *
 * Returns: (transfer none): lines that follow what they are doing
 */
GtkWidget *
granary_services_brief_new (GranaryServiceList *list,
                            GArray             *model_ids,
                            GArray             *version_ids)
{
  GranaryServicesBrief *self;

  g_return_val_if_fail (GRANARY_IS_SERVICE_LIST (list), NULL);
  g_return_val_if_fail (model_ids != NULL && version_ids != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_SERVICES_BRIEF, NULL);
  self->list = g_object_ref (list);
  self->model_ids = g_array_copy (model_ids);
  self->version_ids = g_array_copy (version_ids);
  g_signal_connect_object (list, "updated", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}
