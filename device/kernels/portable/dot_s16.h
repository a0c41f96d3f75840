/* Dot products of int16 with int8, and what becomes of the sums: shared by convolutions and matrix products. */
#ifndef MOTE_DOT_S16_H
#define MOTE_DOT_S16_H

#include "portable/common.h"

/* So many products of int16 with int8, each at most 2^22, that their sum fits in 32 bits. */
#define MOTE_DOT_S16_CHUNK 511

/* sums[k] += x * w[k] for four rows of weights, `stride` apart. */
MOTE_KERNEL void mote_dot4_s16(const int16_t *x, const int8_t *w, int32_t stride, int32_t count, int64_t sums[4]) {
  for (int32_t begin = 0; begin < count; begin += MOTE_DOT_S16_CHUNK) {
    const int32_t end = count - begin > MOTE_DOT_S16_CHUNK ? begin + MOTE_DOT_S16_CHUNK : count;
    int32_t part[4] = {0, 0, 0, 0};
    for (int32_t i = begin; i < end; ++i) {
      const int32_t value = x[i];
      part[0] += value * w[i];
      part[1] += value * w[i + stride];
      part[2] += value * w[i + 2 * stride];
      part[3] += value * w[i + 3 * stride];
    }
    for (int32_t k = 0; k < 4; ++k) {
      sums[k] += part[k];
    }
  }
}

/* sum + the products of one row. */
MOTE_KERNEL int64_t mote_dot_s16(const int16_t *x, const int8_t *w, int32_t count, int64_t sum) {
  for (int32_t begin = 0; begin < count; begin += MOTE_DOT_S16_CHUNK) {
    const int32_t end = count - begin > MOTE_DOT_S16_CHUNK ? begin + MOTE_DOT_S16_CHUNK : count;
    int32_t part = 0;
    for (int32_t i = begin; i < end; ++i) {
      part += x[i] * w[i];
    }
    sum += part;
  }
  return sum;
}

/* How sums become int16 outputs. `wide`: the accumulator of the layer has 64 bits, else 32. */
typedef struct {
  int32_t wide;
  int32_t multiplier;
  int32_t shift;
  int32_t min;
  int32_t max;
} mote_rescale_s16_t;

MOTE_KERNEL int16_t mote_rescale_s16(const mote_rescale_s16_t *p, const int64_t *bias, const int32_t *multipliers,
                                     const int8_t *shifts, int32_t channel, int64_t sum) {
  const int32_t multiplier = multipliers != NULL ? multipliers[channel] : p->multiplier;
  const int32_t shift = shifts != NULL ? shifts[channel] : p->shift;
  const int64_t biased = bias != NULL ? sum + bias[channel] : sum;
  const int32_t scaled = p->wide != 0 ? mote_requantize_wide(biased, multiplier, shift)
                                      : mote_requantize((int32_t)(uint32_t)(uint64_t)biased, multiplier, shift);
  return (int16_t)mote_clamp(scaled, p->min, p->max);
}

#endif
