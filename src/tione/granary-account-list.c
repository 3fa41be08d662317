/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-account-list.h"

#include "granary-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The file of somebody with hundreds of accounts has some tens of KiB. */
#define MAX_BYTES (1024 * 1024)
#define MAX_NAME_CHARS 60
#define MAX_REGION_CHARS 40
#define MAX_UID_CHARS 100
#define LOCK_WAIT_US (20 * 1000)
#define LOCK_ATTEMPTS 100
#define ENDPOINT_KEY "endpoint-"
/* Edited by hand alone; whatever else writes the file leaves it there. */
#define CAPTIONS_KEY "automl-captions"

struct _GranaryAccountList
{
  GObject       parent_instance;

  char         *path;
  GPtrArray    *accounts; /* (owned) (element-type GranaryAccount): sorted, never handed out */
  char         *content;  /* (owned) (nullable): of the file when it was read last */
  GFileMonitor *monitor;  /* (owned) (nullable) */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GranaryAccountList, granary_account_list, G_TYPE_OBJECT)

/* Regions of which the platform's own samples are; the complete list is nowhere public. */
static const char *const regions[] = {
  "ap-beijing",
  "ap-guangzhou",
  "ap-nanjing",
  "ap-shanghai",
  NULL,
};

/* Auxiliary functions */

/* It becomes the name of a folder: nothing that could lead elsewhere. */
static gboolean
uid_is_valid (const char *uid)
{
  gsize length = uid != NULL ? strlen (uid) : 0;

  if (length == 0 || length > MAX_UID_CHARS)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isalnum (uid[i]) && uid[i] != '-')
        return FALSE;
    }

  return TRUE;
}

static char *
fold (const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);

  return g_utf8_normalize (folded, -1, G_NORMALIZE_NFC);
}

static int
compare_accounts (gconstpointer a,
                  gconstpointer b)
{
  const char *name_a = granary_account_get_name (*(GranaryAccount *const *) a);
  const char *name_b = granary_account_get_name (*(GranaryAccount *const *) b);
  int order = g_utf8_collate (name_a, name_b);

  return order != 0 ? order : strcmp (name_a, name_b);
}

static gboolean
set_unreadable (const char  *path,
                const char  *why,
                GError     **error)
{
  g_autofree char *shown = granary_display_path (path);

  granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_CONNECTIONS_UNREADABLE, shown,
                     "%s: %s", shown, why);
  return FALSE;
}

/* The text of the file; "" when there is none. */
static gboolean
read_file (const char  *path,
           char       **content,
           GError     **error)
{
  g_autofree char *shown = granary_display_path (path);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  char buffer[8192];
  ssize_t n;

  if (fd < 0)
    {
      if (errno == ENOENT)
        {
          *content = g_strdup ("");
          return TRUE;
        }
      granary_set_error_from_errno (error, errno, shown, "open");
      return FALSE;
    }

  while ((n = read (fd, buffer, sizeof buffer)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          granary_set_error_from_errno (error, errno, shown, "read");
          return FALSE;
        }
      g_string_append_len (text, buffer, n);
      if (text->len > MAX_BYTES)
        return set_unreadable (path, "too large", error);
    }

  if (strlen (text->str) != text->len)
    return set_unreadable (path, "holds null bytes", error);

  *content = g_string_free (g_steal_pointer (&text), FALSE);
  return TRUE;
}

static GKeyFile *
parse (const char  *path,
       const char  *content,
       GError     **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  /* GLib's error quotes the line, which might be anything: it is not looked at. */
  if (*content != '\0' &&
      !g_key_file_load_from_data (file, content, strlen (content), G_KEY_FILE_KEEP_COMMENTS, NULL))
    {
      set_unreadable (path, "not a key file", error);
      return NULL;
    }

  return g_steal_pointer (&file);
}

/* The account of a group. What does not hold is an account left out, with the reason in the log:
 * the rest of the list is good, and the group stays in the file. */
