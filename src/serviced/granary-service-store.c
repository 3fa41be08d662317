/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-io.h"
#include "granary-local-store-private.h"
#include "granary-serviced-protocol.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define TOKEN_BYTES 32
#define NUMBER_TEXT_MAX 16

/* Auxiliary functions */

static void
store_clear (gpointer data)
{
  GranaryServiceStore *self = data;

  g_clear_object (&self->catalog);
  g_clear_fd (&self->services_fd, NULL);
  g_clear_fd (&self->root_fd, NULL);
  /* Last of all: whoever waits for it finds nobody at work. */
  g_clear_fd (&self->lock_fd, NULL);
  g_free (self->root);
}

/* An id as granary_uid_new() makes them. */
static gboolean
is_uid (const char *name,
        const char *prefix)
{
  if (!g_str_has_prefix (name, prefix) || strlen (name) > 64 || name[strlen (prefix)] == '\0')
    return FALSE;
  for (const char *at = name + strlen (prefix); *at != '\0'; at++)
    {
      if (!g_ascii_isalnum (*at))
        return FALSE;
    }

  return TRUE;
}

/* The number of a complete snapshot of that name, else 0. */
static guint
parse_revision (const char *name)
{
  guint64 number;

  if (!g_str_has_prefix (name, GRANARY_SERVICED_REVISION) ||
      !g_ascii_string_to_unsigned (name + strlen (GRANARY_SERVICED_REVISION), 10, 1, G_MAXINT,
                                   &number, NULL))
    return 0;

  return (guint) number;
}

static gboolean
is_token (const char *text)
{
  if (strlen (text) != 2 * TOKEN_BYTES)
    return FALSE;
  for (const char *at = text; *at != '\0'; at++)
    {
      if (!g_ascii_isxdigit (*at))
        return FALSE;
    }

  return TRUE;
}

/* At most @size - 1 bytes of a small file; FALSE when it is longer, or cannot be read. */
static gboolean
read_small (int         folder_fd,
            const char *name,
            char       *text,
            gsize       size)
{
  g_autofd int fd = openat (folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  gsize length = 0;

  while (fd >= 0 && length < size)
    {
      gssize got = read (fd, text + length, size - length);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return FALSE;
      if (got == 0)
        {
          text[length] = '\0';
          return TRUE;
        }
      length += (gsize) got;
    }

  return FALSE;
}

/* In place of what is there, as a whole. */
static gboolean
write_small (int          folder_fd,
             const char  *name,
             const char  *text,
             GError     **error)
{
  g_autofree char *part = g_strconcat (name, ".part", NULL);
  g_autofd int fd = -1;

  if (granary_local_io_unlink (folder_fd, part) != 0 && errno != ENOENT)
    return granary_local_fail_errno (error, errno, part, "unlink");
  fd = openat (folder_fd, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return granary_local_fail_errno (error, errno, part, "create");
  if (granary_local_io_write (fd, text, strlen (text), 0) != 0 || fsync (fd) != 0 ||
      renameat (folder_fd, part, folder_fd, name) != 0)
    {
      granary_local_fail_errno (error, errno, name, "write");
      unlinkat (folder_fd, part, 0);
      return FALSE;
    }

  return TRUE;
}

/* Public functions */

/**
 * granary_service_store_open:
 * @root: folder of a repository, absolute
 * @is_taken: (out): whether another supervisor has it
 * @error: return location
 *
 * Takes the services of a repository for the life of the store. The catalogue is not opened yet.
 *
 * Returns: (transfer full) (nullable): the store; %NULL without error when it is taken
 */
GranaryServiceStore *
granary_service_store_open (const char  *root,
                            gboolean    *is_taken,
                            GError     **error)
{
  g_autoptr (GranaryServiceStore) self = g_atomic_rc_box_new0 (GranaryServiceStore);

  g_return_val_if_fail (root != NULL && g_path_is_absolute (root), NULL);
  g_return_val_if_fail (is_taken != NULL, NULL);

  *is_taken = FALSE;
  self->root_fd = self->services_fd = self->lock_fd = -1;
  self->root = g_strdup (root);
  self->root_fd = open (root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->root_fd < 0)
    {
      granary_local_fail_errno (error, errno, root, "open");
      return NULL;
    }
  if (mkdirat (self->root_fd, GRANARY_LOCAL_SERVICES, 0755) != 0 && errno != EEXIST)
    {
      granary_local_fail_errno (error, errno, root, "mkdir");
      return NULL;
    }
  self->services_fd = openat (self->root_fd, GRANARY_LOCAL_SERVICES, FOLDER_FLAGS);
  if (self->services_fd < 0)
    {
      granary_local_fail_errno (error, errno, root, "open");
      return NULL;
    }
  self->lock_fd = openat (self->services_fd, GRANARY_SERVICED_LOCK,
                          O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (self->lock_fd < 0)
    {
      granary_local_fail_errno (error, errno, root, "create lock");
      return NULL;
    }
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) != 0)
    {
      *is_taken = errno == EWOULDBLOCK;
      if (!*is_taken)
        granary_local_fail_errno (error, errno, root, "flock");
      return NULL;
    }

  return g_steal_pointer (&self);
}

GranaryServiceStore *
granary_service_store_ref (GranaryServiceStore *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
granary_service_store_unref (GranaryServiceStore *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, store_clear);
}

/**
 * granary_service_store_load:
 * @self: a store
 * @context: (nullable): where signals of the catalogue come
 * @error: return location
 *
 * Opens the catalogue. What a crash left of other work in it is for those who do such work.
 *
 * Returns: whether it is open
 */
gboolean
granary_service_store_load (GranaryServiceStore  *self,
                            GMainContext         *context,
                            GError              **error)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (self != NULL && self->catalog == NULL, FALSE);

  path = g_build_filename (self->root, GRANARY_LOCAL_CATALOG, NULL);
  self->catalog = granary_catalog_open (path, GRANARY_CATALOG_NONE, context, error);

  return self->catalog != NULL;
}

