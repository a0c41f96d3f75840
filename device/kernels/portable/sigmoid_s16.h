/* The sigmoid and hyperbolic tangent of 16-bit numbers by linear interpolation in one table.
 *
 * The table holds sigmoid(i / 24) * 2^16 - 2^15 for i = 0 .. 255. Arguments are the number times 3 * 2^12, results have
 * 15 fractional bits. Source of the arithmetic: TFLite, reference_integer_ops::Logistic and Tanh for int16. */
#ifndef MOTE_SIGMOID_S16_H
#define MOTE_SIGMOID_S16_H

#include "portable/common.h"

/* sigmoid(i / 24) * 2^(16 + bits), interpolated between i and i + 1; i < 255. */
MOTE_KERNEL int32_t mote_sigmoid_between(const int16_t *table, int32_t i, int32_t fraction, int32_t bits) {
  return ((table[i] + 32768) * (1 << bits)) + fraction * (table[i + 1] - table[i]);
}

MOTE_INTERNAL int32_t mote_sigmoid_q15(int32_t x, const int16_t *table) {
  const int32_t magnitude = x < 0 ? -x : x;
  const int32_t i = magnitude >> 9;
  const int32_t result = i >= 255 ? INT32_C(0x7FFF) << 10 : mote_sigmoid_between(table, i, magnitude & 511, 9);
  return (x >= 0 ? result + 512 : (INT32_C(1) << 25) - result + 511) >> 10;
}

MOTE_INTERNAL int32_t mote_tanh_q15(int32_t x, const int16_t *table) {
  const int32_t magnitude = x < 0 ? -x : x;
  const int32_t i = magnitude >> 8;
  const int32_t result = i >= 255 ? INT32_C(0xFFFF) << 8 : mote_sigmoid_between(table, i, magnitude & 255, 8);
  return (x >= 0 ? result - (INT32_C(1) << 23) + 128 : (INT32_C(1) << 23) - result + 127) >> 8;
}

#endif
