/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-page.h"

G_DEFINE_ABSTRACT_TYPE (GranaryImportPage, granary_import_page, ADW_TYPE_BIN)

/* A page stands for one source, unless it says otherwise. */
static gboolean
granary_import_page_real_show_source (GranaryImportPage *self,
                                      GranarySource      source)
{
  return granary_import_page_get_source (self) == source;
}

static void
granary_import_page_class_init (GranaryImportPageClass *klass)
{
  klass->show_source = granary_import_page_real_show_source;
}

static void
granary_import_page_init (GranaryImportPage *self)
{
}

const char *
granary_import_page_get_name (GranaryImportPage *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_PAGE (self), NULL);

  return GRANARY_IMPORT_PAGE_GET_CLASS (self)->get_name (self);
}

const char *
granary_import_page_get_title (GranaryImportPage *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_PAGE (self), NULL);

  return GRANARY_IMPORT_PAGE_GET_CLASS (self)->get_title (self);
}

GranarySource
granary_import_page_get_source (GranaryImportPage *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_PAGE (self), GRANARY_SOURCE_FILES);

  return GRANARY_IMPORT_PAGE_GET_CLASS (self)->get_source (self);
}

gboolean
granary_import_page_show_source (GranaryImportPage *self,
                                 GranarySource      source)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_PAGE (self), FALSE);

  return GRANARY_IMPORT_PAGE_GET_CLASS (self)->show_source (self, source);
}

void
granary_import_page_set_draft (GranaryImportPage  *self,
                               GranaryImportDraft *draft)
{
  g_return_if_fail (GRANARY_IS_IMPORT_PAGE (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));

  GRANARY_IMPORT_PAGE_GET_CLASS (self)->set_draft (self, draft);
}
