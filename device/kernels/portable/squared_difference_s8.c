#include "portable/broadcast.h"

/* Squared difference of two quantized int8 operands. Source: TFLite Micro, squared_difference.cc. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t x_offset; /* minus the zero point */
  int32_t x_multiplier;
  int32_t x_shift;
  int32_t y_offset;
  int32_t y_multiplier;
  int32_t y_shift;
  int32_t left_shift; /* of both operands; their square stays below 2^31 */
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t output_min;
  int32_t output_max;
} mote_squared_difference_s8_t;

MOTE_KERNEL int8_t mote_squared_difference_s8_element(const mote_squared_difference_s8_t *p, int32_t u, int32_t v) {
  const int32_t unit = (int32_t)1 << p->left_shift;
  const int32_t left = mote_requantize((u + p->x_offset) * unit, p->x_multiplier, p->x_shift);
  const int32_t right = mote_requantize((v + p->y_offset) * unit, p->y_multiplier, p->y_shift);
  const int32_t difference = left - right;
  const int32_t scaled = mote_requantize(difference * difference, p->output_multiplier, p->output_shift);
  return mote_clamp_s8(scaled + p->output_offset, p->output_min, p->output_max);
}

MOTE_KERNEL void mote_squared_difference_s8(const mote_squared_difference_s8_t *p, const int8_t *x,
                                           const int8_t *y, int8_t *z) {
  MOTE_BINARY(int8_t, int8_t, mote_squared_difference_s8_element)
}
