#include <string.h>

#include "portable/inner_product.h"

/* Singular value decomposition filter: int8 activations and feature weights, int8_t time weights and state. Each filter
 * remembers its last outputs; the sum of rank filters, weighted over time, is a unit.
 * Source of the arithmetic: TensorFlow Lite Micro, svdf_common. */
typedef struct {
  int32_t batches;
  int32_t inputs; /* numbers in an input row */
  int32_t units;  /* numbers in an output row */
  int32_t rank;   /* filters of a unit */
  int32_t memory; /* outputs that a filter remembers */
  int32_t feature_multiplier;
  int32_t feature_shift;
  int32_t state_zero_point;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t output_zero_point;
} mote_svdf_s8_t;

/* Biases include the zero points of the input and of the state. Sums wrap around, as the source's do in practice. */
MOTE_KERNEL void mote_svdf_s8(const mote_svdf_s8_t *p, const int8_t *x, const int8_t *features,
                               const int32_t *feature_biases, const int8_t *times, const int32_t *biases,
                               int8_t *state, int8_t *y) {
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t unit = 0; unit < p->units; unit++) {
      int32_t sum = biases[unit];
      for (int32_t filter = unit * p->rank; filter < (unit + 1) * p->rank; filter++) {
        const int8_t *w = features + filter * p->inputs;
        const int8_t *t = times + filter * p->memory;
        int32_t feature = mote_inner_s8(x, w, p->inputs, feature_biases[filter]);
        feature = p->state_zero_point + mote_requantize(feature, p->feature_multiplier, p->feature_shift);
        memmove(state, state + 1, (size_t)(p->memory - 1) * sizeof *state);
        state[p->memory - 1] = (int8_t)mote_clamp(feature, INT8_MIN, INT8_MAX);
        sum = mote_inner_s8(state, t, p->memory, sum);
        state += p->memory;
      }
      *y++ = (int8_t)mote_clamp(
          p->output_zero_point + mote_requantize(sum, p->output_multiplier, p->output_shift), INT8_MIN,
          INT8_MAX);
    }
    x += p->inputs;
  }
}
