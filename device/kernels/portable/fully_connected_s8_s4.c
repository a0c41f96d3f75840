#include "portable/dot_s8.h"
#include "portable/weights.h"

/* y = x * transposed weights + bias, int8 with packed int4 weights [O,I]; rescaled per channel, or per tensor without
 * tables. x_zero is 0 when the bias already holds -x_zero * sum(weights). */
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
} mote_fully_connected_s8_s4_t;

/* sum + the products of one row of weights, which starts at element `start`. */
MOTE_KERNEL int32_t mote_dot_s8_s4(const int8_t *x, const uint8_t *packed, int32_t start, int32_t count, int32_t x_zero,
                                   int32_t w_zero, int32_t sum) {
  int32_t i = 0;
  if ((start & 1) != 0 && count > 0) {
    sum = mote_multiply_add(sum, x[0] - x_zero, mote_int4(packed, start) - w_zero);
    i = 1;
  }
  for (; i + 2 <= count; i += 2) {
    const uint8_t pair = packed[(start + i) >> 1];
    sum = mote_multiply_add(sum, x[i] - x_zero, mote_int4(&pair, 0) - w_zero);
    sum = mote_multiply_add(sum, x[i + 1] - x_zero, mote_int4(&pair, 1) - w_zero);
  }
  if (i < count) {
    sum = mote_multiply_add(sum, x[i] - x_zero, mote_int4(packed, start + i) - w_zero);
  }
  return sum;
}

MOTE_KERNEL void mote_fully_connected_s8_s4(const mote_fully_connected_s8_s4_t *p, const int8_t *x,
                                            const uint8_t *weights, const int32_t *bias, const int32_t *multipliers,
                                            const int8_t *shifts, int8_t *y) {
  const mote_rescale_t rescale = {p->multiplier, p->shift, p->right_only, p->output_zero, p->output_min, p->output_max};
  for (int32_t row = 0; row < p->rows; ++row) {
    for (int32_t c = 0; c < p->channels; ++c) {
      const int32_t sum =
          mote_dot_s8_s4(x, weights, c * p->depth, p->depth, p->x_zero, p->w_zero, bias != NULL ? bias[c] : 0);
      y[c] = (int8_t)mote_rescale(&rescale, multipliers, shifts, c, sum);
    }
    x += p->depth;
    y += p->channels;
  }
}
