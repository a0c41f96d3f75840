#include "portable/cumulative_sum.h"

/* Running sums of plain int32, which wrap around. */
typedef struct {
  MOTE_CUMULATIVE_SUM_FIELDS;
} mote_cumulative_sum_s32_t;

MOTE_KERNEL void mote_cumulative_sum_s32(const mote_cumulative_sum_s32_t *p, const int32_t *x, int32_t *y) {
  MOTE_LINES(p, first) {
    uint32_t sum = 0;
    MOTE_LINE(p, first, at) {
      const uint32_t before = sum;
      sum += (uint32_t)x[at];
      y[at] = (int32_t)(p->exclusive != 0 ? before : sum);
    }
  }
}
