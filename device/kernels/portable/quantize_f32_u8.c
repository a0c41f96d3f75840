#include "portable/quantize_f32.h"

/* Quantizes float to uint8. */
typedef struct {
  int32_t count; /* elements */
  float scale;
  int32_t zero_point;
} mote_quantize_f32_u8_t;

MOTE_KERNEL void mote_quantize_f32_u8(const mote_quantize_f32_u8_t *p, const float *x, uint8_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = (uint8_t)mote_quantize_f32(x[i], p->scale, p->zero_point, 0, UINT8_MAX);
  }
}
