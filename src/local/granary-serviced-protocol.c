/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-serviced-protocol.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "granary-local-store-private.h"

/* Where a build folder has it, as seen from the folder of a program in it or from the one above. */
#define BUILT_PROGRAM "serviced/granary-serviced"
#define BUILT_RUNNER "../data/runner"

/* Auxiliary functions */

static char *
find (const char *variable,
      const char *built,
      const char *installed)
{
  const char *given = g_getenv (variable);
  g_autofree char *program = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *near = NULL;
  g_autofree char *above = NULL;

  if (given != NULL && *given != '\0')
    return g_canonicalize_filename (given, NULL);

  program = g_file_read_link ("/proc/self/exe", NULL);
  if (program == NULL)
    return g_strdup (installed);

  folder = g_path_get_dirname (program);
  near = g_build_filename (folder, built, NULL);
  above = g_build_filename (folder, "..", built, NULL);
  if (g_file_test (near, G_FILE_TEST_EXISTS))
    return g_canonicalize_filename (near, NULL);
  if (g_file_test (above, G_FILE_TEST_EXISTS))
    return g_canonicalize_filename (above, NULL);

  return g_strdup (installed);
}

/* Public functions */

/**
 * granary_serviced_dup_socket:
 * @folder: of a repository, absolute
 *
 * Returns: (transfer full) (type filename): path of the socket, whose folder may not be there yet
 */
char *
granary_serviced_dup_socket (const char *folder)
{
  g_autofree char *root = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  /* Whatever name it was opened by, there is one granary-serviced of it. */
  root = realpath (folder, NULL);
  if (root == NULL)
    root = g_canonicalize_filename (folder, NULL);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, root, -1);
  digest[16] = '\0';
  name = g_strconcat (digest, ".socket", NULL);

  return g_build_filename (g_get_user_runtime_dir (), "granary", name, NULL);
}

/**
 * granary_serviced_make_address:
 * @folder: of a repository, absolute
 * @make_folder: whether to make the folder of the socket when it is not there
 * @folder_fd: (out): a descriptor that the address may depend on, -1 none; to be closed once it was
 *   bound or connected to
 *
 * Returns: (transfer full) (nullable): address of the socket; %NULL, with errno set, where its
 *   folder is not there or cannot be made
 */
GSocketAddress *
granary_serviced_make_address (const char *folder,
                               gboolean    make_folder,
                               int        *folder_fd)
{
  g_autofree char *path = granary_serviced_dup_socket (folder);
  g_autofree char *place = NULL;
  g_autofree char *name = NULL;
  g_autofree char *shorter = NULL;

  g_return_val_if_fail (path != NULL && folder_fd != NULL, NULL);

  *folder_fd = -1;
  place = g_path_get_dirname (path);
  if (make_folder && g_mkdir_with_parents (place, 0700) != 0)
    return NULL;

  if (strlen (path) < sizeof ((struct sockaddr_un *) NULL)->sun_path)
    return g_unix_socket_address_new (path);

  *folder_fd = open (place, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (*folder_fd < 0)
    return NULL;
  name = g_path_get_basename (path);
  shorter = g_strdup_printf ("/proc/self/fd/%d/%s", *folder_fd, name);

  return g_unix_socket_address_new (shorter);
}

/**
 * granary_serviced_dup_path:
 * @folder: of a repository
 * @uid: id of a service
 * @name: (nullable): file or folder of it
 *
 * Returns: (transfer full) (type filename): its path
 */
char *
granary_serviced_dup_path (const char *folder,
                           const char *uid,
                           const char *name)
{
  g_return_val_if_fail (folder != NULL, NULL);
  g_return_val_if_fail (uid != NULL && strchr (uid, '/') == NULL, NULL);

  return g_build_filename (folder, GRANARY_LOCAL_SERVICES, uid, name, NULL);
}

/**
 * granary_serviced_dup_program:
 *
 * Returns: (transfer full) (type filename): path of granary-serviced, which may not be there
 */
char *
granary_serviced_dup_program (void)
{
  return find ("GRANARY_SERVICED", BUILT_PROGRAM, GRANARY_LIBEXECDIR "/granary-serviced");
}

/**
 * granary_serviced_dup_runner:
 *
 * Returns: (transfer full) (type filename): folder of the Python runner, which may not be there
 */
char *
granary_serviced_dup_runner (void)
{
  return find ("GRANARY_RUNNER", BUILT_RUNNER, GRANARY_PKGDATADIR "/runner");
}
