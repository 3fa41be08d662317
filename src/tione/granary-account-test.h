/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-account.h"

G_BEGIN_DECLS

/**
 * GranaryAccountCheck:
 *
 * What "Test Connection" looks at, in this order; later ones are skipped once one of the first two
 * fails.
 */
typedef enum
{
  GRANARY_ACCOUNT_CHECK_NETWORK, /* the host answers over a valid certificate */
  GRANARY_ACCOUNT_CHECK_KEY,     /* key, token and clock: sts GetCallerIdentity */
  GRANARY_ACCOUNT_CHECK_MODELS,  /* region and permission: a read of TI-ONE */
  GRANARY_ACCOUNT_CHECK_STORAGE, /* COS: the chosen bucket, or the list of buckets */
  GRANARY_ACCOUNT_CHECK_TAGS,    /* the Tag service */
} GranaryAccountCheck;

#define GRANARY_N_ACCOUNT_CHECKS (GRANARY_ACCOUNT_CHECK_TAGS + 1)

/**
 * GranaryAccountTest:
 * @account_uin: (nullable): whose key it is
 * @buckets: (nullable) (array zero-terminated=1): names of the account's buckets in its region, as far
 *   as they were asked for and told
 * @done: which were made
 * @errors: what each found, %NULL when all is well
 */
typedef struct
{
  char     *account_uin;
  char    **buckets;
  gboolean  done[GRANARY_N_ACCOUNT_CHECKS];
  GError   *errors[GRANARY_N_ACCOUNT_CHECKS];
} GranaryAccountTest;

void                granary_account_test_free       (GranaryAccountTest   *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryAccountTest, granary_account_test_free)
/* The first that is wrong, or NULL. */
const GError       *granary_account_test_get_error  (GranaryAccountTest   *self);

/* The first that keeps the connection from being of use, or NULL: what the account may not do with
 * storage and tags does not, and choosing a bucket helps where it may not list them. */
const GError       *granary_account_test_get_obstacle (GranaryAccountTest *self);

void                granary_account_test_async      (GranaryAccount       *account,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
GranaryAccountTest *granary_account_test_finish     (GAsyncResult         *result,
                                                     GError              **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
