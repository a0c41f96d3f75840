#include <math.h>

#include "portable/common.h"

/* x where it is not negative, exp(x) - 1 elsewhere. */
typedef struct {
  int32_t count; /* elements */
} mote_elu_f32_t;

MOTE_KERNEL void mote_elu_f32(const mote_elu_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = x[i] < 0.0f ? expm1f(x[i]) : x[i];
  }
}
