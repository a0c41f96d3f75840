#include "portable/common.h"

/* x where positive, alpha * x elsewhere. */
typedef struct {
  int32_t count; /* elements */
  float alpha;
} mote_leaky_relu_f32_t;

MOTE_KERNEL void mote_leaky_relu_f32(const mote_leaky_relu_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = x[i] > 0.0f ? x[i] : x[i] * p->alpha;
  }
}
