/* RV32IM: two pixels times all output channels. */
#ifndef MOTE_RV32_PAIRS_S8_H
#define MOTE_RV32_PAIRS_S8_H

#include "rv32/pairs.h"

#define MOTE_PAIRS_BLOCK 4 /* channels at a time: each word of the column is loaded for all of them */

/* Four depths of two pixels (x0 to x3) times one channel. */
#define MOTE_PAIRS_GROUP(sums, at0, at1, at2, at3) \
  "lb %[p0], " at0 "(%[w])\n\t"                    \
  "lb %[p1], " at1 "(%[w])\n\t"                    \
  "lb %[p2], " at2 "(%[w])\n\t"                    \
  "lb %[p3], " at3 "(%[w])\n\t"                    \
  "mul %[p0], %[p0], %[x0]\n\t"                    \
  "mul %[p1], %[p1], %[x1]\n\t"                    \
  "mul %[p2], %[p2], %[x2]\n\t"                    \
  "mul %[p3], %[p3], %[x3]\n\t"                    \
  "add %[p0], %[p0], %[p1]\n\t"                    \
  "add %[p2], %[p2], %[p3]\n\t"                    \
  "add %[p0], %[p0], %[p2]\n\t"                    \
  "add %[all" sums "], %[all" sums "], %[p0]\n\t"  \
  "add %[p0], %[p0], %[half]\n\t"                  \
  "srai %[p0], %[p0], 16\n\t"                      \
  "add %[high" sums "], %[high" sums "], %[p0]\n\t"

/* The whole column times a block of channels; returns where their weights end. The loop is assembly because gcc keeps
 * half of the sums on the stack. */
MOTE_KERNEL const int8_t *mote_pairs_block(const uint32_t *column, const uint32_t *end, const int8_t *w,
                                           mote_pairs_sums_t sums[MOTE_PAIRS_BLOCK]) {
  mote_pairs_sums_t a = {0, 0};
  mote_pairs_sums_t b = {0, 0};
  mote_pairs_sums_t c = {0, 0};
  mote_pairs_sums_t d = {0, 0};
  uint32_t x0, x1, x2, x3, p0, p1, p2, p3;
  __asm__ volatile(
      "1:\n\t"
      "lw %[x0], 0(%[x])\n\t"
      "lw %[x1], 4(%[x])\n\t"
      "lw %[x2], 8(%[x])\n\t"
      "lw %[x3], 12(%[x])\n\t"
      "addi %[x], %[x], 16\n\t"
      MOTE_PAIRS_GROUP("a", "0", "1", "2", "3")
      MOTE_PAIRS_GROUP("b", "4", "5", "6", "7")
      MOTE_PAIRS_GROUP("c", "8", "9", "10", "11")
      MOTE_PAIRS_GROUP("d", "12", "13", "14", "15")
      "addi %[w], %[w], 16\n\t"
      "bne %[x], %[end], 1b\n\t"
      : [x] "+r"(column), [w] "+r"(w), [alla] "+r"(a.all), [higha] "+r"(a.high), [allb] "+r"(b.all),
        [highb] "+r"(b.high), [allc] "+r"(c.all), [highc] "+r"(c.high), [alld] "+r"(d.all), [highd] "+r"(d.high),
        [x0] "=&r"(x0), [x1] "=&r"(x1), [x2] "=&r"(x2), [x3] "=&r"(x3), [p0] "=&r"(p0), [p1] "=&r"(p1),
        [p2] "=&r"(p2), [p3] "=&r"(p3)
      : [end] "r"(end), [half] "r"(0x8000)
      : "memory");
  sums[0] = a;
  sums[1] = b;
  sums[2] = c;
  sums[3] = d;
  return w;
}

/* Sums below 2^29 in magnitude. Four channels' weights lie side by side in the stream, then what follows each. */
MOTE_SHARED void mote_pairs_product_s8(const mote_pairs_t *m) {
  const int32_t *stream = m->stream;
  const int32_t *const stream_end = m->stream_end;
  const uint8_t *const columns = (const uint8_t *)m->columns;
  const int32_t zero = m->zero;
  const int32_t low = m->low;
  const int32_t high = m->high;
  int8_t *y0 = m->y0;
  int8_t *y1 = m->y1;
  do {
    mote_pairs_sums_t sums[MOTE_PAIRS_BLOCK];
    stream = (const int32_t *)(const void *)mote_pairs_block(m->columns, m->columns_end, (const int8_t *)stream, sums);
    mote_pairs_sums_t *channel = sums;
    do {
      const int32_t word = stream[0];
      const int32_t multiplier = stream[1];
      stream += 2;
      if ((word & 256) != 0) {
        int32_t correction;
        do {
          correction = *stream++;
          const uint32_t value = *(const uint32_t *)(const void *)(columns + (correction & 0xfffc));
          mote_pairs_split(channel, value * (uint32_t)(correction >> 24));
        } while ((correction & 65536) == 0);
      }
      const int32_t bias = word >> 9;
      const int32_t right = word & 31;
      const int32_t half = 1 + (1 << right);
      int32_t first = (int32_t)(channel->all - (channel->high << 16)) + bias;
      int32_t second = (int32_t)channel->high + bias;
      first = mote_pairs_requantize(first, multiplier, right + 1, half) + zero;
      second = mote_pairs_requantize(second, multiplier, right + 1, half) + zero;
      *y0++ = mote_pairs_clamp(first, low, high);
      *y1++ = mote_pairs_clamp(second, low, high);
      ++channel;
    } while (channel != sums + MOTE_PAIRS_BLOCK && stream != stream_end);
  } while (stream != stream_end);
}

#endif
