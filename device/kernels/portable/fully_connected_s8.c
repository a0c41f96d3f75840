#include "portable/dot_s8.h"

/* y = x * transposed weights + bias, int8 with int8 weights [O,I]; rescaled per channel, or per tensor without tables.
 * Source of the arithmetic: TFLite Micro, reference_integer_ops::FullyConnected and FullyConnectedPerChannel.
 * x_zero is 0 when the bias already holds -x_zero * sum(weights). */
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
} mote_fully_connected_s8_t;

MOTE_KERNEL void mote_fully_connected_s8(const mote_fully_connected_s8_t *p, const int8_t *x, const int8_t *weights,
                                         const int32_t *bias, const int32_t *multipliers, const int8_t *shifts,
                                         int8_t *y) {
  const mote_rescale_t rescale = {p->multiplier, p->shift, p->right_only, p->output_zero, p->output_min, p->output_max};
  for (int32_t row = 0; row < p->rows; ++row) {
    const int8_t *w = weights;
    int32_t c = 0;
    for (; c + 4 <= p->channels; c += 4) {
      int32_t sums[4] = {0, 0, 0, 0};
      mote_dot4_s8(x, w, p->depth, p->depth, p->x_zero, p->w_zero, sums);
      for (int32_t k = 0; k < 4; ++k) {
        const int32_t sum = bias != NULL ? mote_add_wrapping(sums[k], bias[c + k]) : sums[k];
        y[c + k] = (int8_t)mote_rescale(&rescale, multipliers, shifts, c + k, sum);
      }
      w += 4 * p->depth;
    }
    for (; c < p->channels; ++c) {
      const int32_t sum = mote_dot_s8(x, w, p->depth, p->x_zero, p->w_zero, bias != NULL ? bias[c] : 0);
      y[c] = (int8_t)mote_rescale(&rescale, multipliers, shifts, c, sum);
      w += p->depth;
    }
    x += p->depth;
    y += p->channels;
  }
}
