/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-process.h"

G_BEGIN_DECLS

/*
 * A service whose runner is a few lines of Python that speak with the supervisor as the real one
 * does, and then do what a test wants done: see service_test_act().
 */

typedef struct
{
  char                  *root;   /* repository */
  char                  *folder; /* services/<uid> in it */
  char                  *mark;   /* in the environment of every process of the service */
  guint16                port;
  int                    socket;
  GranaryServicePlan    *plan;
  GranaryServiceProcess *process; /* (nullable) */
  guint                  n_ready;
  guint                  n_ended;
  GranaryServiceFailure  failure;
  char                  *detail;
  gboolean               may_restart;
} ServiceTest;

void  service_test_set_up      (ServiceTest *self);
/* In @root, which is there: what service_test_set_up() made in another process. */
void  service_test_set_up_in   (ServiceTest *self,
                                const char  *root);
void  service_test_tear_down   (ServiceTest *self);

/* What the runner does. There are say (**event), serve (), which says that it is ready and answers
 * requests until it is told to stop, model, token, listener, and the usual modules. */
void  service_test_act         (ServiceTest *self,
                                const char  *source);
/* Not that, but the runner of the product with this model_service.py. */
void  service_test_use_runner  (ServiceTest *self,
                                const char  *model_service);
void  service_test_start       (ServiceTest *self);
void  service_test_wait_ready  (ServiceTest *self);
void  service_test_wait_ended  (ServiceTest *self);
/* Until the log has @text. */
void  service_test_wait_log    (ServiceTest *self,
                                const char  *text);
char *service_test_dup_log     (ServiceTest *self) G_GNUC_WARN_UNUSED_RESULT;
void  service_test_assert_logged     (ServiceTest *self,
                                      const char  *text);
void  service_test_assert_not_logged (ServiceTest *self,
                                      const char  *text);
/* Waits for it; none of its processes is left. */
void  service_test_assert_ended      (ServiceTest           *self,
                                      GranaryServiceFailure  failure,
                                      const char            *detail,
                                      gboolean               may_restart);
/* What is answered, NULL when nobody answers. */
char *service_test_request     (ServiceTest *self,
                                const char  *request) G_GNUC_WARN_UNUSED_RESULT;
char *service_test_call        (ServiceTest *self) G_GNUC_WARN_UNUSED_RESULT;
/* How many processes there are with @mark in environment or arguments. */
guint service_test_count       (const char  *mark);
/* How many processes there are with @text in what everybody can read of them. */
guint service_test_count_shown (const char  *text);
/* From here on bwrap and systemd-run are not in `$PATH`; returns what that was. */
char *service_test_hide_sandbox (ServiceTest *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
