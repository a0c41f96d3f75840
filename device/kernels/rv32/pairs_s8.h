/* RV32IM: two pixels times all output channels. */
#ifndef MOTE_RV32_PAIRS_S8_H
#define MOTE_RV32_PAIRS_S8_H

#include "rv32/pairs.h"

/* Four depths of two pixels. */
MOTE_KERNEL void mote_pairs_group(mote_pairs_sums_t *sums, const uint32_t *x, const int8_t *w) {
  uint32_t products = x[0] * (uint32_t)(int32_t)w[0];
  products += x[1] * (uint32_t)(int32_t)w[1];
  products += x[2] * (uint32_t)(int32_t)w[2];
  products += x[3] * (uint32_t)(int32_t)w[3];
  mote_pairs_split(sums, products);
}

/* Sums below 2^29 in magnitude. */
MOTE_SHARED void mote_pairs_product_s8(const mote_pairs_t *m) {
  const int32_t *stream = m->stream;
  const int32_t *const stream_end = m->stream_end;
  const uint32_t *const columns = m->columns;
  const uint32_t *const end = m->columns_end;
  const int32_t odd = m->entry & 1;
  const int32_t zero = m->zero;
  const int32_t low = m->low;
  const int32_t high = m->high;
  int8_t *y0 = m->y0;
  int8_t *y1 = m->y1;
  do {
    const uint32_t *x = columns;
    const int8_t *w = (const int8_t *)stream;
    mote_pairs_sums_t sums = {0, 0};
    if (odd != 0) {
      mote_pairs_group(&sums, x, w);
      x += 4;
      w += 4;
    }
    while (x != end) {
      mote_pairs_group(&sums, x, w);
      mote_pairs_group(&sums, x + 4, w + 4);
      x += 8;
      w += 8;
    }
    stream = (const int32_t *)(const void *)w;
    const int32_t word = stream[0];
    const int32_t multiplier = stream[1];
    stream += 2;
    if ((word & 256) != 0) {
      int32_t correction;
      do {
        correction = *stream++;
        const uint32_t value = *(const uint32_t *)(const void *)((const uint8_t *)columns + (correction & 0xfffc));
        mote_pairs_split(&sums, value * (uint32_t)(correction >> 24));
      } while ((correction & 65536) == 0);
    }
    const int32_t bias = word >> 9;
    const int32_t right = (word & 31) + 1;
    const int32_t half = 1 + (1 << (right - 1));
    int32_t first = (int32_t)(sums.all - (sums.high << 16)) + bias;
    int32_t second = (int32_t)sums.high + bias;
    first = mote_pairs_requantize(first, multiplier, right, half) + zero;
    second = mote_pairs_requantize(second, multiplier, right, half) + zero;
    *y0++ = (int8_t)mote_clamp(first, low, high);
    *y1++ = (int8_t)mote_clamp(second, low, high);
  } while (stream != stream_end);
}

#endif
