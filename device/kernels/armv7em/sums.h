/* Sums of int8, four neighbours at a time. */
#ifndef MOTE_ARMV7EM_SUMS_H
#define MOTE_ARMV7EM_SUMS_H

#include "armv7em/dsp.h"

/* sum + (int16)byte 0 | (int16)byte 2 << 16, each half apart */
MOTE_KERNEL uint32_t mote_add_even(uint32_t sum, uint32_t bytes) {
  uint32_t r;
  __asm__("sxtab16 %0, %1, %2" : "=r"(r) : "r"(sum), "r"(bytes));
  return r;
}

/* sum + (int16)byte 1 | (int16)byte 3 << 16, each half apart */
MOTE_KERNEL uint32_t mote_add_odd(uint32_t sum, uint32_t bytes) {
  uint32_t r;
  __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(r) : "r"(sum), "r"(bytes));
  return r;
}

/* Adds `count` times four bytes, `step` bytes apart, to the sums; as many as halves of words hold at a time. */
MOTE_KERNEL void mote_sums_s8(const int8_t *x, int32_t step, int32_t count, int32_t sums[4]) {
  while (count > 0) {
    int32_t now = count < 255 ? count : 255;
    uint32_t even = 0;
    uint32_t odd = 0;
    count -= now;
    if ((now & 1) != 0) {
      const uint32_t bytes = mote_load_u32(x);
      even = mote_add_even(even, bytes);
      odd = mote_add_odd(odd, bytes);
      x += step;
    }
    for (now >>= 1; now > 0; now--) {
      const uint32_t u = mote_load_u32(x);
      const uint32_t v = mote_load_u32(x + step);
      x += 2 * step;
      even = mote_add_even(even, u);
      odd = mote_add_odd(odd, u);
      even = mote_add_even(even, v);
      odd = mote_add_odd(odd, v);
    }
    sums[0] += (int16_t)even;
    sums[1] += (int16_t)odd;
    sums[2] += (int16_t)(even >> 16);
    sums[3] += (int16_t)(odd >> 16);
  }
}

#endif
