/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wording"

#include "config.h"

#include "granary-wording-private.h"

#include <glib/gi18n-lib.h>

/* Where the reason is known. */
static const GranaryWordingRow reason_rows[GRANARY_N_REASONS] = {
  [GRANARY_REASON_NAME_EMPTY] = {
    N_("A model needs a name."),
    N_("Enter a name of up to 60 characters."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_NAME_TOO_LONG] = {
    N_("The name “%s” has more than 60 characters."),
    N_("Choose a shorter name."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_NAME_CHARACTER] = {
    N_("The name “%s” may only have Chinese characters, Latin letters, digits, “_” and “-”."),
    N_("Take out what does not belong there."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_NAME_FIRST_CHARACTER] = {
    N_("The name “%s” must begin with a Chinese character, a Latin letter or a digit."),
    N_("Choose another beginning."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_NAME_ENCODING] = {
    N_("The name “%s” is not valid UTF-8 text."),
    N_("Type the name again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_NAME_TAKEN] = {
    N_("There is already a model named “%s”."),
    N_("Choose another name, or import a new version of that model."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_NAME_AMBIGUOUS] = {
    N_("There are several models named “%s”."),
    N_("Name the one that is meant by its id."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },

  [GRANARY_REASON_TAG_KEY_EMPTY] = {
    N_("The tag “%s” has no key."),
    N_("Enter a key, such as “team” or “stage”."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TAG_KEY_TOO_LONG] = {
    N_("The tag key “%s” has more than 127 characters."),
    N_("Choose a shorter key."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TAG_VALUE_TOO_LONG] = {
    N_("The value of the tag “%s” has more than 255 characters."),
    N_("Choose a shorter value; a long text belongs in the description."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TAG_CHARACTER] = {
    N_("The tag “%s” holds a line break, another control character, or a “=” in its key."),
    N_("Take that character out."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TAG_SYNTAX] = {
    N_("“%s” is not a tag."),
    N_("Write a tag as key=value, such as stage=prod."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TAGS_TOO_MANY] = {
    N_("The tag “%s” is one too many: a model has at most 50 tags."),
    N_("Remove a tag that is no longer needed."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },

  [GRANARY_REASON_METRIC_SYNTAX] = {
    N_("“%s” is not a metric."),
    N_("Give each metric a name and a value, such as acc=0.973."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_METRIC_DUPLICATE] = {
    N_("The metric “%s” is there twice."),
    N_("Keep one of the two, or give them different names."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },

  [GRANARY_REASON_PATH_EMPTY] = {
    N_("A file has no name inside the version."),
    N_("Give it a name."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_ABSOLUTE] = {
    N_("The path “%s” begins with “/”, but paths in a version are relative."),
    N_("Leave out the “/” at the beginning."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_TRAVERSAL] = {
    N_("The path “%s” leads out of the version."),
    N_("Use a path without “.” and “..” parts."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_TOO_LONG] = {
    N_("The path “%s” is too long."),
    N_("Shorten the names of the file or of the folders that it is in."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_ENCODING] = {
    N_("The file name “%s” is not valid UTF-8 text."),
    N_("Rename the file and choose it again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_CONTROL_CHARACTER] = {
    N_("The file name “%s” holds a line break or another control character."),
    N_("Rename the file and choose it again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_DUPLICATE] = {
    N_("Two of the files would both be stored as “%s”."),
    N_("Leave one of them out, or rename it."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PATH_IS_FOLDER] = {
    N_("“%s” would be a file and a folder at the same time."),
    N_("Rename the file or the folder."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },

  [GRANARY_REASON_SOURCE_NONE] = {
    N_("There are no files to store."),
    N_("Choose at least one file, or a folder that has files in it."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_MISSING] = {
    N_("“%s” does not exist, or not any more."),
    N_("Look where it has gone, and choose it again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_UNREADABLE] = {
    N_("“%s” cannot be read."),
    N_("Check that you have permission to read it and that its disk is connected."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_SOURCE_SPECIAL] = {
    N_("“%s” is a device, pipe or socket, not a file."),
    N_("Leave it out: only files and folders can be stored."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_LINK_OUTSIDE] = {
    N_("“%s” is a link that leads out of the chosen folder."),
    N_("Choose the file that it points to, or put a copy of it in the folder."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_LINK_LOOP] = {
    N_("“%s” is a link that leads back to itself."),
    N_("Remove the link, or leave it out."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_LINK_BROKEN] = {
    N_("“%s” is a link to something that does not exist."),
    N_("Mend the link, or leave it out."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_TOO_DEEP] = {
    N_("“%s” is more than 64 folders deep."),
    N_("Choose a folder further down."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_TOO_MANY] = {
    N_("“%s” has more than a million files."),
    N_("Choose fewer files, or pack them into an archive."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_CHANGED] = {
    N_("“%s” was changed while it was being read."),
    N_("Wait until the program that writes it has finished, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_SOURCE_IN_REPOSITORY] = {
    N_("“%s” is stored in this repository, and cutting it would damage that."),
    N_("Copy it instead, or choose files from elsewhere."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SOURCE_NOT_REMOVED] = {
    N_("“%s” was stored, but could not be removed from where it was."),
    N_("Delete it there yourself if you do not need it any more."),
    GRANARY_WAY_OUT_NONE,
  },

  [GRANARY_REASON_WOULD_REPLACE] = {
    N_("“%s” is already in the version, with other content."),
    N_("Replace it, or use another name or folder."),
    GRANARY_WAY_OUT_REPLACE,
  },
  [GRANARY_REASON_TARGET_EXISTS] = {
    N_("“%s” already exists there."),
    N_("Choose another folder: nothing is overwritten."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },
  [GRANARY_REASON_TARGET_UNWRITABLE] = {
    N_("“%s” cannot be written to."),
    N_("Choose another folder."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },

  [GRANARY_REASON_NO_SPACE] = {
    N_("There is not enough room on the disk of “%s”."),
    N_("Empty the trash or make room on the disk, then try again."),
    GRANARY_WAY_OUT_EMPTY_TRASH,
  },
  [GRANARY_REASON_READ_ONLY] = {
    N_("The disk of “%s” can only be read."),
    N_("Use a disk that can be written to, or ask whoever looks after this one."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },
  [GRANARY_REASON_PERMISSION] = {
    N_("You do not have permission to use “%s”."),
    N_("Change its permissions, or choose something else."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_INPUT_OUTPUT] = {
    N_("“%s” could not be read or written: its disk reported a fault."),
    N_("Check that the disk is connected and healthy, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },

  [GRANARY_REASON_MODEL_MISSING] = {
    N_("There is no model “%s”."),
    N_("It may have been renamed or deleted: look in the list of models and in the trash."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_VERSION_MISSING] = {
    N_("There is no version “%s”."),
    N_("It may have been deleted: look at the versions of the model and in the trash."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_TRASH_MISSING] = {
    N_("“%s” is not in the trash."),
    N_("It was restored already, or the trash was emptied."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_VERSION_NOT_READY] = {
    N_("“%s” is not complete."),
    N_("Wait until its import has finished; if that failed, import its files again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_BUSY] = {
    N_("Something else is being done with “%s”."),
    N_("Wait until that has finished, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },

  [GRANARY_REASON_FILE_MISSING] = {
    N_("“%s” is gone from the folder of the repository."),
    N_("Put it back there, or upload it again."),
    GRANARY_WAY_OUT_VERIFY,
  },
  [GRANARY_REASON_FILE_CHANGED] = {
    N_("“%s” was changed outside Granary."),
    N_("Upload the right file again, or import a new version."),
    GRANARY_WAY_OUT_VERIFY,
  },
  [GRANARY_REASON_FILE_UNKNOWN] = {
    N_("“%s” was put into the folder of the repository by another program."),
    N_("Move it away, and upload it if it belongs to the version."),
    GRANARY_WAY_OUT_VERIFY,
  },

  [GRANARY_REASON_CATALOG_NEWER] = {
    N_("The catalogue “%s” was written by a newer Granary."),
    N_("Update Granary to open this repository; nothing in it was touched."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },
  [GRANARY_REASON_CATALOG_CORRUPT] = {
    N_("The catalogue “%s” is damaged."),
    N_("Put back a copy of it from a backup; the files of the models still stand beside it, in "
       "the folder “models”."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },
  [GRANARY_REASON_CATALOG_LOCKED] = {
    N_("Another program holds the catalogue “%s”."),
    N_("Wait until it has finished, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_CATALOG_READ_ONLY] = {
    N_("The catalogue “%s” can only be read."),
    N_("Change the permissions of its folder, or use another repository."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },
  [GRANARY_REASON_REPOSITORY_GONE] = {
    N_("The repository is not at “%s” any more."),
    N_("Connect its disk again, or open it where it is now."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },
  [GRANARY_REASON_REPOSITORY_UNUSABLE] = {
    N_("“%s” cannot be used as a repository."),
    N_("Choose an empty folder, or one that already is a repository."),
    GRANARY_WAY_OUT_CHOOSE_FOLDER,
  },

  [GRANARY_REASON_JSON_SYNTAX] = {
    N_("“%s” is not valid JSON."),
    N_("Correct it in an editor, or create it from the template."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_JSON_NOT_OBJECT] = {
    N_("“%s” does not hold a JSON object."),
    N_("Put its settings between “{” and “}”, or create it from the template."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PYTHON_IMPLAUSIBLE] = {
    N_("“%s” does not look like Python code."),
    N_("Correct it in an editor, or create it from the template."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_FORMAT_UNREADABLE] = {
    N_("“%s” breaks the rules of its file format."),
    N_("It may be cut short: copy or export it again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },

  [GRANARY_REASON_HOST_UNREACHABLE] = {
    N_("“%s” cannot be reached."),
    N_("Check the network and the proxy, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_NO_ANSWER_IN_TIME] = {
    N_("“%s” did not answer in time."),
    N_("The network may be slow: try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_CONNECTION_BROKEN] = {
    N_("The connection to “%s” broke off."),
    N_("What has arrived is kept: try again to go on from there."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_CERTIFICATE_INVALID] = {
    N_("“%s” could not prove that it is who it claims to be: its certificate is not valid."),
    N_("Check the address and the clock of this computer; nothing was sent."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_REDIRECTED] = {
    N_("“%s” sent the request on to another address, which is not followed."),
    N_("Check the region and the address of the connection; a network log-in page may be in the "
       "way."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_OFFLINE] = {
    N_("“%s” is offline."),
    N_("Models can be looked at as they were last seen; try this again when there is a "
       "connection."),
    GRANARY_WAY_OUT_RETRY,
  },

  [GRANARY_REASON_RESPONSE_MALFORMED] = {
    N_("The answer to “%s” could not be understood."),
    N_("Try again; a proxy or log-in page may have answered instead of the service."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_RESPONSE_TOO_LARGE] = {
    N_("The answer to “%s” is larger than any that makes sense, and was not read to its end."),
    N_("Check the address of the connection."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_SERVICE_BUSY] = {
    N_("The service has too many requests to do “%s” now."),
    N_("Wait a moment, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_SERVICE_FAILED] = {
    N_("The service had a fault of its own in “%s”."),
    N_("Try again later; the details name the request for the support of the service."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_CALL_REFUSED] = {
    N_("The service refused “%s”."),
    N_("The details tell what it said."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_CALL_WITHDRAWN] = {
    N_("The service does not offer “%s” to this account."),
    N_("Use another way: add a model by its id, or enter the value yourself."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_OUTCOME_UNKNOWN] = {
    N_("The connection broke off while “%s” was under way, and it is not known whether it was "
       "done."),
    N_("Refresh and look before you do it again."),
    GRANARY_WAY_OUT_NONE,
  },

  [GRANARY_REASON_KEY_MISSING] = {
    N_("No key is stored for “%s”."),
    N_("Enter the SecretId and the SecretKey of the account."),
    GRANARY_WAY_OUT_CHANGE_KEY,
  },
  [GRANARY_REASON_KEY_INCOMPLETE] = {
    N_("“%s” is missing: the parts of a key belong together."),
    N_("Enter all of it: SecretId, SecretKey, and the token of a temporary key."),
    GRANARY_WAY_OUT_CHANGE_KEY,
  },
  [GRANARY_REASON_KEY_MALFORMED] = {
    N_("“%s” has characters that no key has."),
    N_("Copy it again, without anything before or after it."),
    GRANARY_WAY_OUT_CHANGE_KEY,
  },
  [GRANARY_REASON_KEY_UNKNOWN] = {
    N_("The SecretId of “%s” does not exist, or was disabled."),
    N_("Copy it again from the account’s list of API keys."),
    GRANARY_WAY_OUT_CHANGE_KEY,
  },
  [GRANARY_REASON_KEY_WRONG] = {
    N_("The SecretKey of “%s” does not belong to its SecretId."),
    N_("Copy it again from the account’s list of API keys."),
    GRANARY_WAY_OUT_CHANGE_KEY,
  },
  [GRANARY_REASON_TOKEN_EXPIRED] = {
    N_("The temporary key of “%s” has expired."),
    N_("Enter a new one with its token."),
    GRANARY_WAY_OUT_CHANGE_KEY,
  },
  [GRANARY_REASON_CLOCK_SKEWED] = {
    N_("The clock of this computer is more than five minutes off, and “%s” refuses the "
       "signature."),
    N_("Set date and time, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_ACTION_FORBIDDEN] = {
    N_("The account does not have the permission “%s”."),
    N_("Ask its administrator to grant it in Cloud Access Management."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_REGION_UNKNOWN] = {
    N_("The service is not offered in the region “%s”."),
    N_("Choose another region."),
    GRANARY_WAY_OUT_CHANGE_KEY,
  },
  [GRANARY_REASON_BALANCE_LOW] = {
    N_("The balance of the account does not allow “%s”."),
    N_("Top the account up, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_KEYRING_MISSING] = {
    N_("There is no password service on this computer to keep the key of “%s”."),
    N_("Install GNOME Keyring or another Secret Service; on the command line the key can come "
       "from the environment."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_KEYRING_LOCKED] = {
    N_("The keyring with the key of “%s” is locked."),
    N_("Unlock it, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_CONNECTION_MISSING] = {
    N_("There is no connection “%s”."),
    N_("Look at the list of connections, or add it."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_CONNECTION_NAME] = {
    N_("“%s” cannot be the name of a connection."),
    N_("Use up to 60 letters, digits, spaces, “_”, “-” and “.”, and no “/”."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_CONNECTION_EXISTS] = {
    N_("There is already a connection “%s”."),
    N_("Choose another name, or remove the other one first."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_CONNECTIONS_UNREADABLE] = {
    N_("The list of connections, “%s”, cannot be understood."),
    N_("Correct it in an editor, or move it away to begin a new one; the keys are not in it."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_ENDPOINT_INVALID] = {
    N_("“%s” is not an address of a service."),
    N_("Write it as https://HOST or http://HOST:PORT, without a path; that of COS may hold "
       "{bucket} and {region}."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },

  [GRANARY_REASON_BUCKET_MISSING] = {
    N_("The bucket of “%s” does not exist in this region, or not any more."),
    N_("Check its name and region; the name ends with the number of the account."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_BUCKET_NAME] = {
    N_("“%s” is not the name of a bucket."),
    N_("Write it with the number of the account at its end, such as models-1250000000."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_OBJECT_MISSING] = {
    N_("There is no object “%s” in the storage."),
    N_("It may have been deleted or renamed: refresh and look again."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_OBJECT_CHANGED] = {
    N_("“%s” was changed in the storage while it was being read."),
    N_("Try again to get it as it is now."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_OBJECT_ARCHIVED] = {
    N_("“%s” is archived and cannot be read at once."),
    N_("Restore it in the console of COS first; that can take hours."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_OBJECT_TOO_LARGE] = {
    N_("“%s” is larger than the storage allows."),
    N_("An object can have 48.82 TB, in parts of at most 5 GB: split the file."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_OBJECT_KEY] = {
    N_("“%s” cannot be the key of an object."),
    N_("A key has at most 850 bytes, no “/” at its beginning, no “..” parts and no control "
       "characters: rename the file."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_UPLOAD_VANISHED] = {
    N_("The storage no longer knows the upload of “%s” that was under way."),
    N_("Try again: it starts anew."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_CRC_MISMATCH] = {
    N_("“%s” was damaged on its way: the checksums differ."),
    N_("Try again; the damaged copy is not used."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_STORAGE_UNSET] = {
    N_("No bucket is chosen for the files that are uploaded to “%s”."),
    N_("Choose one in the settings of the connection."),
    GRANARY_WAY_OUT_CHANGE_KEY,
  },

  [GRANARY_REASON_ENVIRONMENT_UNSET] = {
    N_("“%s” needs a runtime environment, and the platform offers none that fits its framework."),
    N_("Enter the address of a container image."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_IMPORT_REFUSED] = {
    N_("The platform could not import “%s”."),
    N_("The details tell what it said; import it again once that is mended."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_CLOUD_CANNOT] = {
    N_("The platform has no way to change this of “%s”."),
    N_("Only tags and files can change there: import a new version for anything else."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_NO_TRASH] = {
    N_("“%s” has no trash: what is deleted there is gone."),
    N_("Import it again if you still have its files."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_FILES_UNKNOWN] = {
    N_("The platform does not tell where the files of “%s” are."),
    N_("Refresh, or look at the version in the console of TI-ONE."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_TAG_SYSTEM] = {
    N_("The tag “%s” belongs to the platform and cannot be changed."),
    N_("Keys that begin with qcloud, tencent or project are reserved: use another key."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TAG_REJECTED] = {
    N_("The tag service did not accept “%s”."),
    N_("The details tell what it said; the other tags were stored."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TASK_MISSING] = {
    N_("The task “%s” does not exist, or not any more."),
    N_("Check its id, or choose another task."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TASK_UNREADABLE] = {
    N_("“%s” cannot be understood."),
    N_("Choose another task, or import its files by hand."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TASK_NEWER] = {
    N_("“%s” was written by a newer MLflow than Granary knows."),
    N_("Update Granary, or import the files by hand."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_TASK_BUSY] = {
    N_("Another program is writing to “%s”."),
    N_("Wait until it is done, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_TASK_EMPTY] = {
    N_("The task “%s” has left nothing to import."),
    N_("Wait until it has finished, or choose another task."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TASK_ELSEWHERE] = {
    N_("The outputs are not on this computer but at “%s”."),
    N_("Download them, then import the files by hand."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TASK_FOLDER] = {
    N_("“%s” cannot be searched for training runs."),
    N_("Check that it is a folder that you may read, or choose another one."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_TASKS_NOT_LISTED] = {
    N_("The platform has no list of the tasks of “%s”."),
    N_("Enter the id of the task: the console of TI-ONE shows it."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_TASKS_TOO_MANY] = {
    N_("“%s” holds more training runs than can be listed."),
    N_("Search for a name, or add the folder of a single experiment."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_METRICS_UNAVAILABLE] = {
    N_("The platform does not tell the metrics of “%s”."),
    N_("Enter them by hand: the task’s page in the console of TI-ONE shows them."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_REGISTRY_UNAVAILABLE] = {
    N_("The registry “%s” cannot be opened."),
    N_("Check in the console that it is running, or enter the address of the image."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_IMAGE_ADDRESS] = {
    N_("“%s” is not the address of an image."),
    N_("Enter it as registry.example.com/namespace/repository:tag."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_CONFIG_KEPT] = {
    N_("“%s” did not get its key."),
    N_("The version was imported. Open its configuration in the details and enter the key there."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_SERVICE_MISSING] = {
    N_("There is no service “%s”."),
    N_("Look at the list of services, or refresh it."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_SERVICE_AMBIGUOUS] = {
    N_("Several services are called “%s”."),
    N_("Name the one you mean by its id."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SERVICE_NAME_INVALID] = {
    N_("“%s” cannot be the name of a service."),
    N_("Use up to 60 Latin letters, digits, “_” and “-”, beginning with a letter or digit."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SERVICE_NAME_TAKEN] = {
    N_("There is a service group “%s” already."),
    N_("Add a version to that group, or enter another name."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SERVICE_VERSION_DELETED] = {
    N_("The version that “%s” serves was deleted, so it cannot be started again."),
    N_("Restore the version from the trash where there is one, or publish another version."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_SERVICE_STATE] = {
    N_("“%s” cannot do that in its present state."),
    N_("Wait until it runs or has stopped, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_SERVICE_NOT_RUNNING] = {
    N_("“%s” does not run, so it cannot answer."),
    N_("Start it, then try again."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_SERVICE_START_FAILED] = {
    N_("“%s” could not be started."),
    N_("Look at its log for the cause."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_SERVICE_NO_ADDRESS] = {
    N_("“%s” has no address that can be called from here."),
    N_("Look at its calling information in the console."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_SERVICE_LOG_ELSEWHERE] = {
    N_("The log of “%s” cannot be read from here."),
    N_("Look at it in the console."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_SERVICE_UNTOLD] = {
    N_("The platform does not say what becomes of “%s”."),
    N_("Look at it in the console, or have the account allowed to look at services "
       "(DescribeModelService)."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_SUPERVISOR_UNREACHABLE] = {
    N_("The program that runs the services of “%s” does not answer."),
    N_("Try again; if it goes on, close all windows of Granary and end granary-serviced."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_REASON_SUPERVISOR_OTHER] = {
    N_("The services of “%s” are run by another version of Granary."),
    N_("Close its windows and stop its services, then try again."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_SANDBOX_MISSING] = {
    N_("“%s” cannot be run in a sandbox: bubblewrap is not installed or may not be used."),
    N_("Install bubblewrap, or allow this service to run without a sandbox. Then its "
       "code can read and change your files."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_HANDLER_MISSING] = {
    N_("“%s” has nothing that can be served: no model_service.py and no single ONNX file."),
    N_("Upload a model_service.py or an ONNX file to it."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_REQUIREMENTS_UNMET] = {
    N_("Packages that requirements.txt asks for are not installed: %s."),
    N_("Let them be installed for this service, or choose another Python."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_PYTHON_MISSING] = {
    N_("There is no Python that can be run at “%s”."),
    N_("Choose another Python."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SPEC_UNSET] = {
    N_("No computing resource is chosen for “%s”."),
    N_("Choose an instance type or a resource group."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SPEC_SOLD_OUT] = {
    N_("“%s” is sold out at the moment."),
    N_("Choose another instance type, or try again later."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PRICE_UNCONFIRMED] = {
    N_("The price of %s has not been confirmed."),
    N_("Confirm it in the publish dialog, or with --accept-price."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_PRICE_UNKNOWN] = {
    N_("The price of “%s” could not be asked for."),
    N_("Look it up in the console; it is charged by the hour."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_REQUEST_NOT_JSON] = {
    N_("The request “%s” is not valid JSON."),
    N_("Correct it, then send it again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_REASON_SDK_UNAVAILABLE] = {
    N_("“%s” has no SDK to download."),
    N_("SDKs come with object detection and image classification of automatic learning."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_REASON_SDK_FORBIDDEN] = {
    N_("The SDK lies in a bucket of the platform that your key may not read: “%s”."),
    N_("Download it in the console, or with COSBrowser."),
    GRANARY_WAY_OUT_NONE,
  },
};

/* Where only the kind of failure is. */
static const GranaryWordingRow code_rows[GRANARY_N_ERRORS] = {
  [GRANARY_ERROR_NETWORK] = {
    N_("The network did not answer for “%s”."),
    N_("Check the connection, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_ERROR_AUTH_REQUIRED] = {
    N_("No key is known that opens “%s”."),
    N_("Enter the key of the account."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_ERROR_AUTH_REJECTED] = {
    N_("The key of the account was not accepted for “%s”."),
    N_("Enter the key again, or make a new one."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_ERROR_FORBIDDEN] = {
    N_("The account may not do this with “%s”."),
    N_("Ask its administrator for the permission."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_ERROR_NOT_FOUND] = {
    N_("“%s” does not exist, or not any more."),
    N_("Check that the name is right, then try again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_ERROR_CONFLICT] = {
    N_("Something else is in the way of “%s”."),
    N_("Wait a moment, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_ERROR_QUOTA] = {
    N_("There is not enough room for “%s”."),
    N_("Empty the trash or make room, then try again."),
    GRANARY_WAY_OUT_EMPTY_TRASH,
  },
  [GRANARY_ERROR_CHECKSUM] = {
    N_("The content of “%s” is not what it should be."),
    N_("Try again; if it happens once more, verify the repository."),
    GRANARY_WAY_OUT_VERIFY,
  },
  [GRANARY_ERROR_INVALID_INPUT] = {
    N_("“%s” cannot be used here."),
    N_("Correct it, then try again."),
    GRANARY_WAY_OUT_CHANGE_INPUT,
  },
  [GRANARY_ERROR_BAD_RESPONSE] = {
    N_("The answer about “%s” could not be understood."),
    N_("Try again later, or update Granary."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_ERROR_UNSUPPORTED] = {
    N_("This cannot be done with “%s” here."),
    N_("Try it with another repository or on another disk."),
    GRANARY_WAY_OUT_NONE,
  },
  [GRANARY_ERROR_FILE] = {
    N_("“%s” could not be read or written."),
    N_("Check its permissions and its disk, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_ERROR_BACKEND] = {
    N_("The service failed on “%s”."),
    N_("Try again later."),
    GRANARY_WAY_OUT_RETRY,
  },
  [GRANARY_ERROR_DATABASE] = {
    N_("The catalogue could not be read or written for “%s”."),
    N_("Check its disk, then try again."),
    GRANARY_WAY_OUT_RETRY,
  },
};

static const GranaryWordingRow cancelled_row = {
  N_("The work on “%s” was cancelled."),
  N_("Start it again when you are ready."),
  GRANARY_WAY_OUT_RETRY,
};

/* Errors of other domains: they bring their own, already translated, message. */
static const GranaryWordingRow foreign_row = {
  NULL,
  N_("Try again."),
  GRANARY_WAY_OUT_RETRY,
};

/*
 * granary_wording_find_row:
 * @error: of any domain
 *
 * Returns: (transfer none): the row of its reason, else of its code; never %NULL
 */
const GranaryWordingRow *
granary_wording_find_row (const GError *error)
{
  GranaryReason reason = granary_error_get_reason (error);

  if (granary_error_is_cancelled (error))
    return &cancelled_row;

  if (error->domain != GRANARY_ERROR)
    return &foreign_row;

  if (reason > GRANARY_REASON_NONE && reason < GRANARY_N_REASONS &&
      reason_rows[reason].why != NULL)
    return &reason_rows[reason];

  if (error->code >= 0 && error->code < GRANARY_N_ERRORS)
    return &code_rows[error->code];

  return &foreign_row;
}
