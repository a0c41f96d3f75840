#include <math.h>

#include "portable/common.h"

/* log(1 + e^x), without overflow for large x. */
typedef struct {
  int32_t count; /* elements */
} mote_softplus_f32_t;

MOTE_KERNEL void mote_softplus_f32(const mote_softplus_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = (x[i] > 0.0f ? x[i] : 0.0f) + log1pf(expf(-fabsf(x[i])));
  }
}
