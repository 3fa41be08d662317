/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Folders of training runs for tests, as tests/data/runs/make.py makes them. */

/* A new folder with a run of each tool, or with @n runs of one. */
char *runs_make   (guint       n) G_GNUC_WARN_UNUSED_RESULT;
void  runs_remove (const char *folder);
void  runs_copy   (const char *from,
                   const char *to);
void  runs_write  (const char *folder,
                   const char *name,
                   const char *content);
/* As if it had been written just now, and before any other. */
void  runs_touch  (const char *path);
/* All files as if they had been written a day and an hour ago. */
void  runs_settle (const char *folder);

G_END_DECLS
