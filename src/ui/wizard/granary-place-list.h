/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "granary-place-item.h"

G_BEGIN_DECLS

/**
 * GranaryPlacePage:
 * @entries: what was found, of the type and with the free function of the subclass
 * @next: (nullable): where the next page begins, %NULL after the last one
 * @note: (nullable): what is missing and why
 *
 * What one reading of a place brings.
 */
typedef struct
{
  GPtrArray *entries;
  char      *next;
  GError    *note;
} GranaryPlacePage;

GranaryPlacePage *granary_place_page_new  (GPtrArray        *entries) G_GNUC_WARN_UNUSED_RESULT;
void              granary_place_page_free (GranaryPlacePage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryPlacePage, granary_place_page_free)

/**
 * GranaryPlaceList:
 *
 * What lies at one place, read page by page as it is looked at: a #GListModel of
 * [class@PlaceItem], which are made when they are asked for. Main-thread object.
 *
 * Signal: changed: what is known of the place besides its items (loading, error, note, more).
 */
#define GRANARY_TYPE_PLACE_LIST (granary_place_list_get_type ())
G_DECLARE_DERIVABLE_TYPE (GranaryPlaceList, granary_place_list, GRANARY, PLACE_LIST, GObject)

/**
 * GranaryPlaceListClass:
 * @load: reads the page that begins at @next (nullable: the first one) and returns a
 *   #GranaryPlacePage by @task (transfer full), whose cancellable calls it off
 * @make_item: (transfer full): the row for an entry
 */
struct _GranaryPlaceListClass
{
  GObjectClass parent_class;

  void              (*load)      (GranaryPlaceList *self,
                                  const char       *next,
                                  GTask            *task);
  GranaryPlaceItem *(*make_item) (GranaryPlaceList *self,
                                  gconstpointer     entry);
};

/* Forgets what was read and begins anew. Nothing is read before the first call. */
void          granary_place_list_reload     (GranaryPlaceList *self);
/* Gives up what is being read, for nobody is going to look at it. */
void          granary_place_list_stop       (GranaryPlaceList *self);
/* Reads the next page, when there is one and none is being read; after an error: once more. */
void          granary_place_list_load_more  (GranaryPlaceList *self);
gboolean      granary_place_list_has_more   (GranaryPlaceList *self);
gboolean      granary_place_list_is_loading (GranaryPlaceList *self);
const GError *granary_place_list_get_error  (GranaryPlaceList *self);
const GError *granary_place_list_get_note   (GranaryPlaceList *self);
/* What is searched for, "" for everything. A change reloads. */
const char   *granary_place_list_get_text   (GranaryPlaceList *self);
void          granary_place_list_set_text   (GranaryPlaceList *self,
                                             const char       *text);
/* (transfer none): valid until the next reload */
gconstpointer granary_place_list_get_entry  (GranaryPlaceList *self,
                                             guint             position);

G_END_DECLS
