/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-range-reader.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_FILE_READER (granary_file_reader_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFileReader, granary_file_reader, GRANARY, FILE_READER, GObject)

G_END_DECLS
