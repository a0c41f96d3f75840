#include "armv7em/dsp.h"

/* Sum or difference of two quantized int8 tensors of one shape as one linear form, see mote_add_linear_s8; four elements
 * at a time, saturated to int8. Nothing overflows. */
typedef struct {
  int32_t count;
  int32_t x_factor;
  int32_t y_factor;
  int32_t constant; /* zero points and rounding */
  int32_t shift;
} mote_dsp_add_s8_t;

MOTE_KERNEL int8_t mote_dsp_add_s8_element(const mote_dsp_add_s8_t *p, int32_t u, int32_t v) {
  const int32_t sum = (p->constant + u * p->x_factor + v * p->y_factor) >> p->shift;
  int32_t r;
  __asm__("ssat %0, #8, %1" : "=r"(r) : "r"(sum));
  return (int8_t)r;
}

MOTE_SHARED void mote_dsp_add_s8(const mote_dsp_add_s8_t *parameters, const int8_t *x, const int8_t *y, int8_t *z) {
  const mote_dsp_add_s8_t copy = *parameters;
  const mote_dsp_add_s8_t *const p = &copy;
  int32_t left = p->count;
  for (; left >= 4; left -= 4) {
    const uint32_t u = mote_load_u32(x);
    const uint32_t v = mote_load_u32(y);
    z[0] = mote_dsp_add_s8_element(p, (int8_t)u, (int8_t)v);
    z[1] = mote_dsp_add_s8_element(p, (int8_t)(u >> 8), (int8_t)(v >> 8));
    z[2] = mote_dsp_add_s8_element(p, (int8_t)(u >> 16), (int8_t)(v >> 16));
    z[3] = mote_dsp_add_s8_element(p, (int8_t)(u >> 24), (int8_t)(v >> 24));
    x += 4;
    y += 4;
    z += 4;
  }
  for (; left > 0; left--) {
    *z++ = mote_dsp_add_s8_element(p, *x++, *y++);
  }
}
