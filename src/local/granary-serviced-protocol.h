/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * How granary-serviced is spoken to, and where it keeps what.
 *
 * One granary-serviced runs for each repository, started as `granary-serviced FOLDER` by whoever needs
 * it first. It holds an flock on `services/lock` for its life and listens on a Unix socket of the user's
 * runtime folder; it answers only processes of the same user.
 * Client and server send JSON objects, one a line, at most GRANARY_SERVICED_LINE_MAX bytes each:
 *
 *   {"id": 7, "verb": "start", "arguments": {"uid": "svc-…"}}
 *   {"id": 7, "result": {…}}
 *   {"id": 7, "error": {"code": 5, "reason": 104, "subject": "…", "message": "…"}}
 *
 * `code` and `reason` are numbers of GranaryError and GranaryReason: client and server are of one
 * version, which `hello` makes sure of. Requests of one client may be answered in another order. What
 * services do is told by the catalogue alone. After a `hello` of another version, or none, all but `hello`
 * and `quit` is refused. A client that goes away has what it asked for done all the same.
 *
 * verb       arguments                                   result
 * hello      protocol, version                           protocol, version, pid, sandbox (bool)
 * publish    version_id, group_uid or name, profile      uid
 *            (object, see granary-publish-profile.h)
 * cancel     request (id of a publish of this client)    –
 * start      uid, profile (optional)                     –
 * stop       uid                                         –
 * update     uid, profile (optional)                     –
 * remove     uid                                         – (once it is gone)
 * quit       –                                           – (services stop; those that are meant to
 *                                                        run do so again at its next start)
 *
 * Folders, below that of the repository:
 *
 *   services/lock
 *   services/<group_uid>          the highest number that was removed from a group which is there
 *   services/<uid>/token          of callers, mode 0600, hexadecimal
 *   services/<uid>/log, log.1     what its code and runner print; log.1 is the older half
 *   services/<uid>/revision-<n>/  snapshot of the version's files, 0444; the highest is served
 *   services/<uid>/venv/          with what requirements.txt asks for, once that was installed
 */

#define GRANARY_SERVICED_PROTOCOL 1
#define GRANARY_SERVICED_LINE_MAX (1024 * 1024)
#define GRANARY_SERVICED_LOG_MAX (1024 * 1024) /* bytes of each of the two files */

#define GRANARY_SERVICED_LOCK "lock"
#define GRANARY_SERVICED_TOKEN "token"
#define GRANARY_SERVICED_LOG "log"
#define GRANARY_SERVICED_OLD_LOG "log.1"
#define GRANARY_SERVICED_REVISION "revision-"
#define GRANARY_SERVICED_VENV "venv"

/* @folder is that of a repository, absolute. */
char *granary_serviced_dup_socket  (const char  *folder) G_GNUC_WARN_UNUSED_RESULT;
/* The same as an address, however long the path is: it then leads through @folder_fd, which is to be
 * kept open while the address is used. NULL where the folder of the socket is not there. */
GSocketAddress *
      granary_serviced_make_address (const char *folder,
                                    gboolean     make_folder,
                                    int         *folder_fd) G_GNUC_WARN_UNUSED_RESULT;
char *granary_serviced_dup_path    (const char  *folder,
                                    const char  *uid,
                                    const char  *name) G_GNUC_WARN_UNUSED_RESULT;
/* The programs: `$GRANARY_SERVICED` and `$GRANARY_RUNNER`, else beside this program in a build
 * folder, else where they are installed. */
char *granary_serviced_dup_program (void) G_GNUC_WARN_UNUSED_RESULT;
char *granary_serviced_dup_runner  (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
