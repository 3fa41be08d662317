/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* As base64 it stays below what services take: 64 MiB for the whole request. */
#define GRANARY_CALL_IMAGE_MAX (48 * 1000 * 1000)

/**
 * GranaryCallImageProblem:
 * @GRANARY_CALL_IMAGE_GOOD: can be sent
 * @GRANARY_CALL_IMAGE_EMPTY: there is nothing in it
 * @GRANARY_CALL_IMAGE_TOO_LARGE: above GRANARY_CALL_IMAGE_MAX
 * @GRANARY_CALL_IMAGE_OTHER: it is no image, as its first bytes tell
 *
 * Why some bytes cannot be sent as an image.
 */
typedef enum
{
  GRANARY_CALL_IMAGE_GOOD,
  GRANARY_CALL_IMAGE_EMPTY,
  GRANARY_CALL_IMAGE_TOO_LARGE,
  GRANARY_CALL_IMAGE_OTHER,
} GranaryCallImageProblem;

/**
 * GranaryCallPart:
 * @label: stands for it in the text of a request, as a string of its own: `<photo.png, 12 kB>`
 * @bytes: (nullable): of an image
 * @path: (nullable): file that the image came from, in the file system's encoding
 * @dims: (element-type gint64) (nullable): of zeros
 * @zero: (nullable): what is repeated, JSON
 *
 * What is too long to stand in the text of a request: an image, or zeros of a large tensor. It is
 * put in its place when the request is sent. Immutable, may be shared by threads.
 */
typedef struct
{
  char   *label;
  GBytes *bytes;
  char   *path;
  GArray *dims;
  char   *zero;
} GranaryCallPart;

GranaryCallPart        *granary_call_part_new_image (const char       *name,
                                                     const char       *path,
                                                     GBytes           *bytes,
                                                     guint             count) G_GNUC_WARN_UNUSED_RESULT;
GranaryCallPart        *granary_call_part_new_zeros (const char       *type,
                                                     const gint64     *dims,
                                                     guint             n_dims) G_GNUC_WARN_UNUSED_RESULT;
GranaryCallPart        *granary_call_part_ref       (GranaryCallPart  *self);
void                    granary_call_part_unref     (GranaryCallPart  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCallPart, granary_call_part_unref)

/* What it stands for, as JSON. */
void                    granary_call_part_append    (GranaryCallPart  *self,
                                                     GString          *to);
/* Bytes that granary_call_part_append() adds. */
gsize                   granary_call_part_measure   (GranaryCallPart  *self);

/* `image/png` and the like by the first bytes; NULL for anything else. */
const char             *granary_call_image_type     (const void       *data,
                                                     gsize             length);
GranaryCallImageProblem granary_call_image_check    (GBytes           *bytes);

G_END_DECLS
