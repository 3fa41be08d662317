/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "shell-test.h"

#include "granary-local.h"
#include "widget-test.h"

struct _ShellTest
{
  AdwWindow        parent_instance;

  AdwToast        *toast;
  GranaryTransfer *transfer;
  char            *revealed;
  char            *service;
};

static void shell_test_iface_init (GranaryShellInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ShellTest, shell_test, ADW_TYPE_WINDOW,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_SHELL, shell_test_iface_init))

static void
shell_test_add_toast (GranaryShell *shell,
                      AdwToast     *toast)
{
  ShellTest *self = SHELL_TEST (shell);

  g_clear_object (&self->toast);
  self->toast = toast;
}

static void
shell_test_add_transfer (GranaryShell    *shell,
                         GranaryTransfer *transfer)
{
  g_set_object (&SHELL_TEST (shell)->transfer, transfer);
}

static void
shell_test_reveal (GranaryShell *shell,
                   gint64        model_id,
                   int           number)
{
  ShellTest *self = SHELL_TEST (shell);

  g_free (self->revealed);
  self->revealed = g_strdup_printf ("%" G_GINT64_FORMAT ":%d", model_id, number);
}

static void
shell_test_show_service (GranaryShell *shell,
                         const char   *uid)
{
  g_set_str (&SHELL_TEST (shell)->service, uid);
}

static void
shell_test_iface_init (GranaryShellInterface *iface)
{
  iface->add_toast = shell_test_add_toast;
  iface->add_transfer = shell_test_add_transfer;
  iface->reveal = shell_test_reveal;
  iface->show_service = shell_test_show_service;
}

static void
shell_test_dispose (GObject *object)
{
  ShellTest *self = SHELL_TEST (object);

  g_clear_object (&self->toast);
  g_clear_object (&self->transfer);
  g_clear_pointer (&self->revealed, g_free);
  g_clear_pointer (&self->service, g_free);

  G_OBJECT_CLASS (shell_test_parent_class)->dispose (object);
}

static void
shell_test_class_init (ShellTestClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shell_test_dispose;
}

static void
shell_test_init (ShellTest *self)
{
}

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data);
}

ShellTest *
shell_test_new (int width,
                int height)
{
  ShellTest *self = g_object_new (SHELL_TYPE_TEST, NULL);

  adw_window_set_content (ADW_WINDOW (self), adw_bin_new ());
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  gtk_window_present (GTK_WINDOW (self));
  widget_test_wait (is_mapped, self);

  return self;
}

const char *
shell_test_get_toast (ShellTest *self)
{
  return self->toast != NULL ? adw_toast_get_title (self->toast) : NULL;
}

const char *
shell_test_get_toast_button (ShellTest *self)
{
  return self->toast != NULL ? adw_toast_get_button_label (self->toast) : NULL;
}

const char *
shell_test_get_toast_text (ShellTest *self)
{
  GtkWidget *label = self->toast != NULL ? adw_toast_get_custom_title (self->toast) : NULL;

  return label != NULL ? gtk_label_get_text (GTK_LABEL (label)) : NULL;
}

void
shell_test_forget_toast (ShellTest *self)
{
  g_clear_object (&self->toast);
}

void
shell_test_press_toast (ShellTest *self)
{
  g_autoptr (AdwToast) toast = g_steal_pointer (&self->toast);

  g_assert_nonnull (toast);
  g_signal_emit_by_name (toast, "button-clicked");
}

GranaryTransfer *
shell_test_get_transfer (ShellTest *self)
{
  return self->transfer;
}

const char *
shell_test_get_revealed (ShellTest *self)
{
  return self->revealed;
}

void
shell_test_reveal_nothing (ShellTest *self)
{
  g_clear_pointer (&self->revealed, g_free);
}

const char *
shell_test_get_service (ShellTest *self)
{
  return self->service;
}

AdwDialog *
shell_test_get_dialog (ShellTest *self)
{
  return adw_window_get_visible_dialog (ADW_WINDOW (self));
}

GranaryConnection *
shell_test_open_repository (const char *name)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), name, NULL);
  g_autoptr (GError) error = NULL;
  GranaryConnection *connection = granary_local_open (folder, NULL, &error);

  g_assert_no_error (error);

  return connection;
}
