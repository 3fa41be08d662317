/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryImportPage:
 *
 * A tab of the import dialog: one kind of place that models come from. It shows the draft and
 * changes it; it knows neither the dialog nor the other pages.
 */
#define GRANARY_TYPE_IMPORT_PAGE (granary_import_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (GranaryImportPage, granary_import_page, GRANARY, IMPORT_PAGE, AdwBin)

/**
 * GranaryImportPageClass:
 * @get_name: identifies the tab; not translated
 * @get_title: the tab's title
 * @get_source: where the files of an import made here come from, as the page stands
 * @show_source: stands for that source from now on, if it can
 * @set_draft: show and edit this draft; given once, before the page is shown
 */
struct _GranaryImportPageClass
{
  AdwBinClass parent_class;

  const char *(*get_name)  (GranaryImportPage  *self);
  const char *(*get_title) (GranaryImportPage  *self);
  GranarySource (*get_source) (GranaryImportPage *self);
  gboolean    (*show_source) (GranaryImportPage *self,
                              GranarySource      source);
  void        (*set_draft) (GranaryImportPage  *self,
                            GranaryImportDraft *draft);
};

const char *granary_import_page_get_name  (GranaryImportPage  *self);
const char *granary_import_page_get_title (GranaryImportPage  *self);
GranarySource
            granary_import_page_get_source (GranaryImportPage *self);
gboolean    granary_import_page_show_source (GranaryImportPage *self,
                                             GranarySource      source);
void        granary_import_page_set_draft (GranaryImportPage  *self,
                                           GranaryImportDraft *draft);

G_END_DECLS
