#include <math.h>

#include "portable/common.h"

/* 1 / (1 + exp(-x)). Beyond the cut-offs, which are TFLite's, the formula loses accuracy or changes nothing. */
typedef struct {
  int32_t count; /* elements */
} mote_logistic_f32_t;

MOTE_KERNEL void mote_logistic_f32(const mote_logistic_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    if (x[i] > 16.619047164916992188f) {
      y[i] = 1.0f;
    } else if (x[i] < -9.0f) {
      y[i] = expf(x[i]);
    } else {
      y[i] = 1.0f / (1.0f + expf(-x[i]));
    }
  }
}