static GranaryAccount *
read_account (GKeyFile    *file,
              const char  *group,
              GError     **error)
{
  g_autoptr (GranaryAccount) account = NULL;
  g_autofree char *uid = g_key_file_get_string (file, group, "uid", NULL);
  g_autofree char *region = g_key_file_get_string (file, group, "region", NULL);
  g_autofree char *bucket = g_key_file_get_string (file, group, "bucket", NULL);
  g_autofree char *prefix = g_key_file_get_string (file, group, "prefix", NULL);
  g_auto (GStrv) captions = g_key_file_get_string_list (file, group, CAPTIONS_KEY, NULL, NULL);

  if (!granary_account_name_check (group, error) ||
      !granary_account_region_check (region != NULL ? region : "", error))
    return NULL;
  if (!uid_is_valid (uid))
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_NONE, group,
                         "uid is missing or not one");
      return NULL;
    }

  account = granary_account_new (group, uid, region);
  granary_account_set_storage (account, bucket != NULL && *bucket != '\0' ? bucket : NULL, prefix);
  granary_account_set_automl_captions (account, (const char *const *) captions);
  for (int service = 0; service < GRANARY_N_CLOUD_SERVICES; service++)
    {
      g_autofree char *key = g_strconcat (ENDPOINT_KEY, granary_cloud_service_to_id (service),
                                          NULL);
      g_autofree char *url = g_key_file_get_string (file, group, key, NULL);

      /* An override that does not hold must not send the key to the public address instead. */
      if (url != NULL && *url != '\0' &&
          !granary_account_set_endpoint (account, service, url, error))
        return NULL;
    }

  return g_steal_pointer (&account);
}

static GPtrArray *
read_accounts (GKeyFile *file)
{
  g_autoptr (GPtrArray) accounts = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      GranaryAccount *account = read_account (file, groups[i], &error);

      if (account == NULL)
        {
          g_debug ("A connection is left out: %s", error->message);
          continue;
        }
      if (!g_hash_table_add (seen, (char *) granary_account_get_uid (account)))
        {
          g_debug ("A connection is left out: its uid is that of another");
          g_object_unref (account);
          continue;
        }
      g_ptr_array_add (accounts, account);
    }

  g_ptr_array_sort (accounts, compare_accounts);
  return g_steal_pointer (&accounts);
}

/* Reads the file again; whether the list is another now is @changed. */
static gboolean
reload (GranaryAccountList  *self,
        gboolean            *changed,
        GError             **error)
{
  g_autofree char *content = NULL;
  g_autoptr (GKeyFile) file = NULL;

  *changed = FALSE;
  if (!read_file (self->path, &content, error))
    return FALSE;
  if (g_strcmp0 (content, self->content) == 0)
    return TRUE;

  file = parse (self->path, content, error);
  if (file == NULL)
    return FALSE;

  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  self->accounts = read_accounts (file);
  g_free (self->content);
  self->content = g_steal_pointer (&content);
  *changed = TRUE;
  return TRUE;
}

static void
file_changed_cb (GranaryAccountList *self)
{
  g_autoptr (GError) error = NULL;
  gboolean changed;

  /* Somebody edits it by hand: what was read stays until it can be read again. */
  if (!reload (self, &changed, &error))
    g_debug ("The connections were not read again: %s", error->message);
  else if (changed)
    g_signal_emit (self, signals[CHANGED], 0);
}

/* Keeps other writers out until the descriptor is closed. The lock is on the folder, so that no
 * file of its own is left behind. -1 on error. */
static int
lock_folder (const char  *folder,
             GError     **error)
{
  g_autofree char *shown = granary_display_path (folder);
  g_autofd int fd = -1;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      granary_set_error_from_errno (error, errno, shown, "make");
      return -1;
    }

  fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    {
      granary_set_error_from_errno (error, errno, shown, "open");
      return -1;
    }

  for (guint attempt = 0; flock (fd, LOCK_EX | LOCK_NB) != 0; attempt++)
    {
      /* A file system without locks: the rename alone still keeps the file whole. */
      if (errno != EWOULDBLOCK && errno != EINTR)
        break;
      if (attempt == LOCK_ATTEMPTS)
        {
          granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_BUSY, shown,
                             "%s is locked", shown);
          return -1;
        }
      g_usleep (LOCK_WAIT_US);
    }

  return g_steal_fd (&fd);
}