/**
 * granary_service_store_open_version:
 * @self: a store
 * @version: a version
 * @error: return location
 *
 * Opens the folder of a version, never through a link.
 *
 * Returns: a descriptor, or -1; %GRANARY_REASON_FILE_MISSING when there is no such folder
 */
int
granary_service_store_open_version (GranaryServiceStore   *self,
                                    const GranaryVersion  *version,
                                    GError               **error)
{
  g_autofree char *name = g_strdup_printf ("v%d", version->number);
  g_autofree char *subject = g_strdup_printf ("%s v%d", version->model_name, version->number);
  g_autofd int models_fd = openat (self->root_fd, GRANARY_LOCAL_MODELS, FOLDER_FLAGS);
  g_autofd int model_fd = -1;
  int fd = -1;

  if (strchr (version->model_name, '/') != NULL || g_str_equal (version->model_name, ".."))
    errno = ENOENT;
  else if (models_fd >= 0)
    model_fd = openat (models_fd, version->model_name, FOLDER_FLAGS);
  if (model_fd >= 0)
    fd = openat (model_fd, name, FOLDER_FLAGS);

  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
    granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILE_MISSING, subject,
                       "no folder of %s: %s", subject, g_strerror (errno));
  else if (fd < 0)
    granary_local_fail_errno (error, errno, subject, "open");

  return fd;
}

/**
 * granary_service_store_open_folder:
 * @self: a store
 * @uid: id of a service
 * @make: whether it must be new
 * @error: return location
 *
 * Returns: a descriptor of its folder, or -1
 */
int
granary_service_store_open_folder (GranaryServiceStore  *self,
                                   const char           *uid,
                                   gboolean              make,
                                   GError              **error)
{
  int fd;

  g_return_val_if_fail (self != NULL, -1);
  g_return_val_if_fail (uid != NULL, -1);

  if (!granary_service_store_is_service (uid))
    {
      granary_local_fail_errno (error, ENOENT, uid, "open");
      return -1;
    }
  if (make && mkdirat (self->services_fd, uid, 0700) != 0)
    {
      granary_local_fail_errno (error, errno, uid, "mkdir");
      return -1;
    }

  fd = openat (self->services_fd, uid, FOLDER_FLAGS);
  if (fd < 0)
    granary_local_fail_errno (error, errno, uid, "open");

  return fd;
}

gboolean
granary_service_store_remove_folder (GranaryServiceStore  *self,
                                     const char           *uid,
                                     GError              **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (uid != NULL && granary_service_store_is_service (uid), FALSE);

  return granary_local_remove_tree (self->services_fd, uid, NULL, NULL, error);
}

/* As above; without a row, the next supervisor takes what stays for what it is. */
void
granary_service_store_discard (GranaryServiceStore *self,
                               const char          *uid)
{
  g_autoptr (GError) error = NULL;

  if (!granary_service_store_remove_folder (self, uid, &error))
    g_debug ("%s stays: %s", uid, error->message);
}

/* The highest complete snapshot in a service's folder, 0 for none. */
guint
granary_service_store_find_revision (int folder_fd)
{
  int fd = openat (folder_fd, ".", FOLDER_FLAGS);
  DIR *stream = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;
  guint found = 0;

  if (stream == NULL)
    {
      g_clear_fd (&fd, NULL);
      return 0;
    }

  while ((entry = readdir (stream)) != NULL)
    found = MAX (found, parse_revision (entry->d_name));
  closedir (stream);

  return found;
}

