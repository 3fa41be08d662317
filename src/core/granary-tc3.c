/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-tc3.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define ALGORITHM "TC3-HMAC-SHA256"
#define DIGEST_LENGTH 32

typedef struct
{
  char *name;  /* (owned) lower case */
  char *value; /* (owned) trimmed */
} Header;

static void
header_clear (gpointer data)
{
  Header *self = data;

  g_free (self->name);
  g_free (self->value);
}

static int
header_compare (gconstpointer a,
                gconstpointer b)
{
  return strcmp (((const Header *) a)->name, ((const Header *) b)->name);
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
sha256_hex (const char *data,
            gsize       length)
{
  guchar digest[DIGEST_LENGTH];
  unsigned int digest_length = sizeof digest;

  /* SHA-256 cannot fail on memory that is there. */
  if (EVP_Digest (data != NULL ? data : "", length, digest, &digest_length,
                  EVP_sha256 (), NULL) != 1)
    g_error ("SHA-256 is not available");

  return to_hex (digest);
}

static void
hmac (const void *key,
      gsize       key_length,
      const char *text,
      guchar     *digest)
{
  unsigned int digest_length = DIGEST_LENGTH;

  if (HMAC (EVP_sha256 (), key, (int) key_length, (const guchar *) text, strlen (text),
            digest, &digest_length) == NULL)
    g_error ("HMAC-SHA-256 is not available");
}

static char *
signature (const GranaryTc3Input *input,
           const char            *date,
           const char            *string_to_sign)
{
  g_autofree char *seed = g_strconcat ("TC3", input->secret_key, NULL);
  guchar digest[DIGEST_LENGTH];
  guchar key[DIGEST_LENGTH];
  char *hex;

  hmac (seed, strlen (seed), date, key);
  hmac (key, sizeof key, input->service, digest);
  hmac (digest, sizeof digest, "tc3_request", key);
  hmac (key, sizeof key, string_to_sign, digest);
  hex = to_hex (digest);

  OPENSSL_cleanse (seed, strlen (seed));
  OPENSSL_cleanse (key, sizeof key);

  return hex;
}

/* Sorted by name. The value of x-tc-action is signed in lower case, every other as it is sent. */
static GArray *
collect_headers (const char * const *headers)
{
  GArray *sorted = g_array_new (FALSE, FALSE, sizeof (Header));

  g_array_set_clear_func (sorted, header_clear);
  for (guint i = 0; headers[i] != NULL && headers[i + 1] != NULL; i += 2)
    {
      Header header = {
        .name = g_ascii_strdown (headers[i], -1),
        .value = g_strstrip (g_strdup (headers[i + 1])),
      };

      if (g_str_equal (header.name, "x-tc-action"))
        {
          g_autofree char *value = g_steal_pointer (&header.value);

          header.value = g_ascii_strdown (value, -1);
        }
      g_array_append_val (sorted, header);
    }
  g_array_sort (sorted, header_compare);

  return sorted;
}

/**
 * granary_tc3_sign:
 * @input: what is to be signed
 * @canonical: (out) (optional): the canonical request
 * @string_to_sign: (out) (optional): what the last key signs
 *
 * Source: signature method v3 of API 3.0 (TC3-HMAC-SHA256).
 *
 * Returns: (transfer full): value of the Authorization header
 */
char *
granary_tc3_sign (const GranaryTc3Input  *input,
                  char                  **canonical,
                  char                  **string_to_sign)
{
  g_autoptr (GArray) headers = NULL;
  g_autoptr (GDateTime) time = NULL;
  g_autoptr (GString) lines = NULL;
  g_autoptr (GString) names = NULL;
  g_autofree char *body_hash = NULL;
  g_autofree char *date = NULL;
  g_autofree char *request = NULL;
  g_autofree char *request_hash = NULL;
  g_autofree char *scope = NULL;
  g_autofree char *to_sign = NULL;
  g_autofree char *hex = NULL;
  char *authorization;

  g_return_val_if_fail (input != NULL, NULL);
  g_return_val_if_fail (input->secret_id != NULL && input->secret_key != NULL, NULL);
  g_return_val_if_fail (input->service != NULL && input->method != NULL, NULL);
  g_return_val_if_fail (input->headers != NULL, NULL);

  lines = g_string_new (NULL);
  names = g_string_new (NULL);
  headers = collect_headers (input->headers);
  for (guint i = 0; i < headers->len; i++)
    {
      const Header *header = &g_array_index (headers, Header, i);

      g_string_append_printf (lines, "%s:%s\n", header->name, header->value);
      g_string_append_printf (names, "%s%s", i > 0 ? ";" : "", header->name);
    }

  body_hash = sha256_hex (input->body, input->body_length);
  request = g_strdup_printf ("%s\n/\n%s\n%s\n%s\n%s", input->method,
                             input->query != NULL ? input->query : "",
                             lines->str, names->str, body_hash);
  request_hash = sha256_hex (request, strlen (request));

  time = g_date_time_new_from_unix_utc (input->timestamp);
  g_return_val_if_fail (time != NULL, NULL);
  date = g_date_time_format (time, "%Y-%m-%d");

  scope = g_strconcat (date, "/", input->service, "/tc3_request", NULL);
  to_sign = g_strdup_printf (ALGORITHM "\n%" G_GINT64_FORMAT "\n%s\n%s",
                             input->timestamp, scope, request_hash);
  hex = signature (input, date, to_sign);
  authorization = g_strconcat (ALGORITHM " Credential=", input->secret_id, "/", scope,
                               ", SignedHeaders=", names->str, ", Signature=", hex, NULL);

  if (canonical != NULL)
    *canonical = g_steal_pointer (&request);
  if (string_to_sign != NULL)
    *string_to_sign = g_steal_pointer (&to_sign);

  return authorization;
}
