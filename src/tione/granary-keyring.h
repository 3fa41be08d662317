/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-account.h"

G_BEGIN_DECLS

/* Keys of connections in the Secret Service. Item label "Granary: NAME", attributes: schema
 * io.github.granary.Granary.Key, connection uid; the secret is a JSON object with secret_id,
 * secret_key and token. Errors: KEY_MISSING, KEYRING_MISSING, KEYRING_LOCKED (prompt dismissed). */

void                granary_keyring_load_async    (GranaryAccount       *account,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
GranaryCredentials *granary_keyring_load_finish   (GAsyncResult         *result,
                                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void                granary_keyring_store_async   (GranaryAccount       *account,
                                                   GranaryCredentials   *credentials,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean            granary_keyring_store_finish  (GAsyncResult         *result,
                                                   GError              **error);
void                granary_keyring_remove_async  (GranaryAccount       *account,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean            granary_keyring_remove_finish (GAsyncResult         *result,
                                                   GError              **error);
/* What was typed as a key, without space around it. KEY_INCOMPLETE and KEY_MALFORMED, whose subject is
 * `SecretId`, `SecretKey` or `Token`. */
GranaryCredentials *granary_credentials_read      (const char           *secret_id,
                                                   const char           *secret_key,
                                                   const char           *token,
                                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* TENCENTCLOUD_SECRET_ID, _SECRET_KEY, _TOKEN, read once and taken out of the environment of this
 * process, so that no child gets them. NULL without error when they are not set. */
GranaryCredentials *granary_credentials_take_from_environment
                                                  (GError              **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
