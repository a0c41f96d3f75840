#include <math.h>

#include "portable/common.h"

/* Square root; NaN below zero. */
typedef struct {
  int32_t count; /* elements */
} mote_sqrt_f32_t;

MOTE_KERNEL void mote_sqrt_f32(const mote_sqrt_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = sqrtf(x[i]);
  }
}
