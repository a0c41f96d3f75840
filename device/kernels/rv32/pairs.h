/* RV32IM building blocks: split sums of pairs, requantize them. */
#ifndef MOTE_RV32_PAIRS_H
#define MOTE_RV32_PAIRS_H

#include "scalar/pairs.h"

/* Two sums, one for each pixel: `low` + `high` * 2^16 is the sum of all products, `high` that of the second pixel. */
typedef struct {
  uint32_t all;
  uint32_t high;
} mote_pairs_sums_t;

MOTE_KERNEL void mote_pairs_split(mote_pairs_sums_t *sums, uint32_t products) {
  sums->all += products;
  sums->high += (uint32_t)((int32_t)(products + 0x8000u) >> 16);
}

/* For |sum| < 2^29. The high word of 4 * sum * multiplier has one bit more than TFLite's doubling high product, for its
 * rounding; two units off what is negative send ties away from zero. */
MOTE_KERNEL int32_t mote_pairs_requantize(int32_t sum, int32_t multiplier, int32_t right, int32_t half) {
  int32_t product = (int32_t)(((int64_t)(sum * 4) * multiplier) >> 32);
  product += (product >> 31) & -2;
  return (product + half) >> right;
}

/* value limited to [low, high], in two branches; the empty assembly keeps gcc from moves that both ways would take. */
MOTE_KERNEL int8_t mote_pairs_clamp(int32_t value, int32_t low, int32_t high) {
  if (__builtin_expect(value < low, 0)) {
    value = low;
    __asm__("" : "+r"(value));
  }
  if (__builtin_expect(value > high, 0)) {
    value = high;
    __asm__("" : "+r"(value));
  }
  return (int8_t)value;
}

#endif
