#pragma once
/* zlib (zlib.h). `deflateInit2` is a macro that passes the version along: a function here. No logic. */
#include <zlib.h>

static inline int c_zlib_deflate_init(z_streamp stream, int level, int window_bits, int memory_level) {
    return deflateInit2(stream, level, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY);
}
