/* RV32IM: one channel of a depthwise convolution. */
#ifndef MOTE_RV32_PLANE_S8_H
#define MOTE_RV32_PLANE_S8_H

#include "rv32/pairs.h"
#include "scalar/depthwise_s8.h"

/* Two taps, whose products fit in the halves of a word. */
MOTE_KERNEL void mote_plane_two(mote_pairs_sums_t *sums, uint32_t x0, int32_t w0, uint32_t x1, int32_t w1) {
  mote_pairs_split(sums, x0 * (uint32_t)w0 + x1 * (uint32_t)w1);
}

MOTE_KERNEL void mote_plane_3x3(mote_pairs_sums_t *sums, const uint32_t *x, int32_t row, const int32_t *w) {
  const uint32_t *const second = (const uint32_t *)(const void *)((const uint8_t *)x + row);
  const uint32_t *const third = (const uint32_t *)(const void *)((const uint8_t *)second + row);
  mote_plane_two(sums, x[0], w[0], x[1], w[1]);
  mote_plane_two(sums, x[2], w[2], second[0], w[3]);
  mote_plane_two(sums, second[1], w[4], second[2], w[5]);
  mote_plane_two(sums, third[0], w[6], third[1], w[7]);
  mote_pairs_split(sums, third[2] * (uint32_t)w[8]);
}

MOTE_KERNEL void mote_plane_any(mote_pairs_sums_t *sums, const uint32_t *x, const int32_t *taps, const int32_t *end) {
  const uint8_t *const bytes = (const uint8_t *)x;
  do {
    const uint32_t x0 = *(const uint32_t *)(const void *)(bytes + taps[2]);
    const uint32_t x1 = *(const uint32_t *)(const void *)(bytes + taps[3]);
    mote_plane_two(sums, x0, taps[0], x1, taps[1]);
    taps += 4;
  } while (taps != end);
}

MOTE_KERNEL void mote_plane(const mote_pairs_plane_t *m, int32_t is_3x3) {
  const int32_t *const w = m->taps;
  const uint32_t both = (uint32_t)m->bias + ((uint32_t)m->bias << 16);
  const uint32_t bias = (uint32_t)m->bias;
  const int32_t multiplier = m->multiplier;
  const int32_t right = m->right + 1;
  const int32_t half = 1 + (1 << m->right);
  const int32_t zero = m->zero;
  const int32_t low = m->low;
  const int32_t high = m->high;
  const int32_t x_step = m->x_step;
  const int32_t y_step = m->y_step;
  const int32_t y_pair = m->y_pair;
  const int32_t row = m->x_tap_row + 12;
  const uint8_t *x = (const uint8_t *)m->x;
  int8_t *y = m->y;
  for (int32_t rows = m->rows; rows != 0; --rows) {
    const uint8_t *const row_end = x + m->x_row_bytes;
    do {
      mote_pairs_sums_t sums = {both, bias};
      const uint32_t *const pair = (const uint32_t *)(const void *)x;
      if (is_3x3) {
        mote_plane_3x3(&sums, pair, row, w);
      } else {
        mote_plane_any(&sums, pair, w, m->taps_end);
      }
      const int32_t first = (int32_t)(sums.all - (sums.high << 16));
      const int32_t second = (int32_t)sums.high;
      y[0] = mote_pairs_clamp(mote_pairs_requantize(first, multiplier, right, half) + zero, low, high);
      y[y_pair] = mote_pairs_clamp(mote_pairs_requantize(second, multiplier, right, half) + zero, low, high);
      x += x_step;
      y += y_step;
    } while (x != row_end);
    x += m->x_row_step;
    y += m->y_row_step;
  }
}

/* Sums below 2^29 in magnitude. */
MOTE_SHARED void mote_pairs_plane_3x3_s8(const mote_pairs_plane_t *m) { mote_plane(m, 1); }

MOTE_SHARED void mote_pairs_plane_s8(const mote_pairs_plane_t *m) { mote_plane(m, 0); }

#endif
