/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Reads YAML, as training tools write it, by libyaml into JSON nodes, so that granary_json_get_*()
 * read both. Plain scalars become numbers, booleans and null by the rules of YAML 1.1's core;
 * everything else is a string. Bounded: depth, number of nodes and aliases (an alias that would grow
 * the whole beyond the bound is refused). Pure. */
JsonNode *granary_yaml_parse (const char  *text,
                              gssize       length,
                              const char  *subject,
                              GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
