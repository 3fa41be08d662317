/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-inspection.h"

G_BEGIN_DECLS

typedef struct
{
  char *key;
  char *value;
} GranaryInspectionPair;

typedef struct
{
  char   *name;
  gint64  count;
} GranaryInspectionType;

typedef struct
{
  GranaryInspectionWarning  code;
  char                     *subject;
} GranaryInspectionNote;

struct _GranaryInspection
{
  GObject    parent_instance;

  char      *format;     /* (owned) (nullable) */
  char      *framework;  /* (owned) (nullable) */
  char      *producer;   /* (owned) (nullable) */
  int        opset;      /* 0: unknown */
  int        ir_version; /* 0: unknown */
  gint64     parameters; /* -1: unknown */
  gboolean   uncountable;
  GArray    *types;      /* (element-type GranaryInspectionType) */
  GArray    *inputs;     /* (element-type GranaryTensor) */
  GArray    *outputs;    /* (element-type GranaryTensor) */
  GArray    *metadata;   /* (element-type GranaryInspectionPair) */
  GPtrArray *files;      /* (element-type utf8) */
  GArray    *warnings;   /* (element-type GranaryInspectionNote) */
};

/* For parsers. Text may be anything a file holds: it is made printable and cut here. Lists stop
 * growing at a bound; what is beyond is left out. */

void     granary_inspection_set_format     (GranaryInspection        *self,
                                            const char               *format);
void     granary_inspection_set_framework  (GranaryInspection        *self,
                                            const char               *framework);
void     granary_inspection_set_producer   (GranaryInspection        *self,
                                            const char               *producer);
void     granary_inspection_set_opset      (GranaryInspection        *self,
                                            gint64                    opset);
void     granary_inspection_set_ir_version (GranaryInspection        *self,
                                            gint64                    ir_version);
void     granary_inspection_add_parameters (GranaryInspection        *self,
                                            const char               *type,
                                            gint64                    count);
void     granary_inspection_forget_parameters
                                           (GranaryInspection        *self);
void     granary_inspection_add_input      (GranaryInspection        *self,
                                            const char               *name,
                                            const char               *type,
                                            const char               *shape);
void     granary_inspection_add_output     (GranaryInspection        *self,
                                            const char               *name,
                                            const char               *type,
                                            const char               *shape);
void     granary_inspection_set_metadata   (GranaryInspection        *self,
                                            const char               *key,
                                            const char               *value);
void     granary_inspection_add_file       (GranaryInspection        *self,
                                            const char               *path);
void     granary_inspection_clear_files    (GranaryInspection        *self);
void     granary_inspection_add_warning    (GranaryInspection        *self,
                                            GranaryInspectionWarning  warning,
                                            const char               *subject);
void     granary_inspection_add_warnings_of
                                           (GranaryInspection        *self,
                                            GranaryInspection        *other);
gboolean granary_inspection_has_warning    (GranaryInspection        *self,
                                            GranaryInspectionWarning  warning);

/* Product of dimensions; FALSE when one is negative or the product does not fit. */
gboolean granary_inspection_multiply       (gint64                   *product,
                                            gint64                    factor);

G_END_DECLS
