/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-page.h"

G_DEFINE_ABSTRACT_TYPE (GranaryImportPage, granary_import_page, ADW_TYPE_BIN)

static void
granary_import_page_class_init (GranaryImportPageClass *klass)
{
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

void
granary_import_page_set_draft (GranaryImportPage  *self,
                               GranaryImportDraft *draft)
{
  g_return_if_fail (GRANARY_IS_IMPORT_PAGE (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));

  GRANARY_IMPORT_PAGE_GET_CLASS (self)->set_draft (self, draft);
}
