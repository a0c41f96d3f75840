#include <math.h>

#include "portable/common.h"

/* One over the square root; infinite at zero, NaN below. */
typedef struct {
  int32_t count; /* elements */
} mote_rsqrt_f32_t;

MOTE_KERNEL void mote_rsqrt_f32(const mote_rsqrt_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = 1.0f / sqrtf(x[i]);
  }
}
