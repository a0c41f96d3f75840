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
/* One copy, called: a layer's own function. GCC must not draw conclusions about it: where it rewrites the address of an
 * output as a multiple of an input's (ivopts), GCC 12 no longer sees that the layer writes to the arena, takes it for a
 * function without effects, and drops the call. */
#if !defined(__clang__) && __GNUC__ >= 8
#define MOTE_LAYER static __attribute__((noipa))
#else
#define MOTE_LAYER static __attribute__((noinline))
#endif
#if defined(__x86_64__)
/* GCC 12 loads from constant arrays by vectors that want more alignment than the arrays were declared with. */
#define MOTE_ALIGNED(bytes) __attribute__((aligned((bytes) < 64 ? 64 : (bytes))))
#else
#define MOTE_ALIGNED(bytes) __attribute__((aligned(bytes)))
#endif
/* One copy for all layers: for loops that are so long that literals would only cost flash. */
#if defined(__clang__)
#define MOTE_SHARED static __attribute__((noinline, unused))
#else
#define MOTE_SHARED static __attribute__((noinline, noclone, unused))
#endif
#else
#define MOTE_KERNEL static inline
#define MOTE_INTERNAL static inline
#define MOTE_LAYER static
#define MOTE_SHARED static
#define MOTE_ALIGNED(bytes)
#endif

MOTE_KERNEL int32_t mote_clamp(int32_t value, int32_t low, int32_t high) {
  return value < low ? low : (value > high ? high : value);
}

/* value limited to [low, high], which is within int8; cheaper where it is all of int8. */
MOTE_KERNEL int8_t mote_clamp_s8(int32_t value, int32_t low, int32_t high) {
  if (low == INT8_MIN && high == INT8_MAX) {
    return (int8_t)((int8_t)value == value ? value : (value >> 31) ^ INT8_MAX);
  }
  return (int8_t)mote_clamp(value, low, high);
}

/* sum + a * b, wrapping around as TFLite's accumulators do. */
MOTE_KERNEL int32_t mote_multiply_add(int32_t sum, int32_t a, int32_t b) {
  return (int32_t)((uint32_t)sum + (uint32_t)a * (uint32_t)b);
}

MOTE_KERNEL int32_t mote_add_wrapping(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }

/* The high 32 bits of 2*a*b, rounded to nearest, ties upwards; saturates for a = b = INT32_MIN.
 * Source: gemmlowp, SaturatingRoundingDoublingHighMul, whose truncating division of a nudged product is this shift. */
MOTE_KERNEL int32_t mote_doubling_high_multiply(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) {
    return INT32_MAX;
  }
  return (int32_t)(((int64_t)a * (int64_t)b + (INT64_C(1) << 30)) >> 31);
}

/* value / 2^exponent, rounded to nearest, ties away from zero; 0 <= exponent <= 31.
 * Source: gemmlowp, RoundingDivideByPOT. */
MOTE_KERNEL int32_t mote_rounding_shift_right(int32_t value, int32_t exponent) {
  const int32_t mask = (int32_t)((UINT32_C(1) << exponent) - 1u);
  const int32_t remainder = value & mask;
  const int32_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
  return (value >> exponent) + (remainder > threshold ? 1 : 0);
}

/* value * multiplier / 2^31 * 2^shift with TFLite's two roundings, for -31 <= shift <= -1 and 0 <= multiplier. The product
 * is neither INT32_MIN nor INT32_MAX, because the multiplier is less than 2^31, so nothing overflows; subtracting 1 from
 * what is negative sends ties away from 0. */
MOTE_KERNEL int32_t mote_requantize_right(int32_t value, int32_t multiplier, int32_t shift) {
  const int32_t product = (int32_t)(((int64_t)value * (int64_t)multiplier + (INT64_C(1) << 30)) >> 31);
  return (((product + (product >> 31)) >> (-1 - shift)) + 1) >> 1;
}

/* The same for -31 <= shift <= 30. */
MOTE_KERNEL int32_t mote_requantize(int32_t value, int32_t multiplier, int32_t shift) {
  if (shift < 0) {
    return mote_requantize_right(value, multiplier, shift);
  }
  return mote_doubling_high_multiply((int32_t)((uint32_t)value << shift), multiplier);
}

/* A 64-bit value with one rounding, ties upwards, the multiplier cut to 15 bits; |value| < 2^47, -31 <= shift <= 7.
 * Source: TFLite, MultiplyByQuantizedMultiplier for int64. */
MOTE_KERNEL int32_t mote_requantize_wide(int64_t value, int32_t multiplier, int32_t shift) {
  const int32_t reduced = multiplier < 0x7FFF0000 ? (multiplier + (1 << 15)) >> 16 : 0x7FFF;
  return (int32_t)((value * reduced + (INT64_C(1) << (14 - shift))) >> (15 - shift));
}

#endif
