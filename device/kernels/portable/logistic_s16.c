#include "portable/sigmoid_s16.h"

/* Logistic function of int16 by interpolation; the output's scale is 1/32768. */
typedef struct {
  int32_t count;      /* elements */
  int32_t multiplier; /* input scale times 3 * 2^12 * 2^shift */
  int32_t shift;      /* to the right, rounding */
} mote_logistic_s16_t;

MOTE_KERNEL void mote_logistic_s16(const mote_logistic_s16_t *p, const int16_t *x, const int16_t *table, int16_t *y) {
  const int32_t half = p->shift > 0 ? INT32_C(1) << (p->shift - 1) : 0;
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = (int16_t)mote_sigmoid_q15((x[i] * p->multiplier + half) >> p->shift, table);
  }
}
