/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-file-set.h"
#include "granary-version.h"

G_BEGIN_DECLS

/**
 * GranaryUploadItem:
 * @target: path inside the version
 * @size: bytes of the new file
 * @old_size: bytes of the file it replaces, -1 if it is new
 */
typedef struct
{
  char   *target;
  gint64  size;
  gint64  old_size;
} GranaryUploadItem;

/**
 * GranaryUploadPlan:
 * @added: (element-type GranaryUploadItem): files the version does not have
 * @replaced: (element-type GranaryUploadItem): files that would replace one of the version. Whether
 *   the content differs is not known before it is read
 * @problems: (element-type GError): files that cannot go where they should, because a folder
 *   stands there or a file where their folder would be
 *
 * What an upload would do to a version: the comparison of a file set with its files. No GTK.
 */
typedef struct
{
  GPtrArray *added;
  GPtrArray *replaced;
  GPtrArray *problems;
} GranaryUploadPlan;

GranaryUploadPlan *granary_upload_plan_new      (GranaryFileSet          *files,
                                                 GranaryVersion          *version) G_GNUC_WARN_UNUSED_RESULT;
void               granary_upload_plan_free     (GranaryUploadPlan       *self);
gint64             granary_upload_plan_get_size (const GranaryUploadPlan *self);

GranaryFileSet    *granary_upload_plan_pick     (const GranaryUploadPlan *self,
                                                 GranaryFileSet          *files,
                                                 GHashTable              *left_out) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryUploadPlan, granary_upload_plan_free)

G_END_DECLS
