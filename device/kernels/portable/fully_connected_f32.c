#include "portable/dot_f32.h"

/* y = x * transposed weights + bias, float [O,I].
 * Source of the arithmetic: TFLite Micro, reference_ops::FullyConnected. */
typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t channels;
  float output_min;
  float output_max;
} mote_fully_connected_f32_t;

MOTE_KERNEL void mote_fully_connected_f32(const mote_fully_connected_f32_t *p, const float *x, const float *weights,
                                          const float *bias, float *y) {
  for (int32_t row = 0; row < p->rows; ++row) {
    const float *w = weights;
    int32_t c = 0;
    for (; c + 4 <= p->channels; c += 4) {
      float sums[4] = {0.0f, 0.0f, 0.0f, 0.0f};
      mote_dot4_f32(x, w, p->depth, p->depth, sums);
      for (int32_t k = 0; k < 4; ++k) {
        y[c + k] = mote_clamp_f32(bias != NULL ? sums[k] + bias[c + k] : sums[k], p->output_min, p->output_max);
      }
      w += 4 * p->depth;
    }
    for (; c < p->channels; ++c) {
      const float sum = mote_dot_f32(x, w, p->depth, 0.0f);
      y[c] = mote_clamp_f32(bias != NULL ? sum + bias[c] : sum, p->output_min, p->output_max);
      w += p->depth;
    }
    x += p->depth;
    y += p->channels;
  }
}
