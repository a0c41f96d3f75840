/* 1 / sqrt(x) of integers in fixed point. Source: TFLite, GetInvSqrtQuantizedMultiplierExp. */
#ifndef MOTE_FIXED_INVERSE_ROOT_H
#define MOTE_FIXED_INVERSE_ROOT_H

#include "portable/fixed_point.h"

/* The returned multiplier is in Q0; the shift is a power of two, positive to the left. 0 counts as 1. */
MOTE_INTERNAL int32_t mote_inverse_root(int32_t x, int32_t *shift) {
  int32_t right = 11;
  *shift = 0;
  if (x <= 1) {
    return INT32_MAX;
  }
  while (x >= (INT32_C(1) << 29)) {
    x /= 4;
    right++;
  }
  const int32_t pairs = (mote_leading_zeros(x) - 1) / 2 - 1;
  right -= pairs;
  x = (int32_t)((uint32_t)x << (2 * pairs));

  /* Newton-Raphson from 1, in Q3. */
  const int32_t half = mote_rounding_shift_right(x >> 1, 1);
  const int32_t three_halves = (INT32_C(1) << 28) + (INT32_C(1) << 27);
  int32_t root = INT32_C(1) << 28;
  for (int32_t step = 0; step < 5; step++) {
    const int32_t square = mote_doubling_high_multiply(root, root);
    const int32_t cube = mote_saturating_shift_left(mote_doubling_high_multiply(square, root), 6);
    root = mote_saturating_shift_left(
        mote_doubling_high_multiply(three_halves, root) - mote_doubling_high_multiply(half, cube), 3);
  }
  root = mote_doubling_high_multiply(root, 1518500250); /* sqrt(2) / 2 */
  if (right < 0) {
    return (int32_t)((uint32_t)root << -right);
  }
  *shift = -right;
  return root;
}

#endif
