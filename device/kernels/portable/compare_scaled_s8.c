#include "portable/compare.h"

/* Comparison of two quantized int8 operands as real numbers with 8 fractional bits. Source: TFLite,
 * ComparisonWithScaling. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t kind;     /* MOTE_EQUAL ... */
  int32_t x_offset; /* minus the zero point */
  int32_t x_multiplier;
  int32_t x_shift;
  int32_t y_offset;
  int32_t y_multiplier;
  int32_t y_shift;
} mote_compare_scaled_s8_t;

MOTE_KERNEL uint8_t mote_compare_scaled_s8_element(const mote_compare_scaled_s8_t *p, int32_t u, int32_t v) {
  const int32_t left = mote_requantize((u + p->x_offset) * 256, p->x_multiplier, p->x_shift);
  const int32_t right = mote_requantize((v + p->y_offset) * 256, p->y_multiplier, p->y_shift);
  return MOTE_COMPARE(p, left, right);
}

MOTE_KERNEL void mote_compare_scaled_s8(const mote_compare_scaled_s8_t *p, const int8_t *x, const int8_t *y,
                                       uint8_t *z) {
  MOTE_BINARY(int8_t, int8_t, mote_compare_scaled_s8_element)
}
