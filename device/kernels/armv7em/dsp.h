/* Armv7E-M building blocks: widening, products of pairs, requantization. */
#ifndef MOTE_ARMV7EM_DSP_H
#define MOTE_ARMV7EM_DSP_H

#include <string.h>

#include "portable/common.h"

MOTE_KERNEL uint32_t mote_load_u32(const int8_t *p) {
  uint32_t word;
  memcpy(&word, p, sizeof(word));
  return word;
}

/* (int16)byte 0 | (int16)byte 2 << 16 */
MOTE_KERNEL uint32_t mote_widen_even(uint32_t bytes) {
  uint32_t r;
  __asm__("sxtb16 %0, %1" : "=r"(r) : "r"(bytes));
  return r;
}

/* (int16)byte 1 | (int16)byte 3 << 16 */
MOTE_KERNEL uint32_t mote_widen_odd(uint32_t bytes) {
  uint32_t r;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(r) : "r"(bytes));
  return r;
}

/* Requantizes, adds the zero point and saturates to int8; exact for |acc| < 2^30 and 1 <= right <= 31.
 * smmulr of 2*acc is gemmlowp's rounding doubling high multiply; adding the sign and then the bit that
 * the shift drops last is its rounding to nearest with ties away from zero. */
MOTE_KERNEL int32_t mote_requantize_s8(int32_t acc, int32_t multiplier, int32_t right, int32_t zero) {
  int32_t r = acc;
  __asm__("lsl %0, %0, #1\n\t"
          "smmulr %0, %0, %1\n\t"
          "add %0, %0, %0, asr #31\n\t"
          "asrs %0, %0, %2\n\t"
          "adc %0, %0, %3\n\t"
          "ssat %0, #8, %0"
          : "+&r"(r)
          : "r"(multiplier), "r"(right), "r"(zero)
          : "cc");
  return r;
}

/* Requantizes any sum and adds the zero point; 1 <= right <= 31. The multiplier, in [2^30, 2^31), comes doubled, as a
 * negative number: adding the sum to its product makes that good, and nothing has to be shifted before. */
MOTE_INTERNAL int32_t mote_requantize_right_doubled(int32_t sum, int32_t multiplier, int32_t right, int32_t zero) {
  int32_t r = sum;
  __asm__("smmlar %0, %0, %1, %0\n\t"
          "add %0, %0, %0, asr #31\n\t"
          "asrs %0, %0, %2\n\t"
          "adc %0, %0, %3"
          : "+&r"(r)
          : "r"(multiplier), "r"(right), "r"(zero)
          : "cc");
  return r;
}

/* The same for shifts to the left, 0 <= left <= 30, which wrap around. */
MOTE_INTERNAL int32_t mote_requantize_left_doubled(int32_t sum, int32_t multiplier, int32_t left, int32_t zero) {
  int32_t r = (int32_t)((uint32_t)sum << left);
  __asm__("smmlar %0, %0, %1, %0" : "+r"(r) : "r"(multiplier));
  return mote_add_wrapping(r, zero);
}

#endif
