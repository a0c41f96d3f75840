#include <math.h>

#include "portable/common.h"

/* Cosine of radians. */
typedef struct {
  int32_t count; /* elements */
} mote_cos_f32_t;

MOTE_KERNEL void mote_cos_f32(const mote_cos_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = cosf(x[i]);
  }
}
