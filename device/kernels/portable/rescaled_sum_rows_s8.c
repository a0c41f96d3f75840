#include "portable/row_sums_s8.h"

/* Sum or mean of each channel over an image that comes row by row; complete with the last row.
 * Source: TFLite, QuantizedMeanOrSum. */
typedef struct {
  int32_t rows;
  int32_t columns;
  int32_t channels;
  int32_t input_offset; /* minus the zero point, times the number of pixels */
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
} mote_rescaled_sum_rows_s8_t;

/* sums: one for each channel, kept from row to row. */
MOTE_KERNEL void mote_rescaled_sum_rows_s8(const mote_rescaled_sum_rows_s8_t *p, const int8_t *x, int8_t *y,
                                           int32_t *sums, int32_t row) {
  mote_add_row_s8(x, p->columns, p->channels, sums, row);
  if (row + 1 == p->rows) {
    for (int32_t c = 0; c < p->channels; ++c) {
      const int32_t scaled = mote_requantize(sums[c] + p->input_offset, p->output_multiplier, p->output_shift);
      y[c] = mote_clamp_s8(scaled + p->output_offset, INT8_MIN, INT8_MAX);
    }
  }
}
