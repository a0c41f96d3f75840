#include <math.h>

#include "portable/common.h"

/* Sine of radians. */
typedef struct {
  int32_t count; /* elements */
} mote_sin_f32_t;

MOTE_KERNEL void mote_sin_f32(const mote_sin_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = sinf(x[i]);
  }
}