static gboolean
write_file (const char  *path,
            GKeyFile    *file,
            GError     **error)
{
  g_autofree char *shown = granary_display_path (path);
  g_autofree char *content = NULL;
  g_autoptr (GError) why = NULL;
  gsize length;

  content = g_key_file_to_data (file, &length, NULL);
  if (g_file_set_contents_full (path, content, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                0600, &why))
    return TRUE;

  granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TARGET_UNWRITABLE, shown, "%s",
                     why->message);
  return FALSE;
}

/* The group that holds the account, or NULL. */
static char *
find_group (GKeyFile   *file,
            const char *uid)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *other = g_key_file_get_string (file, groups[i], "uid", NULL);

      if (g_strcmp0 (other, uid) == 0)
        return g_strdup (groups[i]);
    }

  return NULL;
}

/* Whether another account has the name, also one that differs in case only. */
static gboolean
name_is_taken (GKeyFile   *file,
               const char *name,
               const char *except)
{
  g_autofree char *folded = fold (name);
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *other = NULL;

      if (g_strcmp0 (groups[i], except) == 0)
        continue;
      other = fold (groups[i]);
      if (g_str_equal (other, folded))
        return TRUE;
    }

  return FALSE;
}

static void
set_or_remove (GKeyFile   *file,
               const char *group,
               const char *key,
               const char *value)
{
  if (value != NULL && *value != '\0')
    g_key_file_set_string (file, group, key, value);
  else
    g_key_file_remove_key (file, group, key, NULL);
}

static void
write_account (GKeyFile       *file,
               GranaryAccount *account)
{
  const char *group = granary_account_get_name (account);

  g_key_file_set_string (file, group, "uid", granary_account_get_uid (account));
  g_key_file_set_string (file, group, "region", granary_account_get_region (account));
  set_or_remove (file, group, "bucket", granary_account_get_bucket (account));
  set_or_remove (file, group, "prefix", granary_account_get_prefix (account));
  for (int service = 0; service < GRANARY_N_CLOUD_SERVICES; service++)
    {
      g_autofree char *key = g_strconcat (ENDPOINT_KEY, granary_cloud_service_to_id (service),
                                          NULL);

      set_or_remove (file, group, key, granary_account_get_endpoint (account, service));
    }
}

/* GObject overrides */

static void
granary_account_list_finalize (GObject *object)
{
  GranaryAccountList *self = GRANARY_ACCOUNT_LIST (object);

  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  g_free (self->content);
  g_free (self->path);

  G_OBJECT_CLASS (granary_account_list_parent_class)->finalize (object);
}

static void
granary_account_list_class_init (GranaryAccountListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_account_list_finalize;

  /**
   * GranaryAccountList::changed:
   * @self: the list
   *
   * The list is another now, through this object or another process.
   */
  signals[CHANGED] = g_signal_new ("changed",
                                   G_TYPE_FROM_CLASS (klass),
                                   G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
granary_account_list_init (GranaryAccountList *self)
{
}

/* Public functions */

/**
 * granary_account_list_new:
 * @path: the file; it need not exist
 * @error: return location
 *
 * Reads the connections and watches the file from then on.
 *
 * Returns: (transfer full): the list, or %NULL with %GRANARY_ERROR_FILE when there is a file that
 *   cannot be read
 */
GranaryAccountList *
granary_account_list_new (const char  *path,
                          GError     **error)
{
  g_autoptr (GranaryAccountList) self = NULL;
  g_autoptr (GFile) file = NULL;
  gboolean changed;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_ACCOUNT_LIST, NULL);
  self->path = g_strdup (path);
  file = g_file_new_for_path (path);

  /* Watched before it is read, so that no change falls between. Without a monitor, on a file system
   * that has none, the list is still right for whoever opens it anew. */
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (file_changed_cb), self,
                             G_CONNECT_SWAPPED);

  if (!reload (self, &changed, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * granary_account_list_get_default_path:
 *
 * Returns: (transfer full): `$XDG_CONFIG_HOME/granary/connections.ini`
 */
char *
granary_account_list_get_default_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "granary", "connections.ini", NULL);
}

/**
 * granary_account_list_list:
 * @self: the list
 *
 * Returns: (transfer container) (element-type GranaryAccount): copies of all accounts by name,
 *   without credentials
 */
GPtrArray *
granary_account_list_list (GranaryAccountList *self)
{
  GPtrArray *copies;

  g_return_val_if_fail (GRANARY_IS_ACCOUNT_LIST (self), NULL);

  copies = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < self->accounts->len; i++)
    g_ptr_array_add (copies, granary_account_copy (g_ptr_array_index (self->accounts, i)));

  return copies;
}

