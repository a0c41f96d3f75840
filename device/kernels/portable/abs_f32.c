#include <math.h>

#include "portable/common.h"

/* Magnitude. */
typedef struct {
  int32_t count; /* elements */
} mote_abs_f32_t;

MOTE_KERNEL void mote_abs_f32(const mote_abs_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = fabsf(x[i]);
  }
}
