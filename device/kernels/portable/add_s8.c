#include "portable/broadcast.h"

/* Sum or difference of two quantized int8 operands, in every step what TFLite computes: both are brought to one scale
 * with a left shift for precision, then the result to the output's. Source: TFLite, AddElementwise. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t x_offset; /* minus the zero point */
  int32_t x_multiplier;
  int32_t x_shift;
  int32_t y_offset;
  int32_t y_multiplier;
  int32_t y_shift;
  int32_t y_sign;     /* 1: sum; -1: difference */
  int32_t left_shift; /* of both operands */
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t output_min;
  int32_t output_max;
} mote_add_s8_t;

MOTE_KERNEL int8_t mote_add_s8_element(const mote_add_s8_t *p, int32_t u, int32_t v) {
  const int32_t unit = (int32_t)1 << p->left_shift;
  const int32_t left = mote_requantize((u + p->x_offset) * unit, p->x_multiplier, p->x_shift);
  const int32_t right = mote_requantize((v + p->y_offset) * unit, p->y_multiplier, p->y_shift);
  const int32_t sum = mote_requantize(left + p->y_sign * right, p->output_multiplier, p->output_shift);
  return mote_clamp_s8(sum + p->output_offset, p->output_min, p->output_max);
}

MOTE_KERNEL void mote_add_s8(const mote_add_s8_t *p, const int8_t *x, const int8_t *y, int8_t *z) {
  MOTE_BINARY(int8_t, int8_t, mote_add_s8_element)
}
