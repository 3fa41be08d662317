/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-import-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json-edit.h"
#include "granary-tione-files-private.h"

/* The configuration of files that the platform took by itself is only in reach once it has them. */

#define CONFIG_FILE "config.json"
#define KEY "key"
#define MAX_BYTES (1024 * 1024)

/* The text of the object as it was when it was looked at, and nothing of one that changed since. */
static char *
read_text (GranaryTioneImport        *self,
           const GranaryObjectPlace  *at,
           const GranaryObject       *object,
           gsize                     *length,
           GError                   **error)
{
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autofree char *text = NULL;

  if (object->size > MAX_BYTES)
    {
      granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_OBJECT_TOO_LARGE,
                          at->key);
      return NULL;
    }

  response = granary_cos_client_get (self->place->cos, at, 0, -1, object->etag,
                                     self->cancellable, error);
  if (response == NULL)
    return NULL;

  text = g_malloc (MAX_BYTES + 1);
  if (!g_input_stream_read_all (granary_http_response_get_stream (response), text, MAX_BYTES + 1,
                                length, self->cancellable, error))
    return NULL;
  if (*length != (gsize) object->size)
    {
      granary_tione_fail (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_OBJECT_CHANGED, at->key);
      return NULL;
    }
  text[*length] = '\0';

  return g_steal_pointer (&text);
}

/* Writes only what is still the object that was read: there is no condition that a write of object
 * storage takes, so it is looked at once more. */
static gboolean
replace (GranaryTioneImport        *self,
         const GranaryObjectPlace  *at,
         const GranaryObject       *before,
         const char                *text,
         GError                   **error)
{
  g_autoptr (GranaryObject) now = NULL;
  g_autoptr (GranaryObject) stored = NULL;
  g_autoptr (GBytes) bytes = NULL;

  now = granary_cos_client_stat (self->place->cos, at, self->cancellable, error);
  if (now == NULL)
    return FALSE;
  if (now->size != before->size || g_strcmp0 (now->etag, before->etag) != 0)
    return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_OBJECT_CHANGED,
                               at->key);

  bytes = g_bytes_new (text, strlen (text));
  stored = granary_cos_client_put (self->place->cos, at, bytes, NULL, 0, self->cancellable, error);

  return stored != NULL;
}

static gboolean
set_key (GranaryTioneImport    *self,
         const GranaryVersion  *version,
         GError               **error)
{
  g_autoptr (GranaryObjectPlace) where = granary_tione_version_place (version, error);
  g_autoptr (GranaryObjectPlace) at = NULL;
  g_autoptr (GranaryObject) object = NULL;
  g_autofree char *text = NULL;
  g_autofree char *edited = NULL;
  g_autofree char *value = NULL;
  gsize length = 0;

  if (where == NULL)
    return FALSE;
  at = granary_tione_file_place (where, CONFIG_FILE);
  object = granary_cos_client_stat (self->place->cos, at, self->cancellable, error);
  if (object == NULL)
    return FALSE;
  text = read_text (self, at, object, &length, error);
  if (text == NULL)
    return FALSE;

  /* A run that was broken off may have done it. */
  value = granary_json_edit_get (text, (gssize) length, KEY, NULL);
  if (g_strcmp0 (value, self->request->config_key) == 0)
    return TRUE;
  edited = granary_json_edit_set (text, (gssize) length, KEY, self->request->config_key, error);

  return edited != NULL && replace (self, at, object, edited, error);
}

/* The version is there and whole either way: that its configuration was left as it is, is a warning
 * that says so. */
void
granary_tione_import_set_key (GranaryTioneImport    *self,
                              const GranaryVersion  *version)
{
  g_autofree char *subject = NULL;
  g_autoptr (GError) warning = NULL;
  g_autoptr (GError) error = NULL;

  if (self->is_sent || self->request->config_key == NULL || set_key (self, version, &error))
    return;

  subject = granary_tione_subject (self->name, version->number, CONFIG_FILE);
  granary_set_error (&warning, GRANARY_ERROR_BACKEND, GRANARY_REASON_CONFIG_KEPT, subject,
                     "%s keeps its key: %s", subject, error->message);
  granary_tione_take_details (warning, error);
  granary_transfer_add_warning (self->transfer, warning);
}
