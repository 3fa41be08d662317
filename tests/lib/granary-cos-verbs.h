/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cos-client.h"
#include "granary-error.h"
#include "granary-test-cloud.h"

G_BEGIN_DECLS

/* For tests: every call of [class@CosClient] as a verb that is done to a key of its own, and what
 * shows at the test cloud whether it was done. */

#define GRANARY_COS_BUCKET GRANARY_TEST_CLOUD_BUCKET
#define GRANARY_COS_TEXT "123456789"
#define GRANARY_COS_TEXT_SIZE 9
#define GRANARY_COS_TEXT_CRC G_GUINT64_CONSTANT (0x995dc9bbdf1939fa)

typedef struct
{
  GranaryTestCloud *cloud;
  GranaryAccount   *account;
  GranaryHttp      *http;
  guint             n_cases;
} GranaryCosFixture;

/* One verb about to be done to one key. */
typedef struct
{
  GranaryCosFixture  *fixture; /* NULL until it begins */
  GranaryCosClient   *client;
  GranaryObjectPlace *place;
  GranaryObjectPlace *source;
  char               *upload_id;
  GPtrArray          *parts;
} GranaryCosCase;

/* Verbs that a fault meets in the same way. */
typedef enum
{
  GRANARY_COS_SHAPE_XML,    /* reads a document; may be repeated */
  GRANARY_COS_SHAPE_HEAD,
  GRANARY_COS_SHAPE_GET,    /* and reads the body, which its maker would repeat */
  GRANARY_COS_SHAPE_PUT,
  GRANARY_COS_SHAPE_STREAM, /* sent once */
  GRANARY_COS_SHAPE_ONCE,   /* looks before it repeats */
  GRANARY_COS_SHAPE_DELETE,
} GranaryCosShape;

#define GRANARY_COS_N_SHAPES (GRANARY_COS_SHAPE_DELETE + 1)

/* Places in granary_cos_verbs. */
typedef enum
{
  GRANARY_COS_VERB_LIST_BUCKETS,
  GRANARY_COS_VERB_LIST,
  GRANARY_COS_VERB_LIST_PARTS,
  GRANARY_COS_VERB_LIST_UPLOADS,
  GRANARY_COS_VERB_STAT,
  GRANARY_COS_VERB_GET,
  GRANARY_COS_VERB_PUT_BYTES,
  GRANARY_COS_VERB_PUT_STREAM,
  GRANARY_COS_VERB_INITIATE,
  GRANARY_COS_VERB_PUT_PART,
  GRANARY_COS_VERB_COPY_PART,
  GRANARY_COS_VERB_COMPLETE,
  GRANARY_COS_VERB_ABORT,
  GRANARY_COS_VERB_COPY,
  GRANARY_COS_VERB_DELETE,
} GranaryCosVerbId;

#define GRANARY_COS_N_VERBS (GRANARY_COS_VERB_DELETE + 1)

typedef struct
{
  const char       *action;
  GranaryCosShape   shape;
  gboolean          has_bucket;
  gboolean          has_upload;
  gboolean          is_write;
  gboolean        (*call)    (GranaryCosCase  *self,
                              GError         **error);
  /* Whether what it is to do was done; NULL for one that only reads. */
  gboolean        (*is_done) (GranaryCosCase  *self);
} GranaryCosVerb;

extern const GranaryCosVerb granary_cos_verbs[GRANARY_COS_N_VERBS];

void granary_cos_fixture_set_up    (GranaryCosFixture    *self,
                                    gconstpointer         data);
void granary_cos_fixture_tear_down (GranaryCosFixture    *self,
                                    gconstpointer         data);
void granary_cos_case_begin        (GranaryCosCase       *self,
                                    GranaryCosFixture    *fixture,
                                    const GranaryCosVerb *verb);
/* The verb meets a fault of the test cloud so many times, -1 for ever. */
void granary_cos_case_arm          (GranaryCosCase       *self,
                                    const GranaryCosVerb *verb,
                                    const char           *what,
                                    int                   times);
void granary_cos_case_end          (GranaryCosCase       *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GranaryCosCase, granary_cos_case_end)

void granary_cos_assert_reason     (const GError         *error,
                                    GranaryReason         reason);

G_END_DECLS
