#include "portable/dot_f32.h"
#include "portable/dot_s8.h"
#include "portable/dynamic_range.h"

/* y = x * transposed weights + bias, float with symmetric int8 weights [O,I]: each row of x is quantized to int8 in the
 * scratch memory first.
 * Source of the arithmetic: TFLite, EvalHybrid of its fully connected layer. */
typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t channels;
  int32_t asymmetric; /* never */
  float output_min;
  float output_max;
} mote_fully_connected_f32_s8_t;

MOTE_KERNEL void mote_fully_connected_f32_s8(const mote_fully_connected_f32_s8_t *p, const float *x,
                                             const int8_t *weights, const float *bias, const float *scales, float *y,
                                             int8_t *scratch) {
  for (int32_t row = 0; row < p->rows; ++row) {
    const mote_dynamic_t range = mote_dynamic_symmetric(x, p->depth, scratch);
    const int8_t *w = weights;
    for (int32_t c = 0; c < p->channels; ++c) {
      const float value = (float)mote_dot_s8(scratch, w, p->depth, 0, 0, 0) * (range.scale * scales[c]);
      y[c] = mote_clamp_f32(bias != NULL ? value + bias[c] : value, p->output_min, p->output_max);
      w += p->depth;
    }
    x += p->depth;
    y += p->channels;
  }
}
