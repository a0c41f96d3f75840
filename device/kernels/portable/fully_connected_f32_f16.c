#include "portable/dot_f32.h"
#include "portable/weights.h"

/* y = x * transposed weights + bias, float with half-precision weights [O,I]. */
typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t channels;
  float output_min;
  float output_max;
} mote_fully_connected_f32_f16_t;

MOTE_KERNEL void mote_fully_connected_f32_f16(const mote_fully_connected_f32_f16_t *p, const float *x,
                                              const uint16_t *weights, const float *bias, float *y) {
  for (int32_t row = 0; row < p->rows; ++row) {
    const uint16_t *w = weights;
    for (int32_t c = 0; c < p->channels; ++c) {
      float sum = 0.0f;
      for (int32_t i = 0; i < p->depth; ++i) {
        sum += x[i] * mote_half(w[i]);
      }
      y[c] = mote_clamp_f32(bias != NULL ? sum + bias[c] : sum, p->output_min, p->output_max);
      w += p->depth;
    }
    x += p->depth;
    y += p->channels;
  }
}
