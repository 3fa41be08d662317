/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a program in the sandbox finds there. */
#define GRANARY_SANDBOX_MODEL "/data/model"
#define GRANARY_SANDBOX_RUNNER "/data/runner"

/**
 * GranarySandboxKind:
 * @GRANARY_SANDBOX_NONE: no sandbox can be made here
 * @GRANARY_SANDBOX_REDUCED: one with no `/proc` but its two files about processor and memory, as in
 *   containers that refuse a new one
 * @GRANARY_SANDBOX_FULL: one with its own processes in `/proc`
 *
 * What bubblewrap can do on this computer, for this user.
 */
typedef enum
{
  GRANARY_SANDBOX_NONE,
  GRANARY_SANDBOX_REDUCED,
  GRANARY_SANDBOX_FULL,
} GranarySandboxKind;

/**
 * GranarySandboxOptions:
 * @python: (nullable) (type filename): interpreter that is to be run. The folders that it is made of
 *   are shown where they are, and the links that lead to it
 * @model: (nullable) (type filename): folder shown read-only as `/data/model`
 * @runner: (nullable) (type filename): folder shown read-only as `/data/runner`
 * @readable: (nullable) (array zero-terminated=1): files and folders shown read-only where they are;
 *   what is not there is left out
 * @writable: (nullable) (array zero-terminated=1): folders that may be written, shown where they are
 * @changes: (nullable) (array zero-terminated=1): how its environment differs from that which the
 *   command itself is started with: `NAME=VALUE` sets, `NAME` unsets. The command line shows it to
 *   every user of this computer
 * @folder: (nullable): where it starts, as seen from inside; %NULL is `/tmp`
 * @room: bytes that it may keep in each of its `/tmp` and `/dev/shm`, 0 for the usual
 * @allow_network: whether it may use the network
 * @allow_gpu: whether it sees the devices of graphics cards
 *
 * What a program in a sandbox sees beside `/usr`. Borrowed, by whoever fills it in.
 */
typedef struct
{
  const char         *python;
  const char         *model;
  const char         *runner;
  const char * const *readable;
  const char * const *writable;
  const char * const *changes;
  const char         *folder;
  gint64              room;
  gboolean            allow_network;
  gboolean            allow_gpu;
} GranarySandboxOptions;

/**
 * GranarySandbox:
 *
 * Makes command lines of bubblewrap in which a program sees nothing of the user's files, processes
 * and network but what it is given. Immutable, may be shared by threads.
 */
typedef struct _GranarySandbox GranarySandbox;

/* Blocks while it tries, once for each bubblewrap that `$PATH` leads to; never NULL. Owned by the
 * library. */
const GranarySandbox *granary_sandbox_probe      (void);
GranarySandboxKind    granary_sandbox_get_kind   (const GranarySandbox        *self);
/* What was tried and what came of it, for people; NULL when all is well. */
const char           *granary_sandbox_get_detail (const GranarySandbox        *self);
GStrv                 granary_sandbox_wrap       (const GranarySandbox        *self,
                                                  const GranarySandboxOptions *options,
                                                  const char * const          *argv) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
