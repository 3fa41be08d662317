/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-signer.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define DIGEST_LENGTH 20

typedef struct
{
  char *name;  /* (owned) encoded, lower case */
  char *value; /* (owned) encoded */
} Pair;

static void
pair_clear (gpointer data)
{
  Pair *self = data;

  g_free (self->name);
  g_free (self->value);
}

static int
pair_compare (gconstpointer a,
              gconstpointer b)
{
  return strcmp (((const Pair *) a)->name, ((const Pair *) b)->name);
}

static char *
to_hex (const guchar *digest)
{
  GString *hex = g_string_sized_new (2 * DIGEST_LENGTH);

  for (guint i = 0; i < DIGEST_LENGTH; i++)
    g_string_append_printf (hex, "%02x", digest[i]);

  return g_string_free (hex, FALSE);
}

static char *
sha1_hex (const char *text)
{
  guchar digest[DIGEST_LENGTH];
  unsigned int digest_length = sizeof digest;

  if (EVP_Digest (text, strlen (text), digest, &digest_length, EVP_sha1 (), NULL) != 1)
    g_error ("SHA-1 is not available");

  return to_hex (digest);
}

static char *
hmac_hex (const char *key,
          const char *text)
{
  guchar digest[DIGEST_LENGTH];
  unsigned int digest_length = sizeof digest;

  if (HMAC (EVP_sha1 (), key, (int) strlen (key), (const guchar *) text, strlen (text),
            digest, &digest_length) == NULL)
    g_error ("HMAC-SHA-1 is not available");

  return to_hex (digest);
}

/* Sorted by encoded name: as `n1=v1&n2=v2`, the names alone as `n1;n2` in @list. */
static char *
collect (const char * const  *pairs,
         char               **list)
{
  g_autoptr (GArray) sorted = g_array_new (FALSE, FALSE, sizeof (Pair));
  GString *names = g_string_new (NULL);
  GString *text = g_string_new (NULL);

  g_array_set_clear_func (sorted, pair_clear);
  for (guint i = 0; pairs != NULL && pairs[i] != NULL && pairs[i + 1] != NULL; i += 2)
    {
      g_autofree char *name = granary_cos_encode (pairs[i]);
      Pair pair = {
        .name = g_ascii_strdown (name, -1),
        .value = granary_cos_encode (pairs[i + 1]),
      };

      g_array_append_val (sorted, pair);
    }
  g_array_sort (sorted, pair_compare);

  for (guint i = 0; i < sorted->len; i++)
    {
      const Pair *pair = &g_array_index (sorted, Pair, i);

      g_string_append_printf (text, "%s%s=%s", i > 0 ? "&" : "", pair->name, pair->value);
      g_string_append_printf (names, "%s%s", i > 0 ? ";" : "", pair->name);
    }

  *list = g_string_free (names, FALSE);
  return g_string_free (text, FALSE);
}

static char *
sign (const GranaryCosSignInput  *input,
      const char                 *separator,
      char                      **http_string)
{
  g_autofree char *headers = NULL;
  g_autofree char *header_list = NULL;
  g_autofree char *parameters = NULL;
  g_autofree char *parameter_list = NULL;
  g_autofree char *method = NULL;
  g_autofree char *time = NULL;
  g_autofree char *http = NULL;
  g_autofree char *http_hash = NULL;
  g_autofree char *to_sign = NULL;
  g_autofree char *sign_key = NULL;
  g_autofree char *signature = NULL;
  g_auto (GStrv) names = NULL;
  g_autofree char *listed = NULL;
  char *authorization;

  method = g_ascii_strdown (input->method, -1);
  parameters = collect (input->parameters, &parameter_list);
  headers = collect (input->headers, &header_list);
  time = g_strdup_printf ("%" G_GINT64_FORMAT ";%" G_GINT64_FORMAT, input->start, input->end);

  http = g_strdup_printf ("%s\n/%s\n%s\n%s\n", method, input->key, parameters, headers);
  http_hash = sha1_hex (http);
  to_sign = g_strdup_printf ("sha1\n%s\n%s\n", time, http_hash);
  sign_key = hmac_hex (input->secret_key, time);
  signature = hmac_hex (sign_key, to_sign);
  OPENSSL_cleanse (sign_key, strlen (sign_key));

  names = g_strsplit (parameter_list, ";", -1);
  listed = g_strjoinv (separator, names);
  authorization = g_strconcat ("q-sign-algorithm=sha1&q-ak=", input->secret_id,
                               "&q-sign-time=", time, "&q-key-time=", time,
                               "&q-header-list=", header_list,
                               "&q-url-param-list=", listed,
                               "&q-signature=", signature, NULL);
  if (http_string != NULL)
    *http_string = g_steal_pointer (&http);

  return authorization;
}

static gboolean
is_complete (const GranaryCosSignInput *input)
{
  return input != NULL && input->secret_id != NULL && input->secret_key != NULL &&
         input->method != NULL && input->key != NULL;
}

/**
 * granary_cos_sign:
 * @input: what is to be signed
 * @http_string: (out) (optional): the canonical form of the request
 *
 * Source: request signature of the COS XML API (`q-sign-algorithm=sha1`).
 *
 * Returns: (transfer full): value of the Authorization header
 */
char *
granary_cos_sign (const GranaryCosSignInput  *input,
                  char                      **http_string)
{
  g_return_val_if_fail (is_complete (input), NULL);

  return sign (input, ";", http_string);
}

/**
 * granary_cos_presign:
 * @input: what the URL is to allow; of its headers only those that the later sender sends as well
 * @base: the bucket's address, without a slash at the end
 * @token: (nullable): of a temporary key
 *
 * A URL that works for everyone who has it until @input's end: it is a secret.
 *
 * Returns: (transfer full): the URL
 */
char *
granary_cos_presign (const GranaryCosSignInput *input,
                     const char                *base,
                     const char                *token)
{
  g_autofree char *key = NULL;
  g_autofree char *authorization = NULL;
  GString *url;

  g_return_val_if_fail (is_complete (input), NULL);
  g_return_val_if_fail (base != NULL, NULL);

  key = granary_cos_encode_key (input->key);
  /* Several names in the list are parted by an encoded semicolon, unlike in the header. */
  authorization = sign (input, "%3B", NULL);

  url = g_string_new (base);
  g_string_append_printf (url, "/%s?%s", key, authorization);
  if (token != NULL)
    {
      g_autofree char *encoded = granary_cos_encode (token);

      g_string_append_printf (url, "&x-cos-security-token=%s", encoded);
    }
  for (guint i = 0; input->parameters != NULL && input->parameters[i] != NULL &&
                    input->parameters[i + 1] != NULL; i += 2)
    {
      g_autofree char *name = granary_cos_encode (input->parameters[i]);
      g_autofree char *value = granary_cos_encode (input->parameters[i + 1]);

      g_string_append_printf (url, "&%s=%s", name, value);
    }

  return g_string_free (url, FALSE);
}

/**
 * granary_cos_encode_key:
 * @key: a key, decoded
 *
 * Returns: (transfer full): @key as it stands in a URL's path: `A-Z a-z 0-9 - _ . ~ /` stay
 */
char *
granary_cos_encode_key (const char *key)
{
  g_return_val_if_fail (key != NULL, NULL);

  return g_uri_escape_string (key, "/", FALSE);
}

/**
 * granary_cos_encode:
 * @text: name or value of a parameter or header, decoded
 *
 * Returns: (transfer full): @text percent-encoded: `A-Z a-z 0-9 - _ . ~` stay
 */
char *
granary_cos_encode (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  return g_uri_escape_string (text, NULL, FALSE);
}
