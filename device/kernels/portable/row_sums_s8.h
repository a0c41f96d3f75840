/* Sums of the channels of an int8 image that comes row by row. */
#ifndef MOTE_ROW_SUMS_S8_H
#define MOTE_ROW_SUMS_S8_H

#include "portable/common.h"

/* Adds a row of pixels to the sums, which the first row clears. */
MOTE_KERNEL void mote_add_row_s8(const int8_t *x, int32_t columns, int32_t channels, int32_t *sums, int32_t row) {
  for (int32_t c = 0; c < channels; ++c) {
    int32_t sum = row == 0 ? 0 : sums[c];
    const int8_t *pixel = x + c;
    for (int32_t column = 0; column < columns; ++column) {
      sum += *pixel;
      pixel += channels;
    }
    sums[c] = sum;
  }
}

#endif
