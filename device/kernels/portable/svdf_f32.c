#include <math.h> /* a bound may be INFINITY */
#include <string.h>

#include "portable/common.h"

/* Singular value decomposition filter of floats. Each filter remembers its last outputs; the sum of rank filters,
 * weighted over time, is a unit. */
typedef struct {
  int32_t batches;
  int32_t inputs; /* numbers in an input row */
  int32_t units;  /* numbers in an output row */
  int32_t rank;   /* filters of a unit */
  int32_t memory; /* outputs that a filter remembers */
  float output_min;
  float output_max;
} mote_svdf_f32_t;

MOTE_KERNEL void mote_svdf_f32(const mote_svdf_f32_t *p, const float *x, const float *features, const float *times,
                               const float *biases, float *state, float *y) {
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t unit = 0; unit < p->units; unit++) {
      float sum = biases[unit];
      for (int32_t filter = unit * p->rank; filter < (unit + 1) * p->rank; filter++) {
        const float *w = features + filter * p->inputs;
        const float *t = times + filter * p->memory;
        float feature = 0.0f;
        float product = 0.0f;
        for (int32_t i = 0; i < p->inputs; i++) {
          feature += w[i] * x[i];
        }
        memmove(state, state + 1, (size_t)(p->memory - 1) * sizeof *state);
        state[p->memory - 1] = feature;
        for (int32_t i = 0; i < p->memory; i++) {
          product += t[i] * state[i];
        }
        sum += product;
        state += p->memory;
      }
      *y++ = sum < p->output_min ? p->output_min : (sum > p->output_max ? p->output_max : sum);
    }
    x += p->inputs;
  }
}
