/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "granary-tione-place-private.h"

G_BEGIN_DECLS

/* Words of the platform for what Granary calls otherwise. NULL where it has none. Names that the
 * platform uses itself stay what they are. */
const char *granary_tione_framework_to_platform (const char          *framework,
                                                 const char          *format);
const char *granary_tione_format_to_platform    (const char          *format,
                                                 const char          *framework);
/* What Granary calls a framework of the platform; NULL for "". */
char       *granary_tione_framework_from_platform
                                                (const char          *framework) G_GNUC_WARN_UNUSED_RESULT;

/* The members of CreateTrainingModel that say where a version runs, as an object:
 * ReasoningEnvironmentSource, and ReasoningEnvironment with ReasoningEnvironmentId, or
 * ReasoningImageInfo. Blocking.
 *
 * @wanted is the id, name or address of an image of the platform (spelt with or without regard to
 * case, `_`, `-`, blanks), or the address of any other image. Without it the newest of @versions
 * (element-type GranaryVersion) (nullable) lends its own, else the platform's first for @framework
 * (as the platform names it) is taken, or its first of all when the framework is not known.
 * ENVIRONMENT_UNSET when there is none. @subject names the import. */
JsonNode   *granary_tione_environment_resolve   (GranaryTionePlace   *place,
                                                 const char          *wanted,
                                                 const char          *framework,
                                                 GPtrArray           *versions,
                                                 const char          *subject,
                                                 GCancellable        *cancellable,
                                                 GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* Likewise, for an image of a registry that is known to the letter: @image is the text of an ImageInfo
 * object. Pure. */
JsonNode   *granary_tione_environment_from_image (const char         *image,
                                                  const char         *subject,
                                                  GError            **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
