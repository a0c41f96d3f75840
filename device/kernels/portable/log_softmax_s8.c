#include "portable/fixed_log.h"
#include "portable/softmax_s8.h"

/* Logarithm of the softmax of int8 over rows; the output's scale is 1/16 and its zero point 127.
 * Source: TFLite, reference/log_softmax.h. */
typedef struct {
  int32_t rows;
  int32_t depth;              /* elements of a row */
  int32_t multiplier;         /* input scale, differences to Q5 */
  int32_t shift;
  int32_t inverse_multiplier; /* Q5 to differences */
  int32_t inverse_shift;
  int32_t diff_min;           /* smallest difference to the largest element that counts */
} mote_log_softmax_s8_t;

MOTE_KERNEL void mote_log_softmax_s8(const mote_log_softmax_s8_t *p, const int8_t *x, int8_t *y) {
  for (int32_t row = 0; row < p->rows; row++) {
    const int32_t largest = mote_row_max_s8(x, p->depth);
    int32_t sum = 0;
    for (int32_t i = 0; i < p->depth; i++) {
      sum += mote_rounding_shift_right(
          mote_exp_of_difference(x[i] - largest, p->multiplier, p->shift, p->diff_min), 12);
    }
    const int32_t log_sum = mote_log_q12(sum);
    const int32_t representable = mote_requantize(log_sum + INT32_MIN, p->inverse_multiplier, p->inverse_shift);
    const int32_t low = representable > p->diff_min - 1 ? representable : p->diff_min - 1;
    for (int32_t i = 0; i < p->depth; i++) {
      const int32_t difference = x[i] - largest;
      int32_t result = INT8_MIN;
      if (difference > low) {
        /* From Q5 to the output's four fractional bits. */
        result = mote_rounding_shift_right(mote_requantize(difference, p->multiplier, p->shift) - log_sum, 22) + 127;
      }
      y[i] = (int8_t)mote_clamp(result, INT8_MIN, INT8_MAX);
    }
    x += p->depth;
    y += p->depth;
  }
}
