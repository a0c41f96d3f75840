/* Pixels in pairs, for processors without SIMD: one word x0 + x1 * 2^16, so that one multiplication by a weight gives two
 * products. The sum of a few of them is split into two sums before a half of the word overflows; the compiler chooses
 * weights and corrections so that the sum of four products never does. */
#ifndef MOTE_SCALAR_PAIRS_H
#define MOTE_SCALAR_PAIRS_H

#include "portable/common.h"

/* A column of pixel pairs times all output channels.
 * columns: one word for each depth, rounded up to four; at most 64 KiB.
 * stream: for each channel four weights a word, the depth rounded up; then bias * 2^9 + corrected * 2^8 + right shift and
 * the multiplier; then, if corrected, words residual * 2^24 + last * 2^16 + byte offset of the column's word.
 * y0, y1: outputs of the two pixels; they may be equal when both halves hold the same pixel.
 * The order of the fields is known to assembly. */
typedef struct {
  const uint32_t *columns;
  const uint32_t *columns_end;
  const int32_t *stream;
  const int32_t *stream_end;
  int32_t entry; /* where the unrolled loop is entered, in groups of four depths */
  int8_t *y0;
  int8_t *y1;
  int32_t zero; /* output zero point */
  int32_t low;  /* clamp */
  int32_t high;
} mote_pairs_t;

/* Both pixels are dense: `count` > 0 values each. */
MOTE_INTERNAL uint32_t *mote_pair_values(const int8_t *x0, const int8_t *x1, int32_t count, uint32_t *column) {
  const int8_t *const end = x0 + count;
  do {
    *column++ = (uint32_t)(int32_t)*x0++ + ((uint32_t)(int32_t)*x1++ << 16);
  } while (x0 != end);
  return column;
}

#endif
