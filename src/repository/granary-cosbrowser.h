/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryCosbrowserPlan:
 * @app: (nullable): an application of the desktop to launch, without any file
 * @program: (nullable) (type filename): a program to run, without arguments
 * @uri: the web page that shows the bucket: what is left when neither is there
 * @place: `BUCKET/PREFIX`, as the program wants to be told; for the clipboard
 *
 * How to open a place in COSBrowser. No form of link to it is documented, so it cannot be told where
 * to go: that is on the clipboard.
 */
typedef struct
{
  GAppInfo *app;
  char     *program;
  char     *uri;
  char     *place;
} GranaryCosbrowserPlan;

void                   granary_cosbrowser_plan_free   (GranaryCosbrowserPlan *self);
/* Whether it is installed; otherwise there is only the web page. */
gboolean               granary_cosbrowser_plan_is_installed
                                                      (const GranaryCosbrowserPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCosbrowserPlan, granary_cosbrowser_plan_free)

/* Blocks. */
GranaryCosbrowserPlan *granary_cosbrowser_find        (const char            *address,
                                                       const char            *region,
                                                       const char            *program,
                                                       GError               **error) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_cosbrowser_find_async  (const char            *address,
                                                       const char            *region,
                                                       const char            *program,
                                                       GCancellable          *cancellable,
                                                       GAsyncReadyCallback    callback,
                                                       gpointer               user_data);
GranaryCosbrowserPlan *granary_cosbrowser_find_finish (GAsyncResult          *result,
                                                       GError               **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
