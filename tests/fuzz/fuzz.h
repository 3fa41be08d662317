/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <stddef.h>
#include <stdint.h>

/* What every fuzzer defines: libFuzzer finds it by name. */
int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);
