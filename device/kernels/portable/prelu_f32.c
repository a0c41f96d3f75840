#include "portable/common.h"

/* x where not negative, alpha * x elsewhere; alpha is broadcast to x. */
typedef struct {
  int32_t dims[4];          /* extents of x */
  int32_t alpha_strides[4]; /* in elements; 0 where broadcast */
} mote_prelu_f32_t;

MOTE_KERNEL void mote_prelu_f32(const mote_prelu_f32_t *p, const float *x, const float *alpha, float *y) {
  for (int32_t a = 0; a < p->dims[0]; a++) {
    for (int32_t b = 0; b < p->dims[1]; b++) {
      for (int32_t c = 0; c < p->dims[2]; c++) {
        const float *slope = alpha + a * p->alpha_strides[0] + b * p->alpha_strides[1] + c * p->alpha_strides[2];
        for (int32_t d = 0; d < p->dims[3]; d++) {
          const float value = *x++;
          *y++ = value >= 0.0f ? value : value * slope[d * p->alpha_strides[3]];
        }
      }
    }
  }
}
