/* Logarithm in fixed point. Source: TFLite, log_x_for_x_greater_than_or_equal_to_1. */
#ifndef MOTE_FIXED_LOG_H
#define MOTE_FIXED_LOG_H

#include "portable/fixed_point.h"

MOTE_KERNEL int32_t mote_saturating_add(int32_t a, int32_t b) {
  const int64_t sum = (int64_t)a + (int64_t)b;
  return sum > INT32_MAX ? INT32_MAX : (sum < INT32_MIN ? INT32_MIN : (int32_t)sum);
}

/* log(x) in Q5 for x >= 1 in Q12: x is brought to a mantissa near the fourth root of 1/2 and a power of two with
 * quarters; a rational function of the mantissa is added to the power times log(2), both in Q6. */
MOTE_INTERNAL int32_t mote_log_q12(int32_t x) {
  const int32_t fourth_root_of_half = 1805811301;
  const int32_t root_of_half = 1518500250;
  const int32_t quarter = INT32_C(1) << 23;

  const int32_t zeros_a = mote_leading_zeros(x);
  const int32_t shifted_a = mote_saturating_shift_left(x, zeros_a - 1);
  const int32_t mantissa_a = mote_saturating_shift_left(mote_doubling_high_multiply(shifted_a, root_of_half), 1);
  const int32_t power_a = mote_saturating_add(mote_saturating_shift_left(12 - zeros_a, 25), quarter);

  const int32_t zeros_b = mote_leading_zeros(mote_doubling_high_multiply(x, root_of_half)) - 1;
  const int32_t mantissa_b = mote_saturating_shift_left(x, zeros_b);
  const int32_t power_b = mote_saturating_add(mote_saturating_shift_left(12 - zeros_b, 25), -quarter);

  const int32_t r = mantissa_a < mantissa_b ? mantissa_a : mantissa_b;
  const int32_t power = power_a > power_b ? power_a : power_b;
  const int32_t p = mote_rounding_half_sum(r, fourth_root_of_half);
  const int32_t q = 2 * (r - fourth_root_of_half);
  const int32_t square = mote_doubling_high_multiply(q, q);
  const int32_t numerator = mote_doubling_high_multiply(q, r)
      + mote_doubling_high_multiply(mote_doubling_high_multiply(q, square), 117049297);
  const int32_t denominator_minus_one =
      mote_doubling_high_multiply(p, 1057819769 + q + mote_doubling_high_multiply(127690142, square))
      + mote_doubling_high_multiply(638450708, q);
  const int32_t fraction = mote_doubling_high_multiply(
      mote_rounding_shift_right(numerator, 6), mote_one_over_one_plus(denominator_minus_one));
  /* 1488522236 is log(2) in Q0. */
  return mote_saturating_shift_left(mote_doubling_high_multiply(power, 1488522236) + fraction, 1);
}

#endif
