#include "portable/row_sums_s8.h"

/* Average of each channel over an image that comes row by row, rounded half away from zero; complete with the last row.
 * Source: TFLite Micro, reference_integer_ops::AveragePool. */
typedef struct {
  int32_t rows;
  int32_t columns;
  int32_t channels;
  int32_t output_min;
  int32_t output_max;
} mote_average_rows_s8_t;

/* sums: one for each channel, kept from row to row. */
MOTE_KERNEL void mote_average_rows_s8(const mote_average_rows_s8_t *p, const int8_t *x, int8_t *y, int32_t *sums,
                                      int32_t row) {
  const int32_t count = p->rows * p->columns;
  mote_add_row_s8(x, p->columns, p->channels, sums, row);
  if (row + 1 == p->rows) {
    for (int32_t c = 0; c < p->channels; ++c) {
      const int32_t sum = sums[c];
      y[c] = (int8_t)mote_clamp((sum > 0 ? sum + count / 2 : sum - count / 2) / count, p->output_min, p->output_max);
    }
  }
}