char *
granary_service_store_name_revision (guint revision)
{
  return g_strdup_printf (GRANARY_SERVICED_REVISION "%u", revision);
}

/* What cannot be removed now, the next start of the service finds: as one that is not complete, so
 * that it does not serve what is left of it. */
void
granary_service_store_remove_revision (int         folder_fd,
                                       const char *name)
{
  g_autofree char *part = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (folder_fd >= 0 && name != NULL);

  part = g_strconcat (name, GRANARY_SERVICE_STORE_PART, NULL);
  if (granary_local_remove_tree (folder_fd, part, NULL, NULL, &error) &&
      (granary_local_io_rename (folder_fd, name, folder_fd, part) == 0 ||
       granary_local_fail_errno (&error, errno, name, "rename")) &&
      granary_local_remove_tree (folder_fd, part, NULL, NULL, &error))
    return;

  g_debug ("%s stays: %s", name, error->message);
}

/**
 * granary_service_store_clean_folder:
 * @folder_fd: folder of a service
 * @revision: the snapshot that stays
 * @error: return location
 *
 * Removes all other snapshots, half-made ones too.
 *
 * Returns: whether they are gone
 */
gboolean
granary_service_store_clean_folder (int      folder_fd,
                                    guint    revision,
                                    GError **error)
{
  g_autofree char *kept = granary_service_store_name_revision (revision);
  int fd = openat (folder_fd, ".", FOLDER_FLAGS);
  DIR *stream = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;
  gboolean result = TRUE;

  if (stream == NULL)
    {
      granary_local_fail_errno (error, errno, kept, "open");
      g_clear_fd (&fd, NULL);
      return FALSE;
    }

  while (result && (entry = readdir (stream)) != NULL)
    {
      if (g_str_has_prefix (entry->d_name, GRANARY_SERVICED_REVISION) &&
          !g_str_equal (entry->d_name, kept))
        result = granary_local_remove_tree (folder_fd, entry->d_name, NULL, NULL, error);
    }
  closedir (stream);

  return result;
}

/**
 * granary_service_store_load_token:
 * @folder_fd: folder of a service
 * @error: return location
 *
 * Reads the token that callers need, or makes one where there is none that is of use.
 *
 * Returns: (transfer full): hexadecimal text
 */
char *
granary_service_store_load_token (int      folder_fd,
                                  GError **error)
{
  char text[2 * TOKEN_BYTES + 2];
  guint8 bytes[TOKEN_BYTES];
  struct stat status;

  if (fstatat (folder_fd, GRANARY_SERVICED_TOKEN, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISREG (status.st_mode) && (status.st_mode & 077) == 0 && status.st_uid == geteuid () &&
      read_small (folder_fd, GRANARY_SERVICED_TOKEN, text, sizeof text) &&
      is_token (g_strchomp (text)))
    return g_strdup (text);

  if (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
    {
      granary_local_fail_errno (error, errno, GRANARY_SERVICED_TOKEN, "getrandom");
      return NULL;
    }
  for (guint i = 0; i < TOKEN_BYTES; i++)
    g_snprintf (text + 2 * i, 3, "%02x", bytes[i]);
  if (!write_small (folder_fd, GRANARY_SERVICED_TOKEN, text, error))
    return NULL;

  return g_strdup (text);
}

int
granary_service_store_get_number (GranaryServiceStore *self,
                                  const char          *group_uid)
{
  char text[NUMBER_TEXT_MAX];
  guint64 number;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (group_uid != NULL, 0);

  if (!granary_service_store_is_group (group_uid) ||
      !read_small (self->services_fd, group_uid, text, sizeof text) ||
      !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT - 1, &number, NULL))
    return 0;

  return (int) number;
}

gboolean
granary_service_store_set_number (GranaryServiceStore  *self,
                                  const char           *group_uid,
                                  int                   number,
                                  GError              **error)
{
  g_autofree char *text = g_strdup_printf ("%d", number);

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (group_uid != NULL, FALSE);

  /* An id of another program's making has no file; its services still count. */
  return !granary_service_store_is_group (group_uid) ||
         write_small (self->services_fd, group_uid, text, error);
}

void
granary_service_store_forget_number (GranaryServiceStore *self,
                                     const char          *group_uid)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (group_uid != NULL);

  if (granary_service_store_is_group (group_uid) &&
      granary_local_io_unlink (self->services_fd, group_uid) != 0 && errno != ENOENT)
    g_debug ("%s stays: %s", group_uid, g_strerror (errno));
}

gboolean
granary_service_store_is_service (const char *name)
{
  g_return_val_if_fail (name != NULL, FALSE);

  return is_uid (name, "svc-");
}

gboolean
granary_service_store_is_group (const char *name)
{
  g_return_val_if_fail (name != NULL, FALSE);

  return is_uid (name, "grp-");
}