/**
 * granary_account_list_find:
 * @self: the list
 * @name_or_uid: how it is called; a name goes before a uid, and one in the same case before one
 *   that differs in case
 *
 * Returns: (transfer full) (nullable): a copy of the account, without credentials
 */
GranaryAccount *
granary_account_list_find (GranaryAccountList *self,
                           const char         *name_or_uid)
{
  g_autofree char *folded = NULL;
  GranaryAccount *by_uid = NULL;
  GranaryAccount *by_fold = NULL;

  g_return_val_if_fail (GRANARY_IS_ACCOUNT_LIST (self), NULL);
  g_return_val_if_fail (name_or_uid != NULL, NULL);

  if (!g_utf8_validate (name_or_uid, -1, NULL))
    return NULL;

  folded = fold (name_or_uid);
  for (guint i = 0; i < self->accounts->len; i++)
    {
      GranaryAccount *account = g_ptr_array_index (self->accounts, i);
      g_autofree char *other = fold (granary_account_get_name (account));

      if (g_str_equal (granary_account_get_name (account), name_or_uid))
        return granary_account_copy (account);
      if (g_str_equal (other, folded))
        by_fold = account;
      if (g_str_equal (granary_account_get_uid (account), name_or_uid))
        by_uid = account;
    }

  if (by_fold != NULL)
    return granary_account_copy (by_fold);
  return by_uid != NULL ? granary_account_copy (by_uid) : NULL;
}

/**
 * granary_account_list_put:
 * @self: the list
 * @account: what to store; its uid tells whether it is a new one
 * @error: return location
 *
 * Adds an account, or replaces the one of the same uid, whose name may be another. What other
 * processes stored meanwhile stays. Credentials are not stored.
 *
 * Returns: whether it is on the disk; else %GRANARY_REASON_CONNECTION_NAME,
 *   %GRANARY_REASON_CONNECTION_EXISTS or a file's error
 */
gboolean
granary_account_list_put (GranaryAccountList  *self,
                          GranaryAccount      *account,
                          GError             **error)
{
  g_autofree char *folder = NULL;
  g_autofree char *content = NULL;
  g_autofree char *group = NULL;
  g_autoptr (GKeyFile) file = NULL;
  g_autofd int lock = -1;
  const char *name;

  g_return_val_if_fail (GRANARY_IS_ACCOUNT_LIST (self), FALSE);
  g_return_val_if_fail (GRANARY_IS_ACCOUNT (account), FALSE);
  g_return_val_if_fail (uid_is_valid (granary_account_get_uid (account)), FALSE);

  name = granary_account_get_name (account);
  if (!granary_account_name_check (name, error) ||
      !granary_account_region_check (granary_account_get_region (account), error))
    return FALSE;

  folder = g_path_get_dirname (self->path);
  lock = lock_folder (folder, error);
  if (lock < 0 || !read_file (self->path, &content, error))
    return FALSE;
  file = parse (self->path, content, error);
  if (file == NULL)
    return FALSE;

  group = find_group (file, granary_account_get_uid (account));
  if (name_is_taken (file, name, group))
    {
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_CONNECTION_EXISTS, name,
                         "a connection of this name exists");
      return FALSE;
    }
  if (group != NULL && !g_str_equal (group, name))
    {
      g_autofree char *captions = g_key_file_get_value (file, group, CAPTIONS_KEY, NULL);

      g_key_file_remove_group (file, group, NULL);
      if (captions != NULL)
        g_key_file_set_value (file, name, CAPTIONS_KEY, captions);
    }

  write_account (file, account);
  if (!write_file (self->path, file, error))
    return FALSE;

  file_changed_cb (self);
  return TRUE;
}

