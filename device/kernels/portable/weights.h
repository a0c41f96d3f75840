/* Weights that are stored in fewer bits than they are computed with. */
#ifndef MOTE_WEIGHTS_H
#define MOTE_WEIGHTS_H

#include <string.h>

#include "portable/common.h"

/* Element `index` of packed int4; the even ones are in the low halves. */
MOTE_KERNEL int8_t mote_int4(const uint8_t *packed, int32_t index) {
  const int32_t half = (packed[index >> 1] >> ((index & 1) * 4)) & 15;
  return (int8_t)((half ^ 8) - 8);
}

/* IEEE 754 binary16 to binary32, exact. */
MOTE_INTERNAL float mote_half(uint16_t half) {
  const uint32_t sign = ((uint32_t)half & 0x8000u) << 16;
  const uint32_t magnitude = (uint32_t)half & 0x7FFFu;
  uint32_t bits = sign | ((magnitude << 13) + (112u << 23));
  float value;
  if (magnitude >= 0x7C00u) {
    bits = sign | 0x7F800000u | (magnitude << 13); /* infinity, not a number */
  } else if (magnitude < 0x0400u) {
    value = (float)magnitude * (1.0f / 16777216.0f); /* zero, subnormal */
    return sign != 0u ? -value : value;
  }
  memcpy(&value, &bits, sizeof value);
  return value;
}

#endif
