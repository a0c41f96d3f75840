#include "portable/softmax_s8.h"

/* Softmax of int8 to int8 over rows; the whole range of the output type is [0, 1).
 * The scratch memory keeps one row of exponentials. */
typedef struct {
  int32_t rows;
  int32_t depth;      /* elements of a row */
  int32_t multiplier; /* scale times beta, differences to Q5 */
  int32_t shift;
  int32_t diff_min;   /* smallest difference to the largest element that counts */
} mote_softmax_s8_t;

MOTE_KERNEL void mote_softmax_s8(const mote_softmax_s8_t *p, const int8_t *x, int8_t *y, int32_t *scratch) {
  for (int32_t row = 0; row < p->rows; row++) {
    const int32_t largest = mote_row_max_s8(x, p->depth);
    int32_t sum = 0;
    for (int32_t i = 0; i < p->depth; i++) {
      const int32_t e = mote_exp_of_difference(x[i] - largest, p->multiplier, p->shift, p->diff_min);
      scratch[i] = e;
      sum += mote_rounding_shift_right(e, 12);
    }
    const int32_t headroom = mote_leading_zeros(sum);
    const int32_t reciprocal = mote_normalised_reciprocal(sum, headroom);
    for (int32_t i = 0; i < p->depth; i++) {
      y[i] = (int8_t)mote_share(scratch[i], reciprocal, headroom, 8);
    }
    x += p->depth;
    y += p->depth;
  }
}
