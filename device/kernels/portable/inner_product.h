/* Inner products of two rows: what recurrent layers do for every output. In C, and by the DSP extension of Armv7E-M and
 * Armv8-M where the compiler may use it. */
#ifndef MOTE_INNER_PRODUCT_H
#define MOTE_INNER_PRODUCT_H

#include <string.h>

#include "portable/common.h"

#if defined(__GNUC__) && defined(__ARM_FEATURE_DSP)
#define MOTE_INNER_PAIRS 1

MOTE_KERNEL uint32_t mote_inner_load(const void *p) {
  uint32_t word;
  memcpy(&word, p, sizeof(word));
  return word;
}

/* (int16)byte 0 | (int16)byte 2 << 16 */
MOTE_KERNEL uint32_t mote_inner_even(uint32_t bytes) {
  uint32_t r;
  __asm__("sxtb16 %0, %1" : "=r"(r) : "r"(bytes));
  return r;
}

/* (int16)byte 1 | (int16)byte 3 << 16 */
MOTE_KERNEL uint32_t mote_inner_odd(uint32_t bytes) {
  uint32_t r;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(r) : "r"(bytes));
  return r;
}

MOTE_KERNEL int32_t mote_inner_add(uint32_t a, uint32_t b, int32_t sum) {
  __asm__("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
  return sum;
}
#endif

/* sum + the products of int8 with int8; wraps around. */
MOTE_INTERNAL int32_t mote_inner_s8(const int8_t *a, const int8_t *b, int32_t count, int32_t sum) {
#if defined(MOTE_INNER_PAIRS)
  for (int32_t i = count >> 2; i > 0; i--) {
    const uint32_t u = mote_inner_load(a);
    const uint32_t v = mote_inner_load(b);
    sum = mote_inner_add(mote_inner_even(u), mote_inner_even(v), sum);
    sum = mote_inner_add(mote_inner_odd(u), mote_inner_odd(v), sum);
    a += 4;
    b += 4;
  }
  count &= 3;
#endif
  for (int32_t i = 0; i < count; i++) {
    sum = mote_multiply_add(sum, a[i], b[i]);
  }
  return sum;
}

/* sum + the products of int16 with int16; wraps around. */
MOTE_INTERNAL int32_t mote_inner_s16(const int16_t *a, const int16_t *b, int32_t count, int32_t sum) {
#if defined(MOTE_INNER_PAIRS)
  for (int32_t i = count >> 1; i > 0; i--) {
    sum = mote_inner_add(mote_inner_load(a), mote_inner_load(b), sum);
    a += 2;
    b += 2;
  }
  count &= 1;
#endif
  for (int32_t i = 0; i < count; i++) {
    sum = mote_multiply_add(sum, a[i], b[i]);
  }
  return sum;
}

/* sum + the products of int16 with int8. */
MOTE_INTERNAL int64_t mote_inner_s16_s8(const int16_t *x, const int8_t *w, int32_t count, int64_t sum) {
#if defined(MOTE_INNER_PAIRS)
  for (int32_t i = count >> 2; i > 0; i--) {
    const uint32_t low = mote_inner_load(x);
    const uint32_t high = mote_inner_load(x + 2);
    const uint32_t weights = mote_inner_load(w);
    const uint32_t even = mote_inner_even(weights);
    const uint32_t odd = mote_inner_odd(weights);
    uint32_t x_even;
    uint32_t x_odd;
    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(x_even) : "r"(low), "r"(high));
    __asm__("pkhtb %0, %2, %1, asr #16" : "=r"(x_odd) : "r"(low), "r"(high));
    __asm__("smlald %Q0, %R0, %1, %2\n\tsmlald %Q0, %R0, %3, %4"
            : "+&r"(sum)
            : "r"(x_even), "r"(even), "r"(x_odd), "r"(odd));
    x += 4;
    w += 4;
  }
  count &= 3;
#endif
  for (int32_t i = 0; i < count; i++) {
    sum += x[i] * w[i];
  }
  return sum;
}

#endif
