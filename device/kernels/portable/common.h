/* What every kernel may use: qualifiers and TFLite's fixed-point arithmetic. */
#ifndef MOTE_COMMON_H
#define MOTE_COMMON_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
/* Inlined into the layer that calls it, so that the layer's literals reach every loop. */
#define MOTE_KERNEL static inline __attribute__((always_inline, unused))
/* Inlined or not as the compiler sees fit. */
#define MOTE_INTERNAL static inline __attribute__((unused))
/* One copy, called: a layer's own function. */
#define MOTE_LAYER static __attribute__((noinline))
#define MOTE_ALIGNED(bytes) __attribute__((aligned(bytes)))
#else
#define MOTE_KERNEL static inline
#define MOTE_INTERNAL static inline
#define MOTE_LAYER static
#define MOTE_ALIGNED(bytes)
#endif

MOTE_KERNEL int32_t mote_clamp(int32_t value, int32_t low, int32_t high) {
  return value < low ? low : (value > high ? high : value);
}

/* The high 32 bits of 2*a*b, rounded to nearest, ties upwards; saturates for a = b = INT32_MIN.
 * Source: gemmlowp, SaturatingRoundingDoublingHighMul. */
MOTE_KERNEL int32_t mote_doubling_high_multiply(int32_t a, int32_t b) {
  const int64_t product = (int64_t)a * (int64_t)b;
  const int64_t nudge = product >= 0 ? (INT64_C(1) << 30) : (INT64_C(1) - (INT64_C(1) << 30));
  if (a == INT32_MIN && b == INT32_MIN) {
    return INT32_MAX;
  }
  return (int32_t)((product + nudge) / (INT64_C(1) << 31));
}

/* value / 2^exponent, rounded to nearest, ties away from zero; 0 <= exponent <= 31.
 * Source: gemmlowp, RoundingDivideByPOT. */
MOTE_KERNEL int32_t mote_rounding_shift_right(int32_t value, int32_t exponent) {
  const int32_t mask = (int32_t)((INT64_C(1) << exponent) - 1);
  const int32_t remainder = value & mask;
  const int32_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
  return (value >> exponent) + (remainder > threshold ? 1 : 0);
}

/* value * multiplier / 2^31 * 2^shift with TFLite's two roundings. */
MOTE_KERNEL int32_t mote_requantize(int32_t value, int32_t multiplier, int32_t shift) {
  const int32_t left = shift > 0 ? shift : 0;
  const int32_t right = shift > 0 ? 0 : -shift;
  const int32_t scaled = (int32_t)((uint32_t)value << left);
  return mote_rounding_shift_right(mote_doubling_high_multiply(scaled, multiplier), right);
}

#endif
