/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-catalog-writer.h"
#include "granary-service-host.h"
#include "granary-test-repository.h"

G_BEGIN_DECLS

/* A repository with one version, and a granary-serviced that does what a test wants. */

/* Set for this program when it is started in the place of granary-serviced. */
#define PROGRAM "GRANARY_TEST_SERVICED"

typedef enum
{
  FAULT_NONE,
  FAULT_VERSION,       /* hello of another version, a later one */
  FAULT_OLDER,         /* hello of one before, until it is asked to end */
  FAULT_HELLO_ENDS,    /* the first connection ends before hello is answered */
  FAULT_GARBAGE,       /* no JSON */
  FAULT_ENDLESS,       /* a line without end */
  FAULT_OTHERS_FIRST,  /* answers to nobody's requests before the right one */
  FAULT_REFUSES,       /* SERVICE_STATE */
  FAULT_BAD_ERROR,     /* an error with numbers that are none */
  FAULT_NO_UID,        /* publish without one */
  FAULT_ENDS,          /* the connection ends before anything was done */
  FAULT_ENDS_DONE,     /* it ends once all is done */
  FAULT_DIES,          /* as FAULT_ENDS; another one answers after that */
  FAULT_DIES_DONE,     /* as FAULT_ENDS_DONE; another one answers after that */
  FAULT_WAITS,         /* until it is called off */
} Fault;

/* granary-serviced in a thread. Its numbers are atomic. */
typedef struct
{
  GSocket        *socket;
  GThread        *thread;
  char           *path;
  GranaryCatalog *catalog;
  Fault           fault;
  int             stopping;      /* atomic */
  int             n_connections; /* atomic */
  int             n_publishes;   /* atomic */
  int             n_cancels;     /* atomic */
  gboolean        has_quit; /* only its thread asks */
  int             waits;         /* atomic */
  gint64          pid;
} Daemon;

typedef struct
{
  GranaryTestPlace    place;
  Daemon              daemon;
  GranaryServiceHost *host;
  gint64              version_id;
} ServicesTest;

int             services_test_main           (int                     argc,
                                              char                  **argv,
                                              void                  (*add) (void));
void            services_test_set_up         (ServicesTest           *self,
                                              gconstpointer           data);
void            services_test_tear_down      (ServicesTest           *self,
                                              gconstpointer           data);
void            services_test_start_daemon   (ServicesTest           *self,
                                              Fault                   fault);
GranaryConnection *
                services_test_open           (const char             *root,
                                              GError                **error);

/* Rows of the catalogue. */
GranaryService *services_test_load           (GranaryCatalog         *catalog,
                                              const char             *uid);
void            services_test_put            (GranaryCatalog         *catalog,
                                              GranaryService         *service);
void            services_test_add            (GranaryCatalog         *catalog,
                                              gint64                  version_id,
                                              const char             *uid,
                                              const char             *group_uid,
                                              const char             *name);

/* Verbs. */
void            services_test_result_cb      (GObject                *source,
                                              GAsyncResult           *result,
                                              gpointer                user_data);
GAsyncResult   *services_test_wait           (GAsyncResult          **result);
GranaryPublishOptions *
                services_test_prepare        (ServicesTest           *self,
                                              const char             *python,
                                              GError                **error);

G_END_DECLS
