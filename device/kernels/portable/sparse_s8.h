/* Products with int8 weights of which only the groups that are not all zero are stored; docs/reference/weights.md. */
#ifndef MOTE_SPARSE_S8_H
#define MOTE_SPARSE_S8_H

#include "portable/dot_s8.h"

/* One or two rows of x, the second behind the first by `step` bytes, times all channels; their outputs are `channels`
 * apart.
 * groups: for each channel how many there are, low byte first; for each of them how many groups of zeros are left out
 * before it, and four weights. */
MOTE_KERNEL void mote_sparse_rows_s8(const mote_rescale_t *rescale, int32_t rows, int32_t channels, const int8_t *x,
                                     int32_t step, const uint8_t *groups, const int32_t *bias,
                                     const int32_t *multipliers, const int8_t *shifts, int8_t *y) {
  for (int32_t c = 0; c < channels; ++c) {
    const int8_t *value = x;
    int32_t first = bias != NULL ? bias[c] : 0;
    int32_t second = first;
    const uint8_t *const end = groups + 2 + 5 * (groups[0] | groups[1] << 8);
    groups += 2;
    while (groups != end) {
      const int8_t *const weights = (const int8_t *)groups + 1;
      value += 4 * *groups;
      /* spelled out, as compilers that are told to save bytes would not */
      first = mote_multiply_add(first, value[0], weights[0]);
      first = mote_multiply_add(first, value[1], weights[1]);
      first = mote_multiply_add(first, value[2], weights[2]);
      first = mote_multiply_add(first, value[3], weights[3]);
      if (rows > 1) {
        const int8_t *const below = value + step;
        second = mote_multiply_add(second, below[0], weights[0]);
        second = mote_multiply_add(second, below[1], weights[1]);
        second = mote_multiply_add(second, below[2], weights[2]);
        second = mote_multiply_add(second, below[3], weights[3]);
      }
      value += 4;
      groups += 5;
    }
    y[c] = (int8_t)mote_rescale(rescale, multipliers, shifts, c, first);
    if (rows > 1) {
      y[c + channels] = (int8_t)mote_rescale(rescale, multipliers, shifts, c, second);
    }
  }
}

#endif
