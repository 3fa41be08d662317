/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service.h"

G_BEGIN_DECLS

/* Of one line on the pipe where the runner says what becomes of it, and of what it says there. */
#define GRANARY_SERVICE_STATUS_MAX 8192
#define GRANARY_SERVICE_DETAIL_MAX 500

typedef enum
{
  GRANARY_SERVICE_EVENT_NONE,
  GRANARY_SERVICE_EVENT_LOADING,
  GRANARY_SERVICE_EVENT_READY,
  GRANARY_SERVICE_EVENT_FAILED,
} GranaryServiceEvent;

/* Lines out of what comes from the runner, which may be anything. */
typedef struct
{
  GString  *begun;
  gboolean  is_skipping; /* the rest of a line that is too long */
} GranaryServiceStatus;

void                granary_service_status_init  (GranaryServiceStatus  *self);
void                granary_service_status_clear (GranaryServiceStatus  *self);
/* Takes of @data up to the end of a line and says how many bytes that was; NONE when no line ended,
 * or what it says is not known. @detail is nullable and printable. */
GranaryServiceEvent granary_service_status_take  (GranaryServiceStatus  *self,
                                                  const char            *data,
                                                  gsize                  length,
                                                  gsize                 *taken,
                                                  GranaryServiceFailure *failure,
                                                  char                 **detail);

G_END_DECLS
