#include <math.h>

#include "portable/common.h"

/* Error function of x. */
typedef struct {
  int32_t count; /* elements */
} mote_erf_f32_t;

MOTE_KERNEL void mote_erf_f32(const mote_erf_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = erff(x[i]);
  }
}
