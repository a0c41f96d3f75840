#include <math.h>

#include "portable/common.h"

/* Inverse hyperbolic tangent of x. */
typedef struct {
  int32_t count; /* elements */
} mote_atanh_f32_t;

MOTE_KERNEL void mote_atanh_f32(const mote_atanh_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = atanhf(x[i]);
  }
}
