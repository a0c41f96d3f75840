/* Armv8.1-M vector building blocks: what the kernels of one copy share. */
#ifndef MOTE_ARMV81M_MVE_H
#define MOTE_ARMV81M_MVE_H

#include "armv7em/dsp.h"

/* Copies `bytes` >= 0, upwards, with the last vector predicated. */
MOTE_KERNEL void mote_mve_copy(int8_t *to, const int8_t *from, int32_t bytes) {
  __asm__ volatile(
      "wlstp.8 lr, %2, 2f\n"
      "1:\n\t"
      "vldrb.u8 q0, [%1], #16\n\t"
      "vstrb.8 q0, [%0], #16\n\t"
      "letp lr, 1b\n"
      "2:\n\t"
      : "+r"(to), "+r"(from)
      : "r"(bytes)
      : "lr", "q0", "memory");
}

MOTE_KERNEL void mote_mve_fill(int8_t *to, int32_t value, int32_t bytes) {
  __asm__ volatile(
      "vdup.8 q0, %2\n\t"
      "wlstp.8 lr, %1, 2f\n"
      "1:\n\t"
      "vstrb.8 q0, [%0], #16\n\t"
      "letp lr, 1b\n"
      "2:\n\t"
      : "+r"(to)
      : "r"(bytes), "r"(value)
      : "lr", "q0", "memory");
}

/* Vectors of four sums to int8, see mote_requantize_s8: exact for |sum| < 2^30 and shifts -31 to -1, in q1; the multipliers are
 * in q0. Adding the sign before the rounding shift sends ties away from zero. MOTE_MVE_UP leaves that out: enough where all
 * negative results are clamped anyway, as by ReLU. */
#define MOTE_MVE_UP(acc)
#define MOTE_MVE_AWAY(acc)         \
  "vshr.s32 q2, " acc ", #31\n\t" \
  "vadd.i32 " acc ", " acc ", q2\n\t"

#endif
