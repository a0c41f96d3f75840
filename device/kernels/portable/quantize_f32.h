/* Real numbers to quantized integers. */
#ifndef MOTE_QUANTIZE_F32_H
#define MOTE_QUANTIZE_F32_H

#include "portable/common.h"

/* x / scale to the nearest integer, ties away from zero, plus the zero point, saturating; NaN becomes the smallest
 * value. For ranges of up to 16 bits, whose bounds and halves are exact. */
MOTE_KERNEL int32_t mote_quantize_f32(float x, float scale, int32_t zero_point, int32_t low, int32_t high) {
  const float scaled = x / scale;
  if (!(scaled > (float)(low - zero_point))) {
    return low;
  }
  if (scaled >= (float)(high - zero_point)) {
    return high;
  }
  const int32_t halves = (int32_t)(scaled * 2.0f);
  return ((halves + (halves < 0 ? 0 : 1)) >> 1) + zero_point;
}

#endif
