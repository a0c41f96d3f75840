#include <math.h>

#include "portable/common.h"

/* How near rows of x are to each vector. */
typedef struct {
  int32_t rows;
  int32_t features;
  int32_t vectors;
  int32_t kind; /* 0 product, 1 polynomial, 2 radial, 3 sigmoid, 4 squared distance, 5 sum of absolute differences */
  float gamma;
  float offset;
  int32_t degree;
} mote_kernel_matrix_f32_t;

MOTE_KERNEL void mote_kernel_matrix_f32(const mote_kernel_matrix_f32_t *p, const float *x, const float *vectors,
                                        const float *weights, float *y) {
  for (int32_t row = 0; row < p->rows; ++row) {
    const float *v = vectors;
    const float *w = weights;
    for (int32_t s = 0; s < p->vectors; ++s) {
      float sum = 0.0f;
      for (int32_t f = 0; f < p->features; ++f) {
        const float difference = x[f] - v[f];
        if (p->kind == 2 || (p->kind == 4 && weights == NULL)) {
          sum += difference * difference;
        } else if (p->kind == 4) {
          sum += difference * difference * w[f];
        } else if (p->kind == 5) {
          sum += fabsf(difference);
        } else {
          sum += x[f] * v[f];
        }
      }
      if (p->kind == 1) {
        const float factor = p->gamma * sum + p->offset;
        sum = 1.0f;
        for (int32_t i = 0; i < p->degree; ++i) {
          sum *= factor;
        }
      } else if (p->kind == 2) {
        sum = expf(-p->gamma * sum);
      } else if (p->kind == 3) {
        sum = tanhf(p->gamma * sum + p->offset);
      }
      *y++ = sum;
      v += p->features;
      if (weights != NULL) {
        w += p->features;
      }
    }
    x += p->features;
  }
}
