#include "portable/cumulative_sum.h"

/* Running sums of floats. */
typedef struct {
  MOTE_CUMULATIVE_SUM_FIELDS;
} mote_cumulative_sum_f32_t;

MOTE_KERNEL void mote_cumulative_sum_f32(const mote_cumulative_sum_f32_t *p, const float *x, float *y) {
  MOTE_LINES(p, first) {
    float sum = 0;
    MOTE_LINE(p, first, at) {
      const float before = sum;
      sum += (float)x[at];
      y[at] = (float)(p->exclusive != 0 ? before : sum);
    }
  }
}
