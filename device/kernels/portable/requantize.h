/* From one quantization to another. */
#ifndef MOTE_REQUANTIZE_H
#define MOTE_REQUANTIZE_H

#include "portable/common.h"

/* Sums wrap around, as in TFLite. */
MOTE_KERNEL int32_t mote_requantize_between(int32_t x, int32_t x_zero, int32_t multiplier, int32_t shift, int32_t y_zero,
    int32_t low, int32_t high) {
  const int32_t difference = (int32_t)((uint32_t)x - (uint32_t)x_zero);
  const int32_t scaled = mote_requantize(difference, multiplier, shift);
  return mote_clamp((int32_t)((uint32_t)scaled + (uint32_t)y_zero), low, high);
}

/* The same for elements of up to 16 bits, where a factor of 1 needs no multiplication. */
MOTE_KERNEL int32_t mote_rescale_narrow(int32_t x, int32_t x_zero, int32_t multiplier, int32_t shift, int32_t y_zero,
    int32_t low, int32_t high) {
  if (multiplier == (INT32_C(1) << 30) && shift == 1) {
    return mote_clamp(x - x_zero + y_zero, low, high);
  }
  return mote_requantize_between(x, x_zero, multiplier, shift, y_zero, low, high);
}

#endif
