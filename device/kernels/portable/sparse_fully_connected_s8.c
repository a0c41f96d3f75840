#include "portable/sparse_s8.h"

/* y = x * transposed weights + bias, int8 with the groups of int8 weights that are not zero, each for four inputs; depth is
 * a multiple of 4. Two rows of x are read before their outputs are complete. */
typedef struct {
  int32_t rows;
  int32_t depth;
  int32_t channels;
  int32_t x_zero; /* 0: the bias holds -x_zero * sum(weights) */
  int32_t w_zero; /* 0 */
  int32_t multiplier;
  int32_t shift;
  int32_t right_only;
  int32_t output_zero;
  int32_t output_min;
  int32_t output_max;
} mote_sparse_fully_connected_s8_t;

MOTE_KERNEL void mote_sparse_fully_connected_s8(const mote_sparse_fully_connected_s8_t *p, const int8_t *x,
                                                const uint8_t *groups, const int32_t *bias, const int32_t *multipliers,
                                                const int8_t *shifts, int8_t *y) {
  const mote_rescale_t rescale = {p->multiplier, p->shift, p->right_only, p->output_zero, p->output_min, p->output_max};
  for (int32_t row = 0; row + 1 < p->rows; row += 2) {
    mote_sparse_rows_s8(&rescale, 2, p->channels, x, p->depth, groups, bias, multipliers, shifts, y);
    x += 2 * p->depth;
    y += 2 * p->channels;
  }
  if ((p->rows & 1) != 0) {
    mote_sparse_rows_s8(&rescale, 1, p->channels, x, 0, groups, bias, multipliers, shifts, y);
  }
}
