/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-http"

#include "config.h"

#include "granary-http-private.h"

/*
 * Where a host is, for connections that several threads open at the same time.
 *
 * A GNetworkAddress keeps the addresses it found in a list without a lock, and libsoup has one of
 * them for all connections to a host: threads that connect together free each other's list. Here
 * each connection asks an address of its own. It stays a GNetworkAddress, since TLS takes the name
 * that the certificate must have from it.
 */
#define GRANARY_TYPE_HTTP_ADDRESS (granary_http_address_get_type ())
G_DECLARE_FINAL_TYPE (GranaryHttpAddress, granary_http_address, GRANARY, HTTP_ADDRESS,
                      GNetworkAddress)

struct _GranaryHttpAddress
{
  GNetworkAddress parent_instance;
};

static void granary_http_address_connectable_init (GSocketConnectableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryHttpAddress, granary_http_address, G_TYPE_NETWORK_ADDRESS,
  G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE, granary_http_address_connectable_init))

static GSocketConnectable *
make_own_address (GSocketConnectable *connectable)
{
  GNetworkAddress *address = G_NETWORK_ADDRESS (connectable);

  return g_object_new (G_TYPE_NETWORK_ADDRESS,
                       "hostname", g_network_address_get_hostname (address),
                       "port", (guint) g_network_address_get_port (address),
                       "scheme", g_network_address_get_scheme (address),
                       NULL);
}

static GSocketAddressEnumerator *
granary_http_address_enumerate (GSocketConnectable *connectable)
{
  g_autoptr (GSocketConnectable) own = make_own_address (connectable);

  return g_socket_connectable_enumerate (own);
}

static GSocketAddressEnumerator *
granary_http_address_proxy_enumerate (GSocketConnectable *connectable)
{
  g_autoptr (GSocketConnectable) own = make_own_address (connectable);

  return g_socket_connectable_proxy_enumerate (own);
}

static void
granary_http_address_connectable_init (GSocketConnectableIface *iface)
{
  iface->enumerate = granary_http_address_enumerate;
  iface->proxy_enumerate = granary_http_address_proxy_enumerate;
}

static void
granary_http_address_class_init (GranaryHttpAddressClass *klass)
{
}

static void
granary_http_address_init (GranaryHttpAddress *self)
{
}

GSocketConnectable *
granary_http_address_new (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  int port = g_uri_get_port (uri);

  if (port == -1)
    port = g_str_equal (scheme, "https") ? 443 : 80;

  return g_object_new (GRANARY_TYPE_HTTP_ADDRESS,
                       "hostname", g_uri_get_host (uri),
                       "port", (guint) port,
                       "scheme", scheme,
                       NULL);
}
