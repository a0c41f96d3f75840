#include "portable/dot_f32.h"

/* y = x * transposed weights + bias, float with symmetric int8 weights [O,I], which are scaled per channel, or all by
 * one scale without a table. The scale multiplies the sum. */
typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t channels;
  float output_min;
  float output_max;
  float scale;
} mote_fully_connected_f32_s8_t;

MOTE_KERNEL void mote_fully_connected_f32_s8(const mote_fully_connected_f32_s8_t *p, const float *x,
                                             const int8_t *weights, const float *bias, const float *scales, float *y) {
  for (int32_t row = 0; row < p->rows; ++row) {
    const int8_t *w = weights;
    for (int32_t c = 0; c < p->channels; ++c) {
      float sum = 0.0f;
      for (int32_t i = 0; i < p->depth; ++i) {
        sum += x[i] * (float)w[i];
      }
      sum *= scales != NULL ? scales[c] : p->scale;
      y[c] = mote_clamp_f32(bias != NULL ? sum + bias[c] : sum, p->output_min, p->output_max);
      w += p->depth;
    }
    x += p->depth;
    y += p->channels;
  }
}
