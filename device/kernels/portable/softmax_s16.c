#include "portable/fixed_point.h"

/* Softmax of int16 over rows; the output's scale is 1/32768. Both tables are 513 samples, 128 apart: exp(x) for x from
 * -10 to 0, and 1 / (1 + x) for x from 0 to 1. Source: TFLite, reference/softmax.h, SoftmaxInt16. */
typedef struct {
  int32_t rows;
  int32_t depth;      /* elements of a row */
  int32_t multiplier; /* differences to steps of the table of exp */
  int32_t shift;
} mote_softmax_s16_t;

/* A tabulated function at value, limited to int16, interpolated. */
MOTE_KERNEL int32_t mote_interpolate_s16(const int16_t *table, int32_t value) {
  const int32_t limited = mote_clamp(value, INT16_MIN, INT16_MAX);
  const int32_t index = 256 + (limited >> 7);
  const int32_t slope = table[index + 1] - table[index];
  return table[index] + ((slope * (limited & 127) + 64) >> 7);
}

MOTE_KERNEL void mote_softmax_s16(const mote_softmax_s16_t *p, const int16_t *x, const int16_t *exp_table,
    const int16_t *reciprocal_table, int16_t *y) {
  for (int32_t row = 0; row < p->rows; row++) {
    int32_t largest = x[0];
    int32_t sum = 0;
    for (int32_t i = 1; i < p->depth; i++) {
      largest = x[i] > largest ? x[i] : largest;
    }
    for (int32_t i = 0; i < p->depth; i++) {
      const int32_t steps = mote_requantize(x[i] - largest, p->multiplier, p->shift);
      const int32_t e = mote_interpolate_s16(exp_table, steps + INT16_MAX);
      y[i] = (int16_t)e;
      sum += e;
    }
    const int32_t headroom = mote_leading_zeros(sum);
    const int32_t normalised = (int32_t)((((int64_t)sum << (headroom - 1)) + (1 << 13)) >> 14);
    const int32_t reciprocal =
        mote_interpolate_s16(reciprocal_table, normalised - ((INT32_C(1) << 15) + (INT32_C(1) << 16)));
    const int32_t shift = 31 - headroom;
    for (int32_t i = 0; i < p->depth; i++) {
      const int32_t share = (y[i] * reciprocal + (INT32_C(1) << (shift - 1))) >> shift;
      y[i] = (int16_t)mote_clamp(share, 0, INT16_MAX);
    }
    x += p->depth;
    y += p->depth;
  }
}
