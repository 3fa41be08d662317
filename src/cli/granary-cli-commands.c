/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include <glib/gi18n-lib.h>

const GranaryCliCommand granary_cli_commands[] = {
  {
    "models",
    N_("[QUERY]"),
    N_("List the models"),
    N_("Lists the models whose name, description, tags, framework or files have the words of "
       "QUERY, and all of the tags."),
    granary_cli_models,
  },
  {
    "show",
    N_("MODEL[:vN]"),
    N_("Show a model and its versions"),
    N_("MODEL is a name, an id, or the beginning of an id that no other model has."),
    granary_cli_show,
  },
  {
    "import",
    N_("NAME --files PATH… | --task ID | --automl ID --scene SCENE | --cos cos://BUCKET/PREFIX/"),
    N_("Import files as a new model or version"),
    N_("Stores files and folders as the first version of a new model NAME, or, with --into, as "
       "the next version of a model. Framework and format are read from the files unless they "
       "are given. Of a single folder its content is stored, of several things each under its "
       "own name. With --task and --automl the files, framework, format and the metrics that were "
       "reported last are those of a task: of the platform, or a run in a folder of this computer, "
       "as “tasks” lists them. With --cos a cloud connection takes the files from object storage "
       "itself."),
    granary_cli_import,
  },
  {
    "tasks",
    N_("[QUERY|ID]"),
    N_("List what was trained, or show one task"),
    N_("Lists training tasks whose names have QUERY in them, the newest first: those of a cloud "
       "connection, or the training runs in the folders that were added in the window, or with "
       "--folder in those that are named. With the ID of a task, or the path of a run, shows what can be imported of "
       "it."),
    granary_cli_tasks,
  },
  {
    "upload",
    N_("MODEL:vN PATH…"),
    N_("Add files to a version, or replace some"),
    N_("Files of the same path and other content are replaced only with --replace; without it "
       "they are listed and nothing is changed."),
    granary_cli_upload,
  },
  {
    "download",
    N_("MODEL:vN FOLDER"),
    N_("Copy the files of a version into a folder"),
    N_("Makes a folder for the version inside FOLDER. Nothing is overwritten."),
    granary_cli_download,
  },
  {
    "tag",
    N_("MODEL [KEY=VALUE…]"),
    N_("Edit the tags of a model"),
    N_("Sets tags, removes some, and prints those that the model has then."),
    granary_cli_tag,
  },
  {
    "delete",
    N_("MODEL[:vN]"),
    N_("Delete a model or a version"),
    N_("Moves it to the trash; a cloud connection has none, and deletes it for good. Asks before "
       "it does so, unless --yes is given; without a terminal to ask on, --yes is needed. The "
       "number of a deleted version is not used again."),
    granary_cli_delete,
  },
  {
    "trash",
    N_("[restore ID | empty]"),
    N_("List, restore or empty the trash"),
    N_("Without a word it lists what was deleted. ID is as listed, or its beginning. What is "
       "emptied cannot be restored."),
    granary_cli_trash,
  },
  {
    "publish",
    N_("MODEL:vN"),
    N_("Make a version a running service"),
    N_("Runs the version as a model service and prints its name and address once it answers. Files "
       "that are uploaded later are not served until the service is updated. On this computer the "
       "code runs in a sandbox, without network and GPU unless they are allowed. If it fails, the "
       "end of its log is shown. Ctrl-C while it starts does not stop it. Where it costs money the "
       "price is shown and asked about."),
    granary_cli_publish,
  },
  {
    "services",
    N_("[MODEL[:vN]]"),
    N_("List the services"),
    N_("Lists the services, or those of a model or version, with what they do and where they are "
       "called."),
    granary_cli_services,
  },
  {
    "start",
    N_("SERVICE"),
    N_("Start a stopped service"),
    N_("Starts it with the files that it served before, and waits until it answers. SERVICE is its "
       "name, NAME/N for one of several in a group, or its id."),
    granary_cli_start,
  },
  {
    "stop",
    N_("SERVICE"),
    N_("Stop a service"),
    N_("Stops it once the requests that it works on are answered. Its address is kept."),
    granary_cli_stop,
  },
  {
    "update",
    N_("SERVICE"),
    N_("Make the present files of a version live"),
    N_("Lets the service go on with the files that its version has now."),
    granary_cli_update,
  },
  {
    "remove",
    N_("SERVICE"),
    N_("Remove a service"),
    N_("Stops it and forgets it. Asks before it does so, unless --yes is given; without a terminal "
       "to ask on, --yes is needed. The version stays."),
    granary_cli_remove,
  },
  {
    "logs",
    N_("SERVICE"),
    N_("Show what a service printed"),
    N_("Prints what is kept of the log of a service."),
    granary_cli_logs,
  },
  {
    "call",
    N_("SERVICE JSON|@FILE|-"),
    N_("Send a request to a service"),
    N_("Sends JSON as it is given, from a file, or from standard input, and prints the answer. "
       "Exits with 1 when the service answers with an error."),
    granary_cli_call,
  },
  {
    "inspect",
    N_("PATH… | cos://BUCKET/KEY…"),
    N_("Tell what model files are"),
    N_("Reads the headers of model files. Nothing is imported and nothing is run. Of objects in "
       "cloud storage, with -r CONNECTION, only the headers are fetched; an address that ends in / "
       "stands for everything below it."),
    granary_cli_inspect,
  },
  {
    "verify",
    N_("[MODEL[:vN]]"),
    N_("Check the stored files"),
    N_("Reads every file of the repository, a model or a version, and compares it with the "
       "catalogue. Exits with 1 if something is wrong."),
    granary_cli_verify,
  },
  {
    "connections",
    N_("[remove NAME]"),
    N_("List the cloud connections, or sign out of one"),
    N_("Signing out removes the key from the keyring. Nothing changes in the cloud."),
    granary_cli_connections,
  },
  {
    "connect",
    N_("NAME --region REGION"),
    N_("Add a cloud connection"),
    N_("Asks for SecretId and SecretKey, or reads them as lines of standard input, tries them, and "
       "keeps them in the keyring. A key in the environment (TENCENTCLOUD_SECRET_ID, "
       "TENCENTCLOUD_SECRET_KEY, TENCENTCLOUD_TOKEN) is used instead, and not kept."),
    granary_cli_connect,
  },
  {
    "refresh",
    N_("[MODEL|ID…]"),
    N_("Ask a cloud connection for its models"),
    N_("Brings the list of models, or the ones that are named, up to date. An id that is not in "
       "the list yet is added to it and asked for from then on."),
    granary_cli_refresh,
  },
  {
    "cos",
    N_("ls|get|put|rm cos://BUCKET/KEY…"),
    N_("List, fetch, send and delete objects"),
    N_("“cos ls [cos://BUCKET/PREFIX]” lists buckets or objects, “cos get cos://BUCKET/KEY [PATH]” "
       "fetches, “cos put PATH… cos://BUCKET/KEY” sends, and “cos rm cos://BUCKET/KEY…” deletes. "
       "What is there already with the same content is not moved again: a command that was "
       "interrupted goes on when it is given once more. A bucket of another region is written as "
       "BUCKET@REGION. Without -r the account and the region of the environment are used."),
    granary_cli_cos,
  },
  { NULL, NULL, NULL, NULL, NULL },
};
