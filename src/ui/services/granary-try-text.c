/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-try-text.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "granary-error.h"

static void
update_scheme (GtkSourceBuffer *buffer,
               GParamSpec      *pspec,
               AdwStyleManager *style)
{
  GtkSourceStyleScheme *scheme = gtk_source_style_scheme_manager_get_scheme (
    gtk_source_style_scheme_manager_get_default (),
    adw_style_manager_get_dark (style) ? "Adwaita-dark" : "Adwaita");

  if (scheme != NULL)
    gtk_source_buffer_set_style_scheme (buffer, scheme);
}

/**
 * granary_try_set_up_buffer:
 * @buffer: a new one
 *
 * Makes it one of JSON.
 */
void
granary_try_set_up_buffer (GtkSourceBuffer *buffer)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  GtkSourceLanguage *language;

  g_return_if_fail (GTK_SOURCE_IS_BUFFER (buffer));

  language = gtk_source_language_manager_get_language (
    gtk_source_language_manager_get_default (), "json");
  if (language != NULL)
    gtk_source_buffer_set_language (buffer, language);
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (update_scheme), buffer,
                           G_CONNECT_SWAPPED);
  update_scheme (buffer, NULL, style);
}

char *
granary_try_dup_text (GtkSourceBuffer *buffer)
{
  GtkTextIter start, end;

  g_return_val_if_fail (GTK_SOURCE_IS_BUFFER (buffer), NULL);

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (buffer), &start, &end);

  return gtk_text_buffer_get_text (GTK_TEXT_BUFFER (buffer), &start, &end, TRUE);
}

char *
granary_try_image_problem (GranaryCallImageProblem  problem,
                           const char              *name)
{
  g_autofree char *shown = granary_display_path (name);
  g_autofree char *size = g_format_size (GRANARY_CALL_IMAGE_MAX);

  switch (problem)
    {
    case GRANARY_CALL_IMAGE_EMPTY:
      return g_strdup_printf (_("“%s” is empty"), shown);

    case GRANARY_CALL_IMAGE_TOO_LARGE:
      /* Translators: a file and a size. */
      return g_strdup_printf (_("“%1$s” is larger than %2$s"), shown, size);

    case GRANARY_CALL_IMAGE_OTHER:
      return g_strdup_printf (_("“%s” is not an image"), shown);

    case GRANARY_CALL_IMAGE_GOOD:
    default:
      return NULL;
    }
}

char *
granary_try_call_problem (GranaryCallProblem problem,
                          int                line)
{
  switch (problem)
    {
    case GRANARY_CALL_EMPTY:
      return g_strdup (_("Write a JSON object, or drop an image here."));

    case GRANARY_CALL_NOT_OBJECT:
      return g_strdup (_("A service reads one JSON object, between “{” and “}”."));

    case GRANARY_CALL_SYNTAX:
      return g_strdup_printf (_("Line %d: this is not valid JSON."), line);

    case GRANARY_CALL_GOOD:
    default:
      return NULL;
    }
}

char *
granary_try_latency (gint64 latency)
{
  double ms = (double) latency / 1000;

  if (ms < 10)
    /* Translators: milliseconds that an answer took. */
    return g_strdup_printf (_("%.1f ms"), ms);
  if (ms < 10000)
    return g_strdup_printf (_("%.0f ms"), ms);

  /* Translators: seconds that an answer took. */
  return g_strdup_printf (_("%.1f s"), ms / 1000);
}

const char *
granary_try_status (guint status)
{
  switch (status)
    {
    case 400:
    case 422:
      return _("The service cannot use this request.");

    case 401:
    case 403:
      return _("The service did not accept the token.");

    case 404:
    case 405:
      return _("The service does not answer at this address.");

    case 408:
      return _("The request took too long to arrive.");

    case 413:
      return _("The request is larger than the service takes.");

    case 429:
      return _("The service gets too many requests. Try again later.");

    case 500:
      return _("The model failed on this request. The log says more.");

    case 502:
    case 503:
      return _("The service is busy or just starting. Try again.");

    case 504:
      return _("The model took too long.");

    default:
      return status >= 400 ? _("The service refused the request.") : NULL;
    }
}

char *
granary_try_service_name (const GranaryService *service)
{
  g_return_val_if_fail (service != NULL, NULL);

  if (service->number <= 0)
    return g_strdup (service->name);

  /* Translators: a service group, and the number of a service in it. */
  return g_strdup_printf (C_("service", "%1$s #%2$d"), service->name, service->number);
}
