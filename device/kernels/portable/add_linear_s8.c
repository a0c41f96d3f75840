#include "portable/broadcast.h"

/* Sum or difference of two quantized int8 operands as one linear form. The compiler uses it after it has compared all
 * 65536 pairs of operands with mote_add_s8: where it emits this kernel, both give the same. Nothing overflows. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t x_factor;
  int32_t y_factor;
  int32_t constant; /* zero points and rounding */
  int32_t shift;
  int32_t output_min;
  int32_t output_max;
} mote_add_linear_s8_t;

MOTE_KERNEL int8_t mote_add_linear_s8_element(const mote_add_linear_s8_t *p, int32_t u, int32_t v) {
  const int32_t sum = u * p->x_factor + p->constant + v * p->y_factor;
  return mote_clamp_s8(sum >> p->shift, p->output_min, p->output_max);
}

MOTE_KERNEL void mote_add_linear_s8(const mote_add_linear_s8_t *p, const int8_t *x, const int8_t *y, int8_t *z) {
  MOTE_BINARY(int8_t, int8_t, mote_add_linear_s8_element)
}
