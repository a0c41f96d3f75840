#include "portable/common.h"

/* Matrix products over up to three broadcast batch dimensions, float. The steps, in elements, tell how both
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
} mote_batch_matmul_f32_t;

/* One product of two matrices. */
MOTE_KERNEL void mote_batch_matmul_f32_matrix(const mote_batch_matmul_f32_t *p, const float *a, const float *columns,
                                              float *y) {
  for (int32_t row = 0; row < p->rows; ++row) {
    const float *b = columns;
    int32_t c = 0;
    for (; c + 4 <= p->columns; c += 4) {
      float sums[4] = {0.0f, 0.0f, 0.0f, 0.0f};
      for (int32_t i = 0; i < p->depth; ++i) {
        const float value = a[i * p->a_term_step];
        sums[0] += value * b[i * p->b_term_step];
        sums[1] += value * b[i * p->b_term_step + p->b_column_step];
        sums[2] += value * b[i * p->b_term_step + 2 * p->b_column_step];
        sums[3] += value * b[i * p->b_term_step + 3 * p->b_column_step];
      }
      for (int32_t k = 0; k < 4; ++k) {
        *y++ = sums[k];
      }
      b += 4 * p->b_column_step;
    }
    for (; c < p->columns; ++c) {
      float sum = 0.0f;
      for (int32_t i = 0; i < p->depth; ++i) {
        const float value = a[i * p->a_term_step];
        sum += value * b[i * p->b_term_step];
      }
      *y++ = sum;
      b += p->b_column_step;
    }
    a += p->a_row_step;
  }
}

MOTE_KERNEL void mote_batch_matmul_f32(const mote_batch_matmul_f32_t *p, const float *a, const float *b, float *y) {
  for (int32_t i = 0; i < p->batches[0]; ++i) {
    for (int32_t j = 0; j < p->batches[1]; ++j) {
      for (int32_t k = 0; k < p->batches[2]; ++k) {
        mote_batch_matmul_f32_matrix(p, a + i * p->a_batch_steps[0] + j * p->a_batch_steps[1] + k * p->a_batch_steps[2],
                                     b + i * p->b_batch_steps[0] + j * p->b_batch_steps[1] + k * p->b_batch_steps[2],
                                     y);
        y += p->rows * p->columns;
      }
    }
  }
}
