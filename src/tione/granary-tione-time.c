/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-calls.h"

#define BEIJING_SECONDS (8 * 60 * 60)

/* Times as the services write them. Two digits at a fixed place; FALSE for anything else. */
static gboolean
read_digits (const char **at,
             guint        n_digits,
             int         *value)
{
  int sum = 0;

  for (guint i = 0; i < n_digits; i++)
    {
      if (!g_ascii_isdigit ((*at)[i]))
        return FALSE;
      sum = 10 * sum + g_ascii_digit_value ((*at)[i]);
    }

  *at += n_digits;
  *value = sum;
  return TRUE;
}

static gboolean
skip (const char **at,
      char         what)
{
  if (**at != what)
    return FALSE;

  (*at)++;
  return TRUE;
}

/* Microseconds of `.806284`; further digits are dropped. */
static gint64
read_fraction (const char **at)
{
  gint64 fraction = 0;
  gint64 unit = G_TIME_SPAN_SECOND / 10;

  if (**at != '.' || !g_ascii_isdigit ((*at)[1]))
    return 0;

  for ((*at)++; g_ascii_isdigit (**at); (*at)++)
    {
      fraction += unit * g_ascii_digit_value (**at);
      unit /= 10;
    }

  return fraction;
}

/* `Z`, `+08`, `+0800`, `+08:00`; nothing at all means Beijing time. */
static gboolean
read_zone (const char **at,
           int         *seconds)
{
  gboolean is_negative;
  int hours;
  int minutes = 0;

  if (**at == '\0')
    {
      *seconds = BEIJING_SECONDS;
      return TRUE;
    }
  if (skip (at, 'Z'))
    {
      *seconds = 0;
      return TRUE;
    }
  if (**at != '+' && **at != '-')
    return FALSE;

  is_negative = **at == '-';
  (*at)++;
  if (!read_digits (at, 2, &hours))
    return FALSE;
  if (skip (at, ':') || g_ascii_isdigit (**at))
    {
      if (!read_digits (at, 2, &minutes))
        return FALSE;
    }
  if (hours > 18 || minutes > 59)
    return FALSE;

  *seconds = (hours * 60 + minutes) * 60;
  if (is_negative)
    *seconds = -*seconds;
  return TRUE;
}

/* The name of the zone that some services add: ` UTC`, ` CST`. */
static void
skip_zone_name (const char **at)
{
  if (**at != ' ')
    return;

  (*at)++;
  while (g_ascii_isupper (**at))
    (*at)++;
}

/**
 * granary_tione_parse_time:
 * @text: (nullable): `2022-11-17 20:09:16` (Beijing time), `2022-09-29T03:17:24Z`,
 *   `2023-12-27T16:21:02+08:00`, `2025-05-28T18:18:33+08`,
 *   `2024-12-10 14:30:36.806284 +0000 UTC` or `2019-10-17 15:59:30 +0800 CST`
 * @time: (out): µs since the epoch
 *
 * Years before 1970 are how some services write that there is no time.
 *
 * Returns: whether it is one of them; %FALSE leaves @time alone
 */
gboolean
granary_tione_parse_time (const char *text,
                          gint64     *time)
{
  g_autoptr (GDateTime) moment = NULL;
  const char *at = text;
  int year;
  int month;
  int day;
  int hour;
  int minute;
  int second;
  int zone;
  gint64 fraction;

  g_return_val_if_fail (time != NULL, FALSE);

  if (text == NULL)
    return FALSE;
  if (!read_digits (&at, 4, &year) || !skip (&at, '-') ||
      !read_digits (&at, 2, &month) || !skip (&at, '-') ||
      !read_digits (&at, 2, &day) || !(skip (&at, 'T') || skip (&at, ' ')) ||
      !read_digits (&at, 2, &hour) || !skip (&at, ':') ||
      !read_digits (&at, 2, &minute) || !skip (&at, ':') ||
      !read_digits (&at, 2, &second))
    return FALSE;

  fraction = read_fraction (&at);
  skip (&at, ' ');
  if (!read_zone (&at, &zone))
    return FALSE;
  skip_zone_name (&at);
  if (*at != '\0' || year < 1970)
    return FALSE;

  /* A leap second counts as the one before. */
  moment = g_date_time_new_utc (year, month, day, hour, minute, MIN (second, 59));
  if (moment == NULL)
    return FALSE;

  *time = (g_date_time_to_unix (moment) - zone) * G_TIME_SPAN_SECOND + fraction;
  return TRUE;
}
