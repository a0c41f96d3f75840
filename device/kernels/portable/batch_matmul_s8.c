#include "portable/common.h"

/* Matrix products over up to three broadcast batch dimensions, int8. The steps, in elements, tell how both
 * operands are stored: transposed or not, and 0 where a batch dimension is broadcast.
 * Source of the arithmetic: TFLite Micro, reference_ops::BatchMatMul. */
typedef struct {
  int32_t batches[3];
  int32_t a_batch_steps[3];
  int32_t b_batch_steps[3];
  int32_t rows;
  int32_t columns;
  int32_t depth;
  int32_t a_row_step;
  int32_t a_term_step;
  int32_t b_column_step;
  int32_t b_term_step;
  int32_t a_zero;
  int32_t b_zero;
  int32_t multiplier;
  int32_t shift;
  int32_t output_zero;
} mote_batch_matmul_s8_t;

/* One product of two matrices. */
MOTE_KERNEL void mote_batch_matmul_s8_matrix(const mote_batch_matmul_s8_t *p, const int8_t *a, const int8_t *columns,
                                             int8_t *y) {
  for (int32_t row = 0; row < p->rows; ++row) {
    const int8_t *b = columns;
    int32_t c = 0;
    for (; c + 4 <= p->columns; c += 4) {
      int32_t sums[4] = {0, 0, 0, 0};
      for (int32_t i = 0; i < p->depth; ++i) {
        const int32_t value = a[i * p->a_term_step] - p->a_zero;
        sums[0] = mote_multiply_add(sums[0], value, b[i * p->b_term_step] - p->b_zero);
        sums[1] = mote_multiply_add(sums[1], value, b[i * p->b_term_step + p->b_column_step] - p->b_zero);
        sums[2] = mote_multiply_add(sums[2], value, b[i * p->b_term_step + 2 * p->b_column_step] - p->b_zero);
        sums[3] = mote_multiply_add(sums[3], value, b[i * p->b_term_step + 3 * p->b_column_step] - p->b_zero);
      }
      for (int32_t k = 0; k < 4; ++k) {
        *y++ = (int8_t)mote_clamp(mote_add_wrapping(mote_requantize(sums[k], p->multiplier, p->shift), p->output_zero),
                                  INT8_MIN, INT8_MAX);
      }
      b += 4 * p->b_column_step;
    }
    for (; c < p->columns; ++c) {
      int32_t sum = 0;
      for (int32_t i = 0; i < p->depth; ++i) {
        const int32_t value = a[i * p->a_term_step] - p->a_zero;
        sum = mote_multiply_add(sum, value, b[i * p->b_term_step] - p->b_zero);
      }
      *y++ = (int8_t)mote_clamp(mote_add_wrapping(mote_requantize(sum, p->multiplier, p->shift), p->output_zero),
                                INT8_MIN, INT8_MAX);
      b += p->b_column_step;
    }
    a += p->a_row_step;
  }
}

MOTE_KERNEL void mote_batch_matmul_s8(const mote_batch_matmul_s8_t *p, const int8_t *a, const int8_t *b, int8_t *y) {
  for (int32_t i = 0; i < p->batches[0]; ++i) {
    for (int32_t j = 0; j < p->batches[1]; ++j) {
      for (int32_t k = 0; k < p->batches[2]; ++k) {
        mote_batch_matmul_s8_matrix(p, a + i * p->a_batch_steps[0] + j * p->a_batch_steps[1] + k * p->a_batch_steps[2],
                                    b + i * p->b_batch_steps[0] + j * p->b_batch_steps[1] + k * p->b_batch_steps[2], y);
        y += p->rows * p->columns;
      }
    }
  }
}
