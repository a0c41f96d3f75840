/* Elementary functions in 32-bit fixed point. A number in format Qm has m integer bits besides the sign, so its raw
 * value is the number times 2^(31-m); Q0 cannot express 1 and uses INT32_MAX.
 * Source: gemmlowp, fixedpoint.h. */
#ifndef MOTE_FIXED_POINT_H
#define MOTE_FIXED_POINT_H

#include "portable/common.h"

/* x * 2^exponent, saturating. */
MOTE_KERNEL int32_t mote_saturating_shift_left(int32_t x, int32_t exponent) {
  const int64_t wide = (int64_t)x * (INT64_C(1) << exponent);
  return wide > INT32_MAX ? INT32_MAX : (wide < INT32_MIN ? INT32_MIN : (int32_t)wide);
}

/* (a + b) / 2, ties away from zero. */
MOTE_KERNEL int32_t mote_rounding_half_sum(int32_t a, int32_t b) {
  const int64_t sum = (int64_t)a + (int64_t)b;
  return (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/* Leading zero bits of x > 0. */
MOTE_KERNEL int32_t mote_leading_zeros(int32_t x) {
#if defined(__GNUC__)
  return (int32_t)__builtin_clz((unsigned int)x);
#else
  int32_t zeros = 1;
  while ((x >> (31 - zeros)) == 0) {
    zeros++;
  }
  return zeros;
#endif
}

/* exp(a) in Q0 for a <= 0 in Q5. */
MOTE_INTERNAL int32_t mote_exp_of_negative_q5(int32_t a) {
  /* exp(-2^k) in Q0 for k = -2 .. 4 */
  static const int32_t powers[7] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  const int32_t quarter = INT32_C(1) << 24;
  const int32_t within = (a & (quarter - 1)) - quarter;
  const int32_t remainder = within - a;
  /* A Taylor series around -1/8 for the part within a quarter. */
  const int32_t exp_of_minus_eighth = 1895147668;
  const int32_t third = 715827883;
  const int32_t x = within * 32 + (INT32_C(1) << 28);
  const int32_t x2 = mote_doubling_high_multiply(x, x);
  const int32_t x3 = mote_doubling_high_multiply(x2, x);
  const int32_t x4 = mote_doubling_high_multiply(x2, x2);
  const int32_t cubic = mote_doubling_high_multiply(mote_rounding_shift_right(x4, 2) + x3, third);
  const int32_t series = x + mote_rounding_shift_right(cubic + x2, 1);
  int32_t result = exp_of_minus_eighth + mote_doubling_high_multiply(exp_of_minus_eighth, series);
  if (a == 0) {
    return INT32_MAX;
  }
  for (int32_t k = 0; k < 7; k++) {
    if ((remainder & (quarter << k)) != 0) {
      result = mote_doubling_high_multiply(result, powers[k]);
    }
  }
  return result;
}

/* 1 / (1 + a) in Q0 for a in [0, 1) in Q0: three Newton-Raphson steps in Q2. */
MOTE_INTERNAL int32_t mote_one_over_one_plus(int32_t a) {
  const int32_t half_denominator = mote_rounding_half_sum(a, INT32_MAX);
  int32_t x = 1515870810 + mote_doubling_high_multiply(half_denominator, -1010580540);
  for (int32_t step = 0; step < 3; step++) {
    const int32_t error = (INT32_C(1) << 29) - mote_doubling_high_multiply(half_denominator, x);
    x += mote_saturating_shift_left(mote_doubling_high_multiply(x, error), 2);
  }
  return mote_saturating_shift_left(x, 1);
}

#endif
