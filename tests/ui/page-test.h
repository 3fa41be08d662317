/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-fake-cloud.h"
#include "granary-fake-tasks.h"
#include "granary-import-page.h"

G_BEGIN_DECLS

/* A page of the import dialog by itself, over a connection with tasks, in a narrow window. */
typedef struct
{
  GranaryFakeCloud    cloud;      /* while the connection is one to the cloud */
  GranaryConnection  *connection; /* (owned) */
  GranaryFakeTasks   *tasks;      /* (owned) */
  GranaryImportDraft *draft;      /* (owned) */
  GtkWindow          *window;
  AdwNavigationView  *view;
  GtkWidget          *page;
  char               *folder;     /* (owned): of files of a run; embedded only */
} PageTest;

/* @is_cloud: whether tasks are on a platform, else in folders. */
void        page_test_set_up       (PageTest          *test,
                                    gboolean           is_cloud);
void        page_test_tear_down    (PageTest          *test);
/* Shows @page, whose source becomes that of the draft. */
void        page_test_show         (PageTest          *test,
                                    GranaryImportPage *page,
                                    GranarySource      source);

/* A task `train7` with the outputs `best` and `last`, two metrics each: of the platform with
 * addresses, else with the file FOLDER/best.pt or FOLDER/last.pt and, when told so, config.json. */
GranaryTaskDetails *
            page_test_add_train7   (PageTest          *test,
                                    GranaryTaskKinds   kinds,
                                    gboolean           with_config);
/* Chooses a task through the chooser, and waits until it is read. */
void        page_test_choose       (PageTest          *test,
                                    const char        *name);

void        page_test_write        (PageTest          *test,
                                    const char        *name,
                                    const char        *text);
GtkWidget  *page_test_get_button   (PageTest          *test,
                                    const char        *label);
/* With this title, visible or not there: NULL. */
GtkWidget  *page_test_get_row      (PageTest          *test,
                                    const char        *title);
const char *page_test_get_subtitle (PageTest          *test,
                                    const char        *title);
void        page_test_wait_idle    (PageTest          *test);

G_END_DECLS
