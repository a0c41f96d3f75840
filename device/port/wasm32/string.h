/* What the kernels use of the C library's string.h, where there is no C library; clang makes instructions of them. */
#ifndef MOTE_WASM32_STRING_H
#define MOTE_WASM32_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);

#endif
