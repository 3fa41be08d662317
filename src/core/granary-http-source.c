/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-http"

#include "config.h"

#include "granary-http-private.h"

#include "granary-error.h"

/*
 * What is sent as a body: exactly as many bytes of another stream as were announced. One that ends
 * before would leave server and client waiting for each other, and a fault of the disk must not be
 * taken for one of the network.
 */
#define GRANARY_TYPE_HTTP_SOURCE (granary_http_source_get_type ())
G_DECLARE_FINAL_TYPE (GranaryHttpSource, granary_http_source, GRANARY, HTTP_SOURCE, GInputStream)

struct _GranaryHttpSource
{
  GInputStream parent_instance;

  GInputStream *base;      /* (owned) */
  gint64        remaining; /* bytes */
};

G_DEFINE_FINAL_TYPE (GranaryHttpSource, granary_http_source, G_TYPE_INPUT_STREAM)

static gssize
granary_http_source_read (GInputStream  *stream,
                          void          *buffer,
                          gsize          count,
                          GCancellable  *cancellable,
                          GError       **error)
{
  GranaryHttpSource *self = GRANARY_HTTP_SOURCE (stream);
  g_autoptr (GError) cause = NULL;
  gssize n_read;

  if (self->remaining == 0)
    return 0;

  n_read = g_input_stream_read (self->base, buffer, (gsize) MIN ((gint64) count, self->remaining),
                                cancellable, &cause);
  if (n_read > 0)
    {
      self->remaining -= n_read;
      return n_read;
    }

  if (n_read == 0)
    granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_CHANGED, NULL,
                       "the source ends %" G_GINT64_FORMAT " bytes early", self->remaining);
  else if (cause->domain == GRANARY_ERROR || granary_error_is_cancelled (cause))
    g_propagate_error (error, g_steal_pointer (&cause));
  else
    granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_INPUT_OUTPUT, NULL,
                       "the source cannot be read: %s", cause->message);

  return -1;
}

static void
granary_http_source_finalize (GObject *object)
{
  GranaryHttpSource *self = GRANARY_HTTP_SOURCE (object);

  g_clear_object (&self->base);

  G_OBJECT_CLASS (granary_http_source_parent_class)->finalize (object);
}

static void
granary_http_source_class_init (GranaryHttpSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  object_class->finalize = granary_http_source_finalize;
  stream_class->read_fn = granary_http_source_read;
}

static void
granary_http_source_init (GranaryHttpSource *self)
{
}

/* @base stays open: it is the caller's. */
GInputStream *
granary_http_source_new (GInputStream *base,
                         gint64        length)
{
  GranaryHttpSource *self = g_object_new (GRANARY_TYPE_HTTP_SOURCE, NULL);

  self->base = g_object_ref (base);
  self->remaining = length;

  return G_INPUT_STREAM (self);
}
