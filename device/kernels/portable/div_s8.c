#include "portable/broadcast.h"
#include "portable/fixed_point.h"

/* Quotient of two quantized int8 operands by a Newton-Raphson reciprocal; dividing by zero gives real zero. Source:
 * TFLite, DivElementwise; gemmlowp, one_over_one_plus_x_for_x_in_0_1. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t x_offset; /* minus the zero point */
  int32_t y_offset;
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t output_min;
  int32_t output_max;
} mote_div_s8_t;

/* dividend / divisor, scaled. */
MOTE_INTERNAL int32_t mote_div_s8_quotient(int32_t dividend, int32_t divisor, int32_t multiplier, int32_t shift) {
  if (divisor == 0) {
    return 0;
  }
  const int32_t numerator = divisor < 0 ? -dividend : dividend;
  const uint32_t denominator = (uint32_t)(divisor < 0 ? -divisor : divisor);
  const int32_t zeros = mote_leading_zeros((int32_t)denominator);
  const int32_t reciprocal = mote_one_over_one_plus((int32_t)((denominator << zeros) & UINT32_C(0x7fffffff)));
  const int32_t magnitude = numerator < 0 ? ~numerator : numerator;
  const int32_t headroom = magnitude == 0 ? 31 : mote_leading_zeros(magnitude) - 1; /* of its sign */
  const int32_t quotient =
      mote_doubling_high_multiply((int32_t)((uint32_t)numerator << headroom), reciprocal);
  const int32_t scaled = mote_doubling_high_multiply(quotient, multiplier);
  const int32_t right_shift = headroom + 31 - zeros - shift;
  if (right_shift > 31) {
    /* What TFLite's code comes to with the shifter of an Arm core; C leaves it undefined. */
    return scaled < 0 ? -1 : 1;
  }
  if (right_shift < 0) {
    const int32_t large = mote_saturating_shift_left(scaled, right_shift < -31 ? 31 : -right_shift);
    return mote_clamp(large, -(1 << 30), 1 << 30);
  }
  return mote_rounding_shift_right(scaled, right_shift);
}

MOTE_KERNEL int8_t mote_div_s8_element(const mote_div_s8_t *p, int32_t u, int32_t v) {
  const int32_t quotient =
      mote_div_s8_quotient(u + p->x_offset, v + p->y_offset, p->output_multiplier, p->output_shift);
  return mote_clamp_s8(quotient + p->output_offset, p->output_min, p->output_max);
}

MOTE_KERNEL void mote_div_s8(const mote_div_s8_t *p, const int8_t *x, const int8_t *y, int8_t *z) {
  MOTE_BINARY(int8_t, int8_t, mote_div_s8_element)
}
