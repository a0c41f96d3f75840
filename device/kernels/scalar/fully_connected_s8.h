/* y = x * transposed weights + bias, int8 with int8 weights [O,I] in the order of the model: four rows of weights share
 * the loads of x. The bias already holds -x_zero * sum(weights). */
#ifndef MOTE_SCALAR_FULLY_CONNECTED_S8_H
#define MOTE_SCALAR_FULLY_CONNECTED_S8_H

#include "portable/dot_s8.h"

typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t channels;
  int32_t x_zero;
  int32_t w_zero;
  int32_t multiplier;
  int32_t shift;
  int32_t right_only;
  int32_t output_zero;
  int32_t output_min;
  int32_t output_max;
} mote_rows_fully_connected_s8_t;

/* dot4(x, w, depth, sums): products of x with four rows of weights. */
MOTE_KERNEL void mote_rows_fully_connected(const mote_rows_fully_connected_s8_t *p, const int8_t *x,
                                           const int8_t *weights, const int32_t *bias, const int32_t *multipliers,
                                           const int8_t *shifts, int8_t *y,
                                           void (*dot4)(const int8_t *, const int8_t *, int32_t, int32_t *)) {
  const mote_rescale_t rescale = {p->multiplier, p->shift, p->right_only, p->output_zero, p->output_min, p->output_max};
  for (int32_t row = 0; row < p->rows; ++row) {
    const int8_t *w = weights;
    for (int32_t c = 0; c < p->channels;) {
      int32_t sums[4];
      int32_t count = p->channels - c;
      if (count >= 4) {
        dot4(x, w, p->depth, sums);
        count = 4;
      } else {
        sums[0] = mote_dot_s8(x, w, p->depth, 0, 0, 0);
        count = 1;
      }
      w += count * p->depth;
      for (int32_t k = 0; k < count; ++k) {
        const int32_t sum = bias != NULL ? mote_add_wrapping(sums[k], bias[c]) : sums[k];
        y[c] = (int8_t)mote_rescale(&rescale, multipliers, shifts, c, sum);
        ++c;
      }
    }
    x += p->depth;
    y += p->channels;
  }
}

#endif
