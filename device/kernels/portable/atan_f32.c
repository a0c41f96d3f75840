#include <math.h>

#include "portable/common.h"

/* Angle whose tangent is x. */
typedef struct {
  int32_t count; /* elements */
} mote_atan_f32_t;

MOTE_KERNEL void mote_atan_f32(const mote_atan_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = atanf(x[i]);
  }
}
