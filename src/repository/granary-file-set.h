/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GRANARY_FILE_SET_MAX_DEPTH 64
#define GRANARY_FILE_SET_MAX_FILES 1000000

/**
 * GranarySourceFile:
 * @path: where it is now, absolute, file system encoding
 * @target: where it goes inside the version, UTF-8, `/` between parts
 * @size: bytes when scanned
 * @mtime: ns since the epoch when scanned
 * @device: its file system when scanned
 * @inode: its inode when scanned
 *
 * One file to be stored.
 */
typedef struct
{
  char    *path;
  char    *target;
  gint64   size;
  gint64   mtime;
  guint64  device;
  guint64  inode;
} GranarySourceFile;

/**
 * GranaryFileSet:
 *
 * The files that a set of chosen or dropped files and folders comes to. Immutable once scanned;
 * may be shared by threads.
 *
 * A single folder gives its content (its own name does not become part of the paths); of several
 * items each goes by its base name. Links to files inside the chosen folder are followed; links
 * that lead out, loops, devices, sockets, unreadable files and impossible names are problems.
 */
#define GRANARY_TYPE_FILE_SET (granary_file_set_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFileSet, granary_file_set, GRANARY, FILE_SET, GObject)

/* Blocks; worker only. Fails only when cancelled; everything else is a problem of the set. */
GranaryFileSet          *granary_file_set_scan           (const char * const  *paths,
                                                          const char          *into,
                                                          GCancellable        *cancellable,
                                                          GError             **error) G_GNUC_WARN_UNUSED_RESULT;
void                     granary_file_set_scan_async     (const char * const  *paths,
                                                          const char          *into,
                                                          GCancellable        *cancellable,
                                                          GAsyncReadyCallback  callback,
                                                          gpointer             user_data);
GranaryFileSet          *granary_file_set_scan_finish    (GAsyncResult        *result,
                                                          GError             **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryFileSet          *granary_file_set_new_empty      (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryFileSet          *granary_file_set_merge          (GranaryFileSet      *self,
                                                          GranaryFileSet      *other) G_GNUC_WARN_UNUSED_RESULT;
GranaryFileSet          *granary_file_set_without        (GranaryFileSet      *self,
                                                          const char          *target) G_GNUC_WARN_UNUSED_RESULT;
GranaryFileSet          *granary_file_set_without_problems
                                                         (GranaryFileSet      *self) G_GNUC_WARN_UNUSED_RESULT;
guint                    granary_file_set_get_n_files    (GranaryFileSet      *self);
const GranarySourceFile *granary_file_set_get_file       (GranaryFileSet      *self,
                                                          guint                position);
const GranarySourceFile *granary_file_set_find           (GranaryFileSet      *self,
                                                          const char          *target);
gint64                   granary_file_set_get_size       (GranaryFileSet      *self);
guint                    granary_file_set_get_n_problems (GranaryFileSet      *self);
const GError            *granary_file_set_get_problem    (GranaryFileSet      *self,
                                                          guint                position);
guint                    granary_file_set_get_n_left_out (GranaryFileSet      *self);
const char              *granary_file_set_get_suggested_name
                                                         (GranaryFileSet      *self);
GPtrArray               *granary_file_set_list_folders   (GranaryFileSet      *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
