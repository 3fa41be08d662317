/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-crc64.h"

#include <lzma.h>

/* ECMA-182, reflected: bit 63 is the coefficient of x⁰. */
#define POLYNOMIAL G_GUINT64_CONSTANT (0xC96C5795D7870F42)

/* An operator on checksums, linear over GF(2): column i is what bit i becomes. */
typedef guint64 Matrix[64];

static guint64
matrix_apply (const guint64 *matrix,
              guint64        vector)
{
  guint64 sum = 0;

  for (; vector != 0; vector >>= 1, matrix++)
    {
      if ((vector & 1) != 0)
        sum ^= *matrix;
    }

  return sum;
}

static void
matrix_square (guint64       *square,
               const guint64 *matrix)
{
  for (guint i = 0; i < 64; i++)
    square[i] = matrix_apply (matrix, matrix[i]);
}

/**
 * granary_crc64_update:
 * @crc: of what came before; 0 at the beginning
 * @data: (array length=length): what follows
 * @length: its bytes
 *
 * Returns: the checksum of all of it
 */
guint64
granary_crc64_update (guint64     crc,
                      const void *data,
                      gsize       length)
{
  g_return_val_if_fail (data != NULL || length == 0, crc);

  return lzma_crc64 (data, length, crc);
}

/**
 * granary_crc64_combine:
 * @crc_a: checksum of A
 * @crc_b: checksum of B
 * @length_b: bytes of B
 *
 * Advances the checksum of A over as many zero bytes as B has, by repeated squaring of the operator
 * for one bit, and adds that of B: what is done to the initial and the final inversion cancels out.
 *
 * Returns: the checksum of A followed by B
 */
guint64
granary_crc64_combine (guint64 crc_a,
                       guint64 crc_b,
                       guint64 length_b)
{
  Matrix matrices[2];
  guint at = 0;

  if (length_b == 0)
    return crc_a;

  /* One zero bit: a shift to the right, and the polynomial for what falls out. */
  matrices[0][0] = POLYNOMIAL;
  for (guint i = 1; i < 64; i++)
    matrices[0][i] = G_GUINT64_CONSTANT (1) << (i - 1);

  /* Two bits, four bits, eight: one byte. */
  for (guint i = 0; i < 3; i++, at ^= 1)
    matrix_square (matrices[at ^ 1], matrices[at]);

  for (;;)
    {
      if ((length_b & 1) != 0)
        crc_a = matrix_apply (matrices[at], crc_a);
      length_b >>= 1;
      if (length_b == 0)
        break;
      matrix_square (matrices[at ^ 1], matrices[at]);
      at ^= 1;
    }

  return crc_a ^ crc_b;
}

/**
 * granary_crc64_parse:
 * @text: (nullable): value of `x-cos-hash-crc64ecma`: unsigned decimal digits
 * @crc: (out): the checksum
 *
 * Returns: whether @text is one
 */
gboolean
granary_crc64_parse (const char *text,
                     guint64    *crc)
{
  g_return_val_if_fail (crc != NULL, FALSE);

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, crc, NULL);
}
