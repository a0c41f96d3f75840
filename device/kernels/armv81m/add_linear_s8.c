#include "armv81m/elements.h"

/* Sum or difference of two quantized int8 operands as one linear form, see mote_add_linear_s8. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t x_factor;
  int32_t y_factor;
  int32_t constant; /* zero points and rounding */
  int32_t shift;
  int32_t output_min;
  int32_t output_max;
} mote_mve_add_linear_s8_t;

MOTE_SHARED void mote_mve_add_linear_s8(const mote_mve_add_linear_s8_t *p, const int8_t *x, const int8_t *y, int8_t *z) {
  const mote_mve_row_t row = {p->output_min,
                              p->output_max,
                              p->x_strides[5],
                              p->y_strides[5],
                              {p->x_factor, p->y_factor, p->constant, -p->shift, 0}};
  MOTE_ROWS(p, a, b, o) {
    const int8_t *u = x + a;
    const int8_t *v = y + b;
    int8_t *w = z + o;
    MOTE_MVE_ROW(&row, u, v, w, p->dims[5],
                 "vmul.i32 q0, q0, r8\n\t"
                 "vmla.s32 q0, q1, r9\n\t"
                 "vadd.i32 q0, q0, r10\n\t"
                 "vshl.s32 q0, r11\n\t");
  }
}
