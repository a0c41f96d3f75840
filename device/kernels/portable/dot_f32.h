/* Dot products of floats, and the clamp of a fused activation: shared by convolutions and matrix products. */
#ifndef MOTE_DOT_F32_H
#define MOTE_DOT_F32_H

#include "portable/common.h"

MOTE_KERNEL float mote_clamp_f32(float value, float low, float high) {
  return value < low ? low : (value > high ? high : value);
}

/* sums[k] += x * w[k] for four rows of weights, `stride` apart. */
MOTE_KERNEL void mote_dot4_f32(const float *x, const float *w, int32_t stride, int32_t count, float sums[4]) {
  for (int32_t i = 0; i < count; ++i) {
    const float value = x[i];
    sums[0] += value * w[i];
    sums[1] += value * w[i + stride];
    sums[2] += value * w[i + 2 * stride];
    sums[3] += value * w[i + 3 * stride];
  }
}

/* sum + the products of one row. */
MOTE_KERNEL float mote_dot_f32(const float *x, const float *w, int32_t count, float sum) {
  for (int32_t i = 0; i < count; ++i) {
    sum += x[i] * w[i];
  }
  return sum;
}

#endif
