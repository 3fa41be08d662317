/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-details"

#include "config.h"

#include "granary-details.h"

struct _GranaryDetails
{
  AdwNavigationPage parent_instance;
};

G_DEFINE_FINAL_TYPE (GranaryDetails, granary_details, ADW_TYPE_NAVIGATION_PAGE)

static void
granary_details_class_init (GranaryDetailsClass *klass)
{
}

static void
granary_details_init (GranaryDetails *self)
{
}

GranaryDetails *
granary_details_new (void)
{
  return g_object_new (GRANARY_TYPE_DETAILS, NULL);
}

void
granary_details_set_connection (GranaryDetails    *self,
                                GranaryConnection *connection)
{
}

void
granary_details_show_nothing (GranaryDetails *self)
{
}

void
granary_details_show_model (GranaryDetails *self,
                            gint64          model_id)
{
}

void
granary_details_show_version (GranaryDetails *self,
                              gint64          version_id)
{
}

void
granary_details_show_many (GranaryDetails *self,
                           GArray         *model_ids,
                           GArray         *version_ids)
{
}
