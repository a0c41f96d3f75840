/* Columns of widened pixels for the 2x2 product: of every four words two belong to each pixel. */
#ifndef MOTE_ARMV7EM_WIDEN_H
#define MOTE_ARMV7EM_WIDEN_H

#include "armv7em/dsp.h"

/* Stores the two words of one pixel and steps over those of the other. */
#define MOTE_STORE_COLUMN(column, even, odd)            \
  __asm__ volatile("strd %1, %2, [%0], #16"             \
                   : "+r"(column)                       \
                   : "r"(even), "r"(odd)                \
                   : "memory")

/* Widens `bytes` (> 0) values; the rest of the last four becomes 0. */
MOTE_INTERNAL uint32_t *mote_widen_column(const int8_t *x, int32_t bytes, uint32_t *column) {
  int32_t words = bytes >> 2;
  if ((words & 1) != 0) {
    const uint32_t w = mote_load_u32(x);
    MOTE_STORE_COLUMN(column, mote_widen_even(w), mote_widen_odd(w));
    x += 4;
  }
  for (words >>= 1; words != 0; words--) {
    const uint32_t v = mote_load_u32(x);
    const uint32_t w = mote_load_u32(x + 4);
    MOTE_STORE_COLUMN(column, mote_widen_even(v), mote_widen_odd(v));
    MOTE_STORE_COLUMN(column, mote_widen_even(w), mote_widen_odd(w));
    x += 8;
  }
  if ((bytes & 3) != 0) {
    uint32_t even = (uint32_t)x[0] & 0xffffu;
    uint32_t odd = 0;
    if ((bytes & 3) > 1) {
      odd = (uint32_t)x[1] & 0xffffu;
    }
    if ((bytes & 3) > 2) {
      even |= (uint32_t)x[2] << 16;
    }
    MOTE_STORE_COLUMN(column, even, odd);
  }
  return column;
}

/* `bytes` values, rounded up to four, all equal to `value` (twice in a word). */
MOTE_INTERNAL uint32_t *mote_fill_column(uint32_t value, int32_t bytes, uint32_t *column) {
  for (int32_t i = 0; i < bytes; i += 4) {
    MOTE_STORE_COLUMN(column, value, value);
  }
  return column;
}

#endif
