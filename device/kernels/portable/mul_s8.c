#include "portable/broadcast.h"

/* Product of two quantized int8 operands. Source: TFLite, reference_integer_ops::MulElementwise. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t x_offset; /* minus the zero point */
  int32_t y_offset;
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t output_min;
  int32_t output_max;
} mote_mul_s8_t;

MOTE_KERNEL int8_t mote_mul_s8_element(const mote_mul_s8_t *p, int32_t u, int32_t v) {
  const int32_t product = (u + p->x_offset) * (v + p->y_offset);
  const int32_t scaled = mote_requantize(product, p->output_multiplier, p->output_shift);
  return mote_clamp_s8(scaled + p->output_offset, p->output_min, p->output_max);
}

MOTE_KERNEL void mote_mul_s8(const mote_mul_s8_t *p, const int8_t *x, const int8_t *y, int8_t *z) {
  MOTE_BINARY(int8_t, int8_t, mote_mul_s8_element)
}
