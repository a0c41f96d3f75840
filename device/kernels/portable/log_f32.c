#include <math.h>

#include "portable/common.h"

/* Natural logarithm; minus infinity at zero, NaN below. */
typedef struct {
  int32_t count; /* elements */
} mote_log_f32_t;

MOTE_KERNEL void mote_log_f32(const mote_log_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = logf(x[i]);
  }
}
