/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-catalog-writer.h"
#include "granary-service.h"

G_BEGIN_DECLS

/* Writing a catalogue that repeats what a service tells. Like all of the writer: back ends only,
 * blocking, inside a transaction. Rows that did not change are not written, so that a refresh with
 * nothing new costs reads only. */

/* Brings a model to what @model says: uid, name, tags, created, and with @with_versions its versions
 * (uid, number, status, progress, source …). Versions that are no longer named go; the highest number
 * ever seen stays, also of a model that went and comes again. Unknown sizes (-1) and files, and an
 * inspection, do not overwrite known ones while location and uid stay the same. Two models of one
 * name are no error: the service decides. */
gboolean   granary_writer_mirror_model    (GranaryWriter        *self,
                                           const GranaryModel   *model,
                                           gboolean              with_versions,
                                           gint64               *model_id,
                                           gboolean             *changed,
                                           GError              **error);
/* One version of a model that is there already. */
gboolean   granary_writer_mirror_version  (GranaryWriter         *self,
                                           gint64                 model_id,
                                           const GranaryVersion  *version,
                                           gint64                *version_id,
                                           GError               **error);
/* The model is gone at the service. */
gboolean   granary_writer_mirror_forget   (GranaryWriter        *self,
                                           gint64                model_id,
                                           GError              **error);
/* Files of a version as object storage lists them (sizes, etags); sets its size and n_files. Where they
 * are others than those known before, that is when they changed. */
gboolean   granary_writer_mirror_files    (GranaryWriter        *self,
                                           gint64                version_id,
                                           GPtrArray            *files,
                                           GError              **error);
/* Files of a version were changed at @time. */
gboolean   granary_writer_note_files_changed
                                          (GranaryWriter        *self,
                                           gint64                version_id,
                                           gint64                time,
                                           GError              **error);
/* (element-type GranaryService): all that there are; others go. */
gboolean   granary_writer_mirror_services (GranaryWriter        *self,
                                           GPtrArray            *services,
                                           GError              **error);
/* Highest version number ever seen of the model with this uid, 0 for none: also of a forgotten one. */
int        granary_writer_get_high_water  (GranaryWriter        *self,
                                           const char           *model_uid);
/* Small facts of the mirror: `refreshed` (µs since the epoch of the last complete refresh),
 * `account_uin`, `app_id`, `refused` (calls the account is not offered or permitted, parted by
 * spaces, such as `tag:GetResources`); NULL value: forget it. */
gboolean   granary_writer_set_fact        (GranaryWriter        *self,
                                           const char           *name,
                                           const char           *value,
                                           GError              **error);
char      *granary_catalog_dup_fact       (GranaryCatalog       *self,
                                           const char           *name) G_GNUC_WARN_UNUSED_RESULT;
/* Ids that were added by hand, (array zero-terminated=1): asked for in every refresh. */
gboolean   granary_writer_pin_model       (GranaryWriter        *self,
                                           const char           *model_uid,
                                           GError              **error);
GStrv      granary_catalog_list_pins      (GranaryCatalog       *self,
                                           GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ids of all models that are mirrored, and of the versions whose import is not known to have ended. */
GStrv      granary_catalog_list_mirrored  (GranaryCatalog       *self,
                                           GError              **error) G_GNUC_WARN_UNUSED_RESULT;
GStrv      granary_catalog_list_importing (GranaryCatalog       *self,
                                           GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether something else than the service's own words was written of a mirrored model since these
 * were. */
gboolean   granary_catalog_is_touched     (GranaryCatalog       *self);
/* Row of the model with this id on the platform, 0 when there is none; its name does not count. */
gint64     granary_writer_find_mirrored   (GranaryWriter        *self,
                                           const char           *model_uid);

G_END_DECLS
