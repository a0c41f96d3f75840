#include <math.h>

#include "portable/common.h"

/* The smallest integer that is not below x. */
typedef struct {
  int32_t count; /* elements */
} mote_ceil_f32_t;

MOTE_KERNEL void mote_ceil_f32(const mote_ceil_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = ceilf(x[i]);
  }
}
