/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-shell.h"

G_BEGIN_DECLS

/* A window that keeps what it is asked to show, for tests of what asks. */
#define SHELL_TYPE_TEST (shell_test_get_type ())
G_DECLARE_FINAL_TYPE (ShellTest, shell_test, SHELL, TEST, AdwWindow)

ShellTest         *shell_test_new             (int        width,
                                               int        height);
/* The title of the latest toast, NULL while there is none. */
const char        *shell_test_get_toast       (ShellTest *self);
/* (nullable): of its button. */
const char        *shell_test_get_toast_button (ShellTest *self);
/* What it says where that is more than a title: the text of its label. */
const char        *shell_test_get_toast_text  (ShellTest *self);
void               shell_test_forget_toast    (ShellTest *self);
/* Presses its button, and forgets it. */
void               shell_test_press_toast     (ShellTest *self);
GranaryTransfer   *shell_test_get_transfer    (ShellTest *self);
/* `MODEL:NUMBER`, NULL while nothing was revealed. */
const char        *shell_test_get_revealed    (ShellTest *self);
void               shell_test_reveal_nothing  (ShellTest *self);
/* The service that was to be shown, NULL while none was. */
const char        *shell_test_get_service      (ShellTest *self);
/* The dialog on top. */
AdwDialog         *shell_test_get_dialog      (ShellTest *self);

/* An embedded repository in a new folder below the test's own. */
GranaryConnection *shell_test_open_repository (const char *name);

G_END_DECLS
