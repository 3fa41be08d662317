/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void  granary_search_text_append (GString    *text,
                                  const char *source);
char *granary_search_text_match  (const char *typed) G_GNUC_WARN_UNUSED_RESULT;
char *granary_sort_text          (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
