#include "portable/fixed_inverse_root.h"

/* int8 rows divided by their Euclidean norm; the output's scale is 1/128 and its zero point 0.
 * Source: TFLite, integer_ops/l2normalization.h. */
typedef struct {
  int32_t rows;
  int32_t depth; /* elements of a row */
  int32_t input_zero;
} mote_l2_normalization_s8_t;

MOTE_KERNEL void mote_l2_normalization_s8(const mote_l2_normalization_s8_t *p, const int8_t *x, int8_t *y) {
  for (int32_t row = 0; row < p->rows; row++) {
    int32_t squares = 0;
    for (int32_t i = 0; i < p->depth; i++) {
      const int32_t value = x[i] - p->input_zero;
      squares += value * value;
    }
    int32_t shift;
    const int32_t multiplier = mote_inverse_root(squares, &shift);
    for (int32_t i = 0; i < p->depth; i++) {
      y[i] = (int8_t)mote_clamp(mote_requantize(x[i] - p->input_zero, multiplier, shift + 7), INT8_MIN, INT8_MAX);
    }
    x += p->depth;
    y += p->depth;
  }
}
