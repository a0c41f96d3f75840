/* Dot products of int8 with int8, and what becomes of the sums: shared by convolutions and matrix products. */
#ifndef MOTE_DOT_S8_H
#define MOTE_DOT_S8_H

#include "portable/common.h"

/* sums[k] += (x - x_zero) * (w[k] - w_zero) for two rows of weights, `stride` apart. */
MOTE_KERNEL void mote_dot2_s8(const int8_t *x, const int8_t *w, int32_t stride, int32_t count, int32_t x_zero,
                              int32_t w_zero, int32_t sums[2]) {
  const int8_t *below = w + stride;
  int32_t first = sums[0];
  int32_t second = sums[1];
  for (int32_t i = 0; i < count; ++i) {
    const int32_t value = x[i] - x_zero;
    first = mote_multiply_add(first, value, w[i] - w_zero);
    second = mote_multiply_add(second, value, below[i] - w_zero);
  }
  sums[0] = first;
  sums[1] = second;
}

/* sums[k] += (x - x_zero) * (w[k] - w_zero) for four rows of weights, `stride` apart. */
MOTE_KERNEL void mote_dot4_s8(const int8_t *x, const int8_t *w, int32_t stride, int32_t count, int32_t x_zero,
                              int32_t w_zero, int32_t sums[4]) {
#if defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)
  /* Eight registers hold two rows, not four. */
  mote_dot2_s8(x, w, stride, count, x_zero, w_zero, sums);
  mote_dot2_s8(x, w + 2 * stride, stride, count, x_zero, w_zero, sums + 2);
#else
  for (int32_t i = 0; i < count; ++i) {
    const int32_t value = x[i] - x_zero;
    sums[0] = mote_multiply_add(sums[0], value, w[i] - w_zero);
    sums[1] = mote_multiply_add(sums[1], value, w[i + stride] - w_zero);
    sums[2] = mote_multiply_add(sums[2], value, w[i + 2 * stride] - w_zero);
    sums[3] = mote_multiply_add(sums[3], value, w[i + 3 * stride] - w_zero);
  }
#endif
}

/* sum + the products of one row. */
MOTE_KERNEL int32_t mote_dot_s8(const int8_t *x, const int8_t *w, int32_t count, int32_t x_zero, int32_t w_zero,
                                int32_t sum) {
  for (int32_t i = 0; i < count; ++i) {
    sum = mote_multiply_add(sum, x[i] - x_zero, w[i] - w_zero);
  }
  return sum;
}

/* How int32 sums become quantized outputs. A layer quantized per tensor has one multiplier and no tables. */
typedef struct {
  int32_t multiplier;
  int32_t shift;
  int32_t right_only; /* every shift is negative, as it is in all but odd models */
  int32_t zero;
  int32_t min;
  int32_t max;
} mote_rescale_t;

MOTE_KERNEL int32_t mote_rescale(const mote_rescale_t *p, const int32_t *multipliers, const int8_t *shifts,
                                 int32_t channel, int32_t sum) {
  const int32_t multiplier = multipliers != NULL ? multipliers[channel] : p->multiplier;
  const int32_t shift = shifts != NULL ? shifts[channel] : p->shift;
  const int32_t scaled =
      p->right_only != 0 ? mote_requantize_right(sum, multiplier, shift) : mote_requantize(sum, multiplier, shift);
  return mote_clamp(mote_add_wrapping(scaled, p->zero), p->min, p->max);
}

#endif
