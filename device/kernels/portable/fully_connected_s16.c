#include "portable/dot_s16.h"

/* y = x * transposed weights + bias, int16 with int8 weights [O,I].
 * Source of the arithmetic: TFLite Micro, reference_integer_ops::FullyConnected for 16x8. Zero points are 0. */
typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t channels;
  int32_t wide;
  int32_t multiplier;
  int32_t shift;
  int32_t output_min;
  int32_t output_max;
} mote_fully_connected_s16_t;

MOTE_KERNEL void mote_fully_connected_s16(const mote_fully_connected_s16_t *p, const int16_t *x, const int8_t *weights,
                                          const int64_t *bias, const int32_t *multipliers, const int8_t *shifts,
                                          int16_t *y) {
  const mote_rescale_s16_t rescale = {p->wide, p->multiplier, p->shift, p->output_min, p->output_max};
  for (int32_t row = 0; row < p->rows; ++row) {
    const int8_t *w = weights;
    int32_t c = 0;
    for (; c + 4 <= p->channels; c += 4) {
      int64_t sums[4] = {0, 0, 0, 0};
      mote_dot4_s16(x, w, p->depth, p->depth, sums);
      for (int32_t k = 0; k < 4; ++k) {
        y[c + k] = mote_rescale_s16(&rescale, bias, multipliers, shifts, c + k, sums[k]);
      }
      w += 4 * p->depth;
    }
    for (; c < p->channels; ++c) {
      const int64_t sum = mote_dot_s16(x, w, p->depth, 0);
      y[c] = mote_rescale_s16(&rescale, bias, multipliers, shifts, c, sum);
      w += p->depth;
    }
    x += p->depth;
    y += p->channels;
  }
}
