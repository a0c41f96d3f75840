#include <math.h>

#include "portable/common.h"

/* The largest integer that is not above x. */
typedef struct {
  int32_t count; /* elements */
} mote_floor_f32_t;

MOTE_KERNEL void mote_floor_f32(const mote_floor_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = floorf(x[i]);
  }
}
