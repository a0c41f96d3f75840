#include "portable/softmax_s8.h"

/* Softmax of int8 to int16 over rows; the whole range of the output type is [0, 1).
 * The table holds the exponential, in Q0, of every distance below the largest element. */
typedef struct {
  int32_t rows;
  int32_t depth; /* elements of a row */
} mote_softmax_table_s8_s16_t;

MOTE_KERNEL void mote_softmax_table_s8_s16(const mote_softmax_table_s8_s16_t *p, const int8_t *x, const int32_t *table,
    int16_t *y) {
  for (int32_t row = 0; row < p->rows; row++) {
    const int32_t largest = mote_row_max_s8(x, p->depth);
    int32_t sum = 0;
    for (int32_t i = 0; i < p->depth; i++) {
      sum += mote_rounding_shift_right(table[largest - x[i]], 12);
    }
    const int32_t headroom = mote_leading_zeros(sum);
    const int32_t reciprocal = mote_normalised_reciprocal(sum, headroom);
    for (int32_t i = 0; i < p->depth; i++) {
      y[i] = (int16_t)mote_share(table[largest - x[i]], reciprocal, headroom, 16);
    }
    x += p->depth;
    y += p->depth;
  }
}
