#include "portable/cumulative_sum.h"

/* Running sums of plain int64, which wrap around. */
typedef struct {
  MOTE_CUMULATIVE_SUM_FIELDS;
} mote_cumulative_sum_s64_t;

MOTE_KERNEL void mote_cumulative_sum_s64(const mote_cumulative_sum_s64_t *p, const int64_t *x, int64_t *y) {
  MOTE_LINES(p, first) {
    uint64_t sum = 0;
    MOTE_LINE(p, first, at) {
      const uint64_t before = sum;
      sum += (uint64_t)x[at];
      y[at] = (int64_t)(p->exclusive != 0 ? before : sum);
    }
  }
}
