/* Softmax over the last dimension of int8 in fixed point, as TFLite's reference kernel computes it: the parts that the
 * kernels share. */
#ifndef MOTE_SOFTMAX_S8_H
#define MOTE_SOFTMAX_S8_H

#include "portable/fixed_point.h"

MOTE_KERNEL int32_t mote_row_max_s8(const int8_t *row, int32_t depth) {
  int32_t largest = row[0];
  for (int32_t i = 1; i < depth; i++) {
    largest = row[i] > largest ? row[i] : largest;
  }
  return largest;
}

/* exp(difference * multiplier / 2^31 * 2^shift) in Q0 for a difference <= 0; 0 below diff_min. */
MOTE_KERNEL int32_t mote_exp_of_difference(int32_t difference, int32_t multiplier, int32_t shift, int32_t diff_min) {
  if (difference < diff_min) {
    return 0;
  }
  return mote_exp_of_negative_q5(mote_requantize(difference, multiplier, shift));
}

/* Probability of an element: its exponential over the sum of all, which is in Q12; bits of the output type. */
MOTE_KERNEL int32_t mote_share(int32_t exponential, int32_t reciprocal, int32_t headroom, int32_t bits) {
  const int32_t high = (INT32_C(1) << (bits - 1)) - 1;
  const int32_t product = mote_doubling_high_multiply(reciprocal, exponential);
  const int32_t share = mote_rounding_shift_right(product, 12 - headroom + 31 - bits) - high - 1;
  return share > high ? high : share;
}

/* 1 / sum in Q0, normalised by the headroom of the sum (in Q12, positive). */
MOTE_KERNEL int32_t mote_normalised_reciprocal(int32_t sum, int32_t headroom) {
  return mote_one_over_one_plus((int32_t)(((uint32_t)sum << headroom) & UINT32_C(0x7FFFFFFF)));
}

#endif