/**
 * granary_account_list_remove:
 * @self: the list
 * @uid: of an account
 * @error: return location
 *
 * Takes an account out. Its secret and its mirror are its owner's to remove.
 *
 * Returns: whether it is gone; one that was not there is %GRANARY_REASON_CONNECTION_MISSING
 */
gboolean
granary_account_list_remove (GranaryAccountList  *self,
                             const char          *uid,
                             GError             **error)
{
  g_autofree char *folder = NULL;
  g_autofree char *content = NULL;
  g_autofree char *group = NULL;
  g_autoptr (GKeyFile) file = NULL;
  g_autofd int lock = -1;

  g_return_val_if_fail (GRANARY_IS_ACCOUNT_LIST (self), FALSE);
  g_return_val_if_fail (uid != NULL, FALSE);

  folder = g_path_get_dirname (self->path);
  lock = lock_folder (folder, error);
  if (lock < 0 || !read_file (self->path, &content, error))
    return FALSE;
  file = parse (self->path, content, error);
  if (file == NULL)
    return FALSE;

  group = find_group (file, uid);
  if (group == NULL)
    {
      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_CONNECTION_MISSING, uid,
                         "no such connection");
      return FALSE;
    }

  g_key_file_remove_group (file, group, NULL);
  if (!write_file (self->path, file, error))
    return FALSE;

  file_changed_cb (self);
  return TRUE;
}

/**
 * granary_account_name_check:
 * @name: name for a connection, as typed
 * @error: return location
 *
 * A name has 1 to 60 letters of any script, digits, spaces, `_`, `-` and `.`, begins with a letter
 * or digit and does not end with a space: it is the name of a group in a key file and the value of
 * an option, and is told from a folder by having no `/`.
 *
 * Returns: whether it keeps the rule; else %GRANARY_REASON_CONNECTION_NAME
 */
gboolean
granary_account_name_check (const char  *name,
                            GError     **error)
{
  g_autofree char *shown = NULL;
  gboolean valid;
  gunichar last = 0;

  g_return_val_if_fail (name != NULL, FALSE);

  valid = *name != '\0' && g_utf8_validate (name, -1, NULL) &&
          g_utf8_strlen (name, -1) <= MAX_NAME_CHARS &&
          g_unichar_isalnum (g_utf8_get_char (name));
  for (const char *at = name; valid && *at != '\0'; at = g_utf8_next_char (at))
    {
      last = g_utf8_get_char (at);
      valid = g_unichar_isalnum (last) || g_unichar_ismark (last) ||
              (last < 128 && strchr (" _-.", (int) last) != NULL);
    }
  if (valid && last != ' ')
    return TRUE;

  shown = granary_display_path (name);
  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_CONNECTION_NAME, shown,
                     "“%s” cannot be the name of a connection", shown);
  return FALSE;
}

/**
 * granary_account_region_check:
 * @region: as typed
 * @error: return location
 *
 * Whether it could be a region: it becomes a part of host names. Which regions there are only the
 * service knows.
 *
 * Returns: whether it has the form of one; else %GRANARY_REASON_REGION_UNKNOWN
 */
gboolean
granary_account_region_check (const char  *region,
                              GError     **error)
{
  g_autofree char *shown = NULL;
  gsize length;
  gboolean valid;

  g_return_val_if_fail (region != NULL, FALSE);

  length = strlen (region);
  valid = length > 0 && length <= MAX_REGION_CHARS && g_ascii_islower (region[0]) &&
          region[length - 1] != '-';
  for (gsize i = 0; valid && i < length; i++)
    valid = g_ascii_islower (region[i]) || g_ascii_isdigit (region[i]) || region[i] == '-';
  if (valid)
    return TRUE;

  shown = granary_display_path (region);
  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_REGION_UNKNOWN, shown,
                     "“%s” cannot be a region", shown);
  return FALSE;
}

/**
 * granary_account_get_regions:
 *
 * Returns: (transfer none) (array zero-terminated=1): regions to choose from
 */
const char * const *
granary_account_get_regions (void)
{
  return regions;
}
