#include "armv81m/elements.h"

/* Product of two quantized int8 operands, see mote_mul_s8; the shift is -31 to -1. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t x_offset; /* minus the zero point */
  int32_t y_offset;
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
  int32_t output_min;
  int32_t output_max;
} mote_mve_mul_s8_t;

MOTE_SHARED void mote_mve_mul_s8(const mote_mve_mul_s8_t *p, const int8_t *x, const int8_t *y, int8_t *z) {
  const mote_mve_row_t row = {p->output_min,
                              p->output_max,
                              p->x_strides[5],
                              p->y_strides[5],
                              {p->x_offset, p->y_offset, p->output_multiplier, p->output_shift, p->output_offset}};
  MOTE_ROWS(p, a, b, o) {
    const int8_t *u = x + a;
    const int8_t *v = y + b;
    int8_t *w = z + o;
    MOTE_MVE_ROW(&row, u, v, w, p->dims[5],
                 "vadd.i32 q0, q0, r8\n\t"
                 "vadd.i32 q1, q1, r9\n\t"
                 "vmul.i32 q0, q0, q1\n\t"
                 "vqrdmulh.s32 q0, q0, r10\n\t"
                 "vshr.s32 q1, q0, #31\n\t"
                 "vadd.i32 q0, q0, q1\n\t"
                 "vrshl.s32 q0, r11\n\t"
                 "vadd.i32 q0, q0, r6\n\t");
  }
}
