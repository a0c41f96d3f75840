#include <math.h>

#include "portable/common.h"

/* Rows divided by their Euclidean norm, which counts as 1e-6 at least. */
typedef struct {
  int32_t rows;
  int32_t depth; /* elements of a row */
} mote_l2_normalization_f32_t;

MOTE_KERNEL void mote_l2_normalization_f32(const mote_l2_normalization_f32_t *p, const float *x, float *y) {
  for (int32_t row = 0; row < p->rows; row++) {
    float squares = 0.0f;
    for (int32_t i = 0; i < p->depth; i++) {
      squares += x[i] * x[i];
    }
    float norm = sqrtf(squares);
    norm = norm < 1e-6f ? 1e-6f : norm;
    for (int32_t i = 0; i < p->depth; i++) {
      y[i] = x[i] / norm;
    }
    x += p->depth;
    y += p->depth;
  }
}
