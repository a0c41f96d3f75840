#include <float.h>
#include <math.h>

#include "portable/common.h"

/* Softmax over rows. */
typedef struct {
  int32_t rows;
  int32_t depth; /* elements of a row */
  float beta;
} mote_softmax_f32_t;

MOTE_KERNEL void mote_softmax_f32(const mote_softmax_f32_t *p, const float *x, float *y) {
  for (int32_t row = 0; row < p->rows; row++) {
    float largest = -FLT_MAX;
    float sum = 0.0f;
    for (int32_t i = 0; i < p->depth; i++) {
      largest = x[i] > largest ? x[i] : largest;
    }
    for (int32_t i = 0; i < p->depth; i++) {
      const float e = expf((x[i] - largest) * p->beta);
      y[i] = e;
      sum += e;
    }
    for (int32_t i = 0; i < p->depth; i++) {
      y[i] = y[i] / sum;
    }
    x += p->depth;
    y += p->depth;
  }
}
