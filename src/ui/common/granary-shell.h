/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"
#include "granary-wording.h"

G_BEGIN_DECLS

/**
 * GranaryShell:
 *
 * What a page or dialog may ask of the window it is in, without knowing the window: say something,
 * show a running transfer, lead to a model or service. [class@Window] implements it; tests give their own.
 */
#define GRANARY_TYPE_SHELL (granary_shell_get_type ())
G_DECLARE_INTERFACE (GranaryShell, granary_shell, GRANARY, SHELL, GtkWidget)

struct _GranaryShellInterface
{
  GTypeInterface parent_iface;

  /* Shows @toast (transfer full). */
  void (*add_toast)    (GranaryShell    *self,
                        AdwToast        *toast);
  /* Lists @transfer under the transfers button until the user clears it. */
  void (*add_transfer) (GranaryShell    *self,
                        GranaryTransfer *transfer);
  /* Selects and scrolls to a model, or one of its versions (number > 0), and opens its details. */
  void (*reveal)       (GranaryShell    *self,
                        gint64           model_id,
                        int              number);
  /* Selects and scrolls to a service in the list of services, at once or when it is known. */
  void (*show_service) (GranaryShell    *self,
                        const char      *uid);
};

/* The shell @widget is in, or NULL when it is in none. */
GranaryShell *granary_shell_find         (GtkWidget       *widget);
void          granary_shell_add_toast    (GranaryShell    *self,
                                          AdwToast        *toast);
void          granary_shell_add_transfer (GranaryShell    *self,
                                          GranaryTransfer *transfer);
void          granary_shell_reveal       (GranaryShell    *self,
                                          gint64           model_id,
                                          int              number);
void          granary_shell_show_service (GranaryShell    *self,
                                          const char      *uid);
/* A toast made of wording/ with its way out as button where @action_name is given, and Details. */
void          granary_shell_show_error   (GranaryShell    *self,
                                          const GError    *error,
                                          GranaryVerb      verb,
                                          const char      *object);

G_END_DECLS
