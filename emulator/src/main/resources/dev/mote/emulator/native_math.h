/* What the files of mathematical functions share: floats and their bits. */
#ifndef MOTE_NATIVE_MATH_H
#define MOTE_NATIVE_MATH_H

#include <math.h>
#include <stdint.h>

typedef union {
  float value;
  uint32_t bits;
} float_bits_t;

static inline uint32_t bits_of(float value) { return ((float_bits_t){.value = value}).bits; }

static inline float float_of(uint32_t bits) { return ((float_bits_t){.bits = bits}).value; }

static inline float power_of_two(int32_t exponent) { return float_of((uint32_t)(exponent + 127) << 23); }

static inline float magnitude(float x) { return float_of(bits_of(x) & 0x7fffffffu); }

static inline float with_sign_of(float value, float sign) {
  return float_of((bits_of(value) & 0x7fffffffu) | (bits_of(sign) & 0x80000000u));
}

#define WHOLE 8388608.0f /* from here on every float is a whole number */

#endif
