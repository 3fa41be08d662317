/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "granary-tione-place-private.h"

G_BEGIN_DECLS

/**
 * GranaryTioneImage:
 * @id: what the platform shows it as
 * @name: (nullable): another name of it
 * @url: its address
 * @framework: (nullable): what it serves, as the platform spells it
 * @framework_version: (nullable): of that
 * @groups: (nullable): frameworks that it serves as well, each between spaces
 * @devices: (nullable): graphics cards that it supports
 * @size: bytes, -1 unknown
 * @updated: µs since the epoch, 0 unknown
 *
 * An image of the platform, from whichever list had it.
 */
typedef struct
{
  char   *id;
  char   *name;
  char   *url;
  char   *framework;
  char   *framework_version;
  char   *groups;
  char   *devices;
  gint64  size;
  gint64  updated;
} GranaryTioneImage;

/* The platform has had several lists; those that say most come first. */
#define GRANARY_TIONE_N_IMAGE_LISTS 4

/* (element-type GranaryTioneImage) */
GPtrArray  *granary_tione_images_new    (void) G_GNUC_WARN_UNUSED_RESULT;
/* Adds what the @list-th list has; one that the account is not offered, or may not read, has nothing.
 * Blocking. */
gboolean    granary_tione_images_add    (GPtrArray                *images,
                                         GranaryTionePlace        *place,
                                         guint                     list,
                                         GCancellable             *cancellable,
                                         GError                  **error);
/* Whether it runs models of @framework, as the platform names that. */
gboolean    granary_tione_image_serves  (const GranaryTioneImage  *image,
                                         const char               *framework);

G_END_DECLS
