#include "portable/reduce.h"

/* Sum of floats in row-major order, or their mean. */
typedef struct {
  MOTE_REDUCE_FIELDS;
  int32_t divisor; /* number of reduced elements for the mean; 1 for the sum */
} mote_reduce_sum_f32_t;

MOTE_KERNEL void mote_reduce_sum_f32(const mote_reduce_sum_f32_t *p, const float *x, float *y) {
  MOTE_KEPT(p, base, o) {
    float sum = 0.0f;
    MOTE_REDUCED(p, base, at) {
      sum += x[at];
    }
    y[o] = p->divisor == 1 ? sum : sum / (float)p->divisor;
  }
}
