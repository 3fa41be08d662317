/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * GranaryTensor:
 * @name: such as `x`
 * @type: element type, such as `float32`; (nullable)
 * @shape: such as `N,3,48,W`; `?` is a dimension that is not given, `` a single value; (nullable)
 *   when unknown
 */
typedef struct
{
  char *name;
  char *type;
  char *shape;
} GranaryTensor;

/**
 * GranaryInspection:
 *
 * What is known of a model file, or of a set of files, from reading their headers. Setters are for
 * the parsers; once handed out it is not changed. All text in it is printable UTF-8. The JSON form
 * is what the catalogue stores:
 * `{"format","framework","producer","opset","ir_version","parameters","types":{"float32":n},
 *   "inputs":[{"name","type","shape"}],"outputs":[…],"metadata":{},"files":[path…],
 *   "warnings":[{"code","subject"}…]}`, absent when unknown.
 */
#define GRANARY_TYPE_INSPECTION (granary_inspection_get_type ())
G_DECLARE_FINAL_TYPE (GranaryInspection, granary_inspection, GRANARY, INSPECTION, GObject)

/**
 * GranaryInspectionWarning:
 * @GRANARY_WARNING_TRUNCATED: the file ends before its own header says. Subject: the file
 * @GRANARY_WARNING_NOT_A_MODEL: content is something else: LFS pointer, HTML page, program; which
 *   one stands in the metadata `content`. Subject: the file
 * @GRANARY_WARNING_EXTERNAL_DATA_MISSING: weights stand in files that are not here. Subject: the
 *   missing file
 * @GRANARY_WARNING_RUNS_CODE: loading it runs code stored in it or imported by it. Subject: what
 *   it imports, `module.name, …`
 * @GRANARY_WARNING_UNREADABLE: the header breaks the format's rules. Subject: the file
 * @GRANARY_WARNING_BOUND_TO_DEVICE: it runs only on the kind of processor, and with the version of
 *   the program, that it was made for. Subject: the file
 * @GRANARY_WARNING_OUTDATED: current programs no longer read its format. Subject: the file
 */
typedef enum
{
  GRANARY_WARNING_TRUNCATED,
  GRANARY_WARNING_NOT_A_MODEL,
  GRANARY_WARNING_EXTERNAL_DATA_MISSING,
  GRANARY_WARNING_RUNS_CODE,
  GRANARY_WARNING_UNREADABLE,
  GRANARY_WARNING_BOUND_TO_DEVICE,
  GRANARY_WARNING_OUTDATED,
} GranaryInspectionWarning;

#define GRANARY_N_INSPECTION_WARNINGS (GRANARY_WARNING_OUTDATED + 1)

GranaryInspection   *granary_inspection_new            (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryInspection   *granary_inspection_new_from_json  (const char         *text) G_GNUC_WARN_UNUSED_RESULT;
char                *granary_inspection_to_json        (GranaryInspection  *self) G_GNUC_WARN_UNUSED_RESULT;

const char          *granary_inspection_get_format     (GranaryInspection  *self);
const char          *granary_inspection_get_framework  (GranaryInspection  *self);
const char          *granary_inspection_get_producer   (GranaryInspection  *self);
int                  granary_inspection_get_opset      (GranaryInspection  *self);
int                  granary_inspection_get_ir_version (GranaryInspection  *self);
gint64               granary_inspection_get_parameters (GranaryInspection  *self);
guint                granary_inspection_get_n_types    (GranaryInspection  *self);
const char          *granary_inspection_get_type_name  (GranaryInspection  *self,
                                                        guint               position,
                                                        gint64             *parameters);
guint                granary_inspection_get_n_inputs   (GranaryInspection  *self);
const GranaryTensor *granary_inspection_get_input      (GranaryInspection  *self,
                                                        guint               position);
guint                granary_inspection_get_n_outputs  (GranaryInspection  *self);
const GranaryTensor *granary_inspection_get_output     (GranaryInspection  *self,
                                                        guint               position);
guint                granary_inspection_get_n_metadata (GranaryInspection  *self);
const char          *granary_inspection_get_metadata   (GranaryInspection  *self,
                                                        guint               position,
                                                        const char        **value);
const char          *granary_inspection_find_metadata  (GranaryInspection  *self,
                                                        const char         *key);
guint                granary_inspection_get_n_files    (GranaryInspection  *self);
const char          *granary_inspection_get_file       (GranaryInspection  *self,
                                                        guint               position);
guint                granary_inspection_get_n_warnings (GranaryInspection  *self);
GranaryInspectionWarning
                     granary_inspection_get_warning    (GranaryInspection  *self,
                                                        guint               position,
                                                        const char        **subject);
const char          *granary_inspection_warning_to_id  (GranaryInspectionWarning warning);
G_END_DECLS
